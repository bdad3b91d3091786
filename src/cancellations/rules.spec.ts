import type { IssuerAccount } from '../issuers/issuer-accounts.js';
import type { Connector, SomeIssuer } from '../issuers/issuer.js';
import { corecard } from '../issuers/corecard/corecard.js';
import { vault } from '../issuers/vault/vault.js';
import { nextStep } from './next-step.js';
import { rulesOf } from './rules.js';

const HOUR = 3_600_000;

interface Given {
  readonly mode?: IssuerAccount['mode'];
  readonly isOpen?: boolean;
  readonly connector?: Partial<Connector>;
}

/** Of an account, only what the rules are made of. */
const account = ({ mode = 'live', isOpen = false, connector = {} }: Given = {}) =>
  ({
    mode,
    timeoutMs: 1_234,
    protection: { isOpen },
    connector: { query: null, callback: 'none', pendingQuietMs: 0, ...connector },
  }) as unknown as IssuerAccount;

const query = () => Promise.reject(new Error('asked by rules that ask nobody'));

describe('the rules of an account', () => {
  it.each(['live', 'paused', 'manual', 'dry-run'] as const)('have its mode, such as %s', (mode) => {
    expect(rulesOf(vault, account({ mode }), HOUR).mode).toBe(mode);
  });

  it.each([true, false])('say whether its circuit is open: %s', (isOpen) => {
    expect(rulesOf(vault, account({ isOpen }), HOUR).isCircuitOpen).toBe(isOpen);
  });

  it('allow a query where its connector has one', () => {
    expect(rulesOf(vault, account({ connector: { query } }), HOUR).canQuery).toBe(true);
    expect(rulesOf(vault, account({ connector: { query: null } }), HOUR).canQuery).toBe(false);
  });

  it('take over how its connector hears of the end', () => {
    const heard = account({ connector: { callback: 'with-task', pendingQuietMs: 900_000 } });

    expect(rulesOf(vault, heard, HOUR)).toMatchObject({ callback: 'with-task', pendingQuietMs: 900_000 });
  });

  it('have its own time-out, and not its issuer’s', () => {
    expect(rulesOf(vault, account(), HOUR).timeoutMs).toBe(1_234);
  });

  it.each([vault, corecard] as SomeIssuer[])('send again after an unknown as $name allows', (issuer) => {
    expect(rulesOf(issuer, account(), HOUR).resend).toBe(issuer.resendAfterUnknown);
  });

  it('end when the caller says', () => {
    expect(rulesOf(vault, account(), 7 * HOUR).giveUpMs).toBe(7 * HOUR);
  });
});

describe('the rules of an issuer where the merchant has no account', () => {
  const rules = rulesOf(vault, null, HOUR);

  it('are those of a paused one: nothing is sent, and nothing asked', () => {
    expect(rules).toMatchObject({ mode: 'paused', isCircuitOpen: false, canQuery: false, callback: 'none' });
  });

  it('keep what is known of the issuer itself', () => {
    expect(rules).toMatchObject({ resend: vault.resendAfterUnknown, timeoutMs: vault.timeoutMs, pendingQuietMs: 0 });
  });
});

describe('the rules of an issuer that is not in the registry any more', () => {
  const rules = rulesOf(null, null, HOUR);
  const claimedAt = new Date(Date.UTC(2026, 10, 21, 12));

  it('want a query before another cancel, and there is nobody to ask', () => {
    expect(rules.resend).toMatchObject({ kind: 'after-queries', queries: 1, insideBudget: false });
    expect(rules.canQuery).toBe(false);
  });

  it('let a cancellation wait, and give it to a person at the give-up time', () => {
    const stepAt = (ms: number) => nextStep({ claimedAt, attempts: [] }, rules, new Date(claimedAt.getTime() + ms));

    expect(stepAt(HOUR - 1).kind).toBe('wait');
    expect(stepAt(HOUR)).toEqual({ kind: 'manual', reason: 'no_answer' });
  });

  it('have no time-out to wait for', () => {
    expect(rules.timeoutMs).toBe(0);
  });
});
