import { IntlMessageFormat } from 'intl-messageformat';
import { catalogue, type TextKey } from './catalogue.js';
import type { Language } from './language.js';

export type TextValues = Readonly<Record<string, string | number>>;

/** Says a text in one language. */
export type Say = (key: TextKey, values?: TextValues) => string;

const formats = new Map<string, IntlMessageFormat>();

/**
 * Says the catalogue's texts in this language.
 *
 * @throws where a value is missing that the text names
 */
export const sayIn =
  (language: Language): Say =>
  (key, values = {}) =>
    String(formatOf(language, key).format(values));

/** Is there such a text? For keys that are put together, as of an outcome. */
export const isTextKey = (key: string): key is TextKey => Object.hasOwn(catalogue, key);

/** Reading a text costs more than formatting it. */
function formatOf(language: Language, key: TextKey): IntlMessageFormat {
  const place = `${language} ${key}`;
  const known = formats.get(place);
  if (known) return known;
  // Texts are no markup: the pages escape what they show, and `<` is a character.
  const made = new IntlMessageFormat(catalogue[key][language], language, undefined, { ignoreTag: true });
  formats.set(place, made);
  return made;
}
