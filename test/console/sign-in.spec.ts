import { setImmediate } from 'node:timers/promises';
import { Passwords, TooBusyError } from '../../src/console/people/passwords.js';
import { ownPath } from '../../src/console/frame/own-path.js';
import { makeTestDatabase, type TestDatabase } from '../support/database.js';
import { addPerson, ConsoleClient, newEmail, PASSWORD, signIn, wordsOf } from '../support/console.js';
import { startTestService, type TestService } from '../support/service.js';

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

beforeEach(async () => {
  await database.query('delete from sign_in_tries');
});

const WRONG = 'The e-mail or the password is wrong.';
const REFUSED = 'There were too many tries. Wait 15 minutes and sign in again.';

const enter = (email: string, password: string, client = new ConsoleClient(service.url)) =>
  client.submit('/console/sign-in', { email, password });

const actionsOf = async (personId: string) =>
  (
    await database.query<{ action: string }>(
      'select action from audit_entries where person_id = $1 order by entry_no desc',
      [personId],
    )
  ).map(({ action }) => action);

describe('the sign-in', () => {
  it('lets somebody in by e-mail and password, and leads to where they wanted to go', async () => {
    const { email } = await signIn(service, { role: 'viewer', name: 'Maria Silva' });
    const client = new ConsoleClient(service.url);

    const door = await client.get('/console/account?x=1');
    const page = await client.submit(
      '/console/sign-in',
      { email: ` ${email.toUpperCase()} `, password: PASSWORD },
      door.location ?? '',
    );

    expect(door).toMatchObject({ status: 303, location: '/console/sign-in?to=%2Fconsole%2Faccount%3Fx%3D1' });
    expect(page).toMatchObject({ status: 303, location: '/console/account?x=1' });
    expect(wordsOf((await client.get('/console/account')).html)).toContain('Maria Silva');
  });

  it('begins at the inbox where nobody wanted anything else', async () => {
    const { email } = await signIn(service, { role: 'viewer' });
    const client = new ConsoleClient(service.url);

    expect((await enter(email, PASSWORD, client)).location).toBe('/console');
    expect((await client.get('/console')).location).toBe('/console/manual-cancellations');
    expect((await client.get('/console/sign-in')).location).toBe('/console');
  });

  it('answers a wrong password, an unknown name, and somebody who is disabled in the same bytes', async () => {
    const known = await addPerson(service, { role: 'viewer' });
    const person = await signIn(service, { role: 'viewer' });
    const disabled = await signIn(service, { role: 'viewer' });
    await service.internal('PUT', `people/${disabled.personId}`, { isDisabled: true });

    const pages = [
      await enter(person.email, 'another password'),
      await enter(newEmail(), 'another password'),
      await enter(disabled.email, PASSWORD),
      await enter(known.email, 'another password'),
      await enter('not even an address', 'another password'),
    ];

    const emails = [person.email, disabled.email, known.email];
    const same = pages.map(({ status, html }) => [
      status,
      html.replace(/ value="[^"]*"/g, '').replace(new RegExp(emails.join('|')), ''),
    ]);
    expect(pages.map(({ status }) => status)).toEqual(pages.map(() => 403));
    for (const page of same) expect(page).toEqual(same[0]);
    expect(wordsOf(pages[0]?.html ?? '')).toContain(WRONG);
  });

  it('does the work of one password for somebody who is known at many merchants, and for nobody', async () => {
    const email = newEmail();
    for (const merchant of ['salt-1', 'salt-2', 'salt-3']) await signIn(service, { role: 'viewer', merchant, email });

    const hashes = await database.query<{ password_hash: string }>(
      'select password_hash from people where email = $1',
      [email],
    );

    const recipes = hashes.map(({ password_hash }) => password_hash.split('$').slice(0, 5).join('$'));
    expect(recipes).toHaveLength(3);
    expect(new Set(recipes).size).toBe(1);
    expect(recipes[0]).toMatch(/^scrypt\$14\$8\$1\$/);
  });

  it('finds the merchant by the password where the e-mail is known at several, and the last one where it fits several', async () => {
    const email = newEmail();
    await signIn(service, { role: 'viewer', merchant: 'several-1', email });
    await signIn(service, { role: 'viewer', merchant: 'several-2', email });
    const third = await addPerson(service, { role: 'viewer', merchant: 'several-3', email });
    const client = new ConsoleClient(service.url);
    const { pathname, search } = new URL(third.link);
    const other = { password: 'quite another password', 'password-again': 'quite another password' };
    await client.submit(pathname, other, pathname + search);
    await database.query(
      `update people set last_sign_in_at = now() + case merchant_id when 'several-1' then interval '1 hour' else '0' end where email = $1`,
      [email],
    );

    const storeOf = async (password: string) => {
      const browser = new ConsoleClient(service.url);
      await enter(email, password, browser);
      return /The shop several-\d/.exec((await browser.get('/console/account')).html)?.[0];
    };

    expect(await storeOf(PASSWORD)).toBe('The shop several-1');
    expect(await storeOf('quite another password')).toBe('The shop several-3');
  });

  it('gives a new session each time, and ends the one that the browser had', async () => {
    const client = await signIn(service, { role: 'viewer' });
    const before = new Map(client.cookies);

    // Signed in already, the door leads inside; a second window may still have the form.
    const other = new ConsoleClient(service.url);
    await other.get('/console/sign-in');
    for (const [name, value] of other.cookies) client.cookies.set(name, value);
    const form = await new ConsoleClient(service.url).get('/console/sign-in');
    expect(form.status).toBe(200);
    const { csrf } = await tokenFor(client, '/console/sign-in');
    const page = await client.post('/console/sign-in', { csrf, email: client.email, password: PASSWORD });

    expect(page.status).toBe(303);
    expect(client.cookies.get('console-session')).not.toBe(before.get('console-session'));
    const old = new ConsoleClient(service.url);
    old.cookies.set('console-session', before.get('console-session') ?? '');
    expect((await old.get('/console/account')).status).toBe(303);
    expect((await client.get('/console/account')).status).toBe(200);
  });

  it('is written down for people, wrong passwords too, and without their whole network address', async () => {
    const person = await signIn(service, { role: 'viewer' });
    await enter(person.email, 'another password');
    await enter(person.email, PASSWORD);

    expect(await actionsOf(person.personId)).toEqual(['signed-in', 'sign-in-failed', 'password-chosen']);
    expect(
      await database.query('select distinct network from audit_entries where person_id = $1', [person.personId]),
    ).toEqual([{ network: '127.0.0.0/24' }]);
  });

  it('speaks the browser’s language', async () => {
    for (const [language, words] of [
      ['pt-BR,pt;q=0.9,en;q=0.8', 'Ainda não tem senha'],
      ['es-AR', '¿Aún no tiene contraseña'],
      ['de', 'No password yet'],
    ] as const) {
      const { html } = await new ConsoleClient(service.url, language).get('/console/sign-in');
      expect(wordsOf(html)).toContain(words);
    }
  });

  it('leaves no password and no e-mail in the log', async () => {
    const email = newEmail();
    await enter(email, 'canary-password-in-the-log');
    await new ConsoleClient(service.url).get(`/console/welcome?token=default.${'a'.repeat(48)}`);

    const log = service.lines.join('\n');
    expect(log).not.toContain('canary-password');
    expect(log).not.toContain(email);
    expect(log).not.toContain('a'.repeat(48));
  });
});

describe('too many tries', () => {
  it('under one e-mail are refused alike for a right and a wrong password, whether somebody has it or not', async () => {
    const person = await signIn(service, { role: 'viewer' });
    const nobody = newEmail();

    for (const email of [person.email, nobody]) {
      for (let tries = 0; tries < 10; tries += 1) expect((await enter(email, 'another password')).status).toBe(403);
    }
    const refused = [
      await enter(person.email, PASSWORD),
      await enter(person.email, 'another password'),
      await enter(nobody, 'another password'),
    ];

    expect(refused.map(({ status }) => status)).toEqual([429, 429, 429]);
    for (const { html } of refused) expect(wordsOf(html)).toContain(REFUSED);
    expect((await actionsOf(person.personId)).slice(0, 2)).toEqual(['sign-in-blocked', 'sign-in-failed']);

    await database.query(`update sign_in_tries set ends_at = now() - interval '1 second'`);
    expect((await enter(person.email, PASSWORD)).status).toBe(303);
  });

  it('at the same time are no way around the limit', async () => {
    const { email } = await signIn(service, { role: 'viewer' });

    const pages = await Promise.all(Array.from({ length: 16 }, () => enter(email, 'another password')));

    const statuses = pages.map(({ status }) => status);
    expect(statuses.filter((status) => status === 403)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(6);
  });

  it('are not forgiven by a right password, which may be that of another merchant', async () => {
    const { email } = await signIn(service, { role: 'viewer' });
    for (let tries = 0; tries < 9; tries += 1) await enter(email, 'another password');

    expect((await enter(email, PASSWORD)).status).toBe(303);
    expect((await enter(email, 'another password')).status).toBe(403);
    expect((await enter(email, PASSWORD)).status).toBe(429);
  });

  it('from one network address are refused for everybody behind it', async () => {
    const { email } = await signIn(service, { role: 'viewer' });
    await database.query('update sign_in_tries set tries = 0');
    await enter(newEmail(), 'another password');
    await database.query('update sign_in_tries set tries = 50');

    const refused = await enter(email, PASSWORD);

    expect(refused.status).toBe(429);
    expect(await database.query('select 1 from sign_in_tries')).toHaveLength(2);
  });

  it('are counted by the caller that a trusted proxy names, and by nobody else’s word', async () => {
    const behind = await startTestService({ DATABASE_URL: database.url, TRUSTED_PROXIES: '127.0.0.0/8' });
    const tries = async (at: TestService, caller: string) => {
      await database.query('delete from sign_in_tries');
      const client = new ConsoleClient(at.url);
      const { csrf } = await tokenFor(client, '/console/sign-in');
      const fields = { csrf, email: 'same@store.example', password: 'another password' };
      await client.post('/console/sign-in', fields, { 'x-forwarded-for': caller });
      const rows = await database.query<{ key: string }>(
        `select encode(key_digest, 'hex') as key from sign_in_tries order by 1`,
      );
      return rows.map(({ key }) => key);
    };
    try {
      expect(await tries(behind, '203.0.113.7')).not.toEqual(await tries(behind, '203.0.113.8'));
      expect(await tries(service, '203.0.113.7')).toEqual(await tries(service, '203.0.113.8'));
    } finally {
      await behind.stop();
    }
  });
});

describe('passwords', () => {
  it('stay good when a later one costs more', async () => {
    const [cheap, dear] = [new Passwords({ passwordCost: 14 }), new Passwords({ passwordCost: 15 })];
    const hashes = [await cheap.hash('a password of before'), await dear.hash('a password of today')];

    expect(hashes.map((hash) => hash.split('$')[1])).toEqual(['14', '15']);
    expect(await dear.matching('a password of before', hashes)).toEqual([hashes[0]]);
    expect(await cheap.matching('a password of today', hashes)).toEqual([hashes[1]]);
    expect(await dear.matching('another one', [...hashes, 'nonsense', 'scrypt$15$8$1$AAAA$AAAA'])).toEqual([]);
  });

  it('are the same however a keyboard writes them', async () => {
    const passwords = new Passwords({ passwordCost: 14 });
    const hash = await passwords.hash('coração'.normalize('NFC'));

    expect(await passwords.matching('coração'.normalize('NFD'), [hash])).toEqual([hash]);
  });

  it('are checked few at once in a flood, and whoever comes too late is told so', async () => {
    const passwords = new Passwords({ passwordCost: 14 });

    const ends = await Promise.allSettled(
      Array.from({ length: 40 }, (_, at) => passwords.matching(`password number ${at}`, [])),
    );

    const busy = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(22);
    expect(busy).toHaveLength(18);
    for (const reason of busy) expect(reason).toBeInstanceOf(TooBusyError);
    expect(await passwords.matching('again', [await passwords.hash('again')])).toHaveLength(1);
  });
});

describe('a moment at which too many passwords are looked at', () => {
  it('is not counted as a wrong one, because none was looked at', async () => {
    const person = await signIn(service, { role: 'operator' });
    const passwords = service.service.app.get(Passwords);
    const enter = async () => {
      const fields = { email: person.email, password: PASSWORD };
      return (await new ConsoleClient(service.url).submit('/console/sign-in', fields)).status;
    };
    let isRush = true;
    const fill = async () => {
      while (isRush) await passwords.matching('some password', ['']).catch(() => setImmediate());
    };
    const rush = Array.from({ length: 60 }, fill);

    const statuses: number[] = [];
    while (statuses.length < 300 && statuses.filter((status) => status === 503).length <= 10) {
      statuses.push(await enter());
    }
    isRush = false;
    await Promise.all(rush);

    expect(statuses.filter((status) => status === 503)).toHaveLength(11);
    expect(await enter()).toBe(303);
  });
});

describe('a way back after the sign-in', () => {
  it.each([
    ['/console/manual-cancellations?state=open', '/console/manual-cancellations?state=open'],
    ['/console', '/console'],
    [undefined, '/console'],
    ['', '/console'],
    ['https://evil.example/console', '/console'],
    ['//evil.example/console', '/console'],
    ['/\\evil.example/console', '/console'],
    ['/console/../internal/people', '/console'],
    ['/console/%2e%2e/internal', '/console'],
    ['/consoles', '/console'],
    ['/payments', '/console'],
    ['javascript:alert(1)', '/console'],
    ['/console/sign-in?to=/console/sign-in', '/console'],
    ['/console/welcome?token=x', '/console'],
    ['/console/x\r\nset-cookie: a=b', '/console/xset-cookie:%20a=b'],
  ])('that is %j leads to %s', (to, path) => {
    expect(ownPath(to)).toBe(path);
  });

  it('never leads to another host', async () => {
    const { email } = await signIn(service, { role: 'viewer' });
    const client = new ConsoleClient(service.url);

    const page = await client.submit(
      '/console/sign-in',
      { email, password: PASSWORD },
      `/console/sign-in?to=${encodeURIComponent('https://evil.example/')}`,
    );

    expect(page.location).toBe('/console');
  });
});

async function tokenFor(client: ConsoleClient, path: string): Promise<{ readonly csrf: string }> {
  const fresh = new ConsoleClient(client.url);
  const visit = client.cookies.get('console-visit');
  if (visit) fresh.cookies.set('console-visit', visit);
  const { html } = await fresh.get(path);
  for (const [name, value] of fresh.cookies) client.cookies.set(name, value);
  return { csrf: /name="csrf" value="([^"]*)"/.exec(html)?.[1] ?? '' };
}
