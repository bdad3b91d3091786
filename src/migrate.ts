import { join } from 'node:path';
import { makeDataSource } from './data-source.js';
import { processEnvironment } from './config.js';
import { prepareQueue } from './jobs/queue-schema.js';

/** `node bundle/migrate.js run|revert`: compiled code only, so that it works in a production install. */
async function main(): Promise<void> {
  const [, , direction] = process.argv;
  const { DATABASE_URL: databaseUrl, QUEUE_DATABASE_URL: queueDatabaseUrl } = processEnvironment();

  if (!databaseUrl || (direction !== 'run' && direction !== 'revert')) {
    console.error('Usage: DATABASE_URL=postgres://… node bundle/migrate.js run|revert');
    process.exit(2);
  }

  const dataSource = makeDataSource(databaseUrl, join(import.meta.dirname, '..', 'migrations'), {
    isForMigrations: true,
  });
  try {
    await dataSource.initialize();
    if (direction === 'run') {
      const done = await dataSource.runMigrations();
      await prepareQueue(queueDatabaseUrl || databaseUrl);
      console.log(
        done.length === 0
          ? 'Nothing to do: the database is up to date.'
          : `Done: ${done.map(({ name }) => name).join(', ')}.`,
      );
    } else {
      await dataSource.undoLastMigration();
      console.log('Reverted the last migration.');
    }
  } catch (error) {
    console.error(
      `The migration failed and was rolled back: ${error instanceof Error ? error.message : String(error)}`,
    );
    process.exitCode = 1;
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}

void main();
