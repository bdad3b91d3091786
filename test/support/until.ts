import { setTimeout as sleep } from 'node:timers/promises';

/** Looks until `look` gives something (neither null, undefined nor false), and fails when it has not in time. */
export async function until<Found>(
  what: string,
  look: () => Promise<Found | null | undefined | false> | Found | null | undefined | false,
  timeoutMs = 20_000,
): Promise<Found> {
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (performance.now() >= giveUpAt) throw new Error(`It did not come about within ${timeoutMs} ms: ${what}`);
    await sleep(10);
  }
}
