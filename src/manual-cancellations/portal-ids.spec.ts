import { issuers } from '../issuers/index.js';
import type { SomeIssuer } from '../issuers/issuer.js';
import { languages } from '../texts/language.js';
import { sayIn } from '../texts/say.js';
import { idsOf } from './portal-ids.js';

describe('the identifiers', () => {
  it.each(languages)('of every issuer have a name of its portal in %s', (language) => {
    for (const issuer of Object.values<SomeIssuer>(issuers)) {
      const examples = (issuer.reference.schema.meta()?.examples ?? []) as Record<string, unknown>[];
      for (const example of examples) {
        for (const { name } of idsOf({ say: sayIn(language) }, example)) {
          expect(Object.keys(example)).not.toContain(name);
        }
      }
    }
  });

  it('leave out a network address, which is the customer’s', () => {
    const ids = idsOf({ say: sayIn('en') }, { adminNumber: '129409', externalIp: '203.0.113.7', other: '2001:db8::1' });

    expect(ids).toEqual([{ name: 'Account number', value: '129409' }]);
  });

  it('have the one first that is looked for first', () => {
    const ids = idsOf({ say: sayIn('en') }, { cardKey: 'c', walletKey: 'w', paymentInstrumentKey: 'p' });

    expect(ids.map(({ value }) => value)).toEqual(['w', 'p', 'c']);
  });
});
