import { setTimeout as sleep } from 'node:timers/promises';
import { issuerCodes, startTestSimulators, type TestSimulators } from '../support/simulators.js';
import { audit } from './auditor.js';
import { isFull } from './form.js';
import { LatenessWatch } from './lateness.js';
import { readIssuers, readTables } from './logs.js';
import { startMailLog, type MailLog } from './mail-log.js';
import { makeIll } from './network-faults.js';
import { startPostgresServer, type PostgresServer } from './postgres-server.js';
import { Replicas } from './replicas.js';
import { Random } from './random.js';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.js';
import { VtexLoad } from './vtex-load.js';
import { TimeMachine } from './time-machine.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** `FAULTS_SEED` repeats the choices of an earlier run. */
const seed = Number(process.env.FAULTS_SEED ?? Date.now() % 1_000_000);

/**
 * Times are from the first cancel. The faults last until the last cancel was begun, which is later than said here where the machine cannot
 * hold that pace. `FAULTS_PAYMENTS` asks for another number of payments in the full form.
 */
const form = isFull
  ? {
      payments: Number(process.env.FAULTS_PAYMENTS ?? 10_000),
      faultsMs: 3 * MINUTE,
      killEveryMs: 5 * SECOND,
      crashesAt: [40 * SECOND, 120 * SECOND],
      queueDropsAt: [70 * SECOND, 150 * SECOND],
      settleMs: 20 * MINUTE,
    }
  : {
      payments: 100,
      faultsMs: 11 * SECOND,
      killEveryMs: 6 * SECOND,
      crashesAt: [5 * SECOND],
      queueDropsAt: [8 * SECOND],
      settleMs: MINUTE,
    };

const TIMEOUT_MS = 800;

/** Later than our time-out, and sooner than anything that is asked a second time. */
const LATE_MS = 1_500;

/** No later than this after a row's due time; while Postgres itself is away nothing can be done, so that time is not counted. */
const LATEST_MS = 20 * SECOND;

/** Shortened, so that moving time on to it takes few steps. */
const GIVE_UP_HOURS = 2;

/** Shorter than by default, because time is moved on in the database and not in the processes. */
const BREAKER_PAUSE_MS = 3_000;

let postgres: PostgresServer;
let simulators: TestSimulators;
let mailLog: MailLog;
let databaseProxy: TcpProxy;
let issuerProxies: TcpProxy[];
let callbackProxy: TcpProxy;
let replicas: Replicas;
const random = new Random(seed);

beforeAll(async () => {
  console.info(`Machine faults with FAULTS_SEED=${seed}`);
  [postgres, simulators, mailLog] = await Promise.all([
    startPostgresServer(),
    startTestSimulators(LATE_MS),
    startMailLog(),
  ]);
  databaseProxy = await startTcpProxy(() => postgres.port);
  const settings: Record<string, string> = { ...simulators.settings };
  issuerProxies = await Promise.all(
    issuerCodes.map(async (code) => {
      const proxy = await startTcpProxy(() => Number(new URL(simulators.of[code].url).port));
      for (const name of [`${code.toUpperCase()}_BASE_URL`, `${code.toUpperCase()}_SANDBOX_BASE_URL`]) {
        const url = new URL(settings[name] ?? '');
        url.port = String(proxy.port);
        settings[name] = url.toString();
      }
      settings[`${code.toUpperCase()}_TIMEOUT_MS`] = String(TIMEOUT_MS);
      settings[`${code.toUpperCase()}_BREAKER_PAUSE_MS`] = String(BREAKER_PAUSE_MS);
      settings[`${code.toUpperCase()}_GIVE_UP_HOURS`] = String(GIVE_UP_HOURS);
      return proxy;
    }),
  );
  const databaseUrl = new URL(postgres.url);
  databaseUrl.port = String(databaseProxy.port);
  replicas = await Replicas.start(3, {
    ...settings,
    ARTHA_STATUS_QUERY: 'on',
    DATABASE_URL: databaseUrl.toString(),
    ANSWER_DEADLINE_MS: '3000',
    SMTP_URL: mailLog.url,
    NOTIFY_EMAIL: 'merchant@example.com',
    MAIL_FROM: 'connector@example.com',
    // Of links in mails, whichever process sends them.
    PUBLIC_URL: 'https://connector.example',
    LOG_LEVEL: 'warn',
  });
  // An issuer has one address to call back; behind it is whichever replica answers.
  callbackProxy = await startTcpProxy(() => {
    const replica = replicas.any(random);
    return replica && Number(new URL(replica.url).port);
  });
  for (const code of issuerCodes) {
    simulators.of[code].sendCallbacksTo(`http://127.0.0.1:${callbackProxy.port}/callbacks/${code}`);
  }
}, 120_000);

afterAll(async () => {
  await replicas?.stop();
  await Promise.all([databaseProxy, callbackProxy, ...(issuerProxies ?? [])].map((proxy) => proxy?.stop()));
  await Promise.all([simulators?.stop(), mailLog?.stop(), postgres?.stop()]);
}, 60_000);

/** Does something at each of these times from now. */
async function atTimes(times: readonly number[], work: () => Promise<void>): Promise<void> {
  const startedAt = performance.now();
  for (const time of times) {
    await sleep(Math.max(0, startedAt + time - performance.now()));
    await work();
  }
}

it(
  'loses no cancellation and cancels no card twice while processes, Postgres, the queue and the network fail',
  async () => {
    const watch = new LatenessWatch(postgres);
    const load = new VtexLoad(simulators, () => replicas.any(random), random);
    const illnesses = [
      makeIll(databaseProxy, { newShare: 0.08, everyMs: 2_000, mostBytes: 5_000, longestDelayMs: 150 }, random),
      ...issuerProxies.map((proxy) =>
        makeIll(proxy, { newShare: 0.15, everyMs: 1_000, mostBytes: 600, longestDelayMs: 300 }, random),
      ),
    ];

    const killer = setInterval(() => void replicas.killOne(random), form.killEveryMs);
    const crashes = atTimes(form.crashesAt, () => postgres.crashAndRestart(random.int(200, 2_000)));
    const drops = atTimes(form.queueDropsAt, () => dropQueue());

    const startedAt = performance.now();
    const { end } = await load.run(form.payments, form.faultsMs);
    const faultsMs = performance.now() - startedAt;
    clearInterval(killer);
    for (const illness of illnesses) illness.end();
    await Promise.all([end, crashes, drops]);
    const timeMachine = new TimeMachine(postgres, watch, { quietMs: 2 * LATE_MS });
    // What was never heard of here before is new now.
    await load.askAgain(({ isFinal }) => !isFinal);
    const settled = await timeMachine.untilAllAreFinal(form.settleMs);
    const lateness = await watch.stop();
    // Once for the last answer, and once more for its bytes.
    await load.askAgain(() => true);
    await load.askAgain(() => true);
    await timeMachine.deliverNotices();

    const tables = await readTables(postgres);
    const mails = mailLog.mails;
    const violations = audit({
      vtex: load.log,
      issuers: readIssuers(simulators, () => ({
        timeoutMs: TIMEOUT_MS,
        canQuery: true,
        giveUpHours: GIVE_UP_HOURS,
      })).map((log) => ({ ...log, canQuery: log.issuer !== 'corecard' })),
      tables,
      mails,
    });
    const finals = tables.cancellations.filter(({ finished_at }) => finished_at !== null);
    const effects = issuerCodes.flatMap((code) =>
      simulators.of[code].effects.map(({ identity }) => `${code} ${identity}`),
    );
    console.info(
      [
        `seed ${seed}: ${finals.length} of ${load.payments.length} cancellations final (${countBy(finals, ({ state }) => state)})`,
        `${effects.length} effects on ${new Set(effects).size} cards; ${load.log.length} requests of VTEX's (${countBy(load.log, ({ status }) => String(status))})`,
        `${tables.attempts.length} attempts (${countBy(tables.attempts, ({ outcome }) => String(outcome))}), ${tables.attempts.filter(({ issuer_code }) => issuer_code === 'lease-expired').length} taken over, ${tables.attempts.filter(({ late }) => late).length} late`,
        `faults for ${Math.round(faultsMs / 1_000)} s: ${replicas.kills} kills (ready again after ${replicas.readyAfter}), ${postgres.downtimes.length} crashes of Postgres (away ${postgres.downtimes.map(({ from, to }) => to - from).join(' ms, ')} ms)`,
        `lateness: max ${Math.round(lateness.maxMs)} ms, p99 ${Math.round(lateness.p99Ms)} ms over ${lateness.dueTimes} due times, worst ${lateness.worst}; with the time that Postgres was away max ${Math.round(lateness.maxWithDowntimeMs)} ms`,
        `settled in ${Math.round(settled.tookMs / 1_000)} s by ${settled.moves} moves; ${mails.length} mails of ${tables.notices.length} notices; replicas that ended or did not start by themselves: ${countBy(replicas.faults, ({ kind }) => kind)}`,
      ].join('\n'),
    );

    expect(load.faults).toEqual([]);
    expect(violations.slice(0, 20)).toEqual([]);
    expect(load.payments).toHaveLength(form.payments);
    expect(finals).toHaveLength(form.payments);
    expect(new Set(effects).size).toBe(effects.length);
    expect(load.payments.filter(({ isFinal }) => !isFinal)).toEqual([]);
    expect(tables.notices.filter(({ delivered_at }) => delivered_at === null)).toEqual([]);
    expect(replicas.faults.filter(({ kind }) => kind === 'ended')).toEqual([]);
    expect(lateness.maxMs).toBeLessThanOrEqual(LATEST_MS);
  },
  form.faultsMs + form.settleMs + 3 * MINUTE,
);

/** Workers at work may stand in its way for a moment, and Postgres may be away. */
async function dropQueue(): Promise<void> {
  for (;;) {
    try {
      await postgres.query('drop schema pgboss cascade');
      return;
    } catch {
      await sleep(200);
    }
  }
}

function countBy<Item>(items: readonly Item[], nameOf: (item: Item) => string): string {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(nameOf(item), (counts.get(nameOf(item)) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${name} ${count}`).join(', ');
}
