const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

/*
 * Runs one of the programs of programs.js, as `require` would, but with what V8 made of that file when it was bundled: compiling it takes
 * half of a start. Another version of Node than the bundle was made with does not take that, and compiles.
 */

const file = join(__dirname, 'programs.js');
const compiledFile = join(__dirname, 'programs.compiled');

/** Reads programs.js: each program under its name, as a function that runs it, and the script, of which V8 tells what it has compiled. */
function load() {
  const cachedData = existsSync(compiledFile) ? readFileSync(compiledFile) : undefined;
  // esbuild writes ASCII, which takes half the memory, and less time, than UTF-8 that has to be looked at.
  const source = `(function (exports, require, __filename, __dirname) {${readFileSync(file, 'latin1')}\n})`;
  const script = new Script(source, { filename: file, cachedData });
  const programs = {};
  script.runInThisContext()(programs, require, file, __dirname);
  return { programs, script };
}

module.exports = { load, run: (name) => load().programs[name]() };
