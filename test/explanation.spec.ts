import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { newId, startTestService, type TestService } from './support/service.js';
import { startTestSimulators, type TestSimulators } from './support/simulators.js';

let database: TestDatabase;
let simulators: TestSimulators;
let service: TestService;

beforeAll(async () => {
  database = await makeTestDatabase();
  simulators = await startTestSimulators();
  service = await startTestService({ ...simulators.settings, DATABASE_URL: database.url, ANSWER_DEADLINE_MS: '3000' });
}, 120_000);

afterAll(async () => {
  await service?.stop();
  await simulators?.stop();
  await database?.drop();
});

async function linkPayment(issuer: 'vault' | 'qitech'): Promise<string> {
  const paymentId = newId();
  const reference = simulators.of[issuer].referenceFor('works');
  expect((await service.link(paymentId, { issuer, reference })).status).toBe(201);
  return paymentId;
}

/** A payment whose issuer was taken out of the registry by a later version. */
async function linkPaymentToGoneIssuer(): Promise<string> {
  const paymentId = await linkPayment('vault');
  await database.query(`update issuer_references set issuer = 'gone' where payment_id = $1`, [paymentId]);
  return paymentId;
}

/** Its cancellation waits since so many hours, and is looked at again in a minute. */
const wait = (paymentId: string, { issuer, hours = 0 }: { issuer: string; hours?: number }) =>
  database.query(
    `insert into cancellations (merchant_id, payment_id, cancellation_id, issuer, state, claimed_at, next_check_at)
     values ('default', $1, $2, $3, 'waiting', now() - $4 * interval '1 hour', now() + interval '1 minute')`,
    [paymentId, newId(), issuer, hours],
  );

const attempt = (paymentId: string, kind: 'cancel' | 'query', outcome: string) =>
  database.query(
    `insert into attempts (merchant_id, payment_id, attempt_no, kind, outcome, retry_when, ended_at)
     select 'default', $1, count(*) + 1, $2, $3, case when $3 = 'retry' then 'at-once' end, now()
     from attempts where payment_id = $1`,
    [paymentId, kind, outcome],
  );

async function explain(paymentId: string, by: TestService = service): Promise<Record<string, unknown>> {
  const { status, body } = await by.internal('GET', `payments/${paymentId}/explain`);
  expect(status).toBe(200);
  return body;
}

describe('an explanation says', () => {
  it('that only a person can cancel what is settled', async () => {
    const paymentId = await linkPayment('vault');
    await database.query(`update payments set settled_at = now(), settle_id = 'S1' where payment_id = $1`, [paymentId]);

    expect(await explain(paymentId)).toMatchObject({
      now: 'A person would have to cancel it.',
      why: ['It is settled.'],
    });
  });

  it('that nothing would be sent to an issuer that is not configured', async () => {
    const paymentId = await linkPayment('vault');
    const other = await startTestService({
      ...simulators.settings,
      VAULT_BASE_URL: undefined,
      VAULT_SANDBOX_BASE_URL: undefined,
      DATABASE_URL: database.url,
    });

    const explained = await explain(paymentId, other);

    await other.stop();
    expect(explained).toMatchObject({
      now: 'Nothing would be sent to Vault; the cancellation would wait.',
      why: [expect.any(String), 'Vault is not configured for this environment.'],
      issuer: { name: 'Vault', isConfigured: false, mode: null, circuit: null, callsUnderWay: null },
    });
  });

  it('that the issuer is asked for the state, and when the follow-up does it', async () => {
    const paymentId = await linkPayment('qitech');
    await wait(paymentId, { issuer: 'qitech' });
    await attempt(paymentId, 'cancel', 'unknown');

    const { now, why, cancellation } = await explain(paymentId);

    expect(now).toMatch(/^QI Tech is asked for the state at /);
    expect(why).toEqual(['Tried: cancel → unknown.']);
    const [row] = await database.query<{ next_check_at: Date }>(
      'select next_check_at from cancellations where payment_id = $1',
      [paymentId],
    );
    expect(cancellation).toMatchObject({ next: { kind: 'query', dueAt: row?.next_check_at.toISOString() } });
  });

  it('that nothing is left to try when it has been tried for long enough', async () => {
    const paymentId = await linkPayment('vault');
    await wait(paymentId, { issuer: 'vault', hours: 21 });
    await attempt(paymentId, 'cancel', 'retry');

    expect(await explain(paymentId)).toMatchObject({
      now: 'Nothing automatic is left to try; the next look gives it to a person.',
      cancellation: { state: 'waiting', next: null },
    });
  });

  it('that a proof is there which the row does not say yet', async () => {
    const paymentId = await linkPayment('vault');
    await wait(paymentId, { issuer: 'vault' });
    await attempt(paymentId, 'cancel', 'unknown');
    await attempt(paymentId, 'query', 'cancelled');

    expect(await explain(paymentId)).toMatchObject({
      now: 'It is proven to be cancelled; the next look records that.',
      cancellation: { state: 'waiting', next: null },
    });
  });
});

describe('a payment at an issuer that is not in the registry any more', () => {
  it('is explained by the code that it was linked with', async () => {
    const paymentId = await linkPaymentToGoneIssuer();

    expect(await explain(paymentId)).toMatchObject({
      now: 'Nothing would be sent to gone; the cancellation would wait.',
      issuer: { name: 'gone', isConfigured: false, canQuery: false, callback: 'none' },
    });
  });

  it('waits when its cancel is asked for, with an alert', async () => {
    const paymentId = await linkPaymentToGoneIssuer();

    const answer = await service.cancel(paymentId, { requestId: newId() });

    expect(answer.body.code).toBe('cancellation-pending');
    const { cancellation, events } = await service.history(paymentId);
    expect(cancellation).toMatchObject({ state: 'waiting', attempts: [] });
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'alert', text: expect.stringContaining('gone') as string }),
    );
    expect(await explain(paymentId)).toMatchObject({
      now: expect.stringMatching(/^Nothing is done before /) as string,
      why: ['Nothing was sent for it.', 'The issuer is in mode paused, or not configured.'],
    });
  });

  it('is said to be under way while a process of an older version asks', async () => {
    const paymentId = await linkPaymentToGoneIssuer();
    await database.query(
      `insert into cancellations (merchant_id, payment_id, cancellation_id, issuer, state, lease_until, next_check_at)
       values ('default', $1, $2, 'gone', 'asking', now() + interval '1 minute', now())`,
      [paymentId, newId()],
    );

    expect((await explain(paymentId)).now).toMatch(
      /^A call to the issuer is under way; from .* on it counts as unknown\.$/,
    );
  });

  it('goes to a person at the give-up time', async () => {
    const paymentId = await linkPaymentToGoneIssuer();
    await wait(paymentId, { issuer: 'gone', hours: 21 });

    const { body } = await service.internal('POST', `payments/${paymentId}/check`, {});

    expect(body).toMatchObject({ cancellation: { state: 'manual', reason: 'no_answer' } });
  });
});
