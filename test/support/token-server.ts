import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TokenRequest {
  readonly headers: IncomingMessage['headers'];
  readonly form: URLSearchParams;
}

/** A strict OAuth 2 server: a refresh token is good for one use, and a second use of it ends everything, as a theft would. */
export class TokenServer {
  readonly requests: TokenRequest[] = [];
  /** The access tokens that are good now, the newest last. */
  readonly granted: string[] = [];
  /** Seconds that an access token lives; null: the answer names no life. */
  lifeSeconds: number | null = 3600;
  /** False: answers keep the refresh token as it is. */
  rotates = true;
  /** How long an answer takes. */
  delayMs = 0;
  /** Answers this instead. */
  fault: { readonly status: number; readonly body: string } | null = null;
  /** The refresh token that is good now; null once one was used twice. */
  refreshToken: string | null = 'refresh-token-0';
  readonly #server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        const form = new URLSearchParams(Buffer.concat(pieces).toString('utf8'));
        this.requests.push({ headers: request.headers, form });
        const { status, body } = this.fault ?? this.#answer(form);
        setTimeout(() => response.writeHead(status, { 'content-type': 'application/json' }).end(body), this.delayMs);
      });
    });
  }

  static async start(): Promise<TokenServer> {
    const server = new TokenServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/oauth/token`;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #answer(form: URLSearchParams): { status: number; body: string } {
    const isGood = form.get('grant_type') === 'refresh_token' && form.get('refresh_token') === this.refreshToken;
    if (!isGood) {
      this.refreshToken = null;
      return { status: 400, body: JSON.stringify({ error: 'invalid_grant' }) };
    }
    const token = `access-token-${randomUUID()}`;
    this.granted.push(token);
    if (this.rotates) this.refreshToken = `refresh-token-${randomUUID()}`;
    const life = this.lifeSeconds === null ? {} : { expires_in: this.lifeSeconds };
    const next = this.rotates ? { refresh_token: this.refreshToken } : {};
    return { status: 200, body: JSON.stringify({ access_token: token, token_type: 'bearer', ...life, ...next }) };
  }
}
