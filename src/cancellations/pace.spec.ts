import type { Step } from './next-step.js';
import { pauseBefore, type Pace } from './pace.js';

const NOW = Date.UTC(2026, 10, 21, 12);
const after = (ms: number) => new Date(NOW + ms);

/** `performance.now()` at the same moment as `NOW`. */
const CLOCK_MS = 50_000;

const step = (kind: 'send' | 'query', notBeforeMs: number, dueMs: number, insideBudget = true): Step => ({
  kind,
  notBefore: after(notBeforeMs),
  dueAt: after(dueMs),
  insideBudget,
});

const pause = (given: Step, pace: Pace) => pauseBefore(given, pace, { now: new Date(NOW), clockMs: CLOCK_MS });

const followUp = { kind: 'follow-up' } as const;
const check = { kind: 'check' } as const;
/** VTEX waits so much longer for its answer. */
const request = (leftMs: number): Pace => ({ kind: 'request', deadlineAt: CLOCK_MS + leftMs });

describe.each(['send', 'query'] as const)('a %s', (kind) => {
  it('is the follow-up’s from the moment it is due', () => {
    expect(pause(step(kind, -20_000, 0), followUp)).toBe(0);
    expect(pause(step(kind, -20_000, -5_000), followUp)).toBe(0);
  });

  it('is not made by the follow-up before it is due, although it would be allowed', () => {
    expect(pause(step(kind, -20_000, 1), followUp)).toBeNull();
  });

  it('is made by a check as soon as it is allowed, before it is due', () => {
    expect(pause(step(kind, 0, 20_000), check)).toBe(0);
  });

  it('is not made by a check before it is allowed, and a check waits for nothing', () => {
    expect(pause(step(kind, 1, 20_000), check)).toBeNull();
  });

  it('is made by a check also where it may not happen while VTEX waits', () => {
    expect(pause(step(kind, 0, 20_000, false), check)).toBe(0);
  });

  it('is made at once while VTEX waits, where it is allowed already', () => {
    expect(pause(step(kind, 0, 20_000), request(10_000))).toBe(0);
    expect(pause(step(kind, -5_000, 20_000), request(10_000))).toBe(0);
  });

  it('is made after a pause while VTEX waits, where it is allowed soon', () => {
    expect(pause(step(kind, 600, 20_000), request(10_000))).toBe(600);
  });

  it('is worth a pause of three seconds, and not more', () => {
    expect(pause(step(kind, 3_000, 20_000), request(10_000))).toBe(3_000);
    expect(pause(step(kind, 3_001, 20_000), request(10_000))).toBeNull();
  });

  it('is left alone where the pause would end with the deadline or after it', () => {
    expect(pause(step(kind, 600, 20_000), request(601))).toBe(600);
    expect(pause(step(kind, 600, 20_000), request(600))).toBeNull();
    expect(pause(step(kind, 600, 20_000), request(599))).toBeNull();
  });

  it('is not begun at the deadline, although it is due', () => {
    expect(pause(step(kind, 0, 0), request(0))).toBeNull();
  });

  it('is never made while VTEX waits where the issuer’s rule says so, although it is due', () => {
    expect(pause(step(kind, 0, 0, false), request(10_000))).toBeNull();
  });
});

describe.each([followUp, check, request(10_000)])('at the pace of a $kind', (pace) => {
  it('a wait asks nobody, although its time has come', () => {
    expect(pause({ kind: 'wait', dueAt: after(-1) }, pace)).toBeNull();
  });

  it('nothing is asked about what has ended', () => {
    expect(pause({ kind: 'cancelled', proof: 'answer' }, pace)).toBeNull();
    expect(pause({ kind: 'manual', reason: 'no_answer' }, pace)).toBeNull();
  });
});
