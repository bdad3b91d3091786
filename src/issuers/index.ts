import { artha } from './artha/artha.js';
import { corecard } from './corecard/corecard.js';
import type { SomeIssuer } from './issuer.js';
import { qitech } from './qitech/qitech.js';
import { vault } from './vault/vault.js';

/** Every issuer there is. A new one is its folder and its line here. */
export const issuers = { vault, artha, corecard, qitech } as const satisfies Record<string, SomeIssuer>;

/** `'vault' | 'artha' | …`, derived from the registry. */
export type IssuerCode = keyof typeof issuers;

/** The issuer with this code, or null. */
export const findIssuer = (code: string): SomeIssuer | null =>
  Object.hasOwn(issuers, code) ? issuers[code as IssuerCode] : null;
