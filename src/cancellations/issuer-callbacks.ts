import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { Database } from '../database.js';
import { findIssuer } from '../issuers/index.js';
import { IssuerAccounts, type IssuerAccount } from '../issuers/issuer-accounts.js';
import type { CallbackReading, CallbackRequest, Issuer } from '../issuers/issuer.js';
import { Log } from '../operations/log.js';
import type { Finding, PaymentKey } from './cancellation.js';
import { CancellationRecord } from './cancellation-record.js';
import { CancellationStore, type CallbackSource } from './cancellation-store.js';
import { findingOf } from './exchange.js';

export interface CallbackAnswer {
  readonly status: 200 | 400 | 401 | 404;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Takes the issuers' callbacks: verified first, then kept, then answered, and applied in the same transaction where its task is known. */
@Injectable()
export class IssuerCallbacks {
  constructor(
    private readonly accounts: IssuerAccounts,
    private readonly store: CancellationStore,
    private readonly record: CancellationRecord,
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  /**
   * A forged callback leaves no row. One that arrives before our own record of the task is kept, and found by that record.
   * @returns 200 only once the callback is durable
   * @throws the database's error, so that the issuer sends it again
   */
  async receive(issuerCode: string, request: CallbackRequest): Promise<CallbackAnswer> {
    const callback = (findIssuer(issuerCode) as Issuer | null)?.callback;
    if (!callback) return { status: 404, body: { message: 'there is nothing at this path' } };
    // An issuer may sign with one key for live and sandbox; then both accounts read it, and the task says which one is meant.
    const heard: Heard[] = this.accounts
      .forCallback(issuerCode)
      .map((account) => ({ account, reading: callback.read(request, account.account) }))
      .filter(({ reading }) => reading.kind !== 'forged');
    if (heard.length === 0) {
      this.log.warn('A callback was refused: its signature is missing or wrong.', { issuer: issuerCode });
      return { status: 401, body: callback.rejection };
    }
    if (heard.some(({ reading }) => reading.kind === 'unreadable')) {
      this.log.error('A callback is authentic, but not of the documented shape.', { issuer: issuerCode });
      return { status: 400, body: callback.rejection };
    }
    await this.#keep(heard, createHash('sha256').update(request.body).digest());
    return { status: 200, body: callback.acknowledgement };
  }

  /** Applies it to the payment that has its task; while there is none, keeps it for whichever account will name the task. */
  async #keep(heard: readonly Heard[], bodySha256: Buffer): Promise<void> {
    const about = heard.flatMap(({ account: { account, issuer }, reading }) => {
      if (reading.kind !== 'about') return [];
      const { merchantId, sandbox } = account;
      const source = { merchantId, issuer: issuer.code, sandbox, taskId: reading.match.taskId };
      return [{ source, finding: findingOf(reading.answered) }];
    });
    if (about.length === 0) return;
    await this.database.transaction(async (sql) => {
      for (const { source } of about) await this.store.lockTask(sql, source.merchantId, source.taskId);
      const found: { source: CallbackSource; finding: Finding; key: PaymentKey | null }[] = [];
      for (const { source, finding } of about) {
        found.push({ source, finding, key: await this.store.findByTask(sql, source) });
      }
      const matched = found.filter(({ key }) => key !== null);
      for (const { source, finding, key } of matched.length > 0 ? matched : found) {
        await this.store.insertCallback(sql, source, bodySha256, finding);
        if (key === null) continue;
        for (const kept of await this.store.takeCallbacks(sql, source)) await this.record.callback(sql, key, kept);
      }
    });
  }
}

/** One account that the callback is authentic for, and what it reads in it. */
interface Heard {
  readonly account: IssuerAccount;
  readonly reading: CallbackReading;
}
