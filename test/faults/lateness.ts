import type { Downtime, PostgresServer } from './postgres-server.js';

/** How often open rows are looked at. */
const LOOK_MS = 1_000;

/** How late the follow-up was, by what was seen of the open rows once a second. */
export interface Lateness {
  /** Milliseconds from a row's due time to the last moment at which it was seen still waiting, without the time the database was away. */
  readonly maxMs: number;
  readonly p99Ms: number;
  /** The largest one with that time in it. */
  readonly maxWithDowntimeMs: number;
  /** Due times that were seen: of every look at every open row. */
  readonly dueTimes: number;
  /** The five latest, in words. */
  readonly worst: string;
}

interface OpenRow {
  readonly payment_id: string;
  readonly state: string;
  readonly due_ms: number;
  readonly now_ms: number;
}

export interface SeenRow {
  readonly paymentId: string;
  readonly dueMs: number;
  /** By `Date.now()`. */
  readonly firstSeenAt: number;
  lateMs: number;
  lateWithDowntimeMs: number;
  state: string;
}

/** Watches the open rows over its own connection, from the start until it is stopped. */
export class LatenessWatch {
  readonly #seen = new Map<string, SeenRow>();
  #openNow: readonly SeenRow[] = [];
  #timer: NodeJS.Timeout | null = null;
  #isStopped = false;
  readonly #startedAt = Date.now();
  #look: Promise<void> = Promise.resolve();

  constructor(private readonly server: PostgresServer) {
    this.#schedule();
  }

  /** The open rows of the last look. */
  get openNow(): readonly SeenRow[] {
    return this.#openNow;
  }

  async stop(): Promise<Lateness> {
    this.#isStopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#look;
    const all = [...this.#seen.values()].sort((one, other) => one.lateMs - other.lateMs);
    const worst = all.at(-1);
    return {
      maxMs: worst?.lateMs ?? 0,
      p99Ms: all[Math.max(0, Math.ceil(all.length * 0.99) - 1)]?.lateMs ?? 0,
      maxWithDowntimeMs: Math.max(0, ...all.slice(-1_000).map((row) => row.lateWithDowntimeMs)),
      dueTimes: all.length,
      worst: all
        .slice(-5)
        .map(
          (row) =>
            `${Math.round(row.lateMs)} ms ${row.state}, due ${Math.round((row.dueMs - this.#startedAt) / 1_000)} s after the start`,
        )
        .join('; '),
    };
  }

  #schedule(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#look = this.#lookOnce()
        .catch(() => undefined) // The database is away; that time is subtracted.
        .finally(() => this.#schedule());
    }, LOOK_MS);
  }

  async #lookOnce(): Promise<void> {
    const rows = await this.server.query<OpenRow>(
      `select payment_id, state, extract(epoch from coalesce(lease_until, next_check_at)) * 1000 as due_ms,
              extract(epoch from clock_timestamp()) * 1000 as now_ms
       from cancellations where state in ('asking', 'waiting')`,
    );
    this.#openNow = rows.map((row) => this.#note(row));
  }

  #note({ payment_id: paymentId, state, due_ms, now_ms }: OpenRow): SeenRow {
    const [dueMs, nowMs] = [Number(due_ms), Number(now_ms)];
    const key = `${paymentId} ${dueMs}`;
    const row = this.#seen.get(key) ?? {
      paymentId,
      dueMs,
      firstSeenAt: Date.now(),
      lateMs: 0,
      lateWithDowntimeMs: 0,
      state,
    };
    row.lateWithDowntimeMs = Math.max(0, nowMs - dueMs);
    row.lateMs = Math.max(0, row.lateWithDowntimeMs - overlap(dueMs, nowMs, this.server.downtimes));
    row.state = state;
    this.#seen.set(key, row);
    return row;
  }
}

const overlap = (from: number, to: number, downtimes: readonly Downtime[]) =>
  downtimes.reduce((sum, down) => sum + Math.max(0, Math.min(to, down.to) - Math.max(from, down.from)), 0);
