import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { committedFiles } from './openapi/committed-files.js';
import { readVersion } from './version.js';

/** `npm run openapi`: writes the copies under `docs/` anew. */
const projectFolder = join(import.meta.dirname, '..');
for (const [file, content] of Object.entries(committedFiles(readVersion(projectFolder)))) {
  writeFileSync(join(projectFolder, file), content);
}
