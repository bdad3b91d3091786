import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { AppParts } from './app.module.js';
import type { Config } from './config.js';
import { makeDataSource } from './data-source.js';
import { prepareQueue } from './jobs/queue-schema.js';
import type { MailSender } from './notifications/mail.js';
import { Log } from './operations/log.js';
import { makeServer, stopServer } from './server.js';
import { readVersion } from './version.js';

/** Why the service does not start; the message says what to do. */
export class StartError extends Error {}

export interface RunOptions {
  readonly config: Config;
  /** With `package.json` and `migrations/`. */
  readonly projectFolder: string;
  readonly mail: MailSender | null;
  /** Development applies migrations itself; production refuses to start while one is pending. */
  readonly migrate: boolean;
  readonly log?: Log;
  /** How long a database that is away at the start is waited for. */
  readonly databaseWaitMs?: number;
}

export interface RunningService {
  readonly app: NestFastifyApplication;
  readonly dataSource: DataSource;
  /** The port it listens on. */
  readonly port: number;
  /** Readiness goes red, running work ends, the port closes. */
  stop(): Promise<void>;
}

const DATABASE_WAIT_MS = 30_000;

/**
 * Connects, checks the schema, and listens.
 * @throws StartError for a database that is away or not migrated, and for a port that is taken
 */
export async function runService({
  config,
  projectFolder,
  mail,
  migrate,
  log = new Log(config.logLevel),
  databaseWaitMs = DATABASE_WAIT_MS,
}: RunOptions): Promise<RunningService> {
  const dataSource = await connect(
    () => makeDataSource(config.databaseUrl, join(projectFolder, 'migrations'), { poolSize: config.databasePoolSize }),
    databaseWaitMs,
    log,
  );
  try {
    if (migrate) {
      await dataSource.runMigrations();
      await prepareQueue(config.queueDatabaseUrl);
    }
    if (await dataSource.showMigrations())
      throw new StartError('A migration is pending. Run "npm run migration:run" first.');
    const parts: AppParts = { config, dataSource, log, mail, version: readVersion(projectFolder) };
    const app = await makeServer(parts);
    const port = await listen(app, config);
    const stop = async () => {
      await stopServer(app);
      await dataSource.destroy();
    };
    return { app, dataSource, port, stop };
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}

async function connect(make: () => DataSource, waitMs: number, log: Log): Promise<DataSource> {
  const giveUpAt = performance.now() + waitMs;
  for (;;) {
    try {
      return await make().initialize();
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal !== null)
        throw new StartError(`The database refuses us: ${refusal}. Check DATABASE_URL.`, { cause: error });
      if (performance.now() >= giveUpAt) {
        throw new StartError('The database cannot be reached. Check DATABASE_URL and that the server is running.', {
          cause: error,
        });
      }
      log.warn(`The database cannot be reached; trying again for up to ${Math.ceil(waitMs / 1_000)} s.`, { error });
      await sleep(1_000);
    }
  }
}

/** What waiting does not help against: a wrong password or user, or a database that is not there. */
function refusalOf(error: unknown): string | null {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return ['28P01', '28000', '3D000'].includes(String(code)) ? String(message) : null;
}

async function listen(app: NestFastifyApplication, { host, port }: Config): Promise<number> {
  try {
    await app.listen(port, host);
  } catch (error) {
    await app.close();
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new StartError(`Port ${port} is taken. Stop what listens there, or set PORT to another one.`);
    if (code === 'EACCES')
      throw new StartError(`Port ${port} may not be used by this user. Set PORT to one above 1023.`);
    throw error;
  }
  const address = app.getHttpServer().address() as { port: number };
  return address.port;
}
