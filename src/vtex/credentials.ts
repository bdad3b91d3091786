import { createHash, timingSafeEqual } from 'node:crypto';
import type { MerchantCredentials } from '../config.js';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * Finds the merchant that the credential headers name, in either of VTEX's header families (names come in lower case from Node).
 *
 * Digests are compared in constant time, and every merchant's, so that an unknown key takes the same work as a wrong token.
 * @returns null for missing, repeated, unknown or wrong credentials
 */
export function findMerchant(headers: Headers, merchants: readonly MerchantCredentials[]): string | null {
  const appKey = sha256(header(headers, 'appkey'));
  const appToken = sha256(header(headers, 'apptoken'));
  let found: string | null = null;
  for (const merchant of merchants) {
    const isKey = timingSafeEqual(merchant.appKeyDigest, appKey);
    const isToken = timingSafeEqual(merchant.appTokenDigest, appToken);
    if (isKey && isToken) found = merchant.merchantId;
  }
  return found;
}

/** Is the bearer token of this `Authorization` header the one with this digest? */
export function isBearer(authorization: string | undefined, tokenDigest: Buffer): boolean {
  const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(tokenDigest, sha256(token));
}

/** VTEX marks the calls of its Test Suite, which wait 5 s instead of 20 s. */
export const isTestSuite = (headers: Headers): boolean =>
  String(headers['x-vtex-api-is-testsuite'] ?? '')
    .trim()
    .toLowerCase() === 'true';

/** The newer family wins where both are sent. */
function header(headers: Headers, name: 'appkey' | 'apptoken'): string {
  const value = headers[`x-provider-api-${name}`] ?? headers[`x-vtex-api-${name}`];
  return typeof value === 'string' ? value : '';
}

const sha256 = (words: string): Buffer => createHash('sha256').update(words, 'utf8').digest();
