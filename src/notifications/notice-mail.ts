import { isIP } from 'node:net';
import { manualReasons, type ManualReason } from '../manual-cancellations/manual-reason.js';

/** What a notice is about. */
export interface NoticeSubject {
  readonly event: 'manual_required' | 'taken' | 'resolved' | 'not_needed';
  readonly paymentId: string;
  readonly orderId: string | null;
  readonly issuerName: string | null;
  readonly reference: Readonly<Record<string, unknown>> | null;
  readonly reason: ManualReason;
  readonly kind: 'whole' | 'partial' | 'linked-late' | 'refund';
  /** Of a refund, with its currency where that is known. */
  readonly amount: string | null;
  readonly sandbox: boolean;
  readonly openedAt: Date;
}

/** The words of a notice's mail: what, why, what to do, and the ids to copy. Nothing that names a shopper is in it. */
export function noticeMail(subject: NoticeSubject): { readonly subject: string; readonly text: string } {
  const what = subject.orderId === null ? `payment ${oneLine(subject.paymentId)}` : `order ${oneLine(subject.orderId)}`;
  const where = subject.issuerName === null ? '' : ` – ${subject.issuerName}`;
  const sandbox = subject.sandbox ? '[sandbox] ' : '';
  if (subject.event === 'not_needed') {
    return {
      subject: `${sandbox}No longer needed: manual cancellation – ${what}${where}`,
      text: [
        `The issuer confirmed the cancellation of ${what} after all. Nothing is left to do by hand.`,
        ids(subject),
      ].join('\n\n'),
    };
  }
  const task = subject.kind === 'refund' ? 'refund' : 'cancellation';
  return {
    subject: `${sandbox}1 manual ${task} – ${what}${where}`,
    text: [
      `A ${task} could not be done automatically and needs a person: ${what}${where}.`,
      `Why: ${manualReasons[subject.reason]}`,
      `What to do:\n${steps(subject)
        .map((step, at) => `  ${at + 1}. ${step}`)
        .join('\n')}`,
      ids(subject),
    ].join('\n\n'),
  };
}

function steps({ kind, issuerName, reason, amount }: NoticeSubject): string[] {
  const portal = issuerName === null ? "the issuer's portal" : `${issuerName}'s portal`;
  if (kind === 'refund') {
    return [
      `Give back ${amount === null ? 'the amount that VTEX shows' : oneLine(amount)} to the shopper, for this request once.`,
      `Decide what happens to the card, and do it in ${portal}.`,
    ];
  }
  if (kind === 'partial') {
    return [
      'Only a part of this payment was cancelled in VTEX, and a card can only be cancelled as a whole.',
      `Decide with the shopper what happens to the card, and do it in ${portal}.`,
    ];
  }
  if (reason === 'no_link') {
    return [
      'Find out which card this payment bought, if any; it was ordered outside of this service.',
      `If there is one, cancel it in ${portal}.`,
    ];
  }
  return [
    `Open ${portal} and find the card by the ids below.`,
    'Check its state first: it may be cancelled already.',
    'If it is not, cancel it there.',
  ];
}

function ids({ paymentId, orderId, reference, openedAt }: NoticeSubject): string {
  const lines = [
    `Payment: ${oneLine(paymentId)}`,
    ...(orderId === null ? [] : [`Order: ${oneLine(orderId)}`]),
    ...Object.entries(reference ?? {})
      .map(([name, value]) => [oneLine(name), oneLine(String(value))] as const)
      // A network address is the shopper's, and helps nobody to find the card.
      .filter(([, value]) => isIP(value) === 0)
      .map(([name, value]) => `${name}: ${value}`),
    `Since: ${openedAt.toISOString()}`,
  ];
  return lines.join('\n');
}

/** A header or line that came from outside must stay one line. */
const oneLine = (words: string) => words.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').slice(0, 300);
