import { TestEnvironment } from 'jest-environment-node';

let kept;

/**
 * One context for all test files of a worker, where Jest's own makes one for each: what runtime.mjs loads once has to be of the context of
 * every file, or an error of it would be no `instanceof Error` to the next one.
 */
export default class OneContext extends TestEnvironment {
  constructor(...given) {
    if (kept) return kept;
    super(...given);
    kept = this;
  }

  async teardown() {}
}
