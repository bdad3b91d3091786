import type { CancelOutcome, CallbackReading, EarlierAttempt, QueryOutcome } from '../issuer.js';
import type { ArthaAccount } from './artha.js';
import type { CancelAnswer } from './wire.js';

/*
 * What Artha's answers mean. Its pages list HTTP statuses without bodies, and one example of a success; every text is therefore
 * compared (without case) with lists from the settings, and what no list names is never read as a success.
 */

/** Source: "Cancellation" page, responses, modified 2025-02-14. Any other status means `unknown`, or what it means everywhere. */
export const cancelStatuses: Readonly<Record<number, CancelOutcome>> = {
  // Bad Request: also the only answer that fits a card which is cancelled already, so a query decides where there is one.
  400: { kind: 'refused', reason: 'refused_by_issuer', certainty: 'query-if-possible' },
  // Record Not Found: not a card of this merchant. A wrong base URL says 404 as well, hence the alert.
  404: {
    kind: 'refused',
    reason: 'not_found',
    certainty: 'plain',
    alert: 'answers 404: it does not know the card, or the base URL is wrong',
  },
  // Listed without a word; read as: this card programme does not offer the operation.
  501: { kind: 'refused', reason: 'refused_by_issuer', certainty: 'plain' },
};

/** What the body of a 200 says. Source: "Cancellation" page, response 200. */
export function meaningOfCancel(said: CancelAnswer | null, { settings }: ArthaAccount): CancelOutcome {
  if (said === null) return { kind: 'unknown' };
  if (isOneOf(settings.SUCCESS_STATUSES, said.status)) {
    const isDone = isOneOf(settings.DONE_REMARKS, said.remarks) && !isOneOf(settings.PENDING_REMARKS, said.remarks);
    if (isDone) return { kind: 'cancelled' };
    // The page's example, Success with CardInProgress, is a task that was taken on; without its id no callback can be matched.
    return said.taskId === null ? { kind: 'unknown' } : { kind: 'pending', taskId: said.taskId };
  }
  if (isOneOf(settings.FAILED_STATUSES, said.status)) {
    return isOneOf(settings.ALREADY_REMARKS, said.remarks)
      ? { kind: 'already-cancelled' }
      : { kind: 'refused', reason: 'refused_by_issuer', certainty: 'plain' };
  }
  return { kind: 'unknown' };
}

/** What `cardStatus` of CardDetails says; its values are on no page. */
export function meaningOfCardStatus(
  cardStatus: string | null,
  earlier: readonly EarlierAttempt[],
  { settings }: ArthaAccount,
): QueryOutcome {
  if (cardStatus === null) return { kind: 'unknown' };
  const cancels = earlier.filter(({ kind }) => kind === 'cancel').map(({ outcome }) => outcome);
  if (isOneOf(settings.CANCELLED_CARD_STATUSES, cardStatus)) {
    const mayBeOurs = cancels.some((outcome) => ['unknown', 'asking', 'pending'].includes(outcome));
    return { kind: mayBeOurs ? 'cancelled' : 'already-cancelled' };
  }
  const isAtWork = cancels.includes('pending') || isOneOf(settings.PENDING_REMARKS, cardStatus);
  if (isAtWork) return { kind: 'pending' };
  // As long as nobody has told us how a cancelled card reads, no status says that a card is not cancelled.
  return { kind: settings.CANCELLED_CARD_STATUSES.length === 0 ? 'unknown' : 'not-cancelled' };
}

type CallbackOutcome = Extract<CallbackReading, { kind: 'about' }>['answered']['outcome'];

/**
 * What an `operation` callback says about its task. Source: "Callback Parameters and Template"
 * (https://docs.artha.work/callback-parameters-and-template-848530m0): `Status` is success or failed. Here a success is proof,
 * so the words are the documented ones and no setting adds to them.
 */
export function meaningOfCallback(status: string, remarks: string | null, { settings }: ArthaAccount): CallbackOutcome {
  if (isOneOf(['success'], status)) return { kind: 'cancelled' };
  if (!isOneOf(['failed'], status)) {
    return { kind: 'unknown', alert: 'called back with a Status that is neither success nor failed' };
  }
  return isOneOf(settings.ALREADY_REMARKS, remarks)
    ? { kind: 'already-cancelled' }
    : // About this very task, which therefore did not succeed.
      { kind: 'refused', reason: 'refused_by_issuer', certainty: 'explicit' };
}

/** Whether the list names the word; case and blanks around it do not count. */
export const isOneOf = (words: readonly string[], word: string | null): boolean =>
  word !== null && words.some((known) => fold(known) === fold(word));

const fold = (word: string) => word.trim().toLowerCase();
