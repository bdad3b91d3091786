import { createRequire } from 'node:module';
import http from 'node:http';
import pg from 'pg';

/*
 * Given to a service with `node --import`, this freezes its work at one boundary: what gets there never goes on, as if the process had
 * been killed at that instant, while everything else does. Killing it then is one crash for each payment that is frozen, so that one
 * start of a process serves many. Each freeze is one line on standard output.
 *
 * CRASH_POINTS is a JSON list of the boundaries; see boundaries.ts. The service itself knows nothing of this.
 */

// As the bundle has it, which is not the ES module.
const axios = createRequire(import.meta.url)('axios');

const points = JSON.parse(process.env.CRASH_POINTS ?? '[]');

const never = () => new Promise(() => undefined);

const freeze = (key) => void process.stdout.write(`\nfrozen at ${key}\n`);

// Statements and commits. A statement is known by its name; a commit by a statement that was run in its transaction.

const transactions = new WeakMap();
const PAYMENT_ID = /^[0-9A-F]{32}$/;
const runQuery = pg.Client.prototype.query;

pg.Client.prototype.query = function query(config, values, callback) {
  const text = typeof config === 'string' ? config : (config?.text ?? '');
  const { name, values: given = [] } = typeof config === 'object' && config !== null ? config : {};
  if (text === 'begin') transactions.set(this, { names: [], paymentId: null });
  const transaction = transactions.get(this) ?? { names: [], paymentId: null };
  transaction.paymentId = given.find((value) => PAYMENT_ID.test(value)) ?? transaction.paymentId;
  if (name) transaction.names.push(name);
  const point = points.find(
    (one) =>
      (one.at === 'statement' && name !== undefined && one.name === name) ||
      (one.at === 'text' && one.text === text) ||
      (one.at === 'commit' && text === 'commit' && transaction.names.includes(one.of)),
  );
  const key = transaction.paymentId ?? given.map(String).join(' ');
  if (text === 'commit' || text === 'rollback') transactions.delete(this);
  if (!point) return runQuery.apply(this, arguments);
  const done = typeof values === 'function' ? values : callback;
  if (point.when === 'before') {
    freeze(key);
    return done ? undefined : never();
  }
  if (!done) return runQuery.apply(this, arguments).then(() => (freeze(key), never()));
  return runQuery.call(this, config, typeof values === 'function' ? undefined : values, (error, result) =>
    error ? done(error, result) : freeze(key),
  );
};

// Exchanges with issuers: only a query is a GET.

// The connectors' HTTP uses axios's default instance, whose methods were bound when it was made.
const runRequest = axios.request;

axios.request = function request(config) {
  const kind = config.method === 'GET' ? 'query' : 'cancel';
  const point = points.find((one) => one.at === 'issuer' && one.kind === kind);
  if (!point) return runRequest(config);
  const key = `${config.method} ${config.url}`;
  if (point.when === 'answer read') return runRequest(config).then(() => (freeze(key), never()));
  // Written: nothing of what comes back is looked at, and no time-out ends it.
  const { signal: _, transport, ...rest } = config;
  const written = {
    request: (options) => transport.request(options, () => undefined).once('finish', () => freeze(key)),
  };
  runRequest({ ...rest, transport: written }).catch(() => undefined);
  return never();
};

// Answers of ours: to VTEX's cancels, and to the issuers' callbacks.

const runEnd = http.ServerResponse.prototype.end;

http.ServerResponse.prototype.end = function end(...given) {
  const { method, url = '' } = this.req;
  const point = points.find((one) => one.at === 'answer' && method === 'POST' && url.includes(one.to));
  if (!point) return runEnd.apply(this, given);
  // Its query may carry a secret.
  const [path] = url.split('?');
  if (point.when === 'before') {
    freeze(path);
    return this;
  }
  this.once('finish', () => freeze(path));
  return runEnd.apply(this, given);
};
