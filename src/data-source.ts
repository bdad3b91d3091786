import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { entities } from './entities.js';

/**
 * The database: TypeORM's pool, entities and migrations.
 *
 * @param options.poolSize the most connections
 * @param options.isForMigrations statements may take as long as they need: an index on a large table takes minutes
 * @param migrationsFolder holds `<timestamp>-<name>.up.sql` and `.down.sql`
 */
export function makeDataSource(
  databaseUrl: string,
  migrationsFolder: string,
  { poolSize = POOL_SIZE, isForMigrations = false }: { poolSize?: number; isForMigrations?: boolean } = {},
): DataSource {
  return new DataSource({
    type: 'postgres',
    url: databaseUrl,
    entities,
    migrations: sqlMigrations(migrationsFolder),
    migrationsTransactionMode: 'each',
    applicationName: 'vtex-card-connector',
    poolSize,
    // An idle connection that the server ends is not a reason to end the process.
    poolErrorHandler: () => undefined,
    extra: {
      // Every one of these waits for ever by default.
      connectionTimeoutMillis: 5_000,
      ...(isForMigrations ? {} : { statement_timeout: 10_000, query_timeout: 12_000 }),
      lock_timeout: 5_000,
      idle_in_transaction_session_timeout: 10_000,
      keepAlive: true,
    },
  });
}

/** Small on purpose: more connections than the database's processors can use only make each one slower. */
const POOL_SIZE = 10;

function sqlMigrations(folder: string): (new () => MigrationInterface)[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.up.sql'))
    .sort();
  return names.map((upName) => sqlMigration(folder, upName.slice(0, -'.up.sql'.length)));
}

function sqlMigration(folder: string, name: string): new () => MigrationInterface {
  const [timestamp = '', ...words] = name.split('-');
  const read = (direction: 'up' | 'down') => readFileSync(join(folder, `${name}.${direction}.sql`), 'utf8');
  return class {
    // TypeORM orders by the timestamp at the end of the name.
    readonly name = `${words.join('_')}_${timestamp}`;

    async up(runner: QueryRunner): Promise<void> {
      await runner.query(read('up'));
    }

    async down(runner: QueryRunner): Promise<void> {
      await runner.query(read('down'));
    }
  };
}
