import { Injectable } from '@nestjs/common';
import type { CancellationState, PaymentKey, Proof } from '../../cancellations/cancellation.js';
import { Database, statement } from '../../database.js';
import type { ManualKind } from '../../manual-cancellations/manual-cancellations.js';
import type { ManualReason } from '../../manual-cancellations/manual-reason.js';
import type { ManualState } from '../frame/parts.js';

/** What the page of a payment says above its history. */
export interface PaymentDetails {
  readonly paymentId: string;
  /** Null: only a request that could not be used has named the payment. */
  readonly payment: KnownPayment | null;
  readonly cancellation: {
    readonly state: CancellationState;
    /** Only on proof. */
    readonly cancellationId: string | null;
    readonly reason: ManualReason | null;
    readonly proof: Proof | null;
    readonly claimedAt: Date;
  } | null;
  /** The newest first: of a payment that bought several cards, those that were linked late. */
  readonly links: readonly PaymentLink[];
  readonly tasks: readonly PaymentTask[];
}

export interface KnownPayment {
  readonly sandbox: boolean;
  readonly seenBefore: boolean;
  readonly orderId: string | null;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
  readonly transactionId: string | null;
  readonly authorizationId: string | null;
  readonly tid: string | null;
  /** In currency units. */
  readonly value: number | null;
  readonly currency: string | null;
}

export interface PaymentLink {
  readonly issuer: string;
  readonly reference: Readonly<Record<string, unknown>>;
  readonly late: boolean;
}

export interface PaymentTask {
  readonly manualCancellationId: string;
  readonly kind: ManualKind;
  readonly state: ManualState;
  readonly reason: ManualReason;
  readonly openedAt: Date;
}

/** One statement, so that a state does not stand beside a task of another moment. */
const selectDetails = statement(
  'select-payment-details',
  `select p.sandbox, p.seen_before, p.order_id, p.created_at, p.settled_at, p.value_in_cents,
          a.transaction_id, a.authorization_id, a.tid, a.value, a.currency,
          c.state, c.cancellation_id, c.reason, c.proof, c.claimed_at,
          coalesce((select jsonb_agg(jsonb_build_object('issuer', r.issuer, 'reference', r.reference, 'late', r.late)
                                     order by r.late desc, r.linked_at desc, r.identity)
                    from issuer_references r where r.merchant_id = $1 and r.payment_id = $2), '[]') as links,
          coalesce((select jsonb_agg(jsonb_build_object('manualCancellationId', m.manual_cancellation_id, 'kind', m.kind,
                                       'state', m.state, 'reason', m.reason, 'openedAt', m.opened_at)
                                     order by m.opened_at, m.manual_cancellation_id)
                    from manual_cancellations m where m.merchant_id = $1 and m.payment_id = $2), '[]') as tasks
   from (select $1::text as merchant_id, $2::text as payment_id) k
   left join payments p on p.merchant_id = k.merchant_id and p.payment_id = k.payment_id
   left join authorizations a on a.merchant_id = k.merchant_id and a.payment_id = k.payment_id
   left join cancellations c on c.merchant_id = k.merchant_id and c.payment_id = k.payment_id
   where p.payment_id is not null
     or exists (select 1 from payment_events e where e.merchant_id = $1 and e.payment_id = $2)`,
);

/** What is known of one payment, whatever happened to it. */
@Injectable()
export class PaymentsDetails {
  constructor(private readonly database: Database) {}

  /** Null where this merchant has no such payment. */
  async find({ merchantId, paymentId }: PaymentKey): Promise<PaymentDetails | null> {
    const [row] = await this.database.run<Row>(selectDetails, [merchantId, paymentId]);
    if (!row) return null;
    const { links, tasks } = row;
    return {
      paymentId,
      payment: row.created_at === null ? null : readPayment({ ...row, created_at: row.created_at }),
      cancellation:
        row.state === null || row.claimed_at === null
          ? null
          : {
              state: row.state,
              cancellationId: row.state === 'cancelled' ? row.cancellation_id : null,
              reason: row.reason,
              proof: row.proof,
              claimedAt: row.claimed_at,
            },
      links,
      tasks: tasks.map((task) => ({ ...task, openedAt: new Date(task.openedAt) })),
    };
  }
}

const readPayment = (row: Row & { readonly created_at: Date }): KnownPayment => ({
  sandbox: row.sandbox,
  seenBefore: row.seen_before,
  orderId: row.order_id,
  createdAt: row.created_at,
  settledAt: row.settled_at,
  transactionId: row.transaction_id,
  authorizationId: row.authorization_id,
  tid: row.tid,
  value: row.value !== null ? Number(row.value) : row.value_in_cents === null ? null : Number(row.value_in_cents) / 100,
  currency: row.currency,
});

interface Row {
  readonly sandbox: boolean;
  readonly seen_before: boolean;
  readonly order_id: string | null;
  readonly created_at: Date | null;
  readonly settled_at: Date | null;
  readonly value_in_cents: string | null;
  readonly transaction_id: string | null;
  readonly authorization_id: string | null;
  readonly tid: string | null;
  readonly value: string | null;
  readonly currency: string | null;
  readonly state: CancellationState | null;
  readonly cancellation_id: string | null;
  readonly reason: ManualReason | null;
  readonly proof: Proof | null;
  readonly claimed_at: Date | null;
  readonly links: readonly PaymentLink[];
  readonly tasks: readonly (Omit<PaymentTask, 'openedAt'> & { readonly openedAt: string })[];
}
