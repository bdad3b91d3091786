import base from '../../jest.config.mjs';

// A mutant in a module's own lines shows only where that module is loaded anew: the specs run as Jest runs them by itself.
const { globalSetup: _postgres, globalTeardown: _end, runtime: _loadsOnce, ...withoutPostgres } = base;

/** @type {import('jest').Config} The specs of the decision core, none of which needs Postgres. */
export default {
  ...withoutPostgres,
  rootDir: '../..',
  testEnvironment: 'node',
  setupFiles: ['<rootDir>/test/mutation/few-cases.ts'],
  testMatch: [
    '<rootDir>/src/cancellations/{claim,next-step,decide,callback-worth,pace}.spec.ts',
    '<rootDir>/src/issuers/{vault,artha,corecard,qitech}/*.spec.ts',
    '<rootDir>/src/vtex/cancellation-answer.spec.ts',
  ],
};
