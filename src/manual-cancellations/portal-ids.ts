import { isIP } from 'node:net';
import { fieldTexts } from '../texts/fields.js';
import { isTextKey, type Say } from '../texts/say.js';

export interface PortalId {
  readonly name: string;
  readonly value: string;
}

/** The issuer's own identifiers, as its portal calls them. A network address is the customer's, and finds no card. */
export const idsOf = ({ say }: { readonly say: Say }, reference: Readonly<Record<string, unknown>>): PortalId[] =>
  Object.entries(reference)
    .sort(([a], [b]) => placeOf(a) - placeOf(b))
    .map(([field, value]) => ({ field, value: String(value) }))
    .filter(({ value }) => isIP(value) === 0)
    .map(({ field, value }) => {
      const key = `field.${field}`;
      return { name: isTextKey(key) ? say(key) : field, value };
    });

/** What is looked for first comes first; a database keeps fields in an order of its own. */
const placeOf = (field: string): number => {
  const place = Object.keys(fieldTexts).indexOf(`field.${field}`);
  return place < 0 ? Object.keys(fieldTexts).length : place;
};
