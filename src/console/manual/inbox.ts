import { Injectable } from '@nestjs/common';
import { Database, statement, unnamed } from '../../database.js';
import { findIssuer } from '../../issuers/index.js';
import type { ManualKind } from '../../manual-cancellations/manual-cancellations.js';
import type { ManualReason } from '../../manual-cancellations/manual-reason.js';
import type { Resolution } from '../../manual-cancellations/resolution.js';
import { partInUnits } from '../frame/amounts.js';
import type { Cursor, InboxQuery, InboxSort } from './inbox-query.js';
import type { ManualState } from '../frame/parts.js';
import { PaymentSearch, spellingsOf } from '../payments/payment-search.js';
import type { Visitor } from '../frame/visitor.js';

/** So many rows has a page. */
export const PAGE_SIZE = 50;

/** Counting further tells a person nothing, and takes time. */
export const MOST_COUNTED = 10_000;

/** Of what a filter may have to look for among all. */
export const MOST_FOUND = 1_000;

/** One manual cancellation in the list. A file has its times as texts. */
export interface InboxRow<Time = Date> {
  readonly manualCancellationId: string;
  readonly version: number;
  readonly paymentId: string;
  readonly orderId: string | null;
  readonly transactionId: string | null;
  readonly requestId: string | null;
  readonly kind: ManualKind;
  readonly reason: ManualReason;
  readonly state: ManualState;
  readonly resolution: Resolution | null;
  readonly note: string | null;
  readonly protocolNumber: string | null;
  /** Null: not known. */
  readonly issuerName: string | null;
  /** In currency units; null: not known. */
  readonly amount: number | null;
  readonly currency: string | null;
  readonly sandbox: boolean;
  readonly openedAt: Time;
  readonly dueAt: Time;
  readonly closedAt: Time | null;
  readonly takenBy: string | null;
  /** Of whoever has it, or resolved it. */
  readonly ownerName: string | null;
}

export interface InboxPage {
  readonly rows: readonly InboxRow[];
  /** Where the next page begins; null: there is none. */
  readonly next: Cursor | null;
  /** All that fit the query, counted up to {@link MOST_FOUND} and one more. */
  readonly count: number;
}

/** Each counted up to {@link MOST_COUNTED} and one more. */
export interface InboxCounts {
  readonly open: number;
  readonly overdue: number;
  readonly mine: number;
  /** In the last seven days. */
  readonly resolved: number;
  readonly oldestAt: Date | null;
  /** When the newest of the open ones was opened: what comes later is news. */
  readonly newestAt: Date | null;
}

const countAll = statement(
  'inbox-counts',
  `select
     (select count(*)::int from (select from manual_cancellations
       where merchant_id = $1 and state in ('open', 'taken') limit $3) o) as open,
     (select count(*)::int from (select from manual_cancellations
       where merchant_id = $1 and state in ('open', 'taken') and due_at <= now() limit $3) d) as overdue,
     (select count(*)::int from (select from manual_cancellations
       where merchant_id = $1 and state = 'taken' and taken_by = $2 limit $3) t) as mine,
     (select count(*)::int from (select from manual_cancellations
       where merchant_id = $1 and state = 'resolved' and closed_at > now() - interval '7 days' limit $3) r) as resolved,
     (select min(opened_at) from manual_cancellations where merchant_id = $1 and state in ('open', 'taken')) as "oldestAt",
     (select max(opened_at) from manual_cancellations where merchant_id = $1 and state in ('open', 'taken')) as "newestAt"`,
);

const countNews = statement(
  'inbox-news',
  `select count(*)::int as news from (select from manual_cancellations
     where merchant_id = $1 and state in ('open', 'taken') and opened_at > $2 limit 100) n`,
);

const selectWorkers = statement(
  'inbox-people',
  `select person_id as "personId", name from people
   where merchant_id = $1 and role in ('operator', 'admin') and disabled_at is null order by name, person_id limit 500`,
);

/** Who has it, or resolved it. One that was opened again has nobody, whoever resolved it before. */
const owner = `case when m.state in ('open', 'taken') then m.taken_by else m.resolved_by end`;

/** What of a row `m` is shown, and where it comes from. */
const columns = `m.manual_cancellation_id, m.version, m.payment_id, m.request_id, m.kind, m.reason, m.state, m.resolution,
  m.resolution_note, m.protocol_number, m.issuer, m.taken_by,
  p.order_id, p.sandbox, p.value_in_cents, a.currency, a.transaction_id, c.value as part_value, o.value as refund_value, w.name`;
const times = 'm.opened_at, m.due_at, m.closed_at';

/** 2026-11-21 14:05 in this time zone, which every spreadsheet reads as a time; by the database, because it costs us much memory. */
const timesIn = (timeZone: string) =>
  ['opened_at', 'due_at', 'closed_at']
    .map((column) => `to_char(m.${column} at time zone ${timeZone}, 'YYYY-MM-DD HH24:MI') as ${column}`)
    .join(', ');

const joins = `join payments p on p.merchant_id = m.merchant_id and p.payment_id = m.payment_id
  left join authorizations a on a.merchant_id = m.merchant_id and a.payment_id = m.payment_id
  left join cancellation_requests c on m.kind = 'partial' and c.merchant_id = m.merchant_id and c.payment_id = m.payment_id
    and c.request_id = m.request_id
  left join operation_requests o on m.kind = 'refund' and o.merchant_id = m.merchant_id and o.payment_id = m.payment_id
    and o.operation = 'refund' and o.request_id = m.request_id
  left join people w on w.merchant_id = m.merchant_id and w.person_id = ${owner}`;

const selectSome = statement(
  'inbox-rows-by-id',
  `select ${columns}, ${times} from manual_cancellations m ${joins} where m.merchant_id = $1 and m.manual_cancellation_id = any($2)`,
);

/** What people have to do, as lists. */
@Injectable()
export class Inbox {
  constructor(
    private readonly database: Database,
    private readonly search: PaymentSearch,
  ) {}

  async counts({ merchantId, personId }: Visitor): Promise<InboxCounts> {
    const [counts] = await this.database.run<InboxCounts>(countAll, [merchantId, personId, MOST_COUNTED + 1]);
    if (!counts) throw new Error('Bug: counting gives a row');
    return counts;
  }

  /** How many were opened after this moment, and are still open; at most 100. */
  async news({ merchantId }: Visitor, since: Date): Promise<number> {
    const [row] = await this.database.run<{ news: number }>(countNews, [merchantId, since]);
    return row?.news ?? 0;
  }

  /** Who can have one, by their names. */
  async people({ merchantId }: Visitor): Promise<readonly { readonly personId: string; readonly name: string }[]> {
    return this.database.run(selectWorkers, [merchantId]);
  }

  async page(visitor: Visitor, query: InboxQuery): Promise<InboxPage> {
    const wanted = await this.#conditions(visitor, query);
    const [found, count] = await Promise.all([
      this.#rows<Date>(wanted, query, { limit: PAGE_SIZE + 1, times }),
      this.#count(wanted),
    ]);
    const rows = found.slice(0, PAGE_SIZE);
    const last = rows.at(-1);
    const next = found.length > PAGE_SIZE && last ? cursorOf(last) : null;
    return { rows: rows.map(fromRow), next, count };
  }

  /**
   * All that fit the query, in its order: each call of what this returns gives the next `size` of them, and none at the end. No more than
   * that is held, and nothing between the calls. Times are in the store's zone.
   */
  async reader(visitor: Visitor, query: InboxQuery, size: number): Promise<() => Promise<readonly InboxRow<string>[]>> {
    const wanted = await this.#conditions(visitor, query);
    const add = adder(wanted.values);
    const texts = timesIn(add(visitor.timeZone));
    const zoned = { ...wanted, values: add.values };
    let { after } = query;
    let isOver = false;
    return async () => {
      if (isOver) return [];
      const rows = await this.#rows<string>(zoned, { ...query, after }, { limit: size, times: texts });
      const last = rows.at(-1);
      isOver = rows.length < size;
      if (last) after = cursorOf(last);
      return rows.map((row) => fromRow(row));
    };
  }

  /** Those of them that this merchant has. */
  async some({ merchantId }: Visitor, ids: readonly string[]): Promise<InboxRow[]> {
    return (await this.database.run<Row<Date>>(selectSome, [merchantId, ids])).map(fromRow);
  }

  async #rows<Time>(
    { conditions, values }: Wanted,
    query: InboxQuery,
    { limit, times: shownTimes }: { readonly limit: number; readonly times: string },
  ): Promise<Row<Time>[]> {
    const column = sortColumns[query.sort];
    // The oldest is the one that was opened first.
    const isUp = (query.direction === 'asc') !== (query.sort === 'age');
    const order = (row: string) =>
      `${row}.${column} ${isUp ? 'asc' : 'desc'}, ${row}.manual_cancellation_id ${isUp ? 'asc' : 'desc'}`;
    const add = adder(values);
    const page = query.after
      ? [`(m.${column}, m.manual_cancellation_id) ${isUp ? '>' : '<'} (${add(query.after.at)}, ${add(query.after.id)})`]
      : [];
    const text = `select ${columns}, ${shownTimes}, to_char(m.${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as sorted_at
      from (select m.* from manual_cancellations m where ${[...conditions, ...page].join(' and ')}
            order by ${order('m')} limit ${limit}) m
      ${joins} order by ${order('m')}`;
    return this.database.run<Row<Time>>(unnamed(text), add.values);
  }

  async #count({ conditions, values }: Wanted): Promise<number> {
    const text = `select count(*)::int as count from (select from manual_cancellations m where ${conditions.join(' and ')}
      limit ${MOST_FOUND + 1}) one`;
    const [row] = await this.database.run<{ count: number }>(unnamed(text), values);
    return row?.count ?? 0;
  }

  /** Conditions on a row `m`, with the values that they name. */
  async #conditions(visitor: Visitor, query: InboxQuery): Promise<Wanted> {
    const add = adder([]);
    const conditions = [`m.merchant_id = ${add(visitor.merchantId)}`];
    if (query.view === 'mine') conditions.push(`m.state = 'taken' and m.taken_by = ${add(visitor.personId)}`);
    else conditions.push(...viewConditions[query.view]);
    if (query.issuer !== null) {
      conditions.push(query.issuer === 'none' ? 'm.issuer is null' : `m.issuer = ${add(query.issuer)}`);
    }
    if (query.reason !== null) conditions.push(`m.reason = ${add(query.reason)}`);
    if (query.kind !== null) conditions.push(`m.kind = ${add(query.kind)}`);
    if (query.owner === 'nobody') conditions.push(`${owner} is null`);
    else if (query.owner !== null) {
      conditions.push(`${owner} = ${add(query.owner === 'me' ? visitor.personId : query.owner)}`);
    }
    if (query.age !== null) conditions.push(ageConditions[query.age]);
    if (query.closed !== null) conditions.push(closedConditions[query.closed]);
    if (query.environment !== null) {
      conditions.push(
        `exists (select from payments e where e.merchant_id = m.merchant_id and e.payment_id = m.payment_id
          and e.sandbox = ${add(query.environment === 'sandbox')})`,
      );
    }
    if (query.q !== '') {
      const { payments } = await this.search.find(visitor.merchantId, query.q);
      const found = add(payments.map(({ paymentId }) => paymentId));
      conditions.push(`(m.payment_id = any(${found}) or m.protocol_number = any(${add(spellingsOf(query.q))}))`);
    }
    return { conditions, values: add.values };
  }
}

interface Wanted {
  readonly conditions: readonly string[];
  readonly values: readonly unknown[];
}

const viewConditions = {
  open: [`m.state in ('open', 'taken')`],
  overdue: [`m.state in ('open', 'taken')`, 'm.due_at <= now()'],
  resolved: [`m.state = 'resolved'`],
  all: [],
} as const;

const ageConditions = {
  new: `m.opened_at > now() - interval '1 day'`,
  '1d': `m.opened_at <= now() - interval '1 day'`,
  '3d': `m.opened_at <= now() - interval '3 days'`,
  '7d': `m.opened_at <= now() - interval '7 days'`,
} as const;

const closedConditions = {
  '7d': `m.closed_at > now() - interval '7 days'`,
  '30d': `m.closed_at > now() - interval '30 days'`,
} as const;

const sortColumns: Readonly<Record<InboxSort, string>> = { age: 'opened_at', due: 'due_at', closed: 'closed_at' };

/** Adds a value to these, and answers its place in the text. */
function adder(before: readonly unknown[]) {
  const values = [...before];
  return Object.assign((value: unknown) => `$${values.push(value)}`, { values });
}

interface Row<Time> {
  readonly manual_cancellation_id: string;
  readonly version: number;
  readonly payment_id: string;
  readonly request_id: string | null;
  readonly kind: ManualKind;
  readonly reason: ManualReason;
  readonly state: ManualState;
  readonly resolution: Resolution | null;
  readonly resolution_note: string | null;
  readonly protocol_number: string | null;
  readonly issuer: string | null;
  readonly opened_at: Time;
  readonly due_at: Time;
  readonly closed_at: Time | null;
  readonly taken_by: string | null;
  readonly order_id: string | null;
  readonly sandbox: boolean;
  readonly value_in_cents: string | null;
  readonly currency: string | null;
  readonly transaction_id: string | null;
  readonly part_value: string | null;
  readonly refund_value: string | null;
  readonly name: string | null;
  readonly sorted_at: string;
}

const cursorOf = ({ sorted_at, manual_cancellation_id }: Row<unknown>): Cursor => ({
  at: sorted_at,
  id: manual_cancellation_id,
});

const fromRow = <Time>(row: Row<Time>): InboxRow<Time> => ({
  manualCancellationId: row.manual_cancellation_id,
  version: row.version,
  paymentId: row.payment_id,
  orderId: row.order_id,
  transactionId: row.transaction_id,
  requestId: row.request_id,
  kind: row.kind,
  reason: row.reason,
  state: row.state,
  resolution: row.resolution,
  note: row.resolution_note,
  protocolNumber: row.protocol_number,
  issuerName: row.issuer === null ? null : (findIssuer(row.issuer)?.name ?? row.issuer),
  amount: amountOf(row),
  currency: row.currency,
  sandbox: row.sandbox,
  openedAt: row.opened_at,
  dueAt: row.due_at,
  closedAt: row.closed_at,
  takenBy: row.taken_by,
  ownerName: row.name,
});

/** What this one is about, in currency units: the part that a partial cancel names, what a refund gives back, else the payment's value. */
export function amountOf({
  kind,
  part_value,
  refund_value,
  value_in_cents,
}: Pick<Row<unknown>, 'kind' | 'part_value' | 'refund_value' | 'value_in_cents'>): number | null {
  if (kind === 'refund') return refund_value === null ? null : Number(refund_value);
  if (kind === 'partial') return part_value === null ? null : partInUnits(part_value);
  return value_in_cents === null ? null : Number(value_in_cents) / 100;
}
