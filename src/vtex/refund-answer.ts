import { faultAnswers, type Addressee, type AnswerSettings, type VtexAnswer } from './answer.js';

/**
 * The answers to a refund, in the protocol's words.
 *
 * @see https://developers.vtex.com/docs/api-reference/payment-provider-protocol, Refund Payment
 */
export const refundAnswers = {
  ...faultAnswers((status, to, fault) => answer(status, to, { refundId: null, value: 0, ...fault })),

  /** A person does it; VTEX notifies the merchant. With the status of a manual cancellation, for the same reason. */
  manual: (to: Addressee, settings: AnswerSettings): VtexAnswer =>
    answer(settings.cancelManuallyStatus, to, {
      refundId: null,
      value: 0,
      code: 'refund-manually',
      message: 'The refund should be done manually. A person at the merchant is told of it.',
    }),

  /** Only for a payment of VTEX's Test Suite, which moved no money. */
  refunded: (to: Addressee, refundId: string, value: number): VtexAnswer =>
    answer(200, to, { refundId, value, code: null, message: 'Successfully refunded' }),
};

interface AnswerWords {
  readonly refundId: string | null;
  readonly value: number;
  readonly code: string | null;
  readonly message: string;
}

function answer(status: number, to: Addressee, { refundId, value, code, message }: AnswerWords): VtexAnswer {
  const body = { paymentId: to.paymentId, refundId, value, code, message, requestId: to.requestId };
  return { status, body: JSON.stringify(body) };
}
