import { Inject, Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { statusOf } from '../authorizations/authorization.js';
import { AuthorizationStore } from '../authorizations/authorization-store.js';
import { OperationRequests, type OperationRequest } from '../authorizations/operation-requests.js';
import { CONFIG, type Config } from '../config.js';
import { Database, type Transaction } from '../database.js';
import { ManualCancellations } from '../manual-cancellations/manual-cancellations.js';
import { lockPaymentRow } from '../payments/payment-row.js';
import { SandboxOnLivePaymentError } from '../payments/vtex-requests.js';
import type { VtexAnswer } from '../vtex/answer.js';
import { refundAnswers } from '../vtex/refund-answer.js';

/** Gives every refund to a person: no issuer here gives money back by itself. */
@Injectable()
export class RefundService {
  constructor(
    private readonly authorizations: AuthorizationStore,
    private readonly requests: OperationRequests,
    private readonly manual: ManualCancellations,
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Opens what a person must do, once for each `requestId`, and answers that. The payment's own cancellation stays possible.
   *
   * @throws SandboxOnLivePaymentError for a sandbox request about a live payment
   * @throws the database's error when it is away; nothing half-done is left, and asking again is safe
   * @see https://developers.vtex.com/docs/api-reference/payment-provider-protocol, Refund Payment
   */
  async refund(request: OperationRequest): Promise<VtexAnswer> {
    const known = await this.requests.find('refund', request);
    return known ?? this.database.transaction((sql) => this.#refund(sql, request));
  }

  async #refund(sql: Transaction, request: OperationRequest): Promise<VtexAnswer> {
    const { merchantId, paymentId, requestId, sandboxMode, value } = request;
    await lockPaymentRow(sql, request, { sandbox: sandboxMode, seenBefore: false });
    const known = await this.requests.find('refund', request, sql);
    if (known) return known;
    const payment = await this.authorizations.load(request, sql);
    if (sandboxMode && payment?.sandbox === false) throw new SandboxOnLivePaymentError();
    if (payment?.authorization?.script && statusOf(payment) === 'approved') {
      const refundId = randomBytes(16).toString('hex').toUpperCase();
      return this.requests.freeze(sql, 'refund', request, refundAnswers.refunded(request, refundId, value ?? 0));
    }
    const answer = await this.requests.freeze(sql, 'refund', request, refundAnswers.manual(request, this.config));
    await this.manual.open(sql, { merchantId, paymentId, kind: 'refund', requestId, reason: 'refund' });
    return answer;
  }
}
