import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { CannotOpenError, MasterKeys, NoMasterKeyError, type Sealed, type SecretPlace } from './sealed.js';

const newKey = () => randomBytes(32).toString('base64');
const [key, other] = [newKey(), newKey()];
const keys = new MasterKeys(key);
const place: SecretPlace = { merchantId: 'shop', issuer: 'vault', sandbox: false, field: 'ACCESS_TOKEN' };

/** With one bit of one byte turned over. */
function tampered(sealed: Sealed, part: 'iv' | 'tag' | 'ciphertext'): Sealed {
  const bytes = Buffer.from(sealed[part], 'base64');
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return { ...sealed, [part]: bytes.toString('base64') };
}

describe('a sealed secret', () => {
  it.each(['a token', '', 'çãñ 漢字 💳', 'x'.repeat(10_000), '-----BEGIN KEY-----\nabc\n-----END KEY-----\n'])(
    'opens where it was sealed: %.20j',
    (secret) => {
      expect(keys.open(keys.seal(secret, place), place)).toBe(secret);
    },
  );

  it('shows nothing of itself, and is another one each time', () => {
    const [one, two] = [keys.seal('a secret', place), keys.seal('a secret', place)];

    expect(JSON.stringify(one)).not.toContain(Buffer.from('a secret').toString('base64').slice(0, 8));
    expect(Buffer.from(one.iv, 'base64')).toHaveLength(12);
    expect(Buffer.from(one.tag, 'base64')).toHaveLength(16);
    expect(one.iv).not.toBe(two.iv);
    expect(one.ciphertext).not.toBe(two.ciphertext);
  });

  it.each<[string, Partial<SecretPlace>]>([
    ['merchant', { merchantId: 'shop-2' }],
    ['issuer', { issuer: 'artha' }],
    ['environment', { sandbox: true }],
    ['field', { field: 'CLIENT_SECRET' }],
    ['place that only reads alike', { merchantId: 'shop","vault', issuer: '' }],
  ])('does not open for another %s', (_what, change) => {
    expect(() => keys.open(keys.seal('a secret', place), { ...place, ...change })).toThrow(CannotOpenError);
  });

  it.each(['iv', 'tag', 'ciphertext'] as const)('does not open when its %s was changed', (part) => {
    expect(() => keys.open(tampered(keys.seal('a secret', place), part), place)).toThrow(CannotOpenError);
  });

  it.each(['tag', 'ciphertext', 'iv'] as const)('does not open when its %s was cut short or is gone', (part) => {
    const sealed = keys.seal('a secret', place);

    for (const value of ['', sealed[part].slice(0, 4)]) {
      expect(() => keys.open({ ...sealed, [part]: value }, place)).toThrow(CannotOpenError);
    }
    expect(() => keys.open({ ...sealed, [part]: undefined }, place)).toThrow(CannotOpenError);
  });

  it('does not open with another key, and says which key it wants and nothing else', () => {
    const sealed = keys.seal('a secret', place);

    const open = () => new MasterKeys(other).open(sealed, place);

    expect(open).toThrow(
      new CannotOpenError(
        `ACCESS_TOKEN was sealed with the key ${sealed.keyId}, which is neither MASTER_KEY nor in MASTER_KEY_OLD`,
      ),
    );
  });

  it('does not open with another key that claims its id', () => {
    const forged = { ...keys.seal('a secret', place), keyId: new MasterKeys(other).keyId ?? '' };

    expect(() => new MasterKeys(other).open(forged, place)).toThrow(CannotOpenError);
  });
});

describe('master keys', () => {
  it('are known by the first 8 digits of their hash', () => {
    expect(keys.keyId).toMatch(/^[0-9a-f]{8}$/);
    expect(new MasterKeys(key).keyId).toBe(keys.keyId);
    expect(new MasterKeys(other).keyId).not.toBe(keys.keyId);
  });

  it('change over: an old one opens, and only the new one seals', () => {
    const before = keys.seal('a secret', place);
    const rotated = new MasterKeys(other, [key]);

    const after = rotated.seal(rotated.open(before, place), place);

    expect(after.keyId).toBe(rotated.keyId);
    expect(new MasterKeys(other).open(after, place)).toBe('a secret');
    expect(() => keys.open(after, place)).toThrow(CannotOpenError);
  });

  it('that are missing seal nothing', () => {
    expect(() => new MasterKeys(null, [key]).seal('a secret', place)).toThrow(NoMasterKeyError);
    expect(new MasterKeys(null, [key]).open(keys.seal('a secret', place), place)).toBe('a secret');
    expect(new MasterKeys(null).keyId).toBeNull();
  });

  it('are in no printed form', () => {
    for (const text of [JSON.stringify({ keys }), inspect(keys, { depth: 9, showHidden: true })]) {
      expect(text).not.toContain(key.slice(0, 10));
    }
  });
});
