import type { Environment } from '../config.js';
import { issuers } from '../issuers/index.js';
import type { SomeIssuer } from '../issuers/issuer.js';
import type { Simulator } from '../issuers/simulator-server.js';

export interface RunningSimulators {
  readonly running: readonly { readonly issuer: SomeIssuer; readonly simulator: Simulator }[];
  /** What the connectors need to speak to them: live and sandbox alike. */
  readonly settings: Readonly<Record<string, string>>;
  /** @param serviceUrl where this service listens */
  sendCallbacksTo(serviceUrl: string): void;
  stop(): Promise<void>;
}

/** Starts a simulator for each issuer that the environment gives no base URL for. */
export async function startSimulators(environment: Environment): Promise<RunningSimulators> {
  const simulated = Object.values<SomeIssuer>(issuers).filter(
    ({ code }) => !environment[`${code.toUpperCase()}_BASE_URL`]?.trim(),
  );
  const running = await Promise.all(
    simulated.map(async (issuer) => ({ issuer, simulator: await (await issuer.simulator()).start() })),
  );
  return {
    running,
    settings: Object.assign({}, ...running.map(({ issuer, simulator }) => settingsFor(issuer, simulator))) as Record<
      string,
      string
    >,
    sendCallbacksTo: (serviceUrl) => {
      for (const { issuer, simulator } of running) simulator.sendCallbacksTo(`${serviceUrl}/callbacks/${issuer.code}`);
    },
    stop: async () => {
      await Promise.all(running.map(({ simulator }) => simulator.stop()));
    },
  };
}

/** The settings of the environment that make an issuer's connector speak to its simulator, for both environments. */
export function settingsFor(issuer: SomeIssuer, simulator: Simulator): Record<string, string> {
  const prefix = `${issuer.code.toUpperCase()}_`;
  const twins = issuer.settings.credentials;
  const own = Object.entries(simulator.settings).flatMap(([name, value]) => [
    [prefix + name, value],
    ...(twins.includes(name) ? [[`${prefix}SANDBOX_${name}`, value]] : []),
  ]);
  return {
    ...(Object.fromEntries(own) as Record<string, string>),
    [`${prefix}BASE_URL`]: simulator.url,
    [`${prefix}SANDBOX_BASE_URL`]: simulator.url,
  };
}
