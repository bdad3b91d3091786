import { IssuerAccounts } from '../src/issuers/issuer-accounts.js';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { headersOf, makeMerchant, storeAccount, type Pair } from './support/merchants.js';
import { newId, startTestService, type TestService } from './support/service.js';
import { startTestSimulators, type TestSimulators } from './support/simulators.js';
import { until } from './support/until.js';

const MASTER_KEY = Buffer.alloc(32, 3).toString('base64');
const NEW_KEY = Buffer.alloc(32, 4).toString('base64');

let database: TestDatabase;
let simulators: TestSimulators;
/** Whose issuers are those of no settings. */
let service: TestService;
/** Another process, for all that the two know of each other. */
let other: TestService;
let count = 0;

beforeAll(async () => {
  database = await makeTestDatabase();
  simulators = await startTestSimulators();
  const environment = { DATABASE_URL: database.url, MASTER_KEY, ANSWER_DEADLINE_MS: '3000' };
  [service, other] = await Promise.all([
    startTestService({ ...environment, CORECARD_BASE_URL: 'https://corecard.example', CORECARD_ACCESS_TOKEN: 'token' }),
    startTestService(environment),
  ]);
}, 120_000);

afterAll(async () => {
  await Promise.all([service?.stop(), other?.stop()]);
  await simulators?.stop();
  await database?.drop();
});

interface Shop extends Pair {
  readonly merchantId: string;
}

async function newShop(): Promise<Shop> {
  const merchantId = `shop-${(count += 1)}`;
  return { merchantId, ...(await makeMerchant(service, merchantId)) };
}

const vaultOf = ({ merchantId }: Shop, settings: Record<string, string> = {}, sandbox = false) =>
  storeAccount(service, merchantId, { issuer: 'vault', simulator: simulators.of.vault, sandbox }, settings);

const accountOf = (shop: Shop, at = service, sandbox = false) =>
  at.service.app.get(IssuerAccounts).find(shop.merchantId, 'vault', sandbox);

const accountsOf = async ({ merchantId }: Shop, at = service) => {
  const { body } = await at.internal('GET', `issuer-accounts?merchant=${merchantId}`);
  return body.accounts as Record<string, unknown>[];
};

async function linked({ merchantId }: Shop, link: Record<string, unknown> = {}): Promise<string> {
  const paymentId = newId();
  const reference = simulators.of.vault.referenceFor('works');
  const path = `payments/${paymentId}?merchant=${merchantId}`;
  expect((await service.internal('PUT', path, { issuer: 'vault', reference, ...link })).status).toBe(201);
  return paymentId;
}

const cancel = (shop: Shop, paymentId: string, at = service) =>
  at.cancel(paymentId, { requestId: 'R1' }, { headers: headersOf(shop) });

const tokenOfVault = () => simulators.of.vault.settings.ACCESS_TOKEN ?? '';

describe('PUT /internal/issuer-accounts/{issuer}', () => {
  it('stores an account, through which payments are cancelled at once', async () => {
    const shop = await newShop();

    const stored = await vaultOf(shop, { CP: 'CP_2' });

    expect(stored).toMatchObject({
      status: 201,
      body: {
        issuer: 'vault',
        accountId: shop.merchantId,
        sandbox: false,
        source: 'database',
        baseUrl: simulators.of.vault.url,
        settings: { CP: 'CP_2', CANCELLED_STATUSES: 'CANCELLED' },
        isUsable: true,
      },
    });
    expect(await cancel(shop, await linked(shop))).toMatchObject({ status: 200, body: { code: null } });
    expect(simulators.of.vault.requests.at(-1)?.path).toMatch(/\?cp=CP_2$/);
  });

  it('shows no secret, keeps none as it is, and logs none', async () => {
    const shop = await newShop();

    const { body } = await vaultOf(shop);

    const [row] = await database.query<{ text: string; secrets: Record<string, { keyId: string }> }>(
      'select a::text as text, secrets from issuer_accounts a where merchant_id = $1',
      [shop.merchantId],
    );
    expect(Object.keys(row?.secrets ?? {}).sort()).toEqual(['ACCESS_TOKEN', 'USER_TOKENS']);
    expect(body.secrets).toEqual({
      ACCESS_TOKEN: row?.secrets.ACCESS_TOKEN?.keyId,
      USER_TOKENS: row?.secrets.USER_TOKENS?.keyId,
    });
    const everywhere = [row?.text, JSON.stringify(body), JSON.stringify(await accountsOf(shop)), ...service.lines];
    expect(everywhere.join('')).not.toContain(tokenOfVault());
  });

  it('replaces the whole account, and its old connector finishes what it has begun', async () => {
    const shop = await newShop();
    await vaultOf(shop, { CP: 'CP_2' });
    const before = accountOf(shop);

    const replaced = await vaultOf(shop);

    expect(replaced).toMatchObject({ status: 200, body: { settings: { CANCELLED_STATUSES: 'CANCELLED' } } });
    expect(replaced.body.settings).not.toHaveProperty('CP');
    expect(accountOf(shop)).not.toBe(before);
    const late = await before?.connector.cancel({ cardRequestId: '124125' }, []);
    expect(late?.evidence.httpStatus).not.toBeNull();
  });

  it('reaches another process, which keeps an account that has not changed as it is', async () => {
    const shop = await newShop();
    await vaultOf(shop);
    const first = await until('the other process has the account', () => accountOf(shop, other));
    await newShop();
    await other.service.app.get(IssuerAccounts).refresh();
    const unchanged = accountOf(shop, other);
    await vaultOf(shop, { CP: 'CP_3' });

    await until('the other process has the new one', () => accountOf(shop, other) !== first);

    expect(unchanged).toBe(first);
    expect(accountOf(shop, other)?.account.settings).toMatchObject({ CP: 'CP_3' });
  });

  it('wakes what waited for it', async () => {
    const shop = await newShop();
    await vaultOf(shop, { ACCESS_TOKEN: 'expired-token' });
    const paymentId = await linked(shop);
    expect((await cancel(shop, paymentId)).body.code).toBe('cancellation-pending');

    await vaultOf(shop);

    await until('it is cancelled', async () => {
      const { body } = await service.internal('GET', `payments/${paymentId}?merchant=${shop.merchantId}`);
      return (body.cancellation as { state: string }).state === 'cancelled';
    });
  });

  it('keeps live and sandbox apart', async () => {
    const shop = await newShop();
    await vaultOf(shop, {}, true);

    const live = await service.internal('PUT', `payments/${newId()}?merchant=${shop.merchantId}`, {
      issuer: 'vault',
      reference: simulators.of.vault.referenceFor('works'),
    });

    expect(live).toMatchObject({
      status: 422,
      body: { fields: { issuer: expect.stringContaining('PUT /internal/issuer-accounts/vault') as string } },
    });
    expect(accountOf(shop)).toBeNull();
    expect(accountOf(shop, service, true)?.accountId).toBe(`${shop.merchantId}-sandbox`);
    expect((await cancel(shop, await linked(shop, { sandbox: true }))).body.code).toBeNull();
  });

  it('names every wrong setting at once, without its value, and stores nothing', async () => {
    const shop = await newShop();
    const settings = {
      BASE_URL: 'ftp://CANARY',
      ACCESS_TOKEN: 'two words CANARY',
      USER_TOKENS: 'file:/etc/CANARY',
      STATUS_QUERY: 'CANARY',
      CP: 5,
      X_VERSION: ' ',
      ACCES_TOKEN: 'CANARY',
    };

    const { status, body } = await service.internal('PUT', `issuer-accounts/vault?merchant=${shop.merchantId}`, {
      settings,
      sandbx: true,
    });

    expect(status).toBe(422);
    const wrong = [...Object.keys(settings).map((name) => `settings.${name}`), 'sandbx'];
    expect(Object.keys(body.fields as object).sort()).toEqual(wrong.sort());
    expect(JSON.stringify(body)).not.toContain('CANARY');
    expect(await accountsOf(shop)).toEqual([]);
  });

  it.each([
    [{}, ['settings']],
    [{ settings: [] }, ['settings']],
    [{ settings: {} }, ['settings.BASE_URL']],
    [{ settings: { BASE_URL: 'https://vault.example' } }, ['settings.ACCESS_TOKEN']],
    [{ sandbox: 'yes', settings: { ACCESS_TOKEN: 'token' } }, ['sandbox', 'settings.BASE_URL']],
  ])('of %j says what is wrong', async (body, fields) => {
    const shop = await newShop();

    const answer = await service.internal('PUT', `issuer-accounts/vault?merchant=${shop.merchantId}`, body);

    expect({ status: answer.status, fields: Object.keys(answer.body.fields as object).sort() }).toEqual({
      status: 422,
      fields: [...fields].sort(),
    });
  });

  it.each([
    ['names a file of the machine', '{"ACCESS_TOKEN":"file:/etc/hostname"}', '{}', 'names a file'],
    ['has a setting that is no text', '{"CP":5}', '{}', 'is no text'],
    ['has a setting that is wrong', '{"STATUS_QUERY":"maybe"}', '{}', 'STATUS_QUERY must be on or off'],
    ['has a secret that is none', '{}', '{"ACCESS_TOKEN":null}', 'ACCESS_TOKEN is empty'],
    ['has a secret that is not sealed', '{}', '{"ACCESS_TOKEN":"token"}', 'ACCESS_TOKEN was sealed with the key'],
  ])('is not used, and holds up no other one, where a row %s', async (_, settings, secrets, words) => {
    const [odd, good] = [await newShop(), await newShop()];
    await vaultOf(odd);
    await database.query(
      `update issuer_accounts set settings = $2, secrets = $3, version = nextval('stored_versions') where merchant_id = $1`,
      [odd.merchantId, settings, secrets],
    );

    await vaultOf(good);

    expect(accountOf(odd)).toBeNull();
    expect(await accountsOf(odd)).toMatchObject([{ isUsable: false }]);
    expect(accountOf(good)).not.toBeNull();
    const told = service.lines.filter(
      (line) => line.includes(`"${odd.merchantId}"`) && line.includes('not configured'),
    );
    await service.internal('DELETE', `issuer-accounts/vault?merchant=${odd.merchantId}`);
    expect(told).toEqual([expect.stringContaining(words)]);
  });

  it('is refused where the settings of the service have the account', async () => {
    const simulator = simulators.of.corecard;

    const stored = await storeAccount(service, 'default', { issuer: 'corecard', simulator });
    const deleted = await service.internal('DELETE', 'issuer-accounts/corecard');
    const sandbox = await storeAccount(service, 'default', { issuer: 'corecard', simulator, sandbox: true });

    expect([stored.status, deleted.status, sandbox.status]).toEqual([409, 409, 201]);
    expect(stored.body.message).toContain('CORECARD_BASE_URL');
    const { body } = await service.internal('GET', 'issuer-accounts');
    expect(body.accounts).toEqual([
      expect.objectContaining({ accountId: 'default', source: 'settings', secrets: { ACCESS_TOKEN: null } }),
      expect.objectContaining({ accountId: 'default-sandbox', source: 'database' }),
    ]);
  });

  it.each(['nobody', 'constructor', '__proto__'])('knows no issuer %s', async (issuer) => {
    expect((await service.internal('PUT', `issuer-accounts/${issuer}`, { settings: {} })).status).toBe(404);
  });
});

describe('DELETE /internal/issuer-accounts/{issuer}', () => {
  it('takes the account away; what is linked to it waits', async () => {
    const shop = await newShop();
    await vaultOf(shop);
    const paymentId = await linked(shop);
    const path = `issuer-accounts/vault?merchant=${shop.merchantId}`;

    const deleted = await service.internal('DELETE', path);

    expect(deleted).toMatchObject({ status: 200, body: { message: expect.stringContaining('wait') as string } });
    expect((await service.internal('DELETE', path)).status).toBe(404);
    expect((await cancel(shop, paymentId)).body.code).toBe('cancellation-pending');
    expect(await accountsOf(shop)).toEqual([]);
  });

  it('and making it again gives another account, also where nobody looked in between', async () => {
    const shop = await newShop();
    await vaultOf(shop);
    const before = await until('the other process has the account', () => accountOf(shop, other));
    await service.internal('DELETE', `issuer-accounts/vault?merchant=${shop.merchantId}`);
    await vaultOf(shop, { CP: 'CP_9' });

    await other.service.app.get(IssuerAccounts).refresh();

    expect(accountOf(shop, other)).not.toBe(before);
    expect(accountOf(shop, other)?.account.settings).toMatchObject({ CP: 'CP_9' });
  });
});

describe('POST /internal/issuer-accounts/{issuer}/test', () => {
  const test = ({ merchantId }: Shop, query = '') =>
    service.internal('POST', `issuer-accounts/vault/test?merchant=${merchantId}${query}`);

  it('says what a harmless call shows', async () => {
    const shop = await newShop();
    await vaultOf(shop);
    const accepted = await test(shop);
    await vaultOf(shop, { ACCESS_TOKEN: 'another-token' });
    const refused = await test(shop);
    await vaultOf(shop, { STATUS_QUERY: 'off' });
    const reachable = await test(shop);
    await vaultOf(shop, { BASE_URL: 'http://127.0.0.1:9' });
    const unreachable = await test(shop);

    expect([accepted, refused, reachable, unreachable].map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(accepted.body).toEqual({
      kind: 'accepted',
      httpStatus: 200,
      message: 'Vault answers, and takes the credentials.',
    });
    expect(refused.body).toMatchObject({ kind: 'credentials-refused', httpStatus: 401 });
    expect(reachable.body).toMatchObject({ kind: 'reachable' });
    expect(unreachable.body).toEqual({
      kind: 'unreachable',
      fault: 'refused',
      message: 'Vault cannot be reached: refused.',
    });
  });

  it('cancels nothing', async () => {
    const shop = await newShop();
    await vaultOf(shop);
    const done = simulators.of.vault.effects.length;

    await test(shop);

    expect(simulators.of.vault.effects).toHaveLength(done);
  });

  it('needs an account in that environment', async () => {
    const shop = await newShop();
    await vaultOf(shop);

    expect((await test(shop, '&sandbox=true')).status).toBe(404);
    expect((await test(shop, '&sandbox=maybe')).status).toBe(422);
  });
});

describe('the master key', () => {
  const withKeys = (keys: Record<string, string>) =>
    startTestService({ DATABASE_URL: database.url, ANSWER_DEADLINE_MS: '3000', ...keys });

  it('is needed to store a secret, and the refusal says so', async () => {
    const shop = await newShop();
    const bare = await withKeys({});

    const stored = await storeAccount(bare, shop.merchantId, { issuer: 'vault', simulator: simulators.of.vault });
    const resealed = await bare.internal('POST', 'secrets/reseal');

    await bare.stop();
    expect([stored.status, resealed.status]).toEqual([409, 409]);
    expect(stored.body.message).toContain('MASTER_KEY');
    expect(await accountsOf(shop)).toEqual([]);
  });

  it.each([
    ['missing', {}],
    ['another one', { MASTER_KEY: NEW_KEY }],
  ])('that is %s makes accounts count as not configured, with an error in the log and no crash', async (_, keys) => {
    const shop = await newShop();
    await vaultOf(shop);

    const started = await withKeys(keys);
    await started.service.app.get(IssuerAccounts).refresh();

    const told = started.lines.filter(
      (line) => line.includes(`"${shop.merchantId}"`) && line.includes('counts as not configured'),
    );
    const [shown] = await accountsOf(shop, started);
    await started.stop();
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/_TOKENS? was sealed with the key [0-9a-f]{8}, which is neither/);
    expect(shown).toMatchObject({ isUsable: false });
  });

  it('is changed by sealing everything anew, after which the old one is not needed', async () => {
    const shop = await newShop();
    await vaultOf(shop);
    await vaultOf(shop, {}, true);
    const changing = await withKeys({ MASTER_KEY: NEW_KEY, MASTER_KEY_OLD: MASTER_KEY });
    const account = accountOf(shop, changing);

    const { status, body } = await changing.internal('POST', 'secrets/reseal');
    const again = await changing.internal('POST', 'secrets/reseal');

    const isSame = accountOf(shop, changing) === account;
    await changing.stop();
    expect(status).toBe(200);
    expect(body).toMatchObject({ cannotBeOpened: [] });
    expect(body.resealed).toBeGreaterThanOrEqual(4);
    expect(again.body).toEqual({ ...body, resealed: 0 });
    expect(isSame).toBe(true);
    const changed = await withKeys({ MASTER_KEY: NEW_KEY });
    const answer = await cancel(shop, await linked(shop), changed);
    const kept = accountOf(shop, changed);
    await changed.internal('POST', 'secrets/reseal');
    await changed.stop();
    expect(answer.body.code).toBeNull();
    expect(kept?.account.settings.ACCESS_TOKEN).toBeDefined();
    const back = await withKeys({ MASTER_KEY, MASTER_KEY_OLD: NEW_KEY });
    await back.internal('POST', 'secrets/reseal');
    await back.stop();
  });

  it('names what it cannot open, and leaves that as it is', async () => {
    const [one, two] = [await newShop(), await newShop()];
    await vaultOf(one);
    await vaultOf(two);
    await database.query(
      `update issuer_accounts set secrets = (select secrets from issuer_accounts where merchant_id = $1), version = nextval('stored_versions')
       where merchant_id = $2`,
      [one.merchantId, two.merchantId],
    );
    const changing = await withKeys({ MASTER_KEY: NEW_KEY, MASTER_KEY_OLD: MASTER_KEY });

    const { body } = await changing.internal('POST', 'secrets/reseal');

    await changing.stop();
    const place = { merchantId: two.merchantId, issuer: 'vault', sandbox: false };
    expect(body.cannotBeOpened).toHaveLength(2);
    expect(body.cannotBeOpened).toEqual(
      expect.arrayContaining([
        { ...place, field: 'ACCESS_TOKEN' },
        { ...place, field: 'USER_TOKENS' },
      ]),
    );
    await until('the copied secrets open for nobody', async () => {
      await service.service.app.get(IssuerAccounts).refresh();
      return accountOf(two) === null;
    });
    const back = await withKeys({ MASTER_KEY, MASTER_KEY_OLD: NEW_KEY });
    await back.internal('POST', 'secrets/reseal');
    await back.stop();
  });
});
