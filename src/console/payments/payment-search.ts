import { Injectable } from '@nestjs/common';
import { isIP } from 'node:net';
import { z } from 'zod';
import type { CancellationState } from '../../cancellations/cancellation.js';
import { Database, statement } from '../../database.js';
import { issuers } from '../../issuers/index.js';
import type { SomeIssuer } from '../../issuers/issuer.js';

/** As what an id was found. */
export type FoundBy =
  | 'payment'
  | 'order'
  | 'transaction'
  | 'reference'
  | 'authorization'
  | 'tid'
  | 'request'
  | 'cancellation'
  | 'manual-cancellation'
  | 'issuer-reference'
  | 'issuer-task';

export interface FoundPayment {
  readonly paymentId: string;
  readonly orderId: string | null;
  readonly sandbox: boolean;
  readonly issuer: string | null;
  /** Null: nobody has asked for its cancellation. */
  readonly state: CancellationState | null;
  readonly createdAt: Date;
  readonly foundBy: readonly FoundBy[];
}

/** The most that one page lists. */
export const MOST_FOUND = 50;

/** Shorter texts stand in too many references to tell one from another, such as a card's number in a sequence. */
const SHORTEST_IN_REFERENCE = 4;

const search = statement(
  'search-payments',
  `with found (payment_id, found_by) as (
     (select payment_id, 'payment' from payments where merchant_id = $1 and payment_id = any($2::text[]) limit $5)
     union all
     (select payment_id, 'order' from payments where merchant_id = $1 and order_id = any($2::text[]) limit $5)
     union all
     (select payment_id, 'transaction' from authorizations where merchant_id = $1 and transaction_id = any($2::text[]) limit $5)
     union all
     (select payment_id, 'reference' from authorizations where merchant_id = $1 and reference = any($2::text[]) limit $5)
     union all
     (select payment_id, 'authorization' from authorizations where merchant_id = $1 and authorization_id = any($2::text[]) limit $5)
     union all
     (select payment_id, 'tid' from authorizations where merchant_id = $1 and tid = any($2::text[]) limit $5)
     union all
     (select payment_id, 'request' from cancellation_requests where merchant_id = $1 and request_id = any($2::text[]) limit $5)
     union all
     (select payment_id, 'request' from operation_requests where merchant_id = $1 and request_id = any($2::text[]) limit $5)
     union all
     (select payment_id, 'cancellation' from cancellations
      where merchant_id = $1 and cancellation_id = any($2::text[]) and state = 'cancelled' limit $5)
     union all
     (select payment_id, 'manual-cancellation' from manual_cancellations
      where merchant_id = $1 and manual_cancellation_id = any($3::uuid[]) limit $5)
     union all
     (select payment_id, 'issuer-reference' from issuer_references where merchant_id = $1 and reference @> any($4::jsonb[]) limit $5)
     union all
     (select payment_id, 'issuer-task' from attempts where merchant_id = $1 and task_id = any($2::text[]) limit $5)
   ), payment as (
     select payment_id, array_agg(distinct found_by) as found_by from found group by payment_id
   )
   select p.payment_id, p.order_id, p.sandbox, p.created_at, c.state, f.found_by,
          coalesce(c.issuer, (select r.issuer from issuer_references r where r.merchant_id = $1 and r.payment_id = p.payment_id
                              order by r.late desc, r.linked_at desc limit 1)) as issuer
   from payment f
   join payments p on p.merchant_id = $1 and p.payment_id = f.payment_id
   left join cancellations c on c.merchant_id = $1 and c.payment_id = f.payment_id
   order by p.created_at desc, p.payment_id limit $5`,
);

/** Finds payments by whatever id somebody has. */
@Injectable()
export class PaymentSearch {
  constructor(private readonly database: Database) {}

  /**
   * The newest first.
   * @param pasted as it was pasted
   */
  async find(
    merchantId: string,
    pasted: string,
  ): Promise<{ readonly payments: FoundPayment[]; readonly hasMore: boolean }> {
    const ids = spellingsOf(pasted);
    if (ids.length === 0) return { payments: [], hasMore: false };
    const rows = await this.database.run<Row>(search, [
      merchantId,
      ids,
      ids.filter((id) => UUID.test(id)),
      referencesWith(ids).map((reference) => JSON.stringify(reference)),
      MOST_FOUND + 1,
    ]);
    const payments = rows.slice(0, MOST_FOUND).map((row) => ({
      paymentId: row.payment_id,
      orderId: row.order_id,
      sandbox: row.sandbox,
      issuer: row.issuer,
      state: row.state,
      createdAt: row.created_at,
      foundBy: row.found_by,
    }));
    return { payments, hasMore: rows.length > MOST_FOUND };
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The spellings of an id under which it may be kept: ids are copied with blanks and line breaks in and around them, in quotation marks,
 * in lower case, with the dashes of a UUID or without them, as the last part of an address of VTEX's admin, and orders with the number
 * of their part.
 */
export function spellingsOf(pasted: string): string[] {
  // Characters that nobody sees come along too.
  const visible = pasted.replace(/[\p{Cc}\p{Cf}\p{Cs}\s]+/gu, ' ').trim();
  const address = /^https?:\/\/\S+$/i.test(visible) ? lastPartOf(visible) : visible;
  const id = address.replace(/^[#"'`“”‘’<([]+|["'`“”‘’>)\],.;]+$/gu, '').trim();
  if (id === '') return [];
  const closed = id.replaceAll(' ', '');
  const order = /^(.+)-\d{2}$/.exec(closed)?.[1];
  const bare = closed.replaceAll('-', '');
  const isUuid = /^[0-9a-f]{32}$/i.test(bare);
  const dashed = bare.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const spelt = [id, closed, ...(order === undefined ? [] : [order]), ...(isUuid ? [bare, dashed] : [])];
  const cased = spelt.flatMap((text) => [text, text.toUpperCase(), text.toLowerCase()]);
  return [...new Set(cased)].filter((text) => text.length <= LONGEST_ID);
}

const LONGEST_ID = 255;

function lastPartOf(address: string): string {
  // The part after the hash has a path of its own in VTEX's admin.
  const place = address.split('#').at(-1) ?? '';
  const [path = ''] = place.split('?');
  const last = path.replace(/\/+$/, '').split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** Parts of references that hold one of these as an id; a network address is no id. */
function referencesWith(ids: readonly string[]): Readonly<Record<string, string>>[] {
  const usable = ids.filter((id) => id.length >= SHORTEST_IN_REFERENCE && isIP(id) === 0);
  return referenceFields.flatMap((field) => usable.map((id) => ({ [field]: id })));
}

/** The names that ids have at the issuers, as their folders say them. */
const referenceFields = [
  ...new Set(
    Object.values<SomeIssuer>(issuers).flatMap(({ reference }) => {
      const { properties } = z.toJSONSchema(reference.schema, { io: 'input', unrepresentable: 'any' });
      return Object.keys(properties ?? {});
    }),
  ),
];

interface Row {
  readonly payment_id: string;
  readonly order_id: string | null;
  readonly sandbox: boolean;
  readonly issuer: string | null;
  readonly state: CancellationState | null;
  readonly created_at: Date;
  readonly found_by: FoundBy[];
}
