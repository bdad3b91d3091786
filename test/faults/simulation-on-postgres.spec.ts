import { freshSeed, isFull, partOf, say, seedGiven } from './form.js';
import { liveOnPostgres, makeStage } from './simulation-on-postgres.js';

const LIVES = isFull ? 10_000 : 150;

/** So many lives share a database, two services and the simulators, so that none of them grows without end. */
const LIVES_PER_STAGE = 500;

/** Lives at a time: most of a life is waiting. */
const AT_ONCE = 24;

interface Failure {
  readonly seed: number;
  readonly broken: readonly string[];
}

/** Plays these seeds on one stage; answers those that broke a promise. */
async function playAll(seeds: readonly number[], canArthaQuery: boolean): Promise<Failure[]> {
  const stage = await makeStage(canArthaQuery);
  const left = [...seeds];
  const failures: Failure[] = [];
  const player = async () => {
    for (let seed = left.shift(); seed !== undefined; seed = left.shift()) {
      const broken = await liveOnPostgres(stage, seed);
      if (broken.length > 0) failures.push({ seed, broken });
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, player));
  } finally {
    await stage.stop();
  }
  return failures;
}

const seedsFrom = (base: number, count: number) => Array.from({ length: count }, (_, at) => (base + at) >>> 0);

const wordsOf = ({ seed, broken }: Failure) =>
  [`Seed ${seed} breaks:`, ...broken, `Play it again: SEED=${seed} npx jest test/faults/simulation-on-postgres`].join(
    '\n  ',
  );

it(
  `keeps every promise in ${seedGiven === null ? LIVES : 1} lives on Postgres`,
  async () => {
    const base = seedGiven ?? freshSeed();
    const { from, count } = seedGiven === null ? partOf(LIVES) : { from: 0, count: 1 };
    const startedAt = performance.now();
    const failures: Failure[] = [];

    for (let played = 0; played < count && failures.length === 0; played += LIVES_PER_STAGE) {
      const seeds = seedsFrom(base + from + played, Math.min(LIVES_PER_STAGE, count - played));
      // Seeds tell which way Artha is set up, so that one plays the same again.
      const withQuery = seeds.filter((seed) => seed % 2 === 0);
      const without = seeds.filter((seed) => seed % 2 === 1);
      if (withQuery.length > 0) failures.push(...(await playAll(withQuery, true)));
      if (without.length > 0) failures.push(...(await playAll(without, false)));
    }

    const seconds = (performance.now() - startedAt) / 1_000;
    say(`simulation on Postgres: seeds from ${base + from}, ${count} lives in ${seconds.toFixed(1)} s`);
    expect(failures.map(wordsOf)).toEqual([]);
  },
  isFull ? 6 * 3_600_000 : 180_000,
);
