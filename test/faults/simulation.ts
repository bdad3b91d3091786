import {
  isFinal,
  isProof,
  type Attempt,
  type Cancellation,
  type Finding,
} from '../../src/cancellations/cancellation.js';
import { worthOf } from '../../src/cancellations/callback-worth.js';
import type { PaymentView } from '../../src/cancellations/cancellation-store.js';
import { decideClaim } from '../../src/cancellations/claim.js';
import { decide } from '../../src/cancellations/decide.js';
import { nextStep, type Rules } from '../../src/cancellations/next-step.js';
import { pauseBefore, type Pace } from '../../src/cancellations/pace.js';
import { rulesOf } from '../../src/cancellations/rules.js';
import type { IssuerMode } from '../../src/config.js';
import { issuers, type IssuerCode } from '../../src/issuers/index.js';
import type { IssuerAccount } from '../../src/issuers/issuer-accounts.js';
import type { SomeIssuer } from '../../src/issuers/issuer.js';
import { manualReasons, type ManualReason } from '../../src/manual-cancellations/manual-reason.js';
import type { VtexAnswer } from '../../src/vtex/answer.js';
import { answers } from '../../src/vtex/cancellation-answer.js';
import { blankAttempt } from '../support/attempt.js';
import { IssuerModel, type PlannedCallback } from './issuer-model.js';
import { Random } from './random.js';
import { Run, Scheduler, type Planned, type Steps } from './scheduler.js';

/*
 * One seed is one payment's life: VTEX asks and asks again, one to three processes look, claim, ask and record, an issuer answers or does
 * not, and in between processes die and stall, the database goes away, jobs are lost and doubled, callbacks come early, late and twice,
 * and an operator changes the mode.
 *
 * Every decision is taken by the service's own pure functions. What the service does around them (its statements as moves of one row,
 * its loops as steps) is written out here once more, small; the same lives on Postgres keep it honest.
 */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** As in the service: what a lease adds to the time-out, how often a process looks, what still is the job's, how a row is watched. */
const LEASE_MARGIN_MS = 5 * SECOND;
const SWEEP_MS = 5 * SECOND;
const CALLBACK_SWEEP_MS = 30 * SECOND;
const GRACE_MS = 2 * SECOND;
const RECORD_AGAIN_MS = [100, 300, 1_000, 3_000, 5_000] as const;
const WATCH_MS = [50, 200, 1_000] as const;

/** From due to done when its job does not come: the grace, the next look, and a little. */
const SWEPT_MS = GRACE_MS + SWEEP_MS + 100;

/** No life takes more; one that does spins. */
const MOST_STEPS = 20_000;

const answerSettings = { cancelManuallyStatus: 200, pendingStatus: 500 } as const;
const PAYMENT_ID = 'P';
const VALUE_IN_CENTS = 2_300;

/** What VTEX was told, in order. */
export interface Told {
  readonly at: number;
  readonly requestId: string;
  readonly answer: VtexAnswer;
  /** What its body says. */
  readonly cancellationId: string | null;
  readonly code: string | null;
  /** Nobody had hung up. */
  readonly isHeard: boolean;
  readonly isCardCancelled: boolean;
}

/** One call that a process decided to make, and what it knew then. */
export interface Begun {
  readonly at: number;
  readonly kind: 'cancel' | 'query';
  readonly process: string;
  /** `look` asks about a card that a person has to cancel. */
  readonly why: Pace['kind'] | 'claim' | 'look';
  readonly leaseUntil: number;
  readonly before: readonly Attempt[];
  readonly rules: Rules;
  /** Null: it never went out. */
  sentAt: number | null;
  /** When the process had its answer, or was gone. */
  overAt: number | null;
}

/** A change of the row that a process decided. */
export interface Decided {
  readonly at: number;
  readonly to: 'waiting' | 'cancelled' | 'manual';
  readonly reason: ManualReason | null;
  readonly attempts: readonly Attempt[];
  readonly rules: Rules;
  readonly isCardCancelled: boolean;
  readonly standsDown: boolean;
  /** By the claim itself: nothing was ever sent. */
  readonly isClaim: boolean;
}

export interface ManualTask {
  readonly kind: 'whole' | 'partial';
  readonly requestId: string | null;
  state: 'open' | 'not-needed';
}

export interface KeptCallback extends PlannedCallback {
  readonly receivedAt: number;
  isProcessed: boolean;
}

/** Everything the auditor looks at. */
export interface LifeLog {
  readonly seed: number;
  readonly issuer: IssuerCode;
  readonly timeoutMs: number;
  readonly giveUpMs: number;
  readonly told: Told[];
  readonly begun: Begun[];
  readonly decided: Decided[];
  /** Proofs that a process heard; `isLost`: it died before it could record it. */
  readonly heard: { readonly at: number; isRecorded: boolean; readonly process: { readonly isAlive: boolean } }[];
  readonly requests: ReadonlyMap<string, { readonly partial: boolean; readonly answer: VtexAnswer | null }>;
  readonly callbacks: readonly KeptCallback[];
  readonly manualTasks: readonly ManualTask[];
  readonly notices: readonly ('manual_required' | 'not_needed')[];
  readonly row: Cancellation | null;
  readonly attempts: readonly Attempt[];
  readonly effects: readonly number[];
  readonly moneyMoves: boolean;
  readonly isSettled: boolean;
  readonly wasLinked: boolean;
  readonly wasSeen: boolean;
  readonly hasSibling: boolean;
  readonly finalAt: number | null;
  /** By how much crashes, outages and lost jobs may have held up the end. */
  readonly hinderedMs: number;
  readonly steps: number;
  /** Set when it did not end. */
  readonly spins: boolean;
  readonly trace: readonly string[];
}

/** What a statement throws that did not reach the database, or whose answer did not come back. One for all: a stack costs much. */
const databaseAway = new Error('the database is away');

// Read once: inside Jest every look at a global is slow.
const { floor, max, min, round } = Math;
const Instant = Date;

interface VtexRequest {
  readonly requestId: string;
  readonly paymentId: string;
  readonly value: number | null;
}

interface View {
  readonly payment: PaymentView | null;
  readonly cancellation: Cancellation | null;
  readonly request: { readonly partial: boolean; readonly answer: VtexAnswer | null } | null;
}

/** A call that was begun: its attempt's number, and the row's version since. */
interface Open {
  readonly attemptNo: number;
  readonly version: number;
  readonly begunAt: number;
  readonly begun: Begun;
}

class Process {
  isAlive = true;
  running: Run | null = null;
  openUntil = 0;
  sweep: Planned | null = null;
  callbackSweep: Planned | null = null;
  readonly account: IssuerAccount;

  constructor(
    readonly name: string,
    readonly phaseMs: number,
    public mode: IssuerMode,
    about: Pick<IssuerAccount, 'issuer' | 'timeoutMs' | 'connector'>,
    clock: { readonly now: number },
  ) {
    const modeOf = () => this.mode;
    const isOpen = () => clock.now < this.openUntil;
    this.account = {
      ...about,
      get mode() {
        return modeOf();
      },
      protection: {
        get isOpen() {
          return isOpen();
        },
      },
    } as unknown as IssuerAccount;
  }
}

/** How rough this life is. */
interface Weather {
  readonly faults: { readonly step: number; readonly kind: 'crash' | 'stall' | 'outage' | 'circuit' }[];
  readonly rollbacks: number;
  readonly unheardCommits: number;
  readonly slowTrips: number;
  readonly lostJobs: number;
  readonly busy: number;
}

const issuerCodes = Object.keys(issuers) as [IssuerCode, ...IssuerCode[]];

/** Plays one life to its end. */
export const liveOnce = (seed: number, { isTraced = false } = {}): LifeLog => new Life(seed, isTraced).play();

class Life {
  readonly #random: Random;
  readonly #clock: Scheduler;
  readonly #issuer: SomeIssuer;
  readonly #code: IssuerCode;
  readonly #model: IssuerModel;
  readonly #weather: Weather;
  readonly #connector: IssuerAccount['connector'];
  readonly #timeoutMs: number;
  readonly #giveUpMs: number;
  readonly #budgetMs: number;
  readonly #processes: Process[] = [];
  readonly #trace: string[] | null;
  #starts = 0;
  #ids = 0;
  #backAt = 0;
  #mode: IssuerMode = 'live';

  // The rows.
  #payment: { readonly seenBefore: boolean; readonly isLinked: boolean; isSettled: boolean; version: number } | null;
  #row: Cancellation | null = null;
  #attempts: readonly Attempt[] = [];
  readonly #requests = new Map<string, { readonly partial: boolean; answer: VtexAnswer | null }>();
  readonly #callbacks: KeptCallback[] = [];
  readonly #manualTasks: ManualTask[] = [];
  readonly #notices: ('manual_required' | 'not_needed')[] = [];

  // What the auditor sees besides.
  readonly #told: Told[] = [];
  readonly #begun: Begun[] = [];
  readonly #decided: Decided[] = [];
  readonly #heard: LifeLog['heard'] = [];
  readonly #wasLinked: boolean;
  readonly #wasSeen: boolean;
  #finalAt: number | null = null;
  #hinderedMs = 0;

  constructor(
    private readonly seed: number,
    isTraced: boolean,
  ) {
    const random = new Random(seed);
    this.#random = random;
    this.#clock = new Scheduler(random);
    this.#trace = isTraced ? [] : null;
    this.#code = random.pick(issuerCodes);
    this.#issuer = issuers[this.#code];
    this.#timeoutMs = random.chance(0.5) ? this.#issuer.timeoutMs : random.spread(300, 25_000);
    const hours = random.chance(0.7) ? this.#issuer.giveUpHours : random.spread(3, 1_200) / 60;
    this.#giveUpMs = hours * HOUR;
    this.#budgetMs = random.chance(0.9) ? 15 * SECOND : 4 * SECOND;
    this.#connector = this.#makeConnector();
    const { resendAfterUnknown } = this.#issuer;
    const isAllowed = resendAfterUnknown.kind === 'allowed';
    const isDown = random.chance(0.05);
    this.#model = new IssuerModel(
      this.#code,
      {
        timeoutMs: this.#timeoutMs,
        quietMs: isAllowed ? HOUR : resendAfterUnknown.quietMs(this.#timeoutMs),
        moneyMoves: !isAllowed,
        hasCallbacks: this.#connector.callback !== 'none' || this.#code === 'qitech',
        lost: isDown ? 0.5 : random.pick([0, 0.2, 0.6, 0.95]),
        notTaken: isDown ? 1 : random.pick([0, 0, 0.2, 0.6]),
        blindQueries: random.pick([0, 0.1, 0.4, 0.95]),
      },
      random,
    );
    this.#weather = this.#makeWeather();
    this.#wasSeen = !random.chance(0.02);
    this.#wasLinked = this.#wasSeen && !random.chance(0.02);
    this.#payment = this.#wasSeen
      ? { seenBefore: true, isLinked: this.#wasLinked, isSettled: false, version: 1 }
      : null;
  }

  play(): LifeLog {
    const clock = this.#clock;
    const count = this.#random.pick([1, 2, 2, 3]);
    for (let at = 0; at < count; at += 1) this.#start();
    this.#planVtex();
    this.#planOthers();
    let spins = false;
    for (let planned = clock.next(); planned !== null; planned = clock.next()) {
      if (clock.steps >= MOST_STEPS) {
        spins = true;
        break;
      }
      // What strikes may end it, or put it off.
      if (!this.#strike(planned)) clock.run(planned);
    }
    return this.#log(spins);
  }

  #log(spins: boolean): LifeLog {
    return {
      seed: this.seed,
      issuer: this.#code,
      timeoutMs: this.#timeoutMs,
      giveUpMs: this.#giveUpMs,
      told: this.#told,
      begun: this.#begun,
      decided: this.#decided,
      heard: this.#heard,
      requests: this.#requests,
      callbacks: this.#callbacks,
      manualTasks: this.#manualTasks,
      notices: this.#notices,
      row: this.#row,
      attempts: this.#attempts,
      effects: this.#model.effects,
      moneyMoves: this.#issuer.resendAfterUnknown.kind !== 'allowed',
      isSettled: this.#payment?.isSettled ?? false,
      wasLinked: this.#wasLinked,
      wasSeen: this.#wasSeen,
      hasSibling: this.#model.hasSibling,
      finalAt: this.#finalAt,
      hinderedMs: this.#hinderedMs,
      steps: this.#clock.steps,
      spins,
      trace: this.#trace ?? [],
    };
  }

  // ---- What the seed decides.

  #makeConnector(): IssuerAccount['connector'] {
    const random = this.#random;
    const canQuery = {
      vault: random.chance(0.9),
      artha: random.chance(0.5),
      corecard: false,
      qitech: random.chance(0.85),
    };
    const hasCallback = random.chance(0.75);
    const callback = { vault: 'none', artha: 'with-task', corecard: 'configured', qitech: 'none' } as const;
    return {
      cancel: () => Promise.reject(new Error('the model is asked instead')),
      query: canQuery[this.#code] ? () => Promise.reject(new Error('the model is asked instead')) : null,
      probe: () => Promise.reject(new Error('nobody asks')),
      callback: hasCallback ? callback[this.#code] : 'none',
      pendingQuietMs: this.#code === 'artha' ? 15 * MINUTE : 0,
    };
  }

  #makeWeather(): Weather {
    const random = this.#random;
    if (random.chance(0.25)) return { faults: [], rollbacks: 0, unheardCommits: 0, slowTrips: 0, lostJobs: 0, busy: 0 };
    const faults = Array.from({ length: random.pick([0, 0, 1, 1, 2, 3]) }, () => ({
      step: random.spread(1, 120),
      kind: random.pick(['crash', 'crash', 'stall', 'outage', 'circuit']),
    }));
    return {
      faults: faults.sort((one, other) => one.step - other.step),
      rollbacks: random.pick([0, 0, 0.02, 0.1]),
      unheardCommits: random.pick([0, 0, 0.02, 0.1]),
      slowTrips: random.pick([0, 0.05, 0.3]),
      lostJobs: random.pick([0, 0, 0.3, 1]),
      busy: random.pick([0, 0, 0.05]),
    };
  }

  /** VTEX asks when it likes, whatever it was told: the same request again, sometimes a new one. */
  #planVtex(): void {
    const random = this.#random;
    const value = random.pick([null, null, 23, VALUE_IN_CENTS]);
    const count = random.pick([1, 1, 2, 3, 5]);
    let at = 0;
    let requestId = 'R1';
    for (let sent = 0; sent < count; sent += 1) {
      if (sent > 0) {
        at += random.chance(0.4) ? random.int(0, 400) : random.spread(50, random.pick([20 * SECOND, HOUR, 12 * HOUR]));
        if (random.chance(0.25)) requestId = `R${sent + 1}`;
      }
      const isPartial = sent === 0 && random.chance(0.02);
      const request = { requestId, paymentId: PAYMENT_ID, value: isPartial ? 5 : value };
      const hangsUpAt = random.chance(0.15) ? at + random.int(0, 3 * SECOND) : Infinity;
      this.#clock.once(at, null, () => this.#receive(request, hangsUpAt));
      // Partial for one request, whole for the next.
      if (isPartial) requestId = 'R-whole';
    }
  }

  #planOthers(): void {
    const random = this.#random;
    for (const callback of this.#model.otherCallbacks()) this.#planCallback(callback);
    if (random.chance(0.03)) this.#clock.once(random.spread(1, HOUR), null, () => this.#settle());
    const changes = random.chance(0.15) ? random.int(1, 3) : 0;
    for (let change = 0; change < changes; change += 1) {
      const mode = random.pick(['live', 'paused', 'manual', 'dry-run'] as const);
      const at = random.chance(0.2) ? 0 : random.spread(1, random.pick([20 * SECOND, 3 * HOUR, 24 * HOUR]));
      this.#clock.once(at, null, () => this.#changeMode(mode));
    }
    if (random.chance(0.05)) {
      this.#clock.once(random.spread(SECOND, 22 * HOUR), null, () => {
        const process = this.#anyProcess();
        if (process) this.#clock.spawn(process, this.#check(process), ignoreOutage);
      });
    }
  }

  // ---- Faults.

  /** A fault whose step has come strikes the process that is just about to do something; answers whether one did. */
  #strike({ owner }: Planned): boolean {
    const [fault] = this.#weather.faults;
    if (!fault || fault.step > this.#clock.steps || !(owner instanceof Process)) return false;
    this.#weather.faults.shift();
    const ms = this.#random.spread(100, this.#random.pick([20 * SECOND, MINUTE, HOUR]));
    if (fault.kind === 'crash') this.#crash(owner);
    else if (fault.kind === 'circuit') this.#openCircuit(owner);
    else if (fault.kind === 'stall') this.#stall(owner, ms);
    else this.#takeDatabaseAway(ms);
    return true;
  }

  #openCircuit(process: Process): void {
    process.openUntil = this.#clock.now + this.#random.spread(SECOND, MINUTE);
    this.#note(() => `${process.name}: the circuit is open until ${process.openUntil}`);
  }

  #stall(process: Process, ms: number): void {
    this.#note(() => `${process.name}: stands still for ${ms} ms`);
    this.#hinder(ms + this.#leaseMs + SWEPT_MS);
    this.#clock.stall(process, ms);
  }

  #takeDatabaseAway(ms: number): void {
    this.#note(() => `the database is away for ${ms} ms`);
    this.#hinder(ms + this.#leaseMs + 5 * SECOND + 2 * SWEPT_MS);
    this.#backAt = max(this.#backAt, this.#clock.now + ms);
  }

  #crash(process: Process): void {
    const random = this.#random;
    const downMs = random.chance(0.7) ? random.spread(100, 20 * SECOND) : random.spread(SECOND, 6 * HOUR);
    this.#note(() => `${process.name}: dies, for ${downMs} ms`);
    process.isAlive = false;
    this.#processes.splice(this.#processes.indexOf(process), 1);
    this.#clock.kill(process);
    for (const begun of this.#begun) if (begun.process === process.name) begun.overAt ??= this.#clock.now;
    this.#hinder(downMs + this.#leaseMs + SWEPT_MS);
    this.#clock.once(this.#clock.now + downMs, null, () => this.#start());
  }

  /** Only what may last into the time of giving up can hold up the end. */
  #hinder(ms: number): void {
    const giveUpAt = (this.#row?.claimedAt.getTime() ?? 0) + this.#giveUpMs;
    if (this.#clock.now + ms > giveUpAt - 3 * this.#leaseMs - MINUTE) this.#hinderedMs += ms;
  }

  get #leaseMs(): number {
    return this.#timeoutMs + LEASE_MARGIN_MS;
  }

  #start(): void {
    const about = { issuer: this.#issuer, timeoutMs: this.#timeoutMs, connector: this.#connector };
    const name = `process ${(this.#starts += 1)}`;
    const process = new Process(name, this.#random.int(0, SWEEP_MS - 1), this.#mode, about, this.#clock);
    process.sweep = this.#clock.plan(Infinity, process, () => this.#sweep(process));
    process.callbackSweep = this.#clock.plan(Infinity, process, () => this.#sweepCallbacks(process));
    this.#processes.push(process);
    this.#planSweeps();
  }

  #anyProcess(): Process | null {
    const [first, ...others] = this.#processes;
    return first ? this.#random.pick([first, ...others]) : null;
  }

  #note(words: () => string): void {
    this.#trace?.push(`${String(round(this.#clock.now)).padStart(9)}  ${words()}`);
  }

  // ---- The database: statements and transactions as moves of the rows. Each happens at once, or not at all.

  /** One trip to the database. */
  *#sql<Result>(work: () => Result): Steps<Result> {
    const random = this.#random;
    const { rollbacks, unheardCommits, slowTrips } = this.#weather;
    const isSlow = slowTrips > 0 && random.chance(slowTrips);
    const ms = isSlow ? random.spread(1, 2_000) : random.next() * 2;
    if (isSlow) this.#hinder(ms);
    yield ms;
    if (this.#clock.now < this.#backAt || (rollbacks > 0 && random.chance(rollbacks))) {
      this.#hinder(this.#leaseMs + SWEPT_MS);
      throw databaseAway;
    }
    const result = work();
    if (unheardCommits > 0 && random.chance(unheardCommits)) {
      this.#note(() => 'what was just committed is not heard of');
      this.#hinder(this.#leaseMs + SWEPT_MS);
      yield random.next();
      throw databaseAway;
    }
    return result;
  }

  #load(requestId: string | null): View {
    const payment = this.#payment;
    return {
      payment: payment && {
        sandbox: false,
        seenBefore: payment.seenBefore,
        valueInCents: VALUE_IN_CENTS,
        isSettled: payment.isSettled,
        version: payment.version,
        link: payment.isLinked ? { issuer: this.#code, reference: {} } : null,
      },
      cancellation: this.#row,
      request: requestId === null ? null : (this.#requests.get(requestId) ?? null),
    };
  }

  #set(row: Cancellation): void {
    const before = this.#row;
    this.#row = row;
    if (isFinal(row.state) && !(before && isFinal(before.state))) this.#finalAt = this.#clock.now;
    this.#planSweeps();
  }

  #insertRequest({ requestId }: VtexRequest, partial: boolean): void {
    if (!this.#requests.has(requestId)) this.#requests.set(requestId, { partial, answer: null });
  }

  #newRow(cancellationId: string, state: Cancellation['state'], more: Partial<Cancellation>): Cancellation {
    return {
      cancellationId,
      issuer: this.#payment?.isLinked ? this.#code : null,
      sandbox: false,
      state,
      reason: null,
      version: 1,
      claimedAt: new Instant(this.#clock.now),
      leaseUntil: null,
      nextCheckAt: null,
      ...more,
    };
  }

  #claimAndAsk(
    process: Process,
    request: VtexRequest,
    claim: { readonly cancellationId: string; readonly paymentVersion: number; readonly rules: Rules },
  ): Open | null {
    const { cancellationId, paymentVersion, rules } = claim;
    const { now } = this.#clock;
    if (this.#payment?.version !== paymentVersion || this.#row) return null;
    const leaseUntil = new Instant(now + this.#leaseMs);
    const begun = this.#noteBegun(process, 'cancel', { why: 'claim', leaseUntil, rules });
    this.#set(this.#newRow(cancellationId, 'asking', { leaseUntil }));
    this.#attempts = [this.#newAttempt('cancel', 1)];
    this.#insertRequest(request, false);
    this.#note(() => `${process.name}: claims for ${request.requestId}, asks`);
    return { attemptNo: 1, version: 1, begunAt: now, begun };
  }

  #newAttempt(kind: Attempt['kind'], attemptNo: number): Attempt {
    const startedAt = new Instant(this.#clock.now);
    return { ...blankAttempt, attemptNo, kind, startedAt };
  }

  /** @param about.rules as they were when it was decided, one trip to the database before */
  #noteBegun(
    process: Process,
    kind: Begun['kind'],
    about: { readonly why: Begun['why']; readonly leaseUntil: Date; readonly rules: Rules },
  ): Begun {
    const { now } = this.#clock;
    const begun = {
      at: now,
      kind,
      process: process.name,
      why: about.why,
      leaseUntil: about.leaseUntil.getTime(),
      before: this.#attempts,
      rules: about.rules,
      sentAt: null,
      overAt: null,
    };
    this.#begun.push(begun);
    return begun;
  }

  #beginAttempt(
    process: Process,
    kind: Begun['kind'],
    { version, why, rules }: { readonly version: number; readonly why: Begun['why']; readonly rules: Rules },
  ): Open | null {
    const { now } = this.#clock;
    const row = this.#row;
    if (!row || row.version !== version || row.leaseUntil !== null || isFinal(row.state)) return null;
    const leaseUntil = new Instant(now + this.#leaseMs);
    const begun = this.#noteBegun(process, kind, { why, leaseUntil, rules });
    this.#set({ ...row, state: 'asking', version: version + 1, leaseUntil });
    const attemptNo = this.#attempts.length + 1;
    this.#attempts = [...this.#attempts, this.#newAttempt(kind, attemptNo)];
    this.#note(() => `${process.name}: begins ${kind} ${attemptNo} (${why})`);
    return { attemptNo, version: version + 1, begunAt: now, begun };
  }

  #closed(attempt: Attempt, finding: Finding): Attempt {
    const { now } = this.#clock;
    return {
      ...attempt,
      outcome: finding.outcome,
      reason: finding.reason ?? null,
      certainty: finding.certainty ?? null,
      retryWhen: finding.when ?? null,
      retryAt: finding.afterMs === undefined ? null : new Instant(now + finding.afterMs),
      taskId: finding.taskId ?? null,
      httpStatus: finding.evidence.httpStatus,
      issuerCode: finding.evidence.issuerCode,
      endedAt: new Instant(now),
    };
  }

  #closeAttempt(attemptNo: number, finding: Finding): void {
    this.#attempts = this.#attempts.map((attempt) =>
      attempt.attemptNo === attemptNo ? this.#closed(attempt, finding) : attempt,
    );
  }

  #addAttempt(kind: 'callback' | 'query', finding: Finding): void {
    this.#attempts = [...this.#attempts, this.#closed(this.#newAttempt(kind, this.#attempts.length + 1), finding)];
  }

  /** The commonest outcome in one statement; null when the process does not hold the row any more. */
  #recordProof(process: Process, open: Open, finding: Finding, answer: VtexAnswer, requestId: string): boolean | null {
    const row = this.#row;
    if (!row || row.version !== open.version || row.leaseUntil === null) return null;
    this.#closeAttempt(open.attemptNo, finding);
    this.#noteDecided(process, 'cancelled', null, {});
    this.#set({ ...row, state: 'cancelled', version: row.version + 1, leaseUntil: null });
    this.#note(() => `${process.name}: records ${finding.outcome} as proof`);
    const request = this.#requests.get(requestId);
    if (!request || request.answer) return false;
    request.answer = answer;
    return true;
  }

  #recordOutcome(process: Process, open: Open, finding: Finding): void {
    this.#note(() => `${process.name}: records attempt ${open.attemptNo}: ${finding.outcome}`);
    this.#closeAttempt(open.attemptNo, finding);
    this.#applyStored(process, finding.taskId ?? null);
    this.#decide(process, open.version);
  }

  #takeOver(process: Process): void {
    const row = this.#row;
    if (row?.state !== 'asking' || !row.leaseUntil || row.leaseUntil.getTime() > this.#clock.now) return;
    this.#note(() => `${process.name}: takes over`);
    this.#attempts = this.#attempts.map((attempt) =>
      attempt.outcome === null ? this.#closed(attempt, leaseExpired) : attempt,
    );
    this.#applyStored(process, null);
    this.#decide(process, row.version);
  }

  #rules({ account }: Process): Rules {
    return rulesOf(this.#issuer, account, this.#giveUpMs);
  }

  #decide(process: Process, ownVersion: number | null): void {
    const row = this.#row;
    if (!row) throw new Error('there is no cancellation to decide about');
    const now = new Instant(this.#clock.now);
    const move = decide(row, { attempts: this.#attempts, rules: this.#rules(process), now, ownVersion });
    if (move.kind === 'stay') return;
    const moved = { ...row, version: row.version + 1, leaseUntil: null };
    if (move.kind === 'cancelled') {
      this.#noteDecided(process, 'cancelled', null, { standsDown: move.standsDown });
      this.#attempts = this.#attempts.map((attempt) =>
        attempt.outcome === null ? this.#closed(attempt, overtaken) : attempt,
      );
      this.#set({ ...moved, state: 'cancelled', nextCheckAt: null });
      if (move.standsDown) this.#standDown();
    } else if (move.kind === 'manual') {
      this.#noteDecided(process, 'manual', move.reason, {});
      this.#set({ ...moved, state: 'manual', reason: move.reason, nextCheckAt: null });
      this.#openManual('whole', null);
    } else {
      this.#noteDecided(process, 'waiting', null, {});
      this.#set({ ...moved, state: 'waiting', nextCheckAt: move.dueAt });
      this.#enqueue(move.dueAt.getTime(), 'due');
    }
  }

  #noteDecided(
    process: Process,
    to: Decided['to'],
    reason: ManualReason | null,
    { standsDown = false, isClaim = false }: { standsDown?: boolean; isClaim?: boolean },
  ): void {
    const { now } = this.#clock;
    this.#note(
      () => `${process.name}: it is ${to}${reason === null ? '' : `, ${reason}`}${standsDown ? ', stands down' : ''}`,
    );
    this.#decided.push({
      at: now,
      to,
      reason,
      attempts: this.#attempts,
      rules: this.#rules(process),
      isCardCancelled: this.#model.isCancelledAt(now),
      standsDown,
      isClaim,
    });
  }

  #openManual(kind: ManualTask['kind'], requestId: string | null): void {
    if (this.#manualTasks.some((task) => task.kind === kind && task.requestId === requestId)) return;
    this.#manualTasks.push({ kind, requestId, state: 'open' });
    this.#notices.push('manual_required');
  }

  #standDown(): void {
    for (const task of this.#manualTasks) {
      if (task.kind !== 'whole' || task.state !== 'open') continue;
      task.state = 'not-needed';
      this.#notices.push('not_needed');
    }
  }

  #freeze({ requestId }: VtexRequest, answer: VtexAnswer, state: 'cancelled' | 'manual'): boolean {
    const request = this.#requests.get(requestId);
    if (!request || request.answer || !(request.partial || this.#row?.state === state)) return false;
    request.answer = answer;
    return true;
  }

  // ---- Callbacks.

  #planCallback(callback: PlannedCallback, tries = 1): void {
    this.#clock.once(callback.at, null, () => {
      const process = this.#anyProcess();
      const again = () => {
        // The issuer sends it again while it is not heard.
        if (tries < 6)
          this.#planCallback({ ...callback, at: this.#clock.now + this.#random.spread(100, HOUR) }, tries + 1);
      };
      if (!process) return again();
      this.#clock.spawn(process, this.#hear(process, callback), (error) => {
        ignoreOutage(error);
        if (error) again();
      });
    });
  }

  /** Verified; kept, answered, and processed. */
  *#hear(process: Process, callback: PlannedCallback): Steps {
    yield* this.#sql(() => {
      if (this.#callbacks.some(({ bytes }) => bytes === callback.bytes)) return;
      this.#note(
        () => `${process.name}: keeps a callback (${callback.bytes}): ${callback.news}, ${callback.finding.outcome}`,
      );
      this.#callbacks.push({ ...callback, receivedAt: this.#clock.now, isProcessed: false });
      this.#planSweeps();
    });
    const kept = this.#callbacks.find(({ bytes }) => bytes === callback.bytes);
    if (kept) yield* this.#processCallback(process, kept);
  }

  *#processCallback(process: Process, callback: KeptCallback): Steps {
    try {
      yield* this.#sql(() => this.#recordCallback(process, callback));
    } catch (error) {
      ignoreOutage(error);
    }
  }

  #recordCallback(process: Process, callback: KeptCallback): void {
    if (callback.isProcessed || !this.#row || !this.#isNamed(callback)) return;
    const worth = this.#worthOf(callback);
    if (worth === 'later') return;
    callback.isProcessed = true;
    this.#applyCallback(callback, worth);
    this.#decide(process, null);
  }

  #isNamed({ match }: KeptCallback): boolean {
    return 'taskId' in match ? this.#attempts.some(({ taskId }) => taskId === match.taskId) : this.#wasLinked;
  }

  #worthOf({ news, receivedAt, match }: KeptCallback) {
    return worthOf(news, {
      state: this.#row?.state ?? 'waiting',
      attempts: this.#attempts,
      receivedAt: new Instant(receivedAt),
      isOnlyOne: 'taskId' in match || !this.#model.hasSibling,
    });
  }

  #applyCallback(callback: KeptCallback, worth: ReturnType<typeof worthOf>): void {
    this.#note(() => `a callback (${callback.bytes}): ${worth}`);
    if (worth === 'record') this.#addAttempt('callback', callback.finding);
    if (worth === 'check' || worth === 'alarm') this.#enqueue(this.#clock.now, 'callback');
  }

  #applyStored(_process: Process, taskId: string | null): void {
    if (this.#issuer.callback === null) return;
    for (const callback of this.#callbacks) {
      const isAbout =
        'taskId' in callback.match ? callback.match.taskId === taskId : taskId === null && !this.#model.hasSibling;
      if (callback.isProcessed || !isAbout) continue;
      const worth = this.#worthOf(callback);
      if (worth === 'later') continue;
      callback.isProcessed = true;
      this.#applyCallback(callback, worth);
    }
  }

  // ---- Jobs and sweepers.

  #enqueue(runAt: number, why: 'due' | 'callback'): void {
    const random = this.#random;
    const { lostJobs } = this.#weather;
    // A look for a callback is worth it, but nothing hangs on it.
    if (lostJobs > 0 && random.chance(lostJobs)) return this.#hinder(SWEPT_MS + max(runAt - this.#clock.now, 0));
    const times = random.chance(0.05) ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      const lateMs = random.chance(0.9) ? random.int(0, 50) : random.int(0, 2_000);
      this.#clock.once(max(runAt, this.#clock.now) + lateMs, null, () => {
        this.#hinder(lateMs);
        const process = this.#anyProcess();
        if (!process) return this.#hinder(SWEPT_MS);
        if (why === 'callback') return this.#clock.spawn(process, this.#check(process), ignoreOutage);
        this.#followUp(process);
      });
    }
  }

  #followUp(process: Process): void {
    if (process.running) return this.#hinder(SWEPT_MS + 3 * SECOND + 2 * this.#leaseMs);
    this.#run(process, this.#carriedOn(process, { kind: 'follow-up' }));
  }

  /** When each process looks next: not at every tick, but at the first one at which there is something to be found. */
  #planSweeps(): void {
    const { now } = this.#clock;
    const row = this.#row;
    const dueAt = row && !isFinal(row.state) ? (row.leaseUntil ?? row.nextCheckAt) : null;
    const overdueAt = dueAt ? dueAt.getTime() + GRACE_MS : Infinity;
    const hasKept =
      row !== null && this.#callbacks.some((callback) => !callback.isProcessed && this.#isNamed(callback));
    for (const process of this.#processes) {
      if (process.sweep) process.sweep.at = tickAt(process, max(overdueAt, now), SWEEP_MS);
      if (process.callbackSweep)
        process.callbackSweep.at = hasKept ? tickAt(process, now, CALLBACK_SWEEP_MS) : Infinity;
    }
  }

  #sweep(process: Process): void {
    this.#planSweeps();
    if (this.#clock.now < this.#backAt || process.running) return;
    this.#run(process, this.#carriedOn(process, { kind: 'follow-up' }));
  }

  #sweepCallbacks(process: Process): void {
    this.#planSweeps();
    for (const callback of this.#callbacks) {
      if (!callback.isProcessed) this.#clock.spawn(process, this.#processCallback(process, callback));
    }
  }

  // ---- The operator, and who settles.

  #changeMode(mode: IssuerMode): void {
    const told = this.#anyProcess();
    if (!told) return;
    this.#note(() => `an operator sets the mode ${mode} at ${told.name}`);
    this.#mode = mode;
    for (const process of this.#processes) {
      const knowsAt = process === told ? this.#clock.now : tickAt(process, this.#clock.now, SWEEP_MS);
      this.#clock.once(knowsAt, process, () => {
        process.mode = this.#mode;
      });
    }
    const row = this.#row;
    if (row?.state !== 'waiting' || !row.nextCheckAt || row.nextCheckAt.getTime() <= this.#clock.now) return;
    this.#hinder(SWEPT_MS);
    this.#set({ ...row, nextCheckAt: new Instant(this.#clock.now), version: row.version + 1 });
  }

  /** Exactly one of settle and cancel wins: both lock the payment's row. */
  #settle(): void {
    if (!this.#payment || this.#row) return;
    this.#note(() => 'the payment is settled');
    this.#payment.isSettled = true;
    this.#payment.version += 1;
  }

  // ---- The service's answer to VTEX.

  #receive(request: VtexRequest, hangsUpAt: number): void {
    const process = this.#anyProcess();
    if (!process) return this.#note(() => `VTEX asks (${request.requestId}), and nobody is there`);
    this.#note(() => `VTEX asks ${process.name} (${request.requestId})`);
    this.#clock.spawn(process, this.#answer(process, request, hangsUpAt), (error) => {
      ignoreOutage(error);
      if (error) this.#tell(request, answers.internalError(request, 'E'), hangsUpAt);
    });
  }

  *#answer(process: Process, request: VtexRequest, hangsUpAt: number): Steps {
    const deadlineAt = this.#clock.now + this.#budgetMs;
    const answer =
      (yield* this.#claim(process, request, deadlineAt)) ?? (yield* this.#follow(process, request, deadlineAt));
    this.#tell(request, answer ?? answers.notYet(request, answerSettings), hangsUpAt);
  }

  #tell({ requestId }: VtexRequest, answer: VtexAnswer, hangsUpAt: number): void {
    const { now } = this.#clock;
    this.#note(() => `VTEX is told (${requestId}): ${answer.status} ${answer.body}`);
    const { cancellationId, code } = JSON.parse(answer.body) as Pick<Told, 'cancellationId' | 'code'>;
    const isCardCancelled = this.#model.isCancelledAt(now);
    this.#told.push({ at: now, requestId, answer, cancellationId, code, isHeard: now < hangsUpAt, isCardCancelled });
  }

  *#claim(process: Process, request: VtexRequest, deadlineAt: number): Steps<VtexAnswer | null> {
    for (;;) {
      const view = yield* this.#sql(() => this.#load(request.requestId));
      const known = yield* this.#knownAnswer(request, view);
      if (known || view.cancellation) return known;
      const { payment } = view;
      const claim = decideClaim(payment, request.value, payment?.link ? process.account.mode : null);
      if (claim.kind !== 'ask' || !payment?.link) {
        yield* this.#sql(() => this.#claimInTransaction(process, request, false));
        continue;
      }
      if (!this.#enter(process)) {
        yield* this.#sql(() => this.#claimInTransaction(process, request, true));
        continue;
      }
      const cancellationId = `ID${(this.#ids += 1)}`;
      const begunAt = this.#clock.now;
      const wanted = { cancellationId, paymentVersion: payment.version, rules: this.#rules(process) };
      const claimed = yield* this.#sql(() => this.#claimAndAsk(process, request, wanted));
      if (!claimed) continue;
      const run = this.#run(
        process,
        this.#first(process, { ...claimed, begunAt }, request, cancellationId, deadlineAt),
      );
      yield { run, until: deadlineAt };
      return run.isOver ? (run.result as VtexAnswer | null) : null;
    }
  }

  *#knownAnswer(request: VtexRequest, { cancellation, request: seen }: View): Steps<VtexAnswer | null> {
    if (!seen) {
      if (cancellation) yield* this.#sql(() => this.#insertRequest(request, false));
      return null;
    }
    if (seen.answer) return seen.answer;
    return seen.partial
      ? yield* this.#freezeAndTell(request, 'manual', answers.manual(request, manualReasons.partial, answerSettings))
      : null;
  }

  #claimInTransaction(process: Process, request: VtexRequest, isHeld: boolean): void {
    this.#payment ??= { seenBefore: false, isLinked: false, isSettled: false, version: 1 };
    const { payment, cancellation, request: seen } = this.#load(request.requestId);
    if (cancellation || seen) return;
    const claim = decideClaim(payment, request.value, payment?.link ? process.account.mode : null);
    if (claim.kind === 'ask' && !isHeld) return;
    const cancellationId = `ID${(this.#ids += 1)}`;
    this.#insertRequest(request, claim.kind === 'partial');
    if (claim.kind === 'partial') return this.#openManual('partial', request.requestId);
    if (claim.kind === 'cancelled') {
      this.#noteDecided(process, 'cancelled', null, { isClaim: true });
      return this.#set(this.#newRow(cancellationId, 'cancelled', {}));
    }
    if (claim.kind === 'manual') {
      this.#noteDecided(process, 'manual', claim.reason, { isClaim: true });
      this.#set(this.#newRow(cancellationId, 'manual', { reason: claim.reason }));
      return this.#openManual('whole', null);
    }
    this.#note(() => `${process.name}: claims for ${request.requestId}, waits`);
    this.#set(this.#newRow(cancellationId, 'waiting', { nextCheckAt: new Instant(this.#clock.now) }));
    this.#enqueue(this.#clock.now, 'due');
  }

  *#follow(process: Process, request: VtexRequest, deadlineAt: number): Steps<VtexAnswer | null> {
    let hasCarriedOn = false;
    for (let looks = 0; ; looks += 1) {
      if (process.running) yield { run: process.running, until: deadlineAt };
      const view = yield* this.#sql(() => this.#load(request.requestId));
      const answer = yield* this.#finalAnswer(request, view);
      if (answer) return answer;
      const { now } = this.#clock;
      if (now >= deadlineAt) return null;
      const { cancellation } = view;
      if (cancellation?.state === 'asking' && cancellation.leaseUntil && cancellation.leaseUntil.getTime() > now) {
        hasCarriedOn = false;
        const watchMs = WATCH_MS[min(looks, WATCH_MS.length - 1)] ?? 0;
        if (!process.running) yield min(watchMs, max(deadlineAt - now, 1));
        continue;
      }
      if (hasCarriedOn) return null;
      hasCarriedOn = cancellation?.state === 'waiting';
      const run = process.running ?? this.#run(process, this.#carriedOn(process, { kind: 'request', deadlineAt }));
      yield { run, until: deadlineAt };
    }
  }

  *#finalAnswer(request: VtexRequest, { cancellation, request: seen }: View): Steps<VtexAnswer | null> {
    if (seen?.answer) return seen.answer;
    if (seen?.partial) {
      return yield* this.#freezeAndTell(
        request,
        'manual',
        answers.manual(request, manualReasons.partial, answerSettings),
      );
    }
    if (cancellation?.state === 'cancelled') {
      return yield* this.#freezeAndTell(request, 'cancelled', answers.cancelled(request, cancellation.cancellationId));
    }
    if (cancellation?.state === 'manual' && cancellation.reason) {
      const why = manualReasons[cancellation.reason];
      return yield* this.#freezeAndTell(request, 'manual', answers.manual(request, why, answerSettings));
    }
    return null;
  }

  *#freezeAndTell(request: VtexRequest, state: 'cancelled' | 'manual', answer: VtexAnswer): Steps<VtexAnswer | null> {
    if (yield* this.#sql(() => this.#freeze(request, answer, state))) return answer;
    const { request: seen } = yield* this.#sql(() => this.#load(request.requestId));
    return seen?.answer ?? null;
  }

  // ---- Carrying on.

  #run(process: Process, work: Steps<VtexAnswer | null>): Run {
    const run = new Run();
    process.running = run;
    const clock = this.#clock;
    clock.spawn(
      process,
      (function* () {
        run.result = yield* work;
      })(),
      (error) => {
        ignoreOutage(error);
        if (process.running === run) process.running = null;
        clock.end(run);
      },
    );
    return run;
  }

  *#carryOnOrJoin(process: Process, pace: Pace): Steps {
    const run = process.running ?? this.#run(process, this.#carriedOn(process, pace));
    yield { run, until: Infinity };
  }

  *#carriedOn(process: Process, pace: Pace): Steps<null> {
    yield* this.#carryOn(process, pace);
    return null;
  }

  *#first(
    process: Process,
    open: Open,
    request: VtexRequest,
    cancellationId: string,
    deadlineAt: number,
  ): Steps<VtexAnswer | null> {
    const finding = yield* this.#exchange(process, open.begun, open.begunAt, []);
    const answer = answers.cancelled(request, cancellationId);
    const heard = this.#noteHeard(process, finding);
    const isStored = yield* this.#recordSurely(
      function* (this: Life): Steps<boolean> {
        if (isProof(finding.outcome)) {
          const recorded = yield* this.#sql(() => this.#recordProof(process, open, finding, answer, request.requestId));
          if (recorded !== null) return recorded;
        }
        yield* this.#sql(() => this.#recordOutcome(process, open, finding));
        return false;
      }.bind(this),
    );
    if (heard) heard.isRecorded = true;
    if (isStored) return answer;
    yield* this.#carryOn(process, { kind: 'request', deadlineAt });
    return null;
  }

  *#carryOn(process: Process, pace: Pace): Steps {
    for (;;) {
      const { cancellation } = yield* this.#sql(() => this.#load(null));
      if (!cancellation || isFinal(cancellation.state)) return;
      if (cancellation.state === 'asking') {
        if (cancellation.leaseUntil && cancellation.leaseUntil.getTime() > this.#clock.now) return;
        yield* this.#sql(() => this.#takeOver(process));
        continue;
      }
      if (!(yield* this.#step(process, cancellation, pace))) return;
    }
  }

  *#step(process: Process, cancellation: Cancellation, pace: Pace): Steps<boolean> {
    const now = new Instant(this.#clock.now);
    const attempts = yield* this.#sql(() => this.#attempts);
    const rules = this.#rules(process);
    const step = nextStep({ claimedAt: cancellation.claimedAt, attempts }, rules, now);
    const isDue = cancellation.nextCheckAt !== null && cancellation.nextCheckAt <= now;
    const pauseMs = pauseBefore(step, pace, { now, clockMs: this.#clock.now });
    if (step.kind === 'cancelled' || step.kind === 'manual') {
      yield* this.#sql(() => this.#decide(process, null));
      return false;
    }
    if (pauseMs === null || step.kind === 'wait' || !this.#wasLinked) {
      if (isDue) yield* this.#sql(() => this.#decide(process, null));
      return false;
    }
    if (pauseMs > 0) {
      yield pauseMs;
      return true;
    }
    if (!this.#enter(process)) {
      if (isDue && process.account.protection.isOpen) yield* this.#sql(() => this.#decide(process, null));
      return false;
    }
    const kind = step.kind === 'send' ? 'cancel' : 'query';
    const begunAt = this.#clock.now;
    const { version } = cancellation;
    const open = yield* this.#sql(() => this.#beginAttempt(process, kind, { version, why: pace.kind, rules }));
    if (!open) return true;
    const finding = yield* this.#exchange(process, open.begun, begunAt, attempts);
    const heard = this.#noteHeard(process, finding);
    yield* this.#recordSurely(() => this.#sql(() => this.#recordOutcome(process, open, finding)));
    if (heard) heard.isRecorded = true;
    return true;
  }

  #noteHeard(process: Process, finding: Finding): { isRecorded: boolean } | null {
    if (!isProof(finding.outcome)) return null;
    const heard = { at: this.#clock.now, isRecorded: false, process };
    this.#heard.push(heard);
    return heard;
  }

  *#check(process: Process): Steps {
    yield* this.#carryOnOrJoin(process, { kind: 'check' });
    const { cancellation } = yield* this.#sql(() => this.#load(null));
    if (cancellation?.state !== 'manual' || !this.#wasLinked) return;
    const attempts = yield* this.#sql(() => this.#attempts);
    const { mode, connector } = process.account;
    const mayLook = connector.query !== null && (mode === 'live' || mode === 'manual');
    if (!mayLook || !attempts.some(({ kind }) => kind === 'cancel') || !this.#enter(process)) return;
    const begun = this.#noteBegun(process, 'query', {
      why: 'look',
      leaseUntil: new Instant(Infinity),
      rules: this.#rules(process),
    });
    const finding = yield* this.#exchange(process, begun, this.#clock.now, attempts);
    const heard = this.#noteHeard(process, finding);
    yield* this.#recordSurely(() =>
      this.#sql(() => {
        this.#addAttempt('query', finding);
        this.#decide(process, null);
      }),
    );
    if (heard) heard.isRecorded = true;
  }

  /** A place among the calls to the issuer. */
  #enter(process: Process): boolean {
    if (process.account.protection.isOpen) return false;
    const { busy } = this.#weather;
    if (busy === 0 || !this.#random.chance(busy)) return true;
    this.#hinder(SWEPT_MS);
    return false;
  }

  /** The call itself. Between the intent and the call a process may be held up, or die. */
  *#exchange(process: Process, begun: Begun, begunAt: number, attempts: readonly Attempt[]): Steps<Finding> {
    const random = this.#random;
    const heldUpMs = this.#weather.slowTrips > 0 && random.chance(0.05) ? random.spread(1, 12 * SECOND) : random.next();
    this.#hinder(heldUpMs);
    yield heldUpMs;
    const { now } = this.#clock;
    if (now - begunAt >= LEASE_MARGIN_MS || process.account.protection.isOpen) {
      begun.overAt = now;
      this.#hinder(this.#leaseMs);
      return notSent;
    }
    begun.sentAt = now;
    const isOursPending = attempts.some(({ kind, outcome }) => kind === 'cancel' && outcome === 'pending');
    const treated = begun.kind === 'cancel' ? this.#model.cancel(now) : this.#model.query(now, isOursPending);
    this.#note(
      () => `the issuer gets a ${begun.kind} of ${process.name}: ${treated.words}, after ${treated.tookMs} ms`,
    );
    for (const callback of treated.callbacks) this.#planCallback(callback);
    this.#hinder(begun.kind === 'query' ? treated.tookMs : 0);
    yield treated.tookMs;
    begun.overAt = this.#clock.now;
    return treated.finding;
  }

  /** A failed commit of an outcome is tried again while the process lives. */
  *#recordSurely<Result>(commit: () => Steps<Result>): Steps<Result> {
    for (let tries = 0; ; tries += 1) {
      try {
        return yield* commit();
      } catch (error) {
        ignoreOutage(error);
        const pauseMs = RECORD_AGAIN_MS[min(tries, RECORD_AGAIN_MS.length - 1)] ?? 0;
        this.#hinder(pauseMs);
        yield pauseMs;
      }
    }
  }
}

const noEvidence = { httpStatus: null, issuerCode: null, issuerText: null, traceId: null };

const overtaken: Finding = { outcome: 'unknown', evidence: { ...noEvidence, issuerCode: 'overtaken' } };

const leaseExpired: Finding = { outcome: 'unknown', evidence: { ...noEvidence, issuerCode: 'lease-expired' } };

const notSent: Finding = { outcome: 'retry', when: 'at-once', evidence: { ...noEvidence, issuerCode: 'not-sent' } };

/** The first of a process's looks after this time. */
const tickAt = ({ phaseMs }: Process, after: number, everyMs: number): number =>
  after === Infinity ? Infinity : phaseMs + (floor((after - phaseMs) / everyMs) + 1) * everyMs;

/** Whatever a database that is away ends is looked for again; any other error is a fault of the rig. */
function ignoreOutage(error: unknown): void {
  if (error && error !== databaseAway) throw error as Error;
}
