import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, DEFAULT_MERCHANT, type Config, type IssuerMode } from '../config.js';
import { findIssuer } from './index.js';
import { AxiosIssuerHttp, scrub, type IssuerAnswer, type IssuerHttp, type IssuerRequest } from './issuer-http.js';
import type { Account, Connector, SomeIssuer } from './issuer.js';

/** One merchant's way to one issuer, in one environment. */
export interface IssuerAccount {
  readonly issuer: SomeIssuer;
  readonly mode: IssuerMode;
  readonly giveUpMs: number;
  readonly timeoutMs: number;
  readonly account: Account;
  readonly connector: Connector;
}

/** Which merchant has which account at which issuer. */
@Injectable()
export class IssuerAccounts {
  readonly #accounts = new Map<string, IssuerAccount>();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    http: AxiosIssuerHttp,
  ) {
    for (const [code, settings] of Object.entries(config.issuers)) {
      const issuer = findIssuer(code);
      for (const account of [settings.live, settings.sandbox]) {
        if (!issuer || !account) continue;
        this.#accounts.set(keyOf(account.merchantId, code, account.sandbox), {
          issuer,
          mode: settings.mode,
          giveUpMs: settings.giveUpMs,
          timeoutMs: account.timeoutMs,
          account,
          connector: issuer.connect(account, http) as Connector,
        });
      }
    }
  }

  /** Null: not configured. Live credentials never serve a sandbox payment, nor the other way round. */
  find(merchantId: string, issuerCode: string, sandbox: boolean): IssuerAccount | null {
    return this.#accounts.get(keyOf(merchantId, issuerCode, sandbox)) ?? null;
  }

  /** How long an issuer is tried, also while it is not configured. */
  giveUpMs(issuerCode: string): number {
    return this.config.issuers[issuerCode]?.giveUpMs ?? 20 * 3_600_000;
  }

  /** The accounts that an issuer's callback may be about: the default merchant's, live and sandbox. */
  forCallback(issuerCode: string): IssuerAccount[] {
    return [false, true]
      .map((sandbox) => this.find(DEFAULT_MERCHANT, issuerCode, sandbox))
      .filter((found) => found !== null);
  }

  /** What a cancel of this reference would send, in one line for people; nothing leaves the process. */
  async describeCancel({ issuer, account }: IssuerAccount, reference: unknown): Promise<string> {
    const recorder = new RecordingHttp();
    const connector = issuer.connect(account, recorder) as Connector;
    await connector.cancel(reference, []);
    return recorder.sentences.join('; ') || 'no request: a setting is missing';
  }
}

const keyOf = (merchantId: string, issuerCode: string, sandbox: boolean) =>
  `${merchantId}/${issuerCode}/${sandbox ? 'sandbox' : 'live'}`;

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
