import type { Terminal } from './cli.js';

/** A screen flickers when it is written more often, and a log of a pipeline fills. */
const SCREEN_MS = 200;
const LOG_MS = 10_000;

const BAR = 30;

/** One line that says how far an import is: written over on a screen, now and then a new one elsewhere. */
export class Progress {
  readonly #startedAt = performance.now();
  #shownAt = performance.now();
  #isShown = false;

  /** @param source how many bytes there are in all, null where nobody knows, and how many of them were read */
  constructor(
    private readonly terminal: Terminal,
    private readonly source: { readonly bytes: number | null; readonly read: () => number },
  ) {}

  /** @param done lines that are done @param faults lines among them that were not linked */
  show(done: number, faults: number): void {
    const now = performance.now();
    if (now - this.#shownAt < (this.terminal.isScreen ? SCREEN_MS : LOG_MS)) return;
    this.#shownAt = now;
    this.#isShown = true;
    const perSecond = Math.round((done / (now - this.#startedAt)) * 1_000);
    const number = new Intl.NumberFormat('en');
    const words = `${this.#bar()}${number.format(done)} lines, ${number.format(perSecond)} a second, ${number.format(faults)} not linked`;
    this.terminal.err(this.terminal.isScreen ? `\r\u001b[2K${words}` : `${words}\n`);
  }

  /** Leaves the screen's line to what comes next. */
  end(): void {
    if (this.terminal.isScreen && this.#isShown) this.terminal.err('\r\u001b[2K');
  }

  #bar(): string {
    const { bytes, read } = this.source;
    if (bytes === null || bytes === 0) return '';
    const share = Math.min(read() / bytes, 1);
    const full = Math.round(share * BAR);
    return `[${'#'.repeat(full)}${'.'.repeat(BAR - full)}] ${Math.round(share * 100)} %  `;
  }
}
