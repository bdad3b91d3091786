import { demand, type Check } from '../check.js';
import {
  isText,
  newId,
  operations,
  suffixes,
  type Answer,
  type Payment,
  type Session,
  type Variation,
} from '../session.js';
import { cancelBody, refundBody, settleBody } from '../examples.js';
import { sources } from '../sources.js';

const KILOBYTE = 1_000;

/** What cannot be used must be refused in the protocol's words, and must not bring anything down. */
export const badRequestChecks: readonly Check[] = [
  refusalCheck('not-json', 'A body that is no JSON: 4xx', () => ({ body: 'paymentId=ABC&requestId=1' })),
  refusalCheck('half', 'Half a JSON body: 4xx', ({ ordinary }) => ({
    body: ordinary.slice(0, Math.floor(ordinary.length / 2)),
  })),
  refusalCheck('empty', 'An empty body: 4xx', () => ({ body: '' })),
  refusalCheck('array', 'An array as the body: 4xx', ({ ordinary }) => ({ body: `[${ordinary}]` })),
  refusalCheck('null', 'null as the body: 4xx', () => ({ body: 'null' })),
  refusalCheck('deep', 'An array nested 5000 deep: 4xx', () => ({ body: '['.repeat(5_000) + ']'.repeat(5_000) })),
  refusalCheck('no-payment-id', 'No paymentId: 4xx', () => ({ fields: { paymentId: undefined } })),
  refusalCheck('no-request-id', 'No requestId: 4xx', () => ({ fields: { requestId: undefined } }), [
    'cancel',
    'settle',
    'refund',
  ]),
  refusalCheck('payment-id-type', 'A paymentId that is an object: 4xx', ({ paymentId }) => ({
    fields: { paymentId: { id: paymentId } },
  })),
  refusalCheck('request-id-type', 'A requestId that is a list: 4xx', () => ({ fields: { requestId: [newId()] } }), [
    'cancel',
    'settle',
    'refund',
  ]),
  refusalCheck(
    'path',
    'A badly encoded path: 4xx',
    ({ operation }) => ({ path: `/payments/%zz/${operation === 'create' ? '' : suffixes[operation]}` }),
    ['cancel', 'settle', 'refund'],
  ),
  {
    id: 'bad-request.other-payment',
    title: 'paymentId of the body is not the one of the path',
    why: 'One of the two would be cancelled or settled by mistake.',
    source: sources.cancel,
    async run(session) {
      const [inPath, inBody] = [await session.approvedPayment(), await session.approvedPayment()];
      const differing = { fields: { paymentId: inBody.paymentId }, isRegular: false };
      for (const operation of ['cancel', 'settle', 'refund'] as const)
        demandRefusal(await session.call(operation, inPath, differing));
      for (const payment of [inPath, inBody]) {
        const settled = await session.settle(payment);
        demand(isText(settled.fields.settleId), 'a settleId: nothing was done to the payment', settled);
      }
    },
  },
  survivalCheck('oversize', 'A body of 300 kB', () => ({ fields: { padding: 'x'.repeat(300 * KILOBYTE) } })),
  survivalCheck('surrogates', 'Half a character in ids and texts', ({ ordinary, paymentId }) => ({
    // Escaped: JSON lets it through, databases and UTF-8 do not.
    body: ordinary.replaceAll('value1', '\\ud800').replace(/"requestId":"[^"]+"/, `"requestId":"${paymentId}\\udfff"`),
  })),
  survivalCheck('control-characters', 'NUL characters in texts and requestId', ({ ordinary, paymentId }) => ({
    body: ordinary.replaceAll('value1', '\\u0000').replace(/"requestId":"[^"]+"/, `"requestId":"${paymentId}\\u0000"`),
  })),
  survivalCheck('not-utf8', 'Bytes that are not UTF-8', ({ ordinary }) => ({
    body: Buffer.from(ordinary.replaceAll('value1', 'caf\xe9'), 'latin1'),
  })),
  survivalCheck('long-id', 'A paymentId of 5000 characters', ({ paymentId }) => ({
    fields: { paymentId: paymentId.repeat(157) },
  })),
  survivalCheck('prototype', 'Fields named __proto__ and constructor', ({ ordinary }) => ({
    body: `{"__proto__":{"status":"approved"},"constructor":{"prototype":{}},${ordinary.slice(1)}`,
  })),
];

type CalledOperation = (typeof operations)[number];

interface Ordinary {
  readonly operation: CalledOperation;
  readonly paymentId: string;
  /** The right body, as JSON. */
  readonly ordinary: string;
}

/** Of payments that the provider does not know: a refusal must come before it looks. */
function refusalCheck(
  name: string,
  title: string,
  spoil: (ordinary: Ordinary) => Variation,
  of: readonly CalledOperation[] = operations,
): Check {
  return badRequestCheck(name, title, of, async (session, operation) => {
    const payment = await session.scriptedPayment('approved');
    const ordinary = JSON.stringify(bodyFor(operation, payment, newId()));
    const variation = { ...spoil({ operation, paymentId: payment.paymentId, ordinary }), isRegular: false };
    demandRefusal(await session.call(operation, payment, variation));
  });
}

/** Undocumented: it may be refused, or done like any other request. Of payments with which it would be done. */
function survivalCheck(name: string, title: string, spoil: (ordinary: Ordinary) => Variation): Check {
  return badRequestCheck(name, title, operations, async (session, operation) => {
    const { payment, settleId } = await ready(session, operation);
    const ordinary = JSON.stringify(bodyFor(operation, payment, settleId));
    const variation = { ...spoil({ operation, paymentId: payment.paymentId, ordinary }), isRegular: false };
    const answer = await session.call(operation, payment, variation);
    demand(answer.status < 500, 'a refusal with 4xx, or the ordinary answer', answer);
    demand(answer.isObject, 'a JSON object in the body', answer);
  });
}

function badRequestCheck(
  name: string,
  title: string,
  of: readonly CalledOperation[],
  attempt: (session: Session, operation: CalledOperation) => Promise<void>,
): Check {
  return {
    id: `bad-request.${name}`,
    title,
    why: 'A crash or a hanging call is an outage; what is answered 5xx is repeated for a day and counts against the connector.',
    source: sources.create,
    async run(session) {
      for (const operation of of) {
        await attempt(session, operation);
        const next = await session.manifest();
        demand(next.status === 200, 'status 200 for the next good request', next);
      }
    },
  };
}

/** A payment on which the operation can be done. */
async function ready(session: Session, operation: CalledOperation): Promise<{ payment: Payment; settleId: string }> {
  if (operation === 'refund') return session.settledPayment();
  const payment = operation === 'create' ? await session.scriptedPayment('approved') : await session.approvedPayment();
  return { payment, settleId: newId() };
}

function bodyFor(operation: CalledOperation, payment: Payment, settleId: string): object {
  const { paymentId, transactionId, given } = payment;
  const later = { paymentId, transactionId, requestId: newId(), ...given };
  if (operation === 'create') return payment.body;
  if (operation === 'cancel') return cancelBody(later);
  return operation === 'settle' ? settleBody(later) : refundBody(later, settleId);
}

function demandRefusal(answer: Answer): void {
  demand(answer.status >= 400 && answer.status < 500, 'status 400', answer);
  demand(answer.isObject, 'a JSON object in the body', answer);
  const { cancellationId, settleId, refundId, status, message } = answer.fields;
  const claims = [cancellationId, settleId, refundId].some((id) => isText(id)) || status === 'approved';
  demand(!claims, 'no claim that something was done', answer);
  demand(isText(message), 'a message that says why', answer);
}
