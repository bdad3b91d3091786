import type { ListedUser } from '../../issuers/user-tokens.js';
import type { ShownIssuerAccount } from '../../merchants/internal-issuer-accounts.controller.js';
import type { SecretPlace } from '../../sealed.js';
import { examples, inPath, inQuery, responses, type Area } from '../operation.js';
import {
  choice,
  constant,
  count,
  described,
  exactly,
  flag,
  identifier,
  listOf,
  orNull,
  ref,
  text,
  time,
} from '../schema.js';
import {
  fault,
  internalBody,
  merchantInQuery,
  notJson,
  notLetIn,
  operatorToken,
  refusal,
  wrongFields,
} from './internal-call.js';
import { exampleIssuerName, exampleLink, issuerCodes } from './references.js';

const issuer = inPath('issuer', 'The code of the issuer.', choice(...issuerCodes));
const sandbox = inQuery('sandbox', 'Absent: the live account.', choice('true', 'false'));
const noMasterKey =
  'Secrets are kept sealed: set MASTER_KEY to 32 random bytes in base64, and start the service again.';
const wrongMerchant = wrongFields({ merchant: 'must be one merchant id' });

const unknown = refusal(
  404,
  'No such merchant, issuer or account.',
  `This merchant has no live account at ${exampleIssuerName}.`,
);

const account = {
  issuer: exampleLink.issuer,
  accountId: 'loja-azul',
  sandbox: false,
  source: 'database',
  baseUrl: 'https://issuer.example.com',
  settings: {},
  secrets: { ACCESS_TOKEN: 'k-1f2e3d4c' },
  changedAt: '2026-11-21T09:00:00.000Z',
  isUsable: true,
  users: [],
};

const user = { userKey: 'maria', keyId: 'k-1f2e3d4c', changedAt: '2026-11-21T09:00:00.000Z' };

const probed = (kind: string, fields: Readonly<Record<string, typeof text>>) =>
  exactly({ kind: constant(kind), ...fields, message: text });

export const issuerAccounts: Area = {
  name: 'Issuer accounts',
  description:
    "Merchants' own accounts at the issuers, kept in the database with their secrets sealed. No answer holds a secret.",
  paths: {
    '/internal/issuer-accounts': {
      get: {
        operationId: 'listIssuerAccounts',
        summary: "List a merchant's accounts",
        description: 'Of a secret only that it is set, and the id of the key that it was sealed with.',
        security: operatorToken,
        parameters: [merchantInQuery],
        responses: responses([
          { status: 200, means: 'The accounts.', shape: ref('IssuerAccounts'), example: { accounts: [account] } },
          ...notLetIn,
          unknown,
          wrongMerchant,
          fault,
        ]),
      },
    },
    '/internal/issuer-accounts/{issuer}': {
      put: {
        operationId: 'saveIssuerAccount',
        summary: 'Store an account',
        description: `The whole account: what is not in it is not set. Names are those of the settings without the prefix of the issuer, such as \`BASE_URL\`; values are text.

**Sent again** it is replaced by the same.`,
        security: operatorToken,
        parameters: [issuer, merchantInQuery],
        requestBody: internalBody(
          ref('IssuerAccountChange'),
          examples(['An account', { settings: { BASE_URL: 'https://issuer.example.com', ACCESS_TOKEN: '…' } }]),
        ),
        responses: responses([
          { status: 200, means: 'Replaced.', shape: ref('IssuerAccount'), example: account },
          { status: 201, means: 'Stored.', shape: ref('IssuerAccount'), example: account },
          notJson,
          ...notLetIn,
          unknown,
          refusal(409, 'It comes from the settings of the service, or there is no `MASTER_KEY`.', noMasterKey),
          wrongFields({ 'settings.BASE_URL': 'must be an http or https address' }),
          fault,
        ]),
      },
      delete: {
        operationId: 'deleteIssuerAccount',
        summary: 'Delete an account',
        description: "Its end users' tokens go with it. Cancellations of payments that are linked there wait.",
        security: operatorToken,
        parameters: [issuer, merchantInQuery, sandbox],
        responses: responses([
          {
            status: 200,
            means: 'Deleted.',
            shape: ref('Message'),
            example: {
              message: `Deleted. Cancellations of payments at ${exampleIssuerName} wait until there is an account again.`,
            },
          },
          ...notLetIn,
          unknown,
          refusal(
            409,
            'It comes from the settings of the service.',
            'This account comes from the settings of the service. Take BASE_URL out of them first, and start the service again.',
          ),
          wrongMerchant,
          fault,
        ]),
      },
    },
    '/internal/issuer-accounts/{issuer}/test': {
      post: {
        operationId: 'testIssuerAccount',
        summary: 'Try an account',
        description: 'One harmless call to the issuer: nothing is cancelled, and nothing of a customer is asked for.',
        security: operatorToken,
        parameters: [issuer, merchantInQuery, sandbox],
        responses: responses([
          {
            status: 200,
            means: 'What the call showed; 200 also where it failed.',
            shape: ref('Probe'),
            example: {
              kind: 'accepted',
              httpStatus: 200,
              message: `${exampleIssuerName} answers, and takes the credentials.`,
            },
          },
          ...notLetIn,
          unknown,
          wrongMerchant,
          fault,
        ]),
      },
    },
    '/internal/issuer-accounts/{issuer}/user-tokens/{userKey}': {
      put: {
        operationId: 'saveUserToken',
        summary: "Store an end user's refresh token",
        description:
          'For issuers whose access tokens belong to one end user: these are got with it from then on. It is never shown again. **Sent again** it replaces the old one.',
        security: operatorToken,
        parameters: [
          issuer,
          inPath('userKey', 'As the reference of a link names the user.', identifier),
          merchantInQuery,
          sandbox,
        ],
        requestBody: internalBody(ref('UserTokenChange'), examples(['A token', { refreshToken: 'the-refresh-token' }])),
        responses: responses([
          { status: 200, means: 'Replaced.', shape: ref('UserToken'), example: user },
          { status: 201, means: 'Stored.', shape: ref('UserToken'), example: user },
          notJson,
          ...notLetIn,
          unknown,
          refusal(409, 'This account gets no tokens for end users, or there is no `MASTER_KEY`.', noMasterKey),
          wrongFields({ refreshToken: 'must be the token itself: one line of ASCII' }),
          fault,
        ]),
      },
    },
    '/internal/secrets/reseal': {
      post: {
        operationId: 'resealSecrets',
        summary: 'Seal all secrets anew',
        description:
          'Under `MASTER_KEY`, so that `MASTER_KEY_OLD` can go. What opens with no key is named and left as it is. **Sent again** it finds nothing to do.',
        security: operatorToken,
        responses: responses([
          {
            status: 200,
            means: 'How many were sealed anew.',
            shape: ref('Resealed'),
            example: { keyId: 'k-1f2e3d4c', resealed: 3, cannotBeOpened: [] },
          },
          ...notLetIn,
          refusal(409, 'There is no `MASTER_KEY`.', noMasterKey),
          fault,
        ]),
      },
    },
  },
  schemas: {
    IssuerAccountChange: exactly(
      {
        settings: described('By name. Mandatory credentials and `BASE_URL` must be there.', {
          type: 'object',
          additionalProperties: { type: 'string' },
        }),
      },
      { sandbox: described('Absent: the live account.', flag) },
    ),
    IssuerAccounts: exactly({ accounts: listOf(ref('IssuerAccount')) }),
    IssuerAccount: exactly<ShownIssuerAccount>({
      issuer: text,
      accountId: described('As it stands in the path of its callbacks.', text),
      sandbox: flag,
      source: described('`settings`: of the service. It is changed there alone.', choice('settings', 'database')),
      baseUrl: text,
      settings: described('Those that are no secrets; none of an account of the settings.', {
        type: 'object',
        additionalProperties: { type: 'string' },
      }),
      secrets: described('By name the id of the key; null where it is in the settings.', {
        type: 'object',
        additionalProperties: orNull(text),
      }),
      changedAt: orNull(time),
      isUsable: described('False: it counts as not configured, and the log says why.', flag),
      users: described('End users whose refresh tokens are kept.', listOf(ref('UserToken'))),
    }),
    Probe: {
      oneOf: [
        ...['accepted', 'reachable', 'credentials-refused'].map((kind) => probed(kind, { httpStatus: count })),
        probed('unreachable', { fault: text }),
      ],
    },
    UserTokenChange: exactly({ refreshToken: { type: 'string', pattern: '^[\\x20-\\x7e]{1,8192}$' } }),
    UserToken: exactly<ListedUser>({ userKey: text, keyId: text, changedAt: time }),
    Resealed: exactly({
      keyId: text,
      resealed: count,
      cannotBeOpened: listOf(exactly<SecretPlace>({ merchantId: text, issuer: text, sandbox: flag, field: text })),
    }),
  },
};
