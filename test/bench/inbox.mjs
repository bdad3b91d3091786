import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../dist/development/embedded-postgres.js';
import { run } from './payments.mjs';

/*
 * `npm run bench:inbox -- [rows]`: makes so many manual cancellations of one merchant (100,000 by default) in an embedded Postgres, signs
 * somebody in, and measures the list in each view, a filter, the search by each kind of id, the page of one, and the CSV of all with the
 * memory that it takes. Server time is what the client on the same machine waits for the last byte.
 */

const rows = Number(process.argv[2] ?? 100_000);
const TIMES = 15;
const projectFolder = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'vtex-card-connector-inbox-'));
chmodSync(folder, 0o711); // As root, Postgres runs as a user who must be able to enter it.
const TOKEN = 'bench-admin-token-of-24-chars';
const PASSWORD = 'a few words in a row';
const children = [];
let postgres;

try {
  postgres = await startEmbeddedPostgres({ projectFolder, dataFolder: join(folder, 'postgres') });
  await run(postgres.url, ['create database service']);
  const databaseUrl = postgres.url.replace(/\/postgres$/, '/service');
  await end(start(['bundle/migrate.js', 'run'], { DATABASE_URL: databaseUrl }));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const service = start(['bundle/main.js'], {
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    HOST: '127.0.0.1',
    PORT: String(port),
    PUBLIC_URL: url,
    DATABASE_URL: databaseUrl,
    VTEX_APP_KEY: 'bench',
    VTEX_APP_TOKEN: 'bench-app-token-of-24-char',
    ADMIN_API_TOKEN: TOKEN,
    // The notices of the rows that are made here would be mails to nobody.
    SMTP_URL: 'smtp://127.0.0.1:9',
    NOTIFY_EMAIL: 'nobody@example.com',
    MAIL_FROM: 'connector@example.com',
  });
  await untilReady(url);
  const { cookie, personId } = await signIn(url);
  await makeRows(databaseUrl, personId);
  const ids = await someIds(databaseUrl);

  console.log(
    `${rows.toLocaleString('en')} manual cancellations, ${cpus().length} cores (${cpus()[0]?.model}), Node ${process.version}, ${TIMES} times each`,
  );
  const inbox = '/console/manual-cancellations';
  const search = (id) => `${inbox}?q=${encodeURIComponent(id)}`;
  const pages = {
    'inbox (open)': inbox,
    mine: `${inbox}?view=mine`,
    overdue: `${inbox}?view=overdue`,
    resolved: `${inbox}?view=resolved`,
    all: `${inbox}?view=all`,
    'open, by age': `${inbox}?sort=age`,
    'one issuer and reason': `${inbox}?issuer=vault&reason=not_found`,
    'refunds of the sandbox': `${inbox}?view=all&kind=refund&environment=sandbox`,
    'older than 7 days, live': `${inbox}?age=7d&environment=live`,
    'what nobody has, all': `${inbox}?view=all&owner=nobody`,
    'a page from the middle': `${inbox}?view=all&after=${encodeURIComponent(ids.cursor)}`,
    'search: payment': search(ids.payment_id),
    'search: payment, lower case with dashes': search(dashed(ids.payment_id)),
    'search: order': search(ids.order_id),
    'search: VTEX transaction': search(ids.transaction_id),
    'search: request': search(ids.request_id),
    'search: cancellation': search(ids.cancellation_id),
    'search: issuer’s id': search(ids.card),
    'search: protocol number': search(ids.protocol_number),
    'search: nothing has it': search('there is no such id'),
    'news for an open page': `${inbox}/news?since=${new Date(Date.now() - 3_600_000).toISOString()}`,
    'one manual cancellation': `${inbox}/${ids.manual_cancellation_id}`,
  };
  console.log('\n| page | median ms | slowest ms | kB |\n| --- | ---: | ---: | ---: |');
  const slow = [];
  for (const [name, path] of Object.entries(pages)) {
    const { median, slowest, bytes } = await measure(url + path, cookie);
    console.log(`| ${name} | ${median.toFixed(1)} | ${slowest.toFixed(1)} | ${Math.round(bytes / 1024)} |`);
    if (median >= 100) slow.push(name);
  }

  const before = memoryMb(service.pid);
  const csv = await download(`${url}/console/export.csv?view=all`, cookie, () => memoryMb(service.pid));
  console.log(
    `\nCSV of all: ${csv.lines.toLocaleString('en')} lines, ${(csv.bytes / 1024 ** 2).toFixed(1)} MB in ${csv.seconds.toFixed(1)} s; ` +
      `memory ${before} MB before, ${csv.peak} MB at most: ${csv.peak - before} MB more`,
  );
  const halting = await download(`${url}/console/export.csv?view=all`, cookie, () => memoryMb(service.pid), 40);
  console.log(
    `taken slowly (${halting.seconds.toFixed(1)} s): ${halting.peak} MB at most: ${halting.peak - before} MB more`,
  );
  if (csv.lines !== rows + 1) throw new Error(`The CSV has ${csv.lines} lines.`);
  if (slow.length > 0) throw new Error(`100 ms or more at the median: ${slow.join(', ')}`);
  if (Math.max(csv.peak, halting.peak) - before >= 60) throw new Error('The CSV took 60 MB or more.');
} finally {
  for (const child of children) child.kill('SIGKILL');
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit();

/** Tasks of a year: a tenth open, a tenth of those taken; whole, partial and refunds, four issuers, a tenth in the sandbox. */
async function makeRows(databaseUrl, personId) {
  const each = `generate_series(1, ${rows}) as i`;
  const id = (salt) => `upper(md5('${salt}' || i))`;
  const kind = `(array['whole','whole','whole','whole','partial','refund'])[1 + i % 6]`;
  const opened = `now() - (${rows} - i) * interval '365 days' / ${rows}`;
  const state = `case when i % 10 > 0 then 'resolved' when i % 100 = 0 then 'taken' else 'open' end`;
  await run(databaseUrl, [
    `insert into payments (merchant_id, payment_id, sandbox, seen_before, value_in_cents, order_id)
     select 'default', ${id('payment')}, i % 10 = 3, true, 1000 + i % 90000, 'v' || i || 'str-01' from ${each}`,
    `insert into authorizations (merchant_id, payment_id, authorization_id, tid, value, currency, transaction_id, reference,
       delay_to_cancel_s, delay_to_auto_settle_s, delay_to_auto_settle_after_antifraud_s)
     select 'default', ${id('payment')}, ${id('authorization')}, ${id('tid')}, 10, 'BRL', ${id('transaction')}, i::text, 1, 1, 1 from ${each}`,
    `insert into issuer_references (merchant_id, issuer, sandbox, identity, payment_id, reference, late)
     select 'default', (array['vault','artha','corecard','qitech'])[1 + i % 4], false, (1000000 + i)::text, ${id('payment')},
       jsonb_build_object((array['cardRequestId','cardId','adminNumber','walletKey'])[1 + i % 4], (1000000 + i)::text), false from ${each}`,
    `insert into cancellations (merchant_id, payment_id, cancellation_id, issuer, state, reason, finished_at, proof)
     select 'default', ${id('payment')}, ${id('cancellation')}, 'vault', case when i % 3 = 0 then 'cancelled' else 'manual' end, 'not_found', now(),
       case when i % 3 = 0 then 'person' end from ${each}`,
    `insert into cancellation_requests (merchant_id, payment_id, request_id, value, partial)
     select 'default', ${id('payment')}, ${id('request')}, 500, i % 6 = 4 from ${each}`,
    `insert into operation_requests (merchant_id, payment_id, operation, request_id, value, answer_status, answer_body)
     select 'default', ${id('payment')}, 'refund', ${id('request')}, 5.5, 200, '{}' from ${each} where i % 6 = 5`,
    `insert into attempts (merchant_id, payment_id, attempt_no, kind, outcome, issuer_code, issuer_text, ended_at)
     select 'default', ${id('payment')}, 1, 'cancel', 'refused', 'E1', 'It cannot be cancelled', now() from ${each}`,
    `insert into manual_cancellations (merchant_id, payment_id, kind, request_id, reason, state, opened_at, due_at, issuer, taken_by, taken_at,
       closed_at, resolution, resolved_by, protocol_number, resolution_note)
     select 'default', ${id('payment')}, ${kind}, case when ${kind} in ('partial', 'refund') then ${id('request')} end,
       (array['not_found','refused_by_issuer','no_answer','already_printed','no_link'])[1 + i % 5], ${state}, ${opened}, ${opened} + interval '24 hours',
       (array['vault','artha','corecard','qitech'])[1 + i % 4], case when i % 100 = 0 then '${personId}'::uuid end,
       case when i % 100 = 0 then now() end, case when i % 10 > 0 then ${opened} + interval '5 hours' end,
       case when i % 10 > 0 then 'cancelled-at-issuer' end, case when i % 10 > 0 then '${personId}'::uuid end,
       case when i % 10 > 0 then 'P-' || i end, case when i % 10 > 0 then 'Done in the portal, and told to the customer.' end from ${each}`,
    `insert into manual_cancellation_events (merchant_id, manual_cancellation_id, at, kind, reason)
     select merchant_id, manual_cancellation_id, opened_at, 'opened', reason from manual_cancellations`,
    `vacuum analyze`,
  ]);
}

async function someIds(databaseUrl) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows: found } = await client.query(
    `select m.manual_cancellation_id, m.payment_id, p.order_id, a.transaction_id, c.cancellation_id, q.request_id, m.protocol_number,
            (select value from jsonb_each_text(r.reference)) as card,
            to_char(m.opened_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '_' || m.manual_cancellation_id as cursor
     from manual_cancellations m join payments p using (merchant_id, payment_id) join authorizations a using (merchant_id, payment_id)
     join cancellations c using (merchant_id, payment_id) join cancellation_requests q using (merchant_id, payment_id)
     join issuer_references r using (merchant_id, payment_id)
     where m.state = 'resolved' and m.kind = 'whole' and c.state = 'cancelled' order by m.opened_at offset ${Math.floor(rows / 10)} limit 1`,
  );
  await client.end();
  return found[0];
}

function dashed(id) {
  return id.toLowerCase().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** A new person with a one-time link, who chooses a password. */
async function signIn(url) {
  const added = await fetch(`${url}/internal/people`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'bench@store.example', name: 'Bench', role: 'operator' }),
  });
  const { person, link } = await added.json();
  const welcome = await fetch(link);
  const hidden = [...(await welcome.text()).matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)];
  const entered = await fetch(new URL(link).origin + new URL(link).pathname, {
    method: 'POST',
    redirect: 'manual',
    headers: {
      origin: url,
      cookie: cookiesOf(welcome),
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams([
      ...hidden.map(([, name, value]) => [name, value]),
      ['password', PASSWORD],
      ['password-again', PASSWORD],
    ]),
  });
  if (entered.status !== 303) throw new Error(`Nobody was signed in: ${entered.status}`);
  return { cookie: cookiesOf(entered), personId: person.personId };
}

function cookiesOf(answer) {
  const lines = answer.headers.getSetCookie();
  return lines.map((line) => line.split(';')[0]).join('; ');
}

async function measure(address, cookie) {
  const times = [];
  let bytes = 0;
  // The first ones warm up.
  for (let time = -3; time < TIMES; time += 1) {
    const began = performance.now();
    const answer = await fetch(address, { headers: { cookie } });
    bytes = (await answer.arrayBuffer()).byteLength;
    if (answer.status !== 200) throw new Error(`${address} is answered ${answer.status}`);
    if (time >= 0) times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  return { median: times[Math.floor(times.length / 2)], slowest: times.at(-1), bytes };
}

/** @param pauseMs how long the reader rests after each piece */
async function download(address, cookie, memory, pauseMs = 0) {
  const began = performance.now();
  const [answer] = await once(request(address, { headers: { cookie } }).end(), 'response');
  let [bytes, lines, peak] = [0, 0, 0];
  const watch = setInterval(() => (peak = Math.max(peak, memory())), 20);
  let pieces = 0;
  for await (const piece of answer) {
    bytes += piece.length;
    for (const byte of piece) if (byte === 10) lines += 1;
    pieces += 1;
    if (pauseMs > 0 && pieces % 20 === 0) await sleep(pauseMs);
  }
  clearInterval(watch);
  return { bytes, lines, peak: Math.max(peak, memory()), seconds: (performance.now() - began) / 1000 };
}

function memoryMb(pid) {
  const [, kb] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kb) / 1024);
}

function start(args, environment) {
  const child = spawn(process.execPath, args, {
    cwd: projectFolder,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  children.push(child);
  return child;
}

async function end(child) {
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`A process ended with ${code}.`);
}

async function untilReady(url) {
  for (let tries = 0; tries < 600; tries += 1) {
    const answer = await fetch(`${url}/health/ready`).catch(() => null);
    if (answer?.ok) return;
    await sleep(50);
  }
  throw new Error('The service did not start.');
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
