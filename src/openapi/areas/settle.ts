import { settlementAnswers as answers } from '../../vtex/settlement-answer.js';
import { examples, jsonBody, responses, type Area } from '../operation.js';
import {
  amount,
  atLeast,
  choice,
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

const to = { paymentId: pageExample.failure.paymentId, requestId: '2019-02-04T22:53:42-40000' };

/** A failure has a null id and the value 0. */
const answer = (fields: Schemas) =>
  exactly({
    paymentId: text,
    settleId: nothing,
    value: constant(0),
    code: text,
    message: text,
    requestId: text,
    ...fields,
  });

export const settle: Area = {
  name: 'Settle',
  description: 'VTEX takes the money of its shopper; here it is only recorded.',
  paths: {
    '/payments/{paymentId}/settlements': {
      post: {
        operationId: 'settlePayment',
        summary: 'Settle a payment',
        description: `Records that VTEX took the money. Only an approved payment is settled, and of a settlement and a cancellation exactly one wins.

**Sent again**: a settled payment has one \`settleId\`, under however many \`requestId\`s it is asked. Final answers come in the same bytes for the same \`requestId\`.

**\`value\` is in currency units**, and is told back as it came.`,
        security: vtexCredentials,
        parameters: [paymentIdInPath],
        requestBody: jsonBody(
          ref('SettleRequest'),
          examples([
            'All fields of the OpenAPI but the split',
            {
              transactionId: 'D3AA1FC8372E430E8236649DB5EBD08E',
              ...to,
              value: 45,
              authorizationId: '5784589',
              tid: '5784589',
              nsu: 'NSU987432',
              sandboxMode: false,
              merchantSettings: [{ name: 'Public Merchant ID Test.', value: '1' }],
              connectorMetadata: [{ name: 'MetadataName', value: 'MetadataValue' }],
            },
          ]),
        ),
        responses: responses([
          vtexAnswer(
            ref('Settled'),
            '`Settled`, now or before. Final.',
            answers.settled(to, '2EA354989E7E4BBC9F9D7B66674C2574', 45),
          ),
          vtexAnswer(
            ref('NotSettled'),
            '`NotSettled`: not approved yet, so not final. VTEX asks again for a day.',
            answers.notAuthorized(to),
          ),
          vtexAnswer(ref('NotSettled'), '`NotSettled`: never seen here, so not final.', answers.unknownPayment(to)),
          vtexAnswer(ref('NotSettled'), '`NotSettled`: it was cancelled. Final.', answers.cancelled(to)),
          vtexAnswer(ref('NotSettled'), '`NotSettled`: it was denied. Final.', answers.denied(to)),
          ...faults('SettleFault', { answers, to }),
        ]),
      },
    },
  },
  schemas: {
    SettleRequest: described(
      lenient,
      atLeast(operationFields, {
        value: described('In currency units.', amount),
        authorizationId: described('Not used.', orNull(text)),
        tid: described('Not used.', orNull(text)),
        nsu: described('Not used.', orNull(text)),
        sandboxMode,
        ...furtherFields,
      }),
    ),
    Settled: answer({
      settleId: described('One for each payment.', text),
      value: described('As the request has it, in currency units.', number),
      code: nothing,
    }),
    NotSettled: answer({
      code: choice('not-authorized', 'payment-unknown', 'payment-denied', 'payment-cancelled'),
    }),
    SettleFault: answer({ paymentId: orNull(text), requestId: orNull(text) }),
  },
};
