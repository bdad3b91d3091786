import { randomUUID } from 'node:crypto';
import net, { type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { FollowUp } from '../src/cancellations/follow-up.js';
import { readConfig } from '../src/config.js';
import { Database, statement } from '../src/database.js';
import { Log } from '../src/operations/log.js';
import { runService, StartError, type RunningService } from '../src/run.js';
import { Caller } from './support/caller.js';
import { startTcpProxy } from './faults/tcp-proxy.js';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { startPostgresProxy, type PostgresProxy } from './support/postgres-proxy.js';
import { newId, startTestService, testCredentials, type TestService } from './support/service.js';
import { startTestSimulators, type TestSimulators } from './support/simulators.js';
import { until } from './support/until.js';

const OUR_CONNECTIONS = `datname = current_database() and application_name like 'vtex-card-connector%'`;

let simulators: TestSimulators;
let database: TestDatabase;
let proxy: PostgresProxy;
let service: TestService;

beforeAll(async () => {
  simulators = await startTestSimulators(300);
  database = await makeTestDatabase();
  proxy = await startPostgresProxy(database.url);
  service = await startTestService(settings(proxy.url));
});

afterEach(() => proxy.restore());

afterAll(async () => {
  await service?.stop();
  await simulators?.stop();
  await proxy?.stop();
  await database?.drop();
});

const settings = (databaseUrl: string) => ({
  ...simulators.settings,
  VAULT_TIMEOUT_MS: '2500',
  DATABASE_URL: databaseUrl,
  ANSWER_DEADLINE_MS: '3000',
  TEST_SUITE_DEADLINE_MS: '100',
});

async function linked(behaviour: 'works' | 'slow' | 'not-found' | 'too-many' = 'works', at: Caller = service) {
  const [paymentId, reference] = [newId(), simulators.of.vault.referenceFor(behaviour)];
  const { status } = await at.link(paymentId, { issuer: 'vault', reference });
  if (status !== 201) throw new Error(`not linked: ${status}`);
  return { paymentId, identity: String(reference.cardRequestId) };
}

const effectsOn = (identity: string) =>
  simulators.of.vault.effects.filter((effect) => effect.identity === identity).length;

/** The database's own view, which is there while the service's way to it is not. */
async function stateOf(paymentId: string, own = database): Promise<string | undefined> {
  const [row] = await own.query<{ state: string }>('select state from cancellations where payment_id = $1', [
    paymentId,
  ]);
  return row?.state;
}

/** Starts as production does, with a short patience. */
function start(
  own: { url: string },
  { lines = [], port = 0, waitMs = 0 }: { lines?: string[]; port?: number; waitMs?: number } = {},
) {
  return runService({
    config: readConfig({ HOST: '127.0.0.1', ...testCredentials, ...settings(own.url), PORT: String(port) }),
    projectFolder: process.cwd(),
    mail: null,
    migrate: false,
    log: new Log('info', { write: (line) => lines.push(line) }),
    databaseWaitMs: waitMs,
  });
}

async function faultOf(starting: Promise<RunningService>): Promise<StartError> {
  const service = await starting.catch((error: unknown) => error);
  if (service instanceof StartError) return service;
  if (service instanceof Error) throw service;
  await (service as RunningService).stop();
  throw new Error('it started');
}

describe('a start', () => {
  let own: TestDatabase;
  beforeEach(async () => {
    own = await makeTestDatabase();
  });
  afterEach(() => own.drop());

  const leavesNothingOpen = () =>
    until('no connection is left', async () => {
      const [row] = await own.query<{ count: string }>(
        `select count(*) from pg_stat_activity where ${OUR_CONNECTIONS}`,
      );
      return row?.count === '0';
    });

  it('says that the database is away, tries again, and gives up with a sentence', async () => {
    const lines: string[] = [];
    proxy.cut();

    const fault = await faultOf(start(proxy, { lines, waitMs: 500 }));

    expect(fault.message).toBe('The database cannot be reached. Check DATABASE_URL and that the server is running.');
    expect(lines.filter((line) => line.includes('The database cannot be reached; trying again'))).toHaveLength(1);
  });

  it('goes on when the database comes in time', async () => {
    const lines: string[] = [];
    const late = await startPostgresProxy(own.url);
    late.cut();
    const starting = start(late, { lines, waitMs: 30_000 });
    await until('it says so', () => lines.length > 0);

    late.restore();
    const running = await starting;

    const answer = await new Caller(`http://127.0.0.1:${running.port}`).cancel(newId(), { requestId: 'R1' });
    expect(answer.status).toBe(200);
    await running.stop();
    await late.stop();
  });

  it('says that the port is taken, and leaves nothing open', async () => {
    const other = net.createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;

    const fault = await faultOf(start(own, { port }));

    expect(fault.message).toBe(`Port ${port} is taken. Stop what listens there, or set PORT to another one.`);
    await leavesNothingOpen();
    await new Promise((resolve) => other.close(resolve));
  });

  it('says that a migration is pending, and leaves nothing open', async () => {
    await own.query('delete from migrations');

    const fault = await faultOf(start(own));

    expect(fault.message).toBe('A migration is pending. Run "npm run migration:run" first.');
    await leavesNothingOpen();
  });

  it('works without the job queue, and makes it', async () => {
    await own.query('drop schema pgboss cascade');

    const running = await start(own);

    const caller = new Caller(`http://127.0.0.1:${running.port}`);
    const { paymentId, identity } = await linked('works', caller);
    expect((await caller.cancel(paymentId, { requestId: 'R1' })).status).toBe(200);
    expect(effectsOn(identity)).toBe(1);
    await until('it makes the queue', async () => {
      const [row] = await own.query<{ there: boolean }>(`select to_regclass('pgboss.job') is not null as there`);
      return row?.there === true;
    });
    await running.stop();
  });
});

describe('a database that is away', () => {
  it("is a fault of ours in the protocol's shape, shows nothing of itself, and recovers by itself", async () => {
    const { paymentId, identity } = await linked();
    proxy.cut();

    const away = await service.cancel(paymentId, { requestId: 'R1' });

    expect(away.status).toBe(500);
    expect(away.body).toMatchObject({ paymentId, code: 'internal-error', cancellationId: null });
    const errorId = /Reference: ([0-9a-f-]{36})\.$/.exec(away.body.message)?.[1] ?? 'none';
    expect(service.lines.filter((line) => line.includes(errorId))).toHaveLength(1);
    expect(away.text).not.toMatch(/ECONN|127\.0\.0\.1|postgres|connection|at /i);
    expect(await stateOf(paymentId)).toBeUndefined();

    proxy.restore();
    const back = await service.cancel(paymentId, { requestId: 'R1' });

    expect(back.status).toBe(200);
    expect(effectsOn(identity)).toBe(1);
  });

  it('answers an operator 500 with a reference, and nothing else', async () => {
    proxy.cut();

    const { status, body } = await service.link(newId(), {
      issuer: 'vault',
      reference: simulators.of.vault.referenceFor('works'),
    });

    expect({ status, fields: Object.keys(body) }).toEqual({ status: 500, fields: ['message'] });
    expect(body.message).toMatch(/^An internal error occurred\. Reference: [0-9a-f-]{36}\.$/);
  });

  it('while the issuer answers does not lose the answer', async () => {
    const { paymentId, identity } = await linked('slow');
    const asked = service.cancel(paymentId, { requestId: 'R1' });
    await until('it is asking', async () => (await stateOf(paymentId)) === 'asking');

    proxy.cut();
    await until('the outcome could not be recorded', () =>
      service.lines.some((line) => line.includes('could not be recorded') && line.includes(paymentId)),
    );
    proxy.restore();

    await until('it is recorded', async () => (await stateOf(paymentId)) === 'cancelled');
    await asked;
    expect((await service.cancel(paymentId, { requestId: 'R1' })).status).toBe(200);
    expect(effectsOn(identity)).toBe(1);
  });
});

describe('a connection that the server ends', () => {
  const terminate = (which: string) =>
    database.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${OUR_CONNECTIONS} and ${which}`);

  it('while it is idle is not noticed by anybody', async () => {
    const { paymentId } = await linked();

    await terminate(`state = 'idle'`);
    await until('they are gone', async () => (await terminate(`state = 'idle'`)).length === 0);

    // The pool may hand out one that is dying; that request is answered 500 and is safe to repeat.
    await until('it is cancelled', async () => (await service.cancel(paymentId, { requestId: 'R1' })).status === 200);
  });

  it('while it is busy fails its request alone, and the process lives', async () => {
    const payments = await Promise.all(Array.from({ length: 5 }, () => linked()));
    const blocker = new pg.Client({ connectionString: database.url });
    blocker.on('error', () => undefined);
    await blocker.connect();
    await blocker.query('begin');
    await blocker.query('lock table cancellations in access exclusive mode');
    const asked = payments.map(({ paymentId }) => service.cancel(paymentId, { requestId: 'R1' }));
    const waiting = `wait_event_type = 'Lock'`;
    await until('they are busy', async () => {
      const [row] = await database.query<{ count: string }>(
        `select count(*) from pg_stat_activity where ${OUR_CONNECTIONS} and ${waiting}`,
      );
      return Number(row?.count) >= payments.length;
    });

    await terminate(waiting);
    const answers = await Promise.all(asked);
    await blocker.query('rollback');
    await blocker.end();

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(
      Array.from({ length: 5 }, () => [500, 'internal-error']),
    );
    const again = await Promise.all(payments.map(({ paymentId }) => service.cancel(paymentId, { requestId: 'R1' })));
    expect(again.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(payments.map(({ identity }) => effectsOn(identity))).toEqual([1, 1, 1, 1, 1]);
  });
});

describe('a connection that goes silent in a transaction that fails', () => {
  it('is given up, and not waited for until it rolls back', async () => {
    const own = await makeTestDatabase();
    const silentProxy = await startTcpProxy(() => Number(new URL(own.url).port));
    const url = new URL(own.url);
    url.port = String(silentProxy.port);
    const running = await startTestService(settings(url.toString()));
    const connections = running.service.app.get(Database);

    try {
      const failed = connections.transaction(async () => {
        for (const connection of silentProxy.connections) connection.mode = { kind: 'black-hole' };
        throw new Error('a fault of its own');
      });
      const tooLong = sleep(8_000, null, { ref: false }).then(() => 'it is still waited for');

      await expect(Promise.race([failed, tooLong])).rejects.toThrow('a fault of its own');
      silentProxy.heal();
      // Connections that lay idle meanwhile are found broken when they are used, one after the other.
      await until('the database answers again', () =>
        connections.run(statement('select-one', 'select 1 as one'), []).catch(() => null),
      );
    } finally {
      await running.stop();
      await silentProxy.stop();
      await own.drop();
    }
  }, 60_000);
});

describe('an outcome whose commit fails', () => {
  const faults = {
    'because the database refuses it': {
      timing: 'trigger fault_at_record before update on attempts for each row',
      does: `raise exception 'could not extend file: no space left on device' using errcode = '53100';`,
    },
    'at the commit itself': {
      timing: 'constraint trigger fault_at_record after update on attempts deferrable initially deferred for each row',
      does: `raise exception 'could not serialize access' using errcode = '40001';`,
    },
    'because its connection ends at that moment': {
      timing: 'trigger fault_at_record before update on attempts for each row',
      does: 'perform pg_terminate_backend(pg_backend_pid());',
    },
  };

  afterEach(() => database.query('drop trigger if exists fault_at_record on attempts'));

  it.each(
    Object.entries(faults).flatMap(([how, fault]) =>
      (['works', 'not-found'] as const).map((behaviour) => [how, behaviour, fault] as const),
    ),
  )('%s is recorded as soon as it can be (a card that %s)', async (_, behaviour, { timing, does }) => {
    const { paymentId, identity } = await linked(behaviour);
    await database.query(
      `create or replace function fault_at_record() returns trigger language plpgsql as $$ begin ${does} return new; end $$`,
    );
    await database.query(`create ${timing} execute function fault_at_record()`);

    const asked = service.cancel(paymentId, { requestId: 'R1' });
    await until('it could not be recorded', () =>
      service.lines.some((line) => line.includes('could not be recorded') && line.includes(paymentId)),
    );
    expect(await stateOf(paymentId)).toBe('asking');
    await database.query('drop trigger fault_at_record on attempts');

    const { status, body } = await asked;
    expect(status).toBe(200);
    expect(body.code).toBe(behaviour === 'works' ? null : 'cancel-manually');
    expect(effectsOn(identity)).toBe(behaviour === 'works' ? 1 : 0);
    expect((await service.history(paymentId)).cancellation?.attempts).toHaveLength(1);
  });
});

describe('the job queue', () => {
  const isThere = async () =>
    (await database.query<{ there: boolean }>(`select to_regclass('pgboss.job') is not null as there`))[0]?.there ??
    false;

  /** As if its job had been lost a minute ago. */
  const makeOverdue = (paymentId: string) =>
    database.query(
      `with moved as (
         update attempts
         set started_at = started_at - interval '1 min', ended_at = ended_at - interval '1 min', retry_at = retry_at - interval '1 min'
         where payment_id = $1
       )
       update cancellations set next_check_at = now() - interval '5 s' where payment_id = $1`,
      [paymentId],
    );

  it('may be lost while the service runs: claims, outcomes and the follow-up go on, and it is made again', async () => {
    const done = await linked('works');
    const refused = await linked('not-found');
    const open = await linked('too-many');
    await service.cancel(open.paymentId, { requestId: 'R1' }, { headers: { 'X-VTEX-API-Is-TestSuite': 'true' } });
    await until('it waits', async () => (await stateOf(open.paymentId)) === 'waiting');

    await database.query('drop schema pgboss cascade');
    const answers = [
      await service.cancel(done.paymentId, { requestId: 'R1' }),
      await service.cancel(refused.paymentId, { requestId: 'R1' }),
    ];

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [200, null],
      [200, 'cancel-manually'],
    ]);
    expect(effectsOn(done.identity)).toBe(1);
    await makeOverdue(open.paymentId);
    await service.service.app.get(FollowUp).sweep();
    await until('the open one is cancelled', async () => (await stateOf(open.paymentId)) === 'cancelled');
    expect(effectsOn(open.identity)).toBe(1);
    await until('the queue is there again', isThere);
  });

  it('may be lost before anybody notices: the sweeper carries on by itself', async () => {
    const open = await linked('too-many');
    await service.cancel(open.paymentId, { requestId: 'R1' }, { headers: { 'X-VTEX-API-Is-TestSuite': 'true' } });
    await until('it waits', async () => (await stateOf(open.paymentId)) === 'waiting');
    await until('the queue is there', isThere);
    await database.query('drop schema pgboss cascade');
    await makeOverdue(open.paymentId);
    await service.service.app.get(FollowUp).sweep();

    await until('it is cancelled', async () => (await stateOf(open.paymentId)) === 'cancelled');
    expect(effectsOn(open.identity)).toBe(1);
    await until('the queue is there again', isThere);
  });
});

describe('a job queue whose connections have gone silent', () => {
  it('is heard of again: nothing waits for ever on a connection that nobody ends', async () => {
    const own = await makeTestDatabase();
    const queueProxy = await startTcpProxy(() => Number(new URL(own.url).port));
    const queueUrl = new URL(own.url);
    queueUrl.port = String(queueProxy.port);
    const running = await startTestService({ ...settings(own.url), QUEUE_DATABASE_URL: queueUrl.toString() });
    const addJobs = (noticeId: string) =>
      own.query(
        `insert into pgboss.job (name, data) select name, $1 from unnest(array['deliver-notice', 'check-cancellation']) as name`,
        [JSON.stringify({ merchantId: 'default', noticeId, paymentId: newId(), issuer: 'vault', why: 'due' })],
      );
    // A silent connection holds one of the two up, or both.
    const areDone = async (noticeId: string) =>
      (await own.query(`select from pgboss.job where data ->> 'noticeId' = $1 and state = 'completed'`, [noticeId]))
        .length === 2;
    const [before, after] = [randomUUID(), randomUUID()];
    await addJobs(before);
    await until('its jobs are done', () => areDone(before));

    for (const connection of queueProxy.connections) connection.mode = { kind: 'black-hole' };
    await addJobs(after);

    await until('its jobs are done again', () => areDone(after), 40_000);
    await running.stop();
    await queueProxy.stop();
    await own.drop();
  }, 120_000);
});

describe('an unhandled error', () => {
  it("is one log line with an id, and an answer in the protocol's shape that shows nothing of it", async () => {
    const { paymentId, identity } = await linked();
    await database.query('alter table cancellation_requests rename to cancellation_requests_moved');
    const before = service.lines.length;

    const { status, body, text } = await service.cancel(paymentId, { requestId: 'R1' });
    await database.query('alter table cancellation_requests_moved rename to cancellation_requests');

    const errorId = /Reference: ([0-9a-f-]{36})\.$/.exec(body.message)?.[1] ?? 'none';
    const errors = service.lines.slice(before).filter((line) => line.includes('"level":50'));
    expect({ status, code: body.code }).toEqual({ status: 500, code: 'internal-error' });
    expect(errors).toHaveLength(1);
    expect(JSON.parse(errors[0] ?? '')).toMatchObject({ errorId, paymentId, code: '42P01' });
    expect(text).not.toMatch(/relation|cancellation_requests|42P01/);
    expect(effectsOn(identity)).toBe(0);
    expect((await service.cancel(paymentId, { requestId: 'R1' })).status).toBe(200);
  });
});
