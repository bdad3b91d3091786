import { setTimeout as sleep } from 'node:timers/promises';
import type { BehaviourName } from '../../src/issuers/simulator-server.js';
import type { Caller } from '../support/caller.js';
import { makeTestDatabase, type TestDatabase } from '../support/database.js';
import { NoAnswer } from '../support/http.js';
import { startServiceProcess, type ServiceProcess } from '../support/process.js';
import { newId, testCredentials } from '../support/service.js';
import { issuerCodes, startTestSimulators, type TestSimulators } from '../support/simulators.js';
import { expireAllLeases, passTimeForAll } from '../support/time.js';
import { until } from '../support/until.js';
import { audit, readTables, type VtexLogEntry, type Violation } from './auditor.js';
import { startCallbackRelay, type CallbackRelay } from './callback-relay.js';
import type { Boundary } from './boundaries.js';
import { readIssuers, type Logs } from './logs.js';
import { startMailLog, type MailLog } from './mail-log.js';

/** What the issuer makes of the first cancel, each with the simulator's behaviour that does it. */
export const fates = {
  applied: 'works',
  'not applied': 'resets',
  'applied, answer lost': 'answer-lost',
  'applied after our time-out': 'late',
  refused: 'refuses',
  slow: 'slow',
} as const satisfies Record<string, BehaviourName>;

/** What VTEX does after the crash. */
export const followUps = ['same requestId', 'new requestId', 'none'] as const;

export type Fate = keyof typeof fates;
export type FollowUp = (typeof followUps)[number];

/** The payments of one run: every fate at every issuer, and those that no issuer is asked about. */
export interface Matrix {
  readonly fates: readonly Fate[];
  readonly followUps: readonly FollowUp[];
}

export const wholeMatrix: Matrix = { fates: Object.keys(fates) as Fate[], followUps };

export interface CrashResult {
  readonly boundary: string;
  readonly payments: number;
  /** How many were frozen at the boundary when each process was killed. */
  readonly frozen: readonly number[];
  readonly ends: Readonly<Record<string, number>>;
  readonly ms: number;
  readonly violations: readonly Violation[];
  readonly logs: Logs;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const TIMEOUT_MS = 1 * SECOND;

/** How late slow answers and late effects are, so that they come before the time-out. */
const SLOW_MS = 400;

/** How late the effect comes that comes after the time-out. */
const LATE_MS = TIMEOUT_MS + 700;

/** A process counts as having got as far as it can when nothing more is frozen for so long: longer than a time-out and a query. */
const QUIET_MS = TIMEOUT_MS + 1_500;

/** What a dead process left behind is found by the sweeper, which looks every 5 s. */
const SWEPT_MS = 6_500;

/** On a busy machine nothing may be frozen for a while. */
const FIRST_MS = 15_000;

/** From the follow-up's schedule, each a little more, until nothing can be open any more. */
const SCHEDULE_MS = [
  12 * SECOND,
  12 * SECOND,
  35 * SECOND,
  125 * SECOND,
  11 * MINUTE,
  11 * MINUTE,
  25 * MINUTE,
  45 * MINUTE,
  65 * MINUTE,
  18 * HOUR,
  2 * HOUR,
  1 * HOUR,
];

/** VTEX asks again after so many of these. */
const ASKED_AGAIN = 4;

interface Run {
  readonly paymentId: string;
  readonly requestId: string;
  readonly followUp: FollowUp;
  readonly link: Readonly<Record<string, unknown>> | null;
}

/** Kills the service at a boundary, in the work on many payments at once, drives all of them to their end, and audits. */
export async function runCrash(boundary: Boundary, matrix: Matrix, canArthaQuery: boolean): Promise<CrashResult> {
  const begunAt = performance.now();
  const database = await makeTestDatabase();
  const simulators = await startTestSimulators(SLOW_MS);
  const mail = await startMailLog();
  const relay = await startCallbackRelay((count) => !boundary.allCallbacks && count % 2 === 1);
  const rig = new Rig(boundary, { database, simulators, mail, relay, canArthaQuery });
  try {
    const runs = await rig.prepare(matrix);
    const frozen: number[] = [];
    for (const place of boundary.crashes.keys()) frozen.push(await rig.crash(place, runs));
    await rig.driveToTheEnd(runs);
    const logs = await rig.logs();
    return {
      boundary: boundary.name,
      payments: runs.length,
      frozen,
      ends: endsOf(logs),
      ms: performance.now() - begunAt,
      violations: audit(logs),
      logs,
    };
  } finally {
    await rig.stop();
    await relay.stop();
    await mail.stop();
    await simulators.stop();
    await database.drop();
  }
}

function endsOf({ tables }: Logs): Record<string, number> {
  const ends: Record<string, number> = {};
  for (const { state, reason, proof } of tables.cancellations) {
    const end = `${state} ${reason ?? proof ?? ''}`.trim();
    ends[end] = (ends[end] ?? 0) + 1;
  }
  return ends;
}

class Rig {
  readonly #vtex: VtexLogEntry[] = [];
  readonly #underWay = new Set<Promise<void>>();
  readonly #processes: ServiceProcess[] = [];

  constructor(
    private readonly boundary: Boundary,
    private readonly parts: {
      readonly database: TestDatabase;
      readonly simulators: TestSimulators;
      readonly mail: MailLog;
      readonly relay: CallbackRelay;
      readonly canArthaQuery: boolean;
    },
  ) {}

  /** Makes the payments known to the service, as they are before VTEX cancels them. */
  async prepare(matrix: Matrix): Promise<Run[]> {
    const { simulators, relay } = this.parts;
    simulators.of.artha.sendCallbacksTo(`${relay.url}/callbacks/artha`);
    simulators.of.qitech.sendCallbacksTo(`${relay.url}/callbacks/qitech`);
    simulators.of.corecard.sendCallbacksTo(`${relay.url}/callbacks/corecard`);
    const linked = matrix.fates.flatMap((fate) =>
      issuerCodes.flatMap((issuer) =>
        matrix.followUps.map((followUp): Run => {
          const reference = simulators.of[issuer].referenceFor(fates[fate]);
          if (fate === 'applied after our time-out')
            simulators.of[issuer].script(reference, [{ effect: 'late', answer: 'hang', afterMs: LATE_MS }]);
          return { paymentId: newId(), requestId: newId(), followUp, link: { issuer, reference } };
        }),
      ),
    );
    const unlinked = ['known', 'never seen'].flatMap((what) =>
      matrix.followUps.map((followUp) => ({ paymentId: newId(), requestId: newId(), followUp, link: null, what })),
    );
    for (const { paymentId, what } of unlinked)
      if (what === 'known')
        await this.parts.database.query(
          `insert into payments (merchant_id, payment_id, sandbox, seen_before) values ('default', $1, false, true)`,
          [paymentId],
        );
    return [...linked, ...unlinked];
  }

  /** Starts a process that freezes at the boundary, gets it there, and kills it. Answers how much was frozen. */
  async crash(place: number, runs: readonly Run[]): Promise<number> {
    const crash = this.boundary.crashes[place];
    if (!crash) return 0;
    const service = await this.#start({
      nodeArguments: ['--import', './test/faults/crash-points.mjs'],
      // Each frozen transaction holds a connection.
      environment: { CRASH_POINTS: JSON.stringify(crash.points), DATABASE_POOL_SIZE: '150' },
    });
    if (place === 0) {
      await inTurns(runs, 16, async ({ paymentId, link }) => {
        if (!link) return;
        const { status } = await service.link(paymentId, link);
        if (status !== 201) throw new Error(`A payment could not be linked: ${status}`);
      });
      for (const { paymentId, requestId } of runs) this.#send(service, paymentId, requestId);
    } else {
      await expireAllLeases(this.parts.database);
    }
    const timePasses = crash.timePasses ?? [];
    const quietMs = place === 0 ? QUIET_MS : SWEPT_MS;
    await this.#untilQuiet(service, { quietMs, isLast: timePasses.length === 0 });
    for (const [at, ms] of timePasses.entries()) {
      await passTimeForAll(this.parts.database, ms);
      await this.#untilQuiet(service, { quietMs, isLast: at === timePasses.length - 1 });
    }
    this.parts.relay.target = null;
    await service.kill('SIGKILL');
    await Promise.all(this.#underWay);
    return frozenIn(service);
  }

  /** A process as it is in production does the rest, while VTEX asks again, or does not. */
  async driveToTheEnd(runs: readonly Run[]): Promise<void> {
    const { database } = this.parts;
    const service = await this.#start({ nodeArguments: [], environment: {} });
    const requests = runs.flatMap(({ paymentId, requestId, followUp }) => {
      if (followUp === 'none') return [];
      return [{ paymentId, requestId: followUp === 'same requestId' ? requestId : newId() }];
    });
    // The dead process still holds its leases: what joins now waits for them.
    for (const { paymentId, requestId } of requests) this.#send(service, paymentId, requestId);
    await Promise.all(this.#underWay);
    await expireAllLeases(database);
    // Effects that come late come in real time, and must be over before time passes by leaps.
    await Promise.all([this.#untilSettled(), sleep(LATE_MS)]);
    await this.#untilCallbacksAreHeard();
    for (const [place, ms] of SCHEDULE_MS.entries()) {
      if (place < ASKED_AGAIN) for (const one of requests) this.#send(service, one.paymentId, one.requestId);
      await Promise.all(this.#underWay);
      await this.#untilSettled();
      if ((await this.#count(`finished_at is null`)) === 0) break;
      await passTimeForAll(database, ms);
      await this.#untilSettled();
    }
    const all = [...requests, ...runs.filter(({ followUp }) => followUp !== 'none')];
    for (let times = 0; times < 2; times += 1)
      await inTurns(all, 16, (one) => this.#request(service, one.paymentId, one.requestId));
    // More than a few within an hour wait for its end.
    await passTimeForAll(database, 2 * HOUR);
    await until(
      'all notices are delivered',
      async () => (await database.query('select 1 from notices where delivered_at is null')).length === 0,
    ).catch(() => undefined);
  }

  async logs(): Promise<Logs> {
    const { database, simulators, mail, canArthaQuery } = this.parts;
    const canQuery = (issuer: string) => (issuer === 'artha' ? canArthaQuery : issuer !== 'corecard');
    const { settings } = simulators;
    const secrets = Object.entries(settings).filter(([name]) => /TOKEN|SECRET|PRIVATE_KEY|CLIENT_KEY/.test(name));
    return {
      vtex: this.#vtex,
      issuers: readIssuers(simulators, (issuer) => ({ timeoutMs: TIMEOUT_MS, canQuery: canQuery(issuer) })),
      tables: await readTables(database),
      mails: mail.mails,
      output: this.#processes.map((service) => service.output()).join('\n'),
      secrets: [
        testCredentials.VTEX_APP_TOKEN,
        testCredentials.ADMIN_API_TOKEN,
        // Of a key in PEM its second line, because a log writes line breaks in its own way.
        ...secrets.map(([, value]) => value.split('\n')[1] ?? value),
      ],
    };
  }

  async stop(): Promise<void> {
    await Promise.all(this.#processes.map((service) => service.kill('SIGKILL')));
  }

  async #start({
    nodeArguments,
    environment,
  }: {
    readonly nodeArguments: readonly string[];
    readonly environment: Readonly<Record<string, string>>;
  }): Promise<ServiceProcess> {
    const { database, simulators, mail, relay, canArthaQuery } = this.parts;
    const ofIssuers = issuerCodes.flatMap((code) => [
      [`${code.toUpperCase()}_TIMEOUT_MS`, String(TIMEOUT_MS)],
      [`${code.toUpperCase()}_MAX_CONCURRENT`, '200'],
      // A circuit that opens would keep most payments from ever getting to the boundary.
      [`${code.toUpperCase()}_BREAKER_FAULTS`, '1000000'],
    ]);
    const service = await startServiceProcess(
      {
        ...simulators.settings,
        ...(Object.fromEntries(ofIssuers) as Record<string, string>),
        ARTHA_STATUS_QUERY: canArthaQuery ? 'on' : 'off',
        ANSWER_DEADLINE_MS: '2500',
        DATABASE_URL: database.url,
        SMTP_URL: mail.url,
        NOTIFY_EMAIL: 'merchant@example.com',
        MAIL_FROM: 'connector@example.com',
        // Of links in mails, whichever process sends them.
        PUBLIC_URL: 'https://connector.example',
        ...this.boundary.settings,
        ...environment,
      },
      { nodeArguments },
    );
    this.#processes.push(service);
    relay.target = service.url;
    return service;
  }

  /** Sends a request whose answer is looked at later, if one comes. */
  #send(service: Caller, paymentId: string, requestId: string): void {
    const request = this.#request(service, paymentId, requestId).finally(() => this.#underWay.delete(request));
    this.#underWay.add(request);
  }

  async #request(service: Caller, paymentId: string, requestId: string): Promise<void> {
    const sentAt = new Date();
    const answer = await service.cancel(paymentId, { requestId }).catch((error: unknown) => {
      // A broken connection is what a crash looks like; an answer that is none of the contract's is a fault.
      if (error instanceof NoAnswer) return { status: null, text: null };
      throw error;
    });
    this.#vtex.push({ sentAt, at: new Date(), paymentId, requestId, status: answer.status, text: answer.text });
  }

  /**
   * Until nothing more is frozen for so long.
   * @param wait.isLast something must be frozen by then, if anything ever is; else all that is due must have been looked at
   */
  async #untilQuiet(
    service: ServiceProcess,
    { quietMs, isLast }: { readonly quietMs: number; readonly isLast: boolean },
  ): Promise<void> {
    const isDue = 'coalesce(lease_until, next_check_at) <= now()';
    if (!isLast)
      await until('nothing is due', async () => (await this.#count(isDue)) === 0, FIRST_MS).catch(() => undefined);
    const giveUpAt = performance.now() + FIRST_MS;
    let count = frozenIn(service);
    let sinceAt = performance.now();
    while (performance.now() - sinceAt < quietMs || (isLast && count === 0 && performance.now() < giveUpAt)) {
      await sleep(50);
      const now = frozenIn(service);
      if (now !== count) sinceAt = performance.now();
      count = now;
    }
  }

  /** Until nothing is under way or due. */
  async #untilSettled(): Promise<void> {
    await until(
      'nothing is under way or due',
      async () => (await this.#count(`coalesce(lease_until, next_check_at) <= now() or state = 'asking'`)) === 0,
      60_000,
    );
  }

  /** A callback whose processing was cut off is found again by the sweeper, in its own time. */
  async #untilCallbacksAreHeard(): Promise<void> {
    const look = () =>
      this.parts.database.query(
        `select 1 from issuer_callbacks k where processed_at is null and (
           exists (select 1 from attempts a join payments p using (merchant_id, payment_id)
                   where a.task_id = k.task_id and p.sandbox = k.sandbox)
           or exists (select 1 from issuer_references r join cancellations c using (merchant_id, payment_id)
                      where r.issuer = k.issuer and r.sandbox = k.sandbox and r.reference @> k.reference))`,
      );
    await until('callbacks are heard', async () => (await look()).length === 0, 45_000);
  }

  async #count(condition: string): Promise<number> {
    const rows = await this.parts.database.query<{ count: number }>(
      `select count(*)::int as count from cancellations where state in ('asking', 'waiting') and (${condition})`,
    );
    return rows[0]?.count ?? 0;
  }
}

const frozenIn = (service: ServiceProcess) => service.output().match(/^frozen at /gm)?.length ?? 0;

/** Does `work` on every item, at most `most` at a time. */
async function inTurns<Item>(items: readonly Item[], most: number, work: (item: Item) => Promise<void>) {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: most }, worker));
}
