import { parse } from 'csv-parse/sync';
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
 * Reads links from CSV, with a header that names the columns, and whose separator is that of the whole file. Each line stands for
 * itself, because no field of a link has a line break: a quote that is not closed spoils its own line alone.
 *
 * @throws CommandError for an empty file, or a header that names an unknown column or lacks paymentId
 */
export async function* readCsv(input: Readable): AsyncGenerator<LinkRecord> {
  let line = 0;
  let header: Header | null = null;
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    line += 1;
    if (text.trim() === '') continue;
    if (header) yield readRow(line, header, text);
    else header = readHeader(text.replace(/^\uFEFF/, ''));
  }
  if (!header) throw new CommandError('The file is empty: its first line must name the columns.');
}

interface Header {
  readonly columns: readonly string[];
  readonly separator: string;
}

const plainColumns = ['paymentId', 'issuer', 'value', 'orderId', 'sandbox'];

function readHeader(text: string): Header {
  const separator = [';', '\t'].find((one) => text.includes(one)) ?? ',';
  const names = cellsOf(text, separator);
  const unknown = names.filter((name) => !plainColumns.includes(name) && !/^reference\.\w+$/.test(name));
  if (unknown.length > 0) {
    throw new CommandError(
      `The header names columns that a link does not have: ${unknown.map((name) => `"${name.slice(0, 40)}"`).join(', ')}. It has ${plainColumns.join(', ')}, and reference.<name> for each of the issuer's ids.`,
    );
  }
  if (!names.includes('paymentId')) throw new CommandError('The header has no column "paymentId".');
  return { columns: names, separator };
}

/** The line's fields; none may be longer than a link is. @throws an error of the library's where it is no CSV */
function cellsOf(text: string, separator: string): readonly string[] {
  // Most lines of most files; the library takes some twenty times as long for them.
  if (!text.includes('"')) return text.split(separator).map((cell) => cell.trim());
  const [row = []] = parse(text, { delimiter: separator, relax_column_count: true, trim: true });
  return row;
}

function readRow(line: number, { columns, separator }: Header, text: string): LinkRecord {
  if (text.length > LONGEST_LINE) return { line, paymentId: null, fault: 'the line is too long for a link' };
  let row: readonly string[];
  try {
    row = cellsOf(text, separator);
  } catch {
    return { line, paymentId: null, fault: 'the line is no CSV: look at its quotes' };
  }
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
