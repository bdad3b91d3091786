import { parseArgs } from 'node:util';
import { ConfigError, type Environment } from '../config.js';
import { describeCheck, describeExplanation, type Told } from './describe.js';
import type { Explanation } from '../cancellations/explanation.js';
import type { PaymentHistory } from '../cancellations/payment-history.js';
import { CommandError, serviceClient } from './service-client.js';

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

async function carryOut(
  { command, paymentId, url, merchant, json }: Wish,
  environment: Environment,
): Promise<CommandResult> {
  const client = serviceClient(url, environment);
  const answer = await client.call({
    method: command === 'check' ? 'POST' : 'GET',
    path: `payments/${encodeURIComponent(paymentId)}/${command}`,
    query: { merchant },
  });
  const { status, body, now } = answer;
  if (status === 404 && isUnheardOf(body)) {
    const whose = merchant === undefined ? '' : ` of merchant ${merchant}`;
    return { exitCode: 1, words: `Nothing was ever heard of payment ${paymentId}${whose}.` };
  }
  const isOurs = status === 200 && body?.paymentId === paymentId;
  if (!isOurs) throw new CommandError(client.faultOf(answer));
  if (json) return { exitCode: 0, words: JSON.stringify(body, null, 2) };
  const words =
    command === 'explain'
      ? describeExplanation(body as unknown as Told<Explanation>, now)
      : describeCheck(body as unknown as Told<PaymentHistory>, now);
  return { exitCode: 0, words };
}

/** Told apart from the 404 of something else that listens there. */
const isUnheardOf = (body: Readonly<Record<string, unknown>> | null) =>
  typeof body?.message === 'string' && body.message.startsWith('Nothing was ever heard');
