import { randomUUID } from 'node:crypto';
import http from 'node:http';
import pg from 'pg';

/*
 * The least that cancels a payment durably: the bar for `npm run bench`, not an example. No credentials, no reading of bad input,
 * no second chance. A new cancellation is two statements, the intent before the issuer is asked and the outcome with its answer after;
 * a replay is one indexed read, because `seen` says which of the two to try first. It is only a hint: the rows decide.
 */
const [databaseUrl, issuerUrl] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
const agent = new http.Agent({ keepAlive: true });
const issuerHeaders = { accept: 'application/json', 'content-type': 'application/json', authorization: 'Bearer bench' };

const claim = `with payment as (select payment_id, reference from payments where payment_id = $1), intent as (
    insert into cancellations (payment_id, request_id) select payment_id, $2 from payment on conflict do nothing returning 1)
  select reference from payment where exists (select 1 from intent)`;
const record = 'update cancellations set answer = $3, answered_at = now() where payment_id = $1 and request_id = $2';
const find = 'select answer from cancellations where payment_id = $1 and request_id = $2';
const run = async (name, text, values) => (await pool.query({ name, text, values })).rows[0];
const seen = new Set();

const server = http.createServer(async (request, response) => {
  const { paymentId, requestId } = JSON.parse(await textOf(request));
  const answer = (!seen.has(requestId) && (await cancel(paymentId, requestId))) || (await known(paymentId, requestId));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) });
  response.end(answer);
});

const known = async (paymentId, requestId) => (await run('find', find, [paymentId, requestId])).answer;

async function cancel(paymentId, requestId) {
  const claimed = await run('claim', claim, [paymentId, requestId]);
  if (!claimed) return null;
  const { Status } = JSON.parse(await askIssuer(claimed.reference));
  const cancellationId = Status === true ? randomUUID().replaceAll('-', '').toUpperCase() : null;
  const message = 'Successfully cancelled';
  const answer = JSON.stringify({ paymentId, cancellationId, code: null, message, requestId });
  await run('record', record, [paymentId, requestId, answer]);
  seen.add(requestId);
  return answer;
}

function askIssuer({ adminNumber, cardSequenceNumber, externalIp }) {
  const call = { Source: 'WEB', ExternalIP: externalIp, APIVersion: '2.0', CardSequenceNumber: cardSequenceNumber };
  const body = JSON.stringify({ ...call, AdminNumber: Number(adminNumber) });
  const headers = { ...issuerHeaders, 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const outgoing = http.request(issuerUrl, { method: 'POST', agent, headers }, (answer) => resolve(textOf(answer)));
    outgoing.on('error', reject).end(body);
  });
}

function textOf(stream) {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk) => (text += chunk));
  return new Promise((resolve, reject) => stream.on('end', () => resolve(text)).on('error', reject));
}

server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit());
