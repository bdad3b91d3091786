import type { Command, Terminal, Values } from './cli.js';
import { importLinks } from './import.js';
import { CommandError, serviceClient } from './service-client.js';

const link: Command = {
  name: 'payments link',
  positionals: ['<paymentId>'],
  does: 'says which card a payment bought',
  options: {
    issuer: { type: 'string' },
    reference: { type: 'string', multiple: true },
    value: { type: 'string' },
    'order-id': { type: 'string' },
    sandbox: { type: 'boolean' },
  },
  help: [
    '--issuer <code>           who holds the card',
    "--reference <name=value>  one of the issuer's own ids for it; once for each",
    '--value <cents>           of the payment',
    '--order-id <id>           of the order in VTEX',
    '--sandbox                 a sandbox payment',
  ],
  run: async (terminal, [paymentId = ''], values) => {
    const client = serviceClient(values.url as string | undefined, terminal.environment);
    const answer = await client.call({
      method: 'PUT',
      path: `payments/${encodeURIComponent(paymentId)}`,
      query: { merchant: values.merchant as string | undefined },
      body: readLink(values),
    });
    const { status, body } = answer;
    if (status !== 200 && status !== 201) throw new CommandError(client.faultOf(answer));
    if (values.json) terminal.out(`${JSON.stringify(body, null, 2)}\n`);
    else
      terminal.out(
        status === 201 ? `Payment ${paymentId} is linked.\n` : `Payment ${paymentId} was linked like this before.\n`,
      );
    return 0;
  },
};

function readLink(values: Values): Readonly<Record<string, unknown>> {
  const pairs = ((values.reference ?? []) as string[]).map((text) => {
    const at = text.indexOf('=');
    if (at < 1)
      throw new CommandError(`--reference takes name=value, such as --reference cardId=…; "${text}" is not like this.`);
    return [text.slice(0, at), text.slice(at + 1)] as const;
  });
  const { issuer, value, sandbox } = values;
  if (issuer === undefined || pairs.length === 0)
    throw new CommandError('Name the card: --issuer and --reference are needed.');
  return {
    issuer,
    reference: Object.fromEntries(pairs),
    ...(value === undefined ? {} : { value: /^\d+$/.test(value as string) ? Number(value) : value }),
    ...(values['order-id'] === undefined ? {} : { orderId: values['order-id'] }),
    ...(sandbox ? { sandbox } : {}),
  };
}

const importCommand: Command = {
  name: 'payments import',
  positionals: ['<file>'],
  does: 'links many payments from a CSV or NDJSON file; safe to run again',
  options: {
    format: { type: 'string' },
    issuer: { type: 'string' },
    report: { type: 'string' },
    'from-line': { type: 'string' },
  },
  help: [
    '<file>              "-" reads standard input',
    '--format <name>     csv or ndjson; else by the ending of the file, .csv, .ndjson or .jsonl',
    '--issuer <code>     for lines that name none',
    '--report <file>     where each line that was not linked goes, with why; else <file>.report.csv',
    '--from-line <n>     begins there, as the command says when it was stopped',
    '',
    'CSV: a header with paymentId, issuer, value (cents), orderId, sandbox, and reference.<name> for each of the',
    "issuer's ids; separated by comma, semicolon or tab. NDJSON: one object a line, with the same fields as a single link.",
  ],
  run: (terminal: Terminal, [file = ''], values) => importLinks(terminal, file, values),
};

export const paymentsCommands: readonly Command[] = [link, importCommand];
