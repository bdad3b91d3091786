import type { Language } from '../../texts/language.js';

/** Tells a spreadsheet that the text is UTF-8. */
export const BYTE_ORDER_MARK = '\ufeff';

export type CsvCell = string | number | null;

interface CsvForm {
  readonly separator: ',' | ';';
  readonly decimal: '.' | ',';
}

/** What a spreadsheet in this language takes apart by a double click. Mexico's takes commas; most others in Spanish do not. */
const forms: Readonly<Record<Language, CsvForm>> = {
  en: { separator: ',', decimal: '.' },
  'pt-BR': { separator: ';', decimal: ',' },
  es: { separator: ';', decimal: ',' },
};

/** One line as RFC 4180 has it, but for the separator of the language. */
export function csvLine(cells: readonly CsvCell[], language: Language): string {
  const form = forms[language];
  return `${cells.map((cell) => csvCell(cell, form)).join(form.separator)}\r\n`;
}

/**
 * What a spreadsheet would run as a formula begins with an apostrophe, which makes it text. So does what follows something that separates
 * cells in a spreadsheet of another language, which does not see the quotes.
 */
function csvCell(cell: CsvCell, { decimal }: CsvForm): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell).replace('.', decimal);
  const inside = cell.replace(/(?<=[,;\t\r\n]"*)(?=[=+\-@])/g, "'");
  const text = /^[=+\-@\t\r]/.test(inside) ? `'${inside}` : inside;
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
