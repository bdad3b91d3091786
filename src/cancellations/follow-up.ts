import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { inBackground } from '../database.js';
import { IssuerAccounts } from '../issuers/issuer-accounts.js';
import { IssuerModes, type AccountKey } from '../issuers/issuer-modes.js';
import { Jobs } from '../jobs/jobs.js';
import { Log } from '../operations/log.js';
import { Repeater } from '../operations/repeater.js';
import type { PaymentKey } from './cancellation.js';
import { CancellationProgress } from './cancellation-progress.js';
import { CancellationStore, type Overdue } from './cancellation-store.js';
import { IssuerCallbacks } from './issuer-callbacks.js';

/** How often each process looks for open rows that no job has carried on, and for modes that another process has set. */
const SWEEP_MS = 5_000;

/** How often it looks for callbacks that were kept and can be processed by now; nearly all are when they come. */
const CALLBACK_SWEEP_MS = 30_000;

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
export class FollowUp implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #atWork = new Map<string, number>();
  /** Issuers with more that is overdue than there are places. */
  readonly #hasMore = new Map<string, boolean>();
  /** Accounts that have changed, to be woken once more: what was decided just before the change may have been written just after it. */
  readonly #toWake = new Set<AccountKey>();
  readonly #repeater = new Repeater((error) => this.#noteFault(error));
  #isStopped = false;

  constructor(
    private readonly store: CancellationStore,
    private readonly progress: CancellationProgress,
    private readonly callbacks: IssuerCallbacks,
    private readonly accounts: IssuerAccounts,
    private readonly modes: IssuerModes,
    private readonly jobs: Jobs,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.accounts.whenUsableAgain((account) => {
      this.#toWake.add(account);
      inBackground(() => this.#wake(account)).catch((error: unknown) => this.#noteFault(error));
    });
    this.jobs.work('check-cancellation', async ({ merchantId, paymentId, issuer, why }) => {
      if (why === 'callback') await this.progress.check({ merchantId, paymentId });
      else this.#begin({ merchantId, paymentId }, issuer, new Date());
    });
  }

  onApplicationBootstrap(): void {
    this.#repeater.atOnceAndEvery(SWEEP_MS, () => this.sweep());
    this.#repeater.every(SWEEP_MS, () => this.modes.refresh());
    this.#repeater.every(CALLBACK_SWEEP_MS, async () => {
      await this.store.closeAbandonedAttempts();
      await this.callbacks.sweep();
    });
  }

  /** A start that fails after this one, because its port is taken, is not stopped in any other way. */
  beforeApplicationShutdown(): void {
    this.stop();
  }

  /** Begins nothing any more; what is under way goes on. */
  stop(): void {
    this.#isStopped = true;
    this.#repeater.stop();
  }

  /** Begins what is overdue, the most overdue first. */
  async sweep(): Promise<void> {
    await inBackground(async () => {
      await this.#beginOverdue(null);
      for (const account of this.#toWake) {
        await this.#wake(account);
        this.#toWake.delete(account);
      }
    });
  }

  /** By every process that finds a change: one that did not know it yet may have put off what another one has woken. */
  #wake({ merchantId, issuer, sandbox }: AccountKey): Promise<void> {
    return this.store.wakeAll(merchantId, issuer, sandbox);
  }

  /** Fills the free places of an issuer, or of all; where there is more than that, their end brings the next ones at once. */
  async #beginOverdue(ofIssuer: string | null): Promise<void> {
    if (this.#isStopped) return;
    // What runs here already is passed over, and must not hide what comes after it.
    const overdue = await this.store.overdue(GRACE_MS, ofIssuer, 4 * MOST_AT_ONCE + this.progress.runs);
    const startable = overdue.filter(({ key }) => !this.progress.running(key));
    for (const [issuer, all] of groupByIssuer(startable)) {
      const free = Math.max(0, MOST_AT_ONCE - this.#atWorkFor(issuer));
      // Every process sees the same rows: each takes its own choice of a few more, so that they rarely meet.
      const chosen = shuffle(all.slice(0, 4 * free)).slice(0, free);
      this.#hasMore.set(issuer, all.length > chosen.length);
      for (const { key, dueAt } of chosen) this.#begin(key, issuer, dueAt);
    }
  }

  #begin(key: PaymentKey, issuer: string, dueAt: Date): void {
    const atWork = this.#atWorkFor(issuer);
    if (this.#isStopped || atWork >= MOST_AT_ONCE || this.progress.running(key)) return;
    this.#atWork.set(issuer, atWork + 1);
    const run = inBackground(() => this.progress.carryOn(key, { kind: 'follow-up' }), dueAt);
    void run.finally(() => this.#ended(issuer));
  }

  #ended(issuer: string): void {
    const atWork = this.#atWorkFor(issuer) - 1;
    this.#atWork.set(issuer, atWork);
    if (atWork > MOST_AT_ONCE / 2 || !this.#hasMore.get(issuer)) return;
    this.#hasMore.set(issuer, false);
    inBackground(() => this.#beginOverdue(issuer)).catch((error: unknown) => this.#noteFault(error));
  }

  #atWorkFor(issuer: string): number {
    return this.#atWork.get(issuer) ?? 0;
  }

  #noteFault(error: unknown): void {
    this.log.warn('The sweeper could not look; it looks again.', { error });
  }
}

function groupByIssuer(all: readonly Overdue[]): Map<string, Overdue[]> {
  const groups = new Map<string, Overdue[]>();
  for (const one of all) groups.set(one.issuer, [...(groups.get(one.issuer) ?? []), one]);
  return groups;
}

function shuffle<Item>(items: readonly Item[]): Item[] {
  const keyed = items.map((item) => ({ item, at: Math.random() }));
  return keyed.sort((a, b) => a.at - b.at).map(({ item }) => item);
}
