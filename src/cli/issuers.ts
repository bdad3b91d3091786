import { readFileSync } from 'node:fs';
import type { Command, ExitCode, Terminal, Values } from './cli.js';
import { textOf } from './cli.js';
import { CommandError, serviceClient } from './service-client.js';
import { table } from './table.js';

/** As `GET /internal/issuer-accounts` shows one. */
interface ShownAccount {
  readonly issuer: string;
  readonly accountId: string;
  readonly sandbox: boolean;
  readonly source: 'settings' | 'database';
  readonly baseUrl: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string | null>>;
  readonly isUsable: boolean;
}

const clientOf = ({ environment }: Terminal, values: Values) => serviceClient(textOf(values, 'url'), environment);

const pathOf = (issuer: string, rest = '') => `issuer-accounts/${encodeURIComponent(issuer)}${rest}`;

const jsonOf = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

const environmentOf = ({ sandbox }: { readonly sandbox: boolean }) => (sandbox ? 'sandbox' : 'live');

const list: Command = {
  name: 'issuers list',
  positionals: [],
  does: "shows a merchant's accounts at the issuers; of secrets only that they are set",
  options: {},
  help: [],
  run: async (terminal, _, values) => {
    const accounts = await listAccounts(terminal, values);
    if (values.json) terminal.out(jsonOf({ accounts }));
    else if (accounts.length === 0) terminal.out('No account is set.\n');
    else {
      terminal.out(
        table(
          ['issuer', 'for', 'address', 'from', 'settings', 'secrets', ''],
          accounts.map((account) => [
            account.issuer,
            environmentOf(account),
            account.baseUrl,
            account.source,
            Object.entries(account.settings)
              .map(([name, value]) => `${name}=${value.length > 30 ? `${value.slice(0, 29)}…` : value}`)
              .join(' '),
            Object.keys(account.secrets).join(' '),
            account.isUsable ? '' : 'NOT USABLE: see the log',
          ]),
        ),
      );
    }
    return 0;
  },
};

async function listAccounts(terminal: Terminal, values: Values): Promise<readonly ShownAccount[]> {
  const { body } = await clientOf(terminal, values).need({
    method: 'GET',
    path: 'issuer-accounts',
    query: { merchant: textOf(values, 'merchant') },
  });
  return body.accounts as ShownAccount[];
}

const set: Command = {
  name: 'issuers set',
  positionals: ['<issuer>'],
  does: "stores a merchant's account at an issuer, its secrets sealed",
  options: { sandbox: { type: 'boolean' }, from: { type: 'string' }, set: { type: 'string', multiple: true } },
  help: [
    '--sandbox           the account for sandbox payments',
    '--from <file>       a JSON object of settings; "-" reads standard input',
    '--set <NAME=value>  one setting; not for secrets, which the shell and its history would see',
    '',
    "Names are those of the settings without the issuer's prefix: BASE_URL, ACCESS_TOKEN … It is the whole account:",
    'what is not given is not set any more.',
  ],
  run: async (terminal, [issuer = ''], values) => {
    const { status, body } = await clientOf(terminal, values).need({
      method: 'PUT',
      path: pathOf(issuer),
      query: { merchant: textOf(values, 'merchant') },
      body: { sandbox: values.sandbox === true, settings: readSettings(values) },
    });
    if (values.json) terminal.out(jsonOf(body));
    else terminal.out(`The account is ${status === 201 ? 'stored' : 'replaced'}. "issuers test" tries it.\n`);
    return 0;
  },
};

function readSettings(values: Values): Readonly<Record<string, unknown>> {
  const from = textOf(values, 'from');
  const pairs = ((values.set ?? []) as string[]).map((text) => {
    const at = text.indexOf('=');
    if (at < 1) throw new CommandError('--set takes NAME=value, such as --set BASE_URL=https://…');
    return [text.slice(0, at), text.slice(at + 1)] as const;
  });
  if (from === undefined && pairs.length === 0) throw new CommandError('Name the settings: --from or --set is needed.');
  return { ...(from === undefined ? {} : readSettingsFile(from)), ...Object.fromEntries(pairs) };
}

function readSettingsFile(file: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined) throw new CommandError(`${file} cannot be read (${code}).`, { cause: error });
  }
  throw new CommandError(
    `${file} holds no JSON object of settings, such as {"BASE_URL":"https://…","ACCESS_TOKEN":"…"}.`,
  );
}

const remove: Command = {
  name: 'issuers delete',
  positionals: ['<issuer>'],
  does: 'takes an account away; cancellations of its payments wait until there is one again',
  options: { sandbox: { type: 'boolean' } },
  help: ['--sandbox           the account for sandbox payments'],
  run: async (terminal, [issuer = ''], values) => {
    const { body } = await clientOf(terminal, values).need({
      method: 'DELETE',
      path: pathOf(issuer),
      query: { merchant: textOf(values, 'merchant'), ...(values.sandbox ? { sandbox: 'true' } : {}) },
    });
    terminal.out(values.json ? jsonOf(body) : `${String(body.message)}\n`);
    return 0;
  },
};

const test: Command = {
  name: 'issuers test',
  positionals: [],
  does: "makes a harmless call to each of a merchant's issuers",
  options: { issuer: { type: 'string' }, sandbox: { type: 'boolean' } },
  help: [
    '--issuer <code>     this one only',
    '--sandbox           the accounts for sandbox payments only',
    '',
    'Exit code 1 when one of them does not take us.',
  ],
  run: async (terminal, _, values) => {
    const client = clientOf(terminal, values);
    const wanted = (await listAccounts(terminal, values)).filter(
      (account) =>
        (values.issuer === undefined || account.issuer === values.issuer) && (!values.sandbox || account.sandbox),
    );
    if (wanted.length === 0) throw new CommandError('There is no such account. "issuers list" shows those there are.');
    const results = [];
    for (const { issuer, sandbox } of wanted) {
      const answer = await client.call({
        method: 'POST',
        path: pathOf(issuer, '/test'),
        query: { merchant: textOf(values, 'merchant'), ...(sandbox ? { sandbox: 'true' } : {}) },
      });
      const isAnswer = answer.status === 200 && answer.body;
      results.push({
        issuer,
        sandbox,
        kind: isAnswer ? String(answer.body?.kind) : 'not-configured',
        words: isAnswer ? String(answer.body?.message) : client.faultOf(answer),
      });
    }
    if (values.json) terminal.out(jsonOf({ results }));
    else
      for (const result of results)
        terminal.out(`${result.issuer.padEnd(9)} ${environmentOf(result).padEnd(8)} ${result.words}\n`);
    const exitCode: ExitCode = results.every(({ kind }) => kind === 'accepted' || kind === 'reachable') ? 0 : 1;
    return exitCode;
  },
};

const userToken: Command = {
  name: 'issuers user-token',
  positionals: ['<issuer>', '<userKey>'],
  does: "stores an end user's refresh token, read from standard input, sealed",
  options: { sandbox: { type: 'boolean' } },
  help: ['--sandbox           for the account of sandbox payments'],
  run: async (terminal, [issuer = '', userKey = ''], values) => {
    const refreshToken = readFileSync(0, 'utf8').trim();
    const { body } = await clientOf(terminal, values).need({
      method: 'PUT',
      path: pathOf(issuer, `/user-tokens/${encodeURIComponent(userKey)}`),
      query: { merchant: textOf(values, 'merchant'), ...(values.sandbox ? { sandbox: 'true' } : {}) },
      body: { refreshToken },
    });
    terminal.out(values.json ? jsonOf(body) : `The token of ${userKey} is stored.\n`);
    return 0;
  },
};

export const issuersCommands: readonly Command[] = [list, set, test, remove, userToken];
