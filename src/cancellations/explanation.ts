import { Injectable } from '@nestjs/common';
import { IssuerAccounts, type IssuerAccount } from '../issuers/issuer-accounts.js';
import { findIssuer } from '../issuers/index.js';
import type { ResendRule, SomeIssuer } from '../issuers/issuer.js';
import { manualReasons } from '../manual-cancellations/manual-reason.js';
import type { Attempt, Cancellation, PaymentKey } from './cancellation.js';
import { CancellationStore, type PaymentView, type View } from './cancellation-store.js';
import { decideClaim } from './claim.js';
import { giveUpTime, nextStep, type Rules, type Step } from './next-step.js';
import { rulesOf } from './rules.js';

/** What would happen now, and why. Finding it out changes nothing and asks nobody. */
export interface Explanation {
  readonly paymentId: string;
  /** What happens if VTEX asks for the cancellation now, or has asked before; in one sentence. */
  readonly now: string;
  readonly why: readonly string[];
  readonly link: { readonly issuer: string; readonly reference: unknown; readonly sandbox: boolean } | null;
  /** Null where nothing is linked. */
  readonly issuer: ExplainedIssuer | null;
  readonly cancellation: {
    readonly state: Cancellation['state'];
    /** What is done next by itself; null where nothing is. */
    readonly next: {
      readonly kind: 'send' | 'query' | 'wait';
      readonly notBefore: Date | null;
      readonly dueAt: Date;
    } | null;
    readonly giveUpAt: Date | null;
  } | null;
}

export interface ExplainedIssuer {
  readonly name: string;
  readonly isConfigured: boolean;
  readonly mode: Rules['mode'] | null;
  /** Of the process that answers; each replica has its own view. */
  readonly circuit: 'closed' | 'open' | null;
  readonly callsUnderWay: number | null;
  readonly canQuery: boolean;
  readonly callback: Rules['callback'];
  readonly resendAfterUnknown: string;
}

/** Explains what would happen with a payment. */
@Injectable()
export class Explanations {
  constructor(
    private readonly store: CancellationStore,
    private readonly accounts: IssuerAccounts,
  ) {}

  /** Null where nothing was ever heard of the payment. */
  async find(key: PaymentKey): Promise<Explanation | null> {
    const view = await this.store.load({ ...key, requestId: null });
    const { payment, cancellation } = view;
    if (!payment) return null;
    const code = cancellation?.issuer ?? payment.link?.issuer ?? null;
    const account = code === null ? null : this.accounts.find(key.merchantId, code, payment.sandbox);
    const issuer = code === null ? null : findIssuer(code);
    const rules = rulesOf(issuer, account, this.accounts.giveUpMs(code ?? ''));
    const explained = cancellation
      ? explainOpen(cancellation, await this.store.attempts(key), { rules, view, issuer })
      : explainClaim(payment, account, issuer);
    return {
      paymentId: key.paymentId,
      ...explained,
      link: payment.link && { ...payment.link, sandbox: payment.sandbox },
      issuer: code === null ? null : explainIssuer(issuer, account, rules, code),
    };
  }
}

type Explained = Pick<Explanation, 'now' | 'why' | 'cancellation'>;

/** Nobody has asked for the cancellation yet. */
function explainClaim(payment: PaymentView, account: IssuerAccount | null, issuer: SomeIssuer | null): Explained {
  const claim = decideClaim(payment, null, account?.mode ?? null);
  const name = issuer?.name ?? payment.link?.issuer ?? 'the issuer';
  const sentences: Readonly<Record<typeof claim.kind, string>> = {
    ask: `A cancel would be sent to ${name} at once.`,
    wait: `Nothing would be sent to ${name}; the cancellation would wait.`,
    cancelled: 'VTEX would be told that it is cancelled, and nobody would be asked.',
    manual: 'A person would have to cancel it.',
    partial: 'A person would have to cancel a part of it.',
  };
  return { now: sentences[claim.kind], why: whyClaim(payment, account, name), cancellation: null };
}

function whyClaim(payment: PaymentView, account: IssuerAccount | null, name: string): string[] {
  if (!payment.seenBefore)
    return ['VTEX asked to cancel it before we heard of it: its card may have been ordered beside us.'];
  if (payment.isSettled) return ['It is settled.'];
  if (!payment.link) return ['We know the payment, and nothing was ever linked to it: there is no card.'];
  return ['Nobody has asked for its cancellation yet.', ...whyHeld(account, name)];
}

function whyHeld(account: IssuerAccount | null, name: string): string[] {
  if (!account) return [`${name} is not configured for this environment.`];
  if (account.mode === 'paused') return [`${name} is paused.`];
  if (account.mode === 'manual') return [`${name} is in mode manual: people cancel.`];
  if (account.mode === 'dry-run')
    return [`${name} is in mode dry-run: what would be sent is recorded, and a person cancels.`];
  if (account.protection.isOpen) return [`${name} did not answer many calls in a row: nothing is sent for a while.`];
  return [];
}

function explainOpen(
  cancellation: Cancellation,
  attempts: readonly Attempt[],
  { rules, view, issuer }: { readonly rules: Rules; readonly view: View; readonly issuer: SomeIssuer | null },
): Explained {
  const { state, claimedAt, reason, leaseUntil, nextCheckAt } = cancellation;
  const closed = { state, next: null, giveUpAt: null };
  const tried = [describeAttempts(attempts)];
  if (state === 'cancelled')
    return { now: 'It is cancelled; nothing is done any more.', why: tried, cancellation: closed };
  if (state === 'manual') {
    const why = [...tried, ...(reason === null ? [] : [manualReasons[reason]])];
    return {
      now: 'A person has to cancel it; nothing is sent any more. A late proof would end that.',
      why,
      cancellation: closed,
    };
  }
  const giveUpAt = giveUpTime({ claimedAt, attempts }, rules);
  if (state === 'asking') {
    const until = leaseUntil?.toISOString() ?? 'now';
    const now = `A call to ${issuer?.name ?? 'the issuer'} is under way; from ${until} on it counts as unknown.`;
    return { now, why: tried, cancellation: { state, next: null, giveUpAt } };
  }
  const step = nextStep({ claimedAt, attempts }, rules, view.now);
  const next = 'dueAt' in step ? asNext(step, nextCheckAt) : null;
  const held = rules.mode === 'live' && !rules.isCircuitOpen ? [] : [heldWords(rules, issuer)];
  return { now: describeStep(step, issuer), why: [...tried, ...held], cancellation: { state, next, giveUpAt } };
}

const asNext = (step: Extract<Step, { dueAt: Date }>, nextCheckAt: Date | null) => ({
  kind: step.kind,
  notBefore: step.kind === 'wait' ? null : step.notBefore,
  // What the row says is when the follow-up looks; a step may come due before or after it.
  dueAt: nextCheckAt && nextCheckAt > step.dueAt ? nextCheckAt : step.dueAt,
});

const heldWords = ({ mode, isCircuitOpen }: Rules, issuer: SomeIssuer | null): string => {
  const name = issuer?.name ?? 'The issuer';
  return mode === 'live' && isCircuitOpen
    ? `${name} does not answer at the moment.`
    : `${name} is in mode ${mode}, or not configured.`;
};

function describeStep(step: Step, issuer: SomeIssuer | null): string {
  const name = issuer?.name ?? 'the issuer';
  if (step.kind === 'send') return `A cancel is sent to ${name} at ${step.dueAt.toISOString()}.`;
  if (step.kind === 'query') return `${name} is asked for the state at ${step.dueAt.toISOString()}.`;
  if (step.kind === 'wait') return `Nothing is done before ${step.dueAt.toISOString()}, unless a callback comes.`;
  if (step.kind === 'cancelled') return 'It is proven to be cancelled; the next look records that.';
  return 'Nothing automatic is left to try; the next look gives it to a person.';
}

function describeAttempts(attempts: readonly Attempt[]): string {
  if (attempts.length === 0) return 'Nothing was sent for it.';
  return `Tried: ${attempts.map(({ kind, outcome }) => `${kind} → ${outcome ?? 'under way'}`).join(', ')}.`;
}

function explainIssuer(
  issuer: SomeIssuer | null,
  account: IssuerAccount | null,
  rules: Rules,
  code: string,
): ExplainedIssuer {
  return {
    name: issuer?.name ?? code,
    isConfigured: account !== null,
    mode: account?.mode ?? null,
    circuit: account && (rules.isCircuitOpen ? 'open' : 'closed'),
    callsUnderWay: account?.protection.atWork ?? null,
    canQuery: rules.canQuery,
    callback: rules.callback,
    resendAfterUnknown: describeResend(rules.resend, rules.timeoutMs),
  };
}

function describeResend(rule: ResendRule, timeoutMs: number): string {
  if (rule.kind === 'allowed') return 'A cancel whose outcome is unknown may be sent again, up to three in all.';
  const queries = rule.queries === 1 ? 'a query says' : `${rule.queries} queries say`;
  const quietS = Math.round(rule.quietMs(timeoutMs) / 1_000);
  return `A cancel whose outcome is unknown may be sent again only after ${queries} "not cancelled", at least ${quietS} s later.`;
}
