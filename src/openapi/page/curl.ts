import type { PlacedOperation } from './operation-section.js';

/** The command that sends this example; `…` stands where a secret of the reader's own belongs. */
export function curl({ method, path, operation }: PlacedOperation, body: unknown): string {
  const headers = [...credentialHeaders(operation), 'Content-Type: application/json'];
  return [
    `curl -sS -X ${method.toUpperCase()} "$URL${filled(path, body)}"`,
    ...headers.map((header) => `  -H '${header}'`),
    `  -d '${JSON.stringify(body, null, 2).replaceAll("'", "'\\''")}'`,
  ].join(' \\\n');
}

function credentialHeaders({ security }: PlacedOperation['operation']): string[] {
  const schemes = Object.keys(security[0] ?? {});
  if (schemes.includes('vtexAppKey')) return ['X-VTEX-API-AppKey: …', 'X-VTEX-API-AppToken: …'];
  return schemes.length > 0 ? ['Authorization: Bearer …'] : [];
}

/** The path with the ids that the body has too. */
const filled = (path: string, body: unknown) =>
  path.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = (body as Readonly<Record<string, unknown>>)[name];
    return typeof value === 'string' ? encodeURIComponent(value) : whole;
  });
