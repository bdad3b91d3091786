import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { DEFAULT_MERCHANT } from '../config.js';
import { Database, statement, type Sql, type Transaction } from '../database.js';
import { findIssuer } from '../issuers/index.js';
import { IssuerAccounts } from '../issuers/issuer-accounts.js';
import type { SomeIssuer } from '../issuers/issuer.js';
import { LateLinks } from './late-links.js';
import type { LinkPaymentBody } from './link-payment.body.js';
import { NewLinks } from './new-links.js';
import { recordEvent } from './payment-event.js';
import { lockPaymentRow } from './payment-row.js';

/** What a link came to. `conflict` changes nothing, but for a late link, whose reference is kept. */
export type Linked =
  { readonly kind: 'linked' } | { readonly kind: 'same' } | { readonly kind: 'conflict'; readonly why: string };

export type LinkResult = Linked | { readonly kind: 'invalid'; readonly fields: WrongFields };

/** By the field's name, what it must be. */
export type WrongFields = Readonly<Record<string, string>>;

/** A link that was read and is not wrong in itself. */
export interface Link {
  readonly merchantId: string;
  readonly paymentId: string;
  readonly issuer: string;
  readonly reference: Readonly<Record<string, unknown>>;
  readonly identity: string;
  readonly sandbox: boolean;
  readonly valueInCents: number | null;
  readonly orderId: string | null;
}

interface LockedPayment {
  readonly sandbox: boolean;
  readonly value_in_cents: string | null;
  readonly has_cancellation: boolean;
  readonly issuer: string | null;
  readonly identity: string | null;
  readonly reference: unknown;
}

const loadPayment = statement(
  'load-payment-to-link',
  `select p.sandbox, p.value_in_cents, r.issuer, r.identity, r.reference,
          exists (select 1 from cancellations c where c.merchant_id = p.merchant_id and c.payment_id = p.payment_id) as has_cancellation
   from payments p
   left join issuer_references r on r.merchant_id = p.merchant_id and r.payment_id = p.payment_id and not r.late
   where p.merchant_id = $1 and p.payment_id = $2`,
);

const insertReference = statement(
  'insert-issuer-reference',
  `insert into issuer_references (merchant_id, issuer, sandbox, identity, payment_id, reference, late) values ($1, $2, $3, $4, $5, $6, $7)
   on conflict on constraint issuer_references_pk do nothing returning 1`,
);

const selectHolder = statement(
  'select-reference-holder',
  'select payment_id from issuer_references where merchant_id = $1 and issuer = $2 and sandbox = $3 and identity = $4',
);

/**
 * The version moves, so that a claim that has looked before looks again. A payment whose refund was the first we heard of it is known
 * from its link on; one whose cancel was stays as it is.
 */
const completePayment = statement(
  'complete-payment',
  `update payments set value_in_cents = coalesce(value_in_cents, $3), order_id = coalesce($4, order_id), version = version + 1,
          seen_before = seen_before or not $5
   where merchant_id = $1 and payment_id = $2`,
);

const REFERENCE_HELD = 'another payment holds this reference';

/** Rolls everything back: a payment that is known and not linked would be answered as cancelled. */
class ReferenceHeldError extends Error {}

/** Links payments to what they bought at an issuer. */
@Injectable()
export class PaymentLinks {
  constructor(
    private readonly database: Database,
    private readonly accounts: IssuerAccounts,
    private readonly lateLinks: LateLinks,
    private readonly newLinks: NewLinks,
  ) {}

  /**
   * Links a payment to its issuer reference, on the same locked row as a cancel.
   *
   * The same link again is `same`, also after a cancellation. A link that comes after a cancellation had begun without one is a
   * conflict, but its reference is kept and a person is told, because that card may be alive.
   */
  async link(merchantId: string, paymentId: string, body: LinkPaymentBody): Promise<LinkResult> {
    const read = this.read(merchantId, paymentId, body);
    return 'fields' in read ? { kind: 'invalid', fields: read.fields } : this.linkOne(read);
  }

  /** As {@link link}, for one that was read. */
  async linkOne(link: Link): Promise<Linked> {
    try {
      return await this.database.transaction((sql) => this.#link(sql, link));
    } catch (error) {
      if (!(error instanceof ReferenceHeldError)) throw error;
      return this.#refuse(this.database, link, REFERENCE_HELD);
    }
  }

  /** What is wrong with the issuer and the reference of a link, as far as they are of the right types; empty when nothing is. */
  faults(merchantId: string, body: LinkPaymentBody): WrongFields {
    if (typeof body.issuer !== 'string') return {};
    const read = this.read(merchantId, '', body);
    return 'fields' in read ? read.fields : {};
  }

  /** Checks the issuer and the reference of a body whose fields are of the right types, and finds what the reference means there. */
  read(merchantId: string, paymentId: string, body: LinkPaymentBody): Link | { readonly fields: WrongFields } {
    const issuer = findIssuer(body.issuer);
    if (!issuer) return { fields: { issuer: `there is no issuer "${body.issuer.slice(0, 40)}"` } };
    const sandbox = body.sandbox === true;
    const isConfigured = this.accounts.find(merchantId, issuer.code, sandbox) !== null;
    const parsed = issuer.reference.schema.safeParse(body.reference);
    if (!isConfigured || !parsed.success) {
      return {
        fields: {
          ...(isConfigured ? {} : notConfigured(merchantId, issuer, sandbox)),
          ...referenceFaults(parsed.error),
        },
      };
    }
    const reference = parsed.data as Readonly<Record<string, unknown>>;
    const identity = issuer.reference.identity(reference);
    const { value, orderId } = body;
    return {
      merchantId,
      paymentId,
      issuer: issuer.code,
      reference,
      identity,
      sandbox,
      valueInCents: value ?? null,
      orderId: orderId ?? null,
    };
  }

  async #link(sql: Transaction, link: Link): Promise<Linked> {
    const { merchantId, paymentId } = link;
    const holder = await this.#holder(sql, link);
    if (holder !== null && holder !== paymentId) throw new ReferenceHeldError();
    await lockPaymentRow(sql, link, { sandbox: link.sandbox, seenBefore: true });
    const [payment] = await sql.run<LockedPayment>(loadPayment, [merchantId, paymentId]);
    if (!payment) throw new Error(`Bug: payment ${paymentId} was inserted and is not there`);
    if (payment.issuer !== null) return this.#linkAgain(sql, link, payment);
    if (payment.has_cancellation) return this.#linkLate(sql, link);
    if (payment.sandbox !== link.sandbox)
      return this.#refuse(sql, link, `this is a ${payment.sandbox ? 'sandbox' : 'live'} payment`);
    if (differs(payment.value_in_cents, link)) return this.#refuse(sql, link, 'the payment has another value');
    if (!(await this.#insert(sql, link, false))) throw new ReferenceHeldError();
    await this.#complete(sql, link, { isLate: false });
    await recordEvent(sql, link, 'linked', `Linked to ${link.issuer}.`);
    await this.newLinks.announce(sql, link);
    return { kind: 'linked' };
  }

  async #linkAgain(sql: Transaction, link: Link, payment: LockedPayment): Promise<Linked> {
    const why =
      payment.issuer !== link.issuer
        ? 'the payment is linked to another issuer'
        : payment.identity !== link.identity || !isDeepStrictEqual(payment.reference, link.reference)
          ? 'the payment is linked to another reference'
          : payment.sandbox !== link.sandbox
            ? `this is a ${payment.sandbox ? 'sandbox' : 'live'} payment`
            : differs(payment.value_in_cents, link)
              ? 'the payment has another value'
              : null;
    if (why !== null) return this.#refuse(sql, link, why);
    await this.#complete(sql, link, { isLate: payment.has_cancellation });
    return { kind: 'same' };
  }

  async #linkLate(sql: Transaction, link: Link): Promise<Linked> {
    const isNew = await this.#insert(sql, link, true);
    if (isNew) {
      await this.#complete(sql, link, { isLate: true });
      await recordEvent(
        sql,
        link,
        'linked-late',
        `Linked to ${link.issuer} after its cancellation had begun: that card may be alive.`,
      );
      await this.lateLinks.openForLateLink(sql, link);
    }
    return {
      kind: 'conflict',
      why: 'a cancellation began before this link; the reference is kept, and a person is told to cancel the card by hand',
    };
  }

  async #refuse(sql: Sql, link: Link, why: string): Promise<Linked> {
    await recordEvent(sql, link, 'link-refused', `A link to ${link.issuer} was refused: ${why}.`);
    return { kind: 'conflict', why };
  }

  async #holder(sql: Transaction, { merchantId, issuer, sandbox, identity }: Link): Promise<string | null> {
    const [row] = await sql.run<{ payment_id: string }>(selectHolder, [merchantId, issuer, sandbox, identity]);
    return row?.payment_id ?? null;
  }

  async #insert(sql: Transaction, link: Link, late: boolean): Promise<boolean> {
    const { merchantId, issuer, sandbox, identity, paymentId, reference } = link;
    const rows = await sql.run(insertReference, [
      merchantId,
      issuer,
      sandbox,
      identity,
      paymentId,
      JSON.stringify(reference),
      late,
    ]);
    return rows.length > 0;
  }

  async #complete(
    sql: Transaction,
    { merchantId, paymentId, valueInCents, orderId }: Link,
    { isLate }: { readonly isLate: boolean },
  ): Promise<void> {
    await sql.run(completePayment, [merchantId, paymentId, valueInCents, orderId, isLate]);
  }
}

const notConfigured = (merchantId: string, { code, name }: SomeIssuer, sandbox: boolean): WrongFields => ({
  issuer:
    merchantId === DEFAULT_MERCHANT
      ? `${name} is not configured: set ${code.toUpperCase()}_${sandbox ? 'SANDBOX_' : ''}BASE_URL and its credentials`
      : `${name} is not configured for this merchant${sandbox ? "'s sandbox payments" : ''}: PUT /internal/issuer-accounts/${code} first`,
});

const referenceFaults = (error: z.ZodError | undefined): WrongFields =>
  Object.fromEntries(
    (error?.issues ?? []).flatMap((issue) =>
      fieldsOf(issue).map((field) => [`reference${field}`, issue.message] as const),
    ),
  );

/** A value that is not given, or not known yet, differs from none. */
export const differs = (known: string | null, { valueInCents }: Link) =>
  known !== null && valueInCents !== null && Number(known) !== valueInCents;

/** The paths of an issue; an unknown field is named by itself, not by the object that holds it. */
function fieldsOf(issue: {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly keys?: readonly string[];
}): string[] {
  const path = issue.path.map((part) => `.${String(part)}`).join('');
  return issue.code === 'unrecognized_keys' ? (issue.keys ?? []).map((key) => `${path}.${key}`) : [path];
}
