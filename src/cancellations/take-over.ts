import { Injectable } from '@nestjs/common';
import { Database } from '../database.js';
import { ManualCancellations } from '../manual-cancellations/manual-cancellations.js';
import { recordEvent } from '../payments/payment-event.js';
import { isFinal, type CancellationState, type PaymentKey } from './cancellation.js';
import { CancellationStore } from './cancellation-store.js';

/**
 * - `taken-over`: nothing is sent any more. `isCallUnderWay` says that a call is out all the same, and may still cancel the card.
 * - `final`: it needs no taking over.
 * - `gone`: this merchant has no such cancellation.
 */
export type TakenOver =
  | { readonly kind: 'taken-over'; readonly manualCancellationId: string; readonly isCallUnderWay: boolean }
  | { readonly kind: 'final'; readonly state: CancellationState }
  | { readonly kind: 'gone' };

/** Lets a person take a cancellation over while the machine still works on it. */
@Injectable()
export class TakeOver {
  constructor(
    private readonly database: Database,
    private readonly store: CancellationStore,
    private readonly manual: ManualCancellations,
  ) {}

  /**
   * Gives the cancellation to this person, before anything is done by hand: whoever sends for it must hold its row, and finds it final. A
   * call that is out is recorded when it ends, and a proof in it stands the person down.
   */
  takeOver(key: PaymentKey, personId: string): Promise<TakenOver> {
    return this.database.transaction(async (sql) => {
      const row = await this.store.lock(sql, key);
      if (!row) return { kind: 'gone' };
      const { state, leaseUntil } = row.cancellation;
      if (isFinal(state)) return { kind: 'final', state };
      const isCallUnderWay = leaseUntil !== null && leaseUntil > row.now;
      if (!isCallUnderWay) await this.store.closeLostAttempts(sql, key);
      await this.store.setManual(sql, key, 'taken_over');
      const task = {
        merchantId: key.merchantId,
        paymentId: key.paymentId,
        kind: 'whole',
        reason: 'taken_over',
      } as const;
      const manualCancellationId = await this.manual.open(sql, task, personId);
      if (manualCancellationId === null) throw new Error('Bug: a cancellation under way had a manual cancellation');
      await recordEvent(
        sql,
        key,
        'taken-over',
        'A person took the cancellation over; nothing is sent for it any more.',
      );
      return { kind: 'taken-over', manualCancellationId, isCallUnderWay };
    });
  }
}
