import type { IssuerMode } from '../config.js';
import type { ManualReason } from '../manual-cancellations/manual-reason.js';
import type { PaymentView } from './cancellation-store.js';

/**
 * What a cancel of a payment without a cancellation becomes.
 *
 * - `ask`: the issuer is asked at once.
 * - `wait`: the issuer is paused or not configured; nothing is sent, and it is not given up yet.
 * - `cancelled`: we know the payment, and nothing was ever linked to it.
 * - `manual`: only a person can do it.
 * - `partial`: a person does it for this request; the payment's one effect is not taken.
 */
export type Claim =
  | { readonly kind: 'ask' | 'wait' | 'cancelled' | 'partial' }
  | {
      readonly kind: 'manual';
      readonly reason: Extract<ManualReason, 'no_link' | 'already_settled' | 'mode_manual' | 'dry_run'>;
    };

/**
 * Decides what a cancel becomes. Pure.
 *
 * @param payment null when we never saw it
 * @param value of the request; null when absent
 * @param mode of the account that holds the card; null when there is no such account
 */
export function decideClaim(payment: PaymentView | null, value: number | null, mode: IssuerMode | null): Claim {
  // Its card may have been ordered before us, or beside us.
  if (!payment?.seenBefore) return { kind: 'manual', reason: 'no_link' };
  if (payment.isSettled) return { kind: 'manual', reason: 'already_settled' };
  if (isPartial(value, payment.valueInCents)) return { kind: 'partial' };
  if (!payment.link) return { kind: 'cancelled' };
  if (mode === 'manual') return { kind: 'manual', reason: 'mode_manual' };
  if (mode === 'dry-run') return { kind: 'manual', reason: 'dry_run' };
  return { kind: mode === 'live' ? 'ask' : 'wait' };
}

/**
 * VTEX's documents write a cancel's `value` in cents and the same amount elsewhere in currency units, so either reading of
 * the whole amount is whole; so is anything that is not smaller than it in cents.
 */
export function isPartial(value: number | null, paymentValueInCents: number | null): boolean {
  if (value === null || paymentValueInCents === null) return false;
  if (Math.round(value * 100) === paymentValueInCents) return false;
  return value < paymentValueInCents;
}
