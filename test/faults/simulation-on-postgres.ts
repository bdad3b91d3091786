import { randomUUID } from 'node:crypto';
import { CancellationProgress } from '../../src/cancellations/cancellation-progress.js';
import { FollowUp } from '../../src/cancellations/follow-up.js';
import type { Attempt } from '../../src/cancellations/cancellation.js';
import { DEFAULT_MERCHANT } from '../../src/config.js';
import type { ArthaSimulator } from '../../src/issuers/artha/simulator.js';
import { issuers, type IssuerCode } from '../../src/issuers/index.js';
import type { SomeIssuer } from '../../src/issuers/issuer.js';
import type { Behaviour, Effect, Simulator } from '../../src/issuers/simulator-server.js';
import type { ManualReason } from '../../src/manual-cancellations/manual-reason.js';
import type { Answer } from '../support/caller.js';
import { makeTestDatabase, type TestDatabase } from '../support/database.js';
import { NoAnswer } from '../support/http.js';
import { effectsOf, type Reference } from '../support/issuer-traffic.js';
import { newId, startTestService, type TestService } from '../support/service.js';
import { issuerCodes, startTestSimulators, type TestSimulators } from '../support/simulators.js';
import { expireLease, passTime } from '../support/time.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { manualFault, sendFault } from './life-auditor.js';
import { Random } from './random.js';

/*
 * The lives of the simulation as far as they can be driven from outside: the whole service, twice on one Postgres, and the issuers'
 * simulators over HTTP. What the seed decides is what VTEX sends, how the issuer treats each cancel, when time passes, when a lease is
 * taken to have expired, and who carries on. How the two processes interleave is left to the machine.
 */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const TIMEOUT_MS = 250;
/** Within the time-out: a slow answer is an answer, unless its lease was taken over meanwhile. */
const LATE_MS = 120;
const LEASE_MARGIN_MS = 5_000;

/** From one due time to the next a life needs hardly more than a dozen. */
const MOST_MOVES = 30;
const GIVE_UP_HOURS = 0.5;

/** A row that is overdue by less is still its job's. */
const GRACE_MS = 2_100;

/** Two services on a database of their own, and four issuers. */
export interface Stage {
  readonly database: TestDatabase;
  readonly simulators: TestSimulators;
  readonly services: readonly [TestService, TestService];
  readonly canArthaQuery: boolean;
  readonly cancelsSeen: (reference: Reference) => number;
  stop(): Promise<void>;
}

export async function makeStage(canArthaQuery: boolean): Promise<Stage> {
  const database = await makeTestDatabase();
  const simulators = await startTestSimulators(LATE_MS);
  const perIssuer = issuerCodes.map((code) => ({
    [`${code.toUpperCase()}_TIMEOUT_MS`]: String(TIMEOUT_MS),
    [`${code.toUpperCase()}_GIVE_UP_HOURS`]: String(GIVE_UP_HOURS),
    // Each life for itself: what one issuer does to another payment must not stop this one.
    [`${code.toUpperCase()}_BREAKER_FAULTS`]: '1000000',
    [`${code.toUpperCase()}_MAX_CONCURRENT`]: '500',
  }));
  const environment = Object.assign(
    {
      ...simulators.settings,
      DATABASE_URL: database.url,
      ANSWER_DEADLINE_MS: '600',
      LOG_LEVEL: 'fatal',
      ARTHA_STATUS_QUERY: canArthaQuery ? 'on' : 'off',
    },
    ...perIssuer,
  ) as Record<string, string>;
  const services = [await startTestService(environment), await startTestService(environment)] as const;
  for (const code of issuerCodes) simulators.of[code].sendCallbacksTo(`${services[0].url}/callbacks/${code}`);
  return {
    database,
    simulators,
    services,
    canArthaQuery,
    cancelsSeen: countCancels(simulators),
    stop: async () => {
      for (const service of services) await service.stop();
      await simulators.stop();
      await database.drop();
    },
  };
}

/** Counts the cancels of one card, reading each request only once. */
function countCancels({ of }: TestSimulators): Stage['cancelsSeen'] {
  const counts = new Map<string, number>();
  const read = new Map<IssuerCode, number>();
  return (reference) => {
    for (const code of issuerCodes) {
      const { requests } = of[code];
      for (let at = read.get(code) ?? 0; at < requests.length; at += 1) {
        const { method, path, body } = requests[at] ?? { method: 'GET', path: '', body: '' };
        if (method === 'GET') continue;
        const names = new Set(`${path} ${body}`.toLowerCase().match(/[\da-f-]{8,}/g));
        for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
      }
      read.set(code, requests.length);
    }
    const { cardRequestId, cardId, adminNumber, paymentInstrumentKey } = reference;
    const name = cardRequestId ?? cardId ?? adminNumber ?? paymentInstrumentKey;
    return counts.get(String(name).toLowerCase()) ?? 0;
  };
}

/** Plays one life; answers what it broke of the promises. */
export const liveOnPostgres = (stage: Stage, seed: number): Promise<string[]> => new Life(stage, seed).play();

interface Row {
  readonly state: string;
  readonly reason: ManualReason | null;
  readonly version: number;
  readonly cancellation_id: string;
  readonly claimed_at: Date;
  readonly finished_at: Date | null;
  readonly due_in_ms: number | null;
}

interface Told {
  readonly requestId: string;
  readonly sentAt: number;
  readonly toldAt: number;
  readonly answer: Answer;
}

class Life {
  readonly #random: Random;
  readonly #issuer: IssuerCode;
  readonly #paymentId = newId();
  readonly #reference: Reference;
  readonly #wasCancelledBefore: boolean;
  readonly #told: Told[] = [];
  readonly #broken: string[] = [];
  readonly #tasks: { readonly taskId: string; readonly isDone: boolean }[] = [];
  /** How many different callbacks told of a task. */
  readonly #messages = new Map<string, number>();
  readonly #underWay: Promise<unknown>[] = [];
  /** Nobody carries it on but the sweeper, which finds what is overdue. */
  readonly #isLeftAlone: boolean;
  /** Time was moved while a call may have been under way. */
  #mayBeTakenOver = false;
  #cancelsAtManual: number | null = null;

  constructor(
    private readonly stage: Stage,
    seed: number,
  ) {
    this.#random = new Random(seed);
    this.#issuer = this.#random.pick(issuerCodes as [IssuerCode, ...IssuerCode[]]);
    this.#wasCancelledBefore = this.#random.chance(0.04);
    this.#isLeftAlone = this.#random.chance(0.3);
    const simulator = stage.simulators.of[this.#issuer];
    this.#reference = simulator.referenceFor(this.#wasCancelledBefore ? 'already' : 'works');
    if (!this.#wasCancelledBefore) simulator.script(this.#reference, this.#script());
  }

  async play(): Promise<string[]> {
    const { status } = await this.stage.services[0].link(this.#paymentId, {
      issuer: this.#issuer,
      reference: this.#reference,
    });
    if (status !== 201) return [`the rig itself: the payment could not be linked, ${status}`];
    const firstAtOnce = this.#random.pick([1, 1, 2, 3]);
    await Promise.all(Array.from({ length: firstAtOnce }, () => this.#request('R1')));
    if (this.#tasks.length > 0 && this.#random.chance(0.8)) await this.#callBack();
    const actions = this.#random.int(0, 6);
    for (let action = 0; action < actions; action += 1) {
      await this.#act();
      await this.#watch();
    }
    await this.#end();
    await Promise.all(this.#underWay);
    await this.#audit();
    return this.#broken;
  }

  /** How the issuer treats this card's cancels, one after the other; after these it cancels properly. */
  #script(): Behaviour[] {
    const random = this.#random;
    return Array.from({ length: random.pick([0, 1, 1, 2, 3, 5]) }, (): Behaviour => {
      if (this.#issuer === 'artha' && random.chance(0.7)) return this.#task();
      return random.pick<Behaviour>([
        { effect: 'none', answer: 'hang' },
        { effect: 'before-answer', answer: 'hang' },
        { effect: 'late', answer: 'hang' },
        { effect: 'none', answer: 'reset' },
        { effect: 'before-answer', answer: 'reset' },
        { effect: 'before-answer', answer: 'cut' },
        { effect: 'before-answer', answer: 'html' },
        { effect: 'before-answer', answer: { status: 500, body: 'Internal Server Error' } },
        { effect: 'none', answer: { status: 503, body: '' } },
        { effect: 'none', answer: { status: 429, headers: { 'retry-after': '1' }, body: '' } },
        { effect: 'none', answer: { status: 403, body: '' } },
        { effect: 'none', answer: 'refuse' },
        { effect: 'none', answer: 'not-found' },
        { effect: 'before-answer', answer: 'slow' },
      ]);
    });
  }

  #task(): Behaviour {
    const taskId = randomUUID();
    const isDone = this.#random.chance(0.6);
    this.#tasks.push({ taskId, isDone });
    const body = JSON.stringify({ taskId, status: 'Success', remarks: 'CardInProgress' });
    return { effect: isDone ? 'before-answer' : 'none', answer: { status: 200, body } };
  }

  async #act(): Promise<void> {
    const random = this.#random;
    const chosen = random.next();
    if (chosen < 0.3) return this.#request(random.chance(0.7) ? 'R1' : `R${random.int(2, 4)}`);
    if (chosen < 0.4) {
      const same = random.chance(0.5);
      await Promise.all([2, 3, 4].map((at) => this.#request(same ? 'R1' : `R${at}`)));
    } else if (chosen < 0.6) {
      this.#mayBeTakenOver = true;
      await passTime(this.stage.database, this.#paymentId, random.spread(SECOND, 20 * MINUTE));
      await this.#carryOn();
    } else if (chosen < 0.66) {
      this.#mayBeTakenOver = true;
      await expireLease(this.stage.database, this.#paymentId);
      await this.#carryOn();
    } else if (chosen < 0.7) await this.#carryOn();
    else if (chosen < 0.75) await this.#loseQuery();
    else if (chosen < 0.9) await this.#callBack();
    else await this.#service().internal('POST', `payments/${this.#paymentId}/check`);
  }

  /** A process writes down that it asks for the state, and dies. */
  async #loseQuery(): Promise<void> {
    this.#mayBeTakenOver = true;
    await this.stage.database.query(
      `with lost as (
         update cancellations set state = 'asking', version = version + 1, lease_until = now() - interval '10 seconds'
         where payment_id = $1 and state = 'waiting' returning merchant_id, payment_id
       )
       insert into attempts (merchant_id, payment_id, attempt_no, kind, started_at)
       select merchant_id, payment_id, (select coalesce(max(attempt_no), 0) + 1 from attempts where payment_id = $1), 'query',
              now() - interval '12 seconds' from lost`,
      [this.#paymentId],
    );
  }

  #service(): TestService {
    return this.#random.pick(this.stage.services);
  }

  /** Asks as VTEX; sometimes goes on, or hangs up, before the answer is there. */
  async #request(requestId: string): Promise<void> {
    const random = this.#random;
    const signal = random.chance(0.1) ? AbortSignal.timeout(random.int(1, 200)) : null;
    const sentAt = performance.now();
    const asked = this.#service()
      .cancel(this.#paymentId, { requestId }, signal ? { signal } : {})
      .then(
        (answer) => void this.#told.push({ requestId, sentAt, toldAt: performance.now(), answer }),
        (error: unknown) => {
          if (!(signal?.aborted && error instanceof NoAnswer)) throw error;
        },
      );
    if (random.chance(0.75)) return asked;
    this.#underWay.push(asked);
    await sleep(random.int(0, 60));
  }

  /** What the follow-up's job does, here or there, sometimes twice; or what the sweeper does. */
  async #carryOn(): Promise<void> {
    if (this.#isLeftAlone) return this.#sweep();
    const key = { merchantId: DEFAULT_MERCHANT, paymentId: this.#paymentId };
    const carry = (service: TestService) =>
      service.service.app.get(CancellationProgress).carryOn(key, { kind: 'follow-up' });
    if (this.#random.chance(0.2)) await Promise.all(this.stage.services.map(carry));
    else await carry(this.#service());
  }

  /** A look begins what is overdue, and does not wait for it. */
  async #sweep(): Promise<void> {
    await passTime(this.stage.database, this.#paymentId, GRACE_MS);
    const { version } = (await this.#row()) ?? { version: 0 };
    await this.#service().service.app.get(FollowUp).sweep();
    for (let looks = 0; looks < 20 && (await this.#row())?.version === version; looks += 1) await sleep(10);
  }

  /** Artha tells of a task: the truth, once or twice; or somebody forges it. */
  async #callBack(): Promise<void> {
    const random = this.#random;
    const [task] = this.#tasks;
    if (!task) return;
    const { taskId, isDone } = random.chance(0.8) ? task : (this.#tasks.at(-1) ?? task);
    const artha: Simulator = this.stage.simulators.of.artha;
    if (!isArtha(artha)) return;
    const isForged = random.chance(0.4);
    const hasHappened = effectsOf(this.stage.simulators, 'artha', this.#reference).length > 0;
    // It tells of no end that has not come yet.
    if (!isForged && isDone && !hasHappened) return;
    const status = isForged || isDone ? 'success' : 'failed';
    const message = artha.callback({ taskId, status, remarks: null, forged: isForged });
    if (!isForged) this.#messages.set(taskId, (this.#messages.get(taskId) ?? 0) + 1);
    // The second time in the same bytes.
    const times = random.chance(0.7) ? 2 : 1;
    const send = async () => {
      const response = await fetch(`${this.#service().url}/callbacks/artha`, { method: 'POST', ...message });
      await response.arrayBuffer();
      if (response.status !== (isForged ? 401 : 200))
        this.#broken.push(`7: a ${isForged ? 'forged ' : ''}callback was answered ${response.status}`);
    };
    for (let time = 0; time < times; time += 1) await send();
  }

  async #row(): Promise<Row | null> {
    const [row] = await this.stage.database.query<Row>(
      `select state, reason, version, cancellation_id, claimed_at, finished_at,
              extract(epoch from coalesce(lease_until, next_check_at) - now())::float8 * 1000 as due_in_ms
       from cancellations where payment_id = $1`,
      [this.#paymentId],
    );
    return row ?? null;
  }

  async #attempts(): Promise<(Attempt & { readonly late: boolean })[]> {
    return this.stage.database.query(
      `select attempt_no as "attemptNo", kind, outcome, reason, certainty, retry_when as "retryWhen", retry_at as "retryAt",
              task_id as "taskId", http_status as "httpStatus", issuer_code as "issuerCode", started_at as "startedAt", ended_at as "endedAt", late
       from attempts where payment_id = $1 order by attempt_no`,
      [this.#paymentId],
    );
  }

  /** Looks at a decision for people when it is fresh: time has not been moved since. */
  async #watch(): Promise<Row | null> {
    const row = await this.#row();
    if (row?.state !== 'manual' || this.#cancelsAtManual !== null) return row;
    this.#cancelsAtManual = this.stage.cancelsSeen(this.#reference);
    const attempts = await this.#attempts();
    const life = {
      issuer: this.#issuer,
      timeoutMs: TIMEOUT_MS,
      giveUpMs: GIVE_UP_HOURS * HOUR,
      claimedAt: row.claimed_at.getTime(),
    };
    const before = attempts.filter(({ startedAt }) => startedAt <= (row.finished_at ?? startedAt));
    const fault = manualFault(life, {
      at: row.finished_at?.getTime() ?? 0,
      reason: row.reason,
      attempts: before,
      rules: this.#rules(),
    });
    if (fault) this.#broken.push(`4: cancel-manually (${row.reason}) was decided ${fault}: ${wordsOf(attempts)}`);
    return row;
  }

  #rules() {
    const canQuery = { vault: true, artha: this.stage.canArthaQuery, corecard: false, qitech: true }[this.#issuer];
    const callback = ({ vault: 'none', artha: 'with-task', corecard: 'configured', qitech: 'none' } as const)[
      this.#issuer
    ];
    const asked = { mode: 'live', isCircuitOpen: false, canQuery, callback } as const;
    return { ...asked, pendingQuietMs: 0, timeoutMs: TIMEOUT_MS, giveUpMs: GIVE_UP_HOURS * HOUR };
  }

  /** Lets time pass from one due time to the next, until it is final. */
  async #end(): Promise<void> {
    if (this.#isLeftAlone) await this.#loseQuery();
    let version = 0;
    for (let looks = 0, moves = 0; looks < 400 && moves < MOST_MOVES; looks += 1) {
      const row = await this.#watch();
      // Each move changes the row; one that nobody carries on need not be looked at for long.
      if (row?.version === version) moves += 4;
      version = row?.version ?? 0;
      if (!row) await this.#request('R1');
      else if (row.state === 'cancelled' || row.state === 'manual') break;
      else if (row.state === 'asking' && (row.due_in_ms ?? 0) > 0) {
        version = 0;
        await sleep(25);
      } else {
        moves += 1;
        await passTime(this.stage.database, this.#paymentId, Math.max(row.due_in_ms ?? 0, 0) + 1);
        await this.#carryOn();
      }
    }
    await Promise.all(this.#underWay);
    await this.#letAPersonDoIt();
    // A request after the end is answered with it, whether it is an old one or new.
    for (const requestId of ['R1', 'R-last']) {
      const answer = await this.#service().cancel(this.#paymentId, { requestId });
      this.#told.push({ requestId, sentAt: performance.now(), toldAt: performance.now(), answer });
    }
  }

  /** VTEX is told, a person cancels at the issuer, and the next look stands the task down. */
  async #letAPersonDoIt(): Promise<void> {
    const row = await this.#watch();
    const wasSent = (await this.#attempts()).some(({ kind }) => kind === 'cancel');
    if (row?.state !== 'manual' || !wasSent || !this.#rules().canQuery || this.#random.chance(0.3)) return;
    await this.#request('R1');
    const effects = this.stage.simulators.of[this.#issuer].effects as Effect[];
    const { reference }: SomeIssuer = issuers[this.#issuer];
    effects.push({ identity: reference.identity(reference.schema.parse(this.#reference)), at: new Date() });
    await this.#service().internal('POST', `payments/${this.#paymentId}/check`);
  }

  async #audit(): Promise<void> {
    const isUnheard = async () =>
      (await this.#attempts()).some(({ kind, issuerCode }) => kind === 'cancel' && issuerCode === 'lease-expired');
    // Nobody died: the answer of a call whose lease was taken over is still to come, and is written down.
    for (let looks = 0; looks < 100 && (await isUnheard()); looks += 1) await sleep(50);
    const row = await this.#watch();
    const attempts = await this.#attempts();
    if (await isUnheard()) this.#broken.push(`5: a late answer was thrown away: ${wordsOf(attempts)}`);
    if (!row) return void this.#broken.push('5: a request without a cancellation');
    this.#auditTruth(row);
    this.#auditSends(attempts);
    await this.#auditAnswers(row);
    this.#auditEnd(row, attempts);
    await this.#auditCallbacks();
    await this.#auditNotices(row);
  }

  #auditTruth(row: Row): void {
    const isCancelled =
      this.#wasCancelledBefore || effectsOf(this.stage.simulators, this.#issuer, this.#reference).length > 0;
    for (const { answer } of this.#told) {
      const { cancellationId } = answer.body;
      if (cancellationId === null) continue;
      if (!isCancelled) this.#broken.push('1: VTEX was told a cancellationId, and the card is not cancelled');
      if (cancellationId !== row.cancellation_id)
        this.#broken.push("1: VTEX was told another cancellationId than the row's");
    }
    if (row.state === 'cancelled' && !isCancelled) this.#broken.push('1: recorded as cancelled, and the card is not');
  }

  #auditSends(attempts: readonly (Attempt & { readonly late: boolean })[]): void {
    const cancels = attempts.filter(({ kind }) => kind === 'cancel');
    const seen = this.stage.cancelsSeen(this.#reference);
    if (seen > cancels.length)
      this.#broken.push(`2: the issuer got ${seen} cancels, and ${cancels.length} were written down before`);
    if (cancels.filter(({ outcome }) => outcome === 'unknown').length > 3)
      this.#broken.push('2: more than three cancels ended unknown');
    const isTakenOverEarly = attempts.some(
      ({ late, issuerCode, startedAt, endedAt }) =>
        (late || issuerCode === 'lease-expired') && Number(endedAt) - Number(startedAt) < TIMEOUT_MS + LEASE_MARGIN_MS,
    );
    if (isTakenOverEarly && !this.#mayBeTakenOver) this.#broken.push('2: taken over although its lease held');
    // What was known when a cancel was sent, unless a later answer wrote over it.
    if (!attempts.some(({ late }) => late)) {
      for (const { attemptNo, startedAt } of cancels) {
        const before = attempts.filter((one) => one.attemptNo < attemptNo);
        const begun = { before, at: startedAt.getTime() + 1, why: 'follow-up', rules: this.#rules() } as const;
        const fault = sendFault({ issuer: this.#issuer, timeoutMs: TIMEOUT_MS }, begun);
        if (fault) this.#broken.push(`2: cancel ${attemptNo} was sent ${fault}: ${wordsOf(attempts)}`);
      }
    }
    if (this.#cancelsAtManual !== null && seen > this.#cancelsAtManual)
      this.#broken.push('4: a cancel was sent after cancel-manually');
  }

  async #auditAnswers(row: Row): Promise<void> {
    const stored = await this.stage.database.query<{
      request_id: string;
      answer_status: number | null;
      answer_body: string | null;
    }>('select request_id, answer_status, answer_body from cancellation_requests where payment_id = $1', [
      this.#paymentId,
    ]);
    for (const requestId of new Set(this.#told.map((told) => told.requestId))) {
      const told = this.#told.filter((one) => one.requestId === requestId);
      const finals = told.filter(({ answer }) => answer.status === 200);
      if (new Set(finals.map(({ answer }) => answer.text)).size > 1)
        this.#broken.push(`3: the final answer to ${requestId} changed`);
      const firstAt = Math.min(...finals.map(({ toldAt }) => toldAt));
      if (told.some(({ answer, sentAt }) => answer.status !== 200 && sentAt > firstAt))
        this.#broken.push(`3: the final answer to ${requestId} was taken back`);
      const kept = stored.find(({ request_id }) => request_id === requestId);
      if (finals[0] && kept?.answer_body !== finals[0].answer.text)
        this.#broken.push(`3: the final answer to ${requestId} is not the stored one`);
    }
    const last = this.#told.findLast(({ requestId }) => requestId === 'R-last');
    if (
      last &&
      row.state === 'cancelled' &&
      last.answer.body.cancellationId === null &&
      this.#cancelsAtManual === null
    ) {
      this.#broken.push('3: a new request of a cancelled payment did not get its cancellationId');
    }
    if (this.#told.some(({ answer }) => answer.body.code === 'internal-error'))
      this.#broken.push('3: a fault of ours, and nothing was away');
  }

  #auditEnd(row: Row, attempts: readonly Attempt[]): void {
    if (row.state !== 'cancelled' && row.state !== 'manual')
      this.#broken.push(`5: left ${row.state}: ${wordsOf(attempts)}`);
    const isProven = attempts.some(({ outcome }) => outcome === 'cancelled' || outcome === 'already-cancelled');
    if (isProven && row.state !== 'cancelled') this.#broken.push('5: a proof was recorded and changed nothing');
    if (!isProven && row.state === 'cancelled') this.#broken.push('1: cancelled without a proof');
    if (row.state === 'manual' && attempts.some(({ outcome }) => outcome === null))
      this.#broken.push('5: an attempt was left open');
  }

  /** The same bytes count once. */
  async #auditCallbacks(): Promise<void> {
    const heard = await this.stage.database.query<{ task: string; count: number }>(
      `select trace_id as task, count(*)::int as count from attempts
       where payment_id = $1 and kind = 'callback' and trace_id is not null group by trace_id`,
      [this.#paymentId],
    );
    for (const { task, count } of heard) {
      const sent = this.#messages.get(task);
      if (sent !== undefined && count > sent)
        this.#broken.push(`2: ${sent} callbacks about a task counted ${count} times`);
    }
  }

  async #auditNotices(row: Row): Promise<void> {
    const tasks = await this.stage.database.query<{ state: string; events: string[] }>(
      `select state, array(select event from notices n
                           where n.manual_cancellation_id = m.manual_cancellation_id order by created_at, event) as events
       from manual_cancellations m where payment_id = $1`,
      [this.#paymentId],
    );
    const said = tasks.map(({ state, events }) => `${state}: ${events.join(', ')}`).join('; ');
    const wanted = {
      manual: ['open: manual_required'],
      cancelled:
        this.#cancelsAtManual === null
          ? ['', 'not-needed: manual_required, not_needed']
          : ['not-needed: manual_required, not_needed'],
    }[row.state];
    if (!wanted?.includes(said))
      this.#broken.push(`6: the payment is ${row.state}, and the tasks are: ${said || 'none'}`);
  }
}

const isArtha = (simulator: Simulator): simulator is ArthaSimulator => 'callback' in simulator;

const wordsOf = (attempts: readonly Attempt[]) =>
  attempts
    .map(
      ({ kind, outcome, startedAt, endedAt }) =>
        `${kind} ${outcome} ${startedAt.toISOString()} to ${endedAt?.toISOString() ?? '-'}`,
    )
    .join(', ');
