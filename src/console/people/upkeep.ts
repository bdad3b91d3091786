import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Log } from '../../operations/log.js';
import { Repeater } from '../../operations/repeater.js';
import { Sessions } from './sessions.js';

/** What has ended lets nobody in; it is only in the way. */
const SWEEP_MS = 10 * 60_000;

/** Keeps the tables of the console small. */
@Injectable()
export class ConsoleUpkeep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #repeater = new Repeater((error) =>
    this.log.warn('Ended sessions could not be deleted; it is tried again.', { error }),
  );

  constructor(
    private readonly sessions: Sessions,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.#repeater.every(SWEEP_MS, () => this.sessions.sweep());
  }

  beforeApplicationShutdown(): void {
    this.#repeater.stop();
  }
}
