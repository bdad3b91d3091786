import { mkdirSync, readFileSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, processEnvironment, readConfig, withoutEmpty, type Environment } from './config.js';
import { keepDevelopmentCredentials } from './development/credentials.js';
import {
  EmbeddedPostgresError,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from './development/embedded-postgres.js';
import { startSimulators, type RunningSimulators } from './development/simulators.js';
import { firstAdmin } from './development/first-admin.js';
import { welcome } from './development/welcome.js';
import { OutboxSender, SmtpSender } from './notifications/mail.js';
import { Readiness } from './operations/readiness.js';
import { runService, StartError } from './run.js';

/** Development: `npm start`. Nothing has to be set; everything it makes stays under `.data/`. */
const projectFolder = join(import.meta.dirname, '..');
const dataFolder = join(projectFolder, '.data');
let postgres: EmbeddedPostgres | null = null;
let simulators: RunningSimulators | null = null;

async function main(): Promise<void> {
  try {
    await start();
  } catch (error) {
    await release();
    if (!(error instanceof ConfigError || error instanceof StartError || error instanceof EmbeddedPostgresError))
      throw error;
    console.error(`\n${error.message}\n`);
    process.exit(1);
  }
}

async function start(): Promise<void> {
  const given = processEnvironment();
  if (given.NODE_ENV === 'production') {
    throw new StartError(
      '"npm start" is for development: it brings its own database and simulated issuers. Use "npm run start:prod".',
    );
  }
  if (!given.DATABASE_URL) {
    takeFolder();
    postgres = await startEmbeddedPostgres({ projectFolder, dataFolder: join(dataFolder, 'postgres') });
  }
  const credentials = developmentCredentials();
  simulators = await startSimulators(given);
  const environment: Environment = {
    NOTIFY_EMAIL: 'merchant@example.com',
    LOG_LEVEL: 'warn',
    VTEX_CALLBACK_ALLOW_HTTP: '1',
    WEBHOOK_ALLOW_HTTP: '1',
    ...credentials,
    ...simulators.settings,
    ...withoutEmpty(given),
    ...(postgres ? { DATABASE_URL: postgres.url } : {}),
  };
  const config = readConfig(environment);
  const mail = config.mail.smtp ? new SmtpSender(config.mail.smtp) : new OutboxSender((text) => console.log(text));
  const service = await runService({
    config,
    projectFolder,
    mail,
    migrate: true,
  });
  service.app.get(Readiness).keepsMails = !config.mail.smtp;
  simulators.sendCallbacksTo(`http://127.0.0.1:${service.port}`);
  const stop = async () => {
    await service.stop();
    await release();
    process.exit(0);
  };
  const stopAtOnce = () => {
    void release().finally(() => process.exit(1));
  };
  // A closed terminal hangs up.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      console.log('Stopping; calls to issuers end first. Ctrl+C again stops at once.');
      process.once(signal, stopAtOnce);
      void stop();
    });
  }
  const { VTEX_APP_KEY: appKey = '', VTEX_APP_TOKEN: appToken = '', ADMIN_API_TOKEN: adminToken = '' } = environment;
  const { TEST_SUITE_APP_KEY: testSuiteKey = '', TEST_SUITE_APP_TOKEN: testSuiteToken = '' } = environment;
  const host = ['0.0.0.0', '::'].includes(config.host) ? '127.0.0.1' : config.host;
  const adminLink = await firstAdmin(`http://${host.includes(':') ? `[${host}]` : host}:${service.port}`, adminToken);
  console.log(
    welcome({
      url: `http://localhost:${service.port}`,
      adminLink,
      appKey,
      appToken,
      adminToken,
      testSuite: { appKey: testSuiteKey, appToken: testSuiteToken },
      simulators: simulators.running,
    }),
  );
}

async function release(): Promise<void> {
  await simulators?.stop();
  await postgres?.stop();
}

/** Two starts in one folder would take the database from each other. */
function takeFolder(): void {
  const pidFile = join(dataFolder, 'start.pid');
  try {
    mkdirSync(dataFolder, { recursive: true });
    const other = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0;
    if (other > 0 && other !== process.pid && isStart(other)) {
      throw new StartError(
        `Another "npm start" runs in this folder (process ${other}). Stop it first, or set DATABASE_URL and PORT for this one.`,
      );
    }
    writeFileSync(pidFile, String(process.pid));
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(
      `The folder ${dataFolder} cannot be written to (${(error as NodeJS.ErrnoException).code ?? 'unknown'}). Make it writable, or set DATABASE_URL.`,
    );
  }
}

function isStart(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync(`/proc/${pid}/cmdline`) || readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('start.js');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function developmentCredentials(): Record<string, string> {
  try {
    return keepDevelopmentCredentials(dataFolder);
  } catch (error) {
    throw new StartError((error as Error).message, { cause: error });
  }
}

void main();
