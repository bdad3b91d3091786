import { deviations } from './deviations.js';
import { openApiDocument } from './document.js';

/** What stands in the repository of the document, so that a change of it is seen in its history: by file, the content. */
export const committedFiles = (version: string): Readonly<Record<string, string>> => ({
  'docs/openapi.json': `${JSON.stringify(openApiDocument(version), null, 2)}\n`,
  'docs/openapi.md': about(),
});

const about = () => `# The API

A running service shows its whole API at \`/docs\`, and as OpenAPI 3.1 at \`/openapi.json\`: VTEX's calls, \`/internal\`, the issuers' callbacks, health and metrics, with examples. [openapi.json](openapi.json) is a copy.

Every answer that the tests get from a running service is held against the schemas of that document, and every example too. This page and the copy are written by \`npm run openapi\`; a test fails where they are stale.

## Where we differ from VTEX's OpenAPI

Of the Payment Provider Protocol, version of 2026-08-07. VTEX's documents contradict each other in places, and leave something open in others.
${Object.values(deviations)
  .map(({ call, theirs, ours, why }) => `\n- **${call}.** VTEX's: ${theirs} Here: ${ours} Why: ${why}\n`)
  .join('')}`;
