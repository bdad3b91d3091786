import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Addressee, FaultAnswers, VtexAnswer } from './answer.js';
import { authorizationAnswers } from './authorization-answer.js';
import { answers } from './cancellation-answer.js';
import { inboundAnswers } from './inbound-answer.js';
import { isIdentifier, parseObject } from './reading.js';
import { refundAnswers } from './refund-answer.js';
import { settlementAnswers } from './settlement-answer.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the credentials hook on VTEX's routes. */
    merchant?: KnownMerchant;
  }
}

/** A merchant whose credentials came with a request. */
export interface KnownMerchant {
  readonly merchantId: string;
  /** Made for VTEX's Test Suite: only for it does the suite's header script anything. */
  readonly isTest: boolean;
}

/** The merchant that the credentials hook found. */
export function merchantOf(request: FastifyRequest): KnownMerchant {
  if (request.merchant === undefined) throw new Error('Bug: a VTEX route was reached without credentials');
  return request.merchant;
}

/** Sends exactly these bytes. */
export function sendAnswer(reply: FastifyReply, { status, body }: VtexAnswer): void {
  void reply
    .status(status)
    .header('content-type', 'application/json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(body);
}

/** The body as it came; empty where there was none. */
export const bytesOf = ({ body }: FastifyRequest): Buffer => (Buffer.isBuffer(body) ? body : Buffer.alloc(0));

/** VTEX's routes begin with this; everything under it needs a merchant's credentials and answers in the protocol's shape. */
export const isVtexRoute = (request: FastifyRequest): boolean => /^\/payments(?:[/?]|$)/.test(routeOf(request));

/** The answers in the shape of the route that was called; in a cancel's where no route is named. */
export function faultAnswersOf(request: FastifyRequest): FaultAnswers {
  const route = routeOf(request);
  if (/^\/payments\/?(?:\?|$)/.test(route)) return authorizationAnswers;
  const operation = /^\/payments\/[^/?]*\/([\w-]+)/.exec(route)?.[1] ?? '';
  return Object.hasOwn(byOperation, operation) ? byOperation[operation as keyof typeof byOperation] : answers;
}

const byOperation = {
  cancellations: answers,
  settlements: settlementAnswers,
  refunds: refundAnswers,
  inbound: inboundAnswers,
  'inbound-request': inboundAnswers,
} as const satisfies Record<string, FaultAnswers>;

/** Where an answer goes that is made outside of a handler. A create names its payment in the body alone. */
export function addresseeOf(request: FastifyRequest): Addressee {
  return { paymentId: paymentIdInPath(request.url) ?? paymentIdInBody(request), requestId: null };
}

/**
 * The pattern of the route that the router found, because one route has many spellings: `/%70ayments`, `http://any/payments`. Where it
 * found none, the path as it came.
 */
export const routeOf = (request: FastifyRequest): string => request.routeOptions.url ?? request.url;

/** The paymentId that a path names, as far as it can be read; for answers that are made before a route is found. */
export function paymentIdInPath(url: string): string | null {
  const part = /^\/payments\/([^/?]+)/.exec(url)?.[1];
  if (part === undefined) return null;
  try {
    const paymentId = decodeURIComponent(part);
    return isIdentifier(paymentId) ? paymentId : null;
  } catch {
    return null;
  }
}

function paymentIdInBody(request: FastifyRequest): string | null {
  const paymentId = routeOf(request) === '/payments' ? parseObject(bytesOf(request))?.paymentId : null;
  return isIdentifier(paymentId) ? paymentId : null;
}
