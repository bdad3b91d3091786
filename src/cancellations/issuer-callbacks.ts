import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { findIssuer } from '../issuers/index.js';
import { IssuerAccounts, type IssuerAccount } from '../issuers/issuer-accounts.js';
import type { CallbackReading, CallbackRequest, Issuer } from '../issuers/issuer.js';
import { Log } from '../operations/log.js';
import { Metrics } from '../operations/metrics.js';
import { CancellationRecord } from './cancellation-record.js';
import { CancellationStore, type CallbackSource } from './cancellation-store.js';
import { findingOf } from './exchange.js';

export interface CallbackAnswer {
  readonly status: 200 | 400 | 401 | 404;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A callback is answered within a second; one that cannot be processed by then is processed afterwards. */
const PROCESSING_MS = 700;

/** A flood of forged callbacks must not become a flood of log lines. */
const FORGED_LOG_MS = 10_000;

/** How long one that names nothing of ours is kept: an issuer may resend for days, and a link may come late. */
const KEPT_MS = 30 * 86_400_000;

const SWEPT_AT_ONCE = 200;

/** Takes the issuers' callbacks: verified first, then kept, then processed and answered. */
@Injectable()
export class IssuerCallbacks {
  #forgedLoggedAt = -Infinity;

  constructor(
    private readonly accounts: IssuerAccounts,
    private readonly store: CancellationStore,
    private readonly record: CancellationRecord,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {}

  /**
   * A forged callback leaves no row. One that names nothing that we know is kept for 30 days, and found when we do.
   *
   * @param accountId null where the path names none: then it is the default merchant's
   * @returns 200 only once the callback is durable
   * @throws the database's error, so that the issuer sends it again
   */
  async receive(issuerCode: string, accountId: string | null, request: CallbackRequest): Promise<CallbackAnswer> {
    const callback = (findIssuer(issuerCode) as Issuer | null)?.callback;
    const accounts = callback ? this.accounts.forCallback(issuerCode, accountId) : [];
    if (!callback) return { status: 404, body: { message: 'there is nothing at this path' } };
    // An account that nobody has is answered like one whose key does not fit: who our merchants are is nobody's business.
    // An issuer may sign with one key for live and sandbox; then both accounts read it, and what it names says which one is meant.
    const heard = accounts
      .map((account) => ({ account, reading: callback.read(request, account.account) }))
      .filter(({ reading }) => reading.kind !== 'forged');
    if (heard.length === 0) {
      this.#noteForged(issuerCode);
      return { status: 401, body: callback.rejection };
    }
    if (heard.some(({ reading }) => reading.kind === 'unreadable')) {
      this.log.error('A callback is authentic, but not of the documented shape.', { issuer: issuerCode });
      return { status: 400, body: callback.rejection };
    }
    await this.#keep(heard, createHash('sha256').update(request.body).digest());
    return { status: 200, body: callback.acknowledgement };
  }

  /** Processes what was kept and is not processed although we know by now what it names, and deletes what nobody will ever know. */
  async sweep(): Promise<void> {
    for (const source of await this.store.matchedCallbacks(SWEPT_AT_ONCE)) await this.#process(source);
    await this.store.deleteUnmatchedCallbacks(KEPT_MS);
  }

  async #keep(heard: readonly Heard[], bodySha256: Buffer): Promise<void> {
    const kept: CallbackSource[] = [];
    for (const { account, reading } of heard) {
      if (reading.kind !== 'about') continue;
      const { merchantId, sandbox } = account.account;
      const source = { merchantId, issuer: account.issuer.code, sandbox, bodySha256, match: reading.match };
      await this.store.insertCallback({ ...source, news: reading.news, finding: findingOf(reading.answered) });
      kept.push(source);
    }
    const processed = Promise.all(kept.map((source) => this.#process(source)));
    await Promise.race([processed, sleep(PROCESSING_MS, null, { ref: false })]);
  }

  /** Never throws: the callback is durable, and the sweeper finds it again. */
  async #process(source: CallbackSource): Promise<void> {
    try {
      await this.record.callback(source);
    } catch (error) {
      this.log.error('A callback could not be processed; it is kept, and tried again.', {
        merchantId: source.merchantId,
        issuer: source.issuer,
        error,
      });
    }
  }

  #noteForged(issuer: string): void {
    this.metrics.forgedCallbacks.inc({ issuer });
    if (performance.now() - this.#forgedLoggedAt < FORGED_LOG_MS) return;
    this.#forgedLoggedAt = performance.now();
    this.log.warn(
      'A callback was refused: its signature or secret is missing or wrong. More of them within 10 s are only counted.',
      {
        issuer,
      },
    );
  }
}

/** One account that the callback is authentic for, and what it reads in it. */
interface Heard {
  readonly account: IssuerAccount;
  readonly reading: CallbackReading;
}
