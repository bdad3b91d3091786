import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDevelopmentCredentials } from '../config.js';

const fileIn = (dataFolder: string) => join(dataFolder, 'credentials.json');

/** The credentials of a development start; null where there was none here, or they cannot be read. */
export function readDevelopmentCredentials(dataFolder: string): Record<string, string> | null {
  try {
    return JSON.parse(readFileSync(fileIn(dataFolder), 'utf8')) as Record<string, string>;
  } catch {
    return null;
  }
}

/**
 * Made once, so that a curl from the history works tomorrow too.
 * @throws an error that says what to do, when they can neither be read nor written
 */
export function keepDevelopmentCredentials(dataFolder: string): Record<string, string> {
  const file = fileIn(dataFolder);
  try {
    const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};
    const made = makeDevelopmentCredentials();
    if (Object.keys(made).every((name) => name in kept)) return kept;
    // What an older version made stays; what it did not know is added.
    const credentials = { ...made, ...kept };
    mkdirSync(dataFolder, { recursive: true });
    writeFileSync(file, JSON.stringify(credentials, null, 2), { mode: 0o600 });
    return credentials;
  } catch (error) {
    throw new Error(
      `The credentials in ${file} cannot be read or written. Remove the file, or make its folder writable.`,
      { cause: error },
    );
  }
}
