import base from '../../jest.config.mjs';

/** `npm run test:faults`: the rig alone, in its full form, which takes hours where `npm test` takes seconds. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/faults/**/*.spec.ts'],
  testTimeout: 6 * 3_600_000,
};
