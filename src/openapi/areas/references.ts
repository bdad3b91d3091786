import { z } from 'zod';
import { issuers } from '../../issuers/index.js';
import type { SomeIssuer } from '../../issuers/issuer.js';
import { ref, type Schema, type Schemas } from '../schema.js';

const all = Object.values<SomeIssuer>(issuers);

export const issuerCodes = all.map(({ code }) => code);

/** What a payment may have bought, as each issuer's folder says it. */
export const referenceSchemas: Schemas = Object.fromEntries(all.map((issuer) => [nameOf(issuer), schemaOf(issuer)]));

export const anyReference: Schema = { oneOf: all.map((issuer) => ref(nameOf(issuer))) };

/** A link to each issuer, with the example that its folder gives. */
export const linkExamples = all.flatMap(({ code, name, reference }) =>
  examplesOf(reference).map((example) => ({ issuer: code, name, reference: example })),
);

/** In the examples of answers. */
export const exampleLink = { issuer: linkExamples[0]?.issuer, reference: linkExamples[0]?.reference };
export const exampleIssuerName = linkExamples[0]?.name;

/** Rules that are code are left out; the words of the description say them. */
function schemaOf({ reference }: SomeIssuer): Schema {
  const schema = z.toJSONSchema(reference.schema, { io: 'input', unrepresentable: 'any' });
  delete schema.$schema;
  return { ...schema, examples: examplesOf(reference) };
}

function nameOf({ name }: SomeIssuer): string {
  return `${name.replace(/\W/g, '')}Reference`;
}

/** Zod leaves examples out where values are transformed. */
function examplesOf({ schema }: SomeIssuer['reference']): readonly unknown[] {
  const examples = schema.meta()?.examples;
  return Array.isArray(examples) ? (examples as unknown[]) : [];
}
