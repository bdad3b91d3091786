import { refundAnswers as answers } from '../../vtex/refund-answer.js';
import { examples, jsonBody, responses, type Area } from '../operation.js';
import {
  amount,
  atLeast,
  constant,
  described,
  exactly,
  nothing,
  number,
  orNull,
  ref,
  text,
  type Schemas,
} from '../schema.js';
import {
  faults,
  furtherFields,
  lenient,
  operationFields,
  pageExample,
  paymentIdInPath,
  sandboxMode,
  vtexAnswer,
  vtexCredentials,
} from './vtex-call.js';

const to = { paymentId: pageExample.failure.paymentId, requestId: 'LA4E20D3B4E07B7E871F5B5BC9F91' };

/** A failure has a null id and the value 0. */
const answer = (fields: Schemas) =>
  exactly({
    paymentId: text,
    refundId: nothing,
    value: constant(0),
    code: text,
    message: text,
    requestId: text,
    ...fields,
  });

export const refund: Area = {
  name: 'Refund',
  description: 'No issuer here gives money back by itself, so a refund is done by a person.',
  paths: {
    '/payments/{paymentId}/refunds': {
      post: {
        operationId: 'refundPayment',
        summary: 'Refund a payment',
        description: `Opens a task for a person at the merchant, with the amount, and says so. VTEX notifies the merchant too.

**Sent again**: one task for each \`requestId\`; the answer is final, and comes in the same bytes.

**\`value\` is in currency units.**`,
        security: vtexCredentials,
        parameters: [paymentIdInPath],
        requestBody: jsonBody(
          ref('RefundRequest'),
          examples([
            'All fields of the OpenAPI but the split',
            {
              ...to,
              settleId: 'Q5C1A4E20D3B4E07B7E871F5B5BC9F91',
              tid: '10022005181543584603',
              authorizationId: 'AUT123567',
              nsu: 'NSU987432',
              value: 20,
              transactionId: 'D3AA1FC8372E430E8236649DB5EBD08E',
              sandboxMode: false,
              merchantSettings: [{ name: 'Public Merchant ID Test.', value: '1' }],
              connectorMetadata: [{ name: 'MetadataName', value: 'MetadataValue' }],
            },
          ]),
        ),
        responses: responses([
          vtexAnswer(
            ref('RefundManually'),
            '`RefundManually`: a person does it. Final. With `CANCEL_MANUALLY_STATUS=501` it comes as 501.',
            answers.manual(to, { cancelManuallyStatus: 200, pendingStatus: 500 }),
          ),
          vtexAnswer(
            ref('Refunded'),
            "`Refunded`: only payments of VTEX's Test Suite, which moved no money. Final.",
            answers.refunded(to, '2EA354989E7E4BBC9F9D7B66674C2574', 20),
          ),
          vtexAnswer(
            ref('RefundManually'),
            '`RefundManually` instead of at 200, with `CANCEL_MANUALLY_STATUS=501`. Final.',
            answers.manual(to, { cancelManuallyStatus: 501, pendingStatus: 500 }),
          ),
          ...faults('RefundFault', { answers, to }),
        ]),
      },
    },
  },
  schemas: {
    RefundRequest: described(
      lenient,
      atLeast(operationFields, {
        value: described('How much is to be given back, in currency units.', amount),
        settleId: described('Not used.', orNull(text)),
        authorizationId: described('Not used.', orNull(text)),
        tid: described('Not used.', orNull(text)),
        nsu: described('Not used.', orNull(text)),
        sandboxMode,
        ...furtherFields,
      }),
    ),
    Refunded: answer({
      refundId: text,
      value: described('As the request has it, in currency units.', number),
      code: nothing,
    }),
    RefundManually: answer({ code: constant('refund-manually') }),
    RefundFault: answer({ paymentId: orNull(text), requestId: orNull(text) }),
  },
};
