import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { CONFIG, DEFAULT_MERCHANT, type Config, type IssuerMode, type IssuerSettings } from '../config.js';
import { Log } from '../operations/log.js';
import { Metrics } from '../operations/metrics.js';
import { serially } from '../serially.js';
import { findIssuer, issuers } from './index.js';
import { AxiosIssuerHttp, scrub, type IssuerAnswer, type IssuerHttp, type IssuerRequest } from './issuer-http.js';
import type { Account, Connector, SomeIssuer, TokenSource } from './issuer.js';
import { IssuerModes, textOf, type AccountKey } from './issuer-modes.js';
import { Protection } from './protection.js';
import { RefreshTokens } from './refresh-tokens.js';
import { StoredAccounts, type StoredAccount } from './stored-accounts.js';
import { UserTokens } from './user-tokens.js';

/** One merchant's way to one issuer, in one environment. */
export interface IssuerAccount {
  /** Names the account in the path of its callbacks. */
  readonly accountId: string;
  readonly issuer: SomeIssuer;
  /** As it is now: an operator may change it at any time. */
  readonly mode: IssuerMode;
  readonly giveUpMs: number;
  readonly timeoutMs: number;
  readonly account: Account;
  readonly connector: Connector;
  readonly protection: Protection;
}

/**
 * Which merchant has which account at which issuer: those of the settings, which are the default merchant's, and those of the database,
 * read again every few seconds by every process, so that no cancel pays for a look.
 */
@Injectable()
export class IssuerAccounts implements OnModuleInit {
  readonly #accounts = new Map<string, IssuerAccount>();
  /** Of the accounts that came from the database. */
  readonly #versions = new Map<string, string>();
  /** Versions that could not be used, each told of once. */
  readonly #unusable = new Set<string>();
  readonly #openCircuits = new Set<string>();
  readonly #inTurn = serially();
  #hasLooked = false;
  #onUsableAgain: (key: AccountKey) => void = () => undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly http: AxiosIssuerHttp,
    private readonly modes: IssuerModes,
    private readonly stored: StoredAccounts,
    private readonly userTokens: UserTokens,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {
    for (const [code, settings] of Object.entries(config.issuers)) {
      const issuer = findIssuer(code);
      for (const account of [settings.live, settings.sandbox]) {
        if (issuer && account) this.#add(issuer, settings, account);
      }
    }
  }

  async onModuleInit(): Promise<void> {
    await this.refresh();
  }

  /**
   * Reads what this or another process has stored. An account is replaced only where it has changed; else its circuit and its calls under
   * way stay what they are. Calls of one that is replaced end on the old one.
   */
  refresh(): Promise<void> {
    return this.#inTurn(async () => {
      const there = await this.stored.versions();
      const names = new Set(there.map(textOf));
      for (const text of this.#versions.keys()) if (!names.has(text)) this.#forget(text);
      const changed = there.filter((key) => this.#versions.get(textOf(key)) !== key.version);
      const fetched = changed.length === 0 ? [] : await this.stored.withVersions(changed.map(({ version }) => version));
      for (const account of fetched) this.#take(account);
      this.#hasLooked = true;
    });
  }

  #take(stored: StoredAccount): void {
    const { merchantId, issuer: code, sandbox, version } = stored;
    const key: AccountKey = { merchantId, issuer: code, sandbox };
    const text = textOf(key);
    const settings = this.config.issuers[code];
    const opened = this.isFromSettings(key)
      ? { why: 'the settings of the service have this account too, and win' }
      : this.stored.open(stored);
    this.#forget(text);
    if ('why' in opened || !settings) return this.#noteUnusable(stored, 'why' in opened ? opened.why : '');
    const { timeoutMs } = settings;
    this.#add(opened.issuer, settings, { merchantId, sandbox, timeoutMs, ...opened.account });
    this.#versions.set(text, version);
    if (this.#hasLooked) this.#onUsableAgain(key);
  }

  /** It counts as not configured: what is linked to it waits. */
  #noteUnusable({ merchantId, issuer, version }: StoredAccount, why: string): void {
    if (this.#unusable.has(version)) return;
    this.#unusable.add(version);
    this.metrics.alerts.inc({ issuer });
    this.log.error(`An account in the database counts as not configured: ${why}.`, { merchantId, issuer });
  }

  #forget(text: string): void {
    if (!this.#versions.delete(text)) return;
    this.#accounts.delete(text);
    if (this.#openCircuits.has(text)) this.#noteCircuit(text, false);
  }

  #add(issuer: SomeIssuer, settings: IssuerSettings, given: Account): void {
    const { modes } = this;
    const key: AccountKey = { merchantId: given.merchantId, issuer: issuer.code, sandbox: given.sandbox };
    const account = this.#withUserTokens(issuer, key, given);
    const text = textOf(key);
    const protection: Protection = new Protection(settings.limits, (isOpen) => {
      // One that was replaced says nothing of the one in its place.
      if (this.#accounts.get(text)?.protection === protection) this.#circuitChanged(issuer, key, isOpen);
    });
    this.#accounts.set(text, {
      accountId: account.sandbox ? `${account.merchantId}${SANDBOX}` : account.merchantId,
      issuer,
      get mode() {
        return modes.of(key) ?? settings.mode;
      },
      giveUpMs: settings.giveUpMs,
      timeoutMs: account.timeoutMs,
      account,
      connector: issuer.connect(account, protection.guard(this.http)) as Connector,
      protection,
    });
  }

  #withUserTokens(issuer: SomeIssuer, key: AccountKey, account: Account): Account {
    const grant = issuer.refreshGrant?.(account) ?? null;
    if (grant === null) return account;
    const { http, userTokens: tokens, log } = this;
    return {
      ...account,
      userTokens: new RefreshTokens({ key, grant, timeoutMs: account.timeoutMs, tokens, http, log }),
    };
  }

  #circuitChanged({ code, name }: SomeIssuer, key: AccountKey, isOpen: boolean): void {
    const about = { merchantId: key.merchantId, issuer: code };
    this.#noteCircuit(textOf(key), isOpen);
    if (!isOpen) {
      this.log.info(`${name} answers again; what waited is looked at now.`, about);
      return this.#onUsableAgain(key);
    }
    this.metrics.alerts.inc({ issuer: code });
    this.log.error(
      `${name} does not answer. Nothing is sent for a while; cancellations wait and are followed up.`,
      about,
    );
  }

  #noteCircuit(text: string, isOpen: boolean): void {
    if (isOpen) this.#openCircuits.add(text);
    else this.#openCircuits.delete(text);
    const [, issuer = '', environment = ''] = text.split('/');
    const open = [...this.#openCircuits].filter((other) => other.endsWith(`/${issuer}/${environment}`));
    this.metrics.openCircuits.set({ issuer, environment }, open.length);
  }

  /** Says what to do when an issuer that did not answer does so again, and when an account, or how it is treated, has changed. */
  whenUsableAgain(listener: (key: AccountKey) => void): void {
    this.#onUsableAgain = listener;
    this.modes.whenChanged(listener);
  }

  /** Null: not configured. Live credentials never serve a sandbox payment, nor the other way round. */
  find(merchantId: string, issuer: string, sandbox: boolean): IssuerAccount | null {
    return this.#accounts.get(textOf({ merchantId, issuer, sandbox })) ?? null;
  }

  /** A merchant's accounts, in the order of the registry, live before sandbox. */
  list(merchantId: string): IssuerAccount[] {
    return Object.keys(issuers).flatMap((issuer) =>
      [false, true].flatMap((sandbox) => this.find(merchantId, issuer, sandbox) ?? []),
    );
  }

  /** Is it an account of the settings? Only the default merchant has such. */
  isFromSettings({ merchantId, issuer, sandbox }: AccountKey): boolean {
    const settings = this.config.issuers[issuer];
    return merchantId === DEFAULT_MERCHANT && (sandbox ? settings?.sandbox : settings?.live) != null;
  }

  /** How long an issuer is tried, also while it is not configured. */
  giveUpMs(issuerCode: string): number {
    return this.config.issuers[issuerCode]?.giveUpMs ?? 20 * 3_600_000;
  }

  /**
   * The accounts that an issuer's callback may be about. No merchant's id ends like that of a sandbox account, so an id names one account.
   * @param accountId from its path; null for the default merchant's accounts, live and sandbox
   */
  forCallback(issuerCode: string, accountId: string | null): IssuerAccount[] {
    if (accountId === null) {
      return [false, true].flatMap((sandbox) => this.find(DEFAULT_MERCHANT, issuerCode, sandbox) ?? []);
    }
    const sandbox = accountId.endsWith(SANDBOX);
    const merchantId = sandbox ? accountId.slice(0, -SANDBOX.length) : accountId;
    return [this.find(merchantId, issuerCode, sandbox) ?? []].flat();
  }

  /** What a cancel of this reference would send, in one line for people; nothing leaves the process. */
  async describeCancel({ issuer, account }: IssuerAccount, reference: unknown): Promise<string> {
    const recorder = new RecordingHttp();
    const connector = issuer.connect(withoutRefresh(account), recorder) as Connector;
    await connector.cancel(reference, []);
    return recorder.sentences.join('; ') || 'no request: a setting is missing';
  }
}

const SANDBOX = '-sandbox';

/** A token that is asked for somewhere would leave the process, and none is shown. */
const withoutRefresh = (account: Account): Account =>
  account.userTokens === undefined ? account : { ...account, userTokens: ANY_TOKEN };

const ANY_TOKEN: TokenSource = {
  token: (userKey) => Promise.resolve(userKey === null ? null : { kind: 'token', token: 'none' }),
  renew: () => Promise.resolve(),
};

/** Takes the place of the network for a dry run: remembers what would be sent, without its headers, and sends nothing. */
class RecordingHttp implements IssuerHttp {
  readonly sentences: string[] = [];

  async send({ method, url, body }: IssuerRequest): Promise<IssuerAnswer> {
    this.sentences.push(
      `${method} ${url}${body === null ? ' without a body' : ` with ${withoutAddresses(scrub(body))}`}`,
    );
    return { kind: 'not-sent', fault: 'dry-run' };
  }
}

/** A shopper's network address, which some issuer wants, must not stay in a payment's history. */
const withoutAddresses = (words: string) =>
  words.replace(/\b\d{1,3}(\.\d{1,3}){3}\b|(?<![\w:])[\da-f]{0,4}(:[\da-f]{0,4}){2,7}(?![\w:])/gi, '[address]');
