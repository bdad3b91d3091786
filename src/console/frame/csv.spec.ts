import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { languages } from '../../texts/language.js';
import { csvLine } from './csv.js';

describe('a line of a CSV file', () => {
  it.each([
    ['plain', 'plain'],
    ['with, comma', '"with, comma"'],
    ['with; semicolon', '"with; semicolon"'],
    ['with "quotes"', '"with ""quotes"""'],
    ['two\nlines', '"two\nlines"'],
    ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@cmd', "'@cmd"],
    ['\tx', `"'\tx"`],
    ['\rx', `"'\rx"`],
    ["x;=cmd|'/C calc'!A0;y", `"x;'=cmd|'/C calc'!A0;y"`],
    ['x,+1', `"x,'+1"`],
    ['x;"=1', `"x;""'=1"`],
    ['x\n@cmd', `"x\n'@cmd"`],
    [-5, '-5'],
    [null, ''],
  ])('has %j as %j', (cell, written) => {
    expect(csvLine([cell], 'en')).toBe(`${written}\r\n`);
  });

  it.each([
    ['en', 'a,10.5,\r\n'],
    ['pt-BR', 'a;10,5;\r\n'],
    ['es', 'a;10,5;\r\n'],
  ] as const)('is taken apart by a spreadsheet in %s', (language, line) => {
    expect(csvLine(['a', 10.5, null], language)).toBe(line);
  });

  it('leaves no formula at the beginning of a cell, whatever separates cells where it is opened', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom(...'=+-@,;"\'\t\r\nax 1') }), { minLength: 2, maxLength: 8 }),
        fc.constantFrom(...languages),
        (cells, language) => {
          for (const cell of csvLine(cells, language).split(/[,;\t\r\n]/)) expect(cell).not.toMatch(/^"?[=+\-@]/);
        },
      ),
    );
  });

  it('reads back as it was written, but for what would be a formula', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme' }), { minLength: 2, maxLength: 8 }),
        fc.constantFrom(...languages),
        (cells, language) => {
          const delimiter = language === 'en' ? ',' : ';';
          const [line] = parse(csvLine(cells, language), { delimiter, record_delimiter: '\r\n' });

          expect(line?.map((cell) => cell.replaceAll("'", ''))).toEqual(cells.map((cell) => cell.replaceAll("'", '')));
        },
      ),
    );
  });
});
