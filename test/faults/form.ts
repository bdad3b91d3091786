import { randomInt } from 'node:crypto';

/*
 * How much of the rig runs. `npm test` takes the short form, `npm run test:faults` (FAULTS=full) the full one; SEED=… plays one
 * life again and nothing else.
 */

export const isFull: boolean = process.env.FAULTS === 'full';

/** Between the two: until a bug that was planted is found, which must not take a minute. */
export const isSearch: boolean = process.env.FAULTS === 'search';

/** The seed to play again; null for none. */
export const seedGiven: number | null = /^\d+$/.test(process.env.SEED ?? '') ? Number(process.env.SEED) : null;

/** Where a run's seeds begin: elsewhere each time, so that every run looks at lives that none has seen. */
export const freshSeed = (): number => randomInt(0x1_0000_0000);

/** Half of a full run on two cores, where one process plays each half: `FAULTS_PART=1/2`. */
export function partOf(total: number): { readonly from: number; readonly count: number } {
  const [, part, parts] = /^(\d+)\/(\d+)$/.exec(process.env.FAULTS_PART ?? '1/1') ?? [];
  const size = Math.ceil(total / Number(parts));
  return { from: (Number(part) - 1) * size, count: size };
}

/** Prints a line of figures past Jest's frames around `console.log`. */
export const say = (line: string): void => void process.stdout.write(`${line}\n`);
