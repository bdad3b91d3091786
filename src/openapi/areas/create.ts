import { authorizationAnswer, authorizationAnswers as answers } from '../../vtex/authorization-answer.js';
import { examples, jsonBody, responses, type Area } from '../operation.js';
import {
  amount,
  atLeast,
  constant,
  described,
  exactly,
  flagOrText,
  identifier,
  listOf,
  nothing,
  orNull,
  ref,
  text,
  webAddress,
  type Schemas,
} from '../schema.js';
import { faults, lenient, pageExample, testSuiteHeader, vtexAnswer, vtexCredentials } from './vtex-call.js';

const { paymentId } = pageExample.failure;

const seconds = (description: string, minimum: number, maximum: number) =>
  described(`${description} In seconds.`, { type: 'integer', minimum, maximum });

/** An answer that says a status. The first answer that says a final one is given in its bytes for ever. */
const created = (status: string, fields: Schemas, optional: Schemas = {}) =>
  exactly(
    {
      paymentId: text,
      status: constant(status),
      authorizationId: described('Ours; made with the first request, and the same in every answer.', text),
      tid: described('Ours; likewise.', text),
      nsu: nothing,
      acquirer: described('The issuer, once it is linked or chosen.', orNull(text)),
      code: orNull(text),
      message: text,
      delayToAutoSettle: seconds('When VTEX settles by itself.', 0, 604_800),
      delayToAutoSettleAfterAntifraud: seconds('The same after antifraud.', 0, 604_800),
      delayToCancel: seconds(
        'When VTEX cancels by itself what is still undefined. Never changes for a payment.',
        600,
        2_592_000,
      ),
      ...fields,
    },
    {
      connectorMetadata: described('The code of the issuer, once it is linked.', listOf(ref('NameAndValue'))),
      ...optional,
    },
  );

/** An example in the values of the protocol's own. */
const exampleOf = (status: 'approved' | 'denied' | 'undefined', code: string | null, message: string) =>
  authorizationAnswer(status, {
    paymentId,
    authorizationId: 'AUT-70D24442721B4B0F9B7C6F4C9B6A2E11',
    tid: '2F023FD5A72A49D48A8633252B7CCBD6',
    acquirer: null,
    issuer: null,
    delayToCancelS: 21_600,
    delayToAutoSettleS: 432_000,
    delayToAutoSettleAfterAntifraudS: 1_800,
    code,
    message,
    paymentUrl: null,
  });

const approved = exampleOf('approved', null, 'Approved: what was bought is there.');

const address = {
  country: 'BRA',
  street: 'Praia de Botafogo St.',
  number: '300',
  complement: '3rd Floor',
  neighborhood: 'Botafogo',
  postalCode: '22250040',
  city: 'Rio de Janeiro',
  state: 'RJ',
};

/** "Redirect Success Undefined" of VTEX's OpenAPI, with a method that needs no attestation of PCI DSS. */
const redirect = {
  reference: '32478982',
  orderId: 'v967373115140abc',
  shopperInteraction: 'ecommerce',
  transactionId: 'D3AA1FC8372E430E8236649DB5EBD08E',
  paymentId,
  paymentMethod: 'Promissories',
  paymentMethodCustomCode: null,
  merchantName: 'mystore',
  value: 4307.23,
  referenceValue: 4307.23,
  currency: 'BRL',
  installments: 1,
  deviceFingerprint: '12ade389087fe',
  card: { holder: null, number: null, csc: null, expiration: { month: null, year: null } },
  miniCart: {
    shippingValue: 11.44,
    taxValue: 10.01,
    buyer: { firstName: 'John', lastName: 'Doe', email: 'john.doe@example.com' },
    shippingAddress: address,
    billingAddress: address,
    items: [{ id: '132981', name: 'My First Product', price: 2134.9, quantity: 2, discount: 5 }],
  },
  merchantSettings: [{ name: 'field1', value: 'value1' }],
  url: 'https://admin.mystore.example.com/orders/v32478982',
  callbackUrl: 'https://api.example.com/some-path/to-notify/status-changes?an=mystore',
  returnUrl: 'https://mystore.example.com/checkout/order/v32478982',
};

const notRead = (what: string) => described(`${what} Not read, not kept, not logged.`, {});

export const create: Area = {
  name: 'Create',
  description: 'VTEX creates a payment here before its shopper has bought anything.',
  paths: {
    '/payments': {
      post: {
        operationId: 'createPayment',
        summary: 'Create a payment, or ask for its status',
        description: `The first request with a \`paymentId\` creates the payment; every further one is answered with what is known by then.

This service holds no money. \`approved\` means that the payment was linked to the card that it bought: whoever links it says that the payment is good. Until then it is \`undefined\`, from the claim of a cancellation on it is \`denied\`.

**Sent again**: \`approved\` and \`denied\` are final, and come in the same bytes for ever; \`undefined\` may become either. The first content stands; another value or currency is logged and shown, and changes nothing.

**\`value\` is in currency units**, such as 31.9. Up to 1 MB is read of a create.`,
        security: vtexCredentials,
        parameters: [testSuiteHeader],
        requestBody: jsonBody(ref('CreateRequest'), examples(['Redirect Success Undefined', redirect])),
        responses: responses([
          vtexAnswer(ref('PaymentApproved'), '`PaymentApproved`: linked to what it bought. Final.', approved),
          vtexAnswer(
            ref('PaymentDenied'),
            '`PaymentDenied`: its cancellation has begun. Final.',
            exampleOf('denied', 'payment-cancelled', 'Denied: this payment was cancelled.'),
          ),
          vtexAnswer(
            ref('PaymentUndefined'),
            '`PaymentUndefined`: not known yet. Not final: VTEX asks again, or is called when it is known.',
            exampleOf(
              'undefined',
              'authorization-pending',
              'Not known yet: what was bought is not reported to us so far.',
            ),
          ),
          ...faults('CreateFault', {
            answers,
            to: { paymentId, requestId: null },
            narrow: () => ({ status: constant('error') }),
          }),
        ]),
        callbacks: {
          statusIsKnown: {
            '{$request.body#/callbackUrl}': {
              post: {
                operationId: 'tellStatus',
                summary: 'We tell VTEX the status',
                description: `When a payment is linked that was answered \`undefined\`, VTEX is called, byte for byte at the \`callbackUrl\` that it gave, with \`X-VTEX-API-AppKey\` and \`X-VTEX-API-AppToken\` of the provider's own VTEX account (\`VTEX_PARTNER_APP_KEY\`). Only a public https address is called.

The payment is looked at once more just before: after a cancellation nothing is told. A call that fails is made again for a day.`,
                requestBody: jsonBody(
                  { oneOf: [ref('PaymentApproved'), ref('PaymentDenied')] },
                  examples(['Approved', JSON.parse(approved.body)]),
                ),
                responses: { 200: { description: 'VTEX has heard it.' } },
              },
            },
          },
        },
      },
    },
  },
  schemas: {
    CreateRequest: described(
      lenient,
      atLeast(
        { paymentId: described("VTEX's id of the payment; unique within a merchant.", identifier) },
        {
          value: described('In currency units.', amount),
          currency: described('ISO 4217.', { type: 'string', pattern: '^[A-Za-z]{3}$' }),
          paymentMethod: text,
          transactionId: text,
          reference: text,
          orderId: text,
          sandBoxMode: described(
            'Also spelt `sandboxMode`. Decides for good whether the payment is a sandbox one.',
            flagOrText,
          ),
          callbackUrl: described(
            "Where VTEX is told of the status. Holds VTEX's signature, so it is kept as a secret.",
            webAddress,
          ),
          merchantSettings: described('Only `Issuer` is read, the field of our manifest.', listOf(ref('NameAndValue'))),
          connectorMetadata: notRead('Returned by providers.'),
          card: notRead(
            "The card that pays. Only a merchant made for VTEX's Test Suite has its number compared with the suite's own.",
          ),
          miniCart: notRead('The shopper, addresses and the cart.'),
          recipients: notRead('There is no split.'),
          secureProxyUrl: notRead('No card data is sent on.'),
        },
      ),
    ),
    PaymentApproved: created('approved', {}),
    PaymentDenied: created('denied', {}),
    PaymentUndefined: described(
      "The fields that may be absent are those of the Test Suite's bank slips and redirects.",
      created(
        'undefined',
        { code: text },
        {
          paymentUrl: described('Where the shopper is sent.', webAddress),
          redirectUrl: described('The same, under its deprecated name.', webAddress),
          identificationNumber: text,
          identificationNumberFormatted: text,
          barCodeImageType: text,
          barCodeImageNumber: text,
        },
      ),
    ),
    CreateFault: exactly({ paymentId: orNull(text), status: constant('error'), code: text, message: text }),
    NameAndValue: exactly({ name: { ...text, maxLength: 255 }, value: { type: 'string' } }),
  },
};
