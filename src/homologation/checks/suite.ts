import type { Callback } from '../callback-listener.js';
import { Failed, demand, type Check } from '../check.js';
import { listedMethods, scriptedCards } from '../examples.js';
import { isText, readObject, type Answer, type Payment, type Session } from '../session.js';
import { faultsOf, manifestShape } from '../shapes.js';
import { sources } from '../sources.js';

/** The flows of VTEX's own Payment Provider Test Suite. A connector is not published before it passes those of its methods. */
export const suiteChecks: readonly Check[] = [
  {
    id: 'suite.check-url',
    title: 'Check URL: GET /manifest',
    why: 'VTEX reads from it which methods the connector offers, and tests only those.',
    source: sources.manifest,
    async run(session) {
      const answer = await session.once('manifest', () => session.manifest());
      demand(answer.status === 200, 'status 200', answer);
      const faults = faultsOf(manifestShape, answer.fields);
      demand(faults === null, `the manifest's documented shape (${faults})`, answer);
      for (const name of await session.methods()) {
        const listed = listedSpelling(name);
        demand(listed === name, `"${listed}", as VTEX spells this method`, `"${name}"`);
      }
    },
  },
  {
    id: 'suite.authorize',
    title: 'Authorize: payment, settlement, refund',
    why: 'The whole life of an ordinary payment.',
    source: sources.testSuite,
    async run(session) {
      const { payment, settleId } = await session.settledPayment();
      const refunded = await session.refund(payment, settleId);
      demand(refunded.status === 200 && isText(refunded.fields.refundId), 'a refundId for a settled payment', refunded);
    },
  },
  {
    id: 'suite.denied',
    title: 'Denied',
    why: 'A shopper whose card is refused must be told so at once.',
    source: sources.testSuite,
    async run(session) {
      await createWith(session, await session.scriptedPayment('denied'), 'denied');
    },
  },
  {
    id: 'suite.cancel',
    title: 'Cancel: payment, cancellation',
    why: 'VTEX cancels what it has not settled; without a cancellationId a person has to.',
    source: sources.testSuite,
    async run(session) {
      const answer = await session.cancel(await session.approvedPayment());
      demand(
        answer.status === 200 && isText(answer.fields.cancellationId),
        'a cancellationId for an approved payment',
        answer,
      );
    },
  },
  {
    id: 'suite.async-approved',
    title: 'Async Approved: undefined, then the callback',
    why: 'A payment that is decided later is told to VTEX at its callbackUrl; nobody else does it.',
    source: sources.testSuite,
    async run(session) {
      demandStatus((await session.asyncPayment()).callback, 'approved');
    },
  },
  {
    id: 'suite.async-denied',
    title: 'Async Denied: undefined, then the callback',
    why: 'Without it the shopper waits until VTEX gives the payment up.',
    source: sources.testSuite,
    async run(session) {
      const payment = await session.scriptedPayment('async-denied');
      await createWith(session, payment, 'undefined');
      demandStatus(await session.callbackOf(payment), 'denied');
    },
  },
  {
    id: 'suite.bank-invoice',
    title: 'Bank invoice: undefined with a slip, then approved',
    why: 'The shopper pays the slip later, and needs its address now.',
    source: sources.testSuite,
    async run(session) {
      const payment = session.newPayment(await session.slipMethod(), null);
      const answer = await createWith(session, payment, 'undefined');
      demandAddress(answer, ['paymentUrl', 'bankIssueUrl', 'bankIssueInvoiceUrl']);
      await approvedLater(session, payment);
    },
  },
  {
    id: 'suite.redirect',
    title: 'Redirect: undefined with an address, then approved',
    why: 'The shopper is sent there to pay.',
    source: sources.testSuite,
    async run(session) {
      const payment = session.newPayment(await session.redirectMethod(), null);
      const answer = await createWith(session, payment, 'undefined');
      demandAddress(answer, ['paymentUrl', 'redirectUrl']);
      await approvedLater(session, payment);
    },
  },
];

/** VTEX's name for what is this method but for blanks, signs, accents and capitals; the name itself where it lists none. */
function listedSpelling(name: string): string {
  const bare = (text: string) =>
    text
      .normalize('NFD')
      .replace(/[^a-z0-9]/gi, '')
      .toLowerCase();
  const { card, slip, redirect, other } = listedMethods;
  return [...card, ...slip, ...redirect, ...other].find((listed) => bare(listed) === bare(name)) ?? name;
}

async function createWith(session: Session, payment: Payment, status: string): Promise<Answer> {
  const answer = await session.create(payment);
  const { number } = payment.body.card as { readonly number: string | null };
  const script = Object.entries(scriptedCards).find(([, card]) => card === number)?.[0];
  const whose =
    script === undefined ? `a payment by ${String(payment.body.paymentMethod)}` : `the card that scripts "${script}"`;
  demand(answer.status === 200 && answer.fields.status === status, `status "${status}" for ${whose}`, answer);
  return answer;
}

function demandAddress(answer: Answer, names: readonly string[]): void {
  const addresses = names.map((name) => answer.fields[name]).filter((value) => isText(value));
  demand(
    addresses.some((address) => URL.canParse(address) && /^https?:/i.test(address)),
    `an http or https address in ${names.join(', ')}`,
    answer,
  );
}

function demandStatus(callback: Callback, status: string): void {
  demand(
    readObject(callback.text).fields.status === status,
    `a callback with status "${status}"`,
    `${callback.method} with ${callback.text === '' ? 'no body' : callback.text}`,
  );
}

/** By a callback; or, where none came, in the answer to the repeated create request, with which VTEX asks again. */
async function approvedLater(session: Session, payment: Payment): Promise<void> {
  try {
    demandStatus(await session.callbackOf(payment), 'approved');
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    const { fields } = await session.create(payment);
    if (fields.status !== 'approved') throw error;
  }
}
