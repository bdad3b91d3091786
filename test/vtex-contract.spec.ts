import fc from 'fast-check';
import { issuers, type IssuerCode } from '../src/issuers/index.js';
import type { SomeIssuer } from '../src/issuers/issuer.js';
import type { BehaviourName } from '../src/issuers/simulator-server.js';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { sendRaw, sendRawCancel, type RawRequest } from './support/raw-http.js';
import { newId, startTestService, testCredentials, vtexHeaders, type TestService } from './support/service.js';
import { issuerCodes, startTestSimulators, type TestSimulators } from './support/simulators.js';
import { until } from './support/until.js';

/** How late a slow answer is; the issuers' time-out is longer, the Test Suite's deadline shorter. */
const LATE_MS = 300;
const TIMEOUT_MS = 1_500;
const TEST_SUITE_DEADLINE_MS = 100;

let simulators: TestSimulators;
/** All issuers live. */
let database: TestDatabase;
let service: TestService;
/** Vault manual, Artha paused, CoreCard not configured, QI Tech live; the OpenAPI's status for manual, 200 for pending. */
let oddDatabase: TestDatabase;
let odd: TestService;
/** All issuers in dry run. */
let dryDatabase: TestDatabase;
let dry: TestService;

beforeAll(async () => {
  simulators = await startTestSimulators(LATE_MS);
  [database, oddDatabase, dryDatabase] = await Promise.all([
    makeTestDatabase(),
    makeTestDatabase(),
    makeTestDatabase(),
  ]);
  service = await startTestService(settings(database));
  odd = await startTestService(
    settings(oddDatabase, {
      VAULT_MODE: 'manual',
      ARTHA_MODE: 'paused',
      CORECARD_BASE_URL: undefined,
      CANCEL_MANUALLY_STATUS: '501',
      PENDING_STATUS: '200',
    }),
  );
  dry = await startTestService(settings(dryDatabase, forEachIssuer('MODE', 'dry-run')));
});

afterAll(async () => {
  await Promise.all([service?.stop(), odd?.stop(), dry?.stop()]);
  await simulators?.stop();
  await Promise.all([database?.drop(), oddDatabase?.drop(), dryDatabase?.drop()]);
});

const forEachIssuer = (name: string, value: string) =>
  Object.fromEntries(issuerCodes.map((code) => [`${code.toUpperCase()}_${name}`, value]));

const settings = (own: TestDatabase, environment: Record<string, string | undefined> = {}) => ({
  ...simulators.settings,
  ...forEachIssuer('TIMEOUT_MS', String(TIMEOUT_MS)),
  DATABASE_URL: own.url,
  ANSWER_DEADLINE_MS: '3000',
  TEST_SUITE_DEADLINE_MS: String(TEST_SUITE_DEADLINE_MS),
  ...environment,
});

/** A payment linked to a card at Vault that behaves as said. */
async function linked(
  behaviour: BehaviourName = 'works',
  link: Record<string, unknown> = {},
  { at = service, paymentId = newId() }: { at?: TestService; paymentId?: string } = {},
) {
  const reference = simulators.of.vault.referenceFor(behaviour);
  const { status } = await at.link(paymentId, { issuer: 'vault', reference, ...link });
  if (status !== 201) throw new Error(`not linked: ${status}`);
  return { paymentId, reference, identity: String(reference.cardRequestId) };
}

/** What an issuer was sent about a card. The simulators are shared, and follow-ups of other payments go on meanwhile. */
const requestsAbout = (issuer: IssuerCode, reference: Readonly<Record<string, unknown>>) =>
  simulators.of[issuer].requests.filter(({ path, body }) =>
    // The others of its values are not the card's alone.
    ['cardRequestId', 'cardId', 'adminNumber', 'paymentInstrumentKey']
      .filter((name) => name in reference)
      .some((name) => `${path} ${body}`.includes(String(reference[name]))),
  );

const identityOf = (issuer: IssuerCode, reference: unknown): string => {
  const kind = (issuers[issuer] as SomeIssuer).reference;
  return kind.identity(kind.schema.parse(reference));
};

const effectsOn = (identity: string) =>
  simulators.of.vault.effects.filter((effect) => effect.identity === identity).length;

/** A payment that create-payment would have told us of, and that bought nothing. */
async function knownAndNeverLinked(): Promise<string> {
  const paymentId = newId();
  await database.query(
    'insert into payments (merchant_id, payment_id, sandbox, seen_before) values ($1, $2, false, true)',
    ['default', paymentId],
  );
  return paymentId;
}

/** A link as it would be left by an issuer that is not configured any more. */
async function linkedBySql(own: TestDatabase, issuer: string, reference: object): Promise<string> {
  const paymentId = newId();
  await own.query('insert into payments (merchant_id, payment_id, sandbox, seen_before) values ($1, $2, false, true)', [
    'default',
    paymentId,
  ]);
  await own.query(
    `insert into issuer_references (merchant_id, issuer, sandbox, identity, payment_id, reference, late)
     values ($1, $2, false, $3, $4, $5, false)`,
    ['default', issuer, paymentId, paymentId, JSON.stringify(reference)],
  );
  return paymentId;
}

const hasNoTrace = async (paymentId: string) =>
  (
    await database.query<{ count: string }>(
      `select (select count(*) from cancellations where payment_id = $1)
            + (select count(*) from cancellation_requests where payment_id = $1) as count`,
      [paymentId],
    )
  )[0]?.count === '0';

async function metric(of: TestService, name: string): Promise<number> {
  const { text } = await sendRaw(of.url, { method: 'GET', path: '/metrics' });
  const lines = text.split('\n').filter((line) => line.startsWith(name));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/* The request examples of VTEX's page Cancel Payment (developers.vtex.com, Payment Provider Protocol), as they stand there. */
const examples = {
  success:
    '{\n    "paymentId": "B2F246B3CE46469FBDD23039868E95D0",\n    "requestId": "007B7D9B3BB4440982D8B6BA04126B01",\n    "authorizationId": "AUT-70D2444272"\n}',
  failNotImplemented:
    '{\n    "paymentId": "F5C1A4E20D3B4E07B7E871F5B5BC9F91",\n    "requestId": "D12D9B80972C462980F5067A3A126837"\n}',
  failGenericError:
    '{\n    "paymentId": "F5C1A4E20D3B4E07B7E871F5B5BC9F91",\n    "requestId": "D12D9B80972C462980F5067A3A126837"\n}',
};
const [FIRST, SECOND] = ['B2F246B3CE46469FBDD23039868E95D0', 'F5C1A4E20D3B4E07B7E871F5B5BC9F91'];

describe("the examples of VTEX's page", () => {
  it('answer "200 - OK" to the one named Success', async () => {
    await linked('works', {}, { paymentId: FIRST });

    const { status, body } = await service.post(FIRST, examples.success);

    expect(status).toBe(200);
    expect(body).toEqual({
      paymentId: FIRST,
      message: 'Successfully cancelled',
      code: null,
      cancellationId: expect.stringMatching(/^[0-9A-F]{32}$/) as string,
      requestId: '007B7D9B3BB4440982D8B6BA04126B01',
    });
  });

  it('answer "200 - Error" to the one named Success where only a person can do it', async () => {
    await linked('works', {}, { at: dry, paymentId: FIRST });

    const { status, body } = await dry.post(FIRST, examples.success);

    expect(status).toBe(200);
    expect(body).toEqual({
      paymentId: FIRST,
      message: expect.stringMatching(/^Cancellation should be done manually/) as string,
      code: 'cancel-manually',
      cancellationId: null,
      requestId: '007B7D9B3BB4440982D8B6BA04126B01',
    });
  });

  it('answer cancel-manually to the one named Fail Not Implemented', async () => {
    await linked('works', {}, { at: dry, paymentId: SECOND });

    const { status, body } = await dry.post(SECOND, examples.failNotImplemented);

    expect({ status, code: body.code }).toEqual({ status: 200, code: 'cancel-manually' });
  });

  it('answer 500 to the one named Fail Generic Error', async () => {
    await linked('hangs', {}, { paymentId: SECOND });

    const { status, body } = await service.post(SECOND, examples.failGenericError);

    expect({ status, code: body.code, id: body.cancellationId }).toEqual({
      status: 500,
      code: 'cancellation-pending',
      id: null,
    });
  });
});

describe("the OpenAPI's answers", () => {
  const requestId = 'D12D9B80972C462980F5067A3A126837';

  it('are 200 for a cancelled payment', async () => {
    const { paymentId } = await linked();

    const { status, body } = await service.cancel(paymentId, { requestId });

    expect({ status, code: body.code }).toEqual({ status: 200, code: null });
  });

  it('are 500 for one in progress', async () => {
    const { paymentId } = await linked('resets');

    const { status, body } = await service.cancel(paymentId, { requestId });

    expect(status).toBe(500);
    expect(body).toMatchObject({ paymentId, requestId, cancellationId: null, code: 'cancellation-pending' });
    expect(body.message).toMatch(/in progress.*[Dd]o not cancel by hand/);
  });

  it('are 501 for a manual one where CANCEL_MANUALLY_STATUS says so', async () => {
    const { paymentId } = await linked('works', {}, { at: odd });

    const { status, body } = await odd.cancel(paymentId, { requestId });

    expect(status).toBe(501);
    expect(body).toMatchObject({ paymentId, requestId, cancellationId: null, code: 'cancel-manually' });
  });

  it('are 200 for one in progress where PENDING_STATUS says so', async () => {
    const reference = simulators.of.qitech.referenceFor('resets');
    const paymentId = newId();
    await odd.link(paymentId, { issuer: 'qitech', reference });

    const { status, body } = await odd.cancel(paymentId, { requestId });

    expect({ status, code: body.code, id: body.cancellationId }).toEqual({
      status: 200,
      code: 'cancellation-pending',
      id: null,
    });
  });
});

describe('credentials', () => {
  const { VTEX_APP_KEY: key, VTEX_APP_TOKEN: token } = testCredentials;

  it.each([
    ['of the X-VTEX-API family', { 'X-VTEX-API-AppKey': key, 'X-VTEX-API-AppToken': token }],
    ['of the X-PROVIDER-API family', { 'X-PROVIDER-API-AppKey': key, 'X-PROVIDER-API-AppToken': token }],
    ['in lower case', { 'x-vtex-api-appkey': key, 'x-provider-api-apptoken': token }],
    ['in upper case', { 'X-PROVIDER-API-APPKEY': key, 'X-VTEX-API-APPTOKEN': token }],
  ])('%s are known', async (_, headers) => {
    const { paymentId } = await linked();

    const { status } = await sendRawCancel(service.url, {
      path: `/payments/${paymentId}/cancellations`,
      headers,
      body: JSON.stringify({ paymentId, requestId: newId() }),
    });

    expect(status).toBe(200);
  });

  const wrong: [string, NonNullable<RawRequest['headers']>][] = [
    ['missing', {}],
    ['empty', { 'X-VTEX-API-AppKey': '', 'X-VTEX-API-AppToken': '' }],
    ['without a token', { 'X-VTEX-API-AppKey': key }],
    ['without a key', { 'X-VTEX-API-AppToken': token }],
    ['with a wrong token', { 'X-VTEX-API-AppKey': key, 'X-VTEX-API-AppToken': `${token}x` }],
    ['with an unknown key', { 'X-VTEX-API-AppKey': 'vtexappkey-nobody', 'X-VTEX-API-AppToken': token }],
    ['sent twice', { 'X-VTEX-API-AppKey': [key, key], 'X-VTEX-API-AppToken': [token, token] }],
    ['as a bearer token', { Authorization: `Bearer ${token}` }],
    ["the operator's", { Authorization: `Bearer ${testCredentials.ADMIN_API_TOKEN}` }],
  ];

  it.each(wrong)('that are %s are answered 401, and nothing is done', async (_, headers) => {
    const { paymentId, identity } = await linked();

    const { status, body } = await sendRawCancel(service.url, {
      path: `/payments/${paymentId}/cancellations`,
      headers,
      body: JSON.stringify({ paymentId, requestId: newId() }),
    });

    expect(status).toBe(401);
    expect(body).toMatchObject({ paymentId, requestId: null, code: 'unauthorized' });
    expect(effectsOn(identity)).toBe(0);
    expect(await hasNoTrace(paymentId)).toBe(true);
    expect((await service.history(paymentId)).events.map(({ kind }) => kind)).toEqual(['linked']);
  });

  it.each([
    ['a bad body', { path: '/payments/ABC/cancellations', body: '{"paymentId":' }],
    ['a body of more than 64 kB', { path: '/payments/ABC/cancellations', body: ' '.repeat(65_537) }],
    ['a badly encoded path', { path: '/payments/%zz/cancellations' }],
    ['a path that is too long', { path: `/payments/${'a'.repeat(5_000)}/cancellations` }],
    ['an unknown path', { path: '/payments/ABC/nothing' }],
    ['another method', { method: 'DELETE', path: '/payments/ABC/cancellations' }],
    ['an encoded spelling of the path', { path: '/%70ayments/ABC/cancellations' }],
    ['a whole address as the path', { path: 'http://any.example/payments/ABC/cancellations' }],
  ])('are asked for before anything is said about %s', async (_, request) => {
    expect((await sendRawCancel(service.url, request)).status).toBe(401);
  });
});

describe('an unusable request', () => {
  const post = (path: string, body?: string | Buffer, headers: RawRequest['headers'] = {}) =>
    sendRawCancel(service.url, {
      path: `/payments/${path}/cancellations`,
      headers: { ...vtexHeaders, 'Content-Type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body }),
    });

  it.each<[string, string | Buffer]>([
    ['no JSON', 'paymentId=ABC&requestId=1'],
    ['half of it', '{"paymentId":"ABC",'],
    ['an array', '[{"paymentId":"ABC","requestId":"1"}]'],
    ['null', 'null'],
    ['text', '"ABC"'],
    ['empty', ''],
    ['no UTF-8', Buffer.from('{"paymentId":"ABC","requestId":"caf\xe9"}', 'latin1')],
    ['of 64 kB exactly, and no JSON', 'x'.repeat(65_536)],
  ])('whose body is %s is answered 400', async (_, body) => {
    const paymentId = newId();

    const answer = await post(paymentId, body);

    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ paymentId, requestId: null });
    expect(answer.body.message).toContain('the body must be a JSON object');
    expect(await hasNoTrace(paymentId)).toBe(true);
  });

  it('without a body and without a content type is answered 400', async () => {
    const { status } = await sendRawCancel(service.url, { path: '/payments/ABC/cancellations', headers: vtexHeaders });

    expect(status).toBe(400);
  });

  it('whose body is larger than 64 kB is answered 400', async () => {
    const paymentId = newId();
    const body = JSON.stringify({ paymentId, requestId: '1', padding: 'x'.repeat(65_536) });

    const answer = await post(paymentId, body);

    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ paymentId, message: 'Invalid request: the body is larger than 64 kB.' });
    expect(await hasNoTrace(paymentId)).toBe(true);
  });

  it.each([
    ['paymentId is missing', {}],
    ['paymentId must be text', { paymentId: 7 }],
    ['paymentId must be text', { paymentId: null }],
    ['paymentId must be text', { paymentId: '' }],
    ['paymentId must be text', { paymentId: ['ABC'] }],
    ['paymentId must be text', { paymentId: 'A\u0000BC' }],
    ['paymentId must be text', { paymentId: '\ud800' }],
    ['paymentId must be text', { paymentId: 'a'.repeat(256) }],
    ['paymentId differs', { paymentId: 'ABCD' }],
    ['paymentId differs', { paymentId: 'abc' }],
    ['paymentId differs', { paymentId: ' ABC' }],
  ])('names its field: %s (%j)', async (words, fields) => {
    const answer = await post('ABC', JSON.stringify({ requestId: 'R1', ...fields }));

    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ paymentId: 'ABC', requestId: 'R1', code: 'invalid-request' });
    expect(answer.body.message).toContain(words);
  });

  it.each([
    ['requestId is missing', {}],
    ['requestId must be text', { requestId: 7 }],
    ['requestId must be text', { requestId: null }],
    ['requestId must be text', { requestId: '' }],
    ['requestId must be text', { requestId: 'R\n1' }],
    ['requestId must be text', { requestId: '\udfff' }],
    ['requestId must be text', { requestId: 'a'.repeat(256) }],
  ])('names its field: %s (%j)', async (words, fields) => {
    const answer = await post('ABC', JSON.stringify({ paymentId: 'ABC', ...fields }));

    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ paymentId: 'ABC', requestId: null });
    expect(answer.body.message).toContain(words);
  });

  it.each([
    ['a control character', '%00'],
    ['256 characters', 'a'.repeat(256)],
    ['256 emoji', encodeURIComponent('\u{1F4B3}'.repeat(256))],
    ['4,000 characters', 'a'.repeat(4_000)],
    ['12,000 characters', 'a'.repeat(12_000)],
    ['bad percent encoding', '%zz'],
    ['half a percent encoding', 'ABC%'],
    ['encoded bytes that are no UTF-8', '%ff%fe'],
    ['an encoded lone surrogate', '%ED%A0%80'],
  ])('whose path has %s is answered 400', async (_, path) => {
    const answer = await post(path, JSON.stringify({ paymentId: path, requestId: 'R1' }));

    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ paymentId: null, code: 'invalid-request', cancellationId: null });
  });

  it('is recorded, and shown with its payment', async () => {
    const paymentId = newId();

    await post(paymentId, 'no JSON');
    await post(paymentId, JSON.stringify({ paymentId }));

    expect((await service.history(paymentId)).events).toMatchObject([
      { kind: 'invalid-request', text: 'A cancel was answered 400: the body must be a JSON object.' },
      { kind: 'invalid-request', text: 'A cancel was answered 400: requestId is missing.' },
    ]);
  });

  it('is not final: put right, it is answered like any other', async () => {
    const { paymentId } = await linked();
    const requestId = newId();
    await post(paymentId, JSON.stringify({ paymentId: paymentId.toLowerCase(), requestId }));

    expect((await service.cancel(paymentId, { requestId })).status).toBe(200);
  });
});

describe('a path', () => {
  it.each([
    ['GET', '/payments/ABC/cancellations', 'ABC'],
    ['PUT', '/payments/ABC/cancellations', 'ABC'],
    ['POST', '/payments/ABC/cancellations/', 'ABC'],
    ['POST', '/payments/ABC/nothing', 'ABC'],
    ['POST', '/payments/ABC', 'ABC'],
    ['POST', '/payments//cancellations', null],
  ])("that leads nowhere (%s %s) is answered 404 in the protocol's shape", async (method, path, paymentId) => {
    const { status, body } = await sendRawCancel(service.url, { method, path, headers: vtexHeaders });

    expect(status).toBe(404);
    expect(body.paymentId).toBe(paymentId);
  });

  it('may be spelt in other ways that mean the same', async () => {
    const { paymentId } = await linked();
    const body = JSON.stringify({ paymentId, requestId: newId() });
    const paths = [
      `/%70ayments/${paymentId}/cancellations`,
      `http://any.example/payments/${paymentId}/cancellations`,
      `/payments/${paymentId}/cancellations?a=b`,
    ];

    const answers = await Promise.all(
      paths.map((path) => sendRawCancel(service.url, { path, headers: vtexHeaders, body })),
    );

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  });
});

describe('ids', () => {
  it.each([
    ['with a slash', 'a/b'],
    ['with every reserved character', "a?b#c%d&e=f+g;h,i:j@k!l$m'n(o)p*q"],
    ['with blanks, accents and other scripts', 'São Paulo 支付'],
    ['of a time and an amount', '2019-02-04T22:53:42-40000'],
    ['of 255 characters', 'a'.repeat(255)],
    ['of 255 emoji', '\u{1F4B3}'.repeat(255)],
    ['that look like something else', '__proto__'],
  ])('%s are taken, for payments and for requests', async (_, id) => {
    const paymentId = [...`${newId()}${id}`].slice(0, 255).join('');
    const { identity } = await linked('works', {}, { paymentId });

    const answer = await service.cancel(paymentId, { requestId: id });

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ paymentId, requestId: id, cancellationId: expect.any(String) as string });
    expect(effectsOn(identity)).toBe(1);
    expect((await service.cancel(paymentId, { requestId: id })).text).toBe(answer.text);
  });

  it('of requests need to be unique for one payment only', async () => {
    const requestId = '2019-02-04T22:53:42-40000';
    const [one, other] = [await linked(), await linked()];

    const answers = await Promise.all([
      service.cancel(one.paymentId, { requestId }),
      service.cancel(other.paymentId, { requestId }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers[0].body.cancellationId).not.toBe(answers[1].body.cancellationId);
    expect([effectsOn(one.identity), effectsOn(other.identity)]).toEqual([1, 1]);
  });
});

describe('a request is read leniently', () => {
  it('with every field of the OpenAPI, and some that nobody knows', async () => {
    const { paymentId } = await linked('works', { value: 2300 });

    const { status } = await service.cancel(paymentId, {
      requestId: newId(),
      authorizationId: 'AUT-70D2444272',
      tid: '1623-AB',
      transactionId: newId(),
      value: 2300,
      nsu: '8123',
      sandboxMode: false,
      merchantSettings: [{ name: 'a', value: 'b' }],
      connectorMetadata: [{ name: 'a', value: 'b' }],
      something: { new: ['\ud800', '\u0000'] },
    });

    expect(status).toBe(200);
  });

  it('with optional fields of wrong types, which count as absent and are logged', async () => {
    const { paymentId } = await linked('works', { value: 2300 });

    const { status } = await service.cancel(paymentId, {
      requestId: newId(),
      authorizationId: { a: 1 },
      value: 'R$ 5',
      sandboxMode: 'perhaps',
    });

    expect(status).toBe(200);
    const line = service.lines.find((text) => text.includes('count as absent') && text.includes(paymentId));
    expect(line).toContain('authorizationId, value, sandboxMode');
    expect(line).not.toContain('R$ 5');
  });

  it('with a value as text, which may mean a part', async () => {
    const { paymentId, identity } = await linked('works', { value: 2990 });

    const { body } = await service.cancel(paymentId, { requestId: newId(), value: '10.00' });

    expect(body.code).toBe('cancel-manually');
    expect(effectsOn(identity)).toBe(0);
  });

  it.each([
    ['text/plain', { 'Content-Type': 'text/plain' }],
    ['another charset', { 'Content-Type': 'application/json; charset=latin1' }],
    ['a form', { 'Content-Type': 'application/x-www-form-urlencoded' }],
    ['none', {}],
  ])('with %s as its content type', async (_, headers) => {
    const { paymentId } = await linked();

    const answer = await sendRawCancel(service.url, {
      path: `/payments/${paymentId}/cancellations`,
      headers: { ...vtexHeaders, ...headers },
      body: JSON.stringify({ paymentId, requestId: newId() }),
    });

    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    });
  });
});

describe('sandboxMode', () => {
  it.each([true, 'true', 'True'])(
    'of %j on a live payment is answered 400, and nothing is claimed',
    async (sandboxMode) => {
      const { paymentId, identity } = await linked();
      const requestId = newId();

      const { status, body } = await service.cancel(paymentId, { requestId, sandboxMode });

      expect(status).toBe(400);
      expect(body).toMatchObject({ paymentId, requestId, code: 'invalid-request' });
      expect(body.message).toContain('sandboxMode');
      expect(await hasNoTrace(paymentId)).toBe(true);
      expect(effectsOn(identity)).toBe(0);
      expect((await service.history(paymentId)).events.at(-1)).toMatchObject({ kind: 'invalid-request' });
      expect((await service.cancel(paymentId, { requestId })).status).toBe(200);
    },
  );

  it('on a live payment that is cancelled already is answered 400 for a new request, and changes no old answer', async () => {
    const { paymentId } = await linked();
    const requestId = newId();
    const first = await service.cancel(paymentId, { requestId });

    expect((await service.cancel(paymentId, { requestId: newId(), sandboxMode: true })).status).toBe(400);
    expect((await service.cancel(paymentId, { requestId, sandboxMode: true })).text).toBe(first.text);
  });

  it.each([true, 'true', false, 'false', undefined])('of %j on a sandbox payment is fine', async (sandboxMode) => {
    const { paymentId, identity } = await linked('works', { sandbox: true });

    expect((await service.cancel(paymentId, { requestId: newId(), sandboxMode })).status).toBe(200);
    expect(effectsOn(identity)).toBe(1);
  });

  it.each([false, 'false', null])('of %j on a live payment is fine', async (sandboxMode) => {
    const { paymentId } = await linked();

    expect((await service.cancel(paymentId, { requestId: newId(), sandboxMode })).status).toBe(200);
  });
});

describe("the Test Suite's header", () => {
  it('shortens the deadline, and the work goes on after it', async () => {
    const { paymentId, identity } = await linked('slow');
    const requestId = newId();

    const inTime = await service.cancel(paymentId, { requestId }, { headers: { 'X-VTEX-API-Is-TestSuite': 'true' } });
    const later = await service.cancel(paymentId, { requestId });

    expect(inTime.status).toBe(500);
    expect(inTime.body.code).toBe('cancellation-pending');
    expect(later.status).toBe(200);
    expect(effectsOn(identity)).toBe(1);
  });

  it('changes nothing when it says false', async () => {
    const { paymentId } = await linked('slow');

    const answer = await service.cancel(
      paymentId,
      { requestId: newId() },
      { headers: { 'X-VTEX-API-Is-TestSuite': 'false' } },
    );

    expect(answer.status).toBe(200);
  });
});

describe('a payment', () => {
  it('that was never seen is for people, and marked', async () => {
    const paymentId = newId();

    const { status, body } = await service.cancel(paymentId, { requestId: newId() });

    expect({ status, code: body.code, id: body.cancellationId }).toEqual({
      status: 200,
      code: 'cancel-manually',
      id: null,
    });
    expect(body.message).toContain('never saw this payment');
    expect((await service.history(paymentId)).cancellation).toMatchObject({
      state: 'manual',
      reason: 'no_link',
      cancellationId: null,
      attempts: [],
    });
    expect(
      await database.query('select seen_before, sandbox from payments where payment_id = $1', [paymentId]),
    ).toEqual([{ seen_before: false, sandbox: false }]);
    expect(await service.manualCancellations()).toContainEqual(
      expect.objectContaining({ paymentId, reason: 'no_link' }),
    );
  });

  it('that was never seen keeps the environment of its cancel', async () => {
    const paymentId = newId();

    const { body } = await service.cancel(paymentId, { requestId: newId(), sandboxMode: true });

    expect(body.code).toBe('cancel-manually');
    expect(await database.query('select sandbox from payments where payment_id = $1', [paymentId])).toEqual([
      { sandbox: true },
    ]);
  });

  it('that we know and that bought nothing is cancelled without asking anybody', async () => {
    const paymentId = await knownAndNeverLinked();

    const { status, body } = await service.cancel(paymentId, { requestId: newId() });

    expect(status).toBe(200);
    expect(body.cancellationId).toMatch(/^[0-9A-F]{32}$/);
    expect((await service.history(paymentId)).cancellation).toMatchObject({ state: 'cancelled', attempts: [] });
    const allRequests = issuerCodes.flatMap((code) => simulators.of[code].requests);
    expect(allRequests.filter(({ path, body: sent }) => `${path}${sent}`.includes(paymentId))).toEqual([]);
  });

  it('that was settled is for people, and its issuer is not asked', async () => {
    const { paymentId, identity } = await linked();
    await database.query(`update payments set settled_at = now(), settle_id = 'S1' where payment_id = $1`, [paymentId]);

    const { body } = await service.cancel(paymentId, { requestId: newId() });

    expect(body.code).toBe('cancel-manually');
    expect((await service.history(paymentId)).cancellation).toMatchObject({
      state: 'manual',
      reason: 'already_settled',
    });
    expect(effectsOn(identity)).toBe(0);
  });

  it.each([
    ['vault', 'refuses', 'refused_by_issuer'],
    ['artha', 'refuses', 'refused_by_issuer'],
    ['corecard', 'refuses', 'already_printed'],
    ['qitech', 'refuses', 'instrument_not_active'],
    ['vault', 'not-found', 'not_found'],
    ['qitech', 'not-found', 'not_found'],
  ] as const)(
    'at %s that is answered with "%s" is for people, with the reason %s',
    async (issuer, behaviour, reason) => {
      const paymentId = newId();
      const reference = simulators.of[issuer].referenceFor(behaviour);
      await service.link(paymentId, { issuer, reference });

      const { status, body } = await service.cancel(paymentId, { requestId: newId() });

      expect({ status, code: body.code, id: body.cancellationId }).toEqual({
        status: 200,
        code: 'cancel-manually',
        id: null,
      });
      expect((await service.history(paymentId)).cancellation).toMatchObject({ state: 'manual', reason });
      expect(await service.manualCancellations()).toContainEqual(
        expect.objectContaining({ paymentId, issuer, reason, kind: 'whole' }),
      );
      const identity = identityOf(issuer, reference);
      expect(simulators.of[issuer].effects.filter((effect) => effect.identity === identity)).toEqual([]);
    },
  );
});

describe('a value', () => {
  it('below the payment is for people, for that request only: the whole can still be cancelled', async () => {
    const { paymentId, identity } = await linked('works', { value: 2300 });
    const partial = newId();

    const first = await service.cancel(paymentId, { requestId: partial, value: 1000 });

    expect({ status: first.status, code: first.body.code }).toEqual({ status: 200, code: 'cancel-manually' });
    expect(effectsOn(identity)).toBe(0);
    expect((await service.history(paymentId)).cancellation).toBeNull();
    expect(await service.manualCancellations()).toContainEqual(
      expect.objectContaining({ paymentId, kind: 'partial', requestId: partial, reason: 'partial' }),
    );

    const whole = await service.cancel(paymentId, { requestId: newId() });

    expect(whole.status).toBe(200);
    expect(whole.body.cancellationId).not.toBeNull();
    expect(effectsOn(identity)).toBe(1);
    expect((await service.cancel(paymentId, { requestId: partial, value: 1000 })).text).toBe(first.text);
  });

  it.each([
    ['equal in cents', 2300],
    ['equal in currency units', 23],
    ['equal in currency units, as text', '23,00'],
    ['larger', 2301],
    ['null', null],
  ])('%s means the whole', async (_, value) => {
    const { paymentId, identity } = await linked('works', { value: 2300 });

    expect((await service.cancel(paymentId, { requestId: newId(), value })).status).toBe(200);
    expect(effectsOn(identity)).toBe(1);
  });

  it('of a payment whose own value is not known means the whole', async () => {
    const { paymentId, identity } = await linked();

    expect((await service.cancel(paymentId, { requestId: newId(), value: 1 })).status).toBe(200);
    expect(effectsOn(identity)).toBe(1);
  });
});

describe('an issuer', () => {
  it('set to manual is not asked; people are', async () => {
    const { paymentId, identity } = await linked('works', {}, { at: odd });

    const { body } = await odd.cancel(paymentId, { requestId: newId() });

    expect(body.code).toBe('cancel-manually');
    expect((await odd.history(paymentId)).cancellation).toMatchObject({ reason: 'mode_manual', attempts: [] });
    expect(effectsOn(identity)).toBe(0);
  });

  it.each(issuerCodes)(
    'in dry run (%s) is not asked, and the request that it would have got is shown',
    async (code) => {
      const paymentId = newId();
      const simulator = simulators.of[code];
      const reference = simulator.referenceFor('works');
      await dry.link(paymentId, { issuer: code, reference });

      const { body } = await dry.cancel(paymentId, { requestId: newId() });

      const { cancellation, events } = await dry.history(paymentId);
      const event = events.find(({ kind }) => kind === 'dry-run');
      expect(body.code).toBe('cancel-manually');
      expect(cancellation).toMatchObject({ state: 'manual', reason: 'dry_run', attempts: [] });
      expect(event?.text).toMatch(/^Dry run, nothing was sent\. It would have been: (POST|PATCH) /);
      expect(event?.text).toContain(simulator.url);
      expect(requestsAbout(code, reference)).toEqual([]);
      const { credentials } = (issuers[code] as SomeIssuer).settings;
      for (const name of credentials) expect(event?.text).not.toContain(simulator.settings[String(name)] ?? '§none§');
    },
  );

  it('that is paused is not asked; the cancellation waits, with an alert', async () => {
    const paymentId = newId();
    const reference = simulators.of.artha.referenceFor('works');
    await odd.link(paymentId, { issuer: 'artha', reference });
    const alerts = await metric(odd, 'alert_total');

    const { body } = await odd.cancel(paymentId, { requestId: newId() });

    expect(body).toMatchObject({ code: 'cancellation-pending', cancellationId: null });
    const { cancellation, events } = await odd.history(paymentId);
    expect(cancellation).toMatchObject({ state: 'waiting', attempts: [], cancellationId: null });
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'alert', text: expect.stringContaining('Artha is paused') as string }),
    );
    expect(await metric(odd, 'alert_total')).toBe(alerts + 1);
    expect(odd.lines.some((line) => line.includes(paymentId) && line.includes('"level":50'))).toBe(true);
    expect(requestsAbout('artha', reference)).toEqual([]);
  });

  it('that is not configured any more is not asked; the cancellation waits, with an alert', async () => {
    const paymentId = await linkedBySql(oddDatabase, 'corecard', simulators.of.corecard.referenceFor('works'));

    const { body } = await odd.cancel(paymentId, { requestId: newId() });

    expect(body).toMatchObject({ code: 'cancellation-pending', cancellationId: null });
    const { cancellation, events } = await odd.history(paymentId);
    expect(cancellation).toMatchObject({ state: 'waiting', attempts: [] });
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'alert', text: expect.stringContaining('not configured') as string }),
    );
  });
});

describe('a repeated request', () => {
  it('gets the same bytes for every final answer, and asks nobody again', async () => {
    const cancelled = await linked();
    const refused = await linked('not-found');
    const partial = await linked('works', { value: 2300 });
    const requests = [
      { paymentId: cancelled.paymentId, body: { requestId: newId(), authorizationId: 'AUT-1' } },
      { paymentId: refused.paymentId, body: { requestId: newId() } },
      { paymentId: partial.paymentId, body: { requestId: newId(), value: 1 } },
      { paymentId: newId(), body: { requestId: newId() } },
      { paymentId: await knownAndNeverLinked(), body: { requestId: newId() } },
    ];
    const ask = () => Promise.all(requests.map(({ paymentId, body }) => service.cancel(paymentId, body)));

    const first = await ask();
    const sent = () => [cancelled, refused, partial].map(({ reference }) => requestsAbout('vault', reference).length);
    const before = sent();
    const replays = await metric(service, 'idempotency_replay_total');
    const again = await ask();

    expect(again.map(({ status, text }) => ({ status, text }))).toEqual(
      first.map(({ status, text }) => ({ status, text })),
    );
    expect(sent()).toEqual(before);
    expect(before).toEqual([1, 1, 0]);
    expect(await metric(service, 'idempotency_replay_total')).toBe(replays + requests.length);
  });

  it('gets the same bytes after a restart, also with other settings', async () => {
    const own = await makeTestDatabase();
    let running = await startTestService(settings(own));
    try {
      const one = await linked('works', {}, { at: running });
      const other = await linked('not-found', {}, { at: running });
      const requestId = newId();
      const before = [
        await running.cancel(one.paymentId, { requestId }),
        await running.cancel(other.paymentId, { requestId }),
      ];
      await running.stop();
      running = await startTestService(settings(own, { CANCEL_MANUALLY_STATUS: '501' }));

      const after = [
        await running.cancel(one.paymentId, { requestId }),
        await running.cancel(other.paymentId, { requestId }),
      ];

      expect(after.map(({ status, text }) => [status, text])).toEqual(before.map(({ status, text }) => [status, text]));
      expect(before.map(({ status }) => status)).toEqual([200, 200]);
      expect(effectsOn(one.identity)).toBe(1);
    } finally {
      await running.stop();
      await own.drop();
    }
  });

  it('with another value or authorizationId gets the first answer, and is noted and counted', async () => {
    const { paymentId, identity } = await linked('works', { value: 2300 });
    const requestId = newId();
    const first = await service.cancel(paymentId, { requestId, authorizationId: 'AUT-1', value: 2300 });
    const mismatches = await metric(service, 'idempotency_mismatch_total');

    const others = [
      await service.cancel(paymentId, { requestId, authorizationId: 'AUT-2', value: 2300 }),
      await service.cancel(paymentId, { requestId, authorizationId: 'AUT-1', value: 100 }),
      await service.cancel(paymentId, { requestId }),
    ];
    const same = await service.cancel(paymentId, { requestId, authorizationId: 'AUT-1', value: '2300' });

    expect([...others, same].map(({ text }) => text)).toEqual(Array(4).fill(first.text));
    expect(effectsOn(identity)).toBe(1);
    expect(await metric(service, 'idempotency_mismatch_total')).toBe(mismatches + 3);
    const { events } = await service.history(paymentId);
    expect(events.filter(({ kind }) => kind === 'other-content')).toHaveLength(3);
  });
});

describe('a new request', () => {
  it('on a cancelled payment gets the same cancellationId under its own requestId', async () => {
    const { paymentId, identity } = await linked();
    const first = await service.cancel(paymentId, { requestId: newId() });
    const requestId = newId();

    const second = await service.cancel(paymentId, { requestId, value: 1 });

    expect(second.status).toBe(200);
    expect(second.body).toMatchObject({ requestId, cancellationId: first.body.cancellationId });
    expect(effectsOn(identity)).toBe(1);
  });

  it('on one that is for people gets cancel-manually too, and opens nothing more', async () => {
    const { paymentId } = await linked('not-found');
    await service.cancel(paymentId, { requestId: newId() });

    const second = await service.cancel(paymentId, { requestId: newId() });

    expect(second.body).toMatchObject({ code: 'cancel-manually', cancellationId: null });
    expect((await service.manualCancellations()).filter((task) => task.paymentId === paymentId)).toHaveLength(1);
  });

  it('and nineteen others at once make one effect and one cancellationId', async () => {
    const { paymentId, identity } = await linked('slow');

    const answers = await Promise.all(
      Array.from({ length: 20 }, () => service.cancel(paymentId, { requestId: newId() })),
    );

    expect(new Set(answers.map(({ status, body }) => `${status} ${body.cancellationId}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(200);
    expect(effectsOn(identity)).toBe(1);
  });
});

it('goes on when the client hangs up: the effect and its record happen, and the next request is told', async () => {
  const { paymentId, identity } = await linked('slow');
  const requestId = newId();
  const hangUp = new AbortController();
  const asked = service.cancel(paymentId, { requestId }, { signal: hangUp.signal });
  await until('it is asking', async () => (await service.history(paymentId)).cancellation?.state === 'asking');
  hangUp.abort();

  await expect(asked).rejects.toThrow();
  await until('it is cancelled', async () => (await service.history(paymentId)).cancellation?.state === 'cancelled');

  expect(effectsOn(identity)).toBe(1);
  const { status, body } = await service.cancel(paymentId, { requestId });
  expect(status).toBe(200);
  expect(body.cancellationId).toBe((await service.history(paymentId)).cancellation?.cancellationId);
});

describe('whatever comes in', () => {
  it('is answered by the contract alone, and never with a cancellationId that nothing stands behind', async () => {
    const working = await Promise.all(Array.from({ length: 12 }, () => linked('works', { value: 2300 })));
    const refusing = await Promise.all(Array.from({ length: 4 }, () => linked('not-found')));
    const resetting = await linked('resets');
    const known = await Promise.all(Array.from({ length: 4 }, () => knownAndNeverLinked()));
    const linkedIdentity = new Map(
      [...working, ...refusing, resetting].map(({ paymentId, identity }) => [paymentId, identity]),
    );
    const paymentIds = [...linkedIdentity.keys(), ...known, 'never-seen', newId()];

    await fc.assert(
      fc.asyncProperty(anyRequest(paymentIds), async ({ paymentId, ...request }) => {
        const { status, body } = await sendRawCancel(service.url, request);

        expect([200, 400, 401, 404, 500]).toContain(status);
        if (status === 500) expect(body.code).toBe('cancellation-pending');
        if (body.cancellationId === null) return;
        const identity = linkedIdentity.get(paymentId);
        expect(identity === undefined ? known.includes(paymentId) : effectsOn(identity) === 1).toBe(true);
      }),
      { numRuns: 200 },
    );
    for (const identity of linkedIdentity.values()) expect(effectsOn(identity)).toBeLessThanOrEqual(1);
  });
});

/** Requests from right to nonsense, in every part of them. */
function anyRequest(paymentIds: readonly string[]): fc.Arbitrary<RawRequest & { readonly paymentId: string }> {
  const latin = fc.string({ unit: fc.constantFrom(...'abcXYZ019 ,;:=/"-_.*éÿ'), maxLength: 30 });
  const anyValue = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('\ud800', 'a\u0000', 'a'.repeat(256), '', -1, 1e300, '23.00'),
  );
  const headers = fc.dictionary(
    fc.constantFrom(
      'X-VTEX-API-AppKey',
      'X-VTEX-API-AppToken',
      'X-PROVIDER-API-AppKey',
      'X-PROVIDER-API-AppToken',
      'X-VTEX-API-Is-TestSuite',
      'Content-Type',
      'Accept',
      'Authorization',
      'X-Request-Id',
      'Cookie',
    ),
    latin.map((value) => value.trim()),
    { maxKeys: 2 },
  );
  const goodBody = (paymentId: string) =>
    fc.record({ paymentId: fc.constant(paymentId), requestId: fc.constantFrom('R1', 'R2', 'R3') });
  const oddFields = fc.dictionary(
    fc.constantFrom('paymentId', 'requestId', 'authorizationId', 'value', 'sandboxMode', 'tid', '__proto__', 'x'),
    anyValue,
    { maxKeys: 2 },
  );
  return fc.constantFrom(...paymentIds).chain((paymentId) => {
    const body = fc.oneof(
      { weight: 4, arbitrary: goodBody(paymentId).map((good) => JSON.stringify(good)) },
      {
        weight: 6,
        arbitrary: fc.tuple(goodBody(paymentId), oddFields).map(([good, odds]) => JSON.stringify({ ...good, ...odds })),
      },
      { weight: 1, arbitrary: fc.json() },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
    );
    const path = fc.oneof(
      { weight: 9, arbitrary: fc.constant(`/payments/${paymentId}/cancellations`) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          `/payments/${paymentId}/cancellation`,
          `/payments/%/cancellations`,
          `/payments/${paymentId}%20/cancellations`,
          `/%70ayments/${paymentId}/cancellations`,
          `/payments/${'x'.repeat(4_000)}/cancellations`,
        ),
      },
    );
    return fc.record({
      paymentId: fc.constant(paymentId),
      path,
      body,
      headers: fc.oneof(
        { weight: 4, arbitrary: fc.constant<Record<string, string>>({ ...vtexHeaders }) },
        { weight: 2, arbitrary: headers.map((own) => ({ ...vtexHeaders, ...own })) },
        { weight: 1, arbitrary: headers },
      ),
    });
  });
}
