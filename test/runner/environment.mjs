import { AsyncLocalStorage } from 'node:async_hooks';
import { TestEnvironment } from 'jest-environment-node';

let kept;

/**
 * Each test file brings a jest-circus with a store of its own, which costs every promise that is made from then on: after twenty files,
 * most of what a worker does.
 */
const stores = new Set();
const run = AsyncLocalStorage.prototype.run;
AsyncLocalStorage.prototype.run = function (...given) {
  stores.add(this);
  return run.apply(this, given);
};

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

  async teardown() {
    for (const store of stores) store.disable();
    stores.clear();
  }
}
