import { Ajv } from 'ajv';

/*
 * What every answer to VTEX looks like, by call and by status: our own strict schemas, and beside them the facts of VTEX's OpenAPI
 * (Payment Provider Protocol, version of 2026-08-07), which an answer must keep too unless it is one of the few deviations.
 */

/** An answer to a cancel: the contract's five fields and no other. */
export interface CancelAnswer {
  readonly paymentId: string | null;
  readonly cancellationId: string | null;
  readonly code: string | null;
  readonly message: string;
  readonly requestId: string | null;
}

/** An answer to a create; the last fields only while a scripted payment is undefined, or once it is linked. */
export interface CreateAnswer {
  readonly paymentId: string;
  readonly status: 'approved' | 'denied' | 'undefined' | 'error';
  readonly authorizationId: string;
  readonly tid: string;
  readonly nsu: null;
  readonly acquirer: string | null;
  readonly code: string | null;
  readonly message: string;
  readonly delayToAutoSettle: number;
  readonly delayToAutoSettleAfterAntifraud: number;
  readonly delayToCancel: number;
  readonly paymentUrl?: string;
  readonly redirectUrl?: string;
  readonly identificationNumber?: string;
  readonly connectorMetadata?: readonly { readonly name: string; readonly value: string }[];
}

export interface SettleAnswer {
  readonly paymentId: string | null;
  readonly settleId: string | null;
  readonly value: number;
  readonly code: string | null;
  readonly message: string;
  readonly requestId: string | null;
}

export interface RefundAnswer {
  readonly paymentId: string | null;
  readonly refundId: string | null;
  readonly value: number;
  readonly code: string | null;
  readonly message: string;
  readonly requestId: string | null;
}

export interface InboundAnswer {
  readonly paymentId: string | null;
  readonly requestId: string | null;
  readonly code: string;
  readonly message: string;
  readonly responseData: { readonly statusCode: number; readonly contentType: string; readonly content: string };
}

export interface Answers {
  readonly create: CreateAnswer;
  readonly cancel: CancelAnswer;
  readonly settle: SettleAnswer;
  readonly refund: RefundAnswer;
  readonly inbound: InboundAnswer;
}

export type Call = keyof Answers;

type Schema = Readonly<Record<string, unknown>>;
type ByStatus = Readonly<Record<number, Schema>>;

const text = { type: 'string', minLength: 1 };
const textOrNull = { type: ['string', 'null'], minLength: 1 };
const nothing = { type: 'null' };
const anyOf = (...schemas: Schema[]) => ({ anyOf: schemas });

/** All of these fields and no other. */
const exactly = (properties: Record<string, Schema>, optional: Record<string, Schema> = {}) => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties),
  properties: { ...properties, ...optional },
});

const isCode = (code: string) => ({ code: { const: code } });

/** The shapes of what every call may be answered outside of its own matter; `shape` makes one of that call. */
const faults = (shape: (properties: Record<string, Schema>) => Schema) => ({
  400: shape({ ...isCode('invalid-request'), paymentId: textOrNull, requestId: textOrNull }),
  401: shape({ ...isCode('unauthorized'), paymentId: textOrNull, requestId: nothing }),
  404: shape({ ...isCode('invalid-request'), paymentId: textOrNull, requestId: nothing }),
  500: shape({ ...isCode('internal-error'), paymentId: textOrNull, requestId: nothing }),
});

const withFaults = (shape: (properties: Record<string, Schema>) => Schema, own: ByStatus): ByStatus => {
  const all = faults(shape);
  return { ...all, ...own, ...(own[500] ? { 500: anyOf(own[500], all[500]) } : {}) };
};

/** The shape of every body: VTEX's required fields, `message` always text, and nothing deprecated. */
const cancel = (properties: Record<string, Schema>) =>
  exactly({ paymentId: text, cancellationId: nothing, code: text, message: text, requestId: text, ...properties });
const manualCancel = cancel(isCode('cancel-manually'));
const pendingCancel = cancel(isCode('cancellation-pending'));

/** A failure has a null id and the value 0. */
const settle = (properties: Record<string, Schema>) =>
  exactly({
    paymentId: text,
    settleId: nothing,
    value: { const: 0 },
    code: text,
    message: text,
    requestId: text,
    ...properties,
  });
const refund = (properties: Record<string, Schema>) =>
  exactly({
    paymentId: text,
    refundId: nothing,
    value: { const: 0 },
    code: text,
    message: text,
    requestId: text,
    ...properties,
  });
const manualRefund = refund(isCode('refund-manually'));
const number = { type: 'number', minimum: 0 };

const seconds = (minimum: number, maximum: number) => ({ type: 'integer', minimum, maximum });
const metadata = {
  type: 'array',
  items: exactly({ name: { ...text, maxLength: 20 }, value: { ...text, maxLength: 200 } }),
};
const created = (status: string, properties: Record<string, Schema>, optional: Record<string, Schema> = {}) =>
  exactly(
    {
      paymentId: text,
      status: { const: status },
      authorizationId: text,
      tid: text,
      nsu: nothing,
      acquirer: textOrNull,
      code: textOrNull,
      message: text,
      delayToAutoSettle: seconds(0, 604_800),
      delayToAutoSettleAfterAntifraud: seconds(0, 604_800),
      delayToCancel: seconds(600, 2_592_000),
      ...properties,
    },
    { connectorMetadata: metadata, ...optional },
  );
const url = { type: 'string', pattern: '^https?://' };
const notCreated = ({ code, paymentId = textOrNull }: Record<string, Schema>) =>
  exactly({ paymentId, status: { const: 'error' }, code: code ?? text, message: text });

const inbound = (statusCode: number, properties: Record<string, Schema>) =>
  exactly({
    requestId: text,
    paymentId: text,
    code: text,
    message: text,
    responseData: exactly({
      statusCode: { const: statusCode },
      contentType: { const: 'application/json' },
      content: text,
    }),
    ...properties,
  });
const inboundFault = (properties: Record<string, Schema>) => ({
  anyOf: [400, 401, 404, 500].map((status) => inbound(status, properties)),
});

/** By call and by status. A filled id occurs in one shape of each call alone. */
const ours: Readonly<Record<Call, ByStatus>> = {
  cancel: withFaults(cancel, {
    200: anyOf(cancel({ cancellationId: text, code: nothing }), manualCancel, pendingCancel),
    500: pendingCancel,
    501: manualCancel,
  }),
  create: withFaults(notCreated, {
    200: anyOf(
      created('approved', {}),
      created('denied', {}),
      created(
        'undefined',
        { code: text },
        {
          paymentUrl: url,
          redirectUrl: url,
          identificationNumber: text,
          identificationNumberFormatted: text,
          barCodeImageType: text,
          barCodeImageNumber: text,
        },
      ),
    ),
  }),
  settle: withFaults(settle, {
    200: settle({ settleId: text, value: number, code: nothing }),
    500: settle({ code: { enum: ['not-authorized', 'payment-unknown', 'payment-denied', 'payment-cancelled'] } }),
  }),
  refund: withFaults(refund, {
    200: anyOf(manualRefund, refund({ refundId: text, value: number, code: nothing })),
    501: manualRefund,
  }),
  inbound: withFaults(inboundFault, { 200: inbound(404, isCode('inbound-not-supported')) }),
};

/** VTEX's own: fields that must be there, their types, and which may be null. Further fields are not forbidden. */
const atLeast = (required: Record<string, Schema>, optional: Record<string, Schema> = {}) => ({
  type: 'object',
  required: Object.keys(required),
  properties: { ...required, ...optional },
});
const string = { type: 'string' };
const stringOrNull = { type: ['string', 'null'] };
const officialMetadata = { connectorMetadata: { type: 'array', items: atLeast({ name: string, value: string }) } };
const operation = (idField: string, id: Schema, code: Schema) =>
  atLeast(
    { paymentId: string, [idField]: id, value: { type: 'number' }, code, message: string, requestId: string },
    officialMetadata,
  );
const errorBody = atLeast({ status: string, code: string, message: string });
const officialCancel = (id: Schema, code: Schema) =>
  atLeast({ paymentId: string, cancellationId: id, code, message: string, requestId: string });

const official: Readonly<Record<Call, ByStatus>> = {
  create: {
    200: atLeast(
      {
        paymentId: string,
        status: string,
        authorizationId: string,
        tid: string,
        nsu: stringOrNull,
        acquirer: stringOrNull,
        delayToAutoSettle: { type: 'integer' },
        delayToAutoSettleAfterAntifraud: { type: 'integer' },
        delayToCancel: { type: 'integer' },
      },
      {
        ...officialMetadata,
        code: stringOrNull,
        message: stringOrNull,
        paymentUrl: stringOrNull,
        redirectUrl: string,
        identificationNumber: string,
        identificationNumberFormatted: string,
        barCodeImageType: string,
        barCodeImageNumber: string,
      },
    ),
    400: errorBody,
    500: errorBody,
  },
  cancel: {
    200: officialCancel(string, stringOrNull),
    500: officialCancel(stringOrNull, string),
    501: officialCancel(stringOrNull, string),
  },
  settle: { 200: operation('settleId', string, stringOrNull), 500: operation('settleId', stringOrNull, string) },
  refund: {
    200: operation('refundId', string, stringOrNull),
    500: operation('refundId', stringOrNull, string),
    501: operation('refundId', stringOrNull, string),
  },
  inbound: {
    200: atLeast(
      {
        requestId: string,
        paymentId: string,
        responseData: atLeast({ statusCode: { type: 'integer' }, contentType: string, content: string }),
      },
      { ...officialMetadata, code: string, message: string },
    ),
  },
};

/** Where we differ from the OpenAPI, and why. */
const deviations: readonly {
  readonly why: string;
  readonly is: (call: Call, status: number, code: unknown) => boolean;
}[] = [
  {
    why: 'VTEX’s page of Cancel Payment shows cancel-manually at 200 with a null id; a refund follows it',
    is: (call, status, code) =>
      status === 200 && ((call === 'cancel' && code === 'cancel-manually') || code === 'refund-manually'),
  },
  {
    why: 'PENDING_STATUS=200 is a setting for those who want it',
    is: (call, status, code) => call === 'cancel' && status === 200 && code === 'cancellation-pending',
  },
  { why: 'the OpenAPI knows no 401 and no 404', is: (_call, status) => status === 401 || status === 404 },
  {
    why: 'it knows a 400 of a create alone',
    is: (call, status) => status === 400 && call !== 'create',
  },
  {
    why: 'a fault of ours may come before the requestId was read; inbound requests have no 500 there',
    is: (call, status, code) => call !== 'create' && status === 500 && code === 'internal-error',
  },
];

const ajv = new Ajv({ allowUnionTypes: true });

/** Parses an answer and fails the test when it breaks our own schema, or VTEX's where it is no deviation. */
export function checkAnswerTo<Name extends Call>(call: Name, status: number, body: string): Answers[Name] {
  const schema = ours[call][status];
  if (!schema) throw new Error(`Status ${status} is none of the contract's for a ${call}: ${body}`);
  const parsed = JSON.parse(body) as Answers[Name];
  expectValid(schema, parsed, `An answer ${status} to a ${call} breaks the schema`);
  const { code } = parsed as { code?: unknown };
  if (!deviations.some(({ is }) => is(call, status, code))) {
    const vtex = official[call][status];
    if (!vtex) throw new Error(`VTEX's OpenAPI has no ${status} for a ${call}, and no deviation is named: ${body}`);
    expectValid(vtex, parsed, `An answer ${status} to a ${call} breaks VTEX's schema`);
  }
  return parsed;
}

/** The same for a cancel. */
export const checkAnswer = (status: number, body: string): CancelAnswer => checkAnswerTo('cancel', status, body);

const anyPaymentMethod = exactly({ name: text, allowsSplit: { enum: ['onAuthorize', 'onCapture', 'disabled'] } });

const manifestSchema = exactly(
  { paymentMethods: { type: 'array', minItems: 1, items: anyPaymentMethod } },
  {
    customFields: {
      type: 'array',
      items: exactly(
        { name: text, type: { enum: ['text', 'password', 'select'] } },
        { options: { type: 'array', items: exactly({ text, value: text }) } },
      ),
    },
    metadataFields: { type: 'array', maxItems: 3, items: { ...text, maxLength: 20 } },
    autoSettleDelay: exactly({ minimum: text, maximum: text }),
  },
);

export interface Manifest {
  readonly paymentMethods: readonly { readonly name: string; readonly allowsSplit: string }[];
  readonly customFields: readonly {
    readonly name: string;
    readonly type: string;
    readonly options: readonly { readonly text: string; readonly value: string }[];
  }[];
  readonly metadataFields: readonly string[];
}

export function checkManifest(body: string): Manifest {
  const parsed: unknown = JSON.parse(body);
  expectValid(manifestSchema, parsed, 'The manifest breaks the schema');
  return parsed as Manifest;
}

function expectValid(schema: Schema, parsed: unknown, words: string): void {
  if (!ajv.validate(schema, parsed)) throw new Error(`${words}: ${ajv.errorsText()}\n${JSON.stringify(parsed)}`);
}
