import { HttpService } from '@nestjs/axios';
import fc from 'fast-check';
import { compactVerify, decodeJwt, decodeProtectedHeader } from 'jose';
import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  sign,
  type KeyObject,
} from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { CallbackReading, CallbackRequest, CancelOutcome, EarlierAttempt } from '../issuer.js';
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
  simulator = await startQitechSimulator({ lateMs: 50, callbackDelayMs: 5 });
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
      CALLBACK_CHECK_MD5: true,
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
    ['CALLBACK_CHECK_MD5', 'sometimes'],
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

  it('promises no callback that would tell what became of a cancel', () => {
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
    expect(request).toMatchObject({ method: 'PATCH', path: `${documentedPath}/cancel`, body: '', fault: null });
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
});

describe('a webhook', () => {
  const qitechs = generateKeyPairSync('ec', { namedCurve: 'P-521' });
  const publicPem = (key: { publicKey: KeyObject }) => key.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const known: SettingTexts = { CALLBACK_PUBLIC_KEY: publicPem(qitechs) };
  const accountWith = (settings: SettingTexts = {}) => ({
    merchantId: 'm',
    sandbox: false,
    baseUrl: simulator.url,
    timeoutMs: 300,
    settings: z.object(qitech.settings.shape).parse({ ...simulator.settings, ...known, ...settings }),
  });

  const read = (request: Partial<CallbackRequest>, settings: SettingTexts = {}): CallbackReading | undefined => {
    const whole = { method: 'POST', url: '/callbacks/qitech', headers: {}, body: Buffer.from(''), ...request };
    return qitech.callback?.read(whole, accountWith(settings));
  };

  const canceled = {
    webhook_type: 'baas.pospaid_card.card',
    webhook_datetime: '2026-01-15T10:05:23.999Z',
    data: { card_key: cardKey, type: 'virtual', status: 'canceled', old_status: 'active' },
  };
  const about = (status = 'canceled') => ({
    kind: 'about',
    match: { reference: { cardKey } },
    news: 'check',
    answered: {
      outcome: { kind: 'unknown' },
      evidence: { httpStatus: null, issuerCode: status, issuerText: `card ${status}`, traceId: null },
    },
  });

  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signedBy = (key: KeyObject | { key: KeyObject }, text: string) =>
    sign('sha512', Buffer.from(text), { dsaEncoding: 'ieee-p1363', ...('key' in key ? key : { key }) }).toString(
      'base64url',
    );

  interface Making {
    readonly alg?: string;
    readonly claims?: object;
    readonly key?: KeyObject;
    readonly signature?: (signed: string) => string;
    readonly headers?: CallbackRequest['headers'];
  }

  /** A webhook whose token is made here by the rule of the page, so that the rule itself is tested. */
  const webhook = (content: unknown, { alg = 'ES512', claims, key, signature, headers }: Making = {}) => {
    const body = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
    const payload_md5 = createHash('md5').update(body).digest('hex');
    const timestamp = '2023-06-30T18:52:27.885731Z';
    const signed = `${part({ alg, typ: 'JWT' })}.${part({ payload_md5, timestamp, method: 'POST', uri: '/test', ...claims })}`;
    const sealed = (signature ?? ((text) => signedBy(key ?? qitechs.privateKey, text)))(signed);
    const credentials = { authorization: `${signed}.${sealed}`, 'api-client-key': simulator.settings.API_CLIENT_KEY };
    return { headers: { ...credentials, ...headers }, body };
  };

  it('about a card that is cancelled is a reason to ask, and no proof', () => {
    expect(read(webhook(canceled))).toEqual(about());
  });

  it.each([
    ['with its fields beside the type', { ...canceled, ...canceled.data, data: undefined }],
    ['with data that is no object', { ...canceled, ...canceled.data, data: 'x' }],
    ['with data that is a list', { ...canceled, ...canceled.data, data: [] }],
    ['with the key in upper case', { ...canceled, data: { ...canceled.data, card_key: cardKey.toUpperCase() } }],
    ['with blanks around', { ...canceled, data: { card_key: ` ${cardKey} `, status: ' canceled ' } }],
    ['with fields that nobody knows', { ...canceled, x: 1, data: { ...canceled.data, y: [null] } }],
    ['with the word of its type mended', { ...canceled, webhook_type: 'baas.postpaid_card.card' }],
  ])('is heard %s', (_what, body) => {
    expect(read(webhook(body))).toEqual(about());
  });

  it('takes the states that mean cancelled from the settings', () => {
    const cancelado = webhook({ ...canceled, data: { ...canceled.data, status: 'cancelado' } });

    expect(read(cancelado)).toEqual({ kind: 'ignored' });
    expect(read(cancelado, { CARD_CANCELLED_STATUSES: 'canceled,cancelado' })).toEqual(about('cancelado'));
  });

  it.each([
    ['a card that is active', { ...canceled, data: { ...canceled.data, status: 'active' } }],
    ['a card that is lost', { ...canceled, data: { ...canceled.data, status: 'lost' } }],
    [
      'a card whose old state was cancelled',
      { ...canceled, data: { ...canceled.data, status: 'blocked', old_status: 'canceled' } },
    ],
    ['a wallet', { ...canceled, webhook_type: 'baas.pospaid_card.wallet' }],
    ['a bill', { webhook_type: 'baas.bill_payment.payment', data: { payment_key: cardKey } }],
  ])('about %s is none of ours', (_what, body) => {
    expect(read(webhook(body))).toEqual({ kind: 'ignored' });
  });

  it.each([
    ['no card', { ...canceled, data: { status: 'canceled' } }],
    ['a card that is no UUID', { ...canceled, data: { ...canceled.data, card_key: '4111111111111111' } }],
    ['a card that is a number', { ...canceled, data: { ...canceled.data, card_key: 7 } }],
    ['no state', { ...canceled, data: { card_key: cardKey } }],
    ['an empty state', { ...canceled, data: { card_key: cardKey, status: ' ' } }],
    ['no type', { data: canceled.data }],
    ['a type that is a list', { ...canceled, webhook_type: [canceled.webhook_type] }],
    ['a list', [canceled]],
    ['no JSON', 'card canceled'],
    ['nothing', ''],
  ])('is not readable with %s', (_what, body) => {
    expect(read(webhook(body))).toEqual({ kind: 'unreadable' });
  });

  describe('is forged', () => {
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-521' });
    const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const hmac = (secret: string) => (signed: string) =>
      createHmac('sha512', secret).update(signed).digest('base64url').padEnd(176, 'A');

    it.each<[string, Making]>([
      ['by a stranger', { key: stranger.privateKey }],
      ['by a key of another curve', { key: p256.privateKey }],
      ['with the algorithm none', { alg: 'none' }],
      ['with the algorithm none and no signature', { alg: 'none', signature: () => '' }],
      ['with HS256 and our public key as its secret', { alg: 'HS256', signature: hmac(publicPem(qitechs)) }],
      ['with ES512 written, and HS512 done', { signature: hmac(publicPem(qitechs)) }],
      ['with the name of the algorithm in lower case', { alg: 'es512' }],
      ['without a signature', { signature: () => '' }],
      ['with half a signature', { signature: (signed) => signedBy(qitechs.privateKey, signed).slice(0, 88) }],
      ['with a signature of zeros', { signature: () => 'A'.repeat(176) }],
      ['with a signature that is no base64', { signature: () => '*'.repeat(176) }],
      ['with a fourth part', { signature: (signed) => `${signedBy(qitechs.privateKey, signed)}.x` }],
      ['without payload_md5', { claims: { payload_md5: undefined } }],
      ['with the payload_md5 of another body', { claims: { payload_md5: '99914b932bd37a50b983c5e7c90ae93b' } }],
      ['with a payload_md5 that is no text', { claims: { payload_md5: null } }],
      ['with another method in its claims', { claims: { method: 'PATCH' } }],
      ['with the API key of somebody else', { headers: { 'api-client-key': randomUUID() } }],
      ['with an empty API key', { headers: { 'api-client-key': '' } }],
      ['with several API keys', { headers: { 'api-client-key': ['a', 'b'] } }],
      ['without a token', { headers: { authorization: undefined } }],
      ['with an empty token', { headers: { authorization: '' } }],
      ['with a token that is none', { headers: { authorization: 'a.b.c' } }],
      ['with several tokens', { headers: { authorization: ['a.b.c'] } }],
    ])('%s', (_what, making) => {
      expect(read(webhook(canceled, making))).toEqual({ kind: 'forged' });
    });

    it('when its token is larger than a token can be, though well signed', () => {
      const padded = (length: number) => webhook(canceled, { claims: { padding: 'x'.repeat(length) } });

      expect(read(padded(2_000))).toEqual(about());
      expect(read(padded(4_000))).toEqual({ kind: 'forged' });
    });

    it('when header and claims are no JSON, though well signed', () => {
      const [header, claims] = [part({ alg: 'ES512' }), Buffer.from('x').toString('base64url')];
      for (const signed of [`${header}.${claims}`, `${claims}.${part({})}`]) {
        const authorization = `${signed}.${signedBy(qitechs.privateKey, signed)}`;
        expect(read({ ...webhook(canceled), headers: { authorization } })).toEqual({ kind: 'forged' });
      }
    });

    it('when a byte of its body was changed, or a blank added', () => {
      const made = webhook(canceled);
      const text = made.body.toString();

      for (const body of [text.replace('canceled', 'cancelad'), `${text} `, '']) {
        expect(read({ ...made, body: Buffer.from(body) })).toEqual({ kind: 'forged' });
      }
    });

    it('when its claims were changed after it was signed', () => {
      const { headers } = webhook(canceled);
      const [header, , signature] = headers.authorization.split('.');
      const body = Buffer.from('{}');
      const claims = part({ payload_md5: createHash('md5').update(body).digest('hex'), method: 'POST' });

      expect(read({ headers: { ...headers, authorization: `${header}.${claims}.${signature}` }, body })).toEqual({
        kind: 'forged',
      });
    });

    it.each(['GET', 'PATCH', ''])('when it came by %j', (method) => {
      expect(read({ ...webhook(canceled), method })).toEqual({ kind: 'forged' });
    });

    it('when no key of QI Tech is set', () => {
      expect(read(webhook(canceled), { CALLBACK_PUBLIC_KEY: undefined })).toEqual({ kind: 'forged' });
    });

    it('when it is the sample of the page, which another key signed', () => {
      const authorization =
        'eyJhbGciOiJFUzUxMiIsInR5cCI6IkpXVCJ9.eyJwYXlsb2FkX21kNSI6IjRhNjAzZjBmMGU3ZGRkZTlkYTJhMGFkM2QzNDFmNzRiIiwidGltZXN0YW1wIjoiMjAyMy0wNi0zMFQxODo1MjoyNy44ODU3MzFaIiwibWV0aG9kIjoiUE9TVCIsInVyaSI6Ii90ZXN0In0.AcNiJqXDdVmlXSbPI6bH41n0KXz9JwVVMgo4Ivqsq5UZjM2WBOTWw3aAvIMAAhjK5OdrURD4cX3dbbnRgzxspUckANRt0hVHRKSkhROHBfZxuTXVfv8oYzwghwiO2MatPBsroC9Vxbh-DEVQJIBigtN9_D5bg8p2-mlVvoxou2I-EwZs';
      const sample = { headers: { authorization }, body: Buffer.from('{\n"body_sample": "Exemplo de webhook"\n}') };

      expect(read(sample)).toEqual({ kind: 'forged' });
      expect(read(sample, { CALLBACK_CHECK_MD5: 'off' })).toEqual({ kind: 'forged' });
    });

    it('without costing a check of its signature, as long as anything else is wrong', () => {
      const wrong = [
        webhook(canceled, { alg: 'none' }),
        webhook(canceled, { headers: { 'api-client-key': randomUUID() } }),
        webhook(canceled, { claims: { payload_md5: 'x' } }),
        webhook(canceled, { claims: { method: 'GET' } }),
      ];
      const account = accountWith();
      const reveal = jest.spyOn(account.settings.CALLBACK_PUBLIC_KEY!, 'reveal');

      for (const request of wrong) qitech.callback?.read({ method: 'POST', url: '/', ...request }, account);
      expect(reveal).not.toHaveBeenCalled();

      qitech.callback?.read({ method: 'POST', url: '/', ...webhook(canceled) }, account);
      expect(reveal).toHaveBeenCalledTimes(1);
    });
  });

  it('needs no API key, no method and no time in its claims, and may be sent to another path', () => {
    expect(read(webhook(canceled, { headers: { 'api-client-key': undefined } }))).toEqual(about());
    expect(read(webhook(canceled, { claims: { method: undefined, timestamp: undefined, uri: '/hooks' } }))).toEqual(
      about(),
    );
  });

  it('takes the MD5 in upper case as well', () => {
    const md5 = createHash('md5').update(JSON.stringify(canceled)).digest('hex');
    expect(read(webhook(canceled, { claims: { payload_md5: md5.toUpperCase() } }))).toEqual(about());
  });

  it('may have another MD5, or none, where the account says so, and must be signed all the same', () => {
    const settings = { CALLBACK_CHECK_MD5: 'off' };
    for (const payload_md5 of ['4a603f0f0e7ddde9da2a0ad3d341f74b', undefined]) {
      expect(read(webhook(canceled, { claims: { payload_md5 } }), settings)).toEqual(about());
    }
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey;
    expect(read(webhook(canceled, { key: stranger }), settings)).toEqual({ kind: 'forged' });
  });

  it('is checked with a key that stands in one line', () => {
    const oneLine = publicPem(qitechs).replaceAll('\n', '\\n');
    expect(read(webhook(canceled), { CALLBACK_PUBLIC_KEY: oneLine })).toEqual(about());
  });

  it('is checked with the key of a file as it was last read, which a 401 makes read again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qitech-'));
    try {
      const path = join(folder, 'qitech.pem');
      const renewed = generateKeyPairSync('ec', { namedCurve: 'P-521' });
      writeFileSync(path, publicPem(qitechs));
      const account = { ...accountWith({ CALLBACK_PUBLIC_KEY: `file:${path}` }) };
      const kindBy = (key: KeyObject) =>
        qitech.callback?.read({ method: 'POST', url: '/', ...webhook(canceled, { key }) }, account).kind;
      const meet401 = () =>
        withServer([json(401, {}), json(401, {})], (baseUrl) =>
          qitech.connect({ ...account, baseUrl }, http).cancel(documented, []),
        );
      expect([kindBy(qitechs.privateKey), kindBy(renewed.privateKey)]).toEqual(['about', 'forged']);

      writeFileSync(path, publicPem(renewed));
      await meet401();
      expect([kindBy(qitechs.privateKey), kindBy(renewed.privateKey)]).toEqual(['forged', 'about']);

      writeFileSync(path, 'no key');
      await meet401();
      expect([kindBy(qitechs.privateKey), kindBy(renewed.privateKey)]).toEqual(['forged', 'forged']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('never breaks, whatever comes', () => {
    const headers = fc.record({
      authorization: fc.oneof(
        fc.string(),
        fc.array(fc.base64String(), { maxLength: 5 }).map((parts) => parts.join('.')),
      ),
      'api-client-key': fc.option(fc.string(), { nil: undefined }),
    });
    const bodies = fc.oneof(
      fc.json(),
      fc.string(),
      fc
        .record({ webhook_type: fc.constant(canceled.webhook_type), data: fc.jsonValue() })
        .map((body) => JSON.stringify(body)),
    );
    fc.assert(
      fc.property(headers, bodies, (made, body) => {
        expect(read({ headers: made, body: Buffer.from(body) })).toEqual({ kind: 'forged' });
        expect(['ignored', 'unreadable']).toContain(read(webhook(body))?.kind);
      }),
      { numRuns: 50 },
    );
  });

  it('is answered with small bodies', () => {
    expect(qitech.callback).toMatchObject({
      acknowledgement: { status: 'received' },
      rejection: { title: 'Not accepted' },
    });
  });

  describe('of the simulator', () => {
    const readMade = ({ headers, body }: ReturnType<QitechSimulator['callback']>) => {
      const lowerCase = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
      return read({ headers: lowerCase, body: Buffer.from(body) }, simulator.settings);
    };

    it('can be made by hand, forged ones and those about something else too', () => {
      expect(readMade(simulator.callback({ cardKey }))).toEqual(about());
      expect(readMade(simulator.callback({ cardKey, uri: '/callbacks/qitech/second' }))).toEqual(about());
      expect(readMade(simulator.callback({ cardKey, status: 'active' }))).toEqual({ kind: 'ignored' });
      expect(readMade(simulator.callback({ cardKey, webhookType: 'baas.wallet' }))).toEqual({ kind: 'ignored' });
      expect(readMade(simulator.callback({ cardKey, forged: true }))).toEqual({ kind: 'forged' });
    });

    it('is signed as any JWT library understands', async () => {
      const { headers } = simulator.callback({ cardKey, uri: '/hooks' });
      const { payload } = await compactVerify(
        headers.AUTHORIZATION!,
        createPublicKey(simulator.settings.CALLBACK_PUBLIC_KEY!),
      );

      expect(JSON.parse(Buffer.from(payload).toString())).toMatchObject({ method: 'POST', uri: '/hooks' });
    });

    it('comes after the effect, again until it is heard, and only where the card was cancelled too', async () => {
      const own = await startQitechSimulator({ lateMs: 15 });
      const cancelOne = async (reference: Readonly<Record<string, unknown>>) => {
        const account = { ...accountWith(own.settings), baseUrl: own.url };
        await qitech.connect(account, http).cancel(qitech.reference.schema.parse(reference), []);
      };
      const heard: CallbackRequest[] = [];
      const listener = createServer((request, response) => {
        void wholeOf(request).then((whole) => {
          heard.push(whole);
          response.writeHead(heard.length === 1 ? 503 : 200).end('{}');
        });
      });
      await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
      try {
        await cancelOne(own.referenceFor('works'));
        own.sendCallbacksTo(`http://127.0.0.1:${(listener.address() as AddressInfo).port}/callbacks/qitech`);
        const alive = own.referenceFor('works');
        own.setStatus(alive, { card: 'active' });
        await cancelOne(alive);
        const reference = own.referenceFor('works');
        await cancelOne(reference);
        await until(() => heard.length === 2);
        await cancelOne(documented);
        await until(() => heard.length === 3);
        own.sendCallbacksTo(null);

        const matches = heard
          .map((request) => read(request, own.settings))
          .map((reading) => reading && 'match' in reading && reading.match);
        const first = { reference: { cardKey: reference.cardKey } };
        expect(matches).toEqual([first, first, { reference: { cardKey: expect.any(String) as string } }]);
      } finally {
        listener.close();
        await own.stop();
      }
    });
  });
});

async function wholeOf(request: IncomingMessage): Promise<CallbackRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return { method: `${request.method}`, url: `${request.url}`, headers: request.headers, body: Buffer.concat(chunks) };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}
