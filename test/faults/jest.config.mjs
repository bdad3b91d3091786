import base from '../../jest.config.mjs';

// The workers inherit it; FAULTS=short gives the rig alone in its short form.
process.env.FAULTS ??= 'full';

/** `npm run test:faults`: the rig alone, in its full form, which takes hours where `npm test` takes seconds. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/faults/**/*.spec.ts'],
  testTimeout: 6 * 3_600_000,
};
