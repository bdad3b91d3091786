import { parseArgs, type ParseArgsConfig } from 'node:util';
import { ConfigError, type Environment } from '../config.js';
import { doctorCommands } from './doctor.js';
import { issuersCommands } from './issuers.js';
import { merchantsCommands } from './merchants.js';
import { paymentsCommands } from './payments.js';
import { peopleCommands } from './people.js';
import { CommandError } from './service-client.js';

/** Where a command finds what it needs, and where it says what came of it. */
export interface Terminal {
  readonly environment: Environment;
  /** What the command answers. */
  out(words: string): void;
  /** Progress and faults. */
  err(words: string): void;
  /** Is `err` a screen that a line may be written over on? */
  readonly isScreen: boolean;
  /** Aborted when the person at it wants the command to end. */
  readonly signal: AbortSignal;
}

/** 0: done. 1: done, and something is wrong with what it was about. 2: not done. */
export type ExitCode = 0 | 1 | 2;

type Options = NonNullable<ParseArgsConfig['options']>;

/** The values of a command's options, by their names. */
export type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

/** One thing that can be done, such as `payments import <file>`. */
export interface Command {
  /** The words that name it, such as `payments import`. */
  readonly name: string;
  /** What comes after the name, such as `<file>`; each one is needed. */
  readonly positionals: readonly string[];
  /** Besides `--json`, `--url`, `--merchant` and `--help`, which all have. */
  readonly options: Options;
  /** One line for the list of commands. */
  readonly does: string;
  /** More lines, each about an option or what to know, for its own help. */
  readonly help: readonly string[];
  run(terminal: Terminal, positionals: readonly string[], values: Values): Promise<ExitCode>;
}

export const commands: readonly Command[] = [
  ...merchantsCommands,
  ...peopleCommands,
  ...issuersCommands,
  ...paymentsCommands,
  ...doctorCommands,
];

const common = {
  json: { type: 'boolean' },
  url: { type: 'string' },
  merchant: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies Options;

const commonHelp = `  --json              results as JSON, for programs
  --merchant <id>     another merchant than the default one
  --url <address>     the service; else PUBLIC_URL, else http://localhost:PORT

The bearer token is LINK_TOKEN (a merchant's own), else ADMIN_API_TOKEN, else the one that "npm start" made.
Exit code 0: done. 1: done, and something is wrong with what it was about. 2: not done.`;

export const usage = `What an operator does at a terminal, by asking the running service.

${commands.map(lineOf).join('\n')}

  npm run cli -- <command> --help says more about one.

${commonHelp}`;

/** `npm run cli -- …`. Never throws for what a person at the terminal can put right. */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    const command = commands.find(({ name }) => name.split(' ').every((word, at) => args[at] === word));
    if (!command) return noCommand(args, terminal);
    return await runCommand(command, args.slice(command.name.split(' ').length), terminal);
  } catch (error) {
    if (!(error instanceof CommandError || error instanceof ConfigError)) throw error;
    terminal.err(`${error.message}\n`);
    return 2;
  }
}

function noCommand(args: readonly string[], terminal: Terminal): ExitCode {
  if (args.includes('--help') || args.includes('-h')) {
    terminal.out(`${usage}\n`);
    return 0;
  }
  const named = args.filter((arg) => !arg.startsWith('-')).slice(0, 2);
  terminal.err(
    `${named.length === 0 ? 'No command was named' : `There is no command "${named.join(' ')}"`}.\n\n${usage}\n`,
  );
  return 2;
}

async function runCommand(command: Command, args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values, positionals } = parse(command, args);
  if (values.help) {
    terminal.out(`${helpOf(command)}\n`);
    return 0;
  }
  if (positionals.length !== command.positionals.length) {
    throw new CommandError(
      `"${command.name}" takes ${command.positionals.join(' ') || 'nothing'} after it.\n\n${helpOf(command)}`,
    );
  }
  return command.run(terminal, positionals, values);
}

function parse(command: Command, args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: { ...command.options, ...common } });
  } catch (error) {
    throw new CommandError(`${(error as Error).message}\n\n${helpOf(command)}`, { cause: error });
  }
}

function callOf({ name, positionals }: Command): string {
  return [name, ...positionals].join(' ');
}

function lineOf(command: Command): string {
  return `  ${callOf(command).padEnd(34)} ${command.does}`;
}

const helpOf = (command: Command) =>
  [
    `npm run cli -- ${callOf(command)}`,
    '',
    command.does,
    '',
    ...command.help.map((line) => `  ${line}`),
    commonHelp,
  ].join('\n');

/** The text of an option that was given. */
export const textOf = (values: Values, name: string): string | undefined => {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
};
