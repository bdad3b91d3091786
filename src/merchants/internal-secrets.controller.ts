import { Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { IssuerAccounts } from '../issuers/issuer-accounts.js';
import { StoredAccounts } from '../issuers/stored-accounts.js';
import { UserTokens } from '../issuers/user-tokens.js';
import { NoticeRecipients } from '../notifications/notice-recipients.js';
import { NoMasterKeyError, type SecretPlace } from '../sealed.js';
import { sealing } from './sealing.js';

/** `/internal/secrets`: what is done with all sealed secrets at once. */
@Controller('internal/secrets')
export class InternalSecretsController {
  constructor(
    private readonly stored: StoredAccounts,
    private readonly userTokens: UserTokens,
    private readonly recipients: NoticeRecipients,
    private readonly accounts: IssuerAccounts,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Seals everything anew under MASTER_KEY, so that MASTER_KEY_OLD can go. What opens with no key is named and left as it is. */
  @Post('reseal')
  @HttpCode(200)
  async reseal(): Promise<{ keyId: string; resealed: number; cannotBeOpened: readonly SecretPlace[] }> {
    return sealing(async () => {
      const { keyId } = this.config.masterKeys;
      if (keyId === null) throw new NoMasterKeyError();
      const all = [await this.stored.reseal(), await this.userTokens.reseal(), await this.recipients.reseal()];
      await this.accounts.refresh();
      const cannotBeOpened = all.flatMap(({ closed }) => closed);
      return { keyId, resealed: all.reduce((sum, { resealed }) => sum + resealed, 0), cannotBeOpened };
    });
  }
}
