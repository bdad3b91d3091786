import type { ShownMerchant } from '../../merchants/internal-merchants.controller.js';
import type { NewPair } from '../../merchants/merchant-register.js';
import { languages } from '../../texts/language.js';
import { examples, inPath, responses, type Area } from '../operation.js';
import { choice, described, exactly, flag, listOf, orNull, ref, text, time } from '../schema.js';
import { fault, internalBody, notJson, notLetIn, operatorToken, refusal, wrongFields } from './internal-call.js';

const merchantId = inPath('merchantId', 'Ours, for the store.', { type: 'string', pattern: '^[a-z0-9-]{1,60}$' });
const unknown = refusal(404, 'No such merchant.', 'There is no merchant loja-verde.');
const refusals = [...notLetIn, unknown, fault];

const pair = { slot: 1, createdAt: '2026-11-21T09:00:00.000Z' };

const merchant = {
  merchantId: 'loja-azul',
  name: 'Loja Azul',
  isTest: false,
  vtexAccount: 'lojaazul',
  language: 'pt-BR',
  timeZone: 'America/Sao_Paulo',
  isFromSettings: false,
  credentials: [pair],
  hasLinkToken: false,
};

const language = orNull(choice(...languages));

const shown = described('Shown this once, and kept as a digest.', text);

export const merchants: Area = {
  name: 'Merchants',
  description: 'The stores, and what each may be called with.',
  paths: {
    '/internal/merchants': {
      get: {
        operationId: 'listMerchants',
        summary: 'List the merchants',
        description: 'Those of the settings and those that are kept in the database. Nothing secret.',
        security: operatorToken,
        responses: responses([
          { status: 200, means: 'All of them.', shape: ref('Merchants'), example: { merchants: [merchant] } },
          ...notLetIn,
          fault,
        ]),
      },
    },
    '/internal/merchants/{merchantId}': {
      put: {
        operationId: 'saveMerchant',
        summary: 'Make or change a merchant',
        description: 'What is absent stays as it is. **Sent again** it changes nothing.',
        security: operatorToken,
        parameters: [merchantId],
        requestBody: internalBody(
          ref('MerchantChange'),
          examples(['A new store', { name: 'Loja Azul', vtexAccount: 'lojaazul', language: 'pt-BR' }]),
        ),
        responses: responses([
          { status: 200, means: 'Changed.', shape: ref('Merchant'), example: merchant },
          { status: 201, means: 'Made.', shape: ref('Merchant'), example: { ...merchant, credentials: [] } },
          notJson,
          ...notLetIn,
          wrongFields({ merchantId: 'must be 1 to 60 lower-case letters, digits or -' }),
          fault,
        ]),
      },
    },
    '/internal/merchants/{merchantId}/credentials': {
      post: {
        operationId: 'addCredentials',
        summary: 'Make a new app key and token',
        description:
          'Beside the pair that is valid, so that VTEX can change over without a gap. **Sent again** it makes another pair; at most two are valid at once.',
        security: operatorToken,
        parameters: [merchantId],
        responses: responses([
          {
            status: 201,
            means: 'The new pair. The token is shown this once.',
            shape: ref('NewCredentials'),
            example: { ...pair, appKey: 'loja-azul-…', appToken: '…' },
          },
          ...refusals,
          {
            status: 409,
            means: 'Two pairs are valid: one has to be retired first.',
            shape: ref('TooManyCredentials'),
            example: {
              message:
                'Two pairs of credentials are valid already. Retire the older one first, once VTEX does not send it any more: slot 1.',
              retire: 1,
              credentials: [pair, { ...pair, slot: 2 }],
            },
          },
        ]),
      },
    },
    '/internal/merchants/{merchantId}/credentials/{slot}': {
      delete: {
        operationId: 'retireCredentials',
        summary: 'Retire an app key and token',
        description: 'They end at once, also the last ones. The message says what that means.',
        security: operatorToken,
        parameters: [merchantId, inPath('slot', 'Which of the two.', choice('1', '2'))],
        responses: responses([
          {
            status: 200,
            means: 'Retired.',
            shape: ref('RetiredCredentials'),
            example: { message: 'Retired. The other pair stays valid.', ...merchant },
          },
          ...refusals,
        ]),
      },
    },
    '/internal/merchants/{merchantId}/link-token': {
      post: {
        operationId: 'makeLinkToken',
        summary: 'Make a link token',
        description: 'In place of the old one, which ends at once.',
        security: operatorToken,
        parameters: [merchantId],
        responses: responses([
          { status: 201, means: 'Shown this once.', shape: ref('LinkToken'), example: { linkToken: '…' } },
          ...refusals,
        ]),
      },
    },
    '/internal/merchants/{merchantId}/connection-code': {
      post: {
        operationId: 'makeConnectionCode',
        summary: 'Make a connection code',
        description: "For whoever connects this merchant from VTEX's admin.",
        security: operatorToken,
        parameters: [merchantId],
        responses: responses([
          {
            status: 201,
            means: 'Good for one use within 24 hours. Shown this once.',
            shape: ref('ConnectionCode'),
            example: { connectionCode: '…', expiresAt: '2026-11-22T09:00:00.000Z' },
          },
          ...refusals,
        ]),
      },
    },
  },
  schemas: {
    MerchantChange: exactly(
      {},
      {
        name: described('Absent for a new one: its id.', { ...text, maxLength: 100 }),
        isTest: described("A merchant for VTEX's Test Suite alone.", flag),
        vtexAccount: described("The store's account name at VTEX, for links into its admin.", orNull(text)),
        language: described("Of its console and mails where a person has said nothing. Null: the browser's.", language),
        timeZone: described('An IANA name, such as America/Sao_Paulo. Null: the setting `TIME_ZONE`.', orNull(text)),
      },
    ),
    Merchants: exactly({ merchants: listOf(ref('Merchant')) }),
    Merchant: merchantWith({}),
    RetiredCredentials: merchantWith({ message: text }),
    Credentials: exactly<ShownMerchant['credentials'][number]>({ slot: choice(1, 2), createdAt: time }),
    NewCredentials: exactly<NewPair>({ slot: choice(1, 2), createdAt: time, appKey: text, appToken: shown }),
    TooManyCredentials: exactly({ message: text, retire: choice(1, 2), credentials: listOf(ref('Credentials')) }),
    LinkToken: exactly({ linkToken: shown }),
    ConnectionCode: exactly({ connectionCode: shown, expiresAt: time }),
  },
};

function merchantWith(further: Readonly<Record<string, typeof text>>) {
  return exactly<ShownMerchant>({
    merchantId: text,
    name: text,
    isTest: flag,
    vtexAccount: orNull(text),
    language,
    timeZone: orNull(text),
    isFromSettings: described('The settings of the service have credentials for it too.', flag),
    credentials: described('The pairs that are valid, without their secrets.', listOf(ref('Credentials'))),
    hasLinkToken: flag,
    ...further,
  });
}
