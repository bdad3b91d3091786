import { randomUUID } from 'node:crypto';
import { readConfig, type Environment } from '../../src/config.js';
import { OutboxSender, type MailSender } from '../../src/notifications/mail.js';
import { Log } from '../../src/operations/log.js';
import { runService, type RunningService } from '../../src/run.js';
import { checkAnswer, type CancelAnswer } from './answer-schema.js';
import { Caller } from './caller.js';

export const testCredentials = {
  VTEX_APP_KEY: 'vtexappkey-test-ABCDEF',
  VTEX_APP_TOKEN: 'app-token-of-the-tests-0123456789',
  ADMIN_API_TOKEN: 'admin-token-of-the-tests-0123456789',
};

/** VTEX's credentials, spelt as its pages spell them. */
export const vtexHeaders: Readonly<Record<string, string>> = {
  'X-VTEX-API-AppKey': testCredentials.VTEX_APP_KEY,
  'X-VTEX-API-AppToken': testCredentials.VTEX_APP_TOKEN,
};

export interface TestService extends Caller {
  readonly service: RunningService;
  /** Every log line. */
  readonly lines: string[];
  readonly outbox: OutboxSender;
  stop(): Promise<void>;
}

/** The whole service in this process, on a free port of 127.0.0.1. */
export async function startTestService(
  environment: Environment,
  { mail }: { mail?: MailSender | null } = {},
): Promise<TestService> {
  const lines: string[] = [];
  const outbox = new OutboxSender(() => undefined);
  const config = readConfig({
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'info',
    NOTIFY_EMAIL: 'merchant@example.com',
    MAIL_FROM: 'connector@example.com',
    PASSWORD_COST: '14',
    ...testCredentials,
    ...environment,
  });
  const service = await runService({
    config,
    projectFolder: process.cwd(),
    mail: mail === undefined ? outbox : mail,
    migrate: false,
    log: new Log(config.logLevel, { write: (line) => lines.push(line) }),
  });
  const caller = new Caller(`http://127.0.0.1:${service.port}`);
  return Object.assign(caller, { service, lines, outbox, stop: () => service.stop() });
}

/** 32 upper-case hexadecimal digits, the form of VTEX's own ids. */
export const newId = (): string => randomUUID().replaceAll('-', '').toUpperCase();

export { checkAnswer, type CancelAnswer };
