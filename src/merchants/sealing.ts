import { HttpException } from '@nestjs/common';
import { NoMasterKeyError } from '../sealed.js';

/** Does what seals a secret; 409 in words where there is no key to seal with. */
export async function sealing<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NoMasterKeyError) throw new HttpException({ message: error.message }, 409);
    throw error;
  }
}
