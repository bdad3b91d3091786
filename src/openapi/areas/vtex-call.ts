import type { Addressee, FaultAnswers, VtexAnswer } from '../../vtex/answer.js';
import { inPath, type Answer, type Operation, type Parameter } from '../operation.js';
import {
  constant,
  described,
  flagOrText,
  identifier,
  listOf,
  narrowed,
  nothing,
  ref,
  text,
  type Schema,
} from '../schema.js';

/** Either of the families of headers is enough. */
export const vtexCredentials: Operation['security'] = [
  { vtexAppKey: [], vtexAppToken: [] },
  { providerAppKey: [], providerAppToken: [] },
];

/** The ids of the examples on VTEX's page of Cancel Payment. */
export const pageExample = {
  success: { paymentId: 'B2F246B3CE46469FBDD23039868E95D0', requestId: '007B7D9B3BB4440982D8B6BA04126B01' },
  failure: { paymentId: 'F5C1A4E20D3B4E07B7E871F5B5BC9F91', requestId: 'D12D9B80972C462980F5067A3A126837' },
  cancellationId: '36153ED9F4FB4F109BE67CD05EE54373',
} as const;

export const paymentIdInPath = inPath('paymentId', "VTEX's id of the payment. The body says the same.", identifier);

export const testSuiteHeader: Parameter = {
  name: 'X-VTEX-API-Is-TestSuite',
  in: 'header',
  description:
    "VTEX's Test Suite sends `true`, and waits 5 s instead of 20 s: the answer comes within 4 s. Anything is scripted only for the merchant that is made for the suite, with its own credentials.",
  required: false,
  schema: { type: 'string' },
};

/** One answer of the protocol: its status and body are made by the code that answers VTEX. */
export const vtexAnswer = (shape: Schema, means: string, { status, body }: VtexAnswer): Answer => ({
  status,
  means,
  shape,
  example: JSON.parse(body) as unknown,
});

/** What every call may be answered outside of its own matter, in the shape `name` of that call. */
export function faults(
  name: string,
  {
    answers,
    to,
    narrow = () => ({}),
  }: { answers: FaultAnswers; to: Addressee; narrow?: (status: number) => Record<string, Schema> },
): readonly Answer[] {
  const toPath = { ...to, requestId: null };
  const noRequestId = to.requestId === null ? {} : { requestId: nothing };
  const shape = (status: number, fields: Record<string, Schema>) => narrowed(name, { ...fields, ...narrow(status) });
  const invalid = constant('invalid-request');
  return [
    vtexAnswer(
      shape(400, { code: invalid }),
      'Unusable: the message names the field. Nothing was done; it stands in the history of the payment where its id can be read.',
      answers.invalid(toPath, 'requestId is missing'),
    ),
    vtexAnswer(
      shape(401, { code: constant('unauthorized'), ...noRequestId }),
      'Wrong credentials: missing, unknown, or repeated ones. Nothing was read or done.',
      answers.unauthorized(toPath),
    ),
    vtexAnswer(
      shape(404, { code: invalid, ...noRequestId }),
      'Nothing at this path: another method, or a path that is none of the protocol.',
      answers.unknownPath(toPath),
    ),
    vtexAnswer(
      shape(500, { code: constant('internal-error'), ...noRequestId }),
      'A fault of ours: nothing was decided by it, and asking again is safe. The reference finds it in our log.',
      answers.internalError(toPath, '7f8b1c2e-52c1-4b1e-9a35-0f6f3a0c9d11'),
    ),
  ];
}

/** What VTEX sends with every operation on a payment, and what is done with it. */
export const operationFields = {
  paymentId: described("VTEX's id of the payment. Must be the one in the path.", identifier),
  requestId: described(
    "VTEX's id of this request. Together with merchant and payment it makes a request the same one, however often it is sent.",
    identifier,
  ),
} as const;

export const sandboxMode = described('`true` on a live payment is answered 400, and nothing is done.', flagOrText);

export const furtherFields = {
  transactionId: described("VTEX's id of the transaction. Not used.", text),
  merchantSettings: described('Not used here, not kept.', listOf(ref('NameAndValue'))),
  connectorMetadata: described('Not used.', listOf(ref('NameAndValue'))),
} as const;

export const lenient =
  'Any other field may be absent. One of a wrong type counts as absent and is logged by its name; unknown fields are ignored.';
