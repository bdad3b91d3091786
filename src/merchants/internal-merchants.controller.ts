import { Body, Controller, Delete, Get, Header, HttpException, Param, Post, Put, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { JsonBodyPipe } from '../operations/json-body.pipe.js';
import { Log } from '../operations/log.js';
import { refuseWrong } from '../operations/wrong-fields.js';
import { isLanguage } from '../texts/language.js';
import { isTimeZone } from '../time-zone.js';
import { knownMerchant } from './known-merchant.js';
import { MerchantRegister, type MerchantChange, type NewPair } from './merchant-register.js';
import { isOfSettings, Merchants, type Merchant } from './merchants.js';

/** One merchant, as `GET /internal/merchants` shows it: nothing secret. */
export interface ShownMerchant {
  readonly merchantId: string;
  readonly name: string;
  readonly isTest: boolean;
  readonly vtexAccount: string | null;
  readonly language: string | null;
  readonly timeZone: string | null;
  /** The settings of the service have credentials for it too. */
  readonly isFromSettings: boolean;
  readonly credentials: readonly { readonly slot: number; readonly createdAt: Date }[];
  readonly hasLinkToken: boolean;
}

/** `/internal/merchants`: who the merchants are, and what each may be called with. Secrets are shown once, when they are made. */
@Controller('internal/merchants')
export class InternalMerchantsController {
  constructor(
    private readonly merchants: Merchants,
    private readonly register: MerchantRegister,
    private readonly log: Log,
  ) {}

  @Get()
  list(): { merchants: ShownMerchant[] } {
    return { merchants: this.merchants.list().map(show) };
  }

  /** `{ "name"?, "isTest"?, "vtexAccount"?, "language"?, "timeZone"? }`: makes a merchant (201), or changes what is given (200). */
  @Put(':merchantId')
  async save(
    @Param('merchantId') merchantId: string,
    @Body(new JsonBodyPipe()) body: Readonly<Record<string, unknown>>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const change = this.#readChange(merchantId, body);
    const { isNew } = await this.register.save(merchantId, change);
    this.log.info(isNew ? 'A merchant was made.' : 'A merchant was changed.', { merchantId });
    void reply.status(isNew ? 201 : 200).send(show(knownMerchant(this.merchants, merchantId)));
  }

  /** A new pair beside the one that is valid; 409 where two are. */
  @Post(':merchantId/credentials')
  @Header('cache-control', 'no-store')
  async addPair(@Param('merchantId') merchantId: string): Promise<NewPair> {
    knownMerchant(this.merchants, merchantId);
    const added = await this.register.addPair(merchantId);
    if (added.kind === 'full') throw full(knownMerchant(this.merchants, merchantId));
    this.log.info('A merchant has a new pair of credentials.', { merchantId, data: { slot: String(added.pair.slot) } });
    return added.pair;
  }

  /**
   * Ends the validity of a pair at once. Also of the last one: credentials that somebody has stolen must end, whatever it costs. The
   * answer says what it costs.
   */
  @Delete(':merchantId/credentials/:slot')
  async retirePair(
    @Param('merchantId') merchantId: string,
    @Param('slot') slot: string,
  ): Promise<ShownMerchant & { message: string }> {
    knownMerchant(this.merchants, merchantId);
    if (!/^[12]$/.test(slot) || !(await this.register.retirePair(merchantId, Number(slot)))) {
      throw new HttpException({ message: `There are no credentials in slot ${slot.slice(0, 20)}.` }, 404);
    }
    this.log.warn('A pair of credentials was retired.', { merchantId, data: { slot } });
    const merchant = knownMerchant(this.merchants, merchantId);
    return { message: effectOfRetiring(merchant), ...show(merchant) };
  }

  /** A link token in place of the old one, which ends at once. */
  @Post(':merchantId/link-token')
  @Header('cache-control', 'no-store')
  async newLinkToken(@Param('merchantId') merchantId: string): Promise<{ linkToken: string }> {
    knownMerchant(this.merchants, merchantId);
    const linkToken = await this.register.newLinkToken(merchantId);
    this.log.info('A merchant has a new link token.', { merchantId });
    return { linkToken };
  }

  /** A code for whoever connects this merchant from VTEX's admin: good for one use within 24 h. */
  @Post(':merchantId/connection-code')
  @Header('cache-control', 'no-store')
  async newConnectionCode(
    @Param('merchantId') merchantId: string,
  ): Promise<{ connectionCode: string; expiresAt: Date }> {
    knownMerchant(this.merchants, merchantId);
    const made = await this.register.newConnectionCode(merchantId);
    this.log.info('A merchant has a new connection code.', { merchantId });
    return made;
  }

  #readChange(merchantId: string, body: Readonly<Record<string, unknown>>) {
    const { name, isTest, vtexAccount, language, timeZone, ...others } = body;
    const fields: Record<string, string> = {};
    const known = this.merchants.find(merchantId);
    const idFault = known ? null : idFaultOf(merchantId);
    if (idFault !== null) fields.merchantId = idFault;
    if (name !== undefined && !isName(name))
      fields.name = 'must be text of 1 to 100 characters without control characters';
    if (isTest !== undefined && typeof isTest !== 'boolean') fields.isTest = 'must be true or false';
    if (isTest !== undefined && isOfSettings(merchantId) && isTest !== known?.isTest) {
      fields.isTest = `is fixed for the merchant ${merchantId}`;
    }
    if (vtexAccount !== undefined && vtexAccount !== null && !isVtexAccount(vtexAccount)) {
      fields.vtexAccount = "must be the store's account name: lower-case letters, digits and -; or null";
    }
    if (language !== undefined && language !== null && !isLanguage(language)) {
      fields.language = 'must be en, pt-BR, es or null';
    }
    if (timeZone !== undefined && timeZone !== null && !(typeof timeZone === 'string' && isTimeZone(timeZone))) {
      fields.timeZone = 'must be the IANA name of a time zone, such as America/Sao_Paulo, or null';
    }
    for (const field of Object.keys(others)) fields[field] = 'is not a field of a merchant';
    refuseWrong(fields);
    return { name, isTest, vtexAccount, language, timeZone } as MerchantChange;
  }
}

const show = (merchant: Merchant): ShownMerchant => ({
  merchantId: merchant.merchantId,
  name: merchant.name,
  isTest: merchant.isTest,
  vtexAccount: merchant.vtexAccount,
  language: merchant.language,
  timeZone: merchant.timeZone,
  isFromSettings: merchant.isFromSettings,
  credentials: merchant.pairs,
  hasLinkToken: merchant.hasLinkToken,
});

function full({ pairs }: Merchant): HttpException {
  const oldest = [...pairs].sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime())[0]?.slot ?? 1;
  const message = `Two pairs of credentials are valid already. Retire the older one first, once VTEX does not send it any more: slot ${oldest}.`;
  return new HttpException({ message, retire: oldest, credentials: pairs }, 409);
}

function effectOfRetiring({ pairs, isFromSettings }: Merchant): string {
  if (pairs.length > 0) return 'Retired. The other pair stays valid.';
  return isFromSettings
    ? 'Retired. Only the credentials of the settings are valid now.'
    : 'Retired. No credentials are valid now: VTEX is answered 401 for this merchant until it has a new pair.';
}

/** A merchant id becomes part of account ids, app keys and addresses. */
function idFaultOf(merchantId: string): string | null {
  if (isOfSettings(merchantId)) return `the merchant ${merchantId} comes from the settings, which do not name it`;
  if (!/^[a-z0-9-]{1,60}$/.test(merchantId)) return 'must be 1 to 60 lower-case letters, digits or -';
  return merchantId.endsWith('-sandbox') ? 'must not end in -sandbox, as the ids of sandbox accounts do' : null;
}

const isName = (value: unknown) =>
  typeof value === 'string' && /^[^\p{Cc}\p{Cs}]{1,100}$/u.test(value) && value.trim() !== '';

const isVtexAccount = (value: unknown) => typeof value === 'string' && /^[a-z0-9][a-z0-9-]{0,62}$/.test(value);
