import { compactVerify } from 'jose';
import { createHash, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import {
  behaviours,
  idEnding,
  SimulatorServer,
  type BehaviourName,
  type CallbackMessage,
  type Exchange,
  type IssuerBody,
  type Simulator,
  type SimulatorOptions,
} from '../simulator-server.js';
import { identityOf, referenceSchema } from './wire.js';

export interface QitechSimulatorOptions extends SimulatorOptions {
  /** How long after the effect the webhook is sent; a third of `lateMs` when absent. */
  readonly callbackDelayMs?: number;
}

/** A webhook to send by hand. */
export interface QitechCallback {
  readonly cardKey: string;
  /** `canceled` when absent. */
  readonly status?: string;
  /** `baas.pospaid_card.card` when absent. */
  readonly webhookType?: string;
  /** Where it goes to, as it is signed; `/callbacks/qitech` when absent. */
  readonly uri?: string;
  /** Signs with a key that is not QI Tech's. */
  readonly forged?: boolean;
}

/** Speaks QI Tech's HTTP, sends its signed webhooks, and can be told what its queries shall show. */
export interface QitechSimulator extends Simulator {
  /** Sets the state of an instrument or of its card (the `cardKey` of the reference), whatever led to it. */
  setStatus(reference: Readonly<Record<string, unknown>>, status: { instrument?: string; card?: string }): void;
  /** Makes a webhook as QI Tech signs it; sending is the caller's. */
  callback(about: QitechCallback): Omit<CallbackMessage, 'url'>;
}

export async function startQitechSimulator(options: QitechSimulatorOptions = {}): Promise<QitechSimulator> {
  const [ours, qitechs] = [p521KeyPair(), p521KeyPair()];
  const apiClientKey = randomUUID();
  const bank = new Bank();

  const callback: QitechSimulator['callback'] = ({ uri = '/callbacks/qitech', forged, ...about }) => {
    const body = webhookBody(about);
    const claims = {
      payload_md5: md5(body),
      timestamp: new Date().toISOString().replace('Z', '000Z'),
      method: 'POST',
      uri,
    };
    const token = signedToken(claims, (forged ? ours : qitechs).privateKey);
    const headers = { 'content-type': 'application/json', AUTHORIZATION: token, 'API-CLIENT-KEY': apiClientKey };
    return { headers, body };
  };

  /** About the instrument itself nothing is sent: there is no such webhook. */
  const callBack = (identity: string, server: SimulatorServer): void => {
    const status = bank.cardStatus(identity, server);
    if (status !== 'canceled') return;
    const cardKey = bank.cardOf(identity);
    server.callBack(callbackDelayMs, (url) => ({ ...callback({ cardKey, status, uri: new URL(url).pathname }), url }));
  };

  const server = await SimulatorServer.start(options, async (exchange, running) => {
    const denied = await denial(exchange, { apiClientKey, publicKey: ours.publicKey });
    if (denied === null) return route(exchange, { server: running, bank, callBack });
    exchange.fault(denied.fault);
    exchange.json(denied.answer.status, denied.answer.body);
  });
  const callbackDelayMs = options.callbackDelayMs ?? server.lateMs / 3;
  const identify = (reference: unknown) => identityOf(referenceSchema.parse(reference));

  for (const { reference } of examples) bank.add(reference);
  return {
    url: server.url,
    settings: {
      API_CLIENT_KEY: apiClientKey,
      PRIVATE_KEY: ours.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      CALLBACK_PUBLIC_KEY: qitechs.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    },
    examples,
    referenceFor: (behaviour) => bank.add({ walletKey: randomUUID(), ...newKeys(behaviour) }),
    effects: server.effects,
    requests: server.requests,
    script: (reference, list) => server.script(identify(reference), list),
    setStatus: (reference, { instrument, card }) => {
      const identity = identify(bank.add(reference));
      if (instrument !== undefined) bank.instruments.set(identity, instrument);
      if (card !== undefined) bank.cards.set(identity, card);
    },
    sendCallbacksTo: (url) => void (server.callbackUrl = url),
    stop: () => server.stop(),
    callback,
  };
}

const p521KeyPair = () => generateKeyPairSync('ec', { namedCurve: 'P-521' });

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** Source: "Webhooks" of the postpaid cards: the frame and the fields of `data`. */
const webhookBody = ({ cardKey, status = 'canceled', webhookType = 'baas.pospaid_card.card' }: QitechCallback) =>
  JSON.stringify({
    webhook_type: webhookType,
    webhook_datetime: new Date().toISOString(),
    data: { card_key: cardKey, type: 'virtual', status, old_status: 'active' },
  });

function signedToken(claims: object, key: KeyObject): string {
  const signed = [{ alg: 'ES512', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = sign('sha512', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

const newKeys = (behaviour: BehaviourName) => ({
  paymentInstrumentKey: `${randomUUID().slice(0, -2)}${idEnding(behaviour)}`,
  cardKey: randomUUID(),
});

// The cancel page's own wallet (in its table of errors) and instrument (in its sample answer).
const documented = {
  walletKey: 'abeca0d0-a09d-4b3b-a495-40b553422ced',
  paymentInstrumentKey: '8cb70dea-9fb0-4a68-9572-99a72849c8d6',
};

const toTryByHand = [
  'refuses',
  'not-found',
  'already',
  'hangs',
  'answer-lost',
  'late',
  'resets',
  'cut-off',
  'server-error',
  'too-many',
  'token-expired',
  'unavailable',
  'slow',
] as const satisfies readonly BehaviourName[];

const examples: Simulator['examples'] = [
  { reference: documented, does: behaviours.works.does },
  ...toTryByHand.map((name) => ({
    reference: {
      ...documented,
      paymentInstrumentKey: `${documented.paymentInstrumentKey.slice(0, -2)}${behaviours[name].ending}`,
    },
    does: behaviours[name].does,
  })),
];

/** What QI Tech knows. Every wallet and instrument exists, unless its ending says otherwise. */
class Bank {
  /** By identity, where it differs from what effects and endings say. */
  readonly instruments = new Map<string, string>();
  readonly cards = new Map<string, string>();
  /** `walletKey/cardKey` to the identity of the card's instrument. */
  readonly #owners = new Map<string, string>();

  /** Makes the card of a reference known. */
  add<Reference extends Readonly<Record<string, unknown>>>(given: Reference): Reference {
    const reference = referenceSchema.parse(given);
    if (reference.cardKey) this.#owners.set(`${reference.walletKey}/${reference.cardKey}`, identityOf(reference));
    return given;
  }

  /** The key of an instrument's card; every instrument has a card, though we may not have been told which. */
  cardOf(identity: string): string {
    const known = [...this.#owners].find(([, owner]) => owner === identity)?.[0];
    return known?.split('/')[1] ?? randomUUID();
  }

  ownerOf(walletKey: string, cardKey: string): string | null {
    return this.#owners.get(`${walletKey}/${cardKey}`) ?? null;
  }

  /** Null for an instrument that does not exist. */
  instrumentStatus(identity: string, server: SimulatorServer): string | null {
    const set = this.instruments.get(identity);
    if (set !== undefined) return set;
    if (server.isCancelled(identity)) return 'canceled';
    if (identity.endsWith(behaviours.refuses.ending)) return 'blocked';
    if (identity.endsWith(behaviours.already.ending)) return 'canceled';
    return identity.endsWith(behaviours['not-found'].ending) ? null : 'active';
  }

  /** A card goes the way of its instrument. */
  cardStatus(identity: string, server: SimulatorServer): string {
    return this.cards.get(identity) ?? this.instrumentStatus(identity, server) ?? 'created';
  }
}

interface Denial {
  readonly fault: string;
  readonly answer: IssuerBody;
}

/** What the gateway says before any path is looked at; null when it lets the request pass. */
async function denial(
  { request, path, body }: Exchange,
  known: { apiClientKey: string; publicKey: KeyObject },
): Promise<Denial | null> {
  const { 'api-client-key': apiClientKey, authorization = '' } = request.headers;
  if (apiClientKey === undefined) {
    return { fault: 'no API-CLIENT-KEY', answer: error(400, 'GDF000003', 'API key was not sent') };
  }
  if (apiClientKey !== known.apiClientKey) {
    return { fault: 'unknown API-CLIENT-KEY', answer: error(404, 'GDF000018', 'API key was not found') };
  }
  const claims = await verifiedClaims(authorization, known.publicKey);
  const fault = claims === null ? 'AUTHORIZATION is not signed by us' : claimFault(claims, request.method, path);
  if (fault !== null) return { fault, answer: error(401, 'GDF000014', 'Could not decode the token') };
  const isBare = body === '' && request.headers['content-type'] === undefined;
  // 406 stands for an unacceptable body (caas/onboarding/http_status), without a code.
  return isBare
    ? null
    : { fault: 'has a body or a content type', answer: { status: 406, body: unnamed('Not Acceptable') } };
}

async function verifiedClaims(token: string, publicKey: KeyObject): Promise<Record<string, unknown> | null> {
  try {
    const { payload } = await compactVerify(token, publicKey, { algorithms: ['ES512'] });
    return JSON.parse(Buffer.from(payload).toString()) as Record<string, unknown>;
  } catch {
    return null;
  }
}

const MAX_AGE_MS = 5 * 60_000;

/** As QI Tech's Python sample makes them, which hashes `{}` where there is no body. */
function claimFault(claims: Record<string, unknown>, method: string | undefined, path: string): string | null {
  const timestamp = typeof claims.timestamp === 'string' ? claims.timestamp : '';
  if (claims.method !== method) return 'signs another method';
  if (claims.uri !== path) return 'signs another uri';
  if (claims.payload_md5 !== md5('{}')) return 'signs another payload_md5';
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(timestamp)) return 'timestamp has another form';
  return Math.abs(Date.now() - Date.parse(timestamp)) > MAX_AGE_MS ? 'timestamp is too old or too new' : null;
}

const UUID = '([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})';
const INSTRUMENT = new RegExp(`^/wallet/${UUID}/payment_instrument/${UUID}(/cancel)?$`, 'i');
const CARD = new RegExp(`^/wallet/${UUID}/card/${UUID}$`, 'i');

interface Desk {
  readonly server: SimulatorServer;
  readonly bank: Bank;
  readonly callBack: (identity: string, server: SimulatorServer) => void;
}

function route(exchange: Exchange, desk: Desk): void {
  const { server, bank } = desk;
  const path = exchange.path.toLowerCase();
  const [, walletKey, instrumentKey, isCancel] = INSTRUMENT.exec(path) ?? [];
  const [, cardWalletKey, cardKey] = CARD.exec(path) ?? [];
  const wanted = isCancel ? 'PATCH' : 'GET';
  if (instrumentKey === undefined && cardKey === undefined) {
    exchange.fault('unknown path');
    return exchange.json(404, unnamed('Not Found'));
  }
  if (exchange.request.method !== wanted) {
    exchange.fault(`must be ${wanted}`);
    return exchange.json(405, unnamed('Method Not Allowed'));
  }
  if (cardKey !== undefined) return showCard(exchange, { walletKey: `${cardWalletKey}`, cardKey, server, bank });
  const call = { walletKey: `${walletKey}`, instrumentKey: `${instrumentKey}`, ...desk };
  return isCancel ? cancel(exchange, call) : showInstrument(exchange, call);
}

interface InstrumentCall extends Desk {
  readonly walletKey: string;
  readonly instrumentKey: string;
}

function cancel(exchange: Exchange, { walletKey, instrumentKey, server, bank, callBack }: InstrumentCall): void {
  const identity = `${walletKey}/${instrumentKey}`;
  const set = bank.instruments.get(identity);
  server.cancel(exchange, {
    identity,
    // A state that was set and is not active makes a cancel fail as it would at QI Tech.
    id: set === undefined || set === 'active' ? instrumentKey : behaviours.refuses.ending,
    natural: {
      success: () => ({
        status: 200,
        body: { payment_instrument_key: instrumentKey, payment_instrument_status: 'canceled' },
      }),
      // QI Tech has no word for it: cancelled is one of the ways of not being active.
      already: () => {
        bank.instruments.set(identity, 'canceled');
        return notActive;
      },
      refuse: () => {
        if (!server.isCancelled(identity)) bank.instruments.set(identity, set ?? 'blocked');
        return notActive;
      },
      notFound: () => instrumentNotFound,
      afterEffect: () => {
        bank.instruments.delete(identity);
        callBack(identity, server);
      },
    },
  });
}

function showInstrument(exchange: Exchange, { walletKey, instrumentKey, server, bank }: InstrumentCall): void {
  const status = bank.instrumentStatus(`${walletKey}/${instrumentKey}`, server);
  if (status === null) return exchange.json(instrumentNotFound.status, instrumentNotFound.body);
  exchange.json(200, { payment_instrument_key: instrumentKey, payment_instrument_status: status });
}

function showCard(
  exchange: Exchange,
  { walletKey, cardKey, server, bank }: { walletKey: string; cardKey: string; server: SimulatorServer; bank: Bank },
): void {
  const owner = bank.ownerOf(walletKey, cardKey);
  if (owner === null) {
    const { status, body } = error(404, 'CARD000011', 'Card was not found', 'Card Not Found');
    return exchange.json(status, body);
  }
  const status = bank.cardStatus(owner, server);
  exchange.json(200, { card_key: cardKey, status, type: 'virtual', brand: 'visa', last_four_digits: '1234' });
}

const error = (status: number, code: string, description: string, title = 'Bad Request'): IssuerBody => ({
  status,
  body: { title, description, translation: description, code, extra_fields: {} },
});

/** For what no page gives a code. */
const unnamed = (title: string) => ({ title, description: title, translation: title, extra_fields: {} });

// Source of both: "Payment Instrument Cancellation", table of errors.
const notActive = error(400, 'CIN000081', 'Payment instrument is not active');
const instrumentNotFound = error(404, 'CIN000080', 'Payment instrument was not found', 'Payment Instrument Not Found');
