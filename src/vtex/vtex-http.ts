import type { FastifyReply, FastifyRequest } from 'fastify';
import type { VtexAnswer } from './cancellation-answer.js';
import { isIdentifier } from './cancellation-request.js';

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

/** VTEX's routes begin with this; everything under it needs a merchant's credentials and answers in the protocol's shape. */
export const isVtexRoute = (request: FastifyRequest): boolean => /^\/payments(?:[/?]|$)/.test(routeOf(request));

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
