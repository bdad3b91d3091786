import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../support/until.js';
import type { LatenessWatch } from './lateness.js';
import type { PostgresServer } from './postgres-server.js';

/** So many at once become due, as they would of themselves on a bad day. */
const MOST_AT_ONCE = 100;

const STEP_MS = 500;

/** Makes time pass for what waits: a row is moved back by exactly what it would still wait, so that it is due and not late. */
export class TimeMachine {
  constructor(
    private readonly server: PostgresServer,
    private readonly watch: LatenessWatch,
    /** How long a row is left alone after it began to wait: what is on its way at the issuers does not move along. */
    private readonly options: { readonly quietMs: number },
  ) {}

  /** Fails when it takes longer than `mostMs`. */
  async untilAllAreFinal(mostMs: number): Promise<{ readonly tookMs: number; readonly moves: number }> {
    const startedAt = performance.now();
    let moves = 0;
    for (;;) {
      const [row] = await this.server.query<{ open: number }>(
        `select count(*)::int as open from cancellations where state in ('asking', 'waiting')`,
      );
      const tookMs = performance.now() - startedAt;
      if (row?.open === 0) return { tookMs, moves };
      if (tookMs > mostMs) throw new Error(`${row?.open} cancellations are not final after ${Math.round(tookMs)} ms.`);
      moves += await this.#move();
      await sleep(STEP_MS);
    }
  }

  /** A notice whose process was killed waits for that one's lease, and one after many others for a digest. */
  async deliverNotices(): Promise<void> {
    await this.server.query(
      `with freed as (update notice_recipients set wait_until = now() where wait_until > now())
       update notice_messages set next_try_at = now() where next_try_at > now()`,
    );
    await until(
      'every notice is delivered',
      async () => {
        const [row] = await this.server.query<{ open: number }>(
          'select count(*)::int as open from notices where delivered_at is null',
        );
        return row?.open === 0;
      },
      60_000,
    );
  }

  async #move(): Promise<number> {
    const [now] = await this.server.query<{ ms: string }>('select extract(epoch from now()) * 1000 as ms');
    const wait = this.watch.openNow
      .filter(({ state, firstSeenAt }) => state === 'waiting' && Date.now() - firstSeenAt >= this.options.quietMs)
      .filter(({ dueMs }) => dueMs > Number(now?.ms) + 1_000)
      .slice(0, MOST_AT_ONCE)
      .map(({ paymentId }) => paymentId);
    if (wait.length === 0) return 0;
    const moved = await this.server.query<{ payment_id: string; by: string }>(
      `with chosen as (
         select merchant_id, payment_id, next_check_at - now() as by from cancellations
         where payment_id = any ($1) and state = 'waiting' and next_check_at > now() for update
       ), moved_attempts as (
         update attempts a set started_at = started_at - by, ended_at = ended_at - by, retry_at = retry_at - by
         from chosen where a.merchant_id = chosen.merchant_id and a.payment_id = chosen.payment_id
       )
       update cancellations c set claimed_at = claimed_at - by, next_check_at = next_check_at - by
       from chosen where c.merchant_id = chosen.merchant_id and c.payment_id = chosen.payment_id
       returning c.payment_id, extract(epoch from by)::text as by`,
      [wait],
    );
    await this.#moveJobs(moved);
    return moved.length;
  }

  /** Rows are the truth: where the queue is just not there, the sweeper finds them. */
  async #moveJobs(moved: readonly { readonly payment_id: string; readonly by: string }[]): Promise<void> {
    const values = [moved.map(({ payment_id }) => payment_id), moved.map(({ by }) => by)];
    await this.server
      .query(
        `update pgboss.job set start_after = start_after - moved.by::numeric * interval '1 second'
         from unnest($1::text[], $2::text[]) as moved (payment_id, by)
         where data ->> 'paymentId' = moved.payment_id and state = 'created'`,
        values,
      )
      .catch(() => undefined);
  }
}
