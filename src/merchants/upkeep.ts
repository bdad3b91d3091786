import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { IssuerAccounts } from '../issuers/issuer-accounts.js';
import { Log } from '../operations/log.js';
import { Repeater } from '../operations/repeater.js';
import { Connections } from './connections.js';
import { Merchants } from './merchants.js';

/** How soon a process knows what another one has changed. */
const REFRESH_MS = 5_000;

const CLEAN_UP_MS = 10 * 60_000;

/** Keeps this process's view of merchants and accounts fresh, also while it drains: VTEX goes on calling until the port closes. */
@Injectable()
export class MerchantUpkeep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #repeater = new Repeater((error) =>
    this.log.warn('Merchants and accounts could not be read again; what is known stays.', { error }),
  );

  constructor(
    private readonly merchants: Merchants,
    private readonly accounts: IssuerAccounts,
    private readonly connections: Connections,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.#repeater.every(REFRESH_MS, () => this.merchants.refresh());
    this.#repeater.every(REFRESH_MS, () => this.accounts.refresh());
    this.#repeater.every(CLEAN_UP_MS, () => this.connections.cleanUp());
  }

  beforeApplicationShutdown(): void {
    this.#repeater.stop();
  }
}
