import { randomUUID } from 'node:crypto';
import { IssuerCallbacks } from '../src/cancellations/issuer-callbacks.js';
import type { CorecardCallback, CorecardSimulator } from '../src/issuers/corecard/simulator.js';
import type { IssuerCode } from '../src/issuers/index.js';
import type { QitechCallback, QitechSimulator } from '../src/issuers/qitech/simulator.js';
import type { Behaviour, BehaviourName } from '../src/issuers/simulator-server.js';
import { addPerson } from './support/console.js';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { send } from './support/http.js';
import { cancelsOf, effectsOf, type Reference } from './support/issuer-traffic.js';
import { newId, startTestService, type TestService } from './support/service.js';
import { startTestSimulators, type TestSimulators } from './support/simulators.js';
import { expireLease, passAnHourOfNotices, passTime } from './support/time.js';
import { until } from './support/until.js';

/*
 * Callbacks that name a card instead of a task: CoreCard's, which is proof only after a cancel of ours that ended unknown, and QI Tech's,
 * which is only a reason to ask.
 */

const SECOND = 1_000;

let simulators: TestSimulators;
let corecard: CorecardSimulator;
let qitech: QitechSimulator;
let database: TestDatabase;
let service: TestService;

beforeAll(async () => {
  simulators = await startTestSimulators(300);
  corecard = simulators.of.corecard as CorecardSimulator;
  qitech = simulators.of.qitech as QitechSimulator;
  database = await makeTestDatabase();
  service = await startTestService({
    ...simulators.settings,
    CORECARD_TIMEOUT_MS: '1000',
    QITECH_TIMEOUT_MS: '1000',
    ANSWER_DEADLINE_MS: '2500',
    DATABASE_URL: database.url,
  });
});

afterAll(async () => {
  await service?.stop();
  await simulators?.stop();
  await database?.drop();
});

interface Payment {
  readonly issuer: IssuerCode;
  readonly paymentId: string;
  readonly reference: Reference;
}

async function linked(issuer: IssuerCode, more: Reference = {}, behaviour: BehaviourName = 'works'): Promise<Payment> {
  const paymentId = newId();
  const reference = { ...simulators.of[issuer].referenceFor(behaviour), ...more };
  expect((await service.link(paymentId, { issuer, reference })).status).toBe(201);
  return { issuer, paymentId, reference };
}

const script = ({ issuer, reference }: Payment, ...list: Behaviour[]) => simulators.of[issuer].script(reference, list);

const cancel = ({ paymentId }: Payment, at = service) => at.cancel(paymentId, { requestId: 'R1' });

/** A cancel was sent, and what became of it is not known. */
async function unknown(issuer: IssuerCode, effect: Behaviour['effect'], more: Reference = {}): Promise<Payment> {
  const payment = await linked(issuer, more);
  script(payment, { effect, answer: 'reset' });
  expect((await cancel(payment)).status).toBe(500);
  return payment;
}

async function historyOf({ paymentId }: Payment) {
  const { cancellation, events } = await service.history(paymentId);
  return {
    state: cancellation?.state,
    attempts: cancellation?.attempts.map(({ kind, outcome }) => `${kind} ${outcome}`),
    events: events.map(({ kind }) => kind),
  };
}

const becomes = (payment: Payment, state: string) =>
  until(`it is ${state}`, async () => (await historyOf(payment)).state === state);

const kept = (match: Readonly<Record<string, unknown>>) =>
  database.query<{ sandbox: boolean; processed: boolean }>(
    `select sandbox, processed_at is not null as processed from issuer_callbacks where reference @> $1
     order by received_at, sandbox`,
    [JSON.stringify(match)],
  );

const manualCancellationsOf = ({ paymentId }: Payment) =>
  database.query<{ reason: string; state: string; resolution: string | null; notices: string[] }>(
    `select reason, state, resolution, array(
       select event from notices n where n.manual_cancellation_id = m.manual_cancellation_id order by created_at) as notices
     from manual_cancellations m where payment_id = $1`,
    [paymentId],
  );

const adminNumberOf = ({ reference }: Payment) => ({ adminNumber: String(reference.adminNumber) });

const cardKeyOf = ({ reference }: Payment) => ({ cardKey: String(reference.cardKey) });

async function post(path: string, { headers, body }: { headers: Readonly<Record<string, string>>; body: string }) {
  const { status, text } = await send(service.url + path, { method: 'POST', headers, body });
  return { status, body: JSON.parse(text) as unknown };
}

function alert(about: CorecardCallback, at?: string) {
  const { path, ...message } = corecard.callback(about);
  return post(at === undefined ? path : path.replace(/^[^?]*/, at), message);
}

const webhook = (about: QitechCallback, path = '/callbacks/qitech') =>
  post(path, qitech.callback({ uri: path, ...about }));

const received = { status: 200, body: { Message: 'Received', Status: true } };

describe("CoreCard's webhook", () => {
  it('is proof after a cancel of ours that ended unknown, also of a number that JavaScript cannot hold', async () => {
    const payment = await unknown('corecard', 'before-answer');

    expect(await alert({ ...adminNumberOf(payment), asNumber: true })).toEqual(received);

    expect(await historyOf(payment)).toMatchObject({
      state: 'cancelled',
      attempts: ['cancel unknown', 'callback cancelled'],
    });
    expect((await cancel(payment)).body.cancellationId).not.toBeNull();
    expect(await manualCancellationsOf(payment)).toEqual([]);
  });

  it('changes nothing when it comes again, in these bytes or others', async () => {
    const payment = await unknown('corecard', 'before-answer');
    const about = { ...adminNumberOf(payment), requestId: randomUUID() };

    const answers = await Promise.all([alert(about), alert(about), alert({ ...about, alertType: 'Re Try' })]);

    expect(answers).toEqual([received, received, received]);
    expect((await historyOf(payment)).attempts).toEqual(['cancel unknown', 'callback cancelled']);
    expect(await kept(adminNumberOf(payment))).toHaveLength(4); // two messages, each for live and sandbox, which have one secret
  });

  it('is only a reason to check when two payments have its AdminNumber', async () => {
    const one = await unknown('corecard', 'before-answer');
    const two = await unknown('corecard', 'none', { ...adminNumberOf(one), cardSequenceNumber: 2 });

    expect(await alert(adminNumberOf(one))).toEqual(received);

    for (const payment of [one, two]) {
      await until('it was noted', async () => (await historyOf(payment)).events.includes('callback'));
      expect(await historyOf(payment)).toMatchObject({ state: 'waiting', attempts: ['cancel unknown'] });
    }
  });

  it('that comes while our call is under way counts when that call ends unknown', async () => {
    const payment = await linked('corecard');
    script(payment, { effect: 'before-answer', answer: 'hang' });
    const answer = cancel(payment);
    await until('the effect', () => effectsOf(simulators, 'corecard', payment.reference).length === 1);

    expect(await alert(adminNumberOf(payment))).toEqual(received);
    expect((await historyOf(payment)).state).toBe('asking');

    expect(await answer).toMatchObject({ status: 200, body: { code: null } });
    expect((await historyOf(payment)).attempts).toEqual(['cancel unknown', 'callback cancelled']);
  });

  it('that comes while our call is under way counts when another process takes that call over', async () => {
    const patient = await startTestService({
      ...simulators.settings,
      CORECARD_TIMEOUT_MS: '8000',
      ANSWER_DEADLINE_MS: '500',
      DATABASE_URL: database.url,
    });
    const payment = await linked('corecard');
    script(payment, { effect: 'before-answer', answer: 'hang' });
    expect((await cancel(payment, patient)).status).toBe(500);
    expect(await alert(adminNumberOf(payment))).toEqual(received);
    expect((await historyOf(payment)).state).toBe('asking');

    await expireLease(database, payment.paymentId);
    await service.internal('POST', `payments/${payment.paymentId}/check`);

    expect(await historyOf(payment)).toMatchObject({
      state: 'cancelled',
      attempts: ['cancel unknown', 'callback cancelled'],
    });
    await patient.stop();
  });

  it('that came before our cancel is no proof of it', async () => {
    const payment = await linked('corecard');
    await alert(adminNumberOf(payment));
    expect(await kept(adminNumberOf(payment))).toContainEqual({ sandbox: false, processed: false });

    script(payment, { effect: 'none', answer: 'reset' });
    await cancel(payment);

    expect(await historyOf(payment)).toMatchObject({ state: 'waiting', attempts: ['cancel unknown'] });
    expect((await historyOf(payment)).events).toContain('callback');
    expect(await kept(adminNumberOf(payment))).toContainEqual({ sandbox: false, processed: true });
  });

  it('after a refusal is an alert, and leaves the person where they are', async () => {
    const payment = await linked('corecard', {}, 'refuses');
    await cancel(payment);

    expect(await alert(adminNumberOf(payment))).toEqual(received);

    const { state, attempts, events } = await historyOf(payment);
    expect({ state, attempts }).toEqual({ state: 'manual', attempts: ['cancel refused'] });
    expect(events).toContain('alert');
    expect(await manualCancellationsOf(payment)).toMatchObject([{ state: 'open' }]);
  });

  it('stands a person down after giving up', async () => {
    const payment = await unknown('corecard', 'before-answer');
    await passTime(database, payment.paymentId, 2 * 3_600 * SECOND);
    await becomes(payment, 'manual');

    expect(await alert(adminNumberOf(payment))).toEqual(received);

    expect((await historyOf(payment)).state).toBe('cancelled');
    expect(await manualCancellationsOf(payment)).toMatchObject([
      { state: 'not-needed', notices: ['manual_required', 'not_needed'] },
    ]);
  });

  it.each(['/callbacks/corecard', '/callbacks/corecard/default'])('is heard at %s too', async (path) => {
    const payment = await unknown('corecard', 'before-answer');

    expect(await alert(adminNumberOf(payment), path)).toEqual(received);

    expect((await historyOf(payment)).state).toBe('cancelled');
  });

  it('at the path of one account is for that account alone', async () => {
    const payment = await unknown('corecard', 'before-answer');

    expect(await alert(adminNumberOf(payment), '/callbacks/corecard/default-sandbox')).toEqual(received);

    expect((await historyOf(payment)).state).toBe('waiting');
    expect(await kept(adminNumberOf(payment))).toEqual([{ sandbox: true, processed: false }]);
  });

  it.each(['nobody', 'test-suite', 'default%2Fx', '__proto__'])('has nobody to hear it at account %s', async (name) => {
    const payment = await unknown('corecard', 'before-answer');

    const [nobodys, forged] = [
      await alert(adminNumberOf(payment), `/callbacks/corecard/${name}`),
      await alert({ ...adminNumberOf(payment), forged: true }, '/callbacks/corecard/default'),
    ];

    expect(nobodys).toEqual(forged);
    expect(nobodys.status).toBe(401);

    expect(await kept(adminNumberOf(payment))).toEqual([]);
  });

  it('with a wrong secret, with none, or by GET is refused and leaves no row', async () => {
    const payment = await unknown('corecard', 'before-answer');
    const { path, ...message } = corecard.callback(adminNumberOf(payment));

    const forged = await alert({ ...adminNumberOf(payment), forged: true });
    const bare = await post(path.replace(/\?.*/, ''), message);
    const got = await fetch(service.url + path);

    expect(forged).toEqual({ status: 401, body: { Message: 'Not accepted', Status: false } });
    expect([bare.status, got.status]).toEqual([401, 401]);
    expect((await historyOf(payment)).state).toBe('waiting');
    expect(await kept(adminNumberOf(payment))).toEqual([]);
  });

  it('leaves its secret in no log line, whatever becomes of it', async () => {
    const secret = corecard.settings.CALLBACK_SECRET ?? '';
    const { path, ...message } = corecard.callback({ adminNumber: '129409', cancellationReason: `with ${secret}` });
    const before = service.lines.length;

    await post(path, message);
    await post(path, { ...message, body: '{' });
    await post(path, { ...message, body: ' '.repeat(70_000) });
    await post(`${path}&more=%zz`, message);
    await post(`/payments/%zz${path}`, message);
    await post(`/nowhere${path}`, message);

    expect(service.lines.length).toBeGreaterThan(before);
    expect(service.lines.filter((line) => line.includes(secret))).toEqual([]);
    expect(JSON.stringify(await database.query('select * from issuer_callbacks'))).not.toContain(secret);
  });
});

describe("QI Tech's webhook", () => {
  it('makes us ask, and the answer is the proof', async () => {
    const payment = await unknown('qitech', 'late');
    await until('the late effect', () => effectsOf(simulators, 'qitech', payment.reference).length === 1);
    // A query is not repeated sooner than after 10 s; the follow-up would come later, had it had its turn.
    await database.query(
      `update attempts set started_at = started_at - interval '11 s', ended_at = ended_at - interval '11 s' where payment_id = $1`,
      [payment.paymentId],
    );

    expect((await webhook(cardKeyOf(payment))).status).toBe(200);

    await becomes(payment, 'cancelled');
    const { attempts, events } = await historyOf(payment);
    expect(attempts).toEqual(['cancel unknown', 'query not-cancelled', 'query cancelled']);
    expect(events).toContain('callback');
    expect(cancelsOf(simulators, 'qitech', payment.reference)).toHaveLength(1);
  });

  it('proves nothing by itself', async () => {
    const payment = await unknown('qitech', 'none');

    expect((await webhook(cardKeyOf(payment))).status).toBe(200);

    await until('it was noted', async () => (await historyOf(payment)).events.includes('callback'));
    expect((await historyOf(payment)).state).toBe('waiting');
    expect(effectsOf(simulators, 'qitech', payment.reference)).toEqual([]);
  });

  it('makes us look at what a person has to do, and the answer stands the person down', async () => {
    const payment = await linked('qitech', {}, 'refuses');
    await cancel(payment);
    await becomes(payment, 'manual');
    const sent = cancelsOf(simulators, 'qitech', payment.reference).length;
    qitech.setStatus(payment.reference, { instrument: 'canceled' });

    expect((await webhook(cardKeyOf(payment))).status).toBe(200);

    await becomes(payment, 'cancelled');
    expect((await historyOf(payment)).attempts?.at(-1)).toBe('query already-cancelled');
    expect(cancelsOf(simulators, 'qitech', payment.reference)).toHaveLength(sent);
    expect(await manualCancellationsOf(payment)).toMatchObject([
      { state: 'not-needed', notices: ['manual_required', 'not_needed'] },
    ]);
  });

  it('is kept while nobody knows its card, and is processed by the sweep when it is linked and cancelled', async () => {
    const reference = qitech.referenceFor('works');
    const cardKey = String(reference.cardKey);
    await webhook({ cardKey });
    expect(await kept({ cardKey })).toContainEqual({ sandbox: false, processed: false });
    const paymentId = newId();
    await service.link(paymentId, { issuer: 'qitech', reference });
    await service.service.app.get(IssuerCallbacks).sweep();
    expect(await kept({ cardKey })).toContainEqual({ sandbox: false, processed: false });

    await service.cancel(paymentId, { requestId: 'R1' });
    await service.service.app.get(IssuerCallbacks).sweep();

    expect(await kept({ cardKey })).toContainEqual({ sandbox: false, processed: true });
  });

  it('is deleted after 30 days when it never matched', async () => {
    const [old, young] = [randomUUID(), randomUUID()];
    await webhook({ cardKey: old });
    await webhook({ cardKey: young });
    const age = (cardKey: string, days: number) =>
      database.query(`update issuer_callbacks set received_at = now() - $2 * interval '1 day' where reference @> $1`, [
        JSON.stringify({ cardKey }),
        days,
      ]);
    await age(old, 30.1);
    await age(young, 29.9);

    await service.service.app.get(IssuerCallbacks).sweep();

    expect(await kept({ cardKey: old })).toEqual([]);
    expect(await kept({ cardKey: young })).toHaveLength(2);
  });

  it.each([
    ['lost', 'baas.pospaid_card.card'],
    ['canceled', 'baas.pix.payment'],
  ])('is acknowledged and not kept when it says %s in a webhook of type %s', async (status, webhookType) => {
    const cardKey = randomUUID();

    expect((await webhook({ cardKey, status, webhookType })).status).toBe(200);

    expect(await kept({ cardKey })).toEqual([]);
  });
});

describe('a flood of forged callbacks', () => {
  it('leaves no row and few log lines, and is counted', async () => {
    const [cardKey, adminNumber] = [randomUUID(), '129409000'];
    const { path, ...forgedAlert } = corecard.callback({ adminNumber, forged: true });
    const forgedWebhook = qitech.callback({ cardKey, forged: true });
    const [linesBefore, begunAt] = [service.lines.length, performance.now()];

    for (let round = 0; round < 40; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, at) =>
          at % 5 === 0 ? post('/callbacks/qitech', forgedWebhook) : post(path, forgedAlert),
        ),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    }

    const tookMs = performance.now() - begunAt;
    expect([...(await kept({ cardKey })), ...(await kept({ adminNumber }))]).toEqual([]);
    const said = service.lines.slice(linesBefore).filter((line) => line.includes('A callback was refused'));
    expect(said.length).toBeLessThanOrEqual(1 + tookMs / 10_000);
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    const counted = (issuer: string) =>
      Number(new RegExp(`callback_forged_total\\{issuer="${issuer}"\\} (\\d+)`).exec(metrics)?.[1]);
    expect(counted('qitech') + counted('corecard')).toBeGreaterThanOrEqual(2_000);
  }, 120_000);
});

describe('a late proof', () => {
  /** Refused, and with a person. */
  async function manual(): Promise<Payment> {
    const payment = await linked('qitech', {}, 'refuses');
    await cancel(payment);
    await becomes(payment, 'manual');
    return payment;
  }

  const prove = async (payment: Payment) => {
    qitech.setStatus(payment.reference, { instrument: 'canceled' });
    await webhook(cardKeyOf(payment));
    await becomes(payment, 'cancelled');
  };

  const resolve = ({ paymentId }: Payment, resolution: string) =>
    database.query(
      `update manual_cancellations set state = 'resolved', resolution = $2, closed_at = now() where payment_id = $1`,
      [paymentId, resolution],
    );

  it.each(['refunded-instead', 'cannot-be-cancelled'])(
    'opens again what a person had resolved as %s, with a notice',
    async (resolution) => {
      await passAnHourOfNotices(database);
      const payment = await manual();
      await resolve(payment, resolution);

      await prove(payment);

      expect(await manualCancellationsOf(payment)).toEqual([
        { state: 'open', reason: 'late_success', resolution, notices: ['manual_required', 'manual_required'] },
      ]);
      const { events } = await service.history(payment.paymentId);
      expect(events.find(({ kind }) => kind === 'stood-down')?.text).toContain('look at both');
      await until('the second mail', () => {
        const mails = service.outbox.mails.filter(({ text }) => text.includes(payment.paymentId));
        return mails.some(({ text }) => text.includes('after it had been resolved in another way'));
      });
    },
  );

  it.each(['cancelled-at-issuer', 'already-cancelled', 'not-needed'])(
    'leaves alone what a person had resolved as %s',
    async (resolution) => {
      const payment = await manual();
      await resolve(payment, resolution);

      await prove(payment);

      expect(await manualCancellationsOf(payment)).toMatchObject([
        { state: 'resolved', resolution, notices: ['manual_required'] },
      ]);
    },
  );

  it('tells the person who has taken it that nothing is left to do', async () => {
    const payment = await manual();
    const { personId } = await addPerson(service, { role: 'operator' });
    await database.query(
      `update manual_cancellations set state = 'taken', taken_by = $2, taken_at = now() where payment_id = $1`,
      [payment.paymentId, personId],
    );

    await prove(payment);

    expect(await manualCancellationsOf(payment)).toMatchObject([
      { state: 'not-needed', notices: ['manual_required', 'not_needed'] },
    ]);
  });
});
