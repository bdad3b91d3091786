/** A JSON Schema of the dialect 2020-12, which OpenAPI 3.1 takes as it is. */
export type Schema = Readonly<Record<string, unknown>>;

/** Named schemas: what `ref` points to. */
export type Schemas = Readonly<Record<string, Schema>>;

/** An object with all of these fields and no other. `Shown` is the type of what is sent: a field of it that is missing here does not compile. */
export const exactly = <Shown = Readonly<Record<string, unknown>>>(
  fields: Readonly<Record<keyof Shown & string, Schema>>,
  optional: Schemas = {},
): Schema => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(fields),
  properties: { ...fields, ...optional },
});

/** An object with at least these fields. What else comes is ignored. */
export const atLeast = (fields: Schemas, optional: Schemas = {}): Schema => ({
  type: 'object',
  required: Object.keys(fields),
  properties: { ...fields, ...optional },
});

/** A named schema. */
export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/** A named schema, some fields of which are narrower here. */
export const narrowed = (name: string, fields: Schemas): Schema => ({
  allOf: [ref(name), { type: 'object', properties: fields }],
});

/** The same with words for whoever reads it. */
export const described = (description: string, schema: Schema): Schema => ({ ...schema, description });

export const oneOf = (...schemas: readonly Schema[]): Schema => ({ oneOf: schemas });
export const listOf = (items: Schema): Schema => ({ type: 'array', items });
export const constant = (value: unknown): Schema => ({ const: value });
export const choice = (...values: readonly unknown[]): Schema => ({ enum: values });

/** The same, or null. */
export const orNull = (schema: Schema): Schema => {
  if (typeof schema.type === 'string') return { ...schema, type: [schema.type, 'null'] };
  if (Array.isArray(schema.enum)) return { ...schema, enum: [...(schema.enum as unknown[]), null] };
  return { oneOf: [schema, nothing] };
};

export const text: Schema = { type: 'string', minLength: 1 };
export const nothing: Schema = { type: 'null' };
export const flag: Schema = { type: 'boolean' };
export const number: Schema = { type: 'number', minimum: 0 };
export const count: Schema = { type: 'integer', minimum: 0 };
export const time: Schema = { type: 'string', format: 'date-time' };
export const webAddress: Schema = { type: 'string', pattern: '^https?://' };
/** Whatever it is, it is an object. */
export const someObject: Schema = { type: 'object' };

/** A `paymentId` or `requestId`, as requests may have it. */
export const identifier: Schema = { type: 'string', minLength: 1, maxLength: 255, pattern: '^[^\\p{Cc}\\p{Cs}]*$' };

/** An amount in a request: guides of VTEX's write it as text too. */
export const amount: Schema = {
  type: ['number', 'string'],
  minimum: 0,
  exclusiveMaximum: 1e15,
  pattern: '^\\d{1,15}([.,]\\d{1,4})?$',
};

/** Yes or no in a request: the page says text, the OpenAPI says boolean. */
export const flagOrText: Schema = { type: ['boolean', 'string'], examples: [true, 'true'] };
