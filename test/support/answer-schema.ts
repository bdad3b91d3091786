import { Ajv } from 'ajv';
import type { deviations } from '../../src/openapi/deviations.js';
import type { Schema } from '../../src/openapi/schema.js';
import { checkPublished } from './openapi.js';

/*
 * What every answer to VTEX looks like: exactly what `/openapi.json` publishes, and beside it the facts of VTEX's own OpenAPI (Payment
 * Provider Protocol, version of 2026-08-07), which an answer must keep too unless it is one of the published deviations.
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

type ByStatus = Readonly<Record<number, Schema>>;

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

/** Which answers are the published deviations. Those that are about requests are none of them. */
const isDeviation: Readonly<
  Partial<Record<keyof typeof deviations, (call: Call, status: number, code: unknown) => boolean>>
> = {
  'manual-at-200': (call, status, code) =>
    status === 200 && ((call === 'cancel' && code === 'cancel-manually') || code === 'refund-manually'),
  'pending-at-200': (call, status, code) => call === 'cancel' && status === 200 && code === 'cancellation-pending',
  'credentials-and-paths': (_call, status) => status === 401 || status === 404,
  'unusable-request': (call, status) => status === 400 && call !== 'create',
  'fault-before-the-request-was-read': (call, status, code) =>
    call !== 'create' && status === 500 && code === 'internal-error',
};

const paths: Readonly<Record<Call, string>> = {
  create: '/payments',
  cancel: '/payments/{paymentId}/cancellations',
  settle: '/payments/{paymentId}/settlements',
  refund: '/payments/{paymentId}/refunds',
  inbound: '/payments/{paymentId}/inbound/{action}',
};

const ajv = new Ajv({ allowUnionTypes: true });

/** Parses an answer and fails the test when it breaks our published schema, or VTEX's where it is no deviation. */
export function checkAnswerTo<Name extends Call>(call: Name, status: number, body: string): Answers[Name] {
  const parsed = checkPublished({ method: 'post', path: paths[call] }, status, body) as Answers[Name];
  const { code } = parsed as { code?: unknown };
  if (!Object.values(isDeviation).some((is) => is(call, status, code))) {
    const vtex = official[call][status];
    if (!vtex) throw new Error(`VTEX's OpenAPI has no ${status} for a ${call}, and no deviation is named: ${body}`);
    if (!ajv.validate(vtex, parsed))
      throw new Error(`An answer ${status} to a ${call} breaks VTEX's schema: ${ajv.errorsText()}\n${body}`);
  }
  return parsed;
}

/** The same for a cancel. */
export const checkAnswer = (status: number, body: string): CancelAnswer => checkAnswerTo('cancel', status, body);

export interface Manifest {
  readonly paymentMethods: readonly { readonly name: string; readonly allowsSplit: string }[];
  readonly customFields: readonly {
    readonly name: string;
    readonly type: string;
    readonly options: readonly { readonly text: string; readonly value: string }[];
  }[];
  readonly metadataFields: readonly string[];
}

export const checkManifest = (body: string): Manifest =>
  checkPublished({ method: 'get', path: '/manifest' }, 200, body) as Manifest;
