import { Injectable } from '@nestjs/common';
import { Database, statement } from '../database.js';
import { findIssuer } from '../issuers/index.js';
import { IssuerAccounts } from '../issuers/issuer-accounts.js';
import type { Attempt, Cancellation } from './cancellation.js';
import { CancellationStore } from './cancellation-store.js';
import { factsOfCancellation, holdOf, type Facts, type Hold } from './facts.js';
import { rulesOf } from './rules.js';

/** A cancellation that the machine still works on. */
export interface CancellationInProgress {
  readonly paymentId: string;
  readonly orderId: string | null;
  readonly sandbox: boolean;
  /** In currency units, as VTEX sent it; null where it did not. */
  readonly value: number | null;
  readonly currency: string | null;
  readonly issuer: string;
  readonly issuerName: string;
  readonly since: Date;
  /** Null: nothing was sent so far. */
  readonly last: Attempt | null;
  readonly facts: Facts;
}

/** The cancellations in progress at one account. */
export interface AccountInProgress {
  readonly issuer: string;
  readonly issuerName: string;
  readonly sandbox: boolean;
  readonly count: number;
  /** Why nothing is sent for them; null: they go on. */
  readonly hold: Hold | null;
}

const isOpen = `c.state in ('asking', 'waiting')`;

const selectPage = statement(
  'select-cancellations-in-progress',
  `select now() as now, c.payment_id, c.cancellation_id, c.issuer, c.state, c.reason, c.version, c.claimed_at, c.lease_until,
          c.next_check_at, p.sandbox, p.order_id, a.value, a.currency,
          exists (select 1 from issuer_references r where r.merchant_id = c.merchant_id and r.payment_id = c.payment_id and not r.late)
            as is_linked
   from cancellations c
   join payments p using (merchant_id, payment_id)
   left join authorizations a using (merchant_id, payment_id)
   where c.merchant_id = $1 and ${isOpen} and ($2::text is null or c.issuer = $2)
     and ($3::text is null or (c.claimed_at, c.payment_id) >
       (select b.claimed_at, b.payment_id from cancellations b where b.merchant_id = $1 and b.payment_id = $3))
   order by c.claimed_at, c.payment_id limit $4`,
);

const countByAccount = statement(
  'count-cancellations-in-progress',
  `select c.issuer, p.sandbox, count(*)::int as count
   from cancellations c join payments p using (merchant_id, payment_id)
   where c.merchant_id = $1 and ${isOpen} group by c.issuer, p.sandbox order by c.issuer, p.sandbox`,
);

/** Shows what the machine still works on. */
@Injectable()
export class InProgress {
  constructor(
    private readonly database: Database,
    private readonly store: CancellationStore,
    private readonly accounts: IssuerAccounts,
  ) {}

  /** The oldest first. @param after the payment that the page before ended with */
  async page(
    merchantId: string,
    { issuer, after, size }: { readonly issuer: string | null; readonly after: string | null; readonly size: number },
  ): Promise<{ readonly rows: CancellationInProgress[]; readonly hasMore: boolean }> {
    const found = await this.database.run<Row>(selectPage, [merchantId, issuer, after, size + 1]);
    const shown = found.slice(0, size);
    const attempts = await this.store.attemptsOf(
      merchantId,
      shown.map((row) => row.payment_id),
    );
    const rows = shown.map((row) => this.#read(merchantId, row, attempts.get(row.payment_id) ?? []));
    return { rows, hasMore: found.length > size };
  }

  /** How many there are at each account. */
  async byAccount(merchantId: string): Promise<AccountInProgress[]> {
    const rows = await this.database.run<{ issuer: string; sandbox: boolean; count: number }>(countByAccount, [
      merchantId,
    ]);
    return rows.map((row) => ({
      ...row,
      issuerName: nameOf(row.issuer),
      hold: holdOf(this.accounts.find(merchantId, row.issuer, row.sandbox)),
    }));
  }

  #read(merchantId: string, row: Row, attempts: readonly Attempt[]): CancellationInProgress {
    const { issuer, sandbox } = row;
    const account = this.accounts.find(merchantId, issuer, sandbox);
    const facts = factsOfCancellation(readCancellation(row), {
      attempts,
      rules: rulesOf(findIssuer(issuer), account, this.accounts.giveUpMs(issuer)),
      hold: holdOf(account),
      isLinked: row.is_linked,
      now: row.now,
    });
    return {
      paymentId: row.payment_id,
      orderId: row.order_id,
      sandbox,
      value: row.value === null ? null : Number(row.value),
      currency: row.currency,
      issuer,
      issuerName: nameOf(issuer),
      since: row.claimed_at,
      last: attempts.at(-1) ?? null,
      facts,
    };
  }
}

const nameOf = (issuer: string) => findIssuer(issuer)?.name ?? issuer;

const readCancellation = (row: Row): Cancellation => ({
  cancellationId: row.cancellation_id,
  issuer: row.issuer,
  sandbox: row.sandbox,
  state: row.state,
  reason: row.reason,
  version: row.version,
  claimedAt: row.claimed_at,
  leaseUntil: row.lease_until,
  nextCheckAt: row.next_check_at,
});

interface Row {
  readonly now: Date;
  readonly payment_id: string;
  readonly cancellation_id: string;
  /** Held by a constraint: what is open has one. */
  readonly issuer: string;
  readonly state: Cancellation['state'];
  readonly reason: Cancellation['reason'];
  readonly version: number;
  readonly claimed_at: Date;
  readonly lease_until: Date | null;
  readonly next_check_at: Date | null;
  readonly sandbox: boolean;
  readonly order_id: string | null;
  readonly value: string | null;
  readonly currency: string | null;
  readonly is_linked: boolean;
}
