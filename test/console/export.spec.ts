import { parse } from 'csv-parse/sync';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { makeTestDatabase, type TestDatabase } from '../support/database.js';
import { signIn, type SignedIn } from '../support/console.js';
import { Tasks } from '../support/manual.js';
import { startTestService, type TestService } from '../support/service.js';
import { startTestSimulators, type TestSimulators } from '../support/simulators.js';
import { until } from '../support/until.js';

let simulators: TestSimulators;
let database: TestDatabase;
let service: TestService;
let tasks: Tasks;
let maria: SignedIn;

beforeAll(async () => {
  simulators = await startTestSimulators();
  database = await makeTestDatabase();
  const settings = { DATABASE_URL: database.url, PUBLIC_URL: 'https://cancel.example' };
  service = await startTestService({ ...simulators.settings, ...settings });
  tasks = new Tasks(service, database, simulators);
  maria = await signIn(service, { role: 'operator', name: 'Maria Silva' });
});

afterAll(async () => {
  await service?.stop();
  await simulators?.stop();
  await database?.drop();
});

const EXPORT = '/console/export.csv';

const cookieOf = ({ cookies }: SignedIn) => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');

/** The lines by the names of their columns. */
async function linesAt(path: string, who: SignedIn = maria): Promise<Record<string, string>[]> {
  const { status, html } = await who.get(path);
  expect(status).toBe(200);
  const delimiter = /^[^\r]*;/.test(html) ? ';' : ',';
  return parse(html, { columns: true, bom: true, delimiter });
}

it('is a file of UTF-8 with a day in its name, which nobody keeps', async () => {
  const answer = await fetch(`${service.url}${EXPORT}`, { headers: { cookie: cookieOf(maria) } });
  const bytes = new Uint8Array(await answer.arrayBuffer());

  const { headers } = answer;
  expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(headers.get('content-disposition')).toMatch(
    /^attachment; filename="manual-cancellations-\d{4}-\d\d-\d\d\.csv"$/,
  );
  expect(headers.get('cache-control')).toBe('no-store');
  expect([...bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
});

it('has what the list shows, with the same filters, under names in the language of the person', async () => {
  const ana = await signIn(service, { role: 'viewer', language: 'pt-BR', name: 'Ana' });
  const vault = await tasks.refused({ orderId: 'v1str-01', value: 123_450 });
  await tasks.refused({ issuer: 'corecard', orderId: 'v2str-01' });
  await maria.submit(`${vault.path}/take`, {}, vault.path);

  const lines = await linesAt(`${EXPORT}?issuer=vault`, ana);

  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({
    Emissor: 'Vault',
    Pedido: 'v1str-01',
    Pagamento: vault.paymentId,
    Valor: '1234,5',
    Situação: 'Em andamento',
    Motivo: 'recusado pelo emissor',
    Responsável: 'Maria Silva',
    Página: `https://cancel.example${vault.path}`,
  });
  expect(lines[0]?.['Aberto em']).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d$/);
  expect(await linesAt(`${EXPORT}?q=${vault.paymentId}&view=all`, ana)).toHaveLength(1);
});

it('keeps notes in their cells, and lets no cell be a formula', async () => {
  const notes = ['=HYPERLINK("http://x.example")', '+1', '-1+1', '@SUM(A1)', 'a "quoted", one\nand a line'];
  for (const [index, note] of notes.entries()) {
    const task = await tasks.refused({ orderId: `=cmd${index}` });
    await maria.submit(`${task.path}/resolve`, { resolution: 'not-needed', note, protocol: '=1+1' }, task.path);
  }

  const lines = await linesAt(`${EXPORT}?view=resolved`);

  expect(lines.map(({ Note }) => Note).sort()).toEqual(
    notes.map((note) => (/^[=+\-@]/.test(note) ? `'${note}` : note)).sort(),
  );
  for (const line of lines) {
    for (const cell of Object.values(line)) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
  }
});

it('stands in the audit log, with how it was filtered and from which network', async () => {
  await linesAt(`${EXPORT}?view=all&issuer=vault`);

  const [entry] = await database.query<{ action: string; details: object; network: string }>(
    'select action, details, network from audit_entries where person_id = $1 order by entry_no desc limit 1',
    [maria.personId],
  );

  expect(entry).toEqual({ action: 'list-exported', details: { view: 'all', filters: 1 }, network: '127.0.0.0/24' });
});

it('has nothing of another merchant’s', async () => {
  await tasks.refused();
  const other = await signIn(service, { role: 'admin', merchant: 'other-export' });

  expect(await linesAt(`${EXPORT}?view=all`, other)).toEqual([]);
});

describe('a long list', () => {
  const LONG = 20_000;

  /** How many rows of the list Postgres has read for anybody. */
  const rowsRead = async () => {
    const [row] = await database.query<{ read: string }>(
      `select seq_tup_read + idx_tup_fetch as read from pg_stat_user_tables where relname = 'manual_cancellations'`,
    );
    return Number(row?.read);
  };

  beforeAll(async () => {
    await database.query(
      `insert into payments (merchant_id, payment_id, sandbox, seen_before, order_id)
       select 'default', 'LONG' || i, false, true, repeat('x', 2000) || i from generate_series(1, $1) i`,
      [LONG],
    );
    await database.query(
      `insert into manual_cancellations (merchant_id, payment_id, kind, reason, due_at)
       select 'default', 'LONG' || i, 'whole', 'dry_run', now() from generate_series(1, $1) i`,
      [LONG],
    );
    await database.query('analyze');
  });

  it('is whole, each line once', async () => {
    const { html } = await maria.get(`${EXPORT}?reason=dry_run`);

    // Parsing 40 MB would keep the service, which is in this process, from its own work until its queries time out.
    const [, ...lines] = html.trimEnd().split('\n');
    expect(lines).toHaveLength(LONG);
    expect(new Set(lines.map((line) => /LONG\d+/.exec(line)?.[0])).size).toBe(LONG);
  });

  it('is read no further when the browser hangs up, and that is nobody’s fault', async () => {
    const options = { headers: { cookie: cookieOf(maria) } };
    const asked = request(`${service.url}${EXPORT}?reason=dry_run`, options).end();
    asked.on('error', () => undefined);
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    await once(answer, 'readable');
    asked.destroy();
    await until('nothing is read any more', async () => {
      const before = await rowsRead();
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      return (await rowsRead()) === before;
    });

    expect((await maria.get('/console/manual-cancellations')).status).toBe(200);
    expect(service.lines.filter((line) => line.includes('"level":50'))).toEqual([]);
  });
});
