import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { TestSuiteScript } from '../vtex/test-suite-script.js';

/** What VTEX created a payment with, as far as it may be shown: the callback's address is a secret. */
@Entity('authorizations')
export class AuthorizationEntity {
  @PrimaryColumn({ name: 'merchant_id', type: 'text' }) readonly merchantId!: string;
  @PrimaryColumn({ name: 'payment_id', type: 'text' }) readonly paymentId!: string;
  @Column({ name: 'authorization_id', type: 'text' }) readonly authorizationId!: string;
  @Column({ type: 'text' }) readonly tid!: string;
  @Column({ type: 'numeric', nullable: true }) readonly value!: string | null;
  @Column({ type: 'text', nullable: true }) readonly currency!: string | null;
  @Column({ name: 'payment_method', type: 'text', nullable: true }) readonly paymentMethod!: string | null;
  @Column({ name: 'transaction_id', type: 'text', nullable: true }) readonly transactionId!: string | null;
  @Column({ type: 'text', nullable: true }) readonly script!: TestSuiteScript | null;
  @Column({ name: 'script_final_at', type: 'timestamptz', nullable: true }) readonly scriptFinalAt!: Date | null;
}

/** One settle or refund with its final answer. */
@Entity('operation_requests')
export class OperationRequestEntity {
  @PrimaryColumn({ name: 'merchant_id', type: 'text' }) readonly merchantId!: string;
  @PrimaryColumn({ name: 'payment_id', type: 'text' }) readonly paymentId!: string;
  @PrimaryColumn({ type: 'text' }) readonly operation!: 'settle' | 'refund';
  @PrimaryColumn({ name: 'request_id', type: 'text' }) readonly requestId!: string;
  @Column({ type: 'numeric', nullable: true }) readonly value!: string | null;
  @Column({ name: 'answer_body', type: 'text' }) readonly answerBody!: string;
  @Column({ name: 'answered_at', type: 'timestamptz' }) readonly answeredAt!: Date;
}

/** A call to VTEX that says what became of a payment. */
@Entity('vtex_calls')
export class VtexCallEntity {
  @PrimaryColumn({ name: 'merchant_id', type: 'text' }) readonly merchantId!: string;
  @PrimaryColumn({ name: 'payment_id', type: 'text' }) readonly paymentId!: string;
  @PrimaryColumn({ type: 'text' }) readonly status!: 'approved' | 'denied';
  @Column({ name: 'next_try_at', type: 'timestamptz', nullable: true }) readonly nextTryAt!: Date | null;
  @Column({ type: 'integer' }) readonly tries!: number;
  @Column({ name: 'last_fault', type: 'text', nullable: true }) readonly lastFault!: string | null;
  @Column({ name: 'delivered_at', type: 'timestamptz', nullable: true }) readonly deliveredAt!: Date | null;
  @Column({ name: 'drop_reason', type: 'text', nullable: true }) readonly dropReason!: string | null;
}
