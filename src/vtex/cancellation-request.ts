/** A usable `POST /payments/{paymentId}/cancellations`, read leniently. */
export interface CancellationRequestBody {
  readonly paymentId: string;
  readonly requestId: string;
  /** The protocol page calls it mandatory, and leaves it out of two of its three examples. */
  readonly authorizationId: string | null;
  /** Null: absent. VTEX's documents write it in cents here and in currency units elsewhere. */
  readonly value: number | null;
  /** The request says that it comes from a sandbox. */
  readonly sandboxMode: boolean;
  /** Names of fields of a wrong type, which count as absent. */
  readonly ignored: readonly string[];
}

/** Why a request cannot be used, as far as it could be read. */
export interface UnusableRequest {
  readonly paymentId: string | null;
  readonly requestId: string | null;
  /** Names the field and says what it must be. */
  readonly fault: string;
}

export type ReadRequest =
  | { readonly kind: 'usable'; readonly request: CancellationRequestBody }
  | { readonly kind: 'unusable'; readonly unusable: UnusableRequest };

/**
 * Reads the body of a cancel: strict in what names the payment and the request, lenient in everything else, unknown fields ignored.
 *
 * @param pathPaymentId the `paymentId` of the path, decoded
 * @param bytes the body as it came
 * @see https://developers.vtex.com/docs/api-reference/payment-provider-protocol, Cancel Payment
 */
export function readCancellationRequest(pathPaymentId: string, bytes: Buffer): ReadRequest {
  const paymentId = isIdentifier(pathPaymentId) ? pathPaymentId : null;
  const body = parseObject(bytes);
  const requestId = body && isIdentifier(body.requestId) ? body.requestId : null;
  const unusable = (fault: string): ReadRequest => ({ kind: 'unusable', unusable: { paymentId, requestId, fault } });

  if (paymentId === null) return unusable(`paymentId in the path ${IDENTIFIER_RULE}`);
  if (body === null) return unusable('the body must be a JSON object');
  if (body.paymentId === undefined) return unusable('paymentId is missing');
  if (!isIdentifier(body.paymentId)) return unusable(`paymentId ${IDENTIFIER_RULE}`);
  if (body.paymentId !== paymentId) return unusable('paymentId differs from the one in the path');
  if (body.requestId === undefined) return unusable('requestId is missing');
  if (requestId === null) return unusable(`requestId ${IDENTIFIER_RULE}`);

  const ignored: string[] = [];
  const optional = <T>(field: string, read: (value: unknown) => T | null): T | null => {
    const value = body[field];
    if (value === undefined || value === null) return null;
    const result = read(value);
    if (result === null) ignored.push(field);
    return result;
  };
  const authorizationId = optional('authorizationId', (value) => (isIdentifier(value) ? value : null));
  const value = optional('value', readAmount);
  const sandboxMode = optional('sandboxMode', readBoolean) ?? false;
  return { kind: 'usable', request: { paymentId, requestId, authorizationId, value, sandboxMode, ignored } };
}

const IDENTIFIER_RULE = 'must be text of 1 to 255 characters without control characters';

/**
 * Text of 1 to 255 characters without control characters or lone surrogates, which Postgres and logs could not hold. Characters are
 * counted as Postgres counts them: an emoji is one.
 */
export function isIdentifier(value: unknown): value is string {
  return typeof value === 'string' && /^[^\p{Cc}\p{Cs}]{1,255}$/u.test(value);
}

/** A number, also as text: a guide of VTEX's writes `"value": "29.90"`, and a partial amount must not be taken for none. */
function readAmount(value: unknown): number | null {
  const amount =
    typeof value === 'string' && /^\d{1,15}([.,]\d{1,4})?$/.test(value) ? Number(value.replace(',', '.')) : value;
  return typeof amount === 'number' && Number.isFinite(amount) && amount >= 0 && amount < 1e15 ? amount : null;
}

/** The page says text, the OpenAPI says boolean. */
function readBoolean(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return null;
  const word = value.trim().toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : null;
}

function parseObject(bytes: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
