import type { LoggerService } from '@nestjs/common';
import { isNativeError } from 'node:util/types';
import { pino, type Logger } from 'pino';
import { scrub } from '../issuers/issuer-http.js';

/** What a log line may carry besides its sentence. Anything else is not written. */
export interface LogFields {
  readonly merchantId?: string;
  readonly paymentId?: string;
  readonly requestId?: string;
  readonly issuer?: string;
  readonly outcome?: string;
  readonly errorId?: string;
  readonly noticeId?: string;
  readonly messageId?: string;
  readonly data?: Readonly<Record<string, string>>;
  /** Written as its name, message and stack; for database errors without the values they name. */
  readonly error?: unknown;
}

/**
 * The log: one JSON line per event on standard output, through one function that lets only named fields pass.
 * Serves as Nest's logger too.
 */
export class Log implements LoggerService {
  readonly #pino: Logger;

  constructor(level: string, destination?: { write(line: string): void }) {
    this.#pino = destination ? pino({ level, base: null }, destination) : pino({ level, base: null });
  }

  info(words: string, fields: LogFields = {}): void {
    this.#pino.info(pass(fields), words);
  }

  warn(words: string, fields?: unknown): void {
    this.#pino.warn(passAny(fields), words);
  }

  error(words: string, fields?: unknown): void {
    this.#pino.error(passAny(fields), words);
  }

  /** Nest's own chatter at start. */
  log(words: string): void {
    this.#pino.debug(words);
  }

  debug(words: string): void {
    this.#pino.debug(words);
  }
}

/** Nest calls with a context or a stack as text; our own code with fields. */
function passAny(fields: unknown): object {
  return typeof fields === 'object' && fields !== null ? pass(fields) : {};
}

function pass(fields: LogFields): object {
  const { merchantId, paymentId, requestId, issuer, outcome, errorId, noticeId, messageId, data, error } = fields;
  return {
    merchantId,
    paymentId,
    requestId,
    issuer,
    outcome,
    errorId,
    noticeId,
    messageId,
    data,
    ...(error === undefined ? {} : errorFields(error)),
  };
}

/** `detail` of a database error repeats column values, so only its code and constraint are kept. */
function errorFields(error: unknown): object {
  // Not `instanceof`: an error that Node itself made may come from another realm.
  if (!isNativeError(error)) return { error: typeof error };
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  return { error: error.name, errorMessage: scrub(error.message), code, constraint, stack: scrub(error.stack ?? '') };
}
