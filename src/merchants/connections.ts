import { Injectable } from '@nestjs/common';
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { digest } from '../config.js';
import { Database, statement, type Transaction } from '../database.js';
import { MerchantRegister } from './merchant-register.js';
import { Merchants } from './merchants.js';

/** A connection that VTEX began, as its page needs it. */
export interface Connection {
  readonly returnUrl: string;
}

/**
 * What a connection code came to.
 *
 * - `connected`: `location` is where the browser goes, with the authorization code in it.
 * - `gone`: the token is unknown, used or expired. `too-many`: so many codes were wrong that it ends.
 * - `wrong`: the code is wrong, used or expired. `full`: two pairs of credentials are valid; the code stays good.
 * - `other-store`: the connection was begun in the store of somebody else, who wants this merchant's credentials; the code stays good.
 */
export type Entered =
  | { readonly kind: 'connected'; readonly merchantId: string; readonly location: string }
  | { readonly kind: 'gone' | 'too-many' }
  | { readonly kind: 'wrong' | 'full' | 'other-store'; readonly connection: Connection };

export type Exchanged =
  | { readonly kind: 'exchanged'; readonly merchantId: string; readonly appKey: string; readonly appToken: string }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'full' };

/** How long a person may take to find the connection code. */
const TOKEN_MS = 60 * 60_000;

/** VTEX exchanges the code as soon as the browser has come back. */
const AUTHORIZATION_CODE_MS = 10 * 60_000;

const MOST_WRONG_CODES = 5;

/** Anybody may begin a connection. So many at once are more than there are merchants who connect, and few enough for a table. */
const MOST_TOKENS = 10_000;

const insertToken = statement(
  'insert-connection-token',
  `insert into connection_tokens (token_digest, return_url, expires_at)
   select $1, $2, now() + $3 * interval '1 millisecond' where (select count(*) from connection_tokens) < $4 returning 1`,
);

const selectToken = statement(
  'select-connection-token',
  'select return_url from connection_tokens where token_digest = $1 and expires_at > now() and wrong_codes < $2',
);

const lockToken = statement(
  'lock-connection-token',
  'select return_url, wrong_codes from connection_tokens where token_digest = $1 and expires_at > now() for update',
);

const countWrongCode = statement(
  'count-wrong-code',
  'update connection_tokens set wrong_codes = wrong_codes + 1 where token_digest = $1',
);

const lockCode = statement(
  'lock-connection-code',
  'select code_digest from connection_codes where merchant_id = $1 and expires_at > now() for update',
);

const deleteCode = statement('delete-connection-code', 'delete from connection_codes where merchant_id = $1');

const deleteToken = statement('delete-connection-token', 'delete from connection_tokens where token_digest = $1');

const insertAuthorizationCode = statement(
  'insert-authorization-code',
  `insert into authorization_codes (merchant_id, code_digest, expires_at) values ($1, $2, now() + $3 * interval '1 millisecond')`,
);

const takeAuthorizationCode = statement(
  'take-authorization-code',
  'delete from authorization_codes where merchant_id = $1 and code_digest = $2 and expires_at > now() returning 1',
);

const deleteExpired = statement(
  'delete-expired-connections',
  `with tokens as (delete from connection_tokens where expires_at <= now()),
        codes as (delete from connection_codes where expires_at <= now())
   delete from authorization_codes where expires_at <= now()`,
);

/**
 * Merchants connect from VTEX's admin: VTEX begins with a token, a person proves on our page which merchant it is, and VTEX exchanges an
 * authorization code for a new pair of credentials. Tokens and codes are kept as digests, and each is good for one use.
 *
 * @see https://developers.vtex.com/docs/api-reference/payment-provider-protocol, the configuration flow
 */
@Injectable()
export class Connections {
  constructor(
    private readonly database: Database,
    private readonly merchants: Merchants,
    private readonly register: MerchantRegister,
  ) {}

  /** @returns the token; null while too many others wait */
  async begin(returnUrl: string): Promise<string | null> {
    const token = randomBytes(24).toString('hex');
    const inserted = await this.database.run(insertToken, [digest(token), returnUrl, TOKEN_MS, MOST_TOKENS]);
    return inserted.length > 0 ? token : null;
  }

  /** Null where the token is unknown, used, expired, or was given too many wrong codes. */
  async find(token: string): Promise<Connection | null> {
    const [row] = await this.database.run<{ return_url: string }>(selectToken, [digest(token), MOST_WRONG_CODES]);
    return row ? { returnUrl: row.return_url } : null;
  }

  /** Takes what the person entered. */
  async enter(token: string, connectionCode: string): Promise<Entered> {
    return this.database.transaction(async (sql): Promise<Entered> => {
      const tokenDigest = digest(token);
      const [row] = await sql.run<{ return_url: string; wrong_codes: number }>(lockToken, [tokenDigest]);
      if (!row) return { kind: 'gone' };
      if (row.wrong_codes >= MOST_WRONG_CODES) return { kind: 'too-many' };
      const connection = { returnUrl: row.return_url };
      const merchantId = await this.#merchantOf(sql, connectionCode.trim());
      if (merchantId === null) {
        await sql.run(countWrongCode, [tokenDigest]);
        return row.wrong_codes + 1 < MOST_WRONG_CODES ? { kind: 'wrong', connection } : { kind: 'too-many' };
      }
      if (isStoreOfAnother(connection.returnUrl, this.merchants.find(merchantId)?.vtexAccount ?? null)) {
        return { kind: 'other-store', connection };
      }
      // Said here, where a person reads it, and not to VTEX afterwards.
      if ((await this.register.freeSlot(sql, merchantId)) === null) return { kind: 'full', connection };
      const authorizationCode = `${merchantId}.${randomBytes(24).toString('hex')}`;
      await sql.run(deleteCode, [merchantId]);
      await sql.run(deleteToken, [tokenDigest]);
      await sql.run(insertAuthorizationCode, [merchantId, digest(authorizationCode), AUTHORIZATION_CODE_MS]);
      return { kind: 'connected', merchantId, location: connection.returnUrl + authorizationCode };
    });
  }

  /** A code names its merchant, so that one merchant's code is compared and not looked for among all. */
  async #merchantOf(sql: Transaction, connectionCode: string): Promise<string | null> {
    const merchantId = merchantIn(connectionCode);
    if (merchantId === null || this.merchants.find(merchantId) === null) return null;
    const [row] = await sql.run<{ code_digest: Buffer }>(lockCode, [merchantId]);
    return row && timingSafeEqual(row.code_digest, digest(connectionCode)) ? merchantId : null;
  }

  /** Exchanges an authorization code, once, for a new pair. Where two are valid by now, the code stays good. */
  async exchange(authorizationCode: string): Promise<Exchanged> {
    const merchantId = merchantIn(authorizationCode);
    if (merchantId === null || this.merchants.find(merchantId) === null) return { kind: 'unknown' };
    try {
      const exchanged = await this.database.transaction(async (sql): Promise<Exchanged> => {
        const taken = await sql.run(takeAuthorizationCode, [merchantId, digest(authorizationCode)]);
        if (taken.length === 0) return { kind: 'unknown' };
        const added = await this.register.addPairIn(sql, merchantId);
        if (added.kind === 'full') throw new NoFreeSlotError();
        const { appKey, appToken } = added.pair;
        return { kind: 'exchanged', merchantId, appKey, appToken };
      });
      await this.merchants.refresh().catch(() => undefined);
      return exchanged;
    } catch (error) {
      if (error instanceof NoFreeSlotError) return { kind: 'full' };
      throw error;
    }
  }

  async cleanUp(): Promise<void> {
    await this.database.run(deleteExpired, []);
  }
}

/**
 * Anybody can open a store of VTEX's, and begin a connection there that a merchant of ours is then asked to finish.
 *
 * @param vtexAccount null: not known, so nothing can be said
 */
function isStoreOfAnother(returnUrl: string, vtexAccount: string | null): boolean {
  // A workspace of a store stands before it: `workspace--store.myvtex.com`.
  const store = /^(?:[a-z0-9-]+--)?([a-z0-9-]+)\.myvtex\.com$/.exec(new URL(returnUrl).hostname)?.[1];
  return store !== undefined && vtexAccount !== null && store !== vtexAccount.toLowerCase();
}

/** Rolls back, so that the code is not used up. */
class NoFreeSlotError extends Error {}

const merchantIn = (code: string): string | null => /^([a-z0-9-]{1,60})\.[0-9a-f]{32,64}$/.exec(code)?.[1] ?? null;
