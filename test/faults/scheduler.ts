import type { Random } from './random.js';

const { max } = Math;

/** Milliseconds to sleep, or a run to wait for until a time. */
export type Wait = number | { readonly run: Run; readonly until: number };

/** What a process does step by step; between two steps anything else may happen. */
export type Steps<Result = void> = Generator<Wait, Result, void>;

/** Work that others can wait for. */
export class Run {
  isOver = false;
  /** What it came to; null where it came to nothing that can be told. */
  result: unknown = null;
}

/** Something that happens at a time of the virtual clock. */
export interface Planned {
  at: number;
  /** Decides among what happens at the same time. */
  order: number;
  /** The process that it dies with; null: none. */
  readonly owner: object | null;
  readonly go: () => void;
  /** What it waits for besides its time. */
  waitsFor: Run | null;
}

/** A virtual clock, and what happens next by it: always the earliest, and in a seeded order what happens at the same time. */
export class Scheduler {
  now = 0;
  steps = 0;
  readonly #planned: Planned[] = [];

  constructor(private readonly random: Random) {}

  plan(at: number, owner: object | null, go: () => void): Planned {
    const planned = { at, order: this.random.next(), owner, go, waitsFor: null };
    this.#planned.push(planned);
    return planned;
  }

  /** Plays `steps` to their end, or to the end of their process. */
  spawn(owner: object | null, steps: Steps, onEnd?: (error: unknown) => void): void {
    const fiber = this.plan(this.now, owner, () => {
      let wait: IteratorResult<Wait, void>;
      try {
        wait = steps.next();
      } catch (error) {
        this.#remove(fiber);
        if (!onEnd) throw error;
        return onEnd(error);
      }
      fiber.waitsFor = null;
      if (wait.done) {
        this.#remove(fiber);
        return onEnd?.(null);
      }
      if (typeof wait.value === 'number') fiber.at = this.now + wait.value;
      else if (wait.value.run.isOver) fiber.at = this.now;
      else {
        fiber.at = max(wait.value.until, this.now);
        fiber.waitsFor = wait.value.run;
      }
    });
  }

  /** Wakes whoever waits for it. */
  end(run: Run): void {
    run.isOver = true;
    for (const planned of this.#planned) {
      if (planned.waitsFor !== run) continue;
      planned.at = this.now;
      planned.waitsFor = null;
    }
  }

  once(at: number, owner: object | null, go: () => void): void {
    const planned = this.plan(at, owner, () => {
      this.#remove(planned);
      go();
    });
  }

  /** Nothing of this owner happens any more. */
  kill(owner: object): void {
    for (let at = this.#planned.length - 1; at >= 0; at -= 1) {
      if (this.#planned[at]?.owner === owner) this.#planned.splice(at, 1);
    }
  }

  /** Everything of this owner happens so much later. */
  stall(owner: object, ms: number): void {
    for (const planned of this.#planned) {
      if (planned.owner === owner) planned.at = max(planned.at, this.now + ms);
    }
  }

  /** The next to happen; null when nothing will. */
  next(): Planned | null {
    let first: Planned | null = null;
    for (const planned of this.#planned) {
      if (first === null || planned.at < first.at || (planned.at === first.at && planned.order < first.order))
        first = planned;
    }
    return first === null || first.at === Infinity ? null : first;
  }

  run(planned: Planned): void {
    this.now = max(this.now, planned.at);
    this.steps += 1;
    planned.go();
  }

  #remove(planned: Planned): void {
    const at = this.#planned.indexOf(planned);
    if (at >= 0) this.#planned.splice(at, 1);
  }
}
