import { Injectable } from '@nestjs/common';
import type { Attempt } from '../../cancellations/cancellation.js';
import { Explanations } from '../../cancellations/explanation.js';
import type { CheckFact } from '../../cancellations/facts.js';
import { Database, statement } from '../../database.js';
import { findIssuer } from '../../issuers/index.js';
import type { SomeIssuer } from '../../issuers/issuer.js';
import type { ManualKind } from '../../manual-cancellations/manual-cancellations.js';
import type { ManualEventKind } from '../../manual-cancellations/manual-event.js';
import { UNDO_MS } from '../../manual-cancellations/manual-moves.js';
import type { ManualReason } from '../../manual-cancellations/manual-reason.js';
import type { Resolution } from '../../manual-cancellations/resolution.js';
import { amountOf } from './inbox.js';
import type { ManualState } from '../frame/parts.js';
import { isPersonId } from '../people/people.js';
import type { Visitor } from '../frame/visitor.js';

/** One manual cancellation, with what a person must know of its payment. */
export interface ManualView {
  readonly manualCancellationId: string;
  readonly paymentId: string;
  readonly requestId: string | null;
  readonly kind: ManualKind;
  readonly reason: ManualReason;
  readonly state: ManualState;
  readonly version: number;
  readonly openedAt: Date;
  readonly dueAt: Date;
  readonly closedAt: Date | null;
  /** Who has it; null: nobody. */
  readonly owner: { readonly personId: string; readonly name: string } | null;
  /** How it was resolved, also where it was opened again by the machine. */
  readonly resolution: Resolution | null;
  readonly note: string | null;
  readonly protocolNumber: string | null;
  readonly resolverName: string | null;
  /** From when on the word counts as proof; null: it does not, or does already. */
  readonly countsAt: Date | null;
  /**
   * Since when the payment counts as cancelled on the wire, by whatever proof; null: it does not, or this task is about something else
   * of the payment.
   */
  readonly cancelledAt: Date | null;
  /** For so long it can still be undone; 0: no more. */
  readonly undoMs: number;
  readonly orderId: string | null;
  readonly transactionId: string | null;
  readonly sandbox: boolean;
  readonly amount: number | null;
  readonly currency: string | null;
  /** When VTEX asked for this; null: not known. */
  readonly askedAt: Date | null;
  readonly issuer: Pick<SomeIssuer, 'name' | 'byHand'> | null;
  /** What this one is about at the issuer; several where several cards were linked late. */
  readonly references: readonly Readonly<Record<string, unknown>>[];
  readonly attempts: readonly ViewedAttempt[];
  readonly siblings: readonly Sibling[];
  readonly lastEvent: LastEvent | null;
  /** Null: not this kind of task. */
  readonly check: CheckFact | null;
}

export interface ViewedAttempt {
  readonly kind: Attempt['kind'];
  readonly outcome: Attempt['outcome'];
  readonly issuerCode: string | null;
  readonly issuerText: string | null;
}

export interface Sibling {
  readonly manualCancellationId: string;
  readonly kind: ManualKind;
  readonly reason: ManualReason;
  readonly state: ManualState;
}

export interface LastEvent {
  readonly at: Date;
  readonly kind: ManualEventKind;
  readonly reason: ManualReason | null;
  readonly resolution: Resolution | null;
  readonly name: string | null;
  readonly toName: string | null;
}

const selectTask = statement(
  'view-manual-cancellation',
  `select m.*, p.order_id, p.sandbox, p.value_in_cents, a.currency, a.transaction_id, c.value as part_value,
          o.value as refund_value, case when m.kind in ('whole', 'linked-late') and x.state = 'cancelled' then x.finished_at end as cancelled_at, t.name as owner_name, s.name as resolver_name,
          case m.kind when 'refund' then o.answered_at when 'partial' then c.first_seen_at
            else (select min(f.first_seen_at) from cancellation_requests f
                  where f.merchant_id = m.merchant_id and f.payment_id = m.payment_id and not f.partial) end as asked_at,
          greatest(0, extract(epoch from m.closed_at + $3 * interval '1 millisecond' - now()) * 1000)::float as undo_ms
   from manual_cancellations m
   join payments p using (merchant_id, payment_id)
   left join authorizations a using (merchant_id, payment_id)
   left join cancellations x using (merchant_id, payment_id)
   left join cancellation_requests c on m.kind = 'partial' and c.merchant_id = m.merchant_id and c.payment_id = m.payment_id
     and c.request_id = m.request_id
   left join operation_requests o on m.kind = 'refund' and o.merchant_id = m.merchant_id and o.payment_id = m.payment_id
     and o.operation = 'refund' and o.request_id = m.request_id
   left join people t on t.merchant_id = m.merchant_id and t.person_id = m.taken_by
   left join people s on s.merchant_id = m.merchant_id and s.person_id = m.resolved_by
   where m.merchant_id = $1 and m.manual_cancellation_id = $2`,
);

const selectReferences = statement(
  'view-references',
  `select issuer, reference, late from issuer_references where merchant_id = $1 and payment_id = $2 order by late, linked_at desc`,
);

const selectAttempts = statement(
  'view-attempts',
  `select kind, outcome, issuer_code as "issuerCode", issuer_text as "issuerText"
   from attempts where merchant_id = $1 and payment_id = $2 order by attempt_no`,
);

const selectSiblings = statement(
  'view-siblings',
  `select manual_cancellation_id as "manualCancellationId", kind, reason, state from manual_cancellations
   where merchant_id = $1 and payment_id = $2 and manual_cancellation_id <> $3 order by opened_at, manual_cancellation_id`,
);

const selectLastEvent = statement(
  'view-last-event',
  `select e.at, e.kind, e.reason, e.resolution, p.name, t.name as "toName" from manual_cancellation_events e
   left join people p on p.merchant_id = e.merchant_id and p.person_id = e.person_id
   left join people t on t.merchant_id = e.merchant_id and t.person_id = e.to_person_id
   where e.merchant_id = $1 and e.manual_cancellation_id = $2 and e.kind <> 'noted' order by e.event_no desc limit 1`,
);

/** Shows one manual cancellation. */
@Injectable()
export class ManualViews {
  constructor(
    private readonly database: Database,
    private readonly explanations: Explanations,
  ) {}

  /** Null where this merchant has no such manual cancellation. */
  async find({ merchantId }: Pick<Visitor, 'merchantId'>, id: string): Promise<ManualView | null> {
    if (!isPersonId(id)) return null;
    const [row] = await this.database.run<TaskRow>(selectTask, [merchantId, id, UNDO_MS]);
    if (!row) return null;
    const key = [merchantId, row.payment_id];
    const [references, attempts, siblings, [lastEvent], facts] = await Promise.all([
      this.database.run<ReferenceRow>(selectReferences, key),
      this.database.run<ViewedAttempt>(selectAttempts, key),
      this.database.run<Sibling>(selectSiblings, [...key, id]),
      this.database.run<LastEvent>(selectLastEvent, [merchantId, id]),
      row.kind === 'whole' ? this.explanations.facts({ merchantId, paymentId: row.payment_id }) : null,
    ]);
    const about = referencesOf(row, references);
    const issuer = about[0]?.issuer ?? row.issuer;
    return {
      ...fromRow(row),
      issuer: issuer === null ? null : findIssuer(issuer),
      references: about.map(({ reference }) => reference),
      // What was sent was sent for the whole payment.
      attempts: row.kind === 'whole' ? attempts : [],
      siblings,
      lastEvent: lastEvent ?? null,
      check: facts?.check ?? null,
    };
  }
}

/** Cards that were linked late are the task of their own, or of a payment that we knew nothing else of. */
function referencesOf({ kind }: TaskRow, references: readonly ReferenceRow[]): readonly ReferenceRow[] {
  const [late, first] = [references.filter((one) => one.late), references.filter((one) => !one.late)];
  if (kind === 'linked-late') return late;
  return first.length > 0 ? first : late;
}

interface TaskRow {
  readonly manual_cancellation_id: string;
  readonly payment_id: string;
  readonly request_id: string | null;
  readonly kind: ManualKind;
  readonly reason: ManualReason;
  readonly state: ManualState;
  readonly version: number;
  readonly issuer: string | null;
  readonly opened_at: Date;
  readonly due_at: Date;
  readonly closed_at: Date | null;
  readonly taken_by: string | null;
  readonly owner_name: string | null;
  readonly resolution: Resolution | null;
  readonly resolution_note: string | null;
  readonly protocol_number: string | null;
  readonly resolver_name: string | null;
  readonly word_counts_at: Date | null;
  readonly vtex_told_at: Date | null;
  readonly cancelled_at: Date | null;
  readonly undo_ms: number | null;
  readonly order_id: string | null;
  readonly transaction_id: string | null;
  readonly sandbox: boolean;
  readonly value_in_cents: string | null;
  readonly part_value: string | null;
  readonly refund_value: string | null;
  readonly currency: string | null;
  readonly asked_at: Date | null;
}

interface ReferenceRow {
  readonly issuer: string;
  readonly reference: Readonly<Record<string, unknown>>;
  readonly late: boolean;
}

const fromRow = (row: TaskRow) => ({
  manualCancellationId: row.manual_cancellation_id,
  paymentId: row.payment_id,
  requestId: row.request_id,
  kind: row.kind,
  reason: row.reason,
  state: row.state,
  version: row.version,
  openedAt: row.opened_at,
  dueAt: row.due_at,
  closedAt: row.closed_at,
  owner: row.taken_by === null ? null : { personId: row.taken_by, name: row.owner_name ?? '' },
  resolution: row.resolution,
  note: row.resolution_note,
  protocolNumber: row.protocol_number,
  resolverName: row.resolver_name,
  countsAt: row.word_counts_at,
  cancelledAt: row.cancelled_at,
  undoMs: row.state === 'resolved' && row.vtex_told_at === null ? (row.undo_ms ?? 0) : 0,
  orderId: row.order_id,
  transactionId: row.transaction_id,
  sandbox: row.sandbox,
  amount: amountOf(row),
  currency: row.currency,
  askedAt: row.asked_at,
});
