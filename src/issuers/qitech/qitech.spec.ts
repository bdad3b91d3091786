import { HttpService } from '@nestjs/axios';
import fc from 'fast-check';
import { compactVerify, decodeJwt, decodeProtectedHeader } from 'jose';
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { CancelOutcome, EarlierAttempt } from '../issuer.js';
import { AxiosIssuerHttp, type IssuerHttp } from '../issuer-http.js';
import type { Behaviour, BehaviourName, SimulatedAnswer } from '../simulator-server.js';
import { qitech } from './qitech.js';
import { startQitechSimulator, type QitechSimulator } from './simulator.js';

/** From the page "Payment Instrument Cancellation": the wallet of its table of errors, the instrument of its sample answer. */
const documented = {
  walletKey: 'abeca0d0-a09d-4b3b-a495-40b553422ced',
  paymentInstrumentKey: '8cb70dea-9fb0-4a68-9572-99a72849c8d6',
};
const documentedSuccess = {
  payment_instrument_key: documented.paymentInstrumentKey,
  payment_instrument_status: 'canceled',
};
const documentedPath = `/wallet/${documented.walletKey}/payment_instrument/${documented.paymentInstrumentKey}`;
const cardKey = '0b7c2c4e-4f0a-4c3e-9d5f-3a1f2b6c7d8e';
const documentedWithCard = { ...documented, cardKey };

const lostCancel: EarlierAttempt = { kind: 'cancel', outcome: 'unknown', issuerCode: 'timeout' };
const cardTrouble: EarlierAttempt = { kind: 'cancel', outcome: 'unknown', issuerCode: 'CIN000100' };

const http = new AxiosIssuerHttp(new HttpService());
let simulator: QitechSimulator;

beforeAll(async () => {
  simulator = await startQitechSimulator({ lateMs: 50 });
});

afterAll(async () => {
  http.close();
  await simulator.stop();
});

type SettingTexts = Readonly<Record<string, string | undefined>>;

const readSettings = (settings: SettingTexts) => z.object(qitech.settings.shape).safeParse(settings);

function connect(settings: SettingTexts = {}, { baseUrl = simulator.url, timeoutMs = 5_000 } = {}) {
  const read = z.object(qitech.settings.shape).parse({ ...simulator.settings, ...settings });
  return qitech.connect({ merchantId: 'm', sandbox: false, baseUrl, timeoutMs, settings: read }, http);
}

const referenceFor = (behaviour: BehaviourName) =>
  qitech.reference.schema.parse(simulator.referenceFor(behaviour)) as typeof documentedWithCard;

const cancel = (behaviour: BehaviourName) => connect({}, { timeoutMs: 300 }).cancel(referenceFor(behaviour), []);

const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) => ({
  status,
  body: JSON.stringify(body),
  headers,
});

const problem = (status: number, code: string, description = 'description in English') =>
  json(status, { title: 'titulo', description, translation: 'descrição em portugues', code, extra_fields: {} });

/** Cancels a new instrument for which QI Tech gives this answer, as often as it is asked. */
async function cancelAnswered(answer: SimulatedAnswer, settings: SettingTexts = {}) {
  const reference = referenceFor('works');
  const behaviour: Behaviour = { effect: 'none', answer };
  simulator.script(reference, [behaviour, behaviour]);
  return connect(settings).cancel(reference, []);
}

const cancelOutcome = async (answer: SimulatedAnswer, settings: SettingTexts = {}): Promise<CancelOutcome> =>
  (await cancelAnswered(answer, settings)).outcome;

/** Cancels the documented instrument at a server that gives this answer. */
const documentedCancel = async (body: unknown, status = 200, settings: SettingTexts = {}) =>
  withServer(
    [json(status, body)],
    async (baseUrl) => (await connect(settings, { baseUrl }).cancel(documented, [])).outcome,
  );

/** Asks for the documented instrument's state at a server that gives these answers in turn. */
const documentedQuery = async (
  answers: readonly (Answer | object)[],
  earlier: readonly EarlierAttempt[] = [],
  { reference = documentedWithCard, settings = {} }: { reference?: typeof documented; settings?: SettingTexts } = {},
) =>
  withServer(
    answers.map((answer) => ('status' in answer && 'body' in answer ? answer : json(200, answer))),
    async (baseUrl) => connect(settings, { baseUrl }).query!(reference, earlier),
  );

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function withServer<Result>(answers: readonly Answer[], work: (baseUrl: string) => Promise<Result>) {
  const left = [...answers];
  const server = createServer((_request, response) => {
    const answer = left.shift();
    if (!answer) return void response.socket?.destroy();
    response.sendDate = false;
    response.writeHead(answer.status, answer.headers ?? {}).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const lastRequest = () => simulator.requests.at(-1)!;

const lastToken = () => {
  const { authorization } = lastRequest().headers;
  return typeof authorization === 'string' ? authorization : '';
};

describe('a reference', () => {
  const parse = (reference: unknown) => qitech.reference.schema.safeParse(reference);

  it('is wallet and instrument, and perhaps a card', () => {
    expect(parse(documented).data).toEqual(documented);
    expect(parse(documentedWithCard).data).toEqual(documentedWithCard);
  });

  it('may be written in upper case, and means the same', () => {
    const shouted = {
      walletKey: documented.walletKey.toUpperCase(),
      paymentInstrumentKey: documented.paymentInstrumentKey.toUpperCase(),
    };

    expect(parse(shouted).data).toEqual(documented);
    expect(qitech.reference.identity(shouted)).toBe(qitech.reference.identity(documented));
  });

  it('is the same with and without its card', () => {
    expect(qitech.reference.identity(documentedWithCard)).toBe(
      'abeca0d0-a09d-4b3b-a495-40b553422ced/8cb70dea-9fb0-4a68-9572-99a72849c8d6',
    );
    expect(qitech.reference.identity(documented)).toBe(qitech.reference.identity(documentedWithCard));
  });

  it.each([
    ['walletKey', 'is missing', undefined],
    ['walletKey', 'is no text', 12],
    ['paymentInstrumentKey', 'is a UUID of version 1', '8cb70dea-9fb0-1a68-9572-99a72849c8d6'],
    ['paymentInstrumentKey', 'is of another variant', '8cb70dea-9fb0-4a68-7572-99a72849c8d6'],
    ['paymentInstrumentKey', 'has 35 characters', documented.paymentInstrumentKey.slice(1)],
    ['paymentInstrumentKey', 'ends in a line break', `${documented.paymentInstrumentKey}\n`],
    ['paymentInstrumentKey', 'carries a path', `${documented.paymentInstrumentKey}/../x`],
    ['cardKey', 'is null', null],
    ['cardKey', 'is empty', ''],
  ])('is refused with the name of its field when %s %s', (field, _what, value) => {
    const { error } = parse({ ...documented, [field]: value });

    expect(error?.issues.map(({ path, message }) => [path, message])).toEqual([
      [[field], expect.stringMatching(new RegExp(`^${field} must be a UUID v4`))],
    ]);
  });

  it('is refused with a field that nobody knows', () => {
    expect(parse({ ...documented, cardkey: cardKey }).error?.issues[0]?.message).toContain('cardkey');
  });
});

describe('the settings', () => {
  const pem = (curve: string, type: 'pkcs8' | 'sec1' = 'pkcs8') =>
    generateKeyPairSync('ec', { namedCurve: curve }).privateKey.export({ type, format: 'pem' }).toString();
  const given = () => ({ API_CLIENT_KEY: randomUUID(), PRIVATE_KEY: pem('P-521') });
  const faultsOf = (settings: SettingTexts) =>
    readSettings({ ...given(), ...settings }).error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`);

  it('need no more than the API key and the private key', () => {
    expect(readSettings(given()).data).toMatchObject({
      EMPTY_PAYLOAD_MD5: 'braces',
      INSTRUMENT_QUERY: true,
      INSTRUMENT_QUERY_PATH: '/wallet/{walletKey}/payment_instrument/{paymentInstrumentKey}',
      CANCELLED_STATUSES: ['canceled'],
      CARD_CANCELLED_STATUSES: ['canceled'],
      ENDED_MEANS_CANCELLED: [],
    });
    expect(qitech.settings.mandatory).toEqual(['API_CLIENT_KEY', 'PRIVATE_KEY']);
  });

  it('have a sandbox twin of each credential', () => {
    expect(qitech.settings.credentials).toEqual(['API_CLIENT_KEY', 'PRIVATE_KEY', 'CALLBACK_PUBLIC_KEY']);
  });

  it('take the private key in both forms of PEM, also in one line', () => {
    expect(faultsOf({ PRIVATE_KEY: pem('P-521', 'sec1') })).toBeUndefined();
    expect(faultsOf({ PRIVATE_KEY: pem('P-521').replaceAll('\n', '\\n') })).toBeUndefined();
  });

  it.each([
    ['no PEM', 'MIIB'],
    ['of the curve P-256', pem('P-256')],
    [
      'of the kind RSA',
      generateKeyPairSync('rsa', { modulusLength: 1024 })
        .privateKey.export({ type: 'pkcs8', format: 'pem' })
        .toString(),
    ],
    ['a public key', createPublicKey(pem('P-521')).export({ type: 'spki', format: 'pem' }).toString()],
    [
      'locked by a passphrase',
      createPrivateKey(pem('P-521'))
        .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
        .toString(),
    ],
  ])('refuse a private key that is %s, without repeating it', (_what, key) => {
    expect(faultsOf({ PRIVATE_KEY: key })).toEqual([
      'PRIVATE_KEY must be an EC private key on the curve P-521 as PEM text, without a passphrase',
    ]);
  });

  it('take a public key of QI Tech, and nothing else in its place', () => {
    const publicPem = (privatePem: string) =>
      createPublicKey(privatePem).export({ type: 'spki', format: 'pem' }).toString();

    expect(faultsOf({ CALLBACK_PUBLIC_KEY: publicPem(pem('P-521')) })).toBeUndefined();
    expect(faultsOf({ CALLBACK_PUBLIC_KEY: publicPem(pem('P-384')) })?.[0]).toContain('P-521');
    expect(faultsOf({ CALLBACK_PUBLIC_KEY: pem('P-521') })?.[0]).toContain('not a private key');
    expect(faultsOf({ CALLBACK_PUBLIC_KEY: 'x' })?.[0]).toContain('P-521');
  });

  it.each([
    ['API_CLIENT_KEY', 'two words'],
    ['API_CLIENT_KEY', 'a\nb'],
    ['EMPTY_PAYLOAD_MD5', 'null'],
    ['INSTRUMENT_QUERY', 'maybe'],
    ['INSTRUMENT_QUERY_PATH', '/wallet/{walletKey}'],
    ['INSTRUMENT_QUERY_PATH', 'wallet/{paymentInstrumentKey}'],
    ['INSTRUMENT_QUERY_PATH', '/wallet/{wallet}/{paymentInstrumentKey}'],
    ['INSTRUMENT_QUERY_PATH', '/instruments?key={paymentInstrumentKey}'],
    ['INSTRUMENT_QUERY_PATH', '/a/../{paymentInstrumentKey}'],
    ['INSTRUMENT_QUERY_PATH', ':x/{paymentInstrumentKey}'],
    ['CANCELLED_STATUSES', 'canceled,active'],
    ['CARD_CANCELLED_STATUSES', 'active'],
    ['ENDED_MEANS_CANCELLED', 'lost, active'],
  ])('refuse %s = %j', (name, value) => {
    expect(faultsOf({ [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name} must`))]);
  });
});

describe('what is declared about QI Tech', () => {
  it('lets a cancel be sent again only after one query, 10 s later, while VTEX does not wait', () => {
    const rule = qitech.resendAfterUnknown;

    expect(rule).toMatchObject({ kind: 'after-queries', queries: 1, insideBudget: false });
    expect(rule.kind === 'after-queries' && [rule.quietMs(200), rule.quietMs(25_000)]).toEqual([10_000, 10_000]);
  });

  it('promises no callback', () => {
    expect(qitech.callback).toBeNull();
    expect(connect()).toMatchObject({ callback: 'none', pendingQuietMs: 0 });
  });

  it('waits 15 s for an answer, and 20 hours in all', () => {
    expect(qitech).toMatchObject({ code: 'qitech', name: 'QI Tech', timeoutMs: 10_000, giveUpHours: 20 });
  });

  it('comes with a simulator that its connector understands', async () => {
    const { start } = await qitech.simulator();
    const running = await start();
    const settings = z.object(qitech.settings.shape).parse(running.settings);
    const account = { merchantId: 'm', sandbox: true, baseUrl: running.url, timeoutMs: 300, settings };
    const { outcome } = await qitech.connect(account, http).cancel(documented, []);
    await running.stop();

    expect(outcome).toEqual({ kind: 'cancelled' });
  });
});

describe('a request', () => {
  it('is the documented PATCH, without a body and without a content type', async () => {
    await connect().cancel(documented, []);

    const { headers, ...request } = lastRequest();
    expect(request).toEqual({ method: 'PATCH', path: `${documentedPath}/cancel`, body: '', fault: null });
    expect(headers['content-type']).toBeUndefined();
    expect(headers['content-length'] ?? '0').toBe('0');
    expect(headers['transfer-encoding']).toBeUndefined();
  });

  it('carries the API key, and a JWT of ES512 without the word Bearer, signed with our key', async () => {
    await connect().query!(documented, []);

    expect(lastRequest().headers['api-client-key']).toBe(simulator.settings.API_CLIENT_KEY);
    expect(decodeProtectedHeader(lastToken())).toEqual({ alg: 'ES512', typ: 'JWT' });
    await expect(compactVerify(lastToken(), createPublicKey(simulator.settings.PRIVATE_KEY!))).resolves.toBeDefined();
  });

  it('signs its method, path and time', async () => {
    const before = Date.now();
    await connect().query!(documented, []);

    const { timestamp, ...claims } = decodeJwt(lastToken());
    expect(claims).toEqual({ method: 'GET', uri: documentedPath, payload_md5: '99914b932bd37a50b983c5e7c90ae93b' });
    expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(Date.parse(`${timestamp as string}`)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(`${timestamp as string}`)).toBeLessThanOrEqual(Date.now());
  });

  it.each([
    ['braces', { payload_md5: '99914b932bd37a50b983c5e7c90ae93b' }],
    ['empty', { payload_md5: 'd41d8cd98f00b204e9800998ecf8427e' }],
    ['omit', {}],
  ])('hashes no body as the setting says: %s', async (EMPTY_PAYLOAD_MD5, hash) => {
    for (const ask of ['cancel', 'query'] as const) {
      await connect({ EMPTY_PAYLOAD_MD5 })[ask]!(documented, []);
      const { payload_md5 } = decodeJwt(lastToken());

      expect(payload_md5 === undefined ? {} : { payload_md5 }).toEqual(hash);
    }
  });

  it('signs the whole path where the base URL has a prefix', async () => {
    await connect({}, { baseUrl: `${simulator.url}/proxy/qi` }).cancel(documented, []);

    expect(lastRequest().path).toBe(`/proxy/qi${documentedPath}/cancel`);
    expect(decodeJwt(lastToken()).uri).toBe(lastRequest().path);
  });

  it('asks for the instrument where the setting says', async () => {
    await connect({ INSTRUMENT_QUERY_PATH: '/v2/{paymentInstrumentKey}/of/{walletKey}' }).query!(documented, []);

    expect(lastRequest().path).toBe(`/v2/${documented.paymentInstrumentKey}/of/${documented.walletKey}`);
  });

  it('is signed by a key that stands in one line', async () => {
    const reference = referenceFor('works');
    const PRIVATE_KEY = simulator.settings.PRIVATE_KEY!.replaceAll('\n', '\\n');

    expect((await connect({ PRIVATE_KEY }).cancel(reference, [])).outcome).toEqual({ kind: 'cancelled' });
  });
});

describe('a cancel', () => {
  it('is proven by the documented answer, and done', async () => {
    const reference = referenceFor('works');
    const answered = await connect().cancel(reference, []);

    expect(answered).toEqual({
      outcome: { kind: 'cancelled' },
      evidence: { httpStatus: 200, issuerCode: null, issuerText: 'canceled', traceId: null },
    });
    expect(simulator.effects.filter(({ identity }) => identity === qitech.reference.identity(reference))).toHaveLength(
      1,
    );
  });

  it('is proven when QI Tech writes the key in upper case', async () => {
    const body = { ...documentedSuccess, payment_instrument_key: documented.paymentInstrumentKey.toUpperCase() };

    expect(await documentedCancel(body)).toEqual({ kind: 'cancelled' });
  });

  it.each([
    ['another status', { ...documentedSuccess, payment_instrument_status: 'active' }],
    ['the British spelling', { ...documentedSuccess, payment_instrument_status: 'cancelled' }],
    ['the status in capitals', { ...documentedSuccess, payment_instrument_status: 'CANCELED' }],
    ['the status with a blank', { ...documentedSuccess, payment_instrument_status: 'canceled ' }],
    ['no status', { payment_instrument_key: documented.paymentInstrumentKey }],
    ['the status under another name', { payment_instrument_key: documented.paymentInstrumentKey, status: 'canceled' }],
    ['a status in a list', { ...documentedSuccess, payment_instrument_status: ['canceled'] }],
    ['null', null],
    ['a list', [documentedSuccess]],
    ['the answer wrapped', { data: documentedSuccess }],
    ['a code instead', { code: 'CIN000081', description: 'Payment instrument is not active' }],
  ])('stays unknown after a 200 with %s', async (_what, body) => {
    expect((await documentedCancel(body)).kind).toBe('unknown');
  });

  it.each([
    ['another key', documented.walletKey],
    ['no key', undefined],
    ['a number as key', 8],
  ])('stays unknown, with an alert, after a success for %s', async (_what, payment_instrument_key) => {
    expect(await documentedCancel({ ...documentedSuccess, payment_instrument_key })).toEqual({
      kind: 'unknown',
      alert: expect.stringContaining('payment instrument') as string,
    });
  });

  it.each([201, 202, 206])('stays unknown after a %i with the body of a success', async (status) => {
    expect(await documentedCancel(documentedSuccess, status)).toEqual({ kind: 'unknown' });
  });

  it('takes other words for cancelled from the setting', async () => {
    const body = { ...documentedSuccess, payment_instrument_status: 'ended' };

    expect(await documentedCancel(body, 200, { CANCELLED_STATUSES: 'canceled, ended' })).toEqual({ kind: 'cancelled' });
    expect(await documentedCancel(documentedSuccess, 200, { CANCELLED_STATUSES: 'ended' })).toEqual({
      kind: 'unknown',
    });
  });

  it('is never proven by anything but the documented answer', async () => {
    const status = fc.oneof(fc.constantFrom('canceled', 'active', 'cancelled', ''), fc.jsonValue());
    const key = fc.oneof(fc.constantFrom(documented.paymentInstrumentKey, documented.walletKey), fc.jsonValue());
    const body = fc.oneof(
      fc.jsonValue(),
      fc.record({ payment_instrument_key: key, payment_instrument_status: status }, { requiredKeys: [] }),
    );
    const http = fc.constantFrom(200, 200, 201, 400, 404, 409, 500);

    await fc.assert(
      fc.asyncProperty(http, body, async (httpStatus, value) => {
        const said = value as Partial<typeof documentedSuccess> | null;
        const isDocumented =
          httpStatus === 200 &&
          said?.payment_instrument_key === documented.paymentInstrumentKey &&
          said.payment_instrument_status === 'canceled';

        expect((await documentedCancel(value, httpStatus)).kind === 'cancelled').toBe(isDocumented);
      }),
      { numRuns: 150 },
    );
  });

  it('never breaks on a text that is no proper JSON', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.constantFrom(200, 400, 500), async (body, status) => {
        expect((await cancelOutcome({ status, body })).kind).toBe('unknown');
      }),
      { numRuns: 50 },
    );
  });

  it('means nothing without a query when the instrument is not active (CIN000081)', async () => {
    const reference = referenceFor('works');
    await connect().cancel(reference, []);

    expect(await connect().cancel(reference, [])).toEqual({
      outcome: { kind: 'refused', reason: 'instrument_not_active', certainty: 'query-first' },
      evidence: {
        httpStatus: 400,
        issuerCode: 'CIN000081',
        issuerText: 'Payment instrument is not active',
        traceId: null,
      },
    });
  });

  it('stays unknown when the card service failed (CIN000100)', async () => {
    const answered = await cancelAnswered(problem(400, 'CIN000100', 'Error canceling card in card service'));

    expect(answered.outcome).toEqual({ kind: 'unknown' });
    expect(answered.evidence.issuerCode).toBe('CIN000100');
  });

  it.each([
    ['CIN000007', 'wallet'],
    ['CIN000080', 'payment instrument'],
  ])('is refused with an alert when QI Tech does not know it (%s)', async (code, words) => {
    expect(await cancelOutcome(problem(404, code))).toEqual({
      kind: 'refused',
      reason: 'not_found',
      certainty: 'plain',
      alert: expect.stringContaining(words) as string,
    });
  });

  it.each([
    ['no API key (GDF000003)', problem(400, 'GDF000003'), 'API_CLIENT_KEY'],
    ['an unknown API key (GDF000018)', problem(404, 'GDF000018'), 'API_CLIENT_KEY'],
    ['404 with another code', problem(404, 'XYZ000001'), 'BASE_URL'],
    ['404 with a code that only JavaScript knows', problem(404, 'constructor'), 'BASE_URL'],
    ['404 without a body', { status: 404, body: '' }, 'BASE_URL'],
    ['403 of a foreign address (GDF000029)', problem(403, 'GDF000029'), '403'],
    ['405', { status: 405, body: '' }, '405'],
    ['406', problem(406, 'CARD000013'), '406'],
    ['a redirect', { status: 302, headers: { location: '/' }, body: '' }, '302'],
  ])('is sent again later, with an alert, after %s', async (_what, answer, words) => {
    expect(await cancelOutcome(answer)).toEqual({
      kind: 'retry',
      when: 'later',
      alert: expect.stringContaining(words) as string,
    });
  });

  it('is refused after a 400 with another code, once no query says otherwise', async () => {
    expect(await cancelOutcome(problem(400, 'CIN000099'))).toEqual({
      kind: 'refused',
      reason: 'refused_by_issuer',
      certainty: 'query-if-possible',
    });
  });

  it.each([
    ['400 without a code', json(400, { title: 'Bad Request' })],
    ['400 with a number as code', json(400, { code: 81 })],
    ['409', problem(409, 'XYZ000001')],
    ['410', problem(410, 'XYZ000001')],
    ['500', { status: 500, body: '' }],
    ['503', problem(503, 'XYZ000001')],
    ['500 with a code that a 404 documents', problem(500, 'CIN000080')],
    ['a 200 that is an HTML page', 'html'],
    ['a 200 of 2 MB', 'huge'],
    ['a 200 that is no text', 'not-utf8'],
  ] as const)('stays unknown after %s', async (_what, answer) => {
    expect((await cancelOutcome(answer)).kind).toBe('unknown');
  });

  it.each([
    ['hangs', 'timeout'],
    ['answer-lost', 'timeout'],
    ['late', 'timeout'],
    ['resets', 'reset'],
    ['cut-off', null],
  ] as const)('stays unknown when QI Tech %s', async (behaviour, fault) => {
    const { outcome, evidence } = await cancel(behaviour);

    expect(outcome).toEqual({ kind: 'unknown' });
    if (fault !== null) expect(evidence).toMatchObject({ issuerCode: fault });
  });

  it('was surely not sent when nobody listens', async () => {
    const { outcome } = await connect({}, { baseUrl: 'http://127.0.0.1:9' }).cancel(documented, []);

    expect(outcome).toEqual({ kind: 'retry', when: 'at-once' });
  });

  it('is sent again at QI Tech’s wish after 429', async () => {
    expect((await cancel('too-many')).outcome).toEqual({ kind: 'retry', when: 'at-once', afterMs: 1000 });
  });

  it('keeps no card number and no e-mail address of what QI Tech says', async () => {
    const words = 'Card 4111 1111 1111 1111 of ana@example.com';
    const { evidence } = await cancelAnswered(problem(400, 'CIN000099', words));

    expect(evidence.issuerText).toBe('Card [number] of [e-mail]');
  });
});

describe('a 401', () => {
  it('is answered once with a new signature', async () => {
    const reference = referenceFor('token-expired');
    const { outcome } = await connect().cancel(reference, []);

    const sent = simulator.requests.filter(({ path }) => path.includes(reference.paymentInstrumentKey));
    expect(outcome).toEqual({ kind: 'cancelled' });
    expect(sent).toHaveLength(2);
    expect(new Set(sent.map(({ headers }) => headers.authorization)).size).toBe(2);
  });

  it('is an alert when it comes again, and nothing more is sent', async () => {
    const before = simulator.requests.length;

    expect(await cancelAnswered(problem(401, 'GDF000014'))).toMatchObject({
      outcome: { kind: 'retry', when: 'later', alert: 'answers 401: check the credentials' },
      evidence: { httpStatus: 401, issuerCode: 'GDF000014' },
    });
    expect(simulator.requests.length - before).toBe(2);
  });

  it.each([
    ['behind', 3600],
    ['ahead of', -3600],
  ])('names our clock when it is %s theirs by far', async (where, offsetS) => {
    const date = new Date(Date.now() + offsetS * 1000).toUTCString();
    const outcome = await cancelOutcome({ status: 401, headers: { date }, body: '' });

    expect(outcome).toMatchObject({
      alert: expect.stringMatching(new RegExp(`our clock, which is (3599|3600|3601) s ${where} theirs`)) as string,
    });
  });

  it('says nothing of the clock without a readable date', async () => {
    const undated = { status: 401, body: '' };
    const oddlyDated = { ...undated, headers: { date: 'today' } };
    const outcomes = [await cancelOutcome(oddlyDated), (await documentedQuery([undated, undated])).outcome];

    for (const outcome of outcomes) expect(outcome).toMatchObject({ alert: 'answers 401: check the credentials' });
  });

  describe('with secrets in files', () => {
    const folder = mkdtempSync(join(tmpdir(), 'qitech-'));
    const file = (name: string, content: string) => {
      writeFileSync(join(folder, name), content);
      return `file:${join(folder, name)}`;
    };
    const otherKey = () =>
      generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

    afterAll(() => rmSync(folder, { recursive: true }));

    it('reads them again, so that a replaced key works without a restart', async () => {
      const connector = connect({ PRIVATE_KEY: file('key.pem', otherKey()) });
      file('key.pem', simulator.settings.PRIVATE_KEY!);

      expect((await connector.cancel(referenceFor('works'), [])).outcome).toEqual({ kind: 'cancelled' });
    });

    it.each([
      ['PRIVATE_KEY', 'half a key', () => otherKey()],
      ['API_CLIENT_KEY', 'two\nlines', () => simulator.settings.API_CLIENT_KEY!],
    ])('sends nothing, with an alert, while the file of %s holds something else', async (name, junk, good) => {
      // Either way the first request is answered 401, and the second is not made.
      const connector = connect({ PRIVATE_KEY: otherKey(), [name]: file(name, good()) });
      file(name, junk);
      const before = simulator.requests.length;

      expect(await connector.cancel(referenceFor('works'), [])).toEqual({
        outcome: { kind: 'retry', when: 'later', alert: expect.stringContaining(name) as string },
        evidence: { httpStatus: null, issuerCode: 'unusable-credential', issuerText: null, traceId: null },
      });
      expect(simulator.requests.length - before).toBe(1);
    });
  });

  it('lets a fault of our own through, instead of naming it after the issuer', async () => {
    const settings = z.object(qitech.settings.shape).parse(simulator.settings);
    const account = { merchantId: 'm', sandbox: false, baseUrl: 'no address', timeoutMs: 300, settings };

    await expect(qitech.connect(account, http).cancel(documented, [])).rejects.toThrow('Invalid URL');
  });
});

describe('a query', () => {
  const instrument = (status: string) => ({ ...documentedSuccess, payment_instrument_status: status });
  const card = (status: string) => ({ card_key: cardKey, status, type: 'virtual' });
  const cancelled = instrument('canceled');

  it('is not offered when the setting switches it off', () => {
    expect(connect({ INSTRUMENT_QUERY: 'off' }).query).toBeNull();
  });

  it('shows an active instrument as not cancelled', async () => {
    expect((await connect().query!(referenceFor('works'), [lostCancel])).outcome).toEqual({ kind: 'not-cancelled' });
  });

  it.each([
    ['cancelled', [lostCancel]],
    ['cancelled', [{ kind: 'cancel', outcome: 'asking', issuerCode: null }]],
    ['cancelled', [lostCancel, { kind: 'cancel', outcome: 'refused', issuerCode: 'CIN000081' }]],
    ['already-cancelled', []],
    ['already-cancelled', [{ kind: 'cancel', outcome: 'refused', issuerCode: 'CIN000081' }]],
    ['already-cancelled', [{ kind: 'cancel', outcome: 'retry', issuerCode: 'refused' }]],
    ['already-cancelled', [{ kind: 'query', outcome: 'unknown', issuerCode: 'CIN000100' }]],
  ] as const)('shows a cancelled instrument as %s after %j', async (kind, earlier) => {
    expect((await documentedQuery([cancelled], earlier, { reference: documented })).outcome).toEqual({ kind });
  });

  it.each([
    ['cancelled', 'canceled', { kind: 'cancelled' }],
    ['not cancelled', 'active', { kind: 'unknown', alert: 'says the instrument is cancelled but its card is not' }],
  ])('looks at the card too when the answer to a cancel was lost: %s', async (_what, status, outcome) => {
    expect((await documentedQuery([cancelled, card(status)], [lostCancel])).outcome).toEqual(outcome);
  });

  it.each(['blocked', 'created', 'Active', 'cancelled', ''])('refuses for an instrument that is %j', async (status) => {
    expect((await documentedQuery([instrument(status)])).outcome).toEqual({
      kind: 'refused',
      reason: 'instrument_not_active',
    });
  });

  it('reads the state also from `status`, since the page of the query is not public', async () => {
    const named = (status: string) => ({ payment_instrument_key: documented.paymentInstrumentKey, status });

    expect((await documentedQuery([named('active')])).outcome).toEqual({ kind: 'not-cancelled' });
    expect((await documentedQuery([named('canceled')])).outcome).toEqual({ kind: 'already-cancelled' });
    expect((await documentedQuery([{ ...instrument('active'), status: 'canceled' }])).outcome).toEqual({
      kind: 'not-cancelled',
    });
  });

  it.each([
    ['another instrument', { ...cancelled, payment_instrument_key: documented.walletKey }],
    ['no instrument', { payment_instrument_status: 'active' }],
  ])('stays unknown, with an alert, when the answer is about %s', async (_what, body) => {
    expect((await documentedQuery([body])).outcome).toEqual({
      kind: 'unknown',
      alert: expect.stringContaining('payment instrument') as string,
    });
  });

  it.each([
    ['no status', json(200, { payment_instrument_key: documented.paymentInstrumentKey })],
    ['a list', json(200, [cancelled])],
    ['an HTML page', { status: 200, body: '<!doctype html>' }],
    ['a 201', json(201, cancelled)],
    ['a 400', problem(400, 'CIN000081')],
    ['a 400 that says try later (CARD000015)', problem(400, 'CARD000015')],
    ['a 400 that says try later (CARD000016)', problem(400, 'CARD000016')],
    ['a 500', problem(500, 'CIN000080')],
  ])('stays unknown after %s', async (_what, answer) => {
    expect((await documentedQuery([answer])).outcome).toEqual({ kind: 'unknown' });
  });

  it.each([
    ['CIN000007', 'wallet'],
    ['CIN000080', 'payment instrument'],
  ])('refuses with an alert when QI Tech does not know it (%s)', async (code, words) => {
    expect((await documentedQuery([problem(404, code)])).outcome).toEqual({
      kind: 'refused',
      reason: 'not_found',
      alert: expect.stringContaining(words) as string,
    });
  });

  it.each([
    ['GDF000018', problem(404, 'GDF000018'), 'API_CLIENT_KEY'],
    ['GDF000003', problem(400, 'GDF000003'), 'API_CLIENT_KEY'],
    ['a 404 without a known code', { status: 404, body: 'nothing here' }, 'INSTRUMENT_QUERY_PATH'],
    ['403', problem(403, 'GDF000029'), '403'],
  ])('is asked again later, with an alert, after %s', async (_what, answer, words) => {
    expect((await documentedQuery([answer])).outcome).toEqual({
      kind: 'retry',
      when: 'later',
      alert: expect.stringContaining(words) as string,
    });
  });

  it('is signed anew after a 401, too', async () => {
    const { outcome } = await documentedQuery([{ status: 401, body: '' }, cancelled]);

    expect(outcome).toEqual({ kind: 'already-cancelled' });
  });

  it('says nothing final when the connection breaks', async () => {
    expect((await documentedQuery([])).outcome).toEqual({ kind: 'unknown' });
  });

  describe('after a cancel that had trouble with the card (CIN000100)', () => {
    it('is not interested in the card while the instrument is active', async () => {
      expect((await documentedQuery([instrument('active')], [cardTrouble])).outcome).toEqual({ kind: 'not-cancelled' });
    });

    it('proves the cancel when the card is cancelled as well', async () => {
      expect(await documentedQuery([cancelled, card('canceled')], [cardTrouble])).toEqual({
        outcome: { kind: 'cancelled' },
        evidence: {
          httpStatus: 200,
          issuerCode: null,
          issuerText: 'instrument cancelled, card canceled',
          traceId: null,
        },
      });
    });

    it('remembers the trouble even when a later cancel was refused', async () => {
      const refusal: EarlierAttempt = { kind: 'cancel', outcome: 'refused', issuerCode: 'CIN000081' };

      expect((await documentedQuery([cancelled, card('active')], [cardTrouble, refusal])).outcome.kind).toBe('refused');
    });

    it.each(['active', 'blocked', 'lost', 'cancelled'])('refuses with an alert when the card is %s', async (status) => {
      expect((await documentedQuery([cancelled, card(status)], [cardTrouble])).outcome).toEqual({
        kind: 'refused',
        reason: 'refused_by_issuer',
        alert: 'says the instrument is cancelled but its card is not',
      });
    });

    it('takes other end states of the card from the settings', async () => {
      const settings = { CARD_CANCELLED_STATUSES: 'canceled, closed', ENDED_MEANS_CANCELLED: 'lost, robbed' };

      for (const status of ['canceled', 'closed', 'lost', 'robbed']) {
        const { outcome } = await documentedQuery([cancelled, card(status)], [cardTrouble], { settings });
        expect(outcome).toEqual({ kind: 'cancelled' });
      }
    });

    it('does not take an end state of cards for one of instruments', async () => {
      const settings = { ENDED_MEANS_CANCELLED: 'lost', CARD_CANCELLED_STATUSES: 'closed' };

      for (const status of ['lost', 'closed']) {
        const { outcome } = await documentedQuery([instrument(status)], [cardTrouble], { settings });
        expect(outcome.kind).toBe('refused');
      }
    });

    it.each([
      ['try again later', problem(400, 'CARD000016')],
      ['a fault', { status: 500, body: '' }],
      ['an HTML page', { status: 200, body: '<!doctype html>' }],
      ['no status', json(200, { card_key: cardKey })],
      ['too many requests', { status: 429, body: '' }],
    ])('stays unknown when the card query is answered with %s', async (_what, answer) => {
      expect((await documentedQuery([cancelled, answer], [cardTrouble])).outcome).toEqual({ kind: 'unknown' });
    });

    it.each([
      ['an unknown card', problem(404, 'CARD000011'), 'cardKey'],
      ['another card', json(200, { card_key: documented.walletKey, status: 'canceled' }), 'card'],
      ['403', problem(403, 'GDF000029'), '403'],
    ])('stays unknown, with an alert, when the card query is answered with %s', async (_what, answer, words) => {
      expect((await documentedQuery([cancelled, answer], [cardTrouble])).outcome).toEqual({
        kind: 'unknown',
        alert: expect.stringContaining(words) as string,
      });
    });

    it('stays unknown, with an alert, when the link names no card', async () => {
      expect((await documentedQuery([cancelled], [cardTrouble], { reference: documented })).outcome).toEqual({
        kind: 'unknown',
        alert: expect.stringContaining('no cardKey') as string,
      });
    });

    it('gives both questions together the time of one attempt', async () => {
      const waits: number[] = [];
      const watched: IssuerHttp = {
        async send(request) {
          waits.push(request.timeoutMs);
          await new Promise((resolve) => setTimeout(resolve, 100));
          return http.send(request);
        },
      };
      const settings = z.object(qitech.settings.shape).parse(simulator.settings);
      const account = { merchantId: 'm', sandbox: false, baseUrl: simulator.url, timeoutMs: 5_000, settings };
      const reference = referenceFor('already');
      await qitech.connect(account, watched).query!(reference, [cardTrouble]);

      expect(waits).toEqual([expect.any(Number), expect.any(Number)]);
      expect(waits[1]).toBeLessThan(waits[0]! - 90);
    });
  });
});

describe('the simulator', () => {
  const send = (
    method: string,
    path: string,
    { headers = {}, body = null as string | null, claims = {}, privateKey = '' } = {},
  ) => {
    const uri = new URL(simulator.url + path).pathname;
    const timestamp = new Date().toISOString().replace('Z', '000Z');
    const payload_md5 = '99914b932bd37a50b983c5e7c90ae93b';
    const signed = [
      { alg: 'ES512', typ: 'JWT' },
      { payload_md5, timestamp, method, uri, ...claims },
    ]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const key = privateKey || simulator.settings.PRIVATE_KEY!;
    const signature = sign('sha512', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
    const credentials = {
      'api-client-key': simulator.settings.API_CLIENT_KEY!,
      authorization: `${signed}.${signature}`,
    };
    return fetch(simulator.url + path, { method, headers: { ...credentials, ...headers }, body });
  };
  const answerOf = async (response: Response) => {
    const { code } = (await response.json()) as { code?: string };
    return [response.status, code ?? null, lastRequest().fault];
  };

  it('accepts what is signed by the rules', async () => {
    const response = await send('PATCH', `${documentedPath.slice(0, -2)}11/cancel`);

    expect(response.status).toBe(200);
    expect(lastRequest().fault).toBeNull();
  });

  it('misses the API key, and does not know another', async () => {
    const bare = await fetch(simulator.url + documentedPath);
    expect(await answerOf(bare)).toEqual([400, 'GDF000003', 'no API-CLIENT-KEY']);

    const other = await send('GET', documentedPath, { headers: { 'api-client-key': randomUUID() } });
    expect(await answerOf(other)).toEqual([404, 'GDF000018', 'unknown API-CLIENT-KEY']);
  });

  const strangersKey = generateKeyPairSync('ec', { namedCurve: 'P-521' })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();

  it.each([
    ['no token', { headers: { authorization: '' } }, 'AUTHORIZATION is not signed by us'],
    ['a token that is none', { headers: { authorization: 'a.b.c' } }, 'AUTHORIZATION is not signed by us'],
    ['the signature of a stranger', { privateKey: strangersKey }, 'AUTHORIZATION is not signed by us'],
    ['another method in the signature', { claims: { method: 'PATCH' } }, 'signs another method'],
    ['another path in the signature', { claims: { uri: '/' } }, 'signs another uri'],
    ['another hash in the signature', { claims: { payload_md5: undefined } }, 'signs another payload_md5'],
    ['no time', { claims: { timestamp: 1 } }, 'timestamp has another form'],
    ['milliseconds', { claims: { timestamp: new Date().toISOString() } }, 'timestamp has another form'],
    ['an old time', { claims: { timestamp: '2026-01-01T00:00:00.000000Z' } }, 'timestamp is too old or too new'],
  ])('answers 401 to %s', async (_what, options, fault) => {
    expect(await answerOf(await send('GET', documentedPath, options))).toEqual([401, 'GDF000014', fault]);
  });

  it('makes our connector see what is wrong with it', async () => {
    const wrongHash = await connect({ EMPTY_PAYLOAD_MD5: 'omit' }).cancel(documented, []);
    expect(wrongHash.evidence).toMatchObject({ httpStatus: 401, issuerCode: 'GDF000014' });

    const wrongKey = await connect({ API_CLIENT_KEY: randomUUID() }).cancel(documented, []);
    expect(wrongKey.evidence).toMatchObject({ httpStatus: 404, issuerCode: 'GDF000018' });
  });

  it('accepts no body and no content type', async () => {
    const fault = 'has a body or a content type';
    const withBody = await send('PATCH', `${documentedPath}/cancel`, { body: '{}' });
    expect(await answerOf(withBody)).toEqual([406, null, fault]);

    const withType = await send('PATCH', `${documentedPath}/cancel`, {
      headers: { 'content-type': 'application/json' },
    });
    expect(await answerOf(withType)).toEqual([406, null, fault]);
  });

  it('knows its paths and their methods', async () => {
    expect(await answerOf(await send('GET', '/wallet'))).toEqual([404, null, 'unknown path']);
    expect(await answerOf(await send('GET', `${documentedPath}/cancel`))).toEqual([405, null, 'must be PATCH']);
    expect(await answerOf(await send('PATCH', documentedPath))).toEqual([405, null, 'must be GET']);
  });

  const ask = async (reference: typeof documentedWithCard, earlier: readonly EarlierAttempt[] = []) =>
    (await connect().query!(reference, earlier)).outcome;

  it('shows in its queries what a cancel did, the card included', async () => {
    const reference = referenceFor('works');
    await connect().cancel(reference, []);

    expect(await ask(reference, [cardTrouble])).toEqual({ kind: 'cancelled' });
  });

  it('shows what each behaviour is about, before and after a cancel', async () => {
    const shown = { refuses: 'refused', 'not-found': 'refused', already: 'already-cancelled', hangs: 'not-cancelled' };

    for (const [behaviour, kind] of Object.entries(shown)) {
      const reference = referenceFor(behaviour as BehaviourName);
      expect((await ask(reference)).kind).toBe(kind);
      await connect({}, { timeoutMs: 300 }).cancel(reference, []);
      expect((await ask(reference)).kind).toBe(kind);
    }
  });

  it('remembers what it was made to say by a script', async () => {
    const [blocked, gone] = [referenceFor('works'), referenceFor('works')];
    simulator.script(blocked, [{ effect: 'none', answer: 'refuse' }]);
    simulator.script(gone, [{ effect: 'none', answer: 'already' }]);
    await connect().cancel(blocked, []);
    await connect().cancel(gone, []);

    expect(await ask(blocked)).toEqual({ kind: 'refused', reason: 'instrument_not_active' });
    expect(await ask(gone)).toEqual({ kind: 'already-cancelled' });
  });

  it('stays cancelled, whatever a script says of it afterwards', async () => {
    const reference = referenceFor('works');
    await connect().cancel(reference, []);
    simulator.script(reference, [{ effect: 'none', answer: 'refuse' }]);
    await connect().cancel(reference, []);

    expect(await ask(reference)).toEqual({ kind: 'already-cancelled' });
  });

  it('refuses to cancel what was set to another state, and cancels it once that is active', async () => {
    const reference = referenceFor('works');
    simulator.setStatus(reference, { instrument: 'blocked' });
    expect((await connect().cancel(reference, [])).evidence.issuerCode).toBe('CIN000081');
    expect(await ask(reference)).toEqual({ kind: 'refused', reason: 'instrument_not_active' });

    simulator.setStatus(reference, { instrument: 'active' });
    expect((await connect().cancel(reference, [])).outcome).toEqual({ kind: 'cancelled' });
    expect(await ask(reference)).toEqual({ kind: 'already-cancelled' });
  });

  it('can leave the card of a cancelled instrument alive', async () => {
    const reference = referenceFor('works');
    const answer = problem(400, 'CIN000100', 'Error canceling card in card service');
    simulator.script(reference, [{ effect: 'before-answer', answer }]);
    simulator.setStatus(reference, { card: 'active' });
    await connect().cancel(reference, []);

    expect(await ask(reference, [cardTrouble])).toMatchObject({ kind: 'refused', reason: 'refused_by_issuer' });
  });

  it('does not know the card of a link that nobody told it', async () => {
    const reference = { ...referenceFor('works'), cardKey: randomUUID() };
    await connect().cancel(reference, []);

    expect(await ask(reference, [cardTrouble])).toMatchObject({ kind: 'unknown' });
  });

  it('shows a card of an instrument that does not exist as created', async () => {
    const { walletKey, cardKey: key } = referenceFor('not-found');
    const response = await send('GET', `/wallet/${walletKey}/card/${key}`);

    expect(await response.json()).toMatchObject({ card_key: key, status: 'created' });
  });

  it('names examples that are proper references, the documented one first', () => {
    const references = simulator.examples.map(({ reference }) => qitech.reference.schema.parse(reference));

    expect(references[0]).toEqual(documented);
    expect(new Set(references.map((reference) => qitech.reference.identity(reference))).size).toBe(references.length);
  });

  it('makes new references that QI Tech could have made', () => {
    for (const behaviour of ['works', 'refuses', 'slow'] as const) {
      expect(referenceFor(behaviour)).not.toEqual(referenceFor(behaviour));
    }
  });

  it('needs no address for callbacks', () => {
    expect(simulator.sendCallbacksTo(null)).toBeUndefined();
  });
});
