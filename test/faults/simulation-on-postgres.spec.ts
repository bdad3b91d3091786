import { freshSeed, isFull, isSearch, partOf, say, seedGiven } from './form.js';
import { liveOnPostgres, makeStage } from './simulation-on-postgres.js';

const LIVES = isFull ? 10_000 : isSearch ? 1_000 : 60;

/** The short form begins no life after this, once its stage is there; on a busy machine it plays fewer. */
const MOST_MS = isFull ? Infinity : isSearch ? 40_000 : 10_000;

/** So many lives share a database, two services and the simulators, so that none of them grows without end. */
const LIVES_PER_STAGE = 512;

/** Lives at a time: most of a life is waiting. */
const AT_ONCE = isFull ? 24 : 12;

interface Failure {
  readonly seed: number;
  readonly broken: readonly string[];
}

/** The seed tells which stage its life is played on, so that one plays the same again. */
const canArthaQuery = (seed: number) => Math.floor(seed / LIVES_PER_STAGE) % 2 === 0;

/** Plays these seeds on one stage, up to the first that breaks a promise. */
async function playAll(
  seeds: readonly number[],
): Promise<{ readonly played: number; readonly failures: readonly Failure[] }> {
  const stage = await makeStage(canArthaQuery(seeds[0] ?? 0));
  const endAt = performance.now() + MOST_MS;
  const left = [...seeds];
  const failures: Failure[] = [];
  let stop = (): void => undefined;
  const firstFailure = new Promise<void>((resolve) => (stop = resolve));
  const player = async () => {
    while (failures.length === 0 && performance.now() < endAt) {
      const seed = left.shift();
      if (seed === undefined) return;
      const broken = await liveOnPostgres(stage, seed).catch((error: unknown) => [`the rig itself: ${String(error)}`]);
      // After the first failure the stage is taken down under the others.
      if (broken.length === 0 || failures.length > 0) continue;
      failures.push({ seed, broken });
      stop();
    }
  };
  try {
    await Promise.race([Promise.all(Array.from({ length: AT_ONCE }, player)), firstFailure]);
  } finally {
    await stage.stop();
  }
  return { played: seeds.length - left.length, failures };
}

const seedsFrom = (base: number, count: number) => Array.from({ length: count }, (_, at) => (base + at) >>> 0);

const wordsOf = ({ seed, broken }: Failure) =>
  [`Seed ${seed} breaks:`, ...broken, `Play it again: SEED=${seed} npx jest test/faults/simulation-on-postgres`].join(
    '\n  ',
  );

it(
  `keeps every promise in ${seedGiven === null ? LIVES : 1} lives on Postgres`,
  async () => {
    const base = seedGiven ?? Math.floor(freshSeed() / LIVES_PER_STAGE / 2) * LIVES_PER_STAGE;
    const { from, count } = seedGiven === null ? partOf(LIVES) : { from: 0, count: 1 };
    const startedAt = performance.now();
    const failures: Failure[] = [];
    let played = 0;

    while (played < count && failures.length === 0 && performance.now() < startedAt + MOST_MS) {
      const seeds = seedsFrom(base + from + played, Math.min(LIVES_PER_STAGE, count - played));
      const done = await playAll(seeds);
      played += done.played;
      failures.push(...done.failures);
    }

    const seconds = (performance.now() - startedAt) / 1_000;
    say(`simulation on Postgres: seeds from ${base + from}, ${played} lives in ${seconds.toFixed(1)} s`);
    expect(played).toBeGreaterThan(0);
    expect(failures.map(wordsOf)).toEqual([]);
  },
  isFull ? 6 * 3_600_000 : 180_000,
);
