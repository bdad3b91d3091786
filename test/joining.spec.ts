import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { CancellationProgress } from '../src/cancellations/cancellation-progress.js';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { newId, startTestService, type TestService } from './support/service.js';
import { startTestSimulators, type TestSimulators } from './support/simulators.js';

let database: TestDatabase;
let simulators: TestSimulators;
let service: TestService;

beforeAll(async () => {
  database = await makeTestDatabase();
  simulators = await startTestSimulators();
  service = await startTestService({
    ...simulators.settings,
    DATABASE_URL: database.url,
    ANSWER_DEADLINE_MS: '15000',
  });
}, 120_000);

afterAll(async () => {
  await service?.stop();
  await simulators?.stop();
  await database?.drop();
});

/** A cancel of another process that ended unknown; a query is what comes next, and at once. */
async function unknownAtQitech(): Promise<string> {
  const paymentId = newId();
  const reference = simulators.of.qitech.referenceFor('hangs');
  expect((await service.link(paymentId, { issuer: 'qitech', reference })).status).toBe(201);
  await database.query(
    `insert into cancellations (merchant_id, payment_id, cancellation_id, issuer, state, next_check_at)
     values ('default', $1, 'C1', 'qitech', 'waiting', now() + interval '1 hour')`,
    [paymentId],
  );
  await database.query(
    `insert into attempts (merchant_id, payment_id, attempt_no, kind, outcome, issuer_code, ended_at)
     values ('default', $1, 1, 'cancel', 'unknown', 'timeout', now())`,
    [paymentId],
  );
  return paymentId;
}

it('a request waits for another process that has just begun to ask, whatever comes and goes in its own process', async () => {
  const paymentId = await unknownAtQitech();
  const progress = service.service.app.get(CancellationProgress);
  const other = new pg.Client({ connectionString: database.url });
  await other.connect();
  await other.query('begin');
  await other.query(
    `update cancellations set state = 'asking', version = version + 1, lease_until = now() + interval '30 seconds' where payment_id = $1`,
    [paymentId],
  );

  // Finds it waiting, wants to ask, and is held up by the other process's transaction.
  const answer = service.cancel(paymentId, { requestId: newId() });
  await sleep(300);
  let isOver = false;
  const comingAndGoing = (async () => {
    while (!isOver) {
      await progress.carryOn({ merchantId: 'default', paymentId }, { kind: 'follow-up' });
      await sleep(0);
    }
  })();
  await other.query('commit');
  await sleep(500);
  await database.query(
    `update cancellations set state = 'manual', reason = 'instrument_not_active', version = version + 1, lease_until = null,
            next_check_at = null, finished_at = now() where payment_id = $1`,
    [paymentId],
  );

  const answered = await answer;
  isOver = true;
  await comingAndGoing;
  await other.end();
  expect(answered).toMatchObject({ status: 200, body: { code: 'cancel-manually' } });
});
