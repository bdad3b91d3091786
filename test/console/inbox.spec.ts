import { makeTestDatabase, type TestDatabase } from '../support/database.js';
import { signIn, wordsOf, type SignedIn } from '../support/console.js';
import { Tasks, type Task } from '../support/manual.js';
import { postWithOwnToken } from '../support/own-token.js';
import { startTestService, type TestService } from '../support/service.js';
import { startTestSimulators, type TestSimulators } from '../support/simulators.js';

/* The list of manual cancellations, and its file. */

const INBOX = '/console/manual-cancellations';
const DAY_MS = 86_400_000;

let simulators: TestSimulators;
let database: TestDatabase;
let service: TestService;
let tasks: Tasks;
let clerk: SignedIn;
let stranger: SignedIn;
let old: Task;
let fresh: Task;
let sandboxed: Task;

beforeAll(async () => {
  simulators = await startTestSimulators();
  database = await makeTestDatabase();
  service = await startTestService({ ...simulators.settings, DATABASE_URL: database.url });
  tasks = new Tasks(service, database, simulators);
  clerk = await signIn(service, { role: 'operator', name: 'Maria Silva' });
  stranger = await signIn(service, { role: 'admin', merchant: 'another-shop' });
  old = await tasks.refused({ issuer: 'vault', orderId: '1700000001-01', value: 123_450 });
  await tasks.age(old, 2 * DAY_MS);
  fresh = await tasks.refused({ issuer: 'corecard', orderId: '=1+1' });
  sandboxed = await tasks.refused({ issuer: 'artha', sandbox: true, orderId: '1700000003-01' });
}, 60_000);

afterAll(async () => {
  await service?.stop();
  await simulators?.stop();
  await database?.drop();
});

/** The tasks that a list shows, in its order. */
async function shown(query: string, person: SignedIn = clerk): Promise<string[]> {
  const { status, html } = await person.get(`${INBOX}${query}`);
  expect(status).toBe(200);
  const ids = [...html.matchAll(/<a[^>]* href="\/console\/manual-cancellations\/([0-9a-f-]{36})"/g)].map(
    ([, id = '']) => id,
  );
  return [...new Set(ids)];
}

const ids = (...some: Task[]) => some.map(({ taskId }) => taskId).sort();

describe('the list', () => {
  it('shows what is due first at the top, and says that it is overdue', async () => {
    const { html } = await clerk.get(INBOX);

    expect((await shown(''))[0]).toBe(old.taskId);
    expect((await shown('')).sort()).toEqual(ids(old, fresh, sandboxed));
    expect(wordsOf(html)).toMatch(/2 d.*overdue/);
  });

  it.each([
    ['?view=overdue', () => ids(old)],
    ['?view=mine', () => []],
    ['?view=resolved', () => []],
    ['?issuer=corecard', () => ids(fresh)],
    ['?environment=sandbox', () => ids(sandboxed)],
    ['?age=1d', () => ids(old)],
    ['?reason=no_link', () => []],
    ['?owner=nobody', () => ids(old, fresh, sandboxed)],
  ])('is filtered by its address: %s', async (query, expected) => {
    expect((await shown(query)).sort()).toEqual(expected());
  });

  it('finds by any id, as it is pasted', async () => {
    const dashed = fresh.paymentId.toLowerCase().replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    for (const pasted of [fresh.paymentId, `  ${fresh.paymentId.toLowerCase()} `, dashed, fresh.requestId]) {
      expect({ pasted, found: await shown(`?q=${encodeURIComponent(pasted)}`) }).toEqual({
        pasted,
        found: [fresh.taskId],
      });
    }
    expect(await shown(`?q=${old.orderId}`)).toEqual([old.taskId]);
  });

  it.each(['?view=nonsense', '?q=%00%F0', '?after=x', '?age=9&sort=age;drop', `?q=${'x'.repeat(5000)}`])(
    'is not confused by the address %.30s',
    async (query) => {
      expect((await clerk.get(`${INBOX}${query}`)).status).toBe(200);
    },
  );

  it('explains itself where it is empty', async () => {
    expect(wordsOf((await stranger.get(INBOX)).html)).toContain('Nothing to do');
    expect(await shown('?view=all', stranger)).toEqual([]);
    expect(await shown(`?view=all&q=${old.paymentId}`, stranger)).toEqual([]);
  });

  it('tells a page that is open how many have come since', async () => {
    const since = encodeURIComponent(new Date(Date.now() - 3_600_000).toISOString());

    expect(JSON.parse((await clerk.get(`${INBOX}/news?since=${since}`)).html)).toMatchObject({ count: 2 });
    expect(JSON.parse((await stranger.get(`${INBOX}/news?since=${since}`)).html)).toMatchObject({ count: 0 });
  });
});

describe('several at once', () => {
  it('are moved each by itself, with what came of each', async () => {
    const [one, other, foreign] = [await tasks.refused(), await tasks.refused(), await tasks.refused()];
    const sent = [`${one.taskId}:1`, `${other.taskId}:7`];

    const page = await postWithOwnToken(clerk, `${INBOX}/selected`, { do: 'take', task: sent });
    const refused = await postWithOwnToken(stranger, `${INBOX}/selected`, {
      do: 'take',
      task: [`${foreign.taskId}:1`],
    });

    expect([page.status, refused.status]).toEqual([200, 200]);
    const states = await database.query<{ id: string; state: string }>(
      'select manual_cancellation_id as id, state from manual_cancellations where manual_cancellation_id = any($1)',
      [[one.taskId, other.taskId, foreign.taskId]],
    );
    expect(Object.fromEntries(states.map(({ id, state }) => [id, state]))).toEqual({
      [one.taskId]: 'taken',
      [other.taskId]: 'open',
      [foreign.taskId]: 'open',
    });
  });
});

describe('the file', () => {
  it('has what the list shows, a line each, for a spreadsheet', async () => {
    const response = await clerk.get('/console/export.csv?view=overdue');

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/csv');
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="[\w.-]+\.csv"$/);
    const lines = response.html.split('\r\n');
    expect(lines).toHaveLength(3);
    expect(lines[1]).toContain(old.paymentId);
    expect(lines[1]).toContain(old.orderId);
  });

  it('runs nothing in a spreadsheet, whatever an order is called', async () => {
    const { html } = await clerk.get('/console/export.csv?issuer=corecard');

    expect(html).toContain(",'=1+1,");
    expect(html).not.toMatch(/(^|,)"?=1/m);
  });

  it('has nothing of another merchant’s, and is in the audit log', async () => {
    const { html } = await stranger.get('/console/export.csv?view=all');

    expect(html.trimEnd().split('\r\n')).toHaveLength(1);
    const [entry] = await database.query<{ merchant_id: string }>(
      `select merchant_id from audit_entries where action = 'list-exported' and person_id = $1`,
      [stranger.personId],
    );
    expect(entry?.merchant_id).toBe('another-shop');
  });
});
