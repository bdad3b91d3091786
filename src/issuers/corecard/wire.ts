import { readJsonObject, textOrNull, type IssuerRequest } from '../issuer-http.js';
import type { Account } from '../issuer.js';
import type { CorecardReference, CorecardShape } from './corecard.js';

/** An order, and the address that goes with every call about it. */
export type CancelledOrder = CorecardReference & { readonly externalIp: string };

/** @see CoreCredit API, Cancel Physical Card Order page (`GuidePageApiDetail?id=98` of CoreCard's portal) */
export function cancelRequest(
  { baseUrl, timeoutMs, settings }: Account<CorecardShape>,
  order: CancelledOrder,
  token: string,
): IssuerRequest {
  return {
    method: 'POST',
    url: `${baseUrl}/api/CoreCredit/CardManagement/CancelPhysicalCardOrder`,
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      [settings.TOKEN_HEADER]: settings.TOKEN_SCHEME === null ? token : `${settings.TOKEN_SCHEME} ${token}`,
    },
    body: jsonText({
      Source: settings.SOURCE,
      IPAddress: settings.IP_ADDRESS ?? null,
      DateFormat: settings.DATE_FORMAT ?? null,
      CurrencyCode: settings.CURRENCY_CODE ?? null,
      CurrencySymbolType: settings.CURRENCY_SYMBOL_TYPE ?? null,
      Language: settings.LANGUAGE ?? null,
      ExternalIP: order.externalIp,
      SessionID: settings.SESSION_ID ?? null,
      APIVersion: settings.API_VERSION,
      CallerID: settings.CALLER_ID ?? null,
      CalledID: settings.CALLED_ID ?? null,
      RequestTime: settings.SEND_REQUEST_TIME ? requestTime(new Date()) : null,
      AdminNumber: BigInt(order.adminNumber),
      CardSequenceNumber: order.cardSequenceNumber,
    }),
    timeoutMs,
  };
}

/** A flat JSON object; `JSON.stringify` cannot write an int64. */
function jsonText(fields: Readonly<Record<string, string | number | bigint | null>>): string {
  const members = Object.entries(fields).map(
    ([name, value]) => `${JSON.stringify(name)}:${typeof value === 'bigint' ? value : JSON.stringify(value)}`,
  );
  return `{${members.join(',')}}`;
}

/** `01/15/2020 10:05:23`, as in the page's example, in UTC: the page names no zone, and says `MM` for minutes elsewhere. */
export function requestTime(now: Date): string {
  const [year, month, day, time] = now.toISOString().split(/[-T.]/);
  return `${month}/${day}/${year} ${time}`;
}

export const MAX_INT64 = 9_223_372_036_854_775_807n;

/** Digits in the form that a reference holds, without leading zeros; null when they cannot be an `AdminNumber`. */
export function adminNumberOf(text: string): string | null {
  const adminNumber = /^0*[1-9]\d{0,18}$/.test(text) ? BigInt(text) : null;
  return adminNumber !== null && adminNumber <= MAX_INT64 ? String(adminNumber) : null;
}

/** What an answer says. */
export interface CancelBody {
  /** The only documented sign of success or failure; null where it is no boolean, or the answer cannot be read. */
  readonly status: boolean | null;
  /** The number of the message: filled on success too, so no sign of a failure. */
  readonly errorCode: string | null;
  readonly message: string | null;
}

export function readCancelBody(text: string): CancelBody {
  const body = readJsonObject(text) ?? {};
  const isOdd = body.ErrorCode != null && typeof body.ErrorCode !== 'string';
  return {
    status: typeof body.Status === 'boolean' && !isOdd ? body.Status : null,
    errorCode: textOrNull(body.ErrorCode),
    message: textOrNull(body.Message),
  };
}

/** Like {@link readJsonObject}, with each number as the text that was written, because a JavaScript number loses digits beyond 2^53. */
export function readExactJsonObject(text: string): Readonly<Record<string, unknown>> | null {
  // Only of valid JSON is it sure that the first quotation mark found opens a text.
  return readJsonObject(text) === null ? null : readJsonObject(numbersQuoted(text));
}

const numbersQuoted = (json: string) =>
  json.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g, (token) => (token.startsWith('"') ? token : `"${token}"`));
