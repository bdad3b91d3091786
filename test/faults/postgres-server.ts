import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { makeDataSource } from '../../src/data-source.js';
import { startEmbeddedPostgres } from '../../src/development/embedded-postgres.js';
import { prepareQueue } from '../../src/jobs/queue-schema.js';
import { freePort } from '../support/free-port.js';
import { until } from '../support/until.js';

/** A Postgres of a test's own, which can crash and come back with the same address and data. */
export interface PostgresServer {
  readonly url: string;
  readonly port: number;
  /** Spans of `Date.now()` in which it was away; the last one may still go on. */
  readonly downtimes: readonly Downtime[];
  /** Straight to it, past any proxy. */
  query<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Stops as `pg_ctl stop -m immediate` does, without a checkpoint, and starts again, which recovers from the log. */
  crashAndRestart(awayMs: number): Promise<void>;
  stop(): Promise<void>;
}

export interface Downtime {
  readonly from: number;
  to: number;
}

/** Started, and migrated as for production. */
export async function startPostgresServer(): Promise<PostgresServer> {
  const projectFolder = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'vtex-card-connector-faults-'));
  chmodSync(folder, 0o711); // As root, Postgres runs as a user who must be able to enter it.
  const start = (port: number) => startEmbeddedPostgres({ projectFolder, dataFolder: join(folder, 'postgres'), port });
  const port = await freePort();
  let server = await start(port);
  const { url } = server;
  const dataSource = makeDataSource(url, join(projectFolder, 'migrations'));
  await dataSource.initialize();
  await dataSource.runMigrations();
  await dataSource.destroy();
  await prepareQueue(url);
  const pool = new pg.Pool({ connectionString: url, max: 3, connectionTimeoutMillis: 5_000 });
  pool.on('error', () => undefined);
  const downtimes: Downtime[] = [];
  return {
    url,
    port,
    downtimes,
    query: async <Row extends object>(text: string, values: unknown[] = []) =>
      (await pool.query<Row>(text, values)).rows,
    crashAndRestart: async (awayMs) => {
      const downtime = { from: Date.now(), to: Infinity };
      downtimes.push(downtime);
      process.kill(server.pid, 'SIGQUIT'); // The signal that `pg_ctl -m immediate` sends.
      await until('Postgres is gone', () => !isAlive(server.pid));
      await new Promise((resolve) => setTimeout(resolve, awayMs));
      server = await start(port);
      downtime.to = Date.now();
    },
    stop: async () => {
      await pool.end();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
