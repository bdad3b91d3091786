import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { startPostgresProxy, type PostgresProxy } from './support/postgres-proxy.js';
import { sendRaw, type RawRequest } from './support/raw-http.js';
import { newId, startTestService, testCredentials, vtexHeaders, type TestService } from './support/service.js';
import { startTestSimulators, type TestSimulators } from './support/simulators.js';
import { passAnHourOfNotices } from './support/time.js';
import { until } from './support/until.js';

const testSuite = { TEST_SUITE_APP_KEY: 'vtexappkey-suite', TEST_SUITE_APP_TOKEN: 'suite-token-of-the-tests-0123456' };
const bearer = { Authorization: `Bearer ${testCredentials.ADMIN_API_TOKEN}` };

let simulators: TestSimulators;
let database: TestDatabase;
/** Vault, Artha and CoreCard configured, Vault without a sandbox; QI Tech not at all. */
let service: TestService;

beforeAll(async () => {
  simulators = await startTestSimulators();
  database = await makeTestDatabase();
  service = await startTestService({
    ...simulators.settings,
    ...testSuite,
    VAULT_SANDBOX_BASE_URL: undefined,
    QITECH_BASE_URL: undefined,
    QITECH_SANDBOX_BASE_URL: undefined,
    DATABASE_URL: database.url,
    ANSWER_DEADLINE_MS: '3000',
  });
});

afterAll(async () => {
  await service?.stop();
  await simulators?.stop();
  await database?.drop();
});

const newReference = () => simulators.of.vault.referenceFor('works');

const effectsOn = (reference: Readonly<Record<string, unknown>>) =>
  simulators.of.vault.effects.filter(({ identity }) => identity === reference.cardRequestId).length;

async function raw(request: RawRequest): Promise<{ status: number; body: Record<string, unknown> }> {
  const { status, text } = await sendRaw(service.url, request);
  return { status, body: JSON.parse(text) as Record<string, unknown> };
}

async function count(table: 'notices' | 'manual_cancellations' | 'payment_events', paymentId: string): Promise<number> {
  const of = {
    notices: `notices n join manual_cancellations m using (merchant_id, manual_cancellation_id) where m.payment_id = $1`,
    manual_cancellations: 'manual_cancellations where payment_id = $1',
    payment_events: 'payment_events where payment_id = $1',
  };
  const [row] = await database.query<{ count: string }>(`select count(*) as count from ${of[table]}`, [paymentId]);
  return Number(row?.count);
}

const tasksOf = async (paymentId: string) =>
  (await service.manualCancellations()).filter((task) => task.paymentId === paymentId);

async function knownAndNeverLinked(): Promise<string> {
  const paymentId = newId();
  await database.query(
    'insert into payments (merchant_id, payment_id, sandbox, seen_before) values ($1, $2, false, true)',
    ['default', paymentId],
  );
  return paymentId;
}

describe('the bearer token', () => {
  it.each<[string, RawRequest]>([
    ['missing', { method: 'GET', path: '/internal/manual-cancellations' }],
    ['wrong', { method: 'GET', path: '/internal/manual-cancellations', headers: { Authorization: 'Bearer wrong' } }],
    [
      'of another scheme',
      {
        method: 'GET',
        path: '/internal/payments/A',
        headers: { Authorization: `Basic ${testCredentials.ADMIN_API_TOKEN}` },
      },
    ],
    [
      'sent by VTEX',
      {
        method: 'GET',
        path: '/internal/payments/A',
        headers: vtexHeaders,
      },
    ],
    ['missing, with a body that is no JSON', { method: 'PUT', path: '/internal/payments/A', body: '{' }],
    ['missing, on an unknown path', { method: 'GET', path: '/internal/nothing' }],
    [
      'missing, and the path is spelt with encoded letters',
      { method: 'GET', path: '/%69nternal/manual-cancellations' },
    ],
    [
      'missing, and the path is a whole address',
      { method: 'GET', path: 'http://any.example/internal/manual-cancellations' },
    ],
    ['missing, and the path is badly encoded', { method: 'GET', path: '/internal/payments/%zz' }],
  ])('that is %s is answered 401', async (_, request) => {
    const { status, body } = await raw(request);

    expect({ status, fields: Object.keys(body) }).toEqual({ status: 401, fields: ['message'] });
  });
});

describe('PUT /internal/payments/{paymentId}', () => {
  it('links a payment, and shows it', async () => {
    const [paymentId, reference] = [newId(), newReference()];

    const { status, body } = await service.link(paymentId, { issuer: 'vault', reference, value: 2300, orderId: 'O-1' });

    expect(status).toBe(201);
    expect(body).toMatchObject({
      paymentId,
      issuer: 'vault',
      reference,
      value: 2300,
      orderId: 'O-1',
      sandbox: false,
      cancellation: null,
    });
    expect(await service.history(paymentId)).toMatchObject({
      issuer: 'vault',
      reference,
      events: [{ kind: 'linked' }],
    });
  });

  it('answers 200 to the same again, also after the cancellation', async () => {
    const [paymentId, reference] = [newId(), newReference()];
    const link = { issuer: 'vault', reference, value: 2300 };
    await service.link(paymentId, link);

    expect((await service.link(paymentId, link)).status).toBe(200);
    await service.cancel(paymentId, { requestId: newId() });
    const after = await service.link(paymentId, link);

    expect(after.status).toBe(200);
    expect(after.body).toMatchObject({ cancellation: { state: 'cancelled' } });
    expect(await tasksOf(paymentId)).toEqual([]);
  });

  it('takes a value and an order that come later, and keeps them', async () => {
    const [paymentId, reference] = [newId(), newReference()];
    const link = { issuer: 'vault', reference };
    await service.link(paymentId, link);

    const completed = await service.link(paymentId, { ...link, value: 2300, orderId: 'O-2' });
    const again = await service.link(paymentId, link);
    const other = await service.link(paymentId, { ...link, value: 2301 });

    expect(completed).toMatchObject({ status: 200, body: { value: 2300, orderId: 'O-2' } });
    expect(again).toMatchObject({ status: 200, body: { value: 2300, orderId: 'O-2' } });
    expect(other.status).toBe(409);
    expect(await service.history(paymentId)).toMatchObject({ value: 2300 });
  });

  it('knows a partial cancel by a value that came later', async () => {
    const [paymentId, reference] = [newId(), newReference()];
    await service.link(paymentId, { issuer: 'vault', reference });
    await service.link(paymentId, { issuer: 'vault', reference, value: 2300 });

    const { body } = await service.cancel(paymentId, { requestId: newId(), value: 1000 });

    expect(body.code).toBe('cancel-manually');
    expect(effectsOn(reference)).toBe(0);
  });

  it('answers 409 for another issuer, reference, value or environment, and says which', async () => {
    const paymentId = newId();
    const reference = simulators.of.artha.referenceFor('works');
    await service.link(paymentId, { issuer: 'artha', reference, value: 2300 });

    const answers = [
      await service.link(paymentId, { issuer: 'vault', reference: newReference() }),
      await service.link(paymentId, { issuer: 'artha', reference: simulators.of.artha.referenceFor('works') }),
      await service.link(paymentId, { issuer: 'artha', reference, value: 2301 }),
      await service.link(paymentId, { issuer: 'artha', reference, sandbox: true }),
    ];

    expect(answers.map(({ status, body }) => [status, body.message])).toEqual([
      [409, 'Not linked: the payment is linked to another issuer.'],
      [409, 'Not linked: the payment is linked to another reference.'],
      [409, 'Not linked: the payment has another value.'],
      [409, 'Not linked: this is a live payment.'],
    ]);
    expect(await service.history(paymentId)).toMatchObject({ issuer: 'artha', reference, value: 2300, sandbox: false });
    expect((await service.history(paymentId)).events.map(({ kind }) => kind)).toEqual([
      'linked',
      ...Array<string>(4).fill('link-refused'),
    ]);
  });

  it('answers 409 for the environment or value of a payment that we know', async () => {
    const paymentId = await knownAndNeverLinked();
    await database.query('update payments set value_in_cents = 100 where payment_id = $1', [paymentId]);
    const reference = simulators.of.artha.referenceFor('works');

    expect((await service.link(paymentId, { issuer: 'artha', reference, sandbox: true })).status).toBe(409);
    expect((await service.link(paymentId, { issuer: 'artha', reference, value: 101 })).status).toBe(409);
    expect((await service.link(paymentId, { issuer: 'artha', reference, value: 100 })).status).toBe(201);
  });

  it('answers 409 for a reference that another payment holds, however it is written', async () => {
    const [one, other] = [newId(), newId()];
    const { cardRequestId } = newReference();
    await service.link(one, { issuer: 'vault', reference: { cardRequestId } });

    const { status, body } = await service.link(other, {
      issuer: 'vault',
      reference: { cardRequestId: `00${String(cardRequestId)}` },
    });

    expect({ status, message: body.message }).toEqual({
      status: 409,
      message: 'Not linked: another payment holds this reference.',
    });
    expect((await service.history(other)).events).toMatchObject([{ kind: 'link-refused' }]);
  });

  it('gives a reference to one of two payments that ask at once; a cancel of the other one is never said to be done', async () => {
    for (let round = 0; round < 10; round += 1) {
      const reference = newReference();
      const payments = [newId(), newId()];

      const answers = await Promise.all(payments.map((id) => service.link(id, { issuer: 'vault', reference })));

      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
      const loser = payments[answers.findIndex(({ status }) => status === 409)] ?? '';
      const { body } = await service.cancel(loser, { requestId: newId() });
      expect(body).toMatchObject({ code: 'cancel-manually', cancellationId: null });
      expect(effectsOn(reference)).toBe(0);
    }
  });

  it('links once when the same link comes twice at once', async () => {
    const [paymentId, reference] = [newId(), newReference()];
    const link = { issuer: 'vault', reference };

    const answers = await Promise.all([1, 2, 3, 4].map(() => service.link(paymentId, link)));

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 201]);
  });

  it('names every field that is wrong at once, and changes nothing', async () => {
    const paymentId = newId();

    const { status, body } = await service.link(paymentId, {
      issuer: 'vault',
      reference: { cardRequestId: 124125, cardNumber: '4111111111111111' },
      value: -1,
      orderId: '',
      sandbox: 'no',
      amount: 7,
    });

    expect(status).toBe(422);
    expect(Object.keys(body.fields as object).sort()).toEqual([
      'amount',
      'orderId',
      'reference.cardNumber',
      'reference.cardRequestId',
      'sandbox',
      'value',
    ]);
    expect((await service.internal('GET', `payments/${paymentId}`)).status).toBe(404);
  });

  it.each<[string, Record<string, unknown>]>([
    ['issuer', { issuer: undefined }],
    ['issuer', { issuer: 7 }],
    ['issuer', { issuer: 'nobody' }],
    ['issuer', { issuer: 'constructor' }],
    ['issuer', { issuer: 'VAULT' }],
    ['reference', { reference: undefined }],
    ['reference', { reference: '124125' }],
    ['reference', { reference: [] }],
    ['reference.cardRequestId', { reference: {} }],
    ['reference.cardRequestId', { reference: { cardRequestId: '9223372036854775808' } }],
    ['value', { value: 1.5 }],
    ['value', { value: '2300' }],
    ['value', { value: 1e300 }],
    ['orderId', { orderId: 7 }],
    ['orderId', { orderId: 'a'.repeat(256) }],
    ['orderId', { orderId: 'a\u0000b' }],
    ['sandbox', { sandbox: 1 }],
  ])('names %s in %j', async (field, fields) => {
    const { status, body } = await service.link(newId(), { issuer: 'vault', reference: newReference(), ...fields });

    expect({ status, fields: Object.keys(body.fields as object) }).toEqual({ status: 422, fields: [field] });
  });

  it.each(['%00', 'a'.repeat(256), '%0A'])('names the paymentId of the path %s', async (paymentId) => {
    const body = JSON.stringify({ issuer: 'vault', reference: newReference() });
    const answer = await raw({ method: 'PUT', path: `/internal/payments/${paymentId}`, headers: bearer, body });

    expect(answer.status).toBe(422);
    expect(answer.body.fields).toHaveProperty('paymentId');
  });

  it('refuses an issuer that is not configured, and one whose sandbox is not, and says what to set', async () => {
    const qitech = await service.link(newId(), {
      issuer: 'qitech',
      reference: simulators.of.qitech.referenceFor('works'),
    });
    const sandbox = await service.link(newId(), { issuer: 'vault', reference: newReference(), sandbox: true });

    expect([qitech.status, sandbox.status]).toEqual([422, 422]);
    expect(JSON.stringify(qitech.body)).toContain('QITECH_BASE_URL');
    expect(JSON.stringify(sandbox.body)).toContain('VAULT_SANDBOX_BASE_URL');
  });

  it.each(['', '{', '[]', 'null', '"vault"'])('answers 400 to a body of %j', async (body) => {
    expect((await raw({ method: 'PUT', path: '/internal/payments/A', headers: bearer, body })).status).toBe(400);
  });

  it('answers 413 to a body of more than 64 kB', async () => {
    const body = ' '.repeat(65_537);

    expect((await raw({ method: 'PUT', path: '/internal/payments/A', headers: bearer, body })).status).toBe(413);
  });
});

describe('a card that is linked after its cancellation', () => {
  it('is kept and completes the task of a payment that was never seen, with one notice more', async () => {
    const [paymentId, reference] = [newId(), newReference()];
    const first = await service.cancel(paymentId, { requestId: 'R1' });
    expect(await tasksOf(paymentId)).toMatchObject([{ kind: 'whole', reason: 'no_link', issuer: null }]);

    const { status, body } = await service.link(paymentId, { issuer: 'vault', reference, value: 2300, orderId: 'O-3' });

    expect(status).toBe(409);
    expect(body.message).toContain('a cancellation began before this link');
    expect(await tasksOf(paymentId)).toMatchObject([
      { kind: 'whole', reason: 'linked_after_cancel', issuer: 'vault', reference, orderId: 'O-3' },
    ]);
    expect(await count('notices', paymentId)).toBe(2);
    const history = await service.history(paymentId);
    expect(history.lateReferences).toEqual([{ issuer: 'vault', reference }]);
    expect(history.events.map(({ kind }) => kind)).toContain('linked-late');
    expect((await service.cancel(paymentId, { requestId: 'R1' })).text).toBe(first.text);
    expect((await service.cancel(paymentId, { requestId: 'R2' })).body.code).toBe('cancel-manually');
    expect(effectsOn(reference)).toBe(0);
  });

  it('is kept and opens a task for a payment that was answered as cancelled, with one notice', async () => {
    const [paymentId, reference] = [await knownAndNeverLinked(), newReference()];
    const first = await service.cancel(paymentId, { requestId: 'R1' });
    expect(first.body.cancellationId).not.toBeNull();

    const { status } = await service.link(paymentId, { issuer: 'vault', reference });

    expect(status).toBe(409);
    expect(await tasksOf(paymentId)).toMatchObject([
      { kind: 'linked-late', reason: 'linked_after_cancel', issuer: 'vault', reference },
    ]);
    expect(await count('notices', paymentId)).toBe(1);
    expect((await service.cancel(paymentId, { requestId: 'R1' })).text).toBe(first.text);
    expect(effectsOn(reference)).toBe(0);
  });

  it.each([
    ['never seen', async () => newId()],
    ['known', knownAndNeverLinked],
  ])('changes nothing when it is sent again (payment %s)', async (_, makePayment) => {
    const [paymentId, reference] = [await makePayment(), newReference()];
    await service.cancel(paymentId, { requestId: 'R1' });
    await service.link(paymentId, { issuer: 'vault', reference });
    const counts = () =>
      Promise.all(
        (['notices', 'manual_cancellations', 'payment_events'] as const).map((table) => count(table, paymentId)),
      );
    const before = await counts();

    const answers = await Promise.all([1, 2, 3].map(() => service.link(paymentId, { issuer: 'vault', reference })));

    expect(answers.map(({ status }) => status)).toEqual([409, 409, 409]);
    expect(await counts()).toEqual(before);
  });

  it('is told to a person by mail, once for each task', async () => {
    const [paymentId, reference] = [await knownAndNeverLinked(), newReference()];
    await passAnHourOfNotices(database);
    await service.cancel(paymentId, { requestId: 'R1' });
    await service.link(paymentId, { issuer: 'vault', reference });
    const mails = () => service.outbox.mails.filter(({ text }) => text.includes(paymentId));

    await until('a mail', () => mails().length > 0);

    expect(mails()).toHaveLength(1);
    expect(mails()[0]?.text).toContain(String(reference.cardRequestId));
  });

  it('is not taken from the payment that holds it', async () => {
    const [holder, late, reference] = [newId(), newId(), newReference()];
    await service.link(holder, { issuer: 'vault', reference });
    await service.cancel(late, { requestId: 'R1' });

    expect((await service.link(late, { issuer: 'vault', reference })).status).toBe(409);

    expect((await service.history(late)).lateReferences).toEqual([]);
    expect((await service.cancel(holder, { requestId: 'R1' })).body.cancellationId).not.toBeNull();
    expect(effectsOn(reference)).toBe(1);
  });
});

describe('a link and a cancel that race', () => {
  it.each([
    ['never seen before', async () => newId()],
    ['known before', knownAndNeverLinked],
  ])('on one payment (%s) never leave a card alive without a person who knows', async (_, makePayment) => {
    for (let round = 0; round < 20; round += 1) {
      const [paymentId, reference] = [await makePayment(), newReference()];
      const link = () => service.link(paymentId, { issuer: 'vault', reference });
      const cancel = () => service.cancel(paymentId, { requestId: 'R1' });

      const [linked, cancelled] =
        round % 2 === 0
          ? await Promise.all([link(), cancel()])
          : ((await Promise.all([cancel(), link()])).reverse() as [
              Awaited<ReturnType<typeof link>>,
              Awaited<ReturnType<typeof cancel>>,
            ]);

      const isLinked = linked.status === 201;
      if (isLinked) {
        expect(cancelled.body.cancellationId).not.toBeNull();
        expect(effectsOn(reference)).toBe(1);
        expect(await tasksOf(paymentId)).toEqual([]);
      } else {
        expect(linked.status).toBe(409);
        expect(effectsOn(reference)).toBe(0);
        expect(await tasksOf(paymentId)).toMatchObject([{ reason: 'linked_after_cancel', reference }]);
      }
    }
  });
});

describe('GET /internal/payments/{paymentId}', () => {
  it('shows the whole history', async () => {
    const [paymentId, reference] = [newId(), newReference()];
    await service.link(paymentId, { issuer: 'vault', reference });
    const { text, body } = await service.cancel(paymentId, { requestId: 'R1' });

    expect(await service.history(paymentId)).toMatchObject({
      paymentId,
      cancellation: {
        state: 'cancelled',
        cancellationId: body.cancellationId,
        reason: null,
        nextCheckAt: null,
        requests: [{ requestId: 'R1', answer: JSON.parse(text) as unknown, final: true }],
        attempts: [
          {
            kind: 'cancel',
            outcome: 'cancelled',
            httpStatus: 200,
            startedAt: expect.any(String) as string,
            endedAt: expect.any(String) as string,
            late: false,
          },
        ],
        events: [{ kind: 'linked', at: expect.any(String) as string }],
      },
    });
  });

  it('shows no cancellationId without proof', async () => {
    const paymentId = newId();
    await service.link(paymentId, { issuer: 'vault', reference: simulators.of.vault.referenceFor('unavailable') });
    await service.cancel(paymentId, { requestId: 'R1' });

    expect((await service.history(paymentId)).cancellation).toMatchObject({
      state: 'waiting',
      cancellationId: null,
      nextCheckAt: expect.any(String) as string,
      requests: [{ requestId: 'R1', answer: null, final: false }],
    });
  });

  it.each(['never-heard-of', '%00', 'a'.repeat(300)])('answers 404 for %s', async (paymentId) => {
    const { status, body } = await raw({ method: 'GET', path: `/internal/payments/${paymentId}`, headers: bearer });

    expect({ status, body }).toEqual({ status: 404, body: { message: 'Nothing was ever heard of this payment.' } });
  });
});

describe('?merchant=', () => {
  const asTestSuite = {
    'x-vtex-api-appkey': testSuite.TEST_SUITE_APP_KEY,
    'x-vtex-api-apptoken': testSuite.TEST_SUITE_APP_TOKEN,
  };

  it("shows another merchant's payments and tasks, and never mixes them", async () => {
    const paymentId = newId();
    await service.cancel(paymentId, { requestId: 'R1' }, { headers: asTestSuite });

    const own = await service.internal('GET', `payments/${paymentId}`);
    const others = await service.internal('GET', `payments/${paymentId}?merchant=test-suite`);
    const tasks = await service.internal('GET', 'manual-cancellations?merchant=test-suite');

    expect(own.status).toBe(404);
    expect(others).toMatchObject({ status: 200, body: { cancellation: { reason: 'no_link' } } });
    expect(tasks.body.manualCancellations).toMatchObject([{ paymentId }]);
    expect(await tasksOf(paymentId)).toEqual([]);
  });

  it('keeps a payment of two merchants apart', async () => {
    const [paymentId, reference] = [newId(), newReference()];
    await service.link(paymentId, { issuer: 'vault', reference });

    const others = await service.cancel(paymentId, { requestId: 'R1' }, { headers: asTestSuite });

    expect(others.body.code).toBe('cancel-manually');
    expect(effectsOn(reference)).toBe(0);
    expect((await service.cancel(paymentId, { requestId: 'R1' })).body.cancellationId).not.toBeNull();
  });

  it('links nothing for a merchant without an account at the issuer', async () => {
    const { status } = await service.internal('PUT', `payments/${newId()}?merchant=test-suite`, {
      issuer: 'vault',
      reference: newReference(),
    });

    expect(status).toBe(422);
  });

  it.each(['merchant=', 'merchant=a%20b', 'merchant=a&merchant=b', `merchant=${'a'.repeat(65)}`, 'merchant=%27'])(
    'of a wrong form (%s) is answered 422',
    async (query) => {
      for (const path of ['payments/A', 'manual-cancellations']) {
        const { status, body } = await service.internal('GET', `${path}?${query}`);
        expect({ status, fields: Object.keys(body.fields as object) }).toEqual({ status: 422, fields: ['merchant'] });
      }
    },
  );
});

it('GET /internal/manual-cancellations lists the open ones, oldest first, each with its words', async () => {
  const own = [newId(), newId()];
  for (const paymentId of own) await service.cancel(paymentId, { requestId: 'R1' });

  const listed = (await service.manualCancellations()).filter((task) => own.includes(String(task.paymentId)));

  expect(listed).toEqual(
    own.map((paymentId) => ({
      value: null,
      currency: null,
      manualCancellationId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      paymentId,
      kind: 'whole',
      requestId: null,
      issuer: null,
      reference: null,
      reason: 'no_link',
      why: expect.stringContaining('never saw this payment') as string,
      orderId: null,
      sandbox: false,
      since: expect.any(String) as string,
    })),
  );
});

it.each(['POST', 'DELETE', 'PATCH'])('%s on /internal is answered 404', async (method) => {
  expect((await raw({ method, path: '/internal/payments/A', headers: bearer })).status).toBe(404);
});

describe('operations', () => {
  let own: TestDatabase;
  let proxy: PostgresProxy;
  let watched: TestService;
  beforeAll(async () => {
    own = await makeTestDatabase();
    proxy = await startPostgresProxy(own.url);
    watched = await startTestService({
      ...simulators.settings,
      DATABASE_URL: proxy.url,
      SMTP_URL: 'smtp://127.0.0.1:9',
    });
  });
  afterAll(async () => {
    proxy?.restore();
    await watched?.stop();
    await proxy?.stop();
    await own?.drop();
  });

  const get = async (of: TestService, path: string) => {
    const { status, text } = await sendRaw(of.url, { method: 'GET', path });
    return { status, body: JSON.parse(text) as Record<string, unknown> };
  };
  const becomes = (status: number) =>
    until(`ready answers ${status}`, async () => (await get(watched, '/health/ready')).status === status);

  it('GET /health/live is 200', async () => {
    expect(await get(service, '/health/live')).toEqual({ status: 200, body: { status: 'live' } });
  });

  it('GET /health/ready is 200, with a warning where notices reach nobody', async () => {
    expect(await get(watched, '/health/ready')).toEqual({ status: 200, body: { status: 'ready', warnings: [] } });
    expect(await get(service, '/health/ready')).toEqual({
      status: 200,
      body: { status: 'ready', warnings: [expect.stringContaining('set SMTP_URL and NOTIFY_EMAIL') as string] },
    });
  });

  it('GET /health/ready is 503 while a migration is pending', async () => {
    const [row] = await own.query<{ timestamp: string; name: string }>(
      'delete from migrations where id = (select max(id) from migrations) returning timestamp, name',
    );

    expect(await get(watched, '/health/ready')).toMatchObject({ status: 503, body: { why: 'a migration is pending' } });

    await own.query('insert into migrations (timestamp, name) values ($1, $2)', [row?.timestamp, row?.name]);
    await becomes(200);
  });

  it('GET /health/ready is 503 while the database is away, and live stays 200', async () => {
    proxy.cut();
    await becomes(503);

    expect(await get(watched, '/health/ready')).toMatchObject({
      status: 503,
      body: { status: 'not-ready', why: 'the database cannot be reached' },
    });
    expect((await get(watched, '/health/live')).status).toBe(200);

    proxy.restore();
    await becomes(200);
  });

  it('GET /metrics counts what happens, without ids', async () => {
    const paymentId = newId();
    await service.cancel(paymentId, { requestId: 'R1' });

    const { status, headers, text } = await sendRaw(service.url, { method: 'GET', path: '/metrics' });

    expect(status).toBe(200);
    expect(headers['content-type']).toContain('text/plain');
    expect(text).toMatch(/^cancellation_answer_total\{answer="manual"\} [1-9]/m);
    expect(text).not.toContain(paymentId);
  });
});
