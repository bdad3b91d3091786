import {
  constants,
  createHash,
  createPrivateKey,
  createPublicKey,
  randomInt,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { readJsonObject, scrub, type IssuerRequest } from '../issuer-http.js';
import type { Secret } from '../issuer.js';
import type { ArthaAccount, ArthaReference } from './artha.js';

/** A name and a value that take part in a signature. */
export type SignedField = readonly [name: string, value: string];

/** What stands in a cancel's answer; absent, null and empty fields are all null. */
export interface CancelAnswer {
  readonly taskId: string | null;
  readonly status: string | null;
  readonly remarks: string | null;
}

/** A credential that is missing or not usable: nothing can be sent. Its message is for the operator and holds no secret. */
export class CredentialFault extends Error {}

/** `POST CancelCard` ("Cancellation", https://docs.artha.work/cancellation-13986054e0). */
export function cancelRequest(account: ArthaAccount, { cardId }: ArthaReference): IssuerRequest {
  const fields: readonly SignedField[] = [[spelt('cardId', account), cardId]];
  return {
    method: 'POST',
    url: `${account.baseUrl}/${spelt('CancelCard', account)}`,
    headers: requestHeaders(account, { 'Content-Type': 'application/json', Accept: ACCEPT }, fields),
    body: JSON.stringify(Object.fromEntries(fields)),
    timeoutMs: account.timeoutMs,
  };
}

/** `GET CardDetails/{cardId}` (https://docs.artha.work/carddetails-13986056e0). */
export function detailsRequest(account: ArthaAccount, { cardId }: ArthaReference): IssuerRequest {
  return {
    method: 'GET',
    url: `${account.baseUrl}/${spelt('CardDetails', account)}/${encodeURIComponent(cardId)}`,
    headers: requestHeaders(account, { Accept: ACCEPT }, []),
    body: null,
    timeoutMs: account.timeoutMs,
  };
}

/** False for the two ids that every URL parser reads, encoded too, as this or the parent folder: they would ask another path. */
export const canStandInPath = ({ cardId }: ArthaReference): boolean => cardId !== '.' && cardId !== '..';

/** The answer is declared text/plain and is JSON, whatever its header says. Null when it is not of the documented shape. */
export function readCancelAnswer(text: string, account: ArthaAccount): CancelAnswer | null {
  const body = readJsonObject(text);
  if (body === null) return null;
  const fields = [body.taskId, body.status, body.remarks].map((value) => value ?? '');
  if (!fields.every((value) => typeof value === 'string')) return null;
  const [taskId, status, remarks] = fields.map((value) => value.trim() || null);
  return { taskId: taskIdOf(taskId ?? '', account), status: status ?? null, remarks: remarks ?? null };
}

/** The only field of CardDetails that is read: the others are the card's number, CVV and expiry. */
export function readCardStatus(text: string): string | null {
  const status = readJsonObject(text)?.cardStatus;
  return typeof status === 'string' ? status.trim() || null : null;
}

/**
 * A task id that answer and callback can be matched by: UUIDs in lower case. Null when it cannot be one.
 * It is kept, so one that looks like something that must not be (a card number, say) stands as its hash, on both sides.
 */
export function taskIdOf(text: string, account: ArthaAccount): string | null {
  const taskId = text.trim();
  if (taskId === '' || taskId.length > 255 || /\p{Cc}/u.test(taskId)) return null;
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(taskId)) return taskId.toLowerCase();
  const isHarmless = scrub(withoutSecrets(taskId, account)) === taskId;
  return isHarmless ? taskId : `sha256:${createHash('sha256').update(taskId).digest('hex')}`;
}

/** Masks our own credentials: an answer may repeat what it was sent, and no pattern recognises an opaque token. */
export function withoutSecrets(words: string, { settings }: ArthaAccount): string {
  const secrets = [settings.ACCESS_TOKEN, settings.CUSTOMER_TOKEN, settings.PRIVATE_KEY, settings.CALLBACK_PUBLIC_KEY];
  return secrets
    .flatMap((secret) => secret?.reveal().split(LINE_BREAK) ?? [])
    .filter((line) => line !== '' && !line.startsWith('-----'))
    .reduce((masked, line) => masked.replaceAll(line, '[secret]'), words);
}

/**
 * The top-level fields of a JSON object as they are signed; null when it is not one.
 *
 * The page on signatures knows flat text only. Our reading of the rest: a number stands as it was written (`10.50` stays so),
 * `true` and `false` as words, a nested value as compact JSON; null and empty text are left out.
 */
export function signedFieldsOf(json: string): readonly SignedField[] | null {
  try {
    const body: unknown = JSON.parse(json);
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return null;
    const asWritten = JSON.parse(quoteNumbers(json)) as Readonly<Record<string, string>>;
    return Object.entries(body as Readonly<Record<string, unknown>>).map(([name, value]) => {
      if (typeof value === 'string') return [name, value];
      if (typeof value === 'number') return [name, asWritten[name] ?? ''];
      return [name, value === null ? '' : JSON.stringify(value)];
    });
  } catch {
    return null; // No JSON, or nested deeper than the stack.
  }
}

/**
 * What is signed ("Steps to Generate a Secure Signature",
 * https://docs.artha.work/steps-to-generate-a-secure-signature-848526m0): `signature` and empty values dropped, sorted by
 * name in ascending ASCII order, `name=value` joined with `&`. Names are spelt as in the samples: customerToken, cardId.
 */
export function signedText(fields: readonly SignedField[], account: ArthaAccount): string {
  return fields
    .filter(([name, value]) => value !== '' && name.toLowerCase() !== 'signature')
    .map(([name, value]) => [spelt(name, account), value] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map((pair) => pair.join('='))
    .join('&');
}

/** SHA256withRSA, base64, by Artha's key. */
export function isGenuine(text: string, signature: string, publicKey: Secret): boolean {
  try {
    const key = { key: publicKeyOf(publicKey.reveal()), padding: constants.RSA_PKCS1_PADDING };
    return verify('sha256', Buffer.from(text), key, Buffer.from(signature, 'base64'));
  } catch {
    return false; // The key's file was replaced by something that is no key.
  }
}

/** Why a text cannot be our signing key; null when it can. */
export const privateKeyFault = (pem: string): string | null =>
  keyFault(() => privateKeyOf(pem), 'must be an RSA private key as PEM text, without a passphrase');

/** Why a text cannot be Artha's key; null when it can. */
export function publicKeyFault(pem: string): string | null {
  const fault = "must be Artha's RSA public key as PEM text";
  return pem.includes('PRIVATE KEY') ? `${fault}, not a private key` : keyFault(() => publicKeyOf(pem), fault);
}

/** Why a text cannot stand in a header as a token; null when it can. */
export const tokenFault = (token: string): string | null =>
  /^[\x21-\x7e]+$/.test(token) ? null : 'must be the token alone: visible ASCII characters without blanks';

const ACCEPT = 'application/json, text/plain';

/** 1024: the size that Artha's page asks for. It is weak; Artha may accept a longer key. */
const MIN_RSA_BITS = 1024;

const NONCE_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const spelt = (name: string, { settings }: ArthaAccount) => (settings.LOWER_CASE_NAMES ? name.toLowerCase() : name);

function requestHeaders(
  account: ArthaAccount,
  own: Readonly<Record<string, string>>,
  fields: readonly SignedField[],
): Readonly<Record<string, string>> {
  const { settings } = account;
  const plain = settings.BEARER
    ? { ...own, Authorization: `Bearer ${usable('ACCESS_TOKEN', account, tokenFault)}` }
    : own;
  if (!settings.SIGNATURE) return plain;
  const privateKey = usable('PRIVATE_KEY', account, privateKeyFault);
  const signed = {
    timestamp: String(Math.floor(Date.now() / 1000)),
    nonce: nonce(),
    customerToken: usable('CUSTOMER_TOKEN', account, tokenFault),
  };
  const extra = settings.SIGNED_HEADERS.map((name): SignedField => [name, valueOf(plain, name)]);
  const text = signedText([...Object.entries(signed), ...extra, ...fields], account);
  const key = { key: privateKeyOf(privateKey), padding: constants.RSA_PKCS1_PADDING };
  return { ...plain, ...signed, signature: sign('sha256', Buffer.from(text), key).toString('base64') };
}

/** Checked again at each use, because a `file:` secret may have been replaced by something else since the start. */
function usable(
  name: 'ACCESS_TOKEN' | 'CUSTOMER_TOKEN' | 'PRIVATE_KEY',
  { settings, sandbox }: ArthaAccount,
  faultOf: (value: string) => string | null,
): string {
  const value = settings[name]?.reveal();
  const fault = value === undefined ? 'is not set' : faultOf(value);
  if (value !== undefined && fault === null) return value;
  throw new CredentialFault(`nothing was sent: ${sandbox ? 'ARTHA_SANDBOX' : 'ARTHA'}_${name} ${fault}`);
}

/** Ten characters: the length that "API Specification" asks for. */
const nonce = () =>
  Array.from({ length: 10 }, () => NONCE_CHARACTERS.charAt(randomInt(NONCE_CHARACTERS.length))).join('');

const valueOf = (headers: Readonly<Record<string, string>>, name: string): string =>
  Object.entries(headers).find(([own]) => own.toLowerCase() === name.toLowerCase())?.[1] ?? '';

const privateKeyOf = (pem: string) => createPrivateKey(withLineBreaks(pem));

const publicKeyOf = (pem: string) => createPublicKey(withLineBreaks(pem));

const withLineBreaks = (pem: string) => pem.split(LINE_BREAK).join('\n');

/** Many tools write a PEM into one line of an environment file with `\n` for its line breaks. */
const LINE_BREAK = /\s*(?:\n|\\n)\s*/;

function keyFault(read: () => KeyObject, fault: string): string | null {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = read();
    if (asymmetricKeyType !== 'rsa') return fault;
    const bits = asymmetricKeyDetails?.modulusLength ?? 0;
    return bits < MIN_RSA_BITS ? `must be an RSA key of at least ${MIN_RSA_BITS} bits` : null;
  } catch {
    return fault;
  }
}

/** Makes text of each number, so that parsing keeps it as written. Only for valid JSON: there each quote mark found first opens a text. */
const quoteNumbers = (json: string) =>
  json.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g, (token) => (token.startsWith('"') ? token : `"${token}"`));
