import type { Answer, Session } from './session.js';

/** One thing that a provider must do, and how that is found out. */
export interface Check {
  /** Group and name: `repeat.cancel`. */
  readonly id: string;
  /** At most 51 characters: it stands in a table. */
  readonly title: string;
  /** One sentence: why it matters. */
  readonly why: string;
  /** Where VTEX documents it. */
  readonly source: Source;
  /**
   * Returns when it passes, with a remark or nothing.
   *
   * @throws {Failed} the provider does something else than what is expected
   * @throws {Doubtful} not documented, or allowed, and still worth a look
   * @throws {Skipped} it cannot be found out here
   */
  run(session: Session): Promise<string | void>;
}

export interface Source {
  readonly section: string;
  readonly url: string;
}

export type Verdict = 'passed' | 'failed' | 'warning' | 'skipped';

/** What came of one check. Every text is masked. */
export interface Result {
  readonly id: string;
  readonly group: string;
  readonly title: string;
  readonly why: string;
  readonly source: Source;
  readonly verdict: Verdict;
  readonly ms: number;
  /** What was expected, of a check that failed. */
  readonly expected: string | null;
  /** What came instead. */
  readonly came: string | null;
  /** A remark, a doubt, or why it was skipped. */
  readonly note: string | null;
}

export class Failed extends Error {
  readonly expected: string;
  readonly came: string;

  constructor(expected: string, came: Answer | string) {
    super(`Expected ${expected}`);
    this.expected = expected;
    this.came = typeof came === 'string' ? came : describe(came);
  }
}

export class Doubtful extends Error {
  readonly came: string | null;

  constructor(doubt: string, came: Answer | string | null = null) {
    super(doubt);
    this.came = came === null || typeof came === 'string' ? came : describe(came);
  }
}

export class Skipped extends Error {}

/** Goes on only where it is so. */
export function demand(isSo: boolean, expected: string, came: Answer | string): asserts isSo {
  if (!isSo) throw new Failed(expected, came);
}

/** `POST /payments answered 200 {"paymentId":…`. */
export function describe({ call, status, text }: Answer): string {
  return `${call.method} ${call.path} answered ${status} ${text === '' ? '(an empty body)' : text}`;
}
