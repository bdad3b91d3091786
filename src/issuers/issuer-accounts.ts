import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, DEFAULT_MERCHANT, type Config, type IssuerMode, type IssuerSettings } from '../config.js';
import { Log } from '../operations/log.js';
import { Metrics } from '../operations/metrics.js';
import { findIssuer } from './index.js';
import { AxiosIssuerHttp, scrub, type IssuerAnswer, type IssuerHttp, type IssuerRequest } from './issuer-http.js';
import type { Account, Connector, SomeIssuer } from './issuer.js';
import { IssuerModes, type AccountKey } from './issuer-modes.js';
import { Protection } from './protection.js';

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

/** Which merchant has which account at which issuer. */
@Injectable()
export class IssuerAccounts {
  readonly #accounts = new Map<string, IssuerAccount>();
  #onAnsweringAgain: (key: AccountKey) => void = () => undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly http: AxiosIssuerHttp,
    private readonly modes: IssuerModes,
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

  #add(issuer: SomeIssuer, settings: IssuerSettings, account: Account): void {
    const { modes } = this;
    const key: AccountKey = { merchantId: account.merchantId, issuer: issuer.code, sandbox: account.sandbox };
    const protection = new Protection(settings.limits, (isOpen) => this.#noteCircuit(issuer, account, isOpen));
    this.#accounts.set(textOf(key), {
      accountId: account.sandbox ? `${account.merchantId}-sandbox` : account.merchantId,
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

  #noteCircuit({ code, name }: SomeIssuer, { merchantId, sandbox }: Account, isOpen: boolean): void {
    const about = { merchantId, issuer: code, sandbox };
    this.metrics.openCircuits.set({ issuer: code, environment: sandbox ? 'sandbox' : 'live' }, isOpen ? 1 : 0);
    if (!isOpen) {
      this.log.info(`${name} answers again; what waited is looked at now.`, about);
      return this.#onAnsweringAgain(about);
    }
    this.metrics.alerts.inc({ issuer: code });
    this.log.error(
      `${name} does not answer. Nothing is sent for a while; cancellations wait and are followed up.`,
      about,
    );
  }

  /** Says what to do when an issuer that did not answer does so again. */
  whenAnsweringAgain(listener: (key: AccountKey) => void): void {
    this.#onAnsweringAgain = listener;
  }

  /** Null: not configured. Live credentials never serve a sandbox payment, nor the other way round. */
  find(merchantId: string, issuer: string, sandbox: boolean): IssuerAccount | null {
    return this.#accounts.get(textOf({ merchantId, issuer, sandbox })) ?? null;
  }

  /** A merchant's accounts, in the order of the registry, live before sandbox. */
  list(merchantId: string): IssuerAccount[] {
    return [...this.#accounts.values()].filter(({ account }) => account.merchantId === merchantId);
  }

  /** How long an issuer is tried, also while it is not configured. */
  giveUpMs(issuerCode: string): number {
    return this.config.issuers[issuerCode]?.giveUpMs ?? 20 * 3_600_000;
  }

  /**
   * The accounts that an issuer's callback may be about.
   * @param accountId from its path; null for the default merchant's accounts, live and sandbox
   */
  forCallback(issuerCode: string, accountId: string | null): IssuerAccount[] {
    return [...this.#accounts.values()].filter(
      ({ issuer, account, accountId: own }) =>
        issuer.code === issuerCode &&
        (accountId === null ? account.merchantId === DEFAULT_MERCHANT : own === accountId),
    );
  }

  /** What a cancel of this reference would send, in one line for people; nothing leaves the process. */
  async describeCancel({ issuer, account }: IssuerAccount, reference: unknown): Promise<string> {
    const recorder = new RecordingHttp();
    const connector = issuer.connect(account, recorder) as Connector;
    await connector.cancel(reference, []);
    return recorder.sentences.join('; ') || 'no request: a setting is missing';
  }
}

const textOf = ({ merchantId, issuer, sandbox }: AccountKey) =>
  `${merchantId}/${issuer}/${sandbox ? 'sandbox' : 'live'}`;

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
