import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { statusOf } from '../authorizations/authorization.js';
import { AuthorizationStore } from '../authorizations/authorization-store.js';
import { OperationRequests, type OperationRequest } from '../authorizations/operation-requests.js';
import { Database, statement, type Transaction } from '../database.js';
import { recordEvent } from '../payments/payment-event.js';
import { SandboxOnLivePaymentError } from '../payments/vtex-requests.js';
import type { VtexAnswer } from '../vtex/answer.js';
import { settlementAnswers } from '../vtex/settlement-answer.js';

/** `no key`, as wherever a payment is locked: see `claim-and-ask`. A payment that was never seen gets no row by its settle. */
const lockPayment = statement(
  'lock-payment-to-settle',
  'select 1 from payments where merchant_id = $1 and payment_id = $2 for no key update',
);

/** The version moves, so that a claim that has looked before looks again. */
const settlePayment = statement(
  'settle-payment',
  `update payments set settled_at = now(), settle_id = $3, version = version + 1
   where merchant_id = $1 and payment_id = $2 and settled_at is null`,
);

/** Settles payments: records that VTEX took the money, and moves none. */
@Injectable()
export class SettlementService {
  constructor(
    private readonly authorizations: AuthorizationStore,
    private readonly requests: OperationRequests,
    private readonly database: Database,
  ) {}

  /**
   * Settles an approved payment, once, under however many request ids it is asked. Of a settle and a cancel exactly one wins: both lock
   * the payment's row.
   *
   * @throws SandboxOnLivePaymentError for a sandbox request about a live payment
   * @throws the database's error when it is away; nothing half-done is left, and asking again is safe
   * @see https://developers.vtex.com/docs/api-reference/payment-provider-protocol, Settle Payment
   */
  async settle(request: OperationRequest): Promise<VtexAnswer> {
    const known = await this.requests.find('settle', request);
    return known ?? this.database.transaction((sql) => this.#settle(sql, request));
  }

  async #settle(sql: Transaction, request: OperationRequest): Promise<VtexAnswer> {
    await sql.run(lockPayment, [request.merchantId, request.paymentId]);
    const known = await this.requests.find('settle', request, sql);
    if (known) return known;
    const payment = await this.authorizations.load(request, sql);
    if (!payment) return settlementAnswers.unknownPayment(request);
    if (request.sandboxMode && !payment.sandbox) throw new SandboxOnLivePaymentError();
    if (payment.settleId === null && payment.hasCancellation)
      return this.requests.freeze(sql, 'settle', request, settlementAnswers.cancelled(request));
    const status = statusOf(payment);
    if (payment.settleId === null && status === 'denied')
      return this.requests.freeze(sql, 'settle', request, settlementAnswers.denied(request));
    if (payment.settleId === null && status === 'undefined') return settlementAnswers.notAuthorized(request);
    const settleId = payment.settleId ?? (await this.#take(sql, request));
    return this.requests.freeze(
      sql,
      'settle',
      request,
      settlementAnswers.settled(request, settleId, request.value ?? 0),
    );
  }

  async #take(sql: Transaction, { merchantId, paymentId }: OperationRequest): Promise<string> {
    const settleId = randomBytes(16).toString('hex').toUpperCase();
    await sql.run(settlePayment, [merchantId, paymentId, settleId]);
    await recordEvent(sql, { merchantId, paymentId }, 'settled', `Settled by VTEX: ${settleId}.`);
    return settleId;
  }
}
