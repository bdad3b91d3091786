import { isIP } from 'node:net';
import { fieldTexts } from '../texts/fields.js';
import { isTextKey, type Say } from '../texts/say.js';

export interface PortalId {
  readonly name: string;
  readonly value: string;
}

/** What of a reference finds a card at its issuer. A network address is the customer's, finds none, and is shown to nobody. */
export const fieldsOf = (reference: Readonly<Record<string, unknown>>): [field: string, value: string][] =>
  Object.entries(reference).flatMap(([field, value]): [string, string][] =>
    (typeof value === 'string' || typeof value === 'number') && isIP(String(value)) === 0
      ? [[field, String(value)]]
      : [],
  );

/** The issuer's own identifiers, as its portal calls them. */
export const idsOf = ({ say }: { readonly say: Say }, reference: Readonly<Record<string, unknown>>): PortalId[] =>
  fieldsOf(reference)
    .sort(([a], [b]) => placeOf(a) - placeOf(b))
    .map(([field, value]) => {
      const key = `field.${field}`;
      return { name: isTextKey(key) ? say(key) : field, value };
    });

/** What is looked for first comes first; a database keeps fields in an order of its own. */
const placeOf = (field: string): number => {
  const place = Object.keys(fieldTexts).indexOf(`field.${field}`);
  return place < 0 ? Object.keys(fieldTexts).length : place;
};
