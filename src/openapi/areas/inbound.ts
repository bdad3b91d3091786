import { inboundAnswers as answers } from '../../vtex/inbound-answer.js';
import { examples, inPath, jsonBody, responses, type Area, type Operation } from '../operation.js';
import { atLeast, constant, described, exactly, orNull, ref, text, type Schemas } from '../schema.js';
import {
  faults,
  furtherFields,
  lenient,
  operationFields,
  pageExample,
  paymentIdInPath,
  vtexAnswer,
  vtexCredentials,
} from './vtex-call.js';

const to = { paymentId: pageExample.failure.paymentId, requestId: 'LA4E20D3B4E07B7E871F5B5BC9F91' };

const passedBack = (statusCode: Schemas) =>
  exactly({
    ...statusCode,
    contentType: constant('application/json'),
    content: described('JSON as text.', text),
  });

const answer = (fields: Schemas) =>
  exactly({
    requestId: text,
    paymentId: text,
    code: text,
    message: text,
    responseData: described('What VTEX passes back to whoever asked.', passedBack({ statusCode: { type: 'integer' } })),
    ...fields,
  });

const operation = (operationId: string, spelling: string, parameters: Operation['parameters'] = []): Operation => ({
  operationId,
  summary: `Pass on what somebody sent: ${spelling}`,
  description: `What somebody has sent to VTEX for this provider. There is no action here, and whoever asked is told so by a 404 inside of a 200.

VTEX's OpenAPI and its guides disagree about the path, so each of the four is there, with and without an action.`,
  security: vtexCredentials,
  parameters: [paymentIdInPath, ...parameters],
  requestBody: jsonBody(
    ref('InboundRequest'),
    examples([
      'All fields of the OpenAPI',
      {
        ...to,
        transactionId: 'D3AA1FC8372E430E8236649DB5EBD08E',
        authorizationId: 'AUT123567',
        nsu: 'NSU987432',
        tid: '10022005181543584603',
        requestData: { body: '{{originalRequestBody}}' },
        merchantSettings: [{ name: 'Public Merchant ID Test.', value: '1' }],
        connectorMetadata: [{ name: 'MetadataName', value: 'MetadataValue' }],
      },
    ]),
  ),
  responses: responses([
    vtexAnswer(
      ref('InboundNotSupported'),
      '`InboundNotSupported`: there is no action. Nothing changed.',
      answers.notSupported(to),
    ),
    ...faults('InboundFault', {
      answers,
      to,
      narrow: (status) => ({ responseData: passedBack({ statusCode: constant(status) }) }),
    }),
  ]),
});

const action = inPath('action', 'Whatever was asked for.', { type: 'string' });

export const inbound: Area = {
  name: 'Inbound',
  description: 'What VTEX passes on from outside (beta).',
  paths: {
    '/payments/{paymentId}/inbound': { post: operation('passInbound', 'inbound') },
    '/payments/{paymentId}/inbound/{action}': {
      post: operation('passInboundAction', 'inbound, with an action', [action]),
    },
    '/payments/{paymentId}/inbound-request': { post: operation('passInboundRequest', 'inbound-request') },
    '/payments/{paymentId}/inbound-request/{action}': {
      post: operation('passInboundRequestAction', 'inbound-request, with an action', [action]),
    },
  },
  schemas: {
    InboundRequest: described(
      lenient,
      atLeast(operationFields, {
        requestData: described('Not read.', { type: 'object', properties: { body: { type: 'string' } } }),
        authorizationId: described('Not used.', orNull(text)),
        tid: described('Not used.', orNull(text)),
        nsu: described('Not used.', orNull(text)),
        ...furtherFields,
      }),
    ),
    InboundNotSupported: answer({
      code: constant('inbound-not-supported'),
      responseData: passedBack({ statusCode: constant(404) }),
    }),
    InboundFault: answer({ paymentId: orNull(text), requestId: orNull(text) }),
  },
};
