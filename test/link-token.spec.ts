import { createHash } from 'node:crypto';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { makeMerchant, storeAccount } from './support/merchants.js';
import { newId, startTestService, type TestService } from './support/service.js';
import { startTestSimulators, type TestSimulators } from './support/simulators.js';

let database: TestDatabase;
let simulators: TestSimulators;
let service: TestService;
let linkToken: string;

beforeAll(async () => {
  database = await makeTestDatabase();
  simulators = await startTestSimulators();
  const MASTER_KEY = Buffer.alloc(32, 5).toString('base64');
  service = await startTestService({ ...simulators.settings, DATABASE_URL: database.url, MASTER_KEY });
  for (const merchantId of ['shop', 'rival']) {
    await makeMerchant(service, merchantId);
    await storeAccount(service, merchantId, { issuer: 'vault', simulator: simulators.of.vault });
  }
  linkToken = await newLinkToken('shop');
}, 120_000);

afterAll(async () => {
  await service?.stop();
  await simulators?.stop();
  await database?.drop();
});

async function newLinkToken(merchantId: string): Promise<string> {
  const { status, body } = await service.internal('POST', `merchants/${merchantId}/link-token`);
  expect(status).toBe(201);
  return body.linkToken as string;
}

const newLink = () => ({ issuer: 'vault', reference: simulators.of.vault.referenceFor('works') });
const by = (token: string) => (method: string, path: string, body?: unknown) =>
  service.internal(method, path, body, token);

describe('a link token', () => {
  it('is made from a good source and kept as a digest', async () => {
    expect(linkToken).toMatch(/^linktoken-shop-[0-9a-f]{48}$/);
    const [row] = await database.query<{ digest: string }>(
      `select encode(link_token_digest, 'hex') as digest from merchants where merchant_id = 'shop'`,
    );
    expect(row?.digest).toBe(createHash('sha256').update(linkToken).digest('hex'));
    expect(service.lines.join('')).not.toContain(linkToken);
  });

  it('links and reads payments of its own merchant, whether it names it or not', async () => {
    const [paymentId, link] = [newId(), newLink()];

    const linked = await by(linkToken)('PUT', `payments/${paymentId}`, link);
    const again = await by(linkToken)('PUT', `payments/${paymentId}?merchant=shop`, link);
    const read = await by(linkToken)('GET', `payments/${paymentId}`);

    expect([linked.status, again.status, read.status]).toEqual([201, 200, 200]);
    expect(read.body).toMatchObject({ paymentId, ...link });
    expect(await database.query('select merchant_id from payments where payment_id = $1', [paymentId])).toEqual([
      { merchant_id: 'shop' },
    ]);
  });

  it('links many payments of its own merchant at once', async () => {
    const links = [newId(), newId()].map((paymentId) => ({ paymentId, ...newLink() }));

    const linked = await by(linkToken)('POST', 'payments', { links });
    const elsewhere = await by(linkToken)('POST', 'payments?merchant=rival', { links });

    expect([linked.status, elsewhere.status]).toEqual([200, 403]);
    expect(linked.body).toMatchObject({ results: [{ kind: 'linked' }, { kind: 'linked' }] });
    const paymentIds = links.map(({ paymentId }) => paymentId);
    expect(
      await database.query('select distinct merchant_id from payments where payment_id = any($1)', [paymentIds]),
    ).toEqual([{ merchant_id: 'shop' }]);
  });

  it('does not see what another merchant has linked', async () => {
    const [paymentId, link] = [newId(), newLink()];
    await service.internal('PUT', `payments/${paymentId}`, link);

    expect((await by(linkToken)('GET', `payments/${paymentId}`)).status).toBe(404);
    expect((await by(linkToken)('GET', `payments/${newId()}`)).status).toBe(404);
  });

  it.each(['rival', 'default', 'nobody', '', 'SHOP'])('is not for the payments of %j', async (merchant) => {
    const paymentId = newId();

    const read = await by(linkToken)('GET', `payments/${paymentId}?merchant=${merchant}`);
    const linked = await by(linkToken)('PUT', `payments/${paymentId}?merchant=${merchant}`, newLink());

    const refusal = { message: 'A link token is for the payments of its own merchant only.' };
    expect([read, linked]).toEqual([
      { status: 403, body: refusal },
      { status: 403, body: refusal },
    ]);
    expect(await database.query('select 1 from payments where payment_id = $1', [paymentId])).toEqual([]);
  });

  it('is not for two merchants at once', async () => {
    expect((await by(linkToken)('GET', `payments/${newId()}?merchant=shop&merchant=rival`)).status).toBe(403);
  });

  it.each([
    ['GET', `payments/P1/explain`],
    ['POST', `payments/P1/check`],
    ['DELETE', `payments/P1`],
    ['GET', 'payments'],
    ['GET', 'doctor'],
    ['GET', 'manual-cancellations'],
    ['GET', 'manual-cancellations?merchant=shop'],
    ['GET', 'issuers'],
    ['PUT', 'issuers/vault'],
    ['GET', 'merchants'],
    ['PUT', 'merchants/shop'],
    ['POST', 'merchants/shop/credentials'],
    ['DELETE', 'merchants/shop/credentials/1'],
    ['POST', 'merchants/shop/link-token'],
    ['POST', 'merchants/shop/connection-code'],
    ['GET', 'issuer-accounts?merchant=shop'],
    ['PUT', 'issuer-accounts/vault?merchant=shop'],
    ['DELETE', 'issuer-accounts/vault?merchant=shop'],
    ['POST', 'issuer-accounts/vault/test?merchant=shop'],
    ['PUT', 'issuer-accounts/vault/user-tokens/maria?merchant=shop'],
    ['POST', 'secrets/reseal'],
    ['GET', 'nothing'],
    ['GET', 'payments/%zz'],
  ])('does not open %s /internal/%s', async (method, path) => {
    const { status, body } = await by(linkToken)(method, path, method === 'GET' ? undefined : {});

    expect({ status, body }).toEqual({
      status: 403,
      body: { message: 'A link token may link and read payments, and nothing else.' },
    });
  });

  it('is none of VTEX’s credentials', async () => {
    const answer = await service.cancel(
      newId(),
      { requestId: newId() },
      { headers: { authorization: `Bearer ${linkToken}`, 'x-vtex-api-appkey': 'x', 'x-vtex-api-apptoken': linkToken } },
    );

    expect(answer.status).toBe(401);
  });

  it('ends at once when there is a new one', async () => {
    const old = await newLinkToken('rival');
    const fresh = await newLinkToken('rival');

    expect((await by(old)('GET', `payments/${newId()}`)).status).toBe(401);
    expect((await by(fresh)('GET', `payments/${newId()}`)).status).toBe(404);
  });

  it('may be the default merchant’s too', async () => {
    const token = await newLinkToken('default');
    const [paymentId, link] = [newId(), newLink()];

    expect((await by(token)('PUT', `payments/${paymentId}`, link)).status).toBe(201);
    expect((await service.history(paymentId)).reference).toEqual(link.reference);
  });

  it.each(['', 'linktoken-shop-', 'x', '0'.repeat(64)])('that is wrong, such as %j, is answered 401', async (token) => {
    const { status, body } = await by(token)('GET', `payments/${newId()}`);

    expect({ status, fields: Object.keys(body) }).toEqual({ status: 401, fields: ['message'] });
  });
});
