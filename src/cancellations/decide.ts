import type { ManualReason } from '../manual-cancellations/manual-reason.js';
import type { Attempt, Cancellation, Proof } from './cancellation.js';
import { nextStep, type Rules } from './next-step.js';

/**
 * What becomes of a cancellation's row.
 *
 * - `stay`: nothing changes.
 * - `cancelled`: proven; `standsDown` says that a person had been asked to do it.
 * - `manual`: a person must do it.
 * - `wait`: the follow-up looks again at `dueAt`.
 */
export type Move =
  | { readonly kind: 'stay' }
  | { readonly kind: 'cancelled'; readonly proof: Proof; readonly standsDown: boolean }
  | { readonly kind: 'manual'; readonly reason: ManualReason }
  | { readonly kind: 'wait'; readonly dueAt: Date };

/**
 * Decides what becomes of a cancellation after something was recorded, or time has passed. Pure, and over all attempts, so that a late
 * answer, a callback and a takeover come to the same decision in whatever order they arrive.
 *
 * @param about.attempts all of them, oldest first
 * @param about.now the database's clock
 * @param about.ownVersion the row's version since the attempt that the caller has just closed began; null for whoever only brings news
 */
export function decide(
  { state, version, claimedAt }: Pick<Cancellation, 'state' | 'version' | 'claimedAt'>,
  about: {
    readonly attempts: readonly Attempt[];
    readonly rules: Rules;
    readonly now: Date;
    readonly ownVersion: number | null;
  },
): Move {
  const { attempts, rules, now, ownVersion } = about;
  if (state === 'cancelled') return { kind: 'stay' };
  const step = nextStep({ claimedAt, attempts }, rules, now);
  if (step.kind === 'cancelled') return { ...step, standsDown: state === 'manual' };
  // Nothing but a proof takes it from a person.
  if (state === 'manual') return { kind: 'stay' };
  // A call of another process is under way: it decides, over all attempts, when its call has ended.
  if (state === 'asking' && version !== ownVersion) return { kind: 'stay' };
  return step.kind === 'manual' ? step : { kind: 'wait', dueAt: step.dueAt };
}
