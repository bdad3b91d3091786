import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ManualReason } from '../manual-cancellations/manual-reason.js';
import type { Attempt, CancellationState, Proof } from './cancellation.js';

/** The one effect per payment; the migration says what each column means. */
@Entity('cancellations')
export class CancellationEntity {
  @PrimaryColumn({ name: 'merchant_id', type: 'text' }) readonly merchantId!: string;
  @PrimaryColumn({ name: 'payment_id', type: 'text' }) readonly paymentId!: string;
  @Column({ name: 'cancellation_id', type: 'text' }) readonly cancellationId!: string;
  @Column({ type: 'text' }) readonly state!: CancellationState;
  @Column({ type: 'text', nullable: true }) readonly reason!: ManualReason | null;
  @Column({ type: 'text', nullable: true }) readonly proof!: Proof | null;
  @Column({ name: 'next_check_at', type: 'timestamptz', nullable: true }) readonly nextCheckAt!: Date | null;
}

/** One request of VTEX's, however often it was sent. */
@Entity('cancellation_requests')
export class CancellationRequestEntity {
  @PrimaryColumn({ name: 'merchant_id', type: 'text' }) readonly merchantId!: string;
  @PrimaryColumn({ name: 'payment_id', type: 'text' }) readonly paymentId!: string;
  @PrimaryColumn({ name: 'request_id', type: 'text' }) readonly requestId!: string;
  @Column({ name: 'first_seen_at', type: 'timestamptz' }) readonly firstSeenAt!: Date;
  @Column({ name: 'answer_body', type: 'text', nullable: true }) readonly answerBody!: string | null;
}

/** One exchange with the issuer. */
@Entity('attempts')
export class AttemptEntity {
  @PrimaryColumn({ name: 'merchant_id', type: 'text' }) readonly merchantId!: string;
  @PrimaryColumn({ name: 'payment_id', type: 'text' }) readonly paymentId!: string;
  @PrimaryColumn({ name: 'attempt_no', type: 'integer' }) readonly attemptNo!: number;
  @Column({ type: 'text' }) readonly kind!: Attempt['kind'];
  @Column({ type: 'text', nullable: true }) readonly outcome!: Attempt['outcome'];
  @Column({ name: 'http_status', type: 'smallint', nullable: true }) readonly httpStatus!: number | null;
  @Column({ name: 'issuer_code', type: 'text', nullable: true }) readonly issuerCode!: string | null;
  @Column({ name: 'issuer_text', type: 'text', nullable: true }) readonly issuerText!: string | null;
  @Column({ name: 'trace_id', type: 'text', nullable: true }) readonly traceId!: string | null;
  @Column({ type: 'boolean' }) readonly late!: boolean;
  @Column({ name: 'started_at', type: 'timestamptz' }) readonly startedAt!: Date;
  @Column({ name: 'ended_at', type: 'timestamptz', nullable: true }) readonly endedAt!: Date | null;
}
