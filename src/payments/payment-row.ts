import { statement, type Transaction } from '../database.js';

const insertPayment = statement(
  'insert-payment',
  `insert into payments (merchant_id, payment_id, sandbox, seen_before) values ($1, $2, $3, $4)
   on conflict on constraint payments_pk do nothing`,
);

/** `no key`, as wherever a payment is locked: see `claim-and-ask`. */
const lockPayment = statement(
  'lock-payment',
  'select 1 from payments where merchant_id = $1 and payment_id = $2 for no key update',
);

/**
 * Locks a payment's row until the transaction ends, and makes it before where there is none.
 *
 * @param ifNew what a row that is made says; `seenBefore` is false where a cancel is the first we hear of the payment
 */
export async function lockPaymentRow(
  sql: Transaction,
  { merchantId, paymentId }: { readonly merchantId: string; readonly paymentId: string },
  ifNew: { readonly sandbox: boolean; readonly seenBefore: boolean },
): Promise<void> {
  await sql.run(insertPayment, [merchantId, paymentId, ifNew.sandbox, ifNew.seenBefore]);
  await sql.run(lockPayment, [merchantId, paymentId]);
}

/** Joins what a row `m` of a payment is about as `r`: its newest reference, a late one before the one it was linked with. */
export const newestReference = `left join lateral (
     select issuer, reference from issuer_references r
     where r.merchant_id = m.merchant_id and r.payment_id = m.payment_id order by late desc, linked_at desc limit 1
   ) r on true`;
