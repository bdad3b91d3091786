import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { aheadOfAll } from '../database.js';
import { IssuerAccounts, type IssuerAccount } from '../issuers/issuer-accounts.js';
import type { Place } from '../issuers/protection.js';
import { Log } from '../operations/log.js';
import { Metrics } from '../operations/metrics.js';
import {
  isFinal,
  isProof,
  issuerOf,
  type Attempt,
  type Cancellation,
  type Finding,
  type PaymentKey,
} from './cancellation.js';
import { CancellationRecord } from './cancellation-record.js';
import { CancellationStore, type OpenAttempt, type StoredAnswer, type View } from './cancellation-store.js';
import { exchange } from './exchange.js';
import { pauseBefore, type Pace } from './pace.js';

/** An attempt owns its row for the issuer's time-out and this much more; one that takes longer is recorded all the same. */
const LEASE_MARGIN_MS = 5_000;

/** How long the background waits for a place among the calls to an issuer; a row without one stays overdue and is found again. */
const BACKGROUND_WAIT_MS = 4_000;

/** How long a failed commit of an outcome waits before it is tried again, for as long as the process lives. */
const RECORD_AGAIN_MS = [100, 300, 1_000, 3_000, 5_000];

/** The first attempt, begun by the claim itself, and the answer to give if it brings a proof at once. */
export interface FirstAttempt {
  readonly attempt: OpenAttempt;
  readonly reference: unknown;
  readonly account: IssuerAccount;
  /** Left when the call is over. */
  readonly place: Place;
  readonly answer: StoredAnswer & { readonly requestId: string };
}

/** Carries cancellations on: asks issuers, records, asks again where that is allowed. One run per payment in this process. */
@Injectable()
export class CancellationProgress {
  readonly #running = new Map<string, Promise<StoredAnswer | null>>();

  constructor(
    private readonly store: CancellationStore,
    private readonly record: CancellationRecord,
    private readonly accounts: IssuerAccounts,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {}

  /** How long an attempt at this account may own its row. */
  leaseMs({ timeoutMs }: IssuerAccount): number {
    return timeoutMs + LEASE_MARGIN_MS;
  }

  /** The run of this payment in this process, if there is one; it never rejects. Waiting for it needs no polling. */
  running(key: PaymentKey): Promise<unknown> | null {
    return this.#running.get(keyText(key)) ?? null;
  }

  /** How many payments have a run in this process. */
  get runs(): number {
    return this.#running.size;
  }

  /** Ends when no run is under way, as before a stop. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  /**
   * Carries a fresh claim on, until it is final or nothing more can be done at once. Goes on after the caller has stopped waiting.
   * @returns the answer, where the first attempt brought a proof and it was stored; else null
   */
  begin(key: PaymentKey, first: FirstAttempt, pace: Pace): Promise<StoredAnswer | null> {
    return this.#run(key, async () => {
      const stored = await this.#firstAttempt(key, first);
      if (stored) return stored;
      await this.#carryOn(key, pace);
      return null;
    });
  }

  /** Carries an open cancellation on; joins the run that is under way in this process. */
  async carryOn(key: PaymentKey, pace: Pace): Promise<void> {
    await (this.running(key) ??
      this.#run(key, async () => {
        await this.#carryOn(key, pace);
        return null;
      }));
  }

  /**
   * Looks now, as far as the rules allow: because an operator asks for it, or a callback proves nothing by itself. A payment that a person
   * has to cancel is looked at too, and nothing is sent for it.
   */
  async check(key: PaymentKey): Promise<void> {
    await this.carryOn(key, { kind: 'check' });
    const { cancellation, payment } = await this.store.load({ ...key, requestId: null });
    if (cancellation?.state === 'manual' && payment?.link) await this.#look(key, cancellation, payment.link.reference);
  }

  async #look(key: PaymentKey, cancellation: Cancellation, reference: unknown): Promise<void> {
    const account = this.accounts.find(key.merchantId, issuerOf(cancellation), cancellation.sandbox);
    const attempts = await this.store.attempts(key);
    // Without a cancel of ours there is nothing to find out: what is cancelled now, a person did.
    const hasSent = attempts.some(({ kind }) => kind === 'cancel');
    if (!account || !hasSent || !this.record.mayQuery(key, cancellation)) return;
    const place = await account.protection.enter(performance.now() + BACKGROUND_WAIT_MS);
    if (!place) return;
    const finding = await exchange(account, { key, kind: 'query', reference, attempts }, this.log);
    place.leave();
    await this.#recordSurely(key, finding, () => this.record.look(key, finding));
  }

  #run(key: PaymentKey, work: () => Promise<StoredAnswer | null>): Promise<StoredAnswer | null> {
    const text = keyText(key);
    const run = work()
      .catch((error: unknown) => {
        this.log.error('A cancellation could not be carried on; its row is looked for again.', { ...key, error });
        return null;
      })
      .finally(() => {
        if (this.#running.get(text) === run) this.#running.delete(text);
      });
    this.#running.set(text, run);
    return run;
  }

  async #firstAttempt(
    key: PaymentKey,
    { attempt, reference, account, place, answer }: FirstAttempt,
  ): Promise<StoredAnswer | null> {
    const finding = await this.#exchange(account, attempt, { key, reference, attempts: [] });
    place.leave();
    return this.#recordSurely(key, finding, async () => {
      if (isProof(finding.outcome)) {
        const recorded = await this.store.recordProof(key, attempt, finding, answer);
        if (recorded) {
          this.metrics.outcomes.inc({ issuer: account.issuer.code, kind: 'cancel', outcome: finding.outcome });
          return recorded.isAnswered ? answer : null;
        }
      }
      await this.record.outcome(key, attempt, finding);
      return null;
    });
  }

  /** One step after the other, each from the row as it is. */
  async #carryOn(key: PaymentKey, pace: Pace): Promise<void> {
    for (;;) {
      const view = await this.store.load({ ...key, requestId: null });
      const { cancellation, now } = view;
      if (!cancellation || isFinal(cancellation.state)) return;
      if (cancellation.state === 'asking') {
        if (cancellation.leaseUntil && cancellation.leaseUntil > now) return;
        await this.record.takeOver(key);
        continue;
      }
      if (!(await this.#step(key, view, pace))) return;
    }
  }

  /** Makes the next step if its time has come; answers whether there may be another one. */
  async #step(key: PaymentKey, view: View, pace: Pace): Promise<boolean> {
    const { cancellation, payment, now } = view;
    if (!cancellation || !payment) return false;
    const attempts = await this.store.attempts(key);
    const step = this.record.nextStep(key, cancellation, attempts, now);
    if (step.kind === 'cancelled' || step.kind === 'manual') {
      await this.record.passTime(key);
      return false;
    }
    const isDue = cancellation.nextCheckAt !== null && cancellation.nextCheckAt <= now;
    const pauseMs = pauseBefore(step, pace, { now, clockMs: performance.now() });
    const account = this.accounts.find(key.merchantId, issuerOf(cancellation), cancellation.sandbox);
    if (pauseMs === null || step.kind === 'wait' || !account || !payment.link) {
      if (isDue) await this.record.passTime(key);
      return false;
    }
    if (pauseMs > 0) {
      await sleep(pauseMs);
      return true;
    }
    const place = await account.protection.enter(
      pace.kind === 'request' ? pace.deadlineAt : performance.now() + BACKGROUND_WAIT_MS,
    );
    // None is free: the row stays overdue. The circuit has opened: its time passes.
    if (!place) {
      if (isDue && account.protection.isOpen) await this.record.passTime(key);
      return false;
    }
    try {
      const kind = step.kind === 'send' ? 'cancel' : 'query';
      const attempt = await this.store.beginAttempt(key, {
        version: cancellation.version,
        kind,
        leaseMs: this.leaseMs(account),
      });
      if (!attempt) return true;
      const finding = await this.#exchange(account, attempt, { key, reference: payment.link.reference, attempts });
      place.leave();
      await this.#recordSurely(key, finding, () => this.record.outcome(key, attempt, finding));
      return true;
    } finally {
      place.leave();
    }
  }

  /**
   * Asks, unless this process was held up for so long that another one may have taken over before the call went out. Until then the
   * lease covers the call's own time-out.
   */
  async #exchange(
    account: IssuerAccount,
    { kind, begunAt }: OpenAttempt,
    what: { readonly key: PaymentKey; readonly reference: unknown; readonly attempts: readonly Attempt[] },
  ): Promise<Finding> {
    if (performance.now() - begunAt < LEASE_MARGIN_MS) return exchange(account, { ...what, kind }, this.log);
    const evidence = { httpStatus: null, issuerCode: 'held-up', issuerText: null, traceId: null };
    return { outcome: 'retry', when: 'at-once', evidence };
  }

  /** A failed commit of an outcome is tried again while the process lives: the issuer will not tell it a second time. */
  async #recordSurely<Result>(key: PaymentKey, finding: Finding, commit: () => Promise<Result>): Promise<Result> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await aheadOfAll(commit);
      } catch (error) {
        this.log.error('An outcome could not be recorded; trying again.', { ...key, outcome: finding.outcome, error });
        await sleep(RECORD_AGAIN_MS[Math.min(tries, RECORD_AGAIN_MS.length - 1)]);
      }
    }
  }
}

const keyText = ({ merchantId, paymentId }: PaymentKey) => `${merchantId}\n${paymentId}`;
