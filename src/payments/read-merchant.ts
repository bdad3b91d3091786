import { HttpException } from '@nestjs/common';
import { DEFAULT_MERCHANT } from '../config.js';

/** `?merchant=` on `/internal/*` names another merchant than the default one; 422 where it is not one id. */
export function readMerchant(merchant: unknown): string {
  if (merchant === undefined) return DEFAULT_MERCHANT;
  if (typeof merchant === 'string' && /^[\w-]{1,64}$/.test(merchant)) return merchant;
  throw new HttpException(
    { message: 'These fields are wrong; nothing was changed.', fields: { merchant: 'must be one merchant id' } },
    422,
  );
}
