import { readFileSync } from 'node:fs';
import { z } from 'zod';

/*
 * The kinds of settings there are. Each takes the text of an environment variable and gives the typed value,
 * or a sentence that says what it must be. An empty text counts as not set.
 */

/** Free text. */
export const text = () => z.string();

/** One of a few words. */
export const oneOf = <const T extends readonly [string, ...string[]]>(words: T) =>
  z.enum(words, { error: `must be one of: ${words.join(', ')}` });

/** A whole number within bounds; name the unit in the setting's name. */
export const integer = (bounds: { min: number; max: number }) =>
  number({ ...bounds, message: `must be a whole number from ${bounds.min} to ${bounds.max}`, whole: true });

/** A number that may have decimals, within bounds. */
export const decimal = (bounds: { min: number; max: number }) =>
  number({ ...bounds, message: `must be a number from ${bounds.min} to ${bounds.max}`, whole: false });

function number({ min, max, message, whole }: { min: number; max: number; message: string; whole: boolean }) {
  return z
    .string()
    .regex(whole ? /^\s*-?\d+\s*$/ : /^\s*-?\d+(\.\d+)?\s*$/, { error: message, abort: true })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error: message });
}

/** `on` or `off` (also `1`/`0`, `true`/`false`). */
export const flag = () =>
  z
    .string()
    .transform((value) => value.trim().toLowerCase())
    .pipe(z.enum(['on', 'off', '1', '0', 'true', 'false'], { error: 'must be on or off' }))
    .transform((value) => value === 'on' || value === '1' || value === 'true');

/** An http or https address without credentials, query or fragment; a trailing slash is dropped. */
export const httpUrl = () =>
  z.string().transform((value, context) => {
    const message = 'must be an http or https address such as https://issuer.example/api, without credentials, ? or #';
    const address = value.trim();
    // The URL parser forgives what would end in the middle of a request's address: an empty query, blanks, backslashes, missing slashes.
    const url = /^https?:\/\/[^\s?#\\]+$/i.test(address) && URL.canParse(address) ? new URL(address) : null;
    if (!url || url.username || url.password) {
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    }
    return address.replace(/\/+$/, '');
  });

/** Words separated by commas, blanks around them dropped. */
export const list = () =>
  z.string().transform((value) =>
    value
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  );

export interface MailAddress {
  readonly name: string | null;
  readonly address: string;
}

/** Who sends mails: an e-mail address, alone or after a name as `Name <address>`. */
export const mailAddress = () =>
  z.string().transform((value, context): MailAddress => {
    const [, name = '', address = ''] = /^(?:"?([^<>"\p{Cc}]*?)"?\s*<([^<>]+)>)$/u.exec(value.trim()) ?? [];
    const sender = { name: name === '' ? null : name, address: address === '' ? value.trim() : address };
    if (z.email().safeParse(sender.address).success) return sender;
    context.addIssue({ code: 'custom', message: 'must be an e-mail address, or one after a name: Name <address>' });
    return z.NEVER;
  });

/** A JSON object of text values, such as `{"E1":"already_printed"}`. */
export const textMap = () =>
  z.string().transform((value, context): Readonly<Record<string, string>> => {
    try {
      return z.record(z.string(), z.string()).parse(JSON.parse(value));
    } catch {
      context.addIssue({ code: 'custom', message: 'must be a JSON object with text values, such as {"a":"b"}' });
      return {};
    }
  });

/**
 * A secret: the value itself, or `file:` and a path whose content is read at start and again by `renew()`.
 * It prints and serialises as `[secret]`, so that it cannot reach a log by accident.
 */
export class Secret {
  #value: string;
  readonly #path: string | null;

  constructor(setting: string) {
    this.#path = setting.startsWith('file:') ? setting.slice('file:'.length) : null;
    this.#value = this.#path === null ? setting : readSecretFile(this.#path);
  }

  /** The secret itself; call it only where it is used. */
  reveal(): string {
    return this.#value;
  }

  /** Reads a `file:` secret again, as after a 401; keeps the old value when the file cannot be read or is empty. */
  renew(): void {
    if (this.#path === null) return;
    try {
      this.#value = readSecretFile(this.#path) || this.#value;
    } catch {
      // The old value stays: a file in the middle of being replaced is read again after the next 401.
    }
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }
}

const readSecretFile = (path: string) => readFileSync(path, 'utf8').replace(/\r?\n$/, '');

/** A secret; `check` may look at its text and answer a sentence when it is not usable. */
export const secret = (check: (value: string) => string | null = () => null) =>
  z.string().transform((setting, context) => {
    try {
      const value = new Secret(setting);
      const fault = value.reveal() === '' ? 'must not be empty' : check(value.reveal());
      if (fault === null) return value;
      context.addIssue({ code: 'custom', message: fault });
    } catch {
      context.addIssue({ code: 'custom', message: 'names a file that cannot be read' });
    }
    return z.NEVER;
  });

/** What an issue of zod's says to people. A union's own message says nothing; the sentence of its last member does. */
export function sentenceOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_union') return issue.message;
  const inner = issue.errors.flat();
  return (inner.find(({ code }) => code === 'custom') ?? inner.at(-1))?.message ?? issue.message;
}
