import type { IssuerMode } from '../config.js';
import type { Connector, ResendRule } from '../issuers/issuer.js';
import type { ManualReason } from '../manual-cancellations/manual-reason.js';
import { proofIn, type Attempt, type Proof } from './cancellation.js';

/** What is known of a cancellation that is neither final nor has a call under way. */
export interface History {
  readonly claimedAt: Date;
  /** All recorded, oldest first. */
  readonly attempts: readonly Attempt[];
}

/** What the issuer's account allows now. */
export interface Rules {
  /** `paused` also where the issuer is not configured. */
  readonly mode: IssuerMode;
  /** Nothing leaves this process now, because the issuer does not answer. */
  readonly isCircuitOpen: boolean;
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

/** Delays of the follow-up, each from the attempt before; then an hour each. */
const DELAYS_MS = [10_000, 30_000, 120_000, 600_000, 1_200_000, 2_400_000];
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
  const proof = proofIn(attempts);
  if (proof) return { kind: 'cancelled', proof };
  const refusal = standingRefusal(attempts, rules);
  if (refusal) return { kind: 'manual', reason: refusal };
  if (isOutOfSends(attempts, rules)) return { kind: 'manual', reason: reasonWhenOutOfSends(attempts) };
  const toPeople = reasonForPeople[rules.mode];
  if (toPeople && isSurelyUndone(attempts)) return { kind: 'manual', reason: toPeople };

  const wish = nextWish(history, rules, now);
  const giveUpAt = giveUpTime(history, rules);
  if (now >= giveUpAt) return lastCheck(attempts, rules, giveUpAt) ?? { kind: 'manual', reason: 'no_answer' };
  return wish.dueAt > giveUpAt ? { ...wish, dueAt: giveUpAt } : wish;
}

/**
 * The delay before the follow-up's next look, in milliseconds. It goes by the time and not by a count of the looks, so that neither
 * what is done at once nor what VTEX's requests trigger in between uses the short delays up.
 *
 * @param elapsedMs since the first attempt ended
 */
export function followUpDelayMs(elapsedMs: number): number {
  let until = 0;
  return DELAYS_MS.find((delayMs) => elapsedMs < (until += delayMs)) ?? LONGEST_DELAY_MS;
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
  // It may be the echo of what an earlier cancel has done, or is still doing.
  return attempts.some((earlier) => isUnknownCancel(earlier) || isPendingCancel(earlier));
}

const isUnknownCancel = ({ kind, outcome }: Attempt) => kind === 'cancel' && outcome === 'unknown';

const isPendingCancel = ({ kind, outcome }: Attempt) => kind === 'cancel' && outcome === 'pending';

function lastQueryAfterCancel(attempts: readonly Attempt[]): Attempt | undefined {
  const cancelAt = attempts.findLastIndex(({ kind }) => kind === 'cancel');
  return attempts.slice(cancelAt + 1).findLast(({ kind }) => kind === 'query');
}

/** The last cancel that may have been carried out without our knowing: unknown, or a refusal that does not stand by itself. */
const lastDoubt = (attempts: readonly Attempt[]) =>
  attempts.findLast(({ kind, outcome }) => kind === 'cancel' && (outcome === 'unknown' || outcome === 'refused'));

const isPending = (attempts: readonly Attempt[]) => attempts.some(({ outcome }) => outcome === 'pending');

/** No cancel of ours can have been carried out, nor be under way at the issuer. */
const isSurelyUndone = (attempts: readonly Attempt[]) => !lastDoubt(attempts) && !isPending(attempts);

/** What an operator gives to people goes there at once, unless the issuer may have done it, or be doing it. */
const reasonForPeople: Readonly<Partial<Record<IssuerMode, ManualReason>>> = {
  manual: 'mode_manual',
  'dry-run': 'dry_run',
};

const maySend = ({ mode, isCircuitOpen }: Rules) => mode === 'live' && !isCircuitOpen;

/** In mode `manual` what is under way is still watched. */
export const mayQuery = ({ mode, isCircuitOpen, canQuery }: Rules) =>
  canQuery && !isCircuitOpen && (mode === 'live' || mode === 'manual');

/** Nothing leaves for a reason that passes. */
const isHeld = ({ mode, isCircuitOpen }: Rules) => isCircuitOpen || mode === 'paused' || mode === 'dry-run';

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
  // Every unknown cancel, because the answer to an earlier one may have come late; and the query's start, because what it
  // tells may have been read at any time since.
  const quietSince = Math.max(...attempts.filter(isUnknownCancel).map(endOf));
  return lastQuery.startedAt.getTime() - quietSince >= rule.quietMs(rules.timeoutMs);
}

/** An attempt's end, in milliseconds; every attempt of a history is recorded, and so has one. */
const endOf = ({ endedAt, startedAt }: Attempt): number => (endedAt ?? startedAt).getTime();

/** What we would do next if there were no end of trying. */
function nextWish(history: History, rules: Rules, now: Date): Extract<Step, { dueAt: Date }> {
  const { attempts, claimedAt } = history;
  const [first] = attempts;
  const last = attempts.at(-1);
  const delayFrom = (time: number) => time + followUpDelayMs(time - (first ? endOf(first) : claimedAt.getTime()));
  const scheduled = delayFrom(last ? endOf(last) : claimedAt.getTime());
  // Waiting makes no attempt from which the next delay could count.
  const wait = { kind: 'wait', dueAt: new Date(delayFrom(now.getTime())) } as const;
  const doubt = lastDoubt(attempts);
  if (maySend(rules) && !isPending(attempts) && (!doubt || mayFollow(doubt, attempts, rules))) {
    return { kind: 'send', ...sendTimes(history, rules, scheduled) };
  }
  if (!mayQuery(rules) || isSurelyUndone(attempts)) return wait;
  return { kind: 'query', ...queryTimes(attempts, rules, scheduled), insideBudget: true };
}

/** May a cancel be sent after this one, which ended in doubt? */
function mayFollow(doubt: Attempt, attempts: readonly Attempt[], rules: Rules): boolean {
  if (doubt.outcome !== 'unknown' || countUnknownCancels(attempts) >= MOST_UNKNOWN_CANCELS) return false;
  return rules.resend.kind === 'allowed' || queriesAllow(doubt, attempts, rules, rules.resend);
}

interface Times {
  readonly notBefore: Date;
  readonly dueAt: Date;
}

const times = (notBefore: number, dueAt: number): Times => ({
  notBefore: new Date(notBefore),
  dueAt: new Date(Math.max(notBefore, dueAt)),
});

function sendTimes(
  { attempts, claimedAt }: History,
  { resend }: Rules,
  scheduled: number,
): Times & { readonly insideBudget: boolean } {
  const cancel = attempts.findLast(({ kind }) => kind === 'cancel');
  if (!cancel) return { ...times(claimedAt.getTime(), scheduled), insideBudget: true };
  const insideBudget = resend.kind === 'allowed' || resend.insideBudget || !lastDoubt(attempts);
  if (cancel.outcome === 'retry') return { ...times(retryTime(cancel, attempts), scheduled), insideBudget };
  if (resend.kind === 'allowed') return { ...times(endOf(cancel) + SHORTEST_REPEAT_MS, scheduled), insideBudget };
  // The queries have just allowed it; what they said grows old.
  const atOnce = endOf(attempts.at(-1) ?? cancel);
  return { ...times(atOnce, atOnce), insideBudget };
}

/** When a cancel that surely was not carried out may be sent again, which the issuer may have wished to be later. */
function retryTime(cancel: Attempt, attempts: readonly Attempt[]): number {
  const retries = attempts.length - 1 - attempts.findLastIndex(({ outcome }) => outcome !== 'retry');
  // 0.2 s, 0.6 s, 1.8 s …: a restarting issuer is met within the budget, a dead one is not hammered.
  // None in a row where something else was recorded after this one, whose answer came late.
  const pauseMs =
    cancel.retryWhen === 'later'
      ? SHORTEST_REPEAT_MS
      : Math.min(200 * 3 ** Math.max(retries - 1, 0), SHORTEST_REPEAT_MS);
  return Math.max(endOf(cancel) + pauseMs, cancel.retryAt?.getTime() ?? 0);
}

function queryTimes(attempts: readonly Attempt[], { pendingQuietMs }: Rules, scheduled: number): Times {
  const cancel = attempts.findLast((attempt) => isPendingCancel(attempt)) ?? lastDoubt(attempts);
  const query = attempts.findLast(({ kind, attemptNo }) => kind === 'query' && attemptNo > (cancel?.attemptNo ?? 0));
  const again = query ? Math.max(endOf(query) + SHORTEST_REPEAT_MS, query.retryAt?.getTime() ?? 0) : 0;
  if (cancel?.outcome === 'pending') return times(Math.max(endOf(cancel) + pendingQuietMs, again), scheduled);
  // The first query comes at once, inside the budget; the schedule holds for the ones after it.
  return query || !cancel ? times(again, scheduled) : times(endOf(cancel), endOf(cancel));
}

/** When a person gets it, if nothing else happens before. */
export function giveUpTime({ attempts, claimedAt }: History, rules: Rules): Date {
  const byClock = claimedAt.getTime() + rules.giveUpMs;
  const last = attempts.at(-1);
  if (!last || !isHopeless(attempts, rules)) return new Date(byClock);
  return new Date(Math.min(byClock, endOf(last) + HOPELESS_MS));
}

/** Can no query, allowed cancel or callback change what is unknown? */
function isHopeless(attempts: readonly Attempt[], rules: Rules): boolean {
  if (isSurelyUndone(attempts)) return false;
  // What the issuer could still tell shows when that is put right.
  if (isHeld(rules)) return false;
  const hasTask = attempts.some(({ taskId }) => taskId !== null);
  const callbackCan = rules.callback === 'configured' || (rules.callback === 'with-task' && hasTask);
  const sendCan =
    !isPending(attempts) &&
    lastDoubt(attempts)?.outcome === 'unknown' &&
    rules.resend.kind === 'allowed' &&
    maySend(rules) &&
    countUnknownCancels(attempts) < MOST_UNKNOWN_CANCELS;
  return !rules.canQuery && !callbackCan && !sendCan;
}

/** Giving up comes right after a last look, where a look is possible and something was ever sent. */
function lastCheck(attempts: readonly Attempt[], rules: Rules, giveUpAt: Date): Step | null {
  if (!mayQuery(rules) || isSurelyUndone(attempts)) return null;
  const isDone = attempts.some(({ kind, startedAt }) => kind === 'query' && startedAt >= giveUpAt);
  return isDone ? null : { kind: 'query', notBefore: giveUpAt, dueAt: giveUpAt, insideBudget: true };
}
