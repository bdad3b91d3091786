import { spawn } from 'node:child_process';

/*
 * `npm run test:faults`: the full form of the tests in this folder, which takes about half an hour. What follows on the command line goes
 * to Jest: `npm run test:faults -- crash-points`. CRASH_BOUNDARY runs one boundary alone, by its name in boundaries.ts.
 */

const jest = ['node_modules/jest/bin/jest.js', 'test/faults', '--runInBand', ...process.argv.slice(2)];
const child = spawn(process.execPath, jest, { stdio: 'inherit', env: { ...process.env, FAULTS: 'full' } });
child.on('exit', (code) => (process.exitCode = code ?? 1));
