import { spawn } from 'node:child_process';

/* `npm run test:browser`: every page in every language and look, which takes some minutes. What follows goes to Jest. */
const child = spawn(
  process.execPath,
  [
    'node_modules/jest/bin/jest.js',
    '--runInBand',
    '--testTimeout=300000',
    '--testMatch=<rootDir>/test/browser/*.browser.ts',
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit' },
);
child.on('exit', (code) => (process.exitCode = code ?? 1));
