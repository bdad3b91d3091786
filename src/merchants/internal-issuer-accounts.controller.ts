import { Body, Controller, Delete, Get, HttpCode, HttpException, Param, Post, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { readGivenSettings } from '../issuers/account-settings.js';
import { findIssuer } from '../issuers/index.js';
import { IssuerAccounts, type IssuerAccount } from '../issuers/issuer-accounts.js';
import type { AccountKey } from '../issuers/issuer-modes.js';
import { Secret, type Probe, type SomeIssuer } from '../issuers/issuer.js';
import { probeWords } from '../issuers/probe-words.js';
import { StoredAccounts, type StoredAccount } from '../issuers/stored-accounts.js';
import { UserTokens, type ListedUser } from '../issuers/user-tokens.js';
import { JsonBodyPipe } from '../operations/json-body.pipe.js';
import { Log } from '../operations/log.js';
import { refuseWrong, wrongFields } from '../operations/wrong-fields.js';
import { merchantInQuery } from './known-merchant.js';
import { MerchantRegister } from './merchant-register.js';
import { Merchants } from './merchants.js';
import { sealing } from './sealing.js';

/** One account, as `/internal/issuer-accounts` shows it: of a secret only that it is set, and which key it was sealed with. */
export interface ShownIssuerAccount {
  readonly issuer: string;
  readonly accountId: string;
  readonly sandbox: boolean;
  readonly source: 'settings' | 'database';
  readonly baseUrl: string;
  /** Those that are no secrets; of an account of the settings none is shown. */
  readonly settings: Readonly<Record<string, string>>;
  /** By the setting's name the id of the key that it was sealed with; null where it is in the settings of the service. */
  readonly secrets: Readonly<Record<string, string | null>>;
  readonly changedAt: Date | null;
  /** False: it counts as not configured, and the log says why. */
  readonly isUsable: boolean;
  /** End users whose refresh tokens are kept. */
  readonly users: readonly ListedUser[];
}

/** `/internal/issuer-accounts`: the merchants' ways to the issuers, kept in the database with sealed secrets. */
@Controller('internal/issuer-accounts')
export class InternalIssuerAccountsController {
  constructor(
    private readonly merchants: Merchants,
    private readonly register: MerchantRegister,
    private readonly accounts: IssuerAccounts,
    private readonly stored: StoredAccounts,
    private readonly userTokens: UserTokens,
    private readonly log: Log,
  ) {}

  @Get()
  async list(@Query('merchant') merchant: unknown): Promise<{ accounts: ShownIssuerAccount[] }> {
    const { merchantId } = merchantInQuery(this.merchants, merchant);
    const ofSettings = this.accounts.list(merchantId).filter(({ account, issuer }) => {
      return this.accounts.isFromSettings({ ...account, issuer: issuer.code });
    });
    const kept = await this.stored.ofMerchant(merchantId);
    const shown = await Promise.all([
      ...ofSettings.map((account) => this.#showOfSettings(account)),
      ...kept.map((account) => this.#showStored(account)),
    ]);
    return { accounts: shown.sort((a, b) => (a.issuer + a.accountId < b.issuer + b.accountId ? -1 : 1)) };
  }

  /** `{ "sandbox"?: false, "settings": { "BASE_URL": …, … } }`: the whole account; what is not in it is not set. 201 new, 200 replaced. */
  @Put(':issuer')
  async save(
    @Param('issuer') code: string,
    @Query('merchant') merchant: unknown,
    @Body(new JsonBodyPipe()) body: Readonly<Record<string, unknown>>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { merchantId } = merchantInQuery(this.merchants, merchant);
    const issuer = knownIssuer(code);
    const { sandbox, given } = readAccountBody(issuer, body);
    const key: AccountKey = { merchantId, issuer: issuer.code, sandbox };
    this.#refuseFromSettings(key);
    await this.register.ensure(merchantId);
    const { isNew } = await sealing(() => this.stored.save(key, given));
    await this.accounts.refresh();
    this.log.warn(`The account of ${merchantId} at ${issuer.name} was ${isNew ? 'stored' : 'replaced'}.`, {
      merchantId,
      issuer: code,
    });
    const stored = (await this.stored.ofMerchant(merchantId)).find((one) => isSame(one, key));
    if (!stored) throw noAccount(issuer, sandbox);
    void reply.status(isNew ? 201 : 200).send(await this.#showStored(stored));
  }

  /** Its users' tokens go with it. What is linked to it waits, as for any issuer that is not configured. */
  @Delete(':issuer')
  async delete(
    @Param('issuer') code: string,
    @Query('merchant') merchant: unknown,
    @Query('sandbox') sandboxText: unknown,
  ): Promise<{ message: string }> {
    const { key, issuer } = this.#named(code, merchant, sandboxText);
    this.#refuseFromSettings(key);
    if (!(await this.stored.delete(key))) throw noAccount(issuer, key.sandbox);
    await this.accounts.refresh();
    this.log.warn(`The account of ${key.merchantId} at ${issuer.name} was deleted.`, {
      merchantId: key.merchantId,
      issuer: code,
    });
    return { message: `Deleted. Cancellations of payments at ${issuer.name} wait until there is an account again.` };
  }

  /** A harmless call, in whatever mode the account is: nothing is cancelled, and nothing of a customer's is asked for. */
  @Post(':issuer/test')
  @HttpCode(200)
  async test(
    @Param('issuer') code: string,
    @Query('merchant') merchant: unknown,
    @Query('sandbox') sandboxText: unknown,
  ): Promise<Probe & { message: string }> {
    const { key, issuer } = this.#named(code, merchant, sandboxText);
    const account = this.accounts.find(key.merchantId, code, key.sandbox);
    if (!account) throw noAccount(issuer, key.sandbox);
    const probe = await account.connector.probe();
    return { ...probe, message: probeWords(probe, issuer) };
  }

  /** `{ "refreshToken": "…" }`: gets this end user's access tokens from now on. Write only. */
  @Put(':issuer/user-tokens/:userKey')
  async saveUserToken(
    @Param('issuer') code: string,
    @Param('userKey') userKey: string,
    @Query('merchant') merchant: unknown,
    @Query('sandbox') sandboxText: unknown,
    @Body(new JsonBodyPipe()) body: Readonly<Record<string, unknown>>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { key, issuer } = this.#named(code, merchant, sandboxText);
    const refreshToken = readUserTokenBody(userKey, body);
    const account = this.accounts.find(key.merchantId, code, key.sandbox);
    if (!account) throw noAccount(issuer, key.sandbox);
    if (account.account.userTokens === undefined) {
      const message = `This account gets no tokens for end users: ${issuer.name} has no such tokens, or its settings name no TOKEN_URL.`;
      throw new HttpException({ message }, 409);
    }
    await this.register.ensure(key.merchantId);
    const { isNew } = await sealing(() => this.userTokens.save({ ...key, userKey }, refreshToken));
    this.log.info('A refresh token of an end user was stored.', { merchantId: key.merchantId, issuer: code });
    const user = (await this.userTokens.list(key)).find((one) => one.userKey === userKey);
    void reply.status(isNew ? 201 : 200).send(user ?? { userKey });
  }

  #named(code: string, merchant: unknown, sandboxText: unknown): { key: AccountKey; issuer: SomeIssuer } {
    const { merchantId } = merchantInQuery(this.merchants, merchant);
    const issuer = knownIssuer(code);
    if (![undefined, 'true', 'false'].includes(sandboxText as string | undefined)) {
      throw wrongFields({ sandbox: 'must be true or false' });
    }
    return { key: { merchantId, issuer: issuer.code, sandbox: sandboxText === 'true' }, issuer };
  }

  /** Two places for one account would leave open which is meant, and after a restart without the other one a cancel would go elsewhere. */
  #refuseFromSettings(key: AccountKey): void {
    if (!this.accounts.isFromSettings(key)) return;
    const name = `${key.issuer.toUpperCase()}_${key.sandbox ? 'SANDBOX_' : ''}BASE_URL`;
    const message = `This account comes from the settings of the service. Take ${name} out of them first, and start the service again.`;
    throw new HttpException({ message }, 409);
  }

  async #showOfSettings({ accountId, issuer, account }: IssuerAccount): Promise<ShownIssuerAccount> {
    const secrets = Object.entries(account.settings).filter(([, value]) => value instanceof Secret);
    return {
      issuer: issuer.code,
      accountId,
      sandbox: account.sandbox,
      source: 'settings',
      baseUrl: account.baseUrl,
      settings: {},
      secrets: Object.fromEntries(secrets.map(([name]) => [name, null])),
      changedAt: null,
      isUsable: true,
      users: await this.userTokens.list({ ...account, issuer: issuer.code }),
    };
  }

  async #showStored(stored: StoredAccount): Promise<ShownIssuerAccount> {
    const { merchantId, issuer, sandbox, baseUrl, settings, secrets, changedAt } = stored;
    return {
      issuer,
      accountId: sandbox ? `${merchantId}-sandbox` : merchantId,
      sandbox,
      source: 'database',
      baseUrl,
      settings,
      secrets: Object.fromEntries(Object.entries(secrets).map(([name, sealed]) => [name, sealed?.keyId ?? null])),
      changedAt,
      isUsable: !this.accounts.isFromSettings(stored) && 'account' in this.stored.open(stored),
      users: await this.userTokens.list(stored),
    };
  }
}

function knownIssuer(code: string): SomeIssuer {
  const issuer = findIssuer(code);
  if (issuer) return issuer;
  throw new HttpException({ message: `There is no issuer ${code.slice(0, 40)}.` }, 404);
}

const noAccount = ({ name }: SomeIssuer, sandbox: boolean) =>
  new HttpException({ message: `This merchant has no ${sandbox ? 'sandbox' : 'live'} account at ${name}.` }, 404);

const isSame = (one: AccountKey, { issuer, sandbox }: AccountKey) => one.issuer === issuer && one.sandbox === sandbox;

function readAccountBody(
  issuer: SomeIssuer,
  { sandbox = false, settings, ...others }: Readonly<Record<string, unknown>>,
) {
  const fields: Record<string, string> = {};
  if (typeof sandbox !== 'boolean') fields.sandbox = 'must be true or false';
  for (const name of Object.keys(others)) fields[name] = 'is not a field of an account';
  const isObject = typeof settings === 'object' && settings !== null && !Array.isArray(settings);
  const read = readGivenSettings(issuer, isObject ? (settings as Record<string, unknown>) : {});
  if (!isObject) fields.settings = 'must be an object of setting names and texts, without the prefix of the issuer';
  else if ('mistakes' in read) for (const { name, words } of read.mistakes) fields[`settings.${name}`] = words;
  if ('mistakes' in read || Object.keys(fields).length > 0) throw wrongFields(fields);
  return { sandbox: sandbox as boolean, given: read };
}

function readUserTokenBody(userKey: string, { refreshToken, ...others }: Readonly<Record<string, unknown>>): string {
  const fields: Record<string, string> = {};
  if (!/^[^\p{Cc}\p{Cs}]{1,255}$/u.test(userKey)) {
    fields.userKey = 'must be text of 1 to 255 characters without control characters';
  }
  const isUsable = typeof refreshToken === 'string' && /^[\x20-\x7e]{1,8192}$/.test(refreshToken);
  if (!isUsable || refreshToken.startsWith('file:'))
    fields.refreshToken = 'must be the token itself: one line of ASCII';
  for (const name of Object.keys(others)) fields[name] = 'is not a field of a token';
  refuseWrong(fields);
  return refreshToken as string;
}
