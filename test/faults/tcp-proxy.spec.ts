import { once } from 'node:events';
import net, { type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../support/until.js';
import { pass, startTcpProxy, type Mode, type TcpProxy } from './tcp-proxy.js';

/** Sends back what it gets, keeps what it got, and says when its client has ended. */
interface Echo {
  received: string;
  readonly pieces: number[];
  hasEnd: boolean;
  socket: Socket | null;
}

const echo: Echo = { received: '', pieces: [], hasEnd: false, socket: null };
let server: Server;
let proxy: TcpProxy;
let isThere: boolean;

beforeEach(async () => {
  Object.assign(echo, { received: '', hasEnd: false, socket: null });
  echo.pieces.length = 0;
  isThere = true;
  server = net.createServer({ allowHalfOpen: true }, (socket) => {
    echo.socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      echo.received += bytes.toString();
      echo.pieces.push(bytes.length);
      socket.write(bytes);
    });
    socket.on('end', () => (echo.hasEnd = true));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await startTcpProxy(() => (isThere ? (server.address() as AddressInfo).port : null));
});

afterEach(async () => {
  await proxy.stop();
  const closed = once(server, 'close');
  server.close();
  echo.socket?.destroy();
  await closed;
});

/** A client that keeps what happens to it. */
async function connect(mode: Mode) {
  proxy.treatNew(() => mode);
  const socket = net.connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
  const seen = { text: '', hasEnd: false, fault: '', isClosed: false };
  socket.on('data', (bytes) => (seen.text += bytes.toString()));
  socket.on('end', () => (seen.hasEnd = true));
  socket.on('error', (error: NodeJS.ErrnoException) => (seen.fault = error.code ?? 'unknown'));
  socket.on('close', () => (seen.isClosed = true));
  await until('it is connected, or refused', () => !socket.connecting);
  return Object.assign(seen, { socket });
}

type Client = Awaited<ReturnType<typeof connect>>;

/**
 * The connection is gone for this client. It may not have been told so: libuv says end instead of reset where the last bytes and the reset
 * come while it is busy with something else (uv__stream_io, on POLLHUP). Then the next write finds out.
 */
async function expectReset(client: Client): Promise<void> {
  await until('it is closed, or told an end', () => client.isClosed || client.hasEnd);
  if (!client.isClosed) client.socket.write('?');
  await until('it is closed', () => client.isClosed);
  expect(client.fault).toMatch(/^(ECONNRESET|EPIPE)$/);
}

const LETTERS = 'abcdefghij';

/** Long enough for bytes that should not come to come. */
const A_WHILE_MS = 150;

it('passes bytes both ways, and the end of each side', async () => {
  const client = await connect(pass);

  client.socket.write(LETTERS);
  await until('all came back', () => client.text === LETTERS);
  client.socket.end();
  await until('the end went up', () => echo.hasEnd);
  expect(client.hasEnd).toBe(false);
  echo.socket?.end();
  await until('the end came down', () => client.hasEnd);

  await until('nothing is open', () => proxy.connections.length === 0);
});

it('delays each piece', async () => {
  const client = await connect({ kind: 'delay', ms: A_WHILE_MS });
  const sentAt = performance.now();

  client.socket.end(LETTERS);
  await until('all came back', () => client.text === LETTERS);

  // Once on its way up and once on its way down; timers may be a millisecond early.
  expect(performance.now() - sentAt).toBeGreaterThanOrEqual(2 * A_WHILE_MS - 2);
});

it('cuts after so many bytes of the request: the server gets no more than those, the client a reset', async () => {
  const client = await connect({ kind: 'cut', direction: 'up', afterBytes: 4 });

  client.socket.write(LETTERS);
  await expectReset(client);

  // A reset discards what the server had not read yet.
  expect(['', LETTERS.slice(0, 4)]).toContain(echo.received);
});

it('cuts after so many bytes of the answer: the server got everything, the client no more than these bytes and a reset', async () => {
  const client = await connect({ kind: 'cut', direction: 'down', afterBytes: 4 });

  client.socket.write(LETTERS);
  await expectReset(client);

  expect(['', LETTERS.slice(0, 4)]).toContain(client.text);
  expect(echo.received).toBe(LETTERS);
});

it('half-closes after so many bytes of the answer: what the client sends still gets there', async () => {
  const client = await connect({ kind: 'half-close', afterBytes: 4 });

  client.socket.write(LETTERS);
  await until('the end came', () => client.hasEnd);
  client.socket.write('!');
  await until('the rest got there', () => echo.received === `${LETTERS}!`);

  expect(client.text).toBe(LETTERS.slice(0, 4));
  expect(client.isClosed).toBe(false);
});

it('swallows everything in a black hole, and tells neither side when the other one is gone', async () => {
  const client = await connect({ kind: 'black-hole' });

  client.socket.write(LETTERS);
  await until('the server has the connection', () => echo.socket);
  await sleep(A_WHILE_MS);
  expect({ up: echo.received, down: client.text }).toEqual({ up: '', down: '' });
  client.socket.destroy();
  await sleep(A_WHILE_MS);

  expect({ hasEnd: echo.hasEnd, isClosed: echo.socket?.destroyed }).toEqual({ hasEnd: false, isClosed: false });
});

it('drips a few bytes at a time, and loses none', async () => {
  const client = await connect({ kind: 'drip', bytes: 3, everyMs: 20 });

  client.socket.write(LETTERS);
  await until('all came back', () => client.text === LETTERS);

  expect(echo.received).toBe(LETTERS);
  expect(echo.pieces.length).toBeGreaterThan(1);
});

it('changes the treatment of a connection that is open, and counts its bytes from then on', async () => {
  const client = await connect(pass);
  client.socket.write(LETTERS);
  await until('all came back', () => client.text === LETTERS);

  for (const connection of proxy.connections) connection.mode = { kind: 'cut', direction: 'down', afterBytes: 2 };
  client.socket.write('123');
  await expectReset(client);

  expect(client.text).toBe(`${LETTERS}12`);
});

it('heals: what was damaged is reset, what passes stays, and the next one passes', async () => {
  const lost = await connect({ kind: 'black-hole' });
  const good = await connect(pass);

  proxy.heal();
  await until('the damaged one is closed', () => lost.isClosed);
  const next = await connect(pass);

  for (const client of [good, next]) {
    client.socket.write(LETTERS);
    await until('all came back', () => client.text === LETTERS);
  }
});

it('refuses while there is nothing behind it', async () => {
  isThere = false;

  const client = await connect(pass);
  client.socket.write(LETTERS);
  await until('it is closed', () => client.isClosed);

  expect(echo.received).toBe('');
});
