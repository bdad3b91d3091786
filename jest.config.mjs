/** @type {import('jest').Config} */
const esmPackages = [
  '@nestjs',
  'axios',
  'cookie',
  'set-cookie-parser',
  'pg-boss',
  'serialize-error',
  'non-error',
  '@formatjs',
  'intl-messageformat',
];

export default {
  testEnvironment: '<rootDir>/test/runner/environment.mjs',
  runtime: '<rootDir>/test/runner/runtime.mjs',
  testSequencer: '<rootDir>/test/runner/sequencer.mjs',
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
  // Jest cannot require ES modules on Node 20: our own code and these packages are compiled to CommonJS.
  transform: { '^.+\\.(ts|tsx|js|mjs)$': ['@swc/jest', swcOptions()] },
  transformIgnorePatterns: [`/node_modules/(?!(${esmPackages.join('|')})/)`],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  // A run of the mutation tests keeps a copy of everything there.
  modulePathIgnorePatterns: ['<rootDir>/.data/'],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  collectCoverageFrom: ['src/**/*.{ts,tsx}', '!src/**/*.spec.ts'],
  coverageProvider: 'v8',
  testTimeout: 30_000,
  maxWorkers: 4,
};

function swcOptions() {
  return {
    swcrc: false,
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
    jsc: {
      target: 'es2023',
      parser: { syntax: 'typescript', tsx: true, decorators: true },
      transform: {
        legacyDecorator: true,
        decoratorMetadata: true,
        useDefineForClassFields: false,
        react: { runtime: 'automatic', importSource: 'preact' },
      },
      keepClassNames: true,
    },
  };
}
