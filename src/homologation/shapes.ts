import { z } from 'zod';

/*
 * The answers of VTEX's OpenAPI, by operation and status. Stricter than it where its own words are: limits and values that it
 * names in descriptions. Laxer where its own examples break its schema: an undefined payment may have no acquirer and no delays.
 */

const id = z.string().trim().min(1);
const textOrNull = z.string().nullable();

const connectorMetadata = z.array(z.looseObject({ name: z.string().max(20), value: z.string().max(200) })).optional();

export const manifestShape = z.looseObject({
  paymentMethods: z
    .array(z.looseObject({ name: id, allowsSplit: z.enum(['onAuthorize', 'onCapture', 'disabled']) }))
    .min(1),
  customFields: z
    .array(
      z.looseObject({
        name: z.string().optional(),
        type: z.enum(['text', 'password', 'select']).optional(),
        options: z.array(z.looseObject({ text: z.string().optional(), value: z.string().optional() })).optional(),
      }),
    )
    .optional(),
  autoSettleDelay: z.looseObject({ minimum: wholeHours(), maximum: wholeHours() }).optional(),
  metadataFields: z.array(z.string().max(20)).max(3).optional(),
});

const seconds = (max: number) => z.int().min(0).max(max);
const SEVEN_DAYS = 604_800;
const THIRTY_DAYS = 2_592_000;

const paymentExtras = {
  code: textOrNull.optional(),
  message: textOrNull.optional(),
  paymentUrl: textOrNull.optional(),
  redirectUrl: textOrNull.optional(),
  bankIssueInvoiceId: textOrNull.optional(),
  identificationNumber: textOrNull.optional(),
  identificationNumberFormatted: textOrNull.optional(),
  barCodeImageType: textOrNull.optional(),
  barCodeImageNumber: textOrNull.optional(),
  paymentAppData: z.looseObject({ payload: z.string() }).nullable().optional(),
  maxValue: z.number().nullable().optional(),
  connectorMetadata,
};

const decided = {
  paymentId: id,
  tid: z.string(),
  nsu: textOrNull,
  acquirer: textOrNull,
  delayToAutoSettle: seconds(SEVEN_DAYS),
  delayToAutoSettleAfterAntifraud: seconds(SEVEN_DAYS),
  delayToCancel: seconds(THIRTY_DAYS),
  ...paymentExtras,
};

const createdShape = z.discriminatedUnion('status', [
  z.looseObject({ ...decided, status: z.literal('approved'), authorizationId: id }),
  z.looseObject({ ...decided, status: z.literal('denied'), authorizationId: textOrNull.optional() }),
  z.looseObject({
    paymentId: id,
    status: z.literal('undefined'),
    tid: z.string(),
    authorizationId: textOrNull.optional(),
    nsu: textOrNull.optional(),
    acquirer: textOrNull.optional(),
    delayToAutoSettle: seconds(SEVEN_DAYS).nullable().optional(),
    delayToAutoSettleAfterAntifraud: seconds(SEVEN_DAYS).nullable().optional(),
    delayToCancel: seconds(THIRTY_DAYS).nullable().optional(),
    ...paymentExtras,
  }),
]);

const createFaultShape = z.looseObject({ status: z.string(), code: z.string(), message: z.string() });

/** The body of a call to `callbackUrl`: like an answer to create-payment; what is left out keeps its value, or gets VTEX's. */
export const callbackShape = z.looseObject({
  paymentId: id,
  status: z.enum(['approved', 'denied', 'undefined']),
  authorizationId: textOrNull.optional(),
  tid: textOrNull.optional(),
  nsu: textOrNull.optional(),
  acquirer: textOrNull.optional(),
  delayToAutoSettle: seconds(SEVEN_DAYS).nullable().optional(),
  delayToAutoSettleAfterAntifraud: seconds(SEVEN_DAYS).nullable().optional(),
  delayToCancel: seconds(THIRTY_DAYS).nullable().optional(),
  ...paymentExtras,
});

const echoed = { paymentId: id, requestId: id, message: z.string(), connectorMetadata };
const done = { ...echoed, code: textOrNull };
const failed = { ...echoed, code: z.string() };

/** By status. What is not listed is not documented. */
export const answerShapes: Readonly<
  Record<'create' | 'cancel' | 'settle' | 'refund', Readonly<Record<number, z.ZodType>>>
> = {
  create: { 200: createdShape, 400: createFaultShape, 500: createFaultShape },
  cancel: {
    // Older pages answer "cancel-manually" with 200.
    200: z.looseObject({ ...done, cancellationId: id.nullable() }),
    500: z.looseObject({ ...failed, cancellationId: z.null() }),
    501: z.looseObject({ ...failed, cancellationId: z.null() }),
  },
  settle: {
    200: z.looseObject({ ...done, settleId: id.nullable(), value: z.number() }),
    500: z.looseObject({ ...failed, settleId: z.null(), value: z.number() }),
  },
  refund: {
    200: z
      .looseObject({ ...done, refundId: id.nullable(), value: z.number() })
      .refine(({ refundId, value }) => refundId !== null || value === 0, {
        path: ['value'],
        error: 'must be 0 where refundId is null',
      }),
    500: z.looseObject({ ...failed, refundId: z.null(), value: z.literal(0) }),
    501: z.looseObject({ ...failed, refundId: z.null(), value: z.literal(0) }),
  },
};

/** What is wrong with a value, in a few words; null when nothing is. */
export function faultsOf(shape: z.ZodType, value: unknown): string | null {
  const { success, error } = shape.safeParse(value);
  if (success) return null;
  return error.issues.map(({ path, message }) => `${path.join('.') || 'the body'}: ${message}`).join('; ');
}

/** The reference: text, whole hours, no decimals. */
function wholeHours() {
  return z.string().regex(/^\d+$/, 'must be whole hours as text');
}
