import { commonOutcome, evidenceOf, later, type IssuerAnswer } from '../issuer-http.js';
import type { Answered, CancelOutcome, QueryOutcome, RetryOutcome } from '../issuer.js';
import type { QitechSettings } from './qitech.js';
import { readAnswer, UnusableCredentialError, type QitechReference, type Said } from './wire.js';

/** 400 to a cancel, "Error canceling card in card service": instrument and card may be out of step afterwards. */
export const DOWNSTREAM_FAULT = 'CIN000100';

// Source: "Possíveis erros" (primeiros_passos/teste_de_autenticacao). 401 GDF000014 (token not decodable) and 403 GDF000029
// (address not on the allow list) mean what their status means for every issuer.
const accessCodes = {
  GDF000003: later('saw no API key in our request (GDF000003): check API_CLIENT_KEY, and what lies between us and it'),
  // It comes as a 404. It says nothing about the instrument.
  GDF000018: later(
    'does not know our API key (GDF000018): check API_CLIENT_KEY and whether it belongs to this BASE_URL',
  ),
};

const WALLET_NOT_FOUND = 'does not know the wallet (CIN000007): the link may be wrong, or of the other environment';
const INSTRUMENT_NOT_FOUND =
  'does not know the payment instrument in this wallet (CIN000080): the link may be wrong, or of the other environment';

/** What QI Tech's code means on a 4xx answer to a cancel. */
export const cancelCodes: Readonly<Record<string, CancelOutcome>> = {
  ...accessCodes,
  // Source: "Payment Instrument Cancellation", table of errors.
  // "Not active" is also what a second cancel is told, so by itself it tells neither success nor failure.
  CIN000081: { kind: 'refused', reason: 'instrument_not_active', certainty: 'query-first' },
  [DOWNSTREAM_FAULT]: { kind: 'unknown' },
  CIN000007: { kind: 'refused', reason: 'not_found', certainty: 'plain', alert: WALLET_NOT_FOUND },
  CIN000080: { kind: 'refused', reason: 'not_found', certainty: 'plain', alert: INSTRUMENT_NOT_FOUND },
};

/** What QI Tech's code means on a 4xx answer to a query. */
export const queryCodes: Readonly<Record<string, QueryOutcome>> = {
  ...accessCodes,
  CIN000007: { kind: 'refused', reason: 'not_found', alert: WALLET_NOT_FOUND },
  CIN000080: { kind: 'refused', reason: 'not_found', alert: INSTRUMENT_NOT_FOUND },
  // Source: "Buscar cartão por chave" and "Atualizar status do cartão" (cartao_pos_pago/cartao).
  CARD000011: { kind: 'unknown', alert: 'does not know the card (CARD000011): the cardKey of the link may be wrong' },
  CARD000015: { kind: 'unknown' }, // a 400 that says: try again later
  CARD000016: { kind: 'unknown' }, // likewise
};

/** Does an answer refuse our API key? These come as 400 and 404. */
export const refusesKey = (answer: IssuerAnswer): boolean => Object.hasOwn(accessCodes, readAnswer(answer).code ?? '');

/** What an answer to a cancel means. */
export function cancelAnswered(
  answer: IssuerAnswer,
  reference: QitechReference,
  settings: QitechSettings,
): Answered<CancelOutcome> {
  const said = readAnswer(answer);
  if (statusOf(answer) === 200) {
    return { outcome: cancelSuccess(said, reference, settings), evidence: evidenceOf(answer, said.evidence) };
  }
  return (
    codeOutcome(cancelCodes, answer, said) ??
    sharedOutcome(answer, said) ?? { outcome: cancelDefault(answer, said), evidence: evidenceOf(answer, said.evidence) }
  );
}

function cancelSuccess(said: Said, reference: QitechReference, settings: QitechSettings): CancelOutcome {
  if (!said.isObject) return { kind: 'unknown' };
  if (!isAbout(reference, said)) return { kind: 'unknown', alert: OTHER_INSTRUMENT };
  const isCancelled = settings.CANCELLED_STATUSES.includes(said.instrumentStatus ?? '');
  return { kind: isCancelled ? 'cancelled' : 'unknown' };
}

function cancelDefault(answer: IssuerAnswer, { code }: Said): CancelOutcome {
  // A proxy's 400 carries no code; QI Tech's own refusals do.
  if (statusOf(answer) === 400 && code !== null) {
    return { kind: 'refused', reason: 'refused_by_issuer', certainty: 'query-if-possible' };
  }
  // 409: "request id already processed" (caas/onboarding/http_status), though a cancel carries none.
  return { kind: 'unknown' };
}

/** What an answer to the instrument query means by itself; `already-cancelled` says nothing about who did it. */
export function instrumentAnswered(
  answer: IssuerAnswer,
  reference: QitechReference,
  settings: QitechSettings,
): Answered<QueryOutcome> {
  const said = readAnswer(answer);
  if (statusOf(answer) !== 200) return queryFault(answer, said);
  return { outcome: instrumentState(said, reference, settings), evidence: evidenceOf(answer, said.evidence) };
}

function instrumentState(said: Said, reference: QitechReference, settings: QitechSettings): QueryOutcome {
  if (!said.isObject) return { kind: 'unknown' };
  if (!isAbout(reference, said)) return { kind: 'unknown', alert: OTHER_INSTRUMENT };
  // The page of this query is not public: the cancel page's name of the field comes first, the card query's second.
  const status = said.instrumentStatus ?? said.status;
  if (status === null) return { kind: 'unknown' };
  if (settings.CANCELLED_STATUSES.includes(status)) return { kind: 'already-cancelled' };
  if (status === 'active') return { kind: 'not-cancelled' };
  return { kind: 'refused', reason: 'instrument_not_active' };
}

/**
 * What an answer to the card query means, for a cancelled instrument.
 *
 * @param about.cancelled the outcome when the card is cancelled as well
 * @param about.hadCardTrouble QI Tech said that it could not cancel the card, so that it will not do so by itself
 */
export function cardAnswered(answer: IssuerAnswer, about: CardQuestion): Answered<QueryOutcome> {
  const said = readAnswer(answer);
  if (statusOf(answer) === 200) {
    const issuerText = said.status === null ? null : `instrument cancelled, card ${said.status}`;
    return { outcome: cardState(said, about), evidence: evidenceOf(answer, { issuerText }) };
  }
  // Whatever stands in the way of reading the card, it does not say anything about the cancel.
  const { outcome, evidence } = queryFault(answer, said);
  return { outcome: { kind: 'unknown', ...('alert' in outcome ? { alert: outcome.alert } : {}) }, evidence };
}

function cardState(said: Said, { cardKey, settings, cancelled, hadCardTrouble }: CardQuestion): QueryOutcome {
  if (!said.isObject) return { kind: 'unknown' };
  if (said.cardKey !== cardKey.toLowerCase()) {
    return { kind: 'unknown', alert: 'answered the card query without naming the card that was asked for' };
  }
  if (said.status === null) return { kind: 'unknown' };
  const ended = [...settings.CARD_CANCELLED_STATUSES, ...settings.ENDED_MEANS_CANCELLED];
  if (ended.includes(said.status)) return cancelled;
  const alert = 'says the instrument is cancelled but its card is not';
  return hadCardTrouble ? { kind: 'refused', reason: 'refused_by_issuer', alert } : { kind: 'unknown', alert };
}

interface CardQuestion {
  readonly cardKey: string;
  readonly settings: QitechSettings;
  readonly cancelled: QueryOutcome;
  readonly hadCardTrouble: boolean;
}

function queryFault(answer: IssuerAnswer, said: Said): Answered<QueryOutcome> {
  return (
    codeOutcome(queryCodes, answer, said) ??
    sharedOutcome(answer, said) ?? { outcome: { kind: 'unknown' }, evidence: evidenceOf(answer, said.evidence) }
  );
}

const OTHER_INSTRUMENT = 'answered without naming the payment instrument that was asked for';

const isAbout = ({ paymentInstrumentKey }: QitechReference, { instrumentKey }: Said) =>
  instrumentKey === paymentInstrumentKey.toLowerCase();

const statusOf = (answer: IssuerAnswer) => (answer.kind === 'answer' ? answer.status : null);

/** By the code rather than by the exact status: at QI Tech a 404 may be a missing instrument or a wrong API key. */
function codeOutcome<Outcome>(
  codes: Readonly<Record<string, Outcome>>,
  answer: IssuerAnswer,
  { code, evidence }: Said,
): Answered<Outcome> | null {
  const status = statusOf(answer) ?? 0;
  const outcome =
    status >= 400 && status < 500 && code !== null && Object.hasOwn(codes, code) ? codes[code] : undefined;
  return outcome === undefined ? null : { outcome, evidence: evidenceOf(answer, evidence) };
}

/** What cancels and queries have in common once QI Tech's code said nothing; null leaves it to the caller. */
function sharedOutcome(answer: IssuerAnswer, said: Said): Answered<RetryOutcome | { kind: 'unknown' }> | null {
  const alert = alertOf(answer);
  return alert === null
    ? commonOutcome(answer, said.evidence)
    : { outcome: later(alert), evidence: evidenceOf(answer, said.evidence) };
}

/** Where more can be said to the operator than for any issuer. */
function alertOf(answer: IssuerAnswer): string | null {
  if (answer.kind === 'not-sent' && answer.fault === UnusableCredentialError.fault) {
    return 'cannot be asked: API_CLIENT_KEY or PRIVATE_KEY, read again after a 401, is not usable any more';
  }
  if (answer.kind !== 'answer') return null;
  if (answer.status === 401) return `answers 401: check the credentials${clockWarning(answer.headers.date)}`;
  if (answer.status === 404) {
    return 'answers 404 without a code that we know, as for a wrong path: check BASE_URL and INSTRUMENT_QUERY_PATH';
  }
  return null;
}

/** Each signature carries the time, and QI Tech does not document how wrong it may be. */
const TOLERATED_SKEW_S = 30;

function clockWarning(theirDate: string | undefined): string {
  const aheadS = Math.round((Date.now() - Date.parse(theirDate ?? '')) / 1000);
  if (!(Math.abs(aheadS) > TOLERATED_SKEW_S)) return '';
  return `, and our clock, which is ${Math.abs(aheadS)} s ${aheadS > 0 ? 'ahead of' : 'behind'} theirs`;
}
