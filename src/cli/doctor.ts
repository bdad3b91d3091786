import pg from 'pg';
import { ConfigError, readConfig, type Environment } from '../config.js';
import type { Check } from '../operations/doctor.js';
import { textOf, type Command, type ExitCode, type Terminal, type Values } from './cli.js';
import { CommandError, serviceClient } from './service-client.js';

const marks = { ok: 'ok      ', warning: 'warning ', fault: 'FAULT   ' } as const;

const doctor: Command = {
  name: 'doctor',
  positionals: [],
  does: 'looks at everything that the service needs, and says what is wrong',
  options: {},
  help: [
    'Asks the running service, which knows best; where none answers, looks at the settings and the database of',
    'this shell. Changes nothing. Exit code 1 when something is at fault.',
  ],
  run: async (terminal, _, values) => {
    const checks = await examine(terminal, values);
    if (values.json) terminal.out(`${JSON.stringify({ checks }, null, 2)}\n`);
    else for (const { name, state, words } of checks) terminal.out(`${marks[state]} ${name.padEnd(16)} ${words}\n`);
    const exitCode: ExitCode = checks.some(({ state }) => state === 'fault') ? 1 : 0;
    return exitCode;
  },
};

async function examine({ environment }: Terminal, values: Values): Promise<readonly Check[]> {
  try {
    // A merchant's own token opens nothing here.
    const client = serviceClient(textOf(values, 'url'), { ...environment, LINK_TOKEN: undefined });
    const { body } = await client.need({
      method: 'GET',
      path: 'doctor',
      query: { merchant: textOf(values, 'merchant') },
    });
    return body.checks as Check[];
  } catch (error) {
    if (!(error instanceof CommandError || error instanceof ConfigError)) throw error;
    const service: Check = { name: 'service', state: 'fault', words: error.message };
    // Without a database of its own this shell is not the service's, and "npm start" needs no settings at all.
    if (!environment.DATABASE_URL) return [service];
    return [service, ...settingsChecks(environment), ...(await databaseChecks(environment.DATABASE_URL))];
  }
}

/** Every mistake that the service would refuse to start with. */
function settingsChecks(environment: Environment): Check[] {
  try {
    readConfig(environment);
    return [{ name: 'settings', state: 'ok', words: 'The service would start with the settings of this shell.' }];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.mistakes.map((words): Check => ({ name: 'settings', state: 'fault', words }));
  }
}

async function databaseChecks(connectionString: string): Promise<Check[]> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000, query_timeout: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return [{ name: 'database', state: 'ok', words: 'It answers.' }];
  } catch (error) {
    const { code = 'no answer' } = error as { readonly code?: string };
    return [{ name: 'database', state: 'fault', words: `It does not let us in (${code}). Check DATABASE_URL.` }];
  } finally {
    await client.end().catch(() => undefined);
  }
}

export const doctorCommands: readonly Command[] = [doctor];
