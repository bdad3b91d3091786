import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedPostgres } from '../../dist/development/embedded-postgres.js';
import { linkBare, linkOurs, run } from './payments.mjs';

/*
 * Everything that a run needs: one Postgres with a database for each service, the issuer, the load, and the two services, each in a
 * process of its own. What was started is ended by its process id, whatever happens.
 */

const projectFolder = join(import.meta.dirname, '..', '..');
const CREDENTIALS = { appKey: 'bench', appToken: 'bench-app-token-of-24-char' };
const READY_MS = 60_000;

export class Stage {
  #folder = mkdtempSync(join(tmpdir(), 'vtex-card-connector-bench-'));
  #children = [];
  #starting = null;
  #ending = null;
  postgres;
  issuer;
  load;
  ours;
  bare;

  /** @param profileFolder where both services leave a CPU profile when they end; null for none */
  async start({ paymentCount, profileFolder }) {
    chmodSync(this.#folder, 0o711); // As root, Postgres runs as a user who must be able to enter it.
    const dataFolder = join(this.#folder, 'postgres');
    this.#starting = startEmbeddedPostgres({ projectFolder, dataFolder });
    this.postgres = await this.#starting;
    await run(this.postgres.url, ['create database ours', 'create database bare']);
    this.issuer = await this.#startOwn('issuer.mjs');
    this.load = await this.#startOwn('load.mjs');
    const nodeOptions = profileFolder ? ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`] : [];
    this.ours = await this.#startOurs(paymentCount, nodeOptions);
    this.bare = await this.#startBare(paymentCount, nodeOptions);
  }

  databaseUrl = (service) => this.postgres.url.replace(/\/postgres$/, `/${service}`);

  get isEnding() {
    return this.#ending !== null;
  }

  /** Ends all processes, the services first and Postgres last, and removes the folder. */
  end() {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end() {
    await Promise.all(this.#children.map(endChild));
    const postgres = await this.#starting?.catch(() => null);
    await postgres?.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Our complete service, as in production. */
  async #startOurs(paymentCount, nodeOptions) {
    const databaseUrl = this.databaseUrl('ours');
    const migration = this.#spawn(['bundle/migrate.js', 'run'], { DATABASE_URL: databaseUrl });
    const [code] = await once(migration, 'exit');
    if (code !== 0) throw new Error('The migration failed.');
    await linkOurs(databaseUrl, paymentCount);
    const port = await freePort();
    // A profile tells our files and packages apart, which a bundle has put into one.
    const program = nodeOptions.length > 0 ? 'dist/main.js' : 'bundle/main.js';
    const child = this.#spawn([...nodeOptions, program], {
      NODE_ENV: 'production',
      LOG_LEVEL: 'warn',
      HOST: '127.0.0.1',
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      VTEX_APP_KEY: CREDENTIALS.appKey,
      VTEX_APP_TOKEN: CREDENTIALS.appToken,
      ADMIN_API_TOKEN: 'bench-admin-token-of-24-chars',
      CORECARD_BASE_URL: `http://127.0.0.1:${this.issuer.port}`,
      CORECARD_ACCESS_TOKEN: 'bench-access-token',
    });
    await untilReady(child, `http://127.0.0.1:${port}/health/ready`);
    return { child, pid: child.pid, port };
  }

  async #startBare(paymentCount, nodeOptions) {
    await linkBare(this.databaseUrl('bare'), paymentCount);
    const issuerUrl = `http://127.0.0.1:${this.issuer.port}/api/CoreCredit/CardManagement/CancelPhysicalCardOrder`;
    return this.#startOwn('bare.mjs', [this.databaseUrl('bare'), issuerUrl], nodeOptions);
  }

  /** In a process group of its own (`detached`): Ctrl+C reaches the run alone, which then ends each child in its turn. */
  #keep(start) {
    if (this.isEnding) throw new Error('The run is ending.');
    const child = start();
    this.#children.push(child);
    return child;
  }

  #spawn(args, env) {
    const stdio = ['ignore', 'ignore', 'inherit'];
    return this.#keep(() => spawn(process.execPath, args, { cwd: projectFolder, env, stdio, detached: true }));
  }

  /** One of this folder's own processes; its first message says that it is ready, and where. */
  async #startOwn(file, args = [], nodeOptions = []) {
    const path = join(import.meta.dirname, file);
    const env = { NODE_ENV: 'production' };
    const child = this.#keep(() => fork(path, args, { env, execArgv: nodeOptions, detached: true }));
    const { port } = await nextMessage(child);
    return { child, pid: child.pid, port };
  }
}

/** Sends a message and waits for the answer to it. */
export function ask({ child }, message) {
  const answer = nextMessage(child);
  child.send(message);
  return answer;
}

/** The headers that the load sends; the bare handler does not look at the credentials. */
export const headers = {
  'content-type': 'application/json',
  accept: 'application/json',
  'x-vtex-api-appkey': CREDENTIALS.appKey,
  'x-vtex-api-apptoken': CREDENTIALS.appToken,
};

async function nextMessage(child) {
  const ended = new AbortController();
  const exit = once(child, 'exit', ended).then(([code, signal]) => {
    throw new Error(`${child.spawnargs.slice(1).join(' ')} ended (${code ?? signal}).`);
  });
  exit.catch(() => undefined);
  try {
    const [message] = await Promise.race([once(child, 'message', ended), exit]);
    return message;
  } finally {
    ended.abort();
  }
}

async function untilReady(child, url) {
  const giveUpAt = performance.now() + READY_MS;
  while (child.exitCode === null && performance.now() < giveUpAt) {
    const isReady = await fetch(url).then(
      ({ status }) => status === 200,
      () => false,
    );
    if (isReady) return;
    await sleep(100);
  }
  throw new Error('The service did not become ready.');
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Children with a channel end when it closes (and then leave their profile), ours by the signal of an orderly stop. */
async function endChild(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  if (child.connected) child.disconnect();
  else child.kill('SIGTERM');
  const isOver = await Promise.race([exit.then(() => true), sleep(20_000, false, { ref: false })]);
  if (isOver) return;
  child.kill('SIGKILL');
  await exit;
}
