import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { Database, statement, type Sql } from '../database.js';
import { isUnderOneOf, readOutgoingUrl } from '../outgoing/public-https.js';
import { CannotOpenError, type Sealed, type SecretPlace } from '../sealed.js';
import type { Language } from '../texts/language.js';
import { eventsForPeople, noticeEvents, type ChannelKind, type NoticeEvent, type Pace } from './channel.js';
import type { RecipientKey } from './notice-messages.js';
import { placeOf, sealedFields, type SealedField } from './recipient-secrets.js';
import { newWebhookSecret } from './webhook.js';

/** Somebody or something that hears of manual cancellations. */
export interface NoticeRecipient extends NoticeWishes {
  /** Null: a person who has got nothing yet. */
  readonly recipientId: string | null;
  readonly kind: ChannelKind;
  /** Null: a channel that belongs to nobody. */
  readonly personId: string | null;
  /** Of a person or a Slack channel; null for an address. */
  readonly name: string | null;
  /** An e-mail address, or where a webhook goes; null for Slack, whose address is a secret. */
  readonly address: string | null;
  readonly language: Language | null;
  readonly isSwitchedOff: boolean;
  /** Until when the secret before this one signs too. */
  readonly oldSecretUntil: Date | null;
  readonly faultsInRow: number;
  readonly lastFault: string | null;
  readonly nextTryAt: Date | null;
  readonly lastDeliveredAt: Date | null;
  /** Messages that have not arrived yet, and that should have. */
  readonly waiting: number;
  /** When the digest goes that collects for this recipient now; null: none does. */
  readonly heldUntil: Date | null;
  /** So many notices are in it. */
  readonly held: number;
}

/** What somebody wants to hear of, and how often. */
export interface NoticeWishes {
  readonly events: readonly NoticeEvent[];
  readonly pace: Pace;
}

/** One try, as the delivery log shows it. */
export interface LoggedTry {
  readonly tryNo: string;
  readonly messageId: string;
  readonly kind: 'single' | 'digest' | 'test';
  readonly at: Date;
  readonly status: number | null;
  readonly ms: number;
  readonly fault: string | null;
}

/** Both secrets sign for so long after one is made anew. */
export const OVERLAP_HOURS = 24;

const SLACK_HOST = 'hooks.slack.com';

const select = (
  where: string,
) => `select r.recipient_id, r.kind, r.person_id, coalesce(p.name, r.name) as name, coalesce(p.email, r.address) as address,
     r.language, r.events, r.pace, r.switched_off_at is not null as is_switched_off,
     case when r.old_secret_until > now() then r.old_secret_until end as old_secret_until,
     r.faults_in_row, r.last_fault, case when r.wait_until > now() then r.wait_until end as next_try_at, r.last_delivered_at,
     (select count(*)::int from notice_messages m where m.merchant_id = r.merchant_id and m.recipient_id = r.recipient_id
        and m.next_try_at is not null and m.due_at <= now() - interval '1 minute') as waiting,
     held.until as held_until, coalesce(held.count, 0) as held
   from notice_recipients r left join people p on p.merchant_id = r.merchant_id and p.person_id = r.person_id
   left join lateral (
     select min(m.due_at) as until, count(*)::int as count
     from notice_messages m join notice_deliveries d using (merchant_id, message_id)
     where m.merchant_id = r.merchant_id and m.recipient_id = r.recipient_id and m.next_try_at is not null and m.due_at > now()
   ) held on true
   where r.merchant_id = $1 and r.removed_at is null and p.disabled_at is null and ${where}`;

/** People who never said anything, and have got nothing yet, are among them with what they get by default. */
const selectRecipients = statement(
  'select-notice-recipients',
  `select * from (
     ${select('true')}
     union all
     select null, 'person', p.person_id, p.name, p.email, null, $2::text[], 'at-once', false, null, 0, null, null, null, 0, null, 0
     from people p where p.merchant_id = $1 and p.disabled_at is null
       and not exists (select from notice_recipients r where r.merchant_id = p.merchant_id and r.person_id = p.person_id)
   ) everybody
   order by array_position(array['person', 'email', 'slack', 'webhook', 'notify-email'], kind), name, address, recipient_id`,
);

const selectRecipient = statement('select-notice-recipient', select('r.recipient_id = $2'));

const selectOwn = statement('select-own-notice-wishes', select('r.person_id = $2'));

const insertRecipient = statement(
  'insert-notice-recipient',
  `insert into notice_recipients (merchant_id, recipient_id, kind, address, name, language, events, slack_url, secret)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
   on conflict (merchant_id, kind, address) where removed_at is null do nothing
   returning 1`,
);

const ofRecipient = 'merchant_id = $1 and recipient_id = $2 and removed_at is null';

const changeWishes = statement(
  'change-notice-wishes',
  `update notice_recipients set events = $3, pace = case when kind = 'webhook' then 'at-once' else $4 end
   where ${ofRecipient} and kind <> 'notify-email' returning 1`,
);

const saveOwnWishes = statement(
  'save-own-notice-wishes',
  `insert into notice_recipients (merchant_id, kind, person_id, events, pace) values ($1, 'person', $2, $3, $4)
   on conflict on constraint notice_recipients_person_once do update set events = excluded.events, pace = excluded.pace
   returning recipient_id`,
);

/** Who wants to hear sooner does not wait for what was put off. */
const hurryDigest = statement(
  'hurry-open-digest',
  `update notice_messages set due_at = now(), next_try_at = now()
   where merchant_id = $1 and recipient_id = $2 and kind = 'digest' and tries = 0 and next_try_at > now()`,
);

/** A person is not removed but says "off", or is disabled. */
const removeRecipient = statement(
  'remove-notice-recipient',
  `update notice_recipients set removed_at = now(), faults_in_row = 0, wait_until = null
   where ${ofRecipient} and kind in ('email', 'slack', 'webhook') returning 1`,
);

const rotateSecret = statement(
  'rotate-webhook-secret',
  `update notice_recipients set secret = $3, old_secret = $4, old_secret_until = now() + ${OVERLAP_HOURS} * interval '1 hour'
   where ${ofRecipient} and kind = 'webhook' returning 1`,
);

const lockSecret = statement(
  'lock-webhook-secret',
  `select secret from notice_recipients where ${ofRecipient} and kind = 'webhook' for no key update`,
);

const switchOn = statement(
  'switch-notice-recipient-on',
  `update notice_recipients set switched_off_at = null, faults_in_row = 0, wait_until = null, last_fault = null
   where ${ofRecipient} and switched_off_at is not null returning 1`,
);

const insertTest = statement(
  'insert-test-message',
  `insert into notice_messages (merchant_id, message_id, recipient_id, kind)
   select merchant_id, gen_random_uuid(), recipient_id, 'test' from notice_recipients where ${ofRecipient}
   returning message_id`,
);

const selectTries = statement(
  'select-notice-tries',
  `select t.try_no, t.message_id, m.kind, t.at, t.status, t.ms, t.fault from notice_tries t
   join notice_messages m using (merchant_id, message_id)
   where t.merchant_id = $1 and t.recipient_id = $2 order by t.try_no desc limit 200`,
);

const selectSealed = statement(
  'select-sealed-of-recipients',
  `select merchant_id, recipient_id, slack_url, secret, old_secret from notice_recipients
   where slack_url is not null or secret is not null`,
);

const reseal = {
  slack_url: statement(
    'reseal-slack-url',
    'update notice_recipients set slack_url = $3 where merchant_id = $1 and recipient_id = $2 and slack_url = $4 returning 1',
  ),
  secret: statement(
    'reseal-webhook-secret',
    'update notice_recipients set secret = $3 where merchant_id = $1 and recipient_id = $2 and secret = $4 returning 1',
  ),
  old_secret: statement(
    'reseal-old-webhook-secret',
    'update notice_recipients set old_secret = $3 where merchant_id = $1 and recipient_id = $2 and old_secret = $4 returning 1',
  ),
} as const;

/** Who hears of a merchant's manual cancellations. What changes something runs in the caller's transaction. */
@Injectable()
export class NoticeRecipients {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** There is a key to seal with, so Slack and webhooks can be added. */
  get canKeepSecrets(): boolean {
    return this.config.masterKeys.keyId !== null;
  }

  /** Where notices go that reach nobody else; null where nothing is set. */
  get notifyEmail(): string | null {
    return this.config.mail.notifyEmail;
  }

  /** All that are not removed, and everybody who may sign in. */
  async list(merchantId: string): Promise<NoticeRecipient[]> {
    return (await this.database.run<RecipientRow>(selectRecipients, [merchantId, eventsForPeople])).map(fromRow);
  }

  async find(key: RecipientKey): Promise<NoticeRecipient | null> {
    const [row] = await this.database.run<RecipientRow>(selectRecipient, [key.merchantId, key.recipientId]);
    return row ? fromRow(row) : null;
  }

  /** What a person wants, as long as they said nothing else: at once, what there is to do. */
  async wishesOf({ merchantId, personId }: PersonOf): Promise<NoticeWishes> {
    const [row] = await this.database.run<RecipientRow>(selectOwn, [merchantId, personId]);
    return row ? fromRow(row) : { events: eventsForPeople, pace: 'at-once' };
  }

  async changeOwn(sql: Sql, { merchantId, personId }: PersonOf, { events, pace }: NoticeWishes): Promise<void> {
    const [row] = await sql.run<{ recipient_id: string }>(saveOwnWishes, [merchantId, personId, events, pace]);
    if (row) await sql.run(hurryDigest, [merchantId, row.recipient_id]);
  }

  /** False where there is no such recipient. */
  async change(sql: Sql, { merchantId, recipientId }: RecipientKey, { events, pace }: NoticeWishes): Promise<boolean> {
    const changed = await sql.run(changeWishes, [merchantId, recipientId, events, pace]);
    if (changed.length > 0) await sql.run(hurryDigest, [merchantId, recipientId]);
    return changed.length > 0;
  }

  /** False where the address is known already. */
  addEmail(sql: Sql, key: RecipientKey, { address, language }: { address: string; language: Language | null }) {
    return this.#insert(sql, key, { kind: 'email', address, language, events: eventsForPeople });
  }

  /** @throws NoMasterKeyError */
  addSlack(
    sql: Sql,
    key: RecipientKey,
    { name, url, language }: { name: string; url: string; language: Language | null },
  ) {
    const slackUrl = this.#seal(key, 'slack_url', url);
    return this.#insert(sql, key, { kind: 'slack', name, language, events: eventsForPeople, slackUrl });
  }

  /**
   * @returns the secret, to be shown once; null where the address is known already
   * @throws NoMasterKeyError
   */
  async addWebhook(sql: Sql, key: RecipientKey, url: string): Promise<string | null> {
    const secret = newWebhookSecret();
    const sealed = this.#seal(key, 'secret', secret);
    const isNew = await this.#insert(sql, key, { kind: 'webhook', address: url, events: noticeEvents, secret: sealed });
    return isNew ? secret : null;
  }

  /**
   * A new secret for a webhook; the one before signs too for a day.
   * @returns the new one, to be shown once; null where there is no such webhook
   * @throws NoMasterKeyError, CannotOpenError
   */
  async rotate(sql: Sql, key: RecipientKey): Promise<string | null> {
    const place = [key.merchantId, key.recipientId];
    const [row] = await sql.run<{ secret: Sealed }>(lockSecret, place);
    if (!row) return null;
    const secret = newWebhookSecret();
    const old = this.config.masterKeys.open(row.secret, placeOf(key, 'secret'));
    await sql.run(rotateSecret, [...place, this.#seal(key, 'secret', secret), this.#seal(key, 'old_secret', old)]);
    return secret;
  }

  async remove(sql: Sql, { merchantId, recipientId }: RecipientKey): Promise<boolean> {
    return (await sql.run(removeRecipient, [merchantId, recipientId])).length > 0;
  }

  /** One that had said it is gone gets notices again. */
  async switchOn(sql: Sql, { merchantId, recipientId }: RecipientKey): Promise<boolean> {
    return (await sql.run(switchOn, [merchantId, recipientId])).length > 0;
  }

  /** A message that carries nothing; null where there is no such recipient. */
  async addTest({ merchantId, recipientId }: RecipientKey): Promise<string | null> {
    const [row] = await this.database.run<{ message_id: string }>(insertTest, [merchantId, recipientId]);
    return row?.message_id ?? null;
  }

  /** The last 200 tries, newest first. */
  async tries({ merchantId, recipientId }: RecipientKey): Promise<LoggedTry[]> {
    const rows = await this.database.run<TryRow>(selectTries, [merchantId, recipientId]);
    return rows.map(({ try_no, message_id, ...row }) => ({ tryNo: try_no, messageId: message_id, ...row }));
  }

  /** Null for what is none, or may not be called. */
  readSlackUrl(text: string): string | null {
    const target = this.#target(text);
    return target && (this.config.webhooks.allowHttp || isUnderOneOf(target.hostname, [SLACK_HOST])) ? text : null;
  }

  /** Null for what is none, or may not be called. */
  readWebhookUrl(text: string): string | null {
    return this.#target(text) ? text : null;
  }

  /** Seals anew what is sealed under another key. @returns the places of what does not open, and how many were sealed anew */
  async reseal(): Promise<{ readonly resealed: number; readonly closed: readonly SecretPlace[] }> {
    const { masterKeys } = this.config;
    const closed: SecretPlace[] = [];
    let resealed = 0;
    for (const row of await this.database.run<SealedRow>(selectSealed, [])) {
      for (const field of sealedFields) {
        const sealed = row[field];
        if (sealed === null || sealed.keyId === masterKeys.keyId) continue;
        const place = placeOf({ merchantId: row.merchant_id, recipientId: row.recipient_id }, field);
        try {
          const anew = JSON.stringify(masterKeys.seal(masterKeys.open(sealed, place), place));
          const values = [row.merchant_id, row.recipient_id, anew, JSON.stringify(sealed)];
          resealed += (await this.database.run(reseal[field], values)).length;
        } catch (error) {
          if (!(error instanceof CannotOpenError)) throw error;
          closed.push(place);
        }
      }
    }
    return { resealed, closed };
  }

  #target(url: string) {
    return url.length > 2_000 ? null : readOutgoingUrl(url, this.config.webhooks);
  }

  #seal(key: RecipientKey, field: SealedField, secret: string): string {
    return JSON.stringify(this.config.masterKeys.seal(secret, placeOf(key, field)));
  }

  async #insert(sql: Sql, { merchantId, recipientId }: RecipientKey, recipient: NewRecipient): Promise<boolean> {
    const { kind, address = null, name = null, language = null, events, slackUrl = null, secret = null } = recipient;
    const values = [merchantId, recipientId, kind, address, name, language, events, slackUrl, secret];
    return (await sql.run(insertRecipient, values)).length > 0;
  }
}

interface PersonOf {
  readonly merchantId: string;
  readonly personId: string;
}

interface NewRecipient {
  readonly kind: ChannelKind;
  readonly address?: string;
  readonly name?: string;
  readonly language?: Language | null;
  readonly events: readonly NoticeEvent[];
  /** Sealed, as JSON. */
  readonly slackUrl?: string;
  readonly secret?: string;
}

interface RecipientRow {
  readonly recipient_id: string | null;
  readonly kind: ChannelKind;
  readonly person_id: string | null;
  readonly name: string | null;
  readonly address: string | null;
  readonly language: Language | null;
  readonly events: readonly NoticeEvent[];
  readonly pace: Pace;
  readonly is_switched_off: boolean;
  readonly old_secret_until: Date | null;
  readonly faults_in_row: number;
  readonly last_fault: string | null;
  readonly next_try_at: Date | null;
  readonly last_delivered_at: Date | null;
  readonly waiting: number;
  readonly held_until: Date | null;
  readonly held: number;
}

interface SealedRow extends Readonly<Record<SealedField, Sealed | null>> {
  readonly merchant_id: string;
  readonly recipient_id: string;
}

interface TryRow extends Omit<LoggedTry, 'tryNo' | 'messageId'> {
  /** A bigint, which comes as text. */
  readonly try_no: string;
  readonly message_id: string;
}

const fromRow = (row: RecipientRow): NoticeRecipient => ({
  recipientId: row.recipient_id,
  kind: row.kind,
  personId: row.person_id,
  name: row.name,
  address: row.address,
  language: row.language,
  events: row.events,
  pace: row.pace,
  isSwitchedOff: row.is_switched_off,
  oldSecretUntil: row.old_secret_until,
  faultsInRow: row.faults_in_row,
  lastFault: row.last_fault,
  nextTryAt: row.next_try_at,
  lastDeliveredAt: row.last_delivered_at,
  waiting: row.waiting,
  heldUntil: row.held_until,
  held: row.held,
});
