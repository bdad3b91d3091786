import { Injectable } from '@nestjs/common';
import { Database, statement } from '../../database.js';
import type { Language } from '../../texts/language.js';
import { recordAudit } from './audit.js';
import { networkOf } from './network.js';
import { passwordFault, Passwords, TooBusyError } from './passwords.js';
import { sessionKeyOf, Sessions, type PersonKey, type SessionKey } from './sessions.js';
import { SignInThrottle } from './sign-in-throttle.js';

/**
 * - `in`: `token` is for the cookie.
 * - `wrong`: nobody has this address and password, or may not sign in any more. `refused`: too many tries. `busy`: too many at once.
 */
export type SignedIn =
  { readonly kind: 'in'; readonly token: string } | { readonly kind: 'wrong' | 'refused' | 'busy' };

/** Whose a one-time link is. */
export interface Invited extends PersonKey {
  readonly email: string;
  readonly name: string;
  readonly merchantName: string;
  readonly language: Language | null;
}

/** `gone`: the link was used, has ended, or another one was made. */
export type Chosen =
  { readonly kind: 'in'; readonly token: string } | { readonly kind: 'gone' | 'length' | 'email' | 'busy' };

export type PasswordChanged = 'done' | 'wrong' | 'refused' | 'length' | 'email' | 'busy';

const selectByEmail = statement(
  'select-people-by-email',
  `select merchant_id, person_id, password_hash, disabled_at is not null as is_disabled
   from people where email = $1 order by coalesce(last_sign_in_at, created_at) desc`,
);

const insertFailures = statement(
  'insert-failed-sign-ins',
  `insert into audit_entries (merchant_id, person_id, action, subject, network)
   select merchant_id, person_id, $2, name, $3 from people where email = $1`,
);

const noteSignIn = statement(
  'note-sign-in',
  'update people set last_sign_in_at = now() where merchant_id = $1 and person_id = $2',
);

const selectInvited = statement(
  'select-invited',
  `select l.person_id, p.email, p.name, m.name as merchant_name, coalesce(p.language, m.language) as language
   from one_time_links l join people p using (merchant_id, person_id) join merchants m using (merchant_id)
   where l.merchant_id = $1 and l.token_digest = $2 and l.ends_at > now() and p.disabled_at is null`,
);

const takeLink = statement(
  'take-one-time-link',
  'delete from one_time_links where merchant_id = $1 and token_digest = $2 and ends_at > now() returning person_id',
);

/** Mails have no browser to ask for a language, so the one of this browser is kept where nobody has said any. */
const setPassword = statement(
  'set-password',
  `update people p set password_hash = $3, language = coalesce(p.language, case when m.language is null then $4 end)
   from merchants m
   where p.merchant_id = $1 and p.person_id = $2 and p.disabled_at is null and m.merchant_id = p.merchant_id returning p.name`,
);

const selectOwn = statement(
  'select-own-password',
  'select email, password_hash from people where merchant_id = $1 and person_id = $2',
);

const replacePassword = statement(
  'replace-password',
  `with changed as (
     update people set password_hash = $4 where merchant_id = $1 and person_id = $2 and password_hash = $3 returning merchant_id, person_id
   ), links as (
     delete from one_time_links l using changed c where l.merchant_id = c.merchant_id and l.person_id = c.person_id
   )
   select 1 from changed`,
);

/** How people get in: by their password, and before they have one by a one-time link. */
@Injectable()
export class SignIn {
  constructor(
    private readonly database: Database,
    private readonly passwords: Passwords,
    private readonly sessions: Sessions,
    private readonly throttle: SignInThrottle,
  ) {}

  /**
   * The same work and the same answer for an address that nobody has, for somebody who is disabled, and for a wrong password. Who is
   * known at several merchants gets in where the password is right, and among these where they were last.
   *
   * @param earlier a session that the browser has; it ends
   */
  async signIn({
    email,
    password,
    address,
    earlier,
  }: {
    readonly email: string;
    readonly password: string;
    readonly address: string;
    readonly earlier: string | null;
  }): Promise<SignedIn> {
    const verdict = await this.throttle.count({ email, address });
    if (verdict === 'refused') return { kind: 'refused' };
    const person = await whereBusy(this.#personWith(email, password));
    if (person === 'busy') {
      await this.throttle.giveBack({ email, address });
      return { kind: 'busy' };
    }
    const token = person && (await this.#begin(person, address, earlier));
    if (token) {
      await this.throttle.giveBack({ email, address });
      return { kind: 'in', token };
    }
    const action = verdict === 'last' ? 'sign-in-blocked' : 'sign-in-failed';
    await this.database.run(insertFailures, [email, action, networkOf(address)]);
    return { kind: 'wrong' };
  }

  async signOut(key: SessionKey): Promise<void> {
    await this.sessions.end(key);
  }

  /** Whose a one-time link is; uses nothing up. Null where it is not good. */
  async invited(token: string): Promise<Invited | null> {
    const key = sessionKeyOf(token);
    if (key === null) return null;
    const [row] = await this.database.run<InvitedRow>(selectInvited, [key.merchantId, key.tokenDigest]);
    return row
      ? {
          merchantId: key.merchantId,
          personId: row.person_id,
          email: row.email,
          name: row.name,
          merchantName: row.merchant_name,
          language: row.language,
        }
      : null;
  }

  /**
   * Uses a one-time link up: the password is the person's from now on, and every session but the new one ends.
   *
   * @param browser its network address, and the language that it asks for: the person's where neither they nor the merchant have one
   */
  async choosePassword(
    token: string,
    password: string,
    { address, language }: { readonly address: string; readonly language: Language | null },
  ): Promise<Chosen> {
    const invited = await this.invited(token);
    if (!invited) return { kind: 'gone' };
    const fault = passwordFault(password, invited.email);
    if (fault) return { kind: fault };
    const hash = await whereBusy(this.#hash(password, invited.email));
    if (hash === 'busy') return { kind: 'busy' };
    const session = await this.database.transaction(async (sql) => {
      const { merchantId, personId } = invited;
      const key = sessionKeyOf(token);
      const taken = await sql.run(takeLink, [merchantId, key?.tokenDigest]);
      const [person] =
        taken.length > 0 ? await sql.run<{ name: string }>(setPassword, [merchantId, personId, hash, language]) : [];
      if (!person) return null;
      await this.sessions.endAll(invited, sql);
      await sql.run(noteSignIn, [merchantId, personId]);
      await recordAudit(sql, { merchantId, personId, action: 'password-chosen', subject: person.name, address });
      return this.sessions.begin(invited, sql);
    });
    return session ? { kind: 'in', token: session } : { kind: 'gone' };
  }

  /** Somebody who is signed in changes their password; every other session of theirs ends. */
  async changePassword(
    person: PersonKey,
    {
      old,
      password,
      address,
      session,
    }: { readonly old: string; readonly password: string; readonly address: string; readonly session: SessionKey },
  ): Promise<PasswordChanged> {
    const { merchantId, personId } = person;
    const [own] = await this.database.run<{ email: string; password_hash: string }>(selectOwn, [merchantId, personId]);
    if (!own) return 'wrong';
    const fault = passwordFault(password, own.email);
    if (fault) return fault;
    // Whoever sits down at somebody's open browser must not guess either.
    if ((await this.throttle.count({ email: own.email, address })) === 'refused') return 'refused';
    const right = await whereBusy(this.passwords.matching(old, [own.password_hash]));
    if (right === 'busy') {
      await this.throttle.giveBack({ email: own.email, address });
      return 'busy';
    }
    if (right.length === 0) return 'wrong';
    await this.throttle.giveBack({ email: own.email, address });
    const hash = await whereBusy(this.#hash(password, own.email));
    if (hash === 'busy') return 'busy';
    return this.database.transaction(async (sql) => {
      const replaced = await sql.run(replacePassword, [merchantId, personId, own.password_hash, hash]);
      if (replaced.length === 0) return 'wrong';
      await this.sessions.endAll(person, sql, session);
      await recordAudit(sql, { merchantId, personId, action: 'password-changed', address });
      return 'done';
    });
  }

  async #personWith(email: string, password: string): Promise<PersonKey | null> {
    const rows = await this.database.run<PasswordRow>(selectByEmail, [email]);
    const hashes = rows.flatMap(({ password_hash }) => password_hash ?? []);
    const right = await this.passwords.matching(password, hashes);
    const found = rows.find(({ password_hash, is_disabled }) => !is_disabled && right.includes(password_hash ?? ''));
    return found ? { merchantId: found.merchant_id, personId: found.person_id } : null;
  }

  async #begin(person: PersonKey, address: string, earlier: string | null): Promise<string | null> {
    const { merchantId, personId } = person;
    const old = earlier === null ? null : sessionKeyOf(earlier);
    return this.database.transaction(async (sql) => {
      const token = await this.sessions.begin(person, sql);
      if (token === null) return null;
      if (old) await this.sessions.end(old, sql);
      await sql.run(noteSignIn, [merchantId, personId]);
      await recordAudit(sql, { merchantId, personId, action: 'signed-in', address });
      return token;
    });
  }

  async #hash(password: string, email: string): Promise<string> {
    const rows = await this.database.run<PasswordRow>(selectByEmail, [email]);
    return this.passwords.hash(
      password,
      rows.flatMap(({ password_hash }) => password_hash ?? []),
    );
  }
}

async function whereBusy<Result>(work: Promise<Result>): Promise<Result | 'busy'> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof TooBusyError) return 'busy';
    throw error;
  }
}

interface PasswordRow {
  readonly merchant_id: string;
  readonly person_id: string;
  readonly password_hash: string | null;
  readonly is_disabled: boolean;
}

interface InvitedRow {
  readonly person_id: string;
  readonly email: string;
  readonly name: string;
  readonly merchant_name: string;
  readonly language: Language | null;
}
