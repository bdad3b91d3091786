import { issuers } from '../../issuers/index.js';
import type { SomeIssuer } from '../../issuers/issuer.js';
import { anybody, inPath, type Answer, type Area, type Operation, type Parameter, responses } from '../operation.js';
import { choice, described, text } from '../schema.js';
import { fault, refusal } from './internal-call.js';

const all = Object.values<SomeIssuer>(issuers);
const calling = all.flatMap(({ name, code, callback }) => (callback ? [{ name, code, callback }] : []));

/** Each issuer hears its own words. */
const acknowledged: readonly Answer[] = calling.map(({ name, callback }) => ({
  status: 200,
  means: `${name} is told that it is durable: it need not be sent again. So is one that was there before, or is about something else.`,
  shape: { const: callback.acknowledgement },
  example: callback.acknowledgement,
}));

const rejected = (status: number, means: string): readonly Answer[] =>
  calling.map(({ name, callback }) => ({
    status,
    means: `${name}: ${means}`,
    shape: { const: callback.rejection },
    example: callback.rejection,
  }));

const unknown = refusal(404, 'No such issuer, or one that tells nothing by itself.', 'there is nothing at this path');

const operation = (operationId: string, where: string, parameters: readonly Parameter[]): Operation => ({
  operationId,
  summary: `Take what an issuer tells by itself: ${where}`,
  description: `Verified first, over the bytes as they came, in the issuer's own way: a signature, or a secret in the address. Then stored, then answered: 2xx only once it is durable. A forged one leaves no trace but a counter.

The body is the one that the issuer documents. Any method is taken; issuers use POST. **Sent again** it changes nothing.`,
  security: anybody,
  parameters,
  requestBody: {
    required: true,
    content: { '*/*': { schema: described('As the issuer documents it.', {}) } },
  },
  responses: responses([
    ...acknowledged,
    ...rejected(400, 'authentic, but not of the documented shape.'),
    ...rejected(401, 'forged, or it cannot be verified; or nobody has such an account.'),
    ...(parameters.length === 0 ? [] : [unknown]),
    { ...fault, means: 'Not durable: send it again.' },
  ]),
});

const issuer = inPath('issuer', 'The code of the issuer.', choice(...calling.map(({ code }) => code)));
const accountId = inPath('accountId', 'The account, as `GET /internal/issuers` names it.', text);

export const callbacks: Area = {
  name: 'Callbacks',
  description: 'What issuers tell us of a cancellation by themselves.',
  paths: {
    '/callbacks/{issuer}': {
      'x-any-method': true,
      post: operation('takeCallback', 'the default account', [issuer]),
    },
    '/callbacks/{issuer}/{accountId}': {
      'x-any-method': true,
      post: operation('takeCallbackOfAccount', 'one account', [issuer, accountId]),
    },
    ...Object.fromEntries(
      calling.flatMap(({ callback, name }) =>
        (callback.aliases ?? []).map((path, at) => [
          path,
          {
            'x-any-method': true as const,
            post: operation(
              `takeCallbackOf${name.replace(/\W/g, '')}${at === 0 ? '' : at + 1}`,
              `the path on which ${name} insists`,
              [],
            ),
          },
        ]),
      ),
    ),
  },
  schemas: {},
};
