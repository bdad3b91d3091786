import http from 'node:http';
import { paymentIdOf, requestIdOf } from './payments.mjs';

/*
 * The load: so many connections, each sending the next request when it has its answer. Every answer is checked; a replay must bring the
 * bytes of the first answer.
 */
const firstAnswers = new Map();

process.on('message', async ({ service, port, headers, connections, from, count, limitMs, replay }) => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const faults = [];
  const startedAt = performance.now();
  let sent = 0;
  const send = async () => {
    while (sent < count && performance.now() - startedAt < limitMs) {
      const n = from + sent;
      sent += 1;
      const fault = await cancel({ service, port, headers, agent, n, replay });
      if (fault) faults.push(`payment ${n}: ${fault}`);
    }
  };
  await Promise.all(Array.from({ length: connections }, send));
  const elapsedMs = performance.now() - startedAt;
  agent.destroy();
  process.send({ sent, elapsedMs, faultCount: faults.length, faults: faults.slice(0, 5) });
});

/** Sends one cancel; answers what is wrong with its answer, or null. */
async function cancel({ service, port, headers, agent, n, replay }) {
  const paymentId = paymentIdOf(service, n);
  const requestId = requestIdOf(service, n);
  const body = JSON.stringify({ paymentId, requestId, authorizationId: 'AUT-70D2444272' });
  try {
    const { status, text } = await post({
      agent,
      host: '127.0.0.1',
      port,
      path: `/payments/${paymentId}/cancellations`,
      headers: { ...headers, 'content-length': body.length },
      body,
    });
    return faultIn({ status, text, paymentId, requestId, replay });
  } catch (error) {
    return error.message;
  }
}

function faultIn({ status, text, paymentId, requestId, replay }) {
  if (status !== 200) return `status ${status}: ${text}`;
  const answer = JSON.parse(text);
  if (!answer.cancellationId) return `no cancellationId: ${text}`;
  if (answer.paymentId !== paymentId || answer.requestId !== requestId) return `the answer to another request: ${text}`;
  if (replay && firstAnswers.get(requestId) !== text) return `not the bytes of the first answer: ${text}`;
  if (!replay) firstAnswers.set(requestId, text);
  return null;
}

function post({ body, ...options }) {
  return new Promise((resolve, reject) => {
    const request = http.request({ ...options, method: 'POST' }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode, text }));
      response.on('error', reject);
    });
    request.on('error', reject).end(body);
  });
}

process.send({ ready: true });
process.on('disconnect', () => process.exit());
