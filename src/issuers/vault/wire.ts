import { z } from 'zod';
import type { Evidence } from '../issuer.js';
import { type IssuerAnswer, type IssuerRequest, readJsonObject, textOrNull } from '../issuer-http.js';
import type { VaultAccount } from './vault.js';

/*
 * Shapes of Vault's HTTP. Sources: Vault API (api.vault.ist/docs), page "Cancel Card Request" (read 2026-11-21), and the pages on the
 * card list of the VISA programme.
 */

const MAX_INT64 = 9_223_372_036_854_775_807n;

/** A card request, and whose token may cancel it. */
export const referenceSchema = z
  .strictObject(
    {
      cardRequestId: z
        .string({ error: 'cardRequestId must be text, such as "124125"' })
        .refine((id) => /^\d{1,40}$/.test(id) && BigInt(id) >= 1n && BigInt(id) <= MAX_INT64, {
          error: `cardRequestId must be digits that make a number from 1 to ${MAX_INT64}`,
        }),
      userKey: z
        .string({ error: 'userKey must be text: a key of USER_TOKENS' })
        .regex(/^[^\p{Cc}]{1,255}$/u, { error: 'userKey must be 1 to 255 characters without control characters' })
        .optional(),
    },
    {
      error: (issue) =>
        issue.code === 'unrecognized_keys'
          ? `${issue.keys.join(', ')}: a Vault reference has only cardRequestId and userKey`
          : 'a Vault reference must be an object with cardRequestId and, where needed, userKey',
    },
  )
  .meta({
    description: 'The number of the card request as text; `userKey` names the end user whose token may cancel it.',
    examples: [{ cardRequestId: '124125' }],
  });

export type VaultReference = z.output<typeof referenceSchema>;

/** The card request's number without leading zeros. Whose token is used does not make it another card request. */
export const identityOf = ({ cardRequestId }: VaultReference): string => BigInt(cardRequestId).toString();

/** Says what is wrong with a bearer token; null when it is usable. */
export const tokenFault = (token: string): string | null =>
  /^[\x21-\x7e]+$/.test(token) ? null : 'must be one token without blanks, and without the word Bearer';

/** Says what is wrong with the text of `USER_TOKENS`; null when it is usable. Repeats nothing of it. */
export const userTokensFault = (json: string): string | null =>
  readUserTokens(json) === null
    ? 'must be a JSON object of user keys and their tokens, such as {"maria":"eyJhbGciOi…"}, each token without blanks'
    : null;

/** The tokens by user key; null when the text is no JSON object of usable tokens. */
export function readUserTokens(json: string): ReadonlyMap<string, string> | null {
  const object = readJsonObject(json);
  if (object === null) return null;
  const tokens = Object.entries(object);
  const isUsable = (entry: [string, unknown]): entry is [string, string] =>
    typeof entry[1] === 'string' && tokenFault(entry[1]) === null;
  return tokens.every(isUsable) ? new Map(tokens) : null;
}

/** `POST /v2/card/card-requests/{id}/cancel`, without a body, with the three headers of the documented sample. */
export function cancelRequest(account: VaultAccount, reference: VaultReference, token: string): IssuerRequest {
  const { CP } = account.settings;
  const query = CP === undefined ? '' : `?cp=${encodeURIComponent(CP)}`;
  return {
    method: 'POST',
    url: `${account.baseUrl}/v2/card/card-requests/${identityOf(reference)}/cancel${query}`,
    headers: { ...headersOf(account, token), 'Content-Type': 'application/json' },
    body: null,
    timeoutMs: account.timeoutMs,
  };
}

/** `GET /v2/card/list`: the cards and open card requests of the token's user. There is no query for a single request. */
export const listRequest = (account: VaultAccount, token: string): IssuerRequest => ({
  method: 'GET',
  url: `${account.baseUrl}/v2/card/list`,
  headers: headersOf(account, token),
  body: null,
  timeoutMs: account.timeoutMs,
});

function headersOf({ settings }: VaultAccount, token: string): Record<string, string> {
  return {
    Accept: 'application/json',
    Authorization: `Bearer ${token}`,
    ...(settings.X_VERSION === undefined ? {} : { 'X-Version': settings.X_VERSION }),
    ...(settings.USER_AGENT === undefined ? {} : { 'User-Agent': settings.USER_AGENT }),
    ...(settings.MERCHANT_ID === undefined ? {} : { 'X-Merchant-ID': settings.MERCHANT_ID }),
  };
}

/** `error` and `errorId` of Vault's error object; it marks neither as required. */
export interface ErrorCode {
  readonly error: string | null;
  readonly errorId: string | null;
}

/** What an answer's body says, as far as it may be kept. */
export interface Said {
  readonly isOk: boolean;
  readonly code: ErrorCode;
  readonly evidence: Partial<Evidence>;
}

/**
 * Reads the answer to a cancel. Of the error object only `error`, `errorId` and `message` are looked at: `originalMessage` and
 * `errorStackTrace` may carry Vault's internals.
 */
export function readCancelAnswer(answer: IssuerAnswer): Said {
  const body = (answer.kind === 'answer' ? readExactly(answer.text) : null) ?? {};
  const code = { error: textOrNull(body['error']), errorId: integerOrNull(body['errorId']) };
  return {
    isOk: /^ok$/i.test(textOrNull(body['result']) ?? '') && body['error'] == null && body['errorId'] == null,
    code,
    evidence: { issuerCode: codeText(code), issuerText: textOrNull(body['message']), traceId: traceIdOf(answer) },
  };
}

function codeText({ error, errorId }: ErrorCode): string | null {
  if (error === null && errorId === null) return null;
  return errorId === null ? error : `${error ?? ''}/${errorId}`;
}

/** Vault's support asks for it (Vault API, FAQ). */
export const traceIdOf = (answer: IssuerAnswer): string | null =>
  answer.kind === 'answer' ? (answer.headers['x-request-id'] ?? null) : null;

/** What the card list tells of one card request. */
export interface CardEntry {
  /** In upper case; null when absent or no text. */
  readonly status: string | null;
  /** Whether the card is made: its `id`. `odd`: there is something, and it is no id. */
  readonly card: 'none' | 'issued' | 'odd';
}

/** The entries of a card request, and whether every other entry could be read too, so that none can be absent in truth. */
export interface CardList {
  readonly entries: readonly CardEntry[];
  readonly isComplete: boolean;
}

/** Finds a card request in the card list; null when it is no card list. */
export function readCardList(text: string, identity: string): CardList | null {
  const cards: unknown = readExactly(text)?.['cards'];
  if (!Array.isArray(cards)) return null;
  const objects = cards.filter(isObject);
  return {
    entries: objects.filter(({ cardRequestId }) => isNumber(cardRequestId, identity)).map(readEntry),
    isComplete:
      objects.length === cards.length &&
      objects.every(({ cardRequestId }) => cardRequestId == null || typeof cardRequestId === 'string'),
  };
}

const readEntry = ({ status, id }: Readonly<Record<string, unknown>>): CardEntry => ({
  status: textOrNull(status)?.toUpperCase() ?? null,
  card: id == null ? 'none' : typeof id === 'string' && /[1-9a-z]/i.test(id) ? 'issued' : 'odd',
});

const isNumber = (value: unknown, identity: string) =>
  typeof value === 'string' && /^\d{1,40}$/.test(value) && BigInt(value).toString() === identity;

const integerOrNull = (value: unknown) => (typeof value === 'string' && /^-?\d+$/.test(value) ? value : null);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads a JSON object with each integer as the text of its digits: Vault's ids are int64, and a JavaScript number is exact
 * only up to 2^53. Null when the text is no JSON object.
 */
export function readExactly(text: string): Readonly<Record<string, unknown>> | null {
  try {
    JSON.parse(text); // Throws for what is no JSON, before quotes could make JSON of it.
    const value: unknown = JSON.parse(quoteIntegers(text));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Strings are matched too, so that digits inside of them stay as they are; so are decimals and exponents. */
const quoteIntegers = (json: string) =>
  json.replace(/"(?:[^"\\]+|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
    /^-?\d+$/.test(token) ? `"${token}"` : token,
  );
