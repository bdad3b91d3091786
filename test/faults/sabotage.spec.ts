import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isFull, say } from './form.js';
import { sabotages, type Edit, type FoundBy, type Sabotage } from './sabotage.js';

/** Each must be found within this. */
const FOUND_WITHIN_MS = 60_000;

/** In the short form two that are decided wrongly, and need no database. */
const planted = isFull
  ? sabotages
  : sabotages.filter(({ name }) => ['sent again after a time-out without asking', 'never given up'].includes(name));

const PROJECT = process.cwd();
const parts = [
  'src',
  'test',
  'migrations',
  'jest.config.mjs',
  'package.json',
  'nest-cli.json',
  'tsconfig.json',
  'tsconfig.build.json',
];

let copy: string;

beforeAll(async () => {
  copy = mkdtempSync(join(tmpdir(), 'vtex-card-connector-sabotage-'));
  // Postgres runs as a user who must be able to enter.
  mkdirSync(join(copy, 'tmp'));
  for (const folder of [copy, join(copy, 'tmp')]) chmodSync(folder, 0o711);
  for (const part of parts) cpSync(join(PROJECT, part), join(copy, part), { recursive: true });
  symlinkSync(join(PROJECT, 'node_modules'), join(copy, 'node_modules'));
  // What starts a Postgres for the specs comes out of the build.
  if (isFull) expect((await run(['node_modules/@nestjs/cli/bin/nest.js', 'build'], 300_000)).code).toBe(0);
}, 300_000);

afterAll(() => rmSync(copy, { recursive: true, force: true }));

interface Ended {
  /** Null: it had to be ended. */
  readonly code: number | null;
  readonly output: string;
  readonly tookMs: number;
}

/** Runs a script of Node's in the copy, in the form of the rig that looks until it finds something. */
async function run(script: readonly string[], mostMs: number): Promise<Ended> {
  const { PATH = '', HOME = '' } = process.env;
  const TMPDIR = join(copy, 'tmp');
  const startedAt = performance.now();
  const child = spawn(process.execPath, script, {
    cwd: copy,
    env: { PATH, HOME, TMPDIR, FAULTS: 'search' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const timer = setTimeout(() => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL'), mostMs);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearTimeout(timer);
  if (code === null) endPostgres(TMPDIR);
  return { code, output: Buffer.concat(chunks).toString('utf8'), tookMs: performance.now() - startedAt };
}

/** A run that had to be ended leaves its Postgres behind, which is no child of its process group. */
function endPostgres(folder: string): void {
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('postmaster.pid')) continue;
    const pid = Number(readFileSync(join(folder, path), 'utf8').split('\n')[0]);
    if (pid > 1) process.kill(pid, 'SIGINT');
  }
}

function runSpec({ spec, tests }: FoundBy, mostMs: number): Promise<Ended> {
  const needsPostgres = spec !== 'test/faults/simulation.spec.ts';
  return run(
    [
      'node_modules/jest/bin/jest.js',
      '--bail',
      '--runInBand',
      ...(needsPostgres ? [] : ['--config', 'test/faults/jest.without-postgres.config.mjs']),
      ...(tests === undefined ? [] : ['--testNamePattern', tests]),
      spec,
    ],
    mostMs,
  );
}

/** Plants the bug, does `work`, and takes it out again. */
async function withPlanted<Result>(edits: readonly Edit[], work: () => Promise<Result>): Promise<Result> {
  const before = new Map<string, string>();
  for (const { file, find, replace } of edits) {
    const path = join(copy, file);
    const text = readFileSync(path, 'utf8');
    if (!before.has(path)) before.set(path, text);
    if (text.split(find).length !== 2) throw new Error(`${file} holds this text not exactly once: ${find}`);
    writeFileSync(
      path,
      text.replace(find, () => replace),
    );
  }
  try {
    return await work();
  } finally {
    for (const [path, text] of before) writeFileSync(path, text);
  }
}

const specsOf = (list: readonly Sabotage[]): FoundBy[] => {
  const found = new Map(list.map(({ foundBy }) => [`${foundBy.spec} ${foundBy.tests ?? ''}`, foundBy]));
  return [...found.values()];
};

// The short form runs beside these very specs.
(isFull ? describe : describe.skip)('without sabotage', () => {
  it.each(specsOf(planted))(
    '$spec ($tests) passes',
    async (foundBy) => {
      const { code, output } = await runSpec(foundBy, 300_000);

      if (code !== 0) say(output);
      expect(code).toBe(0);
    },
    310_000,
  );
});

describe('planted', () => {
  const table: string[] = [];

  afterAll(() => say(['sabotage: promise | found after | by | bug', ...table].join('\n')));

  it.each(planted)(
    'is found: $name',
    async ({ name, breaks, edits, foundBy }) => {
      const { code, output, tookMs } = await withPlanted(edits, () => runSpec(foundBy, FOUND_WITHIN_MS));

      // 1 is Jest's word for a test that failed; it must be one that looked, and not a file that does not compile.
      const isFound =
        code === 1 && /● .* › |● keeps|Seed \d+/.test(output) && !/SyntaxError|Test suite failed to run/.test(output);
      if (!isFound) say(output.slice(-3_000));
      const line = `${breaks} | ${isFound ? '' : 'NOT '}${(tookMs / 1_000).toFixed(1)} s | ${foundBy.spec} | ${name}`;
      table.push(line);
      say(line);
      expect(isFound).toBe(true);
    },
    FOUND_WITHIN_MS + 30_000,
  );

  it('every text to be replaced still stands in its file exactly once', () => {
    for (const { name, edits } of sabotages) {
      for (const { file, find } of edits) {
        const times = readFileSync(join(PROJECT, file), 'utf8').split(find).length - 1;
        expect({ name, file, times }).toEqual({ name, file, times: 1 });
      }
    }
  });
});
