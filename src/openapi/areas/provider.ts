import { issuers } from '../../issuers/index.js';
import { manifest } from '../../vtex/manifest.js';
import { knownPaymentMethods } from '../../vtex/payment-methods.js';
import { anybody, responses, type Area } from '../operation.js';
import { choice, constant, described, exactly, listOf, ref, text } from '../schema.js';

const methods = ['Promissories', 'Privatelabels'];

export const provider: Area = {
  name: 'Provider',
  description: 'What VTEX asks of a provider before there is a payment.',
  paths: {
    '/manifest': {
      get: {
        operationId: 'showManifest',
        summary: 'Show the manifest',
        description: `What this provider offers: the methods of \`VTEX_PAYMENT_METHODS\`, no split, and one field in which a merchant chooses its issuer. It goes by the settings alone, and is the same for everybody.`,
        security: anybody,
        responses: responses([
          {
            status: 200,
            means: 'The manifest.',
            shape: ref('Manifest'),
            example: manifest(methods, Object.values(issuers)),
          },
        ]),
      },
    },
    '/payment-methods': {
      get: {
        operationId: 'listPaymentMethods',
        summary: 'List the payment methods',
        description: 'Deprecated by VTEX in 2023 in favour of the manifest; stores that are older still ask.',
        security: anybody,
        responses: responses([
          { status: 200, means: 'The names.', shape: ref('PaymentMethods'), example: { paymentMethods: methods } },
        ]),
      },
    },
  },
  schemas: {
    Manifest: exactly<ReturnType<typeof manifest>>({
      paymentMethods: {
        ...listOf(
          exactly({
            name: described(
              `Spelt as VTEX spells it where it lists it, such as ${knownPaymentMethods[0] ?? ''}.`,
              text,
            ),
            allowsSplit: constant('disabled'),
          }),
        ),
        minItems: 1,
      },
      customFields: listOf(
        exactly({
          name: text,
          type: choice('text', 'password', 'select'),
          options: listOf(exactly({ text, value: text })),
        }),
      ),
      metadataFields: { ...listOf({ ...text, maxLength: 20 }), maxItems: 3 },
    }),
    PaymentMethods: exactly({ paymentMethods: { ...listOf(text), minItems: 1 } }),
  },
};
