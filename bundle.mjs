import { rmSync } from 'node:fs';
import { build } from 'esbuild';

/*
 * Makes bundle/ of dist/: the programs, each with the packages it uses, in some thirty files instead of 2,400. That is what runs: a process
 * starts in half the time, and is back in half the time after it has died (docs/decisions/bundled-programs.md).
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

rmSync('bundle', { recursive: true, force: true });
await build({
  entryPoints: programs.map((name) => `dist/${name}.js`),
  outdir: 'bundle',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // Nest and TypeORM know classes by their names.
  keepNames: true,
  external: [...watched, ...absent],
  // The packages that are CommonJS ask for `require`, which an ES module has not.
  banner: {
    js: "import { createRequire as requireOf } from 'node:module';\nconst require = requireOf(import.meta.url);",
  },
  logLevel: 'warning',
});
