import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { IssuerAccounts, type IssuerAccount } from '../issuers/issuer-accounts.js';
import { Log } from '../operations/log.js';
import { Metrics } from '../operations/metrics.js';
import { isFinal, isProof, type Attempt, type Finding, type PaymentKey } from './cancellation.js';
import { CancellationRecord } from './cancellation-record.js';
import { CancellationStore, type OpenAttempt, type StoredAnswer, type View } from './cancellation-store.js';
import { exchange } from './exchange.js';

/** An attempt owns its row for the issuer's time-out and this much more; one that takes longer is recorded all the same. */
const LEASE_MARGIN_MS = 5_000;

/** Inside the answer budget we wait for the next step at most this long; a step further away is the follow-up's. */
const LONGEST_PAUSE_MS = 3_000;

/** How long a failed commit of an outcome waits before it is tried again, for as long as the process lives. */
const RECORD_AGAIN_MS = [100, 300, 1_000, 3_000, 5_000];

/** How progress is made: by the follow-up when a step is due, or sooner because VTEX waits until `deadlineAt`. */
export type Pace = { readonly kind: 'follow-up' } | { readonly kind: 'request'; readonly deadlineAt: number };

/** The first attempt, begun by the claim itself, and the answer to give if it brings a proof at once. */
export interface FirstAttempt {
  readonly attempt: OpenAttempt;
  readonly reference: unknown;
  readonly account: IssuerAccount;
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
    { attempt, reference, account, answer }: FirstAttempt,
  ): Promise<StoredAnswer | null> {
    const finding = await this.#exchange(account, attempt, { key, reference, attempts: [] });
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
    const pauseMs = pauseBefore(step, pace, now);
    const account = this.accounts.find(key.merchantId, cancellation.issuer ?? '', cancellation.sandbox);
    if (pauseMs === null || step.kind === 'wait' || !account || !payment.link) {
      if (cancellation.nextCheckAt && cancellation.nextCheckAt <= now) await this.record.passTime(key);
      return false;
    }
    if (pauseMs > 0) {
      await sleep(pauseMs);
      return true;
    }
    const kind = step.kind === 'send' ? 'cancel' : 'query';
    const attempt = await this.store.beginAttempt(key, {
      version: cancellation.version,
      kind,
      leaseMs: this.leaseMs(account),
    });
    if (!attempt) return true;
    const finding = await this.#exchange(account, attempt, { key, reference: payment.link.reference, attempts });
    await this.#recordSurely(key, finding, () => this.record.outcome(key, attempt, finding));
    return true;
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
        return await commit();
      } catch (error) {
        this.log.error('An outcome could not be recorded; trying again.', { ...key, outcome: finding.outcome, error });
        await sleep(RECORD_AGAIN_MS[Math.min(tries, RECORD_AGAIN_MS.length - 1)]);
      }
    }
  }
}

/** Milliseconds until the step may be made at this pace; null when it is not for now. */
function pauseBefore(step: Awaited<ReturnType<CancellationRecord['nextStep']>>, pace: Pace, now: Date): number | null {
  if (step.kind !== 'send' && step.kind !== 'query') return null;
  if (pace.kind === 'follow-up') return step.dueAt <= now ? 0 : null;
  if (!step.insideBudget) return null;
  const pauseMs = Math.max(step.notBefore.getTime() - now.getTime(), 0);
  const isInTime = pauseMs <= LONGEST_PAUSE_MS && performance.now() + pauseMs < pace.deadlineAt;
  return isInTime ? pauseMs : null;
}

const keyText = ({ merchantId, paymentId }: PaymentKey) => `${merchantId}\n${paymentId}`;
