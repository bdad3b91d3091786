import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import {
  type BehaviourName,
  behaviours,
  type Exchange,
  idEnding,
  type IssuerBody,
  type NaturalAnswers,
  SimulatorServer,
  type StartSimulator,
} from '../simulator-server.js';

/*
 * Vault as its documentation shows it: the cancel (Vault API, "Cancel Card Request") and the card list of the VISA programme.
 * Not documented, and so made up: the refusals' codes, the bodies of 401 and 404, and what a cancelled request looks like in the list.
 */

const USER_KEY = 'maria';
const MAX_INT64 = 9_223_372_036_854_775_807n;

/** A real user's list has a handful of cards. Ours must stay below the 1 MB that a connector reads, however many are made. */
const MAX_LISTED = 2_000;

export const startVaultSimulator: StartSimulator = async (options = {}) => {
  const world = newWorld();
  const server = await SimulatorServer.start(options, (exchange, self) => answer(exchange, self, world));
  const idOf = (reference: Readonly<Record<string, unknown>>) => BigInt(String(reference['cardRequestId'])).toString();
  // Counting on from a random number: new ids in this process, and hardly ever one of an earlier process. With the ending ten
  // digits, so that none looks like a card or tax number.
  let next = randomInt(10_000_000, 90_000_000);
  return {
    url: server.url,
    settings: {
      ACCESS_TOKEN: world.tokens.common,
      USER_TOKENS: JSON.stringify({ [USER_KEY]: world.tokens[USER_KEY] }),
      FINAL_CODES: JSON.stringify({ [`${refusal.error}/${refusal.errorId}`]: 'refused_by_issuer' }),
      CANCELLED_STATUSES: 'CANCELLED',
    },
    examples,
    referenceFor: (behaviour) => {
      const cardRequestId = `${next++}${idEnding(behaviour)}`;
      world.remember(cardRequestId, null);
      return { cardRequestId };
    },
    effects: server.effects,
    requests: server.requests,
    script: (reference, list) => {
      world.remember(idOf(reference), null);
      server.script(idOf(reference), list);
    },
    sendCallbacksTo: () => undefined, // Vault documents no callbacks.
    stop: () => server.stop(),
  };
};

const byHand: readonly BehaviourName[] = [
  'refuses',
  'not-found',
  'already',
  'hangs',
  'answer-lost',
  'late',
  'cut-off',
  'server-error',
  'too-many',
  'token-expired',
  'unavailable',
];

/** The page's own sample id first; the last two digits of the others choose what happens. */
const examples = [
  { reference: { cardRequestId: '124125' }, does: behaviours.works.does },
  {
    reference: { cardRequestId: '124126', userKey: USER_KEY },
    does: `cancels, with the token of the user ${USER_KEY}`,
  },
  ...byHand.map((name) => ({
    reference: { cardRequestId: `1241${behaviours[name].ending}` },
    does: behaviours[name].does,
  })),
];

type User = 'common' | typeof USER_KEY;

/** What this Vault knows. */
interface World {
  readonly tokens: Readonly<Record<User, string>>;
  /** Card requests and whose they are, least recently used first; null until a cancel shows whose. */
  readonly owners: ReadonlyMap<string, User | null>;
  /** Those it says were cancelled before, by nobody here. */
  readonly cancelledBefore: Set<string>;
  remember(identity: string, owner: User | null): void;
}

function newWorld(): World {
  const owners = new Map<string, User | null>();
  const world: World = {
    tokens: { common: randomBytes(24).toString('base64url'), [USER_KEY]: randomBytes(24).toString('base64url') },
    owners,
    cancelledBefore: new Set(),
    remember(identity, owner) {
      const known = owners.get(identity) ?? null;
      owners.delete(identity);
      owners.set(identity, owner ?? known);
    },
  };
  for (const { reference } of examples)
    world.remember(reference.cardRequestId, 'userKey' in reference ? USER_KEY : 'common');
  return world;
}

function answer(exchange: Exchange, server: SimulatorServer, world: World): void {
  // Every answer of Vault's carries it (Vault API, FAQ).
  exchange.response.setHeader('x-request-id', randomUUID());
  const id = /^\/v2\/card\/card-requests\/([^/]+)\/cancel$/.exec(exchange.path)?.[1];
  const method = id === undefined ? (exchange.path === '/v2/card/list' ? 'GET' : null) : 'POST';
  if (method === null) return refuse(exchange, 'no such path', { status: 404, body: notFound });
  if (exchange.request.method !== method) return refuse(exchange, 'wrong method', { status: 405, body: genericFault });
  const user = userOf(exchange, world);
  if (user === null) return refuse(exchange, 'wrong bearer token', { status: 401, body: unauthorized });
  if (id === undefined) return list(exchange, server, world, user);
  cancel(exchange, server, world, { id, user });
}

function refuse(exchange: Exchange, fault: string, { status, body }: IssuerBody): void {
  exchange.fault(fault);
  exchange.json(status, body);
}

function userOf({ request }: Exchange, { tokens }: World): User | null {
  const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
  return (['common', USER_KEY] as const).find((user) => tokens[user] === token) ?? null;
}

function cancel(
  exchange: Exchange,
  server: SimulatorServer,
  world: World,
  { id, user }: { readonly id: string; readonly user: User },
): void {
  const fault = cancelFault(exchange, id);
  if (fault !== null) return refuse(exchange, fault.what, { status: fault.status, body: genericFault });
  const identity = BigInt(id).toString();
  if ((world.owners.get(identity) ?? user) !== user) return exchange.json(404, notFound);
  world.remember(identity, user);
  server.cancel(exchange, { identity, id: identity, natural: naturalAnswers(identity, world) });
}

function cancelFault(exchange: Exchange, id: string): { readonly what: string; readonly status: number } | null {
  const { headers } = exchange.request;
  if (!/^\d{1,19}$/.test(id) || BigInt(id) < 1n || BigInt(id) > MAX_INT64)
    return { what: 'the id is no int64', status: 400 };
  if (exchange.body !== '') return { what: 'a body where none is documented', status: 400 };
  if (headers['content-type'] !== 'application/json') return { what: 'wrong Content-Type', status: 415 };
  if (headers.accept !== 'application/json') return { what: 'wrong Accept', status: 406 };
  return null;
}

const naturalAnswers = (identity: string, world: World): NaturalAnswers => ({
  success: () => ({ status: 200, body: { result: 'ok' } }),
  already: () => {
    world.cancelledBefore.add(identity);
    return { status: 400, body: wrongState };
  },
  refuse: () => ({ status: 400, body: refusal }),
  notFound: () => ({ status: 404, body: notFound }),
});

/** The documented example. */
const genericFault = {
  error: 'COMMON',
  errorId: 0,
  message: "Sorry for inconvenience. We're fixing the issue. If you have urgent questions, contact support",
  systemId: 'core',
};

const refusal = {
  error: 'CARD_REQUEST_NOT_CANCELLABLE',
  errorId: 4021,
  message: 'This card order cannot be cancelled any more',
  systemId: 'core',
  originalMessage: 'CardOrderStateException: order is in production',
  errorStackTrace: 'at ist.vault.card.CardRequestService.cancel(CardRequestService.java:125)',
};

/** The ordinary refusal of a wrong state; in no setting, so that the card list decides. */
const wrongState = {
  error: 'CARD_REQUEST_WRONG_STATE',
  errorId: 4022,
  message: 'The card order is in another state',
  systemId: 'core',
};

const notFound = {
  error: 'CARD_REQUEST_NOT_FOUND',
  errorId: 4040,
  message: 'Card request not found',
  field: 'id',
  systemId: 'core',
};

/** The envelope that the second generation's page on token refresh shows. */
const unauthorized = { status: 'UNAUTHORIZED', message: 'Full authentication is required', errors: [] };

function list(exchange: Exchange, server: SimulatorServer, world: World, user: User): void {
  const cancelled = new Set([...world.cancelledBefore, ...server.effects.map(({ identity }) => identity)]);
  const mine = [...world.owners].filter(([, owner]) => owner === null || owner === user).slice(-MAX_LISTED);
  const cards = mine
    .filter(([id]) => !id.endsWith(behaviours['not-found'].ending))
    .map(([id]) => entry(id, cancelled.has(id) || id.endsWith(behaviours.already.ending)));
  const body = JSON.stringify({ kycStatus: 'VERIFIED', cards: [issuedCard, ...cards], iban: null });
  // Vault's ids are JSON numbers, and ours may be larger than JavaScript can write.
  exchange.json(200, body.replace(/("(?:cardRequestId|id)":)"(\d+)"/g, '$1$2'));
}

/** Some earlier card of the user's, to look past. */
const issuedCard = { id: '88001', cardType: 'VIRTUAL', cardCompany: 'VISA', number: '**** 4242', expired: '11/29' };

function entry(cardRequestId: string, isCancelled: boolean) {
  const card = { cardRequestId, cardType: 'PLASTIC', cardCompany: 'VISA' };
  if (isCancelled) return { ...card, status: 'CANCELLED', additionalStatuses: [] };
  // What is refused is refused because the card is made already.
  if (cardRequestId.endsWith(behaviours.refuses.ending))
    return { ...card, id: `7${cardRequestId}`, number: '**** 1881', expired: '11/29', status: 'ISSUED' };
  return { ...card, status: 'IN_PROGRESS', additionalStatuses: ['ADDRESS', 'PAID', 'KYC'] };
}
