import type { Random } from './random.js';
import { pass, type Mode, type ProxiedConnection, type TcpProxy } from './tcp-proxy.js';

/** How a network is ill. */
export interface Illness {
  /** Of 1 new connection. */
  readonly newShare: number;
  /** How often one connection that is open is damaged. */
  readonly everyMs: number;
  /** The most bytes that pass before a cut. */
  readonly mostBytes: number;
  readonly longestDelayMs: number;
}

/** A line that is slow is not so for ever; what is broken stays broken. */
const SLOW_FOR_MS = 4_000;

/** Damages connections, new ones and open ones, until it is ended; then everything passes again. */
export function makeIll(proxy: TcpProxy, illness: Illness, random: Random): { end(): void } {
  proxy.treatNew(() => (random.chance(illness.newShare) ? fault(illness, random) : pass));
  const slowSince = new WeakMap<ProxiedConnection, number>();
  const timer = setInterval(() => {
    const now = performance.now();
    for (const connection of proxy.connections) {
      if (connection.mode.kind !== 'delay' && connection.mode.kind !== 'drip') continue;
      const since = slowSince.get(connection) ?? now;
      slowSince.set(connection, since);
      if (now - since >= SLOW_FOR_MS) connection.mode = pass;
    }
    const connection = random.pick(proxy.connections);
    if (connection?.mode.kind === 'pass') {
      slowSince.delete(connection);
      connection.mode = fault(illness, random);
    }
  }, illness.everyMs);
  return {
    end: () => {
      clearInterval(timer);
      proxy.heal();
    },
  };
}

function fault({ mostBytes, longestDelayMs }: Illness, random: Random): Mode {
  const afterBytes = random.int(0, mostBytes);
  const faults: [Mode, ...Mode[]] = [
    { kind: 'delay', ms: random.int(1, longestDelayMs) },
    { kind: 'cut', direction: 'up', afterBytes },
    { kind: 'cut', direction: 'down', afterBytes },
    { kind: 'half-close', afterBytes },
    { kind: 'black-hole' },
    { kind: 'drip', bytes: random.int(1, 60), everyMs: random.int(1, 20) },
  ];
  return random.pick(faults);
}
