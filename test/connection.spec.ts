import { createHash } from 'node:crypto';
import { Connections } from '../src/merchants/connections.js';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { makeMerchant, newPair, tryPair } from './support/merchants.js';
import { startTestService, type TestService } from './support/service.js';

const RETURN_URL = 'https://shop.myvtex.com/admin/pci-gateway?provider=1&authorizationCode=';

let database: TestDatabase;
let service: TestService;
let count = 0;

beforeAll(async () => {
  database = await makeTestDatabase();
  service = await startTestService({ DATABASE_URL: database.url, ANSWER_DEADLINE_MS: '3000' });
}, 120_000);

afterAll(async () => {
  await service?.stop();
  await database?.drop();
});

const json = async (response: Response) => ({
  status: response.status,
  headers: response.headers,
  body: (await response.json()) as Record<string, string>,
});

const askToken = async (body: unknown) =>
  json(await fetch(`${service.url}/authorization/token`, { method: 'POST', body: JSON.stringify(body) }));

async function newToken(): Promise<string> {
  const { status, body } = await askToken({ applicationId: 'vtex', returnUrl: RETURN_URL });
  expect(status).toBe(200);
  return body.token ?? '';
}

const openPage = (token: string, headers: Record<string, string> = {}) =>
  fetch(`${service.url}/authorization/redirect?applicationId=vtex&token=${token}`, { headers });

const submit = (token: string, connectionCode: string) =>
  fetch(`${service.url}/authorization/redirect`, {
    method: 'POST',
    body: new URLSearchParams({ token, connectionCode }),
    redirect: 'manual',
  });

const askCredentials = async (authorizationCode: string, applicationId = 'vtex') =>
  json(
    await fetch(
      `${service.url}/authorization/credentials?${new URLSearchParams({ applicationId, authorizationCode }).toString()}`,
    ),
  );

async function newShop(): Promise<string> {
  const merchantId = `shop-${(count += 1)}`;
  await makeMerchant(service, merchantId);
  return merchantId;
}

async function newConnectionCode(merchantId: string): Promise<string> {
  const { status, body } = await service.internal('POST', `merchants/${merchantId}/connection-code`);
  expect(status).toBe(201);
  return body.connectionCode as string;
}

/** Goes through the page. @returns the authorization code */
async function connect(merchantId: string): Promise<string> {
  const answer = await submit(await newToken(), await newConnectionCode(merchantId));
  const location = answer.headers.get('location') ?? '';
  expect({ status: answer.status, isBack: location.startsWith(RETURN_URL) }).toEqual({ status: 303, isBack: true });
  return location.slice(RETURN_URL.length);
}

const expire = (table: string) => database.query(`update ${table} set expires_at = now() - interval '1 second'`);

describe('the whole flow', () => {
  it('gives VTEX a new pair of the merchant whose code was entered', async () => {
    const merchantId = await newShop();

    const { status, headers, body } = await askCredentials(await connect(merchantId));

    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      applicationId: 'vtex',
      appKey: expect.stringMatching(new RegExp(`^vtexappkey-${merchantId}-[A-Z]{6}$`)) as string,
      appToken: expect.stringMatching(/^[0-9a-f]{48}$/) as string,
    });
    expect((await tryPair(service, { appKey: body.appKey ?? '', appToken: body.appToken ?? '' })).status).not.toBe(401);
  });

  it('may be the default merchant’s, who comes from the settings', async () => {
    const { status, body } = await askCredentials(await connect('default'));

    expect(status).toBe(200);
    expect(body.appKey).toMatch(/^vtexappkey-default-/);
  });

  it('keeps tokens and codes as digests, and logs none', async () => {
    const merchantId = await newShop();
    const token = await newToken();
    const connectionCode = await newConnectionCode(merchantId);
    const kept = async () =>
      JSON.stringify([
        await database.query('select t::text from connection_tokens t'),
        await database.query('select c::text from connection_codes c'),
        await database.query('select c::text from authorization_codes c'),
      ]);
    const before = await kept();
    const authorizationCode = ((await submit(token, connectionCode)).headers.get('location') ?? '').slice(
      RETURN_URL.length,
    );

    expect(before).toContain(createHash('sha256').update(token).digest('hex'));
    const everywhere = before + (await kept()) + service.lines.join('');
    for (const secret of [token, connectionCode, authorizationCode]) {
      expect(secret).toMatch(/[0-9a-f]{32}$/);
      expect(everywhere).not.toContain(secret.split('.').at(-1));
    }
  });
});

describe('POST /authorization/token', () => {
  it('answers for VTEX alone', async () => {
    const { status, headers, body } = await askToken({ applicationId: 'vtex', returnUrl: RETURN_URL });

    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({ applicationId: 'vtex', token: expect.stringMatching(/^[0-9a-f]{48}$/) as string });
    expect((await askToken({ applicationId: 'other', returnUrl: RETURN_URL })).status).toBe(400);
  });

  it.each([
    'https://evil.example/?authorizationCode=',
    'http://shop.myvtex.com/?authorizationCode=',
    'https://shop.myvtex.com/',
    undefined,
  ])('refuses the return address %s in words, and keeps nothing', async (returnUrl) => {
    const before = await database.query('select count(*) from connection_tokens');

    const { status, body } = await askToken({ applicationId: 'vtex', returnUrl });

    expect(status).toBe(400);
    expect(body.message).toMatch(/^returnUrl must /);
    expect(await database.query('select count(*) from connection_tokens')).toEqual(before);
  });

  it('refuses what is no JSON', async () => {
    const response = await fetch(`${service.url}/authorization/token`, { method: 'POST', body: 'applicationId=vtex' });

    expect(response.status).toBe(400);
  });

  it('ends somewhere, when too many begin', async () => {
    await database.query(
      `insert into connection_tokens (token_digest, return_url, expires_at)
       select sha256(n::text::bytea), 'https://flood.example', now() + interval '1 hour' from generate_series(1, 10000) n`,
    );

    const { status } = await askToken({ applicationId: 'vtex', returnUrl: RETURN_URL });

    await database.query(`delete from connection_tokens where return_url = 'https://flood.example'`);
    expect(status).toBe(429);
  });
});

describe('the page', () => {
  it('asks for the code, in the browser’s language, and says where it leads', async () => {
    const token = await newToken();

    const [english, portuguese] = await Promise.all([
      openPage(token),
      openPage(token, { 'accept-language': 'pt-BR,pt;q=0.9' }),
    ]);

    expect([english.status, portuguese.status]).toEqual([200, 200]);
    expect(await english.text()).toMatch(/Connection code[\s\S]*Connect</);
    const page = await portuguese.text();
    expect(page).toContain('Código de conexão');
    expect(page).toContain('<strong>shop.myvtex.com</strong>');
    expect(page).toContain('<form method="post" action="redirect">');
  });

  it('is kept by nobody, framed by nobody, and runs nothing', async () => {
    const page = await openPage(await newToken());

    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("base-uri 'none'");
    expect(policy).toMatch(/form-action 'self' https:\/\/vtexcommercestable\.com\.br https:\/\/\*\.vtexcommercestable/);
    expect(policy).not.toMatch(/unsafe|script-src/);
    const style = /<style>([\s\S]*)<\/style>/.exec(await page.text())?.[1] ?? '';
    expect(policy).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
  });

  it('changes nothing by being opened, also with a code in its address', async () => {
    const merchantId = await newShop();
    const [token, code] = [await newToken(), await newConnectionCode(merchantId)];

    const opened = await fetch(
      `${service.url}/authorization/redirect?applicationId=vtex&token=${token}&connectionCode=${code}`,
      { redirect: 'manual' },
    );

    expect(opened.status).toBe(200);
    expect((await submit(token, code)).status).toBe(303);
  });

  it.each(['', 'x', '0'.repeat(48), '%00'])('of the unknown token %j says so', async (token) => {
    const page = await openPage(token);

    expect(page.status).toBe(404);
    expect(await page.text()).not.toContain('<form');
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  it('of a token that has ended is gone, and its form too', async () => {
    const merchantId = await newShop();
    const [token, code] = [await newToken(), await newConnectionCode(merchantId)];
    await expire('connection_tokens');

    expect((await openPage(token)).status).toBe(404);
    expect((await submit(token, code)).status).toBe(404);
    expect((await submit(await newToken(), code)).status).toBe(303);
  });
});

describe('a connection code', () => {
  it('is good for one use, and so is the token', async () => {
    const merchantId = await newShop();
    const [token, code] = [await newToken(), await newConnectionCode(merchantId)];
    await submit(token, code);

    expect((await submit(token, code)).status).toBe(404);
    expect((await submit(await newToken(), code)).status).toBe(400);
  });

  it('that is entered twice at the same time connects once', async () => {
    const merchantId = await newShop();
    const code = await newConnectionCode(merchantId);
    const tokens = [await newToken(), await newToken(), await newToken()];

    const answers = await Promise.all(tokens.map((token) => submit(token, code)));

    expect(answers.map(({ status }) => status).sort()).toEqual([303, 400, 400]);
  });

  it('ends when there is a new one, and after a day', async () => {
    const merchantId = await newShop();
    const [old, fresh] = [await newConnectionCode(merchantId), await newConnectionCode(merchantId)];
    const [row] = await database.query<{ hours: string }>(
      `select round(extract(epoch from expires_at - now()) / 3600) as hours from connection_codes where merchant_id = $1`,
      [merchantId],
    );

    expect(Number(row?.hours)).toBe(24);
    expect((await submit(await newToken(), old)).status).toBe(400);
    await expire('connection_codes');
    expect((await submit(await newToken(), fresh)).status).toBe(400);
  });

  it('may have blanks around it, as a copied one has', async () => {
    const code = await newConnectionCode(await newShop());

    expect((await submit(await newToken(), `  ${code}\n`)).status).toBe(303);
  });

  it('may be wrong five times, and then the token ends, also for the right one', async () => {
    const merchantId = await newShop();
    const [token, code] = [await newToken(), await newConnectionCode(merchantId)];
    const wrong = [`${merchantId}.${'0'.repeat(32)}`, '', 'nobody.00', "x' or 1=1", `${code}0`];

    const statuses: number[] = [];
    for (const one of wrong) {
      const answer = await submit(token, one);
      statuses.push(answer.status);
      const page = await answer.text();
      expect(page.includes('<form')).toBe(statuses.length < 5);
      expect(page).toContain('role="alert"');
    }

    expect(statuses).toEqual([400, 400, 400, 400, 400]);
    const afterwards = await submit(token, code);
    expect(afterwards.status).toBe(400);
    expect(await afterwards.text()).toContain('Too many wrong codes');
    expect((await openPage(token)).status).toBe(404);
    expect((await submit(await newToken(), code)).status).toBe(303);
  });

  it('stays good where two pairs are valid already, and the page says what to do', async () => {
    const merchantId = await newShop();
    await newPair(service, merchantId);
    const [token, code] = [await newToken(), await newConnectionCode(merchantId)];

    const full = await submit(token, code);
    const words = await full.text();
    await service.internal('DELETE', `merchants/${merchantId}/credentials/1`);

    expect(full.status).toBe(409);
    expect(words).toContain('Two pairs of credentials are valid');
    expect((await submit(token, code)).status).toBe(303);
  });
});

describe('a connection that was begun in another store of VTEX', () => {
  it.each(['shop', 'SHOP'])('is not the one of the store %s', async (vtexAccount) => {
    const merchantId = await newShop();
    await service.internal('PUT', `merchants/${merchantId}`, { vtexAccount });

    expect((await submit(await newToken(), await newConnectionCode(merchantId))).status).toBe(303);
  });

  it('does not use the code up, and warns the person', async () => {
    const merchantId = await newShop();
    await service.internal('PUT', `merchants/${merchantId}`, { vtexAccount: 'another' });
    const [token, code] = [await newToken(), await newConnectionCode(merchantId)];

    const refused = await submit(token, code);

    expect(refused.status).toBe(409);
    expect(await refused.text()).toContain('another store of VTEX');
    await service.internal('PUT', `merchants/${merchantId}`, { vtexAccount: 'shop' });
    expect((await submit(token, code)).status).toBe(303);
  });
});

describe('GET /authorization/credentials', () => {
  it('exchanges a code once, however many ask at the same time', async () => {
    const merchantId = await newShop();
    const code = await connect(merchantId);

    const answers = await Promise.all(Array.from({ length: 5 }, () => askCredentials(code)));

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400]);
    const { body } = await service.internal('GET', 'merchants');
    const shop = (body.merchants as { merchantId: string; credentials: unknown[] }[]).find(
      (one) => one.merchantId === merchantId,
    );
    expect(shop?.credentials).toHaveLength(2);
  });

  it.each(['', 'x', 'shop-1.', `shop-1.${'0'.repeat(48)}`, `nobody.${'0'.repeat(48)}`])(
    'refuses the code %j in words',
    async (code) => {
      const { status, body } = await askCredentials(code);

      expect({ status, body }).toEqual({
        status: 400,
        body: { message: 'This authorizationCode is wrong, was used before, or has expired.' },
      });
    },
  );

  it('refuses a code for another application, and leaves it good', async () => {
    const code = await connect(await newShop());

    expect((await askCredentials(code, 'other')).status).toBe(400);
    expect((await askCredentials(code)).status).toBe(200);
  });

  it('refuses a code of another merchant’s name', async () => {
    const [one, two] = [await newShop(), await newShop()];
    const code = await connect(one);

    expect((await askCredentials(code.replace(one, two))).status).toBe(400);
    expect((await askCredentials(code)).status).toBe(200);
  });

  it('refuses a code after ten minutes', async () => {
    const code = await connect(await newShop());
    const [row] = await database.query<{ minutes: string }>(
      'select round(extract(epoch from max(expires_at) - now()) / 60) as minutes from authorization_codes',
    );
    await expire('authorization_codes');

    expect(Number(row?.minutes)).toBe(10);
    expect((await askCredentials(code)).status).toBe(400);
  });

  it('leaves the code good where two pairs have become valid meanwhile', async () => {
    const merchantId = await newShop();
    const code = await connect(merchantId);
    await newPair(service, merchantId);

    const full = await askCredentials(code);
    await service.internal('DELETE', `merchants/${merchantId}/credentials/1`);

    expect(full.status).toBe(409);
    expect((await askCredentials(code)).status).toBe(200);
  });
});

it('what has expired is cleaned up, and nothing else', async () => {
  const merchantId = await newShop();
  await newToken();
  await newConnectionCode(merchantId);
  await connect(await newShop());
  for (const table of ['connection_tokens', 'connection_codes', 'authorization_codes']) await expire(table);
  const [token, code] = [await newToken(), await newConnectionCode(await newShop())];

  await service.service.app.get(Connections).cleanUp();

  const left = async (table: string) => (await database.query(`select 1 from ${table}`)).length;
  expect([await left('connection_tokens'), await left('connection_codes'), await left('authorization_codes')]).toEqual([
    1, 1, 0,
  ]);
  expect((await submit(token, code)).status).toBe(303);
});
