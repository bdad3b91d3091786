import { makeTestDatabase, type TestDatabase } from '../support/database.js';
import {
  addPerson,
  ConsoleClient,
  hiddenFieldsOf,
  PASSWORD,
  signIn,
  wordsOf,
  type SignedIn,
} from '../support/console.js';
import { startTestService, type TestService } from '../support/service.js';

let database: TestDatabase;
let service: TestService;
let person: SignedIn;

beforeAll(async () => {
  database = await makeTestDatabase();
  service = await startTestService({ DATABASE_URL: database.url });
});

beforeEach(async () => {
  person = await signIn(service, { role: 'admin', name: 'Before' });
});

afterAll(async () => {
  await service?.stop();
  await database?.drop();
});

const ACTION = '/console/account';
const STALE = 'This page was too old, so nothing was changed.';

const tokenOf = async (client: ConsoleClient, action = ACTION, on = ACTION) =>
  hiddenFieldsOf((await client.get(on)).html, action).csrf ?? '';

async function nameNow(): Promise<string | undefined> {
  const [row] = await database.query<{ name: string }>('select name from people where person_id = $1', [
    person.personId,
  ]);
  return row?.name;
}

/** Nothing may change, and the page says so. */
async function expectRefused(page: { readonly status: number; readonly html: string }): Promise<void> {
  expect(page.status).toBe(403);
  expect(wordsOf(page.html)).toContain(STALE);
  expect(await nameNow()).toBe('Before');
}

describe('a form of the console', () => {
  it('is taken with the token of its address, from a page of ours', async () => {
    const page = await person.submit(ACTION, { name: 'After' });

    expect(page.status).toBe(303);
    expect(await nameNow()).toBe('After');
  });

  it('is refused without its token, with a wrong one, and with that of another form', async () => {
    for (const csrf of [
      undefined,
      '',
      '0'.repeat(64),
      (await tokenOf(person)).slice(1),
      await tokenOf(person, '/console/sign-out'),
    ]) {
      await expectRefused(await person.post(ACTION, { name: 'After', ...(csrf === undefined ? {} : { csrf }) }));
    }
  });

  it('is refused with the token of another session, of the same person too', async () => {
    const other = new ConsoleClient(service.url);
    await other.submit('/console/sign-in', { email: person.email, password: PASSWORD });

    await expectRefused(await person.post(ACTION, { name: 'After', csrf: await tokenOf(other) }));
  });

  it('is refused when a page of somebody else sends it, although the token is right', async () => {
    const csrf = await tokenOf(person);

    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: '' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    ]) {
      await expectRefused(await person.post(ACTION, { name: 'After', csrf }, headers));
    }
  });

  it('is taken where the browser says that it comes from the same origin, whatever stands in front of us', async () => {
    const csrf = await tokenOf(person);

    const page = await person.post(
      ACTION,
      { name: 'After', csrf },
      { origin: 'null', 'sec-fetch-site': 'same-origin' },
    );

    expect(page.status).toBe(303);
  });

  it('is taken from the address that people know, where a proxy has given us another name', async () => {
    const behind = await startTestService({ DATABASE_URL: database.url, PUBLIC_URL: 'http://cards.example' });
    try {
      const client = await signIn(behind, { role: 'viewer' });
      const csrf = await tokenOf(client);

      const page = await client.post(ACTION, { name: 'After', csrf }, { origin: 'http://cards.example' });

      expect(page.status).toBe(303);
    } finally {
      await behind.stop();
    }
  });

  it('carries its token in the body only', async () => {
    const csrf = await tokenOf(person);

    await expectRefused(await person.post(`${ACTION}?csrf=${csrf}`, { name: 'After' }));
  });

  it('is refused in the person’s language, on a page with the same headers', async () => {
    const maria = await signIn(service, { role: 'viewer', language: 'pt-BR' });

    const page = await maria.post(ACTION, { name: 'After' });

    expect(page.status).toBe(403);
    expect(wordsOf(page.html)).toContain('Esta página estava desatualizada, por isso nada foi alterado.');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.headers.get('cache-control')).toBe('no-store');
  });
});

describe('a form of somebody who is not signed in', () => {
  it('needs the cookie of the visit in which its page was opened', async () => {
    const visitor = new ConsoleClient(service.url);
    const fields = { email: person.email, password: PASSWORD };
    const { csrf = '' } = hiddenFieldsOf((await visitor.get('/console/sign-in')).html, '/console/sign-in');

    const stranger = await new ConsoleClient(service.url).post('/console/sign-in', { ...fields, csrf });
    const forged = await visitor.post('/console/sign-in', { ...fields, csrf }, { origin: 'https://evil.example' });
    const own = await visitor.post('/console/sign-in', { ...fields, csrf });

    expect([stranger.status, forged.status, own.status]).toEqual([403, 403, 303]);
    expect(wordsOf(stranger.html)).toContain(STALE);
    expect(stranger.headers.getSetCookie().some((cookie) => cookie.startsWith('console-session'))).toBe(false);
  });

  it('uses no one-time link up without it', async () => {
    const { link } = await addPerson(service, { role: 'viewer' });
    const token = new URL(link).searchParams.get('token') ?? '';

    const refused = await new ConsoleClient(service.url).post('/console/welcome', {
      token,
      password: PASSWORD,
      'password-again': PASSWORD,
    });

    expect(refused.status).toBe(403);
    expect((await new ConsoleClient(service.url).get(`/console/welcome?token=${token}`)).status).toBe(200);
  });
});

describe('opening an address', () => {
  it('changes nothing', async () => {
    const other = await addPerson(service, { role: 'viewer' });
    const rows = async () =>
      database.query(
        `select p::text from people p union all select l::text from one_time_links l
         union all select a::text from audit_entries a union all select s.token_digest::text from sessions s order by 1`,
      );
    const before = await rows();

    for (const path of [
      '/console/sign-out',
      '/console/account',
      '/console/account?name=After',
      '/console/account/password',
      '/console/people',
      `/console/people/${other.personId}/disable`,
      `/console/people/${other.personId}/role?role=admin`,
      `/console/people/${other.personId}/link`,
      '/console/audit',
      '/console/outbox',
      `/console/welcome?token=${new URL(other.link).searchParams.get('token')}`,
      '/console/sign-in',
    ]) {
      await person.get(path);
    }

    expect(await rows()).toEqual(before);
  });
});

describe('what cannot be shown', () => {
  it('is a page in the person’s language, with the same headers', async () => {
    const maria = await signIn(service, { role: 'viewer', language: 'es' });

    for (const [path, status, words] of [
      ['/console/nothing', 404, 'No hay nada aquí, o pertenece a otra tienda.'],
      ['/console/people', 403, 'Su perfil no permite esto.'],
      ['/console/audit', 403, 'Su perfil no permite esto.'],
    ] as const) {
      const page = await maria.get(path);
      expect([path, page.status]).toEqual([path, status]);
      expect(page.html).toContain('<html lang="es">');
      expect(wordsOf(page.html)).toContain(words);
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(page.headers.get('x-frame-options')).toBe('DENY');
    }
  });

  it('shows nothing of a fault of ours but a reference, which finds it in the log', async () => {
    await database.query('alter table people rename column language to tongue');
    let page;
    try {
      page = await person.get('/console/account');
    } finally {
      await database.query('alter table people rename column tongue to language');
    }

    expect(page.status).toBe(500);
    const words = wordsOf(page.html);
    expect(words).toContain('Something went wrong on our side.');
    const [, reference = 'none'] = /Reference for support: ([0-9a-f-]{36})/.exec(words) ?? [];
    expect(service.lines.some((line) => line.includes(reference))).toBe(true);
    expect(page.html).not.toMatch(/column|select|stack/i);
  });

  it('is refused when it is too large, as a page', async () => {
    const page = await person.post(ACTION, { name: 'x'.repeat(70_000) });

    expect(page.status).toBe(413);
    expect(wordsOf(page.html)).toContain('We could not read this request. Nothing was changed.');
  });
});
