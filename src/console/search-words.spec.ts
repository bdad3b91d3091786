import { spellingsOf } from './search-words.js';

const VTEX = '2F023FD5A72A49D48A8633252B7CCBD6';
const UUID = '2f023fd5-a72a-49d4-8a86-33252b7ccbd6';

describe('an id as it was pasted', () => {
  it.each([
    VTEX,
    VTEX.toLowerCase(),
    UUID,
    UUID.toUpperCase(),
    ` ${VTEX} \n`,
    `"${UUID}"`,
    '2F023FD5 A72A49D4 8A863325 2B7CCBD6',
  ])('of 32 digits is looked for in every spelling: %j', (pasted) => {
    expect(spellingsOf(pasted)).toEqual(expect.arrayContaining([VTEX, VTEX.toLowerCase(), UUID, UUID.toUpperCase()]));
  });

  it('keeps the dashes of what is no UUID', () => {
    expect(spellingsOf('V1234STR-01')).toEqual(['V1234STR-01', 'v1234str-01']);
  });

  it.each([
    ['https://mystore.myvtex.com/admin/orders/1234567-01', '1234567-01'],
    [`https://mystore.myvtex.com/admin/pci-gateway/#/transactions/${VTEX}`, VTEX],
    ['https://mystore.myvtex.com/admin/orders/1234567-01?x=1', '1234567-01'],
    ['https://mystore.myvtex.com/admin/orders/a%20b', 'a b'],
    ['https://mystore.myvtex.com/admin/orders/%', '%'],
  ])('is the last part of an address: %s', (pasted, id) => {
    expect(spellingsOf(pasted)).toContain(id);
  });

  it('may have a time and an amount', () => {
    expect(spellingsOf('2019-02-04T22:53:42-40000')).toContain('2019-02-04T22:53:42-40000');
  });

  it.each(['', '   ', '\u0000', '""', 'x'.repeat(301)])('is nothing where it has nothing to look for: %j', (pasted) => {
    expect(spellingsOf(pasted)).toEqual([]);
  });
});
