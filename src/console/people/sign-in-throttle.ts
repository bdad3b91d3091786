import { Injectable } from '@nestjs/common';
import { digest } from '../../config.js';
import { Database, statement } from '../../database.js';
import { callerOf } from './network.js';

/** Long enough that guessing 12 characters is hopeless, short enough to wait for over a coffee. */
const WINDOW_MS = 15 * 60_000;

/** Wrong tries under one e-mail address in a window, whether somebody has it or not. */
const MOST_PER_EMAIL = 10;

/** Wrong tries from one network address in a window: a whole office may be behind it. */
const MOST_PER_CALLER = 50;

/** Counted before the password is looked at, so that tries at the same time are no way around the limit. */
const countTry = statement(
  'count-sign-in-try',
  `insert into sign_in_tries as counted (key_digest, tries, ends_at) values ($1, 1, now() + $2 * interval '1 millisecond')
   on conflict on constraint sign_in_tries_pk do update
     set tries = case when counted.ends_at <= now() then 1 else least(counted.tries, 1000000) + 1 end,
         ends_at = case when counted.ends_at <= now() then excluded.ends_at else counted.ends_at end
   returning tries`,
);

const giveBack = statement(
  'give-back-sign-in-try',
  'update sign_in_tries set tries = tries - 1 where key_digest = $1 and tries > 0',
);

/** Who tries. */
export interface Tries {
  /** In lower case. */
  readonly email: string;
  /** The network address. */
  readonly address: string;
}

/** `last`: the next one is refused. */
export type TryVerdict = 'allowed' | 'last' | 'refused';

/** Counts tries to sign in, in the database, so that it holds for all processes together. */
@Injectable()
export class SignInThrottle {
  constructor(private readonly database: Database) {}

  /** Counts a try. The right password is refused like a wrong one once there were too many. */
  async count({ email, address }: Tries): Promise<TryVerdict> {
    // First the caller's, so that one caller cannot fill the table with addresses.
    if ((await this.#count(keyOfCaller(address))) > MOST_PER_CALLER) return 'refused';
    const tries = await this.#count(keyOfEmail(email));
    if (tries > MOST_PER_EMAIL) return 'refused';
    return tries === MOST_PER_EMAIL ? 'last' : 'allowed';
  }

  /**
   * The password was right: this try does not count. Wrong ones before it still do, because the same address may be known at another
   * merchant, with a password that is still being guessed.
   */
  async giveBack({ email, address }: Tries): Promise<void> {
    await this.database.run(giveBack, [keyOfEmail(email)]);
    await this.database.run(giveBack, [keyOfCaller(address)]);
  }

  async #count(key: Buffer): Promise<number> {
    const [row] = await this.database.run<{ tries: number }>(countTry, [key, WINDOW_MS]);
    return row?.tries ?? Number.POSITIVE_INFINITY;
  }
}

const keyOfEmail = (email: string) => digest(`email ${email}`);
const keyOfCaller = (address: string) => digest(`caller ${callerOf(address)}`);
