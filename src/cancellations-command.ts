import { join } from 'node:path';
import { runCancellationsCommand } from './cli/cancellations-command.js';
import { processEnvironment, withoutEmpty } from './config.js';
import { readDevelopmentCredentials } from './development/credentials.js';

/** `node bundle/cancellations-command.js explain|check <paymentId>`: see `npm run cancellations -- --help`. */
const [, , ...args] = process.argv;
const dataFolder = join(import.meta.dirname, '..', '.data');

async function main(): Promise<void> {
  const { exitCode, words } = await runCancellationsCommand(args, {
    ...readDevelopmentCredentials(dataFolder),
    ...withoutEmpty(processEnvironment()),
  });
  if (exitCode === 0) console.log(words);
  else console.error(words);
  process.exitCode = exitCode;
}

void main();
