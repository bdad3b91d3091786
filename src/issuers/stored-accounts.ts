import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { Database, statement } from '../database.js';
import { CannotOpenError, type Sealed, type SecretPlace } from '../sealed.js';
import { isFile, readAccountSettings, type GivenSettings } from './account-settings.js';
import { findIssuer } from './index.js';
import type { AccountKey } from './issuer-modes.js';
import type { Account, SomeIssuer } from './issuer.js';

/** An account as it is kept: its secrets are sealed. */
export interface StoredAccount extends AccountKey {
  /** Never the same twice, whatever is deleted and made again. */
  readonly version: string;
  readonly baseUrl: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Null where somebody else than this service wrote it. */
  readonly secrets: Readonly<Record<string, Sealed | null>>;
  readonly changedAt: Date;
}

/** An account that can be used, or why it cannot. */
export type OpenedAccount =
  { readonly issuer: SomeIssuer; readonly account: Pick<Account, 'baseUrl' | 'settings'> } | { readonly why: string };

const ofAccount = 'merchant_id = $1 and issuer = $2 and sandbox = $3';
const columns = 'merchant_id, issuer, sandbox, version, base_url, settings, secrets, changed_at';

const selectVersions = statement(
  'select-issuer-account-versions',
  'select merchant_id, issuer, sandbox, version from issuer_accounts',
);

const selectByVersion = statement(
  'select-issuer-accounts-by-version',
  `select ${columns} from issuer_accounts where version = any($1::bigint[])`,
);

const selectOfMerchant = statement(
  'select-issuer-accounts-of-merchant',
  `select ${columns} from issuer_accounts where merchant_id = $1`,
);

const saveAccount = statement(
  'save-issuer-account',
  `insert into issuer_accounts (merchant_id, issuer, sandbox, base_url, settings, secrets) values ($1, $2, $3, $4, $5, $6)
   on conflict on constraint issuer_accounts_pk do update
     set base_url = excluded.base_url, settings = excluded.settings, secrets = excluded.secrets, version = excluded.version, changed_at = now()
   returning (xmax = 0) as is_new`,
);

/** Its users' tokens are secrets of this account's: they go with it. */
const deleteUserTokens = statement('delete-user-tokens', `delete from issuer_user_tokens where ${ofAccount}`);

const deleteAccount = statement('delete-issuer-account', `delete from issuer_accounts where ${ofAccount} returning 1`);

const selectAll = statement('select-issuer-accounts', `select ${columns} from issuer_accounts`);

/** The secrets stay the same, so the version does too: nobody has to connect anew. */
const resealAccount = statement(
  'reseal-issuer-account',
  `update issuer_accounts set secrets = $5 where ${ofAccount} and version = $4 returning 1`,
);

/** The issuers' accounts that are kept in the database. */
@Injectable()
export class StoredAccounts {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async versions(): Promise<(AccountKey & { readonly version: string })[]> {
    const rows = await this.database.run<VersionRow>(selectVersions, []);
    return rows.map((row) => ({ ...keyOf(row), version: row.version }));
  }

  async withVersions(versions: readonly string[]): Promise<StoredAccount[]> {
    return (await this.database.run<AccountRow>(selectByVersion, [versions])).map(fromRow);
  }

  async ofMerchant(merchantId: string): Promise<StoredAccount[]> {
    return (await this.database.run<AccountRow>(selectOfMerchant, [merchantId])).map(fromRow);
  }

  /**
   * Keeps an account in place of an earlier one. What was set before and is not now is gone.
   * @throws NoMasterKeyError where there is a secret, and no key to seal it with
   */
  async save(key: AccountKey, given: GivenSettings): Promise<{ readonly isNew: boolean }> {
    const sealed = Object.entries(given.secrets).map(
      ([field, secret]) => [field, this.config.masterKeys.seal(secret, { ...placeOf(key), field })] as const,
    );
    const [row] = await this.database.run<{ is_new: boolean }>(saveAccount, [
      ...values(key),
      given.baseUrl,
      JSON.stringify(given.plain),
      JSON.stringify(Object.fromEntries(sealed)),
    ]);
    return { isNew: row?.is_new ?? false };
  }

  /** Deletes an account and its users' tokens; false where there is none. */
  async delete(key: AccountKey): Promise<boolean> {
    return this.database.transaction(async (sql) => {
      await sql.run(deleteUserTokens, values(key));
      return (await sql.run(deleteAccount, values(key))).length > 0;
    });
  }

  /** Opens an account's secrets and reads its settings. */
  open(stored: StoredAccount): OpenedAccount {
    const issuer = findIssuer(stored.issuer);
    if (!issuer) return { why: `there is no issuer ${stored.issuer}` };
    try {
      const secrets = Object.entries(stored.secrets).map(
        ([field, sealed]) => [field, this.config.masterKeys.open(sealed, { ...placeOf(stored), field })] as const,
      );
      const texts: Record<string, string> = { ...stored.settings, ...Object.fromEntries(secrets) };
      const isOdd = (text: unknown) => typeof text !== 'string' || isFile(text);
      if (Object.values(texts).some(isOdd)) {
        return { why: 'a setting is no text, or names a file, which only the environment may' };
      }
      const { account, mistakes } = readAccountSettings(issuer, { ...texts, BASE_URL: stored.baseUrl });
      return account ? { issuer, account } : { why: mistakes.map(({ name, words }) => `${name} ${words}`).join('; ') };
    } catch (error) {
      if (error instanceof CannotOpenError) return { why: error.message };
      throw error;
    }
  }

  /** Seals anew what is sealed under another key. @returns the places of what does not open, and how many were sealed anew */
  async reseal(): Promise<{ readonly resealed: number; readonly closed: readonly SecretPlace[] }> {
    const { masterKeys } = this.config;
    const closed: SecretPlace[] = [];
    let resealed = 0;
    for (const stored of (await this.database.run<AccountRow>(selectAll, [])).map(fromRow)) {
      const others = Object.entries(stored.secrets).filter(([, sealed]) => sealed?.keyId !== masterKeys.keyId);
      const anew = others.flatMap(([field, sealed]) => {
        const place = { ...placeOf(stored), field };
        try {
          return [[field, masterKeys.seal(masterKeys.open(sealed, place), place)] as const];
        } catch (error) {
          if (!(error instanceof CannotOpenError)) throw error;
          closed.push(place);
          return [];
        }
      });
      if (anew.length === 0) continue;
      const secrets = JSON.stringify({ ...stored.secrets, ...Object.fromEntries(anew) });
      const done = await this.database.run(resealAccount, [...values(stored), stored.version, secrets]);
      if (done.length > 0) resealed += anew.length;
    }
    return { resealed, closed };
  }
}

interface VersionRow {
  readonly merchant_id: string;
  readonly issuer: string;
  readonly sandbox: boolean;
  readonly version: string;
}

interface AccountRow extends VersionRow {
  readonly base_url: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly secrets: StoredAccount['secrets'];
  readonly changed_at: Date;
}

const keyOf = ({ merchant_id: merchantId, issuer, sandbox }: VersionRow): AccountKey => ({
  merchantId,
  issuer,
  sandbox,
});

const fromRow = (row: AccountRow): StoredAccount => ({
  ...keyOf(row),
  version: row.version,
  baseUrl: row.base_url,
  settings: row.settings,
  secrets: row.secrets,
  changedAt: row.changed_at,
});

const values = ({ merchantId, issuer, sandbox }: AccountKey) => [merchantId, issuer, sandbox];

const placeOf = ({ merchantId, issuer, sandbox }: AccountKey) => ({ merchantId, issuer, sandbox });
