import base from '../../jest.config.mjs';

const { globalSetup: _postgres, globalTeardown: _end, ...withoutPostgres } = base;

/** @type {import('jest').Config} The specs of the decision core, none of which needs Postgres. */
export default {
  ...withoutPostgres,
  rootDir: '../..',
  setupFiles: ['<rootDir>/test/mutation/few-cases.ts'],
  testMatch: [
    '<rootDir>/src/cancellations/{claim,next-step,decide,callback-worth,pace}.spec.ts',
    '<rootDir>/src/issuers/{vault,artha,corecard,qitech}/*.spec.ts',
    '<rootDir>/src/vtex/cancellation-answer.spec.ts',
  ],
};
