import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { NOT_PUBLIC, type OutgoingTarget } from './public-https.js';

export interface OutgoingRequest {
  readonly target: OutgoingTarget;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Over all: from the name's look-up to the end of the answer. */
  readonly timeoutMs: number;
  /** Null: the system's own. */
  readonly lookup: LookupFunction | null;
}

/** What came of a call. A fault's words hold nothing of the address. */
export type OutgoingAnswer =
  { readonly kind: 'answer'; readonly status: number } | { readonly kind: 'fault'; readonly words: string };

/** Nobody reads the answer's body; one that does not end is cut off. */
const MOST_ANSWER_BYTES = 64 * 1024;

/**
 * Posts to exactly this path: Node's own request sends it as it is, where a URL parser would tidy it up. Redirects are not followed, no
 * connection is kept. Never throws.
 */
export async function postOnce({ target, headers, body, timeoutMs, lookup }: OutgoingRequest): Promise<OutgoingAnswer> {
  const { protocol, hostname, port, host, path } = target;
  const { request } = protocol === 'https:' ? https : http;
  return new Promise<OutgoingAnswer>((resolve) => {
    const fail = (error: unknown) => resolve({ kind: 'fault', words: faultWords(error, timeoutMs) });
    try {
      const outgoing = request({
        method: 'POST',
        protocol,
        hostname,
        port,
        path,
        headers: { ...headers, Host: host, 'Content-Length': Buffer.byteLength(body) },
        agent: false,
        signal: AbortSignal.timeout(timeoutMs),
        ...(lookup ? { lookup } : {}),
        ...(protocol === 'https:' ? { minVersion: 'TLSv1.2' as const } : {}),
      });
      outgoing.on('error', fail);
      // After an upgrade or a connection that is gone there is neither an answer nor an error.
      outgoing.on('upgrade', (_response, socket) => socket.destroy());
      outgoing.on('close', () => fail(new Error('closed')));
      outgoing.on('response', (response) => {
        // The status alone says what we want to know, whatever becomes of the rest.
        const done = () => resolve({ kind: 'answer', status: response.statusCode ?? 0 });
        let length = 0;
        response.on('data', (chunk: Buffer) => {
          length += chunk.length;
          if (length > MOST_ANSWER_BYTES) response.destroy();
        });
        response.on('error', done).on('close', done);
      });
      outgoing.end(body);
    } catch (error) {
      fail(error);
    }
  });
}

/** By its code alone: messages of Node's name hosts and paths. */
function faultWords(error: unknown, timeoutMs: number): string {
  const { name, code } = error as { name?: unknown; code?: unknown };
  if (name === 'AbortError' || name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  const words: Record<string, string> = {
    [NOT_PUBLIC]: 'its name does not lead to a public address',
    ENOTFOUND: 'its name is not found',
    EAI_AGAIN: 'its name is not found',
    ECONNREFUSED: 'the connection was refused',
    ECONNRESET: 'the connection was reset',
    EPIPE: 'the connection was reset',
  };
  return typeof code === 'string' ? (words[code] ?? `a fault of the network (${code})`) : 'a fault of the network';
}
