import {
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleInit,
  type BeforeApplicationShutdown,
} from '@nestjs/common';
import { Jobs } from '../jobs/jobs.js';
import { Log } from '../operations/log.js';
import { CancellationProgress } from './cancellation-progress.js';
import { CancellationStore } from './cancellation-store.js';

/** How often each process looks for open rows that no job has carried on. */
const SWEEP_MS = 5_000;

/** A row that is overdue by less than this is still its job's. */
const GRACE_MS = 2_000;

/** Rows of one look; the most overdue come first. */
const SWEEP_LIMIT = 500;

/** Carries open cancellations on in the background: when their job comes, or when the sweeper finds them overdue. */
@Injectable()
export class FollowUp implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  #timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly store: CancellationStore,
    private readonly progress: CancellationProgress,
    private readonly jobs: Jobs,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.jobs.work('check-cancellation', (key) => this.progress.carryOn(key, { kind: 'follow-up' }));
  }

  onApplicationBootstrap(): void {
    this.#schedule();
  }

  beforeApplicationShutdown(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Finds open rows without a live job, and enqueues them; carries them on itself where the queue is away. */
  async sweep(): Promise<void> {
    const overdue = await this.store.overdue(GRACE_MS, SWEEP_LIMIT);
    if (
      await this.jobs.enqueueAll(
        'check-cancellation',
        overdue.map(({ merchantId, paymentId }) => ({ merchantId, paymentId })),
      )
    )
      return;
    for (const key of overdue) await this.progress.carryOn(key, { kind: 'follow-up' });
  }

  #schedule(): void {
    this.#timer = setTimeout(() => void this.#sweepAndSchedule(), SWEEP_MS);
  }

  async #sweepAndSchedule(): Promise<void> {
    await this.sweep().catch((error: unknown) =>
      this.log.warn('The sweeper could not look; it looks again in 5 s.', { error }),
    );
    if (this.#timer) this.#schedule();
  }
}
