import type { FastifyRequest } from 'fastify';
import { isTextKey, type Say } from '../../texts/say.js';

/** What `?done=` says was just done, in words; null where it names nothing. */
export function doneIn({ query }: Pick<FastifyRequest, 'query'>, say: Say): string | null {
  const { done } = query as { readonly done?: unknown };
  const key = `done.${typeof done === 'string' ? done : ''}`;
  return isTextKey(key) ? say(key) : null;
}

/** The path that a changed page leads to: a GET, which says once what was done. */
export const doneAt = (path: string, done: string): string =>
  `${path}${path.includes('?') ? '&' : '?'}done=${encodeURIComponent(done)}`;
