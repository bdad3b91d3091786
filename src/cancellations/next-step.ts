import type { Connector, ResendRule } from '../issuers/issuer.js';
import type { ManualReason } from '../manual-cancellations/manual-reason.js';
import { isProof, type Attempt, type Proof } from './cancellation.js';

/** What is known of a cancellation that is neither final nor has a call under way. */
export interface History {
  readonly claimedAt: Date;
  /** How often the schedule moved on. */
  readonly waits: number;
  /** All recorded, oldest first. */
  readonly attempts: readonly Attempt[];
}

/** What the issuer's account allows now. */
export interface Rules {
  /** False while the issuer is paused or not configured: then nothing at all is sent. */
  readonly mayTalk: boolean;
  readonly canQuery: boolean;
  readonly callback: Connector['callback'];
  readonly pendingQuietMs: number;
  readonly resend: ResendRule;
  readonly timeoutMs: number;
  readonly giveUpMs: number;
}

/**
 * What comes next.
 *
 * - `send`, `query`: allowed from `notBefore` on; the follow-up does it at `dueAt`. `insideBudget` says whether it may happen
 *   while VTEX waits for its answer.
 * - `wait`: nothing can be done by us before `dueAt`; a callback may.
 */
export type Step =
  | { readonly kind: 'cancelled'; readonly proof: Proof }
  | { readonly kind: 'manual'; readonly reason: ManualReason }
  | { readonly kind: 'send' | 'query'; readonly notBefore: Date; readonly dueAt: Date; readonly insideBudget: boolean }
  | { readonly kind: 'wait'; readonly dueAt: Date };

/** After the third cancel whose outcome stayed unknown, another one is more likely to do harm than good. */
const MOST_UNKNOWN_CANCELS = 3;

/** Delays of the follow-up, each from the attempt before; then doubling, at most an hour. */
const FIRST_DELAYS_MS = [10_000, 30_000, 120_000, 600_000];
const LONGEST_DELAY_MS = 3_600_000;

/** A cancel or query is not repeated sooner than this after one that left things unknown: an effect may still be on its way. */
const SHORTEST_REPEAT_MS = 10_000;

/** How long after the last attempt we still wait when nothing of ours can change an `unknown` any more. */
const HOPELESS_MS = 600_000;

/**
 * Decides what comes next, from what was tried and what the issuer's rules allow. Pure: the same history gives the same step.
 *
 * @param now the database's clock, as all times in the history
 */
export function nextStep(history: History, rules: Rules, now: Date): Step {
  const { attempts } = history;
  const proven = attempts.find(({ outcome }) => isProof(outcome));
  if (proven) return { kind: 'cancelled', proof: proven.kind === 'cancel' ? 'answer' : proven.kind };
  const refusal = standingRefusal(attempts, rules);
  if (refusal) return { kind: 'manual', reason: refusal };
  if (isOutOfSends(attempts, rules)) return { kind: 'manual', reason: reasonWhenOutOfSends(attempts) };

  const wish = nextWish(history, rules);
  const giveUpAt = giveUpTime(history, rules);
  if (now >= giveUpAt) return lastCheck(attempts, rules, giveUpAt) ?? { kind: 'manual', reason: 'no_answer' };
  return wish.dueAt > giveUpAt ? { ...wish, dueAt: giveUpAt } : wish;
}

/** The delay before the follow-up's next look, in milliseconds. */
export function followUpDelayMs(waits: number): number {
  return FIRST_DELAYS_MS[waits] ?? Math.min(600_000 * 2 ** (waits - FIRST_DELAYS_MS.length + 1), LONGEST_DELAY_MS);
}

/** A refusal that stands: final by itself, or confirmed by a query after it. */
function standingRefusal(attempts: readonly Attempt[], rules: Rules): ManualReason | null {
  const failedTask = attempts.findLast(({ kind, outcome }) => kind === 'callback' && outcome === 'refused');
  if (failedTask) return failedTask.reason;
  const query = lastQueryAfterCancel(attempts);
  if (query?.outcome === 'refused') return query.reason;
  const cancel = attempts.findLast(({ kind }) => kind === 'cancel');
  if (cancel?.outcome !== 'refused') return null;
  const isConfirmed = query?.outcome === 'not-cancelled';
  return isConfirmed || !needsQuery(cancel, attempts, rules) ? cancel.reason : null;
}

function needsQuery(refused: Attempt, attempts: readonly Attempt[], rules: Rules): boolean {
  if (refused.certainty === 'explicit') return false;
  if (refused.certainty === 'query-first') return true;
  if (refused.certainty === 'query-if-possible' && rules.canQuery) return true;
  return attempts.some((earlier) => isUnknownCancel(earlier) && earlier.attemptNo < refused.attemptNo);
}

const isUnknownCancel = ({ kind, outcome }: Attempt) => kind === 'cancel' && outcome === 'unknown';

function lastQueryAfterCancel(attempts: readonly Attempt[]): Attempt | undefined {
  const cancelAt = attempts.findLastIndex(({ kind }) => kind === 'cancel');
  return attempts.slice(cancelAt + 1).findLast(({ kind }) => kind === 'query');
}

/** The last cancel that may have been carried out without our knowing: unknown, or a refusal that does not stand by itself. */
const lastDoubt = (attempts: readonly Attempt[]) =>
  attempts.findLast(({ kind, outcome }) => kind === 'cancel' && (outcome === 'unknown' || outcome === 'refused'));

const isPending = (attempts: readonly Attempt[]) => attempts.some(({ outcome }) => outcome === 'pending');

const countUnknownCancels = (attempts: readonly Attempt[]) => attempts.filter(isUnknownCancel).length;

/** Every allowed cancel was sent, the queries say that none was carried out, and another one is not allowed. */
function isOutOfSends(attempts: readonly Attempt[], rules: Rules): boolean {
  if (isPending(attempts) || countUnknownCancels(attempts) < MOST_UNKNOWN_CANCELS) return false;
  const doubt = lastDoubt(attempts);
  return (
    rules.resend.kind === 'after-queries' && doubt !== undefined && queriesAllow(doubt, attempts, rules, rules.resend)
  );
}

function reasonWhenOutOfSends(attempts: readonly Attempt[]): ManualReason {
  const status = lastDoubt(attempts)?.httpStatus ?? 0;
  return status >= 400 && status < 500 ? 'refused_by_issuer' : 'no_answer';
}

function queriesAllow(
  doubt: Attempt,
  attempts: readonly Attempt[],
  rules: Rules,
  rule: Extract<ResendRule, { kind: 'after-queries' }>,
): boolean {
  const queries = attempts.filter(({ kind, attemptNo }) => kind === 'query' && attemptNo > doubt.attemptNo);
  const last = queries.slice(-rule.queries);
  const lastQuery = last.at(-1);
  if (last.length < rule.queries || !lastQuery || last.some(({ outcome }) => outcome !== 'not-cancelled')) return false;
  return endOf(lastQuery) - endOf(doubt) >= rule.quietMs(rules.timeoutMs);
}

/** An attempt's end, in milliseconds; every attempt of a history is recorded, and so has one. */
const endOf = ({ endedAt, startedAt }: Attempt): number => (endedAt ?? startedAt).getTime();

/** What we would do next if there were no end of trying. */
function nextWish(history: History, rules: Rules): Extract<Step, { dueAt: Date }> {
  const { attempts, waits, claimedAt } = history;
  const last = attempts.at(-1);
  const scheduled = (last ? endOf(last) : claimedAt.getTime()) + followUpDelayMs(waits);
  if (!rules.mayTalk) return { kind: 'wait', dueAt: new Date(scheduled) };
  const at = (kind: 'send' | 'query', notBefore: number, dueAt: number, insideBudget = true) =>
    ({ kind, notBefore: new Date(notBefore), dueAt: new Date(Math.max(notBefore, dueAt)), insideBudget }) as const;

  if (isPending(attempts)) {
    const pending = attempts.findLast(({ outcome }) => outcome === 'pending');
    if (!rules.canQuery || !pending) return { kind: 'wait', dueAt: new Date(scheduled) };
    const quiet = pending.kind === 'cancel' ? rules.pendingQuietMs : SHORTEST_REPEAT_MS;
    return at('query', endOf(pending) + quiet, scheduled, pending.kind === 'cancel');
  }
  const doubt = lastDoubt(attempts);
  if (!doubt) return sendAfterRetries(attempts, claimedAt, scheduled, at);
  const isLeft = countUnknownCancels(attempts) < MOST_UNKNOWN_CANCELS;
  if (isLeft && doubt.outcome === 'unknown') {
    if (rules.resend.kind === 'allowed') {
      const lastCancel = attempts.findLast(({ kind }) => kind === 'cancel') ?? doubt;
      const retryAt = lastCancel.retryAt?.getTime() ?? 0;
      return at('send', Math.max(endOf(lastCancel) + SHORTEST_REPEAT_MS, retryAt), scheduled);
    }
    if (rules.canQuery && queriesAllow(doubt, attempts, rules, rules.resend)) {
      const lastCancel = attempts.findLast(({ kind }) => kind === 'cancel') ?? doubt;
      // The cancel after the queries may itself have been turned away without being carried out.
      if (lastCancel.attemptNo > doubt.attemptNo) return sendAfterRetries(attempts, claimedAt, scheduled, at);
      return at('send', endOf(attempts.at(-1) ?? doubt), endOf(attempts.at(-1) ?? doubt), rules.resend.insideBudget);
    }
  }
  if (!rules.canQuery) return { kind: 'wait', dueAt: new Date(scheduled) };
  const query = attempts.findLast(({ kind, attemptNo }) => kind === 'query' && attemptNo > doubt.attemptNo);
  // The first query comes at once, inside the budget; the schedule holds for the ones after it.
  if (!query) return at('query', endOf(doubt), endOf(doubt));
  return at('query', Math.max(endOf(query) + SHORTEST_REPEAT_MS, query.retryAt?.getTime() ?? 0), scheduled);
}

/** Nothing of what was sent can have been carried out: send (again). */
function sendAfterRetries<T>(
  attempts: readonly Attempt[],
  claimedAt: Date,
  scheduled: number,
  at: (kind: 'send', notBefore: number, dueAt: number) => T,
): T {
  const cancel = attempts.findLast(({ kind }) => kind === 'cancel');
  if (!cancel) return at('send', claimedAt.getTime(), scheduled);
  if (cancel.retryAt) return at('send', cancel.retryAt.getTime(), cancel.retryAt.getTime());
  if (cancel.retryWhen === 'later') return at('send', endOf(cancel) + SHORTEST_REPEAT_MS, scheduled);
  const retries = attempts.length - 1 - attempts.findLastIndex(({ outcome }) => outcome !== 'retry');
  // 0.2 s, 0.6 s, 1.8 s …: a restarting issuer is met within the budget, a dead one is not hammered.
  return at('send', endOf(cancel) + Math.min(200 * 3 ** (retries - 1), SHORTEST_REPEAT_MS), scheduled);
}

function giveUpTime({ attempts, claimedAt }: History, rules: Rules): Date {
  const byClock = claimedAt.getTime() + rules.giveUpMs;
  const last = attempts.at(-1);
  if (!last || !isHopeless(attempts, rules)) return new Date(byClock);
  return new Date(Math.min(byClock, endOf(last) + HOPELESS_MS));
}

/** Can no query, allowed cancel or callback change what is unknown? */
function isHopeless(attempts: readonly Attempt[], rules: Rules): boolean {
  if (!lastDoubt(attempts) && !isPending(attempts)) return false;
  const hasTask = attempts.some(({ taskId }) => taskId !== null);
  const callbackCan = rules.callback === 'configured' || (rules.callback === 'with-task' && hasTask);
  const sendCan =
    !isPending(attempts) &&
    lastDoubt(attempts)?.outcome === 'unknown' &&
    rules.resend.kind === 'allowed' &&
    countUnknownCancels(attempts) < MOST_UNKNOWN_CANCELS;
  return !rules.canQuery && !callbackCan && !sendCan;
}

/** Giving up comes right after a last look, where a look is possible and something was ever sent. */
function lastCheck(attempts: readonly Attempt[], rules: Rules, giveUpAt: Date): Step | null {
  const last = attempts.at(-1);
  if (!rules.mayTalk || !rules.canQuery || !last || !(lastDoubt(attempts) || isPending(attempts))) return null;
  const isDone = last.kind === 'query' && last.startedAt >= giveUpAt;
  return isDone ? null : { kind: 'query', notBefore: giveUpAt, dueAt: giveUpAt, insideBudget: true };
}
