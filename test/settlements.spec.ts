import type { BehaviourName } from '../src/issuers/simulator-server.js';
import { Random } from './faults/random.js';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { cancelsOf } from './support/issuer-traffic.js';
import { newId, startTestService, type TestService } from './support/service.js';
import { startTestSimulators, type TestSimulators } from './support/simulators.js';

let simulators: TestSimulators;
let database: TestDatabase;
let service: TestService;

beforeAll(async () => {
  simulators = await startTestSimulators(100);
  database = await makeTestDatabase();
  service = await startTestService({ ...simulators.settings, DATABASE_URL: database.url, ANSWER_DEADLINE_MS: '3000' });
});

afterAll(async () => {
  await service?.stop();
  await simulators?.stop();
  await database?.drop();
});

const link = (
  paymentId: string,
  behaviour: BehaviourName = 'works',
  reference = simulators.of.vault.referenceFor(behaviour),
) => service.link(paymentId, { issuer: 'vault', reference });

async function approved(behaviour: BehaviourName = 'works'): Promise<string> {
  const paymentId = newId();
  await service.create(paymentId);
  expect((await link(paymentId, behaviour)).status).toBe(201);
  return paymentId;
}

const paymentRow = async (paymentId: string) => {
  const [row] = await database.query<{ settle_id: string | null; settled_at: Date | null; version: number }>(
    'select settle_id, settled_at, version from payments where payment_id = $1',
    [paymentId],
  );
  return row;
};

/* The OpenAPI's own example of a settle. */
const example = {
  transactionId: 'D3AA1FC8372E430E8236649DB5EBD08E',
  requestId: 'DCEAA1FC8372E430E8236649DB5EBD08E',
  paymentId: 'F5C1A4E20D3B4E07B7E871F5B5BC9F91',
  value: 57,
  authorizationId: 'AUT-1',
  tid: 'TID-1',
  recipients: [{ id: '1', name: 'seller', documentType: 'CNPJ', document: '1', role: 'seller', amount: 57 }],
  sandboxMode: false,
  merchantSettings: [{ name: 'field1', value: 'value1' }],
};

describe('a settle', () => {
  it('of an approved payment is answered as the OpenAPI shows', async () => {
    await service.create(example.paymentId);
    await link(example.paymentId);

    const { status, body } = await service.settle(example.paymentId, example);

    expect(status).toBe(200);
    expect(body).toEqual({
      paymentId: example.paymentId,
      settleId: expect.stringMatching(/^[0-9A-F]{32}$/) as string,
      value: 57,
      code: null,
      message: 'Successfully settled',
      requestId: example.requestId,
    });
    expect((await service.history(example.paymentId)).authorization).toMatchObject({
      status: 'approved',
      settleId: body.settleId,
      settledAt: expect.any(String) as string,
    });
  });

  it('gives the same bytes for the same requestId, also after a restart', async () => {
    const paymentId = await approved();
    const first = await service.settle(paymentId, { requestId: 'R1' });

    const restarted = await startTestService({ ...simulators.settings, DATABASE_URL: database.url });
    try {
      const again = [
        await service.settle(paymentId, { requestId: 'R1' }),
        await restarted.settle(paymentId, { requestId: 'R1' }),
      ];

      expect(again.map(({ text }) => text)).toEqual([first.text, first.text]);
    } finally {
      await restarted.stop();
    }
  });

  it('gives every requestId the one settleId, and its own value', async () => {
    const paymentId = await approved();

    const answers = [
      await service.settle(paymentId, { requestId: 'R1', value: 10 }),
      await service.settle(paymentId, { requestId: 'R2', value: '21,90' }),
      await service.settle(paymentId, { requestId: 'R3', value: undefined }),
      await service.settle(paymentId, { requestId: 'R4', value: 'nothing' }),
    ];

    expect(answers.map(({ status, body }) => [status, body.value])).toEqual([
      [200, 10],
      [200, 21.9],
      [200, 0],
      [200, 0],
    ]);
    expect(new Set(answers.map(({ body }) => body.settleId)).size).toBe(1);
  });

  it('sent twenty times at once settles once', async () => {
    const paymentId = await approved();
    const before = await paymentRow(paymentId);

    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => service.settle(paymentId, { requestId: `R${at % 2}` })),
    );

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(2);
    expect(new Set(answers.map(({ body }) => body.settleId)).size).toBe(1);
    expect((await paymentRow(paymentId))?.version).toBe((before?.version ?? 0) + 1);
  });

  it('of a payment that is not approved yet is answered 500, and may succeed later under the same requestId', async () => {
    const paymentId = newId();
    await service.create(paymentId);

    const { status, body } = await service.settle(paymentId, { requestId: 'R1' });

    expect(status).toBe(500);
    expect(body).toMatchObject({ settleId: null, value: 0, code: 'not-authorized', requestId: 'R1' });
    await link(paymentId);
    expect((await service.settle(paymentId, { requestId: 'R1' })).status).toBe(200);
  });

  it('of a payment that was never seen is answered 500, and leaves no mark', async () => {
    const paymentId = newId();

    const { status, body } = await service.settle(paymentId, { requestId: 'R1' });

    expect([status, body.code, body.settleId]).toEqual([500, 'payment-unknown', null]);
    expect(await paymentRow(paymentId)).toBeUndefined();
    await link(paymentId);
    expect((await service.settle(paymentId, { requestId: 'R1' })).status).toBe(200);
  });

  it.each<[string, BehaviourName]>([
    ['is cancelled', 'works'],
    ['is not known yet', 'resets'],
    ['is for people', 'refuses'],
  ])('after a cancel that %s is answered 500 for ever', async (_what, behaviour) => {
    const paymentId = await approved(behaviour);
    await service.cancel(paymentId, { requestId: 'C1' });

    const answers = [
      await service.settle(paymentId, { requestId: 'R1' }),
      await service.settle(paymentId, { requestId: 'R1' }),
    ];

    expect(answers.map(({ status, body }) => [status, body.code, body.settleId, body.value])).toEqual([
      [500, 'payment-cancelled', null, 0],
      [500, 'payment-cancelled', null, 0],
    ]);
    expect(answers[0]?.text).toBe(answers[1]?.text);
    expect((await paymentRow(paymentId))?.settled_at).toBeNull();
  });

  it('before a cancel leaves the cancel to people, and stands', async () => {
    const paymentId = newId();
    const reference = simulators.of.vault.referenceFor('works');
    await service.create(paymentId);
    await link(paymentId, 'works', reference);
    const { body } = await service.settle(paymentId, { requestId: 'R1' });

    expect((await service.cancel(paymentId, { requestId: 'C1' })).body.code).toBe('cancel-manually');

    expect((await service.history(paymentId)).cancellation).toMatchObject({
      state: 'manual',
      reason: 'already_settled',
    });
    expect(cancelsOf(simulators, 'vault', reference)).toEqual([]);
    expect((await service.settle(paymentId, { requestId: 'R2' })).body.settleId).toBe(body.settleId);
    expect((await service.create(paymentId)).body.status).toBe('denied');
  });

  it('under the same requestId with another value gets the first answer, and is noted', async () => {
    const paymentId = await approved();
    const first = await service.settle(paymentId, { requestId: 'R1', value: 31.9 });

    const again = await service.settle(paymentId, { requestId: 'R1', value: 30 });

    expect(again.text).toBe(first.text);
    expect((await service.history(paymentId)).events.map(({ kind }) => kind)).toContain('other-content');
  });

  it('of a sandbox about a live payment is answered 400, and settles nothing', async () => {
    const paymentId = await approved();

    const { status, body } = await service.settle(paymentId, { requestId: 'R1', sandboxMode: 'true' });

    expect([status, body.code]).toEqual([400, 'invalid-request']);
    expect((await paymentRow(paymentId))?.settled_at).toBeNull();
  });

  it.each([
    ['another paymentId than the path', { paymentId: 'OTHER', requestId: 'R1' }, 'paymentId differs'],
    ['no requestId', {}, 'requestId is missing'],
    ['a requestId that is no text', { requestId: 7 }, 'requestId must be text'],
  ])('with %s is answered 400', async (_what, fields, fault) => {
    const paymentId = await approved();

    const { status, body } = await service.settle(paymentId, fields);

    expect(status).toBe(400);
    expect(body).toMatchObject({ paymentId, settleId: null, value: 0, code: 'invalid-request' });
    expect(body.message).toContain(fault);
    expect((await service.history(paymentId)).events.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/^A settle was answered 400/),
    );
  });
});

/** Every promise about who comes first, over many orders. */
describe('calls about one payment at once', () => {
  const seed = Date.now() % 1_000_000;
  const random = new Random(seed);

  it(`have exactly one of settle and cancel win, and no approval after a claim (seed ${seed})`, async () => {
    const outcomes = { settled: 0, cancelled: 0 };
    for (let round = 0; round < 60; round += 1) {
      const paymentId = newId();
      const isLinkedBefore = random.chance(0.5);
      await service.create(paymentId);
      const reference = simulators.of.vault.referenceFor('works');
      if (isLinkedBefore) await link(paymentId, 'works', reference);
      let isClaimed = false;
      const approvedAfterClaim: string[] = [];
      const create = async () => {
        const wasClaimed = isClaimed;
        const { body } = await service.create(paymentId);
        if (wasClaimed && body.status === 'approved') approvedAfterClaim.push(body.status);
      };
      const cancel = async () => {
        const answer = await service.cancel(paymentId, { requestId: 'C1' });
        isClaimed = true;
        return answer;
      };
      const works = [
        create,
        create,
        cancel,
        async () => void (await service.settle(paymentId, { requestId: 'S1' })),
        async () => void (await service.settle(paymentId, { requestId: 'S2' })),
        ...(isLinkedBefore ? [] : [async () => void (await link(paymentId, 'works', reference))]),
      ]
        .map((work) => ({ work, delayMs: random.int(0, 24) }))
        .sort((a, b) => a.delayMs - b.delayMs);

      await Promise.all(
        works.map(async ({ work, delayMs }) => {
          await new Promise((resolve) => setTimeout(resolve, delayMs));
          await work();
        }),
      );

      const { authorization, cancellation } = await service.history(paymentId);
      const isSettled = authorization?.settleId !== null;
      const settles = [
        await service.settle(paymentId, { requestId: 'S1' }),
        await service.settle(paymentId, { requestId: 'S3' }),
      ];
      expect(approvedAfterClaim).toEqual([]);
      expect(cancellation).not.toBeNull();
      expect(authorization?.status).toBe('denied');
      if (isSettled) {
        expect(cancelsOf(simulators, 'vault', reference)).toEqual([]);
        expect([cancellation?.state, cancellation?.reason]).toEqual(['manual', 'already_settled']);
        expect(settles.map(({ body }) => body.settleId)).toEqual([authorization?.settleId, authorization?.settleId]);
        outcomes.settled += 1;
      } else {
        expect(cancellation?.reason).not.toBe('already_settled');
        expect(settles.map(({ body }) => body.code)).toEqual(['payment-cancelled', 'payment-cancelled']);
        outcomes.cancelled += 1;
      }
    }
    // Else the orders were no orders.
    expect(outcomes.settled).toBeGreaterThan(0);
    expect(outcomes.cancelled).toBeGreaterThan(0);
  }, 120_000);
});
