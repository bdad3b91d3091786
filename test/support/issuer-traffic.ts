import { issuers, type IssuerCode } from '../../src/issuers/index.js';
import type { SomeIssuer } from '../../src/issuers/issuer.js';
import type { Effect, SimulatedRequest } from '../../src/issuers/simulator-server.js';
import type { TestSimulators } from './simulators.js';

export type Reference = Readonly<Record<string, unknown>>;

const identityOf = (code: IssuerCode, given: Reference): string => {
  const { reference }: SomeIssuer = issuers[code];
  return reference.identity(reference.schema.parse(given));
};

/** What was really done to this card. */
export const effectsOf = ({ of }: TestSimulators, issuer: IssuerCode, reference: Reference): readonly Effect[] =>
  of[issuer].effects.filter(({ identity }) => identity === identityOf(issuer, reference));

/** The cancels that were sent for this card: only a query is a GET, and each part of the identity stands in the request. */
export function cancelsOf(
  { of }: TestSimulators,
  issuer: IssuerCode,
  reference: Reference,
): readonly SimulatedRequest[] {
  const parts = identityOf(issuer, reference).toLowerCase().split('/');
  return of[issuer].requests.filter(({ method, path, body }) => {
    const sent = `${path} ${body}`.toLowerCase();
    return method !== 'GET' && parts.every((part) => sent.includes(part));
  });
}
