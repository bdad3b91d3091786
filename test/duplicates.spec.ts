import type { Answer } from './support/caller.js';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { cancelsOf, effectsOf } from './support/issuer-traffic.js';
import { startServiceProcess, type ServiceProcess } from './support/process.js';
import { newId } from './support/service.js';
import { issuerCodes, startTestSimulators, type TestSimulators } from './support/simulators.js';
import { until } from './support/until.js';

/** They answer a cancel at once; Artha takes it on as a task and calls back. */
const synchronousIssuers = ['vault', 'corecard', 'qitech'] as const;

/** The rig sends as many duplicates of 10,000 keys to three processes (test/faults/duplicates-at-scale.spec.ts). */
const KEYS = 60;

/** How late a slow answer comes: long enough for duplicates to find the first one still waiting. */
const SLOW_MS = 700;

let database: TestDatabase;
let simulators: TestSimulators;
let processes: readonly [ServiceProcess, ServiceProcess];

beforeAll(async () => {
  database = await makeTestDatabase();
  simulators = await startTestSimulators(SLOW_MS);
  const environment = {
    ...simulators.settings,
    // Long, so that a slow machine does not turn an answer into an unknown outcome.
    ...Object.fromEntries(issuerCodes.map((code) => [`${code.toUpperCase()}_TIMEOUT_MS`, '14000'])),
    ANSWER_DEADLINE_MS: '19000',
    LOG_LEVEL: 'warn',
    DATABASE_URL: database.url,
  };
  processes = await Promise.all([startServiceProcess(environment), startServiceProcess(environment)]);
}, 120_000);

afterAll(async () => {
  await Promise.all((processes ?? []).map((process) => process.kill('SIGKILL')));
  await simulators?.stop();
  await database?.drop();
});

const processAt = (at: number): ServiceProcess => processes[at % 2 === 0 ? 0 : 1];

interface Linked {
  readonly paymentId: string;
  readonly issuer: keyof TestSimulators['of'];
  readonly reference: Readonly<Record<string, unknown>>;
}

async function linkPayment(
  issuer: Linked['issuer'],
  behaviour: Parameters<TestSimulators['of']['vault']['referenceFor']>[0],
): Promise<Linked> {
  const paymentId = newId();
  const reference = simulators.of[issuer].referenceFor(behaviour);
  expect((await processAt(0).link(paymentId, { issuer, reference })).status).toBe(201);
  return { paymentId, issuer, reference };
}

/** All at once, by turns to the two processes. */
const sendAtOnce = (paymentId: string, requestIds: readonly string[]): Promise<Answer[]> =>
  Promise.all(requestIds.map((requestId, at) => processAt(at).cancel(paymentId, { requestId })));

const repeat = (requestId: string, times: number) => Array.from({ length: times }, () => requestId);

const distinct = <Value>(values: readonly Value[]) => [...new Set(values)];

/** Does `work` on every item, at most `most` at a time. */
async function inTurns<Item>(items: readonly Item[], most: number, work: (item: Item) => Promise<void>) {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: most }, worker));
}

describe('the same request, sent many times at once to two processes on one database', () => {
  it('has one effect and one byte string per key for 50 duplicates of each key, and no answer but 200', async () => {
    const requestsBefore = Object.fromEntries(synchronousIssuers.map((code) => [code, cancelsSeen(code)]));
    const payments: Linked[] = [];
    const keys = Array.from({ length: KEYS }, (_, at) => at);
    await inTurns(keys, 10, async (at) => {
      payments.push(await linkPayment(synchronousIssuers[at % 3] ?? 'vault', 'works'));
    });
    const statuses: number[] = [];
    const ids: (string | null)[] = [];
    const byteStringsPerKey: number[] = [];

    // Four keys at a time: 200 requests in flight.
    await inTurns(payments, 4, async ({ paymentId }) => {
      const answers = await sendAtOnce(paymentId, repeat(newId(), 50));
      statuses.push(...distinct(answers.map(({ status }) => status)));
      byteStringsPerKey.push(distinct(answers.map(({ text }) => text)).length);
      ids.push(...distinct(answers.map(({ body }) => body.cancellationId)));
    });

    expect(distinct(statuses)).toEqual([200]);
    expect(distinct(byteStringsPerKey)).toEqual([1]);
    expect(ids).toHaveLength(KEYS);
    expect(distinct(ids)).toHaveLength(KEYS);
    expect(ids).not.toContain(null);
    const effects = synchronousIssuers.flatMap((code) => simulators.of[code].effects);
    expect(effects).toHaveLength(KEYS);
    expect(distinct(effects.map(({ identity }) => identity))).toHaveLength(KEYS);
    const requests = synchronousIssuers.map((code) => cancelsSeen(code) - (requestsBefore[code] ?? 0));
    expect(requests.reduce((sum, count) => sum + count)).toBe(KEYS);
  }, 240_000);

  it('joins while the issuer is slow, in the same process and across processes, and is never refused for it', async () => {
    const payments = await Promise.all(synchronousIssuers.map((issuer) => linkPayment(issuer, 'slow')));

    for (const { paymentId, issuer, reference } of payments) {
      const requestId = newId();
      const first = processAt(0).cancel(paymentId, { requestId });
      await until('the issuer was asked', () => effectsOf(simulators, issuer, reference).length > 0);
      const duplicates = await sendAtOnce(paymentId, repeat(requestId, 10));

      const answers = [await first, ...duplicates];
      expect(distinct(answers.map(({ status }) => status))).toEqual([200]);
      expect(distinct(answers.map(({ text }) => text))).toHaveLength(1);
      expect(effectsOf(simulators, issuer, reference)).toHaveLength(1);
      expect(cancelsOf(simulators, issuer, reference)).toHaveLength(1);
    }
  });

  it('gets one byte string, one manual cancellation and one notice when only a person can do it', async () => {
    const payments = await Promise.all(issuerCodes.map((issuer) => linkPayment(issuer, 'refuses')));

    for (const { paymentId, issuer, reference } of payments) {
      const answers = await sendAtOnce(paymentId, repeat(newId(), 20));

      expect(distinct(answers.map(({ status }) => status))).toEqual([200]);
      expect(distinct(answers.map(({ text }) => text))).toHaveLength(1);
      expect(answers[0]?.body.code).toBe('cancel-manually');
      expect(effectsOf(simulators, issuer, reference)).toHaveLength(0);
      expect(await manualCancellationsOf(paymentId)).toEqual([{ kind: 'whole', state: 'open', notices: 1 }]);
    }
  });

  it('opens one manual cancellation and one notice for a payment that we never saw', async () => {
    const paymentId = newId();

    const answers = await sendAtOnce(paymentId, repeat(newId(), 20));

    expect(distinct(answers.map(({ status, text }) => `${status} ${text}`))).toHaveLength(1);
    expect(answers[0]?.body).toMatchObject({ cancellationId: null, code: 'cancel-manually' });
    expect(await manualCancellationsOf(paymentId)).toEqual([{ kind: 'whole', state: 'open', notices: 1 }]);
  });

  it('gets one byte string and one manual cancellation when it is about a part of the value', async () => {
    const paymentId = newId();
    const reference = simulators.of.vault.referenceFor('works');
    await processAt(0).link(paymentId, { issuer: 'vault', reference, value: 10_000 });
    const requestId = newId();

    const answers = await Promise.all(
      repeat(requestId, 20).map((_, at) => processAt(at).cancel(paymentId, { requestId, value: 2_500 })),
    );

    expect(distinct(answers.map(({ status, text }) => `${status} ${text}`))).toHaveLength(1);
    expect(answers[0]?.body).toMatchObject({ cancellationId: null, code: 'cancel-manually' });
    expect(await manualCancellationsOf(paymentId)).toEqual([{ kind: 'partial', state: 'open', notices: 1 }]);
    expect(cancelsOf(simulators, 'vault', reference)).toHaveLength(0);
  });
});

describe('many requests about one payment, at once to two processes', () => {
  it.each(synchronousIssuers)('have one effect and one cancellationId at %s', async (issuer) => {
    const { paymentId, reference } = await linkPayment(issuer, 'works');
    const requestIds = Array.from({ length: 20 }, newId);

    const answers = await sendAtOnce(paymentId, requestIds);

    expect(distinct(answers.map(({ status }) => status))).toEqual([200]);
    expect(answers.map(({ body }) => body.requestId)).toEqual(requestIds);
    const ids = distinct(answers.map(({ body }) => body.cancellationId));
    expect(ids).toHaveLength(1);
    expect(ids).not.toContain(null);
    expect(effectsOf(simulators, issuer, reference)).toHaveLength(1);
    expect(cancelsOf(simulators, issuer, reference)).toHaveLength(1);
  });

  it('get, each, the same bytes when they are repeated after the end', async () => {
    const { paymentId } = await linkPayment('qitech', 'works');
    const requestIds = Array.from({ length: 20 }, newId);
    const first = await sendAtOnce(paymentId, requestIds);

    // The other way round: each to the process that did not answer it before.
    const again = await Promise.all(
      requestIds.map((requestId, at) => processAt(at + 1).cancel(paymentId, { requestId })),
    );

    expect(again.map(({ status, text }) => ({ status, text }))).toEqual(
      first.map(({ status, text }) => ({ status, text })),
    );
  });

  it('open one manual cancellation and one notice when the issuer refuses, in each of 10 rounds', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { paymentId } = await linkPayment('corecard', 'refuses');

      const answers = await sendAtOnce(paymentId, Array.from({ length: 20 }, newId));

      expect(distinct(answers.map(({ status, body }) => `${status} ${body.code}`))).toEqual(['200 cancel-manually']);
      expect(await manualCancellationsOf(paymentId)).toEqual([{ kind: 'whole', state: 'open', notices: 1 }]);
    }
  });

  it('have one cancellationId and call nobody when nothing was ever linked to the payment', async () => {
    const paymentId = newId();
    await database.query(
      `insert into payments (merchant_id, payment_id, sandbox, seen_before) values ('default', $1, false, true)`,
      [paymentId],
    );

    const answers = await sendAtOnce(paymentId, Array.from({ length: 20 }, newId));

    expect(distinct(answers.map(({ status }) => status))).toEqual([200]);
    expect(distinct(answers.map(({ body }) => body.cancellationId))).toHaveLength(1);
    expect(answers[0]?.body.cancellationId).not.toBeNull();
  });
});

/** A link that races with cancels ends in one of two ways, and never in a card that nobody knows of. */
it('cancels the card, or tells a person of it, when a link and cancels of one payment come at once', async () => {
  for (let round = 0; round < 10; round += 1) {
    const paymentId = newId();
    const reference = simulators.of.qitech.referenceFor('works');

    const [link, ...answers] = await Promise.all([
      processAt(round).link(paymentId, { issuer: 'qitech', reference }),
      ...Array.from({ length: 4 }, (_, at) => processAt(at).cancel(paymentId, { requestId: newId() })),
    ]);

    const isCancelled = effectsOf(simulators, 'qitech', reference).length === 1;
    expect(distinct(answers.map(({ body }) => body.cancellationId !== null))).toEqual([isCancelled]);
    expect(link.status).toBe(isCancelled ? 201 : 409);
    expect(await manualCancellationsOf(paymentId)).toHaveLength(isCancelled ? 0 : 1);
  }
});

const cancelsSeen = (issuer: Linked['issuer']) =>
  simulators.of[issuer].requests.filter(({ method }) => method !== 'GET').length;

const manualCancellationsOf = (paymentId: string) =>
  database.query(
    `select kind, state, (select count(*)::int from notices n where n.manual_cancellation_id = m.manual_cancellation_id) as notices
     from manual_cancellations m where payment_id = $1`,
    [paymentId],
  );
