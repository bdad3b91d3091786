import { blankAttempt } from '../../test/support/attempt.js';
import { worthOf, type CallbackWorth } from './callback-worth.js';
import type { Attempt, CancellationState } from './cancellation.js';

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 21, 12) + seconds * 1_000);

const attempt = (kind: Attempt['kind'], outcome: Attempt['outcome'], from: number): Attempt => ({
  ...blankAttempt,
  attemptNo: 1,
  kind,
  outcome,
  startedAt: at(from),
  endedAt: outcome === null ? null : at(from + 1),
});

const cancel = (outcome: Attempt['outcome'], from = 0) => attempt('cancel', outcome, from);

interface Known {
  readonly state?: CancellationState;
  readonly isOnlyOne?: boolean;
}

const states: readonly CancellationState[] = ['asking', 'waiting', 'cancelled', 'manual'];

/** What a callback that names the card, received 30 s after the claim, is worth. */
const worth = (attempts: readonly Attempt[], { state = 'waiting', isOnlyOne = true }: Known = {}): CallbackWorth =>
  worthOf('cancelled-after-unknown', { state, attempts, receivedAt: at(30), isOnlyOne });

describe('a callback that tells the outcome of a cancel', () => {
  it.each(states)('is recorded while the row is %s', (state) => {
    expect(worthOf('outcome', { state, attempts: [cancel(null)], receivedAt: at(30), isOnlyOne: false })).toBe(
      'record',
    );
  });
});

describe('a callback that is only a reason to check', () => {
  const check = (state: CancellationState, attempts: readonly Attempt[] = [cancel('unknown')]) =>
    worthOf('check', { state, attempts, receivedAt: at(30), isOnlyOne: true });

  it('proves nothing, although a cancel of ours ended unknown', () => {
    expect(check('waiting')).toBe('check');
  });

  it.each(['asking', 'manual'] as const)('brings a look while the row is %s', (state) => {
    expect(check(state)).toBe('check');
  });

  it('does not wait for the end of a cancel under way', () => {
    expect(check('asking', [cancel(null)])).toBe('check');
  });

  it('says nothing new of what is cancelled', () => {
    expect(check('cancelled')).toBe('nothing');
  });
});

describe('a callback that says the card was cancelled, without naming a cancel of ours', () => {
  it('proves it where a cancel of ours ended unknown', () => {
    expect(worth([cancel('unknown')])).toBe('record');
  });

  it('proves it also for a payment that went to a person meanwhile', () => {
    expect(worth([cancel('unknown')], { state: 'manual' })).toBe('record');
  });

  it('proves it although a later cancel of ours was refused: that was the echo', () => {
    expect(worth([cancel('unknown', 0), cancel('refused', 20)])).toBe('record');
  });

  it('is only a reason to check where another payment fits as well', () => {
    expect(worth([cancel('unknown')], { isOnlyOne: false })).toBe('check');
  });

  it('may be that of a cancel which began at the very moment', () => {
    expect(worth([cancel('unknown', 30)])).toBe('record');
  });

  it('cannot be that of a cancel which began after it', () => {
    expect(worth([cancel('unknown', 30.001)])).toBe('check');
  });

  it('is only a reason to check where we never sent a cancel: somebody else did it', () => {
    expect(worth([])).toBe('check');
    expect(worth([attempt('query', 'unknown', 0)])).toBe('check');
  });

  it('is only a reason to check where no cancel of ours can have been carried out', () => {
    expect(worth([cancel('retry')])).toBe('check');
  });

  it('waits for the end of a cancel under way', () => {
    expect(worth([cancel(null)], { state: 'asking' })).toBe('later');
  });

  it('waits for a cancel under way although an earlier one ended unknown', () => {
    expect(worth([cancel('unknown', 0), cancel(null, 20)], { state: 'asking' })).toBe('later');
  });

  it('does not wait for a query under way', () => {
    expect(worth([cancel('unknown', 0), attempt('query', null, 20)], { state: 'asking' })).toBe('record');
  });

  it('is an alarm where the issuer refused our only cancel', () => {
    expect(worth([cancel('refused')])).toBe('alarm');
  });

  it('is an alarm by the last cancel, whatever was asked after it', () => {
    expect(worth([cancel('retry', 0), cancel('refused', 5), attempt('query', 'unknown', 10)])).toBe('alarm');
    expect(worth([cancel('refused', 0), cancel('retry', 5)])).toBe('check');
  });

  it('is no alarm because of a query that was answered with a refusal', () => {
    expect(worth([cancel('retry', 0), attempt('query', 'refused', 10)])).toBe('check');
  });

  it('is an alarm, and no proof, where a refused cancel may be meant as well as another payment', () => {
    expect(worth([cancel('unknown', 0), cancel('refused', 5)], { isOnlyOne: false })).toBe('alarm');
  });

  it('says nothing new of what is cancelled, whatever was tried', () => {
    expect(worth([cancel('unknown')], { state: 'cancelled' })).toBe('nothing');
    expect(worth([cancel('refused')], { state: 'cancelled' })).toBe('nothing');
  });
});
