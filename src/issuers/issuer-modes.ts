import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { IssuerMode } from '../config.js';
import { Database, statement, type Sql } from '../database.js';
import { serially } from '../serially.js';

/** Names one account of one merchant, in one environment. */
export interface AccountKey {
  readonly merchantId: string;
  readonly issuer: string;
  readonly sandbox: boolean;
}

const selectModes = statement('select-issuer-modes', 'select merchant_id, issuer, sandbox, mode from issuer_modes');

const setMode = statement(
  'set-issuer-mode',
  `insert into issuer_modes as m (merchant_id, issuer, sandbox, mode) values ($1, $2, $3, $4)
   on conflict on constraint issuer_modes_pk do update set mode = excluded.mode, changed_at = now() where $5::text is null or m.mode = $5
   returning 1`,
);

const clearMode = statement(
  'clear-issuer-mode',
  'delete from issuer_modes where merchant_id = $1 and issuer = $2 and sandbox = $3',
);

/**
 * The modes that operators set while the service runs; they win over the setting. Read again by every process every few seconds, so
 * that no cancel pays for a look.
 */
@Injectable()
export class IssuerModes implements OnModuleInit {
  readonly #inTurn = serially();
  #modes: ReadonlyMap<string, KnownMode> = new Map();
  #hasLooked = false;
  #onChange: (key: AccountKey) => void = () => undefined;

  constructor(private readonly database: Database) {}

  async onModuleInit(): Promise<void> {
    await this.refresh();
  }

  /** Says what to do when this process finds another mode than it knew. */
  whenChanged(listener: (key: AccountKey) => void): void {
    this.#onChange = listener;
  }

  /** Null where nobody set one. */
  of(key: AccountKey): IssuerMode | null {
    return this.#modes.get(textOf(key))?.mode ?? null;
  }

  /**
   * Writes a mode, or with null goes back to the setting; {@link refresh} makes it known.
   *
   * @param expected what an operator must have set before, if any did; absent: anything
   * @returns whether it was written
   */
  async write(sql: Sql, key: AccountKey, mode: IssuerMode | null, expected?: IssuerMode): Promise<boolean> {
    const account = [key.merchantId, key.issuer, key.sandbox];
    if (mode !== null) return (await sql.run(setMode, [...account, mode, expected ?? null])).length > 0;
    await sql.run(clearMode, account);
    return true;
  }

  /** Reads what other processes have set. */
  refresh(): Promise<void> {
    return this.#inTurn(async () => {
      const rows = await this.database.run<ModeRow>(selectModes, []);
      const before = this.#modes;
      const found = new Map(
        rows.map(({ merchant_id: merchantId, ...row }) => [textOf({ merchantId, ...row }), { merchantId, ...row }]),
      );
      this.#modes = found;
      if (this.#hasLooked) {
        for (const [text, key] of new Map([...before, ...found])) {
          if (before.get(text)?.mode !== found.get(text)?.mode) this.#onChange(key);
        }
      }
      this.#hasLooked = true;
    });
  }
}

interface KnownMode extends AccountKey {
  readonly mode: IssuerMode;
}

interface ModeRow {
  readonly merchant_id: string;
  readonly issuer: string;
  readonly sandbox: boolean;
  readonly mode: IssuerMode;
}

/** An account's name in maps: merchant, issuer and environment. */
export const textOf = ({ merchantId, issuer, sandbox }: AccountKey) =>
  `${merchantId}/${issuer}/${sandbox ? 'sandbox' : 'live'}`;
