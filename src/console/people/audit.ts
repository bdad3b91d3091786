import { Injectable } from '@nestjs/common';
import { Database, statement, type Sql } from '../../database.js';
import type { TextKey } from '../../texts/catalogue.js';
import { networkOf } from './network.js';

/** What can be in the audit log: whatever has a text `audit.action.…`, which says it in words. */
export type AuditAction = ActionOf<TextKey>;
type ActionOf<Key> = Key extends `audit.action.${infer Action}` ? Action : never;

/** Values of an entry. Its text may name each of them; a code, as of a role, is written as words by ICU's `select`. */
export type AuditDetails = Readonly<Record<string, string | number>>;

export interface AuditEntry {
  readonly merchantId: string;
  /** Null: whoever runs the service, or the machine. */
  readonly personId: string | null;
  readonly action: AuditAction;
  /** What it was done to, as people know it: a name, an order, an issuer. Never a secret. */
  readonly subject?: string | null;
  readonly details?: AuditDetails;
  /** The network address that it came from; only its network is kept. */
  readonly address?: string | null;
}

const insertEntry = statement(
  'insert-audit-entry',
  'insert into audit_entries (merchant_id, person_id, action, subject, details, network) values ($1, $2, $3, $4, $5, $6)',
);

const selectEntries = statement(
  'select-audit-entries',
  `select e.entry_no, e.at, p.name, e.action, e.subject, e.details, e.network
   from audit_entries e left join people p using (merchant_id, person_id)
   where e.merchant_id = $1 and ($2::bigint is null or e.entry_no < $2) order by e.entry_no desc limit $3`,
);

/** Writes what somebody did, in the transaction in which it is done. */
export async function recordAudit(sql: Sql, entry: AuditEntry): Promise<void> {
  const { merchantId, personId, action, subject, details = {}, address } = entry;
  const network = address ? networkOf(address) : null;
  const about = subject?.slice(0, MOST_SUBJECT) || null;
  await sql.run(insertEntry, [merchantId, personId, action, about, JSON.stringify(details), network]);
}

const MOST_SUBJECT = 300;

/** An entry as the page shows it. */
export interface ShownEntry {
  readonly entryNo: string;
  readonly at: Date;
  /** Null: whoever runs the service, or the machine. */
  readonly name: string | null;
  readonly action: string;
  readonly subject: string | null;
  readonly details: AuditDetails;
  readonly network: string | null;
}

@Injectable()
export class AuditLog {
  constructor(private readonly database: Database) {}

  /** The newest first. @param before the number of the entry that the page before ended with */
  async page(merchantId: string, { before, size }: { readonly before: string | null; readonly size: number }) {
    const rows = await this.database.run<EntryRow>(selectEntries, [merchantId, before, size + 1]);
    const entries = rows.slice(0, size).map(({ entry_no, ...row }): ShownEntry => ({ entryNo: entry_no, ...row }));
    return { entries, hasMore: rows.length > size };
  }
}

interface EntryRow extends Omit<ShownEntry, 'entryNo'> {
  /** A bigint, which comes as text. */
  readonly entry_no: string;
}
