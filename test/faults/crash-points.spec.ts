import { boundaries, type Boundary } from './boundaries.js';
import { runCrash, wholeMatrix, type CrashResult, type Matrix } from './crash-run.js';
import { isFull } from './form.js';

/** The boundaries at which most can go wrong: the call may have gone out, its answer is known to nobody else, VTEX knows nothing. */
const shortBoundaries = ['cancel written', 'answer to the cancel read', 'about to answer VTEX'];

const shortMatrix: Matrix = { fates: ['applied', 'refused'], followUps: ['same requestId', 'none'] };

const matrix = isFull ? wholeMatrix : shortMatrix;
const only = process.env.CRASH_BOUNDARY;
const chosen: readonly Boundary[] = isFull
  ? boundaries.filter(({ name }) => !only || name === only)
  : boundaries.filter(({ name }) => shortBoundaries.includes(name));

const results: CrashResult[] = [];

/** Short runs mostly wait, and can wait side by side; a full one has a hundred connections to the database. */
const each: typeof it.each = isFull ? it.each : it.concurrent.each;

describe('killed at one instant, and started again', () => {
  each(chosen.map((boundary, place) => [boundary.name, boundary, place] as const))(
    '%s',
    async (_name, boundary, place) => {
      const result = await runCrash(boundary, matrix, place % 2 === 0).catch((error: unknown) => {
        // Jest tells it only when all is over, which may be half an hour later.
        if (isFull) process.stderr.write(`${boundary.name}: ${(error as Error).stack}\n`);
        throw error;
      });
      results.push(result);
      if (isFull) process.stderr.write(`${lineOf(result)}\n`);

      expect(result.violations).toEqual([]);
      expect(Math.min(...result.frozen)).toBeGreaterThan(0);
    },
    300_000,
  );

  afterAll(() => {
    if (!isFull) return;
    const sum = (valueOf: (result: CrashResult) => number) =>
      results.reduce((total, result) => total + valueOf(result), 0);
    process.stderr.write(
      `${results.length} boundaries, ${sum(({ payments }) => payments)} runs, ${sum(({ frozen }) => frozen.length)} kills, ` +
        `${sum(({ frozen }) => frozen.reduce((total, count) => total + count, 0))} frozen there, ` +
        `${Math.round(sum(({ ms }) => ms) / 1_000)} s, ${sum(({ violations }) => violations.length)} violations\n`,
    );
  });
});

const lineOf = ({ boundary, payments, frozen, ends, ms, violations }: CrashResult) =>
  `${boundary}: ${payments} payments, ${frozen.join(' + ')} frozen, ${Math.round(ms / 1_000)} s, ` +
  `${violations.length} violations; ${JSON.stringify(ends)}`;
