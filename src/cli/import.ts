import { createReadStream, createWriteStream, existsSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { extname } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BulkLinkResult } from '../payments/bulk-links.js';
import type { ExitCode, Terminal, Values } from './cli.js';
import { textOf } from './cli.js';
import { readCsv, readNdjson, type LinkRecord } from './link-records.js';
import { Progress } from './progress.js';
import { CommandError, serviceClient, type ServiceClient } from './service-client.js';

/** The service takes 500 links and 64 kB at once. */
const MOST_LINKS = 500;
const MOST_BYTES = 60_000;

/** The service works on one while the next ones are on their way. */
const UNDER_WAY = 3;

/** A service that restarts is waited for. */
const AGAIN_MS = [500, 1_000, 2_000, 4_000, 8_000];

/** What an import came to, as `--json` shows it. */
export interface ImportSummary {
  readonly linked: number;
  readonly same: number;
  readonly conflicts: number;
  readonly invalid: number;
  readonly seconds: number;
  /** Null when it came to the end of the file: else everything before this line is done. */
  readonly stoppedAtLine: number | null;
  /** Null where every line was linked. */
  readonly report: string | null;
}

/** `payments import <file>`: links every line, and reports each that was not linked. */
export async function importLinks(terminal: Terminal, file: string, values: Values): Promise<ExitCode> {
  const client = serviceClient(textOf(values, 'url'), terminal.environment);
  const fromLine = readFromLine(textOf(values, 'from-line'));
  const source = openSource(file, textOf(values, 'format'));
  const reportName = textOf(values, 'report') ?? `${file === '-' ? 'standard-input' : file}.report.csv`;
  const report = new Report(reportName, { isContinued: fromLine > 0 });
  const run = new Import(client, terminal, {
    merchant: textOf(values, 'merchant'),
    issuer: textOf(values, 'issuer'),
    fromLine,
    report,
    progress: new Progress(terminal, source),
  });
  try {
    const summary = await run.run(source.records);
    terminal.out(values.json ? `${JSON.stringify(summary, null, 2)}\n` : `${wordsOf(summary)}\n`);
    if (summary.stoppedAtLine !== null) return 2;
    return summary.conflicts + summary.invalid > 0 ? 1 : 0;
  } finally {
    source.input.destroy();
    await report.close();
  }
}

function readFromLine(text: string | undefined): number {
  if (text === undefined) return 0;
  if (!/^\d{1,12}$/.test(text)) throw new CommandError('--from-line takes the number of a line.');
  return Number(text);
}

interface Source {
  readonly input: Readable;
  readonly records: AsyncGenerator<LinkRecord>;
  /** Null where nobody knows how much there is. */
  readonly bytes: number | null;
  /** How many of them were read. */
  readonly read: () => number;
}

function openSource(file: string, format: string | undefined): Source {
  const ending = { '.csv': 'csv', '.ndjson': 'ndjson', '.jsonl': 'ndjson' }[extname(file).toLowerCase()];
  const chosen = format ?? ending;
  if (chosen !== 'csv' && chosen !== 'ndjson')
    throw new CommandError('Say what the file is: --format csv or --format ndjson.');
  const read = chosen === 'csv' ? readCsv : readNdjson;
  if (file === '-') return { input: process.stdin, records: read(process.stdin), bytes: null, read: () => 0 };
  if (!existsSync(file) || !statSync(file).isFile()) throw new CommandError(`There is no file ${file}.`);
  const input = createReadStream(file);
  return { input, records: read(input), bytes: statSync(file).size, read: () => input.bytesRead };
}

type NotLinked = Extract<BulkLinkResult, { kind: 'conflict' | 'invalid' }>;

interface Sent {
  readonly lines: readonly number[];
  readonly links: readonly Readonly<Record<string, unknown>>[];
}

interface ImportOptions {
  readonly merchant: string | undefined;
  readonly issuer: string | undefined;
  readonly fromLine: number;
  readonly report: Report;
  readonly progress: Progress;
}

/** Sends a file in batches, a few at a time, and counts what comes back. */
class Import {
  readonly #counts = { linked: 0, same: 0, conflict: 0, invalid: 0 };
  readonly #startedAt = performance.now();
  /** The first line of each batch that is under way. */
  readonly #underWay = new Map<number, Promise<void>>();
  #fault: unknown = null;
  #stoppedAt: number | null = null;

  constructor(
    private readonly client: ServiceClient,
    private readonly terminal: Terminal,
    private readonly options: ImportOptions,
  ) {}

  async run(records: AsyncGenerator<LinkRecord>): Promise<ImportSummary> {
    let batch: { line: number; link: Readonly<Record<string, unknown>> }[] = [];
    let bytes = 0;
    const flush = async () => {
      if (batch.length > 0)
        await this.#send({ lines: batch.map(({ line }) => line), links: batch.map(({ link }) => link) });
      batch = [];
      bytes = 0;
    };
    for await (const record of records) {
      if (record.line < this.options.fromLine) continue;
      if (this.#isOver()) {
        this.#stopAt(batch[0]?.line ?? record.line);
        batch = [];
        break;
      }
      if ('fault' in record) {
        await this.#report(record.line, {
          paymentId: record.paymentId,
          kind: 'invalid',
          fields: { line: record.fault },
        });
        continue;
      }
      const link = { ...(this.options.issuer === undefined ? {} : { issuer: this.options.issuer }), ...record.link };
      const size = Buffer.byteLength(JSON.stringify(link)) + 1;
      if (batch.length === MOST_LINKS || bytes + size > MOST_BYTES) await flush();
      batch.push({ line: record.line, link });
      bytes += size;
    }
    if (this.#isOver() && batch[0]) this.#stopAt(batch[0].line);
    else await flush();
    await Promise.all(this.#underWay.values());
    this.options.progress.end();
    if (this.#fault !== null && !(this.#fault instanceof CommandError)) throw this.#fault as Error;
    if (this.#fault instanceof CommandError) this.terminal.err(`${this.#fault.message}\n`);
    return this.#summary();
  }

  #isOver(): boolean {
    return this.#fault !== null || this.terminal.signal.aborted;
  }

  /** Whatever is before the first line that is not done needs not be sent again. */
  #stopAt(line: number): void {
    this.#stoppedAt = Math.min(this.#stoppedAt ?? line, line);
  }

  async #send(sent: Sent): Promise<void> {
    const [first = 0] = sent.lines;
    while (this.#underWay.size >= UNDER_WAY) await Promise.race(this.#underWay.values());
    if (this.#isOver()) return this.#stopAt(first);
    const work = this.#link(sent)
      .catch((error: unknown) => {
        this.#fault ??= error;
        this.#stopAt(first);
      })
      .finally(() => this.#underWay.delete(first));
    this.#underWay.set(first, work);
  }

  async #link({ lines, links }: Sent): Promise<void> {
    const results = await this.#ask(links);
    for (const [at, result] of results.entries()) {
      const line = lines[at] ?? 0;
      if (result.kind === 'linked' || result.kind === 'same') this.#counts[result.kind] += 1;
      else await this.#report(line, result);
    }
    this.options.progress.show(this.#done(), this.#counts.conflict + this.#counts.invalid);
  }

  /** Linking again does no harm, so whatever went wrong may be tried again. */
  async #ask(links: Sent['links']): Promise<readonly BulkLinkResult[]> {
    for (let tries = 0; ; tries += 1) {
      try {
        const { body } = await this.client.need({
          method: 'POST',
          path: 'payments',
          query: { merchant: this.options.merchant },
          body: { links },
        });
        return body.results as BulkLinkResult[];
      } catch (error) {
        const pauseMs = AGAIN_MS[tries];
        const mayPass = error instanceof CommandError && /cannot be reached|could not answer/.test(error.message);
        if (pauseMs === undefined || !mayPass || this.terminal.signal.aborted) throw error;
        await sleep(pauseMs);
      }
    }
  }

  async #report(line: number, result: NotLinked): Promise<void> {
    this.#counts[result.kind] += 1;
    await this.options.report.add(line, result);
  }

  #done(): number {
    const { linked, same, conflict, invalid } = this.#counts;
    return linked + same + conflict + invalid;
  }

  #summary(): ImportSummary {
    const { linked, same, conflict: conflicts, invalid } = this.#counts;
    return {
      linked,
      same,
      conflicts,
      invalid,
      seconds: Math.round((performance.now() - this.#startedAt) / 100) / 10,
      stoppedAtLine: this.#stoppedAt,
      report: this.options.report.path,
    };
  }
}

function wordsOf({ linked, same, conflicts, invalid, seconds, stoppedAtLine, report }: ImportSummary): string {
  const number = new Intl.NumberFormat('en');
  const lines = [
    `${number.format(linked)} linked, ${number.format(same)} linked like this before, ${number.format(conflicts)} in conflict, ${number.format(invalid)} invalid, in ${seconds} s.`,
  ];
  if (report !== null) lines.push(`Each line that was not linked, and why: ${report}`);
  if (stoppedAtLine !== null) {
    lines.push(
      `Stopped: everything before line ${stoppedAtLine} is done. Go on with --from-line ${stoppedAtLine}; beginning again does no harm.`,
    );
  }
  return lines.join('\n');
}

/** The lines that were not linked, as CSV. The file is made with the first of them. */
class Report {
  #file: Writable | null = null;

  /** @param options.isContinued what an earlier run reported stays */
  constructor(
    private readonly name: string,
    private readonly options: { readonly isContinued: boolean },
  ) {}

  /** Null while nothing was reported. */
  get path(): string | null {
    return this.#file ? this.name : null;
  }

  async add(line: number, result: NotLinked): Promise<void> {
    if (!this.#file) {
      const isContinued = this.options.isContinued && existsSync(this.name);
      this.#file = createWriteStream(this.name, { flags: isContinued ? 'a' : 'w' });
      await once(this.#file, 'open').catch((error: unknown) => {
        throw new CommandError(`The report ${this.name} cannot be written (${(error as NodeJS.ErrnoException).code}).`);
      });
      if (!isContinued) this.#file.write('line,paymentId,result,why\n');
    }
    const why =
      result.kind === 'conflict'
        ? result.why
        : Object.entries(result.fields)
            .map(([field, words]) => (words.includes(field.split('.').at(-1) ?? '') ? words : `${field} ${words}`))
            .join('; ');
    const cells = [String(line), result.paymentId ?? '', result.kind, why];
    if (!this.#file.write(`${cells.map(cellOf).join(',')}\n`)) await once(this.#file, 'drain');
  }

  async close(): Promise<void> {
    const file = this.#file;
    if (file) await new Promise<void>((resolve) => file.end(resolve));
  }
}

/** Quoted, and with an apostrophe before what a spreadsheet would take for a formula. */
function cellOf(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
