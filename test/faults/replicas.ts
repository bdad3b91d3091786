import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../../src/config.js';
import { startServiceProcess, type ServiceProcess } from '../support/process.js';
import type { Random } from './random.js';

/** Replicas as an orchestrator keeps them: whichever is gone is started again. */
export class Replicas {
  readonly #slots: (ServiceProcess | null)[];
  readonly #loops: Promise<void>[] = [];
  readonly #killed = new Set<ServiceProcess>();
  readonly #startMs: number[] = [];
  #isStopping = false;
  kills = 0;
  /** What went wrong with replicas that nobody killed: they ended by themselves, or did not start. */
  readonly faults: { readonly kind: 'ended' | 'not-started'; readonly words: string }[] = [];

  private constructor(
    private readonly environment: Environment,
    count: number,
  ) {
    this.#slots = Array.from({ length: count }, () => null);
  }

  /** Comes back when all are ready. */
  static async start(count: number, environment: Environment): Promise<Replicas> {
    const replicas = new Replicas(environment, count);
    await Promise.all(
      replicas.#slots.map(async (_, slot) => (replicas.#slots[slot] = await startServiceProcess(environment))),
    );
    replicas.#slots.forEach((_, slot) => replicas.#loops.push(replicas.#keepAlive(slot)));
    return replicas;
  }

  /** Those that answer, as far as an orchestrator knows. */
  get living(): readonly ServiceProcess[] {
    return this.#slots.filter((one) => one !== null);
  }

  /** How long starting again took, which says how busy the machine was. */
  get readyAfter(): string {
    const all = this.#startMs.toSorted((one, other) => one - other).map((ms) => (ms / 1_000).toFixed(1));
    return all.length === 0 ? 'no start' : `${all[all.length >> 1]} s, at most ${all.at(-1)} s`;
  }

  any(random: Random): ServiceProcess | null {
    return random.pick(this.living) ?? null;
  }

  /** Any that is ready, also while others are still starting. */
  async killOne(random: Random): Promise<void> {
    const victim = this.any(random);
    if (!victim) return;
    this.kills += 1;
    this.#killed.add(victim);
    await victim.kill('SIGKILL');
  }

  /** All that the living ones wrote. */
  output(): string {
    return this.living.map((one) => one.output()).join('\n');
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.living.map((one) => one.kill('SIGKILL')));
    await Promise.all(this.#loops);
  }

  async #keepAlive(slot: number): Promise<void> {
    while (!this.#isStopping) {
      const current = this.#slots[slot];
      if (current) {
        await current.gone;
        this.#slots[slot] = null;
        if (!this.#isStopping && !this.#killed.has(current)) this.#note('ended', current.output());
        continue;
      }
      const startedAt = performance.now();
      try {
        this.#slots[slot] = await startServiceProcess(this.environment);
        this.#startMs.push(performance.now() - startedAt);
      } catch (error) {
        this.#note('not-started', String(error));
        await sleep(500);
      }
      if (this.#isStopping) await this.#slots[slot]?.kill('SIGKILL');
    }
  }

  #note(kind: 'ended' | 'not-started', words: string): void {
    this.faults.push({ kind, words: words.slice(-2_000) });
  }
}
