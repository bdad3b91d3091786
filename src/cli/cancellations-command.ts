import { parseArgs } from 'node:util';
import { ConfigError, readOperatorSettings, type Environment, type OperatorSettings } from '../config.js';
import { describeCheck, describeExplanation, type Told } from './describe.js';
import type { Explanation } from '../cancellations/explanation.js';
import type { PaymentHistory } from '../cancellations/payment-history.js';

/** What a command came to. 1: nothing was ever heard of the payment. 2: it was not understood, or the service could not answer. */
export interface CommandResult {
  readonly exitCode: 0 | 1 | 2;
  /** For standard output where the exit code is 0, else for standard error. */
  readonly words: string;
}

export const usage = `Explains or checks the cancellation of a payment, by asking the running service.

  npm run cancellations -- explain <paymentId>   what happens now, why, and what comes next; changes nothing, asks no issuer
  npm run cancellations -- check <paymentId>     looks at the issuer now, as far as its rules allow, and shows what came of it

  --url <address>     the service; else PUBLIC_URL, else http://localhost:PORT
  --merchant <id>     another merchant than the default one
  --json              the service's answer as it is

The bearer token is ADMIN_API_TOKEN, else the one that "npm start" made.
Exit code 0: answered. 1: nothing was ever heard of the payment. 2: anything else.`;

/** A check waits for the issuer: 25 s at most for each call, and there may be two. */
const PATIENCE_MS = 90_000;

/** Why a command cannot be carried out; the message says what to do. */
class CommandError extends Error {}

/** `npm run cancellations -- explain|check <paymentId>`. Never throws for what an operator can put right. */
export async function runCancellationsCommand(
  args: readonly string[],
  environment: Environment,
): Promise<CommandResult> {
  try {
    const wish = readWish(args);
    if (wish === 'help') return { exitCode: 0, words: usage };
    return await carryOut(wish, environment);
  } catch (error) {
    if (error instanceof CommandError || error instanceof ConfigError) return { exitCode: 2, words: error.message };
    throw error;
  }
}

interface Wish {
  readonly command: 'explain' | 'check';
  readonly paymentId: string;
  readonly url: string | undefined;
  readonly merchant: string | undefined;
  readonly json: boolean;
}

function readWish(args: readonly string[]): Wish | 'help' {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  const [command, paymentId, ...others] = positionals;
  if (command !== 'explain' && command !== 'check') {
    throw new CommandError(
      `${command === undefined ? 'No command was named' : `There is no command "${command}"`}.\n\n${usage}`,
    );
  }
  if (paymentId === undefined || paymentId === '' || others.length > 0) {
    throw new CommandError(`Name one payment after "${command}".\n\n${usage}`);
  }
  return { command, paymentId, url: values.url, merchant: values.merchant, json: values.json };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        url: { type: 'string' },
        merchant: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false, short: 'h' },
      },
    });
  } catch (error) {
    throw new CommandError(`${(error as Error).message}\n\n${usage}`, { cause: error });
  }
}

async function carryOut(wish: Wish, environment: Environment): Promise<CommandResult> {
  const { url, adminToken } = readSettings(wish, environment);
  if (adminToken === null) {
    throw new CommandError(
      'No bearer token is known: set ADMIN_API_TOKEN to the one that the service was started with. ("npm start" makes one by itself.)',
    );
  }
  const response = await call(wish, url, adminToken.reveal());
  const text = await response.text();
  const body = readJson(text);
  if (response.status === 404 && isUnheardOf(body)) {
    const whose = wish.merchant === undefined ? '' : ` of merchant ${wish.merchant}`;
    return { exitCode: 1, words: `Nothing was ever heard of payment ${wish.paymentId}${whose}.` };
  }
  const isOurs = response.ok && body?.paymentId === wish.paymentId;
  if (!isOurs) throw new CommandError(faultWords(url, response.status, body));
  if (wish.json) return { exitCode: 0, words: JSON.stringify(body, null, 2) };
  // The service's clock: the operator's may be another one.
  const now = new Date(response.headers.get('date') ?? Date.now());
  const words =
    wish.command === 'explain'
      ? describeExplanation(body as unknown as Told<Explanation>, now)
      : describeCheck(body as unknown as Told<PaymentHistory>, now);
  return { exitCode: 0, words };
}

function readSettings({ url }: Wish, environment: Environment): OperatorSettings {
  if (url === undefined) return readOperatorSettings(environment);
  try {
    return readOperatorSettings({ ...environment, PUBLIC_URL: url });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new CommandError(error.message.replace('PUBLIC_URL', '--url'), { cause: error });
  }
}

async function call({ command, paymentId, merchant }: Wish, url: string, token: string): Promise<Response> {
  const query = merchant === undefined ? '' : `?merchant=${encodeURIComponent(merchant)}`;
  try {
    return await fetch(`${url}/internal/payments/${encodeURIComponent(paymentId)}/${command}${query}`, {
      method: command === 'check' ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${token}` },
      // The token must not follow a redirect to somewhere else.
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch (error) {
    const { name, cause } = error as Error & { readonly cause?: { readonly code?: string } };
    const why = name === 'TimeoutError' ? `no answer within ${PATIENCE_MS / 1_000} s` : (cause?.code ?? name);
    throw new CommandError(
      `The service at ${url} cannot be reached (${why}). Start it, or name its address with --url or PUBLIC_URL.`,
      { cause: error },
    );
  }
}

function faultWords(url: string, status: number, body: Readonly<Record<string, unknown>> | null): string {
  const message = typeof body?.message === 'string' ? body.message : '';
  if (status === 401)
    return `The service at ${url} refuses the bearer token. Set ADMIN_API_TOKEN to the one that it was started with.`;
  if (status === 422)
    return `The service at ${url} refuses this: ${JSON.stringify(body?.fields ?? message)}. Put it right and ask again.`;
  if (status >= 500)
    return `The service at ${url} could not answer (${status}). ${message} Look at /health/ready, and ask again.`;
  return `At ${url} something else than this service answers (${status}). Name the service's address with --url or PUBLIC_URL.`;
}

/** Told apart from the 404 of something else that listens there. */
const isUnheardOf = (body: Readonly<Record<string, unknown>> | null) =>
  typeof body?.message === 'string' && body.message.startsWith('Nothing was ever heard');

function readJson(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
