import { blankAttempt } from '../../test/support/attempt.js';
import type { Attempt, CancellationState } from './cancellation.js';
import { decide, type Move } from './decide.js';
import type { Rules } from './next-step.js';

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 21, 12) + seconds * 1_000);

/** A cancel may be sent again by itself, so that a row which is free to be moved always has something to wait for. */
const rules: Rules = {
  mode: 'live',
  isCircuitOpen: false,
  canQuery: false,
  callback: 'none',
  pendingQuietMs: 0,
  resend: { kind: 'allowed' },
  timeoutMs: 10_000,
  giveUpMs: 3_600_000,
};

/** An attempt that began and ended a second after the claim. */
const attempt = (kind: Attempt['kind'], outcome: Attempt['outcome'], more: Partial<Attempt> = {}): Attempt => ({
  ...blankAttempt,
  attemptNo: 1,
  kind,
  outcome,
  startedAt: at(1),
  endedAt: at(1),
  ...more,
});

interface Row {
  readonly state: CancellationState;
  readonly version?: number;
  readonly attempts: readonly Attempt[];
  readonly ownVersion?: number | null;
  readonly now?: Date;
}

const move = ({ state, version = 3, attempts, ownVersion = null, now = at(1) }: Row): Move =>
  decide({ state, version, claimedAt: at(0) }, { attempts, rules, now, ownVersion });

const proof = attempt('cancel', 'cancelled');
const refusal = attempt('cancel', 'refused', { reason: 'already_printed', certainty: 'explicit' });
const unknown = attempt('cancel', 'unknown');

describe('a cancelled row', () => {
  it('stays as it is, whatever news comes', () => {
    expect(move({ state: 'cancelled', attempts: [proof, refusal] })).toEqual({ kind: 'stay' });
    expect(move({ state: 'cancelled', attempts: [refusal] })).toEqual({ kind: 'stay' });
  });

  it('stays as it is although a second proof comes', () => {
    expect(move({ state: 'cancelled', attempts: [proof, attempt('callback', 'cancelled')] })).toEqual({ kind: 'stay' });
  });

  it('stays as it is without any attempt, as where nothing was ever linked', () => {
    expect(move({ state: 'cancelled', attempts: [], now: at(7_200) })).toEqual({ kind: 'stay' });
  });
});

describe('a row that a person has', () => {
  it('becomes cancelled by a late proof, and stands the person down', () => {
    expect(move({ state: 'manual', attempts: [unknown, attempt('query', 'already-cancelled')] })).toEqual({
      kind: 'cancelled',
      proof: 'query',
      standsDown: true,
    });
  });

  it('stays with the person while nothing proves anything', () => {
    expect(move({ state: 'manual', attempts: [unknown] })).toEqual({ kind: 'stay' });
    expect(move({ state: 'manual', attempts: [] })).toEqual({ kind: 'stay' });
  });

  it('keeps its reason although a refusal comes later', () => {
    expect(move({ state: 'manual', attempts: [unknown, refusal] })).toEqual({ kind: 'stay' });
  });
});

describe('a row whose call is under way', () => {
  it('is left to the process that made the call', () => {
    expect(move({ state: 'asking', attempts: [refusal], ownVersion: null })).toEqual({ kind: 'stay' });
    expect(move({ state: 'asking', attempts: [], ownVersion: null, now: at(7_200) })).toEqual({ kind: 'stay' });
  });

  it('is left to the one that took over, when the call of a lost lease ends', () => {
    expect(move({ state: 'asking', version: 4, attempts: [refusal], ownVersion: 3 })).toEqual({ kind: 'stay' });
  });

  it('is decided by whoever began the call that has just ended', () => {
    expect(move({ state: 'asking', version: 3, attempts: [refusal], ownVersion: 3 })).toEqual({
      kind: 'manual',
      reason: 'already_printed',
    });
  });

  it('becomes cancelled by a proof, whoever brings it, and no person had been asked', () => {
    const done = [unknown, attempt('callback', 'cancelled')];

    expect(move({ state: 'asking', version: 4, attempts: done, ownVersion: null })).toEqual({
      kind: 'cancelled',
      proof: 'callback',
      standsDown: false,
    });
  });
});

describe('a row that waits', () => {
  it('becomes cancelled by a proof, and no person had been asked', () => {
    expect(move({ state: 'waiting', attempts: [proof] })).toEqual({
      kind: 'cancelled',
      proof: 'answer',
      standsDown: false,
    });
  });

  it('goes to a person with the reason of the refusal', () => {
    expect(move({ state: 'waiting', attempts: [refusal] })).toEqual({ kind: 'manual', reason: 'already_printed' });
  });

  it('is looked at again when the next step is due', () => {
    expect(move({ state: 'waiting', attempts: [unknown] })).toEqual({ kind: 'wait', dueAt: at(11) });
  });

  it('is decided by whoever brings news, of whatever version', () => {
    expect(move({ state: 'waiting', version: 9, attempts: [refusal], ownVersion: 3 }).kind).toBe('manual');
  });

  it('counts the end of trying from its claim', () => {
    expect(move({ state: 'waiting', attempts: [attempt('cancel', 'retry')], now: at(3_599) }).kind).toBe('wait');
    expect(move({ state: 'waiting', attempts: [attempt('cancel', 'retry')], now: at(3_600) })).toEqual({
      kind: 'manual',
      reason: 'no_answer',
    });
  });
});
