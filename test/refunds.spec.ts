import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { newId, startTestService, type TestService } from './support/service.js';
import { startTestSimulators, type TestSimulators } from './support/simulators.js';
import { until } from './support/until.js';

let simulators: TestSimulators;
let database: TestDatabase;
let service: TestService;

beforeAll(async () => {
  simulators = await startTestSimulators(100);
  database = await makeTestDatabase();
  service = await startTestService({ ...simulators.settings, DATABASE_URL: database.url });
});

afterAll(async () => {
  await service?.stop();
  await simulators?.stop();
  await database?.drop();
});

const link = (paymentId: string) =>
  service.link(paymentId, { issuer: 'vault', reference: simulators.of.vault.referenceFor('works') });

async function settled(paymentId = newId()): Promise<string> {
  await service.create(paymentId);
  await link(paymentId);
  expect((await service.settle(paymentId, { requestId: 'S1' })).status).toBe(200);
  return paymentId;
}

const tasksOf = async (paymentId: string) =>
  (await service.manualCancellations()).filter((task) => task.paymentId === paymentId);

const noticesOf = async (paymentId: string) => {
  const [row] = await database.query<{ count: number }>(
    `select count(*)::int as count from notices join manual_cancellations using (merchant_id, manual_cancellation_id)
     where payment_id = $1`,
    [paymentId],
  );
  return row?.count;
};

describe('a refund', () => {
  it('is for people: refund-manually, one task and one mail with the amount', async () => {
    const paymentId = await settled();

    const { status, body } = await service.refund(paymentId, { requestId: 'R1', settleId: 'S', value: 31.9 });

    expect(status).toBe(200);
    expect(body).toEqual({
      paymentId,
      refundId: null,
      value: 0,
      code: 'refund-manually',
      message: expect.any(String) as string,
      requestId: 'R1',
    });
    expect(await tasksOf(paymentId)).toEqual([
      expect.objectContaining({ kind: 'refund', reason: 'refund', requestId: 'R1', value: 31.9, currency: 'BRL' }),
    ]);
    const mail = await until('the mail is there', () =>
      service.outbox.mails.find(({ text }) => text.includes(paymentId)),
    );
    expect(mail.subject).toContain('1 manual refund');
    expect(mail.text).toContain('Give R$31.90 back');
  });

  it('has the status of the setting, which the OpenAPI shows', async () => {
    const other = await startTestService({
      ...simulators.settings,
      DATABASE_URL: database.url,
      CANCEL_MANUALLY_STATUS: '501',
    });
    try {
      const paymentId = await settled();

      const first = await other.refund(paymentId, { requestId: 'R1' });

      expect([first.status, first.body.code]).toEqual([501, 'refund-manually']);
      // What was answered stands, whatever another process has as setting.
      const again = await service.refund(paymentId, { requestId: 'R1' });
      expect([again.status, again.text]).toEqual([501, first.text]);
    } finally {
      await other.stop();
    }
  });

  it('sent twenty times at once is one task with one notice, and the same bytes', async () => {
    const paymentId = await settled();

    const answers = await Promise.all(
      Array.from({ length: 20 }, () => service.refund(paymentId, { requestId: 'R1', value: 10 })),
    );

    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await tasksOf(paymentId)).toHaveLength(1);
    expect(await noticesOf(paymentId)).toBe(1);
  });

  it('of each requestId is a task of its own, also for the same amount', async () => {
    const paymentId = await settled();

    for (const requestId of ['R1', 'R2']) await service.refund(paymentId, { requestId, value: 10 });

    expect((await tasksOf(paymentId)).map(({ requestId, value }) => [requestId, value])).toEqual([
      ['R1', 10],
      ['R2', 10],
    ]);
  });

  it('under the same requestId with another value gets the first answer, and is noted', async () => {
    const paymentId = await settled();
    const first = await service.refund(paymentId, { requestId: 'R1', value: 10 });

    expect((await service.refund(paymentId, { requestId: 'R1', value: 20 })).text).toBe(first.text);

    expect(await tasksOf(paymentId)).toEqual([expect.objectContaining({ value: 10 })]);
    expect((await service.history(paymentId)).events.map(({ kind }) => kind)).toContain('other-content');
  });

  it('of a payment that was never seen is for people too, and does not make it known', async () => {
    const paymentId = newId();

    expect((await service.refund(paymentId, { requestId: 'R1', value: '10,50' })).body.code).toBe('refund-manually');

    expect(await tasksOf(paymentId)).toEqual([expect.objectContaining({ value: 10.5, currency: null })]);
    expect((await service.cancel(paymentId, { requestId: 'C1' })).body.code).toBe('cancel-manually');
    expect((await service.history(paymentId)).cancellation?.reason).toBe('no_link');
  });

  it('of a payment that was never seen leaves a later link its cancel', async () => {
    const paymentId = newId();
    await service.refund(paymentId, { requestId: 'R1' });

    expect((await link(paymentId)).status).toBe(201);

    const { status, body } = await service.cancel(paymentId, { requestId: 'C1' });
    expect([status, body.code]).toEqual([200, null]);
  });

  it('does not take the cancel of its payment, nor change what a create says', async () => {
    const paymentId = newId();
    await service.create(paymentId);
    await link(paymentId);

    await service.refund(paymentId, { requestId: 'R1', value: 5 });

    expect((await service.create(paymentId)).body.status).toBe('approved');
    expect((await service.cancel(paymentId, { requestId: 'C1' })).body.cancellationId).not.toBeNull();
  });

  it('of a cancelled payment is for people as well', async () => {
    const paymentId = newId();
    await service.create(paymentId);
    await service.cancel(paymentId, { requestId: 'C1' });

    expect((await service.refund(paymentId, { requestId: 'R1' })).body.code).toBe('refund-manually');
    expect(await tasksOf(paymentId)).toHaveLength(1);
  });

  it('of a sandbox about a live payment is answered 400, and opens nothing', async () => {
    const paymentId = await settled();

    const { status, body } = await service.refund(paymentId, { requestId: 'R1', sandboxMode: true });

    expect([status, body.code, body.refundId, body.value]).toEqual([400, 'invalid-request', null, 0]);
    expect(await tasksOf(paymentId)).toEqual([]);
  });

  it('without a requestId is answered 400, and shown', async () => {
    const paymentId = await settled();

    const { status, body } = await service.refund(paymentId);

    expect([status, body.requestId]).toEqual([400, null]);
    expect((await service.history(paymentId)).events.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/^A refund was answered 400: requestId is missing/),
    );
  });

  it('is shown with its payment', async () => {
    const paymentId = await settled();
    const { body } = await service.refund(paymentId, { requestId: 'R1', value: 7.5 });

    expect((await service.history(paymentId)).authorization?.refunds).toEqual([
      { requestId: 'R1', value: 7.5, answeredAt: expect.any(String) as string, answer: body },
    ]);
  });
});
