import { dirname, join, resolve, sep } from 'node:path';
import JestRuntime from 'jest-runtime';

/** What loads the modules that all test files of a worker share. */
let shared;

/**
 * Loads packages and `src/` once in a worker, where Jest's own loads them anew for every test file: 2.5 s of processor time for each that
 * starts the service. Test files and what they share among themselves stay their own.
 */
export default class Runtime extends JestRuntime {
  #given;

  constructor(...given) {
    super(...given);
    this.#given = given;
  }

  requireModuleOrMock(from, name) {
    if (!this.#isShared(from, name)) return super.requireModuleOrMock(from, name);
    shared ??= new JestRuntime(...this.#given);
    return shared.requireModuleOrMock(from, name);
  }

  #isShared(from, name) {
    if (!name.startsWith('.')) return name !== '@jest/globals';
    const [{ rootDir }] = this.#given;
    return resolve(dirname(from), name).startsWith(join(rootDir, 'src') + sep);
  }
}
