import base from '../../jest.config.mjs';

/** For specs that need neither a build nor Postgres, as the simulation. */
export default { ...base, rootDir: '../..', globalSetup: undefined, globalTeardown: undefined };
