import { createServer } from 'node:http';

/*
 * Stands for CoreCard: answers its documented success at once and counts what it cancelled. The simulator of development checks every
 * field and remembers every request, which would be measured too.
 */
const SUCCESS = JSON.stringify({
  Message: 'Order Canceled Successfully',
  Status: true,
  ErrorCode: 'ERR01160',
  ResponseData: null,
});
const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(SUCCESS) };

/** The ledger: what was cancelled since it was last read, each with how often. */
let cancelled = new Map();

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    const card = /"AdminNumber":(\d+)/.exec(body)?.[1];
    if (request.method !== 'POST' || card === undefined) return response.writeHead(400).end();
    cancelled.set(card, (cancelled.get(card) ?? 0) + 1);
    response.writeHead(200, headers).end(SUCCESS);
  });
});
server.keepAliveTimeout = 60_000;

process.on('message', () => {
  const calls = [...cancelled.values()].reduce((sum, times) => sum + times, 0);
  process.send({ cards: cancelled.size, calls });
  cancelled = new Map();
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit());
