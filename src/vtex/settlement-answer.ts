import { faultAnswers, type Addressee, type VtexAnswer } from './answer.js';

/**
 * The answers to a settle, in the protocol's words. `refund-manually` is never among them: beside a null `settleId` it makes VTEX refund
 * twice (its known issue 615050).
 *
 * @see https://developers.vtex.com/docs/api-reference/payment-provider-protocol, Settle Payment
 */
export const settlementAnswers = {
  ...faultAnswers((status, to, fault) => refused(status, to, fault)),

  /** @param value what the request wants to settle, told back as it came */
  settled: (to: Addressee, settleId: string, value: number): VtexAnswer =>
    answer(200, to, { settleId, value, code: null, message: 'Successfully settled' }),

  /** 500, because the OpenAPI's 200 wants a text as `settleId`. VTEX asks again for a day. Never frozen. */
  notAuthorized: (to: Addressee): VtexAnswer =>
    refused(500, to, {
      code: 'not-authorized',
      message: 'Not settled: the payment is not approved yet. Ask again later.',
    }),

  /** Never frozen: it may be created or linked yet. */
  unknownPayment: (to: Addressee): VtexAnswer =>
    refused(500, to, { code: 'payment-unknown', message: 'Not settled: this payment was never seen here.' }),

  denied: (to: Addressee): VtexAnswer =>
    refused(500, to, { code: 'payment-denied', message: 'Not settled: the payment was denied.' }),

  cancelled: (to: Addressee): VtexAnswer =>
    refused(500, to, {
      code: 'payment-cancelled',
      message: 'Not settled: the cancellation of this payment had begun before.',
    }),
};

interface AnswerWords {
  readonly settleId: string | null;
  readonly value: number;
  readonly code: string | null;
  readonly message: string;
}

const refused = (status: number, to: Addressee, fault: { readonly code: string; readonly message: string }) =>
  answer(status, to, { settleId: null, value: 0, ...fault });

function answer(status: number, to: Addressee, { settleId, value, code, message }: AnswerWords): VtexAnswer {
  const body = { paymentId: to.paymentId, settleId, value, code, message, requestId: to.requestId };
  return { status, body: JSON.stringify(body) };
}
