import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { openApiDocument } from '../../src/openapi/document.js';
import type { Method, TaggedOperation } from '../../src/openapi/operation.js';
import { readVersion } from '../../src/version.js';

/** What `/openapi.json` publishes. */
export const document = openApiDocument(readVersion(process.cwd()));

export interface Found {
  readonly method: Method;
  readonly path: string;
  readonly operation: TaggedOperation;
}

export const operations: readonly Found[] = Object.entries(document.paths).flatMap(([path, item]) =>
  (['get', 'put', 'post', 'delete'] as const).flatMap((method) => {
    const operation = item[method];
    return operation ? [{ method, path, operation }] : [];
  }),
);

// test/openapi.spec.ts holds the document against JSON Schema's own schema, which takes long to compile.
const ajv = new Ajv2020({ allowUnionTypes: true, validateSchema: false });
ajv.addFormat('date-time', /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
ajv.addVocabulary(Object.keys(document));
ajv.addSchema(document, 'openapi.json');

const compiled = new Map<string, ValidateFunction>();

/**
 * What a value breaks of the schema that stands at a place of the document; null when nothing.
 *
 * @param place the names on the way to it, such as `paths`, `/manifest`, `get`
 */
export function breachOf(place: readonly string[], value: unknown): string | null {
  const pointer = place.map((name) => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
  const validate = compiled.get(pointer) ?? ajv.compile({ $ref: `openapi.json#/${pointer}` });
  compiled.set(pointer, validate);
  return validate(value) ? null : ajv.errorsText(validate.errors);
}

/** The operation with this id. */
export function operationOf(operationId: string): Found {
  const found = operations.find(({ operation }) => operation.operationId === operationId);
  if (!found) throw new Error(`The document has no operation ${operationId}`);
  return found;
}

/** The place of the schema of an answer; null where the document knows no such answer. */
export function answerPlace({ method, path }: { readonly method: Method; readonly path: string }, status: number) {
  const content = document.paths[path]?.[method]?.responses[String(status)]?.content;
  if (!content?.['application/json']) return null;
  return ['paths', path, method, 'responses', String(status), 'content', 'application/json', 'schema'];
}

/** Fails the test where an answer in JSON is none that the document publishes. */
export function checkPublished(
  operation: { readonly method: Method; readonly path: string },
  status: number,
  body: string,
): unknown {
  const words = `An answer ${status} to ${operation.method.toUpperCase()} ${operation.path}`;
  const place = answerPlace(operation, status);
  if (place === null) throw new Error(`${words} is not in the document: ${body}`);
  const parsed: unknown = JSON.parse(body);
  const breach = breachOf(place, parsed);
  if (breach !== null) throw new Error(`${words} breaks its published schema: ${breach}\n${body}`);
  return parsed;
}
