import { Column, Entity, PrimaryColumn } from 'typeorm';

/** VTEX's payment; the migration says what each column means. */
@Entity('payments')
export class PaymentEntity {
  @PrimaryColumn({ name: 'merchant_id', type: 'text' }) readonly merchantId!: string;
  @PrimaryColumn({ name: 'payment_id', type: 'text' }) readonly paymentId!: string;
  @Column({ type: 'boolean' }) readonly sandbox!: boolean;
  @Column({ name: 'seen_before', type: 'boolean' }) readonly seenBefore!: boolean;
  @Column({ name: 'value_in_cents', type: 'bigint', nullable: true }) readonly valueInCents!: string | null;
  @Column({ name: 'order_id', type: 'text', nullable: true }) readonly orderId!: string | null;
  @Column({ name: 'settled_at', type: 'timestamptz', nullable: true }) readonly settledAt!: Date | null;
  @Column({ name: 'settle_id', type: 'text', nullable: true }) readonly settleId!: string | null;
}

/** What a payment bought at an issuer. */
@Entity('issuer_references')
export class IssuerReferenceEntity {
  @PrimaryColumn({ name: 'merchant_id', type: 'text' }) readonly merchantId!: string;
  @PrimaryColumn({ type: 'text' }) readonly issuer!: string;
  @PrimaryColumn({ type: 'boolean' }) readonly sandbox!: boolean;
  @PrimaryColumn({ type: 'text' }) readonly identity!: string;
  @Column({ name: 'payment_id', type: 'text' }) readonly paymentId!: string;
  @Column({ type: 'jsonb' }) readonly reference!: Readonly<Record<string, unknown>>;
  @Column({ type: 'boolean' }) readonly late!: boolean;
}

/** What happened to a payment besides its requests and attempts. */
@Entity('payment_events')
export class PaymentEventEntity {
  @PrimaryColumn({ name: 'merchant_id', type: 'text' }) readonly merchantId!: string;
  @PrimaryColumn({ name: 'payment_id', type: 'text' }) readonly paymentId!: string;
  @PrimaryColumn({ name: 'event_no', type: 'bigint' }) readonly eventNo!: string;
  @Column({ type: 'timestamptz' }) readonly at!: Date;
  @Column({ type: 'text' }) readonly kind!: string;
  @Column({ type: 'text' }) readonly words!: string;
}
