import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The address that a payment's create request names. */
export interface CallbackAddress {
  readonly paymentId: string;
  /** `callbackUrl`, as it is sent to the provider. */
  readonly url: string;
  /** Its signature, which is a secret. */
  readonly signature: string;
  /** What a call to it asks for: path and query, byte for byte. */
  readonly targets: readonly string[];
}

export interface Callback {
  readonly at: number;
  readonly method: string;
  /** Path and query as they came. */
  readonly target: string;
  /** It was a POST to exactly the address that was given. */
  readonly isExact: boolean;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const MAX_BODY_BYTES = 1_000_000;

/** Takes the calls that a provider makes to `callbackUrl`. */
export class CallbackListener {
  readonly #server: Server;
  readonly #publicUrl: URL;
  readonly #addresses = new Map<string, CallbackAddress>();
  readonly #callbacks: { readonly paymentId: string; readonly callback: Callback }[] = [];
  readonly #waiting = new Set<() => void>();

  private constructor(server: Server, publicUrl: string | null) {
    const { port, address } = server.address() as AddressInfo;
    const host = ['0.0.0.0', '::'].includes(address) ? '127.0.0.1' : address.includes(':') ? `[${address}]` : address;
    this.#server = server;
    this.#publicUrl = new URL(publicUrl ?? `http://${host}:${port}`);
    server.on('request', (request, response) => {
      void this.#take(request).finally(() => response.writeHead(200).end());
    });
  }

  /** @param publicUrl where the provider reaches this port; null: at the port itself */
  static async listen(host: string, port: number, publicUrl: string | null): Promise<CallbackListener> {
    const server = createServer();
    server.listen(port, host);
    await once(server, 'listening');
    return new CallbackListener(server, publicUrl);
  }

  /** The base of every `callbackUrl`. */
  get url(): string {
    return this.#publicUrl.href.replace(/\/$/, '');
  }

  /** A new `callbackUrl`. Its signature has letters in both cases and escapes, so that a provider that rewrites it is found out. */
  addressFor(paymentId: string): CallbackAddress {
    const signature = `${randomBytes(9).toString('base64url')}%2fB%2B~${randomBytes(6).toString('base64url')}`;
    const target = `/notify/${paymentId}/status-changes?an=mystore&X-VTEX-signature=${signature}`;
    const basePath = this.#publicUrl.pathname.replace(/\/$/, '');
    // A proxy in front may have taken the public address's path away.
    const address = { paymentId, url: this.url + target, signature, targets: [target, basePath + target] };
    this.#addresses.set(paymentId, address);
    return address;
  }

  /** Every call about a payment so far, also those to another address than the one given. */
  callbacksOf(paymentId: string): readonly Callback[] {
    return this.#callbacks.filter((one) => one.paymentId === paymentId).map(({ callback }) => callback);
  }

  /** The first call to exactly this address; null where none came in time. */
  async waitFor({ paymentId }: CallbackAddress, limitMs: number): Promise<Callback | null> {
    const find = () => this.callbacksOf(paymentId).find(({ isExact }) => isExact) ?? null;
    const giveUpAt = performance.now() + limitMs;
    for (;;) {
      const found = find();
      const leftMs = giveUpAt - performance.now();
      if (found !== null || leftMs <= 0) return found;
      await this.#nextCall(leftMs);
    }
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #take(request: IncomingMessage): Promise<void> {
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size <= MAX_BODY_BYTES) chunks.push(chunk);
      }
    } catch {
      // Cut off in the middle: it counts with what came.
    }
    const text = Buffer.concat(chunks).toString('utf8');
    const target = request.url ?? '';
    const address = this.#find(target, text);
    if (address === null) return;
    const isExact = request.method === 'POST' && address.targets.includes(target);
    const { method = '', headers } = request;
    this.#callbacks.push({
      paymentId: address.paymentId,
      callback: { at: performance.now(), method, target, isExact, headers, text },
    });
    for (const wake of [...this.#waiting]) wake();
  }

  #find(target: string, text: string): CallbackAddress | null {
    const addresses = [...this.#addresses.values()];
    return (
      addresses.find(({ targets }) => targets.includes(target)) ??
      addresses.find(({ paymentId }) => target.includes(paymentId) || text.includes(paymentId)) ??
      null
    );
  }

  #nextCall(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, limitMs);
      this.#waiting.add(wake);
    });
  }
}
