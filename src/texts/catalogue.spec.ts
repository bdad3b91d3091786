import { parse, TYPE, type MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { manualReasons } from '../manual-cancellations/manual-reason.js';
import { catalogue, type TextKey } from './catalogue.js';
import { languages } from './language.js';

const keys = Object.keys(catalogue) as TextKey[];

/** One test for all texts: a test for each, some 900 of them, takes longer to count than to run. */
describe('every text', () => {
  it('is there in every language', () => {
    const missing = keys.filter((key) => languages.some((language) => catalogue[key][language].trim() === ''));

    expect(missing).toEqual([]);
  });

  it('names the same values in every language', () => {
    const differing = keys.filter((key) => {
      const [first, ...others] = languages.map((language) =>
        [...valuesOf(parse(catalogue[key][language]))].sort().join(' '),
      );
      return others.some((other) => other !== first);
    });

    expect(differing).toEqual([]);
  });
});

describe('the catalogue', () => {
  it('has no text that no page and no message uses', () => {
    const code = sources(join(process.cwd(), 'src')).join('\n');
    // Keys that are put together are named by their beginning: `reason.${reason}`.
    const beginnings = [...code.matchAll(/[`'"]([\w-]+(?:\.[\w-]+)*\.)\$\{/g)].map(([, beginning]) => beginning ?? '');
    const unused = keys.filter(
      (key) => !code.includes(`'${key}'`) && !beginnings.some((beginning) => key.startsWith(beginning)),
    );

    expect(unused).toEqual([]);
  });

  it('has a text for every reason', () => {
    for (const reason of Object.keys(manualReasons)) expect(catalogue).toHaveProperty([`reason.${reason}`]);
  });
});

/** The code without the areas' own files. */
function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.spec.ts') && !/^texts[\\/]/.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
}

function valuesOf(elements: readonly MessageFormatElement[]): Set<string> {
  const found = new Set<string>();
  for (const element of elements) {
    if (element.type === TYPE.literal || element.type === TYPE.pound) continue;
    found.add(element.value);
    if (element.type === TYPE.plural || element.type === TYPE.select) {
      for (const { value } of Object.values(element.options)) for (const name of valuesOf(value)) found.add(name);
    }
    if (element.type === TYPE.tag) for (const name of valuesOf(element.children)) found.add(name);
  }
  return found;
}
