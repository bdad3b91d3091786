import { Injectable } from '@nestjs/common';
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
  constructor(private readonly dataSource: DataSource) {}

  async run<Row extends object>({ name, text }: Statement, values: readonly unknown[]): Promise<Row[]> {
    return rowsOf(await this.#pool.query<Row>({ name, text, values: [...values] }));
  }

  /** Commits when `work` ends, rolls back when it throws; a connection that broke is not given back to the pool. */
  async transaction<Result>(work: (sql: Transaction) => Promise<Result>): Promise<Result> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    const onError = (error: Error) => (broken = error);
    client.on('error', onError);
    try {
      await client.query('begin');
      const result = await work(new Transaction(client));
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((rollbackError: Error) => (broken = rollbackError));
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }

  get #pool(): Pool {
    return (this.dataSource.driver as unknown as { master: Pool }).master;
  }
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
