import { Injectable } from '@nestjs/common';
import { Database, statement, type Sql, type Transaction } from '../database.js';
import type { ManualReason } from '../manual-cancellations/manual-reason.js';
import type { CallbackMatch, CallbackNews } from '../issuers/issuer.js';
import { lockPaymentRow } from '../payments/payment-row.js';
import type { Attempt, Cancellation, Finding, PaymentKey, Proof } from './cancellation.js';

/** The payment as a cancel sees it. */
export interface PaymentView {
  readonly sandbox: boolean;
  readonly seenBefore: boolean;
  readonly valueInCents: number | null;
  readonly isSettled: boolean;
  readonly version: number;
  readonly link: { readonly issuer: string; readonly reference: unknown } | null;
}

/** A stored answer: the status and the exact bytes, as text. */
export interface StoredAnswer {
  readonly status: number;
  readonly body: string;
}

/** One request as it was first seen. */
export interface RequestView {
  readonly authorizationId: string | null;
  readonly value: string | null;
  readonly partial: boolean;
  readonly answer: StoredAnswer | null;
}

export interface View {
  readonly payment: PaymentView | null;
  readonly cancellation: Cancellation | null;
  readonly request: RequestView | null;
  /** The database's clock. */
  readonly now: Date;
}

export interface NewRequest extends PaymentKey {
  readonly requestId: string;
  readonly authorizationId: string | null;
  readonly value: number | null;
}

/** A call that this process has begun and alone may record. */
export interface OpenAttempt {
  readonly attemptNo: number;
  readonly kind: 'cancel' | 'query';
  /** The row's version since the attempt began: the fence against a process that took over. */
  readonly version: number;
  /** On the process's own clock, from just before the row was changed: how much of the lease is gone. No wait for a connection counts. */
  readonly begunAt: number;
}

/** An open cancellation whose time has passed. */
export interface Overdue {
  readonly key: PaymentKey;
  readonly issuer: string;
  readonly dueAt: Date;
}

/** A callback that was verified: where it came from, and what it names. */
export interface CallbackSource {
  readonly merchantId: string;
  readonly issuer: string;
  readonly sandbox: boolean;
  /** The hash of its bytes: what came before in the same bytes is not new. */
  readonly bodySha256: Buffer;
  readonly match: CallbackMatch;
}

/** A callback as it was kept. */
export interface StoredCallback extends CallbackSource {
  readonly news: CallbackNews;
  readonly finding: Finding;
  readonly receivedAt: Date;
}

const loadView = statement(
  'load-cancellation-view',
  `select now() as now, p.sandbox, p.seen_before, p.value_in_cents, p.settled_at, p.version as payment_version,
          r.issuer as link_issuer, r.reference,
          c.cancellation_id, c.issuer, c.state, c.reason, c.version, c.claimed_at, c.lease_until, c.next_check_at,
          q.request_id, q.authorization_id, q.value, q.partial, q.answer_status, q.answer_body
   from payments p
   left join issuer_references r on r.merchant_id = p.merchant_id and r.payment_id = p.payment_id and not r.late
   left join cancellations c on c.merchant_id = p.merchant_id and c.payment_id = p.payment_id
   left join cancellation_requests q on q.merchant_id = p.merchant_id and q.payment_id = p.payment_id and q.request_id = $3
   where p.merchant_id = $1 and p.payment_id = $2`,
);

/**
 * One statement: the payment's row is locked against link and settle, and each insert happens only if the one before did.
 *
 * `no key`, here and wherever a payment is locked: a claim that comes second waits with this lock for the transaction that is just
 * recording the first one's outcome, and that one's foreign keys must not wait for it in turn.
 */
const claimAndAsk = statement(
  'claim-and-ask',
  `with payment as (
     select merchant_id, payment_id from payments where merchant_id = $1 and payment_id = $2 and version = $3 for no key update
   ), effect as (
     insert into cancellations (merchant_id, payment_id, cancellation_id, issuer, state, lease_until)
     select merchant_id, payment_id, $4, $5, 'asking', now() + $6 * interval '1 millisecond' from payment
     on conflict on constraint cancellations_pk do nothing
     returning merchant_id, payment_id, claimed_at
   ), attempt as (
     insert into attempts (merchant_id, payment_id, attempt_no, kind) select merchant_id, payment_id, 1, 'cancel' from effect
   ), request as (
     insert into cancellation_requests (merchant_id, payment_id, request_id, authorization_id, value)
     select merchant_id, payment_id, $7, $8, $9 from effect
     on conflict on constraint cancellation_requests_pk do nothing
   )
   select claimed_at from effect`,
);

const insertCancellation = statement(
  'insert-cancellation',
  `insert into cancellations (merchant_id, payment_id, cancellation_id, issuer, state, reason, proof, next_check_at, finished_at)
   values ($1, $2, $3, $4, $5, $6, $7, case when $5 = 'waiting' then now() end, case when $5 <> 'waiting' then now() end)`,
);

const insertRequest = statement(
  'insert-cancellation-request',
  `insert into cancellation_requests (merchant_id, payment_id, request_id, authorization_id, value, partial)
   values ($1, $2, $3, $4, $5, $6) on conflict on constraint cancellation_requests_pk do nothing`,
);

/**
 * The commonest outcome in one statement: a proof, by the process that still holds the row, with the answer to the request that waits.
 * Keys are given and not joined from `effect`: a plan made while the tables are empty would join by reading all of them, and is kept.
 * The lease stands for the state (`cancellations_asking_has_lease`): named, the state would invite a plan that reads the whole index of
 * open rows instead of the key's.
 */
const recordProof = statement(
  'record-proof',
  `with effect as (
     update cancellations set state = 'cancelled', proof = 'answer', version = version + 1, lease_until = null, finished_at = now()
     where merchant_id = $1 and payment_id = $2 and version = $3 and lease_until is not null
     returning merchant_id, payment_id
   ), attempt as (
     update attempts set outcome = $5, http_status = $6, issuer_code = $7, issuer_text = $8, trace_id = $9, ended_at = now()
     where merchant_id = $1 and payment_id = $2 and attempt_no = $4 and exists (select 1 from effect)
   ), answer as (
     update cancellation_requests set answer_status = $11, answer_body = $12, answered_at = now()
     where merchant_id = $1 and payment_id = $2 and request_id = $10 and answer_body is null and exists (select 1 from effect)
     returning 1
   )
   select (select count(*) from answer)::int as answered from effect`,
);

const lockCancellation = statement(
  'lock-cancellation',
  `select cancellation_id, issuer, sandbox, state, reason, c.version, claimed_at, lease_until, next_check_at, now() as now
   from cancellations c join payments p using (merchant_id, payment_id)
   where c.merchant_id = $1 and c.payment_id = $2 for update of c`,
);

const closeAttempt = statement(
  'close-attempt',
  `update attempts set late = late or coalesce(issuer_code = 'lease-expired', false), outcome = $4, reason = $5, certainty = $6, retry_when = $7,
          retry_at = now() + $8 * interval '1 millisecond', task_id = $9, http_status = $10, issuer_code = $11, issuer_text = $12,
          trace_id = $13, ended_at = now()
   where merchant_id = $1 and payment_id = $2 and attempt_no = $3
   returning late`,
);

const closeLostAttempts = statement(
  'close-lost-attempts',
  `update attempts set outcome = 'unknown', issuer_code = 'lease-expired', ended_at = now()
   where merchant_id = $1 and payment_id = $2 and outcome is null`,
);

const closeOvertakenAttempts = statement(
  'close-overtaken-attempts',
  `update attempts set outcome = 'unknown', issuer_code = 'overtaken', ended_at = now()
   where merchant_id = $1 and payment_id = $2 and outcome is null`,
);

/** A call that was out when a person took over has a process that ends it, or none: by then its lease would have ended long ago. */
const closeAbandonedAttempts = statement(
  'close-abandoned-attempts',
  `update attempts a set outcome = 'unknown', issuer_code = 'lease-expired', ended_at = now()
   from manual_cancellations m join cancellations c using (merchant_id, payment_id)
   where m.reason = 'taken_over' and m.opened_at < now() - $1 * interval '1 millisecond' and m.opened_at > now() - interval '7 days'
     and c.finished_at is not null and a.merchant_id = m.merchant_id and a.payment_id = m.payment_id and a.outcome is null
     and a.started_at < now() - $1 * interval '1 millisecond'`,
);

/** The longest time-out that a setting allows, 25 s, and the 5 s of its lease. */
const ABANDONED_MS = 30_000;

const addAttempt = statement(
  'add-attempt',
  `insert into attempts (merchant_id, payment_id, attempt_no, kind, outcome, reason, certainty, http_status, issuer_code, issuer_text,
                         trace_id, ended_at)
   select $1, $2, coalesce(max(attempt_no), 0) + 1, $3, $4, $5, $6, $7, $8, $9, $10, now()
   from attempts where merchant_id = $1 and payment_id = $2`,
);

const selectAttempts = statement(
  'select-attempts',
  `select attempt_no, kind, outcome, reason, certainty, retry_when, retry_at, task_id, http_status, issuer_code, started_at, ended_at
   from attempts where merchant_id = $1 and payment_id = $2 order by attempt_no`,
);

const selectAttemptsOfSome = statement(
  'select-attempts-of-some',
  `select payment_id, attempt_no, kind, outcome, reason, certainty, retry_when, retry_at, task_id, http_status, issuer_code, started_at, ended_at
   from attempts where merchant_id = $1 and payment_id = any($2::text[]) order by payment_id, attempt_no`,
);

const beginAttempt = statement(
  'begin-attempt',
  `with effect as (
     update cancellations
     set state = 'asking', version = version + 1, lease_until = now() + $5 * interval '1 millisecond'
     where merchant_id = $1 and payment_id = $2 and version = $3 and lease_until is null and finished_at is null
     returning merchant_id, payment_id, version
   )
   insert into attempts (merchant_id, payment_id, attempt_no, kind)
   select merchant_id, payment_id, (select coalesce(max(attempt_no), 0) + 1 from attempts where merchant_id = $1 and payment_id = $2), $4
   from effect
   returning attempt_no`,
);

const setWaiting = statement(
  'set-waiting',
  `update cancellations set state = 'waiting', version = version + 1, lease_until = null, next_check_at = $3
   where merchant_id = $1 and payment_id = $2`,
);

const setCancelled = statement(
  'set-cancelled',
  `update cancellations set state = 'cancelled', proof = $3, version = version + 1, lease_until = null, next_check_at = null, finished_at = now()
   where merchant_id = $1 and payment_id = $2`,
);

const setManual = statement(
  'set-manual',
  `update cancellations set state = 'manual', reason = $3, version = version + 1, lease_until = null, next_check_at = null, finished_at = now()
   where merchant_id = $1 and payment_id = $2`,
);

const freezeAnswer = statement(
  'freeze-answer',
  `update cancellation_requests q set answer_status = $4, answer_body = $5, answered_at = now()
   where merchant_id = $1 and payment_id = $2 and request_id = $3 and answer_body is null
     and (q.partial or exists (select 1 from cancellations c where c.merchant_id = $1 and c.payment_id = $2 and c.state = $6))
   returning 1`,
);

const selectOverdue = statement(
  'select-overdue-cancellations',
  `select o.issuer, o.merchant_id, o.payment_id, o.due_at
   from (
     select distinct issuer from cancellations
     where state in ('asking', 'waiting') and coalesce(lease_until, next_check_at) < now() - $1 * interval '1 millisecond'
       and ($2::text is null or issuer = $2)
   ) i cross join lateral (
     select c.issuer, c.merchant_id, c.payment_id, coalesce(c.lease_until, c.next_check_at) as due_at from cancellations c
     where c.issuer = i.issuer and c.state in ('asking', 'waiting')
       and coalesce(c.lease_until, c.next_check_at) < now() - $1 * interval '1 millisecond'
     order by coalesce(c.lease_until, c.next_check_at) limit $3
   ) o
   order by o.due_at`,
);

/**
 * Every waiting cancellation of one account, what is due soonest first: what a changed mode means for it is decided when it is looked at.
 * One after the other, because an issuer that has just recovered, and we, would be overrun by all of them in the same instant.
 */
const wakeAll = statement(
  'wake-waiting-cancellations',
  `with woken as (
     select c.merchant_id, c.payment_id,
            now() + (row_number() over (order by c.next_check_at) - 1) * $4 * interval '1 millisecond' as next_check_at
     from cancellations c join payments p using (merchant_id, payment_id)
     where c.merchant_id = $1 and c.issuer = $2 and p.sandbox = $3 and c.state = 'waiting' and c.next_check_at > now()
   )
   update cancellations c set next_check_at = w.next_check_at, version = c.version + 1
   from woken w
   where c.merchant_id = w.merchant_id and c.payment_id = w.payment_id and c.state = 'waiting' and c.next_check_at > w.next_check_at`,
);

/** 20 looks in a second, for each account. */
const WAKE_EVERY_MS = 50;

const insertCallback = statement(
  'insert-issuer-callback',
  `insert into issuer_callbacks (merchant_id, issuer, sandbox, body_sha256, task_id, reference, news, answered)
   values ($1, $2, $3, $4, $5, $6, $7, $8)
   on conflict on constraint issuer_callbacks_pk do nothing`,
);

const selectByTask = statement(
  'select-payments-by-task',
  `select distinct a.payment_id from attempts a
   join cancellations c using (merchant_id, payment_id)
   join payments p using (merchant_id, payment_id)
   where a.merchant_id = $1 and a.task_id = $2 and c.issuer = $3 and p.sandbox = $4
   order by a.payment_id`,
);

const selectByReference = statement(
  'select-payments-by-reference',
  `select distinct payment_id from issuer_references
   where merchant_id = $1 and issuer = $2 and sandbox = $3 and reference @> $4 order by payment_id`,
);

const callbackColumns = 'merchant_id, issuer, sandbox, body_sha256, task_id, reference, news, answered, received_at';

const selectCallback = statement(
  'select-stored-callback',
  `select ${callbackColumns} from issuer_callbacks
   where merchant_id = $1 and issuer = $2 and sandbox = $3 and body_sha256 = $4 and processed_at is null`,
);

/** In both environments: where one key serves both, it was kept for both, and it names something in one of them. */
const takeCallback = statement(
  'take-stored-callback',
  `update issuer_callbacks set processed_at = now()
   where merchant_id = $1 and issuer = $2 and body_sha256 = $4 and processed_at is null returning sandbox = $3 as own`,
);

const selectCallbacksOfTask = statement(
  'select-stored-callbacks-of-task',
  `select ${callbackColumns} from issuer_callbacks
   where merchant_id = $1 and issuer = $2 and sandbox = $3 and task_id = $4 and processed_at is null order by received_at`,
);

const selectCallbacksOfPayment = statement(
  'select-stored-callbacks-of-payment',
  `select ${callbackColumns} from issuer_callbacks k
   where merchant_id = $1 and issuer = $2 and sandbox = $3 and processed_at is null and exists (
     select 1 from issuer_references r
     where r.merchant_id = k.merchant_id and r.payment_id = $4 and r.issuer = k.issuer and r.sandbox = k.sandbox
       and r.reference @> k.reference)
   order by received_at`,
);

/**
 * Kept ones that name a payment with a cancellation, in the environment for which they were kept: the same words for the other one name
 * nothing, and would be found for ever. `later` ones among them wait for the end of a call.
 */
const selectMatchedCallbacks = statement(
  'select-matched-callbacks',
  `select ${callbackColumns} from issuer_callbacks k
   where processed_at is null and (
     exists (select 1 from attempts a
             join cancellations c using (merchant_id, payment_id)
             join payments p using (merchant_id, payment_id)
             where a.merchant_id = k.merchant_id and a.task_id = k.task_id and c.issuer = k.issuer and p.sandbox = k.sandbox)
     or exists (select 1 from issuer_references r join cancellations c using (merchant_id, payment_id)
                where r.merchant_id = k.merchant_id and r.issuer = k.issuer and r.sandbox = k.sandbox and r.reference @> k.reference))
   order by received_at limit $1`,
);

const deleteOldCallbacks = statement(
  'delete-unmatched-callbacks',
  `delete from issuer_callbacks where processed_at is null and received_at < now() - $1 * interval '1 millisecond'`,
);

const lockTask = statement('lock-task', 'select pg_advisory_xact_lock(hashtextextended($1, 0))');

/** The rows of a cancellation, and the statements that change them. Decides nothing. */
@Injectable()
export class CancellationStore {
  constructor(private readonly database: Database) {}

  /** What is known of a payment, its cancellation and this request, in one look. `sql` is a transaction where the look must hold. */
  async load(key: PaymentKey & { readonly requestId: string | null }, sql: Sql = this.database): Promise<View> {
    const [row] = await sql.run<ViewRow>(loadView, [key.merchantId, key.paymentId, key.requestId]);
    if (!row) return { payment: null, cancellation: null, request: null, now: new Date() };
    return {
      payment: readPayment(row),
      cancellation: row.state ? readCancellation(row) : null,
      request: readRequest(row),
      now: row.now,
    };
  }

  /** Claims the effect and begins the first attempt, for a linked payment whose row has not changed since `paymentVersion`. */
  async claimAndAsk(
    request: NewRequest,
    claim: {
      readonly cancellationId: string;
      readonly issuer: string;
      readonly paymentVersion: number;
      readonly leaseMs: number;
    },
  ): Promise<OpenAttempt | null> {
    const values = [
      request.merchantId,
      request.paymentId,
      claim.paymentVersion,
      claim.cancellationId,
      claim.issuer,
      claim.leaseMs,
      request.requestId,
      request.authorizationId,
      request.value,
    ];
    let begunAt = 0;
    const [row] = await this.database.run(claimAndAsk, values, () => (begunAt = performance.now()));
    return row ? { attemptNo: 1, kind: 'cancel', version: 1, begunAt } : null;
  }

  /** Makes the mark of a payment that we never saw, and locks the payment's row either way. */
  async lockPayment(sql: Transaction, key: PaymentKey, sandboxIfUnseen: boolean): Promise<void> {
    await lockPaymentRow(sql, key, { sandbox: sandboxIfUnseen, seenBefore: false });
  }

  /** Claims the effect in a state other than `asking`. */
  async insertCancellation(
    sql: Transaction,
    key: PaymentKey,
    claim:
      | { readonly cancellationId: string; readonly issuer: string | null; readonly state: 'waiting' }
      | {
          readonly cancellationId: string;
          readonly issuer: string | null;
          readonly state: 'cancelled';
          readonly proof: Proof;
        }
      | {
          readonly cancellationId: string;
          readonly issuer: string | null;
          readonly state: 'manual';
          readonly reason: ManualReason;
        },
  ): Promise<void> {
    await sql.run(insertCancellation, [
      key.merchantId,
      key.paymentId,
      claim.cancellationId,
      claim.issuer,
      claim.state,
      claim.state === 'manual' ? claim.reason : null,
      claim.state === 'cancelled' ? claim.proof : null,
    ]);
  }

  async insertRequest(request: NewRequest & { readonly partial: boolean }, sql: Sql = this.database): Promise<void> {
    const { merchantId, paymentId, requestId, authorizationId, value, partial } = request;
    await sql.run(insertRequest, [merchantId, paymentId, requestId, authorizationId, value, partial]);
  }

  /**
   * Records a proof and the answer to one request, if this process still holds the row.
   * @returns null when it does not; else whether the answer was stored (false: the request has one already)
   */
  async recordProof(
    key: PaymentKey,
    attempt: OpenAttempt,
    finding: Finding,
    answer: (StoredAnswer & { readonly requestId: string }) | null,
  ): Promise<{ readonly isAnswered: boolean } | null> {
    const [row] = await this.database.run<{ answered: number }>(recordProof, [
      key.merchantId,
      key.paymentId,
      attempt.version,
      attempt.attemptNo,
      finding.outcome,
      ...evidenceValues(finding),
      answer?.requestId ?? null,
      answer?.status ?? null,
      answer?.body ?? null,
    ]);
    return row ? { isAnswered: row.answered > 0 } : null;
  }

  /** Locks the cancellation's row; every change to it or to its attempts in a transaction begins here. */
  async lock(sql: Transaction, key: PaymentKey): Promise<{ cancellation: Cancellation; now: Date } | null> {
    const [row] = await sql.run<CancellationRow & { now: Date }>(lockCancellation, [key.merchantId, key.paymentId]);
    return row ? { cancellation: readCancellation(row), now: row.now } : null;
  }

  /** Writes what an attempt of ours found; answers whether it came after its lease had been taken over. */
  async closeAttempt(
    sql: Transaction,
    key: PaymentKey,
    attemptNo: number,
    finding: Finding,
  ): Promise<{ isLate: boolean }> {
    const [row] = await sql.run<{ late: boolean }>(closeAttempt, [
      key.merchantId,
      key.paymentId,
      attemptNo,
      finding.outcome,
      finding.reason ?? null,
      finding.certainty ?? null,
      finding.when ?? null,
      finding.afterMs ?? null,
      finding.taskId ?? null,
      ...evidenceValues(finding),
    ]);
    return { isLate: row?.late ?? false };
  }

  /** An expired lease counts as unknown: the call may have gone out. */
  async closeLostAttempts(sql: Transaction, key: PaymentKey): Promise<void> {
    await sql.run(closeLostAttempts, [key.merchantId, key.paymentId]);
  }

  /**
   * The payment has ended while a call was under way. Nobody takes that one over any more: if its process is gone, it stays unknown; else
   * what it finds is written over this.
   */
  async closeOvertakenAttempts(sql: Transaction, key: PaymentKey): Promise<void> {
    await sql.run(closeOvertakenAttempts, [key.merchantId, key.paymentId]);
  }

  /**
   * Nobody takes over the lease of what a person has taken over: a call that was out then, and whose process died, counts as unknown too.
   * What it finds, if it is heard of after all, is written over this.
   */
  async closeAbandonedAttempts(): Promise<void> {
    await this.database.run(closeAbandonedAttempts, [ABANDONED_MS]);
  }

  /** Adds an attempt that is over already: a callback, or a look at what a person has to do. */
  async addAttempt(sql: Transaction, key: PaymentKey, kind: 'callback' | 'query', finding: Finding): Promise<void> {
    await sql.run(addAttempt, [
      key.merchantId,
      key.paymentId,
      kind,
      finding.outcome,
      finding.reason ?? null,
      finding.certainty ?? null,
      ...evidenceValues(finding),
    ]);
  }

  async attempts(key: PaymentKey, sql: Sql = this.database): Promise<Attempt[]> {
    return (await sql.run<AttemptRow>(selectAttempts, [key.merchantId, key.paymentId])).map(readAttempt);
  }

  /** Those of several payments of a merchant, for a list of them; a payment without any is not in it. */
  async attemptsOf(merchantId: string, paymentIds: readonly string[]): Promise<ReadonlyMap<string, Attempt[]>> {
    const found = new Map<string, Attempt[]>();
    const rows = await this.database.run<AttemptRow & { payment_id: string }>(selectAttemptsOfSome, [
      merchantId,
      paymentIds,
    ]);
    for (const row of rows) found.set(row.payment_id, [...(found.get(row.payment_id) ?? []), readAttempt(row)]);
    return found;
  }

  /** Begins another attempt by compare-and-set; null when the row has moved on. */
  async beginAttempt(
    key: PaymentKey,
    begin: { readonly version: number; readonly kind: 'cancel' | 'query'; readonly leaseMs: number },
  ): Promise<OpenAttempt | null> {
    const values = [key.merchantId, key.paymentId, begin.version, begin.kind, begin.leaseMs];
    let begunAt = 0;
    const [row] = await this.database.run<{ attempt_no: number }>(
      beginAttempt,
      values,
      () => (begunAt = performance.now()),
    );
    return row ? { attemptNo: row.attempt_no, kind: begin.kind, version: begin.version + 1, begunAt } : null;
  }

  async setWaiting(sql: Transaction, key: PaymentKey, checkAt: Date): Promise<void> {
    await sql.run(setWaiting, [key.merchantId, key.paymentId, checkAt]);
  }

  async setCancelled(sql: Transaction, key: PaymentKey, proof: Proof): Promise<void> {
    await sql.run(setCancelled, [key.merchantId, key.paymentId, proof]);
  }

  async setManual(sql: Transaction, key: PaymentKey, reason: ManualReason): Promise<void> {
    await sql.run(setManual, [key.merchantId, key.paymentId, reason]);
  }

  /** Freezes an answer if it is still the true one and the request has none; answers whether it did. */
  async freezeAnswer(
    request: PaymentKey & { readonly requestId: string },
    answer: StoredAnswer,
    state: 'cancelled' | 'manual',
  ): Promise<boolean> {
    const { merchantId, paymentId, requestId } = request;
    const rows = await this.database.run(freezeAnswer, [
      merchantId,
      paymentId,
      requestId,
      answer.status,
      answer.body,
      state,
    ]);
    return rows.length > 0;
  }

  /**
   * Open cancellations that should have been looked at more than `graceMs` ago, the most overdue first.
   * @param issuer of one issuer; null for all
   * @param mostOfEach the most of each issuer
   */
  async overdue(graceMs: number, issuer: string | null, mostOfEach: number): Promise<Overdue[]> {
    const rows = await this.database.run<OverdueRow>(selectOverdue, [graceMs, issuer, mostOfEach]);
    return rows.map((row) => ({
      key: { merchantId: row.merchant_id, paymentId: row.payment_id },
      issuer: row.issuer,
      dueAt: row.due_at,
    }));
  }

  /** Lets the follow-up look at every waiting cancellation of an account from now on, 20 in a second, and at none later than planned. */
  async wakeAll(merchantId: string, issuer: string, sandbox: boolean): Promise<void> {
    await this.database.run(wakeAll, [merchantId, issuer, sandbox, WAKE_EVERY_MS]);
  }

  /** Keeps a verified callback, once however often it is sent. */
  async insertCallback(source: CallbackSource & Pick<StoredCallback, 'news' | 'finding'>): Promise<void> {
    const [taskId, reference] = 'taskId' in source.match ? [source.match.taskId, null] : [null, source.match.reference];
    const values = [...callbackKey(source), taskId, reference && JSON.stringify(reference), source.news];
    await this.database.run(insertCallback, [...values, JSON.stringify(source.finding)]);
  }

  /** The payments that a callback names, in the order in which their rows must be locked. */
  async paymentsNamed(sql: Sql, { merchantId, issuer, sandbox, match }: CallbackSource): Promise<PaymentKey[]> {
    const rows =
      'taskId' in match
        ? await sql.run<{ payment_id: string }>(selectByTask, [merchantId, match.taskId, issuer, sandbox])
        : await sql.run<{ payment_id: string }>(selectByReference, [
            merchantId,
            issuer,
            sandbox,
            JSON.stringify(match.reference),
          ]);
    return rows.map((row) => ({ merchantId, paymentId: row.payment_id }));
  }

  /** The callback as it was kept; null when it is processed already. */
  async storedCallback(sql: Sql, source: CallbackSource): Promise<StoredCallback | null> {
    const [row] = await sql.run<CallbackRow>(selectCallback, callbackKey(source));
    return row ? readCallback(row) : null;
  }

  /** Marks a callback as processed, by compare-and-set; answers whether it was not yet. */
  async takeCallback(sql: Transaction, source: CallbackSource): Promise<boolean> {
    return (await sql.run<{ own: boolean }>(takeCallback, callbackKey(source))).some(({ own }) => own);
  }

  /** Callbacks about this payment that nobody has processed, oldest first: of the task that it now has, or of its card. */
  async storedCallbacks(
    sql: Sql,
    { merchantId, paymentId }: PaymentKey,
    about: { readonly issuer: string; readonly sandbox: boolean; readonly taskId: string | null },
  ): Promise<StoredCallback[]> {
    const { issuer, sandbox, taskId } = about;
    const rows =
      taskId === null
        ? await sql.run<CallbackRow>(selectCallbacksOfPayment, [merchantId, issuer, sandbox, paymentId])
        : await sql.run<CallbackRow>(selectCallbacksOfTask, [merchantId, issuer, sandbox, taskId]);
    return rows.map(readCallback);
  }

  /** Callbacks that nobody has processed although a cancellation is there that they name. */
  async matchedCallbacks(most: number): Promise<StoredCallback[]> {
    return (await this.database.run<CallbackRow>(selectMatchedCallbacks, [most])).map(readCallback);
  }

  /** Deletes what came so long ago and never matched. */
  async deleteUnmatchedCallbacks(olderThanMs: number): Promise<void> {
    await this.database.run(deleteOldCallbacks, [olderThanMs]);
  }

  /** Closes the gap between a task id that is about to be recorded and a callback that names it, until the transaction ends. */
  async lockTask(sql: Transaction, merchantId: string, taskId: string): Promise<void> {
    await sql.run(lockTask, [`task ${merchantId} ${taskId}`]);
  }
}

const callbackKey = ({ merchantId, issuer, sandbox, bodySha256 }: CallbackSource) => [
  merchantId,
  issuer,
  sandbox,
  bodySha256,
];

const readCallback = (row: CallbackRow): StoredCallback => ({
  merchantId: row.merchant_id,
  issuer: row.issuer,
  sandbox: row.sandbox,
  bodySha256: row.body_sha256,
  match: row.task_id === null ? { reference: row.reference ?? {} } : { taskId: row.task_id },
  news: row.news,
  finding: row.answered,
  receivedAt: row.received_at,
});

const evidenceValues = ({ evidence }: Finding) => [
  evidence.httpStatus,
  evidence.issuerCode,
  evidence.issuerText,
  evidence.traceId,
];

interface CancellationRow {
  readonly cancellation_id: string;
  readonly issuer: string | null;
  readonly sandbox: boolean;
  readonly state: Cancellation['state'];
  readonly reason: ManualReason | null;
  readonly version: number;
  readonly claimed_at: Date;
  readonly lease_until: Date | null;
  readonly next_check_at: Date | null;
}

interface ViewRow extends CancellationRow {
  readonly now: Date;
  readonly seen_before: boolean;
  readonly value_in_cents: string | null;
  readonly settled_at: Date | null;
  readonly payment_version: number;
  readonly link_issuer: string | null;
  readonly reference: unknown;
  readonly request_id: string | null;
  readonly authorization_id: string | null;
  readonly value: string | null;
  readonly partial: boolean;
  readonly answer_status: number | null;
  readonly answer_body: string | null;
}

interface AttemptRow {
  readonly attempt_no: number;
  readonly kind: Attempt['kind'];
  readonly outcome: Attempt['outcome'];
  readonly reason: Attempt['reason'];
  readonly certainty: Attempt['certainty'];
  readonly retry_when: Attempt['retryWhen'];
  readonly retry_at: Date | null;
  readonly task_id: string | null;
  readonly http_status: number | null;
  readonly issuer_code: string | null;
  readonly started_at: Date;
  readonly ended_at: Date | null;
}

interface OverdueRow {
  readonly issuer: string;
  readonly merchant_id: string;
  readonly payment_id: string;
  readonly due_at: Date;
}

interface CallbackRow {
  readonly merchant_id: string;
  readonly issuer: string;
  readonly sandbox: boolean;
  readonly body_sha256: Buffer;
  readonly task_id: string | null;
  readonly reference: Readonly<Record<string, string | number>> | null;
  readonly news: CallbackNews;
  readonly answered: Finding;
  readonly received_at: Date;
}

const readPayment = (row: ViewRow): PaymentView => ({
  sandbox: row.sandbox,
  seenBefore: row.seen_before,
  valueInCents: row.value_in_cents === null ? null : Number(row.value_in_cents),
  isSettled: row.settled_at !== null,
  version: row.payment_version,
  link: row.link_issuer === null ? null : { issuer: row.link_issuer, reference: row.reference },
});

const readCancellation = (row: CancellationRow): Cancellation => ({
  cancellationId: row.cancellation_id,
  issuer: row.issuer,
  sandbox: row.sandbox,
  state: row.state,
  reason: row.reason,
  version: row.version,
  claimedAt: row.claimed_at,
  leaseUntil: row.lease_until,
  nextCheckAt: row.next_check_at,
});

function readRequest(row: ViewRow): RequestView | null {
  if (row.request_id === null) return null;
  const { answer_status: status, answer_body: body } = row;
  return {
    authorizationId: row.authorization_id,
    value: row.value,
    partial: row.partial,
    answer: status === null || body === null ? null : { status, body },
  };
}

const readAttempt = (row: AttemptRow): Attempt => ({
  attemptNo: row.attempt_no,
  kind: row.kind,
  outcome: row.outcome,
  reason: row.reason,
  certainty: row.certainty,
  retryWhen: row.retry_when,
  retryAt: row.retry_at,
  taskId: row.task_id,
  httpStatus: row.http_status,
  issuerCode: row.issuer_code,
  startedAt: row.started_at,
  endedAt: row.ended_at,
});
