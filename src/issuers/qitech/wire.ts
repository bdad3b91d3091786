import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { readJsonObject, textOrNull, type IssuerAnswer, type IssuerRequest } from '../issuer-http.js';
import type { Evidence, Secret } from '../issuer.js';
import type { QitechAccount, QitechSettings } from './qitech.js';

/** What a payment bought, in QI Tech's keys. `cardKey` lets the card be asked for when its cancelling ran into trouble. */
export const referenceSchema = z
  .strictObject({
    walletKey: key('walletKey'),
    paymentInstrumentKey: key('paymentInstrumentKey'),
    cardKey: key('cardKey').optional(),
  })
  .meta({
    description: 'Keys are UUIDs of version 4. With `cardKey` the card can be asked for too.',
    examples: [
      {
        walletKey: 'abeca0d0-a09d-4b3b-a495-40b553422ced',
        paymentInstrumentKey: '8cb70dea-9fb0-4a68-9572-99a72849c8d6',
      },
    ],
  });

/** A card's key in the form in which a reference holds it; null when it is none. */
export const cardKeyOrNull = (value: unknown): string | null =>
  referenceSchema.shape.cardKey.safeParse(textOrNull(value)?.trim()).data ?? null;

export type QitechReference = z.output<typeof referenceSchema>;

/** The card belongs to the instrument, so it adds nothing to what is cancelled. */
export const identityOf = ({ walletKey, paymentInstrumentKey }: QitechReference): string =>
  `${walletKey}/${paymentInstrumentKey}`.toLowerCase();

// Source: "Payment Instrument Cancellation", endpoint.
export const cancelPath = ({ walletKey, paymentInstrumentKey }: QitechReference): string =>
  `/wallet/${walletKey}/payment_instrument/${paymentInstrumentKey}/cancel`;

export const instrumentPath = (reference: QitechReference, { INSTRUMENT_QUERY_PATH }: QitechSettings): string =>
  fill(INSTRUMENT_QUERY_PATH, reference);

// Source: "Buscar cartão por chave" (cartao_pos_pago/cartao/busca/buscar_cartao_por_chave).
export const cardPath = (walletKey: string, cardKey: string): string => `/wallet/${walletKey}/card/${cardKey}`;

export interface Call {
  readonly method: 'GET' | 'PATCH';
  /** After the base URL, with a slash in front. */
  readonly path: string;
  /** When the attempt that it belongs to must be over, by `performance.now()`. */
  readonly endsAt: number;
}

/**
 * A request without a body, signed at this moment.
 *
 * @throws UnusableCredentialError when a credential's file was replaced by something that is none
 */
export function signedRequest({ method, path, endsAt }: Call, account: QitechAccount): IssuerRequest {
  const { API_CLIENT_KEY, EMPTY_PAYLOAD_MD5, PRIVATE_KEY } = account.settings;
  const privateKey = readP521(() => privateKeyOf(PRIVATE_KEY.reveal()));
  if (privateKey === null || apiClientKeyFault(API_CLIENT_KEY.reveal()) !== null) throw new UnusableCredentialError();
  const url = new URL(account.baseUrl + path);
  const claims = {
    ...payloadMd5[EMPTY_PAYLOAD_MD5],
    timestamp: timestamp(),
    method,
    // The path as it stands in the request line, with whatever prefix the base URL has.
    uri: url.pathname,
  };
  return {
    method,
    url: url.href,
    headers: {
      accept: 'application/json',
      'API-CLIENT-KEY': API_CLIENT_KEY.reveal(),
      // The token stands alone: QI Tech wants no "Bearer" before it.
      AUTHORIZATION: signedToken(claims, privateKey),
    },
    body: null,
    timeoutMs: Math.max(1, Math.ceil(endsAt - performance.now())),
  };
}

/** A credential was good at the start and, read again after a 401, is not any more. Nothing was sent with it. */
export class UnusableCredentialError extends Error {
  static readonly fault = 'unusable-credential';
}

const payloadMd5: Record<QitechSettings['EMPTY_PAYLOAD_MD5'], { payload_md5?: string }> = {
  braces: { payload_md5: md5('{}') },
  empty: { payload_md5: md5('') },
  omit: {},
};

export function md5(payload: string | Buffer): string {
  return createHash('md5').update(payload).digest('hex');
}

/** UTC, ISO 8601 with microseconds, of which our clock gives the first three digits. */
const timestamp = () => new Date().toISOString().replace('Z', '000Z');

/** A JWT, ES512: ECDSA with P-521 and SHA-512, both numbers of the signature at full length (RFC 7518, 3.4). */
function signedToken(claims: object, privateKey: KeyObject): string {
  const signed = `${base64url({ alg: 'ES512', typ: 'JWT' })}.${base64url(claims)}`;
  const signature = sign('sha512', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

/** Is it the signature of `signed` by QI Tech's key? */
export function isSignedByQitech(signed: string, signature: string, publicKey: Secret): boolean {
  const key = readP521(() => publicKeyOf(publicKey.reveal()));
  if (key === null) return false; // The key's file was replaced by something that is none.
  const bytes = Buffer.from(signature, 'base64url');
  return verify('sha512', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }, bytes);
}

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** What an answer's body says, in QI Tech's fields; null where it says nothing of the documented type. */
export interface Said {
  /** QI Tech's own code, on errors. */
  readonly code: string | null;
  /** In lower case. */
  readonly instrumentKey: string | null;
  readonly instrumentStatus: string | null;
  /** In lower case. */
  readonly cardKey: string | null;
  /** The card's state; perhaps the instrument's as well, since the page of the instrument query is not public. */
  readonly status: string | null;
  /** False for whatever is no JSON object. */
  readonly isObject: boolean;
  /** The part that may be kept. QI Tech documents no id of an exchange. */
  readonly evidence: Pick<Evidence, 'issuerCode' | 'issuerText'>;
}

export function readAnswer(answer: IssuerAnswer): Said {
  const object = answer.kind === 'answer' ? readJsonObject(answer.text) : null;
  const body = object ?? {};
  const code = textOrNull(body.code);
  const instrumentStatus = textOrNull(body.payment_instrument_status);
  const status = textOrNull(body.status);
  return {
    code,
    instrumentKey: lowerCaseOrNull(body.payment_instrument_key),
    instrumentStatus,
    cardKey: lowerCaseOrNull(body.card_key),
    status,
    isObject: object !== null,
    evidence: {
      issuerCode: code,
      issuerText: textOrNull(body.description) ?? textOrNull(body.title) ?? instrumentStatus ?? status,
    },
  };
}

const lowerCaseOrNull = (value: unknown) => textOrNull(value)?.toLowerCase() ?? null;

function key(field: string) {
  const uuidV4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
  const message = `${field} must be a UUID v4 of 36 characters, such as abeca0d0-a09d-4b3b-a495-40b553422ced`;
  return z
    .string({ error: message })
    .regex(uuidV4, { error: message })
    .transform((value) => value.toLowerCase());
}

function fill(path: string, { walletKey, paymentInstrumentKey }: QitechReference): string {
  return path.replaceAll('{walletKey}', walletKey).replaceAll('{paymentInstrumentKey}', paymentInstrumentKey);
}

/** Would it arrive as it is written? Query, fragment, dots, blanks and unknown braces would not, and break the signed `uri`. */
export function isInstrumentPath(path: string): boolean {
  const filled = fill(path, { walletKey: 'w', paymentInstrumentKey: 'i' });
  const url = `http://qitech.example${filled}`;
  return path.includes('{paymentInstrumentKey}') && URL.canParse(url) && new URL(url).pathname === filled;
}

/** Why a text cannot stand in a header as our API key; null when it can. */
export function apiClientKeyFault(value: string): string | null {
  return /^[\x21-\x7e]+$/.test(value) ? null : 'must be visible ASCII characters without blanks';
}

/** Why a text cannot be our signing key; null when it can. */
export function privateKeyFault(pem: string): string | null {
  const fault = 'must be an EC private key on the curve P-521 as PEM text, without a passphrase';
  return readP521(() => privateKeyOf(pem)) ? null : fault;
}

/** Why a text cannot be QI Tech's key; null when it can. */
export function publicKeyFault(pem: string): string | null {
  const fault = "must be QI Tech's EC public key on the curve P-521 as PEM text";
  // Node would quietly take the public half of a private key.
  if (pem.includes('PRIVATE KEY')) return `${fault}, not a private key`;
  return readP521(() => publicKeyOf(pem)) ? null : fault;
}

const privateKeyOf = (pem: string) => createPrivateKey(withLineBreaks(pem));

const publicKeyOf = (pem: string) => createPublicKey(withLineBreaks(pem));

/** Many tools write a PEM into one line of an environment file with `\n` for its line breaks. */
const withLineBreaks = (pem: string) => pem.replaceAll('\\n', '\n');

function readP521(read: () => KeyObject): KeyObject | null {
  try {
    const key = read();
    return key.asymmetricKeyDetails?.namedCurve === 'secp521r1' ? key : null;
  } catch {
    return null;
  }
}
