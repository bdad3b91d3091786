import type { Transaction } from '../database.js';

/** Told of a card that was linked to a payment after its cancellation had begun; opens what a person must do about it. */
export abstract class LateLinks {
  abstract openForLateLink(
    sql: Transaction,
    key: { readonly merchantId: string; readonly paymentId: string },
  ): Promise<void>;
}
