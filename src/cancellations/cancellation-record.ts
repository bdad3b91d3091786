import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../database.js';
import { findIssuer } from '../issuers/index.js';
import { IssuerAccounts } from '../issuers/issuer-accounts.js';
import type { Issuer } from '../issuers/issuer.js';
import { Jobs } from '../jobs/jobs.js';
import { ManualCancellations } from '../manual-cancellations/manual-cancellations.js';
import { Log } from '../operations/log.js';
import { Metrics } from '../operations/metrics.js';
import { recordEvent } from '../payments/payment-event.js';
import { worthOf, type CallbackWorth } from './callback-worth.js';
import { issuerOf, type Attempt, type Cancellation, type Finding, type PaymentKey } from './cancellation.js';
import { CancellationStore, type CallbackSource, type OpenAttempt, type StoredCallback } from './cancellation-store.js';
import { decide } from './decide.js';
import { recordDryRun } from './dry-run.js';
import { mayQuery, nextStep, type Rules, type Step } from './next-step.js';
import { rulesOf } from './rules.js';

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
      await this.#alert(sql, key, cancellation, finding);
      await this.#applyStored(sql, key, cancellation, finding.taskId ?? null);
      await this.#decide(sql, key, attempt.version);
      return issuerOf(cancellation);
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
      await this.#applyStored(sql, key, cancellation, null);
      await this.#decide(sql, key, cancellation.version);
    });
  }

  /** Decides again with nothing new but the time: moves the schedule on, or gives up. */
  async passTime(key: PaymentKey): Promise<void> {
    await this.database.transaction((sql) => this.#decide(sql, key, null));
  }

  /** Records what a look found at a payment that a person has to cancel: a proof makes that unnecessary. */
  async look(key: PaymentKey, finding: Finding): Promise<void> {
    const issuer = await this.database.transaction(async (sql) => {
      const { cancellation } = await this.#lock(sql, key);
      await this.store.addAttempt(sql, key, 'query', finding);
      await this.#alert(sql, key, cancellation, finding);
      await this.#decide(sql, key, null);
      return issuerOf(cancellation);
    });
    this.metrics.outcomes.inc({ issuer, kind: 'query', outcome: finding.outcome });
  }

  /**
   * Processes a callback that was kept, once: for each payment that it names, in one transaction. Leaves it where it is while none of
   * them has a cancellation, or its worth shows only with the end of a call that is under way.
   */
  async callback(source: CallbackSource): Promise<void> {
    await this.database.transaction(async (sql) => {
      if ('taskId' in source.match) await this.store.lockTask(sql, source.merchantId, source.match.taskId);
      const callback = await this.store.storedCallback(sql, source);
      if (!callback) return;
      const named = await this.store.paymentsNamed(sql, callback);
      const about: { key: PaymentKey; cancellation: Cancellation; worth: CallbackWorth }[] = [];
      for (const key of named) {
        const row = await this.store.lock(sql, key);
        if (!row) continue;
        const { cancellation } = row;
        about.push({ key, cancellation, worth: await this.#worthOf(sql, { key, cancellation, callback, named }) });
      }
      if (about.length === 0 || about.some(({ worth }) => worth === 'later')) return;
      if (!(await this.store.takeCallback(sql, callback))) return;
      for (const { key, cancellation, worth } of about) {
        await this.#apply(sql, { key, cancellation, callback, worth });
        await this.#decide(sql, key, null);
      }
    });
  }

  /** What comes next for a cancellation that is neither final nor asking. */
  nextStep(key: PaymentKey, cancellation: Cancellation, attempts: readonly Attempt[], now: Date): Step {
    return nextStep({ claimedAt: cancellation.claimedAt, attempts }, this.#rules(key, cancellation), now);
  }

  /** May the issuer be asked for the state, as things stand? */
  mayQuery(key: PaymentKey, cancellation: Cancellation): boolean {
    return mayQuery(this.#rules(key, cancellation));
  }

  /** @param ownVersion of the attempt that the caller began and has just closed; null for whoever only brings news */
  async #decide(sql: Transaction, key: PaymentKey, ownVersion: number | null): Promise<void> {
    const { cancellation, now } = await this.#lock(sql, key);
    const attempts = await this.store.attempts(key, sql);
    const move = decide(cancellation, { attempts, rules: this.#rules(key, cancellation), now, ownVersion });
    if (move.kind === 'stay') return;
    if (move.kind === 'cancelled') {
      if (attempts.some(({ outcome }) => outcome === null)) await this.store.closeOvertakenAttempts(sql, key);
      await this.store.setCancelled(sql, key, move.proof);
      return move.standsDown ? this.#standDown(sql, key) : undefined;
    }
    if (move.kind === 'manual') {
      await this.store.setManual(sql, key, move.reason);
      if (move.reason === 'dry_run') await this.#noteDryRun(sql, key, cancellation);
      await this.manual.open(sql, { ...key, kind: 'whole', reason: move.reason });
      return;
    }
    await this.store.setWaiting(sql, key, move.dueAt);
    await this.jobs.enqueue(sql, {
      queue: 'check-cancellation',
      data: { ...key, issuer: issuerOf(cancellation), why: 'due' },
      runAt: move.dueAt,
    });
  }

  async #noteDryRun(sql: Transaction, key: PaymentKey, cancellation: Cancellation): Promise<void> {
    const { payment } = await this.store.load({ ...key, requestId: null }, sql);
    const account = this.accounts.find(key.merchantId, issuerOf(cancellation), cancellation.sandbox);
    if (!account || !payment?.link) return;
    await recordDryRun(sql, key, { accounts: this.accounts, account, reference: payment.link.reference });
  }

  async #standDown(sql: Transaction, key: PaymentKey): Promise<void> {
    const { isReopened } = await this.manual.standDown(sql, key);
    const words = isReopened
      ? 'The issuer confirmed the cancellation after a person had ended it in another way: look at both.'
      : 'The issuer confirmed the cancellation after all; nothing is left to do by hand.';
    await recordEvent(sql, key, 'stood-down', words);
  }

  /** Callbacks that came before our record of what they are about, or while its worth was not known. */
  async #applyStored(
    sql: Transaction,
    key: PaymentKey,
    cancellation: Cancellation,
    taskId: string | null,
  ): Promise<void> {
    const issuer = issuerOf(cancellation);
    if (!(findIssuer(issuer) as Issuer | null)?.callback) return;
    const { sandbox } = cancellation;
    for (const callback of await this.store.storedCallbacks(sql, key, { issuer, sandbox, taskId })) {
      const named = await this.store.paymentsNamed(sql, callback);
      // One that names several payments locks several rows; the sweeper does that, in their order.
      if (named.some(({ paymentId }) => paymentId !== key.paymentId)) continue;
      const worth = await this.#worthOf(sql, { key, cancellation, callback, named });
      if (worth !== 'later' && (await this.store.takeCallback(sql, callback))) {
        await this.#apply(sql, { key, cancellation, callback, worth });
      }
    }
  }

  async #worthOf(
    sql: Transaction,
    { key, cancellation, callback, named }: NamedByCallback & { readonly named: readonly PaymentKey[] },
  ): Promise<CallbackWorth> {
    return worthOf(callback.news, {
      state: cancellation.state,
      attempts: callback.news === 'cancelled-after-unknown' ? await this.store.attempts(key, sql) : [],
      receivedAt: callback.receivedAt,
      isOnlyOne: named.length === 1,
    });
  }

  async #apply(
    sql: Transaction,
    { key, cancellation, callback, worth }: NamedByCallback & { readonly worth: CallbackWorth },
  ): Promise<void> {
    const { finding } = callback;
    if (worth === 'record') {
      await this.store.addAttempt(sql, key, 'callback', finding);
      await this.#alert(sql, key, cancellation, finding);
      this.metrics.outcomes.inc({ issuer: callback.issuer, kind: 'callback', outcome: finding.outcome });
    }
    if (worth === 'alarm') {
      const alert = 'reports a cancellation that it had refused; look at it there';
      await this.#alert(sql, key, cancellation, { ...finding, alert });
    }
    if (worth !== 'check' && worth !== 'alarm') return;
    await recordEvent(sql, key, 'callback', 'A callback says that the card was cancelled; that is being checked.');
    await this.jobs.enqueue(sql, {
      queue: 'check-cancellation',
      data: { ...key, issuer: callback.issuer, why: 'callback' },
    });
  }

  async #alert(sql: Transaction, key: PaymentKey, cancellation: Cancellation, finding: Finding): Promise<void> {
    const issuer = issuerOf(cancellation);
    const contradiction =
      cancellation.state === 'cancelled' && finding.outcome === 'refused' ? 'refuses what it had confirmed' : null;
    const words = finding.alert ?? contradiction;
    if (words === null) return;
    const name = findIssuer(issuer)?.name ?? 'The issuer';
    await recordEvent(sql, key, 'alert', `${name} ${words}.`);
    this.metrics.alerts.inc({ issuer });
    this.log.error(`Payment ${key.paymentId}: ${name} ${words}.`, {
      ...key,
      issuer,
      outcome: finding.outcome,
    });
  }

  async #lock(sql: Transaction, key: PaymentKey): Promise<{ cancellation: Cancellation; now: Date }> {
    const row = await this.store.lock(sql, key);
    if (!row) throw new Error(`Bug: payment ${key.paymentId} has no cancellation to record for`);
    return row;
  }

  #rules({ merchantId }: PaymentKey, cancellation: Cancellation): Rules {
    const issuer = issuerOf(cancellation);
    const account = this.accounts.find(merchantId, issuer, cancellation.sandbox);
    return rulesOf(findIssuer(issuer), account, this.accounts.giveUpMs(issuer));
  }
}

interface NamedByCallback {
  readonly key: PaymentKey;
  readonly cancellation: Cancellation;
  readonly callback: StoredCallback;
}
