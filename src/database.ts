import { Injectable } from '@nestjs/common';
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { DataSource } from 'typeorm';

/** A statement with a name: the server plans it once per connection. The same name always stands for the same text. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Runs statements: on any connection of the pool, or inside one transaction. */
export interface Sql {
  run<Row extends object = Record<string, never>>(statement: Statement, values: readonly unknown[]): Promise<Row[]>;
}

/** Makes a {@link Statement}; written beside the function that runs it. */
export const statement = (name: string, text: string): Statement => ({ name, text });

/** Whose turn it is before whose, for what runs in the background; nothing for a request. */
const background = new AsyncLocalStorage<number>();

/**
 * Does something that no request may hold up: the follow-up, the outboxes, looks for what has changed, the record of what an issuer has
 * answered. It has connections of its own, so that requests, however many there are, never take them all; nor it all of theirs. Where
 * they are few or slow, what has been due for longest is ended first, instead of everything being under way for ever.
 */
export const inBackground = <Result>(work: () => Result, dueAt = new Date()): Result =>
  background.run(dueAt.getTime(), work);

/** The same for what was done already and has only to be recorded: before everything else. */
export const aheadOfAll = <Result>(work: () => Result): Result => background.run(0, work);

/** A connection that does not even answer this is not asked for more. */
const ROLLBACK_MS = 1_000;

/**
 * A statement that is planned anew each time, with the values at hand: for one that is put together, where a plan for any values would
 * be a bad one for most.
 */
export const unnamed = (text: string): Statement => ({ name: '', text });

/**
 * Hand-written SQL through TypeORM's own pool, for everything that decides or changes something.
 *
 * Never hold a transaction open over a network call.
 */
@Injectable()
export class Database implements Sql {
  readonly #requests: Lane;
  readonly #background: Lane;

  constructor(private readonly dataSource: DataSource) {
    const { max } = this.#pool.options;
    // Either side has a part that the other one cannot take: 3 and 5 of 10.
    this.#requests = new Lane(Math.max(1, Math.floor(max * 0.7)), REQUEST_WAIT_MS);
    this.#background = new Lane(Math.max(1, Math.floor(max * 0.5)), BACKGROUND_WAIT_MS);
  }

  /** @param onTurn called when a connection is there, just before the statement is sent */
  async run<Row extends object>(
    { name, text }: Statement,
    values: readonly unknown[],
    onTurn: () => void = () => {},
  ): Promise<Row[]> {
    return this.#onConnection(async (client) => {
      onTurn();
      return rowsOf(await client.query<Row>({ name, text, values: [...values] }));
    });
  }

  /** Commits when `work` ends, rolls back when it throws; a connection that broke is not given back to the pool. */
  async transaction<Result>(work: (sql: Transaction) => Promise<Result>): Promise<Result> {
    return this.#onConnection(async (client) => {
      await client.query('begin');
      const result = await work(new Transaction(client));
      await client.query('commit');
      return result;
    });
  }

  async #onConnection<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> {
    const turn = background.getStore();
    const lane = turn === undefined ? this.#requests : this.#background;
    await lane.enter(turn ?? 0);
    try {
      const client = await this.#pool.connect();
      let broken: Error | undefined;
      const onError = (error: Error) => (broken = error);
      client.on('error', onError);
      try {
        return await work(client);
      } catch (error) {
        broken ??= await faultOfRollback(client);
        throw error;
      } finally {
        client.off('error', onError);
        client.release(broken);
      }
    } finally {
      lane.leave();
    }
  }

  get #pool(): Pool {
    return (this.dataSource.driver as unknown as { master: Pool }).master;
  }
}

async function faultOfRollback(client: PoolClient): Promise<Error | undefined> {
  const silent = new Error('A connection did not answer a rollback');
  return Promise.race([
    client.query('rollback').then(
      () => undefined,
      (error: Error) => error,
    ),
    sleep(ROLLBACK_MS, silent, { ref: false }),
  ]);
}

/** How long a request waits for its turn: so many duplicates at once are answered late, but not with a fault, while VTEX waits (20 s). */
const REQUEST_WAIT_MS = 10_000;

/** What gives up goes to the end of the queue, and the oldest would never get on. There is only so much in the background at once. */
const BACKGROUND_WAIT_MS = 30_000;

/** So many at once; of the others the one with the smallest turn comes next, and of equals the one that came first. */
class Lane {
  readonly #waiting = new Set<Waiting>();

  constructor(
    private places: number,
    private readonly longestWaitMs: number,
  ) {}

  async enter(turn: number): Promise<void> {
    if (this.places > 0) {
      this.places -= 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const begin = () => {
        clearTimeout(timer);
        resolve();
      };
      const one = { turn, begin };
      const timer = setTimeout(() => {
        this.#waiting.delete(one);
        reject(new Error(`No connection to the database was free for ${this.longestWaitMs} ms`));
      }, this.longestWaitMs);
      this.#waiting.add(one);
    });
  }

  leave(): void {
    const next = this.#next();
    if (!next) {
      this.places += 1;
      return;
    }
    this.#waiting.delete(next);
    next.begin();
  }

  #next(): Waiting | null {
    let next: Waiting | null = null;
    for (const one of this.#waiting) {
      if (next === null || one.turn < next.turn) next = one;
      // None is smaller. Requests have no other, and there may be thousands of them.
      if (next.turn === 0) break;
    }
    return next;
  }
}

interface Waiting {
  readonly turn: number;
  readonly begin: () => void;
}

/** One open transaction. */
export class Transaction implements Sql {
  constructor(private readonly client: PoolClient) {}

  async run<Row extends object>({ name, text }: Statement, values: readonly unknown[]): Promise<Row[]> {
    return rowsOf(await this.client.query<Row>({ name, text, values: [...values] }));
  }

  /** Runs something whose failure must not abort the transaction; answers whether it worked. */
  async attempt(work: () => Promise<unknown>): Promise<boolean> {
    await this.client.query('savepoint attempt');
    try {
      await work();
      await this.client.query('release savepoint attempt');
      return true;
    } catch {
      await this.client.query('rollback to savepoint attempt');
      return false;
    }
  }

  /** For libraries that bring their own SQL. */
  async executeSql(text: string, values: unknown[] = []): Promise<{ rows: unknown[] }> {
    return this.client.query(text, values);
  }
}

/**
 * Takes the rows out of their result. The timer of `query_timeout` holds a result that is over for as long as it is chained to the timers
 * after it, and so would hold every row that was ever read until the next full collection.
 */
function rowsOf<Row extends object>(result: { rows: Row[] }): Row[] {
  const { rows } = result;
  result.rows = [];
  return rows;
}
