import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { Database, statement, unnamed } from '../database.js';
import { retryPauseMs } from '../jobs/retry-pace.js';
import type { Language } from '../texts/language.js';
import { isLanguage } from '../texts/language.js';
import { findIssuer } from '../issuers/index.js';
import { amountOfRefund } from '../manual-cancellations/manual-cancellations.js';
import { newestReference } from '../payments/payment-row.js';
import type { Sealed } from '../sealed.js';
import type { ChannelKind } from './channel.js';
import type { NoticeSubject } from './notice-subject.js';

/** While a process delivers a message, others leave it alone for so long; a mail server may take its time. */
const DELIVERY_LEASE_MS = 120_000;

/** The most that one digest lists. */
export const MOST_LISTED = 50;

export interface RecipientKey {
  readonly merchantId: string;
  readonly recipientId: string;
}

export interface DueRecipient extends RecipientKey {
  readonly kind: ChannelKind;
  /** Nothing but one message may be tried until one arrives. */
  readonly isFailing: boolean;
}

/** A message that this process alone may send now. */
export interface TakenMessage extends RecipientKey {
  readonly messageId: string;
  readonly kind: 'single' | 'digest' | 'test';
  /** The number of this try. */
  readonly tries: number;
  readonly isProbe: boolean;
  readonly to: MessageRecipient;
}

export interface MessageRecipient {
  readonly kind: ChannelKind;
  /** Of an e-mail, or where a webhook goes; null for the others. */
  readonly address: string | null;
  readonly language: Language;
  readonly merchantName: string | null;
  readonly timeZone: string;
  readonly slackUrl: Sealed | null;
  readonly secret: Sealed | null;
  /** While it signs too. */
  readonly oldSecret: Sealed | null;
}

/** What a message says: the newest first fifty of it, and how many there are in all. */
export interface MessageContent {
  readonly items: readonly NoticeSubject[];
  readonly total: number;
  /** It came here because it did not reach somebody else. */
  readonly isFallBack: boolean;
}

/** What came of a try. */
export interface TryResult {
  readonly status: number | null;
  readonly ms: number;
  /** Null: it arrived. */
  readonly fault: string | null;
  /** The other side said that it is gone for good. */
  readonly isGone: boolean;
}

/** Whether a recipient `r` may be sent anything: not one that is removed or switched off, and nobody who is not let in any more. */
const isThere = `r.removed_at is null and r.switched_off_at is null and not exists (
     select from people p where p.merchant_id = r.merchant_id and p.person_id = r.person_id and p.disabled_at is not null)`;

const due = (
  more: string,
) => `select r.merchant_id, r.recipient_id, r.kind, r.faults_in_row > 0 as is_failing from notice_recipients r
   where r.kind = any ($1) and (r.wait_until is null or r.wait_until <= now()) and ${isThere}
     and r.recipient_id <> all ($2::uuid[])
     and exists (select from notice_messages m where m.merchant_id = r.merchant_id and m.recipient_id = r.recipient_id
                 and m.next_try_at <= now()) ${more}
   limit $3`;

const selectDueRecipients = statement('select-due-recipients', due(''));

const selectDueRecipientsOfMerchant = statement('select-due-recipients-of-merchant', due('and r.merchant_id = $4'));

/** Materialized: a subquery that is asked again for each row finds another one each time, and several are taken. */
const take = (more: string) => `with due as materialized (
     select message_id from notice_messages
     where merchant_id = $1 and recipient_id = $2 and next_try_at <= now() ${more}
     order by next_try_at, message_id limit 1 for update skip locked
   )
   update notice_messages m set tries = tries + 1, next_try_at = now() + $3 * interval '1 millisecond'
   from due where m.merchant_id = $1 and m.message_id = due.message_id
   returning m.message_id, m.kind, m.tries`;

const ofRecipient = 'merchant_id = $1 and recipient_id = $2';

const takeMessage = statement(
  'take-notice-message',
  take(
    `and exists (select from notice_recipients r where r.merchant_id = $1 and r.recipient_id = $2 and r.faults_in_row = 0 and ${isThere})`,
  ),
);

const takeProbe = statement('take-notice-message-as-probe', take(''));

const takeTest = statement(
  'take-notice-test-message',
  `update notice_messages set tries = tries + 1, next_try_at = now() + $3 * interval '1 millisecond'
   where merchant_id = $1 and message_id = $2 and next_try_at <= now()
   returning recipient_id, message_id, kind, tries`,
);

const takeEnded = statement(
  'take-ended-notice-message',
  `update notice_messages set tries = tries + 1
   where ${ofRecipient} and message_id = $3 and kind <> 'test' and ended_at is not null
   returning message_id, kind, tries`,
);

/** Of all processes one alone tries whether a recipient can be reached again. Locked before its message, as everywhere. */
const takeGate = statement(
  'take-gate-of-recipient',
  `update notice_recipients r set wait_until = now() + $3 * interval '1 millisecond'
   where ${ofRecipient} and faults_in_row > 0 and wait_until <= now() and ${isThere}
     and exists (select from notice_messages m where m.merchant_id = $1 and m.recipient_id = $2 and m.next_try_at <= now())
   returning 1`,
);

const loadRecipient = statement(
  'load-notice-recipient',
  `select r.kind, coalesce(p.email, r.address) as address, coalesce(r.language, p.language, m.language) as language, m.name, m.time_zone,
          r.slack_url, r.secret, case when r.old_secret_until > now() then r.old_secret end as old_secret
   from notice_recipients r
   left join people p on p.merchant_id = r.merchant_id and p.person_id = r.person_id
   left join merchants m on m.merchant_id = r.merchant_id
   where r.merchant_id = $1 and r.recipient_id = $2`,
);

/**
 * Overtaken: a person must not be sent to do what is done, no longer needed, or somebody else's by now; and that it is not needed is no news to whom the same
 * message would have brought the task. Machines get everything.
 */
const loadItems = unnamed(
  `with reader as (
     select person_id from notice_recipients where merchant_id = $1 and recipient_id = $4
   ), items as (
     select n.notice_id, n.event, n.created_at, n.to_person_id, n.to_person_id = (select person_id from reader) as is_reader, d.instead_of, t.*,
            min(t.opened_at) over (partition by n.event, t.reason) as group_since
     from notice_deliveries d
     join notices n using (merchant_id, notice_id)
     join manual_cancellations t using (merchant_id, manual_cancellation_id)
     where d.merchant_id = $1 and d.message_id = $2
       and ($3 or (
         not (n.event = 'manual_required' and t.state in ('resolved', 'not-needed'))
         and (n.to_person_id is distinct from (select person_id from reader) or n.to_person_id is null
              or t.taken_by is not distinct from n.to_person_id)
         and not (n.event = 'not_needed' and exists (
           select from notice_deliveries d2 join notices n2 using (merchant_id, notice_id)
           where d2.merchant_id = d.merchant_id and d2.message_id = d.message_id
             and n2.manual_cancellation_id = n.manual_cancellation_id and n2.event = 'manual_required'))))
   ), listed as (
     select *, count(*) over () as total, bool_or(instead_of is not null) over () as is_fall_back from items
     order by array_position(array['manual_required', 'taken', 'resolved', 'not_needed'], event), group_since, reason, opened_at, notice_id
     limit ${MOST_LISTED}
   )
   select m.notice_id, m.event, m.created_at, m.manual_cancellation_id, m.payment_id, m.kind, m.reason, m.state, m.resolution, m.opened_at,
          m.total, m.is_fall_back, p.order_id, p.sandbox, coalesce(r.issuer, m.issuer) as issuer, r.reference, f.value, f.currency,
          m.kind = 'whole' and exists (
            select from attempts a where a.merchant_id = m.merchant_id and a.payment_id = m.payment_id and a.kind = 'cancel'
              and (a.outcome is null or a.outcome = 'unknown')) as is_answer_out,
          case when m.event = 'taken' then o.name end as owner, coalesce(m.is_reader, false) as is_reader, h.name as handed_over_by, h.note
   from listed m
   join payments p on p.merchant_id = m.merchant_id and p.payment_id = m.payment_id
   ${newestReference}
   ${amountOfRefund}
   left join people o on o.merchant_id = m.merchant_id and o.person_id = coalesce(m.to_person_id, m.taken_by)
   left join lateral (
     select b.name, e.note from manual_cancellation_events e
     join people b on b.merchant_id = e.merchant_id and b.person_id = e.person_id
     where e.merchant_id = m.merchant_id and e.manual_cancellation_id = m.manual_cancellation_id
       and e.kind = 'handed-over' and e.to_person_id = m.to_person_id and e.at >= m.created_at
     order by e.event_no limit 1
   ) h on true
   order by array_position(array['manual_required', 'taken', 'resolved', 'not_needed'], m.event), m.group_since, m.reason, m.opened_at,
            m.notice_id`,
);

/** Most deliveries change nothing here that is worth a lock, for which the next message to the same recipient would wait. */
const noteDelivery = statement(
  'note-delivery-at-recipient',
  `update notice_recipients set last_delivered_at = now(), faults_in_row = 0, wait_until = null, last_fault = null
   where ${ofRecipient} and (faults_in_row > 0 or last_delivered_at is null or last_delivered_at < now() - interval '5 seconds')`,
);

/** What arrived has arrived, whatever was written down before. The notices in their order: another message may carry the same ones. */
const markDelivered = statement(
  'mark-message-delivered',
  `with message as (
     update notice_messages set ended_at = coalesce(ended_at, now()), outcome = $3, next_try_at = null, last_fault = null
     where merchant_id = $1 and message_id = $2 and (ended_at is null or $3 = 'delivered')
   ), reached as (
     select n.notice_id from notices n join notice_deliveries d using (merchant_id, notice_id)
     where d.merchant_id = $1 and d.message_id = $2 and n.delivered_at is null
     order by n.notice_id for no key update of n
   )
   update notices set delivered_at = now() where merchant_id = $1 and notice_id in (select notice_id from reached)`,
);

/** Of several that fail at the same time the first one counts. What is switched off stays so. */
const noteFault = statement(
  'note-fault-at-recipient',
  `update notice_recipients set
     faults_in_row = case when $4 or wait_until is null or wait_until <= now() then faults_in_row + 1 else faults_in_row end,
     wait_until = now() + (($5::bigint[])[least(case when $4 or wait_until is null or wait_until <= now() then faults_in_row + 1
                                                     else faults_in_row end, cardinality($5::bigint[]))]) * interval '1 millisecond',
     last_fault = $3,
     switched_off_at = case when $6 then coalesce(switched_off_at, now()) else switched_off_at end
   where ${ofRecipient}
   returning faults_in_row`,
);

/** By the process that took it last: `tries` is its number. */
const markFailed = statement(
  'mark-message-failed',
  `update notice_messages set last_fault = $4, faults = faults + 1,
     next_try_at = now() + (($5::bigint[])[least(faults + 1, cardinality($5::bigint[]))]) * interval '1 millisecond'
   where merchant_id = $1 and message_id = $2 and tries = $3 and ended_at is null`,
);

const endTest = statement(
  'end-test-message',
  `update notice_messages set ended_at = now(), outcome = 'dropped', next_try_at = null, last_fault = $3
   where merchant_id = $1 and message_id = $2 and ended_at is null`,
);

/** The last 200 of each recipient are kept, and for a moment as many more as are logged at once. */
const logTry = statement(
  'log-notice-try',
  `with old as (
     delete from notice_tries where ${ofRecipient} and try_no <= (
       select try_no from notice_tries where ${ofRecipient} order by try_no desc offset 199 limit 1)
   )
   insert into notice_tries (merchant_id, recipient_id, message_id, status, ms, fault) values ($1, $2, $3, $4, $5, $6)`,
);

/** The growing pauses, for SQL. */
const PAUSES_MS = [1, 2, 3, 4, 5, 6].map(retryPauseMs);

/** The rows of what is sent: who is due, what a message says, and what came of it. Every move is a compare-and-set. */
@Injectable()
export class NoticeMessages {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Who has a message that is due, and may be tried.
   * @param but recipients that this process is busy with
   * @param merchantId null: of every merchant
   */
  async dueRecipients({ kinds, but, limit, merchantId }: DueQuery): Promise<DueRecipient[]> {
    const values = [kinds, but, limit];
    const rows = await (merchantId === null
      ? this.database.run<DueRow>(selectDueRecipients, values)
      : this.database.run<DueRow>(selectDueRecipientsOfMerchant, [...values, merchantId]));
    return rows.map((row) => ({
      merchantId: row.merchant_id,
      recipientId: row.recipient_id,
      kind: row.kind,
      isFailing: row.is_failing,
    }));
  }

  /** The next due message of a recipient; null where there is none, or another process tries whether it can be reached. */
  async take({ merchantId, recipientId }: RecipientKey, isFailing: boolean): Promise<TakenMessage | null> {
    const key = [merchantId, recipientId, DELIVERY_LEASE_MS];
    const [row] = isFailing
      ? await this.database.transaction(async (sql) =>
          (await sql.run(takeGate, key)).length > 0 ? sql.run<TakenRow>(takeProbe, key) : [],
        )
      : await this.database.run<TakenRow>(takeMessage, key);
    return row ? this.#taken({ merchantId, recipientId }, row, isFailing) : null;
  }

  /** One message by its id, whatever became of others to the same recipient. */
  async takeOne(merchantId: string, messageId: string): Promise<TakenMessage | null> {
    const [row] = await this.database.run<TakenRow & { recipient_id: string }>(takeTest, [
      merchantId,
      messageId,
      DELIVERY_LEASE_MS,
    ]);
    return row ? this.#taken({ merchantId, recipientId: row.recipient_id }, row, false) : null;
  }

  /** One that has ended; it stays so, whatever comes of this try. Null where there is none. */
  async takeEnded({ merchantId, recipientId }: RecipientKey, messageId: string): Promise<TakenMessage | null> {
    const [row] = await this.database.run<TakenRow>(takeEnded, [merchantId, recipientId, messageId]);
    return row ? this.#taken({ merchantId, recipientId }, row, false) : null;
  }

  /** @param isWhole also what was overtaken, which machines get always */
  async content({ merchantId, messageId, recipientId, to }: TakenMessage, isWhole = false): Promise<MessageContent> {
    const values = [merchantId, messageId, isWhole || to.kind === 'webhook', recipientId];
    const rows = await this.database.run<ItemRow>(loadItems, values);
    const [first] = rows;
    return {
      items: rows.map(fromItemRow),
      total: Number(first?.total ?? 0),
      isFallBack: first?.is_fall_back ?? false,
    };
  }

  /** @param outcome `overtaken`: there was nothing left to say */
  async recordEnd(message: TakenMessage, outcome: 'delivered' | 'overtaken', result: TryResult | null): Promise<void> {
    const { merchantId, recipientId, messageId } = message;
    await this.database.transaction(async (sql) => {
      if (outcome === 'delivered') await sql.run(noteDelivery, [merchantId, recipientId]);
      await sql.run(markDelivered, [merchantId, messageId, outcome]);
      if (result) await sql.run(logTry, [merchantId, recipientId, messageId, result.status, result.ms, result.fault]);
    });
  }

  /** A try that changes nothing but the log. */
  async recordTry(
    { merchantId, recipientId, messageId }: TakenMessage,
    { status, ms, fault }: TryResult,
  ): Promise<void> {
    await this.database.run(logTry, [merchantId, recipientId, messageId, status, ms, fault]);
  }

  /** @returns how many faults in a row the recipient has now */
  async recordFault(message: TakenMessage, { status, ms, fault, isGone }: TryResult): Promise<number> {
    const { merchantId, recipientId, messageId, tries, isProbe } = message;
    return this.database.transaction(async (sql) => {
      if (message.kind === 'test') {
        await sql.run(endTest, [merchantId, messageId, fault]);
        await sql.run(logTry, [merchantId, recipientId, messageId, status, ms, fault]);
        return 0;
      }
      const values = [merchantId, recipientId, fault, isProbe, PAUSES_MS, isGone];
      const [row] = await sql.run<{ faults_in_row: number }>(noteFault, values);
      await sql.run(markFailed, [merchantId, messageId, tries, fault, PAUSES_MS]);
      await sql.run(logTry, [merchantId, recipientId, messageId, status, ms, fault]);
      return row?.faults_in_row ?? 0;
    });
  }

  async #taken(key: RecipientKey, row: TakenRow, isProbe: boolean): Promise<TakenMessage> {
    const [to] = await this.database.run<RecipientRow>(loadRecipient, [key.merchantId, key.recipientId]);
    if (!to) throw new Error(`Bug: the recipient of message ${row.message_id} is not there`);
    return {
      ...key,
      messageId: row.message_id,
      kind: row.kind,
      tries: row.tries,
      isProbe,
      to: {
        kind: to.kind,
        address: to.address,
        language: isLanguage(to.language) ? to.language : 'en',
        merchantName: to.name,
        timeZone: to.time_zone ?? this.config.timeZone,
        slackUrl: to.slack_url,
        secret: to.secret,
        oldSecret: to.old_secret,
      },
    };
  }
}

interface DueQuery {
  readonly kinds: readonly ChannelKind[];
  readonly but: readonly string[];
  readonly limit: number;
  readonly merchantId: string | null;
}

interface DueRow {
  readonly merchant_id: string;
  readonly recipient_id: string;
  readonly kind: ChannelKind;
  readonly is_failing: boolean;
}

interface TakenRow {
  readonly message_id: string;
  readonly kind: TakenMessage['kind'];
  readonly tries: number;
}

interface RecipientRow {
  readonly kind: ChannelKind;
  readonly address: string | null;
  readonly language: string | null;
  readonly name: string | null;
  readonly time_zone: string | null;
  readonly slack_url: Sealed | null;
  readonly secret: Sealed | null;
  readonly old_secret: Sealed | null;
}

interface ItemRow {
  readonly notice_id: string;
  readonly event: NoticeSubject['event'];
  readonly created_at: Date;
  readonly manual_cancellation_id: string;
  readonly payment_id: string;
  readonly kind: NoticeSubject['kind'];
  readonly reason: NoticeSubject['reason'];
  readonly state: NoticeSubject['state'];
  readonly resolution: string | null;
  readonly opened_at: Date;
  readonly total: string;
  readonly is_fall_back: boolean;
  readonly order_id: string | null;
  readonly is_answer_out: boolean;
  readonly sandbox: boolean;
  readonly issuer: string | null;
  readonly reference: Readonly<Record<string, unknown>> | null;
  readonly value: string | null;
  readonly currency: string | null;
  readonly owner: string | null;
  readonly is_reader: boolean;
  readonly handed_over_by: string | null;
  readonly note: string | null;
}

const fromItemRow = (row: ItemRow): NoticeSubject => ({
  noticeId: row.notice_id,
  event: row.event,
  at: row.created_at,
  manualCancellationId: row.manual_cancellation_id,
  paymentId: row.payment_id,
  orderId: row.order_id,
  issuer: row.issuer,
  issuerName: row.issuer === null ? null : (findIssuer(row.issuer)?.name ?? row.issuer),
  reference: row.reference,
  reason: row.reason,
  kind: row.kind,
  state: row.state,
  resolution: row.resolution,
  owner:
    row.owner === null
      ? null
      : {
          name: row.owner,
          handedOver: row.handed_over_by === null ? null : { by: row.handed_over_by, note: row.note },
          isReader: row.is_reader,
        },
  amount: row.value === null ? null : { value: Number(row.value), currency: row.currency },
  isAnswerOut: row.is_answer_out,
  sandbox: row.sandbox,
  openedAt: row.opened_at,
});
