import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { Database, statement, type Transaction } from '../database.js';
import { Metrics } from '../operations/metrics.js';
import { eventsForPeople, FAULTS_BEFORE_FALL_BACK, type ChannelKind, type NoticeEvent, type Pace } from './channel.js';
import { groupNotices, type NewMessage, type RecipientSchedule } from './grouping.js';

/** So many at once, that one transaction stays short. */
const NOTICES_AT_ONCE = 500;

const addPeople = statement(
  'add-people-to-recipients',
  `insert into notice_recipients (merchant_id, kind, person_id, events)
   select p.merchant_id, 'person', p.person_id, $2 from people p
   where p.merchant_id = $1 and p.disabled_at is null
     and not exists (select from notice_recipients r where r.merchant_id = p.merchant_id and r.person_id = p.person_id)
   on conflict do nothing`,
);

const addNotifyEmail = statement(
  'add-notify-email-to-recipients',
  `insert into notice_recipients (merchant_id, kind, events) values ($1, 'notify-email', $2) on conflict do nothing`,
);

/** Of a recipient `r` and its person `p`: nothing is sent there any more. */
const isGone = '(r.removed_at is not null or r.switched_off_at is not null or p.disabled_at is not null)';

/** One process at a time spreads a merchant's notices, so that no recipient gets more than it should. */
const lockRecipients = statement(
  'lock-notice-recipients',
  `select r.recipient_id, r.kind, r.person_id, r.events, r.pace, r.faults_in_row, p.role, m.time_zone, now() as now,
          not ${isGone} as is_there
   from notice_recipients r
   left join people p on p.merchant_id = r.merchant_id and p.person_id = r.person_id
   left join merchants m on m.merchant_id = r.merchant_id
   where r.merchant_id = $1
   order by r.recipient_id
   for no key update of r`,
);

const selectUnspread = statement(
  'select-unspread-notices',
  `select notice_id, event, to_person_id from notices where merchant_id = $1 and spread_at is null and spread_from <= now()
   order by created_at, notice_id limit ${NOTICES_AT_ONCE} for update skip locked`,
);

/** The lock keeps a digest from being sent while something is added to it. */
const selectSchedule = statement(
  'select-recipient-schedule',
  `select recipient_id, message_id, kind, due_at, (kind = 'digest' and tries = 0 and next_try_at is not null) as is_open
   from notice_messages
   where merchant_id = $1 and recipient_id = any ($2::uuid[]) and kind <> 'test'
     and (due_at > now() - interval '1 hour' or (kind = 'digest' and tries = 0 and next_try_at is not null))
   for update`,
);

const insertMessages = statement(
  'insert-notice-messages',
  `insert into notice_messages (merchant_id, message_id, recipient_id, kind, due_at, next_try_at)
   select $1, message_id, recipient_id, kind, due_at, due_at
   from unnest($2::uuid[], $3::uuid[], $4::text[], $5::timestamptz[]) as new (message_id, recipient_id, kind, due_at)`,
);

const insertDeliveries = statement(
  'insert-notice-deliveries',
  `insert into notice_deliveries (merchant_id, notice_id, recipient_id, message_id, instead_of)
   select $1, notice_id, recipient_id, message_id, instead_of
   from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[]) as new (notice_id, recipient_id, message_id, instead_of)`,
);

/** What nobody wants to hear of needs no delivery. */
const markSpread = statement(
  'mark-notices-spread',
  `update notices set spread_at = now(), delivered_at = case when notice_id = any ($3::uuid[]) then now() end
   where merchant_id = $1 and notice_id = any ($2::uuid[])`,
);

const selectMerchantsToSpread = statement(
  'select-merchants-to-spread',
  'select distinct merchant_id from notices where spread_at is null and spread_from <= now()',
);

/**
 * A message falls back once: after its third fault, or when it waits behind three faults of its recipient. One whose recipient is gone is
 * looked at whether it has fallen back or not, because it has to end.
 */
const isFallingBack = `m.next_try_at is not null and m.kind <> 'test'
     and (${isGone} or (m.fell_back_at is null
          and (m.faults >= ${FAULTS_BEFORE_FALL_BACK} or (r.faults_in_row >= ${FAULTS_BEFORE_FALL_BACK} and m.due_at <= now()))))`;

const recipientOf = `join notice_recipients r using (merchant_id, recipient_id)
   left join people p on p.merchant_id = r.merchant_id and p.person_id = r.person_id`;

const selectMerchantsToFallBack = statement(
  'select-merchants-to-fall-back',
  `select distinct m.merchant_id from notice_messages m ${recipientOf} where ${isFallingBack}`,
);

const selectFallingBack = statement(
  'select-falling-back-messages',
  `select m.message_id, m.recipient_id, r.kind, ${isGone} as is_gone, m.fell_back_at is not null as has_fallen_back
   from notice_messages m ${recipientOf}
   where m.merchant_id = $1 and ${isFallingBack}
   order by m.due_at limit ${NOTICES_AT_ONCE} for update of m skip locked`,
);

/** What is over needs nobody; what somebody else has or will get is told there. */
const selectUndelivered = statement(
  'select-undelivered-notices',
  `select d.message_id, d.notice_id, n.event,
          array(select o.recipient_id from notice_deliveries o
                where o.merchant_id = d.merchant_id and o.notice_id = d.notice_id) as has_it
   from notice_deliveries d
   join notices n using (merchant_id, notice_id)
   join manual_cancellations t using (merchant_id, manual_cancellation_id)
   where d.merchant_id = $1 and d.message_id = any ($2::uuid[])
     and not (n.event = 'manual_required' and t.state in ('resolved', 'not-needed'))
   order by n.created_at, n.notice_id`,
);

const markFallenBack = statement(
  'mark-messages-fallen-back',
  `update notice_messages set fell_back_at = now() where merchant_id = $1 and message_id = any ($2::uuid[])`,
);

const dropMessages = statement(
  'drop-messages',
  `update notice_messages set ended_at = now(), outcome = 'dropped', next_try_at = null
   where merchant_id = $1 and message_id = any ($2::uuid[]) and next_try_at is not null`,
);

interface Recipient {
  readonly recipientId: string;
  readonly kind: ChannelKind;
  readonly personId: string | null;
  readonly events: readonly NoticeEvent[];
  readonly pace: Pace;
  readonly isFailing: boolean;
  readonly isAdmin: boolean;
  /** Neither removed, nor switched off, nor of a person who is not let in any more. */
  readonly isThere: boolean;
  readonly timeZone: string;
}

/** A notice that goes to somebody; `insteadOf` somebody it does not reach. */
interface Delivery {
  readonly noticeId: string;
  readonly to: Recipient;
  readonly insteadOf: string | null;
}

/** Says who gets which notice, in which message. Rows alone: nothing is sent here. */
@Injectable()
export class NoticeSpread {
  readonly #running = new Map<string, { readonly now: Promise<void>; next: Promise<void> | null }>();

  constructor(
    private readonly database: Database,
    private readonly metrics: Metrics,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Spreads what is not yet, of every merchant, and what has to go elsewhere. */
  async sweep(): Promise<void> {
    for (const { merchant_id } of await this.database.run<{ merchant_id: string }>(selectMerchantsToSpread, []))
      await this.spread(merchant_id);
    for (const { merchant_id } of await this.database.run<{ merchant_id: string }>(selectMerchantsToFallBack, []))
      await this.fallBack(merchant_id);
  }

  /**
   * Spreads all notices of a merchant that had been written when this was called. Of many calls at once one works and the next waits for
   * it; the others share that next one, so that a thousand jobs do not hold a connection each.
   */
  async spread(merchantId: string): Promise<void> {
    const running = this.#running.get(merchantId);
    if (running) return (running.next ??= running.now.catch(() => undefined).then(() => this.#begin(merchantId)));
    return this.#begin(merchantId);
  }

  /** What does not reach its recipient goes to the next one too, once for each message; what waits for one that is gone ends. */
  async fallBack(merchantId: string): Promise<void> {
    while ((await this.database.transaction((sql) => this.#fallBackSome(sql, merchantId))) === NOTICES_AT_ONCE);
  }

  #begin(merchantId: string): Promise<void> {
    const now = this.#spreadAll(merchantId).finally(() => {
      if (this.#running.get(merchantId)?.now === now) this.#running.delete(merchantId);
    });
    this.#running.set(merchantId, { now, next: null });
    return now;
  }

  async #spreadAll(merchantId: string): Promise<void> {
    while ((await this.database.transaction((sql) => this.#spreadSome(sql, merchantId))) === NOTICES_AT_ONCE);
  }

  async #spreadSome(sql: Transaction, merchantId: string): Promise<number> {
    const { recipients, now } = await this.#recipients(sql, merchantId);
    const notices = await sql.run<UnspreadRow>(selectUnspread, [merchantId]);
    if (notices.length === 0) return 0;
    const deliveries = notices.flatMap(({ notice_id: noticeId, event, to_person_id: newOwner }) =>
      recipientsFor(event, newOwner, recipients).map((to): Delivery => ({ noticeId, to, insteadOf: null })),
    );
    await this.#place(sql, merchantId, deliveries, now);
    const ids = notices.map(({ notice_id }) => notice_id);
    const heard = new Set(deliveries.map(({ noticeId }) => noticeId));
    await sql.run(markSpread, [merchantId, ids, ids.filter((id) => !heard.has(id))]);
    return notices.length;
  }

  async #fallBackSome(sql: Transaction, merchantId: string): Promise<number> {
    const { recipients, now } = await this.#recipients(sql, merchantId);
    const messages = await sql.run<FallingRow>(selectFallingBack, [merchantId]);
    if (messages.length === 0) return 0;
    const byId = new Map(messages.map((message) => [message.message_id, message]));
    const ids = [...byId.keys()];
    const notices = await sql.run<UndeliveredRow>(selectUndelivered, [merchantId, ids]);
    const given = new Map<string, Set<string>>();
    const deliveries = notices.flatMap(({ message_id, notice_id: noticeId, event, has_it }): Delivery[] => {
      const from = byId.get(message_id);
      const hasIt = given.get(noticeId) ?? new Set(has_it);
      // What was added to a digest after it fell back has gone nowhere else.
      if (from?.has_fallen_back && has_it.length > 1) return [];
      const to = from && nextChannel(from.kind, event, recipients, hasIt);
      if (!to) return [];
      given.set(noticeId, hasIt.add(to.recipientId));
      return [{ noticeId, to, insteadOf: from.recipient_id }];
    });
    await this.#place(sql, merchantId, deliveries, now);
    await sql.run(markFallenBack, [merchantId, ids]);
    const gone = messages.filter(({ is_gone }) => is_gone).map(({ message_id }) => message_id);
    if (gone.length > 0) await sql.run(dropMessages, [merchantId, gone]);
    this.metrics.noticeFallBacks.inc(messages.filter(({ has_fallen_back }) => !has_fallen_back).length);
    return messages.length;
  }

  async #recipients(
    sql: Transaction,
    merchantId: string,
  ): Promise<{ readonly recipients: readonly Recipient[]; readonly now: Date }> {
    await sql.run(addPeople, [merchantId, eventsForPeople]);
    await sql.run(addNotifyEmail, [merchantId, eventsForPeople]);
    const rows = await sql.run<RecipientRow>(lockRecipients, [merchantId]);
    const hasAddress = this.config.mail.notifyEmail !== null;
    const recipients = rows.map((row): Recipient => ({
      recipientId: row.recipient_id,
      kind: row.kind,
      personId: row.person_id,
      events: row.events,
      pace: row.pace,
      isFailing: row.faults_in_row > 0 || (row.kind === 'notify-email' && !hasAddress),
      isAdmin: row.role === 'admin',
      isThere: row.is_there && row.pace !== 'off',
      timeZone: row.time_zone ?? this.config.timeZone,
    }));
    return { recipients, now: rows[0]?.now ?? new Date() };
  }

  async #place(sql: Transaction, merchantId: string, deliveries: readonly Delivery[], now: Date): Promise<void> {
    const to = new Map(deliveries.map((delivery) => [delivery.to.recipientId, delivery.to]));
    if (to.size === 0) return;
    // A webhook has no schedule, and thousands of messages.
    const scheduled = [...to.values()].filter(({ kind }) => kind !== 'webhook').map(({ recipientId }) => recipientId);
    const schedules = await sql.run<ScheduleRow>(selectSchedule, [merchantId, scheduled]);
    const messages: (NewMessage & { readonly recipientId: string })[] = [];
    const placed: (Delivery & { readonly messageId: string })[] = [];
    for (const recipient of to.values()) {
      const own = deliveries.filter((delivery) => delivery.to.recipientId === recipient.recipientId);
      const rows = schedules.filter(({ recipient_id }) => recipient_id === recipient.recipientId);
      const grouped = groupNotices(
        own.map(({ noticeId }) => noticeId),
        scheduleOf(recipient, rows),
        now,
      );
      messages.push(...grouped.messages.map((message) => ({ ...message, recipientId: recipient.recipientId })));
      placed.push(...own.map((delivery, at) => ({ ...delivery, messageId: grouped.places[at]?.messageId ?? '' })));
    }
    await sql.run(insertMessages, [
      merchantId,
      messages.map(({ messageId }) => messageId),
      messages.map(({ recipientId }) => recipientId),
      messages.map(({ kind }) => kind),
      messages.map(({ dueAt }) => dueAt),
    ]);
    await sql.run(insertDeliveries, [
      merchantId,
      placed.map(({ noticeId }) => noticeId),
      placed.map(({ to: { recipientId } }) => recipientId),
      placed.map(({ messageId }) => messageId),
      placed.map(({ insteadOf }) => insteadOf),
    ]);
  }
}

interface UnspreadRow {
  readonly notice_id: string;
  readonly event: NoticeEvent;
  readonly to_person_id: string | null;
}

interface RecipientRow {
  readonly recipient_id: string;
  readonly kind: ChannelKind;
  readonly person_id: string | null;
  readonly events: readonly NoticeEvent[];
  readonly pace: Pace;
  readonly faults_in_row: number;
  readonly role: string | null;
  readonly time_zone: string | null;
  readonly now: Date;
  readonly is_there: boolean;
}

interface ScheduleRow {
  readonly recipient_id: string;
  readonly message_id: string;
  readonly kind: 'single' | 'digest';
  readonly due_at: Date;
  readonly is_open: boolean;
}

interface FallingRow {
  readonly message_id: string;
  readonly recipient_id: string;
  readonly kind: ChannelKind;
  readonly is_gone: boolean;
  readonly has_fallen_back: boolean;
}

interface UndeliveredRow {
  readonly message_id: string;
  readonly notice_id: string;
  readonly event: NoticeEvent;
  readonly has_it: readonly string[];
}

/**
 * Who wants to hear of it, and whom the task was handed to, whatever they want to hear of besides. A merchant without anybody, and a task that nobody wants to hear of, is told to NOTIFY_EMAIL: every manual
 * cancellation reaches a person.
 */
function recipientsFor(event: NoticeEvent, newOwner: string | null, recipients: readonly Recipient[]): Recipient[] {
  const own = recipients.filter(({ kind, isThere }) => kind !== 'notify-email' && isThere);
  const wanting = own.filter(
    ({ events, personId }) => events.includes(event) || (newOwner !== null && personId === newOwner),
  );
  const isForNobody = wanting.length === 0 && (own.length === 0 || event === 'manual_required');
  return isForNobody
    ? recipients.filter(({ kind, events }) => kind === 'notify-email' && events.includes(event))
    : wanting;
}

/**
 * The next channel: one of the same kind, then administrators, then NOTIFY_EMAIL, then Slack; first those that work, and those that do not
 * wait for tomorrow. Null where everybody has it.
 */
function nextChannel(
  from: ChannelKind,
  event: NoticeEvent,
  recipients: readonly Recipient[],
  hasIt: ReadonlySet<string>,
): Recipient | null {
  const rank = ({ kind, isAdmin, events }: Recipient) => {
    if (kind === from && kind !== 'person') return kind === 'webhook' && !events.includes(event) ? null : 0;
    if (kind === 'person') return isAdmin ? 1 : null;
    return kind === 'notify-email' ? 2 : kind === 'slack' ? 3 : null;
  };
  const order = recipients
    .filter(({ recipientId, isThere }) => isThere && !hasIt.has(recipientId))
    .flatMap((recipient) => {
      const at = rank(recipient);
      return at === null
        ? []
        : [{ recipient, at: at + (recipient.isFailing ? 20 : 0) + (recipient.pace === 'day' ? 10 : 0) }];
    });
  return order.sort((one, other) => one.at - other.at)[0]?.recipient ?? null;
}

function scheduleOf({ kind, pace, timeZone }: Recipient, rows: readonly ScheduleRow[]): RecipientSchedule {
  const digests = rows.filter((row) => row.kind === 'digest').map(({ due_at }) => due_at.getTime());
  return {
    kind,
    pace,
    timeZone,
    sentAt: rows.map(({ due_at }) => due_at),
    lastDigestAt: digests.length > 0 ? new Date(Math.max(...digests)) : null,
    openDigest: rows.find(({ is_open }) => is_open)?.message_id ?? null,
  };
}
