import type {
  AuthorizationHistory,
  CallbackHistory,
  OperationHistory,
} from '../../authorizations/authorization-history.js';
import type { ExplainedIssuer, Explanation } from '../../cancellations/explanation.js';
import type { CancellationHistory, PaymentHistory } from '../../cancellations/payment-history.js';
import { issuerModes } from '../../config.js';
import { manualReasons } from '../../manual-cancellations/manual-reason.js';
import { answers } from '../../vtex/cancellation-answer.js';
import { inPath, responses, type Area, type Parameter } from '../operation.js';
import {
  choice,
  count,
  described,
  exactly,
  flag,
  identifier,
  listOf,
  number,
  orNull,
  ref,
  someObject,
  text,
  time,
} from '../schema.js';
import { fault, linkToken, merchantInQuery, operatorToken, refusal, notLetIn, wrongMerchant } from './internal-call.js';
import { exampleIssuerName, exampleLink } from './references.js';
import { pageExample } from './vtex-call.js';

const { success, cancellationId } = pageExample;

const request = {
  requestId: success.requestId,
  answer: JSON.parse(answers.cancelled(success, cancellationId).body) as unknown,
  final: true,
};

const events = [{ at: '2026-11-21T09:00:00.000Z', kind: 'linked', text: `Linked to ${exampleLink.issuer}.` }];

export const historyExample = {
  paymentId: success.paymentId,
  ...exampleLink,
  value: 2300,
  orderId: '1234567-01',
  sandbox: false,
  authorization: null,
  cancellation: {
    state: 'cancelled',
    cancellationId,
    reason: null,
    nextCheckAt: null,
    requests: [request],
    attempts: [
      {
        kind: 'cancel',
        outcome: 'cancelled',
        startedAt: '2026-11-21T10:00:00.101Z',
        endedAt: '2026-11-21T10:00:00.398Z',
        httpStatus: 200,
        issuerCode: 'ok',
        issuerText: null,
        traceId: null,
        late: false,
      },
    ],
    events,
  },
  lateReferences: [],
  requests: [request],
  events,
};

const unheardOf = refusal(404, 'Nothing was ever heard of this payment.', 'Nothing was ever heard of this payment.');

const parameters: readonly Parameter[] = [
  inPath('paymentId', "VTEX's id of the payment.", identifier),
  merchantInQuery,
];
const refusals = [...notLetIn, unheardOf, wrongMerchant, fault];

export const history: Area = {
  name: 'Histories',
  description: 'Everything that happened to a payment, and what would happen next.',
  paths: {
    '/internal/payments/{paymentId}': {
      get: {
        operationId: 'showPayment',
        summary: 'Show everything that happened to a payment',
        description: `Its link, its state, every request of VTEX's with its answer, every exchange with the issuer, and events: alerts, late answers, unusable requests, refused links.

\`value\` is in cents; the amounts under \`authorization\` are in currency units, as VTEX wrote them.`,
        security: linkToken,
        parameters,
        responses: responses([
          {
            status: 200,
            means: 'The payment, in one snapshot.',
            shape: ref('PaymentHistory'),
            example: historyExample,
          },
          ...refusals,
        ]),
      },
    },
    '/internal/payments/{paymentId}/explain': {
      get: {
        operationId: 'explainPayment',
        summary: 'Say what would happen now, and why',
        description: 'In sentences, by the same rules that act. Changes nothing, and asks no issuer.',
        security: operatorToken,
        parameters,
        responses: responses([
          {
            status: 200,
            means: 'What would happen now.',
            shape: ref('Explanation'),
            example: {
              paymentId: success.paymentId,
              now: `A cancel would be sent to ${exampleIssuerName} at once.`,
              why: ['Nobody has asked for its cancellation yet.'],
              link: { ...exampleLink, sandbox: false },
              issuer: {
                name: exampleIssuerName,
                isConfigured: true,
                mode: 'live',
                circuit: 'closed',
                callsUnderWay: 0,
                canQuery: true,
                callback: 'none',
                resendAfterUnknown: 'A cancel whose outcome is unknown may be sent again, up to three in all.',
              },
              cancellation: null,
            },
          },
          ...refusals,
        ]),
      },
    },
    '/internal/payments/{paymentId}/check': {
      post: {
        operationId: 'checkPayment',
        summary: 'Look now instead of when it is due',
        description: `Asks the issuer for the state, or sends the cancel again, as far as the issuer's rules allow it now, and shows what came of it. Needs no body. Where nothing is open it changes nothing, so it may be sent again at will.`,
        security: operatorToken,
        parameters,
        responses: responses([
          { status: 200, means: 'The payment afterwards.', shape: ref('PaymentHistory'), example: historyExample },
          ...refusals,
        ]),
      },
    },
  },
  schemas: {
    PaymentHistory: exactly<PaymentHistory>({
      paymentId: text,
      issuer: orNull(text),
      reference: described('As it was linked.', orNull(someObject)),
      value: described('In cents; null where it is not known.', orNull(count)),
      orderId: orNull(text),
      sandbox: described('Null where only an unusable request is known.', orNull(flag)),
      authorization: described(
        'Null where VTEX neither created, settled nor refunded it here.',
        orNull(ref('Authorization')),
      ),
      cancellation: described('Null where nobody has asked for one.', orNull(ref('Cancellation'))),
      lateReferences: described(
        'Cards that were linked after a cancellation had begun.',
        listOf(exactly<PaymentHistory['lateReferences'][number]>({ issuer: text, reference: someObject })),
      ),
      requests: listOf(ref('Request')),
      events: listOf(ref('Event')),
    }),
    Cancellation: exactly<CancellationHistory>({
      state: described(
        '`asking`: a call to the issuer may be under way. `waiting`: looked at again at `nextCheckAt`. `cancelled`: final. `manual`: a person does it, and only a late proof changes that.',
        choice('asking', 'waiting', 'cancelled', 'manual'),
      ),
      cancellationId: described('Only on proof.', orNull(text)),
      reason: described('Why a person must do it.', choice(...Object.keys(manualReasons), null)),
      nextCheckAt: orNull(time),
      requests: listOf(ref('Request')),
      attempts: described('Every exchange with the issuer, oldest first.', listOf(ref('Attempt'))),
      events: listOf(ref('Event')),
    }),
    Attempt: exactly<CancellationHistory['attempts'][number]>({
      kind: choice('cancel', 'query', 'callback'),
      outcome: described(
        'What the answer means; null while it is awaited.',
        choice('cancelled', 'already-cancelled', 'not-cancelled', 'pending', 'refused', 'retry', 'unknown', null),
      ),
      startedAt: time,
      endedAt: orNull(time),
      httpStatus: described('Null where no answer came.', orNull(count)),
      issuerCode: described(
        "The issuer's own code, or the name of the fault of the network.",
        orNull({ type: 'string' }),
      ),
      issuerText: described('What the issuer said, masked.', orNull({ type: 'string' })),
      traceId: described("The issuer's id of the exchange, for its support.", orNull({ type: 'string' })),
      late: described('It came after the state had been decided without it.', flag),
    }),
    Request: exactly<PaymentHistory['requests'][number]>({
      requestId: text,
      answer: described('The final answer, as VTEX got it; null where there is none yet.', orNull(someObject)),
      final: flag,
    }),
    Event: exactly<PaymentHistory['events'][number]>({ at: time, kind: text, text }),
    Authorization: exactly<AuthorizationHistory>({
      status: choice('approved', 'denied', 'undefined'),
      authorizationId: orNull(text),
      tid: orNull(text),
      value: described('In currency units.', orNull(number)),
      currency: orNull(text),
      paymentMethod: orNull(text),
      transactionId: orNull(text),
      settleId: orNull(text),
      settledAt: orNull(time),
      settlements: listOf(ref('Operation')),
      refunds: listOf(ref('Operation')),
      callback: described('The call that tells VTEX of the status.', orNull(ref('StatusCall'))),
    }),
    Operation: exactly<OperationHistory>({
      requestId: text,
      value: described('In currency units.', orNull(number)),
      answeredAt: time,
      answer: someObject,
    }),
    StatusCall: exactly<CallbackHistory>({
      status: choice('approved', 'denied'),
      state: choice('waiting', 'delivered', 'cancelled', 'answered', 'given-up'),
      tries: count,
      nextTryAt: orNull(time),
      lastFault: orNull({ type: 'string' }),
    }),
    Explanation: exactly<Explanation>({
      paymentId: text,
      now: described('What happens if VTEX asks now, in one sentence.', text),
      why: listOf(text),
      link: orNull(
        exactly<NonNullable<Explanation['link']>>({ issuer: text, reference: orNull(someObject), sandbox: flag }),
      ),
      issuer: described('Null where nothing is linked.', orNull(ref('ExplainedIssuer'))),
      cancellation: orNull(
        exactly<NonNullable<Explanation['cancellation']>>({
          state: choice('asking', 'waiting', 'cancelled', 'manual'),
          next: described(
            'What is done next by itself.',
            orNull(exactly({ kind: choice('send', 'query', 'wait'), notBefore: orNull(time), dueAt: time })),
          ),
          giveUpAt: orNull(time),
        }),
      ),
    }),
    ExplainedIssuer: exactly<ExplainedIssuer>({
      name: text,
      isConfigured: flag,
      mode: choice(...issuerModes, null),
      circuit: described('Of the process that answers.', choice('closed', 'open', null)),
      callsUnderWay: orNull(count),
      canQuery: flag,
      callback: choice('configured', 'with-task', 'none'),
      resendAfterUnknown: text,
    }),
  },
};
