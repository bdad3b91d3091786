import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomBytes } from 'node:crypto';
import { CONFIG, type Config } from '../../config.js';
import { languageOf } from '../../texts/language.js';
import { routeOf } from '../../vtex/vtex-http.js';
import { Cookies } from './cookies.js';
import { isCsrfToken } from '../frame/csrf.js';
import { Form } from '../frame/form.js';
import { HOME } from '../frame/own-path.js';
import { formKeyOf, Sessions, type Session, type SessionKey } from './sessions.js';
import { csrfKeyOf, type Visitor } from '../frame/visitor.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the session hook where the browser has a session. */
    sessionKey?: SessionKey;
  }
}

/** The session that the session hook found. */
export function sessionKeyOfRequest(request: FastifyRequest): SessionKey {
  if (request.sessionKey === undefined) throw new Error('Bug: a page of the console was reached without a session');
  return request.sessionKey;
}

/** Files that are the same for everybody. */
const ASSETS = ['/console/style.css', '/console/script.js'];

/** Pages for whoever is not signed in yet. */
const DOORS = ['/console/sign-in', '/console/welcome'];

/** Who gets to see the console, and which forms are its own. For the console's routes only. */
@Injectable()
export class ConsoleAccess {
  readonly #cookies: Cookies;

  constructor(
    private readonly sessions: Sessions,
    @Inject(CONFIG) private readonly config: Pick<Config, 'publicUrl' | 'timeZone'>,
  ) {
    this.#cookies = new Cookies(config);
  }

  /**
   * Sets the visitor and the key of their forms. Without a session only the doors are open, and everything else leads to the sign-in.
   *
   * @returns whether the request goes on; else it is answered
   */
  async letIn(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    const route = routeOf(request);
    if (ASSETS.includes(route)) return true;
    const token = this.#cookies.read(request, 'session');
    const session = token === null ? null : await this.sessions.find(token, isByPerson(request));
    if (session) request.sessionKey = session.key;
    if (DOORS.includes(route)) {
      // Also for somebody who is signed in: the form must be good in whatever state the other windows are.
      request.csrfKey = this.#visitKey(request, reply);
      return true;
    }
    if (token !== null && session) {
      request.visitor = this.#visitorOf(session, request);
      request.csrfKey = formKeyOf(token);
      return true;
    }
    void reply
      .status(303)
      .headers({ 'cache-control': 'no-store', location: `/console/sign-in?to=${encodeURIComponent(wayBack(request))}` })
      .send();
    return false;
  }

  /** Is this a form of ours, sent from a page of ours? Always true for what changes nothing. */
  isOwnForm(request: FastifyRequest): boolean {
    if (['GET', 'HEAD'].includes(request.method)) return true;
    const [path = ''] = request.url.split('?');
    return this.#isFromHere(request) && isCsrfToken(csrfKeyOf(request), path, new Form(request).raw('csrf'));
  }

  #visitorOf(session: Session, { headers }: FastifyRequest): Visitor {
    const { merchantId, merchantName, vtexAccount, personId, name, role, merchantTimeZone } = session;
    const language = session.language ?? session.merchantLanguage ?? languageOf(headers['accept-language']);
    const timeZone = merchantTimeZone ?? this.config.timeZone;
    return { merchantId, merchantName, vtexAccount, personId, name, role, language, timeZone };
  }

  /** What forms are made from before there is a session: a cookie that only this browser has. */
  #visitKey(request: FastifyRequest, reply: FastifyReply): Buffer {
    const known = this.#cookies.read(request, 'visit');
    if (known !== null && /^[0-9a-f]{48}$/.test(known)) return formKeyOf(known);
    const visit = randomBytes(24).toString('hex');
    this.#cookies.set(reply, 'visit', visit);
    return formKeyOf(visit);
  }

  /** Browsers say where a form comes from; what says nothing is no browser of these years. */
  #isFromHere({ headers }: FastifyRequest): boolean {
    const site = headers['sec-fetch-site'];
    if (site !== undefined) return site === 'same-origin';
    const { origin, host } = headers;
    if (origin === undefined || !URL.canParse(origin)) return false;
    return new URL(origin).host === host || origin === new URL(this.config.publicUrl).origin;
  }
}

/** A script that looks for news by itself keeps nobody signed in. */
const isByPerson = ({ method, headers }: FastifyRequest): boolean =>
  method !== 'GET' || headers['sec-fetch-dest'] !== 'empty';

/** Where to go after signing in: this page, or the one whose form was sent. */
function wayBack({ method, url, headers }: FastifyRequest): string {
  if (method === 'GET') return url;
  const { referer, host } = headers;
  if (referer === undefined || !URL.canParse(referer)) return HOME;
  const from = new URL(referer);
  return from.host === host ? from.pathname + from.search : HOME;
}
