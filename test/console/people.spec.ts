import { makeTestDatabase, type TestDatabase } from '../support/database.js';
import { smtpSender } from '../support/mail-server.js';
import {
  addPerson,
  ConsoleClient,
  csrfTokenOf,
  hiddenFieldsOf,
  newEmail,
  type Page,
  PASSWORD,
  type SignedIn,
  signIn,
  wordsOf,
} from '../support/console.js';
import { startTestService, type TestService } from '../support/service.js';

let database: TestDatabase;
let service: TestService;
let shops = 0;

beforeAll(async () => {
  database = await makeTestDatabase();
  service = await startTestService({ DATABASE_URL: database.url });
});

afterAll(async () => {
  await service?.stop();
  await database?.drop();
});

const PEOPLE = '/console/people';

/** The only administrator of a new merchant. */
const newAdmin = async (more: { readonly language?: 'pt-BR' | 'es' } = {}): Promise<SignedIn> =>
  signIn(service, { role: 'admin', merchant: `people-${(shops += 1)}`, name: 'Ana Admin', ...more });

const colleague = (admin: SignedIn, role: 'viewer' | 'operator' | 'admin', name = 'Colleague') =>
  signIn(service, { role, merchant: admin.merchantId, name });

const linkIn = (page: Page): string => /<code class="id">([^<]+)<\/code>/.exec(page.html)?.[1] ?? '';

const choose = (link: string, client: ConsoleClient) => {
  const { pathname, search } = new URL(link);
  return client.submit(pathname, { password: PASSWORD, 'password-again': PASSWORD }, pathname + search);
};

const auditOf = async (merchantId: string) =>
  (
    await database.query<{ action: string; subject: string | null; details: object; by: string | null }>(
      `select e.action, e.subject, e.details, p.name as by from audit_entries e left join people p using (merchant_id, person_id)
       where e.merchant_id = $1 order by e.entry_no`,
      [merchantId],
    )
  ).filter(({ action }) => !['signed-in', 'password-chosen'].includes(action));

describe('the people of a merchant', () => {
  it('are added by an administrator, who sees the link once and to whom it goes', async () => {
    const admin = await newAdmin();
    const email = newEmail();

    const page = await admin.submit(PEOPLE, { name: ' Bia Souza ', email: email.toUpperCase(), role: 'operator' });

    expect(page.status).toBe(200);
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(wordsOf(page.html)).toContain(`Send this link to Bia Souza (${email}) and to nobody else`);
    const bia = new ConsoleClient(service.url);
    expect((await choose(linkIn(page), bia)).status).toBe(303);
    expect(wordsOf((await bia.get('/console/account')).html)).toContain('Bia Souza');
    const list = await admin.get(PEOPLE);
    expect(list.html).not.toContain('/console/welcome');
    expect(wordsOf(list.html)).toMatch(new RegExp(`Bia Souza\\s+${email}\\s+Active`));
    expect(await auditOf(admin.merchantId)).toContainEqual({
      action: 'person-added',
      subject: 'Bia Souza',
      details: { role: 'operator' },
      by: 'Ana Admin',
    });
  });

  it.each([
    ['an e-mail that is none', { email: 'maria' }, 'Enter an e-mail address'],
    ['no name', { name: '   ' }, 'Enter a name of 1 to 100 characters.'],
    ['a role that there is not', { role: 'owner' }, 'Choose a role.'],
  ])('are not added with %s; what was entered stays', async (_what, wrong, words) => {
    const admin = await newAdmin();
    const fields = { name: 'Bia', email: newEmail(), role: 'viewer', ...wrong };

    const page = await admin.submit(PEOPLE, fields);

    expect(page.status).toBe(400);
    expect(wordsOf(page.html)).toContain(words);
    expect(page.html).toContain(`value="${fields.email}"`);
    expect(await database.query('select 1 from people where merchant_id = $1', [admin.merchantId])).toHaveLength(1);
  });

  it('have an e-mail once, and it may be another person at another merchant', async () => {
    const [admin, other] = [await newAdmin(), await newAdmin()];

    const again = await admin.submit(PEOPLE, { name: 'Twice', email: admin.email, role: 'viewer' });
    const elsewhere = await other.submit(PEOPLE, { name: 'Same', email: admin.email, role: 'viewer' });

    expect(again.status).toBe(400);
    expect(wordsOf(again.html)).toContain(`Somebody with the e-mail ${admin.email} is in the list already.`);
    expect(elsewhere.status).toBe(200);
  });

  it('get another role, which holds at once', async () => {
    const admin = await newAdmin();
    const person = await colleague(admin, 'viewer');

    const page = await admin.submit(`${PEOPLE}/${person.personId}/role`, { role: 'admin' }, PEOPLE);

    expect(page.location).toBe('/console/people?done=role-changed');
    expect(wordsOf((await admin.get(page.location ?? '')).html)).toContain('The role is changed.');
    expect((await person.get(PEOPLE)).status).toBe(303);
    await person.submit('/console/sign-in', { email: person.email, password: PASSWORD });
    expect((await person.get(PEOPLE)).status).toBe(200);
    expect((await auditOf(admin.merchantId)).at(-1)).toEqual({
      action: 'role-changed',
      subject: 'Colleague',
      details: { from: 'viewer', to: 'admin' },
      by: 'Ana Admin',
    });
  });

  it('are disabled, shut out at once, and enabled again', async () => {
    const admin = await newAdmin();
    const person = await colleague(admin, 'viewer');
    const path = `${PEOPLE}/${person.personId}`;

    expect((await admin.submit(`${path}/disable`, {}, PEOPLE)).location).toBe('/console/people?done=person-disabled');
    expect((await person.get('/console/account')).status).toBe(303);
    expect(wordsOf((await admin.get(PEOPLE)).html)).toContain('Disabled');
    expect((await admin.submit(`${path}/enable`, {}, PEOPLE)).location).toBe('/console/people?done=person-enabled');

    expect((await person.get('/console/account')).status).toBe(303);
    expect((await person.submit('/console/sign-in', { email: person.email, password: PASSWORD })).status).toBe(303);
    expect((await auditOf(admin.merchantId)).map(({ action }) => action).slice(-2)).toEqual([
      'person-disabled',
      'person-enabled',
    ]);
  });

  it('get a new link, and the one before ends', async () => {
    const admin = await newAdmin();
    const invited = await addPerson(service, { role: 'viewer', merchant: admin.merchantId, name: 'Late' });

    const page = await admin.submit(`${PEOPLE}/${invited.personId}/link`, {}, PEOPLE);

    expect(wordsOf(page.html)).toContain('Link for Late');
    expect(
      (await new ConsoleClient(service.url).get(new URL(invited.link).pathname + new URL(invited.link).search)).status,
    ).toBe(404);
    expect((await choose(linkIn(page), new ConsoleClient(service.url))).status).toBe(303);
  });
});

describe('the last administrator', () => {
  const LAST = 'Nothing was changed: this is the last administrator who can sign in.';

  it('cannot be disabled or lose the role', async () => {
    const admin = await newAdmin();
    // Whoever has not chosen a password yet could not help anybody.
    await addPerson(service, { role: 'admin', merchant: admin.merchantId });
    const path = `${PEOPLE}/${admin.personId}`;

    for (const page of [
      await admin.submit(`${path}/disable`, {}, PEOPLE),
      await admin.submit(`${path}/role`, { role: 'operator' }, PEOPLE),
    ]) {
      expect(page.status).toBe(409);
      expect(wordsOf(page.html)).toContain(LAST);
    }
    const byOperator = await service.internal('PUT', `people/${admin.personId}?merchant=${admin.merchantId}`, {
      isDisabled: true,
    });
    expect(byOperator.status).toBe(409);
    expect((await admin.get(PEOPLE)).status).toBe(200);
  });

  it('is one of two who disable each other at the same time', async () => {
    for (let round = 0; round < 5; round += 1) {
      const one = await newAdmin();
      const other = await colleague(one, 'admin', 'Other');

      const [disable, role] = [`${PEOPLE}/${other.personId}/disable`, `${PEOPLE}/${one.personId}/role`];
      const disabling = hiddenFieldsOf((await one.get(PEOPLE)).html, disable);
      const changing = hiddenFieldsOf((await other.get(PEOPLE)).html, role);
      const pages = await Promise.all([
        one.post(disable, disabling),
        other.post(role, { ...changing, role: 'viewer' }),
      ]);

      const left = await database.query(
        `select 1 from people where merchant_id = $1 and role = 'admin' and disabled_at is null`,
        [one.merchantId],
      );
      expect(left).toHaveLength(1);
      expect(pages.filter(({ location }) => location?.includes('done='))).toHaveLength(1);
    }
  });
});

describe('roles', () => {
  it.each(['viewer', 'operator'] as const)(
    'a %s neither sees nor changes people, nor reads the audit log',
    async (role) => {
      const admin = await newAdmin();
      const person = await colleague(admin, role);
      const account = await person.get('/console/account');
      expect(account.html).not.toContain(`href="${PEOPLE}"`);

      expect((await person.get(PEOPLE)).status).toBe(403);
      expect((await person.get('/console/audit')).status).toBe(403);
      for (const action of ['', '/role', '/disable', '/enable', '/link']) {
        const path = action === '' ? PEOPLE : `${PEOPLE}/${admin.personId}${action}`;
        const csrf = csrfTokenOf(person, path);
        const page = await person.post(path, { csrf, name: 'X', email: newEmail(), role: 'viewer' });
        expect([action, page.status]).toEqual([action, 403]);
        expect(wordsOf(page.html)).toContain('Your role does not allow this.');
      }
      expect(await database.query('select role from people where person_id = $1', [admin.personId])).toEqual([
        { role: 'admin' },
      ]);
    },
  );

  it('people of another merchant look like nobody', async () => {
    const [admin, other] = [await newAdmin(), await newAdmin()];
    const nobody = '00000000-0000-4000-8000-000000000000';

    for (const action of ['role', 'disable', 'enable', 'link']) {
      const pages = await Promise.all(
        [other.personId, nobody].map((personId) => {
          const path = `${PEOPLE}/${personId}/${action}`;
          return admin.post(path, { csrf: csrfTokenOf(admin, path), role: 'viewer' });
        }),
      );
      expect(pages.map(({ status }) => status)).toEqual([404, 404]);
      expect(pages[0]?.html).toBe(pages[1]?.html);
    }
    expect((await admin.get(PEOPLE)).html).not.toContain(other.email);
    expect((await admin.get('/console/audit')).html).not.toContain(other.email);
    expect((await other.get(PEOPLE)).status).toBe(200);
  });
});

describe('the own account', () => {
  it('takes a name and a language, which the pages have from then on', async () => {
    const person = await signIn(service, { role: 'viewer' });

    const page = await person.submit('/console/account', { name: 'José Pérez', language: 'es' });
    const after = await person.get(page.location ?? '');

    expect(after.html).toContain('<html lang="es">');
    expect(wordsOf(after.html)).toContain('Datos guardados.');
    expect(wordsOf(after.html)).toContain('José Pérez');
    await person.submit('/console/account', { name: 'José Pérez', language: '' });
    expect((await person.get('/console/account')).html).toContain('<html lang="en">');
  });

  it('shows a name as text, whatever it is', async () => {
    const person = await signIn(service, { role: 'viewer' });

    await person.submit('/console/account', { name: '<script>alert("x")</script>', language: '' });

    const { html } = await person.get('/console/account');
    expect(html).not.toContain('<script>alert');
    expect(html).toContain('&lt;script>alert(');
  });

  it('takes a new password from who knows the old one, as often as a sign-in may be tried', async () => {
    const person = await signIn(service, { role: 'viewer' });
    const change = (fields: Record<string, string>) =>
      person.submit(
        '/console/account/password',
        { 'old-password': PASSWORD, password: 'new words in a row', 'password-again': 'new words in a row', ...fields },
        '/console/account',
      );

    expect(wordsOf((await change({ 'old-password': 'wrong' })).html)).toContain('The current password is wrong.');
    expect(wordsOf((await change({ 'password-again': 'x' })).html)).toContain('The two passwords are not the same.');
    expect(wordsOf((await change({ password: 'short', 'password-again': 'short' })).html)).toContain('12 to 200');
    expect((await change({})).location).toBe('/console/account?done=password-changed');
    for (let tries = 0; tries < 9; tries += 1) expect((await change({ 'old-password': 'wrong' })).status).toBe(400);
    expect((await change({ 'old-password': 'new words in a row' })).status).toBe(429);
    expect((await auditOf('default')).filter(({ action }) => action === 'password-changed')).toHaveLength(1);
    await database.query('delete from sign_in_tries');
  });
});

describe('languages and time zones', () => {
  it('are the person’s, else the merchant’s, else the browser’s', async () => {
    const merchant = `people-${(shops += 1)}`;
    await service.internal('PUT', `merchants/${merchant}`, { language: 'pt-BR', timeZone: 'America/Bogota' });
    const spanish = await signIn(service, { role: 'viewer', merchant, language: 'es' });
    const nothing = await signIn(service, { role: 'admin', merchant });
    const elsewhere = await signIn(service, { role: 'viewer' });
    await database.query(`update audit_entries set at = '2026-11-21T12:00:00Z' where merchant_id = $1`, [merchant]);

    expect((await spanish.get('/console/account')).html).toContain('<html lang="es">');
    expect((await nothing.get('/console/account')).html).toContain('<html lang="pt-BR">');
    await elsewhere.submit('/console/account', { name: 'Nobody', language: '' });
    expect((await elsewhere.get('/console/account', { 'accept-language': 'es-MX' })).html).toContain(
      '<html lang="es">',
    );
    expect((await elsewhere.get('/console/account', { 'accept-language': 'fr' })).html).toContain('<html lang="en">');
    expect((await nothing.get('/console/audit')).html).toContain(
      '<time datetime="2026-11-21T12:00:00.000Z" title="2026-11-21 12:00:00 UTC">21/11/2026 07:00</time>',
    );
  });
});

describe('whoever chooses a first password where nobody has said a language', () => {
  it.each([
    ['keeps the one that the browser asks for, which mails have too', 'pt-BR,pt;q=0.9', {}, {}, 'pt-BR'],
    ['keeps none where the browser asks for one that we do not speak', 'fr-CA,fr;q=0.9', {}, {}, null],
    ['keeps the store’s', 'pt-BR', { language: 'es' }, {}, null],
    ['keeps the own', 'pt-BR', {}, { language: 'es' }, 'es'],
  ] as const)('%s', async (_what, asked, ofStore, own, language) => {
    const merchant = `people-${(shops += 1)}`;
    await service.internal('PUT', `merchants/${merchant}`, ofStore);
    const { personId, link } = await addPerson(service, { role: 'viewer', merchant, ...own });
    const { pathname, search } = new URL(link);
    const passwords = { password: PASSWORD, 'password-again': PASSWORD };

    await new ConsoleClient(service.url, asked).submit(pathname, passwords, `${pathname}${search}`);

    const kept = await database.query(
      'select language, password_hash is not null as is_in from people where person_id = $1',
      [personId],
    );
    expect(kept).toEqual([{ language, is_in: true }]);
  });
});

describe('the audit log', () => {
  it('says in the person’s language who did what, the newest first', async () => {
    const admin = await newAdmin({ language: 'pt-BR' });
    const person = await colleague(admin, 'viewer', 'Bia');
    await admin.submit(`${PEOPLE}/${person.personId}/role`, { role: 'operator' }, PEOPLE);

    const words = wordsOf((await admin.get('/console/audit')).html);

    expect(words).toMatch(
      /Ana Admin Alterou o perfil de Bia de Consulta para Operação 127\.0\.0\.0\/24 .* o serviço Adicionou Bia com o perfil Consulta/,
    );
  });

  it('is read page by page, each entry once', async () => {
    const admin = await newAdmin();
    await database.query(
      `insert into audit_entries (merchant_id, person_id, action, subject)
       select $1, $2, 'person-disabled', 'Number ' || n || '.' from generate_series(1, 230) n`,
      [admin.merchantId, admin.personId],
    );

    const seen: string[] = [];
    let path: string | undefined = '/console/audit';
    let pages = 0;
    while (path !== undefined) {
      const { html }: Page = await admin.get(path);
      seen.push(...[...html.matchAll(/Disabled Number (\d+)\./g)].map(([, n = '']) => n));
      path = /href="(\/console\/audit\?before=\d+)"/.exec(html)?.[1];
      pages += 1;
    }

    expect(pages).toBe(3);
    expect(seen).toEqual(Array.from({ length: 230 }, (_, at) => String(230 - at)));
  });

  it('shows an entry that another version wrote, and all the others', async () => {
    const admin = await newAdmin();
    await database.query(
      `insert into audit_entries (merchant_id, action, subject, details)
       values ($1, 'something-new', 'An order', '{"to":"live"}'), ($1, 'role-changed', 'Bia', '{}')`,
      [admin.merchantId],
    );

    const page = await admin.get('/console/audit');

    expect(page.status).toBe(200);
    expect(wordsOf(page.html)).toContain('something-new · An order · live');
    expect(wordsOf(page.html)).toContain('role-changed · Bia');
  });
});

describe('the outbox', () => {
  it('shows the mails to the administrators of the service’s own merchant, with links that lead here', async () => {
    const admin = await signIn(service, { role: 'admin' });
    await service.outbox.send({
      to: 'maria@store.example',
      subject: 'A cancellation <b>needs</b> you',
      text: 'See http://localhost:0/console/manual-cancellations/1\nand https://elsewhere.example/x',
      messageId: '<1@test>',
    });

    const page = await admin.get('/console/outbox');

    expect(page.status).toBe(200);
    const words = wordsOf(page.html);
    expect(words).toContain('To maria@store.example');
    expect(page.html).toContain('A cancellation &lt;b>needs&lt;/b> you');
    expect(page.html).toContain('<a href="http://localhost:0/console/manual-cancellations/1">');
    expect(page.html).not.toContain('href="https://elsewhere');
    expect((await admin.get('/console/account')).html).toContain('href="/console/outbox"');
  });

  it('is nothing to anybody else, nor where a mail server sends them', async () => {
    const mail = smtpSender('smtp://127.0.0.1:1');
    const others = [
      await signIn(service, { role: 'operator' }),
      await signIn(service, { role: 'admin', merchant: 'outbox-1' }),
    ];
    const sending = await startTestService({ DATABASE_URL: database.url }, { mail });
    try {
      others.push(await signIn(sending, { role: 'admin' }));
      for (const client of others) {
        expect((await client.get('/console/outbox')).status).toBe(404);
        expect((await client.get('/console/account')).html).not.toContain('/console/outbox');
      }
    } finally {
      await sending.stop();
      mail.close();
    }
  });
});
