import { Injectable } from '@nestjs/common';
import { Database, statement, type Transaction } from '../database.js';
import { Jobs } from '../jobs/jobs.js';
import type { ManualReason } from './manual-reason.js';
import { manualReasons } from './manual-reason.js';
import type { LateLinks } from '../payments/late-links.js';
import { recordEvent } from '../payments/payment-event.js';
import { newestReference } from '../payments/payment-row.js';

export type ManualKind = 'whole' | 'partial' | 'linked-late' | 'refund';

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
  `insert into manual_cancellations (merchant_id, payment_id, kind, request_id, reason) values ($1, $2, $3, $4, $5)
   on conflict on constraint manual_cancellations_once do nothing
   returning manual_cancellation_id`,
);

const completeManual = statement(
  'complete-manual-cancellation',
  `update manual_cancellations set reason = $3 where merchant_id = $1 and payment_id = $2 and kind in ('whole', 'linked-late')
     and state in ('open', 'taken') and reason in ('no_link', $3)
   returning manual_cancellation_id`,
);

const insertNotice = statement(
  'insert-notice',
  'insert into notices (merchant_id, event, manual_cancellation_id) values ($1, $2, $3) returning notice_id',
);

const closeAsNotNeeded = statement(
  'close-manual-as-not-needed',
  `with closed as (
     update manual_cancellations m set state = 'not-needed', closed_at = now()
     from (select manual_cancellation_id, state from manual_cancellations
           where merchant_id = $1 and payment_id = $2 and kind = 'whole' and state in ('open', 'taken') for update) as before
     where m.merchant_id = $1 and m.manual_cancellation_id = before.manual_cancellation_id
     returning m.manual_cancellation_id, before.state as state_before
   )
   select manual_cancellation_id, state_before from closed`,
);

/** Ended by a person in a way that the late proof contradicts: money may have moved twice, or a customer was told otherwise. */
const reopenAfterLateSuccess = statement(
  'reopen-manual-after-late-success',
  `update manual_cancellations set state = 'open', reason = 'late_success', closed_at = null
   where merchant_id = $1 and payment_id = $2 and kind = 'whole' and state = 'resolved'
     and resolution in ('refunded-instead', 'cannot-be-cancelled')
   returning manual_cancellation_id`,
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

/** What people must do: opened here, in the transaction that decides it, together with its notice. */
@Injectable()
export class ManualCancellations implements LateLinks {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
  ) {}

  /**
   * Opens a task and writes its notice to the outbox; both commit with the caller's transaction. Does nothing where the
   * same task exists, so that deciding twice does no harm.
   */
  async open(sql: Transaction, task: ManualToOpen): Promise<void> {
    const values = [task.merchantId, task.paymentId, task.kind, task.requestId ?? null, task.reason];
    const [opened] = await sql.run<{ manual_cancellation_id: string }>(insertManual, values);
    if (!opened) return;
    await this.#notify(sql, task.merchantId, 'manual_required', opened.manual_cancellation_id);
    await recordEvent(sql, task, 'manual-opened', `To be done by hand: ${manualReasons[task.reason]}`);
  }

  /** A card was linked after the cancel: completes the open task of a payment that we never saw, or opens a new one. */
  async openForLateLink(sql: Transaction, key: { merchantId: string; paymentId: string }): Promise<void> {
    const [completed] = await sql.run<{ manual_cancellation_id: string }>(completeManual, [
      key.merchantId,
      key.paymentId,
      'linked_after_cancel',
    ]);
    if (completed) return this.#notify(sql, key.merchantId, 'manual_required', completed.manual_cancellation_id);
    await this.open(sql, { ...key, kind: 'linked-late', reason: 'linked_after_cancel' });
  }

  /**
   * A late proof makes the task unnecessary; whoever took it is told. One that a person ended in a way that the proof contradicts keeps
   * its resolution and is opened again.
   */
  async standDown(
    sql: Transaction,
    key: { merchantId: string; paymentId: string },
  ): Promise<{ readonly isReopened: boolean }> {
    const closed = await sql.run<{ manual_cancellation_id: string; state_before: string }>(closeAsNotNeeded, [
      key.merchantId,
      key.paymentId,
    ]);
    for (const { manual_cancellation_id } of closed) {
      await this.#notify(sql, key.merchantId, 'not_needed', manual_cancellation_id);
    }
    const reopened = await sql.run<{ manual_cancellation_id: string }>(reopenAfterLateSuccess, [
      key.merchantId,
      key.paymentId,
    ]);
    for (const { manual_cancellation_id } of reopened) {
      await this.#notify(sql, key.merchantId, 'manual_required', manual_cancellation_id);
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

  async #notify(sql: Transaction, merchantId: string, event: string, manualCancellationId: string): Promise<void> {
    const [notice] = await sql.run<{ notice_id: string }>(insertNotice, [merchantId, event, manualCancellationId]);
    if (notice)
      await this.jobs.enqueue(sql, { queue: 'deliver-notice', data: { merchantId, noticeId: notice.notice_id } });
  }
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
