import { Failed, Skipped, demand, type Check } from '../check.js';
import { isText, newId, type Answer } from '../session.js';
import { sources } from '../sources.js';

/** As many as a busy gateway may have under way for one payment. */
const AT_ONCE = 20;

/** How much is shown around the first difference of two answers. */
const CONTEXT = 60;

/**
 * What comes twice. VTEX repeats calls that it got no answer to, or no final one, and sometimes calls in parallel; its Test Suite
 * tries none of it.
 */
export const repeatChecks: readonly Check[] = [
  {
    id: 'repeat.create',
    title: 'Repeated payment: the same answer',
    why: 'VTEX calls again with the same paymentId to learn the status; a second authorization charges the card twice.',
    source: sources.create,
    async run(session) {
      const payment = await session.scriptedPayment('approved');
      const first = await session.create(payment);
      demand(first.fields.status === 'approved', 'status "approved"', first);
      demandSame(first, await session.create(payment));
    },
  },
  {
    id: 'repeat.create-denied',
    title: 'Repeated denied payment: the same answer',
    why: 'A refused card must not be tried again under the same paymentId.',
    source: sources.create,
    async run(session) {
      const payment = await session.scriptedPayment('denied');
      const first = await session.create(payment);
      demand(first.fields.status === 'denied', 'status "denied"', first);
      demandSame(first, await session.create(payment));
    },
  },
  {
    id: 'repeat.cancel',
    title: 'Repeated cancellation: the same answer',
    why: 'requestId makes it one request, however often it is sent; its final answer must never change.',
    source: sources.cancel,
    async run(session) {
      const payment = await session.approvedPayment();
      const requestId = newId();
      await sameTwice(() => session.cancel(payment, { requestId }));
    },
  },
  {
    id: 'repeat.settle',
    title: 'Repeated settlement: the same answer',
    why: 'A second settlement under the same requestId would take the money twice.',
    source: sources.settle,
    async run(session) {
      const payment = await session.approvedPayment();
      const requestId = newId();
      await sameTwice(() => session.settle(payment, { requestId }));
    },
  },
  {
    id: 'repeat.refund',
    title: 'Repeated refund: the same answer',
    why: 'A second refund under the same requestId would give the money back twice.',
    source: sources.refund,
    async run(session) {
      const { payment, settleId } = await session.settledPayment();
      const requestId = newId();
      await sameTwice(() => session.refund(payment, settleId, { requestId }));
    },
  },
  {
    id: 'repeat.cancel-new-request',
    title: 'Second cancellation, new requestId: the same id',
    why: 'A payment is cancelled once. Whoever hears null the second time believes that it failed.',
    source: sources.cancel,
    async run(session) {
      const payment = await session.approvedPayment();
      const first = await cancelled(session.cancel(payment));
      const second = await session.cancel(payment);
      const { cancellationId } = first.fields;
      demand(
        second.status === 200 && second.fields.cancellationId === cancellationId,
        `cancellationId ${String(cancellationId)} again`,
        second,
      );
    },
  },
  {
    id: 'repeat.request-id-of-two-payments',
    title: 'One requestId for two payments: two cancellations',
    why: "One of VTEX's forms of requestId is a time and an amount, and not unique: two payments can share it.",
    source: sources.splitting,
    async run(session) {
      const requestId = `2019-02-04T22:53:42-${String(Math.floor(Math.random() * 1e9))}`;
      const payments = [await session.approvedPayment(), await session.approvedPayment()] as const;
      const first = await cancelled(session.cancel(payments[0], { requestId }));
      const second = await cancelled(session.cancel(payments[1], { requestId }));
      demand(second.fields.paymentId === payments[1].paymentId, `paymentId ${payments[1].paymentId}`, second);
      demand(first.fields.cancellationId !== second.fields.cancellationId, 'another cancellationId', second);
    },
  },
  {
    id: 'repeat.create-in-flight',
    title: `${AT_ONCE} equal payments at once: one answer`,
    why: 'The second call may come before the first is answered; both must not authorize.',
    source: sources.create,
    async run(session) {
      const payment = await session.scriptedPayment('approved');
      const answer = await oneAnswer(() => session.create(payment));
      demand(answer.fields.status === 'approved', 'status "approved"', answer);
    },
  },
  {
    id: 'repeat.cancel-in-flight',
    title: `${AT_ONCE} equal cancellations at once: one answer`,
    why: 'A duplicate that is told 409 or 500 looks like a cancellation that failed.',
    source: sources.cancel,
    async run(session) {
      const payment = await session.approvedPayment();
      const requestId = newId();
      await oneAnswer(() => session.cancel(payment, { requestId }));
    },
  },
  {
    id: 'repeat.settle-in-flight',
    title: `${AT_ONCE} equal settlements at once: one answer`,
    why: 'They must take the money once.',
    source: sources.settle,
    async run(session) {
      const payment = await session.approvedPayment();
      const requestId = newId();
      await oneAnswer(() => session.settle(payment, { requestId }));
    },
  },
  {
    id: 'repeat.refund-in-flight',
    title: `${AT_ONCE} equal refunds at once: one answer`,
    why: 'They must give the money back once.',
    source: sources.refund,
    async run(session) {
      const { payment, settleId } = await session.settledPayment();
      const requestId = newId();
      await oneAnswer(() => session.refund(payment, settleId, { requestId }));
    },
  },
  {
    id: 'repeat.cancels-in-flight',
    title: `${AT_ONCE} cancellations under ${AT_ONCE} requestIds: one id`,
    why: 'Merchant, shopper and a time-out may cancel in the same moment; it is still one cancellation.',
    source: sources.cancel,
    async run(session) {
      const payment = await session.approvedPayment();
      const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => session.cancel(payment)));
      const first = answers.find(({ fields }) => isText(fields.cancellationId));
      demand(first !== undefined, 'a cancellationId', answers[0] as Answer);
      for (const answer of answers) {
        const { cancellationId } = answer.fields;
        // Null is "not yet", and VTEX asks again; another id is another cancellation.
        const isOne = cancellationId === first.fields.cancellationId || cancellationId === null;
        demand(isOne, `cancellationId ${String(first.fields.cancellationId)} or null`, answer);
      }
    },
  },
];

async function sameTwice(send: () => Promise<Answer>): Promise<void> {
  const first = await send();
  if (!isFinal(first)) throw new Skipped(`the first answer was not final: ${first.status} ${first.text}`);
  demandSame(first, await send());
  demandSame(first, await send());
}

async function oneAnswer(send: () => Promise<Answer>): Promise<Answer> {
  const answers = await Promise.all(Array.from({ length: AT_ONCE }, send));
  const [first, ...others] = answers as [Answer, ...Answer[]];
  for (const answer of answers) demand(answer.status < 400, 'no 409 and no 5xx for a duplicate', answer);
  for (const answer of others) demandSame(first, answer);
  if (isFinal(first)) demandSame(first, await send());
  return first;
}

async function cancelled(call: Promise<Answer>): Promise<Answer> {
  const answer = await call;
  demand(isText(answer.fields.cancellationId), 'a cancellationId for an approved payment', answer);
  return answer;
}

function demandSame(first: Answer, again: Answer): void {
  if (first.status === again.status && first.text === again.text) return;
  let from = 0;
  while (from < first.text.length && first.text[from] === again.text[from]) from += 1;
  const words = ({ status, text }: Answer) =>
    `status ${status}, and from character ${from} on: ${text.slice(Math.max(0, from - CONTEXT), from + CONTEXT)}`;
  throw new Failed(`the bytes of the first answer, ${words(first)}`, words(again));
}

/** Answers that say "not yet" may become better ones. */
function isFinal({ call, status, fields }: Answer): boolean {
  if (status >= 500 && status !== 501) return false;
  if (call.operation === 'create') return fields.status === 'approved' || fields.status === 'denied';
  const ids = [fields.cancellationId, fields.settleId, fields.refundId];
  return ids.some((id) => isText(id)) || /^(cancel|refund)-manually$/.test(String(fields.code));
}
