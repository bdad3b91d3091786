import { Injectable } from '@nestjs/common';
import { IssuerAccounts, type IssuerAccount } from '../issuers/issuer-accounts.js';
import { findIssuer } from '../issuers/index.js';
import type { ResendRule, SomeIssuer } from '../issuers/issuer.js';
import { manualReasons } from '../manual-cancellations/manual-reason.js';
import type { Attempt, Cancellation, PaymentKey } from './cancellation.js';
import { CancellationStore } from './cancellation-store.js';
import {
  factsOfCancellation,
  factsOfClaim,
  holdOf,
  type Facts,
  type Hold,
  type NextFact,
  type NowFact,
  type WhyFact,
} from './facts.js';
import type { Rules } from './next-step.js';
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
    readonly next: NextFact | null;
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

/** The facts of one payment, and what they were found with. */
export interface PaymentFacts extends Facts {
  readonly link: Explanation['link'];
  readonly state: Cancellation['state'] | null;
  /** Null where nothing is linked; the code where the registry does not know it any more. */
  readonly issuerName: string | null;
}

/** Explains what would happen with a payment. */
@Injectable()
export class Explanations {
  constructor(
    private readonly store: CancellationStore,
    private readonly accounts: IssuerAccounts,
  ) {}

  /** In English sentences. Null where nothing was ever heard of the payment. */
  async find(key: PaymentKey): Promise<Explanation | null> {
    const found = await this.#find(key);
    if (!found) return null;
    const { facts, link, code, issuer, account, rules, cancellation } = found;
    const name = issuer?.name ?? null;
    return {
      paymentId: key.paymentId,
      now: sayNow(facts.now, name ?? (cancellation ? null : code)),
      why: facts.why.map((fact) => sayWhy(fact, { name, code, isOpen: cancellation !== null })),
      cancellation: cancellation && { state: cancellation.state, next: facts.next, giveUpAt: facts.giveUpAt },
      link,
      issuer: code === null ? null : explainIssuer(issuer, account, rules, code),
    };
  }

  /** Without words, for whoever tells it in another language. Null where nothing was ever heard of the payment. */
  async facts(key: PaymentKey): Promise<PaymentFacts | null> {
    const found = await this.#find(key);
    if (!found) return null;
    const { facts, link, code, issuer, cancellation } = found;
    return { ...facts, link, state: cancellation?.state ?? null, issuerName: issuer?.name ?? code };
  }

  async #find(key: PaymentKey) {
    const { payment, cancellation, now } = await this.store.load({ ...key, requestId: null });
    if (!payment) return null;
    const code = cancellation?.issuer ?? payment.link?.issuer ?? null;
    const account = code === null ? null : this.accounts.find(key.merchantId, code, payment.sandbox);
    const issuer = code === null ? null : findIssuer(code);
    const rules = rulesOf(issuer, account, this.accounts.giveUpMs(code ?? ''));
    const facts = cancellation
      ? factsOfCancellation(cancellation, {
          attempts: await this.store.attempts(key),
          rules,
          hold: holdOf(account),
          isLinked: payment.link !== null,
          now,
        })
      : factsOfClaim(payment, account);
    const link = payment.link && { ...payment.link, sandbox: payment.sandbox };
    return { facts, link, code, issuer, account, rules, cancellation };
  }
}

function sayNow(fact: NowFact, issuerName: string | null): string {
  const name = issuerName ?? 'the issuer';
  switch (fact.kind) {
    case 'would-send':
      return `A cancel would be sent to ${name} at once.`;
    case 'would-wait':
      return `Nothing would be sent to ${name}; the cancellation would wait.`;
    case 'would-be-cancelled':
      return 'VTEX would be told that it is cancelled, and nobody would be asked.';
    case 'would-be-manual':
      return 'A person would have to cancel it.';
    case 'would-be-partly-manual':
      return 'A person would have to cancel a part of it.';
    case 'is-cancelled':
      return 'It is cancelled; nothing is done any more.';
    case 'is-manual':
      return 'A person has to cancel it; nothing is sent any more. A late proof would end that.';
    case 'under-way':
      return `A call to ${name} is under way; from ${fact.at.toISOString()} on it counts as unknown.`;
    case 'will-send':
      return `A cancel is sent to ${name} at ${fact.at.toISOString()}.`;
    case 'will-query':
      return `${name} is asked for the state at ${fact.at.toISOString()}.`;
    case 'will-wait':
      return `Nothing is done before ${fact.at.toISOString()}, unless a callback comes.`;
    case 'will-be-cancelled':
      return 'It is proven to be cancelled; the next look records that.';
    case 'will-be-manual':
      return 'Nothing automatic is left to try; the next look gives it to a person.';
  }
}

interface About {
  readonly name: string | null;
  readonly code: string | null;
  /** VTEX has asked for it. */
  readonly isOpen: boolean;
}

function sayWhy(fact: WhyFact, about: About): string {
  switch (fact.kind) {
    case 'never-seen':
      return 'VTEX asked to cancel it before we heard of it: its card may have been ordered beside us.';
    case 'settled':
      return 'It is settled.';
    case 'never-linked':
      return 'We know the payment, and nothing was ever linked to it: there is no card.';
    case 'not-asked-yet':
      return 'Nobody has asked for its cancellation yet.';
    case 'persons-word':
      return 'A person recorded that it is cancelled at the issuer.';
    case 'tried':
      return describeAttempts(fact.attempts);
    case 'reason':
      return manualReasons[fact.reason];
    case 'not-configured':
    case 'paused':
    case 'manual':
    case 'dry-run':
    case 'circuit-open':
      return about.isOpen ? sayHeld(fact.kind, about) : sayHold(fact.kind, about);
  }
}

function sayHold(hold: Hold, { name, code }: About): string {
  const issuer = name ?? code ?? 'The issuer';
  const sentences: Readonly<Record<Hold, string>> = {
    'not-configured': `${issuer} is not configured for this environment.`,
    paused: `${issuer} is paused.`,
    manual: `${issuer} is in mode manual: people cancel.`,
    'dry-run': `${issuer} is in mode dry-run: what would be sent is recorded, and a person cancels.`,
    'circuit-open': `${issuer} did not answer many calls in a row: nothing is sent for a while.`,
  };
  return sentences[hold];
}

/** What waits already. */
function sayHeld(hold: Hold, { name }: About): string {
  const issuer = name ?? 'The issuer';
  if (hold === 'circuit-open') return `${issuer} does not answer at the moment.`;
  return `${issuer} is in mode ${hold === 'not-configured' ? 'paused' : hold}, or not configured.`;
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
