import { createHash } from 'node:crypto';
import pg from 'pg';

/*
 * The payments that are cancelled: number n of a service has the same id here and in SQL, and a card of its own.
 */

export const services = ['ours', 'bare'];

const FIRST_CARD = { ours: 1_000_000_000, bare: 2_000_000_000 };

/** 32 upper-case hexadecimal digits, the form of VTEX's ids. */
export const paymentIdOf = (service, n) => upperMd5(`${service} payment ${n}`);
export const requestIdOf = (service, n) => upperMd5(`${service} request ${n}`);

const upperMd5 = (words) => createHash('md5').update(words).digest('hex').toUpperCase();

const paymentId = (service) => `upper(md5('${service} payment ' || n))`;

const reference = (service) =>
  `jsonb_build_object('adminNumber', (${FIRST_CARD[service]} + n)::text, 'cardSequenceNumber', 1, 'externalIp', '10.120.0.0')`;

/** Links as many payments of our service as the run may need, as its own statements would. */
export const linkOurs = (databaseUrl, count) =>
  run(databaseUrl, [
    `insert into payments (merchant_id, payment_id, sandbox, seen_before, value_in_cents)
     select 'default', ${paymentId('ours')}, false, true, 2300 from generate_series(1, ${count}) n`,
    `insert into issuer_references (merchant_id, issuer, sandbox, identity, payment_id, reference, late)
     select 'default', 'corecard', false, (${FIRST_CARD.ours} + n) || '/1', ${paymentId('ours')}, ${reference('ours')}, false
     from generate_series(1, ${count}) n`,
    // Not the tables that are still empty: their plans would be made for no rows, and kept while they grow.
    'vacuum analyze payments, issuer_references',
    'checkpoint',
  ]);

/** Makes the bare handler's two tables, with as many payments. */
export const linkBare = (databaseUrl, count) =>
  run(databaseUrl, [
    'create table payments (payment_id text primary key, reference jsonb not null)',
    `create table cancellations (
       payment_id  text        not null,
       request_id  text        not null,
       claimed_at  timestamptz not null default now(),
       answer      text,
       answered_at timestamptz,
       primary key (payment_id, request_id)
     )`,
    `insert into payments select ${paymentId('bare')}, ${reference('bare')} from generate_series(1, ${count}) n`,
    'vacuum analyze payments',
    'checkpoint',
  ]);

/** How many cancellations a service has recorded with an answer; and how many without one, of which there must be none. */
export async function recorded(databaseUrl, service) {
  const table = service === 'ours' ? 'cancellation_requests' : 'cancellations';
  const column = service === 'ours' ? 'answer_body' : 'answer';
  const [{ rows }] = await run(databaseUrl, [
    `select count(${column})::int as answered, (count(*) - count(${column}))::int as open from ${table}`,
  ]);
  return rows[0];
}

/** Runs statements one after the other on a connection of its own. */
export async function run(databaseUrl, statements) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const results = [];
    for (const text of statements) results.push(await client.query(text));
    return results;
  } finally {
    await client.end();
  }
}
