import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Stands between the issuers' callbacks and whichever process lives. */
export interface CallbackRelay {
  readonly url: string;
  /** Where callbacks go to from now on; while it is null they wait, as long as an issuer waits. */
  target: string | null;
  stop(): Promise<void>;
}

/** Issuers wait about 5 s for an answer. */
const MOST_WAIT_MS = 4_500;

const OF_THE_CONNECTION = ['host', 'connection', 'content-length', 'transfer-encoding'];

/** @param isLost by how many came before it: acknowledged, and never delivered */
export async function startCallbackRelay(isLost: (count: number) => boolean): Promise<CallbackRelay> {
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const path = request.url?.split('?')[0] ?? '';
      const count = counts.get(path) ?? 0;
      counts.set(path, count + 1);
      if (isLost(count)) return void response.writeHead(200).end('{}');
      const giveUpAt = performance.now() + MOST_WAIT_MS;
      while (relay.target === null && performance.now() < giveUpAt) await sleep(20);
      if (relay.target === null) return void response.writeHead(503).end();
      const headers = Object.entries(request.headers).filter(([name]) => !OF_THE_CONNECTION.includes(name));
      const answer = await fetch(`${relay.target}${request.url}`, {
        method: 'POST',
        headers: Object.fromEntries(headers) as Record<string, string>,
        body: Buffer.concat(chunks),
      });
      response.writeHead(answer.status).end(await answer.text());
      // The process was killed while it had the callback.
    })().catch(() => void response.writeHead(502).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const relay: CallbackRelay = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target: null,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return relay;
}
