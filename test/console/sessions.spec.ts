import { makeTestDatabase, type TestDatabase } from '../support/database.js';
import { addPerson, ConsoleClient, PASSWORD, signIn, wordsOf } from '../support/console.js';
import { sendRaw } from '../support/raw-http.js';
import { startTestService, type TestService } from '../support/service.js';
import { Sessions } from '../../src/console/people/sessions.js';

let database: TestDatabase;
let service: TestService;

beforeAll(async () => {
  database = await makeTestDatabase();
  service = await startTestService({ DATABASE_URL: database.url });
});

afterAll(async () => {
  await service?.stop();
  await database?.drop();
});

const statusOf = async (client: ConsoleClient) => (await client.get('/console/account')).status;

const move = (personId: string, change: string) =>
  database.query(`update sessions set ${change} where person_id = $1`, [personId]);

/** The same browser, as a thief of its cookie would be. */
function copyOf(client: ConsoleClient): ConsoleClient {
  const copy = new ConsoleClient(client.url);
  for (const [name, value] of client.cookies) copy.cookies.set(name, value);
  return copy;
}

describe('a session', () => {
  it('is a cookie that scripts and other sites do not get, of which only the digest is kept', async () => {
    const { link } = await addPerson(service, { role: 'viewer' });
    const client = new ConsoleClient(service.url);
    const { pathname, search } = new URL(link);
    const page = await client.submit(pathname, { password: PASSWORD, 'password-again': PASSWORD }, pathname + search);

    const [cookie = ''] = page.headers.getSetCookie();
    const [, token = ''] = /^console-session=([^;]+)/.exec(cookie) ?? [];
    expect(cookie).toBe(`console-session=${token}; Path=/console; HttpOnly; SameSite=Lax`);
    expect(token).toMatch(/^default\.[0-9a-f]{48}$/);
    const rows = await database.query<{ row: string }>(
      `select s::text as row from sessions s union all select p::text from people p
       union all select l::text from one_time_links l union all select a::text from audit_entries a`,
    );
    expect(rows.length).toBeGreaterThan(2);
    const secrets = [token.slice('default.'.length), new URL(link).searchParams.get('token')?.slice('default.'.length)];
    for (const secret of secrets) expect(JSON.stringify(rows)).not.toContain(secret);
  });

  it('has a cookie with a prefix, and only over TLS, where the service is reached by https', async () => {
    const secure = await startTestService({ DATABASE_URL: database.url, PUBLIC_URL: 'https://cards.example' });
    try {
      const person = await signIn(secure, { role: 'viewer' });
      const door = await new ConsoleClient(secure.url).get('/console/sign-in');

      expect([...person.cookies.keys()].sort()).toEqual(['__Secure-console-session', '__Secure-console-visit']);
      expect(door.headers.getSetCookie()).toEqual([
        expect.stringMatching(
          /^__Secure-console-visit=[0-9a-f]{48}; Path=\/console; HttpOnly; SameSite=Lax; Secure$/,
        ) as string,
      ]);
      expect(await statusOf(person)).toBe(200);
    } finally {
      await secure.stop();
    }
  });

  it('ends when nobody did anything for two hours, by the database’s clock', async () => {
    const person = await signIn(service, { role: 'viewer' });
    const [row] = await database.query<{ idle: number; whole: number }>(
      `select extract(epoch from idle_at - started_at)::float as idle, extract(epoch from ends_at - started_at)::float as whole
       from sessions where person_id = $1`,
      [person.personId],
    );
    expect(row?.idle).toBeCloseTo(2 * 3_600, 0);
    expect(row?.whole).toBeCloseTo(12 * 3_600, 0);

    await move(person.personId, `idle_at = now() - interval '1 second'`);

    expect(await statusOf(person)).toBe(303);
  });

  it('goes on while somebody opens pages, but not while only a script looks for news', async () => {
    const person = await signIn(service, { role: 'viewer' });
    const idleAt = async () =>
      (
        await database.query<{ left: number }>(
          'select extract(epoch from idle_at - now())::float as left from sessions where person_id = $1',
          [person.personId],
        )
      )[0]?.left ?? 0;
    await move(person.personId, `idle_at = now() + interval '10 minutes'`);

    await person.get('/console/account', { 'sec-fetch-dest': 'empty' });
    expect(await idleAt()).toBeLessThanOrEqual(600);
    await person.get('/console/account');
    expect(await idleAt()).toBeGreaterThan(7_190);
  });

  it('ends after twelve hours, whatever somebody does', async () => {
    const person = await signIn(service, { role: 'viewer' });
    await move(
      person.personId,
      `idle_at = now() + interval '1 minute', ends_at = now() + interval '1 minute', started_at = now() - interval '719 minutes'`,
    );
    await person.get('/console/account');
    const [row] = await database.query<{ capped: boolean }>(
      'select idle_at = ends_at as capped from sessions where person_id = $1',
      [person.personId],
    );
    expect(row?.capped).toBe(true);

    await move(person.personId, `idle_at = now() - interval '1 second', ends_at = now() - interval '1 second'`);

    expect(await statusOf(person)).toBe(303);
  });

  it('ends with a sign-out, also for whoever has a copy of its cookie', async () => {
    const person = await signIn(service, { role: 'viewer' });
    const copy = copyOf(person);

    const out = await person.submit('/console/sign-out', {}, '/console/account');

    expect(out).toMatchObject({ status: 303, location: '/console/sign-in?done=signed-out' });
    expect(person.cookies.has('console-session')).toBe(false);
    expect(await statusOf(copy)).toBe(303);
    expect(wordsOf((await person.get('/console/sign-in?done=signed-out')).html)).toContain('You are signed out.');
  });

  it('ends everywhere else when the password is changed', async () => {
    const person = await signIn(service, { role: 'viewer' });
    const elsewhere = new ConsoleClient(service.url);
    await elsewhere.submit('/console/sign-in', { email: person.email, password: PASSWORD });

    const changed = await person.submit(
      '/console/account/password',
      { 'old-password': PASSWORD, password: 'other words in a row', 'password-again': 'other words in a row' },
      '/console/account',
    );

    expect(changed.location).toBe('/console/account?done=password-changed');
    expect(await statusOf(elsewhere)).toBe(303);
    expect(await statusOf(person)).toBe(200);
  });

  it('ends when the person is disabled or gets another role', async () => {
    const [disabled, promoted] = [await signIn(service, { role: 'viewer' }), await signIn(service, { role: 'viewer' })];

    await service.internal('PUT', `people/${disabled.personId}`, { isDisabled: true });
    await service.internal('PUT', `people/${promoted.personId}`, { role: 'admin' });

    expect(await statusOf(disabled)).toBe(303);
    expect(await statusOf(promoted)).toBe(303);
    await database.query('update people set disabled_at = now() where person_id = $1', [promoted.personId]);
    const late = await signIn(service, { role: 'viewer' });
    await database.query('update people set disabled_at = now() where person_id = $1', [late.personId]);
    expect(await statusOf(late)).toBe(303);
  });

  it('is nobody’s with a token that is forged, cut, or another merchant’s', async () => {
    const person = await signIn(service, { role: 'viewer' });
    const [merchant = '', token = ''] = (person.cookies.get('console-session') ?? '').split('.');
    await addPerson(service, { role: 'viewer', merchant: 'sessions-2' });

    for (const forged of [
      `sessions-2.${token}`,
      `${merchant}.${token.slice(1)}`,
      `${merchant}.${'0'.repeat(48)}`,
      token,
      '',
      "default.' or 1=1 --",
    ]) {
      const client = new ConsoleClient(service.url);
      client.cookies.set('console-session', forged);
      expect([forged, await statusOf(client)]).toEqual([forged, 303]);
    }
  });

  it('is swept away once it has ended, with links and counts that have', async () => {
    const [gone, stays] = [await signIn(service, { role: 'viewer' }), await signIn(service, { role: 'viewer' })];
    const late = await addPerson(service, { role: 'viewer' });
    await move(gone.personId, `idle_at = now() - interval '1 second'`);
    await database.query(`update one_time_links set ends_at = now() - interval '1 second' where person_id = $1`, [
      late.personId,
    ]);
    await database.query(
      `insert into sign_in_tries values ($1, 3, now() - interval '1 second'), ($2, 3, now() + interval '1 minute')`,
      [Buffer.alloc(32, 1), Buffer.alloc(32, 2)],
    );

    await service.service.app.get(Sessions).sweep();

    const left = await database.query<{ person_id: string }>('select person_id from sessions');
    const ids = left.map(({ person_id }) => person_id);
    expect(ids).toContain(stays.personId);
    expect(ids).not.toContain(gone.personId);
    expect(await database.query('select 1 from one_time_links where person_id = $1', [late.personId])).toEqual([]);
    expect(
      await database.query('select tries from sign_in_tries where key_digest in ($1, $2)', [
        Buffer.alloc(32, 1),
        Buffer.alloc(32, 2),
      ]),
    ).toHaveLength(1);
  });
});

describe('without a session', () => {
  it.each([
    ['/console', '/console'],
    ['/console/account', '/console/account'],
    ['/console/people?x=%20y', '/console/people?x=%20y'],
    ['/console/nothing/here', '/console/nothing/here'],
  ])('%s leads to the sign-in, and back', async (path, to) => {
    const page = await new ConsoleClient(service.url).get(path);

    expect(page).toMatchObject({ status: 303, location: `/console/sign-in?to=${encodeURIComponent(to)}`, html: '' });
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  it('a form leads to the sign-in, and back to the page that it stood on', async () => {
    const client = new ConsoleClient(service.url);

    const page = await client.post(
      '/console/account',
      { name: 'X' },
      { referer: `${service.url}/console/account?a=b` },
    );
    const elsewhere = await client.post('/console/account', {}, { referer: 'https://evil.example/console/people' });

    expect(page.location).toBe(`/console/sign-in?to=${encodeURIComponent('/console/account?a=b')}`);
    expect(elsewhere.location).toBe('/console/sign-in?to=%2Fconsole');
  });

  it('a path that is spelt otherwise opens nothing either', async () => {
    for (const path of [
      '/%63onsole/account',
      'http://any.example/console/account',
      '/console/%61ccount',
      '/console//account',
      '/console/account/',
      '/console/%zz',
      `/console/${'a'.repeat(4_000)}`,
    ]) {
      const { status, text } = await sendRaw(service.url, { method: 'GET', path });
      expect([path, [303, 400, 404, 414].includes(status)]).toEqual([path, true]);
      expect(text).not.toContain('profile');
    }
  });

  it('style and script are there for everybody', async () => {
    for (const path of ['/console/style.css', '/console/script.js']) {
      const { status, headers } = await new ConsoleClient(service.url).get(path);
      expect([status, headers.getSetCookie()]).toEqual([200, []]);
    }
  });

  it('nothing of the rest of the service asks for one', async () => {
    expect((await fetch(`${service.url}/health/live`)).status).toBe(200);
    expect((await fetch(`${service.url}/manifest`)).status).toBe(200);
    expect((await service.internal('GET', 'merchants')).status).toBe(200);
    expect((await fetch(`${service.url}/consoles`)).status).toBe(404);
  });
});

describe('a one-time link', () => {
  const open = (link: string, client = new ConsoleClient(service.url)) => {
    const { pathname, search } = new URL(link);
    return client.get(pathname + search);
  };
  const choose = (link: string, fields: Record<string, string>, client = new ConsoleClient(service.url)) => {
    const { pathname, search } = new URL(link);
    return client.submit(pathname, { password: PASSWORD, 'password-again': PASSWORD, ...fields }, pathname + search);
  };
  const GONE = 'This link is no longer valid';

  it('shows whose it is, and is used up by nothing but the password', async () => {
    const { link } = await addPerson(service, { role: 'viewer', name: 'João Souza', language: 'pt-BR' });

    for (let looks = 0; looks < 3; looks += 1) {
      const page = await open(link);
      expect(page.status).toBe(200);
      expect(page.html).toContain('<html lang="pt-BR">');
      expect(wordsOf(page.html)).toContain('Olá, João Souza. Com esta senha você entra nos cancelamentos de default.');
    }
    await sendRaw(service.url, { method: 'HEAD', path: new URL(link).pathname + new URL(link).search });
    const client = new ConsoleClient(service.url);
    expect((await choose(link, {}, client)).status).toBe(303);
    expect(await statusOf(client)).toBe(200);

    expect(wordsOf((await open(link)).html)).toContain(GONE);
  });

  it('lets one in of several at the same time', async () => {
    const { link, personId } = await addPerson(service, { role: 'viewer' });

    const pages = await Promise.all([1, 2, 3].map(() => choose(link, {})));

    expect(pages.map(({ status }) => status).sort()).toEqual([303, 404, 404]);
    expect(await database.query('select 1 from sessions where person_id = $1', [personId])).toHaveLength(1);
  });

  it.each([
    ['11 characters', { password: 'elevenchars', 'password-again': 'elevenchars' }, '12 to 200 characters'],
    ['201 characters', { password: 'x'.repeat(201), 'password-again': 'x'.repeat(201) }, '12 to 200 characters'],
    ['two that differ', { 'password-again': 'a few words in a rox' }, 'not the same'],
  ])('takes no password of %s, and stays good', async (_what, fields, words) => {
    const { link } = await addPerson(service, { role: 'viewer' });

    const page = await choose(link, fields);

    expect(page.status).toBe(400);
    expect(wordsOf(page.html)).toContain(words);
    expect((await choose(link, {})).status).toBe(303);
  });

  it('takes 12 and 200 characters of any script, and not the e-mail itself', async () => {
    const [short, long, own] = await Promise.all([1, 2, 3].map(() => addPerson(service, { role: 'viewer' })));
    const twice = (password: string) => ({ password, 'password-again': password });

    expect((await choose(short?.link ?? '', twice('ñ日本語 😀 42 ab'))).status).toBe(303);
    expect((await choose(long?.link ?? '', twice('é'.repeat(200)))).status).toBe(303);
    const page = await choose(own?.link ?? '', twice(own?.email.toUpperCase() ?? ''));
    expect(page.status).toBe(400);
    expect(wordsOf(page.html)).toContain('must not be your e-mail address');
  });

  it('ends after 7 days, 24 hours for who has a password, and when another one is made', async () => {
    const invited = await addPerson(service, { role: 'viewer' });
    const person = await signIn(service, { role: 'viewer' });
    const hours = async (personId: string) =>
      (
        await database.query<{ hours: number }>(
          'select extract(epoch from ends_at - now())::float / 3600 as hours from one_time_links where person_id = $1',
          [personId],
        )
      )[0]?.hours;

    const first = (await service.internal('POST', `people/${person.personId}/link`)).body.link as string;
    expect(await hours(invited.personId)).toBeCloseTo(7 * 24, 1);
    expect(await hours(person.personId)).toBeCloseTo(24, 1);
    const second = (await service.internal('POST', `people/${person.personId}/link`)).body.link as string;

    expect((await open(first)).status).toBe(404);
    expect((await open(second)).status).toBe(200);
    await database.query(`update one_time_links set ends_at = now() - interval '1 second' where person_id = $1`, [
      person.personId,
    ]);
    expect((await open(second)).status).toBe(404);
  });

  it('leaves the old password good until the new one is chosen, and then ends every session', async () => {
    const person = await signIn(service, { role: 'viewer' });
    const link = (await service.internal('POST', `people/${person.personId}/link`)).body.link as string;
    const enter = async (password: string) =>
      (await new ConsoleClient(service.url).submit('/console/sign-in', { email: person.email, password })).status;

    expect(await enter(PASSWORD)).toBe(303);
    await choose(link, { password: 'other words in a row', 'password-again': 'other words in a row' });

    expect(await statusOf(person)).toBe(303);
    expect(await enter(PASSWORD)).toBe(403);
    expect(await enter('other words in a row')).toBe(303);
  });

  it('is as dead as one that never was, once its person is disabled', async () => {
    const { link, personId } = await addPerson(service, { role: 'viewer' });
    await service.internal('PUT', `people/${personId}`, { isDisabled: true });

    const page = await open(link);
    const never = await open(`${service.url}/console/welcome?token=default.${'0'.repeat(48)}`);

    expect([page.status, never.status]).toEqual([404, 404]);
    expect(page.html).toBe(never.html);
    expect(wordsOf(page.html)).toContain(GONE);
  });
});
