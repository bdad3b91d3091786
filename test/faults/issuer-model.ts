import type { Finding } from '../../src/cancellations/cancellation.js';
import type { IssuerCode } from '../../src/issuers/index.js';
import type { CallbackMatch, CallbackNews, Certainty, RefusalReason } from '../../src/issuers/issuer.js';
import type { Random } from './random.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What an issuer does with one call: the answer, when it comes, and the callbacks that follow. */
export interface Treated {
  readonly finding: Finding;
  /** Until the answer is there, or the connection is broken. */
  readonly tookMs: number;
  readonly callbacks: readonly PlannedCallback[];
  /** In words, for the trace. */
  readonly words: string;
}

export interface PlannedCallback {
  readonly at: number;
  /** Stands for the hash of its bytes. */
  readonly bytes: string;
  readonly match: CallbackMatch;
  readonly news: CallbackNews;
  readonly finding: Finding;
  /** It is about the card of another payment that fits what it names as well. */
  readonly isAboutSibling: boolean;
}

/** What a life's issuer is like, by its seed. */
export interface Temper {
  readonly timeoutMs: number;
  /** Nothing that we hung up on is carried out later than this: what the issuer's rule counts on before a cancel is sent again. */
  readonly quietMs: number;
  readonly moneyMoves: boolean;
  readonly hasCallbacks: boolean;
  /** Shares of cancels that are lost in some way, or not taken. */
  readonly lost: number;
  readonly notTaken: number;
  /** Shares of queries that tell nothing. */
  readonly blindQueries: number;
}

type Fate = 'done' | 'done-lost' | 'done-late' | 'nothing' | 'not-taken' | 'task' | 'task-lost';

/** An issuer that knows whether the card is really cancelled, and never lies about it; its answers may be lost. */
export class IssuerModel {
  /** When a cancel of ours was carried out; times that lie ahead are on their way. */
  readonly effects: number[] = [];
  /** It will never cancel this card: it is printed, blocked, or not known there. */
  readonly isBlocked: boolean;
  /** When somebody else cancelled it there. */
  readonly cancelledElsewhereAt: number;
  /** Another payment of ours fits what a callback names. */
  readonly hasSibling: boolean;
  readonly #tasks: { readonly id: string; readonly endsAt: number }[] = [];
  #messages = 0;

  constructor(
    private readonly code: IssuerCode,
    private readonly temper: Temper,
    private readonly random: Random,
  ) {
    this.isBlocked = random.chance(0.12);
    this.hasSibling = random.chance(0.1);
    const isElsewhere = !this.isBlocked && random.chance(0.06);
    this.cancelledElsewhereAt = isElsewhere
      ? random.pick([-1, random.int(0, 60_000), random.int(0, 4 * HOUR)])
      : Infinity;
  }

  isCancelledAt(time: number): boolean {
    return this.cancelledElsewhereAt <= time || this.effects.some((at) => at <= time);
  }

  /** A cancel arrives. */
  cancel(now: number): Treated {
    const { random } = this;
    const fate = this.#fate();
    if (fate === 'not-taken') return this.#notTaken();
    const tookMs = this.#tookMs();
    if (fate === 'nothing') return this.#lost(tookMs, 'does nothing, the answer is lost');
    if (this.isCancelledAt(now)) return this.#again(now, tookMs, fate);
    if (this.isBlocked) return this.#refused(tookMs);
    if (fate === 'task' || fate === 'task-lost') return this.#task(now, tookMs, fate === 'task-lost');
    if (fate === 'done') {
      const callbacks = this.#apply(now + random.int(0, tookMs));
      return { finding: found('cancelled'), tookMs, callbacks, words: 'cancels and says so' };
    }
    const lost = this.#lost(tookMs, fate === 'done-lost' ? 'cancels, the answer is lost' : 'cancels later, no answer');
    const latestMs = fate === 'done-lost' ? lost.tookMs : lost.tookMs + this.temper.quietMs - 1;
    const leastMs = fate === 'done-lost' ? 0 : lost.tookMs;
    return { ...lost, callbacks: this.#apply(now + random.int(leastMs, latestMs)) };
  }

  /** A query arrives, after cancels of ours with these outcomes. */
  query(now: number, isOursPending: boolean): Treated {
    const { random } = this;
    const tookMs = this.#tookMs();
    const answered = (finding: Finding, words: string): Treated => ({ finding, tookMs, callbacks: [], words });
    if (random.chance(this.temper.blindQueries)) {
      if (random.chance(0.3)) return this.#notTaken();
      return this.#lost(tookMs, 'tells nothing');
    }
    const readAt = now + random.int(0, tookMs);
    if (this.isCancelledAt(readAt)) {
      return answered(found(random.pick(['cancelled', 'already-cancelled'])), 'shows it cancelled');
    }
    if (isOursPending || this.#tasks.some(({ endsAt }) => endsAt > readAt))
      return answered(found('pending'), 'is at work');
    if (this.isBlocked && (this.code === 'vault' || this.code === 'qitech') && random.chance(0.8)) {
      return answered(refusal('instrument_not_active', null), 'shows a state that no cancel changes');
    }
    return answered(found('not-cancelled'), 'shows it not cancelled');
  }

  #fate(): Fate {
    const { random, temper } = this;
    if (random.chance(temper.notTaken)) return 'not-taken';
    if (random.chance(temper.lost)) {
      const fates = ['done-lost', 'done-late', 'nothing'] as const;
      return this.code === 'artha' && random.chance(0.4) ? 'task-lost' : random.pick(fates);
    }
    return this.code === 'artha' && random.chance(0.8) ? 'task' : 'done';
  }

  #tookMs(): number {
    const { random, temper } = this;
    return random.chance(0.85) ? random.int(1, Math.min(300, temper.timeoutMs)) : random.int(1, temper.timeoutMs);
  }

  #notTaken(): Treated {
    const { random } = this;
    const when = random.chance(0.8) ? ('at-once' as const) : ('later' as const);
    const wish = random.chance(0.3) ? { afterMs: random.spread(100, 10 * MINUTE) } : {};
    const finding: Finding = { outcome: 'retry', when, ...wish, evidence: evidence(when === 'later' ? 401 : 429) };
    return { finding, tookMs: random.int(0, 50), callbacks: [], words: `does not take it, ${when}` };
  }

  /** Half of what is lost hangs until we hang up; the other half breaks off. */
  #lost(tookMs: number, words: string): Treated {
    const hangs = this.random.chance(0.5);
    const status = hangs ? null : this.random.pick([null, 400, 500]);
    return {
      finding: { outcome: 'unknown', evidence: evidence(status) },
      tookMs: hangs ? this.temper.timeoutMs : tookMs,
      callbacks: [],
      words,
    };
  }

  /** A cancel of a card that is cancelled: the echo of our own success, or of somebody else's. Where money moves, it may move again. */
  #again(now: number, tookMs: number, fate: Fate): Treated {
    const { random, code } = this;
    if (this.temper.moneyMoves && random.chance(0.4)) this.effects.push(now);
    if (fate === 'done-lost' || fate === 'done-late' || fate === 'task-lost')
      return this.#lost(tookMs, 'had cancelled it; no answer');
    const answered = (finding: Finding): Treated => ({
      finding,
      tookMs,
      callbacks: [],
      words: `had cancelled it: ${finding.outcome}`,
    });
    if (random.chance(0.3)) return answered(found('already-cancelled'));
    const certainties = {
      vault: 'plain',
      artha: 'query-if-possible',
      corecard: 'plain',
      qitech: 'query-first',
    } as const;
    return answered(refusal('refused_by_issuer', certainties[code]));
  }

  #refused(tookMs: number): Treated {
    const { random } = this;
    const certainties = {
      vault: ['plain'],
      artha: ['plain', 'query-if-possible'],
      corecard: ['explicit', 'plain'],
      qitech: ['query-first', 'query-if-possible', 'plain'],
    } as const;
    const reason = random.pick(['already_printed', 'refused_by_issuer', 'instrument_not_active', 'not_found']);
    const certainty = random.pick(certainties[this.code]);
    return { finding: refusal(reason, certainty), tookMs, callbacks: [], words: `refuses, ${certainty}` };
  }

  #task(now: number, tookMs: number, isLost: boolean): Treated {
    const { random } = this;
    const id = `task-${this.#tasks.length + 1}`;
    const endsAt = now + random.spread(5, random.pick([1_000, 20 * MINUTE, 30 * HOUR]));
    this.#tasks.push({ id, endsAt });
    const isDone = random.chance(0.75);
    if (isDone) this.effects.push(endsAt);
    const finding = isDone ? found('cancelled') : refusal('refused_by_issuer', 'explicit');
    const callbacks = this.#calls(endsAt, { match: { taskId: id }, news: 'outcome', finding });
    if (isLost) return { ...this.#lost(tookMs, 'takes it on as a task; the answer is lost'), callbacks };
    const words = `takes it on as ${id}, which ${isDone ? 'ends well' : 'fails'} at ${endsAt}`;
    return { finding: { ...found('pending'), taskId: id }, tookMs, callbacks, words };
  }

  #apply(at: number): PlannedCallback[] {
    this.effects.push(at);
    return this.#callsOfCard(at);
  }

  /** What is called back about a card instead of a task. */
  #callsOfCard(at: number, isAboutSibling = false): PlannedCallback[] {
    const about = { match: { reference: { card: 1 } }, isAboutSibling };
    if (this.code === 'corecard') {
      return this.#calls(at, { ...about, news: 'cancelled-after-unknown', finding: found('cancelled') });
    }
    return this.code === 'qitech' ? this.#calls(at, { ...about, news: 'check', finding: found('unknown') }) : [];
  }

  /** Callbacks that no cancel of ours leads to: somebody else cancelled the card, or it is the other payment's. */
  otherCallbacks(): PlannedCallback[] {
    const { random, cancelledElsewhereAt } = this;
    const elsewhere = cancelledElsewhereAt < Infinity ? this.#callsOfCard(Math.max(cancelledElsewhereAt, 0)) : [];
    return this.hasSibling ? [...elsewhere, ...this.#callsOfCard(random.spread(1, 2 * HOUR), true)] : elsewhere;
  }

  /** At once, hours later, twice in the same bytes, again in other bytes, or never. */
  #calls(
    from: number,
    about: Pick<PlannedCallback, 'match' | 'news' | 'finding'> & { readonly isAboutSibling?: boolean },
  ): PlannedCallback[] {
    const { random } = this;
    if (!this.temper.hasCallbacks || random.chance(0.15)) return [];
    const calls: PlannedCallback[] = [];
    const bytes = `message-${(this.#messages += 1)}`;
    const delayMs = () => random.spread(1, random.pick([50, 2_000, 3 * HOUR, 40 * HOUR]));
    calls.push({ isAboutSibling: false, ...about, at: from + delayMs(), bytes });
    if (random.chance(0.25)) calls.push({ isAboutSibling: false, ...about, at: from + delayMs(), bytes });
    if (random.chance(0.15))
      calls.push({ isAboutSibling: false, ...about, at: from + delayMs(), bytes: `${bytes}-again` });
    return calls;
  }
}

const evidence = (httpStatus: number | null) => ({ httpStatus, issuerCode: null, issuerText: null, traceId: null });

const found = (outcome: Finding['outcome']): Finding => ({ outcome, evidence: evidence(200) });

const refusal = (reason: RefusalReason, certainty: Certainty | null): Finding => ({
  outcome: 'refused',
  reason,
  certainty: certainty ?? 'explicit',
  evidence: evidence(400),
});
