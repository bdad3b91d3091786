import type { FastifyRequest } from 'fastify';
import { routeOf } from '../../vtex/vtex-http.js';

/** Where people begin. */
export const HOME = '/console';

/** Everything under it is for people: pages, also where there is nothing. */
export const isConsoleRoute = (request: FastifyRequest): boolean => /^\/console(?:[/?]|$)/.test(routeOf(request));

const OWN = 'http://own.invalid';

/** A path of the console's own to go to after signing in; the beginning for anything else, such as another host. */
export function ownPath(text: string | undefined): string {
  if (text === undefined || !URL.canParse(text, OWN)) return HOME;
  const { origin, pathname, search } = new URL(text, OWN);
  const isOwn = origin === OWN && /^\/console(\/|$)/.test(pathname);
  return isOwn && !/^\/console\/(sign-in|sign-out|welcome)(\/|$)/.test(pathname) ? pathname + search : HOME;
}
