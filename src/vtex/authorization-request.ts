import { ISSUER_FIELD } from './manifest.js';
import {
  IDENTIFIER_RULE,
  isIdentifier,
  isObject,
  OptionalFields,
  parseObject,
  readAmount,
  readBoolean,
  SANDBOX_MODE,
  type Read,
} from './reading.js';
import { scriptFor, type TestSuiteScript } from './test-suite-script.js';

/** What of a `POST /payments` is used. The card, the shopper, addresses and the cart are not read into it. */
export interface AuthorizationRequestBody {
  readonly paymentId: string;
  /** In currency units; null: absent. */
  readonly value: number | null;
  readonly currency: string | null;
  readonly paymentMethod: string | null;
  readonly transactionId: string | null;
  readonly reference: string | null;
  readonly orderId: string | null;
  readonly sandboxMode: boolean;
  /** As it came, byte for byte. A secret: VTEX's signature stands in it. */
  readonly callbackUrl: string | null;
  /** What the merchant chose as issuer in VTEX's settings, in whatever words. */
  readonly issuerChoice: string | null;
  /** What the suite would want, if this comes from it and its merchant is made for it. */
  readonly script: TestSuiteScript | null;
  /** Names of fields of a wrong type, which count as absent. */
  readonly ignored: readonly string[];
}

/**
 * Reads the body of a create: the `paymentId` must be usable, everything else may be absent or of a wrong type.
 *
 * @see https://developers.vtex.com/docs/api-reference/payment-provider-protocol, Create Payment
 */
export function readAuthorizationRequest(bytes: Buffer): Read<AuthorizationRequestBody> {
  const body = parseObject(bytes);
  const unusable = (fault: string) =>
    ({ kind: 'unusable', unusable: { paymentId: null, requestId: null, fault } }) as const;
  if (body === null) return unusable('the body must be a JSON object');
  const { paymentId } = body;
  if (paymentId === undefined) return unusable('paymentId is missing');
  if (!isIdentifier(paymentId)) return unusable(`paymentId ${IDENTIFIER_RULE}`);
  const fields = new OptionalFields(body);
  const card = new OptionalFields(fields.read('card', (value) => (isObject(value) ? value : null)) ?? {}, 'card.');
  const paymentMethod = fields.read('paymentMethod', readLabel);
  const request = {
    paymentId,
    value: fields.read('value', readAmount),
    currency: fields.read('currency', readCurrency),
    paymentMethod,
    transactionId: fields.read('transactionId', readLabel),
    reference: fields.read('reference', readLabel),
    orderId: fields.read('orderId', readLabel),
    sandboxMode: fields.read(SANDBOX_MODE, readBoolean) ?? false,
    callbackUrl: fields.read('callbackUrl', readAddress),
    issuerChoice: issuerChoiceIn(fields),
    script: scriptFor(card.read('number', readDigits), paymentMethod),
  };
  return { kind: 'usable', request: { ...request, ignored: [...fields.ignored, ...card.ignored] } };
}

const readCurrency = (value: unknown) => (typeof value === 'string' && /^[A-Za-z]{3}$/.test(value) ? value : null);

/** An id or a name. A card number or an e-mail address that stands where one belongs is not taken. */
function readLabel(value: unknown): string | null {
  return isIdentifier(value) && !/\S@\S/.test(value) && !holdsCardNumber(value) ? value : null;
}

/** 14 to 19 digits with the right check digit, and with a first digit that cards have: order numbers mostly begin with 1. */
function holdsCardNumber(text: string): boolean {
  const numbers = text.match(/[2-6](?:[ -]?\d){13,18}/g) ?? [];
  return numbers.some((number) => isLuhnValid(number.replace(/\D/g, '')));
}

function isLuhnValid(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, at) => {
    const doubled = Number(digit) * (at % 2 === 0 ? 1 : 2);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}

const readAddress = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);

/** Also a number, because it is compared and thrown away. */
const readDigits = (value: unknown) =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null;

/** Only the one setting is looked at: others may be secrets. */
function issuerChoiceIn(fields: OptionalFields): string | null {
  const settings = fields.read('merchantSettings', (value) => (Array.isArray(value) ? (value as unknown[]) : null));
  for (const setting of settings ?? []) {
    if (!isObject(setting) || typeof setting.name !== 'string' || typeof setting.value !== 'string') continue;
    if (setting.name.trim().toLowerCase() === ISSUER_FIELD.toLowerCase()) return setting.value.trim().slice(0, 100);
  }
  return null;
}
