import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the ports that systems give to whoever asks for any (from 32768 on Linux, from 49152 elsewhere): one of those may be given away
 * between the look and the program's start, and whoever has it then may answer as if it were the program. Each of Jest's workers has its own.
 */
const PORTS = 1_000;
const FIRST_PORT = 20_000 + (Number(process.env.JEST_WORKER_ID ?? '0') % 12) * PORTS;
let portsGiven = randomInt(PORTS);

/** For a program that is told its port, and starts later or more than once. */
export async function freePort(): Promise<number> {
  for (;;) {
    portsGiven += 1;
    const port = FIRST_PORT + (portsGiven % PORTS);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
