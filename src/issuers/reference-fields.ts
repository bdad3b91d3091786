import { z } from 'zod';
import { issuers } from './index.js';
import type { SomeIssuer } from './issuer.js';

/** The fields of every issuer's reference that hold text: what somebody may look for. */
export const referenceTextFields: readonly string[] = [
  ...new Set(Object.values<SomeIssuer>(issuers).flatMap(({ reference }) => textFieldsOf(reference.schema))),
];

function textFieldsOf(schema: z.ZodType): string[] {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties)
    .filter(([, field]) => typeof field === 'object' && field.type === 'string')
    .map(([name]) => name);
}
