/** What VTEX gets: the status and the exact bytes of the body, as text. */
export interface VtexAnswer {
  readonly status: number;
  readonly body: string;
}

/** What the answer says about; null where the request could not be read so far. */
export interface Addressee {
  readonly paymentId: string | null;
  readonly requestId: string | null;
}

/** The two statuses that VTEX's own documents disagree about. */
export interface AnswerSettings {
  readonly cancelManuallyStatus: 200 | 501;
  readonly pendingStatus: 500 | 200;
}

/**
 * The answers to a cancel, in the protocol's words. Every body carries the same five fields and nothing deprecated; `cancellationId` is
 * filled in {@link cancelled} alone, which is called only on proof.
 *
 * @see https://developers.vtex.com/docs/api-reference/payment-provider-protocol, Cancel Payment
 */
export const answers = {
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

  /** The request cannot be used; `fault` names the field. */
  invalid: (to: Addressee, fault: string): VtexAnswer =>
    answer(400, to, { cancellationId: null, code: 'invalid-request', message: `Invalid request: ${fault}.` }),

  /** No or wrong credentials. */
  unauthorized: (to: Addressee): VtexAnswer =>
    answer(401, to, { cancellationId: null, code: 'unauthorized', message: 'Unknown app key or wrong app token.' }),

  /** The path is none of the protocol's. */
  unknownPath: (to: Addressee): VtexAnswer =>
    answer(404, to, {
      cancellationId: null,
      code: 'invalid-request',
      message: 'Invalid request: there is nothing at this path.',
    }),

  /** A fault of ours. `errorId` finds it in our log; nothing else of it is shown. */
  internalError: (to: Addressee, errorId: string): VtexAnswer =>
    answer(500, to, {
      cancellationId: null,
      code: 'internal-error',
      message: `An internal error occurred; nothing was decided by it. Ask again later. Reference: ${errorId}.`,
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
