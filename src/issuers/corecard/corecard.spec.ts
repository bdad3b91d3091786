import { HttpService } from '@nestjs/axios';
import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AxiosIssuerHttp } from '../issuer-http.js';
import type { CallbackReading, CallbackRequest } from '../issuer.js';
import type { Behaviour } from '../simulator-server.js';
import { corecard } from './corecard.js';
import { start, type CorecardSimulator } from './simulator.js';
import { cancelRequest, requestTime } from './wire.js';

const PATH = '/api/CoreCredit/CardManagement/CancelPhysicalCardOrder';
const sample = { adminNumber: '129409', cardSequenceNumber: 1, externalIp: '10.120.0.0' };
const documentedSuccess = {
  Message: 'Order Canceled Successfully',
  Status: true,
  ErrorCode: 'ERR01160',
  ResponseData: null,
};
const printed = { Message: 'Card already printed', Status: false, ErrorCode: 'ERR01170', ResponseData: null };

const http = new AxiosIssuerHttp(new HttpService());
let simulator: CorecardSimulator;

beforeAll(async () => {
  simulator = await start({ lateMs: 50, callbackDelayMs: 5 });
});

afterAll(async () => {
  http.close();
  await simulator.stop();
});

const containing = (part: string) => expect.stringContaining(part) as string;

const settingsSchema = z.object(corecard.settings.shape);

function accountWith(settings: Record<string, string | undefined> = {}, baseUrl = simulator.url, timeoutMs = 5_000) {
  const all = Object.entries({ ...simulator.settings, ...settings }).filter(([, value]) => value !== undefined);
  return {
    merchantId: 'm1',
    sandbox: false,
    baseUrl,
    timeoutMs,
    settings: settingsSchema.parse(Object.fromEntries(all)),
  };
}

const connectorWith = (...account: Parameters<typeof accountWith>) => corecard.connect(accountWith(...account), http);

const referenceOf = (raw: unknown) => corecard.reference.schema.parse(raw);

const lastRequest = () => simulator.requests[simulator.requests.length - 1];

/** The outcome of a cancel to which CoreCard answers exactly this. */
async function answered(status: number, body: unknown, settings: Record<string, string> = {}) {
  const reference = referenceOf(simulator.referenceFor('works'));
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const behaviour: Behaviour = { effect: 'none', answer: { status, body: text } };
  simulator.script(reference, [behaviour, behaviour]); // A 401 is answered twice.
  return connectorWith(settings).cancel(reference, []);
}

const outcomeOf = async (...answer: Parameters<typeof answered>) => (await answered(...answer)).outcome;

describe('what a cancel sends', () => {
  it('sends the fourteen fields of the documented sample, in its order', async () => {
    const connector = connectorWith({ SOURCE: 'Web', IP_ADDRESS: '10.120.0.1' });

    const { outcome } = await connector.cancel(referenceOf(sample), []);

    expect(outcome).toEqual({ kind: 'cancelled' });
    const request = lastRequest();
    expect(request).toMatchObject({ method: 'POST', path: PATH, fault: null });
    expect(request?.headers).toMatchObject({
      authorization: `Bearer ${simulator.settings.ACCESS_TOKEN}`,
      'content-type': 'application/json',
      accept: 'application/json',
    });
    expect(request?.body).toBe(
      '{"Source":"Web","IPAddress":"10.120.0.1","DateFormat":null,"CurrencyCode":null,"CurrencySymbolType":null,' +
        '"Language":null,"ExternalIP":"10.120.0.0","SessionID":null,"APIVersion":"2.0","CallerID":null,"CalledID":null,' +
        '"RequestTime":null,"AdminNumber":129409,"CardSequenceNumber":1}',
    );
  });

  it('sends every setting at its greatest length, and CoreCard takes it', async () => {
    const long = {
      SOURCE: 'S'.repeat(50),
      API_VERSION: '2'.repeat(10),
      IP_ADDRESS: '100.100.100.100',
      DATE_FORMAT: 'd'.repeat(25),
      CURRENCY_CODE: '8'.repeat(10),
      CURRENCY_SYMBOL_TYPE: '1'.repeat(10),
      LANGUAGE: 'e'.repeat(10),
      SESSION_ID: '0'.repeat(100),
      CALLER_ID: '7'.repeat(20),
      CALLED_ID: '3'.repeat(20),
    };
    const externalIp = 'abcd:abcd:abcd:abcd:abcd:abcd:192.168.158.190';

    const reference = referenceOf({ ...simulator.referenceFor('works'), externalIp });
    const { outcome } = await connectorWith(long).cancel(reference, []);

    expect(outcome).toEqual({ kind: 'cancelled' });
    const request = lastRequest();
    expect(request?.fault).toBeNull();
    expect(JSON.parse(request?.body ?? '')).toMatchObject({
      Source: long.SOURCE,
      IPAddress: long.IP_ADDRESS,
      DateFormat: long.DATE_FORMAT,
      CurrencyCode: long.CURRENCY_CODE,
      CurrencySymbolType: long.CURRENCY_SYMBOL_TYPE,
      Language: long.LANGUAGE,
      ExternalIP: externalIp,
      SessionID: long.SESSION_ID,
      APIVersion: long.API_VERSION,
      CallerID: long.CALLER_ID,
      CalledID: long.CALLED_ID,
    });
  });

  it.each(['9007199254740993', '9223372036854775807', '1'])('keeps every digit of AdminNumber %s', async (digits) => {
    const reference = referenceOf({ adminNumber: digits, cardSequenceNumber: 2147483647 });

    const { outcome } = await connectorWith().cancel(reference, []);

    expect(outcome).toEqual({ kind: 'cancelled' });
    expect(lastRequest()?.body).toMatch(new RegExp(`"AdminNumber":${digits},"CardSequenceNumber":2147483647}$`));
    expect(simulator.effects.at(-1)?.identity).toBe(`${digits}/2147483647`);
  });

  it('keeps every digit of any int64, and stays valid JSON', () => {
    const account = accountWith();
    const int64 = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(int64, fc.integer({ min: 0, max: 2 ** 31 - 1 }), (adminNumber, cardSequenceNumber) => {
        const reference = referenceOf({ adminNumber: `${adminNumber}`, cardSequenceNumber });
        const body = cancelRequest(account, { ...reference, externalIp: '::1' }, 'token').body ?? '';
        expect(body).toContain(`"AdminNumber":${adminNumber},`);
        expect(JSON.parse(body)).toMatchObject({ CardSequenceNumber: cardSequenceNumber });
      }),
    );
  });

  it('sends the time of the request when switched on, in the documented form and in UTC', async () => {
    expect(requestTime(new Date('2020-01-15T10:05:23.999Z'))).toBe('01/15/2020 10:05:23');
    const before = requestTime(new Date());

    const connector = connectorWith({ SEND_REQUEST_TIME: 'on' });
    const { outcome } = await connector.cancel(referenceOf(simulator.referenceFor('works')), []);

    expect(outcome).toEqual({ kind: 'cancelled' });
    const sent = (JSON.parse(lastRequest()?.body ?? '') as { RequestTime: string }).RequestTime;
    expect(sent >= before && sent <= requestTime(new Date())).toBe(true);
  });

  it('sends the token in another header, and without a scheme, when the settings say so', async () => {
    const token = simulator.settings.ACCESS_TOKEN;
    const reference = referenceOf(simulator.referenceFor('works'));

    await connectorWith({ TOKEN_HEADER: 'X-Access-Token', TOKEN_SCHEME: 'none' }).cancel(reference, []);
    expect(lastRequest()?.headers['x-access-token']).toBe(token);
    expect(lastRequest()?.headers.authorization).toBeUndefined();

    await connectorWith({ TOKEN_SCHEME: 'Token' }).cancel(reference, []);
    expect(lastRequest()?.headers.authorization).toBe(`Token ${token}`);
  });

  it('prefers the address of the reference to the one of the settings', async () => {
    const connector = connectorWith({ EXTERNAL_IP: '192.0.2.7' });

    await connector.cancel(referenceOf({ ...simulator.referenceFor('works'), externalIp: '2001:db8::1' }), []);
    expect(lastRequest()?.body).toContain('"ExternalIP":"2001:db8::1"');

    await connector.cancel(referenceOf(simulator.referenceFor('works')), []);
    expect(lastRequest()?.body).toContain('"ExternalIP":"192.0.2.7"');
  });

  it.each([
    ['the address of an end user', 'EXTERNAL_IP'],
    ['a token', 'ACCESS_TOKEN'],
  ])('sends nothing without %s, and alerts', async (_, name) => {
    const sentBefore = simulator.requests.length;
    const reference = referenceOf(simulator.referenceFor('works'));

    expect(await connectorWith({ [name]: undefined }).cancel(reference, [])).toEqual({
      outcome: { kind: 'retry', when: 'later', alert: containing(`CORECARD_${name}`) },
      evidence: { httpStatus: null, issuerCode: null, issuerText: null, traceId: null },
    });
    expect(simulator.requests).toHaveLength(sentBefore);
  });
});

describe('what an answer means', () => {
  it('takes the documented sample answer as cancelled, although it carries an ErrorCode', async () => {
    expect(await answered(200, documentedSuccess)).toEqual({
      outcome: { kind: 'cancelled' },
      evidence: {
        httpStatus: 200,
        issuerCode: 'ERR01160',
        issuerText: 'Order Canceled Successfully',
        traceId: null,
      },
    });
  });

  it('takes another code as success only once the settings list it', async () => {
    const other = { ...documentedSuccess, ErrorCode: 'ERR01260' };

    expect(await outcomeOf(200, other)).toEqual({ kind: 'unknown', alert: containing('code ERR01260') });
    expect(await outcomeOf(200, other, { SUCCESS_CODES: 'ERR01160, ERR01260' })).toEqual({ kind: 'cancelled' });
  });

  it.each([
    ['no ErrorCode', { Status: true }],
    ['an ErrorCode of null', { ...documentedSuccess, ErrorCode: null }],
    ['an ErrorCode in another case', { ...documentedSuccess, ErrorCode: 'err01160' }],
    ['the code of a refusal', { ...documentedSuccess, ErrorCode: 'ERR01170' }],
    ['the code of an order that was cancelled before', { ...documentedSuccess, ErrorCode: 'ERR01190' }],
  ])('does not know what became of it when Status is true with %s, and alerts', async (_, body) => {
    expect(await outcomeOf(200, body)).toEqual({ kind: 'unknown', alert: containing('proves nothing') });
  });

  it.each([201, 202, 404, 409, 500])('never takes %d as success, whatever the body says', async (status) => {
    const { kind } = await outcomeOf(status, documentedSuccess);
    expect(['unknown', 'retry']).toContain(kind);
  });

  it.each([
    ['a Status as text', { ...documentedSuccess, Status: 'true' }],
    ['a Status as a number', { ...documentedSuccess, Status: 1 }],
    ['a Status of null', { ...documentedSuccess, Status: null }],
    ['a Status in a list', { ...documentedSuccess, Status: [true] }],
    ['no Status', { Message: 'Order Canceled Successfully', ErrorCode: 'ERR01160' }],
    ['a Status in small letters', { status: true, ErrorCode: 'ERR01160' }],
    ['an ErrorCode in a list', { ...documentedSuccess, ErrorCode: ['ERR01160'] }],
    ['a refusal whose ErrorCode is an object', { ...printed, ErrorCode: { code: 'ERR01170' } }],
    ['a refusal whose ErrorCode is a number', { ...printed, ErrorCode: 1170 }],
    ['the answer in a list', [documentedSuccess]],
    ['null', 'null'],
    ['no body', ''],
    ['half a body', '{"Message":"Order Canceled Successfully","Status":true,"ErrorCo'],
    ['a page', '<!doctype html><title>Status true ERR01160</title>'],
  ])('does not know what became of it when it gets %s', async (_, body) => {
    expect(await outcomeOf(200, body)).toEqual({ kind: 'unknown' });
  });

  it('takes a refusal with a listed final code as final, with its reason', async () => {
    expect(await answered(200, printed)).toEqual({
      outcome: { kind: 'refused', reason: 'already_printed', certainty: 'explicit' },
      evidence: { httpStatus: 200, issuerCode: 'ERR01170', issuerText: 'Card already printed', traceId: null },
    });
    const settings = { FINAL_CODES: '{"E1":"instrument_not_active"}' };
    expect(await outcomeOf(422, { Status: false, ErrorCode: 'E1' }, settings)).toEqual({
      kind: 'refused',
      reason: 'instrument_not_active',
      certainty: 'explicit',
    });
  });

  it.each([
    ['a code that no setting lists', 200, { ...printed, ErrorCode: 'ERR01999' }],
    ["a code that is the name of an object's own method", 200, { ...printed, ErrorCode: 'constructor' }],
    ['an empty code', 200, { ...printed, ErrorCode: '' }],
    ['no code', 200, { Status: false }],
    ['a code that no setting lists, and 409', 409, { ...printed, ErrorCode: 'ERR01999' }],
  ])('takes a refusal with %s as a plain one, which an earlier unknown puts in doubt', async (_, status, body) => {
    expect(await outcomeOf(status, body)).toEqual({
      kind: 'refused',
      reason: 'refused_by_issuer',
      certainty: 'plain',
    });
  });

  it('does not take a refusal with the code of success as a refusal', async () => {
    expect(await outcomeOf(200, { ...documentedSuccess, Status: false })).toEqual({
      kind: 'unknown',
      alert: 'answers 200 with Status false and the code ERR01160, which proves nothing',
    });
  });

  it('takes a listed code as already cancelled, and only with a Status of false', async () => {
    const settings = { ALREADY_CODES: 'ERR01161,ERR01162' };
    expect(await outcomeOf(200, { ...printed, ErrorCode: 'ERR01162' }, settings)).toEqual({
      kind: 'already-cancelled',
    });
    expect(await outcomeOf(200, { ...printed, ErrorCode: 'ERR01162', Status: true }, settings)).toMatchObject({
      kind: 'unknown',
    });
  });

  it('sends again at once after a listed retry code', async () => {
    expect(await outcomeOf(200, { Status: false, ErrorCode: 'BUSY' }, { RETRY_CODES: 'BUSY' })).toEqual({
      kind: 'retry',
      when: 'at-once',
    });
  });

  it.each([
    [400, 'answers 400'],
    [404, 'base URL'],
    [302, 'redirect'],
    [403, 'answers 403'],
    [405, 'answers 405'],
    [415, 'answers 415'],
  ])('waits for a person after %d with an unlisted code, and alerts', async (status, alert) => {
    expect(await outcomeOf(status, { Status: false, ErrorCode: 'ERR00001' })).toEqual({
      kind: 'retry',
      when: 'later',
      alert: containing(alert),
    });
  });

  it('reads a listed code out of 400, with which it may say no as well as with 200', async () => {
    expect(await outcomeOf(400, printed)).toEqual({
      kind: 'refused',
      reason: 'already_printed',
      certainty: 'explicit',
    });
  });

  it('says in its alert that no code came, and nothing of one that is longer than a code', async () => {
    const cut = `the code ${'X'.repeat(100)}, which proves`;
    expect(await outcomeOf(200, { Status: true })).toEqual({
      kind: 'unknown',
      alert:
        'answers 200 with Status true and no code, which proves nothing; if that code means success, add it to CORECARD_SUCCESS_CODES',
    });
    expect(await outcomeOf(200, { Status: true, ErrorCode: 'X'.repeat(101) })).toMatchObject({
      alert: containing(cut),
    });
  });

  it.each([201, 202, 302])('takes no refusal from %d, in whatever words', async (status) => {
    const outcome = await outcomeOf(status, printed);
    expect(outcome.kind).toMatch(/^(unknown|retry)$/);
  });

  it.each([401, 403, 408, 429, 500, 503])(
    'reads no code out of %d, which does not come from the order',
    async (status) => {
      const outcome = await outcomeOf(
        status,
        { ...printed, ErrorCode: 'OLD' },
        { ALREADY_CODES: 'OLD', FINAL_CODES: '{"OLD":"not_found"}' },
      );
      expect(outcome.kind).toMatch(/^(unknown|retry)$/);
    },
  );

  it.each([408, 418, 500, 502, 504])('does not know what became of it after a bare %d', async (status) => {
    expect(await outcomeOf(status, '')).toEqual({ kind: 'unknown' });
  });

  it('keeps no card number, token or address of what CoreCard says', async () => {
    const { outcome, evidence } = await answered(200, {
      Status: true,
      ErrorCode: 'card 4111 1111 1111 1111',
      Message: 'Sent to jane@example.com with Bearer abc',
    });

    const kept = JSON.stringify({ outcome, evidence });
    expect(kept).not.toMatch(/4111|jane|abc/);
    expect(evidence).toMatchObject({ issuerCode: 'card [number]', issuerText: 'Sent to [e-mail] with Bearer [token]' });
  });

  it('says cancelled exactly for 200, a Status of true and a listed code, whatever else comes', async () => {
    const junk = fc.jsonValue({ maxDepth: 1 });
    const bodies = fc.record({
      Status: fc.oneof(fc.constant(true), fc.constant(false), junk),
      ErrorCode: fc.oneof(fc.constantFrom('ERR01160', 'ERR01170', 'ERR01190', 'ERR01161'), junk),
      Message: junk,
      ResponseData: junk,
    });
    const statuses = fc.oneof(fc.constant(200), fc.constantFrom(201, 301, 400, 401, 403, 404, 409, 422, 429, 500, 503));
    await fc.assert(
      fc.asyncProperty(statuses, bodies, async (status, body) => {
        const { kind } = await outcomeOf(status, body);
        const isProof = status === 200 && body.Status === true && body.ErrorCode === 'ERR01160';
        expect(kind === 'cancelled').toBe(isProof);
        if (kind === 'already-cancelled') expect(body).toMatchObject({ Status: false, ErrorCode: 'ERR01190' });
      }),
      { numRuns: 200 },
    );
  });
});

describe('how the network can fail', () => {
  it('sends again at once when nobody listens', async () => {
    const connector = connectorWith({}, 'http://127.0.0.1:9');

    expect(await connector.cancel(referenceOf(sample), [])).toMatchObject({
      outcome: { kind: 'retry', when: 'at-once' },
      evidence: { httpStatus: null, issuerCode: 'refused' },
    });
  });

  it.each([
    ['hangs', 0],
    ['answer-lost', 1],
    ['resets', 0],
    ['cut-off', 1],
    ['server-error', 1],
    ['unavailable', 0],
    ['html', 1],
    ['huge', 1],
  ] as const)('does not know what became of it when CoreCard %s', async (behaviour, effects) => {
    const reference = referenceOf(simulator.referenceFor(behaviour));

    const { outcome } = await connectorWith({}, simulator.url, 300).cancel(reference, []);

    expect(outcome).toEqual({ kind: 'unknown' });
    expect(effectsOf(reference)).toBe(effects);
  });

  it('does not know what became of it when the answer is no text', async () => {
    const reference = referenceOf(simulator.referenceFor('works'));
    simulator.script(reference, [{ effect: 'none', answer: 'not-utf8' }]);

    expect(await connectorWith().cancel(reference, [])).toMatchObject({ outcome: { kind: 'unknown' } });
  });

  it('waits for a slow answer', async () => {
    const reference = referenceOf(simulator.referenceFor('slow'));
    expect((await connectorWith().cancel(reference, [])).outcome).toEqual({ kind: 'cancelled' });
  });

  it('honours Retry-After', async () => {
    const reference = referenceOf(simulator.referenceFor('too-many'));
    const connector = connectorWith();

    expect((await connector.cancel(reference, [])).outcome).toEqual({ kind: 'retry', when: 'at-once', afterMs: 1000 });
    expect((await connector.cancel(reference, [])).outcome).toEqual({ kind: 'cancelled' });
  });

  it('alerts about a redirect, and does not follow it', async () => {
    const reference = referenceOf(simulator.referenceFor('redirects'));
    expect((await connectorWith().cancel(reference, [])).outcome).toMatchObject({ kind: 'retry', when: 'later' });
  });

  it('reads the token again after a 401, and sends once more', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'corecard-'));
    try {
      const file = join(folder, 'token');
      writeFileSync(file, 'expired\n');
      const connector = connectorWith({ ACCESS_TOKEN: `file:${file}` });
      writeFileSync(file, `${simulator.settings.ACCESS_TOKEN}\n`);

      const { outcome } = await connector.cancel(referenceOf(simulator.referenceFor('works')), []);

      expect(outcome).toEqual({ kind: 'cancelled' });
      expect(simulator.requests.at(-2)).toMatchObject({ fault: 'The token is missing or wrong' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('alerts when the token is refused twice', async () => {
    const sentBefore = simulator.requests.length;

    const { outcome } = await connectorWith({ ACCESS_TOKEN: 'wrong' }).cancel(referenceOf(sample), []);

    expect(outcome).toEqual({ kind: 'retry', when: 'later', alert: containing('401') });
    expect(simulator.requests).toHaveLength(sentBefore + 2);
  });
});

const effectsOf = (reference: z.output<typeof corecard.reference.schema>) =>
  simulator.effects.filter(({ identity }) => identity === corecard.reference.identity(reference)).length;

describe('what a connector of CoreCard can do', () => {
  it('offers no query, and may send a cancel again', () => {
    expect(connectorWith()).toMatchObject({ query: null, pendingQuietMs: 0 });
    expect(corecard).toMatchObject({
      code: 'corecard',
      resendAfterUnknown: { kind: 'allowed' },
      timeoutMs: 10_000,
      giveUpHours: 2,
    });
  });

  it('can still be told by a webhook what became of a cancel, once a secret for it is set', () => {
    expect(connectorWith().callback).toBe('configured');
    expect(connectorWith({ CALLBACK_SECRET: undefined }).callback).toBe('none');
  });

  it('has a sandbox twin of each credential', () => {
    expect(corecard.settings.credentials).toEqual(['ACCESS_TOKEN', 'CALLBACK_SECRET']);
    expect(corecard.settings.mandatory).toEqual(['ACCESS_TOKEN']);
  });
});

describe('a webhook', () => {
  const SECRET = 'agreed-secret_of~40.letters-1234567890ab';
  const about = (adminNumber: string, evidence: object = {}) => ({
    kind: 'about',
    match: { reference: { adminNumber } },
    news: 'cancelled-after-unknown',
    answered: {
      outcome: { kind: 'cancelled' },
      evidence: {
        httpStatus: null,
        issuerCode: 'CancelPhysicalOrder',
        issuerText: null,
        traceId: null,
        ...evidence,
      },
    },
  });

  const read = (
    body: unknown,
    request: Partial<CallbackRequest> = {},
    settings: Record<string, string | undefined> = {},
  ): CallbackReading | undefined => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const whole = { method: 'POST', url: `/callbacks/corecard?secret=${SECRET}`, headers: {}, body: Buffer.from(text) };
    return corecard.callback?.read({ ...whole, ...request }, accountWith({ CALLBACK_SECRET: SECRET, ...settings }));
  };

  const documented = {
    AccountNumber: '8000000000000037',
    AdminNumber: '12345',
    RequestID: '12345',
    Mode: 'Update',
    AccountUniversalUniqueID: '12345',
    CardUniversalUniqueID: '12345',
    RequestUniversalUniqueID: '8CB70DEA-9FB0-4A68-9572-99A72849C8D6',
    User: 'jane.doe',
    ServiceName: 'CancelPhysicalOrder',
    AlertType: 'RealTime',
    InstitutionID: 3235,
    CancellationReason: 'Customer changed their mind',
  };

  it('tells of the account whose order was cancelled, as proof only after a cancel that ended unknown', () => {
    expect(read(documented)).toEqual(
      about('12345', {
        issuerCode: 'RealTime',
        issuerText: 'Customer changed their mind',
        traceId: '8CB70DEA-9FB0-4A68-9572-99A72849C8D6',
      }),
    );
  });

  it.each([
    ['in the group InfoAlert', { InfoAlert: documented }],
    ['in a group that is a list', { UpdateCallList: null, InfoAlert: [documented] }],
    ['in a group spelt in another way', { infoalert: [documented, null, 'x'] }],
  ])('is heard with its fields %s', (_, body) => {
    expect(read(body)).toEqual(read(documented));
  });

  it.each([
    ['text', '{"AdminNumber":"9007199254740993"}', '9007199254740993'],
    ['a number', '{"AdminNumber":9007199254740993}', '9007199254740993'],
    [
      'a number after numbers in text',
      '{"Note":"\\"AdminNumber\\":7, 8","AdminNumber": 9223372036854775807 }',
      '9223372036854775807',
    ],
    ['text with zeros in front', '{"AdminNumber":"000129409"}', '129409'],
    ['text with blanks around', '{"AdminNumber":" 129409 "}', '129409'],
    ['the same in text and number', '{"AdminNumber":"0129409","InfoAlert":{"adminNumber":129409}}', '129409'],
    ['lower case', '{"adminnumber":"129409"}', '129409'],
    ['upper case', '{"ADMINNUMBER":129409}', '129409'],
    ['a text after a mark of byte order', '\ufeff{"AdminNumber":"129409"}', '129409'],
  ])('keeps every digit of an AdminNumber that comes as %s', (_, body, adminNumber) => {
    expect(read(body)).toEqual(about(adminNumber));
    expect(referenceOf({ ...sample, adminNumber })).toMatchObject({ adminNumber });
  });

  it('keeps every digit of any int64', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }), fc.boolean(), fc.json(), (digits, asNumber, other) => {
        const body = `{"Other":${other},"AdminNumber":${asNumber ? digits : `"${digits}"`}}`;
        expect(read(body)).toEqual(about(String(digits)));
      }),
    );
  });

  it.each([
    ['no AdminNumber', { ...documented, AdminNumber: undefined }],
    ['an empty AdminNumber', { ...documented, AdminNumber: ' ' }],
    ['an AdminNumber of null', { ...documented, AdminNumber: null }],
    ['an AdminNumber of 0', { ...documented, AdminNumber: 0 }],
    ['a negative AdminNumber', { ...documented, AdminNumber: -1 }],
    ['an AdminNumber with decimals', { ...documented, AdminNumber: 1.5 }],
    ['an AdminNumber with letters', { ...documented, AdminNumber: '12a' }],
    ['an AdminNumber beyond int64', { ...documented, AdminNumber: '9223372036854775808' }],
    ['a list of AdminNumbers', { ...documented, AdminNumber: ['12345'] }],
    ['two AdminNumbers', { InfoAlert: [documented, { ...documented, AdminNumber: '12346' }] }],
    ['one AdminNumber of two that is none', { InfoAlert: [documented, { ...documented, AdminNumber: 'x' }] }],
    ['a group of no fields', { InfoAlert: 'x' }],
    ['a list', [documented]],
    ['no JSON', 'AdminNumber=12345'],
    ['half a body', JSON.stringify(documented).slice(0, -1)],
    ['nothing', ''],
  ])('is not readable with %s', (_, body) => {
    expect(read(body)).toEqual({ kind: 'unreadable' });
  });

  it.each([
    'CardCancelled',
    'CardManualLost',
    'CreatePhysicalOrder',
    'PhysicalOrder',
    'PhysicalOrderPrinted',
    'CancelPhysicalOrderFailed',
    'CancelBulkOrder',
    'CancelCard',
    'AddressChange',
    'ReplacedPrimary',
  ])('is about something else when a field names the alert %s', (name) => {
    expect(read({ ...documented, ServiceName: name })).toEqual({ kind: 'ignored' });
    expect(read({ InfoAlert: { ...documented, AlertName: name } })).toEqual({ kind: 'ignored' });
  });

  it.each(['', null, 7, 'CoreCredit', 'CardManagement', 'API', 'WebHook Notification', 'Credit Card Services'])(
    'takes a ServiceName of %j for a name of CoreCard, not of an alert',
    (name) => {
      expect(read({ ...documented, ServiceName: name })).toEqual(read(documented));
    },
  );

  it.each([
    'CANCELPHYSICALORDER',
    'cancel_physical_card_order',
    'Physical Order Cancelled',
    'PhysicalOrderCancellation',
  ])('takes a ServiceName of %s for a cancelled order', (name) => {
    expect(read({ ...documented, ServiceName: name })).toEqual(read(documented));
  });

  it('takes other words of ServiceName from the settings', () => {
    const body = { ...documented, ServiceName: 'Embossing' };

    expect(read(body)).toEqual({ kind: 'ignored' });
    expect(read(body, {}, { CALLBACK_SERVICE_NAMES: 'Fulfilment, embossing' })).toEqual(read(documented));
  });

  it('keeps nothing that names a person, nor the secret', () => {
    const reading = read({
      AdminNumber: '12345',
      AlertType: `Re Try ${SECRET}`,
      CancellationReason: `jane@example.com lost 4111 1111 1111 1111 ${SECRET} ${simulator.settings.ACCESS_TOKEN} ${'x'.repeat(600)}`,
      RequestUniversalUniqueID: '8000000000000037',
      RequestID: 777,
      User: 'jane.doe',
    });

    expect(reading).toMatchObject(
      about('12345', { issuerCode: 'Re Try [secret]', issuerText: containing('[secret]'), traceId: '777' }),
    );
    expect(JSON.stringify(reading)).not.toMatch(/jane|4111|8000000000000037/);
    expect(JSON.stringify(reading)).not.toContain(SECRET);
    expect(JSON.stringify(reading)).not.toContain(simulator.settings.ACCESS_TOKEN);
    expect(JSON.stringify(reading).length).toBeLessThan(900);
  });

  it('needs no token', () => {
    expect(read(documented, {}, { ACCESS_TOKEN: undefined })).toEqual(read(documented));
  });

  describe('is forged', () => {
    it.each([
      ['without a query', '/callbacks/corecard'],
      ['without a secret', '/callbacks/corecard?'],
      ['with an empty secret', '/callbacks/corecard?secret='],
      ['with another secret', '/callbacks/corecard?secret=another-secret-of-32-letters-1234'],
      ['with the beginning of the secret', `/callbacks/corecard?secret=${SECRET.slice(0, -1)}`],
      ['with more than the secret', `/callbacks/corecard?secret=${SECRET}x`],
      ['with the secret in another case', `/callbacks/corecard?secret=${SECRET.toUpperCase()}`],
      ['with the secret under another name', `/callbacks/corecard?Secret=${SECRET}`],
      ['with the secret in the path', `/callbacks/corecard/secret=${SECRET}`],
      ['with a broken escape', '/callbacks/corecard?secret=%E0%A4%A'],
    ])('%s', (_, url) => {
      expect(read(documented, { url })).toEqual({ kind: 'forged' });
    });

    it('when no secret is agreed, whatever it brings', () => {
      for (const url of [
        '/callbacks/corecard',
        '/callbacks/corecard?secret=',
        '/callbacks/corecard?secret=undefined',
      ]) {
        expect(read(documented, { url }, { CALLBACK_SECRET: undefined })).toEqual({ kind: 'forged' });
      }
    });

    it.each(['GET', 'PUT', 'post', ''])('when the method is %j', (method) => {
      expect(read(documented, { method })).toEqual({ kind: 'forged' });
    });

    it('before its body is looked at', () => {
      expect(read('no JSON', { url: '/callbacks/corecard?secret=x' })).toEqual({ kind: 'forged' });
    });
  });

  it.each([
    '/api/WebHookNotification/AlertNotification/CancelPhysicalOrder',
    '/callbacks/corecard/second',
    '/callbacks/corecard?x=1&y=?',
  ])('is heard at %s', (path) => {
    const url = `${path}${path.includes('?') ? '&' : '?'}secret=${SECRET}`;
    expect(read(documented, { url })).toMatchObject({ kind: 'about' });
  });

  it('names the path that CoreCard chooses, and answers in its words', () => {
    expect(corecard.callback).toMatchObject({
      aliases: ['/api/WebHookNotification/AlertNotification/CancelPhysicalOrder'],
      acknowledgement: { Status: true },
      rejection: { Status: false },
    });
  });

  it('is checked with the secret of a file as it was last read, which a 401 makes read again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'corecard-'));
    try {
      const file = join(folder, 'secret');
      const [old, renewed] = ['the-secret-of-yesterday', 'the-secret-of-today'];
      writeFileSync(file, `${old}\n`);
      const account = accountWith({ CALLBACK_SECRET: `file:${file}`, ACCESS_TOKEN: 'expired' });
      const kindWith = (secret: string) => {
        const url = `/callbacks/corecard?secret=${secret}`;
        const body = Buffer.from(JSON.stringify(documented));
        return corecard.callback?.read({ method: 'POST', url, headers: {}, body }, account).kind;
      };
      expect([kindWith(old), kindWith(renewed)]).toEqual(['about', 'forged']);

      writeFileSync(file, `${renewed}\n`);
      await corecard.connect(account, http).cancel(referenceOf(sample), []);

      expect([kindWith(old), kindWith(renewed)]).toEqual(['forged', 'about']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('never breaks, whatever comes', () => {
    const bodies = fc.oneof(
      fc.json(),
      fc.string(),
      fc
        .record({ InfoAlert: fc.jsonValue(), AdminNumber: fc.jsonValue(), ServiceName: fc.jsonValue() })
        .map((body) => JSON.stringify(body)),
      fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('latin1')),
    );
    fc.assert(
      fc.property(bodies, fc.webPath(), (body, path) => {
        expect(['about', 'ignored', 'unreadable']).toContain(read(body)?.kind);
        expect(read(body, { url: path })).toEqual({ kind: 'forged' });
      }),
    );
    expect(read(`{"AdminNumber":1,"x":${'['.repeat(200_000)}`)).toEqual({ kind: 'unreadable' });
    expect(read({ ...documented, Note: '\n"1'.repeat(200_000) })).toEqual(read(documented));
  });

  describe('of the simulator', () => {
    const readMade = (made: ReturnType<CorecardSimulator['callback']>) =>
      corecard.callback?.read(
        { method: 'POST', url: made.path, headers: made.headers, body: Buffer.from(made.body) },
        accountWith(),
      );

    it('can be made by hand, forged ones and those of other alerts too', () => {
      const adminNumber = '9007199254740993';
      const made = (changes: object) => readMade(simulator.callback({ adminNumber, ...changes }));

      expect(made({})).toMatchObject({ kind: 'about', match: { reference: { adminNumber } } });
      expect(made({ asNumber: true })).toMatchObject({ kind: 'about', match: { reference: { adminNumber } } });
      expect(made({ serviceName: null, alertType: 'Re Try', cancellationReason: 'lost', requestId: 'r1' })).toEqual(
        about(adminNumber, { issuerCode: 'Re Try', issuerText: 'lost', traceId: 'r1' }),
      );
      expect(made({ serviceName: 'CardCancelled' })).toEqual({ kind: 'ignored' });
      expect(made({ forged: true })).toEqual({ kind: 'forged' });
    });

    it('comes after the effect, again until it is heard, and every third time once more', async () => {
      const own = await start({ lateMs: 15 });
      const connector = connectorWith(own.settings, own.url);
      const cancel = async () => {
        const reference = referenceOf(own.referenceFor('works'));
        await connector.cancel(reference, []);
        return reference.adminNumber;
      };
      try {
        const heard: CallbackRequest[] = [];
        let answeredBusy = 0;
        const listener = createServer((request, response) => {
          const { method = '', url = '', headers } = request;
          const chunks: Buffer[] = [];
          request.on('data', (chunk: Buffer) => chunks.push(chunk));
          request.on('end', () => {
            heard.push({ method, url, headers, body: Buffer.concat(chunks) });
            response.writeHead(answeredBusy++ === 0 ? 503 : 200).end('{}');
          });
        });
        await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
        const silent = await cancel();
        own.sendCallbacksTo(`http://127.0.0.1:${(listener.address() as AddressInfo).port}/callbacks/corecard?x=1`);

        const first = await cancel();
        await until(() => heard.length === 2);
        const second = await cancel();
        await until(() => heard.length === 4);
        own.sendCallbacksTo(null);
        listener.close();

        const readings = heard.map((request) => corecard.callback?.read(request, accountWith(own.settings)));
        const [a, b] = readings;
        expect(readings.map((reading) => (reading as { match: object }).match)).toEqual(
          [first, first, second, second].map((adminNumber) => ({ reference: { adminNumber } })),
        );
        expect(a).toMatchObject({ answered: { evidence: { issuerCode: 'RealTime' } } });
        expect(b).toMatchObject({ answered: { evidence: { issuerCode: 'Re Try' } } });
        expect(JSON.stringify(heard)).not.toContain(silent);
      } finally {
        await own.stop();
      }
    });

    it('is given up when nobody listens', async () => {
      const own = await start({ lateMs: 3 });
      own.sendCallbacksTo('http://127.0.0.1:9/');

      await connectorWith(own.settings, own.url).cancel(referenceOf(own.referenceFor('works')), []);
      await new Promise((resolve) => setTimeout(resolve, 50));
      await own.stop();

      expect(own.effects).toHaveLength(1);
    });
  });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('the reference', () => {
  it.each([
    ['the documented sample', sample, sample],
    ['one without an address', { adminNumber: '12345', cardSequenceNumber: 0 }, {}],
    ['leading zeros', { adminNumber: '000129409', cardSequenceNumber: '01' }, { adminNumber: '129409' }],
    ['a sequence number as text', { adminNumber: '1', cardSequenceNumber: '2147483647' }, {}],
    ['the greatest int64', { adminNumber: '9223372036854775807', cardSequenceNumber: 1 }, {}],
  ])('takes %s', (_, raw, expected) => {
    const reference = referenceOf(raw);

    expect(reference).toEqual({ ...raw, ...expected, cardSequenceNumber: Number(raw.cardSequenceNumber) });
    expect(referenceOf(reference)).toEqual(reference);
  });

  it.each([
    ['adminNumber', { adminNumber: 129409 }],
    ['adminNumber', { adminNumber: '0' }],
    ['adminNumber', { adminNumber: '' }],
    ['adminNumber', { adminNumber: '-1' }],
    ['adminNumber', { adminNumber: '12a' }],
    ['adminNumber', { adminNumber: '１２' }],
    ['adminNumber', { adminNumber: '9223372036854775808' }],
    ['adminNumber', { adminNumber: undefined }],
    ['cardSequenceNumber', { cardSequenceNumber: undefined }],
    ['cardSequenceNumber', { cardSequenceNumber: 2147483648 }],
    ['cardSequenceNumber', { cardSequenceNumber: '2147483648' }],
    ['cardSequenceNumber', { cardSequenceNumber: -1 }],
    ['cardSequenceNumber', { cardSequenceNumber: 1.5 }],
    ['cardSequenceNumber', { cardSequenceNumber: '' }],
    ['cardSequenceNumber', { cardSequenceNumber: '1.5' }],
    ['cardSequenceNumber', { cardSequenceNumber: null }],
    ['externalIp', { externalIp: 'buyer.example' }],
    ['externalIp', { externalIp: '10.120.0.256' }],
    ['externalIp', { externalIp: 'fe80::1%eth0' }],
    ['externalIp', { externalIp: null }],
  ])('names %s as wrong in %j', (field, wrong) => {
    const { error } = corecard.reference.schema.safeParse({ ...sample, ...wrong });

    expect(error?.issues).toEqual([
      expect.objectContaining({ path: [field], message: expect.stringMatching(/^must be /) as string }),
    ]);
  });

  it('refuses a field that it does not know', () => {
    const { error } = corecard.reference.schema.safeParse({ ...sample, externalIP: '10.120.0.0' });
    expect(error?.issues[0]?.message).toContain('externalIP');
  });

  it('is the same order exactly when both ids are equal, whatever the address', () => {
    const identity = (raw: object) => corecard.reference.identity(referenceOf({ ...sample, ...raw }));

    expect(identity({})).toBe('129409/1');
    expect(identity({ adminNumber: '0129409', externalIp: '::1' })).toBe('129409/1');
    expect(identity({ cardSequenceNumber: 2 })).toBe('129409/2');
  });
});

describe('the settings', () => {
  it('have defaults, but for the token', () => {
    expect(settingsSchema.parse({})).toEqual({
      TOKEN_HEADER: 'Authorization',
      TOKEN_SCHEME: 'Bearer',
      SOURCE: 'WEB',
      API_VERSION: '2.0',
      SEND_REQUEST_TIME: false,
      SUCCESS_CODES: ['ERR01160'],
      ALREADY_CODES: [],
      FINAL_CODES: {},
      RETRY_CODES: [],
      CALLBACK_SERVICE_NAMES: [],
    });
  });

  it('do not show a secret', () => {
    const settings = settingsSchema.parse({
      ACCESS_TOKEN: 'hidden-token',
      CALLBACK_SECRET: 'hidden-secret-of-a-webhook',
    });

    expect(JSON.stringify(settings)).not.toContain('hidden');
    expect(settings.CALLBACK_SECRET?.reveal()).toBe('hidden-secret-of-a-webhook');
  });

  it.each([
    ['ACCESS_TOKEN', 'two\nlines'],
    ['ACCESS_TOKEN', ' blank'],
    ['TOKEN_HEADER', 'two words'],
    ['TOKEN_HEADER', 'Content-Type'],
    ['TOKEN_SCHEME', 'two words'],
    ['TOKEN_SCHEME', ''],
    ['SOURCE', 'S'.repeat(51)],
    ['SOURCE', ' '],
    ['API_VERSION', '2'.repeat(11)],
    ['EXTERNAL_IP', 'localhost'],
    ['IP_ADDRESS', '::1'],
    ['DATE_FORMAT', 'd'.repeat(26)],
    ['CURRENCY_CODE', '8'.repeat(11)],
    ['CURRENCY_SYMBOL_TYPE', '1'.repeat(11)],
    ['LANGUAGE', 'e'.repeat(11)],
    ['SESSION_ID', '0'.repeat(101)],
    ['CALLER_ID', '7'.repeat(21)],
    ['CALLED_ID', '3'.repeat(21)],
    ['SEND_REQUEST_TIME', 'perhaps'],
    ['CALLBACK_SECRET', 'fifteen-letters'],
    ['CALLBACK_SECRET', 's'.repeat(201)],
    ['CALLBACK_SECRET', 'sixteen+letters/'],
    ['FINAL_CODES', '{"E1":"printed"}'],
    ['FINAL_CODES', '{"E1":"no_answer"}'],
    ['FINAL_CODES', 'E1'],
  ])('refuse %s with %j', (name, value) => {
    const { error } = settingsSchema.safeParse({ ACCESS_TOKEN: 't', [name]: value });

    expect(error?.issues[0]?.path[0]).toBe(name);
    expect(error?.issues[0]?.message).toMatch(/^must /);
  });
});

describe('the simulator', () => {
  const body = (changes: Record<string, unknown> = {}) =>
    JSON.stringify({
      Source: 'Web',
      IPAddress: '10.120.0.1',
      ExternalIP: '10.120.0.0',
      APIVersion: '2.0',
      RequestTime: '01/15/2020 10:05:23',
      AdminNumber: 129499,
      CardSequenceNumber: 1,
      ...changes,
    });

  const post = (text: string | null, headers: Record<string, string> = {}, path = PATH) =>
    fetch(simulator.url + path, {
      method: text === null ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${simulator.settings.ACCESS_TOKEN}`,
        'content-type': 'application/json; charset=utf-8',
        ...headers,
      },
      ...(text === null ? {} : { body: text }),
    });

  it('answers as documented, and then refuses the order that it cancelled', async () => {
    const first = await post(body());
    expect(first.status).toBe(200);
    expect(await first.json()).toEqual(documentedSuccess);

    const second = await post(body());
    expect(second.status).toBe(200);
    expect(await second.json()).toMatchObject({ Status: false, ErrorCode: 'ERR01161' });
    expect(simulator.effects.filter(({ identity }) => identity === '129499/1')).toHaveLength(1);
  });

  it.each([
    ['a missing Source', body({ Source: undefined })],
    ['a Source of null', body({ Source: null })],
    ['an empty Source', body({ Source: '' })],
    ['a long Source', body({ Source: 'S'.repeat(51) })],
    ['a long SessionID', body({ SessionID: 'S'.repeat(101) })],
    ['a number as LANGUAGE', body({ Language: 1 })],
    ['an IPv6 IPAddress', body({ IPAddress: '::1' })],
    ['a missing ExternalIP', body({ ExternalIP: null })],
    ['a wrong ExternalIP', body({ ExternalIP: 'buyer' })],
    ['a missing APIVersion', body({ APIVersion: null })],
    ['a wrong RequestTime', body({ RequestTime: '2020-01-15T10:05:23' })],
    ['a missing AdminNumber', body({ AdminNumber: null })],
    ['an AdminNumber as text', body({ AdminNumber: '129499' })],
    ['an AdminNumber of 0', body({ AdminNumber: 0 })],
    ['an AdminNumber with decimals', body({ AdminNumber: 1.5 })],
    ['an AdminNumber beyond int64', body().replace('129499', '9223372036854775808')],
    ['a missing CardSequenceNumber', body({ CardSequenceNumber: null })],
    ['a negative CardSequenceNumber', body({ CardSequenceNumber: -1 })],
    ['a CardSequenceNumber beyond int32', body({ CardSequenceNumber: 2147483648 })],
    ['a CardSequenceNumber with decimals', body({ CardSequenceNumber: 1.5 })],
    ['a field that the page does not have', body({ OrderId: 1 })],
    ['a list', `[${body()}]`],
    ['half a body', body().slice(0, -1)],
    ['no body', ''],
  ])('answers 400 to %s', async (_, text) => {
    const response = await post(text);

    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      Message: lastRequest()?.fault,
      Status: false,
      ErrorCode: 'ERR00001',
      ResponseData: null,
    });
    expect(lastRequest()?.fault).toEqual(expect.any(String));
  });

  it.each([
    ['404 to another path', 404, () => post(body(), {}, '/api/CoreCredit/Token/Token')],
    ['405 to another method', 405, () => post(null)],
    ['401 to a wrong token', 401, () => post(body(), { authorization: 'Bearer wrong' })],
    ['415 to another content type', 415, () => post(body(), { 'content-type': 'text/json' })],
    [
      '415 to none',
      415,
      () =>
        fetch(simulator.url + PATH, {
          method: 'POST',
          headers: { authorization: `Bearer ${simulator.settings.ACCESS_TOKEN}` },
          body: new TextEncoder().encode(body()),
        }),
    ],
  ])('answers %s', async (_, status, send) => {
    expect((await send()).status).toBe(status);
    expect(lastRequest()?.fault).toEqual(expect.any(String));
  });

  it.each([
    ['refuses', { kind: 'refused', reason: 'already_printed', certainty: 'explicit' }],
    ['not-found', { kind: 'refused', reason: 'not_found', certainty: 'explicit' }],
    ['already', { kind: 'already-cancelled' }],
  ] as const)('gives a reference whose cancel %s', async (behaviour, outcome) => {
    const reference = referenceOf(simulator.referenceFor(behaviour));

    expect((await connectorWith().cancel(reference, [])).outcome).toEqual(outcome);
    expect(effectsOf(reference)).toBe(0);
  });

  it('refuses plainly what it cancelled without answering, so that the unknown stays', async () => {
    const reference = referenceOf(simulator.referenceFor('works'));
    const lost: Behaviour = { effect: 'before-answer', answer: 'hang' };
    simulator.script(reference, [lost]);

    expect((await connectorWith({}, simulator.url, 200).cancel(reference, [])).outcome).toEqual({ kind: 'unknown' });
    expect((await connectorWith().cancel(reference, [])).outcome).toMatchObject({
      kind: 'refused',
      certainty: 'plain',
    });
    expect(effectsOf(reference)).toBe(1);
  });

  it('names examples that are references, the documented sample first', () => {
    expect(simulator.examples[0]?.reference).toEqual(sample);
    const identities = simulator.examples.map(({ reference }) => corecard.reference.identity(referenceOf(reference)));
    expect(new Set(identities).size).toBe(identities.length);
  });

  it('gives a new reference each time', () => {
    expect(simulator.referenceFor('works')).not.toEqual(simulator.referenceFor('works'));
  });

  it('comes from the issuer itself, and stops', async () => {
    const other = await (await corecard.simulator()).start();
    other.sendCallbacksTo(null);
    await other.stop();

    const { outcome } = await connectorWith({}, other.url).cancel(referenceOf(sample), []);
    expect(outcome).toEqual({ kind: 'retry', when: 'at-once' });
  });
});
