import { Injectable } from '@nestjs/common';
import { createHmac, randomBytes } from 'node:crypto';
import { digest } from '../../config.js';
import { Database, statement, type Sql } from '../../database.js';
import type { Language } from '../../texts/language.js';
import type { Role } from '../frame/visitor.js';

/** A person, and whose. */
export interface PersonKey {
  readonly merchantId: string;
  readonly personId: string;
}

/** Which session a browser has. */
export interface SessionKey {
  readonly merchantId: string;
  readonly tokenDigest: Buffer;
}

/** A session that is good, with the person whose it is. */
export interface Session extends PersonKey {
  readonly key: SessionKey;
  readonly name: string;
  readonly role: Role;
  readonly language: Language | null;
  readonly merchantName: string;
  readonly vtexAccount: string | null;
  readonly merchantLanguage: Language | null;
  readonly merchantTimeZone: string | null;
}

/** A person who does nothing for so long has gone home. */
const IDLE_MS = 2 * 3_600_000;

/** A working day; then a password again. */
const LONGEST_MS = 12 * 3_600_000;

/** A page that is opened moves the idle limit, but not each time: a row that changes is dearer than one that is read. */
const TOUCH_MS = 60_000;

const insertSession = statement(
  'insert-session',
  `insert into sessions (merchant_id, token_digest, person_id, idle_at, ends_at)
   select $1, $2, $3, now() + $4 * interval '1 millisecond', now() + $5 * interval '1 millisecond'
   from people where merchant_id = $1 and person_id = $3 and disabled_at is null returning 1`,
);

/** `$3`: does the request show that a person is there? */
const findSession = statement(
  'find-session',
  `with good as (
     select person_id, idle_at from sessions where merchant_id = $1 and token_digest = $2 and idle_at > now() and ends_at > now()
   ), touched as (
     update sessions set idle_at = least(now() + $4 * interval '1 millisecond', ends_at)
     where merchant_id = $1 and token_digest = $2 and $3
       and idle_at < least(now() + ($4::float8 - $5::float8) * interval '1 millisecond', ends_at) and exists (select from good)
   )
   select p.person_id, p.name, p.role, p.language, m.name as merchant_name, m.vtex_account,
          m.language as merchant_language, m.time_zone as merchant_time_zone
   from good join people p on p.merchant_id = $1 and p.person_id = good.person_id join merchants m on m.merchant_id = $1
   where p.disabled_at is null`,
);

const deleteSession = statement('delete-session', 'delete from sessions where merchant_id = $1 and token_digest = $2');

const deleteSessionsOf = statement(
  'delete-sessions-of-person',
  'delete from sessions where merchant_id = $1 and person_id = $2 and ($3::bytea is null or token_digest <> $3)',
);

const deleteEnded = statement(
  'delete-ended-sessions',
  `with links as (delete from one_time_links where ends_at <= now()),
        tries as (delete from sign_in_tries where ends_at <= now())
   delete from sessions where idle_at <= now() or ends_at <= now()`,
);

/** Who is signed in, by the database's clock. A browser holds a token; only its digest is kept. */
@Injectable()
export class Sessions {
  constructor(private readonly database: Database) {}

  /** Begins one; null where the person has been disabled meanwhile. @returns what the cookie holds */
  async begin({ merchantId, personId }: PersonKey, sql: Sql = this.database): Promise<string | null> {
    const token = newToken(merchantId);
    const values = [merchantId, digest(token), personId, IDLE_MS, LONGEST_MS];
    return (await sql.run(insertSession, values)).length > 0 ? token : null;
  }

  /**
   * The session that a cookie names; null where there is none, or it has ended.
   *
   * @param isByPerson whether it shows that somebody is there: then the session does not end for being idle
   */
  async find(token: string, isByPerson: boolean): Promise<Session | null> {
    const key = sessionKeyOf(token);
    if (key === null) return null;
    const values = [key.merchantId, key.tokenDigest, isByPerson, IDLE_MS, TOUCH_MS];
    const [row] = await this.database.run<SessionRow>(findSession, values);
    return row ? fromRow(row, key) : null;
  }

  async end({ merchantId, tokenDigest }: SessionKey, sql: Sql = this.database): Promise<void> {
    await sql.run(deleteSession, [merchantId, tokenDigest]);
  }

  /** Ends every session of a person, but for the one that is kept. */
  async endAll({ merchantId, personId }: PersonKey, sql: Sql, kept: SessionKey | null = null): Promise<void> {
    await sql.run(deleteSessionsOf, [merchantId, personId, kept?.tokenDigest ?? null]);
  }

  /** Deletes sessions, links and counts of tries that have ended. */
  async sweep(): Promise<void> {
    await this.database.run(deleteEnded, []);
  }
}

/** 192 random bits behind the merchant's id, so that what is looked up is one merchant's. */
export const newToken = (merchantId: string): string => `${merchantId}.${randomBytes(24).toString('hex')}`;

/** Whose a token is, and its digest; null for what is no token of ours. */
export function sessionKeyOf(token: string): SessionKey | null {
  const merchantId = /^([a-z0-9-]{1,60})\.[0-9a-f]{48}$/.exec(token)?.[1];
  return merchantId === undefined ? null : { merchantId, tokenDigest: digest(token) };
}

/** What the tokens of forms are made from: it follows from the cookie, and not from what the database holds. */
export const formKeyOf = (cookie: string): Buffer => createHmac('sha256', cookie).update('forms').digest();

interface SessionRow {
  readonly person_id: string;
  readonly name: string;
  readonly role: Role;
  readonly language: Language | null;
  readonly merchant_name: string;
  readonly vtex_account: string | null;
  readonly merchant_language: Language | null;
  readonly merchant_time_zone: string | null;
}

const fromRow = (row: SessionRow, key: SessionKey): Session => ({
  key,
  merchantId: key.merchantId,
  personId: row.person_id,
  name: row.name,
  role: row.role,
  language: row.language,
  merchantName: row.merchant_name,
  vtexAccount: row.vtex_account,
  merchantLanguage: row.merchant_language,
  merchantTimeZone: row.merchant_time_zone,
});
