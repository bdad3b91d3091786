import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { Database, statement } from '../database.js';
import { Jobs } from '../jobs/jobs.js';
import { recordManualEvent, type ManualKey } from '../manual-cancellations/manual-event.js';
import { Log } from '../operations/log.js';
import { Repeater } from '../operations/repeater.js';
import { recordEvent } from '../payments/payment-event.js';
import { CancellationStore } from './cancellation-store.js';

const SWEEP_MS = 5_000;
const SWEEP_LIMIT = 200;

const findPayment = statement(
  'find-payment-of-word',
  `select payment_id from manual_cancellations where merchant_id = $1 and manual_cancellation_id = $2 and word_counts_at <= now()`,
);

const lockPayment = statement(
  'lock-payment-of-word',
  'select 1 from payments where merchant_id = $1 and payment_id = $2 for no key update',
);

/** By compare-and-set: whoever undid or reopened it meanwhile has taken the word back. */
const takeWord = statement(
  'take-word',
  `update manual_cancellations set word_counts_at = null, vtex_told_at = case when $3 then now() end, version = version + 1
   where merchant_id = $1 and manual_cancellation_id = $2 and word_counts_at <= now() returning 1`,
);

const selectDue = statement(
  'select-due-words',
  `select merchant_id, manual_cancellation_id from manual_cancellations where word_counts_at <= now() order by word_counts_at limit $1`,
);

/**
 * Makes proof of what people recorded as cancelled, once they can no longer undo it: from then on VTEX is answered with the
 * `cancellationId`, whenever it asks under a requestId that has no answer yet.
 */
@Injectable()
export class PersonsWords implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #sweeper = new Repeater((error) =>
    this.log.warn('What people recorded could not be looked at; it is in 5 s.', { error }),
  );

  constructor(
    private readonly database: Database,
    private readonly store: CancellationStore,
    private readonly jobs: Jobs,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.jobs.work('record-word', (key) => this.record(key));
  }

  onApplicationBootstrap(): void {
    this.#sweeper.every(SWEEP_MS, () => this.sweep());
  }

  beforeApplicationShutdown(): void {
    this.#sweeper.stop();
  }

  /** Does nothing before its time, and nothing a second time. */
  async record(task: ManualKey): Promise<void> {
    const { merchantId, manualCancellationId } = task;
    await this.database.transaction(async (sql) => {
      const [found] = await sql.run<{ payment_id: string }>(findPayment, [merchantId, manualCancellationId]);
      if (!found) return;
      const key = { merchantId, paymentId: found.payment_id };
      // The order of locks of whoever stands a task down: the payment, its cancellation, the task.
      await sql.run(lockPayment, [merchantId, key.paymentId]);
      const row = await this.store.lock(sql, key);
      const isNews = row?.cancellation.state === 'manual';
      const taken = await sql.run(takeWord, [merchantId, manualCancellationId, isNews]);
      if (taken.length === 0 || !isNews) return;
      await this.store.setCancelled(sql, key, 'person');
      await recordManualEvent(sql, task, { kind: 'proof-recorded' });
      await recordEvent(sql, key, 'persons-word', 'A person recorded that the card is cancelled at the issuer.');
    });
  }

  /** Finds words that count by now and have no live job. */
  async sweep(): Promise<void> {
    const due = await this.database.run<{ merchant_id: string; manual_cancellation_id: string }>(selectDue, [
      SWEEP_LIMIT,
    ]);
    for (const row of due) {
      await this.record({ merchantId: row.merchant_id, manualCancellationId: row.manual_cancellation_id });
    }
  }
}
