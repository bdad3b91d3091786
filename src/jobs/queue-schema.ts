import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { PgBoss } from 'pg-boss';

export const queueNames = ['deliver-notice', 'check-cancellation', 'call-vtex', 'record-word'] as const;

/**
 * A job whose process died is given to another one after 30 s at most. A job waits at most two days (a follow-up is never further away
 * than an hour), finished ones are kept for an hour. None is retried: what failed is found again by the sweeper.
 */
const options = { retryLimit: 0, expireInSeconds: 30, retentionSeconds: 2 * 86_400, deleteAfterSeconds: 3_600 };

/**
 * pg-boss and `pg` wait for ever by default: on a connection that has gone silent the queue would never be heard of again. pg-boss hands
 * these to `pg`, though its types do not name them all.
 */
export const queueTimeouts = {
  connectionTimeoutMillis: 5_000,
  statement_timeout: 10_000,
  query_timeout: 12_000,
  keepAlive: true,
};

/** Any number that nobody else locks. */
const LOCK = 7_026_350_118;

/** The whole schema is one statement of hundreds, which a busy or slow server may take long for; so does who waits for its maker. */
const MAKING_TIMEOUTS = { ...queueTimeouts, lock_timeout: 60_000, statement_timeout: 60_000, query_timeout: 65_000 };

export const END_MS = 2_000;

/**
 * Makes or migrates the queue's schema and its queues. One process at a time does it, however many call it at once; the others wait, and
 * find it done. Safe to repeat.
 *
 * @param databaseUrl a direct connection, or a pooler in session mode
 */
export async function prepareQueue(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, ...MAKING_TIMEOUTS });
  client.on('error', () => undefined);
  await client.connect();
  try {
    // A lock of the transaction: it goes with the connection, whatever becomes of this process.
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
    await make(databaseUrl);
    await client.query('commit');
  } finally {
    await endWithin(END_MS, () => client.end());
  }
}

/** Waits for an end no longer than so: on a connection that has gone silent it never comes. */
export async function endWithin(ms: number, end: () => Promise<unknown>): Promise<void> {
  await Promise.race([end().catch(() => undefined), sleep(ms, null, { ref: false })]);
}

async function make(databaseUrl: string): Promise<void> {
  const boss = new PgBoss({
    connectionString: databaseUrl,
    application_name: 'vtex-card-connector-queue-schema',
    ...MAKING_TIMEOUTS,
    max: 1,
    migrate: true,
    createSchema: true,
    supervise: false,
    schedule: false,
  });
  boss.on('error', () => undefined);
  try {
    await boss.start();
    for (const name of queueNames) {
      await boss.createQueue(name, options);
      await boss.updateQueue(name, options);
    }
  } finally {
    await endWithin(END_MS, () => boss.stop({ graceful: false }));
  }
}
