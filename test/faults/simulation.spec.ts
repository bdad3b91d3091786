import { audit } from './life-auditor.js';
import { freshSeed, isFull, partOf, say, seedGiven } from './form.js';
import { liveOnce, type LifeLog } from './simulation.js';

/** Lives that once broke a promise, or that reach what few do. */
const keptSeeds = [1, 7, 42, 4_711, 20_261_121];

const LIVES = isFull ? 1_000_000 : 20_000;

/** The short form plays no longer than this; on a busy machine it plays fewer lives. */
const MOST_MS = isFull ? Infinity : 5_000;

/** A failure names its seed, and tells the life. */
function failureOf(seed: number): string | null {
  const broken = faultsOf(seed);
  if (broken.length === 0) return null;
  const life = liveOnce(seed, { isTraced: true });
  return [
    `Seed ${seed} (${life.issuer}) breaks:`,
    ...broken.map((words) => `  ${words}`),
    ...life.trace,
    `Play it again: SEED=${seed} npx jest test/faults/simulation.spec`,
  ].join('\n');
}

function faultsOf(seed: number, tally?: Tally): string[] {
  try {
    const life = liveOnce(seed);
    tally?.add(life);
    return audit(life);
  } catch (error) {
    return [`the rig itself: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
  }
}

/** What the lives were like: a simulation that reaches nothing finds nothing. */
class Tally {
  readonly counts: Record<string, number> = {};

  add(life: LifeLog): void {
    this.#count(life.row?.state ?? 'none');
    this.#count('steps', life.steps);
    if (life.decided.some(({ standsDown }) => standsDown)) this.#count('stood down');
    if (life.begun.filter(({ kind, sentAt }) => kind === 'cancel' && sentAt !== null).length > 1)
      this.#count('sent again');
    if (life.attempts.some(({ issuerCode }) => issuerCode === 'lease-expired')) this.#count('taken over');
    if (life.callbacks.length > 0) this.#count('with callbacks');
    if (life.row?.reason === 'no_answer') this.#count('given up');
  }

  #count(what: string, by = 1): void {
    this.counts[what] = (this.counts[what] ?? 0) + by;
  }
}

const seed = seedGiven;
if (seed !== null) {
  it(`plays seed ${seed}`, () => {
    const { trace } = liveOnce(seed, { isTraced: true });
    say(trace.join('\n'));

    expect(failureOf(seed)).toBeNull();
  });
} else {
  it.each(keptSeeds)('keeps every promise in the life of seed %d', (seed) => {
    expect(failureOf(seed)).toBeNull();
  });

  it('plays the same life again for the same seed', () => {
    const play = () => keptSeeds.map((kept) => liveOnce(kept, { isTraced: true }).trace);

    expect(play()).toEqual(play());
    expect(play().flat().length).toBeGreaterThan(20);
  });

  it(`keeps every promise in up to ${LIVES} lives that nobody has seen`, () => {
    const base = freshSeed();
    const { from, count } = partOf(LIVES);
    const tally = new Tally();
    const startedAt = performance.now();
    const cpuBefore = process.cpuUsage();
    let failure: string | null = null;

    let played = 0;
    for (; played < count && failure === null && performance.now() - startedAt < MOST_MS; played += 1) {
      const seed = (base + from + played) >>> 0;
      if (faultsOf(seed, tally).length > 0) failure = failureOf(seed);
    }

    const seconds = (performance.now() - startedAt) / 1_000;
    const cpuSeconds = process.cpuUsage(cpuBefore).user / 1_000_000;
    const figures = `${played} lives in ${seconds.toFixed(1)} s, ${Math.round(played / cpuSeconds)} for each second of a core`;
    say(`simulation: seeds from ${base + from}, ${figures}, ${JSON.stringify(tally.counts)}`);
    expect(failure).toBeNull();
    for (const what of [
      'cancelled',
      'manual',
      'stood down',
      'sent again',
      'taken over',
      'with callbacks',
      'given up',
    ]) {
      expect(tally.counts[what]).toBeGreaterThan(0);
    }
  }, 3_600_000);
}
