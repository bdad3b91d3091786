import type { IssuerCode } from '../../src/issuers/index.js';
import type { Simulator } from '../../src/issuers/simulator-server.js';
import type { Answer, Caller } from './caller.js';
import { newId } from './service.js';

/** What VTEX sends for a merchant. */
export interface Pair {
  readonly slot: number;
  readonly appKey: string;
  readonly appToken: string;
}

export const headersOf = ({ appKey, appToken }: Pick<Pair, 'appKey' | 'appToken'>): Record<string, string> => ({
  'x-vtex-api-appkey': appKey,
  'x-vtex-api-apptoken': appToken,
});

/** A new merchant with one pair of credentials. */
export async function makeMerchant(service: Caller, merchantId: string): Promise<Pair> {
  const made = await service.internal('PUT', `merchants/${merchantId}`, { name: `The shop ${merchantId}` });
  if (made.status !== 201) throw new Error(`The merchant was not made: ${JSON.stringify(made)}`);
  return newPair(service, merchantId);
}

export async function newPair(service: Caller, merchantId: string): Promise<Pair> {
  const { status, body } = await service.internal('POST', `merchants/${merchantId}/credentials`);
  if (status !== 201) throw new Error(`There is no new pair: ${JSON.stringify(body)}`);
  return body as unknown as Pair;
}

/** Stores a merchant's account that speaks to this simulator. */
export const storeAccount = (
  service: Caller,
  merchantId: string,
  { issuer, simulator, sandbox = false }: { issuer: IssuerCode; simulator: Simulator; sandbox?: boolean },
  settings: Readonly<Record<string, string>> = {},
) =>
  service.internal('PUT', `issuer-accounts/${issuer}?merchant=${merchantId}`, {
    sandbox,
    settings: { BASE_URL: simulator.url, ...simulator.settings, ...settings },
  });

/** A cancel of a payment that nobody knows, with these credentials: any answer but 401 shows that they are valid. */
export const tryPair = (service: Caller, pair: Pick<Pair, 'appKey' | 'appToken'>): Promise<Answer> =>
  service.cancel(newId(), { requestId: newId() }, { headers: headersOf(pair) });
