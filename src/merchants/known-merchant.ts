import { HttpException } from '@nestjs/common';
import { readMerchant } from '../payments/read-merchant.js';
import type { Merchant, Merchants } from './merchants.js';

/** The merchant with this id; 404 where there is none. */
export function knownMerchant(merchants: Merchants, merchantId: string): Merchant {
  const merchant = merchants.find(merchantId);
  if (merchant) return merchant;
  throw new HttpException({ message: `There is no merchant ${merchantId.slice(0, 64)}.` }, 404);
}

/** The merchant that `?merchant=` names, else the default one; 404 where there is none. */
export const merchantInQuery = (merchants: Merchants, merchant: unknown): Merchant =>
  knownMerchant(merchants, readMerchant(merchant));
