import { FollowUp } from '../src/cancellations/follow-up.js';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { newId, startTestService, type TestService } from './support/service.js';
import { startTestSimulators, type TestSimulators } from './support/simulators.js';
import { until } from './support/until.js';

let database: TestDatabase;
let simulators: TestSimulators;
let service: TestService;

beforeEach(async () => {
  database = await makeTestDatabase();
  simulators = await startTestSimulators(1_000);
  service = await startTestService({
    ...simulators.settings,
    DATABASE_URL: database.url,
    CORECARD_TIMEOUT_MS: '5000',
    VAULT_TIMEOUT_MS: '5000',
  });
});

afterEach(async () => {
  await service?.stop();
  await simulators?.stop();
  await database?.drop();
});

describe('the follow-up', () => {
  it('lets an issuer that hangs hold up no other one', async () => {
    for (let at = 0; at < 60; at += 1) await makeOverdue('corecard', 'hangs');
    const due = await makeOverdue('vault', 'works');

    await service.service.app.get(FollowUp).sweep();

    await until('the one at the other issuer is cancelled', async () => {
      return (await service.history(due)).cancellation?.state === 'cancelled';
    });
    const [open] = await database.query<{ count: number }>(
      'select count(*)::int as count from attempts where outcome is null',
    );
    expect(open?.count).toBeGreaterThan(0);
    expect(open?.count).toBeLessThanOrEqual(20);
  });

  it('carries a backlog on without waiting for its next look', async () => {
    await Promise.all(Array.from({ length: 300 }, () => makeOverdue('vault', 'works')));

    await service.service.app.get(FollowUp).sweep();

    // 20 at a time, and a look every 5 s: 75 s, if the end of one did not bring the next.
    await until('all are cancelled', () => simulators.of.vault.effects.length === 300, 50_000);
  }, 90_000);

  it('makes one effect however often it looks', async () => {
    const due = await makeOverdue('vault', 'slow');
    const followUp = service.service.app.get(FollowUp);

    await Promise.all([followUp.sweep(), followUp.sweep(), followUp.sweep()]);
    await followUp.sweep();

    await until('it is cancelled', async () => (await service.history(due)).cancellation?.state === 'cancelled');
    expect((await service.history(due)).cancellation?.attempts).toHaveLength(1);
  });
});

describe('a stop', () => {
  it('waits for the answer of a call under way, records it and gives it to VTEX', async () => {
    const paymentId = newId();
    const reference = simulators.of.vault.referenceFor('slow');
    await service.link(paymentId, { issuer: 'vault', reference });
    const answer = service.cancel(paymentId, { requestId: 'R1' });
    await until('the issuer has done it', async () => simulators.of.vault.effects.length === 1);

    await service.stop();

    expect(await answer).toMatchObject({ status: 200, body: { code: null } });
    const [row] = await database.query<{ state: string }>('select state from cancellations where payment_id = $1', [
      paymentId,
    ]);
    expect(row?.state).toBe('cancelled');
    service = await startTestService({ ...simulators.settings, DATABASE_URL: database.url });
  });
});

/** A cancellation that waits and should have been looked at a minute ago, as after an outage. */
async function makeOverdue(issuer: 'corecard' | 'vault', behaviour: 'hangs' | 'works' | 'slow'): Promise<string> {
  const paymentId = newId();
  const reference = simulators.of[issuer].referenceFor(behaviour);
  await service.link(paymentId, { issuer, reference });
  await database.query(
    `insert into cancellations (merchant_id, payment_id, cancellation_id, issuer, state, claimed_at, next_check_at)
     values ('default', $1, $2, $3, 'waiting', now() - interval '5 minutes', now() - interval '1 minute')`,
    [paymentId, newId(), issuer],
  );
  return paymentId;
}
