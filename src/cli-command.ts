import { join } from 'node:path';
import { runCli } from './cli/cli.js';
import { processEnvironment, withoutEmpty } from './config.js';
import { readDevelopmentCredentials } from './development/credentials.js';

/** `node bundle/cli-command.js <command>`: see `npm run cli -- --help`. */
const [, , ...args] = process.argv;
const dataFolder = join(import.meta.dirname, '..', '.data');
const stop = new AbortController();
// The first one ends what is under way in good order, the second one at once.
process.once('SIGINT', () => stop.abort());

async function main(): Promise<void> {
  process.exitCode = await runCli(args, {
    environment: { ...readDevelopmentCredentials(dataFolder), ...withoutEmpty(processEnvironment()) },
    out: (words) => process.stdout.write(words),
    err: (words) => process.stderr.write(words),
    isScreen: process.stderr.isTTY,
    signal: stop.signal,
  });
}

void main();
