import { setTimeout as sleep } from 'node:timers/promises';
import type { IssuerCode } from '../../src/issuers/index.js';
import type { BehaviourName } from '../../src/issuers/simulator-server.js';
import { NoAnswer } from '../support/http.js';
import type { ServiceProcess } from '../support/process.js';
import { newId } from '../support/service.js';
import type { TestSimulators } from '../support/simulators.js';
import type { VtexLogEntry } from './logs.js';
import type { Random } from './random.js';

/** Of 100 payments. Vault's simulator lists at most 2,000 cards of its one user. */
const issuerShares: Readonly<Record<IssuerCode, number>> = { vault: 16, artha: 28, corecard: 28, qitech: 28 };

/** Of 100 cards. */
const behaviourShares = {
  works: 52,
  'answer-lost': 7,
  late: 4,
  resets: 4,
  'cut-off': 5,
  'server-error': 6,
  'too-many': 4,
  'token-expired': 2,
  unavailable: 3,
  slow: 5,
  refuses: 4,
  'not-found': 2,
  hangs: 2,
} as const satisfies Partial<Record<BehaviourName, number>>;

/** VTEX's own patience. */
const VTEX_MS = 20_000;

const TRIES_AT_FIRST = 3;

/**
 * A machine is not buried under what it has not yet answered; the load takes longer then. On two cores, which also play VTEX, the issuers,
 * the networks and Postgres, more than this at once would only show how long a queue gets that is never emptied.
 */
const MOST_AT_ONCE = 60;

export interface LoadedPayment {
  readonly paymentId: string;
  readonly issuer: IssuerCode;
  readonly behaviour: BehaviourName;
  /** Every id under which VTEX asked to cancel it. */
  readonly requestIds: string[];
  isFinal: boolean;
}

/** Plays VTEX, and the merchant who links payments: asks any living replica, and asks again while it has no final answer. */
export class VtexLoad {
  readonly payments: LoadedPayment[] = [];
  readonly log: VtexLogEntry[] = [];
  /** What must never come: links refused, answers that break the contract. */
  readonly faults: string[] = [];

  constructor(
    private readonly simulators: TestSimulators,
    private readonly anyReplica: () => ServiceProcess | null,
    private readonly random: Random,
  ) {}

  /**
   * Links and cancels so many payments, spread evenly over the time, each up to three times while its answer is not final.
   * @returns when the last one has begun; `end` comes when all have got what they can get at once
   */
  async run(count: number, overMs: number): Promise<{ readonly end: Promise<unknown> }> {
    const startedAt = performance.now();
    const open = new Set<Promise<void>>();
    for (let at = 0; at < count; at += 1) {
      await sleep(Math.max(0, startedAt + (at * overMs) / count - performance.now()));
      while (open.size >= MOST_AT_ONCE) await Promise.race(open);
      const life = this.#begin().finally(() => open.delete(life));
      open.add(life);
    }
    return { end: Promise.all(open) };
  }

  /** Asks again under every id that VTEX ever used, of each payment that `which` names. */
  async askAgain(which: (payment: LoadedPayment) => boolean): Promise<void> {
    const left = this.payments.filter(which);
    const worker = async () => {
      for (let payment = left.pop(); payment; payment = left.pop()) {
        for (const requestId of payment.requestIds) await this.#cancel(payment, requestId);
      }
    };
    await Promise.all(Array.from({ length: 16 }, worker));
  }

  async #begin(): Promise<void> {
    const payment = await this.#link();
    if (!payment) return;
    this.payments.push(payment);
    let requestId = newId();
    for (let tries = 1; tries <= TRIES_AT_FIRST && !payment.isFinal; tries += 1) {
      if (!payment.requestIds.includes(requestId)) payment.requestIds.push(requestId);
      await this.#cancel(payment, requestId);
      if (payment.isFinal) return;
      await sleep(this.random.int(500, 4_000));
      if (this.random.chance(0.15)) requestId = newId();
    }
  }

  async #link(): Promise<LoadedPayment | null> {
    const issuer = byShare(issuerShares, this.random);
    const behaviour = byShare(behaviourShares, this.random);
    const paymentId = newId();
    const reference = this.simulators.of[issuer].referenceFor(behaviour);
    for (;;) {
      const answer = await this.anyReplica()
        ?.link(paymentId, { issuer, reference })
        .catch(() => null); // The replica was killed, or its database is away: the merchant's own system tries again too.
      if (answer?.status === 201 || answer?.status === 200) {
        return { paymentId, issuer, behaviour, requestIds: [], isFinal: false };
      }
      if (answer && answer.status !== 500) {
        this.faults.push(`a link was answered ${answer.status} ${JSON.stringify(answer.body)}`);
        return null;
      }
      await sleep(this.random.int(100, 1_000));
    }
  }

  async #cancel(payment: LoadedPayment, requestId: string): Promise<void> {
    const replica = this.anyReplica();
    if (!replica) return;
    const { paymentId } = payment;
    const sentAt = new Date();
    const note = (status: number | null, text: string | null) =>
      this.log.push({ sentAt, at: new Date(), paymentId, requestId, status, text });
    try {
      const signal = AbortSignal.timeout(VTEX_MS);
      const { status, text, body } = await replica.cancel(paymentId, { requestId }, { signal });
      note(status, text);
      if (body.cancellationId !== null || body.code === 'cancel-manually') payment.isFinal = true;
    } catch (error) {
      note(null, null);
      // A broken connection is what a crash looks like; an answer that is none of the contract's is a fault.
      if (!(error instanceof NoAnswer)) this.faults.push(String(error));
    }
  }
}

function byShare<Name extends string>(shares: Readonly<Record<Name, number>>, random: Random): Name {
  const names = Object.keys(shares) as Name[];
  let left = random.next() * names.reduce((sum, name) => sum + shares[name], 0);
  return names.find((name) => (left -= shares[name]) < 0) ?? (names[0] as Name);
}
