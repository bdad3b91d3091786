import type { PaymentEntity } from '../payments/payment.entities.js';
import type { AuthorizationStatus } from '../vtex/authorization-answer.js';
import type { AuthorizationEntity, OperationRequestEntity, VtexCallEntity } from './authorization.entities.js';
import { statusOf } from './authorization.js';

/** What VTEX's other calls made of a payment; the fields of its create are null where VTEX never created it here. */
export interface AuthorizationHistory {
  readonly status: AuthorizationStatus;
  readonly authorizationId: string | null;
  readonly tid: string | null;
  /** In currency units. */
  readonly value: number | null;
  readonly currency: string | null;
  readonly paymentMethod: string | null;
  readonly transactionId: string | null;
  readonly settleId: string | null;
  readonly settledAt: Date | null;
  readonly settlements: readonly OperationHistory[];
  readonly refunds: readonly OperationHistory[];
  /** The call that tells VTEX of the status; null where there is none. */
  readonly callback: CallbackHistory | null;
}

export interface OperationHistory {
  readonly requestId: string;
  /** In currency units. */
  readonly value: number | null;
  readonly answeredAt: Date;
  readonly answer: unknown;
}

export interface CallbackHistory {
  readonly status: 'approved' | 'denied';
  readonly state: 'waiting' | 'delivered' | 'cancelled' | 'answered' | 'given-up';
  readonly tries: number;
  readonly nextTryAt: Date | null;
  readonly lastFault: string | null;
}

interface AuthorizationRows {
  readonly payment: PaymentEntity | null;
  readonly issuer: string | null;
  readonly hasCancellation: boolean;
  readonly authorization: AuthorizationEntity | null;
  readonly operations: readonly OperationRequestEntity[];
  readonly calls: readonly VtexCallEntity[];
  readonly now: Date;
}

/** Null where VTEX neither created, settled nor refunded the payment here. */
export function showAuthorization(rows: AuthorizationRows): AuthorizationHistory | null {
  const { payment, authorization, operations, calls } = rows;
  if (!payment || (!authorization && operations.length === 0)) return null;
  const of = (operation: OperationRequestEntity['operation']) =>
    operations.filter((request) => request.operation === operation).map(showOperation);
  const [call] = calls;
  return {
    status: statusOf(rows),
    authorizationId: authorization?.authorizationId ?? null,
    tid: authorization?.tid ?? null,
    value: numberOrNull(authorization?.value),
    currency: authorization?.currency ?? null,
    paymentMethod: authorization?.paymentMethod ?? null,
    transactionId: authorization?.transactionId ?? null,
    settleId: payment.settleId,
    settledAt: payment.settledAt,
    settlements: of('settle'),
    refunds: of('refund'),
    callback: call ? showCall(call) : null,
  };
}

const showOperation = ({ requestId, value, answeredAt, answerBody }: OperationRequestEntity): OperationHistory => ({
  requestId,
  value: numberOrNull(value),
  answeredAt,
  answer: JSON.parse(answerBody) as unknown,
});

const showCall = (call: VtexCallEntity): CallbackHistory => ({
  status: call.status,
  state: call.deliveredAt ? 'delivered' : ((call.dropReason as CallbackHistory['state'] | null) ?? 'waiting'),
  tries: call.tries,
  nextTryAt: call.nextTryAt,
  lastFault: call.lastFault,
});

const numberOrNull = (value: string | null | undefined) => (value == null ? null : Number(value));
