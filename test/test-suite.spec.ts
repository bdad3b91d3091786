import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { fullCreate } from './support/create-bodies.js';
import { sendRaw } from './support/raw-http.js';
import { newId, startTestService, type TestService } from './support/service.js';
import { until } from './support/until.js';
import { VtexGateway } from './support/vtex-gateway.js';

const SUITE = { TEST_SUITE_APP_KEY: 'vtexappkey-suite-ABCDEF', TEST_SUITE_APP_TOKEN: 'suite-token-0123456789' };
const isSuite = { 'X-VTEX-API-Is-TestSuite': 'true' };
const ofSuite = {
  'x-vtex-api-appkey': SUITE.TEST_SUITE_APP_KEY,
  'x-vtex-api-apptoken': SUITE.TEST_SUITE_APP_TOKEN,
};

/* The cards of VTEX's Payment Provider Test Suite. */
const APPROVED = '4444333322221111';
const DENIED = '4444333322221112';
const APPROVED_LATER = '4222222222222224';
const DENIED_LATER = '4222222222222225';

let database: TestDatabase;
let gateway: VtexGateway;
let service: TestService;

beforeAll(async () => {
  database = await makeTestDatabase();
  gateway = await new VtexGateway().start();
  service = await startTestService({
    ...SUITE,
    DATABASE_URL: database.url,
    VTEX_CALLBACK_ALLOW_HTTP: '1',
    PUBLIC_URL: 'https://cards.example',
  });
});

afterAll(async () => {
  await service?.stop();
  await gateway?.stop();
  await database?.drop();
});

type Fields = Readonly<Record<string, unknown>>;

const card = (number: unknown): Fields => ({ paymentMethod: 'Visa', card: { ...fullCreate.card, number } });

const create = (paymentId: string, fields: Fields, headers: Readonly<Record<string, string>> = ofSuite) =>
  service.create(paymentId, { callbackUrl: gateway.url(), ...fields }, { ...headers, ...isSuite });

const all = { ...ofSuite, ...isSuite };

/** The one call to VTEX about a payment, once it came. */
const calledAbout = async (paymentId: string) =>
  JSON.parse((await until('VTEX is called', () => gateway.about(paymentId)[0], 15_000)).body) as {
    status: string;
    paymentUrl?: string;
  };

describe("VTEX's Test Suite", () => {
  it('passes the approved flow: authorize, settle, refund', async () => {
    const paymentId = newId();

    const authorized = await create(paymentId, card(APPROVED));
    const settled = await service.settle(paymentId, { requestId: 'S1', value: 20 }, all);
    const refunded = await service.refund(
      paymentId,
      { requestId: 'R1', value: 20, settleId: settled.body.settleId },
      all,
    );

    expect(authorized.body).toMatchObject({ status: 'approved', code: null });
    expect(settled.body).toMatchObject({ settleId: expect.any(String) as string, value: 20 });
    expect(refunded.body).toMatchObject({ refundId: expect.any(String) as string, value: 20, code: null });
    const again = await service.refund(paymentId, { requestId: 'R1', value: 20 }, all);
    expect(again.text).toBe(refunded.text);
    const tasks = await service.internal('GET', 'manual-cancellations?merchant=test-suite');
    expect(tasks.body.manualCancellations).toEqual([]);
  });

  it('passes Denied', async () => {
    const paymentId = newId();

    const { body } = await create(paymentId, card(DENIED));

    expect(body.status).toBe('denied');
    expect((await create(paymentId, card(DENIED))).body).toEqual(body);
    expect((await service.settle(paymentId, { requestId: 'S1' }, all)).body.code).toBe('payment-denied');
    expect((await service.refund(paymentId, { requestId: 'R1' }, all)).body.refundId).toBeNull();
  });

  it('passes Cancellation', async () => {
    const paymentId = newId();
    await create(paymentId, card(APPROVED));

    const { status, body } = await service.cancel(paymentId, { requestId: 'C1' }, { headers: all });

    expect([status, body.code]).toEqual([200, null]);
    expect(body.cancellationId).toMatch(/^[0-9A-F]{32}$/);
    expect((await create(paymentId, card(APPROVED))).body.status).toBe('denied');
  });

  it.each([
    ['Async Approved', APPROVED_LATER, 'approved'],
    ['Async Denied', DENIED_LATER, 'denied'],
  ])('passes %s', async (_name, number, ends) => {
    const paymentId = newId();

    expect((await create(paymentId, card(number))).body.status).toBe('undefined');

    expect(await calledAbout(paymentId)).toMatchObject({ paymentId, status: ends });
    const again = await create(paymentId, card(number));
    expect(again.body.status).toBe(ends);
    expect(again.text).toBe(gateway.about(paymentId)[0]?.body);
    expect(gateway.about(paymentId)).toHaveLength(1);
  });

  it.each(['BankInvoice', 'FichaDeposito'])('passes Boleto with %s', async (paymentMethod) => {
    const paymentId = newId();

    const { body } = await create(paymentId, { ...card(null), paymentMethod });

    expect(body).toMatchObject({
      status: 'undefined',
      paymentUrl: `https://cards.example/test-suite/payments/${paymentId}`,
      identificationNumber: expect.stringMatching(/^0+$/) as string,
    });
    const called = await calledAbout(paymentId);
    expect(called.status).toBe('approved');
    expect(called.paymentUrl).toBeUndefined();
  });

  it('passes Redirect, with a card that has no number or none at all', async () => {
    for (const fields of [card(null), { paymentMethod: 'MyRedirect', card: null }, { card: undefined }]) {
      const paymentId = newId();

      const { body } = await create(paymentId, fields);

      expect(body).toMatchObject({
        status: 'undefined',
        paymentUrl: `https://cards.example/test-suite/payments/${paymentId}`,
        redirectUrl: `https://cards.example/test-suite/payments/${paymentId}`,
      });
      expect(await calledAbout(paymentId)).toMatchObject({ status: 'approved' });
    }
  }, 60_000);

  it('is called also after it has asked: it waits for that', async () => {
    const paymentId = newId();
    await create(paymentId, card(APPROVED_LATER));
    await database.query('update authorizations set script_final_at = now() where payment_id = $1', [paymentId]);

    expect((await create(paymentId, card(APPROVED_LATER))).body.status).toBe('approved');

    expect(await calledAbout(paymentId)).toMatchObject({ status: 'approved' });
  });

  it('is not told approved after its cancel', async () => {
    const paymentId = newId();
    await create(paymentId, card(APPROVED_LATER));
    await service.cancel(paymentId, { requestId: 'C1' }, { headers: all });

    const dropped = await until('the call is dropped', async () => {
      const [row] = await database.query<{ drop_reason: string | null }>(
        'select drop_reason from vtex_calls where payment_id = $1',
        [paymentId],
      );
      return row?.drop_reason;
    });

    expect(dropped).toBe('cancelled');
    expect(gateway.about(paymentId)).toEqual([]);
    expect((await create(paymentId, card(APPROVED_LATER))).body.status).toBe('denied');
  });

  it('settles a later one only once it is approved', async () => {
    const paymentId = newId();
    await create(paymentId, card(APPROVED_LATER));

    expect((await service.settle(paymentId, { requestId: 'S1' }, all)).body.code).toBe('not-authorized');

    await calledAbout(paymentId);
    expect((await service.settle(paymentId, { requestId: 'S1' }, all)).status).toBe(200);
  });

  it('leaves no card number anywhere', async () => {
    for (const number of [APPROVED, DENIED, APPROVED_LATER, DENIED_LATER]) await create(newId(), card(number));

    const rows = await database.query<{ row: string }>(
      'select a::text as row from authorizations a union all select e::text from payment_events e',
    );
    const everything = JSON.stringify([rows, service.lines]);
    for (const number of [APPROVED, DENIED, APPROVED_LATER, DENIED_LATER]) expect(everything).not.toContain(number);
  });
});

describe('what is no script', () => {
  it.each([
    ['another merchant, whatever the header says', {}, isSuite],
    ['its merchant without the header', ofSuite, {}],
    ['its merchant with a header that says no', ofSuite, { 'X-VTEX-API-Is-TestSuite': 'false' }],
  ])('is a card of the suite at %s', async (_what, credentials, header) => {
    for (const number of [APPROVED, DENIED]) {
      const paymentId = newId();

      const { body } = await service.create(paymentId, card(number), { ...credentials, ...header });

      expect(body).toMatchObject({ status: 'undefined', code: 'authorization-pending' });
      expect(body.paymentUrl).toBeUndefined();
      const [row] = await database.query<{ script: string | null }>(
        'select script from authorizations where payment_id = $1',
        [paymentId],
      );
      expect(row?.script).toBeNull();
    }
  });

  it('is any other card at the suite’s merchant', async () => {
    expect((await create(newId(), card('5555555555554444'))).body).toMatchObject({
      status: 'undefined',
      code: 'authorization-pending',
    });
  });

  it('is a refund of a payment of the suite’s merchant that was not scripted', async () => {
    const paymentId = newId();
    await create(paymentId, card('5555555555554444'));

    const { body } = await service.refund(paymentId, { requestId: 'R1' }, all);

    expect([body.refundId, body.code]).toEqual([null, 'refund-manually']);
  });
});

describe('the page of a scripted payment', () => {
  it('says in words that it is one, to anybody, and nothing of the payment', async () => {
    const paymentId = newId();

    const { status, headers, text } = await sendRaw(service.url, {
      method: 'GET',
      path: `/test-suite/payments/${paymentId}%3Cscript%3E`,
    });

    expect(status).toBe(200);
    expect(headers['content-type']).toContain('text/html');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(text).toContain('This payment is a script');
    expect(text).not.toContain(paymentId);
    expect(text).not.toContain('<script');
  });
});
