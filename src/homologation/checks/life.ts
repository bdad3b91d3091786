import { Doubtful, demand, type Check } from '../check.js';
import { isText, newId, type Answer, type Session } from '../session.js';
import { knownIssue, sources } from '../sources.js';

/** Races are lost only sometimes. */
const RACES = 3;

/** The order of things: what may follow what, and what nobody may claim of a payment that it does not know. */
export const lifeChecks: readonly Check[] = [
  {
    id: 'life.cancel-unknown',
    title: 'No cancellationId for a payment never seen',
    why: 'VTEX closes the order and never asks again; whatever that payment did elsewhere stays done.',
    source: sources.cancel,
    async run(session) {
      const answer = readable(await session.cancel(await session.scriptedPayment('approved')));
      // Not documented. It is right only for a provider at which no payment can exist unseen.
      if (saysCancelled(answer))
        throw new Doubtful(
          'Success for a payment never seen: right only where none can exist beside these calls.',
          answer,
        );
    },
  },
  {
    id: 'life.create-after-early-cancel',
    title: 'Payment after its own cancellation: not approved',
    why: 'Calls can overtake each other. VTEX has closed the order, and the shopper is charged.',
    source: knownIssue(1417330, sources.create),
    async run(session) {
      const payment = await session.scriptedPayment('approved');
      const answer = readable(await session.cancel(payment));
      const created = readable(await session.create(payment));
      const isApproved = created.fields.status === 'approved';
      // For VTEX, the first two are the end of the cancellation; after anything else it asks again for a day.
      if (saysCancelled(answer) || answer.fields.code === 'cancel-manually')
        demand(!isApproved, `no approval after the cancellation was answered ${answer.status} ${answer.text}`, created);
      else if (isApproved)
        throw new Doubtful('Approved after a cancellation that came first; VTEX has to send it again.', created);
    },
  },
  {
    id: 'life.cancel-undefined',
    title: 'Cancellation of an undefined payment',
    why: 'A shopper who goes away has nothing authorized; VTEX cancels all the same, without an authorizationId.',
    source: knownIssue(486752, sources.cancel),
    async run(session) {
      const { answer } = await cancelledUndefined(session);
      if (saysCancelled(answer)) return;
      demand(answer.status < 400 || answer.status >= 500, 'no refusal of a documented request', answer);
      throw new Doubtful('Not cancelled: a merchant has to do it by hand, or VTEX to ask again.', answer);
    },
  },
  {
    id: 'life.undefined-stays-cancelled',
    title: 'Cancelled undefined payment is never approved',
    why: 'The order is closed; an approval afterwards charges the shopper for nothing.',
    source: knownIssue(1417330, sources.create),
    async run(session) {
      const { payment, answer } = await cancelledUndefined(session);
      if (!saysCancelled(answer)) return 'it was not cancelled';
      const created = await session.create(payment);
      demand(created.fields.status !== 'approved', 'no approval after the cancellation', created);
      return;
    },
  },
  {
    id: 'life.create-after-cancel',
    title: 'Payment repeated after its cancellation: denied',
    why: 'VTEX may still ask for the status, and takes "approved" for an authorization.',
    source: knownIssue(1417330, sources.create),
    async run(session) {
      const payment = await session.approvedPayment();
      const cancelled = await cancelledFirst(session.cancel(payment));
      const created = await session.create(payment);
      const words = `status "denied" after ${String(cancelled.fields.cancellationId)}`;
      demand(created.fields.status !== 'approved', words, created);
      if (created.status === 200 && created.fields.status !== 'denied')
        throw new Doubtful(`Better: ${words}.`, created);
    },
  },
  {
    id: 'life.settle-after-cancel',
    title: 'Settlement after a cancellation: refused',
    why: 'The money of a closed order must not be taken.',
    source: sources.settle,
    async run(session) {
      const payment = await session.approvedPayment();
      await cancelledFirst(session.cancel(payment));
      const settled = readable(await session.settle(payment));
      demand(!isText(settled.fields.settleId), 'settleId null', settled);
    },
  },
  {
    id: 'life.cancel-after-settle',
    title: 'Cancellation after a settlement: no false success',
    why: 'The money is taken; who hears a cancellationId believes that it was not. VTEX has refunds for this.',
    source: sources.flows,
    async run(session) {
      const { payment } = await session.settledPayment();
      const answer = readable(await session.cancel(payment));
      demand(!isText(answer.fields.cancellationId), 'cancellationId null', answer);
    },
  },
  {
    id: 'life.cancel-and-settle-at-once',
    title: 'Cancellation and settlement at once: one wins',
    why: 'VTEX sends both where order and invoice cross; money taken for a cancelled order is never seen again.',
    source: knownIssue(1309799, sources.cancel),
    async run(session) {
      for (let race = 0; race < RACES; race += 1) {
        const payment = await session.approvedPayment();
        const [cancelled, settled] = await Promise.all([session.cancel(payment), session.settle(payment)]);
        const isBoth = isText(cancelled.fields.cancellationId) && isText(settled.fields.settleId);
        demand(!isBoth, `settleId null beside ${cancelled.text}`, settled);
      }
    },
  },
  {
    id: 'life.settle-unknown',
    title: 'No settleId for a payment never seen',
    why: 'Nothing was authorized, so nothing can be taken.',
    source: sources.settle,
    async run(session) {
      const answer = readable(await session.settle(await session.scriptedPayment('approved')));
      demand(!isText(answer.fields.settleId), 'settleId null', answer);
    },
  },
  {
    id: 'life.refund-unknown',
    title: 'No refundId for a payment never seen',
    why: 'refundId must be null where nothing is given back.',
    source: sources.refund,
    async run(session) {
      const answer = readable(await session.refund(await session.scriptedPayment('approved'), newId()));
      demand(!isText(answer.fields.refundId), 'refundId null', answer);
    },
  },
  {
    id: 'life.cancel-denied',
    title: 'Cancellation of a denied payment is answered',
    why: 'VTEX also cancels payments that were not approved, and repeats it for a day.',
    source: sources.flows,
    async run(session) {
      const payment = await session.scriptedPayment('denied');
      const created = await session.create(payment);
      demand(created.fields.status === 'denied', 'status "denied"', created);
      const answer = readable(await session.cancel(payment));
      demand(answer.status < 400 || answer.status >= 500, 'no refusal of a documented request', answer);
    },
  },
  {
    id: 'life.cancel-without-authorization',
    title: 'Cancellation that names two ids and no more',
    why: "Two of the page's three examples have only paymentId and requestId.",
    source: sources.implementing,
    async run(session) {
      const payment = await session.approvedPayment();
      const requestId = newId();
      const body = JSON.stringify({ paymentId: payment.paymentId, requestId });
      const answer = await session.cancel(payment, { requestId, body });
      demand(saysCancelled(answer), 'a cancellationId', answer);
    },
  },
  {
    id: 'life.no-callback-after-cancel',
    title: 'No "approved" callback after a cancellation',
    why: 'It makes VTEX try the authorization again.',
    source: knownIssue(740499, sources.create),
    async run(session) {
      const { payment, answer, at } = await cancelledUndefined(session);
      if (!saysCancelled(answer)) return 'it was not cancelled';
      // From when the answer was here: a callback on its way may have crossed it.
      const restMs = Math.max(0, at + session.limits.callbackMs - performance.now());
      await new Promise((resolve) => setTimeout(resolve, restMs));
      const late = session.callbacks
        .callbacksOf(payment.paymentId)
        .find((callback) => callback.at > at && /"status"\s*:\s*"approved"/.test(callback.text));
      demand(late === undefined, 'no callback with status "approved"', late?.text ?? '');
      return;
    },
  },
];

/** Of an answer that says nothing it cannot be said that it claims nothing. */
function readable(answer: Answer): Answer {
  demand(answer.isObject, 'a JSON object in the body', answer);
  return answer;
}

const saysCancelled = ({ fields }: Answer) => isText(fields.cancellationId);

async function cancelledFirst(call: Promise<Answer>): Promise<Answer> {
  const answer = await call;
  demand(saysCancelled(answer), 'a cancellationId for an approved payment, which this check begins with', answer);
  return answer;
}

/** A payment that waits for its callback, and is cancelled meanwhile. */
function cancelledUndefined(session: Session) {
  return session.once('cancelled-undefined', async () => {
    const payment = await session.scriptedPayment('async-approved');
    const created = await session.create(payment);
    demand(created.fields.status === 'undefined', 'status "undefined"', created);
    const answer = await session.cancel(payment);
    return { payment, answer, at: performance.now() };
  });
}
