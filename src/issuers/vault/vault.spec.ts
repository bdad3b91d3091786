import { HttpService } from '@nestjs/axios';
import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { EarlierAttempt, FoundToken, TokenSource } from '../issuer.js';
import { AxiosIssuerHttp } from '../issuer-http.js';
import type { BehaviourName, SimulatedAnswer, Simulator } from '../simulator-server.js';
import { startVaultSimulator } from './simulator.js';
import { vault } from './vault.js';
import { readExactly } from './wire.js';

/** The error object under 400 on the page "Cancel Card Request". */
const documentedError = {
  error: 'COMMON',
  errorId: 0,
  message: "Sorry for inconvenience. We're fixing the issue. If you have urgent questions, contact support",
  systemId: 'core',
};

const unknownCancel: EarlierAttempt = { kind: 'cancel', outcome: 'unknown', issuerCode: 'timeout' };
const shownOpen: EarlierAttempt = { kind: 'query', outcome: 'not-cancelled', issuerCode: 'IN_PROGRESS' };

const http = new AxiosIssuerHttp(new HttpService());
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startVaultSimulator({ lateMs: 50 });
});

afterAll(async () => {
  http.close();
  await simulator.stop();
});

const readSettings = (settings: Readonly<Record<string, string>>) => z.object(vault.settings.shape).safeParse(settings);

function connect(settings: Readonly<Record<string, string | undefined>> = {}, baseUrl = simulator.url) {
  const account = { merchantId: 'm', sandbox: false, baseUrl, timeoutMs: 300 };
  const read = z.object(vault.settings.shape).parse({ ...simulator.settings, ...settings });
  return vault.connect({ ...account, settings: read }, http);
}

function referenceFor(behaviour: BehaviourName) {
  return vault.reference.schema.parse(simulator.referenceFor(behaviour));
}

const cancel = (behaviour: BehaviourName) => connect().cancel(referenceFor(behaviour), []);

/** Cancels a card request for which Vault gives this answer. */
async function cancelAnswered(answer: SimulatedAnswer, settings: Readonly<Record<string, string>> = {}) {
  const reference = referenceFor('works');
  simulator.script(reference, [
    { effect: 'none', answer },
    { effect: 'none', answer },
  ]);
  return connect(settings).cancel(reference, []);
}

const error = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): SimulatedAnswer => ({
  status,
  body: JSON.stringify(body),
  headers,
});

/** Asks for the state of the documented sample where Vault answers this to the card list. */
async function queryAnswered(
  answer: { readonly status?: number; readonly headers?: Record<string, string>; readonly body: unknown },
  settings: Readonly<Record<string, string>> = {},
  earlier: readonly EarlierAttempt[] = [],
) {
  const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
  const server = createServer((_request, response) =>
    response.writeHead(answer.status ?? 200, answer.headers ?? { 'x-request-id': 'trace-1' }).end(body),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const connector = connect(settings, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return await connector.query!({ cardRequestId: '124125' }, earlier);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const queryListing = (
  cards: unknown,
  settings: Readonly<Record<string, string>> = {},
  earlier: readonly EarlierAttempt[] = [],
) => queryAnswered({ body: { kycStatus: 'VERIFIED', cards, iban: null } }, settings, earlier);

const lastRequest = () => simulator.requests.at(-1)!;

describe('the declaration of vault', () => {
  it('waits 10 s for an answer and tries for 20 h', () => {
    expect(vault).toMatchObject({ code: 'vault', timeoutMs: 10_000, giveUpHours: 20, callback: null });
    expect(connect()).toMatchObject({ callback: 'none', pendingQuietMs: 0 });
  });

  it('allows another cancel after an unknown one only after two queries and a quiet time of 10 s or three time-outs', () => {
    const rule = vault.resendAfterUnknown;

    expect(rule).toMatchObject({ kind: 'after-queries', queries: 2, insideBudget: false });
    expect(rule.kind === 'after-queries' && [rule.quietMs(300), rule.quietMs(10_000)]).toEqual([10_000, 30_000]);
  });

  it('offers its own simulator', async () => {
    const { start } = await vault.simulator();

    expect(start).toBe(startVaultSimulator);
  });
});

describe('a reference to a card request', () => {
  const faultsOf = (reference: unknown) => {
    const read = vault.reference.schema.safeParse(reference);
    return read.success ? [] : read.error.issues.map(({ message }) => message);
  };

  it.each([
    [{ cardRequestId: '124125' }],
    [{ cardRequestId: '1', userKey: 'maria' }],
    [{ cardRequestId: '9223372036854775807' }],
  ])('%j is accepted as it is', (reference) => {
    expect(vault.reference.schema.parse(reference)).toEqual(reference);
  });

  it.each([
    [{ cardRequestId: 124125 }, /cardRequestId must be text/],
    [{}, /cardRequestId must be text/],
    [{ cardRequestId: '' }, /cardRequestId must be digits/],
    [{ cardRequestId: '0' }, /cardRequestId must be digits/],
    [{ cardRequestId: '-1' }, /cardRequestId must be digits/],
    [{ cardRequestId: '1/../2' }, /cardRequestId must be digits/],
    [{ cardRequestId: '9223372036854775808' }, /from 1 to 9223372036854775807/],
    [{ cardRequestId: '124125', userKey: '' }, /userKey must be 1 to 255/],
    [{ cardRequestId: '124125', userKey: 'a\nb' }, /userKey must be 1 to 255/],
    [{ cardRequestId: '124125', userKey: 7 }, /userKey must be text/],
    [{ cardRequestId: '124125', userkey: 'maria' }, /userkey: a Vault reference has only/],
    ['124125', /must be an object/],
  ])('%j is refused with a sentence that names the field', (reference, message) => {
    expect(faultsOf(reference)).toEqual([expect.stringMatching(message)]);
  });

  it('is the same with leading zeros and for another user', () => {
    const identity = (cardRequestId: string, userKey?: string) =>
      vault.reference.identity({ cardRequestId, ...(userKey === undefined ? {} : { userKey }) });

    expect(identity('000124125', 'maria')).toBe(identity('124125'));
    expect(identity('9223372036854775807')).not.toBe(identity('9223372036854775806'));
  });
});

describe('the settings of vault', () => {
  const messagesOf = (settings: Readonly<Record<string, string>>) =>
    readSettings({ ACCESS_TOKEN: 'token', ...settings }).error?.issues.map(({ message }) => message) ?? [];

  it('need nothing but the access token', () => {
    expect(readSettings({ ACCESS_TOKEN: 'token' }).data).toMatchObject({
      ALREADY_CODES: [],
      FINAL_CODES: {},
      RETRY_CODES: [],
      CANCELLED_STATUSES: [],
      ABSENT_MEANS_CANCELLED: false,
      STATUS_QUERY: true,
    });
    expect(vault.settings.mandatory).toEqual(['ACCESS_TOKEN']);
    expect(vault.settings.credentials).toEqual([
      'ACCESS_TOKEN',
      'USER_TOKENS',
      'TOKEN_URL',
      'CLIENT_ID',
      'CLIENT_SECRET',
    ]);
  });

  it('take codes as error and as error/errorId', () => {
    expect(
      messagesOf({ ALREADY_CODES: 'CARD_CANCELLED, CARD_ISSUED/12', FINAL_CODES: '{"A/-1":"not_found"}' }),
    ).toEqual([]);
  });

  it.each([
    [{ ACCESS_TOKEN: 'Bearer eyJ' }, /without the word Bearer/],
    [{ USER_TOKENS: 'maria=token' }, /JSON object of user keys/],
    [{ USER_TOKENS: '{"maria":12}' }, /JSON object of user keys/],
    [{ USER_TOKENS: '{"maria":"secret token"}' }, /each token without blanks/],
    [{ X_VERSION: 'a\nb' }, /one line of ASCII/],
    [{ ALREADY_CODES: 'A/B' }, /contains A\/B, which must be error or error\/errorId/],
    [{ ALREADY_CODES: 'COMMON' }, /must not contain COMMON/],
    [{ RETRY_CODES: 'COMMON/0' }, /must not contain COMMON\/0/],
    [{ FINAL_CODES: 'A' }, /JSON object with text values/],
    [{ FINAL_CODES: '{"A":"shipped"}' }, /gives A the reason shipped, which must be one of: already_printed, refused/],
    [{ FINAL_CODES: '{"A B":"not_found"}' }, /contains A B/],
    [{ CANCELLED_STATUSES: 'CANCELLED,in_progress' }, /must not contain IN_PROGRESS/],
  ])('%j is refused with a sentence that says why', (settings, message) => {
    expect(messagesOf(settings)).toEqual([expect.stringMatching(message)]);
  });

  it('show no token when they are refused or printed', () => {
    const read = readSettings({ ACCESS_TOKEN: 'first-secret', USER_TOKENS: '{"maria":"second-secret"}' });

    expect(messagesOf({ USER_TOKENS: '{"maria":"second secret"}' }).join()).not.toContain('secret');
    expect(JSON.stringify(read.data)).not.toContain('secret"');
  });
});

describe('a cancel sent to Vault', () => {
  it('is the documented request: path, three headers, no body', async () => {
    const answered = await connect().cancel({ cardRequestId: '124125' }, []);

    expect(answered.outcome).toEqual({ kind: 'cancelled' });
    expect(lastRequest()).toMatchObject({
      method: 'POST',
      path: '/v2/card/card-requests/124125/cancel',
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${simulator.settings['ACCESS_TOKEN']}`,
        'content-type': 'application/json',
      },
      body: '',
      fault: null,
    });
    expect(lastRequest().headers).not.toHaveProperty('x-version');
    expect(lastRequest().headers).not.toHaveProperty('x-merchant-id');
    expect(simulator.effects.map(({ identity }) => identity)).toContain('124125');
  });

  it('keeps every digit of an int64 and drops leading zeros', async () => {
    await connect().cancel({ cardRequestId: '09223372036854775807' }, []);

    expect(lastRequest()).toMatchObject({ path: '/v2/card/card-requests/9223372036854775807/cancel', fault: null });
  });

  it('carries the programme, version, user agent and merchant id that the settings name', async () => {
    const settings = { CP: 'CP_2', X_VERSION: '1.2', USER_AGENT: 'Shop/1.0 (cards)', MERCHANT_ID: 'a1b2' };

    await connect(settings).cancel(referenceFor('works'), []);

    expect(lastRequest().path).toMatch(/\/cancel\?cp=CP_2$/);
    expect(lastRequest().headers).toMatchObject({
      'x-version': '1.2',
      'user-agent': 'Shop/1.0 (cards)',
      'x-merchant-id': 'a1b2',
    });
  });

  it("keeps the answer's x-request-id", async () => {
    const { evidence } = await cancelAnswered(error(400, documentedError, { 'x-request-id': 'req-7' }));

    expect(evidence).toEqual({
      httpStatus: 400,
      issuerCode: 'COMMON/0',
      issuerText: documentedError.message,
      traceId: 'req-7',
    });
  });

  it('keeps neither the stack trace nor the original message nor what names a person', async () => {
    const refusal = await cancel('refuses');
    const personal = await cancelAnswered(
      error(400, { error: 'X', message: 'Card 4111 1111 1111 1111 of a@b.example' }),
    );

    expect(refusal.evidence.issuerText).toBe('This card order cannot be cancelled any more');
    expect(JSON.stringify(refusal)).not.toMatch(/Exception|\.java/);
    expect(personal.evidence.issuerText).toBe('Card [number] of [e-mail]');
  });
});

describe('the token a reference is sent with', () => {
  const authorizations = () => simulator.requests.map(({ headers }) => headers.authorization);

  it("is its user's own, for the cancel and for the query", async () => {
    const mine = { cardRequestId: '124126', userKey: 'maria' };
    const before = simulator.requests.length;

    const cancelled = await connect().cancel(mine, []);
    const queried = await connect().query!(mine, [unknownCancel]);

    const { maria } = JSON.parse(simulator.settings['USER_TOKENS']!) as { maria: string };
    expect(cancelled.outcome).toEqual({ kind: 'cancelled' });
    expect(queried.outcome).toEqual({ kind: 'cancelled' });
    expect(authorizations().slice(before)).toEqual([`Bearer ${maria}`, `Bearer ${maria}`]);
  });

  it.each(['joana', 'constructor', '__proto__'])('is never the common one for the unknown user %s', async (userKey) => {
    const before = simulator.requests.length;
    const connector = connect();

    const cancelled = await connector.cancel({ cardRequestId: '124125', userKey }, []);
    const queried = await connector.query!({ cardRequestId: '124125', userKey }, []);

    const alert = expect.stringContaining('USER_TOKENS has no token') as string;
    expect(cancelled.outcome).toEqual({ kind: 'retry', when: 'later', alert });
    expect(queried.outcome).toEqual(cancelled.outcome);
    expect(cancelled.evidence).toEqual({ httpStatus: null, issuerCode: 'no-token', issuerText: null, traceId: null });
    expect(JSON.stringify(cancelled)).not.toContain(userKey);
    expect(simulator.requests.length).toBe(before);
  });

  it('is never the common one where no user has a token', async () => {
    const connector = connect({ USER_TOKENS: undefined });

    const { outcome } = await connector.cancel({ cardRequestId: '124125', userKey: 'maria' }, []);

    expect(outcome).toMatchObject({ kind: 'retry', when: 'later' });
  });

  describe('got for its user', () => {
    const mine = { cardRequestId: '124126', userKey: 'maria' };
    const maria = () => (JSON.parse(simulator.settings['USER_TOKENS']!) as { maria: string }).maria;

    /** A source that says this, one after the other, the last one for ever. */
    function sourceOf(...answers: (FoundToken | null | Promise<never>)[]) {
      const asked: string[] = [];
      return {
        asked,
        token: async (userKey: string | null) => {
          asked.push(`token ${userKey}`);
          return answers.length > 1 ? answers.shift()! : answers[0]!;
        },
        renew: async (userKey: string | null, refused: string) => void asked.push(`renew ${userKey} ${refused}`),
      };
    }

    function connectWith(userTokens: TokenSource, settings: Readonly<Record<string, string | undefined>> = {}) {
      const account = { merchantId: 'm', sandbox: false, baseUrl: simulator.url, timeoutMs: 300, userTokens };
      const read = z.object(vault.settings.shape).parse({ ...simulator.settings, ...settings });
      return vault.connect({ ...account, settings: read }, http);
    }

    it('is sent, and not the one of the settings', async () => {
      const source = sourceOf({ kind: 'token', token: maria() });

      const { outcome } = await connectWith(source, { USER_TOKENS: '{"maria":"old"}' }).cancel(mine, []);

      expect(outcome).not.toMatchObject({ kind: 'retry' });
      expect(authorizations().at(-1)).toBe(`Bearer ${maria()}`);
      expect(source.asked).toEqual(['token maria']);
    });

    it('is the one of the settings where the source knows nothing of the user', async () => {
      await connectWith(sourceOf(null)).cancel(mine, []);

      expect(authorizations().at(-1)).toBe(`Bearer ${maria()}`);
    });

    it('is the common one only where the reference names no user', async () => {
      await connectWith(sourceOf(null)).cancel(referenceFor('works'), []);

      expect(authorizations().at(-1)).toBe(`Bearer ${simulator.settings['ACCESS_TOKEN']}`);
    });

    it('is another one after a 401', async () => {
      const source = sourceOf({ kind: 'token', token: 'expired' }, { kind: 'token', token: maria() });

      await connectWith(source).cancel(mine, []);

      expect(authorizations().slice(-2)).toEqual(['Bearer expired', `Bearer ${maria()}`]);
      expect(source.asked).toEqual(['token maria', 'renew maria expired', 'token maria']);
    });

    it('sends nothing, with an alert, where a person must put it right', async () => {
      const before = simulator.requests.length;

      const { outcome, evidence } = await connectWith(sourceOf({ kind: 'missing', why: 'was not asked' })).cancel(
        mine,
        [],
      );

      expect(outcome).toEqual({ kind: 'retry', when: 'later', alert: 'was not asked' });
      expect(evidence.issuerCode).toBe('no-token');
      expect(simulator.requests.length).toBe(before);
    });

    it('sends nothing, and tries again by itself, where it is not to be had now', async () => {
      const before = simulator.requests.length;

      const answered = await connectWith(sourceOf({ kind: 'unavailable', fault: 'status-503' })).cancel(mine, []);

      expect(answered.outcome).toEqual({ kind: 'retry', when: 'at-once' });
      expect(answered.evidence).toMatchObject({ httpStatus: null, issuerCode: 'token-status-503' });
      expect(simulator.requests.length).toBe(before);
    });

    it('is not waited for longer than the time-out of the call', async () => {
      const never = sourceOf(new Promise<never>(() => undefined));

      const answered = await connectWith(never).cancel(mine, []);

      expect(answered.outcome).toEqual({ kind: 'retry', when: 'at-once' });
      expect(answered.evidence.issuerCode).toBe('token-timeout');
    });
  });

  it('may come from a token address, with its own client and the merchant id', () => {
    const settings = { TOKEN_URL: 'https://vault.example/oauth/token', MERCHANT_ID: 'a1b2' };
    const grantOf = (given: Readonly<Record<string, string>>) => {
      const read = z.object(vault.settings.shape).parse({ ACCESS_TOKEN: 'token', ...given });
      return vault.refreshGrant!({ merchantId: 'm', sandbox: false, baseUrl: '', timeoutMs: 300, settings: read });
    };

    expect(grantOf({})).toBeNull();
    expect(grantOf(settings)).toEqual({
      url: 'https://vault.example/oauth/token',
      client: null,
      headers: { 'X-Merchant-ID': 'a1b2' },
    });
    expect(grantOf({ ...settings, CLIENT_ID: 'us', CLIENT_SECRET: 'hush' })?.client).toEqual({
      id: 'us',
      secret: 'hush',
    });
  });

  describe('kept in a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'vault-'));
    const file = join(folder, 'secret');
    afterAll(() => rmSync(folder, { recursive: true }));

    it('is read again after a 401, and the cancel sent once more', async () => {
      writeFileSync(file, 'expired-token\n');
      const connector = connect({ ACCESS_TOKEN: `file:${file}` });
      writeFileSync(file, `${simulator.settings['ACCESS_TOKEN']}\n`);

      const { outcome } = await connector.cancel(referenceFor('works'), []);

      expect(outcome).toEqual({ kind: 'cancelled' });
      expect(authorizations().slice(-2)).toEqual([
        'Bearer expired-token',
        `Bearer ${simulator.settings['ACCESS_TOKEN']}`,
      ]);
    });

    it("is read again after a 401 for a user's own, too", async () => {
      writeFileSync(file, '{"maria":"expired-token"}');
      const connector = connect({ USER_TOKENS: `file:${file}` });
      writeFileSync(file, simulator.settings['USER_TOKENS']!);

      const { outcome } = await connector.cancel({ ...referenceFor('works'), userKey: 'maria' }, []);

      expect(outcome).toEqual({ kind: 'cancelled' });
    });

    it('is found for a user who was added since', async () => {
      writeFileSync(file, '{}');
      const connector = connect({ USER_TOKENS: `file:${file}` });
      writeFileSync(file, simulator.settings['USER_TOKENS']!);

      const { outcome } = await connector.cancel({ ...referenceFor('works'), userKey: 'maria' }, []);

      expect(outcome).toEqual({ kind: 'cancelled' });
    });

    it('stays the old one while the file is half written', async () => {
      writeFileSync(file, simulator.settings['USER_TOKENS']!);
      const connector = connect({ USER_TOKENS: `file:${file}` });
      const first = await connector.cancel({ ...referenceFor('works'), userKey: 'maria' }, []);
      writeFileSync(file, '{"maria":"exp');

      const absent = await connector.cancel({ ...referenceFor('works'), userKey: 'joana' }, []);
      const second = await connector.cancel({ ...referenceFor('works'), userKey: 'maria' }, []);

      expect(absent.outcome).toMatchObject({ kind: 'retry', when: 'later' });
      expect([first.outcome, second.outcome]).toEqual([{ kind: 'cancelled' }, { kind: 'cancelled' }]);
    });

    it('that is no usable token any more is not sent', async () => {
      writeFileSync(file, 'expired-token');
      const connector = connect({ ACCESS_TOKEN: `file:${file}` });
      writeFileSync(file, 'two words');

      const refused = await connector.cancel(referenceFor('works'), []);
      const unusable = await connector.cancel(referenceFor('works'), []);

      expect(refused.outcome).toMatchObject({ alert: 'answers 401: check the credentials' });
      expect(authorizations().slice(-2)).toEqual(['Bearer expired-token', 'Bearer expired-token']);
      expect(unusable.outcome).toMatchObject({
        when: 'later',
        alert: expect.stringContaining('ACCESS_TOKEN') as string,
      });
    });
  });
});

describe('what an answer to a cancel means', () => {
  const settings = {
    ALREADY_CODES: 'CARD_CANCELLED, BOTH',
    FINAL_CODES: '{"CARD_ISSUED":"refused_by_issuer","CARD_ISSUED/12":"already_printed","BOTH":"not_found"}',
    RETRY_CODES: 'BUSY,BUSY',
  };
  const plain = { kind: 'refused', certainty: 'plain' };
  const shows = (text: string) => expect.stringContaining(text) as string;

  it.each([['ok'], ['OK'], ['Ok']])('200 with result %s: cancelled', async (result) => {
    expect((await cancelAnswered(error(200, { result }))).outcome).toEqual({ kind: 'cancelled' });
  });

  it.each<[string, SimulatedAnswer]>([
    ['200 with another result', error(200, { result: 'accepted' })],
    ['200 with a result that looks like ok', error(200, { result: 'o\u212a' })],
    ['200 with a result that is no text', error(200, { result: ['ok'] })],
    ['200 with ok and an error', error(200, { result: 'ok', error: 'COMMON' })],
    ['200 with ok and an error id', error(200, { result: 'ok', errorId: 0 })],
    ['200 without a result', error(200, {})],
    ['200 with a code that is mapped', error(200, { error: 'CARD_CANCELLED' })],
    ['200 with an array', error(200, [{ result: 'ok' }])],
    ['200 with null', error(200, null)],
    ['200 with JSON in a string', error(200, '{"result":"ok"}')],
    ['200 without a body', { status: 200, body: '' }],
    ['201 with ok', error(201, { result: 'ok' })],
    ['204', { status: 204, body: '' }],
    ['400 with the documented example', error(400, documentedError)],
    ['400 with a code that no setting names', error(400, { error: 'NEW', errorId: 3 })],
    ['400 with an error id alone', error(400, { errorId: 12 })],
    ['400 with an error of a wrong type', error(400, { error: { a: 1 }, errorId: [], message: 5 })],
    ['400 with HTML', { status: 400, body: '<h1>Bad Request</h1>' }],
    ['409 with a code that no setting names', error(409, { error: 'NEW' })],
    ['408', { status: 408, body: '' }],
    ['500 with the documented example', error(500, documentedError)],
    ['502', { status: 502, body: '' }],
    ['bytes that are no text', 'not-utf8'],
  ])('%s: unknown', async (_name, answer) => {
    expect((await cancelAnswered(answer, settings)).outcome).toEqual({ kind: 'unknown' });
  });

  it.each<[number, unknown, unknown]>([
    [400, { error: 'CARD_CANCELLED', errorId: 9 }, { kind: 'already-cancelled' }],
    [400, { error: 'CARD_ISSUED', errorId: 12 }, { ...plain, reason: 'already_printed' }],
    [400, { error: 'CARD_ISSUED', errorId: 13 }, { ...plain, reason: 'refused_by_issuer' }],
    [400, { error: 'CARD_ISSUED' }, { ...plain, reason: 'refused_by_issuer' }],
    [404, { error: 'CARD_CANCELLED' }, { kind: 'already-cancelled' }],
    [500, { error: 'CARD_ISSUED', errorId: 12 }, { ...plain, reason: 'already_printed' }],
    [400, { error: 'BUSY' }, { kind: 'retry', when: 'at-once' }],
    [400, { error: 'BOTH' }, { kind: 'unknown', alert: shows('BOTH, which stands in more than one of') }],
    [404, documentedError, { ...plain, reason: 'not_found', alert: shows('answers 404') }],
    [404, 'no JSON', { ...plain, reason: 'not_found', alert: shows('answers 404') }],
    [401, {}, { kind: 'retry', when: 'later', alert: shows('answers 401') }],
    [403, {}, { kind: 'retry', when: 'later', alert: shows('answers 403') }],
    [415, {}, { kind: 'retry', when: 'later', alert: shows('answers 415') }],
  ])('%i with %j: as its table says', async (status, body, outcome) => {
    expect((await cancelAnswered(error(status, body), settings)).outcome).toEqual(outcome);
  });

  it('honours Retry-After with a code that means "again"', async () => {
    const { outcome } = await cancelAnswered(error(400, { error: 'BUSY' }, { 'retry-after': '2' }), settings);

    expect(outcome).toEqual({ kind: 'retry', when: 'at-once', afterMs: 2_000 });
  });

  it('writes the code as error, error/errorId or /errorId, with every digit', async () => {
    const codes = await Promise.all(
      ['{"error":"A"}', '{"error":"A","errorId":9007199254740993}', '{"errorId":12}', '{"errorId":1.5}'].map(
        async (body) => (await cancelAnswered({ status: 400, body })).evidence.issuerCode,
      ),
    );

    // Sixteen digits look like a card number, and are masked.
    expect(codes).toEqual(['A', 'A/[number]', '/12', null]);
  });

  it.each<[BehaviourName, unknown, boolean]>([
    ['works', { kind: 'cancelled' }, true],
    ['refuses', { ...plain, reason: 'refused_by_issuer' }, false],
    ['not-found', { ...plain, reason: 'not_found', alert: shows('answers 404') }, false],
    ['already', { kind: 'unknown' }, false],
    ['hangs', { kind: 'unknown' }, false],
    ['answer-lost', { kind: 'unknown' }, true],
    ['resets', { kind: 'unknown' }, false],
    ['cut-off', { kind: 'unknown' }, true],
    ['server-error', { kind: 'unknown' }, true],
    ['too-many', { kind: 'retry', when: 'at-once', afterMs: 1_000 }, false],
    ['token-expired', { kind: 'cancelled' }, true],
    ['unavailable', { kind: 'unknown' }, false],
    ['redirects', { kind: 'retry', when: 'later', alert: shows('redirect') }, false],
    ['huge', { kind: 'unknown' }, true],
    ['html', { kind: 'unknown' }, true],
    ['slow', { kind: 'cancelled' }, true],
  ])('a Vault that behaves as "%s": what it says, and what it really does', async (behaviour, outcome, isDone) => {
    const reference = referenceFor(behaviour);

    const answered = await connect().cancel(reference, []);

    expect(answered.outcome).toEqual(outcome);
    expect(simulator.effects.some(({ identity }) => identity === reference.cardRequestId)).toBe(isDone);
  });

  it('a Vault that cannot be reached: retry at once', async () => {
    const { outcome, evidence } = await connect({}, 'http://127.0.0.1:9').cancel({ cardRequestId: '124125' }, []);

    expect(outcome).toEqual({ kind: 'retry', when: 'at-once' });
    expect(evidence).toMatchObject({ httpStatus: null, issuerCode: 'refused', traceId: null });
  });

  it('any body under any status: an outcome, and never a success but for the documented one', async () => {
    const reference = referenceFor('works');
    const connector = connect(settings);
    const body = fc.oneof(
      fc.json(),
      fc.string(),
      fc
        .record({ result: fc.jsonValue(), error: fc.jsonValue(), errorId: fc.jsonValue(), message: fc.jsonValue() })
        .map((value) => JSON.stringify(value)),
    );

    await fc.assert(
      fc.asyncProperty(fc.constantFrom(200, 201, 400, 404, 409, 500), body, async (status, text) => {
        simulator.script(reference, [{ effect: 'none', answer: { status, body: text } }]);
        const { outcome } = await connector.cancel(reference, []);
        expect(outcome.kind).toBe(status === 404 ? 'refused' : 'unknown');
      }),
      { numRuns: 150 },
    );
  });
});

describe('a query of the state', () => {
  const ours = { cardRequestId: 124125, cardType: 'PLASTIC', cardCompany: 'VISA' };
  const open = { ...ours, status: 'IN_PROGRESS', additionalStatuses: ['ADDRESS', 'PAID'] };
  const other = { ...open, cardRequestId: 124126, status: 'CANCELLED' };
  const cancelledIs = { CANCELLED_STATUSES: 'Cancelled' };
  const alerted = { kind: 'unknown', alert: expect.any(String) as string };

  it('is not offered where it is switched off', () => {
    expect(connect({ STATUS_QUERY: 'off' }).query).toBeNull();
  });

  it('asks for the card list, with no body', async () => {
    await connect({ X_VERSION: '1.2', CP: 'CP_2' }).query!({ cardRequestId: '124125' }, []);

    expect(lastRequest()).toMatchObject({
      method: 'GET',
      path: '/v2/card/list',
      headers: { accept: 'application/json', 'x-version': '1.2' },
      body: '',
      fault: null,
    });
    expect(lastRequest().headers).not.toHaveProperty('content-type');
  });

  it.each<[string, unknown, unknown]>([
    ['in progress', [other, open], { kind: 'not-cancelled' }],
    [
      'in progress in other letters, card id null',
      [{ ...open, status: 'In_Progress', id: null }],
      { kind: 'not-cancelled' },
    ],
    ['twice, the same way', [open, { ...open, additionalStatuses: [] }], { kind: 'not-cancelled' }],
    ['with its id as text', [{ ...open, cardRequestId: '124125' }], { kind: 'not-cancelled' }],
    ['among entries that cannot be read', [null, 'x', { cardRequestId: 1.5 }, open], { kind: 'not-cancelled' }],
    ['with a card', [{ ...open, id: 5 }], { kind: 'refused', reason: 'refused_by_issuer' }],
    ['with a card and no status', [{ ...ours, id: 'c-5' }], { kind: 'refused', reason: 'refused_by_issuer' }],
    ['cancelled', [{ ...ours, status: 'CANCELLED' }], { kind: 'already-cancelled' }],
    ['cancelled and yet with a card', [{ ...ours, id: 5, status: 'CANCELLED' }], alerted],
    ['with another status', [{ ...ours, status: 'FAILED' }], alerted],
    ['without a status', [ours], alerted],
    ['with a status of a wrong type', [{ ...ours, status: ['IN_PROGRESS'] }], alerted],
    ['with a card id that is none', [{ ...open, id: 0 }], alerted],
    ['with a card id of a wrong type', [{ ...open, id: {} }], alerted],
    ['twice, in different states', [open, { ...ours, status: 'CANCELLED' }], alerted],
    ['nowhere', [other], { kind: 'unknown' }],
    ['in no list at all', [], { kind: 'unknown' }],
    ['in a list that is none', { 0: open }, { kind: 'unknown' }],
    ['in a list that is null', null, { kind: 'unknown' }],
  ])('finds it %s', async (_name, cards, outcome) => {
    expect((await queryListing(cards, cancelledIs)).outcome).toEqual(outcome);
  });

  it.each([
    ['unknown', 'cancelled'],
    ['asking', 'cancelled'],
    ['retry', 'already-cancelled'],
    ['refused', 'already-cancelled'],
  ] as const)('finds it cancelled after a cancel of ours that ended %s: %s', async (ended, kind) => {
    const earlier: EarlierAttempt[] = [
      { kind: 'query', outcome: 'unknown', issuerCode: null },
      { kind: 'cancel', outcome: ended, issuerCode: null },
    ];

    expect((await queryListing([{ ...ours, status: 'cancelled' }], cancelledIs, earlier)).outcome).toEqual({ kind });
  });

  it('takes no status for cancelled unless a setting says so', async () => {
    const { outcome } = await queryListing([{ ...ours, status: 'CANCELLED' }], { CANCELLED_STATUSES: '' });

    expect(outcome).toEqual(alerted);
  });

  describe('of one that is gone from the list', () => {
    const absent = { ABSENT_MEANS_CANCELLED: 'on' };

    it('takes it for cancelled only with the setting and after it was listed', async () => {
      const outcomes = await Promise.all([
        queryListing([other], absent, [unknownCancel, shownOpen]),
        queryListing([other], {}, [unknownCancel, shownOpen]),
        queryListing([other], absent, [unknownCancel]),
        queryListing([other], absent, [{ ...shownOpen, outcome: 'unknown' }]),
      ]);

      expect(outcomes.map(({ outcome }) => outcome.kind)).toEqual(['cancelled', 'unknown', 'unknown', 'unknown']);
      expect(outcomes[0].evidence.issuerCode).toBe('not-listed');
    });

    it.each([[null], ['x'], [[open]], [{ cardRequestId: 124125.5 }], [{ cardRequestId: { id: 124125 } }]])(
      'leaves it unknown beside the unreadable entry %j',
      async (entry) => {
        const { outcome } = await queryListing([other, entry], absent, [unknownCancel, shownOpen]);

        expect(outcome).toEqual({ kind: 'unknown' });
      },
    );

    it('looks past issued cards, which have no card request, and past ids of another kind', async () => {
      const { outcome } = await queryListing([{ id: 5 }, { cardRequestId: 'a1-b2' }], absent, [shownOpen]);

      expect(outcome).toEqual({ kind: 'cancelled' });
    });
  });

  it('tells apart ids that differ beyond 2^53', async () => {
    const connector = connect();
    const [mine, neighbour] = [{ cardRequestId: '9223372036854775801' }, { cardRequestId: '9223372036854775802' }];
    await connector.cancel(mine, []);
    simulator.script(neighbour, []);

    const [ofMine, ofNeighbour] = await Promise.all([connector.query!(mine, []), connector.query!(neighbour, [])]);

    expect(ofMine.outcome).toEqual({ kind: 'already-cancelled' });
    expect(ofNeighbour.outcome).toEqual({ kind: 'not-cancelled' });
  });

  it.each<[string, number, unknown, unknown]>([
    ['no JSON', 200, '<html>', { kind: 'unknown' }],
    ['JSON that is no object', 200, [open], { kind: 'unknown' }],
    ['a list in a string', 200, JSON.stringify(JSON.stringify({ cards: [open] })), { kind: 'unknown' }],
    ['another success', 202, { cards: [open] }, { kind: 'unknown' }],
    ['the documented error', 400, documentedError, { kind: 'unknown' }],
    ['not found', 404, { cards: [] }, { kind: 'unknown' }],
    ['a server fault', 500, { cards: [open] }, { kind: 'unknown' }],
    ['too many', 429, '', { kind: 'retry', when: 'at-once', afterMs: 3_000 }],
    ['forbidden', 403, '', { kind: 'retry', when: 'later', alert: expect.any(String) as string }],
  ])('answered with %s (%i)', async (_name, status, body, outcome) => {
    const answered = await queryAnswered(
      { status, headers: { 'retry-after': '3', 'x-request-id': 'trace-1' }, body },
      { ABSENT_MEANS_CANCELLED: 'on' },
      [unknownCancel, shownOpen],
    );

    expect(answered.outcome).toEqual(outcome);
    expect(answered.evidence).toMatchObject({ httpStatus: status, traceId: 'trace-1' });
  });

  it('does without a trace id where Vault sends none', async () => {
    const { evidence } = await queryAnswered({ headers: {}, body: { cards: [open] } });

    expect(evidence).toMatchObject({ issuerCode: 'IN_PROGRESS', traceId: null });
  });

  it('keeps the status, the trace id, and nothing else of the list', async () => {
    const { evidence } = await queryListing([{ ...open, number: '4111111111111111', holder: 'Maria' }]);

    expect(evidence).toEqual({ httpStatus: 200, issuerCode: 'IN_PROGRESS', issuerText: null, traceId: 'trace-1' });
  });

  it.each<[BehaviourName, string, string]>([
    ['works', 'not-cancelled', 'cancelled'],
    ['refuses', 'refused', 'refused'],
    ['not-found', 'unknown', 'unknown'],
    ['already', 'already-cancelled', 'cancelled'],
    ['hangs', 'not-cancelled', 'not-cancelled'],
    ['answer-lost', 'not-cancelled', 'cancelled'],
  ])('at a Vault that behaves as "%s" says %s before the cancel and %s after it', async (behaviour, before, after) => {
    const reference = referenceFor(behaviour);
    const connector = connect();

    const first = await connector.query!(reference, []);
    await connector.cancel(reference, []);
    const second = await connector.query!(reference, [unknownCancel]);

    expect([first.outcome.kind, second.outcome.kind]).toEqual([before, after]);
  });
});

describe('reading JSON with exact integers', () => {
  it('keeps every digit of an int64', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (id) => {
        expect(readExactly(`{"cards":[{"cardRequestId":${id}}]}`)).toEqual({ cards: [{ cardRequestId: String(id) }] });
      }),
    );
  });

  it('changes nothing but integers', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const json = JSON.stringify(value);
        const expected: unknown = JSON.parse(json, (_key, part: unknown) =>
          typeof part === 'number' && /^-?\d+$/.test(JSON.stringify(part)) ? JSON.stringify(part) : part,
        );
        expect(readExactly(json)).toEqual(expected);
      }),
    );
  });

  it('leaves digits in strings, decimals and exponents as they are', () => {
    expect(readExactly(String.raw`{"12":"1, \"2\" \\", "a":-1.50, "b":1e3, "c":[-7 , {"d":0}]}`)).toEqual({
      12: '1, "2" \\',
      a: -1.5,
      b: 1000,
      c: ['-7', { d: '0' }],
    });
  });

  it.each([['{1:2}'], ['{"a":01}'], ['{"a":1 2}'], ['{"a":"1}'], ['12'], ['"{}"'], ['[1]'], ['null'], ['']])(
    'reads %s as no object',
    (text) => {
      expect(readExactly(text)).toBeNull();
    },
  );

  it('reads a string as long as an answer may be', () => {
    const text = 'x1\\"'.repeat(250_000);

    expect(readExactly(`{"a":"${text}","b":2}`)).toEqual({ a: text.replaceAll('\\', ''), b: '2' });
  });
});

describe('the simulated Vault', () => {
  const authorized = () => ({ authorization: `Bearer ${simulator.settings['ACCESS_TOKEN']}` });
  const cancelHeaders = () => ({ ...authorized(), accept: 'application/json', 'content-type': 'application/json' });

  it.each<[string, number, string, string, RequestInit]>([
    ['another path', 404, 'no such path', '/v1/card/list', {}],
    ['a list by POST', 405, 'wrong method', '/v2/card/list', { method: 'POST' }],
    ['a cancel by GET', 405, 'wrong method', '/v2/card/card-requests/124125/cancel', {}],
    ['a list without a token', 401, 'wrong bearer token', '/v2/card/list', { headers: { authorization: '' } }],
    [
      'a list with a wrong token',
      401,
      'wrong bearer token',
      '/v2/card/list',
      { headers: { authorization: 'Bearer x' } },
    ],
    ['an id that is no number', 400, 'the id is no int64', '/v2/card/card-requests/x1/cancel', { method: 'POST' }],
    ['the id 0', 400, 'the id is no int64', '/v2/card/card-requests/0/cancel', { method: 'POST' }],
    [
      'an id past int64',
      400,
      'the id is no int64',
      '/v2/card/card-requests/9223372036854775808/cancel',
      { method: 'POST' },
    ],
    [
      'a body',
      400,
      'a body where none is documented',
      '/v2/card/card-requests/124125/cancel',
      { method: 'POST', body: '{}' },
    ],
    [
      'another content type',
      415,
      'wrong Content-Type',
      '/v2/card/card-requests/124125/cancel',
      { method: 'POST', headers: { 'content-type': 'text/plain' } },
    ],
    [
      'another accepted type',
      406,
      'wrong Accept',
      '/v2/card/card-requests/124125/cancel',
      { method: 'POST', headers: { accept: 'text/html' } },
    ],
  ])('refuses %s with %i, and notes why', async (_name, status, fault, path, init) => {
    const headers = { ...cancelHeaders(), ...(init.headers as Record<string, string>) };
    const before = simulator.effects.length;

    const response = await fetch(`${simulator.url}${path}`, { ...init, headers });

    expect(response.status).toBe(status);
    expect(lastRequest().fault).toBe(fault);
    expect(simulator.effects.length).toBe(before);
  });

  it('refuses a request without any authorization with 401', async () => {
    const response = await fetch(`${simulator.url}/v2/card/list`);

    expect(response.status).toBe(401);
    expect(lastRequest().fault).toBe('wrong bearer token');
  });

  it("does not find another user's card request", async () => {
    const { outcome } = await connect().cancel({ cardRequestId: '124126' }, []);

    expect(outcome).toMatchObject({ kind: 'refused', reason: 'not_found' });
  });

  it('shows a list as documented, with int64 numbers', async () => {
    simulator.script({ cardRequestId: '9223372036854775799' }, []);

    const response = await fetch(`${simulator.url}/v2/card/list`, { headers: authorized() });
    const text = await response.text();

    expect(response.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
    expect(JSON.parse(text)).toMatchObject({ kycStatus: 'VERIFIED', cards: expect.any(Array) as unknown[] });
    expect(text).toContain('"cardRequestId":9223372036854775799,');
  });

  it('keeps the cancel to one effect, and answers the second with a refusal that only the list explains', async () => {
    const reference = referenceFor('works');
    const connector = connect();

    const [first, second] = [await connector.cancel(reference, []), await connector.cancel(reference, [])];

    expect([first.outcome.kind, second.outcome.kind]).toEqual(['cancelled', 'unknown']);
    expect(simulator.effects.filter(({ identity }) => identity === reference.cardRequestId)).toHaveLength(1);
    expect((await connector.query!(reference, [])).outcome).toEqual({ kind: 'already-cancelled' });
  });

  it('gives new ids and offers examples, the documented one first', () => {
    const ids = Array.from({ length: 100 }, () => referenceFor('works').cardRequestId);

    expect(new Set(ids).size).toBe(100);
    expect(simulator.examples[0]).toEqual({ reference: { cardRequestId: '124125' }, does: 'cancels' });
    for (const { reference } of simulator.examples)
      expect(vault.reference.schema.safeParse(reference).success).toBe(true);
    expect(() => simulator.sendCallbacksTo(null)).not.toThrow();
  });
});
