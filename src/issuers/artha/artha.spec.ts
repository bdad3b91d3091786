import { HttpService } from '@nestjs/axios';
import fc from 'fast-check';
import { constants, createVerify, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { AxiosIssuerHttp } from '../issuer-http.js';
import type { CallbackReading, CallbackRequest, EarlierAttempt } from '../issuer.js';
import type { BehaviourName } from '../simulator-server.js';
import { artha, type ArthaAccount, type ArthaReference } from './artha.js';
import { startArthaSimulator, type ArthaSimulator } from './simulator.js';

/** The page "Cancellation": its sample card and its example of a 200. */
const sampleCard = { cardId: 'd55709b7-a56f-4bcc-b08a-00131bfc8bf1' };
const taskId = '9404f5bc-b767-48c3-8651-befe0b2c3a3f';
const documentedSuccess = { taskId, status: 'Success', remarks: 'CardInProgress' };

const pending = { kind: 'pending', taskId };
const unknown = { kind: 'unknown' };
const refused = { kind: 'refused', reason: 'refused_by_issuer', certainty: 'plain' };

const http = new AxiosIssuerHttp(new HttpService());
let simulator: ArthaSimulator;

beforeAll(async () => {
  simulator = await startArthaSimulator({ lateMs: 50, callbackDelayMs: 10 });
});

afterAll(async () => {
  http.close();
  await simulator.stop();
});

type Texts = Readonly<Record<string, string | undefined>>;

const readSettings = (settings: Texts) => z.object(artha.settings.shape).safeParse(settings);

function accountWith(settings: Texts = {}, at: ArthaSimulator = simulator): ArthaAccount {
  const texts = { ...at.settings, ...settings };
  const read = z.object(artha.settings.shape).parse(texts);
  return { merchantId: 'm', sandbox: false, baseUrl: at.url, timeoutMs: 300, settings: read };
}

const connect = (settings: Texts = {}, at?: ArthaSimulator) => artha.connect(accountWith(settings, at), http);

const referenceFor = (behaviour: BehaviourName) => artha.reference.schema.parse(simulator.referenceFor(behaviour));

const outcomeOf = async (behaviour: BehaviourName) => (await connect().cancel(referenceFor(behaviour), [])).outcome;

/** Cancels a card for which Artha gives this answer. */
async function cancelAnswered(status: number, body: unknown, settings: Texts = {}) {
  const reference = referenceFor('works');
  const raw = {
    status,
    headers: { 'content-type': 'text/plain' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
  simulator.script({ ...reference }, [
    { effect: 'none', answer: raw },
    { effect: 'none', answer: raw },
  ]);
  return connect(settings).cancel(reference, []);
}

const meaningOf = async (status: number, body: unknown, settings: Texts = {}) =>
  (await cancelAnswered(status, body, settings)).outcome;

const lastRequest = () => {
  const request = simulator.requests.at(-1);
  if (!request) throw new Error('nothing was sent');
  return request;
};

const containing = (part: string) => expect.stringContaining(part) as string;

const header = (name: string) => lastRequest().headers[name] as string;

/** What a server on 127.0.0.1 hears and says, for answers that the simulator does not give. */
async function withServer<Result>(
  say: (request: IncomingMessage, body: string) => { status: number; body: string },
  use: (url: string) => Promise<Result>,
): Promise<Result> {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { status, body } = say(request, Buffer.concat(pieces).toString());
      response.writeHead(status, { 'content-type': 'text/plain' }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const rsa = (modulusLength: number) =>
  generateKeyPairSync('rsa', {
    modulusLength,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });

describe('what a cancel sends', () => {
  it('is the documented request, with the bearer token', async () => {
    await connect().cancel(sampleCard, []);

    expect(lastRequest()).toMatchObject({ method: 'POST', path: '/CancelCard', fault: null });
    expect(JSON.parse(lastRequest().body)).toEqual(sampleCard);
    expect(header('content-type')).toBe('application/json');
    expect(header('accept')).toBe('application/json, text/plain');
    expect(header('authorization')).toBe(`Bearer ${simulator.settings.ACCESS_TOKEN}`);
    expect(header('customertoken')).toBe(simulator.settings.CUSTOMER_TOKEN);
  });

  it('signs cardId, customerToken, nonce and timestamp in this order with SHA256withRSA', async () => {
    await connect().cancel(sampleCard, []);

    const text =
      `cardId=${sampleCard.cardId}&customerToken=${simulator.settings.CUSTOMER_TOKEN}` +
      `&nonce=${header('nonce')}&timestamp=${header('timestamp')}`;
    const key = { key: simulator.settings.PRIVATE_KEY ?? '', padding: constants.RSA_PKCS1_PADDING };
    expect(createVerify('RSA-SHA256').update(text).verify(key, header('signature'), 'base64')).toBe(true);
  });

  it('has the time in Unix seconds and ten new random characters each time', async () => {
    const nonces = new Set<string>();
    for (let sent = 0; sent < 5; sent += 1) {
      await connect().cancel(referenceFor('works'), []);
      expect(header('nonce')).toMatch(/^[A-Za-z0-9]{10}$/);
      expect(Math.abs(Number(header('timestamp')) - Date.now() / 1000)).toBeLessThan(60);
      nonces.add(header('nonce'));
    }

    expect(nonces.size).toBe(5);
  });

  it('is signed anew, with renewed credentials, after a 401', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'artha-'));
    const files = ['ACCESS_TOKEN', 'CUSTOMER_TOKEN', 'PRIVATE_KEY', 'CALLBACK_PUBLIC_KEY'];
    try {
      for (const name of files) writeFileSync(join(folder, name), simulator.settings[name] ?? '');
      writeFileSync(join(folder, 'ACCESS_TOKEN'), 'expired');
      const connector = connect(Object.fromEntries(files.map((name) => [name, `file:${join(folder, name)}`])));
      writeFileSync(join(folder, 'ACCESS_TOKEN'), simulator.settings.ACCESS_TOKEN ?? '');
      const before = simulator.requests.length;

      const { outcome } = await connector.cancel(referenceFor('works'), []);

      const [first, second] = simulator.requests.slice(before);
      expect(outcome.kind).toBe('pending');
      expect(first?.fault).toBe('authorization is not the bearer token');
      expect(second?.headers.nonce).not.toBe(first?.headers.nonce);
      expect(simulator.requests).toHaveLength(before + 2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is nothing when a renewed key is no key, and waits for a person', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'artha-'));
    try {
      const path = join(folder, 'key');
      writeFileSync(path, simulator.settings.PRIVATE_KEY ?? '');
      const connector = connect({ PRIVATE_KEY: `file:${path}` });
      writeFileSync(path, 'not a key');

      const reference = referenceFor('token-expired');
      const { outcome } = await connector.cancel(reference, []);

      expect(outcome).toEqual({ kind: 'retry', when: 'later', alert: containing('ARTHA_PRIVATE_KEY must be an RSA') });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    ['ACCESS_TOKEN', {}],
    ['CUSTOMER_TOKEN', {}],
    ['PRIVATE_KEY', {}],
    ['CUSTOMER_TOKEN', { BEARER: 'off' }],
    ['ACCESS_TOKEN', { SIGNATURE: 'off' }],
  ])('is nothing without %s, which %j needs, and waits for a person', async (name, switches) => {
    const before = simulator.requests.length;

    const { outcome, evidence } = await connect({ ...switches, [name]: undefined }).cancel(referenceFor('works'), []);

    expect(outcome).toEqual({ kind: 'retry', when: 'later', alert: `nothing was sent: ARTHA_${name} is not set` });
    expect(evidence).toEqual({ httpStatus: null, issuerCode: 'not-configured', issuerText: null, traceId: null });
    expect(simulator.requests).toHaveLength(before);
  });

  it('hides no fault of our own behind an outcome', async () => {
    const broken = { send: () => Promise.reject(new Error('a bug')) };

    await expect(artha.connect(accountWith(), broken).cancel(sampleCard, [])).rejects.toThrow('a bug');
  });

  it("names a sandbox account's own setting when one is missing", async () => {
    const account = { ...accountWith({ ACCESS_TOKEN: undefined }), sandbox: true };

    const { outcome } = await artha.connect(account, http).cancel(referenceFor('works'), []);

    expect(outcome).toMatchObject({ alert: 'nothing was sent: ARTHA_SANDBOX_ACCESS_TOKEN is not set' });
  });

  it('has no bearer token where that is switched off', async () => {
    await connect({ BEARER: 'off', ACCESS_TOKEN: undefined }).cancel(referenceFor('works'), []);

    expect(lastRequest().headers).not.toHaveProperty('authorization');
    expect(header('signature')).not.toBe('');
  });

  it('has neither signature nor what belongs to it where that is switched off', async () => {
    const settings = { SIGNATURE: 'off', CUSTOMER_TOKEN: undefined, PRIVATE_KEY: undefined };
    await connect(settings).cancel(referenceFor('works'), []);

    for (const name of ['signature', 'timestamp', 'nonce', 'customertoken']) {
      expect(lastRequest().headers).not.toHaveProperty(name);
    }
    expect(header('authorization')).toBe(`Bearer ${simulator.settings.ACCESS_TOKEN}`);
  });

  it('has names and path in lower case where the account wants them so', async () => {
    const lower = await startArthaSimulator({ lowerCaseNames: true });
    try {
      const { outcome } = await connect({ STATUS_QUERY: 'on' }, lower).cancel(sampleCard, []);
      const state = await connect({ STATUS_QUERY: 'on' }, lower).query?.(sampleCard, []);

      expect(outcome.kind).toBe('pending');
      expect(state?.outcome).toEqual({ kind: 'already-cancelled' });
      expect(lower.requests.map(({ path, body }) => [path, body])).toEqual([
        ['/cancelcard', JSON.stringify({ cardid: sampleCard.cardId })],
        [`/carddetails/${sampleCard.cardId}`, ''],
      ]);
    } finally {
      await lower.stop();
    }
  });

  it('signs further headers, spelt as the setting spells them', async () => {
    const signedHeaders = ['Authorization', 'content-type', 'accept'];
    const strict = await startArthaSimulator({ signedHeaders });
    try {
      const reference = artha.reference.schema.parse(strict.referenceFor('works'));
      const sent = await connect({}, strict).cancel(reference, []);
      const unsigned = await connect({ SIGNED_HEADERS: undefined }, strict).cancel(reference, []);
      // A query has no body and thus no content type: what is empty is not signed.
      const state = await connect({ STATUS_QUERY: 'on' }, strict).query?.(reference, []);

      expect(sent.outcome.kind).toBe('pending');
      expect(unsigned.outcome.kind).toBe('retry');
      expect(state?.outcome.kind).toBe('already-cancelled');
    } finally {
      await strict.stop();
    }
  });

  it('works with the 1024-bit key that the page asks for, written into one line', async () => {
    const { privateKey, publicKey } = rsa(1024);
    let heard: { headers: IncomingMessage['headers'] } | undefined;

    await withServer(
      (request) => {
        heard = request;
        return { status: 200, body: JSON.stringify(documentedSuccess) };
      },
      async (baseUrl) => {
        const account = { ...accountWith({ PRIVATE_KEY: privateKey.replaceAll('\n', '\\n') }), baseUrl };
        expect((await artha.connect(account, http).cancel(sampleCard, [])).outcome).toEqual(pending);
      },
    );

    const { nonce, timestamp, customertoken, signature } = heard?.headers as Record<string, string>;
    const text = `cardId=${sampleCard.cardId}&customerToken=${customertoken}&nonce=${nonce}&timestamp=${timestamp}`;
    expect(
      createVerify('RSA-SHA256')
        .update(text)
        .verify(publicKey, signature ?? '', 'base64'),
    ).toBe(true);
  });

  it('carries any card id unchanged, whatever characters it has', async () => {
    const cardIds = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
      .filter((cardId) => artha.reference.schema.safeParse({ cardId }).success);
    await fc.assert(
      fc.asyncProperty(cardIds, async (cardId) => {
        await connect().cancel({ cardId }, []);
        return lastRequest().fault === null && (JSON.parse(lastRequest().body) as ArthaReference).cardId === cardId;
      }),
      { numRuns: 50 },
    );
  });
});

describe('what a 200 means', () => {
  it('is pending under its task for the documented example, and keeps what support may ask for', async () => {
    expect(await cancelAnswered(200, documentedSuccess)).toEqual({
      outcome: pending,
      evidence: { httpStatus: 200, issuerCode: 'Success', issuerText: 'CardInProgress', traceId: taskId },
    });
  });

  it.each([
    ['other remarks', { ...documentedSuccess, remarks: 'CardCancelled' }],
    ['null remarks', { ...documentedSuccess, remarks: null }],
    ['no remarks', { taskId, status: 'Success' }],
    ['another case and blanks', { ...documentedSuccess, status: ' SUCCESS ' }],
    ['a task id in upper case', { ...documentedSuccess, taskId: taskId.toUpperCase() }],
    ['a further field', { ...documentedSuccess, data: { cardId: 1 } }],
    ['remarks that only a failure has', { ...documentedSuccess, remarks: 'WasGone' }],
  ])('is pending with %s', async (_, body) => {
    expect(await meaningOf(200, body, { ALREADY_REMARKS: 'WasGone' })).toEqual(pending);
  });

  it('is read although it is JSON inside a JSON text', async () => {
    expect(await meaningOf(200, JSON.stringify(JSON.stringify(documentedSuccess)))).toEqual(pending);
  });

  it('is cancelled for remarks that the settings list as done, also without a task', async () => {
    const done = { taskId: null, status: 'success', remarks: 'cardcancelled' };

    expect(await meaningOf(200, done, { DONE_REMARKS: 'Closed, CardCancelled' })).toEqual({ kind: 'cancelled' });
    expect(await meaningOf(200, done)).toEqual(unknown);
  });

  it('is pending for remarks that the settings list as done and as pending', async () => {
    const settings = { DONE_REMARKS: 'CardInProgress', PENDING_REMARKS: 'CardInProgress' };

    expect(await meaningOf(200, documentedSuccess, settings)).toEqual(pending);
  });

  it.each([null, '', '  ', undefined, 'x'.repeat(256), 'a\nb'])(
    'is unknown for a success with the task id %j',
    async (id) => {
      expect(await meaningOf(200, { ...documentedSuccess, taskId: id })).toEqual(unknown);
    },
  );

  it.each(['Failed', 'FAIL', 'error'])('is refused for the status %s', async (status) => {
    const answered = await cancelAnswered(200, { taskId: null, status, remarks: 'CardNotEligible' });

    expect(answered.outcome).toEqual(refused);
    expect(answered.evidence).toMatchObject({ issuerCode: status, issuerText: 'CardNotEligible' });
  });

  it('is already cancelled for a failure with remarks that the settings list so', async () => {
    const failed = { taskId: null, status: 'Failed', remarks: 'CARDALREADYCANCELLED' };

    expect(await meaningOf(200, failed, { ALREADY_REMARKS: 'CardAlreadyCancelled' })).toEqual({
      kind: 'already-cancelled',
    });
    expect(await meaningOf(200, failed)).toEqual(refused);
    expect(await meaningOf(200, { ...failed, remarks: null }, { ALREADY_REMARKS: 'x' })).toEqual(refused);
  });

  it('goes by the lists of statuses in the settings', async () => {
    const settings = { SUCCESS_STATUSES: 'Accepted', FAILED_STATUSES: 'Declined' };

    expect(await meaningOf(200, { ...documentedSuccess, status: 'accepted' }, settings)).toEqual(pending);
    expect(await meaningOf(200, { ...documentedSuccess, status: 'declined' }, settings)).toEqual(refused);
    expect(await meaningOf(200, documentedSuccess, settings)).toEqual(unknown);
  });

  it.each([
    ['all fields null', { taskId: null, status: null, remarks: null }],
    ['no fields', {}],
    ['another status', { ...documentedSuccess, status: 'Processing' }],
    ['a status that is no text', { ...documentedSuccess, status: true }],
    ['a task id that is no text', { ...documentedSuccess, taskId: 5 }],
    ['remarks that are no text', { ...documentedSuccess, remarks: ['CardInProgress'] }],
    ['a list', [documentedSuccess]],
    ['nothing', ''],
    ['an HTML page', '<!doctype html><title>Success</title>'],
    ['half an answer', '{"taskId":"9404'],
  ])('is unknown with %s', async (_, body) => {
    expect(await meaningOf(200, body, { DONE_REMARKS: 'CardCancelled' })).toEqual(unknown);
  });

  it('is never cancelled while no remarks are listed as done, whatever it holds', async () => {
    const word = fc.constantFrom(
      'Success',
      'success',
      'Failed',
      'CardInProgress',
      'CardCancelled',
      '',
      null,
      1,
      taskId,
    );
    const body = fc.record({ taskId: word, status: word, remarks: word }, { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(body, async (made) =>
        ['pending', 'refused', 'unknown'].includes((await meaningOf(200, made)).kind),
      ),
      { numRuns: 60 },
    );
  });
});

describe('what another status means', () => {
  it('is refused for 400, unless a query shows it cancelled', async () => {
    expect(await cancelAnswered(400, { code: 400, message: 'Card status does not allow this operation' })).toEqual({
      outcome: { kind: 'refused', reason: 'refused_by_issuer', certainty: 'query-if-possible' },
      evidence: {
        httpStatus: 400,
        issuerCode: '400',
        issuerText: 'Card status does not allow this operation',
        traceId: null,
      },
    });
  });

  it('is not found for 404, with an alert because a wrong base URL looks the same', async () => {
    expect(await meaningOf(404, '')).toEqual({
      kind: 'refused',
      reason: 'not_found',
      certainty: 'plain',
      alert: containing('404'),
    });
  });

  it('is refused for 501, and unknown for 500', async () => {
    expect(await meaningOf(501, 'not here')).toEqual(refused);
    expect(await meaningOf(500, { code: 'E7' })).toEqual(unknown);
  });

  it.each([201, 202, 204, 400, 404, 418, 500, 501])('is unknown for %d with the body of a success', async (status) => {
    expect(await meaningOf(status, documentedSuccess)).toEqual(unknown);
  });

  it.each([201, 402, 409, 418])('is unknown for %d, about which no page says anything', async (status) => {
    expect(await meaningOf(status, { status: 'Failed' })).toEqual(unknown);
  });

  it.each([
    ['at-once', 429],
    ['later', 401],
    ['later', 403],
    ['later', 405],
    ['later', 302],
  ])('is to be sent again %s for %d', async (when, status) => {
    expect(await meaningOf(status, '')).toMatchObject({ kind: 'retry', when });
  });

  it('keeps neither credentials nor card numbers of what is answered', async () => {
    const { ACCESS_TOKEN, CUSTOMER_TOKEN } = simulator.settings;
    const { evidence } = await cancelAnswered(400, {
      code: `code of ${CUSTOMER_TOKEN}`,
      message: `no rights for ${ACCESS_TOKEN}, card 4111 1111 1111 1111`,
    });

    expect(evidence).toMatchObject({
      issuerCode: 'code of [secret]',
      issuerText: 'no rights for [secret], card [number]',
    });
  });
});

describe('the simulated issuer', () => {
  it.each([
    ['works', { kind: 'pending', taskId: expect.any(String) as string }],
    ['slow', { kind: 'pending', taskId: expect.any(String) as string }],
    ['refuses', refused],
    ['not-found', { kind: 'refused', reason: 'not_found', certainty: 'plain', alert: containing('404') }],
    ['already', { kind: 'refused', reason: 'refused_by_issuer', certainty: 'query-if-possible' }],
    ['hangs', unknown],
    ['resets', unknown],
    ['cut-off', unknown],
    ['html', unknown],
    ['huge', unknown],
    ['token-expired', { kind: 'pending', taskId: expect.any(String) as string }],
  ] as const)('that %s makes the outcome it stands for', async (behaviour, outcome) => {
    expect(await outcomeOf(behaviour)).toEqual(outcome);
  });

  it('refuses a second cancel of the same card with its ordinary Bad Request', async () => {
    const reference = referenceFor('works');
    await connect().cancel(reference, []);

    const { outcome, evidence } = await connect().cancel(reference, []);

    expect(outcome).toEqual({ kind: 'refused', reason: 'refused_by_issuer', certainty: 'query-if-possible' });
    expect(evidence.httpStatus).toBe(400);
    expect(simulator.effects.filter(({ identity }) => identity === reference.cardId)).toHaveLength(1);
  });

  it('starts its list of examples with the documented sample, and each can be linked', () => {
    const references = simulator.examples.map(({ reference }) => artha.reference.schema.parse(reference));

    expect(references[0]).toEqual(sampleCard);
    expect(new Set(references.map((reference) => artha.reference.identity(reference))).size).toBe(references.length);
  });

  describe('checks what it is sent', () => {
    const valid = async () => {
      await connect().cancel(referenceFor('works'), []);
      const { headers, body } = lastRequest();
      const kept = ['content-type', 'authorization', 'timestamp', 'nonce', 'customertoken', 'signature'];
      return { body, headers: Object.fromEntries(kept.map((name) => [name, String(headers[name])])) };
    };
    const send = async (path: string, init: RequestInit) => {
      const answer = await fetch(`${simulator.url}${path}`, init);
      expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      return { status: answer.status, fault: lastRequest().fault, body: (await answer.json()) as unknown };
    };
    /** A request of any content, signed as the connector signs. */
    const signed = (body: Record<string, unknown> | string, own: Record<string, string> = {}) => {
      const { ACCESS_TOKEN, CUSTOMER_TOKEN = '', PRIVATE_KEY = '' } = simulator.settings;
      const nonce = `n${String(Math.random()).slice(2).padEnd(9, '0').slice(0, 9)}`;
      const timestamp = String(Math.floor(Date.now() / 1000));
      const headers: Record<string, string> = { customerToken: CUSTOMER_TOKEN, nonce, timestamp, ...own };
      const fields = { ...(typeof body === 'string' ? {} : body), customerToken: CUSTOMER_TOKEN, nonce, timestamp };
      const pairs = Object.entries({ ...fields, ...(own.timestamp ? { timestamp: own.timestamp } : {}) })
        .filter(([, value]) => value !== '' && value !== null)
        .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
      const signature = sign('sha256', Buffer.from(pairs.sort().join('&')), PRIVATE_KEY).toString('base64');
      return {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${ACCESS_TOKEN}`, signature, ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      };
    };

    it.each([
      ['authorization', 'Bearer x', 'authorization is not the bearer token'],
      ['authorization', '', 'authorization is not the bearer token'],
      ['customertoken', 'x', 'customerToken is not the one issued'],
      ['timestamp', 'now', 'timestamp is not in Unix seconds'],
      ['timestamp', '1700000000', 'timestamp is too far off'],
      ['nonce', 'short', 'nonce has not 10 characters'],
      ['nonce', 'abcdefghij', 'signature does not fit'],
      ['signature', 'AAAA', 'nonce was seen before'],
    ])('and answers 401 when %s is %j', async (name, value, fault) => {
      const { headers, body } = await valid();

      expect(await send('/CancelCard', { method: 'POST', headers: { ...headers, [name]: value }, body })).toEqual({
        status: 401,
        fault,
        body: { code: 401, message: fault },
      });
    });

    it('and hears a well-signed request', async () => {
      expect(await send('/CancelCard', signed({ cardId: 'by-hand-11' }))).toMatchObject({ status: 200, fault: null });
    });

    it.each([
      ['content type is not JSON', row({ cardId: 'c1' }, { 'content-type': 'text/plain' })],
      ['body is not a JSON object', row('cardId=c1')],
      ['body is not a JSON object', row('null')],
      ['cardId is missing', row({})],
      ['cardId is missing', row({ cardId: null })],
      ['cardId is missing', row({ cardId: 5 })],
      ['cardId is missing', row({ cardId: '' })],
      ['body has unknown fields', row({ cardId: 'c1', reason: 'lost' })],
    ] as const)('and answers 400: %s', async (fault, [body, own]) => {
      expect(await send('/CancelCard', signed(body, own))).toMatchObject({ status: 400, fault });
    });

    it.each([
      ['GET', '/CancelCard'],
      ['POST', '/CardDetails/c1'],
      ['POST', '/Freeze'],
    ])('and answers 404 to %s %s', async (method, path) => {
      expect(await send(path, { method })).toMatchObject({ status: 404, fault: 'path is unknown' });
    });

    it('and answers 400 to a card id that cannot be read', async () => {
      const { headers } = signed({});

      expect(await send('/CardDetails/%zz', { headers })).toMatchObject({ status: 400 });
    });

    it('and answers 400 to a query with a content type of its own and no id', async () => {
      const { headers } = signed({});

      expect(await send('/CardDetails/', { headers })).toMatchObject({ status: 400 });
    });
  });
});

/** A body and further headers, as a row of a table. */
function row(body: Record<string, unknown> | string, own: Record<string, string> = {}) {
  return [body, own] as const;
}

describe('a query', () => {
  const ask = (reference: ArthaReference, earlier: readonly EarlierAttempt[] = [], settings: Texts = {}) => {
    const { query } = connect({ STATUS_QUERY: 'on', ...settings });
    if (!query) throw new Error('the query is switched off');
    return query(reference, earlier);
  };
  const askAnswered = (status: number, body: string, earlier: readonly EarlierAttempt[] = [], settings: Texts = {}) =>
    withServer(
      () => ({ status, body }),
      async (baseUrl) => {
        const account = { ...accountWith({ STATUS_QUERY: 'on', ...settings }), baseUrl };
        return artha.connect(account, http).query?.(sampleCard, earlier);
      },
    );
  const cancelThatWas = (outcome: EarlierAttempt['outcome']): EarlierAttempt => ({
    kind: 'cancel',
    outcome,
    issuerCode: null,
  });

  it('is off until it is switched on', () => {
    expect(connect().query).toBeNull();
    expect(connect({ STATUS_QUERY: 'on' }).query).not.toBeNull();
  });

  it('asks for the card under its encoded id, signed and without a body', async () => {
    await ask({ cardId: 'a/b ?ü' });

    expect(lastRequest()).toMatchObject({
      method: 'GET',
      path: '/CardDetails/a%2Fb%20%3F%C3%BC',
      body: '',
      fault: null,
    });
  });

  it('shows an open card as not cancelled, and a cancelled one as cancelled', async () => {
    const reference = referenceFor('answer-lost');

    expect((await ask(reference)).outcome).toEqual({ kind: 'not-cancelled' });
    await connect().cancel(reference, []);
    expect((await ask(reference)).outcome).toEqual({ kind: 'already-cancelled' });
    expect((await ask(referenceFor('already'))).outcome).toEqual({ kind: 'already-cancelled' });
  });

  it.each(['unknown', 'asking', 'pending'] as const)(
    'takes a cancelled card for our doing after a cancel that was %s',
    async (outcome) => {
      const answered = await askAnswered(200, '{"cardStatus":" cancelled"}', [cancelThatWas(outcome)]);

      expect(answered?.outcome).toEqual({ kind: 'cancelled' });
    },
  );

  it.each(['refused', 'retry'] as const)(
    'takes a cancelled card for cancelled before after a cancel that was %s',
    async (outcome) => {
      const query: EarlierAttempt = { kind: 'query', outcome: 'unknown', issuerCode: null };

      const answered = await askAnswered(200, '{"cardStatus":"Cancelled"}', [cancelThatWas(outcome), query]);

      expect(answered?.outcome).toEqual({ kind: 'already-cancelled' });
    },
  );

  it('shows a card that is not cancelled yet as pending after a cancel that was pending', async () => {
    const earlier = [cancelThatWas('pending')];

    expect((await askAnswered(200, '{"cardStatus":"Active"}', earlier))?.outcome).toEqual({ kind: 'pending' });
    expect((await askAnswered(200, '{"cardStatus":"Active"}', [cancelThatWas('unknown')]))?.outcome).toEqual({
      kind: 'not-cancelled',
    });
  });

  it('shows a card whose status says that it is at work as pending', async () => {
    expect((await askAnswered(200, '{"cardStatus":"CardInProgress"}'))?.outcome).toEqual({ kind: 'pending' });
  });

  it.each([
    '{"cardStatus":null}',
    '{"cardStatus":" "}',
    '{"cardStatus":5}',
    '{}',
    '[]',
    'Cancelled',
    '"Cancelled"',
    '',
  ])('does not know what %s means', async (body) => {
    expect((await askAnswered(200, body))?.outcome).toEqual(unknown);
  });

  it.each([201, 400, 404, 500, 501])('does not know what %d means, whatever the body says', async (status) => {
    expect((await askAnswered(status, '{"cardStatus":"Cancelled"}'))?.outcome).toEqual(unknown);
  });

  it('waits for a person when it is not let in', async () => {
    expect((await ask(sampleCard, [], { ACCESS_TOKEN: 'wrong' })).outcome).toMatchObject({
      kind: 'retry',
      when: 'later',
    });
    expect((await ask(sampleCard, [], { PRIVATE_KEY: undefined })).outcome).toMatchObject({
      kind: 'retry',
      when: 'later',
    });
  });

  it('does not know a card that the issuer does not know: it may be gone because it was cancelled', async () => {
    expect((await ask(referenceFor('not-found'))).outcome).toEqual(unknown);
  });

  it.each(['.', '..'])('is not sent for the id %s, which would ask for another path', async (cardId) => {
    const before = simulator.requests.length;

    const { outcome } = await ask({ cardId });

    expect(outcome).toEqual(unknown);
    expect(simulator.requests).toHaveLength(before);
  });

  it('lets neither card number nor CVV out, wherever Artha puts them', async () => {
    /** Luhn-valid, and nobody's. */
    const card = '4111111111111111';
    const cvv = '737';
    const details = { cardNumber: card, cvv, expirationDate: '12/30', cardStatus: 'Cancelled' };
    const planted = `${card} ${cvv}`;
    const bodies = [
      JSON.stringify(details),
      JSON.stringify(JSON.stringify(details)),
      ...Object.keys(details).map((field) => JSON.stringify({ ...details, [field]: planted })),
      JSON.stringify({
        cardStatus: planted,
        status: planted,
        remarks: planted,
        message: planted,
        taskId: planted,
        code: 4111111111111111,
      }),
      JSON.stringify({ code: 737, message: cvv, error: { message: planted } }),
      JSON.stringify([details]),
      `{"cardNumber":"${card}","cvv":"${cvv}`,
      `${planted} is no JSON`,
      `<p>${planted}</p>`,
    ];
    for (const status of [200, 201, 302, 400, 401, 403, 404, 422, 429, 500, 501]) {
      for (const body of bodies) {
        const kept = JSON.stringify(await askAnswered(status, body));
        expect(kept).toContain(`"httpStatus":${status}`);
        expect(kept).not.toContain(cvv);
        expect(kept).not.toContain('4111');
      }
    }
  });
});

describe('what else the connector says', () => {
  it('waits for a callback only where one can be checked, or need not be', () => {
    expect(connect().callback).toBe('with-task');
    expect(connect({ CALLBACK_PUBLIC_KEY: undefined }).callback).toBe('none');
    expect(connect({ CALLBACK_PUBLIC_KEY: undefined, CALLBACK_UNSIGNED: 'on' }).callback).toBe('with-task');
  });

  it('leaves a task its time before it is queried', () => {
    expect(connect().pendingQuietMs).toBe(15 * 60_000);
    expect(connect({ TASK_MINUTES: '0.5' }).pendingQuietMs).toBe(30_000);
  });

  it('lets a cancel be sent again only after a query, ten seconds on, and never while VTEX waits', () => {
    const rule = artha.resendAfterUnknown;

    expect(rule).toMatchObject({ kind: 'after-queries', queries: 1, insideBudget: false });
    expect(rule.kind === 'after-queries' && [rule.quietMs(100), rule.quietMs(25_000)]).toEqual([10_000, 10_000]);
  });
});

describe('a callback', () => {
  const theirs = rsa(2048);
  const known = { CALLBACK_PUBLIC_KEY: theirs.publicKey };

  const read = (request: Partial<CallbackRequest>, settings: Texts = known): CallbackReading => {
    const whole = { method: 'POST', url: '/callbacks/artha', headers: {}, body: Buffer.from(''), ...request };
    const reading = artha.callback?.read(whole, accountWith(settings));
    if (!reading) throw new Error('there are callbacks');
    return reading;
  };
  /** A callback whose signed text is written out, so that the rule itself is tested. */
  const signedAs = (text: string, body: string, headers: Record<string, string> = {}) => ({
    headers: { ...headers, signature: sign('sha256', Buffer.from(text), theirs.privateKey).toString('base64') },
    body: Buffer.from(body),
  });
  /** A callback of these fields, all of them text. */
  const callback = (fields: Readonly<Record<string, string>>) => {
    const text = Object.keys(fields)
      .sort()
      .map((name) => `${name}=${fields[name]}`)
      .join('&');
    return signedAs(text, JSON.stringify(fields));
  };
  const operation = { taskId, Status: 'success', notifyType: 'operation' };
  const about = (outcome: unknown, evidence: unknown = expect.anything()) => ({
    kind: 'about',
    match: { taskId },
    news: 'outcome',
    answered: { outcome, evidence },
  });
  const cancelled = about({ kind: 'cancelled' });

  it('is about its task, and proof when it says success', () => {
    const fields = { taskId, Status: 'success', Remarks: 'CardCancelled', opt_code: '1', notifyType: 'operation' };

    expect(read(callback(fields))).toEqual(
      about(
        { kind: 'cancelled' },
        { httpStatus: null, issuerCode: 'success', issuerText: 'CardCancelled', traceId: taskId },
      ),
    );
  });

  it('is signed over timestamp, nonce, customerToken and the fields, sorted by ASCII', () => {
    const body = `{"notifyType":"operation","amount":10.50,"opt_code":1e2,"taskId":"${taskId}","Status":"success","Remarks":null,"note":"","ok":true,"at":{ "n": 1.0 }}`;
    const text =
      `Status=success&amount=10.50&at={"n":1}&customerToken=c&nonce=n&notifyType=operation&ok=true` +
      `&opt_code=1e2&taskId=${taskId}&timestamp=1740000000`;
    const headers = { timestamp: '1740000000', nonce: 'n', customertoken: 'c' };

    expect(read(signedAs(text, body, headers))).toEqual(cancelled);
    expect(read(signedAs(text, body, { ...headers, nonce: 'm' }))).toEqual({ kind: 'forged' });
    expect(read(signedAs(text, body.replace('10.50', '10.51'), headers))).toEqual({ kind: 'forged' });
  });

  it('leaves a field called signature out of what is signed', () => {
    const { headers, body } = callback(operation);
    const more = Buffer.from(JSON.stringify({ ...(JSON.parse(body.toString()) as object), Signature: 'x' }));

    expect(read({ headers, body: more })).toEqual(cancelled);
  });

  it('is signed over names in lower case where the account has them so', () => {
    const text = `customertoken=c&notifytype=operation&status=success&taskid=${taskId}`;
    const request = signedAs(text, JSON.stringify(operation), { customertoken: 'c' });

    expect(read(request, { ...known, LOWER_CASE_NAMES: 'on' })).toEqual(cancelled);
    expect(read(request)).toEqual({ kind: 'forged' });
  });

  it.each(['taskId', 'taskld', 'TaskId', 'TASKLD', 'task_id', 'Task_ID'])('names its task as %s', (name) => {
    expect(read(callback({ [name]: taskId.toUpperCase(), Status: 'success', notifyType: 'operation' }))).toEqual(
      cancelled,
    );
  });

  it('is read whatever the case of names and words', () => {
    expect(read(callback({ taskid: taskId, STATUS: ' Success', NotifyType: 'Operation' }))).toEqual(cancelled);
  });

  it('matches a task id that is no UUID as it is, and one that could be a card number by the same hash as the answer', async () => {
    for (const [id, kept] of [
      ['T-77', 'T-77'],
      ['4111111111111111', expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string],
    ] as const) {
      const answered = await meaningOf(200, { ...documentedSuccess, taskId: id });
      const reading = read(callback({ ...operation, taskId: id }));

      expect(answered).toEqual({ kind: 'pending', taskId: kept });
      expect(reading).toMatchObject({ match: { taskId: answered.kind === 'pending' && answered.taskId } });
    }
  });

  it('is final when it says failed, and already cancelled with remarks that are listed so', () => {
    const failed = callback({ ...operation, Status: 'FAILED', Remarks: 'WasGone' });
    const explicit = { kind: 'refused', reason: 'refused_by_issuer', certainty: 'explicit' };

    expect(read(failed)).toEqual(about(explicit));
    expect(read(failed, { ...known, ALREADY_REMARKS: 'wasgone' })).toEqual(about({ kind: 'already-cancelled' }));
    expect(read(callback({ ...operation, Status: 'failed' }), { ...known, ALREADY_REMARKS: 'wasgone' })).toEqual(
      about(explicit, expect.objectContaining({ issuerText: null })),
    );
  });

  it('alerts when its status is another word, also one that the settings take as a success of an answer', () => {
    const request = callback({ ...operation, Status: 'accepted' });

    expect(read(request, { ...known, SUCCESS_STATUSES: 'accepted' })).toEqual(
      about({ kind: 'unknown', alert: containing('Status') }),
    );
  });

  it.each(['kycStatus', 'createCard', 'recharge', 'consume', 'fee'])('is ignored when it is about %s', (notifyType) => {
    expect(read(callback({ ...operation, notifyType }))).toEqual({ kind: 'ignored' });
  });

  it.each([
    ['kind', { taskId, Status: 'success' }],
    ['task', { Status: 'success', notifyType: 'operation' }],
    ['status', { taskId, notifyType: 'operation', Status: ' ' }],
    ['one task', { ...operation, task_id: 'another' }],
    ['one status', { ...operation, status: 'failed' }],
  ])('is unreadable without its %s', (_, fields) => {
    expect(read(callback(fields))).toEqual({ kind: 'unreadable' });
  });

  it('keeps no card number, address or credential of its texts', () => {
    const { CUSTOMER_TOKEN } = simulator.settings;
    const Remarks = `card 4111111111111111 of jane.doe@shop.example with token ${CUSTOMER_TOKEN}`;

    expect(read(callback({ ...operation, Status: '4111111111111111', Remarks }))).toMatchObject({
      answered: { evidence: { issuerCode: '[number]', issuerText: 'card [number] of [e-mail] with token [secret]' } },
    });
  });

  describe('is forged', () => {
    const genuine = callback(operation);

    it('without a signature, or with another one', () => {
      expect(read(genuine)).toEqual(cancelled);
      expect(read({ ...genuine, headers: {} })).toEqual({ kind: 'forged' });
      expect(read({ ...genuine, headers: { signature: '' } })).toEqual({ kind: 'forged' });
      expect(read({ ...genuine, headers: { signature: [genuine.headers.signature] } })).toEqual({ kind: 'forged' });
      expect(read({ ...genuine, headers: { signature: `AAAA${genuine.headers.signature.slice(4)}` } })).toEqual({
        kind: 'forged',
      });
      expect(read({ ...genuine, headers: { signature: 'A'.repeat(100_000) } })).toEqual({ kind: 'forged' });
    });

    it('when it is signed with our own key', () => {
      const made = simulator.callback({ taskId, status: 'success', remarks: null, forged: true });

      expect(read({ headers: made.headers, body: Buffer.from(made.body) }, {})).toEqual({ kind: 'forged' });
    });

    it('when its body is no JSON object, or nested deeper than can be read', () => {
      for (const body of [
        '',
        'null',
        '[]',
        '"x"',
        '{"taskId":',
        `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`,
      ]) {
        expect(read({ ...genuine, body: Buffer.from(body) })).toEqual({ kind: 'forged' });
      }
    });

    it('when there is no key to check it with', () => {
      expect(read(genuine, { CALLBACK_PUBLIC_KEY: undefined })).toEqual({ kind: 'forged' });
    });

    it("when the key's file has become something else", () => {
      const folder = mkdtempSync(join(tmpdir(), 'artha-'));
      try {
        const path = join(folder, 'key');
        writeFileSync(path, theirs.publicKey);
        const account = accountWith({ CALLBACK_PUBLIC_KEY: `file:${path}` });
        writeFileSync(path, 'not a key');
        account.settings.CALLBACK_PUBLIC_KEY?.renew();
        const request = { method: 'POST', url: '/', ...genuine };

        expect(artha.callback?.read(request, account)).toEqual({ kind: 'forged' });
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it('whatever its fields, when one of them was changed', () => {
      const field = fc.constantFrom('taskId', 'Status', 'notifyType');
      fc.assert(
        fc.property(field, fc.string({ minLength: 1 }), (name, value) => {
          fc.pre(operation[name] !== value);
          const body = Buffer.from(JSON.stringify({ ...operation, [name]: value }));
          return read({ ...genuine, body }).kind === 'forged';
        }),
      );
    });
  });

  describe('without a signature, where the account allows it', () => {
    const unsigned = { body: Buffer.from(JSON.stringify(operation)) };

    it('is heard', () => {
      expect(read(unsigned, { CALLBACK_UNSIGNED: 'on' })).toEqual(cancelled);
      expect(read(unsigned, { CALLBACK_UNSIGNED: 'on', CALLBACK_PUBLIC_KEY: undefined })).toEqual(cancelled);
    });

    it('is unreadable when it is no JSON object', () => {
      expect(read({ body: Buffer.from('x') }, { CALLBACK_UNSIGNED: 'on' })).toEqual({ kind: 'unreadable' });
    });

    it('is forged all the same when it has a signature that does not fit', () => {
      const request = { ...unsigned, headers: { signature: 'AAAA' } };

      expect(read(request, { ...known, CALLBACK_UNSIGNED: 'on' })).toEqual({ kind: 'forged' });
      expect(read(request, { CALLBACK_PUBLIC_KEY: undefined, CALLBACK_UNSIGNED: 'on' })).toEqual(cancelled);
    });
  });

  it('is answered as the page says', () => {
    expect(artha.callback?.acknowledgement).toEqual({ code: 0, message: 'success' });
    expect(artha.callback?.rejection).toEqual({ code: 401, message: 'invalid signature' });
  });

  it('made by hand at the simulator is genuine', () => {
    for (const [status, kind] of [
      ['success', 'cancelled'],
      ['failed', 'refused'],
    ] as const) {
      const made = simulator.callback({ taskId, status, remarks: 'by hand' });

      expect(read({ headers: lowerCase(made.headers), body: Buffer.from(made.body) }, {})).toMatchObject({
        match: { taskId },
        answered: { outcome: { kind } },
      });
    }
    const other = simulator.callback({ taskId, status: 'success', remarks: null, notifyType: 'fee' });
    expect(read({ headers: lowerCase(other.headers), body: Buffer.from(other.body) }, {})).toEqual({ kind: 'ignored' });
  });

  it('of the simulator comes after the effect, under the task that the answer named, until it is heard', async () => {
    const heard: CallbackRequest[] = [];
    let answeredBusy = 0;
    await withServer(
      (request, body) => {
        const { method = '', url = '', headers } = request;
        if (answeredBusy === 0) {
          answeredBusy += 1;
          return { status: 503, body: '' };
        }
        heard.push({ method, url, headers, body: Buffer.from(body) });
        return { status: 200, body: '{"code":0,"message":"success"}' };
      },
      async (url) => {
        simulator.sendCallbacksTo(`${url}/callbacks/artha`);
        const { outcome } = await connect().cancel(referenceFor('works'), []);
        await until(() => heard.length > 0);
        simulator.sendCallbacksTo(null);

        const reading = heard[0] && read(heard[0], {});
        expect(reading).toMatchObject({ match: { taskId: outcome.kind === 'pending' && outcome.taskId } });
        expect(reading).toMatchObject({ answered: { outcome: { kind: 'cancelled' } } });
      },
    );
  });

  it('of the simulator comes also when its answer was lost, and is given up when nobody listens', async () => {
    const own = await startArthaSimulator({ lateMs: 3 });
    try {
      const lost = artha.reference.schema.parse(own.referenceFor('cut-off'));
      const bodies: string[] = [];
      await withServer(
        (_, body) => {
          bodies.push(body);
          return { status: 500, body: '' };
        },
        async (url) => {
          own.sendCallbacksTo(url);
          await connect({}, own).cancel(lost, []);
          await until(() => bodies.length === 4);
        },
      );
      await connect({}, own).cancel(artha.reference.schema.parse(own.referenceFor('works')), []);

      const tasks = bodies.map((body) => (JSON.parse(body) as { taskId: string }).taskId);
      expect(new Set(tasks).size).toBe(1);
    } finally {
      await own.stop();
    }
  });
});

const lowerCase = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('the settings', () => {
  const faultsOf = (settings: Texts) =>
    readSettings(settings).error?.issues.map(({ path, message }) => [path[0], message]);

  it('have the documented defaults', () => {
    expect(readSettings({}).data).toEqual({
      STATUS_QUERY: false,
      BEARER: true,
      SIGNATURE: true,
      LOWER_CASE_NAMES: false,
      SIGNED_HEADERS: [],
      CALLBACK_UNSIGNED: false,
      SUCCESS_STATUSES: ['success'],
      FAILED_STATUSES: ['failed', 'fail', 'error'],
      PENDING_REMARKS: ['CardInProgress'],
      DONE_REMARKS: [],
      ALREADY_REMARKS: [],
      CANCELLED_CARD_STATUSES: [],
      TASK_MINUTES: 15,
    });
  });

  it('take only RSA keys of 1024 bits and more', () => {
    const { privateKey, publicKey } = rsa(512);
    const curve = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const shortKey = 'must be an RSA key of at least 1024 bits';
    const noPrivateKey = 'must be an RSA private key as PEM text, without a passphrase';
    const noPublicKey = "must be Artha's RSA public key as PEM text";

    expect(faultsOf({ PRIVATE_KEY: privateKey, CALLBACK_PUBLIC_KEY: publicKey })).toEqual([
      ['PRIVATE_KEY', shortKey],
      ['CALLBACK_PUBLIC_KEY', shortKey],
    ]);
    expect(faultsOf({ PRIVATE_KEY: curve.privateKey, CALLBACK_PUBLIC_KEY: curve.publicKey })).toEqual([
      ['PRIVATE_KEY', noPrivateKey],
      ['CALLBACK_PUBLIC_KEY', noPublicKey],
    ]);
    expect(faultsOf({ PRIVATE_KEY: 'x', CALLBACK_PUBLIC_KEY: 'x' })).toEqual([
      ['PRIVATE_KEY', noPrivateKey],
      ['CALLBACK_PUBLIC_KEY', noPublicKey],
    ]);
    expect(faultsOf({ CALLBACK_PUBLIC_KEY: simulator.settings.PRIVATE_KEY })).toEqual([
      ['CALLBACK_PUBLIC_KEY', `${noPublicKey}, not a private key`],
    ]);
  });

  it.each(['Bearer x', 'two words', 'line\nbreak', 'schlüssel'])('refuse the token %j', (token) => {
    expect(faultsOf({ ACCESS_TOKEN: token })).toEqual([['ACCESS_TOKEN', containing('must be the token alone')]]);
  });

  it('refuse to sign headers that are not sent', () => {
    expect(faultsOf({ SIGNED_HEADERS: 'authorization,X-Other' })).toEqual([
      ['SIGNED_HEADERS', containing('must name only headers that are sent')],
    ]);
  });
});

describe('the reference', () => {
  const faultsOf = (reference: unknown) =>
    artha.reference.schema.safeParse(reference).error?.issues.map(({ message }) => message);

  it('is the card id as it is', () => {
    expect(artha.reference.identity(artha.reference.schema.parse(sampleCard))).toBe(sampleCard.cardId);
    expect(artha.reference.schema.parse({ cardId: 'x'.repeat(255) }).cardId).toHaveLength(255);
  });

  it.each([[''], ['  '], ['x'.repeat(256)]])('refuses a card id of the wrong length: %j', (cardId) => {
    expect(faultsOf({ cardId })).toEqual([containing('cardId must have 1 to 255 characters')]);
  });

  it.each(['a\u0000', 'a\nb', 'a\u0085b', 'a\ud800'])('refuses the card id %j', (cardId) => {
    expect(faultsOf({ cardId })).toEqual([containing('cardId must not contain control characters')]);
  });

  it.each([[{}], [{ cardId: 5 }], [{ cardId: null }], [{ cardID: 'x' }]])(
    'refuses %j by the name of the field',
    (reference) => {
      expect(faultsOf(reference)).toEqual(expect.arrayContaining([containing('cardId must be text')]));
    },
  );

  it('refuses a field that it does not know', () => {
    expect(faultsOf({ ...sampleCard, cvv: '737' })).toEqual([containing('cvv')]);
  });
});
