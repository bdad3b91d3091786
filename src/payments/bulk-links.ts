import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import { Database, statement, type Transaction } from '../database.js';
import { isIdentifier } from '../vtex/reading.js';
import { readLinkBody } from './link-payment.body.js';
import { differs, PaymentLinks, type Link, type LinkResult } from './payment-links.js';

/** What became of one of many links, in the words of {@link LinkResult}; `paymentId` is null where it cannot be read. */
export type BulkLinkResult = LinkResult & { readonly paymentId: string | null };

/** So many fit into a body of 64 kB; more would hold their rows locked for longer than a cancel should wait. */
export const MOST_LINKS = 500;

const selectLinks = statement(
  'select-links-of-payments',
  `select p.payment_id, p.sandbox, p.value_in_cents, p.order_id, r.issuer, r.identity, r.reference
   from payments p
   join issuer_references r on r.merchant_id = p.merchant_id and r.payment_id = p.payment_id and not r.late
   where p.merchant_id = $1 and p.payment_id = any($2)`,
);

/**
 * Payments that are new come with their references; nobody sees them before the commit. One whose reference is held by another payment
 * is made without it, and told apart by `is_linked`.
 */
const insertLinked = statement(
  'insert-linked-payments',
  `with input as (
     select * from unnest($2::text[], $3::text[], $4::text[], $5::boolean[], $6::jsonb[], $7::bigint[], $8::text[])
       as t (payment_id, issuer, identity, sandbox, reference, value_in_cents, order_id)
   ), made as (
     insert into payments (merchant_id, payment_id, sandbox, seen_before, value_in_cents, order_id)
     select $1, payment_id, sandbox, true, value_in_cents, order_id from input order by payment_id
     on conflict on constraint payments_pk do nothing
     returning payment_id
   ), linked as (
     insert into issuer_references (merchant_id, issuer, sandbox, identity, payment_id, reference, late)
     select $1, issuer, sandbox, identity, payment_id, reference, false from input join made using (payment_id)
     order by issuer, sandbox, identity
     on conflict on constraint issuer_references_pk do nothing
     returning payment_id, issuer
   ), told as (
     insert into payment_events (merchant_id, payment_id, kind, words)
     select $1, payment_id, 'linked', 'Linked to ' || issuer || '.' from linked
   )
   select payment_id, linked.payment_id is not null as is_linked from made left join linked using (payment_id)`,
);

const deleteUnlinked = statement(
  'delete-unlinked-payments',
  'delete from payments where merchant_id = $1 and payment_id = any($2)',
);

/** Two imports that cross: one of them is ended by Postgres, and changed nothing. */
const DEADLOCK = '40P01';

/** Links many payments at once, as a merchant does that has sold cards before it had us. */
@Injectable()
export class BulkLinks {
  constructor(
    private readonly database: Database,
    private readonly links: PaymentLinks,
  ) {}

  /**
   * Each link as `PaymentLinks.link` does it: one that is wrong, or conflicts, holds up no other one, and all of it may be sent again.
   * Links of payments that are new, and links that are there already, cost a few statements for all of them; the others some each.
   *
   * @param items at most {@link MOST_LINKS}, as they came; each a `paymentId` beside the fields of a link
   * @returns one result for each, in their order
   */
  async link(merchantId: string, items: readonly unknown[]): Promise<BulkLinkResult[]> {
    const read = await Promise.all(items.map((item) => this.#read(merchantId, item)));
    const links = firstOfEach(read.flatMap((one) => ('link' in one ? [one.link] : [])));
    const done = await this.#linkUsual(merchantId, links);
    const results: BulkLinkResult[] = [];
    for (const one of read) {
      if ('result' in one) results.push(one.result);
      else {
        const { paymentId } = one.link;
        results.push({ paymentId, ...(done.get(one.link) ?? (await this.links.linkOne(one.link))) });
      }
    }
    return results;
  }

  async #read(
    merchantId: string,
    item: unknown,
  ): Promise<{ readonly link: Link } | { readonly result: BulkLinkResult }> {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) {
      return { result: { paymentId: null, kind: 'invalid', fields: { link: 'must be an object' } } };
    }
    const { paymentId, ...body } = item as Readonly<Record<string, unknown>>;
    const { link: given, fields: wrong } = await readLinkBody(body);
    const isKnown = isIdentifier(paymentId);
    const link = isKnown && Object.keys(wrong).length === 0 ? this.links.read(merchantId, paymentId, given) : null;
    if (link && !('fields' in link)) return { link };
    const fields = {
      ...(isKnown ? {} : { paymentId: 'must be text of 1 to 255 characters without control characters' }),
      ...this.links.faults(merchantId, given),
      ...wrong,
    };
    return { result: { paymentId: isKnown ? paymentId : null, kind: 'invalid', fields } };
  }

  /** The new ones and the unchanged ones among them; the others are in no result. */
  async #linkUsual(merchantId: string, links: readonly Link[]): Promise<ReadonlyMap<Link, LinkResult>> {
    const done = new Map<Link, LinkResult>();
    if (links.length === 0) return done;
    const ids = links.map(({ paymentId }) => paymentId);
    const rows = await this.database.run<LinkedRow>(selectLinks, [merchantId, ids]);
    const known = new Map(rows.map((row) => [row.payment_id, row]));
    for (const link of links) {
      const row = known.get(link.paymentId);
      if (row && isUnchanged(row, link)) done.set(link, { kind: 'same' });
    }
    const linked = await this.#insert(
      merchantId,
      links.filter(({ paymentId }) => !known.has(paymentId)),
    );
    for (const link of links) if (linked.has(link.paymentId)) done.set(link, { kind: 'linked' });
    return done;
  }

  async #insert(merchantId: string, links: readonly Link[]): Promise<ReadonlySet<string>> {
    if (links.length === 0) return new Set();
    try {
      return await this.database.transaction((sql) => insert(sql, merchantId, links));
    } catch (error) {
      if ((error as { code?: unknown }).code !== DEADLOCK) throw error;
      return new Set();
    }
  }
}

async function insert(sql: Transaction, merchantId: string, links: readonly Link[]): Promise<ReadonlySet<string>> {
  const made = await sql.run<{ payment_id: string; is_linked: boolean }>(insertLinked, [
    merchantId,
    links.map(({ paymentId }) => paymentId),
    links.map(({ issuer }) => issuer),
    links.map(({ identity }) => identity),
    links.map(({ sandbox }) => sandbox),
    links.map(({ reference }) => JSON.stringify(reference)),
    links.map(({ valueInCents }) => valueInCents),
    links.map(({ orderId }) => orderId),
  ]);
  const idsOf = (isLinked: boolean) =>
    made.filter((row) => row.is_linked === isLinked).map(({ payment_id }) => payment_id);
  // Known and without a reference, they would be answered as cancelled.
  const unlinked = idsOf(false);
  if (unlinked.length > 0) await sql.run(deleteUnlinked, [merchantId, unlinked]);
  return new Set(idsOf(true));
}

/** Of the links that name one payment, or one reference, the first; the others have to see what became of it. */
function firstOfEach(links: readonly Link[]): Link[] {
  const seen = new Set<string>();
  return links.filter(({ paymentId, issuer, sandbox, identity }) => {
    const names = [`payment ${paymentId}`, `reference ${issuer} ${sandbox} ${identity}`];
    const isFirst = names.every((name) => !seen.has(name));
    for (const name of names) seen.add(name);
    return isFirst;
  });
}

/** Linking it again would write nothing. */
const isUnchanged = (row: LinkedRow, link: Link): boolean =>
  row.issuer === link.issuer &&
  row.identity === link.identity &&
  row.sandbox === link.sandbox &&
  isDeepStrictEqual(row.reference, link.reference) &&
  !differs(row.value_in_cents, link) &&
  (link.valueInCents === null || row.value_in_cents !== null) &&
  (link.orderId === null || link.orderId === row.order_id);

interface LinkedRow {
  readonly payment_id: string;
  readonly sandbox: boolean;
  readonly value_in_cents: string | null;
  readonly order_id: string | null;
  readonly issuer: string;
  readonly identity: string;
  readonly reference: unknown;
}
