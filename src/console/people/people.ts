import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config.js';
import { Database, statement, type Sql, type Transaction } from '../../database.js';
import type { Language } from '../../texts/language.js';
import { recordAudit, type AuditAction } from './audit.js';
import { newToken, sessionKeyOf, Sessions, type PersonKey } from './sessions.js';
import { roles, type Role } from '../frame/visitor.js';

/** Somebody who works at a merchant's console. */
export interface Person {
  readonly personId: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  /** Null: the merchant's. */
  readonly language: Language | null;
  /** False until the first one-time link was used. */
  readonly hasPassword: boolean;
  readonly isDisabled: boolean;
  readonly lastSignInAt: Date | null;
  /** Until when a one-time link is good; null where there is none. */
  readonly linkEndsAt: Date | null;
}

export interface NewPerson {
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly language?: Language | null;
}

/** With which a person chooses a password. Shown once. */
export interface OneTimeLink {
  readonly link: string;
  readonly endsAt: Date;
}

/** Who makes a change. */
export interface Actor {
  /** Null: whoever runs the service. */
  readonly personId: string | null;
  /** The network address; null where it says nothing. */
  readonly address: string | null;
}

/** Whoever runs the service, at a terminal. */
export const OPERATOR: Actor = { personId: null, address: null };

/** `last-admin`: nobody could administer the merchant's people any more. */
export type Changed = 'done' | 'unknown' | 'last-admin';

/** A new person may be on holiday; whoever asks for a new password waits for it. */
const FIRST_LINK_MS = 7 * 24 * 3_600_000;
const RENEWAL_LINK_MS = 24 * 3_600_000;

const personColumns = `p.person_id, p.email, p.name, p.role, p.language, p.password_hash is not null as has_password,
  p.disabled_at is not null as is_disabled, p.last_sign_in_at,
  (select l.ends_at from one_time_links l where l.merchant_id = p.merchant_id and l.person_id = p.person_id and l.ends_at > now())
    as link_ends_at`;

const selectPeople = statement(
  'select-people',
  `select ${personColumns} from people p where p.merchant_id = $1 order by p.disabled_at is not null, lower(p.name), p.email`,
);

const selectPerson = statement(
  'select-person',
  `select ${personColumns} from people p where p.merchant_id = $1 and p.person_id = $2`,
);

const insertPerson = statement(
  'insert-person',
  `insert into people (merchant_id, email, name, role, language) values ($1, $2, $3, $4, $5)
   on conflict on constraint people_email_once do nothing returning person_id`,
);

/** In the order of the key, so that two changes at the same time wait for each other and never for ever. */
const lockAdmins = statement(
  'lock-admins',
  `select person_id from people
   where merchant_id = $1 and role = 'admin' and disabled_at is null and password_hash is not null order by person_id for update`,
);

const updateRole = statement('update-role', 'update people set role = $3 where merchant_id = $1 and person_id = $2');

const updateDisabled = statement(
  'update-disabled',
  `update people set disabled_at = case when $3 then coalesce(disabled_at, now()) end where merchant_id = $1 and person_id = $2`,
);

const updateProfile = statement(
  'update-profile',
  'update people set name = $3, language = $4 where merchant_id = $1 and person_id = $2',
);

const setLink = statement(
  'set-one-time-link',
  `insert into one_time_links (merchant_id, person_id, token_digest, ends_at)
   select merchant_id, person_id, $3, now() + (case when password_hash is null then $4::float8 else $5::float8 end) * interval '1 millisecond'
   from people where merchant_id = $1 and person_id = $2 and disabled_at is null
   on conflict on constraint one_time_links_pk do update set token_digest = excluded.token_digest, ends_at = excluded.ends_at
   returning ends_at`,
);

const deleteLink = statement(
  'delete-one-time-link',
  'delete from one_time_links where merchant_id = $1 and person_id = $2',
);

/** Who works at a merchant's console. Every change stands in the audit log. */
@Injectable()
export class People {
  constructor(
    private readonly database: Database,
    private readonly sessions: Sessions,
    @Inject(CONFIG) private readonly config: Pick<Config, 'publicUrl'>,
  ) {}

  /** Those who may sign in first, by their names. */
  async list(merchantId: string): Promise<Person[]> {
    return (await this.database.run<PersonRow>(selectPeople, [merchantId])).map(fromRow);
  }

  /** Null where this merchant has no such person. */
  async find({ merchantId, personId }: PersonKey, sql: Sql = this.database): Promise<Person | null> {
    if (!isPersonId(personId)) return null;
    const [row] = await sql.run<PersonRow>(selectPerson, [merchantId, personId]);
    return row ? fromRow(row) : null;
  }

  /** Null where the merchant knows the address already. The merchant must have a row. */
  async add(
    merchantId: string,
    person: NewPerson,
    by: Actor,
  ): Promise<({ readonly person: Person } & OneTimeLink) | null> {
    return this.database.transaction(async (sql) => {
      const values = [merchantId, person.email, person.name, person.role, person.language ?? null];
      const [row] = await sql.run<{ person_id: string }>(insertPerson, values);
      if (!row) return null;
      const key = { merchantId, personId: row.person_id };
      const link = await this.#makeLink(sql, key);
      const added = await this.find(key, sql);
      if (!link || !added) throw new Error('Bug: a person was added and is not there');
      await recordAudit(sql, {
        merchantId,
        personId: by.personId,
        action: 'person-added',
        subject: person.name,
        details: { role: person.role },
        address: by.address,
      });
      return { person: added, ...link };
    });
  }

  /** A link in place of the one before, which ends at once. Null for nobody, and for somebody who is disabled. */
  async newLink(key: PersonKey, by: Actor): Promise<OneTimeLink | null> {
    return this.database.transaction(async (sql) => {
      const person = await this.find(key, sql);
      const link = person && (await this.#makeLink(sql, key));
      if (person && link) await this.#record(sql, { key, by, action: 'link-made', subject: person.name });
      return link;
    });
  }

  /** Ends the person's sessions, so that the new role holds at once. */
  async changeRole(key: PersonKey, role: Role, by: Actor): Promise<Changed> {
    return this.database.transaction(async (sql) => {
      const [admins, person] = [await this.#lockAdmins(sql, key), await this.find(key, sql)];
      if (!person) return 'unknown';
      if (person.role === role) return 'done';
      if (role !== 'admin' && isOnly(admins, key)) return 'last-admin';
      await sql.run(updateRole, [key.merchantId, key.personId, role]);
      await this.sessions.endAll(key, sql);
      await this.#record(sql, {
        key,
        by,
        action: 'role-changed',
        subject: person.name,
        details: { from: person.role, to: role },
      });
      return 'done';
    });
  }

  /** Nobody who is disabled gets in: sessions and link end. */
  async setDisabled(key: PersonKey, isDisabled: boolean, by: Actor): Promise<Changed> {
    return this.database.transaction(async (sql) => {
      const [admins, person] = [await this.#lockAdmins(sql, key), await this.find(key, sql)];
      if (!person) return 'unknown';
      if (person.isDisabled === isDisabled) return 'done';
      if (isDisabled && isOnly(admins, key)) return 'last-admin';
      await sql.run(updateDisabled, [key.merchantId, key.personId, isDisabled]);
      if (isDisabled) await this.#shutOut(sql, key);
      await this.#record(sql, {
        key,
        by,
        action: isDisabled ? 'person-disabled' : 'person-enabled',
        subject: person.name,
      });
      return 'done';
    });
  }

  /** The person's own. @param language null: the merchant's */
  async changeProfile(
    key: PersonKey,
    { name, language }: { readonly name: string; readonly language: Language | null },
  ) {
    await this.database.run(updateProfile, [key.merchantId, key.personId, name, language]);
  }

  async #lockAdmins(sql: Transaction, { merchantId }: PersonKey): Promise<string[]> {
    return (await sql.run<{ person_id: string }>(lockAdmins, [merchantId])).map(({ person_id }) => person_id);
  }

  async #shutOut(sql: Transaction, key: PersonKey): Promise<void> {
    await this.sessions.endAll(key, sql);
    await sql.run(deleteLink, [key.merchantId, key.personId]);
  }

  async #makeLink(sql: Sql, { merchantId, personId }: PersonKey): Promise<OneTimeLink | null> {
    const token = newToken(merchantId);
    const values = [merchantId, personId, sessionKeyOf(token)?.tokenDigest, FIRST_LINK_MS, RENEWAL_LINK_MS];
    const [row] = await sql.run<{ ends_at: Date }>(setLink, values);
    return row ? { link: `${this.config.publicUrl}/console/welcome?token=${token}`, endsAt: row.ends_at } : null;
  }

  async #record(
    sql: Sql,
    {
      key,
      by,
      ...entry
    }: { key: PersonKey; by: Actor; action: AuditAction; subject: string; details?: Record<string, string> },
  ): Promise<void> {
    await recordAudit(sql, { merchantId: key.merchantId, personId: by.personId, address: by.address, ...entry });
  }
}

const isOnly = (admins: readonly string[], { personId }: PersonKey) => admins.length === 1 && admins[0] === personId;

export const isPersonId = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

export const isRole = (text: unknown): text is Role => roles.some((role) => role === text);

/** The address as it is kept; null where it is none. */
export function readEmail(text: unknown): string | null {
  if (typeof text !== 'string') return null;
  const email = text.trim().toLowerCase();
  return email.length <= 254 && /^[^\s@<>()[\]\\,;:"\p{Cc}]+@[a-z0-9-]+(\.[a-z0-9-]+)+$/u.test(email) ? email : null;
}

/** The name as it is kept; null where it is none. */
export function readName(text: unknown): string | null {
  if (typeof text !== 'string') return null;
  const name = text.trim();
  return /^[^\p{Cc}\p{Cs}]{1,100}$/u.test(name) ? name : null;
}

interface PersonRow {
  readonly person_id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly language: Language | null;
  readonly has_password: boolean;
  readonly is_disabled: boolean;
  readonly last_sign_in_at: Date | null;
  readonly link_ends_at: Date | null;
}

const fromRow = (row: PersonRow): Person => ({
  personId: row.person_id,
  email: row.email,
  name: row.name,
  role: row.role,
  language: row.language,
  hasPassword: row.has_password,
  isDisabled: row.is_disabled,
  lastSignInAt: row.last_sign_in_at,
  linkEndsAt: row.link_ends_at,
});
