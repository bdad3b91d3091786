import type { Simulator } from '../src/issuers/simulator-server.js';
import { issuers } from '../src/issuers/index.js';
import type { ArthaSimulator } from '../src/issuers/artha/simulator.js';
import { fullCreate } from './support/create-bodies.js';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { headersOf, makeMerchant, storeAccount, type Pair } from './support/merchants.js';
import { newId, startTestService, type TestService } from './support/service.js';

/*
 * Two merchants with different issuers. Whatever one asks about the other's payment is answered exactly as for a payment that nobody
 * knows, and leaves the other's as it was. A new endpoint is one more line in `asked`.
 */

let database: TestDatabase;
let service: TestService;
let vault: Simulator;
let artha: ArthaSimulator;
let victim: Shop;
let rival: Shop;

interface Shop extends Pair {
  readonly merchantId: string;
  readonly linkToken: string;
}

beforeAll(async () => {
  database = await makeTestDatabase();
  vault = await (await issuers.vault.simulator()).start();
  artha = (await (await issuers.artha.simulator()).start()) as ArthaSimulator;
  const MASTER_KEY = Buffer.alloc(32, 1).toString('base64');
  service = await startTestService({ DATABASE_URL: database.url, MASTER_KEY, ANSWER_DEADLINE_MS: '3000' });
  [victim, rival] = [await newShop('victim'), await newShop('rival')];
  await storeAccount(service, 'victim', { issuer: 'vault', simulator: vault });
  await storeAccount(service, 'rival', { issuer: 'artha', simulator: artha });
}, 120_000);

afterAll(async () => {
  await service?.stop();
  await Promise.all([vault?.stop(), artha?.stop()]);
  await database?.drop();
});

async function newShop(merchantId: string): Promise<Shop> {
  const pair = await makeMerchant(service, merchantId);
  const { body } = await service.internal('POST', `merchants/${merchantId}/link-token`);
  return { merchantId, ...pair, linkToken: body.linkToken as string };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const vtex = (shop: Shop, path: string, body: object): Promise<Answer> =>
  send(path, { method: 'POST', headers: headersOf(shop), body: JSON.stringify(body) });

const internal = (shop: Shop, method: string, path: string, body?: object): Promise<Answer> =>
  service.internal(method, `${path}${path.includes('?') ? '&' : '?'}merchant=${shop.merchantId}`, body);

const withLinkToken = (shop: Shop, method: string, path: string, body?: object): Promise<Answer> =>
  service.internal(method, path, body, shop.linkToken);

async function send(path: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(`${service.url}${path}`, init);
  return { status: response.status, body: await response.json() };
}

const linkAtRival = () => ({ issuer: 'artha', reference: artha.referenceFor('works') });

/** What the rival may ask about a payment, by the name of the endpoint. */
const asked: Readonly<Record<string, (paymentId: string) => Promise<Answer>>> = {
  'POST /payments/{paymentId}/cancellations': (paymentId) =>
    vtex(rival, `/payments/${paymentId}/cancellations`, { paymentId, requestId: 'R1' }),
  'POST /payments/{paymentId}/cancellations, with a fault': (paymentId) =>
    vtex(rival, `/payments/${paymentId}/cancellations`, { paymentId }),
  'POST /payments/{paymentId}/nothing': (paymentId) => vtex(rival, `/payments/${paymentId}/nothing`, { paymentId }),
  'POST /payments': (paymentId) => vtex(rival, '/payments', { ...fullCreate, paymentId }),
  'POST /payments/{paymentId}/settlements': (paymentId) =>
    vtex(rival, `/payments/${paymentId}/settlements`, { paymentId, requestId: 'S1', value: 23 }),
  'POST /payments/{paymentId}/refunds': (paymentId) =>
    vtex(rival, `/payments/${paymentId}/refunds`, { paymentId, requestId: 'F1', value: 23, settleId: 'S' }),
  'POST /payments/{paymentId}/inbound/{action}': (paymentId) =>
    vtex(rival, `/payments/${paymentId}/inbound/hook`, { paymentId, requestId: 'I1', requestData: { body: '' } }),
  'PUT /internal/payments/{paymentId}': (paymentId) => internal(rival, 'PUT', `payments/${paymentId}`, linkAtRival()),
  'POST /internal/payments': (paymentId) =>
    internal(rival, 'POST', 'payments', { links: [{ paymentId, ...linkAtRival() }] }),
  'GET /internal/payments/{paymentId}': (paymentId) => internal(rival, 'GET', `payments/${paymentId}`),
  'GET /internal/payments/{paymentId}/explain': (paymentId) => internal(rival, 'GET', `payments/${paymentId}/explain`),
  'POST /internal/payments/{paymentId}/check': (paymentId) =>
    internal(rival, 'POST', `payments/${paymentId}/check`, {}),
  'PUT /internal/payments/{paymentId}, by link token': (paymentId) =>
    withLinkToken(rival, 'PUT', `payments/${paymentId}`, linkAtRival()),
  'GET /internal/payments/{paymentId}, by link token': (paymentId) =>
    withLinkToken(rival, 'GET', `payments/${paymentId}`),
  'GET /internal/payments/{paymentId}, by link token for the other': (paymentId) =>
    withLinkToken(rival, 'GET', `payments/${paymentId}?merchant=victim`),
};

/** The answer with everything that differs from one payment to the next taken out. */
function shapeOf({ status, body }: Answer, paymentId: string): unknown {
  const text = JSON.stringify(body)
    .replaceAll(paymentId, '[paymentId]')
    .replace(/\b(AUT-)?[0-9A-F]{32}\b/g, '[id]')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '[id]')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '[time]');
  return { status, body: JSON.parse(text) as unknown };
}

/** A payment of the victim's, with everything that can be known of it. */
async function newVictimPayment({ isCancelled }: { readonly isCancelled: boolean }): Promise<string> {
  const paymentId = newId();
  const link = { issuer: 'vault', reference: vault.referenceFor('works'), value: 2300, orderId: 'ORDER-OF-THE-VICTIM' };
  expect((await internal(victim, 'PUT', `payments/${paymentId}`, link)).status).toBe(201);
  if (isCancelled) {
    const cancelled = await vtex(victim, `/payments/${paymentId}/cancellations`, { paymentId, requestId: 'R1' });
    expect(cancelled).toMatchObject({ status: 200, body: { code: null } });
  }
  return paymentId;
}

const historyOf = (shop: Shop, paymentId: string) => internal(shop, 'GET', `payments/${paymentId}`);

describe.each(Object.entries(asked))('%s', (_name, ask) => {
  it.each([
    ['only linked', false],
    ['cancelled', true],
  ])('about a payment of another merchant that is %s: as about one that nobody knows', async (_what, isCancelled) => {
    const [theirs, nobodys] = [await newVictimPayment({ isCancelled }), newId()];
    const before = await historyOf(victim, theirs);
    const effects = vault.effects.length;

    const [answer, expected] = [await ask(theirs), await ask(nobodys)];

    expect(shapeOf(answer, theirs)).toEqual(shapeOf(expected, nobodys));
    expect(JSON.stringify(answer.body)).not.toContain('ORDER-OF-THE-VICTIM');
    expect(await historyOf(victim, theirs)).toEqual(before);
    expect(vault.effects).toHaveLength(effects);
  });
});

describe('one paymentId at two merchants', () => {
  it('is two payments, each linked, cancelled and read for itself', async () => {
    const paymentId = newId();
    const atVault = { issuer: 'vault', reference: vault.referenceFor('works') };
    const atArtha = linkAtRival();
    await internal(victim, 'PUT', `payments/${paymentId}`, atVault);
    await internal(rival, 'PUT', `payments/${paymentId}`, atArtha);

    const cancelled = await vtex(victim, `/payments/${paymentId}/cancellations`, { paymentId, requestId: 'R1' });

    expect(cancelled).toMatchObject({ status: 200, body: { code: null } });
    expect((await historyOf(victim, paymentId)).body).toMatchObject({
      ...atVault,
      cancellation: { state: 'cancelled' },
    });
    expect((await historyOf(rival, paymentId)).body).toMatchObject({ ...atArtha, cancellation: null });
    expect(artha.effects).toHaveLength(0);
  });

  it('and one requestId are two requests with answers of their own', async () => {
    const paymentId = await newVictimPayment({ isCancelled: true });
    const again = await vtex(victim, `/payments/${paymentId}/cancellations`, { paymentId, requestId: 'R1' });

    const other = await vtex(rival, `/payments/${paymentId}/cancellations`, { paymentId, requestId: 'R1' });

    expect(again.body).toMatchObject({ code: null, cancellationId: expect.any(String) as string });
    expect(other.body).toMatchObject({ code: 'cancel-manually', cancellationId: null });
  });
});

describe('a merchant', () => {
  it('cannot link to an issuer that only another one has', async () => {
    const link = { issuer: 'vault', reference: vault.referenceFor('works') };

    expect((await internal(rival, 'PUT', `payments/${newId()}`, link)).status).toBe(422);
  });

  it('may link a reference that another one has linked, at its own account', async () => {
    await storeAccount(service, 'rival', { issuer: 'vault', simulator: vault, sandbox: true });
    const link = { issuer: 'vault', reference: vault.referenceFor('works'), sandbox: true };
    await storeAccount(service, 'victim', { issuer: 'vault', simulator: vault, sandbox: true });

    const both = [victim, rival].map((shop) => internal(shop, 'PUT', `payments/${newId()}`, link));

    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([201, 201]);
  });

  it('has only its own manual cancellations listed', async () => {
    const paymentId = newId();
    await vtex(victim, `/payments/${paymentId}/cancellations`, { paymentId, requestId: 'R1' });

    const [own, others] = [
      await internal(victim, 'GET', 'manual-cancellations'),
      await internal(rival, 'GET', 'manual-cancellations'),
    ];

    expect(JSON.stringify(own.body)).toContain(paymentId);
    expect(JSON.stringify(others.body)).not.toContain(paymentId);
  });

  it('has only its own issuers and accounts listed, and changes only their modes', async () => {
    const listed = async (shop: Shop, path: string, field: string) => {
      const { body } = await internal(shop, 'GET', path);
      return (body as Record<string, { accountId: string }[]>)[field]?.map(({ accountId }) => accountId) ?? [];
    };

    for (const [path, field] of [
      ['issuers', 'issuers'],
      ['issuer-accounts', 'accounts'],
    ] as const) {
      expect((await listed(victim, path, field)).every((accountId) => accountId.startsWith('victim'))).toBe(true);
      expect((await listed(rival, path, field)).every((accountId) => accountId.startsWith('rival'))).toBe(true);
    }
    expect((await internal(rival, 'PUT', 'issuers/vault', { mode: 'paused' })).status).toBe(404);
    expect((await internal(rival, 'PUT', 'issuers/artha', { mode: 'paused' })).status).toBe(200);
    expect((await internal(rival, 'PUT', 'issuers/artha', { mode: null })).status).toBe(200);
  });

  it('has its accounts tested and deleted by its own name alone', async () => {
    expect((await internal(rival, 'POST', 'issuer-accounts/vault/test', {})).status).toBe(404);
    expect((await internal(rival, 'DELETE', 'issuer-accounts/vault')).status).toBe(404);
    expect((await internal(victim, 'POST', 'issuer-accounts/vault/test', {})).body).toMatchObject({ kind: 'accepted' });
  });
});

describe('a callback', () => {
  const post = (path: string, message: { headers: Readonly<Record<string, string>>; body: string }) =>
    send(`/callbacks/${path}`, { method: 'POST', ...message });

  it('is heard at the path of its own account, and at no other one’s', async () => {
    const message = artha.callback({ taskId: 'a-task', status: 'success', remarks: 'CardCancelled' });

    const heard = await post('artha/rival', message);
    const others = await Promise.all(
      ['artha/victim', 'artha/rival-sandbox', 'artha/default', 'artha/nobody', 'vault/victim', 'vault/rival'].map(
        (path) => post(path, message),
      ),
    );
    const ofDefault = await post('artha', message);

    expect(heard.status).toBe(200);
    expect(others.map(({ status }) => status)).toEqual([401, 401, 401, 401, 404, 404]);
    expect(ofDefault.status).toBe(401);
    expect(await database.query('select merchant_id, sandbox from issuer_callbacks')).toEqual([
      { merchant_id: 'rival', sandbox: false },
    ]);
  });

  it('proves nothing about another merchant’s payment, whose issuer gave the same task', async () => {
    const other = (await (await issuers.artha.simulator()).start()) as ArthaSimulator;
    await storeAccount(service, 'victim', { issuer: 'artha', simulator: other });
    const [paymentId, reference] = [newId(), other.referenceFor('works')];
    await internal(victim, 'PUT', `payments/${paymentId}`, { issuer: 'artha', reference });
    const body = JSON.stringify({ taskId: 'one-task-of-both', status: 'Success', remarks: 'CardInProgress' });
    other.script(reference, [{ effect: 'none', answer: { status: 200, body } }]);
    await vtex(victim, `/payments/${paymentId}/cancellations`, { paymentId, requestId: 'R1' });
    const news = { taskId: 'one-task-of-both', status: 'success', remarks: 'CardCancelled' };

    const atRival = await post('artha/rival', artha.callback(news));
    const forged = await post('artha/victim', artha.callback(news));
    const before = await historyOf(victim, paymentId);
    const own = await post('artha/victim', other.callback(news));
    const after = await historyOf(victim, paymentId);
    await other.stop();

    expect([atRival.status, forged.status, own.status]).toEqual([200, 401, 200]);
    expect(before.body).toMatchObject({ cancellation: { state: 'waiting' } });
    expect(after.body).toMatchObject({ cancellation: { state: 'cancelled' } });
  });
});
