import pg from 'pg';

/** Does `work` while nobody can reach this database: every connection is ended, and no new one is let in. */
export async function withDatabaseAway<Result>(databaseUrl: string, work: () => Promise<Result>): Promise<Result> {
  const name = new URL(databaseUrl).pathname.slice(1);
  const server = new pg.Client({ connectionString: process.env.TEST_POSTGRES_URL });
  await server.connect();
  try {
    await server.query(`alter database ${name} allow_connections false`);
    await server.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
    return await work();
  } finally {
    await server.query(`alter database ${name} allow_connections true`);
    await server.end();
  }
}
