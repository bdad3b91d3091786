import type { ManualKind } from '../manual-cancellations/manual-cancellations.js';
import type { ManualReason } from '../manual-cancellations/manual-reason.js';
import type { NoticeEvent } from './channel.js';

/** What a notice is about. Nothing that names a shopper is in it, but what an issuer's reference or a colleague's note may hold. */
export interface NoticeSubject {
  readonly noticeId: string;
  readonly event: NoticeEvent;
  /** When that happened. */
  readonly at: Date;
  readonly manualCancellationId: string;
  readonly paymentId: string;
  readonly orderId: string | null;
  readonly issuer: string | null;
  readonly issuerName: string | null;
  readonly reference: Readonly<Record<string, unknown>> | null;
  readonly reason: ManualReason;
  readonly kind: ManualKind;
  readonly state: 'open' | 'taken' | 'resolved' | 'not-needed';
  readonly resolution: string | null;
  /** Who has it, of a notice that it was taken; null where nobody has it any more. */
  readonly owner: NoticeOwner | null;
  /** Of a refund, in currency units. */
  readonly amount: { readonly value: number; readonly currency: string | null } | null;
  /** A cancel was sent, and its answer is not known. */
  readonly isAnswerOut: boolean;
  readonly sandbox: boolean;
  readonly openedAt: Date;
}

export interface NoticeOwner {
  readonly name: string;
  /** Null: who has it took it. */
  readonly handedOver: { readonly by: string; readonly note: string | null } | null;
  /** The message is for the person who has it now. */
  readonly isReader: boolean;
}

/** A header or line that came from outside must stay one line. */
export const oneLine = (words: string, longest = 300): string =>
  words.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').slice(0, longest);
