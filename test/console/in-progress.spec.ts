import { CancellationStore } from '../../src/cancellations/cancellation-store.js';
import type { IssuerCode } from '../../src/issuers/index.js';
import type { BehaviourName } from '../../src/issuers/simulator-server.js';
import { hiddenFieldsOf, signIn, wordsOf, type SignedIn } from '../support/console.js';
import { makeTestDatabase, type TestDatabase } from '../support/database.js';
import { postWithOwnToken } from '../support/own-token.js';
import { cancelsOf, type Reference } from '../support/issuer-traffic.js';
import { newId, startTestService, type TestService } from '../support/service.js';
import { startTestSimulators, type TestSimulators } from '../support/simulators.js';
import { passTime } from '../support/time.js';
import { until } from '../support/until.js';

const HOUR = 3_600_000;

let simulators: TestSimulators;
let database: TestDatabase;
let service: TestService;
let operator: SignedIn;
let viewer: SignedIn;
let stranger: SignedIn;

beforeAll(async () => {
  simulators = await startTestSimulators(300);
  database = await makeTestDatabase();
  service = await startTestService({
    ...simulators.settings,
    QITECH_TIMEOUT_MS: '1000',
    VAULT_TIMEOUT_MS: '4000',
    ANSWER_DEADLINE_MS: '500',
    DATABASE_URL: database.url,
  });
  operator = await signIn(service, { role: 'operator', name: 'Olga Operator' });
  viewer = await signIn(service, { role: 'viewer' });
  stranger = await signIn(service, { role: 'admin', merchant: 'other-shop' });
}, 120_000);

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

async function linked(issuer: IssuerCode, behaviour: BehaviourName = 'works', orderId?: string): Promise<Payment> {
  const paymentId = newId();
  const reference = simulators.of[issuer].referenceFor(behaviour);
  const link = { issuer, reference, ...(orderId === undefined ? {} : { orderId }) };
  expect((await service.link(paymentId, link)).status).toBe(201);
  return { issuer, paymentId, reference };
}

/** Its cancel was sent, a query said that nothing was done, and the next look is far away. */
async function waiting(orderId?: string): Promise<Payment> {
  const payment = await linked('qitech', 'hangs', orderId);
  await service.cancel(payment.paymentId, { requestId: 'R1' });
  await until('it was sent and asked for', async () => {
    const { cancellation } = await service.history(payment.paymentId);
    return cancellation?.state === 'waiting' && cancellation.attempts.length === 2;
  });
  await database.query(
    `update cancellations set next_check_at = now() + interval '8 minutes 30 seconds' where payment_id = $1`,
    [payment.paymentId],
  );
  return payment;
}

const stateOf = async ({ paymentId }: Payment) => (await service.history(paymentId)).cancellation?.state;

const pathOf = ({ paymentId }: Payment) => `/console/payments/${paymentId}`;

const takeOver = (payment: Payment, by: SignedIn = operator) => by.submit(`${pathOf(payment)}/take-over`);

const rowOf = (html: string, { paymentId }: Payment) => {
  const row = html.split('<tr>').find((part) => part.includes(paymentId));
  return row === undefined ? null : wordsOf(row);
};

describe('the page of what is in progress', () => {
  it('explains itself where nothing is', async () => {
    const { status, html } = await stranger.get('/console/in-progress');

    expect(status).toBe(200);
    expect(wordsOf(html)).toContain('Nothing is in progress.');
    expect(wordsOf(html)).not.toContain('Do not cancel');
  });

  it('says what was tried, what comes next and when, and not to cancel by hand', async () => {
    const payment = await waiting('ORDER-77');

    const { html } = await operator.get('/console/in-progress');

    expect(wordsOf(html)).toContain('Do not cancel these by hand.');
    const row = rowOf(html, payment);
    expect(row).toContain('ORDER-77');
    expect(row).toContain('QI Tech');
    expect(row).toContain('We asked the issuer: it is not cancelled.');
    expect(row).toMatch(/in [78] min/);
    expect(row).toContain('Take over');
    expect(html).toContain(`href="${pathOf(payment)}/take-over"`);
  });

  it('offers a viewer nothing to press, and shows another merchant nothing', async () => {
    const payment = await waiting();

    const seen = await viewer.get('/console/in-progress');
    const other = await stranger.get('/console/in-progress');

    expect(rowOf(seen.html, payment)).toContain('QI Tech');
    expect(seen.html).not.toContain(`${payment.paymentId}/take-over`);
    expect(seen.html).not.toContain(`action="${pathOf(payment)}/check"`);
    expect(other.html).not.toContain(payment.paymentId);
  });

  it('is paged, the oldest first, without losing or repeating one', async () => {
    const shop = await signIn(service, { role: 'operator', merchant: 'paged-shop' });
    await database.query(
      `insert into payments (merchant_id, payment_id, sandbox, seen_before)
         select 'paged-shop', 'P' || lpad(n::text, 3, '0'), false, true from generate_series(1, 120) n`,
    );
    // Several in the very same moment.
    await database.query(
      `insert into cancellations (merchant_id, payment_id, cancellation_id, issuer, state, claimed_at, next_check_at)
         select 'paged-shop', 'P' || lpad(n::text, 3, '0'), 'C' || n, 'vault', 'waiting',
                now() - interval '1 hour' + (n / 7) * interval '1 second', now() + interval '1 hour'
         from generate_series(1, 120) n`,
    );

    const shown: string[][] = [];
    let path: string | null = '/console/in-progress?issuer=vault';
    while (path !== null) {
      const { html }: { html: string } = await shop.get(path);
      shown.push([...html.matchAll(/href="\/console\/payments\/(P\d{3})"/g)].map(([, id = '']) => id));
      path = /href="(\/console\/in-progress\?[^"]*after=[^"]*)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? null;
    }

    const expected = Array.from({ length: 120 }, (_, index) => `P${String(index + 1).padStart(3, '0')}`);
    expect(shown.map(({ length }) => length)).toEqual([50, 50, 20]);
    expect(shown.flat()).toEqual(expected);
    const { html } = await shop.get('/console/in-progress?issuer=artha');
    expect(wordsOf(html)).toContain('Nothing is in progress at artha.');
    expect(wordsOf(html)).toContain('Vault is not set up for this store');
  });

  it('says on top why an issuer gets nothing, and how many wait for that', async () => {
    await service.internal('PUT', 'issuers/corecard', { mode: 'paused' });
    const payment = await linked('corecard');
    await service.cancel(payment.paymentId, { requestId: 'R1' });

    const { html } = await operator.get('/console/in-progress?issuer=corecard');

    expect(wordsOf(html)).toContain('CoreCard is paused: nothing is sent to it. 1 cancellation waits for this.');
    expect(rowOf(html, payment)).toContain('Nothing has been sent yet.');
    await service.internal('PUT', 'issuers/corecard', { mode: null });
    await until('it is cancelled', async () => (await stateOf(payment)) === 'cancelled');
  });
});

describe('taking a cancellation over', () => {
  it('is asked for on a page of its own, which changes nothing', async () => {
    const payment = await waiting();

    const { status, html } = await operator.get(`${pathOf(payment)}/take-over`);

    expect(status).toBe(200);
    expect(wordsOf(html)).toContain('Nothing more is sent to QI Tech for this payment.');
    expect(await stateOf(payment)).toBe('waiting');
  });

  it('gives it to this person, and nothing is sent any more', async () => {
    const payment = await waiting();
    const sent = simulators.of.qitech.requests.length;

    const { status, location } = await takeOver(payment);

    expect(status).toBe(303);
    expect(location).toMatch(/^\/console\/manual-cancellations\/[0-9a-f-]{36}\?done=taken-over$/);
    const [task] = await database.query<object>(
      `select m.state, m.reason, p.name from manual_cancellations m join people p on p.merchant_id = m.merchant_id and p.person_id = m.taken_by
       where m.payment_id = $1`,
      [payment.paymentId],
    );
    expect(task).toEqual({ state: 'taken', reason: 'taken_over', name: 'Olga Operator' });
    // VTEX asks again, and the time of every further step passes.
    const { body } = await service.cancel(payment.paymentId, { requestId: 'R2' });
    await passTime(database, payment.paymentId, 2 * HOUR);
    await service.internal('POST', `payments/${payment.paymentId}/check`, {});
    expect(body.code).toBe('cancel-manually');
    expect(cancelsOf(simulators, 'qitech', payment.reference)).toHaveLength(1);
    const later = simulators.of.qitech.requests.slice(sent).filter(({ method }) => method !== 'GET');
    expect(later).toEqual([]);
  });

  it('loses to a proof that came first', async () => {
    const payment = await waiting();
    const page = await operator.get(`${pathOf(payment)}/take-over`);
    expect(page.status).toBe(200);
    await database.query(
      `update cancellations set state = 'cancelled', proof = 'query', next_check_at = null, finished_at = now(), version = version + 1
       where payment_id = $1`,
      [payment.paymentId],
    );

    const { status, html } = await operator.post(
      `${pathOf(payment)}/take-over`,
      hiddenFieldsOf(page.html, `${pathOf(payment)}/take-over`),
    );

    expect(status).toBe(409);
    expect(wordsOf(html)).toContain('It is no longer in progress, so there was nothing to take over.');
    expect(wordsOf(html)).toContain('Cancelled');
    expect(
      await database.query('select 1 from manual_cancellations where payment_id = $1', [payment.paymentId]),
    ).toEqual([]);
    expect((await operator.get(`${pathOf(payment)}/take-over`)).location).toBe(pathOf(payment));
  });

  it('says that a call is still out, and a proof in its answer stands the person down', async () => {
    const payment = await linked('vault');
    // Cancelled at the issuer, and answered only after we have been told to stop.
    simulators.of.vault.script(payment.reference, [{ effect: 'before-answer', answer: 'slow', afterMs: 2_500 }]);
    await service.cancel(payment.paymentId, { requestId: 'R1' });
    expect(await stateOf(payment)).toBe('asking');

    const asked = await operator.get(`${pathOf(payment)}/take-over`);
    const taken = await takeOver(payment);

    expect(wordsOf(asked.html)).toContain('its answer is not there yet');
    expect(taken.location).toMatch(/\?done=taken-over-under-way$/);
    expect(await stateOf(payment)).toBe('manual');
    await until('the late answer is applied', async () => (await stateOf(payment)) === 'cancelled');
    const tasks = await database.query('select state from manual_cancellations where payment_id = $1', [
      payment.paymentId,
    ]);
    expect(tasks).toEqual([{ state: 'not-needed' }]);
    expect(cancelsOf(simulators, 'vault', payment.reference)).toHaveLength(1);
    expect(wordsOf((await operator.get(pathOf(payment))).html)).toContain(
      'The issuer confirmed the cancellation in its answer.',
    );
  });

  it('does not wait for ever for a call whose process has died', async () => {
    const payment = await waiting();
    const age = (table: string, column: string) =>
      database.query(`update ${table} set ${column} = ${column} - interval '31 seconds' where payment_id = $1`, [
        payment.paymentId,
      ]);
    await database.query(
      `insert into attempts (merchant_id, payment_id, attempt_no, kind) values ('default', $1, 9, 'cancel')`,
      [payment.paymentId],
    );
    await database.query(
      `update cancellations set state = 'asking', lease_until = now() + interval '20 seconds', version = version + 1
       where payment_id = $1`,
      [payment.paymentId],
    );
    const store = service.service.app.get(CancellationStore);
    const { location } = await takeOver(payment);
    expect(location).toMatch(/\?done=taken-over-under-way$/);
    const page = location?.replace(/\?.*/, '') ?? '';

    await store.closeAbandonedAttempts();
    const before = wordsOf((await operator.get(page)).html);
    await age('attempts', 'started_at');
    await age('manual_cancellations', 'opened_at');
    await store.closeAbandonedAttempts();
    const after = wordsOf((await operator.get(page)).html);

    expect(before).toContain('is still under way');
    expect(after).not.toContain('is still under way');
    expect(after).toContain('A cancel was sent and its answer is not known.');
    expect((await service.history(payment.paymentId)).cancellation?.attempts.at(-1)).toMatchObject({
      outcome: 'unknown',
    });
  });

  it('is refused to a viewer, and changes nothing', async () => {
    const payment = await waiting();
    const page = await viewer.get(pathOf(payment));

    const refused = await viewer.get(`${pathOf(payment)}/take-over`);
    const posted = await postWithOwnToken(viewer, `${pathOf(payment)}/take-over`);
    const checked = await postWithOwnToken(viewer, `${pathOf(payment)}/check`);

    expect(checked.status).toBe(403);
    expect([refused.status, posted.status]).toEqual([403, 403]);
    expect(wordsOf(page.html)).toContain('Your role only allows looking.');
    expect(await stateOf(payment)).toBe('waiting');
  });
});

describe('checking now', () => {
  it('asks the issuer at once, and shows what came of it', async () => {
    const payment = await waiting();
    simulators.of.qitech.script(payment.reference, [{ effect: 'before-answer', answer: 'natural' }]);
    await database.query(
      `update attempts set started_at = started_at - interval '1 minute', ended_at = ended_at - interval '1 minute' where payment_id = $1`,
      [payment.paymentId],
    );

    const { status, location } = await operator.submit(`${pathOf(payment)}/check`, {}, pathOf(payment));

    expect({ status, location }).toEqual({ status: 303, location: `${pathOf(payment)}?done=checked` });
    const { html } = await operator.get(location ?? '');
    expect(wordsOf(html)).toContain('Checked. How it stands now is below.');
    expect(wordsOf(html)).toContain('The issuer confirmed the cancellation in its answer.');
  });

  it('says when it is possible again', async () => {
    const payment = await waiting();

    const { html } = await operator.get(pathOf(payment));

    expect(wordsOf(html)).toContain('Checked a moment ago; possible again in');
    expect(html).not.toContain(`action="${pathOf(payment)}/check"`);
  });

  it('is off with the reason while it can do nothing', async () => {
    const neverSent = newId();
    await service.cancel(neverSent, { requestId: 'R1' });

    const { html } = await operator.get(`/console/payments/${neverSent}`);

    expect(html).toMatch(/<button[^>]*disabled[^>]*>Check now/);
    expect(wordsOf(html)).toContain('No card is linked to this payment, so nobody can be asked.');
  });
});

it.each(['', '/take-over'])('another merchant’s payment%s looks like none', async (rest) => {
  const payment = await waiting();

  const theirs = await stranger.get(`${pathOf(payment)}${rest}`);
  const none = await stranger.get(`/console/payments/${newId()}${rest}`);

  expect([theirs.status, none.status]).toEqual([404, 404]);
  const withoutForms = (html: string) => html.replaceAll(/value="[0-9a-f]{64}"/g, '');
  expect(withoutForms(theirs.html)).toBe(withoutForms(none.html));
});

it.each(['take-over', 'check'])('another merchant cannot send %s for a payment', async (what) => {
  const payment = await waiting();

  const posted = await postWithOwnToken(stranger, `${pathOf(payment)}/${what}`);

  expect(posted.status).toBe(404);
  expect(await stateOf(payment)).toBe('waiting');
});
