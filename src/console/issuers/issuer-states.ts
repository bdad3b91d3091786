import { Injectable } from '@nestjs/common';
import type { IssuerMode } from '../../config.js';
import { Database, statement } from '../../database.js';
import { holdOf, type Hold } from '../../cancellations/facts.js';
import { InProgress } from '../../cancellations/in-progress.js';
import { issuers } from '../../issuers/index.js';
import { IssuerAccounts, type IssuerAccount } from '../../issuers/issuer-accounts.js';
import type { AccountKey } from '../../issuers/issuer-modes.js';
import type { SomeIssuer } from '../../issuers/issuer.js';
import { StoredAccounts, type StoredAccount } from '../../issuers/stored-accounts.js';

/** `unusable`: there are settings, and they are wrong. `failing`: the newest call did not succeed. */
export type IssuerHealth = Hold | 'unusable' | 'unused' | 'failing' | 'ok';

export interface Credential {
  /** As the issuer's settings are called. */
  readonly name: string;
  readonly state: 'set' | 'missing' | 'optional';
}

/** How an issuer answered the last cancellations of an account. */
export interface RecentCalls {
  readonly lastSuccessAt: Date | null;
  readonly lastFaultAt: Date | null;
  /** The issuer's own code of the last fault, or the name of what the network did. */
  readonly lastFaultCode: string | null;
  /** Of at most 100 calls. */
  readonly calls: number;
  readonly medianAnswerMs: number | null;
  /** From the end of a call to the issuer's own message about it. */
  readonly callbackLagMs: number | null;
}

/** One account of a merchant's, or the place where it has none. */
export interface IssuerState extends RecentCalls {
  readonly issuer: string;
  readonly name: string;
  readonly sandbox: boolean;
  readonly health: IssuerHealth;
  /** Null: no account can be used. */
  readonly mode: IssuerMode | null;
  readonly source: 'settings' | 'database' | null;
  /** Of an account in the database. */
  readonly changedAt: Date | null;
  readonly credentials: readonly Credential[];
  readonly hasCallbacks: boolean;
  /** Of the process that answers. */
  readonly callsUnderWay: number;
  readonly inProgress: number;
}

/** So many cancellations of an account are looked at: enough for a hundred calls. */
const MOST_CANCELLATIONS = 100;

const ofCancellations = `
  select r.issuer,
         max(a.ended_at) filter (where a.is_good) as last_success_at,
         max(a.ended_at) filter (where a.is_fault) as last_fault_at,
         (array_agg(coalesce(a.issuer_code, a.http_status::text) order by a.ended_at desc) filter (where a.is_fault))[1]
           as last_fault_code,
         count(*) filter (where a.newest <= 100 and a.answer_ms is not null)::int as calls,
         percentile_cont(0.5) within group (order by a.answer_ms) filter (where a.newest <= 100) as median_answer_ms,
         percentile_cont(0.5) within group (order by a.lag_ms) as callback_lag_ms
  from unnest($2::text[]) as r (issuer)
  join lateral (
    select t.ended_at, t.issuer_code, t.http_status,
           t.kind <> 'callback' and t.outcome not in ('unknown', 'retry') as is_good,
           t.kind <> 'callback' and t.outcome in ('unknown', 'retry') as is_fault,
           case when t.kind <> 'callback' and t.issuer_code is distinct from 'lease-expired'
             then extract(epoch from t.ended_at - t.started_at)::float8 * 1000 end as answer_ms,
           case when t.kind = 'callback' then extract(epoch from t.started_at -
             (select max(b.ended_at) from attempts b where b.merchant_id = $1 and b.payment_id = t.payment_id and b.kind = 'cancel'
                and b.ended_at <= t.started_at))::float8 * 1000 end as lag_ms,
           row_number() over (order by (t.kind = 'callback'), t.started_at desc) as newest
    from (RECENT) c
    join attempts t on t.merchant_id = $1 and t.payment_id = c.payment_id and t.ended_at is not null
  ) a on true
  group by r.issuer`;

/** Nearly all cancellations are live, so that the newest ones are soon found. */
const selectLive = statement(
  'select-recent-calls-live',
  ofCancellations.replace(
    'RECENT',
    `select c.payment_id from cancellations c
     where c.merchant_id = $1 and c.issuer = r.issuer
       and c.payment_id not in (select s.payment_id from payments s where s.merchant_id = $1 and s.sandbox)
     order by c.claimed_at desc limit ${MOST_CANCELLATIONS}`,
  ),
);

const selectSandbox = statement(
  'select-recent-calls-sandbox',
  ofCancellations.replace(
    'RECENT',
    `select c.payment_id from payments p join cancellations c using (merchant_id, payment_id)
     where p.merchant_id = $1 and p.sandbox and c.issuer = r.issuer order by p.created_at desc limit ${MOST_CANCELLATIONS}`,
  ),
);

/** How each issuer is for a merchant. */
@Injectable()
export class IssuerStates {
  constructor(
    private readonly database: Database,
    private readonly accounts: IssuerAccounts,
    private readonly stored: StoredAccounts,
    private readonly inProgress: InProgress,
  ) {}

  /** In the order of the registry, live before sandbox. */
  async of(merchantId: string): Promise<IssuerState[]> {
    const codes = Object.keys(issuers);
    const [stored, open, live, sandbox] = await Promise.all([
      this.stored.ofMerchant(merchantId),
      this.inProgress.byAccount(merchantId),
      this.database.run<RecentRow>(selectLive, [merchantId, codes]),
      this.database.run<RecentRow>(selectSandbox, [merchantId, codes]),
    ]);
    return Object.values<SomeIssuer>(issuers).flatMap((issuer) =>
      [false, true].map((isSandbox) => {
        const key = { merchantId, issuer: issuer.code, sandbox: isSandbox };
        const isThis = (one: { readonly issuer: string; readonly sandbox: boolean }) =>
          one.issuer === issuer.code && one.sandbox === isSandbox;
        const row = (isSandbox ? sandbox : live).find((one) => one.issuer === issuer.code);
        return this.#state(issuer, key, {
          stored: stored.find(isThis) ?? null,
          recent: readRecent(row),
          inProgress: open.find(isThis)?.count ?? 0,
        });
      }),
    );
  }

  #state(
    issuer: SomeIssuer,
    key: AccountKey,
    {
      stored,
      recent,
      inProgress,
    }: { readonly stored: StoredAccount | null; readonly recent: RecentCalls; readonly inProgress: number },
  ): IssuerState {
    const account = this.accounts.find(key.merchantId, key.issuer, key.sandbox);
    const isFromSettings = this.accounts.isFromSettings(key);
    return {
      ...recent,
      issuer: issuer.code,
      name: issuer.name,
      sandbox: key.sandbox,
      health: healthOf(account, stored, recent),
      mode: account?.mode ?? null,
      source: isFromSettings ? 'settings' : stored ? 'database' : null,
      changedAt: isFromSettings ? null : (stored?.changedAt ?? null),
      credentials: credentialsOf(issuer, account, stored),
      hasCallbacks: issuer.callback !== null,
      callsUnderWay: account?.protection.atWork ?? 0,
      inProgress,
    };
  }
}

function healthOf(account: IssuerAccount | null, stored: StoredAccount | null, recent: RecentCalls): IssuerHealth {
  const hold = holdOf(account);
  if (hold === 'not-configured' && stored !== null) return 'unusable';
  if (hold !== null) return hold;
  const { lastSuccessAt, lastFaultAt } = recent;
  if (lastSuccessAt === null && lastFaultAt === null) return 'unused';
  return lastFaultAt !== null && (lastSuccessAt === null || lastFaultAt > lastSuccessAt) ? 'failing' : 'ok';
}

/** Which are there; of none more than that. */
function credentialsOf(
  { settings }: SomeIssuer,
  account: IssuerAccount | null,
  stored: StoredAccount | null,
): Credential[] {
  if (account === null && stored === null) return [];
  const names: readonly string[] = settings.credentials;
  const mandatory: readonly string[] = settings.mandatory;
  const known: Readonly<Record<string, unknown>> = account?.account.settings ?? {
    ...stored?.settings,
    ...stored?.secrets,
  };
  return names.map((name) => ({
    name,
    state: known[name] !== undefined ? 'set' : mandatory.includes(name) && account === null ? 'missing' : 'optional',
  }));
}

interface RecentRow {
  readonly issuer: string;
  readonly last_success_at: Date | null;
  readonly last_fault_at: Date | null;
  readonly last_fault_code: string | null;
  readonly calls: number;
  readonly median_answer_ms: number | null;
  readonly callback_lag_ms: number | null;
}

const readRecent = (row: RecentRow | undefined): RecentCalls => ({
  lastSuccessAt: row?.last_success_at ?? null,
  lastFaultAt: row?.last_fault_at ?? null,
  lastFaultCode: row?.last_fault_code ?? null,
  calls: row?.calls ?? 0,
  medianAnswerMs: row?.median_answer_ms ?? null,
  callbackLagMs: row?.callback_lag_ms ?? null,
});
