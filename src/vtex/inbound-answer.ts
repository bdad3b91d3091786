import { faultAnswers, type Addressee, type VtexAnswer } from './answer.js';

/**
 * The answers to an inbound request, which VTEX passes on from outside and whose answer it passes back.
 *
 * @see https://developers.vtex.com/docs/api-reference/payment-provider-protocol, Inbound Request
 */
export const inboundAnswers = {
  ...faultAnswers((status, to, fault) => answer(status, to, { ...fault, passedOnStatus: status })),

  /** Whoever asked through VTEX gets a 404. */
  notSupported: (to: Addressee): VtexAnswer =>
    answer(200, to, {
      code: 'inbound-not-supported',
      message: 'This provider offers no inbound action.',
      passedOnStatus: 404,
    }),
};

interface AnswerWords {
  readonly code: string;
  readonly message: string;
  readonly passedOnStatus: number;
}

function answer(status: number, to: Addressee, { code, message, passedOnStatus }: AnswerWords): VtexAnswer {
  const content = JSON.stringify({ message });
  const responseData = { statusCode: passedOnStatus, contentType: 'application/json', content };
  const body = { requestId: to.requestId, paymentId: to.paymentId, code, message, responseData };
  return { status, body: JSON.stringify(body) };
}
