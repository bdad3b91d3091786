import { findIssuer } from '../issuers/index.js';
import type { VtexAnswer } from '../vtex/answer.js';
import { authorizationAnswer, type AuthorizationStatus } from '../vtex/authorization-answer.js';
import type { TestSuiteScript } from '../vtex/test-suite-script.js';
import { scripts } from './test-suite.js';

/** What VTEX created a payment with, as its row says. */
export interface Authorization {
  readonly authorizationId: string;
  readonly tid: string;
  /** In currency units. */
  readonly value: number | null;
  readonly currency: string | null;
  /** The code of an issuer that there is; null where the merchant chose none. */
  readonly issuerChoice: string | null;
  /** A secret. */
  readonly callbackUrl: string | null;
  readonly delayToCancelS: number;
  readonly delayToAutoSettleS: number;
  readonly delayToAutoSettleAfterAntifraudS: number;
  readonly script: TestSuiteScript | null;
  /** A scripted payment is undefined until then; null: final from the start. */
  readonly scriptFinalAt: Date | null;
  /** The exact bytes that were given first. */
  readonly approvedBody: string | null;
  readonly deniedBody: string | null;
}

/** A payment as the calls of VTEX that are no cancel see it. */
export interface AuthorizedPayment {
  readonly paymentId: string;
  readonly sandbox: boolean;
  readonly settleId: string | null;
  /** The code of the issuer that holds what the payment bought. */
  readonly issuer: string | null;
  readonly hasCancellation: boolean;
  /** Null where VTEX never created it here: linked before, or known from a cancel or refund alone. */
  readonly authorization: Authorization | null;
  /** The database's clock. */
  readonly now: Date;
}

/**
 * A payment's status, which is derived and never stored. A cancellation makes it denied, in whatever state it is, from its claim on. Else
 * a link makes it approved: it says that whoever runs the issuer's side has made what was bought.
 */
export function statusOf({
  hasCancellation,
  authorization,
  issuer,
  now,
}: Pick<AuthorizedPayment, 'hasCancellation' | 'issuer' | 'now'> & {
  readonly authorization: Pick<Authorization, 'script' | 'scriptFinalAt'> | null;
}): AuthorizationStatus {
  if (hasCancellation) return 'denied';
  if (!authorization?.script) return issuer === null ? 'undefined' : 'approved';
  const { script, scriptFinalAt } = authorization;
  return scriptFinalAt !== null && scriptFinalAt > now ? 'undefined' : scripts[script].ends;
}

/** The answer to a create that says this status; a frozen one in the bytes that were given first. */
export function answerFor(
  payment: AuthorizedPayment & { readonly authorization: Authorization },
  status: AuthorizationStatus,
  publicUrl: string,
): VtexAnswer {
  const { paymentId, authorization, issuer, hasCancellation } = payment;
  const frozen =
    status === 'approved' ? authorization.approvedBody : status === 'denied' ? authorization.deniedBody : null;
  if (frozen !== null) return { status: 200, body: frozen };
  const known = findIssuer(issuer ?? authorization.issuerChoice ?? '');
  const { script } = authorization;
  return authorizationAnswer(status, {
    ...authorization,
    paymentId,
    issuer,
    acquirer: known?.name ?? null,
    ...wordsFor(status, { hasCancellation, isScripted: script !== null }),
    paymentUrl: null,
    ...(status === 'undefined' && script !== null ? scripts[script].shows(paymentId, publicUrl) : {}),
  });
}

function wordsFor(
  status: AuthorizationStatus,
  { hasCancellation, isScripted }: { readonly hasCancellation: boolean; readonly isScripted: boolean },
): { readonly code: string | null; readonly message: string } {
  if (hasCancellation) return { code: 'payment-cancelled', message: 'Denied: this payment was cancelled.' };
  if (isScripted) {
    return {
      code: status === 'approved' ? null : `test-suite-${status}`,
      message: `Test Suite: ${status}, by script.`,
    };
  }
  if (status === 'approved') return { code: null, message: 'Approved: what was bought is there.' };
  return { code: 'authorization-pending', message: 'Not known yet: what was bought is not reported to us so far.' };
}
