import type { Transaction } from '../database.js';
import type { IssuerAccount, IssuerAccounts } from '../issuers/issuer-accounts.js';
import { recordEvent } from '../payments/payment-event.js';
import type { PaymentKey } from './cancellation.js';

/** Records what a cancel would have sent, for a payment that goes to a person because its issuer is in mode dry-run. */
export async function recordDryRun(
  sql: Transaction,
  key: PaymentKey,
  what: { readonly accounts: IssuerAccounts; readonly account: IssuerAccount; readonly reference: unknown },
): Promise<void> {
  const words = await what.accounts.describeCancel(what.account, what.reference);
  await recordEvent(sql, key, 'dry-run', `Dry run, nothing was sent. It would have been: ${words}`);
}
