import { Injectable } from '@nestjs/common';
import { Database, statement, type Transaction } from '../database.js';
import { Jobs } from '../jobs/jobs.js';
import { ManualCancellations, type ManualKind } from './manual-cancellations.js';
import { recordManualEvent, type ManualKey } from './manual-event.js';
import { needsNote, resolutionsOf, saysCancelled, type Resolution } from './resolution.js';

/** Who moves which task, and the version of it that this person saw. */
export interface ManualMove extends ManualKey {
  readonly personId: string;
  readonly version: number;
}

/**
 * - `moved-on`: somebody or something was quicker, or the task is not in a state for this; nothing was changed.
 * - `gone`: this merchant has no such task.
 * - `note-needed`, `wrong-resolution`, `wrong-person`: what was asked for cannot be done so; nothing was changed.
 */
export type Moved =
  | { readonly kind: 'moved' }
  | { readonly kind: 'moved-on' | 'gone' | 'note-needed' | 'wrong-resolution' | 'wrong-person' };

export interface Ending {
  readonly resolution: Resolution;
  readonly note: string | null;
  /** Of the issuer. */
  readonly protocolNumber: string | null;
}

/** In so long a person can undo how a task was ended; before that nobody is told and the word is no proof. */
export const UNDO_MS = 10_000;

const lockTask = statement(
  'lock-manual-cancellation',
  `select kind, state, version, taken_by, resolved_by, vtex_told_at,
          coalesce(closed_at + $3 * interval '1 millisecond' > now(), false) as can_be_undone
   from manual_cancellations where merchant_id = $1 and manual_cancellation_id = $2 for update`,
);

/** Whoever records a proof locks in this order too: so either it finds this task as it is left here, or it is seen here. */
const lockCancellation = statement(
  'lock-cancellation-of-task',
  `select c.state = 'cancelled' as is_cancelled from manual_cancellations m join cancellations c using (merchant_id, payment_id)
   where m.merchant_id = $1 and m.manual_cancellation_id = $2 for share of c`,
);

const closeUndone = statement(
  'close-undone-manual-cancellation',
  `update manual_cancellations
   set state = 'not-needed', closed_at = now(), resolution = null, resolution_note = null, protocol_number = null, resolved_by = null,
       word_counts_at = null, version = version + 1
   where merchant_id = $1 and manual_cancellation_id = $2`,
);

const setOwner = statement(
  'set-manual-cancellation-owner',
  `update manual_cancellations
   set state = case when $3::uuid is null then 'open' else 'taken' end, taken_by = $3,
       taken_at = case when $3::uuid is not null then now() end, version = version + 1
   where merchant_id = $1 and manual_cancellation_id = $2`,
);

const resolveTask = statement(
  'resolve-manual-cancellation',
  `update manual_cancellations
   set state = 'resolved', resolution = $3, resolution_note = $4, protocol_number = $5, resolved_by = $6, closed_at = now(),
       word_counts_at = case when $7 then now() + $8 * interval '1 millisecond' end,
       taken_by = null, taken_at = null, version = version + 1
   where merchant_id = $1 and manual_cancellation_id = $2
   returning word_counts_at`,
);

const openAgain = statement(
  'open-manual-cancellation-again',
  `update manual_cancellations
   set state = case when $3::uuid is null then 'open' else 'taken' end, taken_by = $3,
       taken_at = case when $3::uuid is not null then now() end, closed_at = null, resolution = null, resolution_note = null,
       protocol_number = null, resolved_by = null, word_counts_at = null, version = version + 1
   where merchant_id = $1 and manual_cancellation_id = $2`,
);

const isWorker = statement(
  'is-somebody-who-works',
  `select 1 from people where merchant_id = $1 and person_id = $2 and role in ('operator', 'admin') and disabled_at is null`,
);

/**
 * What people do with manual cancellations. Each move is a compare-and-set on the version that the person saw, one event, and, where
 * others must hear of it, one notice, in one transaction.
 */
@Injectable()
export class ManualMoves {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly manual: ManualCancellations,
  ) {}

  /** Takes it: from nobody, or from whoever has it. */
  take(move: ManualMove): Promise<Moved> {
    return this.#move(move, async (sql, task) => {
      if (!isOpen(task) || task.taken_by === move.personId) return 'moved-on';
      await sql.run(setOwner, [...keyOf(move), move.personId]);
      await recordManualEvent(sql, move, { kind: 'taken', personId: move.personId });
      await this.manual.notify(sql, move, 'taken');
      return 'moved';
    });
  }

  /** Gives it back, so that anybody can take it. */
  release(move: ManualMove): Promise<Moved> {
    return this.#move(move, async (sql, task) => {
      if (task.state !== 'taken') return 'moved-on';
      await sql.run(setOwner, [...keyOf(move), null]);
      await recordManualEvent(sql, move, { kind: 'released', personId: move.personId });
      return 'moved';
    });
  }

  /** Gives it to somebody else, who must be able to work on it, and is told. */
  handOver(move: ManualMove, toPersonId: string, note: string | null): Promise<Moved> {
    return this.#move(move, async (sql, task) => {
      if (!isOpen(task) || task.taken_by === toPersonId) return 'moved-on';
      if ((await sql.run(isWorker, [move.merchantId, toPersonId])).length === 0) return 'wrong-person';
      await sql.run(setOwner, [...keyOf(move), toPersonId]);
      await recordManualEvent(sql, move, { kind: 'handed-over', personId: move.personId, toPersonId, note });
      // Who gives it to themself knows.
      await this.manual.notify(sql, move, 'taken', { toPersonId: toPersonId === move.personId ? null : toPersonId });
      return 'moved';
    });
  }

  /** Writes something down; whatever the state, and whatever happened meanwhile. */
  async note(
    { merchantId, manualCancellationId, personId }: Omit<ManualMove, 'version'>,
    note: string,
  ): Promise<Moved> {
    return this.#inTransaction({ merchantId, manualCancellationId }, async (sql) => {
      await recordManualEvent(sql, { merchantId, manualCancellationId }, { kind: 'noted', personId, note });
      return 'moved';
    });
  }

  /**
   * Ends it. "Cancelled at the issuer" and "already cancelled" become proof once they can no longer be undone, and VTEX may be told then;
   * every other ending changes nothing on the wire.
   */
  resolve(move: ManualMove, { resolution, note, protocolNumber }: Ending): Promise<Moved> {
    return this.#move(move, async (sql, task) => {
      if (!isOpen(task)) return 'moved-on';
      if (!resolutionsOf(task.kind).includes(resolution)) return 'wrong-resolution';
      if (needsNote(resolution) && note === null) return 'note-needed';
      const { merchantId, manualCancellationId, personId } = move;
      // A part, a refund, and a card beside the one that was asked for say nothing of the payment's own card.
      const isProof = task.kind === 'whole' && saysCancelled(resolution) && task.vtex_told_at === null;
      const ending = [resolution, note, protocolNumber, personId, isProof, UNDO_MS];
      const [row] = await sql.run<{ word_counts_at: Date | null }>(resolveTask, [...keyOf(move), ...ending]);
      await recordManualEvent(sql, move, { kind: 'resolved', personId, resolution, protocolNumber, note });
      await this.manual.notify(sql, move, 'resolved', { afterMs: UNDO_MS });
      if (row?.word_counts_at) {
        const data = { merchantId, manualCancellationId };
        await this.jobs.enqueue(sql, { queue: 'record-word', data, runAt: row.word_counts_at });
      }
      return 'moved';
    });
  }

  /**
   * Takes an ending back while nobody was told of it; whoever had ended it has it again. Where the issuer has proved meanwhile that the
   * payment is cancelled, nothing is left to do.
   */
  undo(move: ManualMove): Promise<Moved> {
    return this.#move(move, async (sql, task) => {
      if (task.state !== 'resolved' || !task.can_be_undone || task.vtex_told_at !== null) return 'moved-on';
      await this.manual.takeBack(sql, move, 'resolved');
      await recordManualEvent(sql, move, { kind: 'undone', personId: move.personId });
      if (task.kind === 'whole' && task.isCancelled) {
        await sql.run(closeUndone, keyOf(move));
        await recordManualEvent(sql, move, { kind: 'not-needed' });
      } else {
        const owner = task.resolved_by ?? move.personId;
        const isStillHere = (await sql.run(isWorker, [move.merchantId, owner])).length > 0;
        await sql.run(openAgain, [...keyOf(move), isStillHere ? owner : move.personId]);
      }
      return 'moved';
    });
  }

  /** Opens a closed one again. What VTEX was told stands: nothing is ever retracted. */
  reopen(move: ManualMove, note: string | null): Promise<Moved> {
    return this.#move(move, async (sql, task) => {
      if (isOpen(task)) return 'moved-on';
      await sql.run(openAgain, [...keyOf(move), null]);
      await this.manual.takeBack(sql, move, 'resolved');
      await recordManualEvent(sql, move, { kind: 'reopened', personId: move.personId, note });
      await this.manual.notify(sql, move, 'manual_required');
      return 'moved';
    });
  }

  #move(move: ManualMove, work: (sql: Transaction, task: Task) => Promise<Moved['kind']>): Promise<Moved> {
    return this.#inTransaction(move, async (sql, task) =>
      task.version === move.version ? work(sql, task) : 'moved-on',
    );
  }

  async #inTransaction(key: ManualKey, work: (sql: Transaction, task: Task) => Promise<Moved['kind']>): Promise<Moved> {
    return this.database.transaction(async (sql) => {
      const [cancellation] = await sql.run<{ is_cancelled: boolean }>(lockCancellation, keyOf(key));
      const [row] = await sql.run<TaskRow>(lockTask, [...keyOf(key), UNDO_MS]);
      return { kind: row ? await work(sql, { ...row, isCancelled: cancellation?.is_cancelled ?? false }) : 'gone' };
    });
  }
}

interface TaskRow {
  readonly kind: ManualKind;
  readonly state: 'open' | 'taken' | 'resolved' | 'not-needed';
  readonly version: number;
  readonly taken_by: string | null;
  readonly resolved_by: string | null;
  readonly vtex_told_at: Date | null;
  readonly can_be_undone: boolean;
}

interface Task extends TaskRow {
  /** The payment's cancellation is proved: VTEX is told so, or will be. */
  readonly isCancelled: boolean;
}

const isOpen = ({ state }: TaskRow) => state === 'open' || state === 'taken';

const keyOf = ({ merchantId, manualCancellationId }: ManualKey) => [merchantId, manualCancellationId];
