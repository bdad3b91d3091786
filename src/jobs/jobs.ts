import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { PgBoss } from 'pg-boss';
import { CONFIG, type Config } from '../config.js';
import { inBackground, type Transaction } from '../database.js';
import { Log } from '../operations/log.js';
import { END_MS, endWithin, prepareQueue, queueTimeouts, type queueNames } from './queue-schema.js';

/** The queues there are, with what a job of each carries. Our rows are the truth; a job only says where to look. */
export interface JobData extends Record<QueueName, object> {
  'deliver-notice': { readonly merchantId: string; readonly noticeId: string };
  'check-cancellation': {
    readonly merchantId: string;
    readonly paymentId: string;
    readonly issuer: string;
    /** `due`: its time has come. `callback`: a callback makes a look worth it before that. */
    readonly why: 'due' | 'callback';
  };
  'call-vtex': { readonly merchantId: string; readonly paymentId: string; readonly status: 'approved' | 'denied' };
  /** A person's word has become proof. */
  'record-word': { readonly merchantId: string; readonly manualCancellationId: string };
}

export type QueueName = (typeof queueNames)[number];

export type Job = {
  [Name in QueueName]: { readonly queue: Name; readonly data: JobData[Name]; readonly runAt?: Date };
}[QueueName];

/** How many jobs of a queue one process takes at a time. */
const BATCH: Record<QueueName, number> = {
  'deliver-notice': 10,
  'check-cancellation': 100,
  'call-vtex': 20,
  'record-word': 20,
};

/** How often jobs of dead processes are looked for, in seconds. */
const SUPERVISION_S = 5;

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
      connectionString: this.config.queueDatabaseUrl,
      application_name: 'vtex-card-connector-jobs',
      ...queueTimeouts,
      max: 3,
      migrate: false,
      createSchema: false,
      superviseIntervalSeconds: SUPERVISION_S,
      monitorIntervalSeconds: SUPERVISION_S,
    });
    boss.on('error', (error) => this.#onFault(boss, error));
    try {
      await boss.start();
      for (const [queue, worker] of this.#workers) await this.#listen(boss, queue, worker);
      this.#boss = boss;
      if (this.#stopped) await stopAtOnce(boss);
    } catch (error) {
      await stopAtOnce(boss);
      // Not awaited: making the schema may take long, and a start does not wait for it.
      if (!this.#stopped) void this.#prepareAndRestart(error);
    }
  }

  /** Where the queue is not there, or of an older version, it is made; whatever else is wrong may be better in 5 s. */
  async #prepareAndRestart(error: unknown): Promise<void> {
    const fault = isGone(error) ? await this.#prepare() : error;
    if (this.#stopped) return;
    if (fault !== null) {
      this.log.error('The job queue could not start; trying again in 5 s. Requests are answered meanwhile.', {
        error: fault,
      });
    }
    this.#restart = setTimeout(() => void this.#start(), fault === null ? 0 : RESTART_MS);
  }

  async #prepare(): Promise<unknown> {
    try {
      await prepareQueue(this.config.queueDatabaseUrl);
      return null;
    } catch (error) {
      return error;
    }
  }

  #onFault(boss: PgBoss, error: unknown): void {
    if (this.#boss !== boss) return; // It is being stopped, or was never ready.
    this.log.warn('The job queue had a fault; rows are the truth and are looked for again.', { error });
    if (isGone(error)) void this.#makeAgain(boss);
  }

  /** The queue's schema was dropped or lost: starting makes it again. */
  async #makeAgain(boss: PgBoss): Promise<void> {
    this.#boss = null;
    this.log.error('The job queue is gone; it is made again. Requests are answered meanwhile.');
    await stopAtOnce(boss);
    if (!this.#stopped) this.#restart = setTimeout(() => void this.#start(), MAKE_AGAIN_MS);
  }

  async #listen(boss: PgBoss, queue: QueueName, worker: (data: never) => Promise<void>): Promise<void> {
    await boss.work(queue, { batchSize: BATCH[queue], pollingIntervalSeconds: 0.5 }, async (jobs) => {
      await Promise.all(jobs.map((job) => this.#run(queue, worker, job.data as never)));
    });
  }

  async #run(queue: QueueName, worker: (data: never) => Promise<void>, data: never): Promise<void> {
    try {
      await inBackground(() => worker(data));
    } catch (error) {
      this.log.error(`A job of ${queue} failed; the sweeper finds its row again.`, { error, data });
    }
  }
}

const stopAtOnce = (boss: PgBoss) => endWithin(END_MS, () => boss.stop({ graceful: false }));

/** Postgres: no such schema, table, column or function; pg-boss: no such queue, or not of its version. */
function isGone(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return (
    ['3F000', '42P01', '42703', '42883'].includes(String(code)) ||
    /queue .* (does not exist|not found)|pg-boss (is not installed|database requires migrations)/i.test(String(message))
  );
}
