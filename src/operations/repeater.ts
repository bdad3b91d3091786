import { setTimeout as sleep } from 'node:timers/promises';
import { inBackground } from '../database.js';

/** Does things again and again in the background, until it is stopped. */
export class Repeater {
  readonly #timers: NodeJS.Timeout[] = [];
  #isStopped = false;

  /** @param onFault told of what a work throws; the work is done again all the same */
  constructor(private readonly onFault: (error: unknown) => void) {}

  /**
   * Does `work` each time so long after the last one ended. One that hangs, because its connection has gone silent, is not waited for any
   * longer than that.
   */
  every(ms: number, work: () => Promise<void>): void {
    this.#repeat(ms, ms, work);
  }

  /** The same, for work that a process which died may have left behind. */
  atOnceAndEvery(ms: number, work: () => Promise<void>): void {
    this.#repeat(0, ms, work);
  }

  #repeat(firstAfterMs: number, ms: number, work: () => Promise<void>): void {
    const at = this.#timers.length;
    const schedule = (afterMs: number) => {
      if (!this.#isStopped) this.#timers[at] = setTimeout(() => void run(), afterMs);
    };
    const run = async () => {
      const done = inBackground(work).catch(this.onFault);
      await Promise.race([done, sleep(ms, null, { ref: false })]);
      schedule(ms);
    };
    schedule(firstAfterMs);
  }

  /** Begins nothing any more; what is under way goes on. */
  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
