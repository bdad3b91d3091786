import type { BulkLinkResult } from '../../payments/bulk-links.js';
import { examples, inPath, responses, type Area } from '../operation.js';
import {
  constant,
  described,
  exactly,
  flag,
  identifier,
  listOf,
  orNull,
  ref,
  text,
  choice,
  type Schema,
} from '../schema.js';
import { historyExample } from './history.js';
import {
  fault,
  internalBody,
  merchantInQuery,
  notJson,
  linkToken,
  refusal,
  notLetIn,
  wrongFields,
} from './internal-call.js';
import { anyReference, issuerCodes, linkExamples, referenceSchemas } from './references.js';
import { pageExample } from './vtex-call.js';

const { paymentId } = pageExample.success;
const ids = [paymentId, pageExample.failure.paymentId];

/** The fields of a link; those that may be absent may be null. */
const linkFields = {
  required: {
    issuer: described('The code of the issuer.', choice(...issuerCodes)),
    reference: described("The issuer's own ids for what the payment bought.", anyReference),
  },
  optional: {
    value: described('How much the payment is, in cents.', {
      type: ['integer', 'null'],
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
    }),
    orderId: described('Shown to people.', orNull(identifier)),
    sandbox: described('Absent: a live payment. It decides which account at the issuer is used.', orNull(flag)),
  },
};

const result = (kind: string, optional: Readonly<Record<string, Schema>> = {}) =>
  exactly({ paymentId: described('Null where it cannot be read.', orNull(text)), kind: constant(kind), ...optional });

const results: BulkLinkResult[] = [
  { paymentId, kind: 'linked' },
  { paymentId: pageExample.failure.paymentId, kind: 'conflict', why: 'another payment holds this reference' },
  { paymentId: null, kind: 'invalid', fields: { link: 'must be an object' } },
];

export const links: Area = {
  name: 'Links',
  description:
    'Says which card a payment bought. Without a link there is nothing to cancel: a payment that VTEX created here and nobody linked is answered as cancelled.',
  paths: {
    '/internal/payments/{paymentId}': {
      put: {
        operationId: 'linkPayment',
        summary: 'Link a payment to what it bought',
        description: `Says at which issuer, under which reference, the card of this payment is; and with that, that the payment is good: VTEX is told \`approved\`.

**Sent again** the same link is 200, also after a cancellation; \`value\` and \`orderId\` may be added later. Send it before, or together with, the order of the card.

**\`value\` is in cents.**`,
        security: linkToken,
        parameters: [inPath('paymentId', "VTEX's id of the payment.", identifier), merchantInQuery],
        requestBody: internalBody(
          ref('Link'),
          examples(
            ...linkExamples.map(
              ({ name, issuer, reference }, at) =>
                [
                  `A card at ${name}`,
                  at === 0 ? { issuer, reference, value: 2300, orderId: '1234567-01' } : { issuer, reference },
                ] as const,
            ),
          ),
        ),
        responses: responses([
          {
            status: 200,
            means: 'Linked already: the same link again.',
            shape: ref('PaymentHistory'),
            example: historyExample,
          },
          {
            status: 201,
            means: 'Linked.',
            shape: ref('PaymentHistory'),
            example: { ...historyExample, ...unlinkedYet() },
          },
          notJson,
          ...notLetIn,
          refusal(
            409,
            'Not linked: another issuer, reference, value or environment stands, another payment holds the reference, or a cancellation began before. In that last case the reference is kept, and a person is told that a card may be alive.',
            'Not linked: the payment is linked to another reference.',
          ),
          wrongFields({ 'reference.cardNumber': 'is not a field of a reference' }),
          fault,
        ]),
      },
    },
    '/internal/payments': {
      post: {
        operationId: 'linkPayments',
        summary: 'Link many payments',
        description: `At most 500 links and 64 kB at once, for cards that were sold before. Each is linked as by itself: one that is wrong or conflicts holds up no other one, and all of it may be sent again.`,
        security: linkToken,
        parameters: [merchantInQuery],
        requestBody: internalBody(
          ref('Links'),
          examples([
            'Two cards',
            {
              links: linkExamples
                .slice(0, 2)
                .map(({ issuer, reference }, at) => ({ paymentId: ids[at], issuer, reference })),
            },
          ]),
        ),
        responses: responses([
          {
            status: 200,
            means: 'One result for each link, in their order.',
            shape: ref('LinkResults'),
            example: { results },
          },
          notJson,
          ...notLetIn,
          refusal(413, 'The body is too large.', 'the body is larger than 64 kB'),
          wrongFields({ links: 'must be a list of at most 500 links' }),
          fault,
        ]),
      },
    },
  },
  schemas: {
    ...referenceSchemas,
    Link: exactly(linkFields.required, linkFields.optional),
    Links: exactly({
      links: {
        ...listOf(exactly({ paymentId: identifier, ...linkFields.required }, linkFields.optional)),
        maxItems: 500,
      },
    }),
    LinkResults: exactly({
      results: listOf({
        oneOf: [
          result('linked'),
          result('same'),
          result('conflict', { why: text }),
          result('invalid', { fields: { type: 'object', additionalProperties: text } }),
        ],
      }),
    }),
  },
};

function unlinkedYet() {
  return { authorization: null, cancellation: null, requests: [], events: historyExample.events.slice(0, 1) };
}
