/**
 * Changes the decision core in every small way that Stryker knows, and sees whether a test notices.
 *
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
  mutate: [
    'src/cancellations/{claim,next-step,decide,callback-worth,pace}.ts',
    'src/issuers/{vault,artha,corecard,qitech}/codes.ts',
    'src/vtex/cancellation-answer.ts',
  ],
  testRunner: 'jest',
  jest: { projectType: 'custom', configFile: 'test/mutation/jest.config.mjs' },
  coverageAnalysis: 'perTest',
  // A second run asks only about what changed since.
  incremental: true,
  incrementalFile: 'coverage/mutation-incremental.json',
  concurrency: 2,
  // Generous, so that a busy machine makes no mutant look like an endless loop.
  timeoutMS: 60_000,
  timeoutFactor: 4,
  tempDirName: '.data/mutation',
  cleanTempDir: 'always',
  ignorePatterns: ['.data', 'coverage', 'dist', 'bundle', 'docs'],
  reporters: ['clear-text', 'json', 'progress-append-only'],
  clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false, skipFull: true },
  jsonReporter: { fileName: 'coverage/mutation.json' },
  thresholds: { high: 95, low: 90, break: 90 },
};
