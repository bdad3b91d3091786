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

/** An answer that says why there is nothing else to say; each of the protocol's calls has a shape of its own for it. */
export type FaultShape = (
  status: number,
  to: Addressee,
  fault: { readonly code: string; readonly message: string },
) => VtexAnswer;

/** The answers that every one of the protocol's calls has. */
export interface FaultAnswers {
  /** The request cannot be used; `fault` names the field. */
  invalid(to: Addressee, fault: string): VtexAnswer;
  /** No or wrong credentials. */
  unauthorized(to: Addressee): VtexAnswer;
  /** The path is none of the protocol's. */
  unknownPath(to: Addressee): VtexAnswer;
  /** A fault of ours. `errorId` finds it in our log; nothing else of it is shown. */
  internalError(to: Addressee, errorId: string): VtexAnswer;
}

/** The same codes and words in whatever shape a call wants them. */
export const faultAnswers = (shape: FaultShape): FaultAnswers => ({
  invalid: (to, fault) => shape(400, to, { code: 'invalid-request', message: `Invalid request: ${fault}.` }),
  unauthorized: (to) => shape(401, to, { code: 'unauthorized', message: 'Unknown app key or wrong app token.' }),
  unknownPath: (to) =>
    shape(404, to, { code: 'invalid-request', message: 'Invalid request: there is nothing at this path.' }),
  internalError: (to, errorId) =>
    shape(500, to, {
      code: 'internal-error',
      message: `An internal error occurred; nothing was decided by it. Ask again later. Reference: ${errorId}.`,
    }),
});
