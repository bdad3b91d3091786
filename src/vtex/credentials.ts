import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { KnownMerchant } from './vtex-http.js';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Whose an app key is. */
export interface CredentialHolder {
  readonly merchant: KnownMerchant;
  /** SHA-256 of the tokens that are valid with it: one, or two where it is in the settings and in the database. */
  readonly tokenDigests: readonly Buffer[];
}

/** By the SHA-256 of the app key, in hexadecimal digits. */
export type CredentialBook = ReadonlyMap<string, CredentialHolder>;

/**
 * Finds the merchant that the credential headers name, in either of VTEX's header families (names come in lower case from Node).
 *
 * The digest of the app key is looked up, so however many merchants there are, the work is the same; the tokens' digests are compared in
 * constant time, two for each key, also for an unknown one.
 * @returns null for missing, repeated, unknown or wrong credentials
 */
export function findMerchant(headers: Headers, book: CredentialBook): KnownMerchant | null {
  const appKey = sha256(header(headers, 'appkey') ?? '').toString('hex');
  const appToken = sha256(header(headers, 'apptoken') ?? '');
  const holder = book.get(appKey) ?? null;
  const [first = NO_TOKEN, second = NO_TOKEN] = holder?.tokenDigests ?? [];
  const isFirst = timingSafeEqual(first, appToken);
  const isSecond = timingSafeEqual(second, appToken);
  return isFirst || isSecond ? (holder?.merchant ?? null) : null;
}

/** The SHA-256 of nothing that anybody knows. */
const NO_TOKEN = randomBytes(32);

/** Did VTEX's Test Suite send credentials that are there and empty, as it does while its switch for them is off? */
export function hasEmptyTestCredentials(headers: Headers): boolean {
  const sent = Object.entries(headers).filter(([name]) => /^x-(provider|vtex)-api-app(key|token)$/.test(name));
  const areBoth = header(headers, 'appkey') === '' && header(headers, 'apptoken') === '';
  return isTestSuite(headers) && areBoth && sent.every(([, value]) => value === '');
}

/** Is the bearer token of this `Authorization` header the one with this digest? */
export function isBearer(authorization: string | undefined, tokenDigest: Buffer): boolean {
  return timingSafeEqual(tokenDigest, bearerDigest(authorization));
}

/** The SHA-256 of the bearer token of this `Authorization` header. */
export function bearerDigest(authorization: string | undefined): Buffer {
  return sha256(/^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? '');
}

/** VTEX marks the calls of its Test Suite, which wait 5 s instead of 20 s. */
export const isTestSuite = (headers: Headers): boolean =>
  String(headers['x-vtex-api-is-testsuite'] ?? '')
    .trim()
    .toLowerCase() === 'true';

/** The newer family wins where both are sent; null where none is, or one is repeated. */
function header(headers: Headers, name: 'appkey' | 'apptoken'): string | null {
  const value = headers[`x-provider-api-${name}`] ?? headers[`x-vtex-api-${name}`];
  return typeof value === 'string' ? value : null;
}

const sha256 = (words: string): Buffer => createHash('sha256').update(words, 'utf8').digest();
