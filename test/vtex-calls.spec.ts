import { setTimeout as sleep } from 'node:timers/promises';
import { VtexCalls } from '../src/authorizations/vtex-calls.js';
import { Random } from './faults/random.js';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { startServiceProcess, type ServiceProcess } from './support/process.js';
import { newId, startTestService, testCredentials, type TestService } from './support/service.js';
import { startTestSimulators, type TestSimulators } from './support/simulators.js';
import { until } from './support/until.js';
import { VtexGateway } from './support/vtex-gateway.js';

const PARTNER = {
  VTEX_PARTNER_APP_KEY: 'vtexappkey-partner-ABCDEF',
  VTEX_PARTNER_APP_TOKEN: 'partner-token-0123456789',
};
const SIGNATURE = 's3cr3t-signature';

let simulators: TestSimulators;
let database: TestDatabase;
let gateway: VtexGateway;
let service: TestService;

beforeAll(async () => {
  simulators = await startTestSimulators(100);
  database = await makeTestDatabase();
  gateway = await new VtexGateway().start();
  service = await startTestService(settings());
});

beforeEach(() => {
  gateway.manners = 'takes';
});

afterAll(async () => {
  await service?.stop();
  await gateway?.stop();
  await simulators?.stop();
  await database?.drop();
});

const settings = (more: Record<string, string> = {}) => ({
  ...simulators.settings,
  ...PARTNER,
  DATABASE_URL: database.url,
  VTEX_CALLBACK_ALLOW_HTTP: '1',
  ...more,
});

const link = (paymentId: string, at: Pick<TestService, 'link'> = service) =>
  at.link(paymentId, { issuer: 'vault', reference: simulators.of.vault.referenceFor('works') });

/** Created as undefined with a callbackUrl, and not linked. */
async function created(callbackUrl = gateway.url(), at: Pick<TestService, 'create'> = service): Promise<string> {
  const paymentId = newId();
  expect((await at.create(paymentId, { callbackUrl })).body.status).toBe('undefined');
  return paymentId;
}

const callback = async (paymentId: string) => (await service.history(paymentId)).authorization?.callback;

const ended = (paymentId: string, state: string) =>
  until(`the call is ${state}`, async () => {
    const call = await callback(paymentId);
    return call?.state === state ? call : null;
  });

const failedTries = (paymentId: string, tries: number) =>
  until(`try ${tries} has failed`, async () => {
    const call = await callback(paymentId);
    return call?.tries === tries && call.lastFault !== null && call.state === 'waiting' ? call : null;
  });

/** The time of the next try comes, and the sweeper looks. */
async function tryAgain(paymentId: string, olderBy = '0'): Promise<void> {
  await database.query(
    `update vtex_calls set next_try_at = now(), last_fault = null, created_at = created_at - $2::interval
     where payment_id = $1 and next_try_at is not null`,
    [paymentId, olderBy],
  );
  await service.service.app.get(VtexCalls).sweep();
}

const eventsOf = async (paymentId: string) => (await service.history(paymentId)).events;

const minutesUntil = (time: string | null | undefined) => (Date.parse(time ?? '') - Date.now()) / 60_000;

afterEach(async () => {
  const shown = await database.query<{ words: string }>('select words from payment_events');
  const faults = await database.query<{ last_fault: string | null }>('select last_fault from vtex_calls');
  const everything = JSON.stringify([service.lines, shown, faults]);
  expect(everything).not.toContain(SIGNATURE);
  expect(everything).not.toContain(PARTNER.VTEX_PARTNER_APP_TOKEN);
});

describe('a link', () => {
  it('tells VTEX that the payment it waits for is approved, in the bytes of a create', async () => {
    const paymentId = await created();

    await link(paymentId);

    await ended(paymentId, 'delivered');
    const [call, ...others] = gateway.about(paymentId);
    expect(others).toEqual([]);
    expect(call).toMatchObject({
      method: 'POST',
      target: '/api/pvt/callback?an=mystore&X-VTEX-signature=s3cr3t-signature',
      headers: {
        'content-type': 'application/json',
        'x-vtex-api-appkey': PARTNER.VTEX_PARTNER_APP_KEY,
        'x-vtex-api-apptoken': PARTNER.VTEX_PARTNER_APP_TOKEN,
      },
    });
    expect(call?.body).toBe((await service.create(paymentId)).text);
    expect(JSON.parse(call?.body ?? '')).toMatchObject({
      paymentId,
      status: 'approved',
      delayToCancel: 604_800,
      delayToAutoSettle: 604_800,
    });
    expect(await callback(paymentId)).toEqual({
      status: 'approved',
      state: 'delivered',
      tries: 1,
      nextTryAt: null,
      lastFault: null,
    });
    expect((await eventsOf(paymentId)).map(({ kind }) => kind)).toEqual(['created', 'linked', 'vtex-called']);
  });

  it.each([
    ['/', '/'],
    ['', '/'],
    ['?a=1', '/?a=1'],
    ['/a/../b//c/./d', '/a/../b//c/./d'],
    ['/%7Euser/%2e%2E/%zz?q=%', '/%7Euser/%2e%2E/%zz?q=%'],
    ['/a\'b"c<d>e`f{g}h|i^j\\k', '/a\'b"c<d>e`f{g}h|i^j\\k'],
    ['/q?x=[1]&y=a+b%20c&z=;,:@!$*()~', '/q?x=[1]&y=a+b%20c&z=;,:@!$*()~'],
    // HTTP has no other way for what is not ASCII.
    ['/é/%C3?ß=\u{1F4B3}', '/%C3%A9/%C3?%C3%9F=%F0%9F%92%B3'],
    ['/a?b#fragment', '/a?b'],
  ])('calls the address %s byte for byte', async (path, target) => {
    const paymentId = await created(gateway.url(path));

    await link(paymentId);

    await ended(paymentId, 'delivered');
    expect(gateway.about(paymentId).map((call) => call.target)).toEqual([target]);
  });

  it('calls nobody about a payment that was approved from the start', async () => {
    const paymentId = newId();
    await link(paymentId);

    expect((await service.create(paymentId, { callbackUrl: gateway.url() })).body.status).toBe('approved');

    expect(await callback(paymentId)).toBeNull();
  });

  it('calls nobody where VTEX gave no address', async () => {
    const paymentId = newId();
    await service.create(paymentId);

    await link(paymentId);

    expect(await callback(paymentId)).toBeNull();
    expect((await service.create(paymentId)).body.status).toBe('approved');
  });

  it('sent again calls only once', async () => {
    const paymentId = await created();
    const reference = simulators.of.vault.referenceFor('works');

    await Promise.all(Array.from({ length: 5 }, () => service.link(paymentId, { issuer: 'vault', reference })));

    await ended(paymentId, 'delivered');
    expect(gateway.about(paymentId)).toHaveLength(1);
  });

  it('among many at once tells VTEX too', async () => {
    const paymentIds = await Promise.all([created(), created()]);
    const links = [...paymentIds, newId()].map((paymentId) => ({
      paymentId,
      issuer: 'vault',
      reference: simulators.of.vault.referenceFor('works'),
    }));

    const { body } = await service.internal('POST', 'payments', { links });

    expect((body.results as { kind: string }[]).map(({ kind }) => kind)).toEqual(['linked', 'linked', 'linked']);
    for (const paymentId of paymentIds) await ended(paymentId, 'delivered');
  });

  it('calls without credentials where there are none, and warns of that once', async () => {
    const own = await makeTestDatabase();
    const without = { VTEX_PARTNER_APP_KEY: '', VTEX_PARTNER_APP_TOKEN: '' };
    const other = await startTestService(settings({ ...without, DATABASE_URL: own.url }));
    try {
      for (let times = 0; times < 2; times += 1) {
        const paymentId = await created(gateway.url(), other);
        await link(paymentId, other);
        const [call] = await until('VTEX was called', () => {
          const calls = gateway.about(paymentId);
          return calls.length > 0 ? calls : null;
        });
        expect(Object.keys(call?.headers ?? {})).not.toContain('x-vtex-api-appkey');
      }
      expect(other.lines.filter((line) => line.includes('without credentials'))).toHaveLength(1);
    } finally {
      await other.stop();
      await own.drop();
    }
  });
});

describe('a call that VTEX does not take', () => {
  it.each<[VtexGateway['manners'], string]>([
    ['fails', 'VTEX answers 500'],
    ['forbids', 'VTEX answers 403'],
    ['redirects', 'VTEX answers 307'],
    ['resets', 'VTEX cannot be told: the connection was reset'],
    ['upgrades', 'VTEX cannot be told: a fault of the network'],
  ])('because its side %s is tried again in 10 s, and succeeds then', async (manners, fault) => {
    gateway.manners = manners;
    const paymentId = await created();
    await link(paymentId);

    const call = await failedTries(paymentId, 1);

    expect(call.lastFault).toBe(fault);
    expect(minutesUntil(call.nextTryAt)).toBeLessThan(0.2);
    expect(gateway.calls.filter(({ target }) => target === '/elsewhere')).toEqual([]);
    gateway.manners = 'takes';
    await tryAgain(paymentId);
    await ended(paymentId, 'delivered');
    const bodies = gateway.about(paymentId).map(({ body }) => body);
    expect(bodies).toHaveLength(2);
    expect(new Set(bodies).size).toBe(1);
  });

  it('because nobody is there is tried again', async () => {
    const paymentId = await created('http://127.0.0.1:1/callback');
    await link(paymentId);

    expect((await failedTries(paymentId, 1)).lastFault).toBe('VTEX cannot be told: the connection was refused');
  });

  it('is tried after 10 s, 30 s, 2 min, 10 min, 30 min and then every hour, and given up after a day', async () => {
    gateway.manners = 'fails';
    const paymentId = await created();
    await link(paymentId);
    const pauses: number[] = [];
    for (let tries = 1; tries <= 7; tries += 1) {
      const { nextTryAt } = await failedTries(paymentId, tries);
      pauses.push(Math.round(minutesUntil(nextTryAt) * 6) / 6);
      if (tries < 7) await tryAgain(paymentId);
    }
    expect(pauses).toEqual([1 / 6, 0.5, 2, 10, 30, 60, 60]);

    await tryAgain(paymentId, '24 hours');

    expect(await callback(paymentId)).toMatchObject({ state: 'given-up', nextTryAt: null, tries: 8 });
    expect((await eventsOf(paymentId)).at(-1)).toMatchObject({ kind: 'alert' });
    expect(service.lines.filter((line) => line.includes(paymentId) && line.includes('given up'))).toHaveLength(1);
    const before = gateway.about(paymentId).length;
    await service.service.app.get(VtexCalls).sweep();
    expect(gateway.about(paymentId)).toHaveLength(before);
    expect((await service.create(paymentId)).body.status).toBe('approved');
  });

  it('counts as taken when only its answer does not end', async () => {
    gateway.manners = 'floods';
    const paymentId = await created();

    await link(paymentId);

    await ended(paymentId, 'delivered');
  });
});

describe('a call that has become untrue or needless', () => {
  /** Linked, and VTEX's side did not take the first call. */
  async function waiting(): Promise<string> {
    gateway.manners = 'fails';
    const paymentId = await created();
    await link(paymentId);
    await failedTries(paymentId, 1);
    gateway.manners = 'takes';
    return paymentId;
  }

  it('is dropped when a cancellation has begun', async () => {
    const paymentId = await waiting();
    await service.cancel(paymentId, { requestId: 'C1' });

    await tryAgain(paymentId);

    expect(await callback(paymentId)).toMatchObject({ state: 'cancelled' });
    expect(gateway.about(paymentId)).toHaveLength(1);
    expect((await eventsOf(paymentId)).at(-1)?.text).toContain('its cancellation had begun before');
    expect((await service.create(paymentId)).body.status).toBe('denied');
  });

  const seed = Date.now() % 1_000_000;

  it(`is never sent once a cancel was answered, in whatever order they come (seed ${seed})`, async () => {
    const random = new Random(seed);
    const states: Record<string, number> = {};
    for (let round = 0; round < 15; round += 1) {
      const paymentId = await waiting();
      await database.query('update vtex_calls set next_try_at = now() where payment_id = $1', [paymentId]);
      const [calls, sleepMs] = [service.service.app.get(VtexCalls), random.int(0, 12)];
      const delivery = sleep(random.int(0, 12)).then(() =>
        calls.deliver({ merchantId: 'default', paymentId, status: 'approved' }),
      );
      await sleep(sleepMs);
      await service.cancel(paymentId, { requestId: 'C1' });
      await delivery;
      const sent = gateway.about(paymentId).length;

      await database.query(
        'update vtex_calls set next_try_at = now() where payment_id = $1 and next_try_at is not null',
        [paymentId],
      );
      await calls.sweep();

      expect(gateway.about(paymentId)).toHaveLength(sent);
      const { state = '' } = (await callback(paymentId)) ?? {};
      expect(state).toBe(sent === 1 ? 'cancelled' : 'delivered');
      states[state] = (states[state] ?? 0) + 1;
      expect((await service.create(paymentId)).body.status).toBe('denied');
    }
    expect(Object.values(states).reduce((sum, count) => sum + count, 0)).toBe(15);
  }, 120_000);

  it('is dropped when VTEX has asked and was answered approved', async () => {
    const paymentId = await waiting();

    expect((await service.create(paymentId, { callbackUrl: gateway.url() })).body.status).toBe('approved');

    expect(await callback(paymentId)).toMatchObject({ state: 'answered' });
    await service.service.app.get(VtexCalls).sweep();
    expect(gateway.about(paymentId)).toHaveLength(1);
    expect((await eventsOf(paymentId)).map(({ kind }) => kind)).toContain('vtex-not-called');
  });

  it('goes to the newest address', async () => {
    const paymentId = newId();
    await service.create(paymentId, { callbackUrl: gateway.url('/old') });
    await service.create(paymentId, { callbackUrl: gateway.url('/new') });

    await link(paymentId);

    await ended(paymentId, 'delivered');
    expect(gateway.about(paymentId).map(({ target }) => target)).toEqual(['/new']);
  });
});

describe('two processes', () => {
  it('make a call once', async () => {
    const other = await startTestService(settings());
    try {
      const paymentIds = await Promise.all(Array.from({ length: 10 }, () => created()));

      await Promise.all(paymentIds.map((paymentId) => link(paymentId)));
      const sweep = (at: TestService) => at.service.app.get(VtexCalls).sweep();
      await Promise.all([sweep(other), sweep(service), sweep(other), sweep(service)]);

      for (const paymentId of paymentIds) await ended(paymentId, 'delivered');
      expect(paymentIds.map((paymentId) => gateway.about(paymentId).length)).toEqual(paymentIds.map(() => 1));
    } finally {
      await other.stop();
    }
  });
});

describe('a process that is killed', () => {
  let own: TestDatabase;
  const processes: ServiceProcess[] = [];

  beforeEach(async () => {
    own = await makeTestDatabase();
  });

  afterEach(async () => {
    await Promise.all(processes.splice(0).map((running) => running.kill('SIGKILL')));
    await own.drop();
  });

  const start = async () => {
    const running = await startServiceProcess({ ...testCredentials, ...settings({ DATABASE_URL: own.url }) });
    processes.push(running);
    return running;
  };

  it('between the link and the call loses nothing: the next one calls', async () => {
    const first = await start();
    const paymentId = await created(gateway.url(), first);
    // Without the job the row alone remembers it, and this process has no time to sweep.
    await own.query(
      `create function no_job() returns trigger language plpgsql as $$ begin if new.name = 'call-vtex' then return null; end if; return new; end $$`,
    );
    const [table] = await own.query<{ name: string }>(
      `select format('pgboss.%I', c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = 'pgboss' and c.relname = 'job'`,
    );
    await own.query(`create trigger no_job before insert on ${table?.name} for each row execute function no_job()`);
    await own.query(
      `create function not_now() returns trigger language plpgsql as $$ begin new.next_try_at = now() + interval '1 hour'; return new; end $$`,
    );
    await own.query('create trigger not_now before insert on vtex_calls for each row execute function not_now()');
    expect((await link(paymentId, first)).status).toBe(201);
    await first.kill('SIGKILL');
    expect(gateway.about(paymentId)).toEqual([]);
    await own.query('update vtex_calls set next_try_at = now()');

    await start();

    await until('VTEX is called', () => gateway.about(paymentId).length === 1);
  }, 90_000);

  it('in the middle of a call loses nothing: it is made again when its lease has ended', async () => {
    gateway.manners = 'hangs';
    const first = await start();
    const paymentId = await created(gateway.url(), first);
    await link(paymentId, first);
    await until('VTEX is called', () => gateway.about(paymentId).length === 1);
    await first.kill('SIGKILL');
    gateway.manners = 'takes';
    const second = await start();
    await own.query('update vtex_calls set next_try_at = now() where delivered_at is null');

    await until('VTEX is called again', () => gateway.about(paymentId).length === 2);

    await until('it is recorded', async () => {
      const { authorization } = await second.history(paymentId);
      return authorization?.callback?.state === 'delivered';
    });
    const bodies = gateway.about(paymentId).map(({ body }) => body);
    expect(new Set(bodies).size).toBe(1);
  }, 90_000);
});
