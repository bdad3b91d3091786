import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { breakOff } from '../../src/issuers/simulator-server.js';

/**
 * How a connection is treated. `up` is what the client sends, `down` what the server answers.
 *
 * - `delay`: each piece is held back for so long.
 * - `cut`: is reset when so many more bytes have passed in this direction.
 * - `half-close`: the client is told that no more comes when so many more bytes have come down; what it sends still passes.
 * - `black-hole`: nothing passes any more, and nobody is told.
 * - `drip`: passes a few bytes at a time.
 */
export type Mode =
  | { readonly kind: 'pass' }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'cut'; readonly direction: Direction; readonly afterBytes: number }
  | { readonly kind: 'half-close'; readonly afterBytes: number }
  | { readonly kind: 'black-hole' }
  | { readonly kind: 'drip'; readonly bytes: number; readonly everyMs: number };

export type Direction = 'up' | 'down';

export const pass: Mode = { kind: 'pass' };

/** Stands between a client and a server, and treats each connection as told. */
export interface TcpProxy {
  readonly port: number;
  /** Those that are open; the mode of each may be changed. */
  readonly connections: readonly ProxiedConnection[];
  /** Says how the connections are treated that come from now on. */
  treatNew(modeOfNext: () => Mode): void;
  /** Resets every connection that does not simply pass, and lets the ones to come pass. */
  heal(): void;
  stop(): Promise<void>;
}

export interface ProxiedConnection {
  mode: Mode;
}

/** A server whose client vanished in a black hole finds out after a while, as by its own keep-alive. */
const NOTICED_AFTER_MS = 15_000;

/** @param targetPort on 127.0.0.1, asked for each connection; null refuses it */
export async function startTcpProxy(targetPort: () => number | null): Promise<TcpProxy> {
  const connections = new Set<Connection>();
  let modeOfNext: () => Mode = () => pass;
  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const port = targetPort();
    if (port === null) return void client.on('error', () => undefined).resetAndDestroy();
    const upstream = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const connection = new Connection(client, upstream, modeOfNext());
    connections.add(connection);
    void connection.run().finally(() => connections.delete(connection));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const resetAll = (which: (connection: Connection) => boolean) => {
    for (const connection of connections) if (which(connection)) connection.reset();
  };
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return [...connections];
    },
    treatNew: (choose) => {
      modeOfNext = choose;
    },
    heal: () => {
      modeOfNext = () => pass;
      resetAll(({ mode }) => mode.kind !== 'pass');
    },
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      resetAll(() => true);
      await closed;
    },
  };
}

class Connection implements ProxiedConnection {
  #mode: Mode;
  /** Passed in each direction since the mode was set. */
  #passed = { up: 0, down: 0 };
  #isHalfClosed = false;

  constructor(
    private readonly client: Socket,
    private readonly upstream: Socket,
    mode: Mode,
  ) {
    this.#mode = mode;
  }

  get mode(): Mode {
    return this.#mode;
  }

  set mode(mode: Mode) {
    this.#mode = mode;
    this.#passed = { up: 0, down: 0 };
  }

  /** Ends when both sides are closed. */
  async run(): Promise<void> {
    const closed = [this.client, this.upstream].map((socket) => {
      socket.on('error', () => undefined);
      return new Promise((resolve) => socket.once('close', resolve));
    });
    await Promise.all([
      this.#pump('up', this.client, this.upstream),
      this.#pump('down', this.upstream, this.client),
      ...closed,
    ]);
  }

  reset(): void {
    breakOff(this.client);
    breakOff(this.upstream);
  }

  async #pump(direction: Direction, from: Socket, to: Socket): Promise<void> {
    try {
      // Not `of from`: that would close both directions when this one has ended.
      for await (const bytes of from.iterator({ destroyOnReturn: false })) {
        await this.#forward(direction, bytes as Buffer, to);
      }
      if (this.#mode.kind !== 'black-hole') to.end();
      else await this.#forget(to);
    } catch {
      // A side that broke takes the other one along, unless nothing passes between them.
      if (this.#mode.kind === 'black-hole') await this.#forget(to);
      else this.reset();
    }
  }

  async #forget(other: Socket): Promise<void> {
    await Promise.race([
      new Promise((resolve) => other.once('close', resolve)),
      sleep(NOTICED_AFTER_MS, null, { ref: false }),
    ]);
    this.reset();
  }

  async #forward(direction: Direction, bytes: Buffer, to: Socket): Promise<void> {
    const mode = this.#mode;
    const left = 'afterBytes' in mode ? mode.afterBytes - this.#passed[direction] : Infinity;
    this.#passed[direction] += bytes.length;
    switch (mode.kind) {
      case 'pass':
        return write(to, bytes);
      case 'delay':
        await sleep(mode.ms);
        return write(to, bytes);
      case 'cut':
        if (direction !== mode.direction || bytes.length < left) return write(to, bytes);
        await write(to, bytes.subarray(0, Math.max(left, 0)));
        return this.#endThenReset(to);
      case 'half-close':
        if (direction === 'up' || bytes.length < left) return write(to, bytes);
        if (this.#isHalfClosed) return;
        this.#isHalfClosed = true;
        return void to.end(bytes.subarray(0, Math.max(left, 0)));
      case 'black-hole':
        return;
      case 'drip':
        for (let at = 0; at < bytes.length; at += mode.bytes) {
          await write(to, bytes.subarray(at, at + mode.bytes));
          await sleep(mode.everyMs);
        }
    }
  }

  /** A reset overtakes bytes that the other side has not read yet; it is given a moment for them. */
  async #endThenReset(to: Socket): Promise<void> {
    if (!to.destroyed) await sleep(5);
    this.reset();
  }
}

function write(to: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    if (bytes.length === 0) return resolve();
    to.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}
