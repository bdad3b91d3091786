import { Ajv } from 'ajv';

/** An answer to a cancel: the contract's five fields and no other. */
export interface CancelAnswer {
  readonly paymentId: string | null;
  readonly cancellationId: string | null;
  readonly code: string | null;
  readonly message: string;
  readonly requestId: string | null;
}

const text = { type: 'string', minLength: 1 };
const textOrNull = { type: ['string', 'null'], minLength: 1 };

/** The shape of every body: VTEX's required fields, `message` always text, and nothing deprecated. */
const shape = (properties: Record<string, object>) => ({
  type: 'object',
  additionalProperties: false,
  required: ['paymentId', 'cancellationId', 'code', 'message', 'requestId'],
  properties: {
    paymentId: text,
    cancellationId: { type: 'null' },
    code: text,
    message: text,
    requestId: text,
    ...properties,
  },
});

const manual = shape({ code: { const: 'cancel-manually' } });
const pending = shape({ code: { const: 'cancellation-pending' } });

/** By status. A filled `cancellationId` occurs in one shape alone. */
const schemas: Readonly<Record<number, object>> = {
  200: { anyOf: [shape({ cancellationId: text, code: { type: 'null' } }), manual, pending] },
  400: shape({ code: { const: 'invalid-request' }, paymentId: textOrNull, requestId: textOrNull }),
  401: shape({ code: { const: 'unauthorized' }, paymentId: textOrNull, requestId: { type: 'null' } }),
  404: shape({ code: { const: 'invalid-request' }, paymentId: textOrNull, requestId: { type: 'null' } }),
  500: {
    anyOf: [pending, shape({ code: { const: 'internal-error' }, paymentId: textOrNull, requestId: { type: 'null' } })],
  },
  501: manual,
};

const ajv = new Ajv({ allowUnionTypes: true });

/** Parses an answer to a cancel and fails the test when it breaks the contract's schema. */
export function checkAnswer(status: number, body: string): CancelAnswer {
  const schema = schemas[status];
  if (!schema) throw new Error(`Status ${status} is none of the contract's: ${body}`);
  const parsed: unknown = JSON.parse(body);
  if (!ajv.validate(schema, parsed))
    throw new Error(`An answer ${status} breaks the schema: ${ajv.errorsText()}\n${body}`);
  return parsed as CancelAnswer;
}
