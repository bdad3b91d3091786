import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { Database } from '../database.js';
import { findIssuer } from '../issuers/index.js';
import { IssuerAccounts, type IssuerAccount } from '../issuers/issuer-accounts.js';
import type { CallbackReading, CallbackRequest } from '../issuers/issuer.js';
import { Log } from '../operations/log.js';
import { CancellationRecord } from './cancellation-record.js';
import { CancellationStore } from './cancellation-store.js';
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
    const issuer = findIssuer(issuerCode);
    if (!issuer?.callback) return { status: 404, body: { message: 'there is nothing at this path' } };
    const { acknowledgement, rejection } = issuer.callback;
    for (const account of this.accounts.forCallback(issuerCode)) {
      const reading = issuer.callback.read(request, account.account);
      if (reading.kind === 'forged') continue;
      if (reading.kind === 'unreadable') {
        this.log.error('A callback is authentic, but not of the documented shape.', { issuer: issuerCode });
        return { status: 400, body: rejection };
      }
      if (reading.kind === 'about') await this.#keep(account, reading, request.body);
      return { status: 200, body: acknowledgement };
    }
    this.log.warn('A callback was refused: its signature is missing or wrong.', { issuer: issuerCode });
    return { status: 401, body: rejection };
  }

  async #keep(
    { account, issuer }: IssuerAccount,
    reading: Extract<CallbackReading, { kind: 'about' }>,
    body: Buffer,
  ): Promise<void> {
    const { taskId } = reading.match;
    const source = { merchantId: account.merchantId, issuer: issuer.code, sandbox: account.sandbox, taskId };
    await this.database.transaction(async (sql) => {
      await this.store.lockTask(sql, account.merchantId, taskId);
      const isNew = await this.store.insertCallback(
        sql,
        source,
        createHash('sha256').update(body).digest(),
        findingOf(reading.answered),
      );
      const key = isNew ? await this.store.findByTask(sql, source) : null;
      if (!key) return;
      for (const finding of await this.store.takeCallbacks(sql, source)) await this.record.callback(sql, key, finding);
    });
  }
}
