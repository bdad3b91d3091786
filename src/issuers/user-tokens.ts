import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { Database, statement } from '../database.js';
import { CannotOpenError, type Sealed, type SecretPlace } from '../sealed.js';
import type { AccountKey } from './issuer-modes.js';

/** Names the refresh token of one end user of one account. */
export interface UserKey extends AccountKey {
  readonly userKey: string;
}

/**
 * - `taken`: this process alone may use it now, and ends that with {@link UserTokens.giveBack}.
 * - `busy`: another process uses it.
 * - `closed`: it does not open; `why` says so.
 */
export type TakenToken =
  | { readonly kind: 'taken'; readonly refreshToken: string; readonly version: string }
  | { readonly kind: 'none' | 'busy' }
  | { readonly kind: 'closed'; readonly why: string };

const ofUser = 'merchant_id = $1 and issuer = $2 and sandbox = $3 and user_key = $4';

const saveToken = statement(
  'save-user-token',
  `insert into issuer_user_tokens (merchant_id, issuer, sandbox, user_key, refresh_token) values ($1, $2, $3, $4, $5)
   on conflict on constraint issuer_user_tokens_pk do update
     set refresh_token = excluded.refresh_token, version = excluded.version, refreshing_until = null, changed_at = now()
   returning (xmax = 0) as is_new`,
);

/** One row: the token where it could be taken, and nulls where it is being used. None where there is none. */
const takeToken = statement(
  'take-user-token',
  `with taken as (
     update issuer_user_tokens set refreshing_until = now() + $5 * interval '1 millisecond'
     where ${ofUser} and (refreshing_until is null or refreshing_until <= now())
     returning refresh_token, version
   )
   select refresh_token, version from taken
   union all
   select null, null from issuer_user_tokens where ${ofUser} and not exists (select from taken)`,
);

/** Whoever stored another one meanwhile wins. */
const replaceToken = statement(
  'replace-user-token',
  `update issuer_user_tokens
   set refresh_token = $6, version = nextval('stored_versions'), refreshing_until = null, changed_at = now()
   where ${ofUser} and version = $5 returning 1`,
);

const releaseToken = statement(
  'release-user-token',
  `update issuer_user_tokens set refreshing_until = null where ${ofUser} and version = $5`,
);

const listUsers = statement(
  'list-user-tokens',
  `select user_key, refresh_token ->> 'keyId' as key_id, changed_at from issuer_user_tokens
   where merchant_id = $1 and issuer = $2 and sandbox = $3 order by user_key limit 1000`,
);

const selectSealedOtherwise = statement(
  'select-user-tokens-sealed-otherwise',
  `select merchant_id, issuer, sandbox, user_key, version, refresh_token from issuer_user_tokens
   where refresh_token ->> 'keyId' is distinct from $1`,
);

/** The token stays the same, so its version does too, and a refresh under way may end. */
const resealToken = statement(
  'reseal-user-token',
  `update issuer_user_tokens set refresh_token = $6 where ${ofUser} and version = $5 returning 1`,
);

/** The end users' refresh tokens, sealed. */
@Injectable()
export class UserTokens {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Keeps a user's refresh token, in place of an earlier one.
   * @throws NoMasterKeyError
   */
  async save(user: UserKey, refreshToken: string): Promise<{ readonly isNew: boolean }> {
    const sealed = this.config.masterKeys.seal(refreshToken, placeOf(user));
    const [row] = await this.database.run<{ is_new: boolean }>(saveToken, [...values(user), JSON.stringify(sealed)]);
    return { isNew: row?.is_new ?? false };
  }

  /** Takes the token for one use: a refresh token may be good for no more. @param forMs after that another process may take it */
  async take(user: UserKey, forMs: number): Promise<TakenToken> {
    const [row] = await this.database.run<TokenRow>(takeToken, [...values(user), forMs]);
    if (!row) return { kind: 'none' };
    const { refresh_token: sealed, version } = row;
    if (sealed === null || version === null) return { kind: 'busy' };
    try {
      return { kind: 'taken', refreshToken: this.config.masterKeys.open(sealed, placeOf(user)), version };
    } catch (error) {
      if (!(error instanceof CannotOpenError)) throw error;
      await this.database.run(releaseToken, [...values(user), version]);
      return { kind: 'closed', why: error.message };
    }
  }

  /** Ends the use of a taken token. @param next what takes its place; null: it stays. Does nothing where another one was stored meanwhile */
  async giveBack(user: UserKey, version: string, next: string | null): Promise<void> {
    if (next === null) return void (await this.database.run(releaseToken, [...values(user), version]));
    const sealed = this.config.masterKeys.seal(next, placeOf(user));
    await this.database.run(replaceToken, [...values(user), version, JSON.stringify(sealed)]);
  }

  /** The users of an account, at most 1,000, without their tokens. */
  async list({ merchantId, issuer, sandbox }: AccountKey): Promise<ListedUser[]> {
    const rows = await this.database.run<ListedRow>(listUsers, [merchantId, issuer, sandbox]);
    return rows.map((row) => ({ userKey: row.user_key, keyId: row.key_id, changedAt: row.changed_at }));
  }

  /** Seals anew what is sealed under another key. @returns the places of what does not open, and how many were sealed anew */
  async reseal(): Promise<{ readonly resealed: number; readonly closed: readonly SecretPlace[] }> {
    const { masterKeys } = this.config;
    const rows = await this.database.run<SealedRow>(selectSealedOtherwise, [masterKeys.keyId]);
    const closed: SecretPlace[] = [];
    let resealed = 0;
    for (const { merchant_id: merchantId, issuer, sandbox, user_key: userKey, version, refresh_token } of rows) {
      const user = { merchantId, issuer, sandbox, userKey };
      const place = placeOf(user);
      try {
        const sealed = masterKeys.seal(masterKeys.open(refresh_token, place), place);
        const done = await this.database.run(resealToken, [...values(user), version, JSON.stringify(sealed)]);
        resealed += done.length;
      } catch (error) {
        if (!(error instanceof CannotOpenError)) throw error;
        closed.push(place);
      }
    }
    return { resealed, closed };
  }
}

export interface ListedUser {
  readonly userKey: string;
  readonly keyId: string;
  readonly changedAt: Date;
}

interface TokenRow {
  readonly refresh_token: Sealed | null;
  readonly version: string | null;
}

interface ListedRow {
  readonly user_key: string;
  readonly key_id: string;
  readonly changed_at: Date;
}

interface SealedRow {
  readonly merchant_id: string;
  readonly issuer: string;
  readonly sandbox: boolean;
  readonly user_key: string;
  readonly version: string;
  readonly refresh_token: Sealed;
}

const values = ({ merchantId, issuer, sandbox, userKey }: UserKey) => [merchantId, issuer, sandbox, userKey];

/** No setting is called like this, so a user's token is never taken for one. */
const placeOf = ({ merchantId, issuer, sandbox, userKey }: UserKey): SecretPlace => ({
  merchantId,
  issuer,
  sandbox,
  field: `refresh token of ${userKey}`,
});
