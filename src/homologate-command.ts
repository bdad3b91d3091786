import { runHomologateCommand } from './homologation/homologate-command.js';

/** `node bundle/homologate-command.js --url <address>`: see `npm run homologate -- --help`. */
const [, , ...args] = process.argv;
// Who reads may have seen enough, as `head` has.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(2);
});

async function main(): Promise<void> {
  try {
    const { exitCode, complaint } = await runHomologateCommand(args, {
      print: (lines) => console.log(lines),
      isColoured: process.stdout.isTTY && process.stdout.hasColors(),
    });
    if (complaint !== null) console.error(complaint);
    process.exitCode = exitCode;
  } catch (error) {
    // A fault of the kit's own says nothing about the provider.
    console.error(error);
    process.exitCode = 2;
  }
}

void main();
