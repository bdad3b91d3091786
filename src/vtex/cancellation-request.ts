import { readAmount, readBoolean, readIdentifier, readOperation, SANDBOX_MODE, type Read } from './reading.js';

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

/**
 * Reads the body of a cancel: strict in what names the payment and the request, lenient in everything else, unknown fields ignored.
 *
 * @param pathPaymentId the `paymentId` of the path, decoded
 * @param bytes the body as it came
 * @see https://developers.vtex.com/docs/api-reference/payment-provider-protocol, Cancel Payment
 */
export function readCancellationRequest(pathPaymentId: string, bytes: Buffer): Read<CancellationRequestBody> {
  const read = readOperation(pathPaymentId, bytes);
  if (read.kind === 'unusable') return read;
  const { paymentId, requestId, fields } = read.request;
  const authorizationId = fields.read('authorizationId', readIdentifier);
  const value = fields.read('value', readAmount);
  const sandboxMode = fields.read(SANDBOX_MODE, readBoolean) ?? false;
  return {
    kind: 'usable',
    request: { paymentId, requestId, authorizationId, value, sandboxMode, ignored: fields.ignored },
  };
}
