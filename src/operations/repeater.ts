import { setTimeout as sleep } from 'node:timers/promises';

/** Does things again and again, until it is stopped. */
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
    const at = this.#timers.length;
    const schedule = () => {
      if (!this.#isStopped) this.#timers[at] = setTimeout(() => void run(), ms);
    };
    const run = async () => {
      const done = work().catch(this.onFault);
      await Promise.race([done, sleep(ms, null, { ref: false })]);
      schedule();
    };
    schedule();
  }

  /** Begins nothing any more; what is under way goes on. */
  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
