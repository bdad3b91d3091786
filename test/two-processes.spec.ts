import { CancellationProgress, type FirstAttempt } from '../src/cancellations/cancellation-progress.js';
import { CancellationStore } from '../src/cancellations/cancellation-store.js';
import { IssuerAccounts } from '../src/issuers/issuer-accounts.js';
import { answers } from '../src/vtex/cancellation-answer.js';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { cancelsOf } from './support/issuer-traffic.js';
import { withDatabaseAway } from './support/outage.js';
import { newId, startTestService, type TestService } from './support/service.js';
import { startTestSimulators, type TestSimulators } from './support/simulators.js';
import { until } from './support/until.js';

const DEADLINE_MS = 4_000;

let database: TestDatabase;
let simulators: TestSimulators;
let service: TestService;

beforeAll(async () => {
  database = await makeTestDatabase();
  simulators = await startTestSimulators();
  service = await startTestService({
    ...simulators.settings,
    DATABASE_URL: database.url,
    ANSWER_DEADLINE_MS: String(DEADLINE_MS),
  });
}, 120_000);

afterAll(async () => {
  await service?.stop();
  await simulators?.stop();
  await database?.drop();
});

interface Payment {
  readonly paymentId: string;
  readonly reference: Readonly<Record<string, unknown>>;
}

async function linkPayment(issuer: 'vault' | 'qitech'): Promise<Payment> {
  const paymentId = newId();
  const reference = simulators.of[issuer].referenceFor('works');
  expect((await service.link(paymentId, { issuer, reference })).status).toBe(201);
  return { paymentId, reference };
}

describe('an attempt of a process that was held up after it had begun it', () => {
  /** Begins the first attempt as the service does, and makes its call so much later, as after a suspended machine. */
  async function beginLate({ paymentId, reference }: Payment, heldUpMs: number): Promise<void> {
    const { app } = service.service;
    const progress = app.get(CancellationProgress);
    const key = { merchantId: 'default', paymentId };
    const account = app.get(IssuerAccounts).find('default', 'vault', false);
    const place = await account?.protection.enter(0);
    if (!account || !place) throw new Error('Vault has no account, or no place');
    const request = { ...key, requestId: 'R1', authorizationId: null, value: null };
    const [payment] = await database.query<{ version: number }>('select version from payments where payment_id = $1', [
      paymentId,
    ]);
    const cancellationId = newId();
    const claimed = await app.get(CancellationStore).claimAndAsk(request, {
      cancellationId,
      issuer: 'vault',
      paymentVersion: payment?.version ?? 0,
      leaseMs: progress.leaseMs(account),
    });
    expect(claimed).not.toBeNull();
    const first: FirstAttempt = {
      attempt: { attemptNo: 1, kind: 'cancel', version: 1, begunAt: performance.now() - heldUpMs },
      reference,
      account,
      place,
      answer: { ...answers.cancelled(request, cancellationId), requestId: 'R1' },
    };
    await progress.begin(key, first, { kind: 'follow-up' });
  }

  it('sends nothing after 5 s, because another process may have taken over, and is done again later', async () => {
    const payment = await linkPayment('vault');

    await beginLate(payment, 5_000);

    const { cancellation } = await service.history(payment.paymentId);
    expect(cancellation).toMatchObject({
      state: 'waiting',
      attempts: [{ kind: 'cancel', outcome: 'retry', issuerCode: 'held-up' }],
    });
    expect(cancelsOf(simulators, 'vault', payment.reference)).toHaveLength(0);
  });

  it('is made as ever where its lease still covers the call', async () => {
    const payment = await linkPayment('vault');

    await beginLate(payment, 1_000);

    const { cancellation } = await service.history(payment.paymentId);
    expect(cancellation).toMatchObject({ state: 'cancelled', attempts: [{ kind: 'cancel', outcome: 'cancelled' }] });
    expect(cancelsOf(simulators, 'vault', payment.reference)).toHaveLength(1);
  });
});

describe('a request about a payment for which another process asks the issuer', () => {
  /** A cancel of another process is under way, and owns its row for so long. */
  async function askedElsewhere(leaseMs: number): Promise<Payment & { readonly cancellationId: string }> {
    const payment = await linkPayment('qitech');
    const cancellationId = newId();
    await database.query(
      `insert into cancellations (merchant_id, payment_id, cancellation_id, issuer, state, lease_until, next_check_at)
       values ('default', $1, $2, 'qitech', 'asking', now() + $3 * interval '1 millisecond', now())`,
      [payment.paymentId, cancellationId, leaseMs],
    );
    await database.query(
      `insert into attempts (merchant_id, payment_id, attempt_no, kind) values ('default', $1, 1, 'cancel')`,
      [payment.paymentId],
    );
    return { ...payment, cancellationId };
  }

  /** VTEX's request has been read and waits. */
  const untilSeen = (paymentId: string) =>
    until('the request is known', async () => {
      const rows = await database.query('select 1 from cancellation_requests where payment_id = $1', [paymentId]);
      return rows.length === 1;
    });

  it('is told "not yet" at its own deadline, and nothing is asked a second time', async () => {
    const { paymentId, reference } = await askedElsewhere(60_000);
    const begunAt = performance.now();

    const answer = await service.cancel(paymentId, { requestId: newId() });

    expect(answer).toMatchObject({ status: 500, body: { code: 'cancellation-pending', cancellationId: null } });
    expect(performance.now() - begunAt).toBeGreaterThanOrEqual(DEADLINE_MS - 1);
    expect(cancelsOf(simulators, 'qitech', reference)).toHaveLength(0);
  });

  it('is answered with what the other process found', async () => {
    const { paymentId, cancellationId } = await askedElsewhere(60_000);
    const answer = service.cancel(paymentId, { requestId: newId() });
    await untilSeen(paymentId);

    await database.query(
      `update cancellations set state = 'cancelled', proof = 'answer', lease_until = null, next_check_at = null,
              finished_at = now(), version = version + 1
       where payment_id = $1`,
      [paymentId],
    );

    expect(await answer).toMatchObject({ status: 200, body: { code: null, cancellationId } });
  });

  it('carries on itself when the other one is silent for longer than its lease', async () => {
    const { paymentId } = await askedElsewhere(300);

    const answer = await service.cancel(paymentId, { requestId: newId() });

    expect(answer.body.code).toBe('cancellation-pending');
    const { cancellation, events } = await service.history(paymentId);
    expect(events.map(({ kind }) => kind)).toContain('lease-expired');
    expect(cancellation?.attempts.slice(0, 2)).toMatchObject([
      { kind: 'cancel', outcome: 'unknown' },
      { kind: 'query', outcome: 'not-cancelled' },
    ]);
  });

  it('carries on with what the other one has left for the same answer budget', async () => {
    const { paymentId, reference } = await askedElsewhere(60_000);
    const answer = service.cancel(paymentId, { requestId: newId() });
    await untilSeen(paymentId);

    // It found no connection: the cancel may be sent again at once.
    await database.query(
      `with ended as (
         update attempts set outcome = 'retry', retry_when = 'at-once', ended_at = now() where payment_id = $1
       )
       update cancellations set state = 'waiting', lease_until = null, next_check_at = now() + interval '10 seconds',
              version = version + 1
       where payment_id = $1`,
      [paymentId],
    );

    expect(await answer).toMatchObject({ status: 200, body: { code: null } });
    expect(cancelsOf(simulators, 'qitech', reference)).toHaveLength(1);
  });
});

it('the sweeper survives a database that is away when it looks, says so, and looks again', async () => {
  const { paymentId } = await linkPayment('vault');
  await withDatabaseAway(database.url, () =>
    until('the sweeper could not look', () =>
      service.lines.some((line) => line.includes('The sweeper could not look')),
    ),
  );

  await database.query(
    `insert into cancellations (merchant_id, payment_id, cancellation_id, issuer, state, next_check_at)
     values ('default', $1, $2, 'vault', 'waiting', now() - interval '1 minute')`,
    [paymentId, newId()],
  );

  await until('it is cancelled', async () => (await service.history(paymentId)).cancellation?.state === 'cancelled');
});

it('a callback without a body is refused as a forged one', async () => {
  for (const method of ['GET', 'POST']) {
    const response = await fetch(`${service.url}/callbacks/artha`, { method });

    expect(response.status).toBe(401);
  }
});

it.each(['', '/explain'])(
  'GET /internal/payments/{paymentId}%s is 404 for an id that no payment can have',
  async (path) => {
    expect((await service.internal('GET', `payments/${'a'.repeat(256)}${path}`)).status).toBe(404);
  },
);

it('POST /internal/payments/{paymentId}/check is 404 for an id that no payment can have', async () => {
  expect((await service.internal('POST', `payments/${'a'.repeat(256)}/check`, {})).status).toBe(404);
});
