import type { ShownAccount } from '../../cancellations/internal-issuers.controller.js';
import { issuerModes } from '../../config.js';
import { examples, inPath, responses, type Area } from '../operation.js';
import { choice, count, described, exactly, flag, listOf, ref, text } from '../schema.js';
import {
  fault,
  internalBody,
  merchantInQuery,
  notJson,
  operatorToken,
  refusal,
  notLetIn,
  wrongFields,
  wrongMerchant,
} from './internal-call.js';
import { exampleIssuerName, exampleLink, issuerCodes } from './references.js';

const account = {
  issuer: exampleLink.issuer,
  name: exampleIssuerName,
  accountId: 'default',
  sandbox: false,
  mode: 'live',
  circuit: 'closed',
  callsUnderWay: 0,
};

export const issuers: Area = {
  name: 'Issuers',
  description: 'How the accounts at the issuers are treated.',
  paths: {
    '/internal/issuers': {
      get: {
        operationId: 'listIssuers',
        summary: 'List the accounts and their modes',
        description:
          'Every account that is configured, with its mode now. Circuit and calls are those of the process that answers.',
        security: operatorToken,
        parameters: [merchantInQuery],
        responses: responses([
          { status: 200, means: 'The accounts.', shape: ref('Accounts'), example: { issuers: [account] } },
          ...notLetIn,
          wrongMerchant,
          fault,
        ]),
      },
    },
    '/internal/issuers/{issuer}': {
      put: {
        operationId: 'setIssuerMode',
        summary: "Change an issuer's mode",
        description: `\`live\` sends. \`paused\` sends nothing, and all waits. \`manual\` gives everything to people. \`dry-run\` records what it would have sent, and gives it to people; going live never sends those. Null goes back to the setting.

Every process knows it within 5 s, and what waits is looked at again. Sending it again changes nothing.`,
        security: operatorToken,
        parameters: [inPath('issuer', 'The code of the issuer.', choice(...issuerCodes)), merchantInQuery],
        requestBody: internalBody(
          ref('Mode'),
          examples(['Pause', { mode: 'paused' }], ['Back to the setting', { mode: null }]),
        ),
        responses: responses([
          {
            status: 200,
            means: 'The account in its new mode.',
            shape: ref('Account'),
            example: { ...account, mode: 'paused' },
          },
          notJson,
          ...notLetIn,
          refusal(404, 'No such account.', 'There is no sandbox account at this issuer.'),
          wrongFields({ mode: `must be one of: ${issuerModes.join(', ')}; or null for the setting's` }),
          fault,
        ]),
      },
    },
  },
  schemas: {
    Mode: exactly({ mode: choice(...issuerModes, null) }, { sandbox: described('Absent: the live account.', flag) }),
    Accounts: exactly({ issuers: listOf(ref('Account')) }),
    Account: exactly<ShownAccount>({
      issuer: text,
      name: text,
      accountId: described('As it stands in the path of its callbacks.', text),
      sandbox: flag,
      mode: choice(...issuerModes),
      circuit: described(
        '`open`: nothing is sent for a while, because it did not answer many calls in a row.',
        choice('closed', 'open'),
      ),
      callsUnderWay: count,
    }),
  },
};
