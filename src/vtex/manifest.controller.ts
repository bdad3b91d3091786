import { Controller, Get, Inject } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { issuers } from '../issuers/index.js';
import { manifest } from './manifest.js';

/** What VTEX asks before there is a merchant: both are public, as the protocol has it. */
@Controller()
export class ManifestController {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  @Get('manifest')
  show(): ReturnType<typeof manifest> {
    return manifest(this.config.paymentMethods, Object.values(issuers));
  }

  /** Deprecated by VTEX in 2023; stores that are older still ask. */
  @Get('payment-methods')
  listMethods(): { readonly paymentMethods: readonly string[] } {
    return { paymentMethods: this.config.paymentMethods };
  }
}
