import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../database.js';
import { findIssuer } from '../issuers/index.js';
import { IssuerAccounts } from '../issuers/issuer-accounts.js';
import { Jobs } from '../jobs/jobs.js';
import { ManualCancellations } from '../manual-cancellations/manual-cancellations.js';
import { Log } from '../operations/log.js';
import { Metrics } from '../operations/metrics.js';
import { recordEvent } from '../payments/payment-event.js';
import { isProof, type Attempt, type Cancellation, type Finding, type PaymentKey } from './cancellation.js';
import { CancellationStore, type OpenAttempt } from './cancellation-store.js';
import { nextStep, type Rules, type Step } from './next-step.js';

/** Records what was found, and decides in the same transaction what it means. Every change after the claim is decided here. */
@Injectable()
export class CancellationRecord {
  constructor(
    private readonly database: Database,
    private readonly store: CancellationStore,
    private readonly accounts: IssuerAccounts,
    private readonly manual: ManualCancellations,
    private readonly jobs: Jobs,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {}

  /**
   * Records what an attempt of this process found, also when its lease was taken over meanwhile: a late answer is never thrown
   * away, and a proof in it is applied whatever the state.
   */
  async outcome(key: PaymentKey, attempt: OpenAttempt, finding: Finding): Promise<void> {
    const issuer = await this.database.transaction(async (sql) => {
      // The same order of locks as a callback takes: the task first, then the row.
      if (finding.taskId !== undefined) await this.store.lockTask(sql, key.merchantId, finding.taskId);
      const { cancellation } = await this.#lock(sql, key);
      const { isLate } = await this.store.closeAttempt(sql, key, attempt.attemptNo, finding);
      if (isLate)
        await recordEvent(
          sql,
          key,
          'late-answer',
          `The answer to attempt ${attempt.attemptNo} came late: ${finding.outcome}.`,
        );
      if (finding.taskId !== undefined) await this.#addStoredCallbacks(sql, key, cancellation, finding.taskId);
      await this.#alert(sql, key, cancellation, finding);
      await this.#decide(sql, key, attempt.version);
      return cancellation.issuer ?? '';
    });
    this.metrics.outcomes.inc({ issuer, kind: attempt.kind, outcome: finding.outcome });
  }

  /** An expired lease counts as unknown, because the call may have gone out: closes the lost attempt and decides. */
  async takeOver(key: PaymentKey): Promise<void> {
    await this.database.transaction(async (sql) => {
      const { cancellation, now } = await this.#lock(sql, key);
      if (cancellation.state !== 'asking' || !cancellation.leaseUntil || cancellation.leaseUntil > now) return;
      await this.store.closeLostAttempts(sql, key);
      await recordEvent(
        sql,
        key,
        'lease-expired',
        'A call to the issuer was not recorded in time; it counts as unknown.',
      );
      await this.#decide(sql, key, cancellation.version);
    });
  }

  /** Decides again with nothing new but the time: moves the schedule on, or gives up. */
  async passTime(key: PaymentKey): Promise<void> {
    await this.database.transaction((sql) => this.#decide(sql, key, null));
  }

  /** Records what a callback says about this payment, inside the transaction that marks the callback as processed. */
  async callback(sql: Transaction, key: PaymentKey, finding: Finding): Promise<void> {
    const { cancellation } = await this.#lock(sql, key);
    await this.store.addCallback(sql, key, finding);
    await this.#alert(sql, key, cancellation, finding);
    await this.#decide(sql, key, null);
    this.metrics.outcomes.inc({ issuer: cancellation.issuer ?? '', kind: 'callback', outcome: finding.outcome });
  }

  /** What comes next for a cancellation that is neither final nor asking. */
  nextStep(key: PaymentKey, cancellation: Cancellation, attempts: readonly Attempt[], now: Date): Step {
    return nextStep({ claimedAt: cancellation.claimedAt, attempts }, this.#rules(key, cancellation), now);
  }

  /** @param ownVersion of the attempt that the caller began and has just closed; null for whoever only brings news */
  async #decide(sql: Transaction, key: PaymentKey, ownVersion: number | null): Promise<void> {
    const { cancellation, now } = await this.#lock(sql, key);
    const { state, version } = cancellation;
    if (state === 'cancelled') return;
    const attempts = await this.store.attempts(key, sql);
    const proven = attempts.find(({ outcome }) => isProof(outcome));
    if (state === 'manual') return proven ? this.#standDown(sql, key, proven) : undefined;
    if (proven) return this.store.setCancelled(sql, key, proven.kind === 'cancel' ? 'answer' : proven.kind);
    // A call of another process is under way: it decides, over all attempts, when its call has ended.
    if (state === 'asking' && version !== ownVersion) return;
    const step = this.nextStep(key, cancellation, attempts, now);
    if (step.kind === 'cancelled') return this.store.setCancelled(sql, key, step.proof);
    if (step.kind === 'manual') {
      await this.store.setManual(sql, key, step.reason);
      return this.manual.open(sql, { ...key, kind: 'whole', reason: step.reason });
    }
    await this.store.setWaiting(sql, key, step.dueAt);
    await this.jobs.enqueue(sql, {
      queue: 'check-cancellation',
      data: { ...key, issuer: cancellation.issuer ?? '' },
      runAt: step.dueAt,
    });
  }

  async #standDown(sql: Transaction, key: PaymentKey, proven: Attempt): Promise<void> {
    await this.store.setCancelled(sql, key, proven.kind === 'cancel' ? 'answer' : proven.kind);
    await this.manual.standDown(sql, key);
    await recordEvent(
      sql,
      key,
      'stood-down',
      'The issuer confirmed the cancellation after all; nothing is left to do by hand.',
    );
  }

  async #addStoredCallbacks(
    sql: Transaction,
    key: PaymentKey,
    { issuer, sandbox }: Cancellation,
    taskId: string,
  ): Promise<void> {
    const stored = await this.store.takeCallbacks(sql, {
      merchantId: key.merchantId,
      issuer: issuer ?? '',
      sandbox,
      taskId,
    });
    for (const finding of stored) await this.store.addCallback(sql, key, finding);
  }

  async #alert(sql: Transaction, key: PaymentKey, { issuer, state }: Cancellation, finding: Finding): Promise<void> {
    const contradiction =
      state === 'cancelled' && finding.outcome === 'refused' ? 'refuses what it had confirmed' : null;
    const words = finding.alert ?? contradiction;
    if (words === null) return;
    const name = (issuer && findIssuer(issuer)?.name) ?? 'The issuer';
    await recordEvent(sql, key, 'alert', `${name} ${words}.`);
    this.metrics.alerts.inc({ issuer: issuer ?? '' });
    this.log.error(`Payment ${key.paymentId}: ${name} ${words}.`, {
      ...key,
      issuer: issuer ?? '',
      outcome: finding.outcome,
    });
  }

  async #lock(sql: Transaction, key: PaymentKey): Promise<{ cancellation: Cancellation; now: Date }> {
    const row = await this.store.lock(sql, key);
    if (!row) throw new Error(`Bug: payment ${key.paymentId} has no cancellation to record for`);
    return row;
  }

  #rules(key: PaymentKey, { issuer: code, sandbox }: Cancellation): Rules {
    const issuer = findIssuer(code ?? '');
    const account = this.accounts.find(key.merchantId, code ?? '', sandbox);
    return {
      mayTalk: account?.mode === 'live',
      canQuery: account !== null && account.connector.query !== null,
      callback: account?.connector.callback ?? 'none',
      pendingQuietMs: account?.connector.pendingQuietMs ?? 0,
      resend: issuer?.resendAfterUnknown ?? {
        kind: 'after-queries',
        queries: 1,
        quietMs: () => 0,
        insideBudget: false,
      },
      timeoutMs: account?.timeoutMs ?? issuer?.timeoutMs ?? 0,
      giveUpMs: this.accounts.giveUpMs(code ?? ''),
    };
  }
}
