/** Two hundred and some characters are the longest id that VTEX may send. */
const MOST_CHARACTERS = 300;

/**
 * An id as somebody pasted it, in the spellings under which it may be kept: with and without blanks, in either case, a UUID with and
 * without dashes. Of an address the last part. Empty where there is nothing to look for.
 */
export function spellingsOf(pasted: string): string[] {
  const text = lastPartOf(pasted.normalize('NFKC').replace(/[\p{C}\p{Z}\s]+/gu, ' ')).trim();
  const [whole, tight] = [withoutQuotes(text), withoutQuotes(text.replaceAll(' ', ''))];
  const hex = tight.replaceAll('-', '').toLowerCase();
  const spellings = [
    whole,
    tight,
    tight.toLowerCase(),
    tight.toUpperCase(),
    ...(isUuid(hex) ? uuidSpellings(hex) : []),
  ];
  return [...new Set(spellings)].filter((spelling) => spelling !== '' && spelling.length <= MOST_CHARACTERS);
}

/** Ids are copied out of an address bar too: `…/admin/orders/1234567-01`. */
function lastPartOf(text: string): string {
  const address = text.trim();
  if (!/^https?:\/\/\S+$/i.test(address) || !URL.canParse(address)) return text;
  const { pathname, hash } = new URL(address);
  const part = `${pathname}/${hash.slice(1)}`.split('/').filter(Boolean).at(-1) ?? '';
  return decoded(part.replace(/\?.*$/, ''));
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** `"…"`, `#…` and a comma at the end come along from spreadsheets and chats. */
const withoutQuotes = (text: string) => text.replace(/^["'`#«“]+|["'`,;.»”]+$/gu, '').trim();

const isUuid = (hex: string) => /^[0-9a-f]{32}$/.test(hex);

function uuidSpellings(hex: string): string[] {
  const dashed = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return [hex, hex.toUpperCase(), dashed, dashed.toUpperCase()];
}
