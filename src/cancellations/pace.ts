import type { Step } from './next-step.js';

/**
 * How progress is made: by the follow-up when a step is due; sooner because VTEX waits until `deadlineAt` (by `performance.now()`); or
 * as soon as the rules allow, because something says that a look is worth it.
 */
export type Pace =
  | { readonly kind: 'follow-up' }
  | { readonly kind: 'check' }
  | { readonly kind: 'request'; readonly deadlineAt: number };

/** Inside the answer budget we wait for the next step at most this long; a step further away is the follow-up's. */
const LONGEST_PAUSE_MS = 3_000;

/**
 * Milliseconds until the step may be made at this pace; null when it is not for now. Pure.
 *
 * @param now the database's clock
 * @param clockMs `performance.now()`
 */
export function pauseBefore(step: Step, pace: Pace, { now, clockMs }: { now: Date; clockMs: number }): number | null {
  if (step.kind !== 'send' && step.kind !== 'query') return null;
  if (pace.kind === 'follow-up') return step.dueAt <= now ? 0 : null;
  if (pace.kind === 'check') return step.notBefore <= now ? 0 : null;
  if (!step.insideBudget) return null;
  const pauseMs = Math.max(step.notBefore.getTime() - now.getTime(), 0);
  const isInTime = pauseMs <= LONGEST_PAUSE_MS && clockMs + pauseMs < pace.deadlineAt;
  return isInTime ? pauseMs : null;
}
