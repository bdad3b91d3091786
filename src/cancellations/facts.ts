import type { IssuerAccount } from '../issuers/issuer-accounts.js';
import type { ManualReason } from '../manual-cancellations/manual-reason.js';
import { proofIn, type Attempt, type Cancellation } from './cancellation.js';
import type { PaymentView } from './cancellation-store.js';
import { decideClaim } from './claim.js';
import { giveUpTime, mayQuery, nextStep, type Rules, type Step } from './next-step.js';

/** Why nothing is sent to an issuer, although it could be. */
export type Hold = 'not-configured' | 'paused' | 'manual' | 'dry-run' | 'circuit-open';

/**
 * What happens now by itself; `would-…`: if VTEX asked for the cancellation. `at`: when it is done; of `under-way`, until when the answer
 * is waited for.
 */
export type NowFact =
  | { readonly kind: ClaimFact | 'is-cancelled' | 'is-manual' | 'will-be-cancelled' | 'will-be-manual' }
  | { readonly kind: 'under-way' | 'will-send' | 'will-query' | 'will-wait'; readonly at: Date };

type ClaimFact = 'would-send' | 'would-wait' | 'would-be-cancelled' | 'would-be-manual' | 'would-be-partly-manual';

/** Why that happens. */
export type WhyFact =
  /** `persons-word`: a person recorded that it is cancelled at the issuer, and that is the proof. */
  | { readonly kind: 'never-seen' | 'settled' | 'never-linked' | 'not-asked-yet' | 'persons-word' | Hold }
  | { readonly kind: 'tried'; readonly attempts: readonly Attempt[] }
  | { readonly kind: 'reason'; readonly reason: ManualReason };

/** Would looking at once do anything? */
export type CheckFact =
  | { readonly kind: 'possible' }
  | { readonly kind: 'too-soon'; readonly at: Date }
  /** `no-query`: this issuer cannot be asked, or not for this. */
  | { readonly kind: 'not-asked-yet' | 'over' | 'under-way' | 'nothing-sent' | 'never-linked' | 'no-query' | Hold };

/** What is done next by itself. */
export interface NextFact {
  readonly kind: 'send' | 'query' | 'wait';
  readonly notBefore: Date | null;
  readonly dueAt: Date;
}

/** What would happen now and why, without words. */
export interface Facts {
  readonly now: NowFact;
  readonly why: readonly WhyFact[];
  readonly check: CheckFact;
  /** Null where nothing is done by itself any more, or a call is under way. */
  readonly next: NextFact | null;
  readonly giveUpAt: Date | null;
}

/** Nobody has asked for the cancellation yet. Pure. */
export function factsOfClaim(payment: PaymentView, account: IssuerAccount | null): Facts {
  const claim = decideClaim(payment, null, account?.mode ?? null);
  const kinds: Readonly<Record<typeof claim.kind, ClaimFact>> = {
    ask: 'would-send',
    wait: 'would-wait',
    cancelled: 'would-be-cancelled',
    manual: 'would-be-manual',
    partial: 'would-be-partly-manual',
  };
  return {
    now: { kind: kinds[claim.kind] },
    why: whyClaim(payment, account),
    check: { kind: 'not-asked-yet' },
    next: null,
    giveUpAt: null,
  };
}

function whyClaim(payment: PaymentView, account: IssuerAccount | null): WhyFact[] {
  if (!payment.seenBefore) return [{ kind: 'never-seen' }];
  if (payment.isSettled) return [{ kind: 'settled' }];
  if (!payment.link) return [{ kind: 'never-linked' }];
  const hold = holdOf(account);
  return [{ kind: 'not-asked-yet' }, ...(hold === null ? [] : [{ kind: hold }])];
}

/** Why nothing is sent through this account now; null where it is. */
export function holdOf(account: Pick<IssuerAccount, 'mode' | 'protection'> | null): Hold | null {
  if (account === null) return 'not-configured';
  if (account.mode !== 'live') return account.mode;
  return account.protection.isOpen ? 'circuit-open' : null;
}

/** VTEX has asked for it. Pure. */
export function factsOfCancellation(
  cancellation: Cancellation,
  about: {
    readonly attempts: readonly Attempt[];
    readonly rules: Rules;
    readonly hold: Hold | null;
    readonly isLinked: boolean;
    /** The database's clock. */
    readonly now: Date;
  },
): Facts {
  const { attempts, rules, hold, now } = about;
  const { state, claimedAt, reason, leaseUntil, nextCheckAt } = cancellation;
  const tried: WhyFact = { kind: 'tried', attempts };
  const check = checkOf(cancellation, about);
  if (state === 'cancelled') {
    const isPersonsWord = reason !== null && proofIn(attempts) === null;
    const why: WhyFact[] = isPersonsWord ? [{ kind: 'persons-word' }] : [tried];
    return { now: { kind: 'is-cancelled' }, why, check, next: null, giveUpAt: null };
  }
  if (state === 'manual') {
    const why: WhyFact[] = reason === null ? [tried] : [tried, { kind: 'reason', reason }];
    return { now: { kind: 'is-manual' }, why, check, next: null, giveUpAt: null };
  }
  const giveUpAt = giveUpTime({ claimedAt, attempts }, rules);
  if (state === 'asking') {
    return { now: { kind: 'under-way', at: leaseUntil ?? now }, why: [tried], check, next: null, giveUpAt };
  }
  const step = nextStep({ claimedAt, attempts }, rules, now);
  const next = 'dueAt' in step ? nextOf(step, nextCheckAt) : null;
  const why: WhyFact[] = hold === null ? [tried] : [tried, { kind: hold }];
  return { now: nowOf(step), why, check, next, giveUpAt };
}

const nextOf = (step: Extract<Step, { dueAt: Date }>, nextCheckAt: Date | null): NextFact => ({
  kind: step.kind,
  notBefore: step.kind === 'wait' ? null : step.notBefore,
  // What the row says is when the follow-up looks; a step may come due before or after it.
  dueAt: nextCheckAt && nextCheckAt > step.dueAt ? nextCheckAt : step.dueAt,
});

function nowOf(step: Step): NowFact {
  if (step.kind === 'cancelled') return { kind: 'will-be-cancelled' };
  if (step.kind === 'manual') return { kind: 'will-be-manual' };
  return { kind: `will-${step.kind}`, at: step.dueAt };
}

function checkOf(
  { state, claimedAt, leaseUntil }: Cancellation,
  { attempts, rules, hold, isLinked, now }: Parameters<typeof factsOfCancellation>[1],
): CheckFact {
  if (state === 'cancelled') return { kind: 'over' };
  if (state === 'asking') return { kind: leaseUntil && leaseUntil > now ? 'under-way' : 'possible' };
  if (!isLinked) return { kind: 'never-linked' };
  if (state === 'manual') {
    // Without a cancel of ours there is nothing to find out: what is cancelled now, a person did.
    if (!attempts.some(({ kind }) => kind === 'cancel')) return { kind: 'nothing-sent' };
    return mayQuery(rules) ? { kind: 'possible' } : { kind: rules.canQuery ? (hold ?? 'no-query') : 'no-query' };
  }
  const step = nextStep({ claimedAt, attempts }, rules, now);
  if (step.kind === 'cancelled' || step.kind === 'manual') return { kind: 'possible' };
  if (step.kind === 'wait') return { kind: hold ?? 'no-query' };
  if (hold !== null && hold !== 'manual') return { kind: hold };
  return step.notBefore <= now ? { kind: 'possible' } : { kind: 'too-soon', at: step.notBefore };
}
