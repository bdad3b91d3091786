import type { IssuerAccount } from '../issuers/issuer-accounts.js';
import type { SomeIssuer } from '../issuers/issuer.js';
import type { Rules } from './next-step.js';

/**
 * What an issuer and a merchant's account there allow at this moment.
 *
 * @param issuer null for one that is not in the registry any more
 * @param account null where it is not configured; then nothing is sent, as in mode `paused`
 */
export function rulesOf(issuer: SomeIssuer | null, account: IssuerAccount | null, giveUpMs: number): Rules {
  return {
    mode: account?.mode ?? 'paused',
    isCircuitOpen: account?.protection.isOpen ?? false,
    canQuery: account !== null && account.connector.query !== null,
    callback: account?.connector.callback ?? 'none',
    pendingQuietMs: account?.connector.pendingQuietMs ?? 0,
    resend: issuer?.resendAfterUnknown ?? NEVER,
    timeoutMs: account?.timeoutMs ?? issuer?.timeoutMs ?? 0,
    giveUpMs,
  };
}

/** Of an issuer that nobody knows nothing is sent anyway. */
const NEVER: Rules['resend'] = { kind: 'after-queries', queries: 1, quietMs: () => 0, insideBudget: false };
