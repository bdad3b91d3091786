import { makeTestDatabase, type TestDatabase } from '../support/database.js';
import { csrfTokenOf, hiddenFieldsOf, signIn, wordsOf, type SignedIn } from '../support/console.js';
import { Tasks, type Task } from '../support/manual.js';
import { newId, startTestService, type TestService } from '../support/service.js';
import { startTestSimulators, type TestSimulators } from '../support/simulators.js';

const INBOX = '/console/manual-cancellations';
const SELECTED = `${INBOX}/selected`;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let simulators: TestSimulators;
let database: TestDatabase;
let service: TestService;
let tasks: Tasks;
let maria: SignedIn;
let viewer: SignedIn;

beforeAll(async () => {
  simulators = await startTestSimulators();
  database = await makeTestDatabase();
  service = await startTestService({ ...simulators.settings, DATABASE_URL: database.url });
  tasks = new Tasks(service, database, simulators);
  maria = await signIn(service, { role: 'operator', name: 'Maria Silva' });
  viewer = await signIn(service, { role: 'viewer' });
});

afterAll(async () => {
  await service?.stop();
  await simulators?.stop();
  await database?.drop();
});

beforeEach(async () => {
  // Each test has a list of its own.
  await database.query('truncate manual_cancellations cascade');
});

/** The payments of the rows, in their order. */
async function paymentsAt(path: string, who: SignedIn = maria): Promise<string[]> {
  const { status, html } = await who.get(path);
  expect(status).toBe(200);
  return [...bodyOf(html).matchAll(/data-copy="([^"]*)"/g)].map(([, id = '']) => id);
}

const bodyOf = (html: string) => /<tbody>(.*)<\/tbody>/s.exec(html)?.[1] ?? '';

const idsOf = (list: readonly Task[]) => list.map(({ paymentId }) => paymentId);

async function several<Count extends number>(count: Count): Promise<Several<Count>> {
  const made: Task[] = [];
  while (made.length < count) made.push(await tasks.refused());
  return made as unknown as Several<Count>;
}

type Several<Count extends number> = Count extends 1
  ? [Task]
  : Count extends 2
    ? [Task, Task]
    : Count extends 3
      ? [Task, Task, Task]
      : [Task, Task, Task, Task];

const tickOf = async ({ taskId }: Task) => {
  const [row] = await database.query<{ version: number }>(
    'select version from manual_cancellations where manual_cancellation_id = $1',
    [taskId],
  );
  return `${taskId}:${row?.version ?? 0}`;
};

/** Sends the form of the selected rows. */
const doWith = async (list: readonly Task[], fields: Readonly<Record<string, string>>) =>
  maria.post(SELECTED, {
    csrf: csrfTokenOf(maria, SELECTED),
    task: await Promise.all(list.map(tickOf)),
    ...fields,
  });

describe('an empty list', () => {
  it.each([
    ['', 'Nothing to do. Cancellations that an issuer cannot do by itself will appear here.'],
    ['?view=mine', 'You have taken none.'],
    ['?view=overdue', 'Nothing is overdue.'],
    ['?view=resolved', 'Nothing has been resolved yet.'],
    ['?issuer=vault', 'Nothing here fits these filters.'],
    ['?q=1234567-01', 'No manual cancellation has the id “1234567-01”.'],
  ])('explains itself at %j', async (query, words) => {
    expect(wordsOf((await maria.get(INBOX + query)).html)).toContain(words);
  });
});

describe('the list', () => {
  it('shows what there is to know of a row, in words', async () => {
    const paymentId = newId();
    await service.create(paymentId, { value: 1234.5 });
    const reference = simulators.of.qitech.referenceFor('refuses');
    await service.link(paymentId, { issuer: 'qitech', reference, orderId: '1234567-01' });
    await service.cancel(paymentId, { requestId: 'R1' });
    const task = await tasks.of(paymentId, { requestId: 'R1', orderId: '1234567-01' });
    await tasks.age(task, 2 * DAY + 4 * HOUR);

    const { html } = await maria.get(INBOX);

    const row = wordsOf(bodyOf(html));
    for (const part of ['2 d 4 h', 'overdue', '1234567-01', 'R$1,234.50', 'QI Tech', 'nobody', 'Open', 'Take it']) {
      expect(row).toContain(part);
    }
    expect(row).toContain('Cancellation: not active at the issuer');
    expect(html).toContain(`href="${task.path}"`);
    expect(html).toContain(`data-copy="${paymentId}"`);
  });

  it('is a table with a caption, heads of columns and of rows, and says how it is sorted', async () => {
    await several(1);

    const { html } = await maria.get(INBOX);

    expect(html).toMatch(/<caption>Manual cancellations: Open<\/caption>/);
    expect(html.match(/<th scope="col"/g)?.length).toBe(10);
    expect(html).toContain('<th scope="row">');
    expect(html.match(/aria-sort="[^"]*"/g)).toEqual(['aria-sort="ascending"']);
    expect((await maria.get(`${INBOX}?sort=age`)).html).toContain('aria-sort="descending"');
  });

  it('shows what is due first on top, and sorts by age or due either way', async () => {
    const [a, b] = [await tasks.refused(), await tasks.refused({ issuer: 'corecard' })];
    await tasks.age(a, HOUR);

    // CoreCard's are due after four hours, the others' after a day.
    expect(await paymentsAt(INBOX)).toEqual(idsOf([b, a]));
    expect(await paymentsAt(`${INBOX}?sort=due&direction=desc`)).toEqual(idsOf([a, b]));
    expect(await paymentsAt(`${INBOX}?sort=age`)).toEqual(idsOf([a, b]));
    expect(await paymentsAt(`${INBOX}?sort=age&direction=asc`)).toEqual(idsOf([b, a]));
  });

  it('shows fifty at a time, each once, also where many are of the same moment', async () => {
    const [first] = await several(1);
    await database.query(
      `insert into payments (merchant_id, payment_id, sandbox, seen_before)
       select 'default', 'COPY' || i, false, true from generate_series(1, 120) i`,
    );
    await database.query(
      `insert into manual_cancellations (merchant_id, payment_id, kind, reason, opened_at, due_at)
       select m.merchant_id, p.payment_id, m.kind, m.reason, m.opened_at, m.due_at from manual_cancellations m
       join payments p on p.payment_id like 'COPY%' where m.payment_id = $1`,
      [first.paymentId],
    );

    const seen: string[] = [];
    for (let path: string | undefined = INBOX; path !== undefined;) {
      const { html } = await maria.get(path);
      const rows = await paymentsAt(path);
      expect(rows.length).toBeLessThanOrEqual(50);
      seen.push(...rows);
      path = /<a class="button" href="([^"]*after=[^"]*)"/.exec(html)?.[1]?.replaceAll('&amp;', '&');
    }

    expect(seen).toHaveLength(121);
    expect(new Set(seen).size).toBe(121);
  });

  it.each([
    'view=nothing',
    'issuer=unknown&reason=because&kind=half&owner=1&age=9d&closed=1d&environment=mars',
    'after=2026-13-45T99:99:99.000000Z_x',
    'after=2026-11-21T12:00:00.000000Z_00000000-0000-0000-0000-00000000000g',
    'sort=amount&direction=sideways',
    'view=open&view=all',
    'q=%00',
  ])('takes an address that means nothing as one that says nothing: %s', async (query) => {
    const [task] = await several(1);

    expect(await paymentsAt(`${INBOX}?${query}`)).toEqual([task.paymentId]);
  });
});

describe('the views', () => {
  it('have numbers on top that lead to as many rows', async () => {
    const [a, b, c, d] = await several(4);
    await tasks.age(a, 2 * DAY);
    await maria.submit(`${b.path}/take`, {}, b.path);
    for (const task of [c, d]) {
      await maria.submit(`${task.path}/resolve`, { resolution: 'refunded-instead' }, task.path);
    }
    await tasks.age(d, 8 * DAY);

    const { html } = await maria.get(INBOX);
    const tiles = [...html.matchAll(/<a class="tile[^"]*" href="([^"]*)"><b>(\d+)<\/b>/g)];

    expect(tiles.map(([, , count]) => count)).toEqual(['2', '1', '1', '1']);
    expect(wordsOf(html)).toContain('oldest: 2 d');
    for (const [, path = '', count] of tiles) {
      expect(await paymentsAt(path.replaceAll('&amp;', '&'))).toHaveLength(Number(count));
    }
    expect(await paymentsAt(`${INBOX}?view=all`)).toHaveLength(4);
    expect(await paymentsAt(`${INBOX}?view=mine`)).toEqual([b.paymentId]);
    expect(await paymentsAt(`${INBOX}?view=mine`, viewer)).toEqual([]);
  });
});

describe('the filters', () => {
  it('narrow the list by issuer, reason, kind, owner, age and environment, and say how many are left', async () => {
    const vault = await tasks.refused();
    const core = await tasks.refused({ issuer: 'corecard' });
    const sandbox = await tasks.refused({ sandbox: true });
    const unseen = await tasks.neverSeen();
    await tasks.age(vault, 3 * DAY + HOUR);
    await maria.submit(`${core.path}/take`, {}, core.path);

    const found = async (query: string) => (await paymentsAt(`${INBOX}?${query}`)).sort();
    const sorted = (...list: Task[]) => idsOf(list).sort();

    expect(await found('issuer=vault')).toEqual(sorted(vault, sandbox));
    expect(await found('issuer=none')).toEqual(sorted(unseen));
    expect(await found('reason=already_printed')).toEqual(sorted(core));
    expect(await found('kind=partial')).toEqual([]);
    expect(await found('owner=me')).toEqual(sorted(core));
    expect(await found(`owner=${maria.personId}&issuer=vault`)).toEqual([]);
    expect(await found('owner=nobody')).toEqual(sorted(vault, sandbox, unseen));
    expect(await found('age=3d')).toEqual(sorted(vault));
    expect(await found('age=new')).toEqual(sorted(core, sandbox, unseen));
    expect(await found('environment=sandbox')).toEqual(sorted(sandbox));
    expect(await found('environment=live')).toEqual(sorted(vault, core, unseen));
    const { html } = await maria.get(`${INBOX}?issuer=vault`);
    expect(html).toMatch(/<p role="status"[^>]*>2 found<\/p>/);
    expect(html).toContain('<option value="vault" selected>');
  });
});

describe('the search', () => {
  it('finds it by every id that somebody may have, as it was pasted, whatever became of it', async () => {
    const [paymentId, transactionId, requestId] = [newId(), newId(), newId()];
    await service.create(paymentId, { transactionId });
    const reference = simulators.of.qitech.referenceFor('refuses') as unknown as { readonly walletKey: string };
    await service.link(paymentId, { issuer: 'qitech', reference, orderId: '7654321-01' });
    await service.cancel(paymentId, { requestId });
    const task = await tasks.of(paymentId, { requestId, orderId: '7654321-01' });
    await maria.submit(`${task.path}/resolve`, { resolution: 'already-cancelled', protocol: 'PROT-77' }, task.path);
    await several(1);

    const ids = [
      paymentId,
      `  ${paymentId.toLowerCase()}\n`,
      paymentId.toLowerCase().replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
      '7654321-01',
      transactionId,
      requestId,
      reference.walletKey.toUpperCase(),
      'PROT-77',
      'prot-77',
      task.taskId,
      'https://mystore.myvtex.com/admin/orders/7654321-01',
    ];

    for (const id of ids) {
      expect([id, await paymentsAt(`${INBOX}?q=${encodeURIComponent(id)}`)]).toEqual([id, [paymentId]]);
    }
  });

  it('says where else to look for what it does not find, and shows it as text', async () => {
    const { html } = await maria.get(`${INBOX}?q=${encodeURIComponent('"><script>alert(1)</script>')}`);

    expect(html).not.toContain('<script>alert');
    expect(html).toContain('/console/payments?q=');
  });
});

describe('the selected ones', () => {
  it('are all taken, with a result for each', async () => {
    const { status, html } = await doWith(await several(3), { do: 'take' });

    expect(status).toBe(200);
    expect(wordsOf(html)).toContain('3 of 3 done.');
    expect(html.match(/Taken by you/g)).toHaveLength(3);
    expect(await paymentsAt(`${INBOX}?view=mine`)).toHaveLength(3);
  });

  it('are resolved with one outcome and note, and undone together', async () => {
    const { html } = await doWith(await several(2), {
      do: 'resolve',
      resolution: 'not-needed',
      note: 'A test of ours.',
    });
    const task = [...html.matchAll(/<input type="hidden" name="task" value="([^"]*)"/g)].map(([, id = '']) => id);
    const resolved = await paymentsAt(`${INBOX}?view=resolved`);
    const undone = await maria.post(SELECTED, { ...hiddenFieldsOf(html, SELECTED), task });

    expect(wordsOf(html)).toContain('2 of 2 done.');
    expect(resolved).toHaveLength(2);
    expect(wordsOf(undone.html)).toContain('2 of 2 done.');
    expect(await paymentsAt(`${INBOX}?view=mine`)).toHaveLength(2);
  });

  it('are handed over', async () => {
    const list = await several(2);
    const joao = await signIn(service, { role: 'operator', name: 'João Souza' });

    await doWith(list, { do: 'hand-over', to: joao.personId });

    expect((await paymentsAt(`${INBOX}?view=mine`, joao)).sort()).toEqual(idsOf(list).sort());
  });

  it('lose none: what cannot be done says why', async () => {
    const [mine, stale] = await several(2);
    const task = [await tickOf(mine), `${stale.taskId}:9`, '00000000-0000-4000-8000-000000000000:1'];

    const fields = { csrf: csrfTokenOf(maria, SELECTED), do: 'resolve', resolution: 'not-needed' };
    const { html } = await maria.post(SELECTED, { ...fields, task });

    expect(wordsOf(html)).toContain('0 of 3 done.');
    for (const part of ['needs a note', 'it changed meanwhile', 'it is not there']) {
      expect(wordsOf(html)).toContain(part);
    }
  });

  it('are none: nothing is changed, and the page says how to select', async () => {
    const page = await doWith([], { do: 'take' });

    expect(page.status).toBe(400);
    expect(wordsOf(page.html)).toContain('You selected none');
  });

  it('lead back to the list as it was filtered, and nowhere else', async () => {
    const back = 'view=all&issuer=vault&evil=//x.example';

    const { html } = await doWith(await several(1), { do: 'take', back });

    expect(html).toContain(`<a class="button" href="${INBOX}?view=all&amp;issuer=vault">`);
  });

  it('are refused to whoever may only look, who has no boxes either', async () => {
    const [task] = await several(1);

    const { html } = await viewer.get(INBOX);
    const fields = { csrf: csrfTokenOf(viewer, SELECTED), do: 'take', task: await tickOf(task) };
    const page = await viewer.post(SELECTED, fields);

    expect(html).not.toContain('type="checkbox"');
    expect(html).not.toContain('/take');
    expect(page.status).toBe(403);
    expect(await tickOf(task)).toBe(`${task.taskId}:1`);
  });
});

describe('news', () => {
  it('are counted since the page was loaded, in the language of the person', async () => {
    const ana = await signIn(service, { role: 'viewer', language: 'pt-BR' });
    await several(1);
    const { html } = await ana.get(INBOX);
    const address = /data-news="([^"]*)"/.exec(html)?.[1] ?? '';
    const before = await ana.get(address);
    await several(2);

    const after = await ana.get(address);

    expect(JSON.parse(before.html)).toEqual({ count: 0, words: '' });
    expect(JSON.parse(after.html)).toEqual({ count: 2, words: '2 novos – mostrar' });
  });

  it.each(['', '?since=', '?since=yesterday', '?since=-300000-01-01'])(
    'need a moment, which %j is not',
    async (query) => {
      expect((await maria.get(`${INBOX}/news${query}`)).status).toBe(400);
    },
  );
});

describe('two merchants', () => {
  it('see and move nothing of each other, by whatever filter, id or form', async () => {
    const [task] = await several(1);
    const other = await signIn(service, { role: 'admin', merchant: 'other-inbox' });

    const queries = ['', '?view=all', `?q=${task.paymentId}`, `?q=${task.taskId}`, `?view=all&owner=${maria.personId}`];
    for (const query of queries) {
      const { html } = await other.get(INBOX + query);
      expect(html).not.toContain(`href="${task.path}"`);
      expect(html).not.toContain('Maria');
    }
    const moved = await other.post(SELECTED, {
      csrf: csrfTokenOf(other, SELECTED),
      do: 'take',
      task: await tickOf(task),
    });
    const news = await other.get(`${INBOX}/news?since=2020-01-01`);

    expect(wordsOf(moved.html)).toContain('it is not there');
    expect(moved.html).not.toContain(task.paymentId);
    expect(await tickOf(task)).toBe(`${task.taskId}:1`);
    expect(JSON.parse(news.html)).toMatchObject({ count: 0 });
  });
});
