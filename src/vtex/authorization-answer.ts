import { faultAnswers, type VtexAnswer } from './answer.js';

/** `undefined` is VTEX's word for "not known yet": it asks again, and may be told by a call. */
export type AuthorizationStatus = 'approved' | 'denied' | 'undefined';

/** What an answer to a create says besides its status. */
export interface AuthorizationWords {
  readonly paymentId: string;
  readonly authorizationId: string;
  readonly tid: string;
  /** The name of the issuer; null where none is known yet. */
  readonly acquirer: string | null;
  /** The code of the issuer that holds what the payment bought. */
  readonly issuer: string | null;
  readonly delayToCancelS: number;
  readonly delayToAutoSettleS: number;
  readonly delayToAutoSettleAfterAntifraudS: number;
  readonly code: string | null;
  readonly message: string;
  /** Where the shopper is sent, while the payment is undefined. */
  readonly paymentUrl: string | null;
  /** More that only one kind of payment has. */
  readonly extra?: Readonly<Record<string, string>>;
}

/**
 * The answers to a create, in the protocol's words. `authorizationId` is always text: the OpenAPI's schema wants one, also while the
 * payment is undefined.
 *
 * @see https://developers.vtex.com/docs/api-reference/payment-provider-protocol, Create Payment
 */
export const authorizationAnswers = faultAnswers((status, { paymentId }, fault) => ({
  status,
  body: JSON.stringify({ paymentId, status: 'error', ...fault }),
}));

/** The answer that says a payment's status; the same bytes are sent to VTEX's `callbackUrl`. */
export function authorizationAnswer(status: AuthorizationStatus, words: AuthorizationWords): VtexAnswer {
  const { paymentId, authorizationId, tid, acquirer, issuer, code, message, paymentUrl, extra } = words;
  const body = {
    paymentId,
    status,
    authorizationId,
    tid,
    nsu: null,
    acquirer,
    code,
    message,
    delayToAutoSettle: words.delayToAutoSettleS,
    delayToAutoSettleAfterAntifraud: words.delayToAutoSettleAfterAntifraudS,
    delayToCancel: words.delayToCancelS,
    ...(paymentUrl === null ? {} : { paymentUrl }),
    ...extra,
    ...(issuer === null ? {} : { connectorMetadata: [{ name: 'issuer', value: issuer }] }),
  };
  return { status: 200, body: JSON.stringify(body) };
}
