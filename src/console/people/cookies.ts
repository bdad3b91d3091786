import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../../config.js';

type CookieName = 'session' | 'visit';

/** The two cookies of the console: the session's, and that of a visit before there is one. Scripts see neither. */
export class Cookies {
  readonly #isSecure: boolean;

  constructor({ publicUrl }: Pick<Config, 'publicUrl'>) {
    this.#isSecure = publicUrl.startsWith('https:');
  }

  /** Null where it did not come. */
  read({ headers }: FastifyRequest, name: CookieName): string | null {
    const wanted = `${this.#nameOf(name)}=`;
    const found = (headers.cookie ?? '').split(/;\s*/).find((cookie) => cookie.startsWith(wanted));
    return found === undefined ? null : found.slice(wanted.length);
  }

  /** Until the browser is closed, or the session ends by itself. */
  set(reply: FastifyReply, name: CookieName, value: string): void {
    this.#send(reply, `${this.#nameOf(name)}=${value}`);
  }

  clear(reply: FastifyReply, name: CookieName): void {
    this.#send(reply, `${this.#nameOf(name)}=; Max-Age=0`);
  }

  /** Browsers take the prefix only from https and with `Secure`, so nobody without TLS can plant one. */
  #nameOf(name: CookieName): string {
    return `${this.#isSecure ? '__Secure-' : ''}console-${name}`;
  }

  #send(reply: FastifyReply, pair: string): void {
    // Fastify sends several of these side by side.
    void reply.header(
      'set-cookie',
      `${pair}; Path=/console; HttpOnly; SameSite=Lax${this.#isSecure ? '; Secure' : ''}`,
    );
  }
}
