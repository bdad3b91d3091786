import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import {
  AuthorizationEntity,
  OperationRequestEntity,
  VtexCallEntity,
} from '../authorizations/authorization.entities.js';
import { showAuthorization, type AuthorizationHistory } from '../authorizations/authorization-history.js';
import type { ManualReason } from '../manual-cancellations/manual-reason.js';
import { IssuerReferenceEntity, PaymentEntity, PaymentEventEntity } from '../payments/payment.entities.js';
import type { Attempt, CancellationState, PaymentKey } from './cancellation.js';
import { AttemptEntity, CancellationEntity, CancellationRequestEntity } from './cancellation.entities.js';

/** A payment with everything that happened to it. */
export interface PaymentHistory {
  readonly paymentId: string;
  readonly issuer: string | null;
  readonly reference: Readonly<Record<string, unknown>> | null;
  /** In cents; null where it is not known. */
  readonly value: number | null;
  readonly orderId: string | null;
  readonly sandbox: boolean | null;
  readonly authorization: AuthorizationHistory | null;
  readonly cancellation: CancellationHistory | null;
  /** Cards that were linked after a cancellation had begun. */
  readonly lateReferences: readonly {
    readonly issuer: string;
    readonly reference: Readonly<Record<string, unknown>>;
  }[];
  readonly requests: readonly { readonly requestId: string; readonly answer: unknown; readonly final: boolean }[];
  readonly events: readonly { readonly at: Date; readonly kind: string; readonly text: string }[];
}

export interface CancellationHistory {
  readonly state: CancellationState;
  /** Only on proof. */
  readonly cancellationId: string | null;
  readonly reason: ManualReason | null;
  readonly nextCheckAt: Date | null;
  readonly requests: PaymentHistory['requests'];
  readonly attempts: readonly {
    readonly kind: Attempt['kind'];
    readonly outcome: Attempt['outcome'];
    readonly startedAt: Date;
    readonly endedAt: Date | null;
    readonly httpStatus: number | null;
    readonly issuerCode: string | null;
    readonly issuerText: string | null;
    readonly traceId: string | null;
    readonly late: boolean;
  }[];
  readonly events: PaymentHistory['events'];
}

/** Shows a payment's whole history. */
@Injectable()
export class PaymentHistories {
  constructor(private readonly dataSource: DataSource) {}

  /** Null where nothing was ever heard of the payment. */
  async find({ merchantId, paymentId }: PaymentKey): Promise<PaymentHistory | null> {
    const where = { merchantId, paymentId };
    // One snapshot: a state must not stand beside an attempt of another moment.
    const rows = await this.dataSource.transaction('REPEATABLE READ', async (manager) => ({
      payment: await manager.findOneBy(PaymentEntity, where),
      references: await manager.find(IssuerReferenceEntity, { where, order: { identity: 'ASC' } }),
      cancellation: await manager.findOneBy(CancellationEntity, where),
      requestRows: await manager.find(CancellationRequestEntity, {
        where,
        order: { firstSeenAt: 'ASC', requestId: 'ASC' },
      }),
      attemptRows: await manager.find(AttemptEntity, { where, order: { attemptNo: 'ASC' } }),
      eventRows: await manager.find(PaymentEventEntity, { where, order: { eventNo: 'ASC' } }),
      authorization: await manager.findOneBy(AuthorizationEntity, where),
      operations: await manager.find(OperationRequestEntity, {
        where,
        order: { answeredAt: 'ASC', requestId: 'ASC' },
      }),
      calls: await manager.find(VtexCallEntity, { where }),
    }));
    const { payment, references, cancellation, requestRows, attemptRows, eventRows } = rows;
    if (!payment && eventRows.length === 0) return null;
    const link = references.find(({ late }) => !late);
    const requests = requestRows.map(({ requestId, answerBody }) => ({
      requestId,
      answer: answerBody === null ? null : (JSON.parse(answerBody) as unknown),
      final: answerBody !== null,
    }));
    const events = eventRows.map(({ at, kind, words }) => ({ at, kind, text: words }));
    return {
      paymentId,
      issuer: link?.issuer ?? null,
      reference: link?.reference ?? null,
      value: payment?.valueInCents == null ? null : Number(payment.valueInCents),
      orderId: payment?.orderId ?? null,
      sandbox: payment?.sandbox ?? null,
      authorization: showAuthorization({
        ...rows,
        issuer: link?.issuer ?? null,
        hasCancellation: cancellation !== null,
        now: new Date(),
      }),
      cancellation: cancellation && showCancellation(cancellation, { requests, events, attempts: attemptRows }),
      lateReferences: references.filter(({ late }) => late).map(({ issuer, reference }) => ({ issuer, reference })),
      requests,
      events,
    };
  }
}

function showCancellation(
  cancellation: CancellationEntity,
  {
    requests,
    events,
    attempts,
  }: Pick<PaymentHistory, 'requests' | 'events'> & { readonly attempts: readonly AttemptEntity[] },
): CancellationHistory {
  const { state, cancellationId, reason, nextCheckAt } = cancellation;
  return {
    state,
    cancellationId: state === 'cancelled' ? cancellationId : null,
    reason,
    nextCheckAt: state === 'waiting' || state === 'asking' ? nextCheckAt : null,
    requests,
    attempts: attempts.map(
      ({ kind, outcome, startedAt, endedAt, httpStatus, issuerCode, issuerText, traceId, late }) => ({
        kind,
        outcome,
        startedAt,
        endedAt,
        httpStatus,
        issuerCode,
        issuerText,
        traceId,
        late,
      }),
    ),
    events,
  };
}
