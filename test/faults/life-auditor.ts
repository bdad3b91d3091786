import type { Attempt } from '../../src/cancellations/cancellation.js';
import type { Rules } from '../../src/cancellations/next-step.js';
import type { Begun, Decided, LifeLog } from './simulation.js';

/*
 * Says what a life broke of the promises. The rules are stated here once more, from the table in docs/reliability.md and not from the
 * code that keeps them, so that one mistake cannot hide in both.
 */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** How long after a cancel that ended unknown another one must wait at least, where no query is asked for. */
const SHORTEST_REPEAT_MS = 10 * SECOND;
const MOST_UNKNOWN_CANCELS = 3;

/** After an `unknown`: how many queries must say "not cancelled", and how long after the cancels the last of them. Null: none has to. */
const queriesBeforeResend: Readonly<
  Record<string, { queries: number; quietMs: (timeoutMs: number) => number } | null>
> = {
  vault: { queries: 2, quietMs: (timeoutMs) => Math.max(10 * SECOND, 3 * timeoutMs) },
  artha: { queries: 1, quietMs: () => 10 * SECOND },
  qitech: { queries: 1, quietMs: () => 10 * SECOND },
  corecard: null,
};

const endOf = ({ endedAt, startedAt }: Attempt) => (endedAt ?? startedAt).getTime();

const isProof = (outcome: Attempt['outcome']) => outcome === 'cancelled' || outcome === 'already-cancelled';
const isCancel = ({ kind }: Attempt) => kind === 'cancel';
const isUnknownCancel = ({ kind, outcome }: Attempt) => kind === 'cancel' && outcome === 'unknown';
const isDoubtful = ({ kind, outcome }: Attempt) =>
  kind === 'cancel' && (outcome === 'unknown' || outcome === 'refused');
const isPending = ({ outcome }: Attempt) => outcome === 'pending';

/** The issuer, and the time-out that its rule counts with. */
type Terms = Pick<LifeLog, 'issuer' | 'timeoutMs'>;

/** What was broken, each as a sentence that begins with the promise's number; empty for a life without fault. */
export function audit(life: LifeLog): string[] {
  if (life.spins) return ['5: it never ends'];
  const broken: string[] = [];
  auditTruth(life, broken);
  auditSends(life, broken);
  auditAnswers(life, broken);
  auditManual(life, broken);
  auditEnd(life, broken);
  auditNotices(life, broken);
  return broken;
}

/** 1. A `cancellationId` only where the card is really cancelled, or there never was one. */
function auditTruth(life: LifeLog, broken: string[]): void {
  for (const told of life.told) {
    const { cancellationId } = told;
    if (cancellationId === null) continue;
    const isVoid = life.wasSeen && !life.wasLinked;
    if (!told.isCardCancelled && !isVoid)
      broken.push(`1: VTEX was told ${cancellationId} at ${told.at}, and the card is not cancelled`);
    if (life.row?.cancellationId !== cancellationId)
      broken.push(`1: VTEX was told another cancellationId than the row's`);
  }
  for (const { at, to, isCardCancelled, isClaim } of life.decided) {
    if (to === 'cancelled' && !isCardCancelled && !isClaim)
      broken.push(`1: recorded as cancelled at ${at}, and the card is not`);
  }
  // CoreCard's webhook does not say whose cancel it was.
  for (const { at, to, attempts } of life.decided) {
    const proof = attempts.find(({ outcome }) => isProof(outcome));
    const isOurs = proof?.kind !== 'callback' || life.issuer !== 'corecard' || attempts.some(isUnknownCancel);
    if (to === 'cancelled' && !isOurs) broken.push(`1: at ${at} a webhook proved what no cancel of ours can have done`);
  }
  if (life.isSettled && life.effects.length > 0) broken.push('2: settled, and cancelled at the issuer as well');
}

/** 2. One effect, and no cancel but by the rules. */
function auditSends(life: LifeLog, broken: string[]): void {
  if (life.moneyMoves && life.effects.length > 1) broken.push(`2: ${life.effects.length} cancels were carried out`);
  const manualAt = life.decided.find(({ to }) => to === 'manual')?.at ?? Infinity;
  const endedAt = Math.min(manualAt, life.decided.find(({ to }) => to === 'cancelled')?.at ?? Infinity);
  const cancels = life.begun.filter(({ kind }) => kind === 'cancel');
  for (const begun of cancels) {
    const fault = begun.at > endedAt ? 'although it was final' : sendFault(life, begun);
    if (fault) broken.push(`2: a cancel was begun at ${begun.at} ${fault}`);
    if (begun.sentAt !== null && begun.sentAt > manualAt)
      broken.push(`4: a cancel was sent at ${begun.sentAt} after cancel-manually`);
  }
  cancels.forEach((begun, at) => {
    for (const earlier of cancels.slice(0, at)) {
      const isUnderWay = earlier.overAt === null || earlier.overAt > begun.at;
      if (isUnderWay && earlier.leaseUntil > begun.at) broken.push(`2: two cancels were under way at ${begun.at}`);
    }
  });
  if (life.attempts.filter(isUnknownCancel).length > MOST_UNKNOWN_CANCELS)
    broken.push('2: more than three cancels ended unknown');
}

/** What the table of when to send again says against this cancel; null where nothing. */
export function sendFault(
  { issuer, timeoutMs }: Terms,
  {
    before,
    rules,
    at,
    why,
  }: Pick<Begun, 'before' | 'at' | 'why'> & { readonly rules: Pick<Rules, 'mode' | 'isCircuitOpen'> },
): string | null {
  if (rules.mode !== 'live' || rules.isCircuitOpen) return 'although nothing may be sent';
  if (before.some(({ outcome }) => outcome === null)) return 'while another call was under way';
  if (before.some(({ outcome }) => isProof(outcome))) return 'although it was proven';
  if (before.some(isPending)) return 'although the issuer is at work';
  const doubt = before.findLast(isDoubtful);
  if (!doubt) return retryFault(before, at);
  if (doubt.outcome === 'refused') return 'after a refusal';
  const unknown = before.filter(isUnknownCancel);
  if (unknown.length >= MOST_UNKNOWN_CANCELS) return 'after three that ended unknown';
  if (queriesBeforeResend[issuer] === null) {
    return at < endOf(before.findLast(isCancel) ?? doubt) + SHORTEST_REPEAT_MS ? retryFault(before, at) : null;
  }
  if (!isAllowedByQueries(before, doubt, { issuer, timeoutMs })) {
    return 'although too few queries said that it is not cancelled, or too soon';
  }
  return why === 'request' ? 'while VTEX was waiting' : null;
}

/** After a cancel that surely was not sent the next one waits 0.2 s, 0.6 s … and as long as the issuer wishes. */
function retryFault(before: readonly Attempt[], at: number): string | null {
  const cancel = before.findLast(isCancel);
  if (!cancel) return null;
  if (cancel.outcome !== 'retry') return 'too soon';
  const leastMs = cancel.retryWhen === 'later' ? SHORTEST_REPEAT_MS : 200;
  const isTooSoon = at < endOf(cancel) + leastMs || at < (cancel.retryAt?.getTime() ?? 0);
  return isTooSoon ? 'sooner than the issuer wished, or than any may' : null;
}

function isAllowedByQueries(before: readonly Attempt[], doubt: Attempt, { issuer, timeoutMs }: Terms): boolean {
  const rule = queriesBeforeResend[issuer];
  if (!rule) return true;
  const queries = before
    .filter(({ kind, attemptNo }) => kind === 'query' && attemptNo > doubt.attemptNo)
    .slice(-rule.queries);
  const quietSince = Math.max(...before.filter(isUnknownCancel).map(endOf));
  const last = queries.at(-1);
  return (
    last !== undefined &&
    queries.length === rule.queries &&
    queries.every(({ outcome }) => outcome === 'not-cancelled') &&
    last.startedAt.getTime() - quietSince >= rule.quietMs(timeoutMs)
  );
}

/** 3. A final answer never changes, and a new request gets the same `cancellationId`. */
function auditAnswers(life: LifeLog, broken: string[]): void {
  const finals = new Map<string, string>();
  for (const told of life.told) {
    const text = `${told.answer.status} ${told.answer.body}`;
    const first = finals.get(told.requestId);
    const { cancellationId, code } = told;
    const isOurFault = code === 'internal-error';
    if (first !== undefined && first !== text && !isOurFault)
      broken.push(`3: the final answer to ${told.requestId} changed at ${told.at}`);
    if (first === undefined && (cancellationId !== null || code === 'cancel-manually'))
      finals.set(told.requestId, text);
  }
  for (const [requestId, text] of finals) {
    const stored = life.requests.get(requestId)?.answer;
    if (!stored || `${stored.status} ${stored.body}` !== text)
      broken.push(`3: the final answer to ${requestId} is not the stored one`);
  }
  // What nobody heard is decided all the same.
  const isDecided = life.decided.some(({ to }) => to !== 'waiting');
  const lastDecided = Math.max(...life.decided.filter(({ to }) => to !== 'waiting').map(({ at }) => at));
  for (const told of life.told) {
    const { code } = told;
    const isLate = isDecided && told.at > lastDecided + MINUTE;
    if (isLate && code === 'cancellation-pending')
      broken.push(`3: VTEX was told "not yet" at ${told.at}, after the end`);
  }
}

/** 4. A person is asked only where nothing automatic can still succeed. */
function auditManual(life: LifeLog, broken: string[]): void {
  for (const decided of life.decided) {
    if (decided.to !== 'manual' || decided.isClaim) continue;
    const fault = manualFault({ ...life, claimedAt: life.row?.claimedAt.getTime() ?? 0 }, decided);
    if (fault) broken.push(`4: cancel-manually (${decided.reason}) was decided at ${decided.at} ${fault}`);
  }
  for (const told of life.told) {
    if (told.code !== 'cancel-manually') continue;
    const isPartial = life.requests.get(told.requestId)?.partial ?? false;
    const isDecided = life.decided.some(({ to, at }) => to === 'manual' && at <= told.at);
    if (!isDecided && !isPartial)
      broken.push(`4: VTEX was told cancel-manually at ${told.at} and nobody had decided it`);
  }
}

/** What speaks against asking a person then; null where nothing. */
export function manualFault(
  life: Terms & { readonly giveUpMs: number; readonly claimedAt: number },
  {
    at,
    reason,
    attempts,
    rules,
  }: Pick<Decided, 'at' | 'reason' | 'attempts'> & { readonly rules: Omit<Rules, 'resend'> },
): string | null {
  if (attempts.some(({ outcome }) => isProof(outcome))) return 'although it was proven';
  if (attempts.some(({ outcome }) => outcome === null)) return 'while a call was under way';
  const giveUpAt = life.claimedAt + life.giveUpMs;
  const isUndone = !attempts.some(isDoubtful) && !attempts.some(isPending);
  if (reason === 'mode_manual' || reason === 'dry_run') return isUndone ? null : 'although the issuer may be at it';
  if (reason !== 'no_answer')
    return isRefused(attempts, rules) || isOutOfSends(attempts, life) ? null : 'although nothing stands refused';
  if (isOutOfSends(attempts, life)) return null;
  if (at >= giveUpAt) return isLookedAtLast(attempts, rules, giveUpAt) ? null : 'without a last look';
  const last = attempts.at(-1);
  const isHopeless = last !== undefined && !rules.canQuery && at >= endOf(last) + 10 * MINUTE && !isUndone;
  const isHeld = rules.isCircuitOpen || rules.mode === 'paused' || rules.mode === 'dry-run';
  if (!isHopeless || isHeld) return 'long before it is given up';
  const hasTask = attempts.some(({ taskId }) => taskId !== null);
  if (rules.callback === 'configured' || (rules.callback === 'with-task' && hasTask))
    return 'although a callback may come';
  const doubt = attempts.findLast(isDoubtful);
  const maySend =
    queriesBeforeResend[life.issuer] === null &&
    rules.mode === 'live' &&
    doubt?.outcome === 'unknown' &&
    !attempts.some(isPending);
  const isSendLeft = maySend && attempts.filter(isUnknownCancel).length < MOST_UNKNOWN_CANCELS;
  return isSendLeft ? 'although a cancel is left to send' : null;
}

/** Final by itself, or told by a query or a callback afterwards. */
function isRefused(attempts: readonly Attempt[], rules: Pick<Rules, 'canQuery'>): boolean {
  if (attempts.some(({ kind, outcome }) => kind === 'callback' && outcome === 'refused')) return true;
  const cancel = attempts.findLast(isCancel);
  if (!cancel) return false;
  const query = attempts.findLast(({ kind, attemptNo }) => kind === 'query' && attemptNo > cancel.attemptNo);
  if (query?.outcome === 'refused') return true;
  if (cancel.outcome !== 'refused') return false;
  if (cancel.certainty === 'explicit' || query?.outcome === 'not-cancelled') return true;
  const mayEcho = attempts.some(
    (one) => one.attemptNo < cancel.attemptNo && isCancel(one) && (isUnknownCancel(one) || isPending(one)),
  );
  if (mayEcho || cancel.certainty === 'query-first') return false;
  return cancel.certainty === 'plain' || !rules.canQuery;
}

function isOutOfSends(attempts: readonly Attempt[], life: Terms): boolean {
  const doubt = attempts.findLast(isDoubtful);
  if (!doubt || queriesBeforeResend[life.issuer] === null || attempts.some(isPending)) return false;
  return attempts.filter(isUnknownCancel).length >= MOST_UNKNOWN_CANCELS && isAllowedByQueries(attempts, doubt, life);
}

/** Where a look is possible and something may have been done, giving up comes after one. */
function isLookedAtLast(attempts: readonly Attempt[], rules: Omit<Rules, 'resend'>, giveUpAt: number): boolean {
  const canLook = rules.canQuery && !rules.isCircuitOpen && (rules.mode === 'live' || rules.mode === 'manual');
  if (!canLook || (!attempts.some(isDoubtful) && !attempts.some(isPending))) return true;
  return attempts.some(({ kind, startedAt }) => kind === 'query' && startedAt.getTime() >= giveUpAt);
}

/** 5. Nothing accepted is lost: a final state within the bound, and no proof thrown away. */
function auditEnd(life: LifeLog, broken: string[]): void {
  const { row } = life;
  if (!row) {
    if (life.requests.size > 0 && ![...life.requests.values()].every(({ partial }) => partial))
      broken.push('5: a request without a cancellation');
    return;
  }
  if (row.state === 'asking' || row.state === 'waiting') return void broken.push(`5: left ${row.state}`);
  const boundMs = life.giveUpMs + life.timeoutMs + SECOND + life.hinderedMs;
  const tookMs = (life.finalAt ?? Infinity) - row.claimedAt.getTime();
  if (tookMs > boundMs) broken.push(`5: took ${tookMs} ms, and ${boundMs} is the bound`);
  if (row.state === 'cancelled') return;
  if (life.attempts.some(({ outcome }) => isProof(outcome))) broken.push('5: a proof was recorded and changed nothing');
  if (life.heard.some(({ isRecorded, process }) => isRecorded || process.isAlive))
    broken.push('5: a late answer was thrown away');
  for (const callback of life.callbacks) {
    const { match, news, finding, isProcessed } = callback;
    const isOfTask = 'taskId' in match && life.attempts.some(({ taskId }) => taskId === match.taskId);
    const isOfCard = !('taskId' in match) && life.wasLinked;
    if (!isOfTask && !isOfCard) continue;
    if (!isProcessed) broken.push(`5: a callback (${callback.bytes}) was never processed`);
    if (isOfTask && isProof(finding.outcome))
      broken.push(`5: a callback (${callback.bytes}) proves it, and changed nothing`);
    const isOurs = life.attempts.some(
      (attempt) => isUnknownCancel(attempt) && attempt.startedAt.getTime() <= callback.receivedAt,
    );
    if (news === 'cancelled-after-unknown' && isOurs && !life.hasSibling)
      broken.push(`5: a callback (${callback.bytes}) proves it after an unknown cancel, and changed nothing`);
  }
}

/** 6. A person is told once, and once more when nothing is left to do. */
function auditNotices(life: LifeLog, broken: string[]): void {
  const whole = life.manualTasks.filter(({ kind }) => kind === 'whole');
  const wasManual = life.decided.some(({ to }) => to === 'manual');
  if (whole.length !== (wasManual ? 1 : 0)) broken.push(`6: ${whole.length} manual cancellations`);
  const stoodDown = life.decided.filter(({ standsDown }) => standsDown).length;
  if (stoodDown > 1) broken.push('6: stood down twice');
  if (wasManual && life.row?.state === 'cancelled' && stoodDown === 0)
    broken.push('6: cancelled after all, and nobody stood down');
  const required = life.notices.filter((event) => event === 'manual_required').length;
  const notNeeded = life.notices.filter((event) => event === 'not_needed').length;
  if (required !== life.manualTasks.length) broken.push(`6: ${required} notices for ${life.manualTasks.length} tasks`);
  if (notNeeded !== stoodDown) broken.push(`6: ${notNeeded} notices that nothing is left to do`);
  const isOpen = whole.some(({ state }) => state === 'open');
  if (isOpen !== (life.row?.state === 'manual'))
    broken.push(`6: the task is ${isOpen ? '' : 'not '}open, and the payment is ${life.row?.state}`);
}
