import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { timingSafeEqual } from 'node:crypto';
import { CONFIG, DEFAULT_MERCHANT, TEST_SUITE_MERCHANT, type Config } from '../config.js';
import { Database, statement } from '../database.js';
import { Log } from '../operations/log.js';
import { serially } from '../serially.js';
import type { Language } from '../texts/language.js';
import {
  bearerDigest,
  findMerchant,
  hasEmptyTestCredentials,
  type CredentialBook,
  type CredentialHolder,
} from '../vtex/credentials.js';
import type { KnownMerchant } from '../vtex/vtex-http.js';

/** A merchant, and what it may be called with. */
export interface Merchant extends KnownMerchant {
  readonly name: string;
  /** The store's name in links to VTEX's admin; null where it is not known. */
  readonly vtexAccount: string | null;
  /** Of its pages and mails where a person has said nothing; null: the browser's. */
  readonly language: Language | null;
  /** An IANA name; null: the one of the settings. */
  readonly timeZone: string | null;
  /** The settings of the service have credentials for it. */
  readonly isFromSettings: boolean;
  /** The pairs of credentials that are kept in the database, at most two. */
  readonly pairs: readonly CredentialPair[];
  readonly hasLinkToken: boolean;
}

export interface CredentialPair {
  readonly slot: number;
  readonly createdAt: Date;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

const selectMerchants = statement(
  'select-merchants',
  `select m.merchant_id, m.name, m.is_test, m.vtex_account, m.language, m.time_zone, m.link_token_digest,
          c.slot, c.app_key_digest, c.app_token_digest, c.created_at as pair_created_at
   from merchants m left join merchant_credentials c using (merchant_id)
   order by m.merchant_id, c.slot`,
);

/**
 * Who the merchants are: those of the settings, and those of the database, read again every few seconds by every process, so that no
 * request pays for a look. While the database is away, what was read last stays true.
 */
@Injectable()
export class Merchants implements OnModuleInit {
  readonly #inTurn = serially();
  #view: View;
  #isClashTold = false;

  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
    private readonly log: Log,
  ) {
    this.#view = viewOf(config, []);
  }

  async onModuleInit(): Promise<void> {
    await this.refresh();
  }

  /** The merchant that a request of VTEX's comes from; null where its credentials are missing or wrong. */
  authenticate(headers: Headers): KnownMerchant | null {
    const merchant = findMerchant(headers, this.#view.book);
    if (merchant || !this.config.allowsEmptyTestCredentials || !hasEmptyTestCredentials(headers)) return merchant;
    return { merchantId: TEST_SUITE_MERCHANT, isTest: true };
  }

  /** The merchant whose link token this `Authorization` header carries; null where it carries none. */
  ofLinkToken(authorization: string | undefined): string | null {
    const given = bearerDigest(authorization);
    const holder = this.#view.linkTokens.get(given.toString('hex'));
    return holder && timingSafeEqual(holder.digest, given) ? holder.merchantId : null;
  }

  find(merchantId: string): Merchant | null {
    return this.#view.merchants.get(merchantId) ?? null;
  }

  /** All of them, by their ids. */
  list(): Merchant[] {
    return [...this.#view.merchants.values()];
  }

  /** Reads what this or another process has changed. */
  refresh(): Promise<void> {
    return this.#inTurn(async () => {
      this.#view = viewOf(this.config, await this.database.run<MerchantRow>(selectMerchants, []));
      this.#tellClashes();
    });
  }

  #tellClashes(): void {
    const { clashes } = this.#view;
    if (clashes.length > 0 && !this.#isClashTold) {
      const words = 'An app key of the settings is kept for another merchant too; the settings win.';
      for (const merchantId of clashes) this.log.error(words, { merchantId });
    }
    this.#isClashTold = clashes.length > 0;
  }
}

interface MerchantRow {
  readonly merchant_id: string;
  readonly name: string;
  readonly is_test: boolean;
  readonly vtex_account: string | null;
  readonly language: Language | null;
  readonly time_zone: string | null;
  readonly link_token_digest: Buffer | null;
  readonly slot: number | null;
  readonly app_key_digest: Buffer;
  readonly app_token_digest: Buffer;
  readonly pair_created_at: Date;
}

interface View {
  readonly merchants: ReadonlyMap<string, Merchant>;
  readonly book: CredentialBook;
  /** By the digest in hexadecimal digits. */
  readonly linkTokens: ReadonlyMap<string, { readonly merchantId: string; readonly digest: Buffer }>;
  /** Merchants of the database one of whose app keys is another one's in the settings. */
  readonly clashes: readonly string[];
}

function viewOf(config: Config, rows: readonly MerchantRow[]): View {
  const merchants = new Map(merchantsOfSettings(config).map((merchant) => [merchant.merchantId, merchant]));
  const book = new Map<string, CredentialHolder>();
  const linkTokens = new Map<string, { merchantId: string; digest: Buffer }>();
  const clashes: string[] = [];
  for (const { merchantId, appKeyDigest, appTokenDigest } of config.merchants) {
    const merchant = { merchantId, isTest: merchantId === TEST_SUITE_MERCHANT };
    book.set(appKeyDigest.toString('hex'), { merchant, tokenDigests: [appTokenDigest] });
  }
  for (const row of rows) {
    const { merchant_id: merchantId, slot, link_token_digest: linkToken } = row;
    const known = merchants.get(merchantId);
    // A merchant of the settings that they do not name any more is nobody's.
    if (!known && isOfSettings(merchantId)) continue;
    const pair = slot === null ? [] : [{ slot, createdAt: row.pair_created_at }];
    merchants.set(merchantId, fromRow(row, known, pair));
    if (linkToken) linkTokens.set(linkToken.toString('hex'), { merchantId, digest: linkToken });
    if (slot !== null && !enter(book, row)) clashes.push(merchantId);
  }
  const sorted = [...merchants].sort(([a], [b]) => (a < b ? -1 : 1));
  return { merchants: new Map(sorted), book, linkTokens, clashes };
}

/** Is it one of the merchants that come from the settings, whether they name it or not? */
export const isOfSettings = (merchantId: string): boolean =>
  merchantId === DEFAULT_MERCHANT || merchantId === TEST_SUITE_MERCHANT;

function merchantsOfSettings({ merchants, allowsEmptyTestCredentials }: Config): Merchant[] {
  const ids = new Set(merchants.map(({ merchantId }) => merchantId));
  if (allowsEmptyTestCredentials) ids.add(TEST_SUITE_MERCHANT);
  return [...ids].map((merchantId) => ({
    merchantId,
    isTest: merchantId === TEST_SUITE_MERCHANT,
    name: merchantId,
    vtexAccount: null,
    language: null,
    timeZone: null,
    isFromSettings: true,
    pairs: [],
    hasLinkToken: false,
  }));
}

const fromRow = (row: MerchantRow, known: Merchant | undefined, pair: readonly CredentialPair[]): Merchant => ({
  merchantId: row.merchant_id,
  isTest: row.is_test,
  name: row.name,
  vtexAccount: row.vtex_account,
  language: row.language,
  timeZone: row.time_zone,
  isFromSettings: known?.isFromSettings ?? false,
  pairs: [...(known?.pairs ?? []), ...pair],
  hasLinkToken: row.link_token_digest !== null,
});

/** False where the settings have this app key for another merchant. */
function enter(book: Map<string, CredentialHolder>, row: MerchantRow): boolean {
  const appKey = row.app_key_digest.toString('hex');
  const holder = book.get(appKey);
  if (holder && holder.merchant.merchantId !== row.merchant_id) return false;
  const tokenDigests = [...(holder?.tokenDigests ?? []), row.app_token_digest];
  book.set(appKey, { merchant: { merchantId: row.merchant_id, isTest: row.is_test }, tokenDigests });
  return true;
}
