import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import type { BehaviourName } from '../src/issuers/simulator-server.js';
import { prepareQueue } from '../src/jobs/queue-schema.js';
import type { Caller } from './support/caller.js';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { startServiceProcess, type ServiceProcess } from './support/process.js';
import { newId } from './support/service.js';
import { startTestSimulators, type TestSimulators } from './support/simulators.js';
import { until } from './support/until.js';

let simulators: TestSimulators;
let database: TestDatabase;
const processes: ServiceProcess[] = [];

beforeEach(async () => {
  simulators = await startTestSimulators(200);
  database = await makeTestDatabase();
});

afterEach(async () => {
  await Promise.all(processes.splice(0).map((running) => running.kill('SIGKILL')));
  await simulators?.stop();
  await database?.drop();
});

async function startThree(): Promise<void> {
  const settings = { ...simulators.settings, DATABASE_URL: database.url, DATABASE_POOL_SIZE: '5' };
  processes.push(...(await Promise.all([1, 2, 3].map(() => startServiceProcess(settings)))));
}

async function linked(at: Caller, behaviour: BehaviourName): Promise<string> {
  const paymentId = newId();
  const reference = simulators.of.vault.referenceFor(behaviour);
  expect((await at.link(paymentId, { issuer: 'vault', reference })).status).toBe(201);
  return paymentId;
}

const queues = async () => {
  const [row] = await database.query<{ there: boolean }>(`select to_regclass('pgboss.queue') is not null as there`);
  if (!row?.there) return [];
  const rows = await database.query<{ name: string }>('select name from pgboss.queue order by name');
  // pg-boss keeps one of its own beside ours.
  return rows.map(({ name }) => name).filter((name) => !name.startsWith('__pgboss'));
};

const allQueues = ['call-vtex', 'check-cancellation', 'deliver-notice', 'record-word'];

/** A refused card needs a person, whose notice is a job; these services have no mail, so it fails and is recorded in its row. */
async function expectJobsWork(at: Caller): Promise<void> {
  const done = async () => {
    const [row] = await database.query<{ count: number }>(
      `select count(*)::int as count from pgboss.job where name = 'deliver-notice' and state = 'completed'`,
    );
    return row?.count ?? 0;
  };
  const before = await done();
  // One that comes while a process makes its queue again has no job, and is found by the sweeper.
  await until(
    'a job of the queue was done',
    async () => {
      await at.cancel(await linked(at, 'refuses'), { requestId: 'R1' });
      await sleep(1_000);
      return (await done()) > before;
    },
    40_000,
  );
}

/** A drop locks one table after the other, against whoever uses them. Comes back with how often Postgres ended it for that. */
async function dropQueue(): Promise<number> {
  for (let lost = 0; ; lost += 1) {
    try {
      await database.query('drop schema pgboss cascade');
      return lost;
    } catch (error) {
      if ((error as { code?: string }).code !== '40P01') throw error;
    }
  }
}

const deadlocks = async () => {
  const [row] = await database.query<{ deadlocks: string }>(
    'select deadlocks from pg_stat_database where datname = current_database()',
  );
  return Number(row?.deadlocks);
};

describe('the job queue', () => {
  it('is made by three processes that start at once without it, and its jobs are done', async () => {
    await database.query('drop schema pgboss cascade');

    await startThree();

    await until('it is there', async () => (await queues()).length === allQueues.length);
    expect(await queues()).toEqual(allQueues);
    await expectJobsWork(processes[0]!);
    expect(await deadlocks()).toBe(0);
  }, 120_000);

  it('does not hold up a start while it cannot be made: requests are answered, and its jobs are done afterwards', async () => {
    await database.query('drop schema pgboss cascade');
    const other = new pg.Client({ connectionString: database.url });
    await other.connect();
    await other.query('begin');
    await other.query('create schema pgboss');

    const running = await startServiceProcess({ ...simulators.settings, DATABASE_URL: database.url });
    processes.push(running);
    const answer = await running.cancel(await linked(running, 'works'), { requestId: 'R1' });

    await other.query('rollback');
    await other.end();
    expect(answer.status).toBe(200);
    await until('the queue is there', async () => (await queues()).length === allQueues.length);
    await expectJobsWork(running);
  }, 120_000);

  it('is made on a server that is as slow over it as no other statement may be', async () => {
    await database.query('drop schema pgboss cascade');
    const other = new pg.Client({ connectionString: database.url });
    await other.connect();
    await other.query('begin');
    await other.query('create schema pgboss');
    const released = sleep(12_000).then(() => other.query('rollback'));

    await prepareQueue(database.url);

    await released;
    await other.end();
    expect(await queues()).toEqual(allQueues);
  }, 60_000);

  it('may be dropped under load in front of three processes: every request is answered, and it is made again', async () => {
    await startThree();
    let isOver = false;
    const answers: number[] = [];
    const load = processes.map(async (at) => {
      while (!isOver) {
        const behaviour = answers.length % 3 === 0 ? 'refuses' : 'works';
        answers.push((await at.cancel(await linked(at, behaviour), { requestId: 'R1' })).status);
      }
    });

    let lostDrops = 0;
    for (let times = 0; times < 3; times += 1) {
      await sleep(1_000);
      lostDrops += await dropQueue();
      await until('it is there again', async () => (await queues()).length === allQueues.length, 60_000);
    }
    isOver = true;
    await Promise.all(load);

    expect(answers.length).toBeGreaterThan(20);
    expect(new Set(answers)).toEqual(new Set([200]));
    expect(await deadlocks()).toBe(lostDrops);
    for (const at of processes) expect(at.output()).not.toMatch(/deadlock/i);
    await expectJobsWork(processes[1]!);
  }, 120_000);
});

describe('npm run migration:run', () => {
  const migrate = (direction: string) =>
    promisify(execFile)(process.execPath, ['bundle/migrate.js', direction], { env: { DATABASE_URL: database.url } });

  it('makes the tables and the queue in an empty database, and may be repeated', async () => {
    await database.query('drop schema pgboss cascade');
    await database.query('drop schema public cascade');
    await database.query('create schema public');

    const first = await migrate('run');
    const again = await migrate('run');

    expect(first.stdout).toMatch(/^Done: cancellations_\d+, follow_up_\d+(, \w+_\d+)*\.$/m);
    expect(again.stdout).toBe('Nothing to do: the database is up to date.\n');
    expect(await queues()).toEqual(allQueues);
    const running = await startServiceProcess({ ...simulators.settings, DATABASE_URL: database.url });
    processes.push(running);
    await expectJobsWork(running);
    expect(running.output()).not.toMatch(/The job queue/);
  }, 120_000);

  it('makes a queue that is missing beside tables that are there', async () => {
    await database.query('drop schema pgboss cascade');

    await migrate('run');

    expect(await queues()).toEqual(allQueues);
  }, 60_000);
});
