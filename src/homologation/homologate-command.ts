import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CallbackListener } from './callback-listener.js';
import type { Check, Result } from './check.js';
import { allChecks } from './checks/all-checks.js';
import { junitOf } from './junit.js';
import { NoAnswer } from './provider-http.js';
import { runChecks } from './run-checks.js';
import { Session, documentedLimits, type Limits } from './session.js';
import { heading, summary, tableRow } from './table.js';

export const usage = `Runs VTEX's Test Suite, and what it does not test, against a payment provider.

  npm run homologate -- --url <address> [--app-key <key> --app-token <token>]

  --url <address>           the provider, up to what stands before /manifest and /payments
  --app-key, --app-token    what the provider knows its merchant by; "file:<path>" takes the text of a file
                            (without them both headers are empty, and checks of credentials are skipped)
  --callback-host <host>    where callbacks are listened for; 127.0.0.1
  --callback-port <port>    a free one
  --callback-url <address>  under which the provider reaches that port; http://<host>:<port>
  --only <id>, --skip <id>  checks whose id begins so; can be given more than once
  --all                     also flows of methods that the manifest does not offer
  --list                    the checks, without running them
  --junit <file>            writes the results as JUnit XML as well; none by default
  --json                    prints the results as JSON instead of a table
  --help

Which flows of the Test Suite run depends on the methods of the manifest: the five of cards where it names a card, bank
invoice for BankInvoice, FichaDeposito, Rapipago and OXXO, redirect for Promissories, Débito Online, Safetypay and names
of your own. The others are skipped. Everything else is tried with the Test Suite's scripted cards.

Every payment is a new one. Run it with credentials made for tests: it creates, cancels, settles and refunds.
Exit code 0: no check failed. 1: a check failed. 2: not understood, or the provider was not reached.`;

export interface Surroundings {
  /** Takes one or more whole lines for standard output. */
  readonly print: (lines: string) => void;
  readonly isColoured: boolean;
  readonly limits?: Limits;
}

export interface CommandEnd {
  readonly exitCode: 0 | 1 | 2;
  /** For standard error; null where there is nothing to say. */
  readonly complaint: string | null;
}

/** Why a command cannot be carried out; the message says what to do. */
class CommandError extends Error {}

/** `npm run homologate`. Never throws for what its user can put right. */
export async function runHomologateCommand(
  args: readonly string[],
  { print, isColoured, limits = documentedLimits }: Surroundings,
): Promise<CommandEnd> {
  try {
    const wish = readWish(args);
    if (wish === 'help') {
      print(usage);
      return { exitCode: 0, complaint: null };
    }
    if (wish.isListWanted) {
      print(wish.checks.map(({ id, title }) => `${id.padEnd(33)} ${title}`).join('\n'));
      return { exitCode: 0, complaint: null };
    }
    const results = await carryOut(wish, { print, isColoured, limits });
    const isPassed = !results.some(({ verdict }) => verdict === 'failed');
    return { exitCode: isPassed ? 0 : 1, complaint: null };
  } catch (error) {
    if (error instanceof CommandError) return { exitCode: 2, complaint: error.message };
    throw error;
  }
}

interface Wish {
  readonly url: URL;
  readonly appKey: string;
  readonly appToken: string;
  readonly callbackHost: string;
  readonly callbackPort: number;
  readonly callbackUrl: string | null;
  readonly checks: readonly Check[];
  readonly isEveryFlowWanted: boolean;
  readonly isListWanted: boolean;
  readonly isJsonWanted: boolean;
  readonly junitFile: string | null;
}

function readWish(args: readonly string[]): Wish | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  if (values.url === undefined && !values.list) throw new CommandError(`Name the provider with --url.\n\n${usage}`);
  const [appKey, appToken] = [readSecret('app-key', values), readSecret('app-token', values)];
  if ((appKey === '') !== (appToken === ''))
    throw new CommandError(`--app-key and --app-token belong together.\n\n${usage}`);
  return {
    url: readAddress('--url', values.url ?? 'http://127.0.0.1'),
    appKey,
    appToken,
    callbackHost: values['callback-host'],
    callbackPort: readPort(values['callback-port']),
    callbackUrl:
      values['callback-url'] === undefined ? null : readAddress('--callback-url', values['callback-url']).href,
    checks: choose(values.only, values.skip),
    isEveryFlowWanted: values.all,
    isListWanted: values.list,
    isJsonWanted: values.json,
    junitFile: values.junit ?? null,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        url: { type: 'string' },
        'app-key': { type: 'string', default: '' },
        'app-token': { type: 'string', default: '' },
        'callback-host': { type: 'string', default: '127.0.0.1' },
        'callback-port': { type: 'string', default: '0' },
        'callback-url': { type: 'string' },
        only: { type: 'string', multiple: true, default: [] },
        skip: { type: 'string', multiple: true, default: [] },
        all: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        junit: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false, short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new CommandError(`${(error as Error).message}\n\n${usage}`, { cause: error });
  }
}

function readAddress(option: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new CommandError(`${option} must be an http or https address, such as https://provider.example.com.`);
  if (url.username !== '' || url.search !== '' || url.hash !== '')
    throw new CommandError(`${option} must have no user, query or fragment.`);
  return url;
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Infinity;
  if (port > 65_535) throw new CommandError('--callback-port must be a whole number up to 65535; 0 takes a free port.');
  return port;
}

/** A secret on the command line is seen by everybody on the machine; one in a file is not. */
function readSecret(name: 'app-key' | 'app-token', values: Readonly<Record<'app-key' | 'app-token', string>>): string {
  const text = values[name];
  if (!text.startsWith('file:')) return readHeader(name, text);
  try {
    return readHeader(name, readFileSync(text.slice('file:'.length), 'utf8').trim());
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`The file of --${name} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function readHeader(name: string, text: string): string {
  if (!/^[\x21-\x7e]*$/.test(text)) throw new CommandError(`--${name} must be printable ASCII without blanks.`);
  return text;
}

function choose(only: readonly string[], skip: readonly string[]): readonly Check[] {
  for (const prefix of [...only, ...skip]) {
    if (!allChecks.some(({ id }) => id.startsWith(prefix)))
      throw new CommandError(`No check begins with "${prefix}". --list shows all.`);
  }
  const isNamed = (prefixes: readonly string[], id: string) => prefixes.some((prefix) => id.startsWith(prefix));
  const chosen = allChecks.filter(({ id }) => (only.length === 0 || isNamed(only, id)) && !isNamed(skip, id));
  if (chosen.length === 0) throw new CommandError('--only and --skip leave no check.');
  return chosen;
}

async function carryOut(wish: Wish, surroundings: Required<Surroundings>): Promise<readonly Result[]> {
  const callbacks = await listen(wish);
  try {
    const { url, appKey, appToken } = wish;
    const session = new Session({ url, appKey, appToken }, callbacks, surroundings.limits, wish.isEveryFlowWanted);
    await reach(session);
    return await runAndReport(wish, session, surroundings);
  } finally {
    await callbacks.stop();
  }
}

async function listen({ callbackHost, callbackPort, callbackUrl }: Wish): Promise<CallbackListener> {
  try {
    return await CallbackListener.listen(callbackHost, callbackPort, callbackUrl);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new CommandError(`Cannot listen for callbacks at ${callbackHost}:${callbackPort} (${code}).`, {
      cause: error,
    });
  }
}

/** Any HTTP answer will do. */
async function reach(session: Session): Promise<void> {
  try {
    await session.manifest({ isRegular: false });
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    throw new CommandError(`No provider answers at ${session.provider.url.href}: ${error.why}.`, { cause: error });
  }
}

async function runAndReport(
  { url, checks, isJsonWanted, junitFile }: Wish,
  session: Session,
  { print, isColoured }: Surroundings,
): Promise<readonly Result[]> {
  if (!isJsonWanted) print(`${url.href}; callbacks to ${session.callbacks.url}`);
  let group = '';
  const results = await runChecks(checks, session, (result) => {
    if (isJsonWanted) return;
    if (result.group !== group) print(heading(result.group));
    group = result.group;
    print(tableRow(result, isColoured));
  });
  if (isJsonWanted) print(JSON.stringify({ url: url.href, checks: results }, null, 2));
  else print(summary(results, isColoured));
  if (junitFile !== null) writeReport(junitFile, junitOf(results, url.href));
  return results;
}

function writeReport(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CommandError(`The report cannot be written: ${(error as Error).message}`, { cause: error });
  }
}
