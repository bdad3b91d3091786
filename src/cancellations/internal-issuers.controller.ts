import { Body, Controller, Get, HttpException, Param, Put, Query } from '@nestjs/common';
import { issuerModes, type IssuerMode } from '../config.js';
import { IssuerAccounts, type IssuerAccount } from '../issuers/issuer-accounts.js';
import { JsonBodyPipe } from '../operations/json-body.pipe.js';
import { readMerchant } from '../payments/read-merchant.js';
import { ModeChanges } from './mode-changes.js';

/** One account, as `GET /internal/issuers` shows it. */
export interface ShownAccount {
  readonly issuer: string;
  readonly name: string;
  readonly accountId: string;
  readonly sandbox: boolean;
  readonly mode: IssuerMode;
  /** Of the process that answers; each replica has its own view. */
  readonly circuit: 'closed' | 'open';
  readonly callsUnderWay: number;
}

/** `/internal/issuers`: how the issuers' accounts are treated, and a mode that changes while the service runs. */
@Controller('internal/issuers')
export class InternalIssuersController {
  constructor(
    private readonly accounts: IssuerAccounts,
    private readonly modes: ModeChanges,
  ) {}

  @Get()
  list(@Query('merchant') merchant: unknown): { issuers: ShownAccount[] } {
    return { issuers: this.accounts.list(readMerchant(merchant)).map(show) };
  }

  /**
   * `{ "mode": "paused", "sandbox"?: false }`; `null` goes back to the setting. Every process knows it within 5 s. What waits is looked
   * at again: after `live` it is sent as the rules allow, after `manual` what was surely not sent goes to people.
   */
  @Put(':issuer')
  async setMode(
    @Param('issuer') issuer: string,
    @Query('merchant') merchant: unknown,
    @Body(new JsonBodyPipe()) body: Readonly<Record<string, unknown>>,
  ): Promise<ShownAccount> {
    const merchantId = readMerchant(merchant);
    const { mode, sandbox } = readBody(body);
    const account = this.accounts.find(merchantId, issuer, sandbox);
    if (!account) {
      const environment = sandbox ? 'sandbox' : 'live';
      throw new HttpException({ message: `There is no ${environment} account at this issuer.` }, 404);
    }
    await this.modes.change({ merchantId, issuer, sandbox }, mode);
    return show(account);
  }
}

const show = ({ issuer, accountId, account, mode, protection }: IssuerAccount): ShownAccount => ({
  issuer: issuer.code,
  name: issuer.name,
  accountId,
  sandbox: account.sandbox,
  mode,
  circuit: protection.isOpen ? 'open' : 'closed',
  callsUnderWay: protection.atWork,
});

function readBody({ mode, sandbox = false, ...others }: Readonly<Record<string, unknown>>) {
  const fields: Record<string, string> = {};
  const isMode = mode === null || issuerModes.some((known) => known === mode);
  if (!isMode) fields.mode = `must be one of: ${issuerModes.join(', ')}; or null for the setting's`;
  if (typeof sandbox !== 'boolean') fields.sandbox = 'must be true or false';
  for (const name of Object.keys(others)) fields[name] = 'is not a field of a mode';
  if (Object.keys(fields).length > 0) {
    throw new HttpException({ message: 'These fields are wrong; nothing was changed.', fields }, 422);
  }
  return { mode: mode as IssuerMode | null, sandbox: sandbox as boolean };
}
