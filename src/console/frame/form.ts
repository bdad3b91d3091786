import type { FastifyRequest } from 'fastify';

/** A form that was sent, without trust in any of it. */
export class Form {
  readonly #fields: URLSearchParams;

  constructor({ body }: Pick<FastifyRequest, 'body'>) {
    this.#fields = new URLSearchParams(Buffer.isBuffer(body) ? body.toString('utf8') : '');
  }

  /** A field without blanks around it and without control characters but line breaks; empty where it is missing. */
  text(name: string, most = 2_000): string {
    return clean(this.#fields.get(name) ?? '').slice(0, most);
  }

  /** A field exactly as it came, as of a password. */
  raw(name: string): string {
    return this.#fields.get(name) ?? '';
  }

  /** Every value of a field that may come several times. */
  all(name: string): string[] {
    return this.#fields.getAll(name).map(clean);
  }

  /** A whole number; null where it is none. */
  integer(name: string): number | null {
    const text = this.text(name);
    return /^\d{1,9}$/.test(text) ? Number(text) : null;
  }
}

const clean = (text: string) =>
  text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n]+/gu, ' ')
    .trim();
