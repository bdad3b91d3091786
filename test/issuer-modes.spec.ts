import { FollowUp } from '../src/cancellations/follow-up.js';
import type { IssuerCode } from '../src/issuers/index.js';
import type { BehaviourName } from '../src/issuers/simulator-server.js';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { cancelsOf, effectsOf, type Reference } from './support/issuer-traffic.js';
import { newId, startTestService, type TestService } from './support/service.js';
import { startTestSimulators, type TestSimulators } from './support/simulators.js';
import { passTime } from './support/time.js';
import { until } from './support/until.js';

const SECOND = 1_000;

let simulators: TestSimulators;
let database: TestDatabase;
let settings: Record<string, string>;
let service: TestService;
/** Another process, for all that the two know of each other. */
let other: TestService;

beforeAll(async () => {
  simulators = await startTestSimulators(300);
  database = await makeTestDatabase();
  settings = {
    ...simulators.settings,
    ARTHA_MODE: 'manual',
    QITECH_TIMEOUT_MS: '1000',
    ANSWER_DEADLINE_MS: '1500',
    DATABASE_URL: database.url,
    VAULT_SANDBOX_BASE_URL: '',
  };
  [service, other] = await Promise.all([startTestService(settings), startTestService(settings)]);
});

afterEach(() => database.query('delete from issuer_modes').then(() => setMode('qitech', null)));

afterAll(async () => {
  await Promise.all([service?.stop(), other?.stop()]);
  await simulators?.stop();
  await database?.drop();
});

const setMode = (issuer: IssuerCode, mode: string | null, sandbox = false) =>
  service.internal('PUT', `issuers/${issuer}`, { mode, sandbox });

interface Payment {
  readonly issuer: IssuerCode;
  readonly paymentId: string;
  readonly reference: Reference;
}

async function linked(issuer: IssuerCode, behaviour: BehaviourName = 'works', sandbox = false): Promise<Payment> {
  const paymentId = newId();
  const reference = simulators.of[issuer].referenceFor(behaviour);
  expect((await service.link(paymentId, { issuer, reference, sandbox })).status).toBe(201);
  return { issuer, paymentId, reference };
}

const cancel = ({ paymentId }: Payment, at = service) => at.cancel(paymentId, { requestId: 'R1' });

async function cancellationOf({ paymentId }: Payment) {
  const { cancellation, events } = await service.history(paymentId);
  if (!cancellation) throw new Error('nobody has asked for it');
  const attempts = cancellation.attempts.map(({ kind, outcome }) => `${kind} ${outcome}`);
  return { ...cancellation, attempts, events };
}

/** In milliseconds, by the database's clock. */
async function dueIn({ paymentId }: Payment): Promise<number> {
  const [row] = await database.query<{ ms: string }>(
    `select extract(epoch from next_check_at - now()) * 1000 as ms from cancellations where payment_id = $1`,
    [paymentId],
  );
  return Number(row?.ms);
}

const becomes = (payment: Payment, state: string) =>
  until(`it is ${state}`, async () => (await cancellationOf(payment)).state === state, 25_000);

const inProgress = { status: 500, body: { code: 'cancellation-pending', cancellationId: null } };
const byHand = { status: 200, body: { code: 'cancel-manually', cancellationId: null } };

const shownMode = async (at: TestService, issuer: IssuerCode, sandbox = false) => {
  const { body } = await at.internal('GET', 'issuers');
  const accounts = body.issuers as { issuer: string; sandbox: boolean; mode: string }[];
  return accounts.find((account) => account.issuer === issuer && account.sandbox === sandbox)?.mode;
};

/** Every process does the follow-up, each by the mode that it knows. */
const otherKnows = (mode: string) =>
  until(`the other process knows that it is ${mode}`, async () => (await shownMode(other, 'qitech')) === mode, 8_000);

describe('PUT /internal/issuers/{issuer}', () => {
  it('takes effect at once in this process, and in another one when it next looks', async () => {
    const { status, body } = await setMode('qitech', 'paused');

    expect({ status, body }).toEqual({
      status: 200,
      body: {
        issuer: 'qitech',
        name: 'QI Tech',
        accountId: 'default',
        sandbox: false,
        mode: 'paused',
        circuit: 'closed',
        callsUnderWay: 0,
      },
    });
    expect(await cancel(await linked('qitech'))).toMatchObject(inProgress);
    await otherKnows('paused');
    const payment = await linked('qitech');
    expect(await cancel(payment, other)).toMatchObject(inProgress);
    expect(cancelsOf(simulators, 'qitech', payment.reference)).toEqual([]);
  });

  it('is for one environment alone', async () => {
    await setMode('qitech', 'paused', true);

    expect(await shownMode(service, 'qitech')).toBe('live');
    expect(await cancel(await linked('qitech', 'works', true))).toMatchObject(inProgress);
    expect((await cancel(await linked('qitech'))).status).toBe(200);
  });

  it('wins over the setting, survives a restart, and null goes back to the setting', async () => {
    expect(await cancel(await linked('artha'))).toMatchObject(byHand);
    await setMode('artha', 'live');
    expect((await cancel(await linked('artha'))).body.code).toBe('cancellation-pending');
    const restarted = await startTestService(settings);
    expect(await shownMode(restarted, 'artha')).toBe('live');
    await restarted.stop();

    expect((await setMode('artha', null)).body.mode).toBe('manual');

    expect(await cancel(await linked('artha'))).toMatchObject(byHand);
  });

  it.each<[Record<string, unknown>, string[]]>([
    [{}, ['mode']],
    [{ mode: 'off' }, ['mode']],
    [{ mode: 'constructor' }, ['mode']],
    [{ mode: ['live'], sandbox: 'yes' }, ['mode', 'sandbox']],
    [{ mode: 'live', sandbox: null }, ['sandbox']],
    [{ mode: 'paused', until: 'tomorrow' }, ['until']],
    [{ mode: 1, sandbox: 1, until: 1 }, ['mode', 'sandbox', 'until']],
  ])('names each wrong field of %j, and changes nothing', async (body, fields) => {
    const answer = await service.internal('PUT', 'issuers/qitech', body);

    expect({ status: answer.status, fields: Object.keys(answer.body.fields as object).sort() }).toEqual({
      status: 422,
      fields,
    });
    expect(await shownMode(service, 'qitech')).toBe('live');
  });

  it.each(['nobody', 'QITECH', '__proto__'])('is 404 for an account that is not there (%s)', async (issuer) => {
    expect((await service.internal('PUT', `issuers/${issuer}`, { mode: 'paused' })).status).toBe(404);
  });

  it('is 404 for an environment that is not configured, and for another merchant', async () => {
    expect((await setMode('vault', 'paused', true)).status).toBe(404);
    expect((await service.internal('PUT', 'issuers/vault?merchant=test-suite', { mode: 'paused' })).status).toBe(404);
    expect(await database.query('select 1 from issuer_modes')).toEqual([]);
  });

  it.each(['GET issuers', 'PUT issuers/qitech'])('%s is 401 without the token', async (what) => {
    const [method = '', path] = what.split(' ');

    const { status } = await fetch(`${service.url}/internal/${path}`, {
      method,
      ...(method === 'PUT' ? { body: '{"mode":"paused"}' } : {}),
    });

    expect(status).toBe(401);
    expect(await shownMode(service, 'qitech')).toBe('live');
  });
});

describe('an issuer that is paused', () => {
  it('leaves cancellations waiting with an alert, and they are sent soon after it is live again', async () => {
    await setMode('qitech', 'paused');
    const payments = [await linked('qitech'), await linked('qitech'), await linked('qitech')];
    for (const payment of payments) expect(await cancel(payment)).toMatchObject(inProgress);
    const { state, events, attempts } = await cancellationOf(payments[0]!);
    expect({ state, attempts }).toEqual({ state: 'waiting', attempts: [] });
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'alert', text: expect.stringContaining('QI Tech is paused') as string }),
    );

    await setMode('qitech', null);

    for (const payment of payments) await becomes(payment, 'cancelled');
    for (const { reference } of payments) expect(effectsOf(simulators, 'qitech', reference)).toHaveLength(1);
    expect((await cancel(payments[0]!)).status).toBe(200);
  });

  it('is not asked either, until it is live again', async () => {
    const payment = await linked('qitech');
    simulators.of.qitech.script(payment.reference, [{ effect: 'none', answer: 'reset' }]);
    await cancel(payment);
    await setMode('qitech', 'paused');
    await otherKnows('paused');
    const calls = simulators.of.qitech.requests.length;

    await passTime(database, payment.paymentId, 60 * SECOND);
    await service.internal('POST', `payments/${payment.paymentId}/check`);

    expect(simulators.of.qitech.requests).toHaveLength(calls);
    await setMode('qitech', null);
    await becomes(payment, 'cancelled');
    expect(effectsOf(simulators, 'qitech', payment.reference)).toHaveLength(1);
  });

  it('and so they are when a process looks at them that has not heard of it yet', async () => {
    await setMode('qitech', 'paused');
    await otherKnows('paused');
    const payment = await linked('qitech');
    await cancel(payment);
    // So much later that a look while it is paused puts the next one two minutes off.
    await passTime(database, payment.paymentId, 60 * SECOND);
    await until('a process has looked', async () => (await dueIn(payment)) > 100 * SECOND);
    const elsewhere = await startTestService(settings);
    elsewhere.service.app.get(FollowUp).stop();

    try {
      await elsewhere.internal('PUT', 'issuers/qitech', { mode: null });
      await database.query(`update cancellations set next_check_at = now() - interval '5 s' where payment_id = $1`, [
        payment.paymentId,
      ]);
      await Promise.all([service, other].map((at) => at.service.app.get(FollowUp).sweep()));

      await becomes(payment, 'cancelled');
    } finally {
      await elsewhere.stop();
    }
  });
});

describe('an issuer in mode manual', () => {
  it('gives people what waits and was never sent', async () => {
    await setMode('qitech', 'paused');
    const payment = await linked('qitech');
    await cancel(payment);

    await setMode('qitech', 'manual');

    await becomes(payment, 'manual');
    expect(await cancellationOf(payment)).toMatchObject({ reason: 'mode_manual', attempts: [] });
    expect(await cancel(payment)).toMatchObject(byHand);
    expect(await cancel(await linked('qitech'))).toMatchObject(byHand);
    expect(cancelsOf(simulators, 'qitech', payment.reference)).toEqual([]);
  });

  it('is still asked about what may have been done, and is sent no cancel for it', async () => {
    const [lost, undone] = [await linked('qitech'), await linked('qitech')];
    simulators.of.qitech.script(lost.reference, [{ effect: 'late', answer: 'reset' }]);
    simulators.of.qitech.script(undone.reference, [{ effect: 'none', answer: 'reset' }]);
    await Promise.all([lost, undone].map((payment) => cancel(payment)));
    await until('the late effect', () => effectsOf(simulators, 'qitech', lost.reference).length === 1);

    await setMode('qitech', 'manual');
    await otherKnows('manual');
    for (const { paymentId } of [lost, undone]) await passTime(database, paymentId, 11 * SECOND);

    await becomes(lost, 'cancelled');
    const asked = await until('the other one was asked', async () => {
      const cancellation = await cancellationOf(undone);
      return cancellation.attempts.length === 3 && cancellation.state === 'waiting' && cancellation;
    });
    expect(asked.attempts).toEqual(['cancel unknown', 'query not-cancelled', 'query not-cancelled']);
    expect(cancelsOf(simulators, 'qitech', undone.reference)).toHaveLength(1);
    await setMode('qitech', null);
    await otherKnows('live');
    await passTime(database, undone.paymentId, 60 * SECOND);
    await becomes(undone, 'cancelled');
    expect(cancelsOf(simulators, 'qitech', undone.reference)).toHaveLength(2);
  });
});

describe('an issuer in mode dry-run', () => {
  it('records the request that it would have been sent, gives it to people, and is never sent it later', async () => {
    await setMode('qitech', 'dry-run');
    const payment = await linked('qitech');

    expect(await cancel(payment)).toMatchObject(byHand);

    const { reason, events } = await cancellationOf(payment);
    const key = String(payment.reference.paymentInstrumentKey);
    expect(reason).toBe('dry_run');
    expect(events.find(({ kind }) => kind === 'dry-run')?.text).toMatch(
      new RegExp(`^Dry run, nothing was sent\\. It would have been: PATCH http://.*${key}/cancel`),
    );
    await setMode('qitech', null);
    await passTime(database, payment.paymentId, 60 * SECOND);
    await service.internal('POST', `payments/${payment.paymentId}/check`);
    expect(await service.cancel(payment.paymentId, { requestId: 'R2' })).toMatchObject(byHand);
    expect(cancelsOf(simulators, 'qitech', payment.reference)).toEqual([]);
  });

  it('also when it waited before', async () => {
    await setMode('qitech', 'paused');
    const payment = await linked('qitech');
    await cancel(payment);

    await setMode('qitech', 'dry-run');

    await becomes(payment, 'manual');
    const { reason, events } = await cancellationOf(payment);
    expect(reason).toBe('dry_run');
    expect(events.map(({ kind }) => kind)).toContain('dry-run');
    expect(cancelsOf(simulators, 'qitech', payment.reference)).toEqual([]);
  });
});
