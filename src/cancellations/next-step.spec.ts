import { blankAttempt } from '../../test/support/attempt.js';
import fc from 'fast-check';
import { issuers, type IssuerCode } from '../issuers/index.js';
import type { ResendRule, SomeIssuer } from '../issuers/issuer.js';
import { isProof, type Attempt } from './cancellation.js';
import { followUpDelayMs, nextStep, type History, type Rules, type Step } from './next-step.js';

/** Cases of each property; the mutation tests want fewer. */
const RUNS = fc.readConfigureGlobal().numRuns ?? 1_000;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** When the cancellation is claimed; every other time of a test is in seconds after it. */
const CLAIMED_AT = Date.UTC(2026, 10, 21, 12);
const at = (seconds: number) => new Date(CLAIMED_AT + Math.round(seconds * SECOND));
const secondsOf = (time: Date) => (time.getTime() - CLAIMED_AT) / SECOND;

/** What each issuer's account can do with the settings it has by default. */
const capabilities: Partial<Record<IssuerCode, Pick<Rules, 'canQuery' | 'callback' | 'pendingQuietMs'>>> = {
  vault: { canQuery: true, callback: 'none', pendingQuietMs: 0 },
  artha: { canQuery: false, callback: 'with-task', pendingQuietMs: 15 * MINUTE },
  corecard: { canQuery: false, callback: 'none', pendingQuietMs: 0 },
  qitech: { canQuery: true, callback: 'none', pendingQuietMs: 0 },
};

const issuerCodes = Object.keys(capabilities) as IssuerCode[];

function rulesOf(code: IssuerCode, more: Partial<Rules> = {}): Rules {
  const { resendAfterUnknown: resend, timeoutMs, giveUpHours }: SomeIssuer = issuers[code];
  const own = capabilities[code] ?? { canQuery: false, callback: 'none', pendingQuietMs: 0 };
  return { mode: 'live', isCircuitOpen: false, ...own, resend, timeoutMs, giveUpMs: giveUpHours * HOUR, ...more };
}

type Done = Partial<Attempt> & Pick<Attempt, 'kind' | 'outcome'> & { readonly from: number; readonly to: number };

const cancel = (outcome: Attempt['outcome'], from: number, to = from, more: Partial<Attempt> = {}): Done => ({
  kind: 'cancel',
  outcome,
  from,
  to,
  ...more,
});
const query = (outcome: Attempt['outcome'], from: number, to = from, more: Partial<Attempt> = {}): Done => ({
  ...cancel(outcome, from, to, more),
  kind: 'query',
});
const callback = (outcome: Attempt['outcome'], when: number, more: Partial<Attempt> = {}): Done => ({
  ...cancel(outcome, when, when, more),
  kind: 'callback',
});

function history(done: readonly Done[]): History {
  const attempts = done.map(({ from, to, ...rest }, index) => ({
    ...blankAttempt,
    attemptNo: index + 1,
    retryWhen: rest.outcome === 'retry' ? ('at-once' as const) : null,
    startedAt: at(from),
    endedAt: at(to),
    ...rest,
  }));
  return { claimedAt: at(0), attempts };
}

/** A step in one line: what, the earliest time, when the follow-up does it, and whether VTEX's waiting may speed it up. */
function words(step: Step): string {
  if (step.kind === 'cancelled') return `cancelled by ${step.proof}`;
  if (step.kind === 'manual') return `manual: ${step.reason}`;
  if (step.kind === 'wait') return `wait until ${secondsOf(step.dueAt)}`;
  const budget = step.insideBudget ? ' or in the budget' : '';
  return `${step.kind} at ${secondsOf(step.dueAt)}, not before ${secondsOf(step.notBefore)}${budget}`;
}

const next = (code: IssuerCode, done: readonly Done[], now: number, more: Partial<Rules> = {}) =>
  words(nextStep(history(done), rulesOf(code, more), at(now)));

const refused = (certainty: Attempt['certainty'], reason: Attempt['reason'] = 'refused_by_issuer') => ({
  certainty,
  reason,
});

describe('at every issuer', () => {
  it.each(issuerCodes)('%s: sends the first cancel of a claim that had to wait, as soon as anyone asks', (code) => {
    expect(next(code, [], 0)).toBe('send at 10, not before 0 or in the budget');
  });

  it.each(issuerCodes)('%s: takes any proof as the end, and says where it came from', (code) => {
    expect(next(code, [cancel('cancelled', 0, 1)], 1)).toBe('cancelled by answer');
    expect(next(code, [cancel('already-cancelled', 0, 1)], 1)).toBe('cancelled by answer');
    expect(next(code, [cancel('unknown', 0, 1), query('cancelled', 2)], 2)).toBe('cancelled by query');
    expect(next(code, [cancel('pending', 0, 1), callback('cancelled', 9)], 9)).toBe('cancelled by callback');
  });

  it.each(issuerCodes)('%s: holds on to a proof that a later answer contradicts', (code) => {
    const done = [cancel('cancelled', 0, 1), query('not-cancelled', 2), callback('refused', 3, refused('explicit'))];

    expect(next(code, done, 100 * 3_600)).toBe('cancelled by answer');
  });

  it.each(issuerCodes)('%s: sends again at once what surely was not sent, further apart each time', (code) => {
    const failed = [cancel('retry', 0)];
    expect(next(code, failed, 0)).toBe('send at 10, not before 0.2 or in the budget');
    failed.push(cancel('retry', 1));
    expect(next(code, failed, 1)).toBe('send at 11, not before 1.6 or in the budget');
    failed.push(cancel('retry', 2));
    expect(next(code, failed, 2)).toBe('send at 12, not before 3.8 or in the budget');
    failed.push(...[3, 4, 5, 6].map((when) => cancel('retry', when)));
    expect(next(code, failed, 6)).toBe('send at 16, not before 16 or in the budget');
  });

  it.each(issuerCodes)('%s: pauses as after the first, where something was recorded before its late answer', (code) => {
    const late = [cancel('retry', 0, 21), query('not-cancelled', 20)];

    expect(next(code, late, 21)).toContain(', not before 21.2 ');
  });

  it.each(issuerCodes)('%s: honours Retry-After, and never hammers an issuer that wishes for no pause', (code) => {
    const wish = (seconds: number) => [cancel('retry', 0, 0, { retryAt: at(seconds), httpStatus: 429 })];

    expect(next(code, wish(1), 0)).toBe('send at 10, not before 1 or in the budget');
    expect(next(code, wish(600), 0)).toBe('send at 600, not before 600 or in the budget');
    expect(next(code, wish(0), 0)).toBe('send at 10, not before 0.2 or in the budget');
  });

  it.each(issuerCodes)('%s: sends again by the schedule, to the give-up time, where our request is blamed', (code) => {
    const blamed = (when: number) => cancel('retry', when, when, { retryWhen: 'later', httpStatus: 403 });

    expect(next(code, [blamed(0)], 0)).toBe('send at 10, not before 10 or in the budget');
    expect(next(code, [blamed(0), blamed(10)], 10)).toBe('send at 40, not before 20 or in the budget');
    const { giveUpHours } = issuers[code];
    expect(next(code, [blamed(0)], giveUpHours * 3_600 - 1)).toMatch(/^send/);
    expect(next(code, [blamed(0)], giveUpHours * 3_600)).toBe('manual: no_answer');
  });

  it('has the follow-up look again 10 s, 30 s, 2 min and 10 min after the attempt before, then further apart', () => {
    const delays: number[] = [];
    for (let elapsedMs = 0; delays.length < 9; elapsedMs += followUpDelayMs(elapsedMs)) {
      delays.push(followUpDelayMs(elapsedMs) / SECOND);
    }

    expect(delays).toEqual([10, 30, 120, 600, 1_200, 2_400, 3_600, 3_600, 3_600]);
  });

  it.each(issuerCodes)(
    '%s: counts each delay from the end of the attempt before, and slow attempts use none up',
    (code) => {
      const blamed = (from: number) => cancel('retry', from, from + 25, { retryWhen: 'later' });
      const done = [blamed(0)];
      const due: string[] = [];
      for (const from of [35, 90, 235, 860, 2_085]) {
        due.push(next(code, done, from).split(',')[0] ?? '');
        done.push(blamed(from));
      }

      expect(due).toEqual(['send at 35', 'send at 90', 'send at 235', 'send at 860', 'send at 2085']);
    },
  );

  it.each(issuerCodes)('%s: keeps the short delays for the follow-up, however often VTEX asks in between', (code) => {
    const blamed = (when: number) => cancel('retry', when, when, { retryWhen: 'later' });

    expect(next(code, [0, 11, 22, 33].map(blamed), 33)).toBe('send at 63, not before 43 or in the budget');
  });

  it.each(issuerCodes)('%s: sends nothing while it is paused, whatever was tried', (code) => {
    const paused = { mode: 'paused' } as const;

    expect(next(code, [], 0, paused)).toBe('wait until 10');
    expect(next(code, [cancel('retry', 0)], 0, paused)).toBe('wait until 10');
    expect(next(code, [cancel('unknown', 0, 5)], 5, paused)).toBe('wait until 15');
    expect(next(code, [cancel('unknown', 0, 5)], 900, paused)).toBe('wait until 2100');
  });

  it.each(issuerCodes)('%s: gives a paused cancellation to a person only at the give-up time', (code) => {
    const end = issuers[code].giveUpHours * 3_600;
    // As where its settings are missing after a restart.
    const gone = { mode: 'paused', canQuery: false, callback: 'none' } as const;

    expect(next(code, [cancel('unknown', 0, 5)], end - 1, gone)).toBe(`wait until ${end}`);
    expect(next(code, [cancel('unknown', 0, 5)], end, gone)).toBe('manual: no_answer');
  });

  it.each(issuerCodes)('%s: goes on waiting an hour at a time, never in the past, where nothing is tried', (code) => {
    const step = nextStep(history([]), rulesOf(code, { mode: 'paused', giveUpMs: 20 * HOUR }), at(5 * 3_600));

    expect(words(step)).toBe('wait until 21600');
  });

  it.each(issuerCodes)('%s: takes an explicit refusal as final, also after an unknown', (code) => {
    const refusal = refused('explicit', 'already_printed');

    expect(next(code, [cancel('refused', 0, 1, refusal)], 1)).toBe('manual: already_printed');
    expect(next(code, [cancel('unknown', 0, 1), cancel('refused', 20, 21, refusal)], 21)).toBe(
      'manual: already_printed',
    );
  });

  it.each(issuerCodes)('%s: takes a plain refusal as final only where nothing before may have worked', (code) => {
    const refusal = cancel('refused', 20, 21, refused('plain', 'not_found'));

    expect(next(code, [refusal], 21)).toBe('manual: not_found');
    expect(next(code, [cancel('retry', 0), refusal], 21)).toBe('manual: not_found');
    expect(next(code, [cancel('unknown', 0), refusal], 21)).not.toMatch(/^(manual|send)/);
    expect(next(code, [cancel('pending', 0, 0, { taskId: 't' }), refusal], 21)).not.toMatch(/^(manual|send)/);
  });

  it.each(issuerCodes)('%s: takes a refusal that a query confirms as final', (code) => {
    const done = [cancel('unknown', 0), cancel('refused', 20, 21, refused('plain')), query('not-cancelled', 22)];

    expect(next(code, done, 22)).toBe('manual: refused_by_issuer');
  });

  it.each(issuerCodes)('%s: never sends after a pending', (code) => {
    const done = [cancel('pending', 0, 1, { taskId: 't' }), query('not-cancelled', 1_000)];

    expect(next(code, done, 1_000)).not.toMatch(/^(send|manual)/);
    expect(next(code, done, 1_000, { canQuery: true })).toMatch(/^query/);
  });

  it.each(issuerCodes)('%s: never sends a fourth cancel after three that ended unknown', (code) => {
    const unknowns = [0, 100, 200].flatMap((when) => [
      cancel('unknown', when, when + 1),
      query('unknown', when + 40),
      query('unknown', when + 80),
    ]);

    expect(next(code, unknowns, 281)).not.toMatch(/^send/);
  });
});

describe('in mode manual', () => {
  const manual = { mode: 'manual' } as const;

  it.each(issuerCodes)('%s: what was surely not sent goes to people at once', (code) => {
    expect(next(code, [], 0, manual)).toBe('manual: mode_manual');
    expect(next(code, [cancel('retry', 0)], 0, manual)).toBe('manual: mode_manual');
    expect(next(code, [cancel('retry', 0), query('not-cancelled', 1)], 1, manual)).toBe('manual: mode_manual');
  });

  it.each(issuerCodes)('%s: what was surely not sent goes to people although its circuit is open', (code) => {
    expect(next(code, [cancel('retry', 0)], 0, { ...manual, isCircuitOpen: true })).toBe('manual: mode_manual');
  });

  it.each(issuerCodes)('%s: a proof and a refusal that stands count as ever', (code) => {
    expect(next(code, [cancel('cancelled', 0)], 0, manual)).toBe('cancelled by answer');
    const refusal = cancel('refused', 0, 0, refused('explicit', 'already_printed'));
    expect(next(code, [refusal], 0, manual)).toBe('manual: already_printed');
  });

  it.each(['qitech', 'vault'] as const)('%s: what may have been done is still queried', (code) => {
    expect(next(code, [cancel('unknown', 0, 10)], 10, manual)).toBe('query at 10, not before 10 or in the budget');
  });

  it('a task under way is still waited for and queried', () => {
    const task = [cancel('pending', 0, 1, { taskId: 't' })];

    expect(next('artha', task, 1, manual)).toBe('wait until 11');
    expect(next('artha', task, 1, { ...manual, canQuery: true })).toBe('query at 901, not before 901 or in the budget');
  });

  it('no cancel is sent again, whatever the issuer’s rule and the queries allow', () => {
    const stillActive = [cancel('unknown', 0, 15), query('not-cancelled', 26, 27)];

    expect(next('qitech', stillActive, 27)).toMatch(/^send/);
    expect(next('qitech', stillActive, 27, manual)).toBe('query at 57, not before 37 or in the budget');
    expect(next('corecard', [cancel('unknown', 0, 15)], 15)).toMatch(/^send/);
    expect(next('corecard', [cancel('unknown', 0, 15)], 15, manual)).toBe('wait until 25');
  });

  it('people get it ten minutes after the last attempt where nothing can tell what became of it', () => {
    expect(next('corecard', [cancel('unknown', 0, 15)], 614, manual)).toBe('wait until 615');
    expect(next('corecard', [cancel('unknown', 0, 15)], 615, manual)).toBe('manual: no_answer');
  });

  it('it is not given up early while its circuit is open', () => {
    const open = { ...manual, isCircuitOpen: true };

    expect(next('corecard', [cancel('unknown', 0, 15)], 615, open)).toBe('wait until 1215');
  });

  it('it is looked at once more before it is given up', () => {
    const end = 20 * 3_600;
    const done = [cancel('unknown', 0, 15), query('unknown', end - 100)];

    expect(next('qitech', done, end, manual)).toBe(`query at ${end}, not before ${end} or in the budget`);
    expect(next('qitech', [...done, query('unknown', end, end + 1)], end + 1, manual)).toBe('manual: no_answer');
  });
});

describe('in mode dry-run', () => {
  it.each(issuerCodes)('%s: what was surely not sent goes to people at once, with a reason of its own', (code) => {
    expect(next(code, [], 0, { mode: 'dry-run' })).toBe('manual: dry_run');
    expect(next(code, [cancel('retry', 0)], 0, { mode: 'dry-run' })).toBe('manual: dry_run');
  });
});

describe('while the circuit is open', () => {
  const open = { isCircuitOpen: true } as const;

  it.each(issuerCodes)('%s: what was never sent waits, and does not go to people', (code) => {
    expect(next(code, [], 0, open)).toBe('wait until 10');
    expect(next(code, [cancel('retry', 0)], 5, open)).toBe('wait until 15');
  });

  it.each(issuerCodes)('%s: after it, what was held back is done at once', (code) => {
    const done = [cancel('retry', 0)];

    expect(next(code, done, 900, open)).toMatch(/^wait/);
    expect(next(code, done, 900)).toBe('send at 10, not before 0.2 or in the budget');
  });
});

describe.each<[string, Partial<Rules>]>([
  ['paused', { mode: 'paused' }],
  ['in mode dry-run', { mode: 'dry-run' }],
  ['behind an open circuit', { isCircuitOpen: true }],
  ['in mode manual behind an open circuit', { mode: 'manual', isCircuitOpen: true }],
])('what may have been done at an issuer that is %s', (_, held) => {
  it.each(issuerCodes)('%s: is neither sent nor queried', (code) => {
    const done = [cancel('unknown', 0, 5)];

    expect(next(code, done, 5, held)).toBe('wait until 15');
    expect(next(code, done, 900, held)).toBe('wait until 2100');
  });

  it.each(issuerCodes)('%s: is not given up after ten minutes, although nothing can tell for now', (code) => {
    const deaf = { ...held, canQuery: false, callback: 'none' } as const;
    const unknowns = [0, 100, 200].map((when) => cancel('unknown', when));

    expect(next(code, unknowns, 1_000, deaf)).toMatch(/^wait until/);
  });

  it.each(issuerCodes)('%s: goes to people at the give-up time, without a last look', (code) => {
    const end = issuers[code].giveUpHours * 3_600;
    const done = [cancel('unknown', 0, 5)];

    expect(next(code, done, end - 1, held)).toBe(`wait until ${end}`);
    expect(next(code, done, end, held)).toBe('manual: no_answer');
  });
});

describe('CoreCard', () => {
  it('is sent a cancel again after an unknown: by the schedule, or when VTEX asks again, but not in the same budget', () => {
    expect(next('corecard', [cancel('unknown', 0, 15)], 15)).toBe('send at 25, not before 25 or in the budget');
    expect(next('corecard', [cancel('unknown', 0, 15), cancel('unknown', 25, 40)], 40)).toBe(
      'send at 70, not before 50 or in the budget',
    );
  });

  it('is sent again at once what surely was not sent after an unknown', () => {
    const done = [cancel('unknown', 0, 15), cancel('retry', 25)];

    expect(next('corecard', done, 25)).toBe('send at 55, not before 25.2 or in the budget');
  });

  it('is sent again what surely was not sent, which does not count among the three that ended unknown', () => {
    const done = [cancel('unknown', 0, 15), cancel('retry', 25), cancel('retry', 55)];

    expect(next('corecard', done, 55)).toMatch(/^send/);
  });

  it('is still sent the next cancel after an outage of ours that was longer than ten minutes', () => {
    expect(next('corecard', [cancel('unknown', 0, 15)], 3_600)).toMatch(/^send at 25,/);
  });

  it('has its pause counted from the cancel, and not from a callback that says nothing', () => {
    const done = [cancel('unknown', 0, 15), callback('unknown', 20)];

    expect(next('corecard', done, 20)).toBe('send at 30, not before 25 or in the budget');
  });

  it('has until the give-up time after the third unknown where a callback may still tell', () => {
    const done = [cancel('unknown', 0, 15), cancel('unknown', 25, 40), cancel('unknown', 70, 85)];

    expect(next('corecard', done, 685, { callback: 'configured' })).toMatch(/^wait/);
  });

  it('is queried on, were there a query, because its rule makes nothing depend on what queries say', () => {
    const done = [...[0, 100, 200].map((when) => cancel('unknown', when)), query('not-cancelled', 250)];

    expect(next('corecard', done, 250, { canQuery: true })).toMatch(/^query/);
  });

  it('has until ten minutes after the third unknown, because nothing else can tell', () => {
    const done = [cancel('unknown', 0, 15), cancel('unknown', 25, 40), cancel('unknown', 70, 85)];

    expect(next('corecard', done, 85)).toBe('wait until 205');
    expect(next('corecard', done, 205)).toBe('wait until 685');
    expect(next('corecard', done, 684)).toBe('wait until 685');
    expect(next('corecard', done, 685)).toBe('manual: no_answer');
  });

  it('is not believed when it refuses after an unknown: that may be the echo of our own success', () => {
    const done = [cancel('unknown', 0, 15), cancel('refused', 25, 26, refused('plain'))];

    expect(next('corecard', done, 26)).toBe('wait until 56');
    expect(next('corecard', done, 625)).toBe('wait until 626');
    expect(next('corecard', done, 626)).toBe('manual: no_answer');
  });

  it('is given up after two hours', () => {
    const done = [cancel('retry', 7_190)];

    expect(next('corecard', done, 7_190)).toBe('send at 7200, not before 7190.2 or in the budget');
    expect(next('corecard', done, 7_200)).toBe('manual: no_answer');
  });
});

describe('QI Tech', () => {
  it('is queried at once after an unknown, inside the budget', () => {
    expect(next('qitech', [cancel('unknown', 0, 15)], 15)).toBe('query at 15, not before 15 or in the budget');
  });

  it('is queried at once although a callback came that says nothing', () => {
    const done = [cancel('unknown', 0, 15), callback('unknown', 20)];

    expect(next('qitech', done, 20)).toBe('query at 15, not before 15 or in the budget');
  });

  it('is believed when its query says that it cannot be cancelled, whatever a callback adds', () => {
    const blocked = query('refused', 16, 17, { reason: 'instrument_not_active' });

    expect(next('qitech', [cancel('unknown', 0, 15), blocked, callback('unknown', 20)], 20)).toBe(
      'manual: instrument_not_active',
    );
    expect(next('qitech', [cancel('unknown', 0, 15), callback('unknown', 15), blocked], 20)).toBe(
      'manual: instrument_not_active',
    );
  });

  it('is looked at before it is given up although a callback that says nothing came at the give-up time', () => {
    const end = 20 * 3_600;
    const done = [cancel('unknown', 0, 15), callback('unknown', end)];

    expect(next('qitech', done, end)).toBe(`query at ${end}, not before ${end} or in the budget`);
  });

  it('is queried again by the schedule while the answer says nothing', () => {
    const done = [cancel('unknown', 0, 15), query('unknown', 15, 16)];

    expect(next('qitech', done, 16)).toBe('query at 26, not before 26 or in the budget');
    done.push(query('unknown', 26, 27));
    expect(next('qitech', done, 27)).toBe('query at 57, not before 37 or in the budget');
  });

  it('honours the Retry-After of a query', () => {
    const done = [cancel('unknown', 0, 15), query('retry', 15, 15, { retryAt: at(315) })];

    expect(next('qitech', done, 15)).toBe('query at 315, not before 315 or in the budget');
  });

  it('is not sent a cancel because of a query that came too early to mean anything', () => {
    const done = [cancel('unknown', 0, 15), query('not-cancelled', 15, 16)];

    expect(next('qitech', done, 16)).toBe('query at 26, not before 26 or in the budget');
  });

  it('is sent the cancel again at once after a query that shows the instrument still active, outside the budget', () => {
    const done = [cancel('unknown', 0, 15), query('unknown', 15, 16), query('not-cancelled', 26, 27)];

    expect(next('qitech', done, 27)).toBe('send at 27, not before 27');
  });

  it('counts a query by when it was asked, since a slow answer may tell of an earlier state', () => {
    const done = [cancel('unknown', 0, 15), query('not-cancelled', 20, 34)];

    expect(next('qitech', done, 34)).toMatch(/^query/);
  });

  it('is asked anew after a second cancel that ended unknown', () => {
    const done = [cancel('unknown', 0, 15), query('not-cancelled', 26, 27), cancel('unknown', 27, 42)];

    expect(next('qitech', done, 42)).toBe('query at 42, not before 42 or in the budget');
  });

  it('says what "not active" means only by a query', () => {
    const notActive = cancel('refused', 0, 1, refused('query-first', 'instrument_not_active'));

    expect(next('qitech', [notActive], 1)).toBe('query at 1, not before 1 or in the budget');
    expect(next('qitech', [notActive, query('already-cancelled', 1)], 1)).toBe('cancelled by query');
    const blocked = query('refused', 1, 2, { reason: 'instrument_not_active' });
    expect(next('qitech', [notActive, blocked], 2)).toBe('manual: instrument_not_active');
    expect(next('qitech', [notActive, query('unknown', 1, 2)], 2)).toBe('query at 12, not before 12 or in the budget');
  });

  it('leaves "not active" unknown where the query is switched off', () => {
    const done = [cancel('refused', 0, 1, refused('query-first', 'instrument_not_active'))];

    expect(next('qitech', done, 1, { canQuery: false })).toBe('wait until 11');
    expect(next('qitech', done, 601, { canQuery: false })).toBe('manual: no_answer');
  });

  it('queries after an unmapped refusal, and takes it as final where there is no query', () => {
    const done = [cancel('refused', 0, 1, refused('query-if-possible'))];

    expect(next('qitech', done, 1)).toBe('query at 1, not before 1 or in the budget');
    expect(next('qitech', [...done, query('not-cancelled', 1, 2)], 2)).toBe('manual: refused_by_issuer');
    expect(next('qitech', done, 1, { canQuery: false })).toBe('manual: refused_by_issuer');
  });

  it('is out of sends when three were carried out by none of the queries', () => {
    const done = [0, 100, 200].flatMap((when) => [
      cancel('unknown', when, when + 1, { httpStatus: 500 }),
      query('not-cancelled', when + 20),
    ]);

    expect(next('qitech', done, 220)).toBe('manual: no_answer');
  });

  it('names the refusal as the reason when the three were turned away with one', () => {
    const done = [0, 100, 200].flatMap((when) => [
      cancel('unknown', when, when + 1, { httpStatus: 400, issuerCode: 'CIN000100' }),
      query('not-cancelled', when + 20),
    ]);

    expect(next('qitech', done, 220)).toBe('manual: refused_by_issuer');
  });

  it('is looked at once more before it is given up', () => {
    const end = 20 * 3_600;
    const done = [cancel('unknown', 0, 15), query('unknown', end - 100)];

    expect(next('qitech', done, end - 99)).toBe(`query at ${end}, not before ${end - 90} or in the budget`);
    expect(next('qitech', done, end)).toBe(`query at ${end}, not before ${end} or in the budget`);
    expect(next('qitech', [...done, query('unknown', end, end + 1)], end + 1)).toBe('manual: no_answer');
    expect(next('qitech', [...done, query('not-cancelled', end, end + 1)], end + 1)).toBe('manual: no_answer');
    expect(next('qitech', [...done, query('cancelled', end, end + 1)], end + 1)).toBe('cancelled by query');
  });
});

describe('Artha', () => {
  it('is left alone while a task runs: its callback tells', () => {
    const done = [cancel('pending', 0, 1, { taskId: 't' })];

    expect(next('artha', done, 1)).toBe('wait until 11');
    expect(next('artha', done, 7_200)).toBe('wait until 10800');
    expect(next('artha', done, 20 * 3_600)).toBe('manual: no_answer');
  });

  it('is believed when its callback says that the task failed', () => {
    const done = [cancel('pending', 0, 1, { taskId: 't' }), callback('refused', 30, refused('explicit'))];

    expect(next('artha', done, 30)).toBe('manual: refused_by_issuer');
  });

  it('waits on where a callback says nothing that we know', () => {
    expect(next('artha', [cancel('pending', 0, 1, { taskId: 't' }), callback('unknown', 30)], 30)).toBe(
      'wait until 60',
    );
  });

  it('waits on for longer than ten minutes where a callback said nothing that we know, because another may come', () => {
    const done = [cancel('pending', 0, 1, { taskId: 't' }), callback('unknown', 30)];

    expect(next('artha', done, 700)).toMatch(/^wait/);
  });

  it('has ten minutes where neither callback nor query is set up', () => {
    const deaf = { callback: 'none' } as const;
    const done = [cancel('pending', 0, 1, { taskId: 't' })];

    expect(next('artha', done, 600, deaf)).toBe('wait until 601');
    expect(next('artha', done, 601, deaf)).toBe('manual: no_answer');
  });

  it('has ten minutes after an unknown, because without a task no callback can be matched', () => {
    expect(next('artha', [cancel('unknown', 0, 10)], 609)).toBe('wait until 610');
    expect(next('artha', [cancel('unknown', 0, 10)], 610)).toBe('manual: no_answer');
  });

  it('has its state queried, where that is switched on, 15 minutes after it took the task', () => {
    const on = { canQuery: true };
    const done = [cancel('pending', 0, 1, { taskId: 't' })];

    expect(next('artha', done, 1, on)).toBe('query at 901, not before 901 or in the budget');
    done.push(query('pending', 901));
    expect(next('artha', done, 901, on)).toBe('query at 2101, not before 911 or in the budget');
    done.push(query('unknown', 950, 951)); // because VTEX asked
    expect(next('artha', done, 951, on)).toBe('query at 2151, not before 961 or in the budget');
  });

  it('is sent a cancel again only after a query shows the card neither cancelled nor pending', () => {
    const on = { canQuery: true };
    const unknown = cancel('unknown', 0, 10);

    expect(next('artha', [unknown], 10, on)).toBe('query at 10, not before 10 or in the budget');
    expect(next('artha', [unknown, query('not-cancelled', 25, 26)], 26, on)).toBe('send at 26, not before 26');
    expect(next('artha', [unknown, query('pending', 25, 26)], 26, on)).toMatch(/^query/);
    expect(next('artha', [unknown, query('unknown', 25, 26)], 26, on)).toMatch(/^query/);
  });

  it('is not sent again because of a query that says "not cancelled" after one that said "pending"', () => {
    const done = [cancel('unknown', 0, 10), query('pending', 25), query('not-cancelled', 60)];

    expect(next('artha', done, 60, { canQuery: true })).toMatch(/^query/);
  });

  it('is not out of sends while a query has said "pending": what it works on may still succeed', () => {
    const done = [0, 100, 200].flatMap((when) => [cancel('unknown', when, when + 1), query('pending', when + 20)]);

    expect(next('artha', [...done, query('not-cancelled', 300)], 300, { canQuery: true })).toMatch(/^query/);
  });

  it('is not given up on while a late answer says that it took an earlier cancel on', () => {
    const done = [
      cancel('pending', 0, 60, { taskId: 't' }), // taken over as unknown, answered after the second cancel was sent
      query('not-cancelled', 25),
      cancel('refused', 26, 27, refused('plain')),
    ];

    expect(next('artha', done, 60)).toBe('wait until 70');
  });
});

describe('Vault', () => {
  const quietS = 30; // three times its time-out of 10 s
  const unknown = cancel('unknown', 0, 10);

  it('is queried at once after an unknown, and not sent a cancel after one query', () => {
    expect(next('vault', [unknown], 10)).toBe('query at 10, not before 10 or in the budget');
    const done = [unknown, query('not-cancelled', 10 + quietS)];
    expect(next('vault', done, 10 + quietS)).toMatch(/^query/);
  });

  it('is sent a second cancel at once after the second query, but never inside the answer budget', () => {
    const done = [unknown, query('not-cancelled', 10, 11), query('not-cancelled', 10 + quietS, 11 + quietS)];

    expect(next('vault', done, 11 + quietS)).toBe('send at 41, not before 41');
  });

  it('is queried a third time where the second query came before the quiet time was over', () => {
    const done = [unknown, query('not-cancelled', 10), query('not-cancelled', 9 + quietS)];

    expect(next('vault', done, 9 + quietS)).toBe('query at 69, not before 49 or in the budget');
  });

  it('is sent no cancel unless the last two queries agree', () => {
    const late = 10 + quietS;
    const between = [query('not-cancelled', late), query('unknown', late + 20), query('not-cancelled', late + 40)];

    expect(next('vault', [unknown, ...between], late + 40)).toMatch(/^query/);
    expect(next('vault', [unknown, ...between, query('not-cancelled', late + 60)], late + 60)).toMatch(/^send/);
  });

  it('has the quiet time counted with its own time-out, and never shorter than ten seconds', () => {
    const done = [unknown, query('not-cancelled', 10), query('not-cancelled', 21)];

    expect(next('vault', done, 21, { timeoutMs: 300 })).toMatch(/^send/);
    expect(next('vault', done, 21, { timeoutMs: 4_000 })).toMatch(/^query/);
    const early = [unknown, query('not-cancelled', 10), query('not-cancelled', 19.9)];
    expect(next('vault', early, 20, { timeoutMs: 300 })).toMatch(/^query/);
  });

  it('has the quiet time counted from the end of every unknown cancel, also of one whose answer came late', () => {
    const done = [
      cancel('unknown', 0, 95), // its answer came while the second cancel was asked
      query('not-cancelled', 20),
      query('not-cancelled', 50),
      cancel('unknown', 51, 55),
      query('not-cancelled', 60),
      query('not-cancelled', 100),
    ];

    expect(next('vault', done, 100)).toMatch(/^query/);
  });

  it('is sent the second cancel again outside the budget too, after it surely was not sent', () => {
    const done = [unknown, query('not-cancelled', 10), query('not-cancelled', 40), cancel('retry', 41)];

    expect(next('vault', done, 41)).toBe('send at 71, not before 41.2');
  });

  it('is asked twice anew after the second cancel ended unknown', () => {
    const done = [unknown, query('not-cancelled', 10), query('not-cancelled', 40), cancel('unknown', 41, 51)];

    expect(next('vault', done, 51)).toBe('query at 51, not before 51 or in the budget');
    expect(next('vault', [...done, query('not-cancelled', 90)], 90)).toMatch(/^query/);
  });

  it('ends with a person where the card was issued, also after an unknown', () => {
    const issued = query('refused', 11, 12, { reason: 'refused_by_issuer' });

    expect(next('vault', [unknown, issued], 12)).toBe('manual: refused_by_issuer');
  });

  it('is not sent a second cancel where its query is switched off', () => {
    expect(next('vault', [unknown], 10, { canQuery: false })).toBe('wait until 20');
    expect(next('vault', [unknown], 610, { canQuery: false })).toBe('manual: no_answer');
  });
});

describe('for any history and any rules', () => {
  const resendRule: fc.Arbitrary<ResendRule> = fc.oneof(
    fc.constant({ kind: 'allowed' } as const),
    fc
      .record({ queries: fc.integer({ min: 1, max: 3 }), quiet: fc.integer({ min: 0, max: 60 }), inside: fc.boolean() })
      .map(({ queries, quiet, inside }) => ({
        kind: 'after-queries' as const,
        queries,
        quietMs: (timeoutMs: number) => Math.max(quiet * SECOND, 3 * timeoutMs),
        insideBudget: inside,
      })),
    ...issuerCodes.map((code) => fc.constant<ResendRule>(issuers[code].resendAfterUnknown)),
  );

  const anyRules: fc.Arbitrary<Rules> = fc.record({
    mode: fc.constant('live'), // the others have properties of their own
    isCircuitOpen: fc.constant(false),
    canQuery: fc.boolean(),
    callback: fc.constantFrom('configured', 'with-task', 'none'),
    pendingQuietMs: fc.integer({ min: 0, max: 15 * MINUTE }),
    resend: resendRule,
    timeoutMs: fc.integer({ min: 100, max: 25_000 }),
    giveUpMs: fc.integer({ min: 0, max: 20 * HOUR }),
  });

  const outcomesOf = {
    cancel: ['cancelled', 'already-cancelled', 'pending', 'refused', 'retry', 'unknown'],
    query: ['cancelled', 'already-cancelled', 'not-cancelled', 'pending', 'refused', 'retry', 'unknown'],
    callback: ['cancelled', 'already-cancelled', 'refused', 'unknown'],
  } as const;

  /** Proofs are rare here, so that most histories say something about what comes without one. */
  const anyDone = fc
    .record({
      kind: fc.constantFrom<Attempt['kind'][]>('cancel', 'cancel', 'query', 'query', 'query', 'callback'),
      pick: fc.integer({ min: 0, max: 99 }),
      gapMs: fc.oneof(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 0, max: 2 * HOUR })),
      tookMs: fc.integer({ min: 0, max: 25_000 }),
      // Its answer came after its lease had been taken over.
      lateMs: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 10 * MINUTE })),
      certainty: fc.constantFrom<NonNullable<Attempt['certainty']>[]>(
        'explicit',
        'plain',
        'query-if-possible',
        'query-first',
      ),
      retryWhen: fc.constantFrom<NonNullable<Attempt['retryWhen']>[]>('at-once', 'later'),
      retryAfterMs: fc.option(fc.integer({ min: 0, max: 10 * MINUTE })),
      httpStatus: fc.option(fc.constantFrom(200, 400, 404, 429, 500)),
    })
    .map(({ kind, pick, ...rest }) => {
      const outcomes = outcomesOf[kind];
      const withoutProof = outcomes.filter((outcome) => !isProof(outcome));
      const list = pick === 0 ? outcomes : withoutProof;
      return { kind, outcome: list[pick % list.length] ?? 'unknown', ...rest };
    });

  const anyHistory: fc.Arbitrary<History> = fc.array(anyDone, { maxLength: 9 }).map((done) => {
    let now = CLAIMED_AT;
    const attempts = done.map((one, index): Attempt => {
      const startedAt = now + one.gapMs;
      const endedAt = startedAt + one.tookMs + one.lateMs;
      now = startedAt + one.tookMs;
      return {
        attemptNo: index + 1,
        kind: one.kind,
        outcome: one.outcome,
        reason: one.outcome === 'refused' ? 'refused_by_issuer' : null,
        certainty: one.outcome === 'refused' && one.kind === 'cancel' ? one.certainty : null,
        retryWhen: one.outcome === 'retry' ? one.retryWhen : null,
        retryAt: one.outcome === 'retry' && one.retryAfterMs !== null ? new Date(endedAt + one.retryAfterMs) : null,
        taskId: one.outcome === 'pending' && one.kind === 'cancel' ? `task-${index}` : null,
        httpStatus: one.httpStatus,
        issuerCode: null,
        startedAt: new Date(startedAt),
        endedAt: new Date(endedAt),
      };
    });
    return { claimedAt: new Date(CLAIMED_AT), attempts };
  });

  interface Case {
    readonly history: History;
    readonly rules: Rules;
    readonly now: Date;
  }

  const anyCase: fc.Arbitrary<Case> = fc
    .record({
      history: anyHistory,
      rules: anyRules,
      afterMs: fc.integer({ min: 0, max: 22 * HOUR }),
      soon: fc.boolean(),
    })
    .map(({ history: known, rules, afterMs, soon }) => {
      const end = Math.max(CLAIMED_AT, ...known.attempts.map(endOf));
      return { history: known, rules, now: new Date(end + (soon ? afterMs % (5 * MINUTE) : afterMs)) };
    });

  const endOf = (attempt: Attempt) => (attempt.endedAt ?? attempt.startedAt).getTime();
  const isUnknownCancel = ({ kind, outcome }: Attempt) => kind === 'cancel' && outcome === 'unknown';
  const decide = ({ history: known, rules, now }: Case) => nextStep(known, rules, now);
  const giveUpAt = ({ rules }: Case) => CLAIMED_AT + rules.giveUpMs;

  const holds = (property: (given: Case, step: Step) => void, cases: fc.Arbitrary<Case> = anyCase) =>
    fc.assert(
      fc.property(cases, (given) => property(given, decide(given))),
      { numRuns: RUNS },
    );

  it('there is a step, always the same one, whatever order the questions come in', () => {
    holds((given, step) => {
      expect(['cancelled', 'manual', 'send', 'query', 'wait']).toContain(step.kind);
      expect(decide(given)).toEqual(step);
    });
  });

  it('it is cancelled if and only if some attempt is a proof', () => {
    holds(({ history: { attempts } }, step) => {
      expect(step.kind === 'cancelled').toBe(attempts.some(({ outcome }) => isProof(outcome)));
    });
  });

  it('nothing is sent after any pending', () => {
    holds(({ history: { attempts } }, step) => {
      if (attempts.some(({ outcome }) => outcome === 'pending')) expect(step.kind).not.toBe('send');
    });
  });

  it('nothing is sent after three cancels that ended unknown', () => {
    holds(({ history: { attempts } }, step) => {
      if (attempts.filter(isUnknownCancel).length >= 3) expect(step.kind).not.toBe('send');
    });
  });

  it('nothing is sent after an unknown cancel where queries must allow it, unless the last of them do', () => {
    holds(({ history: { attempts }, rules }, step) => {
      if (step.kind !== 'send' || rules.resend.kind !== 'after-queries') return;
      for (const doubtful of attempts.filter(isUnknownCancel)) {
        const after = attempts.filter(({ kind, attemptNo }) => kind === 'query' && attemptNo > doubtful.attemptNo);
        const last = after.slice(-rules.resend.queries);
        expect(last).toHaveLength(rules.resend.queries);
        expect(last.map(({ outcome }) => outcome)).toEqual(last.map(() => 'not-cancelled'));
        const quietMs = (last.at(-1)?.endedAt?.getTime() ?? 0) - endOf(doubtful);
        expect(quietMs).toBeGreaterThanOrEqual(rules.resend.quietMs(rules.timeoutMs));
        expect(step.insideBudget).toBe(rules.resend.insideBudget);
      }
    });
  });

  it('nothing is sent after a refusal', () => {
    holds(({ history: { attempts } }, step) => {
      if (attempts.findLast(({ kind }) => kind === 'cancel')?.outcome === 'refused') expect(step.kind).not.toBe('send');
    });
  });

  it.each<[string, Partial<Rules>]>([
    ['while the issuer is paused', { mode: 'paused' }],
    ['in mode dry-run', { mode: 'dry-run' }],
    ['while the circuit is open', { isCircuitOpen: true }],
  ])('nothing is asked or sent %s, and nothing untold given up early', (_, held) => {
    holds(
      (given, step) => {
        expect(['cancelled', 'manual', 'wait']).toContain(step.kind);
        const { attempts } = given.history;
        const isTold = attempts.some(({ outcome }) => outcome === 'refused' || outcome === 'not-cancelled');
        const isDryRun = step.kind === 'manual' && step.reason === 'dry_run';
        if (step.kind !== 'manual' || isTold || isDryRun) return;
        expect(given.now.getTime()).toBeGreaterThanOrEqual(giveUpAt(given));
      },
      anyCase.map((given) => ({ ...given, rules: { ...given.rules, ...held } })),
    );
  });

  it.each(['manual', 'dry-run'] as const)(
    'nothing is sent in mode %s, and people get at once exactly what cannot have been done',
    (mode) => {
      const reasonOf = { manual: 'mode_manual', 'dry-run': 'dry_run' } as const;

      holds(
        ({ history: { attempts } }, step) => {
          expect(step.kind).not.toBe('send');
          const isSafe = attempts.every(
            ({ kind, outcome }) =>
              outcome === 'retry' || (kind !== 'cancel' && outcome !== 'pending' && outcome !== 'refused'),
          );
          if (isSafe && step.kind !== 'cancelled') expect(step).toEqual({ kind: 'manual', reason: reasonOf[mode] });
          const isDoubtful = attempts.some(
            ({ outcome, kind }) => outcome === 'pending' || (kind === 'cancel' && outcome === 'unknown'),
          );
          if (isDoubtful) expect(step).not.toEqual({ kind: 'manual', reason: reasonOf[mode] });
        },
        anyCase.map((given) => ({ ...given, rules: { ...given.rules, mode } })),
      );
    },
  );

  it('no query is asked where there is none, and none is repeated within ten seconds before the give-up time', () => {
    holds((given, step) => {
      if (step.kind !== 'query') return;
      expect(given.rules.canQuery).toBe(true);
      const last = given.history.attempts.at(-1);
      if (given.now.getTime() >= giveUpAt(given) || last?.kind !== 'query') return;
      expect(step.notBefore.getTime()).toBeGreaterThanOrEqual(endOf(last) + 10 * SECOND);
      if (last.retryAt) expect(step.notBefore.getTime()).toBeGreaterThanOrEqual(last.retryAt.getTime());
    });
  });

  it('a cancel is not sent before the time that the issuer wished for', () => {
    holds(({ history: { attempts } }, step) => {
      const last = attempts.findLast(({ kind }) => kind === 'cancel');
      if (step.kind !== 'send' || last?.outcome !== 'retry') return;
      expect(step.notBefore.getTime()).toBeGreaterThan(endOf(last));
      if (last.retryAt) expect(step.notBefore.getTime()).toBeGreaterThanOrEqual(last.retryAt.getTime());
    });
  });

  it('a person is asked only on a refusal, when no cancel is left to send, or when it is given up', () => {
    holds((given, step) => {
      if (step.kind !== 'manual') return;
      const { attempts } = given.history;
      const isRefused = attempts.some(({ outcome }) => outcome === 'refused');
      const isOutOfSends =
        given.rules.resend.kind === 'after-queries' &&
        attempts.filter(isUnknownCancel).length >= 3 &&
        attempts.findLast(({ kind }) => kind === 'query')?.outcome === 'not-cancelled';
      const last = attempts.at(-1);
      const isHopeless =
        last !== undefined && !given.rules.canQuery && given.now.getTime() >= endOf(last) + 10 * MINUTE;
      const isGivenUp = given.now.getTime() >= giveUpAt(given);
      expect(isRefused || isOutOfSends || isHopeless || isGivenUp).toBe(true);
      if (!isRefused && !isOutOfSends) expect(step.reason).toBe('no_answer');
    });
  });

  it('a plain refusal alone never outweighs what an earlier cancel may have done', () => {
    holds((given, step) => {
      if (step.kind !== 'manual' || step.reason === 'no_answer') return;
      const { attempts } = given.history;
      const cancels = attempts.filter(({ kind }) => kind === 'cancel');
      const isDoubtful = cancels.slice(0, -1).some(({ outcome }) => outcome === 'unknown' || outcome === 'pending');
      const isExplicit = cancels.at(-1)?.certainty === 'explicit';
      const isTold = attempts.some(
        ({ kind, outcome }) => kind !== 'cancel' && (outcome === 'refused' || outcome === 'not-cancelled'),
      );
      expect(!isDoubtful || isExplicit || isTold).toBe(true);
    });
  });

  it('each step is due at or after its earliest time, and by the give-up time', () => {
    holds((given, step) => {
      if (!('dueAt' in step)) return;
      expect(step.dueAt.getTime()).toBeLessThanOrEqual(giveUpAt(given));
      if (!('notBefore' in step) || step.dueAt.getTime() >= giveUpAt(given)) return;
      const isBounded = step.dueAt.getTime() >= step.notBefore.getTime();
      // A hopeless one is cut off earlier than the clock alone says.
      const last = given.history.attempts.at(-1);
      expect(isBounded || step.dueAt.getTime() === (last ? endOf(last) : 0) + 10 * MINUTE).toBe(true);
    });
  });

  it('a wait lies ahead, so that looking again never becomes a spin', () => {
    holds(({ now }, step) => {
      if (step.kind === 'wait') expect(step.dueAt.getTime()).toBeGreaterThan(now.getTime());
    });
  });

  it('once it is a person’s, no time that passes changes that', () => {
    fc.assert(
      fc.property(anyCase, fc.integer({ min: 0, max: 100 * HOUR }), (given, passedMs) => {
        fc.pre(decide(given).kind === 'manual');

        const afterwards = decide({ ...given, now: new Date(given.now.getTime() + passedMs) });

        expect(afterwards.kind).toBe('manual');
      }),
      { numRuns: RUNS },
    );
  });
});

describe('a whole life', () => {
  /** What the issuer does with one cancel: what it answers, after how long, and when it carries the cancel out. */
  interface Treatment {
    readonly outcome: 'proof' | 'pending' | 'refused' | 'retry' | 'unknown';
    readonly tookMs: number;
    /** Milliseconds after the answer, or after we hung up; null: it never does. */
    readonly effectAfterMs: number | null;
    readonly certainty: NonNullable<Attempt['certainty']>;
    readonly retryWhen: NonNullable<Attempt['retryWhen']>;
    readonly retryAfterMs: number | null;
    /** When the callback about a task comes; null: never. */
    readonly callbackAfterMs: number | null;
  }

  interface Script {
    readonly cancels: readonly Treatment[];
    /** How each query ends; `state` tells the truth. The last one stays. */
    readonly queries: readonly ('state' | 'unknown' | 'retry')[];
    /** When VTEX asks again, in milliseconds after the claim. */
    readonly requests: readonly number[];
  }

  interface Life {
    readonly end: Extract<Step, { kind: 'cancelled' | 'manual' }>;
    readonly endedAt: number;
    readonly attempts: readonly Attempt[];
    /** When the issuer carried a cancel out; at most issuers a second time does no harm, at Vault it pays again. */
    readonly effects: readonly number[];
    readonly looks: number;
  }

  /** The answer budget, and the longest pause inside of it. */
  const BUDGET_MS = 15 * SECOND;
  const PAUSE_MS = 3 * SECOND;

  /** Loops `nextStep` as the service does: the follow-up at its times, VTEX's requests in between, callbacks as they come. */
  function live(script: Script, rules: Rules): Life {
    const attempts: Attempt[] = [];
    const effects: number[] = [];
    const callbacks: { readonly when: number; readonly isDone: boolean }[] = [];
    const requests = [...script.requests].sort((a, b) => a - b).map((when) => CLAIMED_AT + when);
    let nextCheckAt = CLAIMED_AT;
    let now = CLAIMED_AT;
    let sent = 0;
    let asked = 0;

    const step = () => nextStep({ claimedAt: at(0), attempts }, rules, new Date(now));
    const note = (attempt: Partial<Attempt> & Pick<Attempt, 'kind' | 'outcome'>, tookMs: number) => {
      const startedAt = new Date(now);
      now += tookMs;
      attempts.push({
        ...blankAttempt,
        attemptNo: attempts.length + 1,
        reason: attempt.outcome === 'refused' ? 'refused_by_issuer' : null,
        startedAt,
        endedAt: new Date(now),
        ...attempt,
      });
    };
    const isDone = () => effects.some((when) => when <= now);

    function send(): void {
      const treatment = script.cancels[Math.min(sent, script.cancels.length - 1)];
      if (!treatment) throw new Error('the script treats no cancel');
      sent += 1;
      const { tookMs, effectAfterMs, outcome, retryWhen, retryAfterMs, certainty, callbackAfterMs } = treatment;
      const endsAt = now + tookMs;
      const mayWork = outcome === 'unknown' || outcome === 'pending';
      if (outcome === 'proof') effects.push(now);
      if (mayWork && effectAfterMs !== null) effects.push(endsAt + effectAfterMs);
      if (outcome === 'pending' && callbackAfterMs !== null) {
        const effectAt = effectAfterMs === null ? null : endsAt + effectAfterMs;
        callbacks.push({ when: Math.max(effectAt ?? 0, endsAt + callbackAfterMs), isDone: effectAt !== null });
      }
      note(
        {
          kind: 'cancel',
          outcome: outcome === 'proof' ? 'cancelled' : outcome,
          ...(outcome === 'refused' ? { certainty } : {}),
          ...(outcome === 'retry' ? { retryWhen } : {}),
          ...(outcome === 'retry' && retryAfterMs !== null ? { retryAt: new Date(endsAt + retryAfterMs) } : {}),
          ...(outcome === 'pending' ? { taskId: `task-${sent}` } : {}),
        },
        tookMs,
      );
    }

    function ask(): void {
      const how = script.queries[Math.min(asked, script.queries.length - 1)] ?? 'unknown';
      asked += 1;
      const isWorking = attempts.some(({ outcome }) => outcome === 'pending');
      const state = isDone() ? 'cancelled' : isWorking ? 'pending' : 'not-cancelled';
      const retryWhen = how === 'retry' ? ('at-once' as const) : null;
      note({ kind: 'query', outcome: how === 'state' ? state : how, retryWhen }, 200);
    }

    /** Records an outcome, or that time passed: what the service does in one transaction. */
    function decided(): Step {
      const decision = step();
      if ('dueAt' in decision) nextCheckAt = decision.dueAt.getTime();
      return decision;
    }

    function carryOn(pace: { readonly deadline: number } | null): Step {
      for (;;) {
        const decision = step();
        if (decision.kind === 'cancelled' || decision.kind === 'manual') return decision;
        if (decision.kind === 'wait') return nextCheckAt <= now ? decided() : decision;
        if (pace === null && decision.dueAt.getTime() > now) return decided();
        if (pace !== null) {
          const pauseMs = Math.max(decision.notBefore.getTime() - now, 0);
          if (!decision.insideBudget || pauseMs > PAUSE_MS || now + pauseMs >= pace.deadline) {
            return nextCheckAt <= now ? decided() : decision;
          }
          now += pauseMs;
        }
        if (decision.kind === 'send') send();
        else ask();
        if (attempts.length > 500) throw new Error(`It spins: ${words(decision)}`);
        const after = decided();
        if (after.kind === 'cancelled' || after.kind === 'manual') return after;
      }
    }

    send();
    decided();
    let current = carryOn({ deadline: CLAIMED_AT + BUDGET_MS });
    for (let looks = 1; ; looks += 1) {
      if (current.kind === 'cancelled' || current.kind === 'manual') {
        return { end: current, endedAt: now, attempts, effects, looks };
      }
      if (looks > 500) throw new Error(`It never ends: ${words(current)}`);
      const callbackAt = Math.min(...callbacks.map(({ when }) => when));
      const requestAt = requests[0] ?? Infinity;
      if (callbackAt <= Math.min(nextCheckAt, requestAt)) {
        now = Math.max(now, callbackAt);
        const [told] = callbacks.splice(
          callbacks.findIndex(({ when }) => when === callbackAt),
          1,
        );
        note({ kind: 'callback', outcome: told?.isDone ? 'cancelled' : 'refused', certainty: 'explicit' }, 0);
        current = decided();
        if (current.kind !== 'cancelled' && current.kind !== 'manual') current = carryOn(null);
        continue;
      }
      if (requestAt < nextCheckAt) {
        requests.shift();
        now = Math.max(now, requestAt);
        current = carryOn({ deadline: now + BUDGET_MS });
        continue;
      }
      now = Math.max(now, nextCheckAt);
      current = carryOn(null);
    }
  }

  const always = (outcome: Treatment['outcome'], tookMs: number, more: Partial<Treatment> = {}): Treatment => ({
    outcome,
    tookMs,
    effectAfterMs: null,
    certainty: 'plain',
    retryWhen: 'at-once',
    retryAfterMs: null,
    callbackAfterMs: null,
    ...more,
  });

  /** `cancel 0` is a cancel that began with the claim. */
  const diary = ({ attempts, end, endedAt }: Life) => [
    ...attempts.map(({ kind, startedAt }) => `${kind} ${secondsOf(startedAt)}`),
    `${words(end)} ${(endedAt - CLAIMED_AT) / SECOND}`,
  ];

  it('at CoreCard that never answers: three cancels, then ten minutes for nothing more', () => {
    const life = live({ cancels: [always('unknown', 300)], queries: [], requests: [] }, rulesOf('corecard'));

    expect(diary(life)).toEqual(['cancel 0', 'cancel 10.3', 'cancel 40.6', 'manual: no_answer 640.9']);
  });

  it('at Vault that never answers and does nothing: each further cancel right after the second query', () => {
    const silent = { cancels: [always('unknown', 300)], queries: ['state'], requests: [] } as const;

    expect(diary(live(silent, rulesOf('vault', { timeoutMs: 300 })))).toEqual([
      'cancel 0',
      'query 0.3',
      'query 10.5',
      'cancel 10.7',
      'query 11',
      'query 41.2',
      'cancel 41.4',
      'query 41.7',
      'query 161.9',
      'manual: no_answer 162.1',
    ]);
  });

  it('at QI Tech whose cancel works only after our time-out: found by the query, without a second cancel', () => {
    const late = {
      cancels: [always('unknown', 300, { effectAfterMs: 5_000 })],
      queries: ['state'],
      requests: [],
    } as const;

    expect(diary(live(late, rulesOf('qitech')))).toEqual([
      'cancel 0',
      'query 0.3',
      'query 10.5',
      'cancelled by query 10.7',
    ]);
  });

  it('at Artha whose callback comes after half an hour: one cancel', () => {
    const task = always('pending', 300, { effectAfterMs: 1_000, callbackAfterMs: 1_800_000 });
    const life = live({ cancels: [task], queries: [], requests: [60_000, 120_000] }, rulesOf('artha'));

    expect(diary(life)).toEqual(['cancel 0', 'callback 1800.3', 'cancelled by callback 1800.3']);
  });

  it('at Artha whose callback never comes: twenty hours, with a look each hour at most', () => {
    const life = live({ cancels: [always('pending', 300)], queries: [], requests: [] }, rulesOf('artha'));

    expect(diary(life)).toEqual(['cancel 0', 'manual: no_answer 72000']);
    expect(life.looks).toBeLessThan(30);
  });

  it.each(issuerCodes)(
    'at %s where nothing listens: sent again further and further apart, to the give-up time',
    (code) => {
      const down = { cancels: [always('retry', 0)], queries: [], requests: [] };
      const life = live(down, rulesOf(code, { giveUpMs: 2 * HOUR }));

      expect(diary(life)).toEqual([
        ...['cancel 0', 'cancel 0.2', 'cancel 0.8', 'cancel 2.6', 'cancel 12.6', 'cancel 42.6', 'cancel 162.6'],
        ...['cancel 762.6', 'cancel 1962.6', 'cancel 4362.6', 'manual: no_answer 7200'],
      ]);
    },
  );

  const anyTreatment = (code: IssuerCode, rules: Rules): fc.Arbitrary<Treatment> =>
    fc.record({
      outcome: fc.constantFrom<Treatment['outcome'][]>(
        'proof',
        ...(code === 'artha' ? (['pending', 'pending'] as const) : []),
        'refused',
        'retry',
        'unknown',
        'unknown',
        'unknown',
      ),
      tookMs: fc.integer({ min: 0, max: rules.timeoutMs }),
      effectAfterMs: fc.oneof(
        fc.constant(null),
        // What still happens after we hung up has happened within the time that the rule waits for.
        fc.integer({ min: 0, max: rules.resend.kind === 'allowed' ? HOUR : rules.resend.quietMs(rules.timeoutMs) - 1 }),
      ),
      certainty: fc.constantFrom<Treatment['certainty'][]>('explicit', 'plain', 'query-if-possible', 'query-first'),
      retryWhen: fc.constantFrom<Treatment['retryWhen'][]>('at-once', 'later'),
      retryAfterMs: fc.option(fc.integer({ min: 0, max: 10 * MINUTE })),
      callbackAfterMs: fc.option(fc.integer({ min: 0, max: 3 * HOUR })),
    });

  const anyLife = (code: IssuerCode): fc.Arbitrary<{ script: Script; rules: Rules }> =>
    fc
      .record({ timeoutMs: fc.integer({ min: 300, max: 25_000 }), canQuery: fc.boolean(), hasCallback: fc.boolean() })
      .map(({ timeoutMs, canQuery, hasCallback }) =>
        rulesOf(code, {
          timeoutMs,
          canQuery: code === 'corecard' ? false : canQuery || code === 'vault',
          callback: code === 'artha' && hasCallback ? 'with-task' : 'none',
        }),
      )
      .chain((rules) =>
        fc.record({
          rules: fc.constant(rules),
          script: fc.record({
            cancels: fc.array(anyTreatment(code, rules), { minLength: 1, maxLength: 6 }),
            queries: fc.array(fc.constantFrom<Script['queries'][number][]>('state', 'state', 'unknown', 'retry'), {
              minLength: 1,
              maxLength: 6,
            }),
            requests: fc.array(fc.integer({ min: 1_000, max: 22 * HOUR }), { maxLength: 12 }),
          }),
        }),
      );

  it.each(issuerCodes)(
    'at %s ends within its bound, says the truth, and sends no more than the rules allow',
    (code) => {
      fc.assert(
        fc.property(anyLife(code), ({ script, rules }) => {
          const life = live(script, rules);

          // The last call may be under way at the give-up time, and a last check follows it.
          const boundMs = rules.giveUpMs + rules.timeoutMs + SECOND;
          expect(life.endedAt - CLAIMED_AT).toBeLessThanOrEqual(boundMs);
          expect(life.looks).toBeLessThan(80);
          const unknowns = life.attempts.filter(({ kind, outcome }) => kind === 'cancel' && outcome === 'unknown');
          expect(unknowns.length).toBeLessThanOrEqual(3);
          expect(life.attempts.length).toBeLessThan(120);
          if (life.end.kind === 'cancelled') {
            expect(life.effects.filter((when) => when <= life.endedAt)).not.toHaveLength(0);
          }
          if (rules.resend.kind === 'after-queries') expect(life.effects.length).toBeLessThanOrEqual(1);
        }),
        { numRuns: RUNS / 5 },
      );
    },
  );
});
