import { Injectable } from '@nestjs/common';
import { randomBytes, randomInt } from 'node:crypto';
import { digest, TEST_SUITE_MERCHANT } from '../config.js';
import { Database, statement, type Sql, type Transaction } from '../database.js';
import type { Language } from '../texts/language.js';
import { Merchants, type CredentialPair } from './merchants.js';

/** What VTEX sends for a merchant; shown once, and kept as digests. */
export interface NewPair extends CredentialPair {
  readonly appKey: string;
  readonly appToken: string;
}

/** `full`: two pairs are valid; one of them has to be retired first. */
export type AddedPair = { readonly kind: 'added'; readonly pair: NewPair } | { readonly kind: 'full' };

/** What may be said of a merchant; what is absent stays as it is. */
export interface MerchantChange {
  readonly name?: string;
  readonly isTest?: boolean;
  readonly vtexAccount?: string | null;
  readonly language?: Language | null;
  readonly timeZone?: string | null;
}

const saveMerchant = statement(
  'save-merchant',
  `insert into merchants (merchant_id, name, is_test, vtex_account, language, time_zone)
   values ($1, coalesce($2, $1), coalesce($3, false), $4, $6, $8)
   on conflict on constraint merchants_pk do update
     set name = coalesce($2, merchants.name), is_test = coalesce($3, merchants.is_test),
         vtex_account = case when $5 then $4 else merchants.vtex_account end,
         language = case when $7 then $6 else merchants.language end,
         time_zone = case when $9 then $8 else merchants.time_zone end
   returning (xmax = 0) as is_new`,
);

const ensureMerchant = statement(
  'ensure-merchant',
  'insert into merchants (merchant_id, name, is_test) values ($1, $1, $2) on conflict on constraint merchants_pk do nothing',
);

const lockMerchant = statement('lock-merchant', 'select 1 from merchants where merchant_id = $1 for no key update');

const selectSlots = statement('select-slots', 'select slot from merchant_credentials where merchant_id = $1');

const insertPair = statement(
  'insert-merchant-credentials',
  `insert into merchant_credentials (merchant_id, slot, app_key_digest, app_token_digest) values ($1, $2, $3, $4)
   on conflict on constraint merchant_credentials_app_key_once do nothing returning created_at`,
);

const deletePair = statement(
  'delete-merchant-credentials',
  'delete from merchant_credentials where merchant_id = $1 and slot = $2 returning 1',
);

const setLinkToken = statement('set-link-token', 'update merchants set link_token_digest = $2 where merchant_id = $1');

const setConnectionCode = statement(
  'set-connection-code',
  `insert into connection_codes (merchant_id, code_digest, expires_at) values ($1, $2, now() + $3 * interval '1 millisecond')
   on conflict on constraint connection_codes_pk do update set code_digest = excluded.code_digest, expires_at = excluded.expires_at
   returning expires_at`,
);

/** A connection code is good for a day: it may have to be handed on to another person. */
const CONNECTION_CODE_MS = 24 * 3_600_000;

/** Changes merchants. This process knows a change at once, every other one within 5 s. */
@Injectable()
export class MerchantRegister {
  constructor(
    private readonly database: Database,
    private readonly merchants: Merchants,
  ) {}

  /** Makes a merchant, or changes what is said of it. */
  async save(merchantId: string, change: MerchantChange): Promise<{ readonly isNew: boolean }> {
    const { name, isTest, vtexAccount, language, timeZone } = change;
    // Those of the settings are there before they have a row.
    const isKnown = this.merchants.find(merchantId) !== null;
    const kind = merchantId === TEST_SUITE_MERCHANT ? true : isTest;
    const [row] = await this.database.run<{ is_new: boolean }>(saveMerchant, [
      merchantId,
      name ?? null,
      kind ?? null,
      vtexAccount ?? null,
      vtexAccount !== undefined,
      language ?? null,
      language !== undefined,
      timeZone ?? null,
      timeZone !== undefined,
    ]);
    await this.#makeKnown();
    return { isNew: row?.is_new === true && !isKnown };
  }

  /** Gives a merchant of the settings the row that what it owns in the database hangs on; does nothing where there is one. */
  async ensure(merchantId: string, sql: Sql = this.database): Promise<void> {
    await sql.run(ensureMerchant, [merchantId, merchantId === TEST_SUITE_MERCHANT]);
  }

  /** Makes a pair of credentials beside the one that is valid. */
  async addPair(merchantId: string): Promise<AddedPair> {
    const added = await this.database.transaction((sql) => this.addPairIn(sql, merchantId));
    await this.#makeKnown();
    return added;
  }

  /** The same inside the caller's transaction; the caller has {@link Merchants} refreshed after it. */
  async addPairIn(sql: Transaction, merchantId: string): Promise<AddedPair> {
    const slot = await this.freeSlot(sql, merchantId);
    if (slot === null) return { kind: 'full' };
    for (;;) {
      const appKey = `vtexappkey-${merchantId}-${capitals(6)}`;
      const appToken = randomBytes(24).toString('hex');
      const [row] = await sql.run<{ created_at: Date }>(insertPair, [
        merchantId,
        slot,
        digest(appKey),
        digest(appToken),
      ]);
      // No row: somebody has this app key already.
      if (row) return { kind: 'added', pair: { slot, createdAt: row.created_at, appKey, appToken } };
    }
  }

  /** The slot that a new pair would take, with the merchant locked; null where two are valid. */
  async freeSlot(sql: Transaction, merchantId: string): Promise<1 | 2 | null> {
    await this.ensure(merchantId, sql);
    await sql.run(lockMerchant, [merchantId]);
    const taken = (await sql.run<{ slot: number }>(selectSlots, [merchantId])).map(({ slot }) => slot);
    return ([1, 2] as const).find((slot) => !taken.includes(slot)) ?? null;
  }

  /** Ends the validity of a pair; false where there is none in this slot. */
  async retirePair(merchantId: string, slot: number): Promise<boolean> {
    const retired = await this.database.run(deletePair, [merchantId, slot]);
    await this.#makeKnown();
    return retired.length > 0;
  }

  /** Makes a link token, which takes the place of the old one. */
  async newLinkToken(merchantId: string): Promise<string> {
    const linkToken = `linktoken-${merchantId}-${randomBytes(24).toString('hex')}`;
    await this.ensure(merchantId);
    await this.database.run(setLinkToken, [merchantId, digest(linkToken)]);
    await this.#makeKnown();
    return linkToken;
  }

  /** Makes a code with which a person proves, once, to be this merchant. It takes the place of an earlier one. */
  async newConnectionCode(merchantId: string): Promise<{ readonly connectionCode: string; readonly expiresAt: Date }> {
    const connectionCode = `${merchantId}.${randomBytes(16).toString('hex')}`;
    await this.ensure(merchantId);
    const [row] = await this.database.run<{ expires_at: Date }>(setConnectionCode, [
      merchantId,
      digest(connectionCode),
      CONNECTION_CODE_MS,
    ]);
    if (!row) throw new Error('Bug: a connection code was stored and came back without its end');
    return { connectionCode, expiresAt: row.expires_at };
  }

  /** What was changed is committed, and may be shown only once: where this look fails, the next one finds it. */
  async #makeKnown(): Promise<void> {
    await this.merchants.refresh().catch(() => undefined);
  }
}

const capitals = (length: number) =>
  Array.from({ length }, () => String.fromCharCode('A'.charCodeAt(0) + randomInt(26))).join('');
