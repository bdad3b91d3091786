import {
  anybody,
  examples,
  inQuery,
  jsonBody,
  otherResponse,
  responses,
  type Area,
  type Parameter,
  type Response,
} from '../operation.js';
import { constant, described, exactly, ref, text, type Schema } from '../schema.js';
import { fault, refusal } from './internal-call.js';

const needed = (name: string, description: string, schema: Schema = text): Parameter => ({
  ...inQuery(name, description, schema),
  required: true,
});

const page = (description: string): Response => otherResponse(description, 'text/html');
const gone = page('A page that says that the connection has expired or was used before.');

export const connection: Area = {
  name: 'Connection',
  description:
    'VTEX\'s configuration flow ("OAuth"): a store connects from VTEX\'s admin, and gets its app key and token without anybody typing them.',
  paths: {
    '/authorization/token': {
      post: {
        operationId: 'beginConnection',
        summary: 'Begin a connection',
        description:
          'VTEX asks for a token, and sends the browser to `/authorization/redirect` with it. Only addresses of VTEX are taken as `returnUrl`.',
        security: anybody,
        requestBody: jsonBody(
          ref('ConnectionRequest'),
          examples([
            'Begin',
            { applicationId: 'vtex', returnUrl: 'https://mystore.myvtex.com/provider-return?authorizationCode=' },
          ]),
        ),
        responses: responses([
          {
            status: 200,
            means: 'The token of this connection.',
            shape: ref('Connection'),
            example: { applicationId: 'vtex', token: '358a5bea07d04122888a54ab70b5f02f0d1adb3e96288b53' },
          },
          refusal(400, 'Unusable: the message names the field.', 'applicationId must be vtex.'),
          refusal(429, 'Too many are under way.', 'Too many connections are under way; try again later.'),
          fault,
        ]),
      },
    },
    '/authorization/redirect': {
      get: {
        operationId: 'showConnectionPage',
        summary: 'Show the page of a connection',
        description:
          "Asks the store's admin for the connection code. Changes nothing. In English, Portuguese or Spanish, by what the browser prefers.",
        security: anybody,
        parameters: [needed('token', 'Of the connection.'), inQuery('applicationId', 'Not looked at.', text)],
        responses: { 200: page('The page.'), 404: gone },
      },
      post: {
        operationId: 'enterConnectionCode',
        summary: 'Enter the connection code',
        description: 'The form of that page. A code is good for one use; a few wrong ones end the connection.',
        security: anybody,
        requestBody: {
          required: true,
          content: {
            'application/x-www-form-urlencoded': { schema: exactly({ token: text, connectionCode: text }) },
          },
        },
        responses: {
          303: {
            description: 'Right: back to VTEX, with an authorization code.',
            headers: { location: { description: 'The `returnUrl` with the code.', schema: text } },
          },
          400: page(
            'The page again: the code is wrong, was used before, or has expired; or there were too many wrong ones.',
          ),
          404: gone,
          409: page(
            'The page again: two pairs of credentials are valid already, or VTEX began in the store of somebody else. The code stays good.',
          ),
        },
      },
    },
    '/authorization/credentials': {
      get: {
        operationId: 'exchangeAuthorizationCode',
        summary: 'Get the credentials',
        description:
          'VTEX exchanges the authorization code for a new app key and token of the merchant. Good for one use, although it is a GET: the protocol has it so.',
        security: anybody,
        parameters: [
          needed('applicationId', 'VTEX.', constant('vtex')),
          needed('authorizationCode', 'What came with the browser.'),
        ],
        responses: responses([
          {
            status: 200,
            means: 'The new pair, shown this once.',
            shape: ref('ConnectedCredentials'),
            example: { applicationId: 'vtex', appKey: 'loja-azul-…', appToken: '…' },
          },
          refusal(
            400,
            'Unusable: wrong, used before, or expired.',
            'This authorizationCode is wrong, was used before, or has expired.',
          ),
          refusal(
            409,
            'Two pairs are valid already.',
            'Two pairs of credentials are valid for this merchant already. Retire one, and try again.',
          ),
          fault,
        ]),
      },
    },
  },
  schemas: {
    ConnectionRequest: {
      type: 'object',
      required: ['applicationId', 'returnUrl'],
      properties: {
        applicationId: constant('vtex'),
        returnUrl: described('Where the browser goes back to; the code is put at its end.', {
          type: 'string',
          pattern: '^https://',
        }),
      },
    },
    Connection: exactly({ applicationId: constant('vtex'), token: text }),
    ConnectedCredentials: exactly({ applicationId: constant('vtex'), appKey: text, appToken: text }),
  },
};
