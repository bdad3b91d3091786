import type { TestDatabase } from './database.js';
import { until } from './until.js';

/** Makes time pass for one payment: everything that happened to it, and everything that is planned, lies so much earlier. */
export async function passTime(database: TestDatabase, paymentId: string, ms: number): Promise<void> {
  await database.query(
    `with shift as (select $2 * interval '1 millisecond' as by),
     moved_attempts as (
       update attempts set started_at = started_at - by, ended_at = ended_at - by, retry_at = retry_at - by
       from shift where payment_id = $1
     ),
     moved_jobs as (
       update pgboss.job set start_after = start_after - by from shift where data ->> 'paymentId' = $1 and state = 'created'
     )
     update cancellations
     set claimed_at = claimed_at - by, lease_until = lease_until - by, next_check_at = next_check_at - by
     from shift where payment_id = $1`,
    [paymentId, ms],
  );
}

/** Ends the lease of the attempt that is under way, as if its process had been silent for longer than its time-out. */
export async function expireLease(database: TestDatabase, paymentId: string): Promise<void> {
  await database.query(
    `update cancellations set lease_until = now() - interval '10 seconds' where payment_id = $1 and state = 'asking'`,
    [paymentId],
  );
}

/** Makes time pass for every payment whose cancellation is open, and for the notices that are still to be delivered. */
export async function passTimeForAll(database: TestDatabase, ms: number): Promise<void> {
  const move = () =>
    database.query(
      `with shift as (select $1 * interval '1 millisecond' as by),
     moved_attempts as (
       update attempts a set started_at = started_at - by, ended_at = ended_at - by, retry_at = retry_at - by
       from shift, cancellations c
       where c.merchant_id = a.merchant_id and c.payment_id = a.payment_id and c.finished_at is null
     ),
     moved_jobs as (update pgboss.job set start_after = start_after - by from shift where state = 'created'),
     moved_callbacks as (
       update issuer_callbacks set received_at = received_at - by from shift where processed_at is null
     ),
     moved_messages as (update notice_messages set next_try_at = next_try_at - by, due_at = due_at - by from shift),
     moved_recipients as (update notice_recipients set wait_until = wait_until - by from shift where wait_until is not null)
     update cancellations
     set claimed_at = claimed_at - by, lease_until = lease_until - by, next_check_at = next_check_at - by
     from shift where finished_at is null`,
      [ms],
    );
  // It locks many rows in no order, and the service may be at work on some of them.
  for (let tries = 1; ; tries += 1) {
    try {
      await move();
      return;
    } catch (error) {
      if ((error as { code?: unknown }).code !== DEADLOCK || tries === 5) throw error;
    }
  }
}

/** Lets an hour pass for notices: what was put together goes out, and the few messages of an hour begin anew. */
export async function passAnHourOfNotices(database: TestDatabase): Promise<void> {
  await until('what waits for the end of the hour has gone out', async () => {
    await database.query(
      `update notice_messages set due_at = due_at - interval '1 hour', next_try_at = next_try_at - interval '1 hour'`,
    );
    const [open] = await database.query('select 1 from notice_messages where ended_at is null');
    return open === undefined;
  });
}

const DEADLOCK = '40P01';

/** Ends every lease, as if the processes that hold them had been silent for longer than their time-outs. */
export async function expireAllLeases(database: TestDatabase): Promise<void> {
  await database.query(`update cancellations set lease_until = now() - interval '10 seconds' where state = 'asking'`);
}
