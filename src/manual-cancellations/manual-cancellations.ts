import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { Database, statement, type Transaction } from '../database.js';
import { Jobs } from '../jobs/jobs.js';
import { recordManualEvent, type ManualKey } from './manual-event.js';
import type { ManualReason } from './manual-reason.js';
import { manualReasons } from './manual-reason.js';
import type { LateLinks } from '../payments/late-links.js';
import { recordEvent } from '../payments/payment-event.js';
import { newestReference } from '../payments/payment-row.js';

export type ManualKind = 'whole' | 'partial' | 'linked-late' | 'refund';

/** What people are told of. */
export type NoticeEvent = 'manual_required' | 'taken' | 'resolved' | 'not_needed';

export interface ManualToOpen {
  readonly merchantId: string;
  readonly paymentId: string;
  readonly kind: ManualKind;
  /** Only for a partial cancel and a refund: each request is a task of its own. */
  readonly requestId?: string;
  readonly reason: ManualReason;
}

/** One open task, as `GET /internal/manual-cancellations` shows it. */
export interface OpenManualCancellation {
  readonly manualCancellationId: string;
  readonly paymentId: string;
  readonly kind: ManualKind;
  readonly requestId: string | null;
  /** Only for a refund: how much, in currency units, as VTEX wrote it; and the currency where VTEX created the payment here. */
  readonly value: number | null;
  readonly currency: string | null;
  readonly issuer: string | null;
  readonly reference: Readonly<Record<string, unknown>> | null;
  readonly reason: ManualReason;
  readonly orderId: string | null;
  readonly sandbox: boolean;
  readonly since: Date;
}

const insertManual = statement(
  'insert-manual-cancellation',
  `insert into manual_cancellations (merchant_id, payment_id, kind, request_id, reason, issuer, due_at, state, taken_by, taken_at)
   select m.merchant_id, m.payment_id, $3, $4, $5, r.issuer, now() + coalesce(($6::jsonb ->> r.issuer)::numeric, $7) * interval '1 millisecond',
          case when $8::uuid is null then 'open' else 'taken' end, $8, case when $8::uuid is not null then now() end
   from (select $1::text as merchant_id, $2::text as payment_id) m
   ${newestReference}
   on conflict on constraint manual_cancellations_once do nothing
   returning manual_cancellation_id`,
);

/** Of a card that was linked late the issuer is known only now. */
const completeManual = statement(
  'complete-manual-cancellation',
  `update manual_cancellations m set reason = $3, version = version + 1,
     issuer = (select r.issuer from (select 1) one ${newestReference})
   where merchant_id = $1 and payment_id = $2 and kind in ('whole', 'linked-late')
     and state in ('open', 'taken') and reason in ('no_link', $3)
   returning manual_cancellation_id`,
);

/** The task of an earlier late link was ended; now there is another card. */
const reopenForLateLink = statement(
  'reopen-manual-for-late-link',
  `update manual_cancellations t
   set state = 'open', closed_at = null, resolution = null, resolution_note = null, protocol_number = null, resolved_by = null,
       version = version + 1, issuer = r.issuer, due_at = now() + coalesce(($3::jsonb ->> r.issuer)::numeric, $4) * interval '1 millisecond'
   from (select $1::text as merchant_id, $2::text as payment_id) m
   ${newestReference}
   where t.merchant_id = $1 and t.payment_id = $2 and t.kind = 'linked-late' and t.state in ('resolved', 'not-needed')
   returning t.manual_cancellation_id`,
);

const closeAsNotNeeded = statement(
  'close-manual-as-not-needed',
  `with closed as (
     update manual_cancellations m
     set state = 'not-needed', closed_at = now(), version = version + 1, taken_by = null, taken_at = null
     from (select manual_cancellation_id, taken_by from manual_cancellations
           where merchant_id = $1 and payment_id = $2 and kind = 'whole' and state in ('open', 'taken') for update) as before
     where m.merchant_id = $1 and m.manual_cancellation_id = before.manual_cancellation_id
     returning m.manual_cancellation_id
   )
   select manual_cancellation_id from closed`,
);

/** Ended by a person in a way that the late proof contradicts: money may have moved twice, or a customer was told otherwise. */
const reopenAfterLateSuccess = statement(
  'reopen-manual-after-late-success',
  `update manual_cancellations set state = 'open', reason = 'late_success', closed_at = null, version = version + 1
   where merchant_id = $1 and payment_id = $2 and kind = 'whole' and state = 'resolved'
     and resolution in ('refunded-instead', 'cannot-be-cancelled')
   returning manual_cancellation_id`,
);

const insertNotice = statement(
  'insert-notice',
  `insert into notices (merchant_id, event, manual_cancellation_id, spread_from, to_person_id)
   values ($1, $2, $3, now() + $4 * interval '1 millisecond', $5) returning notice_id, spread_from`,
);

const deleteNotice = statement(
  'delete-notice',
  `delete from notices where merchant_id = $1 and event = $2 and manual_cancellation_id = $3
     and spread_at is null and spread_from > now()`,
);

/** Joins how much a row `m` is to give back as `f`. */
export const amountOfRefund = `left join lateral (
     select o.value, a.currency from operation_requests o
     left join authorizations a on a.merchant_id = o.merchant_id and a.payment_id = o.payment_id
     where m.kind = 'refund' and o.merchant_id = m.merchant_id and o.payment_id = m.payment_id and o.operation = 'refund'
       and o.request_id = m.request_id
   ) f on true`;

const listOpen = statement(
  'list-open-manual-cancellations',
  `select m.manual_cancellation_id, m.payment_id, m.kind, m.request_id, m.reason, m.opened_at, p.order_id, p.sandbox,
          r.issuer, r.reference, f.value, f.currency
   from manual_cancellations m
   join payments p using (merchant_id, payment_id)
   ${newestReference}
   ${amountOfRefund}
   where m.merchant_id = $1 and m.state in ('open', 'taken')
   order by m.opened_at, m.manual_cancellation_id
   limit $2`,
);

/** The most that one answer lists; the oldest come first. */
const MOST_LISTED = 1_000;

/** Where nothing tells the issuer. */
const DUE_WITHOUT_ISSUER_MS = 24 * 3_600_000;

/** What people must do: opened here, in the transaction that decides it, together with its notice. */
@Injectable()
export class ManualCancellations implements LateLinks {
  readonly #dueMsByIssuer: string;

  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    @Inject(CONFIG) config: Config,
  ) {
    const dueMs = Object.entries(config.issuers).map(([issuer, { manualDueMs }]) => [issuer, manualDueMs]);
    this.#dueMsByIssuer = JSON.stringify(Object.fromEntries(dueMs));
  }

  /**
   * Opens a task and writes its notice to the outbox; both commit with the caller's transaction. Does nothing where the
   * same task exists, so that deciding twice does no harm.
   *
   * @param takenBy the person who took it over from the machine, and so has it from the beginning
   * @returns the id of the task that was opened; null where the same one exists
   */
  async open(sql: Transaction, task: ManualToOpen, takenBy: string | null = null): Promise<string | null> {
    const { merchantId, paymentId, kind, requestId = null, reason } = task;
    const values = [
      merchantId,
      paymentId,
      kind,
      requestId,
      reason,
      this.#dueMsByIssuer,
      DUE_WITHOUT_ISSUER_MS,
      takenBy,
    ];
    const [opened] = await sql.run<TaskId>(insertManual, values);
    if (!opened) return null;
    const key = { merchantId, manualCancellationId: opened.manual_cancellation_id };
    await recordManualEvent(sql, key, { kind: 'opened', reason });
    if (takenBy !== null) await recordManualEvent(sql, key, { kind: 'taken', personId: takenBy });
    await this.notify(sql, key, takenBy === null ? 'manual_required' : 'taken');
    await recordEvent(sql, task, 'manual-opened', `To be done by hand: ${manualReasons[reason]}`);
    return key.manualCancellationId;
  }

  /**
   * A card was linked after the cancel: completes the open task of a payment that we never saw, opens a new one, or opens the one of an
   * earlier late link again, which said nothing of this card.
   */
  async openForLateLink(
    sql: Transaction,
    { merchantId, paymentId }: { merchantId: string; paymentId: string },
  ): Promise<void> {
    const reason = 'linked_after_cancel';
    const payment = [merchantId, paymentId];
    const completed = await sql.run<TaskId>(completeManual, [...payment, reason]);
    if (completed.length === 0 && (await this.open(sql, { merchantId, paymentId, kind: 'linked-late', reason })))
      return;
    const due = [this.#dueMsByIssuer, DUE_WITHOUT_ISSUER_MS];
    const [task] = completed.length > 0 ? completed : await sql.run<TaskId>(reopenForLateLink, [...payment, ...due]);
    if (!task) return;
    const key = { merchantId, manualCancellationId: task.manual_cancellation_id };
    await this.takeBack(sql, key, 'resolved');
    await recordManualEvent(sql, key, { kind: 'completed', reason });
    await this.notify(sql, key, 'manual_required');
  }

  /**
   * A late proof makes the task unnecessary; whoever took it is told. One that a person ended in a way that the proof contradicts keeps
   * its resolution and is opened again.
   */
  async standDown(
    sql: Transaction,
    { merchantId, paymentId }: { merchantId: string; paymentId: string },
  ): Promise<{ readonly isReopened: boolean }> {
    const closed = await sql.run<TaskId>(closeAsNotNeeded, [merchantId, paymentId]);
    for (const { manual_cancellation_id: manualCancellationId } of closed) {
      await recordManualEvent(sql, { merchantId, manualCancellationId }, { kind: 'not-needed' });
      await this.notify(sql, { merchantId, manualCancellationId }, 'not_needed');
    }
    const reopened = await sql.run<TaskId>(reopenAfterLateSuccess, [merchantId, paymentId]);
    for (const { manual_cancellation_id: manualCancellationId } of reopened) {
      const key = { merchantId, manualCancellationId };
      await recordManualEvent(sql, key, { kind: 'late-success', reason: 'late_success' });
      await this.notify(sql, key, 'manual_required');
    }
    return { isReopened: reopened.length > 0 };
  }

  /** The open tasks of a merchant, oldest first, at most 1,000. */
  async listOpen(merchantId: string): Promise<OpenManualCancellation[]> {
    const rows = await this.database.run<ListedRow>(listOpen, [merchantId, MOST_LISTED]);
    return rows.map((row) => ({
      manualCancellationId: row.manual_cancellation_id,
      paymentId: row.payment_id,
      kind: row.kind,
      requestId: row.request_id,
      value: row.value === null ? null : Number(row.value),
      currency: row.currency,
      issuer: row.issuer,
      reference: row.reference,
      reason: row.reason,
      orderId: row.order_id,
      sandbox: row.sandbox,
      since: row.opened_at,
    }));
  }

  /**
   * Writes a notice to the outbox; it commits with the caller's transaction.
   *
   * @param about.afterMs not before; until then {@link takeBack} may remove it
   * @param about.toPersonId who hears of it whatever they want to hear of
   */
  async notify(
    sql: Transaction,
    { merchantId, manualCancellationId }: ManualKey,
    event: NoticeEvent,
    { afterMs = 0, toPersonId = null }: { readonly afterMs?: number; readonly toPersonId?: string | null } = {},
  ): Promise<void> {
    const values = [merchantId, event, manualCancellationId, afterMs, toPersonId];
    const [notice] = await sql.run<{ notice_id: string; spread_from: Date }>(insertNotice, values);
    if (!notice) return;
    const data = { merchantId, noticeId: notice.notice_id };
    await this.jobs.enqueue(sql, {
      queue: 'deliver-notice',
      data,
      ...(afterMs > 0 ? { runAt: notice.spread_from } : {}),
    });
  }

  /** Removes notices of an event that nobody has begun to deliver. */
  async takeBack(sql: Transaction, { merchantId, manualCancellationId }: ManualKey, event: NoticeEvent): Promise<void> {
    await sql.run(deleteNotice, [merchantId, event, manualCancellationId]);
  }
}

interface TaskId {
  readonly manual_cancellation_id: string;
}

interface ListedRow {
  readonly manual_cancellation_id: string;
  readonly payment_id: string;
  readonly kind: ManualKind;
  readonly request_id: string | null;
  readonly value: string | null;
  readonly currency: string | null;
  readonly issuer: string | null;
  readonly reference: Readonly<Record<string, unknown>> | null;
  readonly reason: ManualReason;
  readonly order_id: string | null;
  readonly sandbox: boolean;
  readonly opened_at: Date;
}
