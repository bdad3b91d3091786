import { rmSync } from 'node:fs';
import { dirname } from 'node:path';

export default async function globalTeardown() {
  await globalThis.embeddedPostgres?.stop();
  const folder = process.env.TEST_POSTGRES_FOLDER;
  if (folder) rmSync(dirname(folder), { recursive: true, force: true });
}
