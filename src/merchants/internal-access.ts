import type { FastifyRequest } from 'fastify';
import type { Config } from '../config.js';
import { isBearer } from '../vtex/credentials.js';
import { routeOf } from '../vtex/vtex-http.js';
import type { Merchants } from './merchants.js';

/** Why a request to `/internal` is not let in; the words are for whoever sent it. */
export interface Refusal {
  readonly status: 401 | 403;
  readonly message: string;
}

/** What a link token opens: linking one payment or many, and reading one. */
const FOR_LINK_TOKENS = [
  'PUT /internal/payments/:paymentId',
  'GET /internal/payments/:paymentId',
  'POST /internal/payments',
];

/**
 * The operator's token opens all of `/internal`. A merchant's link token links and reads the payments of that merchant, and nothing else;
 * where it names no merchant, its own is meant.
 *
 * @returns null for a request that may go on
 */
export function refusalOf(request: FastifyRequest, config: Config, merchants: Merchants): Refusal | null {
  const { authorization } = request.headers;
  const isOperator = isBearer(authorization, config.adminTokenDigest);
  const linker = merchants.ofLinkToken(authorization);
  if (isOperator) return null;
  if (linker === null) return { status: 401, message: 'The bearer token of /internal is missing or wrong.' };
  if (!FOR_LINK_TOKENS.includes(`${request.method} ${routeOf(request)}`)) {
    return { status: 403, message: 'A link token may link and read payments, and nothing else.' };
  }
  const query = request.query as Record<string, unknown>;
  if ('merchant' in query && query.merchant !== linker) {
    return { status: 403, message: 'A link token is for the payments of its own merchant only.' };
  }
  // Whoever reads the query reads this merchant, and never the default one.
  query.merchant = linker;
  return null;
}
