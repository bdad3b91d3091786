import { createHash } from 'node:crypto';
import { Merchants } from '../src/merchants/merchants.js';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { headersOf, makeMerchant, newPair, tryPair, type Pair } from './support/merchants.js';
import { withDatabaseAway } from './support/outage.js';
import { newId, startTestService, testCredentials, type TestService } from './support/service.js';
import { until } from './support/until.js';

let database: TestDatabase;
let service: TestService;
/** Another process, for all that the two know of each other. */
let other: TestService;
let count = 0;

beforeAll(async () => {
  database = await makeTestDatabase();
  const environment = { DATABASE_URL: database.url, ANSWER_DEADLINE_MS: '3000' };
  [service, other] = await Promise.all([
    startTestService(environment),
    startTestService({ ...environment, TEST_SUITE_ALLOW_EMPTY_CREDENTIALS: 'on' }),
  ]);
}, 120_000);

afterAll(async () => {
  await Promise.all([service?.stop(), other?.stop()]);
  await database?.drop();
});

const newMerchantId = () => `shop-${(count += 1)}`;
const settingsPair = { appKey: testCredentials.VTEX_APP_KEY, appToken: testCredentials.VTEX_APP_TOKEN };
const refresh = (at: TestService) => at.service.app.get(Merchants).refresh();
const shown = async (merchantId: string) => {
  const { body } = await service.internal('GET', 'merchants');
  return (body.merchants as Record<string, unknown>[]).find((merchant) => merchant.merchantId === merchantId);
};

describe('PUT /internal/merchants/{merchantId}', () => {
  it('makes a merchant, and changes what is given', async () => {
    const merchantId = newMerchantId();

    const made = await service.internal('PUT', `merchants/${merchantId}`, { name: 'Shop', vtexAccount: 'shopbr' });
    const changed = await service.internal('PUT', `merchants/${merchantId}`, { isTest: true });
    const cleared = await service.internal('PUT', `merchants/${merchantId}`, { vtexAccount: null });

    const row = { merchantId, name: 'Shop', isTest: false, vtexAccount: 'shopbr', language: null, timeZone: null };
    const rest = { isFromSettings: false, credentials: [], hasLinkToken: false };
    expect(made).toEqual({ status: 201, body: { ...row, ...rest } });
    expect(changed).toEqual({ status: 200, body: { ...row, isTest: true, ...rest } });
    expect(cleared.body).toEqual({ ...row, isTest: true, vtexAccount: null, ...rest });
    expect(await shown(merchantId)).toEqual(cleared.body);
  });

  it.each(['Shop', 'shop_1', 's'.repeat(61), 'shop-sandbox', '-sandbox', 'çhop', 'test-suite'])(
    'refuses the id %s',
    async (merchantId) => {
      const { status, body } = await service.internal('PUT', `merchants/${encodeURIComponent(merchantId)}`, {});

      expect(status).toBe(422);
      expect(Object.keys(body.fields as object)).toEqual(['merchantId']);
      expect(await shown(merchantId)).toBeUndefined();
    },
  );

  it('names each wrong field at once, and changes nothing', async () => {
    const merchantId = newMerchantId();
    const wrong = { name: '', isTest: 'yes', vtexAccount: 'Shop BR', language: 'pt', timeZone: '+03:00', mercant: 1 };

    const { status, body } = await service.internal('PUT', `merchants/${merchantId}`, wrong);

    expect(status).toBe(422);
    expect(Object.keys(body.fields as object).sort()).toEqual(Object.keys(wrong).sort());
    expect(await shown(merchantId)).toBeUndefined();
  });

  it('says more of the default merchant, which comes from the settings and stays what it is', async () => {
    const changed = await service.internal('PUT', 'merchants/default', { name: 'Our own shop' });
    const refused = await service.internal('PUT', 'merchants/default', { isTest: true });

    expect(changed).toMatchObject({ status: 200, body: { name: 'Our own shop', isFromSettings: true } });
    expect(refused).toMatchObject({ status: 422, body: { fields: { isTest: expect.any(String) as string } } });
    expect((await tryPair(service, settingsPair)).status).not.toBe(401);
  });

  it('reaches another process when it looks the next time, without being told', async () => {
    const merchantId = newMerchantId();
    const pair = await makeMerchant(service, merchantId);

    await until('the other process knows it', async () => (await tryPair(other, pair)).status !== 401);

    expect(other.service.app.get(Merchants).find(merchantId)).toMatchObject({ name: `The shop ${merchantId}` });
  });
});

describe('credentials', () => {
  it('are made from a good source, shown once, and kept as digests alone', async () => {
    const merchantId = newMerchantId();

    const { slot, appKey, appToken } = await makeMerchant(service, merchantId);

    expect(slot).toBe(1);
    expect(appKey).toMatch(new RegExp(`^vtexappkey-${merchantId}-[A-Z]{6}$`));
    expect(appToken).toMatch(/^[0-9a-f]{48}$/);
    const [row] = await database.query<{ token: string; text: string }>(
      `select encode(app_token_digest, 'hex') as token, c::text as text from merchant_credentials c where merchant_id = $1`,
      [merchantId],
    );
    expect(row?.token).toBe(createHash('sha256').update(appToken).digest('hex'));
    expect(row?.text).not.toContain(appToken);
    expect(service.lines.join('')).not.toContain(appToken);
    expect(JSON.stringify(await shown(merchantId))).not.toContain(appToken);
  });

  it('are known to the process that made them at once, in either family of headers', async () => {
    const { appKey, appToken } = await makeMerchant(service, newMerchantId());
    const provider = { 'x-provider-api-appkey': appKey, 'x-provider-api-apptoken': appToken };

    expect((await tryPair(service, { appKey, appToken })).status).not.toBe(401);
    expect((await service.cancel(newId(), { requestId: newId() }, { headers: provider })).status).not.toBe(401);
  });

  it('name the merchant that they were made for', async () => {
    const merchantId = newMerchantId();
    const paymentId = newId();
    const pair = await makeMerchant(service, merchantId);

    await service.cancel(paymentId, { requestId: newId() }, { headers: headersOf(pair) });

    expect(await database.query('select merchant_id from payments where payment_id = $1', [paymentId])).toEqual([
      { merchant_id: merchantId },
    ]);
  });

  it('are two at once while they are rotated, and then the older one ends at once', async () => {
    const merchantId = newMerchantId();
    const first = await makeMerchant(service, merchantId);
    const second = await newPair(service, merchantId);
    const statuses = async () =>
      Promise.all([first, second].map(async (pair) => (await tryPair(service, pair)).status));
    const both = await statuses();

    const retired = await service.internal('DELETE', `merchants/${merchantId}/credentials/${first.slot}`);

    expect(both).not.toContain(401);
    expect(retired).toMatchObject({ status: 200, body: { message: 'Retired. The other pair stays valid.' } });
    expect(await statuses()).toEqual([401, 200]);
    await until('the other process knows it', async () => (await tryPair(other, first)).status === 401);
  });

  it('that would be a third pair are refused, naming the older one', async () => {
    const merchantId = newMerchantId();
    await makeMerchant(service, merchantId);
    await newPair(service, merchantId);
    await service.internal('DELETE', `merchants/${merchantId}/credentials/1`);
    await newPair(service, merchantId);

    const { status, body } = await service.internal('POST', `merchants/${merchantId}/credentials`);

    expect(status).toBe(409);
    expect(body).toMatchObject({ retire: 2, message: expect.stringContaining('slot 2') as string });
    expect((await shown(merchantId))?.credentials).toHaveLength(2);
  });

  it('are never three, however many ask at once', async () => {
    const merchantId = newMerchantId();
    await service.internal('PUT', `merchants/${merchantId}`, {});

    const asked = await Promise.all(
      Array.from({ length: 6 }, () => service.internal('POST', `merchants/${merchantId}/credentials`)),
    );

    expect(asked.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409, 409, 409]);
    const pairs = asked.filter(({ status }) => status === 201).map(({ body }) => body as unknown as Pair);
    expect(pairs.map(({ slot }) => slot).sort()).toEqual([1, 2]);
    for (const pair of pairs) expect((await tryPair(service, pair)).status).not.toBe(401);
  });

  it('may all be retired, and the answer says what that means', async () => {
    const merchantId = newMerchantId();
    const pair = await makeMerchant(service, merchantId);

    const { body } = await service.internal('DELETE', `merchants/${merchantId}/credentials/1`);

    expect(body).toMatchObject({ credentials: [], message: expect.stringContaining('401') as string });
    expect((await tryPair(service, pair)).status).toBe(401);
  });

  it('of the default merchant may be kept beside those of the settings, and both are valid', async () => {
    const pair = await newPair(service, 'default');

    expect((await tryPair(service, pair)).status).not.toBe(401);
    expect((await tryPair(service, settingsPair)).status).not.toBe(401);
    const retired = await service.internal('DELETE', `merchants/default/credentials/${pair.slot}`);
    expect(retired.body.message).toBe('Retired. Only the credentials of the settings are valid now.');
    expect((await tryPair(service, settingsPair)).status).not.toBe(401);
  });

  it('of a token with another merchant’s app key are wrong', async () => {
    const [one, two] = [await makeMerchant(service, newMerchantId()), await makeMerchant(service, newMerchantId())];

    expect((await tryPair(service, { appKey: one.appKey, appToken: two.appToken })).status).toBe(401);
    expect((await tryPair(service, { appKey: one.appKey, appToken: settingsPair.appToken })).status).toBe(401);
  });

  it.each([
    ['POST', 'merchants/nobody/credentials'],
    ['DELETE', 'merchants/nobody/credentials/1'],
    ['POST', 'merchants/nobody/link-token'],
    ['POST', 'merchants/nobody/connection-code'],
    ['POST', 'merchants/test-suite/credentials'],
    ['DELETE', 'merchants/default/credentials/3'],
    ['DELETE', 'merchants/default/credentials/one'],
    ['GET', 'issuer-accounts?merchant=nobody'],
  ])('%s %s: there is no such thing', async (method, path) => {
    const { status, body } = await service.internal(method, path);

    expect(status).toBe(404);
    expect(Object.keys(body)).toEqual(['message']);
  });

  it('stay valid while the database is away', async () => {
    const pair = await makeMerchant(service, newMerchantId());

    const statuses = await withDatabaseAway(database.url, async () => {
      await refresh(service).catch(() => undefined);
      return [(await tryPair(service, pair)).status, (await tryPair(service, { ...pair, appToken: 'x' })).status];
    });

    expect(statuses).toEqual([500, 401]);
    expect(service.service.app.get(Merchants).list().length).toBeGreaterThan(1);
  });

  it('whose app key the settings have for another merchant are not taken, and the log says so once', async () => {
    const merchantId = newMerchantId();
    await makeMerchant(service, merchantId);
    const digest = (words: string) => createHash('sha256').update(words).digest();
    const taken = { appKey: testCredentials.VTEX_APP_KEY, appToken: 'token-of-the-database' };
    await database.query(
      'insert into merchant_credentials (merchant_id, slot, app_key_digest, app_token_digest) values ($1, 2, $2, $3)',
      [merchantId, digest(taken.appKey), digest(taken.appToken)],
    );

    await refresh(service);
    await refresh(service);

    expect((await tryPair(service, taken)).status).toBe(401);
    expect((await tryPair(service, settingsPair)).status).not.toBe(401);
    expect(service.lines.filter((line) => line.includes('kept for another merchant too'))).toHaveLength(1);
    await service.internal('DELETE', `merchants/${merchantId}/credentials/2`);
  });
});

describe("the Test Suite's empty credentials", () => {
  const empty = { 'x-vtex-api-appkey': '', 'x-vtex-api-apptoken': '' };
  const suite = { 'x-vtex-api-is-testsuite': 'true' };
  const cancel = (at: TestService, headers: Record<string, string>, paymentId = newId()) =>
    at.cancel(paymentId, { requestId: newId() }, { headers });

  it('are the test merchant’s where the setting allows it, and nobody else’s', async () => {
    const paymentId = newId();

    expect((await cancel(other, { ...empty, ...suite }, paymentId)).status).toBe(200);

    expect(await database.query('select merchant_id from payments where payment_id = $1', [paymentId])).toEqual([
      { merchant_id: 'test-suite' },
    ]);
  });

  it('are wrong without the setting, and without the header of the suite', async () => {
    expect((await cancel(service, { ...empty, ...suite })).status).toBe(401);
    expect((await cancel(other, empty)).status).toBe(401);
    expect((await cancel(other, { ...empty, ...suite, 'x-vtex-api-apptoken': 'x' })).status).toBe(401);
  });
});
