import { Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '../jobs/jobs.js';
import { Log } from '../operations/log.js';
import type { PaymentKey } from './cancellation.js';
import { CancellationProgress } from './cancellation-progress.js';
import { CancellationStore } from './cancellation-store.js';

/** How often each process looks for open rows that no job has carried on. */
const SWEEP_MS = 5_000;

/** A row that is overdue by less than this is still its job's. */
const GRACE_MS = 2_000;

/** How many cancellations of one issuer a process carries on at once, so that an issuer that hangs holds up no other one. */
const MOST_AT_ONCE = 20;

/**
 * Carries open cancellations on in the background: when their job comes, or when the sweeper finds them overdue.
 *
 * A job or a look only starts the work and does not wait for it. What finds no place, or is lost with its process, stays overdue and is
 * found by the next look: rows are the truth.
 */
@Injectable()
export class FollowUp implements OnModuleInit, OnApplicationBootstrap {
  readonly #atWork = new Map<string, number>();
  #timer: NodeJS.Timeout | null = null;
  #isStopped = false;

  constructor(
    private readonly store: CancellationStore,
    private readonly progress: CancellationProgress,
    private readonly jobs: Jobs,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.jobs.work('check-cancellation', async ({ merchantId, paymentId, issuer }) => {
      this.#begin({ merchantId, paymentId }, issuer);
    });
  }

  onApplicationBootstrap(): void {
    this.#schedule();
  }

  /** Begins nothing any more; what is under way goes on. */
  stop(): void {
    this.#isStopped = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  /** Begins what is overdue, the most overdue of each issuer first. */
  async sweep(): Promise<void> {
    for (const { issuer, ...key } of await this.store.overdue(GRACE_MS, MOST_AT_ONCE)) this.#begin(key, issuer);
  }

  #begin(key: PaymentKey, issuer: string): void {
    const atWork = this.#atWork.get(issuer) ?? 0;
    if (this.#isStopped || atWork >= MOST_AT_ONCE || this.progress.running(key)) return;
    this.#atWork.set(issuer, atWork + 1);
    void this.progress
      .carryOn(key, { kind: 'follow-up' })
      .finally(() => this.#atWork.set(issuer, (this.#atWork.get(issuer) ?? 1) - 1));
  }

  #schedule(): void {
    this.#timer = setTimeout(() => void this.#sweepAndSchedule(), SWEEP_MS);
  }

  async #sweepAndSchedule(): Promise<void> {
    await this.sweep().catch((error: unknown) =>
      this.log.warn('The sweeper could not look; it looks again in 5 s.', { error }),
    );
    if (!this.#isStopped) this.#schedule();
  }
}
