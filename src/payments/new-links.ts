import type { Transaction } from '../database.js';

/** Told of a payment that was just linked and may be approved by that; tells VTEX where VTEX waits for it. */
export abstract class NewLinks {
  abstract announce(sql: Transaction, key: { readonly merchantId: string; readonly paymentId: string }): Promise<void>;
}
