import { signIn, wordsOf, type SignedIn } from '../support/console.js';
import { makeTestDatabase, type TestDatabase } from '../support/database.js';
import { startTestService, type TestService } from '../support/service.js';

let database: TestDatabase;
let service: TestService;
let person: SignedIn;

const M = 'counted-shop';

beforeAll(async () => {
  database = await makeTestDatabase();
  service = await startTestService({ DATABASE_URL: database.url });
  person = await signIn(service, { role: 'viewer', merchant: M });
  await database.query(`update merchants set time_zone = 'America/Sao_Paulo' where merchant_id = $1`, [M]);
}, 120_000);

afterAll(async () => {
  await service?.stop();
  await database?.drop();
});

beforeEach(async () => {
  for (const table of ['manual_cancellations', 'cancellations', 'payments'])
    await database.query(`delete from ${table}`);
});

const DAY = 24 * 3_600_000;

/** The day in São Paulo, so many days ago, as the tables write it. */
const dayAgo = (days: number) => new Date(Date.now() - 3 * 3_600_000 - days * DAY).toISOString().slice(0, 10);

interface Made {
  readonly at: string;
  readonly issuer?: string | null;
  readonly state?: 'cancelled' | 'manual' | 'waiting';
  readonly proof?: string | null;
  readonly reason?: string | null;
  readonly version?: number;
  readonly sandbox?: boolean;
  readonly merchant?: string;
}

let made = 0;

/** A cancellation that VTEX asked for at this moment. */
async function make({ at, issuer = 'vault', sandbox = false, merchant = M, ...row }: Made): Promise<string> {
  const paymentId = `P${(made += 1)}`;
  const { state = 'cancelled', proof = state === 'cancelled' ? 'answer' : null, reason = null, version = 2 } = row;
  await database.query(
    `insert into payments (merchant_id, payment_id, sandbox, seen_before) values ($1, $2, $3, true)`,
    [merchant, paymentId, sandbox],
  );
  await database.query(
    `insert into cancellations (merchant_id, payment_id, cancellation_id, issuer, state, proof, reason, version, claimed_at, next_check_at, finished_at)
     values ($1, $2, 'C-' || $2, $3, $4, $5, $6, $7, $8, case when $4 = 'waiting' then now() + interval '1 hour' end,
             case when $4 <> 'waiting' then now() end)`,
    [merchant, paymentId, issuer, state, proof, reason, version, at],
  );
  return paymentId;
}

/** What a person had to do, opened so many hours ago, and ended after so many. */
async function makeTask(
  paymentId: string,
  reason: string,
  { openedHoursAgo = 48, tookHours = null as number | null, dueHoursAgo = -1 } = {},
) {
  await database.query(
    `insert into manual_cancellations (merchant_id, payment_id, kind, reason, issuer, state, resolution, opened_at, due_at, closed_at)
     values ($1, $2, 'whole', $3, 'vault', case when $5::float8 is null then 'open' else 'resolved' end,
             case when $5::float8 is not null then 'refunded-instead' end, now() - $4::float8 * interval '1 hour',
             now() - $6::float8 * interval '1 hour',
             now() - $4::float8 * interval '1 hour' + $5::float8 * interval '1 hour')`,
    [M, paymentId, reason, openedHoursAgo, tookHours, dueHoursAgo],
  );
}

async function csv(table: string, query = ''): Promise<string[][]> {
  const { status, headers, html } = await person.get(`/console/overview?csv=${table}${query}`);
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(headers.get('content-disposition')).toMatch(/^attachment; filename="cancellations-\w+-\d{4}-\d\d-\d\d\.csv"$/);
  return html
    .replace('\uFEFF', '')
    .trim()
    .split('\r\n')
    .map((line) => line.split(','));
}

const rowOf = async (day: string, query = '') => (await csv('days', query)).find(([first]) => first === day)?.slice(1);

/** 30 days ago in UTC at this time of São Paulo's clock. */
const at = (daysAgo: number, clock: string) => `${dayAgo(daysAgo)}T${clock}-03:00`;

it('counts each cancellation once, by the way it went', async () => {
  await make({ at: at(3, '10:00:00') });
  await make({ at: at(3, '10:00:00'), issuer: null, proof: 'never-linked', version: 1 });
  await make({ at: at(3, '11:00:00'), version: 4 });
  await make({ at: at(3, '11:00:00'), proof: 'query', version: 3 });
  await make({ at: at(3, '11:00:00'), proof: 'callback', version: 3 });
  await make({ at: at(3, '12:00:00'), state: 'manual', reason: 'refused_by_issuer' });
  await make({ at: at(3, '12:00:00'), proof: 'person', reason: 'no_answer', version: 4 });
  // A late proof made it unnecessary, and the person was asked all the same.
  await make({ at: at(3, '12:00:00'), proof: 'answer', reason: 'taken_over', version: 4 });
  await make({ at: at(3, '13:00:00'), state: 'waiting' });

  expect(await rowOf(dayAgo(3))).toEqual(['2', '3', '3', '1']);
});

it('cuts the days by the merchant’s clock', async () => {
  await make({ at: at(5, '23:30:00') });
  await make({ at: at(4, '00:30:00') });
  await make({ at: at(4, '23:59:59.999') });

  expect(await rowOf(dayAgo(5))).toEqual(['1', '0', '0', '0']);
  expect(await rowOf(dayAgo(4))).toEqual(['2', '0', '0', '0']);
});

it('cuts them otherwise where the merchant’s clock is another one', async () => {
  await make({ at: at(5, '23:30:00') });
  await database.query(`update merchants set time_zone = 'America/Mexico_City' where merchant_id = $1`, [M]);

  // 20:30 in Mexico, of the same day.
  const mexico = await rowOf(dayAgo(5));
  await database.query(`update merchants set time_zone = 'Europe/Madrid' where merchant_id = $1`, [M]);
  const madrid = await rowOf(dayAgo(4));
  await database.query(`update merchants set time_zone = 'America/Sao_Paulo' where merchant_id = $1`, [M]);

  expect(mexico).toEqual(['1', '0', '0', '0']);
  expect(madrid).toEqual(['1', '0', '0', '0']);
});

it('begins thirty days ago, and compares with the thirty days before', async () => {
  await make({ at: at(29, '00:00:01') });
  await make({ at: at(30, '23:59:59'), state: 'manual', reason: 'no_answer' });
  await make({ at: at(59, '00:00:01') });
  await make({ at: at(60, '23:59:59') });

  const days = await csv('days');
  const { html } = await person.get('/console/overview');

  expect(days).toHaveLength(31);
  expect(days[1]).toEqual([dayAgo(29), '1', '0', '0', '0']);
  expect(days.at(-1)?.[0]).toBe(dayAgo(0));
  // Before: one of two without a person.
  expect(wordsOf(html)).toContain('100% done without a person before: 50%');
  expect(wordsOf(html)).toContain('0 by hand before: 1');
});

it('keeps live and sandbox apart, and other merchants out', async () => {
  await make({ at: at(1, '10:00:00') });
  await make({ at: at(1, '10:00:00'), sandbox: true, state: 'manual', reason: 'dry_run' });
  await make({ at: at(1, '10:00:00'), merchant: 'default' });
  await make({ at: at(1, '10:00:00'), merchant: 'default', sandbox: true });

  expect(await rowOf(dayAgo(1))).toEqual(['1', '0', '0', '0']);
  expect(await rowOf(dayAgo(1), '&sandbox=1')).toEqual(['0', '0', '1', '0']);
});

it('counts by issuer, and why people were needed', async () => {
  await make({ at: at(1, '10:00:00'), issuer: 'artha' });
  await make({ at: at(1, '10:00:00'), issuer: 'artha', version: 5 });
  await make({ at: at(1, '10:00:00'), issuer: null, proof: 'never-linked', version: 1 });
  for (const reason of ['no_answer', 'no_answer', 'refused_by_issuer']) {
    await makeTask(await make({ at: at(1, '10:00:00'), state: 'manual', reason }), reason);
  }
  await makeTask(await make({ at: at(1, '10:00:00'), state: 'manual', reason: 'no_answer' }), 'no_answer', {
    openedHoursAgo: 40 * 24,
  });

  expect((await csv('issuers')).slice(1).sort()).toEqual(
    [
      ['Vault', '0', '0', '4', '0'],
      ['Artha', '1', '1', '0', '0'],
      ['"No card', ' or not known"', '1', '0', '0', '0'],
    ].sort(),
  );
  const reasons = (await csv('reasons')).map((row) => row.slice(-3));
  expect(reasons.slice(1)).toEqual([
    ['Vault', '2', '1'],
    ['Vault', '1', '0'],
  ]);
});

it('measures how long people took, and counts what is overdue', async () => {
  for (const tookHours of [1, 2, 3, 4, 10]) {
    await makeTask(await make({ at: at(2, '10:00:00'), state: 'manual', reason: 'no_answer' }), 'no_answer', {
      tookHours,
    });
  }
  await makeTask(await make({ at: at(2, '10:00:00'), state: 'manual', reason: 'no_answer' }), 'no_answer', {
    dueHoursAgo: 5,
  });
  await makeTask(await make({ at: at(2, '10:00:00'), state: 'manual', reason: 'no_answer' }), 'no_answer', {
    dueHoursAgo: -5,
  });
  await makeTask(await make({ at: at(2, '10:00:00'), state: 'manual', reason: 'no_answer' }), 'no_answer', {
    openedHoursAgo: 35 * 24,
    tookHours: 48,
  });

  const words = wordsOf((await person.get('/console/overview')).html);

  expect(words).toContain('3 h to resolve one by hand (half took less) before: 2 d');
  expect(words).toContain('7 h 36 min for 90 % of them at most');
  expect(words).toContain('1 overdue now');
});

it('draws the same numbers as stand in its tables', async () => {
  await make({ at: at(2, '10:00:00') });
  await make({ at: at(2, '10:00:00'), version: 7 });
  for (let n = 0; n < 4; n += 1) await make({ at: at(0, '00:00:00'), state: 'manual', reason: 'no_answer' });

  const { html } = await person.get('/console/overview');
  const drawn = [
    ...html.matchAll(
      /<g><title>(\d\d\/\d\d\/\d{4}): (\d+) automatic, (\d+) after a retry, (\d+) by hand<\/title>(.*?)<\/g>/gs,
    ),
  ];
  const table = [...html.matchAll(/<th scope="row">(\d\d\/\d\d\/\d{4})<\/th>(.*?)<\/tr>/gs)].map(
    ([, day, cells = '']) => [day, ...[...cells.matchAll(/>(\d+)<\/td>/g)].slice(0, 3).map(([, number]) => number)],
  );

  expect(drawn).toHaveLength(30);
  expect(drawn.map(([, ...words]) => words.slice(0, 4)).reverse()).toEqual(table);
  // Each bar is as high as its number: the axis ends at 4, and 164 pixels stand for that.
  const heights = drawn.map(([, , , , , marks = '']) =>
    [...marks.matchAll(/<rect class="bar-(\d)"[^>]*height="([\d.]+)"/g)].map(([, series, height]) => [
      Number(series),
      Number(height),
    ]),
  );
  expect(heights.at(-1)).toEqual([[3, 164]]);
  expect(heights.at(-3)).toEqual([
    [1, 41],
    [2, 41],
  ]);
  expect(html).toContain('role="img"');
  expect(html).not.toMatch(/ style="/);
});

it('says so where nothing came', async () => {
  const { html } = await person.get('/console/overview');

  expect(wordsOf(html)).toContain('No cancellation came in the last 30 days.');
  expect(html).not.toContain('role="img"');
});
