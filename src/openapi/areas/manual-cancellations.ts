import { manualReasons } from '../../manual-cancellations/manual-reason.js';
import type { OpenManualCancellation } from '../../manual-cancellations/manual-cancellations.js';
import { responses, type Area } from '../operation.js';
import { choice, described, exactly, flag, listOf, number, orNull, ref, someObject, text, time } from '../schema.js';
import { fault, merchantInQuery, operatorToken, notLetIn, wrongMerchant } from './internal-call.js';
import { exampleLink } from './references.js';
import { pageExample } from './vtex-call.js';

export const manualCancellations: Area = {
  name: 'Manual cancellations',
  description: 'What no API can do, and a person must.',
  paths: {
    '/internal/manual-cancellations': {
      get: {
        operationId: 'listManualCancellations',
        summary: 'List what people still have to do',
        description: 'The open ones, oldest first, at most 1,000. Each was also told by mail, once.',
        security: operatorToken,
        parameters: [merchantInQuery],
        responses: responses([
          {
            status: 200,
            means: 'The open ones.',
            shape: ref('ManualCancellations'),
            example: {
              manualCancellations: [
                {
                  manualCancellationId: '1',
                  paymentId: pageExample.failure.paymentId,
                  kind: 'whole',
                  requestId: null,
                  value: null,
                  currency: null,
                  ...exampleLink,
                  reason: 'refused_by_issuer',
                  orderId: '1234567-01',
                  sandbox: false,
                  since: '2026-11-21T10:00:00.412Z',
                  why: manualReasons.refused_by_issuer,
                },
              ],
            },
          },
          ...notLetIn,
          wrongMerchant,
          fault,
        ]),
      },
    },
  },
  schemas: {
    ManualCancellations: exactly({ manualCancellations: listOf(ref('ManualCancellation')) }),
    ManualCancellation: exactly<OpenManualCancellation & { readonly why: string }>({
      manualCancellationId: text,
      paymentId: text,
      kind: described(
        '`whole`: the card. `partial`: a part of the payment. `linked-late`: a card that was linked after the cancellation. `refund`: money to give back.',
        choice('whole', 'partial', 'linked-late', 'refund'),
      ),
      requestId: described('Only where each request is a task of its own: partial and refund.', orNull(text)),
      value: described('How much a refund is, in currency units.', orNull(number)),
      currency: orNull(text),
      issuer: orNull(text),
      reference: described('The ids to type at the issuer.', orNull(someObject)),
      reason: choice(...Object.keys(manualReasons)),
      orderId: orNull(text),
      sandbox: flag,
      since: time,
      why: described('The reason in a sentence.', text),
    }),
  },
};
