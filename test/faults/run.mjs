import { spawn } from 'node:child_process';

/*
 * `npm run test:faults`: the full form of the tests in this folder, which takes some hours. What follows on the command line goes
 * to Jest instead of the folder: `npm run test:faults -- test/faults/crash-points`. CRASH_BOUNDARY runs one boundary alone, by its name in boundaries.ts.
 */

const given = process.argv.slice(2);
const what = given.length > 0 ? given : ['test/faults/'];
const child = spawn(
  process.execPath,
  ['node_modules/jest/bin/jest.js', '--runInBand', '--forceExit', '--testTimeout=21600000', ...what],
  {
    stdio: 'inherit',
    env: { ...process.env, FAULTS: 'full' },
  },
);
child.on('exit', (code) => (process.exitCode = code ?? 1));
