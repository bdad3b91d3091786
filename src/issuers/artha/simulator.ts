import { generateKeyPair, randomBytes, randomInt, randomUUID, sign, verify } from 'node:crypto';
import { promisify } from 'node:util';
import { identityOf } from './artha.js';
import {
  behaviours,
  idEnding,
  SimulatorServer,
  type BehaviourName,
  type Exchange,
  type IssuerBody,
  type Simulator,
  type SimulatorOptions,
} from '../simulator-server.js';

export interface ArthaSimulatorOptions extends SimulatorOptions {
  /** How long after the effect the `operation` callback is sent; a third of `lateMs` when absent. */
  readonly callbackDelayMs?: number;
  /** Wants names and paths in lower case, as "API Specification" says and its samples do not. */
  readonly lowerCaseNames?: boolean;
  /** Wants these headers signed too, spelt like this. */
  readonly signedHeaders?: readonly string[];
}

/** A callback to send by hand. */
export interface ArthaCallback {
  readonly taskId: string;
  readonly status: string;
  readonly remarks: string | null;
  /** `operation` when absent. */
  readonly notifyType?: string;
  /** Signs with a key that is not Artha's. */
  readonly forged?: boolean;
}

export interface ArthaSimulator extends Simulator {
  /** Makes a callback as this simulator signs it; sending is the caller's. */
  callback(about: ArthaCallback): { readonly headers: Readonly<Record<string, string>>; readonly body: string };
}

/** Speaks Artha's Cards API, first generation: checks bearer, signature, timestamp and nonce, and calls back signed. */
export async function startArthaSimulator(options: ArthaSimulatorOptions = {}): Promise<ArthaSimulator> {
  const [ours, arthas] = await (options.sharesKeys ? (sharedKeyPairs ??= keyPairs()) : keyPairs());
  const secrets: Secrets = {
    accessToken: randomBytes(24).toString('base64url'),
    customerToken: randomBytes(12).toString('hex'),
    merchantPublicKey: ours.publicKey,
    spelt: (name) => (options.lowerCaseNames ? name.toLowerCase() : name),
    signedHeaders: options.signedHeaders ?? [],
    seenNonces: new Set(),
  };

  const callback: ArthaSimulator['callback'] = (about) => {
    const body = callbackBody(about);
    const headers = {
      timestamp: seconds(),
      nonce: randomBytes(5).toString('hex'),
      customerToken: secrets.customerToken,
    };
    const text = textToSign({ ...headers, ...textValues(body) }, secrets.spelt);
    const key = about.forged ? ours.privateKey : arthas.privateKey;
    const signature = sign('sha256', Buffer.from(text), key).toString('base64');
    return { headers: { 'content-type': 'application/json', ...headers, signature }, body: JSON.stringify(body) };
  };

  const tasks = new Map<string, string>();
  /** One task for each card: the callback must carry the id of the answer, also of one that was lost. */
  const taskOf = (cardId: string) => {
    const taskId = tasks.get(cardId) ?? randomUUID();
    tasks.set(cardId, taskId);
    return taskId;
  };

  const callBack = (cardId: string): void =>
    server.callBack(callbackDelayMs, (url) => ({
      url,
      ...callback({ taskId: taskOf(cardId), status: 'success', remarks: 'CardCancelled' }),
    }));

  const cancel = (exchange: Exchange): void => {
    const read = readCancel(exchange, secrets);
    if ('fault' in read) return refuseRequest(exchange, 400, read.fault);
    const { cardId } = read;
    server.cancel(exchange, {
      identity: identityOf({ cardId }),
      id: cardId,
      natural: {
        success: () => plainText(200, { taskId: taskOf(cardId), status: 'Success', remarks: 'CardInProgress' }),
        // The page has no answer for it; its Bad Request is the only one that fits, and it shows no body.
        already: () => plainText(400, { code: 400, message: 'Card status does not allow this operation' }),
        refuse: () => plainText(200, { taskId: null, status: 'Failed', remarks: 'CardNotEligible' }),
        notFound: () => plainText(404, { code: 404, message: 'Record Not Found' }),
        afterEffect: () => callBack(cardId),
      },
    });
  };

  const showDetails = (exchange: Exchange): void => {
    const cardId = decoded(exchange.path.slice(detailsPath.length));
    if (!cardId || exchange.body !== '')
      return refuseRequest(exchange, 400, 'card id is not readable, or a body was sent');
    if (cardId.endsWith(behaviours['not-found'].ending)) return answer(exchange, 404, { code: 404 });
    const isCancelled = server.isCancelled(identityOf({ cardId })) || cardId.endsWith(behaviours.already.ending);
    answer(exchange, 200, {
      cardNumber: '4111111111111111',
      cvv: '737',
      expirationDate: '12/30',
      cardStatus: isCancelled ? 'Cancelled' : 'Active',
    });
  };

  const detailsPath = `/${secrets.spelt('CardDetails')}/`;
  const route = ({ request, path }: Exchange) => {
    if (request.method === 'POST' && path === `/${secrets.spelt('CancelCard')}`) return cancel;
    return request.method === 'GET' && path.startsWith(detailsPath) ? showDetails : null;
  };

  const server = await SimulatorServer.start(options, (exchange) => {
    const handle = route(exchange);
    if (handle === null) return refuseRequest(exchange, 404, 'path is unknown');
    const fault = credentialFault(exchange, secrets);
    return fault === null ? handle(exchange) : refuseRequest(exchange, 401, fault);
  });
  const callbackDelayMs = options.callbackDelayMs ?? server.lateMs / 3;

  return {
    url: server.url,
    settings: {
      ACCESS_TOKEN: secrets.accessToken,
      CUSTOMER_TOKEN: secrets.customerToken,
      PRIVATE_KEY: ours.privateKey,
      CALLBACK_PUBLIC_KEY: arthas.publicKey,
      CANCELLED_CARD_STATUSES: 'Cancelled',
      ...(options.lowerCaseNames ? { LOWER_CASE_NAMES: 'on' } : {}),
      ...(options.signedHeaders ? { SIGNED_HEADERS: options.signedHeaders.join(',') } : {}),
    },
    examples: [
      { reference: { cardId: 'd55709b7-a56f-4bcc-b08a-00131bfc8bf1' }, does: 'cancels (the documented sample)' },
      ...Object.values(behaviours).flatMap(({ ending, does }) =>
        ending === null ? [] : [{ reference: { cardId: `d55709b7-a56f-4bcc-b08a-00131bfc8b${ending}` }, does }],
      ),
    ],
    referenceFor: (behaviour: BehaviourName) => ({ cardId: `${randomUUID().slice(0, -2)}${idEnding(behaviour)}` }),
    effects: server.effects,
    requests: server.requests,
    script: (reference, list) => server.script(identityOf({ cardId: String(reference.cardId) }), list),
    sendCallbacksTo: (url) => (server.callbackUrl = url),
    stop: () => server.stop(),
    callback,
  };
}

/** "API Specification" asks for Unix seconds; how far a clock may be off is not said. */
const MAX_CLOCK_SECONDS = 600;

let sharedKeyPairs: ReturnType<typeof keyPairs> | undefined;

/** The merchant's and Artha's. */
const keyPairs = () => Promise.all([rsaKeyPair(), rsaKeyPair()]);

const rsaKeyPair = () =>
  promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });

interface Secrets {
  readonly accessToken: string;
  readonly customerToken: string;
  readonly merchantPublicKey: string;
  readonly signedHeaders: readonly string[];
  readonly seenNonces: Set<string>;
  readonly spelt: (name: string) => string;
}

/** What is wrong with the credentials of a request; null when nothing is. */
function credentialFault({ request, body }: Exchange, secrets: Secrets): string | null {
  const header = (name: string) => String(request.headers[name.toLowerCase()] ?? '');
  if (header('authorization') !== `Bearer ${secrets.accessToken}`) return 'authorization is not the bearer token';
  if (header('customerToken') !== secrets.customerToken) return 'customerToken is not the one issued';
  if (!/^\d{10}$/.test(header('timestamp'))) return 'timestamp is not in Unix seconds';
  if (Math.abs(Number(seconds()) - Number(header('timestamp'))) > MAX_CLOCK_SECONDS) return 'timestamp is too far off';
  if (!/^[A-Za-z0-9]{10}$/.test(header('nonce'))) return 'nonce has not 10 characters';
  if (secrets.seenNonces.has(header('nonce'))) return 'nonce was seen before';
  const signed = Object.fromEntries(
    ['timestamp', 'nonce', 'customerToken', ...secrets.signedHeaders].map((name) => [name, header(name)]),
  );
  const text = textToSign({ ...signed, ...textValues(jsonObject(body) ?? {}) }, secrets.spelt);
  const isGenuine = verify(
    'sha256',
    Buffer.from(text),
    secrets.merchantPublicKey,
    Buffer.from(header('signature'), 'base64'),
  );
  if (!isGenuine) return 'signature does not fit';
  secrets.seenNonces.add(header('nonce'));
  return null;
}

/** The issuer's side of the rule, written apart from the connector's so that one mistake cannot hide in both. */
function textToSign(fields: Readonly<Record<string, string>>, spelt: (name: string) => string): string {
  const pairs = new Map(Object.entries(fields).map(([name, value]) => [spelt(name), value]));
  const names = [...pairs.keys()].filter((name) => name !== 'signature' && pairs.get(name)).sort();
  return names.map((name) => `${name}=${pairs.get(name)}`).join('&');
}

const textValues = (body: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name,
      value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );

function readCancel({ request, body }: Exchange, { spelt }: Secrets): { cardId: string } | { fault: string } {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) return { fault: 'content type is not JSON' };
  const fields = jsonObject(body);
  if (fields === null) return { fault: 'body is not a JSON object' };
  const { [spelt('cardId')]: cardId, ...others } = fields;
  if (typeof cardId !== 'string' || cardId === '') return { fault: 'cardId is missing' };
  return Object.keys(others).length > 0 ? { fault: 'body has unknown fields' } : { cardId };
}

function jsonObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function decoded(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

function refuseRequest(exchange: Exchange, status: number, fault: string): void {
  exchange.fault(fault);
  answer(exchange, status, { code: status, message: fault });
}

function answer(exchange: Exchange, status: number, body: unknown): void {
  exchange.json(status, body, plainText(status, body).headers);
}

/** JSON under the media type that the page declares. */
const plainText = (status: number, body: unknown): Required<IssuerBody> => ({
  status,
  body,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
});

/** All six fields that "Callback Parameters and Template" marks as required. */
const callbackBody = ({ taskId, status, remarks, notifyType }: ArthaCallback) => ({
  taskId,
  Remarks: remarks,
  Status: status,
  opt_code: String(randomInt(1000, 10_000)),
  notifyType: notifyType ?? 'operation',
  amount: 0,
});

const seconds = () => String(Math.floor(Date.now() / 1000));
