import { chmodSync, mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
// The compiled code: Jest loads this file natively, and the tests that start processes need a build anyway.
import { makeDataSource } from '../../dist/data-source.js';
import { startEmbeddedPostgres } from '../../dist/development/embedded-postgres.js';
import { prepareQueue } from '../../dist/jobs/queue-schema.js';

/** Linux's folder in memory: a disk costs processor time too, even though nothing waits for it. */
const MEMORY = '/dev/shm';

/** The databases of a run take less than 1 GB at once. */
const ROOM = 4 * 1024 ** 3;

/** One Postgres for the whole run, with a migrated template that each test file copies. */
export default async function globalSetup() {
  const projectFolder = process.cwd();
  const folder = mkdtempSync(join(hasRoom(MEMORY) ? MEMORY : tmpdir(), 'vtex-card-connector-test-'));
  chmodSync(folder, 0o711); // As root, Postgres runs as a user who must be able to enter it.
  const dataFolder = join(folder, 'postgres');
  // A crash of a process loses nothing without them; the machine's own end, which they are for, ends the tests too.
  const settings = ['fsync=off', 'full_page_writes=off'];
  const postgres = await startEmbeddedPostgres({ projectFolder, dataFolder, settings });
  globalThis.embeddedPostgres = postgres;
  process.env.TEST_POSTGRES_URL = postgres.url;
  process.env.TEST_POSTGRES_FOLDER = dataFolder;
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  await client.query('create database template_migrated');
  await client.end();
  const templateUrl = postgres.url.replace(/\/postgres$/, '/template_migrated');
  const dataSource = makeDataSource(templateUrl, join(projectFolder, 'migrations'));
  await dataSource.initialize();
  await dataSource.runMigrations();
  await dataSource.destroy();
  await prepareQueue(templateUrl);
}

function hasRoom(folder) {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= ROOM;
  } catch {
    return false;
  }
}
