import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/** A secret as it is kept: AES-256-GCM, everything but the key's id in base64. */
export interface Sealed {
  /** The first 8 hexadecimal digits of the SHA-256 of the key it was sealed with. */
  readonly keyId: string;
  readonly iv: string;
  readonly tag: string;
  readonly ciphertext: string;
}

/** Where a secret belongs. It is sealed together with this, and does not open anywhere else. */
export interface SecretPlace {
  readonly merchantId: string;
  readonly issuer: string;
  readonly sandbox: boolean;
  readonly field: string;
}

/** There is no key to seal with. */
export class NoMasterKeyError extends Error {
  constructor() {
    super('Secrets are kept sealed: set MASTER_KEY to 32 random bytes in base64, and start the service again.');
  }
}

/** A secret does not open; the message says why, and holds nothing of it. */
export class CannotOpenError extends Error {}

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;

/** 96 bits, random: what GCM is made for. One key may seal 2^32 secrets before a repetition is worth a thought. */
const IV_BYTES = 12;

const TAG_BYTES = 16;

/** The keys that secrets in the database are sealed with. They appear in no printed form of this. */
export class MasterKeys {
  readonly #current: Key | null;
  readonly #all: readonly Key[];

  /**
   * @param current seals and opens; null: nothing can be kept
   * @param old open what was sealed before, until it is sealed anew
   */
  constructor(current: string | null, old: readonly string[] = []) {
    this.#current = current === null ? null : readKey(current);
    this.#all = [...(this.#current ? [this.#current] : []), ...old.map(readKey)];
  }

  /** Null where there is no key to seal with. */
  get keyId(): string | null {
    return this.#current?.keyId ?? null;
  }

  /** @throws NoMasterKeyError */
  seal(secret: string, place: SecretPlace): Sealed {
    if (this.#current === null) throw new NoMasterKeyError();
    const { keyId, bytes } = this.#current;
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, bytes, iv, { authTagLength: TAG_BYTES }).setAAD(associatedData(place));
    const ciphertext = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return {
      keyId,
      iv: iv.toString('base64'),
      tag: cipher.getAuthTag().toString('base64'),
      ciphertext: ciphertext.toString('base64'),
    };
  }

  /** @throws CannotOpenError */
  open(sealed: Sealed | null, place: SecretPlace): string {
    if (sealed === null) throw new CannotOpenError(`${place.field} is empty`);
    const key = this.#all.find(({ keyId }) => keyId === sealed.keyId);
    if (!key) {
      throw new CannotOpenError(
        `${place.field} was sealed with the key ${sealed.keyId}, which is neither MASTER_KEY nor in MASTER_KEY_OLD`,
      );
    }
    try {
      const iv = Buffer.from(sealed.iv, 'base64');
      const decipher = createDecipheriv(CIPHER, key.bytes, iv, { authTagLength: TAG_BYTES });
      decipher.setAAD(associatedData(place)).setAuthTag(Buffer.from(sealed.tag, 'base64'));
      return Buffer.concat([decipher.update(sealed.ciphertext, 'base64'), decipher.final()]).toString('utf8');
    } catch (error) {
      throw new CannotOpenError(`${place.field} was changed, or belongs to another account or field`, { cause: error });
    }
  }
}

/** Says what is wrong with the text of a master key; null when it is usable. */
export const masterKeyFault = (text: string): string | null =>
  isKey(text.trim()) ? null : 'must be 32 random bytes in base64, as "openssl rand -base64 32" makes them';

/** The keys of a list separated by commas. */
export const masterKeyList = (text: string): string[] =>
  text
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');

/** Says what is wrong with a list of master keys; null when each is usable. */
export const masterKeyListFault = (text: string): string | null =>
  masterKeyList(text).every(isKey) ? null : 'must be master keys separated by commas, each 32 bytes in base64';

interface Key {
  readonly keyId: string;
  readonly bytes: Buffer;
}

const isKey = (text: string) => /^[\w+/-]{43}=?$/.test(text) && Buffer.from(text, 'base64').length === KEY_BYTES;

function readKey(text: string): Key {
  const bytes = Buffer.from(text.trim(), 'base64');
  return { keyId: createHash('sha256').update(bytes).digest('hex').slice(0, 8), bytes };
}

/** JSON, because a name with a separator in it must not read like two names. */
const associatedData = ({ merchantId, issuer, sandbox, field }: SecretPlace) =>
  Buffer.from(JSON.stringify([merchantId, issuer, sandbox ? 'sandbox' : 'live', field]), 'utf8');
