import type { Effect, SimulatedRequest } from '../../src/issuers/simulator-server.js';
import type { TestDatabase } from '../support/database.js';
import type { TestSimulators } from '../support/simulators.js';

/*
 * The logs that the auditor compares: what VTEX saw, what the issuers were asked and did, our tables; and where they were kept, the mails
 * that went out and what the processes wrote.
 */

export interface Logs {
  readonly vtex: readonly VtexLogEntry[];
  readonly issuers: readonly IssuerLog[];
  readonly tables: Tables;
  /** Whose rows there may be; the default merchant's alone when absent. */
  readonly merchants?: readonly string[];
  /** Every mail that the merchant's mail server took; absent where none was listened to. */
  readonly mails?: readonly MailLogEntry[];
  /** Everything that the processes wrote, and what must not be in it. */
  readonly output?: string;
  readonly secrets?: readonly string[];
}

/** One request of VTEX's and what came back; `status` and `text` are null where nothing did. */
export interface VtexLogEntry {
  readonly sentAt: Date;
  /** When the answer was read, or the connection broke. */
  readonly at: Date;
  readonly paymentId: string;
  readonly requestId: string;
  readonly status: number | null;
  readonly text: string | null;
  /** The default merchant when absent. */
  readonly merchantId?: string;
}

/** What one issuer saw and did, with what its account allows us. */
export interface IssuerLog {
  readonly issuer: string;
  readonly effects: readonly Effect[];
  readonly requests: readonly Pick<SimulatedRequest, 'at' | 'method' | 'path' | 'body' | 'status'>[];
  readonly timeoutMs: number;
  /** Its state query is switched on, and shows a cancelled card as cancelled. */
  readonly canQuery: boolean;
  /** The issuer's default when absent. */
  readonly giveUpHours?: number;
  /** Identities of what somebody else had cancelled before. */
  readonly cancelledBefore?: readonly string[];
}

export interface MailLogEntry {
  readonly messageId: string;
  readonly subject: string;
  readonly body: string;
}

/** Rows as they are, under the names of their columns. */
export interface Tables {
  readonly payments: readonly PaymentRow[];
  readonly issuer_references: readonly ReferenceRow[];
  readonly cancellations: readonly CancellationRow[];
  readonly cancellation_requests: readonly RequestRow[];
  readonly attempts: readonly AttemptRow[];
  readonly issuer_callbacks: readonly CallbackRow[];
  readonly manual_cancellations: readonly ManualRow[];
  readonly notices: readonly NoticeRow[];
  readonly notice_deliveries: readonly NoticeDeliveryRow[];
}

interface MerchantRow {
  readonly merchant_id: string;
}

interface RowOfPayment extends MerchantRow {
  readonly payment_id: string;
}

export interface PaymentRow extends RowOfPayment {
  readonly sandbox: boolean;
  readonly seen_before: boolean;
}

export interface ReferenceRow extends RowOfPayment {
  readonly issuer: string;
  readonly sandbox: boolean;
  readonly identity: string;
  readonly late: boolean;
}

export interface CancellationRow extends RowOfPayment {
  readonly cancellation_id: string;
  readonly issuer: string | null;
  readonly state: string;
  readonly reason: string | null;
  readonly proof: string | null;
  readonly claimed_at: Date;
  readonly finished_at: Date | null;
}

export interface RequestRow extends RowOfPayment {
  readonly request_id: string;
  readonly partial: boolean;
  readonly answer_status: number | null;
  readonly answer_body: string | null;
}

export interface AttemptRow extends RowOfPayment {
  readonly attempt_no: number;
  readonly kind: string;
  readonly outcome: string | null;
  readonly reason: string | null;
  readonly certainty: string | null;
  readonly retry_when: string | null;
  readonly retry_at: Date | null;
  readonly task_id: string | null;
  readonly http_status: number | null;
  readonly issuer_code: string | null;
  readonly late: boolean;
  readonly started_at: Date;
  readonly ended_at: Date | null;
}

export interface CallbackRow extends MerchantRow {
  readonly issuer: string;
  readonly task_id: string | null;
  readonly answered: { readonly outcome: string };
  readonly processed_at: Date | null;
}

export interface ManualRow extends RowOfPayment {
  readonly manual_cancellation_id: string;
  readonly kind: string;
  readonly request_id: string | null;
  readonly reason: string;
  readonly state: string;
  readonly resolution: string | null;
  readonly opened_at: Date;
}

export interface NoticeRow extends MerchantRow {
  readonly notice_id: string;
  readonly event: string;
  readonly manual_cancellation_id: string;
  readonly delivered_at: Date | null;
}

export interface NoticeDeliveryRow extends MerchantRow {
  readonly notice_id: string;
  /** Which the mail's id names. */
  readonly message_id: string;
}

const tableNames = [
  'payments',
  'issuer_references',
  'cancellations',
  'cancellation_requests',
  'attempts',
  'issuer_callbacks',
  'manual_cancellations',
  'notices',
  'notice_deliveries',
] as const satisfies readonly (keyof Tables)[];

/** All rows of all merchants. */
export async function readTables(database: Pick<TestDatabase, 'query'>): Promise<Tables> {
  const entries = await Promise.all(
    tableNames.map(async (name) => [name, await database.query<object>(`select * from ${name}`)] as const),
  );
  return Object.fromEntries(entries) as unknown as Tables;
}

/** What the simulators saw and did until now. */
export const readIssuers = (
  { of }: TestSimulators,
  rules: (issuer: string) => Pick<IssuerLog, 'timeoutMs' | 'canQuery' | 'giveUpHours'>,
): IssuerLog[] =>
  Object.entries(of).map(([issuer, { effects, requests }]) => ({
    issuer,
    effects: [...effects],
    requests: [...requests],
    ...rules(issuer),
  }));
