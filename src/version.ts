import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version of the package. */
export function readVersion(projectFolder: string): string {
  const { version } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')) as { version: string };
  return version;
}
