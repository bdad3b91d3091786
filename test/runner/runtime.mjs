import { dirname, join, resolve, sep } from 'node:path';
import JestRuntime from 'jest-runtime';

/** What loads the modules that all test files of a worker share. */
let shared;

/**
 * Loads packages and `src/` once in a worker, where Jest's own loads them anew for every test file: 2.5 s of processor time for each that
 * starts the service. Test files and what they share among themselves stay their own; and everything does under `--coverage`, which counts
 * for each file what was loaded for it.
 */
export default class Runtime extends JestRuntime {
  #given;
  #src;
  #countsLines;

  constructor(...given) {
    super(...given);
    const [{ rootDir }, , , , , { collectCoverage }] = given;
    this.#given = given;
    this.#src = join(rootDir, 'src') + sep;
    this.#countsLines = collectCoverage;
  }

  requireModuleOrMock(from, name) {
    if (!this.#isShared(from, name)) return super.requireModuleOrMock(from, name);
    shared ??= new JestRuntime(...this.#given);
    return shared.requireModuleOrMock(from, name);
  }

  #isShared(from, name) {
    if (this.#countsLines) return false;
    if (!name.startsWith('.')) return name !== '@jest/globals';
    return resolve(dirname(from), name).startsWith(this.#src);
  }
}
