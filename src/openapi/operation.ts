import type { Schema, Schemas } from './schema.js';

/** A part of the document: what belongs together, one file for each. */
export interface Area {
  readonly name: string;
  readonly description: string;
  readonly paths: Paths;
  readonly schemas: Schemas;
}

export type Paths = Readonly<Record<string, PathItem>>;
export type PathItem = Readonly<Partial<Record<Method, Operation>>> & {
  /** The path takes every method alike; what is written under `post` holds for all of them. */
  readonly 'x-any-method'?: true;
};

export const methods = ['get', 'put', 'post', 'delete'] as const;
export type Method = (typeof methods)[number];

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  /** Sets of schemes, each of which is enough; none: anybody may call it. */
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: RequestBody;
  readonly responses: Readonly<Record<string, Response>>;
  /** Calls that we make in turn: by name, by address. */
  readonly callbacks?: Readonly<
    Record<string, Readonly<Record<string, { readonly post: Omit<Operation, 'security'> }>>>
  >;
}

/** An operation as the document has it. */
export interface TaggedOperation extends Operation {
  /** The name of its area. */
  readonly tags: readonly [string];
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly description: string;
  readonly required: boolean;
  readonly schema: Schema;
}

export interface RequestBody {
  readonly description?: string;
  readonly required: boolean;
  readonly content: Content;
}

export interface Response {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: Schema }>>;
  readonly content?: Content;
}

export type Content = Readonly<Record<string, MediaType>>;

export interface MediaType {
  readonly schema: Schema;
  readonly examples?: Examples;
}

export type Examples = Readonly<Record<string, { readonly summary: string; readonly value: unknown }>>;

/** One thing that an operation may answer. Several may share a status; then their shapes are alternatives. */
export interface Answer {
  readonly status: number;
  /** What it says to the caller, and whether it is final. */
  readonly means: string;
  readonly shape: Schema;
  readonly example: unknown;
}

/** The responses of an operation, by status. */
export function responses(answers: readonly Answer[]): Operation['responses'] {
  const statuses = [...new Set(answers.map(({ status }) => status))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => [String(status), response(answers.filter((answer) => answer.status === status))]),
  );
}

function response(answers: readonly Answer[]): Response {
  const shapes = answers.map(({ shape }) => shape).filter(isFirst);
  const [only] = shapes;
  return {
    description: answers.map(({ means }) => means).join('\n\n'),
    content: {
      'application/json': {
        schema: only && shapes.length === 1 ? only : { oneOf: shapes },
        examples: examples(...answers.map(({ means, example }) => [means, example] as const)),
      },
    },
  };
}

const isFirst = (schema: Schema, at: number, all: readonly Schema[]) =>
  all.findIndex((other) => JSON.stringify(other) === JSON.stringify(schema)) === at;

/** Examples under the first sentence of what is said of them. */
export function examples(...given: readonly (readonly [words: string, value: unknown])[]): Examples {
  return Object.fromEntries(
    given.map(([words, value]) => {
      const summary = (words.split(/[.:;]\s|[.:;]$/)[0] ?? words).replaceAll('`', '');
      return [
        summary
          .toLowerCase()
          .replace(/[^a-z0-9]+/g, '-')
          .replace(/^-|-$/g, ''),
        { summary, value },
      ];
    }),
  );
}

/** A body in JSON. */
export const jsonBody = (schema: Schema, given: Examples): RequestBody => ({
  required: true,
  content: { 'application/json': { schema, examples: given } },
});

/** A response that is no JSON. */
export const otherResponse = (description: string, mediaType: string): Response => ({
  description,
  content: { [mediaType]: { schema: { type: 'string' } } },
});

export const inPath = (name: string, description: string, schema: Schema): Parameter => ({
  name,
  in: 'path',
  description,
  required: true,
  schema,
});

export const inQuery = (name: string, description: string, schema: Schema): Parameter => ({
  name,
  in: 'query',
  description,
  required: false,
  schema,
});

export const anybody: Operation['security'] = [];
