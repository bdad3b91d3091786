import { setTimeout as sleep } from 'node:timers/promises';

/** What comes about soon is seen soon; what takes seconds is not asked for a hundred times a second, which would slow it down. */
const FIRST_WAIT_MS = 10;
const LONGEST_WAIT_MS = 100;

/** Looks until `look` gives something (neither null, undefined nor false), and fails when it has not in time. */
export async function until<Found>(
  what: string,
  look: () => Promise<Found | null | undefined | false> | Found | null | undefined | false,
  timeoutMs = 20_000,
): Promise<Found> {
  const giveUpAt = performance.now() + timeoutMs;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 1.5, LONGEST_WAIT_MS)) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (performance.now() >= giveUpAt) throw new Error(`It did not come about within ${timeoutMs} ms: ${what}`);
    await sleep(waitMs);
  }
}
