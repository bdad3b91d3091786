import type { Check } from '../../operations/doctor.js';
import { anybody, inPath, otherResponse, responses, type Area } from '../operation.js';
import { choice, constant, described, exactly, listOf, ref, someObject, text } from '../schema.js';
import { fault, operatorToken, notLetIn } from './internal-call.js';

export const operations: Area = {
  name: 'Operations',
  description: 'How the service is. What is public here belongs behind the load balancer.',
  paths: {
    '/internal/doctor': {
      get: {
        operationId: 'examine',
        summary: 'Look at everything that the service needs',
        description:
          'Database, clock, queue, migrations, follow-up, notices, mail and public address, each in a sentence. Changes nothing.',
        security: operatorToken,
        responses: responses([
          {
            status: 200,
            means: 'What was looked at. Also 200 where something is at fault.',
            shape: ref('Checks'),
            example: { checks: [{ name: 'database', state: 'ok', words: 'Postgres 18.0 answered in 2 ms.' }] },
          },
          ...notLetIn,
          fault,
        ]),
      },
    },
    '/health/live': {
      get: {
        operationId: 'isLive',
        summary: 'Does the process live?',
        description: 'Asks nothing but the process itself.',
        security: anybody,
        responses: responses([
          {
            status: 200,
            means: 'It lives.',
            shape: exactly({ status: constant('live') }),
            example: { status: 'live' },
          },
        ]),
      },
    },
    '/health/ready': {
      get: {
        operationId: 'isReady',
        summary: 'May it get requests?',
        description:
          'The database is reachable and migrated, and the process is not stopping. An issuer that is away changes nothing here.',
        security: anybody,
        responses: responses([
          { status: 200, means: 'Yes.', shape: ref('Ready'), example: { status: 'ready', warnings: [] } },
          {
            status: 503,
            means: 'No.',
            shape: ref('NotReady'),
            example: { status: 'not-ready', why: 'the process is stopping', warnings: [] },
          },
        ]),
      },
    },
    '/metrics': {
      get: {
        operationId: 'showMetrics',
        summary: 'Figures for Prometheus',
        description: 'Labels are few and closed; never an id of a payment or request.',
        security: anybody,
        responses: { 200: otherResponse('The text format of Prometheus.', 'text/plain') },
      },
    },
    '/openapi.json': {
      get: {
        operationId: 'showOpenApi',
        summary: 'This document',
        description: 'OpenAPI 3.1.',
        security: anybody,
        responses: responses([
          { status: 200, means: 'The document.', shape: someObject, example: { openapi: '3.1.0' } },
        ]),
      },
    },
    '/docs': {
      get: {
        operationId: 'showDocs',
        summary: 'This document as a page',
        description: 'Works without script, and loads nothing but its style sheet.',
        security: anybody,
        responses: { 200: otherResponse('The page.', 'text/html') },
      },
    },
    '/docs/style.css': {
      get: {
        operationId: 'showDocsStyle',
        summary: "The page's style sheet",
        description: 'Light and dark, by what the reader prefers.',
        security: anybody,
        responses: { 200: otherResponse('The style sheet.', 'text/css') },
      },
    },
    '/test-suite/payments/{paymentId}': {
      get: {
        operationId: 'showTestSuitePage',
        summary: "Where the Test Suite's bank slips and redirects lead",
        description: 'Says in words that the payment is a script. The same for every payment.',
        security: anybody,
        parameters: [inPath('paymentId', 'Not looked at.', { type: 'string' })],
        responses: { 200: otherResponse('The page.', 'text/html') },
      },
    },
  },
  schemas: {
    Checks: exactly({
      checks: listOf(
        exactly<Check>({
          name: text,
          state: described(
            '`warning`: it works, and something about it should be known.',
            choice('ok', 'warning', 'fault'),
          ),
          words: text,
        }),
      ),
    }),
    Ready: exactly({ status: constant('ready'), warnings: listOf(text) }),
    NotReady: exactly({ status: constant('not-ready'), why: text, warnings: listOf(text) }),
  },
};
