import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { isIP, isIPv4 } from 'node:net';
import { readJsonObject } from '../issuer-http.js';
import {
  behaviours,
  idEnding,
  SimulatorServer,
  type CallbackMessage,
  type Exchange,
  type IssuerBody,
  type NaturalAnswers,
  type Simulator,
  type SimulatorOptions,
} from '../simulator-server.js';
import { corecard } from './corecard.js';

export interface CorecardSimulatorOptions extends SimulatorOptions {
  /** How long after the effect the webhook is sent; a third of `lateMs` when absent. */
  readonly callbackDelayMs?: number;
}

/** A webhook to send by hand. */
export interface CorecardCallback {
  readonly adminNumber: string;
  /** Writes `AdminNumber` as a JSON number instead of as text. */
  readonly asNumber?: boolean;
  /** `RealTime` when absent; a repeat says `Re Try`. */
  readonly alertType?: string;
  /** `CancelPhysicalOrder` when absent; null leaves the field out. */
  readonly serviceName?: string | null;
  readonly cancellationReason?: string;
  /** The same for an alert and its repeats; a new one when absent. */
  readonly requestId?: string;
  /** Carries a secret that is not the one agreed. */
  readonly forged?: boolean;
}

export interface CorecardSimulator extends Simulator {
  /** Makes a webhook as CoreCard sends it, to `path` on our side; sending is the caller's. */
  callback(about: CorecardCallback): Omit<CallbackMessage, 'url'> & { readonly path: string };
}

/**
 * Speaks the CoreCredit API's Cancel Physical Card Order. The page documents the path, the fields and the answer of success; the HTTP
 * statuses, and every code but `ERR01160`, are invented here.
 */
export async function start(options: CorecardSimulatorOptions = {}): Promise<CorecardSimulator> {
  const secrets = {
    accessToken: randomBytes(24).toString('base64url'),
    callback: randomBytes(24).toString('base64url'),
  };

  const callback: CorecardSimulator['callback'] = (about) => ({
    path: withSecret(
      '/api/WebHookNotification/AlertNotification/CancelPhysicalOrder',
      about.forged ? 'x' : secrets.callback,
    ),
    headers: { 'content-type': 'application/json' },
    body: alertBody(about),
  });

  let alerts = 0;
  const callBack = (adminNumber: string): void => {
    const requestId = randomUUID();
    const message = (url: string, isRepeat: boolean): CallbackMessage => ({
      ...callback({ adminNumber, requestId, ...(isRepeat ? { alertType: 'Re Try' } : {}) }),
      url: withSecret(url, secrets.callback),
    });
    server.callBack(callbackDelayMs, (url, attempt) => message(url, attempt > 1));
    // As after an answer that CoreCard did not wait for: every third alert comes twice, although it was heard.
    alerts += 1;
    if (alerts % 3 === 0) server.callBack(callbackDelayMs * 2, (url) => message(url, true));
  };

  const server = await SimulatorServer.start(options, (exchange, frame) =>
    treat(exchange, frame, { accessToken: secrets.accessToken, callBack }),
  );
  const callbackDelayMs = options.callbackDelayMs ?? server.lateMs / 3;
  const prefix = randomInt(1_000_000_000, 10_000_000_000);
  let count = 0;
  return {
    url: server.url,
    settings: {
      ACCESS_TOKEN: secrets.accessToken,
      EXTERNAL_IP: '10.120.0.0',
      ALREADY_CODES: 'ERR01190',
      FINAL_CODES: JSON.stringify({ ERR01170: 'already_printed', ERR01180: 'not_found' }),
      CALLBACK_SECRET: secrets.callback,
    },
    examples,
    // 18 digits: more than a JavaScript number holds, so that a lost digit shows.
    referenceFor: (behaviour) => ({
      adminNumber: `${prefix}${String(++count).padStart(6, '0')}${idEnding(behaviour)}`,
      cardSequenceNumber: 1,
    }),
    effects: server.effects,
    requests: server.requests,
    script: (reference, list) => server.script(identityOf(reference), list),
    sendCallbacksTo: (url) => void (server.callbackUrl = url),
    stop: () => server.stop(),
    callback,
  };
}

const withSecret = (url: string, secret: string) => `${url}${url.includes('?') ? '&' : '?'}secret=${secret}`;

/** Fields of the page of the webhook; what `ServiceName` says there is not told. */
function alertBody({ adminNumber, asNumber, ...about }: CorecardCallback): string {
  const fields = {
    AccountNumber: '8000000000000037',
    AdminNumber: adminNumber,
    RequestID: '12345',
    Mode: 'Update',
    RequestUniversalUniqueID: about.requestId ?? randomUUID(),
    User: 'jane.doe',
    ...(about.serviceName === null ? {} : { ServiceName: about.serviceName ?? 'CancelPhysicalOrder' }),
    AlertType: about.alertType ?? 'RealTime',
    ...(about.cancellationReason === undefined ? {} : { CancellationReason: about.cancellationReason }),
  };
  const json = JSON.stringify({ InfoAlert: [fields] });
  return asNumber ? json.replace(`"AdminNumber":"${adminNumber}"`, `"AdminNumber":${adminNumber}`) : json;
}

const examples = [
  {
    reference: { adminNumber: '129409', cardSequenceNumber: 1, externalIp: '10.120.0.0' },
    does: `${behaviours.works.does} (the documented sample)`,
  },
  ...Object.values(behaviours).flatMap(({ ending, does }) =>
    ending === null ? [] : [{ reference: { adminNumber: `1294${ending}`, cardSequenceNumber: 1 }, does }],
  ),
];

const identityOf = (reference: unknown) => corecard.reference.identity(corecard.reference.schema.parse(reference));

interface Desk {
  readonly accessToken: string;
  readonly callBack: (adminNumber: string) => void;
}

function treat(exchange: Exchange, server: SimulatorServer, { accessToken, callBack }: Desk): void {
  const { method, headers } = exchange.request;
  if (exchange.path !== '/api/CoreCredit/CardManagement/CancelPhysicalCardOrder') {
    return reject(exchange, 404, 'No such path');
  }
  if (method !== 'POST') return reject(exchange, 405, 'Only POST is allowed');
  if (headers.authorization !== `Bearer ${accessToken}`) return reject(exchange, 401, 'The token is missing or wrong');
  if (!/^application\/json(;|$)/i.test(headers['content-type'] ?? '')) {
    return reject(exchange, 415, 'The content type must be application/json');
  }
  const fields = exchange.body.startsWith('{') ? readJsonObject(exchange.body) : null;
  if (fields === null) return reject(exchange, 400, 'The body is no JSON object');
  const fault = faultIn(fields);
  if (fault !== null) return reject(exchange, 400, fault);
  const adminNumber = adminNumberIn(exchange.body);
  if (adminNumber === null) return reject(exchange, 400, 'AdminNumber is not digits within int64');
  const identity = `${adminNumber}/${fields.CardSequenceNumber as number}`;
  const natural = { ...answersFor(identity, server), afterEffect: () => callBack(adminNumber) };
  server.cancel(exchange, { identity, id: adminNumber, natural });
}

function reject(exchange: Exchange, status: number, fault: string): void {
  exchange.fault(fault);
  exchange.json(status, frame(false, 'ERR00001', fault));
}

/** The fields of the page's table: whether CoreCard insists on one, its type and its maximum length. */
const fieldRules: Readonly<Record<string, { mandatory: boolean; fits: (value: unknown) => boolean }>> = {
  Source: { mandatory: true, fits: text(50) },
  IPAddress: { mandatory: false, fits: text(15, isIPv4) },
  DateFormat: { mandatory: false, fits: text(25) },
  CurrencyCode: { mandatory: false, fits: text(10) },
  CurrencySymbolType: { mandatory: false, fits: text(10) },
  Language: { mandatory: false, fits: text(10) },
  ExternalIP: { mandatory: true, fits: text(50, (value) => isIP(value) !== 0) },
  SessionID: { mandatory: false, fits: text(100) },
  APIVersion: { mandatory: true, fits: text(10) },
  CallerID: { mandatory: false, fits: text(20) },
  CalledID: { mandatory: false, fits: text(20) },
  RequestTime: { mandatory: false, fits: text(19, (value) => /^\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d$/.test(value)) },
  // Optional in the table; yet only the two together say which order is meant.
  AdminNumber: { mandatory: true, fits: (value) => typeof value === 'number' },
  CardSequenceNumber: { mandatory: true, fits: int32 },
};

function text(max: number, isRight: (value: string) => boolean = () => true) {
  return (value: unknown) => typeof value === 'string' && value.length <= max && isRight(value);
}

function int32(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 2_147_483_647;
}

function faultIn(fields: Readonly<Record<string, unknown>>): string | null {
  const stray = Object.keys(fields).find((name) => !Object.hasOwn(fieldRules, name));
  if (stray !== undefined) return `${stray} is no field of this request`;
  for (const [name, { mandatory, fits }] of Object.entries(fieldRules)) {
    const value = fields[name] ?? '';
    if (value === '' && mandatory) return `${name} is missing`;
    if (value !== '' && !fits(value)) return `${name} has the wrong type, form or length`;
  }
  return null;
}

/** The digits as they were sent, since `JSON.parse` rounds beyond 2^53. Inside a text the quotes would be escaped. */
function adminNumberIn(body: string): string | null {
  const digits = /"AdminNumber"\s*:\s*([1-9]\d{0,18})\s*[,}]/.exec(body)?.[1];
  return digits !== undefined && BigInt(digits) <= 9_223_372_036_854_775_807n ? digits : null;
}

function answersFor(identity: string, server: SimulatorServer): NaturalAnswers {
  return {
    success: () => answer(true, 'ERR01160', 'Order Canceled Successfully'),
    // An order that was cancelled here is refused like one in any other wrong state, with a code that no setting lists:
    // no page documents an answer for "already cancelled".
    already: () =>
      server.isCancelled(identity)
        ? answer(false, 'ERR01161', 'Order cannot be canceled')
        : answer(false, 'ERR01190', 'Order is already canceled'),
    refuse: () => answer(false, 'ERR01170', 'Card already printed'),
    notFound: () => answer(false, 'ERR01180', 'Order not found'),
  };
}

const answer = (status: boolean, code: string, message: string): IssuerBody => ({
  status: 200,
  body: frame(status, code, message),
});

const frame = (status: boolean, code: string, message: string) => ({
  Message: message,
  Status: status,
  ErrorCode: code,
  ResponseData: null,
});
