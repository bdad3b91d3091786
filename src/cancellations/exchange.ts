import type { IssuerAccount } from '../issuers/issuer-accounts.js';
import type { Answered, CancelOutcome, EarlierAttempt, QueryOutcome } from '../issuers/issuer.js';
import type { Log } from '../operations/log.js';
import type { Attempt, Finding, PaymentKey } from './cancellation.js';

/** One exchange with the issuer: asks its connector and puts the answer in the form that is recorded. Never throws. */
export async function exchange(
  { connector, issuer }: IssuerAccount,
  what: {
    readonly key: PaymentKey;
    readonly kind: 'cancel' | 'query';
    readonly reference: unknown;
    readonly attempts: readonly Attempt[];
  },
  log: Log,
): Promise<Finding> {
  const earlier = what.attempts.map(asEarlier);
  try {
    if (what.kind === 'cancel') return findingOf(await connector.cancel(what.reference, earlier));
    if (!connector.query) throw new Error(`${issuer.name} offers no query`);
    return findingOf(await connector.query(what.reference, earlier));
  } catch (error) {
    // A bug in a connector: whether the call went out cannot be told.
    log.error('A connector threw instead of answering an outcome; the attempt counts as unknown.', {
      ...what.key,
      issuer: issuer.code,
      error,
    });
    const evidence = { httpStatus: null, issuerCode: 'connector-fault', issuerText: null, traceId: null };
    return { outcome: 'unknown', alert: `the connector to ${issuer.name} has a fault`, evidence };
  }
}

/** The outcome and its evidence, flat, as the attempt's row holds them. */
export function findingOf({ outcome, evidence }: Answered<CancelOutcome | QueryOutcome>): Finding {
  return {
    outcome: outcome.kind,
    ...(outcome.kind === 'refused'
      ? { reason: outcome.reason, certainty: 'certainty' in outcome ? outcome.certainty : 'explicit' }
      : {}),
    ...(outcome.kind === 'retry' ? { when: outcome.when } : {}),
    ...(outcome.kind === 'retry' && outcome.afterMs !== undefined ? { afterMs: outcome.afterMs } : {}),
    ...('taskId' in outcome ? { taskId: outcome.taskId } : {}),
    ...('alert' in outcome && outcome.alert !== undefined ? { alert: outcome.alert } : {}),
    evidence,
  };
}

const asEarlier = ({ kind, outcome, issuerCode }: Attempt): EarlierAttempt => ({
  kind,
  outcome: outcome ?? 'asking',
  issuerCode,
});
