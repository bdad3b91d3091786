import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedPostgres } from '../../dist/development/embedded-postgres.js';
import { run } from './payments.mjs';

/*
 * `npm run bench:import -- [lines]`: links so many payments (1,000,000 by default) from a CSV file through the built service, is stopped
 * in the middle and goes on, and then imports the same file again. Prints seconds, lines a second, and the most memory of each process.
 */

const lines = Number(process.argv[2] ?? 1_000_000);
const projectFolder = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'vtex-card-connector-import-'));
chmodSync(folder, 0o711); // As root, Postgres runs as a user who must be able to enter it.
const TOKEN = 'bench-admin-token-of-24-chars';
const children = [];
let postgres;

try {
  postgres = await startEmbeddedPostgres({ projectFolder, dataFolder: join(folder, 'postgres') });
  const file = join(folder, 'links.csv');
  await writeLinks(file);
  await run(postgres.url, ['create database service']);
  const databaseUrl = postgres.url.replace(/\/postgres$/, '/service');
  await end(start(['bundle/migrate.js', 'run'], { DATABASE_URL: databaseUrl }));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const service = start(['bundle/main.js'], {
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    HOST: '127.0.0.1',
    PORT: String(port),
    DATABASE_URL: databaseUrl,
    VTEX_APP_KEY: 'bench',
    VTEX_APP_TOKEN: 'bench-app-token-of-24-char',
    ADMIN_API_TOKEN: TOKEN,
    VAULT_BASE_URL: 'http://127.0.0.1:9',
    VAULT_ACCESS_TOKEN: 'bench-access-token',
  });
  await untilReady(url);

  console.log(
    `${lines.toLocaleString('en')} links, ${cpus().length} cores (${cpus()[0]?.model}), Node ${process.version}`,
  );
  const first = await runImport(url, file, { stopWhen: async () => (await countLinked(databaseUrl)) >= lines / 2 });
  console.log(`stopped with Ctrl+C: ${wordsOf(first)}; everything before line ${first.summary.stoppedAtLine} is done`);
  const rest = await runImport(url, file, { fromLine: first.summary.stoppedAtLine });
  console.log(`the rest: ${wordsOf(rest)}`);
  const done = [first, rest].reduce((sum, { summary }) => sum + summary.linked + summary.same, 0);
  const seconds = first.seconds + rest.seconds;
  console.log(
    `both: ${done.toLocaleString('en')} lines in ${seconds.toFixed(1)} s, ${Math.round(done / seconds).toLocaleString('en')} a second`,
  );
  const again = await runImport(url, file, {});
  console.log(`the same file again: ${wordsOf(again)}`);
  console.log(`most memory of the service: ${peakMb(service.pid)} MB`);
  const count = await countLinked(databaseUrl);
  console.log(`references in the database: ${count.toLocaleString('en')}`);
  if (count !== lines || again.summary.same !== lines) throw new Error('Not every line was linked.');
} finally {
  for (const child of children) child.kill('SIGKILL');
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit();

async function writeLinks(path) {
  const file = createWriteStream(path);
  file.write('paymentId,issuer,value,orderId,reference.cardRequestId\n');
  for (let line = 1; line <= lines; line += 1) {
    const id = (line * 2_654_435_761).toString(16).toUpperCase().padStart(32, 'A');
    if (!file.write(`${id},vault,${100 + (line % 90_000)},v${line}str-01,${1_000_000 + line}\n`))
      await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
}

async function runImport(url, file, { fromLine, stopWhen }) {
  const startedAt = performance.now();
  const args = [
    'bundle/cli-command.js',
    'payments',
    'import',
    file,
    '--json',
    ...(fromLine ? ['--from-line', String(fromLine)] : []),
  ];
  const child = start(args, { PUBLIC_URL: url, ADMIN_API_TOKEN: TOKEN }, 'pipe');
  const chunks = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  let peak = 0;
  const watch = setInterval(() => (peak = Math.max(peak, peakMb(child.pid))), 200);
  const closed = once(child, 'close');
  while (stopWhen && child.exitCode === null) {
    await sleep(200);
    if (await stopWhen()) {
      child.kill('SIGINT');
      break;
    }
  }
  await closed;
  clearInterval(watch);
  return { summary: JSON.parse(Buffer.concat(chunks)), seconds: (performance.now() - startedAt) / 1_000, peak };
}

async function countLinked(databaseUrl) {
  const [{ rows }] = await run(databaseUrl, ['select count(*)::int as count from issuer_references']);
  return rows[0].count;
}

function wordsOf({ summary, seconds, peak }) {
  const count = (name) => summary[name].toLocaleString('en');
  return `${count('linked')} linked, ${count('same')} the same in ${seconds.toFixed(1)} s, most memory of the command ${peak} MB`;
}

function start(args, env, stdout = 'ignore') {
  const child = spawn(process.execPath, args, {
    cwd: projectFolder,
    env,
    stdio: ['ignore', stdout, 'inherit'],
    detached: true,
  });
  children.push(child);
  return child;
}

async function end(child) {
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${child.spawnargs.slice(1).join(' ')} ended (${code}).`);
}

/** The most resident memory that a process ever had, as Linux counts it; 0 elsewhere. */
function peakMb(pid) {
  try {
    return Math.round(Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024);
  } catch {
    return 0;
  }
}

async function untilReady(url) {
  for (let tries = 0; tries < 300; tries += 1) {
    const isReady = await fetch(`${url}/health/ready`).then(
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
