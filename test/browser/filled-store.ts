import { newId } from '../support/service.js';
import { until } from '../support/until.js';
import { Store } from './store.js';

export interface FilledStore {
  readonly store: Store;
  /** The address of every page that somebody who is signed in can open, by a name for its picture. */
  readonly pages: Readonly<Record<string, string>>;
}

/** A store in which every page has something to show. */
export async function fillStore(): Promise<FilledStore> {
  const store = await Store.open({ QITECH_TIMEOUT_MS: '500', VTEX_ACCOUNT: 'lojax' });
  await store.service.internal('PUT', 'merchants/default', { name: 'Loja X', vtexAccount: 'lojax' });
  const refused = await store.cancel('corecard', 'refuses', { orderId: '1172452900788-01' });
  const taken = await store.cancel('vault', 'refuses', { orderId: '1172452900789-01' });
  const resolved = await store.cancel('artha', 'not-found', { orderId: '1172452900790-01' });
  await store.cancel('qitech', 'not-found', { orderId: '1172452900791-01', sandbox: true });
  const cancelled = await store.cancel('vault', 'works', { orderId: '1172452900792-01' });
  const waiting = await store.cancel('qitech', 'hangs', { orderId: '1172452900793-01' });
  await store.service.cancel(newId(), { requestId: newId() });
  await fillHistory(store);
  const operator = await store.person('pt-BR', 'operator', 'João Pereira');
  await store.database.query(
    `update manual_cancellations set state = 'taken', taken_by = $2, taken_at = now() where payment_id = $1`,
    [taken, operator.personId],
  );
  const path = await store.pathOfManual(resolved);
  await operator.submit(
    `${path}/resolve`,
    { resolution: 'refunded-instead', note: 'Combinado com o cliente.', protocol: '2026-11' },
    path,
  );
  await store.database.query(
    `update manual_cancellations set opened_at = opened_at - interval '30 hours', due_at = due_at - interval '30 hours' where payment_id = $1`,
    [refused],
  );
  const admin = await store.person('pt-BR', 'admin', 'Ana Costa');
  await admin.submit(
    '/console/notifications/email',
    { email: 'financeiro@lojax.example', language: 'pt-BR' },
    '/console/notifications',
  );
  await until('a mail', () => store.service.outbox.mails.length > 0);
  return {
    store,
    pages: {
      inbox: '/console/manual-cancellations',
      'inbox-all': '/console/manual-cancellations?view=all',
      'inbox-empty': '/console/manual-cancellations?q=nothing-like-this',
      'manual-open': await store.pathOfManual(refused),
      'manual-taken': await store.pathOfManual(taken),
      'manual-resolved': path,
      'in-progress': '/console/in-progress',
      'take-over': `/console/payments/${waiting}/take-over`,
      payment: `/console/payments/${cancelled}`,
      'payment-waiting': `/console/payments/${waiting}`,
      search: '/console/payments?q=117245290079',
      'search-nothing': '/console/payments?q=nothing',
      overview: '/console/overview',
      notifications: '/console/notifications',
      issuers: '/console/issuers',
      people: '/console/people',
      audit: '/console/audit',
      account: '/console/account',
      outbox: '/console/outbox',
      nothing: '/console/nothing',
    },
  };
}

/** Thirty days of cancellations, so that the overview has columns to draw. */
async function fillHistory({ database }: Store): Promise<void> {
  await database.query(`
    with days as (select n, now() - n * interval '7 hours' as at, 'H' || lpad(n::text, 31, '0') as payment_id from generate_series(1, 100) n),
    paid as (
      insert into payments (merchant_id, payment_id, sandbox, seen_before, created_at)
      select 'default', payment_id, false, true, at from days returning payment_id
    ), done as (
      insert into cancellations (merchant_id, payment_id, cancellation_id, issuer, state, reason, proof, version, claimed_at, finished_at)
      select 'default', payment_id, 'C' || payment_id, (array['vault', 'artha', 'corecard', 'qitech'])[1 + n % 4],
             case when n % 7 = 0 then 'manual' else 'cancelled' end, case when n % 7 = 0 then 'refused_by_issuer' end,
             case when n % 7 <> 0 then 'answer' end, case when n % 5 = 0 then 4 else 2 end, at, at + interval '3 seconds'
      from days returning payment_id
    )
    insert into attempts (merchant_id, payment_id, attempt_no, kind, outcome, started_at, ended_at)
    select 'default', payment_id, tries, 'cancel', case when tries = 1 and n % 5 = 0 then 'unknown' when n % 7 = 0 then 'refused' else 'cancelled' end,
           at + tries * interval '1 second', at + tries * interval '1 second'
    from days, generate_series(1, case when n % 5 = 0 then 2 else 1 end) tries
    where exists (select from paid) and exists (select from done)`);
}
