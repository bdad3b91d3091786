import type { TextKey } from '../texts/catalogue.js';
import type { ManualKind } from './manual-cancellations.js';
import type { ManualReason } from './manual-reason.js';

/** What the steps of a task depend on. */
export interface TaskToExplain {
  readonly kind: ManualKind;
  readonly reason: ManualReason;
  /** Null: nothing tells at which issuer the card is. */
  readonly issuerName: string | null;
  /** Of a refund, in words with its currency; null: not known. */
  readonly amount: string | null;
  /** A cancel was sent, and its answer has not come or says nothing. */
  readonly isAnswerOut: boolean;
}

/** The texts of the steps of a task, in their order; each may use `issuer` and `amount`. */
export function stepsOf({ kind, reason, issuerName, amount, isAnswerOut }: TaskToExplain): TextKey[] {
  if (kind === 'refund') {
    return [amount === null ? 'step.give-back-some' : 'step.give-back', 'step.card-after-refund', 'step.resolve-here'];
  }
  const portal: TextKey = issuerName === null ? 'step.open-some-portal' : 'step.open-portal';
  const cancel: TextKey = issuerName === null ? 'step.cancel-at-some-issuer' : 'step.cancel-there';
  const byHand: TextKey[] = [portal, 'step.check-state-first', cancel, 'step.portal-refuses', 'step.resolve-here'];
  if (kind === 'partial') return ['step.partial', ...byHand];
  const before: Partial<Record<ManualReason, TextKey>> = {
    no_link: 'step.find-card',
    not_found: 'step.check-link',
    already_settled: 'step.settled',
  };
  if (reason === 'late_success' && issuerName !== null) return ['step.compare-both', 'step.resolve-here'];
  if (reason === 'already_printed' && issuerName !== null) {
    return [portal, 'step.printed-card', 'step.portal-refuses', 'step.resolve-here'];
  }
  const first = before[reason] ?? (isAnswerOut ? 'step.wait-for-call' : undefined);
  return first ? [first, ...byHand] : byHand;
}
