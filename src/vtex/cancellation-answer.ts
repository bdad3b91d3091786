import { faultAnswers, type Addressee, type AnswerSettings, type VtexAnswer } from './answer.js';

/**
 * The answers to a cancel, in the protocol's words. Every body carries the same five fields and nothing deprecated; `cancellationId` is
 * filled in {@link cancelled} alone, which is called only on proof.
 *
 * @see https://developers.vtex.com/docs/api-reference/payment-provider-protocol, Cancel Payment
 */
export const answers = {
  ...faultAnswers((status, to, fault) => answer(status, to, { cancellationId: null, ...fault })),

  /** Cancelled, now or before. */
  cancelled: (to: Addressee, cancellationId: string): VtexAnswer =>
    answer(200, to, { cancellationId, code: null, message: 'Successfully cancelled' }),

  /** No automatic attempt can still succeed; VTEX notifies the merchant. The page shows it at 200, the OpenAPI at 501. */
  manual: (to: Addressee, why: string, settings: AnswerSettings): VtexAnswer =>
    answer(settings.cancelManuallyStatus, to, {
      cancellationId: null,
      code: 'cancel-manually',
      message: `Cancellation should be done manually. ${why}`,
    }),

  /** In progress; VTEX asks again. Never frozen. */
  notYet: (to: Addressee, settings: AnswerSettings): VtexAnswer =>
    answer(settings.pendingStatus, to, {
      cancellationId: null,
      code: 'cancellation-pending',
      message: 'The cancellation is in progress. Do not cancel by hand; ask again later.',
    }),
};

interface AnswerWords {
  readonly cancellationId: string | null;
  readonly code: string | null;
  readonly message: string;
}

function answer(status: number, to: Addressee, { cancellationId, code, message }: AnswerWords): VtexAnswer {
  const body = { paymentId: to.paymentId, cancellationId, code, message, requestId: to.requestId };
  return { status, body: JSON.stringify(body) };
}
