import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { IssuerAccounts } from '../src/issuers/issuer-accounts.js';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { headersOf, makeMerchant, type Pair } from './support/merchants.js';
import { withDatabaseAway } from './support/outage.js';
import { newId, startTestService, type TestService } from './support/service.js';
import { TokenServer } from './support/token-server.js';
import { until } from './support/until.js';

const MASTER_KEY = Buffer.alloc(32, 6).toString('base64');

let database: TestDatabase;
let service: TestService;
/** Another process, for all that the two know of each other. */
let other: TestService;
let tokens: TokenServer;
let vault: { readonly server: Server; readonly authorizations: string[]; isGood: (token: string) => boolean };
let shop: Pair;
let count = 0;

beforeAll(async () => {
  database = await makeTestDatabase();
  vault = await startVault();
  const environment = { DATABASE_URL: database.url, MASTER_KEY, ANSWER_DEADLINE_MS: '3000', VAULT_TIMEOUT_MS: '2000' };
  [service, other] = await Promise.all([startTestService(environment), startTestService(environment)]);
}, 120_000);

/** Each test has an account and a token server of its own. */
beforeEach(async () => {
  tokens = await TokenServer.start();
  vault.isGood = (token) => tokens.granted.at(-1) === token;
  const merchantId = `shop-${(count += 1)}`;
  shop = { ...(await makeMerchant(service, merchantId)) };
  const settings = {
    BASE_URL: `http://127.0.0.1:${(vault.server.address() as AddressInfo).port}`,
    ACCESS_TOKEN: 'the-common-token',
    TOKEN_URL: tokens.url,
    CLIENT_ID: 'our client',
    CLIENT_SECRET: 'its:secret',
    MERCHANT_ID: 'a1b2',
  };
  const path = `issuer-accounts/vault?merchant=${merchantId}`;
  expect((await service.internal('PUT', path, { settings })).status).toBe(201);
  await other.service.app.get(IssuerAccounts).refresh();
});

afterEach(() => tokens?.stop());

afterAll(async () => {
  await Promise.all([service?.stop(), other?.stop()]);
  await new Promise((resolve) => vault?.server.close(resolve) ?? resolve(null));
  await database?.drop();
});

/** Answers every cancel with success, where the token is good. */
async function startVault(): Promise<typeof vault> {
  const authorizations: string[] = [];
  const state = { server: createServer(), authorizations, isGood: (_: string) => true };
  state.server.on('request', (request, response) => {
    const token = (request.headers.authorization ?? '').replace('Bearer ', '');
    authorizations.push(token);
    const isGood = state.isGood(token);
    response.writeHead(isGood ? 200 : 401).end(isGood ? '{"result":"ok"}' : '{"status":"UNAUTHORIZED"}');
  });
  await new Promise<void>((resolve) => state.server.listen(0, '127.0.0.1', resolve));
  return state;
}

const merchantId = () => `shop-${count}`;

const store = (refreshToken: unknown, { user = 'maria', at = service, query = '' } = {}) =>
  at.internal('PUT', `issuer-accounts/vault/user-tokens/${encodeURIComponent(user)}?merchant=${merchantId()}${query}`, {
    refreshToken,
  });

const connectorAt = (at: TestService) =>
  at.service.app.get(IssuerAccounts).find(merchantId(), 'vault', false)!.connector;

let cardRequestId = 1000;
const cancel = (at = service, userKey = 'maria') =>
  connectorAt(at).cancel({ cardRequestId: String((cardRequestId += 1)), userKey }, []);

const keptRow = async () => {
  const [row] = await database.query<{ text: string; refreshing_until: Date | null; version: string }>(
    'select refresh_token::text as text, refreshing_until, version from issuer_user_tokens where merchant_id = $1',
    [merchantId()],
  );
  return row;
};

describe('PUT /internal/issuer-accounts/{issuer}/user-tokens/{userKey}', () => {
  it('keeps a refresh token sealed, and shows only that it is there', async () => {
    const stored = await store('refresh-token-0');
    const again = await store('refresh-token-0');
    const { body } = await service.internal('GET', `issuer-accounts?merchant=${merchantId()}`);

    expect([stored.status, again.status]).toEqual([201, 200]);
    expect(stored.body).toEqual({
      userKey: 'maria',
      keyId: expect.stringMatching(/^[0-9a-f]{8}$/) as string,
      changedAt: expect.any(String) as string,
    });
    expect(body.accounts).toMatchObject([{ users: [{ userKey: 'maria' }] }]);
    const everywhere = [JSON.stringify([stored, again, body]), (await keptRow())?.text, ...service.lines].join('');
    expect(everywhere).not.toContain('refresh-token-0');
  });

  it.each([undefined, '', 5, 'two\nlines', 'file:/etc/hostname'])('refuses %j as a token', async (refreshToken) => {
    const { status, body } = await store(refreshToken);

    expect({ status, fields: Object.keys(body.fields ?? {}) }).toEqual({
      status: 422,
      fields: ['refreshToken'],
    });
    expect(await keptRow()).toBeUndefined();
  });

  it('is for accounts that are there and name a token address', async () => {
    const sandbox = await store('refresh-token-0', { query: '&sandbox=true' });
    const path = `issuer-accounts/vault?merchant=${merchantId()}`;
    await service.internal('PUT', path, { settings: { BASE_URL: 'http://127.0.0.1:9', ACCESS_TOKEN: 'token' } });
    const withoutAddress = await store('refresh-token-0');

    expect([sandbox.status, withoutAddress.status]).toEqual([404, 409]);
    expect(withoutAddress.body.message).toContain('TOKEN_URL');
  });

  it('goes with its account', async () => {
    await store('refresh-token-0');

    await service.internal('DELETE', `issuer-accounts/vault?merchant=${merchantId()}`);

    expect(await keptRow()).toBeUndefined();
  });
});

describe('a cancel for an end user whose refresh token is kept', () => {
  it('is sent with a fresh access token, asked for as our client', async () => {
    await store('refresh-token-0');
    const paymentId = newId();
    const link = { issuer: 'vault', reference: { cardRequestId: '124125', userKey: 'maria' } };
    await service.internal('PUT', `payments/${paymentId}?merchant=${merchantId()}`, link);

    const answer = await service.cancel(paymentId, { requestId: 'R1' }, { headers: headersOf(shop) });

    expect(answer).toMatchObject({ status: 200, body: { code: null } });
    expect(vault.authorizations.at(-1)).toBe(tokens.granted.at(-1));
    const [{ headers, form } = { headers: {}, form: new URLSearchParams() }] = tokens.requests;
    expect(Object.fromEntries(form)).toEqual({ grant_type: 'refresh_token', refresh_token: 'refresh-token-0' });
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(headers['x-merchant-id']).toBe('a1b2');
    expect(headers.authorization).toBe(`Basic ${Buffer.from('our%20client:its%3Asecret').toString('base64')}`);
    const everywhere = service.lines.join('') + JSON.stringify(await database.query('select * from attempts'));
    for (const secret of [...tokens.granted, 'refresh-token-0']) expect(everywhere).not.toContain(secret);
  });

  it('asks for one access token, however many cancels there are, until shortly before it ends', async () => {
    await store('refresh-token-0');
    tokens.delayMs = 50;

    const together = await Promise.all(Array.from({ length: 5 }, () => cancel()));
    const later = await cancel();

    expect([...together, later].map(({ outcome }) => outcome.kind)).toEqual(
      Array.from({ length: 6 }, () => 'cancelled'),
    );
    expect(tokens.requests).toHaveLength(1);
  });

  it('asks again when a token has ended', async () => {
    await store('refresh-token-0');
    tokens.lifeSeconds = 0.001;
    await cancel();

    await cancel();

    expect(tokens.requests).toHaveLength(2);
    expect(tokens.requests[1]?.form.get('refresh_token')).not.toBe('refresh-token-0');
  });

  it('keeps each rotated refresh token, sealed', async () => {
    await store('refresh-token-0');
    const before = await keptRow();

    await cancel();

    const after = await keptRow();
    expect(after?.version).not.toBe(before?.version);
    expect(after?.refreshing_until).toBeNull();
    expect(after?.text).not.toContain('refresh-token');
    expect((await cancel(other)).outcome.kind).toBe('cancelled');
    expect(tokens.requests).toHaveLength(2);
  });

  it('keeps a refresh token that is not rotated', async () => {
    tokens.rotates = false;
    await store('refresh-token-0');

    await cancel();
    const again = await cancel(other);

    expect(again.outcome.kind).toBe('cancelled');
    expect((await keptRow())?.refreshing_until).toBeNull();
  });

  it('in two processes at once does not lose the token, although it is good for one use only', async () => {
    await store('refresh-token-0');
    tokens.delayMs = 100;
    vault.isGood = (token) => tokens.granted.includes(token);

    const both = await Promise.all([cancel(service), cancel(other), cancel(service), cancel(other)]);

    expect(both.map(({ outcome }) => outcome.kind)).toEqual(['cancelled', 'cancelled', 'cancelled', 'cancelled']);
    expect(tokens.requests).toHaveLength(2);
    expect(tokens.refreshToken).not.toBeNull();
  });

  it('takes the token over from a process that died while it used it', async () => {
    await store('refresh-token-0');
    await database.query(
      `update issuer_user_tokens set refreshing_until = now() + interval '300 milliseconds' where merchant_id = $1`,
      [merchantId()],
    );

    expect((await cancel()).outcome.kind).toBe('cancelled');
  });

  it('waits for no token longer than its time-out, and tries again by itself', async () => {
    await store('refresh-token-0');
    await database.query(
      `update issuer_user_tokens set refreshing_until = now() + interval '1 hour' where merchant_id = $1`,
      [merchantId()],
    );

    const { outcome, evidence } = await cancel();

    expect(outcome).toEqual({ kind: 'retry', when: 'at-once' });
    expect(evidence.issuerCode).toMatch(/^token-(timeout|busy)$/);
  });

  it('gets another access token after a 401, once', async () => {
    await store('refresh-token-0');
    await cancel();
    vault.isGood = (token) => tokens.granted.indexOf(token) >= 1;

    const { outcome } = await cancel();

    expect(outcome.kind).toBe('cancelled');
    expect(vault.authorizations.slice(-2)).toEqual(tokens.granted.slice(-2));
    expect(tokens.requests).toHaveLength(2);
  });

  it('waits for a person where the refresh token is refused, and goes on with a new one', async () => {
    await store('an-old-refresh-token');

    const refused = await cancel();
    tokens.refreshToken = 'refresh-token-9';
    await store('refresh-token-9');
    const after = await cancel();

    expect(refused.outcome).toMatchObject({
      kind: 'retry',
      when: 'later',
      alert: expect.stringContaining('answers 400 to the refresh token') as string,
    });
    expect(JSON.stringify(refused)).not.toContain('an-old-refresh-token');
    expect(after.outcome.kind).toBe('cancelled');
  });

  it.each([
    ['is unwell', { status: 503, body: '' }, 'token-status-503'],
    ['throttles', { status: 429, body: '' }, 'token-status-429'],
    ['answers nonsense', { status: 200, body: '<html>' }, 'token-unreadable'],
    ['answers without a token', { status: 200, body: '{"token_type":"bearer"}' }, 'token-unreadable'],
  ])('is tried again by itself where the token address %s', async (_, fault, issuerCode) => {
    await store('refresh-token-0');
    tokens.fault = fault;
    const sent = vault.authorizations.length;

    const { outcome, evidence } = await cancel();

    expect(outcome).toEqual({ kind: 'retry', when: 'at-once' });
    expect(evidence.issuerCode).toBe(issuerCode);
    expect(vault.authorizations).toHaveLength(sent);
    tokens.fault = null;
    expect((await cancel()).outcome.kind).toBe('cancelled');
  });

  it('is tried again by itself where the token address cannot be reached', async () => {
    await store('refresh-token-0');
    await tokens.stop();

    expect((await cancel()).evidence.issuerCode).toBe('token-refused');
  });

  it('is tried again by itself while the database is away, unless the access token is known', async () => {
    await store('refresh-token-0');
    await cancel();

    const [known, unknown] = await withDatabaseAway(database.url, async () => [await cancel(), await cancel(other)]);

    expect(known?.outcome.kind).toBe('cancelled');
    expect(unknown?.outcome).toEqual({ kind: 'retry', when: 'at-once' });
  });

  it('keeps what an operator stored while a refresh was under way', async () => {
    await store('refresh-token-0');
    tokens.delayMs = 200;
    const running = cancel();
    await until('the token is asked for', () => tokens.requests.length === 1);
    await store('refresh-token-of-the-operator');
    await running;

    tokens.refreshToken = 'refresh-token-of-the-operator';
    await cancel(other);

    expect(tokens.requests.at(-1)?.form.get('refresh_token')).toBe('refresh-token-of-the-operator');
  });
});

describe('a cancel for an end user whose refresh token is not kept', () => {
  it('has the token of the settings, or none', async () => {
    vault.isGood = (token) => token === 'the-common-token';

    const user = await cancel(service, 'joana');
    const common = await connectorAt(service).cancel({ cardRequestId: '7' }, []);

    expect(user.outcome).toMatchObject({ when: 'later', alert: expect.stringContaining('USER_TOKENS') as string });
    expect(common.outcome.kind).toBe('cancelled');
    expect(tokens.requests).toEqual([]);
  });
});

it('a dry run asks nobody for a token', async () => {
  await store('refresh-token-0');
  const accounts = service.service.app.get(IssuerAccounts);
  const account = accounts.find(merchantId(), 'vault', false)!;

  const words = await accounts.describeCancel(account, { cardRequestId: '124125', userKey: 'maria' });

  expect(words).toMatch(/^POST .*\/card-requests\/124125\/cancel without a body$/);
  expect(tokens.requests).toEqual([]);
});

it('the refresh tokens are sealed anew with all other secrets', async () => {
  await store('refresh-token-0');
  const newKey = Buffer.alloc(32, 9).toString('base64');
  const environment = { DATABASE_URL: database.url, ANSWER_DEADLINE_MS: '3000', VAULT_TIMEOUT_MS: '2000' };
  const changing = await startTestService({ ...environment, MASTER_KEY: newKey, MASTER_KEY_OLD: MASTER_KEY });

  const { body } = await changing.internal('POST', 'secrets/reseal');
  await changing.stop();
  const changed = await startTestService({ ...environment, MASTER_KEY: newKey });
  const { outcome } = await cancel(changed);
  await changed.stop();

  expect(body).toMatchObject({ cannotBeOpened: [] });
  expect(outcome.kind).toBe('cancelled');
});
