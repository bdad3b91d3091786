import { Inject, Injectable } from '@nestjs/common';
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { CONFIG, type Config } from '../../config.js';

/** More people want to sign in at once than memory should be given to. */
export class TooBusyError extends Error {}

/** What a password breaks of the rule: 12 to 200 characters, and not the e-mail address; null when nothing. */
export function passwordFault(password: string, email: string): 'length' | 'email' | null {
  const length = [...password].length;
  if (length < SHORTEST || length > LONGEST) return 'length';
  return password.trim().toLowerCase() === email ? 'email' : null;
}

const SHORTEST = 12;
const LONGEST = 200;

/** Each takes 128 MB at the default cost (1 kB × 2^17), and most of half a second of one processor. */
const MOST_AT_ONCE = 2;

/** Whoever comes after these would wait for longer than a person does. */
const MOST_WAITING = 20;

const BLOCK_SIZE = 8;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** How a password was hashed: with the same of these, one piece of work tells of several people whether it is theirs. */
interface Recipe {
  /** The power of two of scrypt's N. */
  readonly cost: number;
  readonly salt: Buffer;
}

/**
 * Hashes passwords with scrypt, few at once. A hash is kept as `scrypt$17$8$1$salt$hash`, so that a later cost leaves earlier ones good.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html, which asks for N = 2^17, r = 8, p = 1
 */
@Injectable()
export class Passwords {
  /** For whoever has no hash. */
  readonly #nobody: Recipe;
  readonly #queue: (() => void)[] = [];
  #underWay = 0;

  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'passwordCost'>) {
    this.#nobody = { cost: config.passwordCost, salt: randomBytes(SALT_BYTES) };
  }

  /**
   * @param like other hashes of the same person's. They share one salt, so that a sign-in is the same work for somebody who is known at
   * several merchants as for somebody who is known at none.
   * @throws TooBusyError
   */
  async hash(password: string, like: readonly string[] = []): Promise<string> {
    const cost = this.config.passwordCost;
    const salt = like.map(read).find((known) => known?.cost === cost)?.salt ?? randomBytes(SALT_BYTES);
    const hash = await this.#derive(password, { cost, salt });
    return ['scrypt', cost, BLOCK_SIZE, 1, salt.toString('base64'), hash.toString('base64')].join('$');
  }

  /**
   * Which of these hashes are the password's. Where there are none it does the same work.
   *
   * @throws TooBusyError
   */
  async matching(password: string, hashes: readonly string[]): Promise<string[]> {
    const recipes = new Map<string, Recipe>();
    for (const hash of hashes) {
      const kept = read(hash);
      if (kept) recipes.set(recipeOf(hash), kept);
    }
    if (recipes.size === 0) recipes.set('', this.#nobody);
    const found: string[] = [];
    for (const [recipe, how] of recipes) {
      const derived = await this.#derive(password, how);
      const alike = hashes.filter((hash) => recipeOf(hash) === recipe);
      found.push(...alike.filter((hash) => timingSafeEqual(read(hash)?.hash ?? Buffer.alloc(HASH_BYTES), derived)));
    }
    return found;
  }

  async #derive(password: string, { cost, salt }: Recipe): Promise<Buffer> {
    await this.#turn();
    try {
      return await derive(password, { cost, salt });
    } finally {
      // The place goes to whoever waits, and is never free in between.
      const next = this.#queue.shift();
      if (next) next();
      else this.#underWay -= 1;
    }
  }

  async #turn(): Promise<void> {
    if (this.#underWay < MOST_AT_ONCE) {
      this.#underWay += 1;
      return;
    }
    if (this.#queue.length >= MOST_WAITING) throw new TooBusyError('Too many passwords are being checked');
    await new Promise<void>((resolve) => this.#queue.push(resolve));
  }
}

function derive(password: string, { cost, salt }: Recipe): Promise<Buffer> {
  const N = 2 ** cost;
  return new Promise((resolve, reject) =>
    // The same letters may be typed as different characters on another machine.
    scrypt(
      password.normalize('NFC'),
      salt,
      HASH_BYTES,
      { N, r: BLOCK_SIZE, p: 1, maxmem: 2 * 128 * N * BLOCK_SIZE },
      (error, key) => (error ? reject(error) : resolve(key)),
    ),
  );
}

/** Everything before the hash itself. */
const recipeOf = (hash: string) => hash.slice(0, hash.lastIndexOf('$'));

function read(kept: string): (Recipe & { readonly hash: Buffer }) | null {
  const [, cost, salt = '', hash = ''] = /^scrypt\$(\d\d)\$8\$1\$([\w+/=]+)\$([\w+/=]+)$/.exec(kept) ?? [];
  const bytes = Buffer.from(hash, 'base64');
  return cost !== undefined && bytes.length === HASH_BYTES
    ? { cost: Number(cost), salt: Buffer.from(salt, 'base64'), hash: bytes }
    : null;
}
