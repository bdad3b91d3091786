import { settingsFor } from '../../src/development/simulators.js';
import { issuers, type IssuerCode } from '../../src/issuers/index.js';
import type { SomeIssuer } from '../../src/issuers/issuer.js';
import type { Simulator } from '../../src/issuers/simulator-server.js';

export interface TestSimulators {
  readonly of: Readonly<Record<IssuerCode, Simulator>>;
  readonly settings: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export const issuerCodes = Object.keys(issuers) as IssuerCode[];

/** All four simulators on free ports; `lateMs` is how late a late effect, a slow answer and a callback are. */
export async function startTestSimulators(lateMs = 400): Promise<TestSimulators> {
  const started = await Promise.all(
    Object.values<SomeIssuer>(issuers).map(async (issuer) => {
      const simulator = await (await issuer.simulator()).start({ lateMs, sharesKeys: true });
      return { issuer, simulator };
    }),
  );
  return {
    of: Object.fromEntries(started.map(({ issuer, simulator }) => [issuer.code, simulator])) as Record<
      IssuerCode,
      Simulator
    >,
    settings: Object.assign({}, ...started.map(({ issuer, simulator }) => settingsFor(issuer, simulator))) as Record<
      string,
      string
    >,
    stop: async () => {
      await Promise.all(started.map(({ simulator }) => simulator.stop()));
    },
  };
}
