import { answers } from '../../vtex/cancellation-answer.js';
import { examples, jsonBody, responses, type Area } from '../operation.js';
import { amount, atLeast, constant, described, exactly, nothing, orNull, ref, text, type Schemas } from '../schema.js';
import {
  faults,
  furtherFields,
  lenient,
  operationFields,
  pageExample,
  paymentIdInPath,
  sandboxMode,
  testSuiteHeader,
  vtexAnswer,
  vtexCredentials,
} from './vtex-call.js';

const { success, failure, cancellationId } = pageExample;
const byPage = { cancelManuallyStatus: 200, pendingStatus: 500 } as const;
const otherwise = { cancelManuallyStatus: 501, pendingStatus: 200 } as const;

/** The five fields of every answer. */
const answer = (fields: Schemas) =>
  exactly({
    paymentId: text,
    cancellationId: nothing,
    code: text,
    message: described('For people; VTEX logs it.', text),
    requestId: text,
    ...fields,
  });

const why = 'The issuer refused the cancellation.';

export const cancel: Area = {
  name: 'Cancel',
  description: 'The heart of the service: the card that the payment bought is cancelled at its issuer.',
  paths: {
    '/payments/{paymentId}/cancellations': {
      post: {
        operationId: 'cancelPayment',
        summary: 'Cancel a payment',
        description: `Cancels what the payment bought at its issuer, and says what is known within 15 s.

A \`cancellationId\` is given on proof alone: the issuer's answer, its state or its callback says so; or we know the payment, and nothing was ever linked to it. A time-out, a fault or an issuer that is paused is never \`cancel-manually\` at once.

**Sent again**, also many times at once: no second cancel goes to the issuer. A final answer is the same bytes for ever for the same \`requestId\`; another \`requestId\` for a cancelled payment gets the same \`cancellationId\`. What is not final is followed up for up to 20 hours (at an issuer whose cards are soon printed, 2), and the next request is answered with what is known by then.

**\`value\` is in cents.** Absent, or not smaller than the payment's value in cents, or equal to it in currency units, it means the whole payment. A smaller one is a partial cancel, which a person does: a card can only be cancelled as a whole.`,
        security: vtexCredentials,
        parameters: [paymentIdInPath, testSuiteHeader],
        requestBody: jsonBody(
          ref('CancelRequest'),
          examples(
            ['Success', { ...success, authorizationId: 'AUT-70D2444272' }],
            ['Fail Not Implemented', failure],
            ['Fail Generic Error', failure],
            [
              'All fields of the OpenAPI',
              {
                ...failure,
                authorizationId: '5784589',
                tid: '10022005181543584603',
                transactionId: 'D3AA1FC8372E430E8236649DB5EBD08E',
                value: 2300,
                nsu: 'NSU987432',
                sandboxMode: false,
                merchantSettings: [{ name: 'Public Merchant ID Test.', value: '1' }],
                connectorMetadata: [{ name: 'MetadataName', value: 'MetadataValue' }],
              },
            ],
          ),
        ),
        responses: responses([
          vtexAnswer(
            ref('Cancelled'),
            '`Cancelled`, now or before. Final: the same bytes for this `requestId` from now on.',
            answers.cancelled(success, cancellationId),
          ),
          vtexAnswer(
            ref('CancelManually'),
            '`CancelManually`: no automatic attempt can still succeed, and a person at the merchant is told. Final. With `CANCEL_MANUALLY_STATUS=501` it comes as 501.',
            answers.manual(failure, why, byPage),
          ),
          vtexAnswer(
            ref('CancellationPending'),
            '`CancellationPending` instead of at 500, with `PENDING_STATUS=200`. Not final.',
            answers.notYet(failure, otherwise),
          ),
          vtexAnswer(
            ref('CancellationPending'),
            '`CancellationPending`: in progress. Not final: ask again, and do not cancel by hand.',
            answers.notYet(failure, byPage),
          ),
          vtexAnswer(
            ref('CancelManually'),
            '`CancelManually` instead of at 200, with `CANCEL_MANUALLY_STATUS=501`. Final.',
            answers.manual(failure, why, otherwise),
          ),
          ...faults('CancelFault', { answers, to: success }),
        ]),
      },
    },
  },
  schemas: {
    CancelRequest: described(
      lenient,
      atLeast(operationFields, {
        authorizationId: described('Not needed: two of the three examples of the page have none.', orNull(text)),
        value: described('How much is to be cancelled, in cents.', amount),
        tid: described('Not used: the link says what was bought.', orNull(text)),
        nsu: described('Not used.', orNull(text)),
        sandboxMode,
        ...furtherFields,
      }),
    ),
    Cancelled: answer({
      cancellationId: described('One for each payment, whatever the `requestId`.', text),
      code: nothing,
    }),
    CancelManually: answer({ code: constant('cancel-manually') }),
    CancellationPending: answer({ code: constant('cancellation-pending') }),
    CancelFault: answer({ paymentId: orNull(text), requestId: orNull(text) }),
  },
};
