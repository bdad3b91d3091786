import { demand, type Check } from '../check.js';
import { givenBy, isText, newId, type Answer, type Session, type Variation } from '../session.js';
import { sources } from '../sources.js';

/** What differs from page to page, or is added without notice, and must be understood all the same. */
export const leniencyChecks: readonly Check[] = [
  lifeCheck(
    'unknown-fields',
    'Unknown fields are ignored',
    'VTEX adds fields without notice.',
    sources.overview,
    () => ({ fields: { fieldOfTheFuture: { since: 2030, values: [null, true] } } }),
  ),
  lifeCheck(
    'decimal-text',
    'Amounts as text: "31,90"',
    'A guide writes amounts as text, with a comma.',
    sources.splitting,
    (operation) => ({ fields: operation === 'cancel' ? {} : { value: '31,90' } }),
  ),
  lifeCheck(
    'sandbox-text',
    'sandboxMode as text: "false"',
    'The page of cancellations says text, the OpenAPI says boolean.',
    sources.cancel,
    (operation) => ({ fields: operation === 'create' ? { sandBoxMode: 'false' } : { sandboxMode: 'false' } }),
  ),
  lifeCheck(
    'charset',
    'Content-Type with a charset',
    'The header is JSON with or without it.',
    sources.headers,
    () => ({ contentType: 'application/json; charset=utf-8' }),
  ),
  {
    id: 'lenient.payment-id',
    title: 'paymentId as a dashed, lower-case UUID',
    why: "Some of VTEX's examples have it so; it is an opaque text.",
    source: sources.create,
    async run(session) {
      const paymentId = newId()
        .toLowerCase()
        .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
      const payment = await session.approvedPayment(paymentId);
      demandId(await session.cancel(payment), 'cancellationId');
    },
  },
  {
    id: 'lenient.request-id',
    title: 'requestId of any form',
    why: 'VTEX documents 32 hexadecimal digits, "1234", and a time with an amount.',
    source: sources.splitting,
    async run(session) {
      for (const requestId of ['1234', '2019-02-04T22:53:42-40000'])
        demandId(await session.cancel(await session.approvedPayment(), { requestId }), 'cancellationId');
    },
  },
  {
    id: 'lenient.other-pair',
    title: 'Fields of the other spelling',
    why: 'inboundRequestUrl and inboundRequestsUrl, sandboxMode and sandBoxMode: pages and schema differ.',
    source: sources.create,
    async run(session) {
      const payment = await session.scriptedPayment('approved');
      const { inboundRequestsUrl } = payment.body;
      const fields = { inboundRequestsUrl: undefined, inboundRequestUrl: inboundRequestsUrl, sandboxMode: false };
      demandApproved(await session.create(payment, { fields }));
    },
  },
];

type Called = 'create' | 'cancel' | 'settle' | 'refund';

/** All four calls with the same peculiarity; all four must work. */
function lifeCheck(
  name: string,
  title: string,
  why: string,
  source: Check['source'],
  vary: (operation: Called) => Variation,
): Check {
  return {
    id: `lenient.${name}`,
    title,
    why,
    source,
    async run(session) {
      const [toCancel, toSettle] = [await approved(session, vary), await approved(session, vary)];
      demandId(await session.cancel(toCancel, vary('cancel')), 'cancellationId');
      const settled = await session.settle(toSettle, vary('settle'));
      const settleId = demandId(settled, 'settleId');
      demandId(await session.refund(toSettle, settleId, vary('refund')), 'refundId');
    },
  };
}

async function approved(session: Session, vary: (operation: Called) => Variation) {
  const payment = await session.scriptedPayment('approved');
  const answer = await session.create(payment, vary('create'));
  demandApproved(answer);
  return { ...payment, given: givenBy(answer) };
}

function demandApproved(answer: Answer): void {
  demand(answer.fields.status === 'approved', 'status "approved" for the card that scripts it', answer);
}

function demandId(answer: Answer, name: string): string {
  const id = answer.fields[name];
  demand(isText(id), `a ${name}`, answer);
  return id;
}
