import { statement, type Transaction } from '../database.js';
import type { ManualReason } from './manual-reason.js';
import type { Resolution } from './resolution.js';

/** One manual cancellation of a merchant's. */
export interface ManualKey {
  readonly merchantId: string;
  readonly manualCancellationId: string;
}

/** What can happen to a manual cancellation; without a person it was the machine. */
export type ManualEvent =
  | { readonly kind: 'opened' | 'completed' | 'late-success'; readonly reason: ManualReason }
  | { readonly kind: 'not-needed' | 'proof-recorded' }
  | { readonly kind: 'taken' | 'released' | 'undone'; readonly personId: string }
  | {
      readonly kind: 'handed-over';
      readonly personId: string;
      readonly toPersonId: string;
      readonly note: string | null;
    }
  | { readonly kind: 'noted'; readonly personId: string; readonly note: string }
  | { readonly kind: 'reopened'; readonly personId: string; readonly note: string | null }
  | {
      readonly kind: 'resolved';
      readonly personId: string;
      readonly resolution: Resolution;
      readonly protocolNumber: string | null;
      readonly note: string | null;
    };

export type ManualEventKind = ManualEvent['kind'];

const insertEvent = statement(
  'insert-manual-cancellation-event',
  `insert into manual_cancellation_events
     (merchant_id, manual_cancellation_id, kind, person_id, to_person_id, reason, resolution, protocol_number, note)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
);

/** Adds what happened; it commits with the move itself. */
export async function recordManualEvent(
  sql: Transaction,
  { merchantId, manualCancellationId }: ManualKey,
  event: ManualEvent,
): Promise<void> {
  const { personId, toPersonId, reason, resolution, protocolNumber, note } = { ...nothing, ...event };
  const who = [merchantId, manualCancellationId, event.kind, personId, toPersonId];
  await sql.run(insertEvent, [...who, reason, resolution, protocolNumber, note]);
}

const nothing = {
  personId: null,
  toPersonId: null,
  reason: null,
  resolution: null,
  protocolNumber: null,
  note: null,
};
