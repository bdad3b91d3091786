/*
 * How the bodies of VTEX's calls are read: strict in what names the payment and the request, lenient in everything else.
 */

/** Text of 1 to 255 characters, for the message of an answer. */
export const IDENTIFIER_RULE = 'must be text of 1 to 255 characters without control characters';

/**
 * Text of 1 to 255 characters without control characters or lone surrogates, which Postgres and logs could not hold. Characters are
 * counted as Postgres counts them: an emoji is one.
 */
export function isIdentifier(value: unknown): value is string {
  return typeof value === 'string' && /^[^\p{Cc}\p{Cs}]{1,255}$/u.test(value);
}

/** Why a request cannot be used, as far as it could be read. */
export interface UnusableRequest {
  readonly paymentId: string | null;
  readonly requestId: string | null;
  /** Names the field and says what it must be. */
  readonly fault: string;
}

export type Read<Request> =
  | { readonly kind: 'usable'; readonly request: Request }
  | { readonly kind: 'unusable'; readonly unusable: UnusableRequest };

/** What names an operation on a payment, and its other fields, to be read one by one. */
export interface OperationFields {
  readonly paymentId: string;
  readonly requestId: string;
  readonly fields: OptionalFields;
}

/**
 * Reads what every operation on a payment begins with: a JSON object whose `paymentId` is the path's, and a `requestId`.
 *
 * @param pathPaymentId the `paymentId` of the path, decoded
 * @param bytes the body as it came
 */
export function readOperation(pathPaymentId: string, bytes: Buffer): Read<OperationFields> {
  const paymentId = isIdentifier(pathPaymentId) ? pathPaymentId : null;
  const body = parseObject(bytes);
  const requestId = body && isIdentifier(body.requestId) ? body.requestId : null;
  const unusable = (fault: string) => ({ kind: 'unusable', unusable: { paymentId, requestId, fault } }) as const;
  if (paymentId === null) return unusable(`paymentId in the path ${IDENTIFIER_RULE}`);
  if (body === null) return unusable('the body must be a JSON object');
  if (body.paymentId === undefined) return unusable('paymentId is missing');
  if (!isIdentifier(body.paymentId)) return unusable(`paymentId ${IDENTIFIER_RULE}`);
  if (body.paymentId !== paymentId) return unusable('paymentId differs from the one in the path');
  if (body.requestId === undefined) return unusable('requestId is missing');
  if (requestId === null) return unusable(`requestId ${IDENTIFIER_RULE}`);
  return { kind: 'usable', request: { paymentId, requestId, fields: new OptionalFields(body) } };
}

/** Fields that may be absent. One of a wrong type counts as absent, and its name is noted. */
export class OptionalFields {
  readonly #ignored: string[] = [];

  /** @param path stands before the names that are noted, such as `card.` */
  constructor(
    private readonly body: Readonly<Record<string, unknown>>,
    private readonly path = '',
  ) {}

  /** @param names the spellings of one field, the preferred one first */
  read<T>(names: string | readonly string[], reader: (value: unknown) => T | null): T | null {
    for (const name of typeof names === 'string' ? [names] : names) {
      const value = Object.hasOwn(this.body, name) ? this.body[name] : undefined;
      if (value === undefined || value === null) continue;
      const result = reader(value);
      if (result !== null) return result;
      this.#ignored.push(this.path + name);
    }
    return null;
  }

  /** Names of fields of a wrong type; never their values. */
  get ignored(): readonly string[] {
    return this.#ignored;
  }
}

/** Readers of one value each; null where it is of a wrong type. */
export const readIdentifier = (value: unknown): string | null => (isIdentifier(value) ? value : null);

/** A number, also as text: a guide of VTEX's writes `"value": "29.90"`, and a partial amount must not be taken for none. */
export function readAmount(value: unknown): number | null {
  const amount =
    typeof value === 'string' && /^\d{1,15}([.,]\d{1,4})?$/.test(value) ? Number(value.replace(',', '.')) : value;
  return typeof amount === 'number' && Number.isFinite(amount) && amount >= 0 && amount < 1e15 ? amount : null;
}

/** The page says text, the OpenAPI says boolean. */
export function readBoolean(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return null;
  const word = value.trim().toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : null;
}

/** The settle and cancel schemas spell it in one way, the create schema in the other. */
export const SANDBOX_MODE = ['sandboxMode', 'sandBoxMode'] as const;

/** The body as a JSON object; null when it is anything else, or not UTF-8. */
export function parseObject(bytes: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
