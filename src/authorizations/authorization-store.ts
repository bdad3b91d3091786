import { Injectable } from '@nestjs/common';
import { Database, statement, type Sql, type Transaction } from '../database.js';
import type { TestSuiteScript } from '../vtex/test-suite-script.js';
import type { Authorization, AuthorizedPayment } from './authorization.js';

/** One payment of one merchant. */
export interface PaymentKey {
  readonly merchantId: string;
  readonly paymentId: string;
}

/** What a first create brings. */
export interface NewAuthorization extends PaymentKey {
  readonly authorizationId: string;
  readonly tid: string;
  readonly value: number | null;
  readonly currency: string | null;
  readonly paymentMethod: string | null;
  readonly transactionId: string | null;
  readonly reference: string | null;
  readonly orderId: string | null;
  readonly issuerChoice: string | null;
  readonly callbackUrl: string | null;
  readonly delayToCancelS: number;
  readonly delayToAutoSettleS: number;
  readonly delayToAutoSettleAfterAntifraudS: number;
  readonly script: TestSuiteScript | null;
  /** Null: final from the start. */
  readonly scriptFinalInMs: number | null;
}

const loadPayment = statement(
  'load-authorized-payment',
  `select now() as now, p.sandbox, p.settle_id, r.issuer,
          exists (select 1 from cancellations c where c.merchant_id = p.merchant_id and c.payment_id = p.payment_id) as has_cancellation,
          a.authorization_id, a.tid, a.value, a.currency, a.issuer_choice, a.callback_url, a.delay_to_cancel_s, a.delay_to_auto_settle_s,
          a.delay_to_auto_settle_after_antifraud_s, a.script, a.script_final_at, a.approved_body, a.denied_body
   from payments p
   left join issuer_references r on r.merchant_id = p.merchant_id and r.payment_id = p.payment_id and not r.late
   left join authorizations a on a.merchant_id = p.merchant_id and a.payment_id = p.payment_id
   where p.merchant_id = $1 and p.payment_id = $2`,
);

const insertAuthorization = statement(
  'insert-authorization',
  `insert into authorizations (merchant_id, payment_id, authorization_id, tid, value, currency, payment_method, transaction_id, reference,
     issuer_choice, callback_url, delay_to_cancel_s, delay_to_auto_settle_s, delay_to_auto_settle_after_antifraud_s, script, script_final_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, now() + $16 * interval '1 millisecond')`,
);

/** What a link said stands, and is told. The version moves, so that a claim that has looked before looks again. */
const completePayment = statement(
  'complete-created-payment',
  `update payments set value_in_cents = coalesce(value_in_cents, $3), order_id = coalesce(order_id, $4), version = version + 1
   where merchant_id = $1 and payment_id = $2
   returning value_in_cents`,
);

const renewCallbackUrl = statement(
  'renew-callback-url',
  'update authorizations set callback_url = $3 where merchant_id = $1 and payment_id = $2',
);

const freezeApproved = statement(
  'freeze-approved-body',
  `update authorizations a set approved_body = coalesce(approved_body, $3)
   where merchant_id = $1 and payment_id = $2
     and not exists (select 1 from cancellations c where c.merchant_id = a.merchant_id and c.payment_id = a.payment_id)
   returning approved_body as body`,
);

const freezeDenied = statement(
  'freeze-denied-body',
  `update authorizations set denied_body = coalesce(denied_body, $3) where merchant_id = $1 and payment_id = $2
   returning denied_body as body`,
);

/** The rows of an authorization, and the statements that change them. Decides nothing. */
@Injectable()
export class AuthorizationStore {
  constructor(private readonly database: Database) {}

  /** What is known of a payment, in one look; null where it was never seen. */
  async load({ merchantId, paymentId }: PaymentKey, sql: Sql = this.database): Promise<AuthorizedPayment | null> {
    const [row] = await sql.run<PaymentRow>(loadPayment, [merchantId, paymentId]);
    return row ? readPayment(paymentId, row) : null;
  }

  /**
   * Keeps what a first create brings. The payment's row must be there, and locked.
   * @returns whether a link had said another value, which stands
   */
  async insert(sql: Transaction, created: NewAuthorization): Promise<{ readonly isOtherValue: boolean }> {
    const { merchantId, paymentId, value, orderId } = created;
    await sql.run(insertAuthorization, [
      merchantId,
      paymentId,
      created.authorizationId,
      created.tid,
      value,
      created.currency,
      created.paymentMethod,
      created.transactionId,
      created.reference,
      created.issuerChoice,
      created.callbackUrl,
      created.delayToCancelS,
      created.delayToAutoSettleS,
      created.delayToAutoSettleAfterAntifraudS,
      created.script,
      created.scriptFinalInMs,
    ]);
    const cents = value === null ? null : Math.round(value * 100);
    const [row] = await sql.run<{ value_in_cents: string | null }>(completePayment, [
      merchantId,
      paymentId,
      cents,
      orderId,
    ]);
    const known = row?.value_in_cents ?? null;
    return { isOtherValue: cents !== null && known !== null && Number(known) !== cents };
  }

  /** VTEX may sign its address anew with each create. */
  async renewCallbackUrl(sql: Transaction, { merchantId, paymentId }: PaymentKey, callbackUrl: string): Promise<void> {
    await sql.run(renewCallbackUrl, [merchantId, paymentId, callbackUrl]);
  }

  /**
   * Freezes a final answer, if none was given before.
   * @returns the bytes that stand; null for `approved` once a cancellation is there
   */
  async freeze(
    { merchantId, paymentId }: PaymentKey,
    status: 'approved' | 'denied',
    body: string,
    sql: Sql = this.database,
  ): Promise<string | null> {
    const freeze = status === 'approved' ? freezeApproved : freezeDenied;
    const [row] = await sql.run<{ body: string }>(freeze, [merchantId, paymentId, body]);
    return row?.body ?? null;
  }
}

interface PaymentRow {
  readonly now: Date;
  readonly sandbox: boolean;
  readonly settle_id: string | null;
  readonly issuer: string | null;
  readonly has_cancellation: boolean;
  readonly authorization_id: string | null;
  readonly tid: string;
  readonly value: string | null;
  readonly currency: string | null;
  readonly issuer_choice: string | null;
  readonly callback_url: string | null;
  readonly delay_to_cancel_s: number;
  readonly delay_to_auto_settle_s: number;
  readonly delay_to_auto_settle_after_antifraud_s: number;
  readonly script: TestSuiteScript | null;
  readonly script_final_at: Date | null;
  readonly approved_body: string | null;
  readonly denied_body: string | null;
}

const readPayment = (paymentId: string, row: PaymentRow): AuthorizedPayment => ({
  paymentId,
  sandbox: row.sandbox,
  settleId: row.settle_id,
  issuer: row.issuer,
  hasCancellation: row.has_cancellation,
  authorization: row.authorization_id === null ? null : readAuthorization(row, row.authorization_id),
  now: row.now,
});

const readAuthorization = (row: PaymentRow, authorizationId: string): Authorization => ({
  authorizationId,
  tid: row.tid,
  value: row.value === null ? null : Number(row.value),
  currency: row.currency,
  issuerChoice: row.issuer_choice,
  callbackUrl: row.callback_url,
  delayToCancelS: row.delay_to_cancel_s,
  delayToAutoSettleS: row.delay_to_auto_settle_s,
  delayToAutoSettleAfterAntifraudS: row.delay_to_auto_settle_after_antifraud_s,
  script: row.script,
  scriptFinalAt: row.script_final_at,
  approvedBody: row.approved_body,
  deniedBody: row.denied_body,
});
