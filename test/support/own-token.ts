import { csrfToken } from '../../src/console/frame/csrf.js';
import { formKeyOf } from '../../src/console/people/sessions.js';
import type { ConsoleClient, Fields, Page } from './console.js';

/**
 * Sends a form that no page of this person has, with the token that such a form would carry: so that what refuses it is not the missing
 * token.
 */
export function postWithOwnToken(client: ConsoleClient, path: string, fields: Fields = {}): Promise<Page> {
  const session = [...client.cookies].find(([name]) => name.endsWith('session'))?.[1];
  if (session === undefined) throw new Error(`Nobody is signed in: ${[...client.cookies.keys()].join()}`);
  return client.post(path, { ...fields, csrf: csrfToken(formKeyOf(session), path) });
}
