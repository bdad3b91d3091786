import type { IssuerCode } from '../../src/issuers/index.js';
import type { Effect, SimulatedRequest } from '../../src/issuers/simulator-server.js';
import type { TestSimulators } from './simulators.js';

export type Reference = Readonly<Record<string, unknown>>;

/** The issuer's own id in a reference, by which its requests and effects can be told apart. */
const idIn = (reference: Reference) =>
  String(reference.cardRequestId ?? reference.cardId ?? reference.adminNumber ?? reference.paymentInstrumentKey);

/** What was really done to this card. */
export const effectsOf = ({ of }: TestSimulators, issuer: IssuerCode, reference: Reference): readonly Effect[] =>
  of[issuer].effects.filter(({ identity }) => identity.includes(idIn(reference)));

/** The cancels that were sent for this card. At all four issuers only a query is a GET. */
export const cancelsOf = (
  { of }: TestSimulators,
  issuer: IssuerCode,
  reference: Reference,
): readonly SimulatedRequest[] =>
  of[issuer].requests.filter(
    ({ method, path, body }) => method !== 'GET' && `${path} ${body}`.includes(idIn(reference)),
  );
