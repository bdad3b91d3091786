import type { Result, Verdict } from './check.js';

const WIDTH = 100;
const ID_WIDTH = 33;
const TITLE_WIDTH = 51;

const colours: Readonly<Record<Verdict, number>> = { passed: 32, failed: 31, warning: 33, skipped: 90 };

/** One check as lines of at most 100 columns: a row, and what there is to say of it. */
export function tableRow(result: Result, isColoured: boolean): string {
  const { id, title, verdict, ms, expected, came, note, why, source } = result;
  const time = ms < 10_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`;
  const row = `${paint(verdict.padEnd(7), verdict, isColoured)} ${id.padEnd(ID_WIDTH)} ${title.padEnd(TITLE_WIDTH)}${time.padStart(7)}`;
  if (verdict === 'passed') return row;
  return [
    row,
    ...detail('', note),
    ...detail('expected', expected),
    ...detail('came', came),
    ...(verdict === 'skipped' ? [] : [...detail('why', why), ...detail('see', source.section), INDENT + source.url]),
  ].join('\n');
}

export function heading(group: string): string {
  return `\n${group}`;
}

export function summary(results: readonly Result[], isColoured: boolean): string {
  const counted = (['passed', 'failed', 'warning', 'skipped'] as const).flatMap((verdict) => {
    const count = results.filter((result) => result.verdict === verdict).length;
    return count === 0 ? [] : [paint(`${count} ${verdict}`, verdict, isColoured)];
  });
  const seconds = results.reduce((sum, { ms }) => sum + ms, 0) / 1_000;
  return `\n${counted.join(', ')}; ${seconds.toFixed(1)} s`;
}

function paint(text: string, verdict: Verdict, isColoured: boolean): string {
  return isColoured ? `\u001b[${colours[verdict]}m${text}\u001b[0m` : text;
}

const INDENT = ' '.repeat(6);
const LABEL_WIDTH = 10;

function detail(label: string, text: string | null): string[] {
  if (text === null || text === '') return [];
  const room = WIDTH - INDENT.length - LABEL_WIDTH;
  return wrap(text, room).map((line, at) => INDENT + (at === 0 ? label : '').padEnd(LABEL_WIDTH) + line);
}

/** Breaks at blanks; a word longer than a line, such as a body, fills the lines it needs. */
function wrap(text: string, room: number): string[] {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    const line = lines.pop() ?? '';
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= room) lines.push(longer);
    else if (word.length <= room) lines.push(line, word);
    else lines.push(...(longer.match(new RegExp(`.{1,${room}}`, 'gu')) ?? []));
  }
  return lines;
}
