import { readdirSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { makeDataSource } from '../src/data-source.js';
import { entities } from '../src/entities.js';
import { manualReasons } from '../src/manual-cancellations/manual-reason.js';
import { makeTestDatabase, type TestDatabase } from './support/database.js';

const migrationsFolder = join(process.cwd(), 'migrations');

/**
 * TypeORM's own list of what was applied, connections that VTEX began, of which nobody knows yet whose they are, and how often somebody
 * tried to sign in, whom perhaps nobody knows. They hold nothing of a merchant's.
 */
const TABLES_WITHOUT_MERCHANT = ['connection_tokens', 'migrations', 'sign_in_tries'];

/** The app key that VTEX sends is looked up before its merchant is known. */
const KEYS_WITHOUT_MERCHANT = ['merchant_credentials_app_key_once'];

let database: TestDatabase;

beforeAll(async () => {
  database = await makeTestDatabase();
});

afterAll(async () => {
  await database?.drop();
});

interface Row {
  readonly [column: string]: unknown;
}

/** A usable row of each table, one after the other as the foreign keys want it. */
const M = 'merchant-1';
const rows = {
  payments: { merchant_id: M, payment_id: 'P1', sandbox: false, seen_before: true },
  issuer_references: {
    merchant_id: M,
    issuer: 'vault',
    sandbox: false,
    identity: '124125',
    payment_id: 'P1',
    reference: '{"cardRequestId":"124125"}',
    late: false,
  },
  cancellations: {
    merchant_id: M,
    payment_id: 'P1',
    cancellation_id: 'C1',
    issuer: 'vault',
    state: 'asking',
    lease_until: '2026-11-21T12:00:00Z',
  },
  cancellation_requests: { merchant_id: M, payment_id: 'P1', request_id: 'R1' },
  attempts: { merchant_id: M, payment_id: 'P1', attempt_no: 1, kind: 'cancel' },
  issuer_callbacks: {
    merchant_id: M,
    issuer: 'artha',
    sandbox: false,
    body_sha256: Buffer.alloc(32),
    task_id: 'T1',
    news: 'outcome',
    answered: '{}',
  },
  manual_cancellations: {
    merchant_id: M,
    manual_cancellation_id: '00000000-0000-4000-8000-000000000001',
    payment_id: 'P1',
    kind: 'whole',
    reason: 'no_answer',
    due_at: '2026-11-22T12:00:00Z',
  },
  notices: {
    merchant_id: M,
    notice_id: '00000000-0000-4000-8000-000000000002',
    event: 'manual_required',
    manual_cancellation_id: '00000000-0000-4000-8000-000000000001',
  },
  notice_recipients: {
    merchant_id: M,
    recipient_id: '00000000-0000-4000-8000-000000000003',
    kind: 'webhook',
    address: 'https://store.example/hook',
    secret: '{}',
    events: ['manual_required'],
  },
  notice_messages: {
    merchant_id: M,
    message_id: '00000000-0000-4000-8000-000000000004',
    recipient_id: '00000000-0000-4000-8000-000000000003',
    kind: 'digest',
  },
  notice_deliveries: {
    merchant_id: M,
    notice_id: '00000000-0000-4000-8000-000000000002',
    recipient_id: '00000000-0000-4000-8000-000000000003',
    message_id: '00000000-0000-4000-8000-000000000004',
  },
  notice_tries: {
    merchant_id: M,
    recipient_id: '00000000-0000-4000-8000-000000000003',
    message_id: '00000000-0000-4000-8000-000000000004',
    ms: 12,
  },
  issuer_modes: { merchant_id: M, issuer: 'vault', sandbox: false, mode: 'paused' },
  authorizations: {
    merchant_id: M,
    payment_id: 'P1',
    authorization_id: 'AUT-1',
    tid: 'T1',
    delay_to_cancel_s: 604_800,
    delay_to_auto_settle_s: 604_800,
    delay_to_auto_settle_after_antifraud_s: 604_800,
  },
  operation_requests: {
    merchant_id: M,
    payment_id: 'P1',
    operation: 'settle',
    request_id: 'R1',
    answer_status: 200,
    answer_body: '{}',
  },
  vtex_calls: { merchant_id: M, payment_id: 'P1', status: 'approved' },
  payment_events: { merchant_id: M, payment_id: 'P1', kind: 'linked', words: 'Linked to vault.' },
  merchants: { merchant_id: M, name: 'Merchant 1', is_test: false },
  merchant_credentials: {
    merchant_id: M,
    slot: 1,
    app_key_digest: Buffer.alloc(32, 1),
    app_token_digest: Buffer.alloc(32, 2),
  },
  issuer_accounts: {
    merchant_id: M,
    issuer: 'vault',
    sandbox: false,
    base_url: 'https://vault.example',
    settings: '{}',
    secrets: '{}',
  },
  issuer_user_tokens: { merchant_id: M, issuer: 'vault', sandbox: false, user_key: 'maria', refresh_token: '{}' },
  connection_codes: { merchant_id: M, code_digest: Buffer.alloc(32), expires_at: '2026-11-21T12:00:00Z' },
  authorization_codes: { merchant_id: M, code_digest: Buffer.alloc(32), expires_at: '2026-11-21T12:00:00Z' },
  people: {
    merchant_id: M,
    person_id: '00000000-0000-4000-8000-000000000010',
    email: 'maria@store.example',
    name: 'Maria',
    role: 'operator',
  },
  sessions: {
    merchant_id: M,
    token_digest: Buffer.alloc(32),
    person_id: '00000000-0000-4000-8000-000000000010',
    idle_at: '2026-11-21T14:00:00Z',
    ends_at: '2026-11-22T00:00:00Z',
  },
  one_time_links: {
    merchant_id: M,
    person_id: '00000000-0000-4000-8000-000000000010',
    token_digest: Buffer.alloc(32),
    ends_at: '2026-11-28T12:00:00Z',
  },
  manual_cancellation_events: {
    merchant_id: M,
    manual_cancellation_id: '00000000-0000-4000-8000-000000000001',
    kind: 'opened',
    reason: 'no_answer',
  },
  audit_entries: { merchant_id: M, person_id: '00000000-0000-4000-8000-000000000010', action: 'signed-in' },
} satisfies Record<string, Row>;

type Table = keyof typeof rows;

function insertion(table: string, row: Row): { text: string; values: unknown[] } {
  const names = Object.keys(row);
  const places = names.map((_, index) => `$${index + 1}`);
  return {
    text: `insert into ${table} (${names.join(', ')}) values (${places.join(', ')})`,
    values: Object.values(row),
  };
}

/** Inserts inside a transaction that is rolled back; answers the constraint that refused it, or null. */
async function refusedBy(list: readonly (readonly [Table, Row])[]): Promise<string | null> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query('begin');
    for (const [table, row] of list) {
      const { text, values } = insertion(table, row);
      await client.query(text, values);
    }
    return null;
  } catch (error) {
    const { constraint, message } = error as { constraint?: string; message: string };
    return constraint ?? message;
  } finally {
    await client.query('rollback');
    await client.end();
  }
}

const tables = Object.keys(rows) as Table[];

/** Every row that `table` needs before it. */
const before = (table: Table) => tables.slice(0, tables.indexOf(table)).map((name) => [name, rows[name]] as const);

const refusal = (table: Table, change: Row) => refusedBy([...before(table), [table, { ...rows[table], ...change }]]);

const second = (table: Table, change: Row) =>
  refusedBy([...before(table), [table, rows[table]], [table, { ...rows[table], ...change }]]);

it('takes one usable row of every table', async () => {
  expect(await refusedBy(tables.map((table) => [table, rows[table]] as const))).toBeNull();
});

describe('the schema refuses', () => {
  const now = '2026-11-21T12:00:00Z';
  const cancelled = { state: 'cancelled', lease_until: null, proof: 'answer', finished_at: now };
  const manual = { state: 'manual', lease_until: null, reason: 'no_answer', finished_at: now };
  const waiting = { state: 'waiting', lease_until: null, next_check_at: now };

  it.each<[string, Table, Row, string]>([
    ['a payment of nobody', 'payments', { merchant_id: '' }, 'payments_merchant_id_length'],
    ['a merchant id of 65 characters', 'payments', { merchant_id: 'm'.repeat(65) }, 'payments_merchant_id_length'],
    ['a payment without an id', 'payments', { payment_id: '' }, 'payments_payment_id_length'],
    ['a paymentId of 256 characters', 'payments', { payment_id: 'p'.repeat(256) }, 'payments_payment_id_length'],
    ['a negative value', 'payments', { value_in_cents: -1 }, 'payments_value_not_negative'],
    ['a reference of no payment', 'issuer_references', { payment_id: 'P2' }, 'issuer_references_payment'],
    [
      'a reference of another merchant’s payment',
      'issuer_references',
      { merchant_id: 'merchant-2' },
      'issuer_references_payment',
    ],
    ['a cancellation of no payment', 'cancellations', { payment_id: 'P2' }, 'cancellations_payment'],
    ['an unknown state', 'cancellations', { ...waiting, state: 'done' }, 'cancellations_state'],
    [
      'cancelled without a proof',
      'cancellations',
      { ...cancelled, proof: null },
      'cancellations_cancelled_only_on_proof',
    ],
    ['an unknown proof', 'cancellations', { ...cancelled, proof: 'hope' }, 'cancellations_proof'],
    [
      'a proof of what is not cancelled',
      'cancellations',
      { ...waiting, proof: 'answer' },
      'cancellations_cancelled_only_on_proof',
    ],
    ['manual with a proof', 'cancellations', { ...manual, proof: 'query' }, 'cancellations_cancelled_only_on_proof'],
    ['manual without a reason', 'cancellations', { ...manual, reason: null }, 'cancellations_manual_has_reason'],
    ['asking without a lease', 'cancellations', { lease_until: null }, 'cancellations_asking_has_lease'],
    [
      'a lease on what asks nobody',
      'cancellations',
      { ...waiting, lease_until: now },
      'cancellations_asking_has_lease',
    ],
    [
      'waiting without a next check',
      'cancellations',
      { ...waiting, next_check_at: null },
      'cancellations_waiting_has_next_check',
    ],
    ['final and never finished', 'cancellations', { ...manual, finished_at: null }, 'cancellations_final_is_finished'],
    ['finished and open', 'cancellations', { ...waiting, finished_at: now }, 'cancellations_final_is_finished'],
    ['a request about no payment', 'cancellation_requests', { payment_id: 'P2' }, 'cancellation_requests_payment'],
    [
      'a requestId that is empty',
      'cancellation_requests',
      { request_id: '' },
      'cancellation_requests_request_id_length',
    ],
    [
      'a requestId of 256 characters',
      'cancellation_requests',
      { request_id: 'r'.repeat(256) },
      'cancellation_requests_request_id_length',
    ],
    [
      'an answer without its bytes',
      'cancellation_requests',
      { answer_status: 200, answered_at: now },
      'cancellation_requests_answer_whole',
    ],
    [
      'an answer without its status',
      'cancellation_requests',
      { answer_body: '{}', answered_at: now },
      'cancellation_requests_answer_whole',
    ],
    [
      'an answer without its time',
      'cancellation_requests',
      { answer_status: 200, answer_body: '{}' },
      'cancellation_requests_answer_whole',
    ],
    ['the time of no answer', 'cancellation_requests', { answered_at: now }, 'cancellation_requests_answer_whole'],
    ['an open cancellation of no issuer', 'cancellations', { issuer: null }, 'cancellations_open_has_issuer'],
    ['an attempt of no cancellation', 'attempts', { payment_id: 'P2' }, 'attempts_cancellation'],
    ['an unknown kind of attempt', 'attempts', { kind: 'guess' }, 'attempts_kind'],
    ['an unknown outcome', 'attempts', { outcome: 'success', ended_at: now }, 'attempts_outcome'],
    ['an outcome without an end', 'attempts', { outcome: 'unknown' }, 'attempts_ended_with_outcome'],
    ['an end without an outcome', 'attempts', { ended_at: now }, 'attempts_ended_with_outcome'],
    [
      'a callback whose hash is none',
      'issuer_callbacks',
      { body_sha256: Buffer.alloc(20) },
      'issuer_callbacks_hash_length',
    ],
    ['a callback that names nothing', 'issuer_callbacks', { task_id: null }, 'issuer_callbacks_names_one'],
    ['a callback that names two things', 'issuer_callbacks', { reference: '{}' }, 'issuer_callbacks_names_one'],
    ['a callback of unknown worth', 'issuer_callbacks', { news: 'rumour' }, 'issuer_callbacks_news'],
    ['a merchant id with capitals', 'merchants', { merchant_id: 'Merchant' }, 'merchants_merchant_id'],
    ['a merchant id of 61 characters', 'merchants', { merchant_id: 'm'.repeat(61) }, 'merchants_merchant_id'],
    ['a merchant id like a sandbox account', 'merchants', { merchant_id: 'shop-sandbox' }, 'merchants_merchant_id'],
    ['a merchant without a name', 'merchants', { name: '' }, 'merchants_name_length'],
    ['a default merchant for tests', 'merchants', { merchant_id: 'default', is_test: true }, 'merchants_of_settings'],
    ['a test merchant that is none', 'merchants', { merchant_id: 'test-suite' }, 'merchants_of_settings'],
    [
      'a link token that is no digest',
      'merchants',
      { link_token_digest: Buffer.alloc(31) },
      'merchants_link_token_digest',
    ],
    ['credentials of nobody', 'merchant_credentials', { merchant_id: 'merchant-2' }, 'merchant_credentials_merchant'],
    ['a third pair of credentials', 'merchant_credentials', { slot: 3 }, 'merchant_credentials_slot'],
    [
      'a token that is no digest',
      'merchant_credentials',
      { app_token_digest: Buffer.alloc(20) },
      'merchant_credentials_digests',
    ],
    ['an account of nobody', 'issuer_accounts', { merchant_id: 'merchant-2' }, 'issuer_accounts_merchant'],
    ['settings that are no object', 'issuer_accounts', { settings: '[]' }, 'issuer_accounts_settings'],
    ['secrets that are no object', 'issuer_accounts', { secrets: '"secret"' }, 'issuer_accounts_settings'],
    ['a user token of nobody', 'issuer_user_tokens', { merchant_id: 'merchant-2' }, 'issuer_user_tokens_merchant'],
    ['a user token of no user', 'issuer_user_tokens', { user_key: '' }, 'issuer_user_tokens_user_key_length'],
    ['a user token as it is', 'issuer_user_tokens', { refresh_token: '"token"' }, 'issuer_user_tokens_sealed'],
    ['a connection code of nobody', 'connection_codes', { merchant_id: 'merchant-2' }, 'connection_codes_merchant'],
    ['a connection code as it is', 'connection_codes', { code_digest: Buffer.from('code') }, 'connection_codes_digest'],
    [
      'an authorization code of nobody',
      'authorization_codes',
      { merchant_id: 'merchant-2' },
      'authorization_codes_merchant',
    ],
    [
      'an authorization code as it is',
      'authorization_codes',
      { code_digest: Buffer.from('code') },
      'authorization_codes_digest',
    ],
    ['a merchant whose language there is not', 'merchants', { language: 'pt' }, 'merchants_language'],
    ['a person of nobody', 'people', { merchant_id: 'merchant-2' }, 'people_merchant'],
    ['an e-mail in capitals', 'people', { email: 'Maria@store.example' }, 'people_email'],
    ['a person without a name', 'people', { name: '' }, 'people_name_length'],
    ['an unknown role', 'people', { role: 'owner' }, 'people_role'],
    ['a person whose language there is not', 'people', { language: 'pt' }, 'people_language'],
    ['a session of nobody', 'sessions', { person_id: '00000000-0000-4000-8000-000000000011' }, 'sessions_person'],
    ['the token of a session as it is', 'sessions', { token_digest: Buffer.from('token') }, 'sessions_token_digest'],
    ['a session that goes on after its end', 'sessions', { idle_at: '2026-11-22T00:00:01Z' }, 'sessions_limits'],
    [
      'a one-time link of nobody',
      'one_time_links',
      { person_id: '00000000-0000-4000-8000-000000000011' },
      'one_time_links_person',
    ],
    ['a one-time link as it is', 'one_time_links', { token_digest: Buffer.from('x') }, 'one_time_links_token_digest'],
    [
      'something done by nobody that there is',
      'audit_entries',
      { person_id: '00000000-0000-4000-8000-000000000011' },
      'audit_entries_person',
    ],
    ['an action that is a sentence', 'audit_entries', { action: 'Signed in' }, 'audit_entries_action'],
    ['details that are no object', 'audit_entries', { details: '[]' }, 'audit_entries_details'],
    ['an empty subject', 'audit_entries', { subject: '' }, 'audit_entries_subject_length'],
    ['an unknown mode', 'issuer_modes', { mode: 'off' }, 'issuer_modes_mode'],
    [
      'a manual cancellation of no payment',
      'manual_cancellations',
      { payment_id: 'P2' },
      'manual_cancellations_payment',
    ],
    ['an unknown kind of it', 'manual_cancellations', { kind: 'half' }, 'manual_cancellations_kind'],
    ['an unknown reason', 'manual_cancellations', { reason: 'because' }, 'manual_cancellations_reason'],
    ['an unknown state of it', 'manual_cancellations', { state: 'lost' }, 'manual_cancellations_state'],
    ['a partial one without its request', 'manual_cancellations', { kind: 'partial' }, 'manual_cancellations_request'],
    ['a whole one with a request', 'manual_cancellations', { request_id: 'R1' }, 'manual_cancellations_request'],
    [
      'a resolved one that is not closed',
      'manual_cancellations',
      { state: 'resolved', resolution: 'not-needed' },
      'manual_cancellations_closed',
    ],
    [
      'a resolved one that does not say how',
      'manual_cancellations',
      { state: 'resolved', closed_at: now },
      'manual_cancellations_resolved',
    ],
    [
      'an unknown way to resolve one',
      'manual_cancellations',
      { resolution: 'prayer' },
      'manual_cancellations_resolution',
    ],
    ['a taken one that nobody has', 'manual_cancellations', { state: 'taken' }, 'manual_cancellations_taken_has_owner'],
    ['a time at which nobody took it', 'manual_cancellations', { taken_at: now }, 'manual_cancellations_taken_at'],
    [
      'a word that is given while it is open',
      'manual_cancellations',
      { word_counts_at: now },
      'manual_cancellations_word',
    ],
    ['an empty note', 'manual_cancellations', { resolution_note: '' }, 'manual_cancellations_note_length'],
    [
      'an event of no manual cancellation',
      'manual_cancellation_events',
      { manual_cancellation_id: '00000000-0000-4000-8000-000000000009' },
      'manual_cancellation_events_task',
    ],
    ['an unknown kind of event', 'manual_cancellation_events', { kind: 'lost' }, 'manual_cancellation_events_kind'],
    [
      'an event by nobody that there is',
      'manual_cancellation_events',
      { person_id: '00000000-0000-4000-8000-000000000011' },
      'manual_cancellation_events_person',
    ],
    [
      'a hand-over to nobody',
      'manual_cancellation_events',
      { kind: 'handed-over' },
      'manual_cancellation_events_handed_over',
    ],
    [
      'an end that does not say how',
      'manual_cancellation_events',
      { kind: 'resolved' },
      'manual_cancellation_events_resolved',
    ],
    ['an open one that is closed', 'manual_cancellations', { closed_at: now }, 'manual_cancellations_closed'],
    [
      'a notice of no manual cancellation',
      'notices',
      { manual_cancellation_id: '00000000-0000-4000-8000-000000000009' },
      'notices_manual_cancellation',
    ],
    ['a notice of an unknown event', 'notices', { event: 'party' }, 'notices_event'],
    ['a delivered notice that nobody was to get', 'notices', { delivered_at: now }, 'notices_delivered_after_spread'],
    [
      'a recipient of an unknown kind',
      'notice_recipients',
      { kind: 'fax', address: null, secret: null },
      'notice_recipients_kind',
    ],
    [
      'a notice to nobody that there is',
      'notices',
      { event: 'taken', to_person_id: '00000000-0000-4000-8000-000000000010' },
      'notices_to_person',
    ],
    [
      'a notice to one person of what everybody hears of',
      'notices',
      { to_person_id: '00000000-0000-4000-8000-000000000010' },
      'notices_only_taken_to_person',
    ],
    ['a webhook without a secret', 'notice_recipients', { secret: null }, 'notice_recipients_is_whole'],
    ['a person’s recipient of nobody', 'notice_recipients', { kind: 'person' }, 'notice_recipients_is_whole'],
    ['an old secret without an end', 'notice_recipients', { old_secret: '{}' }, 'notice_recipients_old_secret'],
    ['a recipient of an unknown event', 'notice_recipients', { events: ['party'] }, 'notice_recipients_events'],
    ['an unknown pace', 'notice_recipients', { pace: 'yearly' }, 'notice_recipients_pace'],
    ['a digest for machines', 'notice_recipients', { pace: 'hour' }, 'notice_recipients_webhook_at_once'],
    ['a message of an unknown kind', 'notice_messages', { kind: 'poem' }, 'notice_messages_kind'],
    ['a message that nobody tries', 'notice_messages', { next_try_at: null }, 'notice_messages_open_has_next_try'],
    [
      'a message that ended in no way',
      'notice_messages',
      { ended_at: now, next_try_at: null },
      'notice_messages_ended_has_outcome',
    ],
    [
      'a message that ended in an unknown way',
      'notice_messages',
      { ended_at: now, next_try_at: null, outcome: 'eaten' },
      'notice_messages_outcome',
    ],
    [
      'a delivery of no notice',
      'notice_deliveries',
      { notice_id: '00000000-0000-4000-8000-000000000099' },
      'notice_deliveries_notice',
    ],
    [
      'a delivery in no message',
      'notice_deliveries',
      { message_id: '00000000-0000-4000-8000-000000000099' },
      'notice_deliveries_message',
    ],
    ['a settled payment without an id', 'payments', { settled_at: now }, 'payments_settled_has_id'],
    ['a settlement without its time', 'payments', { settle_id: 'S1' }, 'payments_settled_has_id'],
    ['an authorization of no payment', 'authorizations', { payment_id: 'P2' }, 'authorizations_payment'],
    ['an unknown script', 'authorizations', { script: 'maybe' }, 'authorizations_script'],
    [
      'a script that ends later and does not say when',
      'authorizations',
      { script: 'redirect' },
      'authorizations_script_later',
    ],
    ['an end of no script', 'authorizations', { script_final_at: now }, 'authorizations_script_later'],
    ['a negative amount', 'authorizations', { value: -1 }, 'authorizations_value_not_negative'],
    ['an operation on no payment', 'operation_requests', { payment_id: 'P2' }, 'operation_requests_payment'],
    ['an unknown operation', 'operation_requests', { operation: 'cancel' }, 'operation_requests_operation'],
    [
      'an operation without a requestId',
      'operation_requests',
      { request_id: '' },
      'operation_requests_request_id_length',
    ],
    ['a call about what VTEX never created', 'vtex_calls', { payment_id: 'P2' }, 'vtex_calls_authorization'],
    ['a call that says neither', 'vtex_calls', { status: 'undefined' }, 'vtex_calls_status'],
    ['an open call that nobody tries', 'vtex_calls', { next_try_at: null }, 'vtex_calls_open_has_next_try'],
    [
      'a delivered call that is tried again',
      'vtex_calls',
      { delivered_at: now, next_try_at: now },
      'vtex_calls_open_has_next_try',
    ],
    [
      'a call that is delivered and dropped',
      'vtex_calls',
      { delivered_at: now, dropped_at: now, drop_reason: 'cancelled', next_try_at: null },
      'vtex_calls_one_end',
    ],
    [
      'a call that is dropped for no reason',
      'vtex_calls',
      { dropped_at: now, next_try_at: null },
      'vtex_calls_dropped_has_reason',
    ],
    [
      'a call that is dropped for an unknown reason',
      'vtex_calls',
      { dropped_at: now, drop_reason: 'mood', next_try_at: null },
      'vtex_calls_drop_reason',
    ],
  ])('%s', async (_what, table, change, constraint) => {
    expect(await refusal(table, change)).toBe(constraint);
  });

  it.each<[string, Table, Row, string]>([
    ['a second row of a payment', 'payments', { sandbox: true }, 'payments_pk'],
    ['one reference for two payments', 'issuer_references', { late: true, reference: '{}' }, 'issuer_references_pk'],
    ['two references of one payment', 'issuer_references', { identity: '124126' }, 'issuer_references_one_per_payment'],
    ['two cancellations of one payment', 'cancellations', { cancellation_id: 'C2' }, 'cancellations_pk'],
    ['the same request twice', 'cancellation_requests', { authorization_id: 'another' }, 'cancellation_requests_pk'],
    ['two attempts under one number', 'attempts', { kind: 'query' }, 'attempts_pk'],
    ['two merchants under one id', 'merchants', { name: 'Another' }, 'merchants_pk'],
    [
      'two pairs in one slot',
      'merchant_credentials',
      { app_key_digest: Buffer.alloc(32, 3) },
      'merchant_credentials_pk',
    ],
    ['one app key twice', 'merchant_credentials', { slot: 2 }, 'merchant_credentials_app_key_once'],
    ['two accounts in one environment', 'issuer_accounts', { base_url: 'https://x.example' }, 'issuer_accounts_pk'],
    ['two tokens of one user', 'issuer_user_tokens', { refresh_token: '{"a":1}' }, 'issuer_user_tokens_pk'],
    ['two connection codes', 'connection_codes', { code_digest: Buffer.alloc(32, 1) }, 'connection_codes_pk'],
    ['one authorization code twice', 'authorization_codes', {}, 'authorization_codes_pk'],
    [
      'one e-mail twice at a merchant',
      'people',
      { person_id: '00000000-0000-4000-8000-000000000011' },
      'people_email_once',
    ],
    ['one session twice', 'sessions', {}, 'sessions_pk'],
    ['two one-time links of one person', 'one_time_links', { token_digest: Buffer.alloc(32, 1) }, 'one_time_links_pk'],
    ['two modes of one account', 'issuer_modes', { mode: 'manual' }, 'issuer_modes_pk'],
    ['the same callback twice', 'issuer_callbacks', { task_id: 'T2' }, 'issuer_callbacks_pk'],
    ['two authorizations of one payment', 'authorizations', { tid: 'T2' }, 'authorizations_pk'],
    ['the same settle twice', 'operation_requests', { answer_status: 500 }, 'operation_requests_pk'],
    ['the same call to VTEX twice', 'vtex_calls', { tries: 1 }, 'vtex_calls_pk'],
    ['a notice twice for one recipient', 'notice_deliveries', {}, 'notice_deliveries_pk'],
    ['one message twice', 'notice_messages', { kind: 'single' }, 'notice_messages_pk'],
    [
      'two open digests for one recipient',
      'notice_messages',
      { message_id: '00000000-0000-4000-8000-000000000012' },
      'notice_messages_one_open_digest',
    ],
    [
      'one address twice',
      'notice_recipients',
      { recipient_id: '00000000-0000-4000-8000-000000000011' },
      'notice_recipients_address_once',
    ],
    [
      'two whole manual cancellations of one payment',
      'manual_cancellations',
      { manual_cancellation_id: '00000000-0000-4000-8000-000000000003' },
      'manual_cancellations_once',
    ],
  ])('%s', async (_what, table, change, constraint) => {
    expect(await second(table, change)).toBe(constraint);
  });
});

describe('the schema allows', () => {
  it('another merchant the same ids', async () => {
    const ofAnother = (table: Table): Row => ({
      ...rows[table],
      merchant_id: 'merchant-2',
      ...(table === 'merchant_credentials' ? { app_key_digest: Buffer.alloc(32, 9) } : {}),
    });
    const others = tables.map((table) => [table, ofAnother(table)] as const);

    expect(await refusedBy([...tables.map((table) => [table, rows[table]] as const), ...others])).toBeNull();
  });

  it('the same reference in the issuer’s sandbox', async () => {
    const payment = { ...rows.payments, payment_id: 'P2', sandbox: true };
    const reference = { ...rows.issuer_references, payment_id: 'P2', sandbox: true };

    expect(
      await refusedBy([...before('cancellations'), ['payments', payment], ['issuer_references', reference]]),
    ).toBeNull();
  });

  it('one tid for one payment only', async () => {
    const other = { ...rows.authorizations, payment_id: 'P2' };

    expect(
      await refusedBy([
        ...before('operation_requests'),
        ['payments', { ...rows.payments, payment_id: 'P2' }],
        ['authorizations', other],
      ]),
    ).toBe('authorizations_tid');
  });

  it('a settle and a refund under one requestId', async () => {
    expect(await second('operation_requests', { operation: 'refund' })).toBeNull();
  });

  it('a second pair of credentials beside the first one', async () => {
    expect(await second('merchant_credentials', { slot: 2, app_key_digest: Buffer.alloc(32, 9) })).toBeNull();
  });

  it('each account and each user token a version that was never there before', async () => {
    const version = async (table: string) => {
      const [row] = await database.query<{ version: string }>(`select nextval('stored_versions') as version`);
      const [column] = await database.query<{ column_default: string }>(
        `select column_default from information_schema.columns where table_name = $1 and column_name = 'version'`,
        [table],
      );
      return { next: Number(row?.version), from: column?.column_default };
    };

    const [one, other] = [await version('issuer_accounts'), await version('issuer_user_tokens')];

    expect(other.next).toBeGreaterThan(one.next);
    expect([one.from, other.from].every((from) => from?.includes('stored_versions'))).toBe(true);
  });

  it('late references beside the first one', async () => {
    expect(await second('issuer_references', { identity: '124126', late: true })).toBeNull();
  });

  it('a manual cancellation for each partial request', async () => {
    const partial = { kind: 'partial', manual_cancellation_id: '00000000-0000-4000-8000-000000000003' };

    expect(await second('manual_cancellations', { ...partial, request_id: 'R1' })).toBeNull();
  });

  it.each(Object.keys(manualReasons))('the reason %s, which the code knows', async (reason) => {
    expect(await refusal('manual_cancellations', { reason })).toBeNull();
  });
});

it('has every key of a merchant’s data start with the merchant', async () => {
  const keys = await database.query<{ table_name: string; key_name: string; columns: string[] }>(
    `select t.relname as table_name, i.relname as key_name,
            array(select a.attname::text from unnest(x.indkey) with ordinality k(attnum, at)
                  join pg_attribute a on a.attrelid = x.indrelid and a.attnum = k.attnum order by k.at) as columns
     from pg_index x join pg_class t on t.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
     join pg_namespace n on n.oid = t.relnamespace
     where n.nspname = 'public' and x.indisunique
     union all
     select t.relname, c.conname,
            array(select a.attname::text from unnest(side.key) with ordinality k(attnum, at)
                  join pg_attribute a on a.attrelid = side.rel and a.attnum = k.attnum order by k.at)
     from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_namespace n on n.oid = t.relnamespace
     cross join lateral (values (c.conrelid, c.conkey), (c.confrelid, c.confkey)) as side(rel, key)
     where n.nspname = 'public' and c.contype = 'f'`,
  );
  const ofMerchants = keys.filter(
    ({ table_name, key_name }) =>
      !TABLES_WITHOUT_MERCHANT.includes(table_name) && !KEYS_WITHOUT_MERCHANT.includes(key_name),
  );

  expect(ofMerchants.length).toBeGreaterThan(20);
  expect(ofMerchants.filter(({ columns }) => columns[0] !== 'merchant_id')).toEqual([]);
});

it('has a primary key on every table, and no table that this file does not know', async () => {
  const found = await database.query<{ name: string; has_key: boolean }>(
    `select c.relname as name, exists (select 1 from pg_index x where x.indrelid = c.oid and x.indisprimary) as has_key
     from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind in ('r', 'p')
     order by 1`,
  );

  expect(found.map(({ name }) => name)).toEqual([...tables, ...TABLES_WITHOUT_MERCHANT].sort());
  expect(found.filter(({ has_key }) => !has_key)).toEqual([]);
});

describe('while nothing is known of a table', () => {
  let fresh: TestDatabase;

  beforeAll(async () => {
    fresh = await makeTestDatabase();
  });

  afterAll(() => fresh?.drop());

  it.each([
    ['payments', 'merchant_id = $1 and payment_id = $2', 'payments_pk'],
    ['cancellations', 'merchant_id = $1 and payment_id = $2', 'cancellations_pk'],
    ['cancellation_requests', 'merchant_id = $1 and payment_id = $2', 'cancellation_requests_pk'],
    ['attempts', 'merchant_id = $1 and payment_id = $2', 'attempts_pk'],
    ['cancellations', 'merchant_id = $1 and claimed_at >= $2', 'cancellations_by_claim'],
    ['cancellations', 'merchant_id = $1 and issuer = $2 order by claimed_at desc limit 30', 'cancellations_by_issuer'],
  ])('rows of %s are found by (%s) in %s', async (table, what, index) => {
    const plan = await fresh.query<{ 'QUERY PLAN': string }>(
      `explain (generic_plan) select * from ${table} where ${what}`,
    );

    expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toContain(` using ${index} on `);
  });
});

it('names every constraint itself, so that an error can be recognised by name', async () => {
  const unnamed = await database.query(
    `select c.conname from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_namespace n on n.oid = t.relnamespace
     where n.nspname = 'public' and t.relname <> all($1) and c.contype in ('p', 'u', 'f', 'c')
       and c.conname ~ '_(pkey|key|fkey|check)\\d*$' and c.conname !~ 'next_check$'`,
    [TABLES_WITHOUT_MERCHANT],
  );

  expect(unnamed).toEqual([]);
});

describe('the entities', () => {
  let dataSource: DataSource;

  beforeAll(async () => {
    for (const table of tables) {
      const { text, values } = insertion(table, rows[table]);
      await database.query(text, values);
    }
    dataSource = await makeDataSource(database.url, migrationsFolder).initialize();
  });

  afterAll(async () => {
    await dataSource?.destroy();
  });

  it.each(entities.map((entity) => [entity.name, entity] as const))('%s reads its row', async (_name, entity) => {
    const found = await dataSource.manager.find<object>(entity);

    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ merchantId: M });
    const { columns } = dataSource.getMetadata(entity);
    expect(Object.keys(found[0] ?? {}).sort()).toEqual(columns.map(({ propertyName }) => propertyName).sort());
  });

  it.each(entities.map((entity) => [entity.name, entity] as const))(
    '%s has the types, the nulls and the key of its table',
    async (_name, entity) => {
      const metadata = dataSource.getMetadata(entity);
      const columns = await database.query<{ name: string; type: string; nullable: boolean }>(
        `select column_name as name, data_type as type, is_nullable = 'YES' as nullable
         from information_schema.columns where table_schema = 'public' and table_name = $1`,
        [metadata.tableName],
      );
      const wanted = metadata.columns.map(({ databaseName, type, isNullable }) => ({
        name: databaseName,
        type: type === 'timestamptz' ? 'timestamp with time zone' : type,
        nullable: isNullable,
      }));

      expect(columns).toEqual(expect.arrayContaining(wanted));
      const key = await database.query<{ name: string }>(
        `select a.attname as name from pg_index x join pg_attribute a on a.attrelid = x.indrelid and a.attnum = any(x.indkey)
         where x.indrelid = $1::regclass and x.indisprimary`,
        [metadata.tableName],
      );
      expect(metadata.primaryColumns.map(({ databaseName }) => databaseName).sort()).toEqual(
        key.map(({ name }) => name).sort(),
      );
    },
  );
});

describe('the migrations', () => {
  let url: string;
  let server: pg.Client;
  let name: string;

  beforeEach(async () => {
    server = new pg.Client({ connectionString: process.env.TEST_POSTGRES_URL });
    await server.connect();
    name = `test_empty_${randomBytes(6).toString('hex')}`;
    await server.query(`create database ${name}`);
    url = (process.env.TEST_POSTGRES_URL ?? '').replace(/\/postgres$/, `/${name}`);
  });

  afterEach(async () => {
    await server.query(`drop database ${name} with (force)`);
    await server.end();
  });

  async function publicTables(): Promise<string[]> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      const found = await client.query<{ tablename: string }>(
        `select tablename from pg_tables where schemaname = 'public' order by 1`,
      );
      return found.rows.map(({ tablename }) => tablename);
    } finally {
      await client.end();
    }
  }

  async function applied(): Promise<string[]> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      const found = await client.query<{ name: string }>('select name from migrations order by id');
      return found.rows.map(({ name }) => name);
    } finally {
      await client.end();
    }
  }

  const everything = [...tables, ...TABLES_WITHOUT_MERCHANT].sort();
  const migrationCount = readdirSync(migrationsFolder).filter((name) => name.endsWith('.up.sql')).length;

  /** The built script, as a production install runs it, with these settings and nothing of the shell's. */
  async function migrate(
    args: readonly string[],
    environment: Readonly<Record<string, string>> = { DATABASE_URL: url },
  ): Promise<{ code: number | null; out: string; err: string }> {
    const child = spawn(process.execPath, ['bundle/migrate.js', ...args], { env: environment });
    const output = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (output.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output.err += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, ...output };
  }

  it('go up, down and up again', async () => {
    const dataSource = await makeDataSource(url, migrationsFolder).initialize();
    try {
      await dataSource.runMigrations();
      expect(await publicTables()).toEqual(everything);
      expect(await dataSource.showMigrations()).toBe(false);

      for (let left = dataSource.migrations.length; left > 0; left -= 1) await dataSource.undoLastMigration();
      expect(await publicTables()).toEqual(['migrations']);
      expect(await dataSource.showMigrations()).toBe(true);

      await dataSource.runMigrations();
      expect(await publicTables()).toEqual(everything);
    } finally {
      await dataSource.destroy();
    }
  });

  it('may take as long as a large table needs', async () => {
    const dataSource = await makeDataSource(url, migrationsFolder, { isForMigrations: true }).initialize();
    try {
      expect(await dataSource.query('show statement_timeout')).toEqual([{ statement_timeout: '0' }]);
    } finally {
      await dataSource.destroy();
    }
  });

  it('are applied, found applied, and reverted one by one by the built script', async () => {
    expect(await migrate(['run'])).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringMatching(/^Done: \w+/) as string,
    });
    expect(await publicTables()).toEqual(everything);
    expect(await migrate(['run'])).toMatchObject({ code: 0, out: expect.stringContaining('Nothing to do') as string });
    expect(await applied()).toHaveLength(migrationCount);
    const newest = (await applied()).at(-1) ?? '';

    expect(await migrate(['revert'])).toMatchObject({ code: 0, out: expect.stringContaining('Reverted') as string });

    expect(await applied()).toHaveLength(migrationCount - 1);
    expect(await applied()).not.toContain(newest);
  }, 60_000);

  it('leave nothing behind when one fails', async () => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('create table notices (mine text)');
    await client.end();

    const { code, err } = await migrate(['run']);

    expect(code).toBe(1);
    expect(err).toContain('rolled back');
    expect(await publicTables()).toEqual(['migrations', 'notices']);
  });

  it.each([
    ['without DATABASE_URL', ['run'], {}],
    ['with an empty DATABASE_URL', ['run'], { DATABASE_URL: '' }],
    ['without a direction', [], null],
    ['with another direction', ['drop'], null],
  ])('are refused %s', async (_what, args, environment) => {
    const { code, err } = await migrate(args, environment ?? { DATABASE_URL: url });

    expect(code).toBe(2);
    expect(err).toContain('DATABASE_URL=postgres://');
    expect(await publicTables()).toEqual([]);
  });

  it('say that the database is away, without its password', async () => {
    const away = 'postgres://someone:password-of-the-tests@127.0.0.1:1/nothing';

    const { code, out, err } = await migrate(['run'], { DATABASE_URL: away });

    expect(code).toBe(1);
    expect(err).toMatch(/ECONNREFUSED|connect/);
    expect(out + err).not.toContain('password-of-the-tests');
  });
});
