import {
  readTables,
  type AttemptRow,
  type CancellationRow,
  type IssuerLog,
  type Logs,
  type MailLogEntry,
  type ManualRow,
  type NoticeRow,
  type PaymentRow,
  type ReferenceRow,
  type RequestRow,
  type VtexLogEntry,
} from './logs.js';

export { readTables };
export type { IssuerLog, Logs, Tables, VtexLogEntry } from './logs.js';

/*
 * Holds the service to its seven promises by what was seen from outside, and by its tables. It restates the rules of docs/reliability.md
 * in its own words and shares no code with the service, so that one mistake cannot hide in both.
 *
 * Times: tests make time pass by moving rows that are still open. So the times of one payment's attempts and claim are compared with each
 * other, and with its end; the issuers' and VTEX's times only with ends, which are never moved.
 */

export interface Violation {
  /** 1 to 7, as docs/reliability.md lists them. */
  readonly promise: Promised;
  readonly paymentId: string | null;
  readonly sentence: string;
}

type Promised = 1 | 2 | 3 | 4 | 5 | 6 | 7;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** When a cancel may follow one that ended unknown: `queries` that say "not cancelled", the last one so long after it. */
const resendRules: Readonly<Record<string, { readonly queries: number; quietMs(timeoutMs: number): number }>> = {
  vault: { queries: 2, quietMs: (timeoutMs) => Math.max(10 * SECOND, 3 * timeoutMs) },
  artha: { queries: 1, quietMs: () => 10 * SECOND },
  qitech: { queries: 1, quietMs: () => 10 * SECOND },
  corecard: { queries: 0, quietMs: () => 10 * SECOND },
};

const giveUpHours: Readonly<Record<string, number>> = { vault: 20, artha: 20, qitech: 20, corecard: 2 };

const MOST_UNKNOWN_CANCELS = 3;

/** After the last attempt, where nothing of ours can change an `unknown` any more. */
const HOPELESS_MS = 10 * MINUTE;

/** The issuers note a request when they have read it, by their process's own event loop. */
const CLOCKS_MS = 1 * SECOND;

/** A call goes out so long after its attempt began, or not at all. */
const HELD_UP_MS = 5 * SECOND;

/** Rounding of times in the database. */
const ROUNDING_MS = 5;

/** Says where the logs break a promise; an empty list when nowhere. Pure. */
export function audit(logs: Logs): Violation[] {
  const cases = casesOf(logs);
  const ofPayments = cases.flatMap((one) =>
    checks.flatMap(([promise, check]) =>
      [...check(one)].map((sentence): Violation => ({ promise, paymentId: one.paymentId, sentence })),
    ),
  );
  const overall = [
    ...unknownCards(logs, cases),
    ...sharedReferences(logs),
    ...doubleMails(logs),
    ...orphans(logs),
    ...strangers(logs),
    ...leaks(logs),
  ];
  return [...ofPayments, ...overall];
}

/** Everything about one payment. */
interface Case {
  readonly paymentId: string;
  readonly payment: PaymentRow | null;
  /** What it bought, linked in time; late links are not ours to cancel. */
  readonly link: ReferenceRow | null;
  readonly cancellation: CancellationRow | null;
  readonly requests: readonly RequestRow[];
  /** In the order in which they were begun. */
  readonly attempts: readonly AttemptRow[];
  readonly manuals: readonly ManualRow[];
  readonly noticesOf: (manual: ManualRow) => readonly NoticeRow[];
  readonly messagesOf: (notice: NoticeRow) => readonly string[];
  readonly answers: readonly Answer[];
  readonly issuer: IssuerLog | null;
  readonly effects: IssuerLog['effects'];
  readonly cancels: IssuerLog['requests'];
  readonly lateCancels: IssuerLog['requests'];
  /** A callback that says "cancelled", was acknowledged and never counted. */
  readonly isCallbackUnheard: boolean;
  readonly mails: Logs['mails'];
}

/** An answer of ours, read. */
interface Answer extends VtexLogEntry {
  readonly cancellationId: string | null;
  readonly code: string | null;
  readonly kind: 'cancelled' | 'manual' | 'pending' | 'other' | 'none';
}

type Check = (one: Case) => Iterable<string>;

const isProof = (outcome: string | null) => outcome === 'cancelled' || outcome === 'already-cancelled';
const isFinalAnswer = ({ kind }: Answer) => kind === 'cancelled' || kind === 'manual';
const at = (time: Date) => time.getTime();
const seconds = (ms: number) => `${Math.round(ms / 100) / 10} s`;
const wholeManual = ({ manuals }: Case) => manuals.find(({ kind }) => kind === 'whole');

/** When it was given to a person; null when it never was. */
const manualSince = (one: Case) => wholeManual(one)?.opened_at ?? null;

// 1. A cancellationId only on proof.

function* answersCancelledOnlyOnProof(one: Case) {
  for (const answer of one.answers) {
    if (answer.cancellationId === null) continue;
    if (answer.status !== 200 || answer.code !== null)
      yield `an answer ${answer.status} ${answer.code} carries a cancellationId`;
    if (!isReallyVoid(one, answer.at)) yield `VTEX was told ${answer.cancellationId}, and nothing had been cancelled`;
  }
}

function* isCancelledOnlyOnProof(one: Case) {
  const { cancellation } = one;
  if (cancellation?.state !== 'cancelled') return;
  if (!isReallyVoid(one, cancellation.finished_at ?? new Date()))
    yield `its row says cancelled by ${cancellation.proof}, and nothing had been cancelled`;
}

function isReallyVoid({ payment, link, effects, issuer, manuals }: Case, time: Date): boolean {
  if (!payment?.seen_before) return manuals.some(isDoneByPerson);
  if (!link) return true;
  return (
    effects.some((effect) => at(effect.at) <= at(time) + CLOCKS_MS) ||
    (issuer?.cancelledBefore ?? []).includes(link.identity) ||
    manuals.some(isDoneByPerson)
  );
}

const isDoneByPerson = ({ resolution }: ManualRow) =>
  resolution === 'cancelled-at-issuer' || resolution === 'already-cancelled';

// 2. One effect, and no cancel again but by the rules.

function* hasOneEffect({ effects, cancellation, payment }: Case) {
  if (effects.length > 1) yield `its card was cancelled ${effects.length} times`;
  if (effects.length > 0 && !cancellation) yield 'its card was cancelled, and we know of no cancellation';
  if (effects.length > 0 && !payment) yield 'its card was cancelled, and we know of no payment';
}

/** A request that was answered 401 was not carried out and is sent again, within the same attempt. */
function* everyCancelHasItsAttempt({ cancels, lateCancels, attempts }: Case) {
  const sent = cancels.filter(({ status }) => status !== 401).length;
  const begun = attempts.filter(({ kind }) => kind === 'cancel').length;
  if (sent > begun) yield `the issuer got ${sent} cancels, and we know of ${begun}`;
  const carriedOut = cancels.filter(({ status }) => status === null || status < 300 || status >= 500).length;
  const counted = attempts.filter(({ kind, outcome }) => kind === 'cancel' && outcome !== 'retry').length;
  if (sent <= begun && carriedOut > counted) yield `the issuer got a cancel that counts as surely not done`;
  if (lateCancels.length > 0) yield 'a cancel was sent for a card that was linked after the cancellation';
}

function* cancelsAgainOnlyByTheRules({ attempts, cancellation, issuer }: Case) {
  const rule = resendRules[cancellation?.issuer ?? ''];
  for (const [place, attempt] of attempts.entries()) {
    if (attempt.kind !== 'cancel' || place === 0) continue;
    const earlier = attempts.slice(0, place).map((other) => asKnownAt(other, attempt.started_at));
    const fault = rule
      ? resendFault(attempt, earlier, { ...rule, timeoutMs: issuer?.timeoutMs ?? 0 })
      : 'its issuer has no rule that allows it';
    if (fault) yield `attempt ${attempt.attempt_no} is a cancel that must not be: ${fault}`;
  }
}

/** What was known of an attempt at a time: an answer that came later than that was none yet. */
const asKnownAt = (attempt: AttemptRow, time: Date): AttemptRow =>
  attempt.ended_at !== null && at(attempt.ended_at) <= at(time) + ROUNDING_MS
    ? attempt
    : { ...attempt, outcome: 'unknown', ended_at: attempt.started_at };

function resendFault(
  attempt: AttemptRow,
  earlier: readonly AttemptRow[],
  rule: { readonly queries: number; quietMs(timeoutMs: number): number; readonly timeoutMs: number },
): string | null {
  if (earlier.some(({ outcome }) => isProof(outcome))) return 'it was proven cancelled before';
  if (earlier.some(({ outcome }) => outcome === 'pending')) return 'the issuer was still at work';
  const cancels = earlier.filter(({ kind }) => kind === 'cancel');
  const unknown = cancels.filter(({ outcome }) => outcome === 'unknown');
  const doubt = cancels.findLast(({ outcome }) => outcome === 'unknown' || outcome === 'refused');
  if (doubt?.outcome === 'refused') return 'the issuer had refused';
  const last = cancels.at(-1);
  if (last?.outcome === 'retry' && last.retry_at && at(attempt.started_at) < at(last.retry_at) - ROUNDING_MS)
    return 'the issuer had asked for a longer pause';
  if (!doubt) return null;
  if (unknown.length >= MOST_UNKNOWN_CANCELS) return `${unknown.length} ended unknown before`;
  const quietSince = Math.max(...unknown.map(endOf));
  const quietMs = rule.quietMs(rule.timeoutMs);
  const queries = earlier.filter(({ kind, attempt_no }) => kind === 'query' && attempt_no > doubt.attempt_no);
  const deciding = queries.slice(-rule.queries || queries.length);
  if (rule.queries === 0) return pauseFault(at(attempt.started_at) - quietSince, quietMs);
  if (deciding.length < rule.queries) return `${deciding.length} of ${rule.queries} queries came before it`;
  if (deciding.some(({ outcome }) => outcome !== 'not-cancelled')) return 'the queries do not say "not cancelled"';
  return pauseFault(at(deciding.at(-1)?.started_at ?? attempt.started_at) - quietSince, quietMs);
}

const endOf = ({ ended_at, started_at }: AttemptRow) => at(ended_at ?? started_at);

const pauseFault = (pauseMs: number, wantedMs: number) =>
  pauseMs < wantedMs - ROUNDING_MS ? `it came ${seconds(pauseMs)} after one that ended unknown` : null;

function* cancelsNoMoreThanThriceUnknown({ attempts }: Case) {
  const unknown = attempts.filter(({ kind, outcome }) => kind === 'cancel' && outcome === 'unknown').length;
  if (unknown > MOST_UNKNOWN_CANCELS) yield `${unknown} cancels ended unknown`;
}

function* cancelsNothingAfterTheEnd(one: Case) {
  const { cancellation, attempts, cancels } = one;
  const cancelledAt = cancellation?.state === 'cancelled' ? cancellation.finished_at : null;
  const ends = [
    { words: 'cancelled', time: cancelledAt, heldUpMs: HELD_UP_MS + CLOCKS_MS },
    { words: 'given to a person', time: manualSince(one), heldUpMs: CLOCKS_MS },
  ];
  for (const { words, time, heldUpMs } of ends) {
    if (!time) continue;
    if (attempts.some(({ kind, started_at }) => kind === 'cancel' && at(started_at) > at(time)))
      yield `a cancel was begun after it was ${words}`;
    if (cancels.some((cancel) => at(cancel.at) > at(time) + heldUpMs))
      yield `the issuer got a cancel after it was ${words}`;
  }
}

// 3. A final answer never changes.

function* answersTheSameForEver({ answers, requests }: Case) {
  for (const [requestId, all] of groupBy(answers, (answer) => answer.requestId)) {
    const finals = all.filter(isFinalAnswer);
    const texts = new Set(finals.map(({ status, text }) => `${status} ${text}`));
    if (texts.size > 1) yield `request ${requestId} got ${texts.size} different final answers`;
    const firstAt = Math.min(...finals.map((answer) => at(answer.at)));
    const after = all.find((answer) => at(answer.sentAt) > firstAt && answer.kind !== 'none' && !isFinalAnswer(answer));
    if (after) yield `request ${requestId} got ${after.status} ${after.code} after its final answer`;
    const [given] = finals;
    const stored = requests.find((request) => request.request_id === requestId);
    if (given && (stored?.answer_body !== given.text || stored?.answer_status !== given.status))
      yield `the final answer to request ${requestId} is not the stored one`;
  }
}

function* hasOneCancellationId({ answers, cancellation }: Case) {
  const told = new Set(answers.flatMap(({ cancellationId }) => cancellationId ?? []));
  if (told.size > 1) yield `VTEX was told ${told.size} different cancellationIds`;
  for (const id of told)
    if (id !== cancellation?.cancellation_id) yield `VTEX was told ${id}, which is not the cancellation's`;
}

/** A person may be told first; once VTEX was told that it is cancelled, nothing takes that back. */
function* neverTakesBack({ answers, cancellation, requests }: Case) {
  const cancelled = answers.find(({ kind }) => kind === 'cancelled');
  if (!cancelled) return;
  if (cancellation?.state !== 'cancelled') yield 'VTEX was told that it is cancelled, and its row says otherwise';
  const isPartial = (requestId: string) =>
    requests.some(({ request_id, partial }) => request_id === requestId && partial);
  const first = new Map<string, Answer>();
  for (const answer of answers)
    if (isFinalAnswer(answer) && !first.has(answer.requestId)) first.set(answer.requestId, answer);
  for (const answer of first.values())
    if (answer.kind === 'manual' && at(answer.sentAt) > at(cancelled.at) && !isPartial(answer.requestId))
      yield `request ${answer.requestId} was told cancel-manually after another was told that it is cancelled`;
}

// 4. cancel-manually only when nothing automatic can still succeed.

const refusals = ['already_printed', 'refused_by_issuer', 'instrument_not_active', 'not_found'];

function* isManualOnlyWhenNothingIsLeft(one: Case) {
  const manual = wholeManual(one);
  if (!manual) return;
  const attempts = one.attempts.filter(({ started_at }) => at(started_at) <= at(manual.opened_at));
  if (manual.reason === 'no_link' && one.payment?.seen_before)
    yield 'it was given to a person for want of a link, and it is known';
  if (refusals.includes(manual.reason)) {
    const fault = refusalFault(manual.reason, attempts);
    if (fault) yield `it was given to a person as ${manual.reason}, and ${fault}`;
  }
  if (manual.reason === 'no_answer') {
    const fault = giveUpFault(one, attempts, manual.opened_at);
    if (fault) yield `it was given up too early: ${fault}`;
  }
}

function refusalFault(reason: string, attempts: readonly AttemptRow[]): string | null {
  const isOutOfSends = countUnknown(attempts) >= MOST_UNKNOWN_CANCELS;
  const refused = attempts.filter(({ outcome }) => outcome === 'refused');
  if (refused.some(({ kind, reason: said }) => kind !== 'cancel' && said === reason)) return null;
  const cancel = refused.findLast(({ reason: said }) => said === reason);
  if (!cancel) return isOutOfSends && reason === 'refused_by_issuer' ? null : 'no answer of the issuer says so';
  const isDoubtful = attempts.some(
    ({ kind, outcome, attempt_no }) =>
      kind === 'cancel' && attempt_no < cancel.attempt_no && (outcome === 'unknown' || outcome === 'pending'),
  );
  const isConfirmed = attempts.some(
    ({ kind, outcome, attempt_no }) =>
      kind === 'query' && attempt_no > cancel.attempt_no && outcome === 'not-cancelled',
  );
  return isDoubtful && cancel.certainty !== 'explicit' && !isConfirmed
    ? 'the refusal may be the echo of an earlier cancel'
    : null;
}

const countUnknown = (attempts: readonly AttemptRow[]) =>
  attempts.filter(({ kind, outcome }) => kind === 'cancel' && outcome === 'unknown').length;

function giveUpFault({ cancellation, issuer }: Case, attempts: readonly AttemptRow[], openedAt: Date): string | null {
  const code = cancellation?.issuer ?? '';
  const limitMs = (issuer?.giveUpHours ?? giveUpHours[code] ?? 20) * HOUR;
  const ageMs = at(openedAt) - at(cancellation?.claimed_at ?? openedAt);
  if (ageMs >= limitMs - ROUNDING_MS) return null;
  const age = `${seconds(ageMs)} after the claim`;
  const isOutOfSends = countUnknown(attempts) >= MOST_UNKNOWN_CANCELS;
  const lastQuery = attempts.findLast(({ kind }) => kind === 'query');
  if (issuer?.canQuery) {
    if (!isOutOfSends) return `${age}, with ${countUnknown(attempts)} cancels that ended unknown`;
    return lastQuery?.outcome === 'not-cancelled' ? null : `${age}, without a query that says "not cancelled"`;
  }
  const last = attempts.at(-1);
  if (!last) return `${age}, and nothing was tried`;
  if (attempts.some(({ task_id }) => task_id !== null))
    return `${age}, while a callback about its task could still come`;
  const mayBeSentAgain =
    resendRules[code]?.queries === 0 && !isOutOfSends && lastCancel(attempts)?.outcome === 'unknown';
  if (mayBeSentAgain) return `${age}, while another cancel was still allowed`;
  const quietMs = at(openedAt) - endOf(last);
  return quietMs < HOPELESS_MS - ROUNDING_MS ? `${seconds(quietMs)} after the last attempt` : null;
}

const lastCancel = (attempts: readonly AttemptRow[]) => attempts.findLast(({ kind }) => kind === 'cancel');

function* isNotManualWhereItCouldBeProven(one: Case) {
  const { cancellation, effects, issuer, manuals } = one;
  const since = manualSince(one);
  if (cancellation?.state !== 'manual' || !since || manuals.some(isDoneByPerson)) return;
  const isProvable = issuer?.canQuery && effects.some((effect) => at(effect.at) < at(since) - CLOCKS_MS);
  if (isProvable)
    yield `a person has to cancel it (${cancellation.reason}), and a query would show that it is cancelled`;
}

function* saysManualOnlyOfManual({ answers, manuals, cancels, requests }: Case) {
  for (const answer of answers) {
    if (answer.kind !== 'manual') continue;
    const isPartial = requests.some(({ request_id, partial }) => request_id === answer.requestId && partial);
    if (!manuals.some(({ kind }) => kind !== 'partial' || isPartial))
      yield 'VTEX was told cancel-manually, and nobody was asked to';
    if (!isPartial && cancels.some((cancel) => at(cancel.at) > at(answer.at) + CLOCKS_MS))
      yield 'a cancel was sent after VTEX was told cancel-manually';
  }
}

// 5. Nothing accepted is lost.

function* reachesItsEnd({ cancellation, answers, requests, isCallbackUnheard }: Case) {
  const accepted = answers.filter(({ kind }) => kind !== 'none' && kind !== 'other');
  const isPartialOnly = requests.length > 0 && requests.every(({ partial }) => partial);
  if (!cancellation) {
    if (accepted.length > 0 && !isPartialOnly) yield 'a request was accepted, and there is no cancellation';
    return;
  }
  if (!cancellation.finished_at) yield `it is still ${cancellation.state}`;
  if (isCallbackUnheard && cancellation.state === 'manual')
    yield 'a callback that proves it was acknowledged and never counted';
  const { finished_at } = cancellation;
  const latest = [...groupBy(accepted, ({ requestId }) => requestId).values()].map((all) =>
    all.reduce((one, other) => (at(other.sentAt) > at(one.sentAt) ? other : one)),
  );
  for (const answer of latest) {
    if (finished_at && at(answer.sentAt) > at(finished_at) + CLOCKS_MS && !isFinalAnswer(answer))
      yield `request ${answer.requestId} was still told ${answer.code} after the end`;
    if (!requests.some(({ request_id }) => request_id === answer.requestId))
      yield `request ${answer.requestId} was answered, and there is no row of it`;
  }
}

// 6. Every manual cancellation reaches a person, once.

function* tellsAPersonOnce(one: Case) {
  const { cancellation, manuals, noticesOf } = one;
  if (cancellation?.state === 'manual' && !wholeManual(one)) yield 'its row says manual, and nobody was asked to';
  for (const manual of manuals) {
    const events = noticesOf(manual).map(({ event }) => event);
    const count = (wanted: string) => events.filter((event) => event === wanted).length;
    // A link that comes late, and a proof that contradicts what a person had written down, each tell once more.
    const most = ['linked_after_cancel', 'late_success'].includes(manual.reason) ? 2 : 1;
    if (count('manual_required') < 1 || count('manual_required') > most)
      yield `its manual cancellation has ${count('manual_required')} notices that ask for it`;
    const wanted = manual.state === 'not-needed' ? 1 : 0;
    if (count('not_needed') !== wanted)
      yield `its manual cancellation is ${manual.state} and has ${count('not_needed')} notices that it is not needed`;
    if (
      manual.kind === 'whole' &&
      cancellation?.state === 'cancelled' &&
      ['open', 'taken'].includes(manual.state) &&
      manual.reason !== 'late_success'
    )
      yield 'it is cancelled, and a person is still asked to';
  }
}

/** At least once, and always under the id of its message. */
function* mailsEachNotice({ manuals, noticesOf, messagesOf, mails }: Case) {
  if (!mails) return;
  for (const manual of manuals) {
    const isClosed = ['resolved', 'not-needed'].includes(manual.state);
    for (const notice of noticesOf(manual)) {
      const isOvertaken = isClosed && notice.event === 'manual_required';
      const messages = messagesOf(notice);
      // Who would have been told of the task by the same message hears nothing of its end.
      const isNoNews =
        notice.event === 'not_needed' &&
        noticesOf(manual).some(
          (other) => other.event === 'manual_required' && messagesOf(other).some((id) => messages.includes(id)),
        );
      if (notice.delivered_at && !isOvertaken && !isNoNews && !mails.some(isOneOf(messages)))
        yield `notice ${notice.notice_id} counts as delivered, and no mail of it came`;
    }
  }
}

const isOneOf = (messages: readonly string[]) => (mail: MailLogEntry) =>
  messages.some((id) => mail.messageId.includes(id));

const checks: readonly (readonly [Promised, Check])[] = [
  [1, answersCancelledOnlyOnProof],
  [1, isCancelledOnlyOnProof],
  [2, hasOneEffect],
  [2, everyCancelHasItsAttempt],
  [2, cancelsAgainOnlyByTheRules],
  [2, cancelsNoMoreThanThriceUnknown],
  [2, cancelsNothingAfterTheEnd],
  [3, answersTheSameForEver],
  [3, hasOneCancellationId],
  [3, neverTakesBack],
  [4, isManualOnlyWhenNothingIsLeft],
  [4, isNotManualWhereItCouldBeProven],
  [4, saysManualOnlyOfManual],
  [5, reachesItsEnd],
  [6, tellsAPersonOnce],
  [6, mailsEachNotice],
];

// What is not about one payment.

function* unknownCards({ issuers }: Logs, cases: readonly Case[]): Iterable<Violation> {
  const known = new Set(cases.flatMap(({ cancels, lateCancels }) => [...cancels, ...lateCancels]));
  for (const { issuer, requests } of issuers) {
    const stray = requests.filter((request) => isCancel(request) && !known.has(request));
    if (stray.length > 0)
      yield {
        promise: 2,
        paymentId: null,
        sentence: `${issuer} got ${stray.length} cancels of cards that no payment bought`,
      };
  }
}

function* sharedReferences({ tables }: Logs): Iterable<Violation> {
  const byReference = groupBy(tables.issuer_references, (row) =>
    [row.merchant_id, row.issuer, row.sandbox, row.identity].join(' '),
  );
  for (const rows of byReference.values()) {
    const [first] = rows;
    if (first && rows.length > 1)
      yield { promise: 2, paymentId: first.payment_id, sentence: `${rows.length} payments hold ${first.identity}` };
  }
}

/** A receiver that knows a mail's id throws a second one away, so the same id must be the same mail. */
function* doubleMails({ mails = [], tables }: Logs): Iterable<Violation> {
  const ended = new Set(
    tables.manual_cancellations.filter(({ state }) => ['resolved', 'not-needed'].includes(state)).map(idOfManual),
  );
  const closed = new Set(
    tables.notices.filter((notice) => ended.has(idOfManual(notice))).map(({ notice_id }) => notice_id),
  );
  for (const [messageId, all] of groupBy(mails, (mail) => mail.messageId)) {
    const carried = tables.notice_deliveries.filter(({ message_id }) => messageId.includes(message_id));
    // What was overtaken between two tries is left out of a digest.
    const mayShrink = carried.length > 1 && carried.some(({ notice_id }) => closed.has(notice_id));
    if (!mayShrink && new Set(all.map(({ subject, body }) => `${subject}\n${body}`)).size > 1)
      yield { promise: 6, paymentId: null, sentence: `different mails came as ${messageId}` };
    if (carried.length === 0) yield { promise: 6, paymentId: null, sentence: `mail ${messageId} belongs to no notice` };
  }
}

const idOfManual = (row: { readonly merchant_id: string; readonly manual_cancellation_id: string }) =>
  `${row.merchant_id}\n${row.manual_cancellation_id}`;

function* orphans({ tables }: Logs): Iterable<Violation> {
  const payments = new Set(tables.payments.map(keyOf));
  const cancellations = new Set(tables.cancellations.map(keyOf));
  const manuals = new Set(
    tables.manual_cancellations.map((row) => `${row.merchant_id}\n${row.manual_cancellation_id}`),
  );
  const lonely = (what: string, paymentId: string | null): Violation => ({
    promise: 7,
    paymentId,
    sentence: `${what} belongs to nothing`,
  });
  for (const row of tables.attempts) if (!cancellations.has(keyOf(row))) yield lonely('an attempt', row.payment_id);
  const ofPayments = {
    'a reference': tables.issuer_references,
    'a cancellation': tables.cancellations,
    'a request': tables.cancellation_requests,
    'a manual cancellation': tables.manual_cancellations,
  };
  for (const [what, rows] of Object.entries(ofPayments))
    for (const row of rows) if (!payments.has(keyOf(row))) yield lonely(what, row.payment_id);
  for (const row of tables.notices)
    if (!manuals.has(`${row.merchant_id}\n${row.manual_cancellation_id}`))
      yield lonely(`notice ${row.notice_id}`, null);
}

// 7. No merchant's data elsewhere, no secret anywhere.

function* strangers({ tables, merchants = [DEFAULT_MERCHANT] }: Logs): Iterable<Violation> {
  for (const [table, rows] of Object.entries(tables) as [string, readonly { readonly merchant_id: string }[]][]) {
    const strange = rows.filter(({ merchant_id }) => !merchants.includes(merchant_id));
    if (strange.length > 0)
      yield { promise: 7, paymentId: null, sentence: `${table} has ${strange.length} rows of another merchant` };
  }
}

function* leaks({ output = '', secrets = [], vtex }: Logs): Iterable<Violation> {
  for (const [place, secret] of secrets.entries()) {
    if (output.includes(secret))
      yield { promise: 7, paymentId: null, sentence: `secret ${place} is in what a process wrote` };
    const answer = vtex.find(({ text }) => text?.includes(secret));
    if (answer) yield { promise: 7, paymentId: answer.paymentId, sentence: `secret ${place} is in an answer` };
  }
}

// Putting the logs together.

const DEFAULT_MERCHANT = 'default';

const keyOf = (row: { readonly merchant_id: string; readonly payment_id: string }) =>
  `${row.merchant_id}\n${row.payment_id}`;

function casesOf({ vtex, issuers, tables, mails }: Logs): Case[] {
  const answers = groupBy(vtex, (entry) => `${entry.merchantId ?? DEFAULT_MERCHANT}\n${entry.paymentId}`);
  const payments = new Map(tables.payments.map((row) => [keyOf(row), row]));
  const cancellations = new Map(tables.cancellations.map((row) => [keyOf(row), row]));
  const references = groupBy(tables.issuer_references, keyOf);
  const requests = groupBy(tables.cancellation_requests, keyOf);
  const attempts = groupBy(tables.attempts, keyOf);
  const manuals = groupBy(tables.manual_cancellations, keyOf);
  const notices = groupBy(tables.notices, (row) => `${row.merchant_id}\n${row.manual_cancellation_id}`);
  const deliveries = groupBy(tables.notice_deliveries, ({ notice_id }) => notice_id);
  const traffic = new Map(issuers.map((log) => [log.issuer, indexTraffic(log)]));
  const unheard = new Set(
    tables.issuer_callbacks
      .filter(({ processed_at, answered, task_id }) => processed_at === null && task_id && isProof(answered.outcome))
      .map(({ task_id }) => task_id),
  );
  return [...new Set([...answers.keys(), ...payments.keys(), ...cancellations.keys()])].map((key) => {
    const all = references.get(key) ?? [];
    const link = all.find(({ late }) => !late) ?? null;
    const own = (attempts.get(key) ?? []).toSorted((one, other) => one.attempt_no - other.attempt_no);
    const sentFor = ({ issuer, identity }: ReferenceRow) => traffic.get(issuer)?.cancelsOf(identity) ?? [];
    return {
      paymentId: key.split('\n')[1] ?? '',
      payment: payments.get(key) ?? null,
      link,
      cancellation: cancellations.get(key) ?? null,
      requests: requests.get(key) ?? [],
      attempts: own,
      manuals: manuals.get(key) ?? [],
      noticesOf: ({ merchant_id, manual_cancellation_id }) =>
        notices.get(`${merchant_id}\n${manual_cancellation_id}`) ?? [],
      messagesOf: ({ notice_id }) => (deliveries.get(notice_id) ?? []).map(({ message_id }) => message_id),
      answers: (answers.get(key) ?? []).toSorted((one, other) => at(one.at) - at(other.at)).map(readAnswer),
      issuer: issuers.find(({ issuer }) => issuer === link?.issuer) ?? null,
      effects: link ? (traffic.get(link.issuer)?.effectsOf(link.identity) ?? []) : [],
      cancels: link ? sentFor(link) : [],
      lateCancels: all.filter(({ late }) => late).flatMap(sentFor),
      isCallbackUnheard: own.some(({ task_id }) => task_id !== null && unheard.has(task_id)),
      mails,
    };
  });
}

function readAnswer(entry: VtexLogEntry): Answer {
  const { status, text } = entry;
  if (status === null || text === null) return { ...entry, cancellationId: null, code: null, kind: 'none' };
  const { cancellationId = null, code = null } = parse(text);
  const kinds = { 'cancel-manually': 'manual', 'cancellation-pending': 'pending' } as const;
  const kind =
    cancellationId !== null
      ? 'cancelled'
      : code !== null && code in kinds
        ? kinds[code as keyof typeof kinds]
        : 'other';
  return { ...entry, cancellationId, code, kind };
}

function parse(text: string): { readonly cancellationId?: string | null; readonly code?: string | null } {
  try {
    return JSON.parse(text) as ReturnType<typeof parse>;
  } catch {
    return {};
  }
}

/** Only a query is a GET. */
const isCancel = ({ method }: IssuerLog['requests'][number]) => method !== 'GET';

/** Finds an issuer's cancels by the ids in them: each part of a card's identity stands somewhere in its path or body. */
function indexTraffic({ effects, requests }: IssuerLog) {
  const cancels = requests.filter(isCancel);
  const wordsOf = ({ path, body }: IssuerLog['requests'][number]) =>
    new Set(`${path} ${body}`.toLowerCase().split(/[^a-z0-9-]+/));
  const words = cancels.flatMap((cancel) => [...wordsOf(cancel)].map((word) => ({ word, cancel })));
  const byWord = groupBy(words, ({ word }) => word);
  const byIdentity = groupBy(effects, ({ identity }) => identity);
  return {
    effectsOf: (identity: string) => byIdentity.get(identity) ?? [],
    cancelsOf: (identity: string) => {
      const parts = identity.toLowerCase().split('/');
      const [rarest = [], ...others] = parts
        .map((part) => (byWord.get(part) ?? []).map(({ cancel }) => cancel))
        .toSorted((one, other) => one.length - other.length);
      return rarest.filter((cancel) => others.every((all) => all.includes(cancel)));
    },
  };
}

function groupBy<Item>(items: readonly Item[], keyOfItem: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOfItem(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
