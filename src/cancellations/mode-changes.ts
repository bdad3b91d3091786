import { Injectable } from '@nestjs/common';
import type { IssuerMode } from '../config.js';
import { Database, type Transaction } from '../database.js';
import { IssuerAccounts } from '../issuers/issuer-accounts.js';
import { IssuerModes, type AccountKey } from '../issuers/issuer-modes.js';
import { Log } from '../operations/log.js';

/**
 * - `moved-on`: it is not treated any more as whoever decided this saw it; nothing was changed.
 * - `gone`: there is no such account.
 */
export type ModeChanged = 'changed' | 'moved-on' | 'gone';

/** Changes how an issuer's account is treated, while the service runs. */
@Injectable()
export class ModeChanges {
  constructor(
    private readonly database: Database,
    private readonly accounts: IssuerAccounts,
    private readonly modes: IssuerModes,
    private readonly log: Log,
  ) {}

  /**
   * Every process knows it within 5 s, and sees to it then that what waits is looked at again: after `live` it is sent as the rules allow,
   * after `manual` what was surely not sent goes to people.
   *
   * @param mode null: as the setting says
   * @param about.expected what the account must be treated as before; absent: anything
   * @param about.alongside commits with the change
   */
  async change(
    key: AccountKey,
    mode: IssuerMode | null,
    about: { readonly expected?: IssuerMode; readonly alongside?: (sql: Transaction) => Promise<void> } = {},
  ): Promise<ModeChanged> {
    const { merchantId, issuer, sandbox } = key;
    const account = this.accounts.find(merchantId, issuer, sandbox);
    if (!account) return 'gone';
    const { expected } = about;
    // Another process may have changed it a moment ago.
    if (expected !== undefined) await this.modes.refresh();
    if (expected !== undefined && account.mode !== expected) return 'moved-on';
    const isChanged = await this.database.transaction(async (sql) => {
      if (!(await this.modes.write(sql, key, mode, expected))) return false;
      await about.alongside?.(sql);
      return true;
    });
    await this.modes.refresh();
    if (!isChanged) return 'moved-on';
    this.log.warn(`The mode of ${account.accountId} at ${account.issuer.name} is now ${account.mode}.`, {
      merchantId,
      issuer,
    });
    return 'changed';
  }
}
