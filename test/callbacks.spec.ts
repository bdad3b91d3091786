import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CancellationRecord } from '../src/cancellations/cancellation-record.js';
import { CancellationStore, type OpenAttempt } from '../src/cancellations/cancellation-store.js';
import { settingsFor } from '../src/development/simulators.js';
import type { ArthaCallback, ArthaSimulator } from '../src/issuers/artha/simulator.js';
import { issuers } from '../src/issuers/index.js';
import type { Answer, History } from './support/caller.js';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { withDatabaseAway } from './support/outage.js';
import { newId, startTestService, type TestService } from './support/service.js';
import { passTime } from './support/time.js';
import { until } from './support/until.js';

/** A slow answer comes after this; the callback after a third of it. */
const LATE_MS = 450;
const HOUR = 3_600_000;

let database: TestDatabase;
let artha: ArthaSimulator;
let environment: Record<string, string>;
let service: TestService;

beforeAll(async () => {
  database = await makeTestDatabase();
  artha = (await (await issuers.artha.simulator()).start({ lateMs: LATE_MS })) as ArthaSimulator;
  environment = {
    ...settingsFor(issuers.artha, artha),
    ARTHA_TIMEOUT_MS: '5000',
    ANSWER_DEADLINE_MS: '8000',
    DATABASE_URL: database.url,
  };
  service = await startTestService(environment);
}, 120_000);

beforeEach(() => artha.sendCallbacksTo(null));

afterAll(async () => {
  await service?.stop();
  await artha?.stop();
  await database?.drop();
});

interface Payment {
  readonly paymentId: string;
  readonly requestId: string;
  readonly reference: Readonly<Record<string, unknown>>;
}

async function linkPayment(behaviour: 'works' | 'slow' = 'works', link: { sandbox?: boolean } = {}): Promise<Payment> {
  const paymentId = newId();
  const reference = artha.referenceFor(behaviour);
  expect((await service.link(paymentId, { issuer: 'artha', reference, ...link })).status).toBe(201);
  return { paymentId, requestId: newId(), reference };
}

const cancel = ({ paymentId, requestId }: Payment): Promise<Answer> => service.cancel(paymentId, { requestId });

/** Artha will take the cancel on as this task, and never call back by itself. */
function scriptTask({ reference }: Payment, taskId: string): void {
  const body = JSON.stringify({ taskId, status: 'Success', remarks: 'CardInProgress' });
  artha.script(reference, [{ effect: 'none', answer: { status: 200, body } }]);
}

/** A payment whose cancel Artha has taken on as a task. */
async function startTask(): Promise<Payment & { readonly taskId: string }> {
  const payment = await linkPayment();
  const taskId = randomUUID();
  scriptTask(payment, taskId);
  expect(await cancel(payment)).toMatchObject(inProgress);
  return { ...payment, taskId };
}

/** Another process begins to ask, and is not heard of again. */
async function beginQuery({ paymentId }: Payment): Promise<OpenAttempt> {
  const key = { merchantId: 'default', paymentId };
  const store = service.service.app.get(CancellationStore);
  const { cancellation } = await store.load({ ...key, requestId: null });
  const attempt = await store.beginAttempt(key, { version: cancellation?.version ?? 0, kind: 'query', leaseMs: HOUR });
  if (!attempt) throw new Error(`Payment ${paymentId} is being asked about already`);
  return attempt;
}

async function post(
  { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
  { path = 'artha', url = service.url }: { path?: string; url?: string } = {},
): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(`${url}/callbacks/${path}`, { method: 'POST', headers, body });
  return { status: response.status, body: await response.json() };
}

const callBack = (about: Pick<ArthaCallback, 'taskId'> & Partial<ArthaCallback>) =>
  post(artha.callback({ status: 'success', remarks: null, ...about }));

const heard = { status: 200, body: { code: 0, message: 'success' } };
const inProgress = { status: 500, body: { cancellationId: null, code: 'cancellation-pending' } };

const cancellationOf = async ({ paymentId }: Payment): Promise<NonNullable<History['cancellation']>> => {
  const { cancellation } = await service.history(paymentId);
  if (!cancellation) throw new Error(`Payment ${paymentId} has no cancellation`);
  return cancellation;
};

const attemptsOf = async (payment: Payment) =>
  (await cancellationOf(payment)).attempts.map(({ kind, outcome }) => `${kind} ${outcome}`);

const rowsOf = (taskId: string) =>
  database.query<{ sandbox: boolean; processed: boolean }>(
    'select sandbox, processed_at is not null as processed from issuer_callbacks where lower(task_id) = $1 order by sandbox',
    [taskId],
  );

const manualCancellationsOf = ({ paymentId }: Payment) =>
  database.query('select reason, state from manual_cancellations where payment_id = $1', [paymentId]);

async function expectCancelled(payment: Payment): Promise<void> {
  const { state, cancellationId } = await cancellationOf(payment);
  expect(state).toBe('cancelled');
  expect(cancellationId).not.toBeNull();
  expect(await cancel(payment)).toMatchObject({ status: 200, body: { cancellationId, code: null } });
}

describe("Artha's own callback", () => {
  it('ends a cancel that was taken on as a task, when it comes after our record of the task', async () => {
    artha.sendCallbacksTo(`${service.url}/callbacks/artha`);
    const payment = await linkPayment();

    expect(await cancel(payment)).toMatchObject(inProgress);
    await until('it is cancelled', async () => (await cancellationOf(payment)).state === 'cancelled');

    await expectCancelled(payment);
    expect(await attemptsOf(payment)).toEqual(['cancel pending', 'callback cancelled']);
    expect(await manualCancellationsOf(payment)).toEqual([]);
  });

  it('ends it when it comes before our record of the task, while the answer is still awaited', async () => {
    artha.sendCallbacksTo(`${service.url}/callbacks/artha`);
    const payment = await linkPayment('slow');

    const answer = await cancel(payment);

    expect(answer).toMatchObject({ status: 200, body: { code: null } });
    await expectCancelled(payment);
    expect((await attemptsOf(payment)).sort()).toEqual(['callback cancelled', 'cancel pending']);
  });

  it('leaves no attempt open that a process had begun which may be gone, and takes its answer if it comes', async () => {
    const payment = await startTask();
    const key = { merchantId: 'default', paymentId: payment.paymentId };
    const attempt = await beginQuery(payment);

    expect(await callBack(payment)).toMatchObject(heard);
    await expectCancelled(payment);
    expect(await attemptsOf(payment)).toEqual(['cancel pending', 'query unknown', 'callback cancelled']);

    const evidence = { httpStatus: 200, issuerCode: null, issuerText: null, traceId: null };
    await service.service.app.get(CancellationRecord).outcome(key, attempt, { outcome: 'pending', evidence });
    expect(await attemptsOf(payment)).toEqual(['cancel pending', 'query pending', 'callback cancelled']);
    await expectCancelled(payment);
  });

  it('ends it whenever it comes, in 20 rounds at the same time as our record', async () => {
    for (let round = 0; round < 20; round += 1) {
      const payment = await linkPayment();
      const taskId = randomUUID();
      scriptTask(payment, taskId);

      const [answer, acknowledgement] = await Promise.all([
        cancel(payment),
        // From well before the answer to well after it.
        sleep(round).then(() => callBack({ taskId })),
      ]);

      expect(acknowledgement).toEqual(heard);
      expect([200, 500]).toContain(answer.status);
      await expectCancelled(payment);
      expect(await rowsOf(taskId)).toContainEqual({ sandbox: false, processed: true });
    }
  });

  it('reaches a sandbox payment, also where live and sandbox have the same key', async () => {
    const payment = await linkPayment('works', { sandbox: true });
    const taskId = randomUUID();
    scriptTask(payment, taskId);
    expect(await cancel(payment)).toMatchObject(inProgress);

    expect(await callBack({ taskId })).toEqual(heard);

    await expectCancelled(payment);
    expect(await rowsOf(taskId)).toEqual([
      { sandbox: false, processed: true },
      { sandbox: true, processed: true },
    ]);
  });

  it('reaches a sandbox payment when it came before our record of the task', async () => {
    const payment = await linkPayment('works', { sandbox: true });
    const taskId = randomUUID();
    scriptTask(payment, taskId);

    expect(await callBack({ taskId })).toEqual(heard);
    await cancel(payment);

    await expectCancelled(payment);
  });
});

describe('a callback', () => {
  it('changes nothing when it is sent again', async () => {
    const payment = await startTask();
    const message = artha.callback({ taskId: payment.taskId, status: 'success', remarks: null });

    const answers = await Promise.all([1, 2, 3].map(() => post(message)));

    expect(answers).toEqual([heard, heard, heard]);
    await expectCancelled(payment);
    expect(await attemptsOf(payment)).toEqual(['cancel pending', 'callback cancelled']);
    expect(await rowsOf(payment.taskId)).toHaveLength(2); // one for each environment, which have one key
  });

  it('does not undo a proof when a failure comes after it; the contradiction is an alert', async () => {
    const payment = await startTask();
    await callBack({ taskId: payment.taskId });
    const { text } = await cancel(payment);

    expect(await callBack({ taskId: payment.taskId, status: 'failed' })).toEqual(heard);

    await expectCancelled(payment);
    expect((await cancel(payment)).text).toBe(text);
    expect((await service.history(payment.paymentId)).events.map(({ kind }) => kind)).toContain('alert');
    expect(await manualCancellationsOf(payment)).toEqual([]);
  });

  it('stands the manual cancellation down when a proof comes after a failure', async () => {
    const payment = await startTask();
    await callBack({ taskId: payment.taskId, status: 'failed' });
    const { text } = await cancel(payment);

    expect(await callBack({ taskId: payment.taskId })).toEqual(heard);

    const { state, cancellationId } = await cancellationOf(payment);
    expect(state).toBe('cancelled');
    expect(await manualCancellationsOf(payment)).toEqual([{ reason: 'refused_by_issuer', state: 'not-needed' }]);
    expect((await cancel(payment)).text).toBe(text);
    expect(await cancel({ ...payment, requestId: newId() })).toMatchObject({ status: 200, body: { cancellationId } });
  });

  it('stands the manual cancellation down when it comes after giving up', async () => {
    const payment = await startTask();
    await passTime(database, payment.paymentId, 21 * HOUR);
    expect(await cancel(payment)).toMatchObject({ status: 200, body: { code: 'cancel-manually' } });
    expect(await manualCancellationsOf(payment)).toEqual([{ reason: 'no_answer', state: 'open' }]);

    expect(await callBack({ taskId: payment.taskId })).toEqual(heard);

    expect((await cancellationOf(payment)).state).toBe('cancelled');
    expect(await manualCancellationsOf(payment)).toEqual([{ reason: 'no_answer', state: 'not-needed' }]);
  });

  it('gives the cancellation to a person when the task failed, with one notice', async () => {
    const payment = await startTask();

    expect(await callBack({ taskId: payment.taskId, status: 'failed', remarks: 'CardNotEligible' })).toEqual(heard);

    expect(await cancel(payment)).toMatchObject({
      status: 200,
      body: { cancellationId: null, code: 'cancel-manually' },
    });
    expect(await cancellationOf(payment)).toMatchObject({ state: 'manual', reason: 'refused_by_issuer' });
    expect(await manualCancellationsOf(payment)).toEqual([{ reason: 'refused_by_issuer', state: 'open' }]);
    await until('the notice is sent', () =>
      service.outbox.mails.some((mail) => JSON.stringify(mail).includes(payment.paymentId)),
    );
  });

  it('leaves it open when its status is neither success nor failed, and alerts', async () => {
    const payment = await startTask();

    expect(await callBack({ taskId: payment.taskId, status: 'processing' })).toEqual(heard);

    expect(await cancel(payment)).toMatchObject(inProgress);
    expect((await service.history(payment.paymentId)).events.map(({ kind }) => kind)).toContain('alert');
    await callBack({ taskId: payment.taskId });
    await expectCancelled(payment);
  });

  it('is kept while nobody knows its task, and counts as soon as the task is known', async () => {
    const payment = await linkPayment();
    const taskId = randomUUID();

    expect(await callBack({ taskId })).toEqual(heard);
    // Live and sandbox have the same key here, so that nobody can tell yet which one it is for.
    expect(await rowsOf(taskId)).toEqual([
      { sandbox: false, processed: false },
      { sandbox: true, processed: false },
    ]);
    scriptTask(payment, taskId);
    const answer = await cancel(payment);

    expect(answer).toMatchObject({ status: 200, body: { code: null } });
    await expectCancelled(payment);
    expect(await rowsOf(taskId)).toContainEqual({ sandbox: false, processed: true });
  });

  it('tells the truth of one task and of no other', async () => {
    const [payment, other] = [await startTask(), await startTask()];

    await callBack({ taskId: payment.taskId });

    await expectCancelled(payment);
    expect((await cancellationOf(other)).state).toBe('waiting');
    expect(await cancel(other)).toMatchObject(inProgress);
  });

  it.each([
    ['in upper case', (taskId: string) => taskId.toUpperCase()],
    ['with blanks around it', (taskId: string) => ` ${taskId} `],
  ])('finds its task when the id is written %s', async (_how, spell) => {
    const payment = await startTask();

    expect(await callBack({ taskId: spell(payment.taskId) })).toEqual(heard);

    await expectCancelled(payment);
  });

  /** As when its process is killed, or the cancel's outcome is recorded, between the two rows of a key that serves both environments. */
  it('is not looked for again for ever in the environment in which it names nothing', async () => {
    const payment = await startTask();
    const message = artha.callback({ taskId: payment.taskId, status: 'success', remarks: null });
    await post(message);
    await database.query('delete from issuer_callbacks where task_id = $1 and sandbox', [payment.taskId]);

    expect(await post(message)).toMatchObject(heard);

    expect(await rowsOf(payment.taskId)).toContainEqual({ sandbox: true, processed: false });
    const found = await service.service.app.get(CancellationStore).matchedCallbacks(1_000);
    expect(found.filter(({ match }) => 'taskId' in match && match.taskId === payment.taskId)).toEqual([]);
  });

  it('is ignored, and acknowledged, when it is about another kind of event', async () => {
    const payment = await startTask();

    expect(await callBack({ taskId: payment.taskId, notifyType: 'recharge' })).toEqual(heard);

    expect((await cancellationOf(payment)).state).toBe('waiting');
    expect(await rowsOf(payment.taskId)).toEqual([]);
  });

  it('is answered 400 when it is signed and names no status', async () => {
    const payment = await startTask();

    expect((await callBack({ taskId: payment.taskId, status: '' })).status).toBe(400);

    expect((await cancellationOf(payment)).state).toBe('waiting');
    expect(await rowsOf(payment.taskId)).toEqual([]);
  });

  it.each<[string, (taskId: string) => ReturnType<ArthaSimulator['callback']>]>([
    ['with another key', (taskId) => artha.callback({ taskId, status: 'success', remarks: null, forged: true })],
    [
      'not at all',
      (taskId) => {
        const { headers, body } = artha.callback({ taskId, status: 'success', remarks: null });
        return { headers: Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'signature')), body };
      },
    ],
    [
      'and then changed',
      (taskId) => {
        const { headers, body } = artha.callback({ taskId, status: 'failed', remarks: null });
        return { headers, body: body.replace('failed', 'success') };
      },
    ],
  ])('is refused and leaves no row when it is signed %s', async (_how, make) => {
    const payment = await startTask();

    expect((await post(make(payment.taskId))).status).toBe(401);

    expect((await cancellationOf(payment)).state).toBe('waiting');
    expect(await attemptsOf(payment)).toEqual(['cancel pending']);
    expect(await rowsOf(payment.taskId)).toEqual([]);
  });

  it('is refused when nothing in it can be read', async () => {
    const { headers } = artha.callback({ taskId: randomUUID(), status: 'success', remarks: null });

    expect((await post({ headers, body: '{' })).status).toBe(401);
    expect((await post({ headers, body: '' })).status).toBe(401);
  });

  it.each(['nobody', 'vault', 'ARTHA', 'constructor', '__proto__'])(
    'has nobody to hear it at /callbacks/%s',
    async (path) => {
      const taskId = randomUUID();

      const { status } = await post(artha.callback({ taskId, status: 'success', remarks: null }), { path });

      expect(status).toBe(404);
      expect(await rowsOf(taskId)).toEqual([]);
    },
  );

  it('is not acknowledged while the database is away, so that Artha sends it again', async () => {
    const payment = await startTask();
    const message = artha.callback({ taskId: payment.taskId, status: 'success', remarks: null });

    const away = await withDatabaseAway(database.url, () => post(message));

    expect(away.status).toBeGreaterThanOrEqual(500);
    expect(JSON.stringify(away.body)).not.toMatch(/postgres|database|connect/i);
    expect((await cancellationOf(payment)).state).toBe('waiting');
    expect(await post(message)).toEqual(heard);
    await expectCancelled(payment);
  });
});

describe('a callback whose fields are spelt in another way', () => {
  // The simulator keeps its key to itself; this account trusts one of ours.
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  let other: TestService;

  beforeAll(async () => {
    other = await startTestService({ ...environment, ARTHA_CALLBACK_PUBLIC_KEY: publicKey });
  });

  afterAll(() => other?.stop());

  function signed(fields: Readonly<Record<string, string>>) {
    const headers = { timestamp: '1795238000', nonce: 'abcdef0123', customerToken: 'token-of-ours' };
    const text = Object.entries({ ...headers, ...fields })
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map((pair) => pair.join('='))
      .join('&');
    const signature = sign('sha256', Buffer.from(text), privateKey).toString('base64');
    return { headers: { 'content-type': 'application/json', ...headers, signature }, body: JSON.stringify(fields) };
  }

  it.each(['taskId', 'taskld', 'TaskID', 'task_id', 'taskid'])('names its task as %s, and is heard', async (name) => {
    const payment = await startTask();
    const message = signed({ notifyType: 'operation', [name]: payment.taskId, Status: 'success', Remarks: 'done' });

    // The process that sent the cancel is another one.
    expect(await post(message, { url: other.url })).toEqual(heard);

    await expectCancelled(payment);
  });

  it('is refused when it names two tasks, because it cannot be told which one is meant', async () => {
    const payment = await startTask();
    const message = signed({
      notifyType: 'operation',
      taskId: payment.taskId,
      taskld: randomUUID(),
      Status: 'success',
    });

    expect((await post(message, { url: other.url })).status).toBe(400);

    expect((await cancellationOf(payment)).state).toBe('waiting');
  });
});
