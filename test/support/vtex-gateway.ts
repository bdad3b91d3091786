import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { breakOff } from '../../src/issuers/simulator-server.js';

/** How VTEX's side treats the next calls. */
export type Manners = 'takes' | 'fails' | 'hangs' | 'resets' | 'redirects' | 'floods' | 'forbids' | 'upgrades';

export interface GatewayCall {
  readonly method: string;
  /** The request target, byte for byte, as latin1 text. */
  readonly target: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** VTEX's side of a `callbackUrl`: a real HTTP server that can be rude. */
export class VtexGateway {
  readonly calls: GatewayCall[] = [];
  manners: Manners = 'takes';
  readonly #server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      this.calls.push({
        method: request.method ?? '',
        target: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      });
      this.#answer(response);
    });
  });

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** An address of it, with a signature as VTEX's have one. */
  url(path = '/api/pvt/callback?an=mystore&X-VTEX-signature=s3cr3t-signature'): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** The calls about a payment. */
  about(paymentId: string): readonly GatewayCall[] {
    return this.calls.filter(({ body }) => body.includes(paymentId));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(response: http.ServerResponse): void {
    const { manners } = this;
    if (manners === 'hangs') return;
    if (manners === 'upgrades') {
      return void response.socket?.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
      );
    }
    if (manners === 'resets') return breakOff(response.socket);
    if (manners === 'redirects') return void response.writeHead(307, { location: this.url('/elsewhere') }).end();
    if (manners === 'floods') {
      response.writeHead(200);
      const flood = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', flood);
      return flood();
    }
    response.writeHead(manners === 'fails' ? 500 : manners === 'forbids' ? 403 : 200).end('{}');
  }
}
