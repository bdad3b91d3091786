import type {
  Certainty,
  EarlierAttempt,
  Evidence,
  QueryOutcome,
  RefusalReason,
  RetryOutcome,
} from '../issuers/issuer.js';
import type { ManualReason } from '../manual-cancellations/manual-reason.js';

/** One payment of one merchant: what every statement on the hot path names. */
export interface PaymentKey {
  readonly merchantId: string;
  readonly paymentId: string;
}

/**
 * - `asking`: a call to the issuer may be under way; the row's lease says until when its process owns it.
 * - `waiting`: not known yet, or not done yet; the follow-up acts at `nextCheckAt`.
 * - `cancelled`: final.
 * - `manual`: final for us; a person finishes it. A late proof still makes it `cancelled`.
 */
export type CancellationState = 'asking' | 'waiting' | 'cancelled' | 'manual';

/** Why we may say that it is cancelled. */
export type Proof = 'answer' | 'query' | 'callback' | 'never-linked' | 'person';

/** The one effect per payment, as its row says. */
export interface Cancellation {
  readonly cancellationId: string;
  readonly issuer: string | null;
  /** The payment's environment. */
  readonly sandbox: boolean;
  readonly state: CancellationState;
  readonly reason: ManualReason | null;
  readonly version: number;
  readonly claimedAt: Date;
  readonly leaseUntil: Date | null;
  readonly nextCheckAt: Date | null;
}

/** One exchange with the issuer, as its row says. `outcome` is null until it is recorded. */
export interface Attempt {
  readonly attemptNo: number;
  readonly kind: EarlierAttempt['kind'];
  readonly outcome: QueryOutcome['kind'] | null;
  readonly reason: RefusalReason | null;
  readonly certainty: Certainty | null;
  readonly retryWhen: RetryOutcome['when'] | null;
  readonly retryAt: Date | null;
  readonly taskId: string | null;
  readonly httpStatus: number | null;
  readonly issuerCode: string | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

/** What an attempt found, ready to be recorded. */
export interface Finding {
  readonly outcome: QueryOutcome['kind'];
  readonly reason?: RefusalReason;
  readonly certainty?: Certainty;
  readonly when?: RetryOutcome['when'];
  readonly afterMs?: number;
  readonly taskId?: string;
  readonly alert?: string;
  readonly evidence: Evidence;
}

export const isProof = (outcome: Attempt['outcome']): boolean =>
  outcome === 'cancelled' || outcome === 'already-cancelled';

/** The issuer's code, as jobs, metrics and the registry want it: empty for a cancellation that no issuer was ever asked about. */
export const issuerOf = ({ issuer }: Pick<Cancellation, 'issuer'>): string => issuer ?? '';

/** What proves that it is cancelled, if anything does. */
export function proofIn(attempts: readonly Attempt[]): Proof | null {
  const proven = attempts.find(({ outcome }) => isProof(outcome));
  if (!proven) return null;
  return proven.kind === 'cancel' ? 'answer' : proven.kind;
}

export const isFinal = (state: CancellationState): boolean => state === 'cancelled' || state === 'manual';
