import { type Sql, statement } from '../database.js';

const insertEvent = statement(
  'insert-payment-event',
  'insert into payment_events (merchant_id, payment_id, kind, words) values ($1, $2, $3, $4)',
);

/** Kinds of things that a payment's history shows besides its requests and attempts. */
export type PaymentEventKind =
  | 'alert'
  | 'linked'
  | 'linked-late'
  | 'link-refused'
  | 'invalid-request'
  | 'other-content'
  | 'lease-expired'
  | 'late-answer'
  | 'stood-down'
  | 'callback'
  | 'waits'
  | 'mode'
  | 'dry-run'
  | 'manual-opened'
  | 'taken-over'
  | 'persons-word'
  | 'created'
  | 'settled'
  | 'vtex-called'
  | 'vtex-not-called';

/** Adds a sentence to a payment's history. Never a secret, a card number or a raw body in it. */
export async function recordEvent(
  sql: Sql,
  { merchantId, paymentId }: { readonly merchantId: string; readonly paymentId: string },
  kind: PaymentEventKind,
  words: string,
): Promise<void> {
  await sql.run(insertEvent, [merchantId, paymentId, kind, words.slice(0, 1000)]);
}
