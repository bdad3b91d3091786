import type { CallbackNews } from '../issuers/issuer.js';
import type { Attempt, CancellationState } from './cancellation.js';

/**
 * What is done about a callback.
 *
 * - `record`: it is an attempt like any other, and decides.
 * - `check`: it proves nothing, but a look is worth it.
 * - `alarm`: it contradicts a refusal; a look, and a person must look too.
 * - `later`: a cancel of ours is under way, and its end says what the callback is worth.
 * - `nothing`: it says what we know.
 */
export type CallbackWorth = 'record' | 'check' | 'alarm' | 'later' | 'nothing';

/**
 * Says what a callback is worth for one payment. Pure.
 *
 * @param about.receivedAt by the database's clock, as the attempts' times
 * @param about.isOnlyOne no other payment fits what the callback names
 */
export function worthOf(
  news: CallbackNews,
  about: {
    readonly state: CancellationState;
    readonly attempts: readonly Attempt[];
    readonly receivedAt: Date;
    readonly isOnlyOne: boolean;
  },
): CallbackWorth {
  const { state, attempts, receivedAt, isOnlyOne } = about;
  if (news === 'outcome') return 'record';
  if (state === 'cancelled') return 'nothing';
  if (news === 'check') return 'check';
  const cancels = attempts.filter(({ kind }) => kind === 'cancel');
  if (cancels.some(({ outcome }) => outcome === null)) return 'later';
  const mayBeOurs = cancels.some(({ outcome, startedAt }) => outcome === 'unknown' && startedAt <= receivedAt);
  if (mayBeOurs && isOnlyOne) return 'record';
  return cancels.at(-1)?.outcome === 'refused' ? 'alarm' : 'check';
}
