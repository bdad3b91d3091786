/** Does its work again and again, each time so long after the last one ended. What the work throws ends nothing. */
export class Repeating {
  #timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly pauseMs: number,
    private readonly work: () => Promise<void>,
    private readonly onFault: (error: unknown) => void,
  ) {}

  start(): void {
    this.#timer = setTimeout(() => void this.#run(), this.pauseMs);
  }

  /** What is under way goes on, and is the last. */
  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  async #run(): Promise<void> {
    await this.work().catch(this.onFault);
    if (this.#timer) this.start();
  }
}
