import { parse, type Info } from 'csv-parse';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { CommandError } from './service-client.js';

/** One line of a file to import: a link to send, or what is wrong with the line itself. */
export type LinkRecord = { readonly line: number } & (
  { readonly link: Readonly<Record<string, unknown>> } | { readonly fault: string; readonly paymentId: string | null }
);

/** Longer than any link may be. */
const LONGEST_LINE = 60_000;

/**
 * Reads links from CSV, line by line, with a header that names the columns. Never holds more than a few lines.
 *
 * @throws CommandError for a header that names an unknown column, or lacks paymentId
 */
export async function* readCsv(input: Readable): AsyncGenerator<LinkRecord> {
  const parser = parse({
    bom: true,
    info: true,
    delimiter: [',', ';', '\t'],
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    max_record_size: LONGEST_LINE,
  });
  input.on('error', (error) => parser.destroy(error));
  const rows = input.pipe(parser) as AsyncIterable<{ info: Info; record: string[] }>;
  let columns: readonly string[] | null = null;
  try {
    for await (const { info, record } of rows) {
      if (columns) yield readRow(info.lines, columns, record);
      else columns = readHeader(record);
    }
  } catch (error) {
    // After a quote that is not closed nothing can be read any more.
    if (!isCsvFault(error)) throw error;
    yield {
      line: error.lines ?? 0,
      paymentId: null,
      fault: `this is no CSV, and nothing after it was read: ${error.message}`,
    };
  }
}

const plainColumns = ['paymentId', 'issuer', 'value', 'orderId', 'sandbox'];

function readHeader(names: readonly string[]): readonly string[] {
  const unknown = names.filter((name) => !plainColumns.includes(name) && !/^reference\.\w+$/.test(name));
  if (unknown.length > 0) {
    throw new CommandError(
      `The header names columns that a link does not have: ${unknown.map((name) => `"${name.slice(0, 40)}"`).join(', ')}. It has ${plainColumns.join(', ')}, and reference.<name> for each of the issuer's ids.`,
    );
  }
  if (!names.includes('paymentId')) throw new CommandError('The header has no column "paymentId".');
  return names;
}

function readRow(line: number, columns: readonly string[], row: readonly string[]): LinkRecord {
  const values = new Map(columns.map((name, at) => [name, row[at] ?? '']));
  const paymentId = values.get('paymentId') ?? '';
  if (row.length !== columns.length) {
    return { line, paymentId, fault: `the line has ${row.length} columns, and the header ${columns.length}` };
  }
  const given = [...values].filter(([, value]) => value !== '');
  const reference = given.filter(([name]) => name.startsWith('reference.'));
  return {
    line,
    link: {
      ...Object.fromEntries(
        given.filter(([name]) => plainColumns.includes(name)).map(([name, value]) => [name, typed(name, value)]),
      ),
      paymentId,
      reference: Object.fromEntries(reference.map(([name, value]) => [name.slice('reference.'.length), value])),
    },
  };
}

/** As a single link has it; what is neither a number nor a truth goes along as it is, and is refused in words. */
function typed(name: string, value: string): unknown {
  if (name === 'value' && /^\d{1,16}$/.test(value)) return Number(value);
  if (name === 'sandbox' && /^(true|1)$/i.test(value)) return true;
  if (name === 'sandbox' && /^(false|0)$/i.test(value)) return false;
  return value;
}

const isCsvFault = (error: unknown): error is Error & { readonly lines?: number } =>
  String((error as { code?: unknown }).code).startsWith('CSV_');

/** Reads links from NDJSON: one object a line. Never holds more than one line. */
export async function* readNdjson(input: Readable): AsyncGenerator<LinkRecord> {
  let line = 0;
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    line += 1;
    if (text.trim() !== '') yield readLine(line, line === 1 ? text.replace(/^\uFEFF/, '') : text);
  }
}

function readLine(line: number, text: string): LinkRecord {
  if (text.length > LONGEST_LINE) return { line, paymentId: null, fault: 'the line is too long for a link' };
  try {
    const link: unknown = JSON.parse(text);
    if (typeof link === 'object' && link !== null && !Array.isArray(link))
      return { line, link: link as Record<string, unknown> };
  } catch {
    // Falls through: whatever is wrong, the line is no JSON object.
  }
  return { line, paymentId: null, fault: 'the line is no JSON object' };
}
