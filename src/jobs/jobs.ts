import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { PgBoss } from 'pg-boss';
import { CONFIG, type Config } from '../config.js';
import type { Transaction } from '../database.js';
import { Log } from '../operations/log.js';

/** The queues there are, with what a job of each carries. Our rows are the truth; a job only says where to look. */
export interface JobData {
  'deliver-notice': { readonly merchantId: string; readonly noticeId: string };
  'check-cancellation': { readonly merchantId: string; readonly paymentId: string; readonly issuer: string };
}

export type QueueName = keyof JobData;

export type Job = {
  [Name in QueueName]: { readonly queue: Name; readonly data: JobData[Name]; readonly runAt?: Date };
}[QueueName];

/** Retention and leases of each queue. A job that is lost or late is found again by the sweeper, so none is kept long. */
const QUEUES: Record<QueueName, { batchSize: number; expireInSeconds: number }> = {
  'deliver-notice': { batchSize: 10, expireInSeconds: 30 },
  'check-cancellation': { batchSize: 20, expireInSeconds: 30 },
};

/** Jobs wait at most a day (a follow-up is never further away than that), finished ones are kept for an hour. */
const RETENTION = { retentionSeconds: 2 * 86_400, deleteAfterSeconds: 3_600 };

const RESTART_MS = 5_000;

/** A queue that cannot be made again must not flood the log. */
const MAKE_AGAIN_MS = 1_000;

const STOP_MS = 15_000;

/**
 * Background work behind a small port, carried out by pg-boss on the Postgres we have.
 *
 * Losing a job, or delivering one twice, does no harm: a worker reads the row it names and acts by compare-and-set. A queue that is
 * missing or broken never blocks a start, a claim or an outcome.
 */
@Injectable()
export class Jobs implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #workers = new Map<QueueName, (data: never) => Promise<void>>();
  #boss: PgBoss | null = null;
  #restart: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly log: Log,
  ) {}

  /** Says who does the jobs of a queue; call it before the application has started. */
  work<Name extends QueueName>(queue: Name, worker: (data: JobData[Name]) => Promise<void>): void {
    this.#workers.set(queue, worker);
  }

  /** Adds a job inside the caller's transaction. A queue that cannot take it is not the caller's fault: the sweeper adds it later. */
  async enqueue(sql: Transaction, job: Job): Promise<void> {
    const boss = this.#boss;
    if (!boss) return;
    await sql.attempt(() =>
      boss.send(job.queue, job.data, { db: sql, ...(job.runAt ? { startAfter: job.runAt } : {}) }),
    );
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  /** Takes no job any more, and waits for those that run. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    if (this.#restart) clearTimeout(this.#restart);
    await this.#boss?.stop({ graceful: true, timeout: STOP_MS }).catch(() => undefined);
  }

  async #start(): Promise<void> {
    const boss = new PgBoss({
      connectionString: this.config.databaseUrl,
      application_name: 'vtex-card-connector-jobs',
      max: 3,
      monitorIntervalSeconds: 5,
    });
    boss.on('error', (error) => this.#onFault(boss, error));
    try {
      await boss.start();
      for (const [queue, worker] of this.#workers) await this.#listen(boss, queue, worker);
      this.#boss = boss;
      if (this.#stopped) await boss.stop({ graceful: false });
    } catch (error) {
      await boss.stop({ graceful: false }).catch(() => undefined);
      if (this.#stopped) return;
      this.log.error('The job queue could not start; trying again in 5 s. Requests are answered meanwhile.', { error });
      this.#restart = setTimeout(() => void this.#start(), RESTART_MS);
    }
  }

  #onFault(boss: PgBoss, error: unknown): void {
    if (this.#boss !== boss) return; // It is being stopped, or was never ready.
    this.log.warn('The job queue had a fault; rows are the truth and are looked for again.', { error });
    if (isGone(error)) void this.#makeAgain(boss);
  }

  /** The queue's schema was dropped or lost: starting makes it again, under pg-boss's own lock. */
  async #makeAgain(boss: PgBoss): Promise<void> {
    this.#boss = null;
    this.log.error('The job queue is gone; it is made again. Requests are answered meanwhile.');
    await boss.stop({ graceful: false }).catch(() => undefined);
    if (!this.#stopped) this.#restart = setTimeout(() => void this.#start(), MAKE_AGAIN_MS);
  }

  async #listen(boss: PgBoss, queue: QueueName, worker: (data: never) => Promise<void>): Promise<void> {
    const { batchSize, expireInSeconds } = QUEUES[queue];
    await boss.createQueue(queue, { retryLimit: 0, expireInSeconds, ...RETENTION });
    await boss.work(queue, { batchSize, pollingIntervalSeconds: 0.5 }, async (jobs) => {
      await Promise.all(jobs.map((job) => this.#run(queue, worker, job.data as never)));
    });
  }

  async #run(queue: QueueName, worker: (data: never) => Promise<void>, data: never): Promise<void> {
    try {
      await worker(data);
    } catch (error) {
      this.log.error(`A job of ${queue} failed; the sweeper finds its row again.`, { error, data });
    }
  }
}

/** Postgres: no such schema, table, column or function; pg-boss: no such queue. */
function isGone(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return (
    ['3F000', '42P01', '42703', '42883'].includes(String(code)) ||
    /queue .* (does not exist|not found)/i.test(String(message))
  );
}
