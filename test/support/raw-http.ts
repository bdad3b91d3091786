import http from 'node:http';
import { checkAnswer, type CancelAnswer } from './answer-schema.js';

export interface RawRequest {
  readonly method?: string;
  /** The request target exactly as it is sent, where a URL parser would tidy it up. */
  readonly path: string;
  /** Names as they are sent; a list sends the header more than once. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/** Sends bytes that `fetch` would not: odd paths, repeated headers, no content type. */
export async function sendRaw(
  url: string,
  { method = 'POST', path, headers = {}, body }: RawRequest,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  const own = Object.entries({ ...length, ...headers }).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).flatMap((one) => [name, one]),
  );
  return new Promise<RawAnswer>((resolve, reject) => {
    const request = http.request({
      hostname,
      port,
      method,
      path,
      headers: ['Host', `${hostname}:${port}`, ...own],
      agent: false,
    });
    request.on('error', reject).on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    request.end(body);
  });
}

/** The same for a cancel, whose answer must keep the contract's schema. */
export async function sendRawCancel(
  url: string,
  request: RawRequest,
): Promise<RawAnswer & { readonly body: CancelAnswer }> {
  const answer = await sendRaw(url, request);
  return { ...answer, body: checkAnswer(answer.status, answer.text) };
}
