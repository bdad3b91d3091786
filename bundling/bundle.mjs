import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';

/*
 * Makes bundle/ of dist/: the programs with the packages they use in one file instead of 2,400, and what V8 compiles of it. That is what
 * runs: a process starts in a third of the time, and is back in a third of the time after it has died (docs/decisions/bundled-programs.md).
 */

const programs = [
  'main',
  'start',
  'migrate',
  'cancellations-command',
  'cli-command',
  'homologate-command',
  'openapi-command',
];

/** What the programs load before they do anything; loading it runs nothing. */
const parts = ['run', 'cli/cli', 'cli/cancellations-command', 'homologation/homologate-command'];

/** Left where they are: what is loaded before the service (`node --import`) can watch what goes to the database and to issuers. */
const watched = ['pg', 'axios'];

/** What Nest asks for only where it is used. */
const absent = [
  '@nestjs/microservices',
  '@nestjs/websockets',
  '@nestjs/platform-express',
  '@fastify/multipart',
  '@fastify/static',
  '@fastify/view',
];

const folder = join(import.meta.dirname, '..', 'bundle');
rmSync(folder, { recursive: true, force: true });
await build({
  stdin: {
    contents: [
      ...programs.map((name) => `exports['${name}'] = () => void require('./dist/${name}.js');`),
      `exports.loadParts = () => { ${parts.map((name) => `require('./dist/${name}.js');`).join(' ')} };`,
    ].join('\n'),
    resolveDir: join(folder, '..'),
  },
  outfile: join(folder, 'programs.js'),
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  define: { 'import.meta.dirname': '__dirname' },
  // Else each function gets its name anew whenever it is made, which is a fifth of what a replay costs. Where two files have the same name,
  // one of them gets a number after it; nothing goes by the names.
  keepNames: false,
  external: [...watched, ...absent],
  logLevel: 'warning',
});
writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
copyFileSync(join(import.meta.dirname, 'run.cjs'), join(folder, 'run.js'));
for (const name of programs) writeFileSync(join(folder, `${name}.js`), `require('./run.js').run('${name}');\n`);

const { load } = createRequire(import.meta.url)(join(folder, 'run.js'));
const { programs: loaded, script } = load();
loaded.loadParts();
writeFileSync(join(folder, 'programs.compiled'), script.createCachedData());
