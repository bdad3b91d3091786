import { Injectable } from '@nestjs/common';
import { isIP } from 'node:net';
import { Database, statement } from '../database.js';
import { referenceTextFields } from '../issuers/reference-fields.js';
import { spellingsOf } from './search-words.js';

/** More than a person looks through. */
export const MOST_FOUND = 200;

/** Each branch reads an index of its own, and little of it. */
const findPayments = statement(
  'search-payments',
  `select distinct payment_id from (
     (select payment_id from payments where merchant_id = $1 and payment_id = any($2))
     union all (select payment_id from payments where merchant_id = $1 and order_id = any($2) limit $6)
     union all (select payment_id from payments where merchant_id = $1 and order_id ~>=~ $3 and order_id ~<~ $4 limit $6)
     union all (select payment_id from authorizations where merchant_id = $1 and transaction_id = any($2) limit $6)
     union all (select payment_id from authorizations where merchant_id = $1 and reference = any($2) limit $6)
     union all (select payment_id from authorizations where merchant_id = $1 and tid = any($2))
     union all (select payment_id from cancellations where merchant_id = $1 and cancellation_id = any($2) limit $6)
     union all (select payment_id from cancellation_requests where merchant_id = $1 and request_id = any($2) limit $6)
     union all (select payment_id from operation_requests where merchant_id = $1 and request_id = any($2) limit $6)
     union all (select payment_id from manual_cancellations where merchant_id = $1 and protocol_number = any($2) limit $6)
     union all (select payment_id from manual_cancellations where merchant_id = $1 and manual_cancellation_id = any($7::uuid[]))
     union all (select payment_id from payment_events where merchant_id = $1 and payment_id = any($2) limit $6)
     union all (select r.payment_id from unnest($5::jsonb[]) as part (of_reference)
                join issuer_references r on r.reference @> part.of_reference where r.merchant_id = $1 limit $6)
   ) as found limit $6`,
);

/** A shorter beginning of an order's number fits too many. */
const SHORTEST_BEGINNING = 5;

/** Finds payments by whatever id somebody has in hand. */
@Injectable()
export class PaymentSearch {
  constructor(private readonly database: Database) {}

  /**
   * The payments of this merchant that have this id, by VTEX's, the issuer's or our own ids, at most {@link MOST_FOUND}. An order's number
   * may be its beginning.
   *
   * @param pasted as it came, with blanks, in any case
   */
  async find(merchantId: string, pasted: string): Promise<string[]> {
    const spellings = spellingsOf(pasted);
    // Whose network address it is, nobody needs to find out.
    if (spellings.length === 0 || spellings.some((spelling) => isIP(spelling) !== 0)) return [];
    const beginning =
      spellings.find((spelling) => spelling.length >= SHORTEST_BEGINNING && !spelling.includes(' ')) ?? null;
    const rows = await this.database.run<{ payment_id: string }>(findPayments, [
      merchantId,
      spellings,
      beginning,
      beginning === null ? null : `${beginning}\u{10FFFF}`,
      referencePartsWith(spellings),
      MOST_FOUND,
      spellings.filter((spelling) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(spelling)),
    ]);
    return rows.map(({ payment_id }) => payment_id);
  }
}

const referencePartsWith = (spellings: readonly string[]): string[] =>
  referenceTextFields.flatMap((field) => spellings.map((spelling) => JSON.stringify({ [field]: spelling })));
