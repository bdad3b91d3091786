import http from 'node:http';
import https from 'node:https';

/** A request exactly as it is sent: names of headers in their letters, the path unparsed. */
export interface RawRequest {
  readonly method: string;
  /** From the provider's base address on. */
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | Buffer | null;
}

export interface RawAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
  readonly ms: number;
}

/** No whole HTTP answer came. */
export class NoAnswer extends Error {
  constructor(
    readonly why: string,
    /** Ended by our own limit. */
    readonly isTimeout: boolean,
    readonly ms: number,
    /** What was asked for. */
    readonly about: string,
  ) {
    super(`${about}: ${why}`);
  }
}

/** Answers of the protocol are some hundred bytes long. */
const MAX_ANSWER_BYTES = 1_000_000;

/**
 * Sends one request over a connection of its own, and follows no redirect.
 *
 * @throws {NoAnswer} also for an answer that is cut off, or larger than 1 MB
 */
export async function sendRequest(base: URL, request: RawRequest, limitMs: number): Promise<RawAnswer> {
  const startedAt = performance.now();
  const elapsed = () => performance.now() - startedAt;
  const { method, path, headers, body } = request;
  const length: [string, string][] = body === null ? [] : [['Content-Length', String(Buffer.byteLength(body))]];
  const module = base.protocol === 'https:' ? https : http;

  return new Promise<RawAnswer>((resolve, reject) => {
    const outgoing = module.request({
      protocol: base.protocol,
      // A URL writes IPv6 addresses in brackets, a socket does not.
      hostname: base.hostname.replace(/^\[|\]$/g, ''),
      port: base.port,
      method,
      path: base.pathname.replace(/\/$/, '') + path,
      headers: [['Host', base.host], ...length, ...headers].flat(),
      agent: false,
    });
    const end = (why: string, isTimeout = false) => {
      clearTimeout(timer);
      outgoing.destroy();
      reject(new NoAnswer(why, isTimeout, elapsed(), `${method} ${path}`));
    };
    const timer = setTimeout(() => end(`no answer within ${limitMs / 1_000} s`, true), limitMs);

    outgoing.on('error', (error: NodeJS.ErrnoException) => end(wordsOf(error)));
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      let size = 0;
      incoming.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_ANSWER_BYTES) return end('an answer of more than 1 MB');
        chunks.push(chunk);
      });
      incoming.on('error', () => end('the connection was closed in the middle of the answer'));
      incoming.on('end', () => {
        clearTimeout(timer);
        resolve({
          status: incoming.statusCode ?? 0,
          contentType: incoming.headers['content-type'] ?? '',
          text: Buffer.concat(chunks).toString('utf8'),
          ms: elapsed(),
        });
      });
    });
    outgoing.end(body ?? undefined);
  });
}

function wordsOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'the connection was closed without an answer';
  return code === undefined ? message : `${code}: ${message}`;
}
