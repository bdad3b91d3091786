import { commonOutcome, evidenceOf, later, scrub, type IssuerAnswer } from '../issuer-http.js';
import type { Answered, CancelOutcome, RefusalReason } from '../issuer.js';
import { readCancelBody, type CancelBody } from './wire.js';

/**
 * Source: CoreCredit API, Cancel Physical Card Order page, sample response body. No other code is documented, so that the
 * meaning of any other one is a setting.
 */
export const successCodes = ['ERR01160'] as const;

/** The codes' meanings, as the account's settings give them. */
export interface CodeSettings {
  readonly SUCCESS_CODES: readonly string[];
  readonly ALREADY_CODES: readonly string[];
  readonly RETRY_CODES: readonly string[];
  readonly FINAL_CODES: Readonly<Record<string, RefusalReason>>;
}

/** What CoreCard's answer to a cancel means. */
export function cancelAnswered(answer: IssuerAnswer, codes: CodeSettings): Answered<CancelOutcome> {
  const said = readCancelBody(answer.kind === 'answer' ? answer.text : '');
  const evidence = evidenceOf(answer, { issuerCode: said.errorCode, issuerText: said.message });
  const outcome =
    listedRefusal(said, evidence.httpStatus, codes) ??
    commonOutcome(answer)?.outcome ??
    answeredByCorecard(said, evidence.httpStatus, codes);
  return { outcome, evidence };
}

/** HTTP statuses of the way to the order, not of the order; on them a body decides nothing. */
const statusesBeforeTheOrder: readonly (number | null)[] = [401, 403, 408, 429];

/** A `Status` of false whose code a setting lists. In 4xx too: the page documents no HTTP status for a refusal. */
function listedRefusal(said: CancelBody, httpStatus: number | null, codes: CodeSettings): CancelOutcome | null {
  const { status, errorCode } = said;
  if (status !== false || errorCode === null) return null;
  if (!isAboutTheOrder(httpStatus) || statusesBeforeTheOrder.includes(httpStatus)) return null;
  const reason = Object.hasOwn(codes.FINAL_CODES, errorCode) ? codes.FINAL_CODES[errorCode] : undefined;
  if (reason) return { kind: 'refused', reason, certainty: 'explicit' };
  if (codes.RETRY_CODES.includes(errorCode)) return { kind: 'retry', when: 'at-once' };
  if (codes.ALREADY_CODES.includes(errorCode)) return { kind: 'already-cancelled' };
  return null;
}

/** Neither is documented; 404 is a wrong path rather than a missing order, which would be a `Status` of false. */
const faultsOfOurs = new Map<number | null, string>([
  [400, 'answers 400: it cannot read our request; check CORECARD_API_VERSION, CORECARD_SOURCE and the optional fields'],
  [404, 'answers 404: check its base URL'],
]);

function answeredByCorecard(said: CancelBody, httpStatus: number | null, codes: CodeSettings): CancelOutcome {
  const fault = faultsOfOurs.get(httpStatus);
  if (fault) return later(fault);
  if (said.status === null) return { kind: 'unknown' };
  const isSuccessCode = said.errorCode !== null && codes.SUCCESS_CODES.includes(said.errorCode);
  if (said.status && isSuccessCode && httpStatus === 200) return { kind: 'cancelled' };
  // Perhaps the echo of our own success after an unknown: `plain` leaves it unknown then.
  if (!said.status && !isSuccessCode && isAboutTheOrder(httpStatus)) {
    return { kind: 'refused', reason: 'refused_by_issuer', certainty: 'plain' };
  }
  const code = said.errorCode === null ? 'no code' : `the code ${scrub(said.errorCode).slice(0, 100)}`;
  const advice = isSuccessCode ? '' : '; if that code means success, add it to CORECARD_SUCCESS_CODES';
  return {
    kind: 'unknown',
    alert: `answers ${httpStatus} with Status ${said.status} and ${code}, which proves nothing${advice}`,
  };
}

const isAboutTheOrder = (httpStatus: number | null) =>
  httpStatus === 200 || (httpStatus !== null && httpStatus >= 400 && httpStatus < 500);
