import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * The token that a form to this address carries. It is made from what only the person's cookie holds, so another site cannot know it, and
 * one form's is of no use to another one.
 *
 * @param key of the session, or of the visit of somebody who is not signed in yet
 * @param action the path of the form's address, without a query
 */
export const csrfToken = (key: Buffer, action: string): string =>
  createHmac('sha256', key).update(`form ${action}`, 'utf8').digest('hex');

export function isCsrfToken(key: Buffer, action: string, given: string): boolean {
  const [expected, got] = [Buffer.from(csrfToken(key, action)), Buffer.from(given)];
  return expected.length === got.length && timingSafeEqual(expected, got);
}
