import { readAmount, readBoolean, readOperation, SANDBOX_MODE, type Read } from './reading.js';

/** A usable settle, refund or inbound request, read leniently. */
export interface OperationRequestBody {
  readonly paymentId: string;
  readonly requestId: string;
  /** In currency units; null: absent. */
  readonly value: number | null;
  readonly sandboxMode: boolean;
  /** Names of fields of a wrong type, which count as absent. */
  readonly ignored: readonly string[];
}

/**
 * Reads the body of an operation on a payment: strict in what names the payment and the request, lenient in everything else.
 *
 * @param pathPaymentId the `paymentId` of the path, decoded
 * @see https://developers.vtex.com/docs/api-reference/payment-provider-protocol, Settle Payment, Refund Payment, Inbound Request
 */
export function readOperationRequest(pathPaymentId: string, bytes: Buffer): Read<OperationRequestBody> {
  const read = readOperation(pathPaymentId, bytes);
  if (read.kind === 'unusable') return read;
  const { paymentId, requestId, fields } = read.request;
  const value = fields.read('value', readAmount);
  const sandboxMode = fields.read(SANDBOX_MODE, readBoolean) ?? false;
  return { kind: 'usable', request: { paymentId, requestId, value, sandboxMode, ignored: fields.ignored } };
}
