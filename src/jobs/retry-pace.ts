const PAUSES_MS = [10_000, 30_000, 120_000, 600_000, 1_800_000];
const LONGEST_PAUSE_MS = 3_600_000;

/** How long the outboxes wait after so many tries; every hour in the end. */
export const retryPauseMs = (tries: number): number => PAUSES_MS[tries - 1] ?? LONGEST_PAUSE_MS;
