import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhenResult,
  type CircuitBreakerPolicy,
} from 'cockatiel';
import type { IssuerAnswer, IssuerHttp, IssuerRequest } from './issuer-http.js';

export interface Limits {
  /** Calls under way at once, of this process. */
  readonly mostAtOnce: number;
  /** So many calls in a row that did not reach the issuer, or that it left without a usable answer, open the circuit. */
  readonly breakerFaults: number;
  /** How long it stays open before one call tries again. */
  readonly breakerPauseMs: number;
}

/** A place among the calls under way; leave it when the call is over. */
export interface Place {
  leave(): void;
}

/**
 * Protects one issuer's account, and us from it: no more than so many calls at once, and none at all for a while after many faults in
 * a row. It is this process's own view; each replica finds out for itself.
 */
export class Protection {
  readonly #breaker: CircuitBreakerPolicy;
  readonly #mostAtOnce: number;
  readonly #pauseMs: number;
  /** Each tries to take a place, in the order in which they came. */
  readonly #waiting = new Set<() => void>();
  #atWork = 0;
  #openedAt: number | null = null;

  /** @param onChange told when the circuit opens and when it is closed again; not for each try in between */
  constructor({ mostAtOnce, breakerFaults, breakerPauseMs }: Limits, onChange: (isOpen: boolean) => void) {
    this.#mostAtOnce = mostAtOnce;
    this.#pauseMs = breakerPauseMs;
    this.#breaker = circuitBreaker(
      handleWhenResult((answer) => isFault(answer as IssuerAnswer)),
      { breaker: new ConsecutiveBreaker(breakerFaults), halfOpenAfter: breakerPauseMs },
    );
    this.#breaker.onBreak(() => {
      if (this.#openedAt === null) onChange(true);
      this.#openedAt = Date.now();
    });
    this.#breaker.onReset(() => {
      this.#openedAt = null;
      onChange(false);
    });
  }

  /** Is nothing to be sent now? After the pause it is closed for whoever comes first, whose call decides for all. */
  get isOpen(): boolean {
    const { state } = this.#breaker;
    if (state === CircuitState.HalfOpen) return true;
    return state === CircuitState.Open && this.#openedAt !== null && Date.now() - this.#openedAt < this.#pauseMs;
  }

  /** Calls under way. */
  get atWork(): number {
    return this.#atWork;
  }

  /**
   * Waits for a place, first come first served.
   *
   * @param deadlineAt by `performance.now()`; with 0 or anything past, only a place that is free now is taken
   * @returns null when there was none in time, or when nothing is to be sent
   */
  async enter(deadlineAt: number): Promise<Place | null> {
    if (this.isOpen) return null;
    if (this.#atWork < this.#mostAtOnce) return this.#take();
    const leftMs = deadlineAt - performance.now();
    if (leftMs <= 0) return null;
    return new Promise((resolve) => {
      const end = (place: Place | null) => {
        clearTimeout(timer);
        this.#waiting.delete(turn);
        resolve(place);
      };
      const turn = () => end(this.isOpen ? null : this.#take());
      const timer = setTimeout(end, leftMs, null);
      this.#waiting.add(turn);
    });
  }

  #take(): Place {
    this.#atWork += 1;
    let isLeft = false;
    const leave = () => {
      if (isLeft) return;
      isLeft = true;
      this.#atWork -= 1;
      this.#passOn();
    };
    return { leave };
  }

  /** At once, so that nobody who comes in this very moment goes before those who wait. */
  #passOn(): void {
    for (const turn of this.#waiting) {
      if (this.#atWork >= this.#mostAtOnce) return;
      turn();
    }
  }

  /** The same way out, with the circuit in it. A call that the open circuit stops was surely not sent. */
  guard(http: IssuerHttp): IssuerHttp {
    return {
      send: async (request: IssuerRequest): Promise<IssuerAnswer> => {
        // cockatiel lets calls wait for the one that tries again; that would use up the time-out of these.
        if (this.isOpen) return OPEN;
        try {
          return await this.#breaker.execute(() => http.send(request));
        } catch (error) {
          if (error instanceof BrokenCircuitError) return OPEN;
          throw error;
        }
      },
    };
  }
}

const OPEN: IssuerAnswer = { kind: 'not-sent', fault: 'circuit-open' };

/** What says that the issuer is unwell; a refusal, or a 401, comes from one that is well. */
const isFault = (answer: IssuerAnswer) => answer.kind !== 'answer' || answer.status >= 500;
