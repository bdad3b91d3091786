import { audit, type IssuerLog, type Logs, type VtexLogEntry } from './auditor.js';
import type { AttemptRow, CancellationRow, ManualRow } from './logs.js';

/** Seconds after the claim, in all of these logs. */
const time = (seconds: number) => new Date(Date.UTC(2030, 0, 1) + seconds * 1_000);

type Mutable<Value> = Value extends Date
  ? Date
  : Value extends object
    ? { -readonly [Name in keyof Value]: Mutable<Value[Name]> }
    : Value;
type World = Mutable<Required<Logs>>;

const key = { merchant_id: 'default', payment_id: 'P1' };
const CARD = '124125';

/** A payment that bought a card at an issuer, and everything that is empty when nothing has happened yet. */
function world(issuer = 'qitech'): World {
  return {
    vtex: [],
    issuers: [{ issuer, effects: [], requests: [], timeoutMs: 1_000, canQuery: true }],
    tables: {
      payments: [{ ...key, sandbox: false, seen_before: true }],
      issuer_references: [{ ...key, issuer, sandbox: false, identity: CARD, late: false }],
      cancellations: [],
      cancellation_requests: [],
      attempts: [],
      issuer_callbacks: [],
      manual_cancellations: [],
      notices: [],
      notice_deliveries: [],
    },
    merchants: ['default'],
    mails: [],
    output: '',
    secrets: ['a-secret-of-the-issuers'],
  };
}

const cancel = (seconds: number, status: number | null = 200): IssuerLog['requests'][number] => ({
  at: time(seconds),
  method: 'POST',
  path: `/cards/${CARD}/cancel`,
  body: '',
  status,
});

const attempt = (no: number, kind: string, outcome: string | null, [start, end]: readonly [number, number]) =>
  ({
    ...key,
    attempt_no: no,
    kind,
    outcome,
    reason: null,
    certainty: null,
    retry_when: null,
    retry_at: null,
    task_id: null,
    http_status: null,
    issuer_code: null,
    late: false,
    started_at: time(start),
    ended_at: outcome === null ? null : time(end),
  }) satisfies AttemptRow as Mutable<AttemptRow>;

const answer = (seconds: number, said: object, requestId = 'R1', status = 200): Mutable<VtexLogEntry> => ({
  sentAt: time(seconds - 0.1),
  at: time(seconds),
  paymentId: 'P1',
  requestId,
  status,
  text: JSON.stringify({ paymentId: 'P1', cancellationId: null, code: null, message: 'words', requestId, ...said }),
});

const isCancelled = { cancellationId: 'C1' };
const isManual = { code: 'cancel-manually' };
const isPending = { code: 'cancellation-pending' };

function store(logs: World, row: Partial<CancellationRow>, given: VtexLogEntry | null): void {
  logs.tables.cancellations.push({
    ...key,
    cancellation_id: 'C1',
    issuer: logs.issuers[0]?.issuer ?? null,
    state: 'cancelled',
    reason: null,
    proof: null,
    claimed_at: time(0),
    finished_at: time(2),
    ...row,
  });
  logs.tables.cancellation_requests.push({
    ...key,
    request_id: 'R1',
    partial: false,
    answer_status: given?.status ?? null,
    answer_body: given?.text ?? null,
  });
}

/** Cancelled at once, and VTEX told so. */
function cancelledWorld(issuer?: string): World {
  const logs = world(issuer);
  const given = answer(2.1, isCancelled);
  logs.issuers[0]?.effects.push({ identity: CARD, at: time(1) });
  logs.issuers[0]?.requests.push(cancel(0.5));
  logs.tables.attempts.push(attempt(1, 'cancel', 'cancelled', [0, 1.9]));
  logs.vtex.push(given);
  store(logs, { proof: 'answer' }, given);
  return logs;
}

function openManual(logs: World, reason: string, seconds: number, row: Partial<ManualRow> = {}): void {
  logs.tables.manual_cancellations.push({
    ...key,
    manual_cancellation_id: 'M1',
    kind: 'whole',
    request_id: null,
    reason,
    state: 'open',
    resolution: null,
    opened_at: time(seconds),
    ...row,
  });
  logs.tables.notices.push({
    merchant_id: 'default',
    notice_id: 'N1',
    event: 'manual_required',
    manual_cancellation_id: 'M1',
    delivered_at: time(seconds),
  });
  logs.tables.notice_deliveries.push({ merchant_id: 'default', notice_id: 'N1', message_id: 'M-1' });
  logs.mails.push({ messageId: '<M-1@vtex-card-connector>', subject: 'By hand', body: 'P1' });
}

/** Refused, given to a person, and VTEX told so. */
function refusedWorld(): World {
  const logs = world();
  const given = answer(2.1, isManual);
  logs.issuers[0]?.requests.push(cancel(0.5));
  logs.tables.attempts.push({
    ...attempt(1, 'cancel', 'refused', [0, 1.9]),
    reason: 'refused_by_issuer',
    certainty: 'plain',
  });
  logs.vtex.push(given);
  store(logs, { state: 'manual', reason: 'refused_by_issuer' }, given);
  openManual(logs, 'refused_by_issuer', 2);
  return logs;
}

/** Given up after 20 hours, of which a cancel that ended unknown was all. */
function givenUpWorld(): World {
  const logs = world();
  const end = 20 * 3_600 + 1;
  const given = answer(end + 0.1, isManual);
  logs.issuers[0]?.requests.push(cancel(0.5, null));
  logs.tables.attempts.push(
    attempt(1, 'cancel', 'unknown', [0, 1]),
    attempt(2, 'query', 'unknown', [20 * 3_600, 20 * 3_600 + 1]),
  );
  logs.vtex.push(answer(5, isPending, 'R1', 500), given);
  store(logs, { state: 'manual', reason: 'no_answer', finished_at: time(end) }, given);
  openManual(logs, 'no_answer', end);
  return logs;
}

/** Unknown first, and sent again after a query that says "not cancelled". */
function sentAgainWorld(issuer = 'qitech'): World {
  const logs = world(issuer);
  const given = answer(42, isCancelled);
  logs.issuers[0]?.requests.push(cancel(0.5, null), cancel(41));
  logs.issuers[0]?.effects.push({ identity: CARD, at: time(41) });
  logs.tables.attempts.push(
    attempt(1, 'cancel', 'unknown', [0, 1]),
    attempt(2, 'query', 'not-cancelled', [2, 3]),
    attempt(3, 'query', 'not-cancelled', [14, 15]),
    attempt(4, 'cancel', 'cancelled', [40.5, 41.5]),
  );
  logs.vtex.push(given);
  store(logs, { proof: 'answer', finished_at: time(41.5) }, given);
  return logs;
}

const only = <Row>(rows: readonly Row[]): Row => {
  const [row] = rows;
  if (!row) throw new Error('There is no row');
  return row;
};

describe('the auditor finds nothing where nothing is wrong', () => {
  it.each([
    ['cancelled at once', cancelledWorld()],
    ['refused', refusedWorld()],
    ['given up', givenUpWorld()],
    ['sent again at QI Tech', sentAgainWorld()],
    ['sent again at Vault', sentAgainWorld('vault')],
    ['sent again at CoreCard', sentAgainWorld('corecard')],
    ['linked and never cancelled', world()],
  ])('%s', (_name, logs) => {
    expect(audit(logs)).toEqual([]);
  });

  it('known, and never linked', () => {
    const logs = cancelledWorld();
    Object.assign(logs.tables, { issuer_references: [], attempts: [] });
    logs.issuers = [];

    expect(audit(logs)).toEqual([]);
  });
});

/** What breaks a promise, and what is said of it. */
const sabotages: readonly [number, string, () => World, (logs: World) => void, RegExp][] = [
  [1, 'cancelled without an effect', cancelledWorld, (logs) => (only(logs.issuers).effects = []), /nothing had been/],
  [
    1,
    'told before the effect',
    cancelledWorld,
    (logs) => (only(only(logs.issuers).effects).at = time(10)),
    /nothing had been/,
  ],
  [
    1,
    'a payment that was never seen',
    cancelledWorld,
    (logs) => (only(logs.tables.payments).seen_before = false),
    /nothing had been/,
  ],
  [
    1,
    'an id beside another code',
    cancelledWorld,
    (logs) => logs.vtex.push(answer(3, { ...isCancelled, ...isPending }, 'R2', 500)),
    /answer 500 .* carries a cancellationId/,
  ],
  [
    2,
    'two effects',
    cancelledWorld,
    (logs) => only(logs.issuers).effects.push({ identity: CARD, at: time(1.5) }),
    /cancelled 2 times/,
  ],
  [
    2,
    'an effect without a cancellation',
    () => world(),
    (logs) => only(logs.issuers).effects.push({ identity: CARD, at: time(1) }),
    /know of no cancellation/,
  ],
  [
    2,
    'a cancel without an attempt',
    cancelledWorld,
    (logs) => only(logs.issuers).requests.push(cancel(1)),
    /got 2 cancels, and we know of 1/,
  ],
  [
    2,
    'a cancel that arrived, and counts as surely not done',
    sentAgainWorld,
    (logs) => (logs.tables.attempts[0]!.outcome = 'retry'),
    /counts as surely not done/,
  ],
  [
    2,
    'a cancel of a late card',
    refusedWorld,
    (logs) => {
      logs.tables.issuer_references.push({ ...only(logs.tables.issuer_references), identity: '99', late: true });
      only(logs.issuers).requests.push({ ...cancel(1), path: '/cards/99/cancel' });
    },
    /linked after the cancellation/,
  ],
  [
    2,
    'a cancel of a card that nobody bought',
    cancelledWorld,
    (logs) => only(logs.issuers).requests.push({ ...cancel(1), path: '/cards/77/cancel' }),
    /no payment bought/,
  ],
  [
    2,
    'sent again without a query',
    sentAgainWorld,
    (logs) => logs.tables.attempts.splice(1, 2),
    /attempt 4 .* 0 of 1 queries/,
  ],
  [
    2,
    'sent again after one query at Vault',
    () => sentAgainWorld('vault'),
    (logs) => logs.tables.attempts.splice(1, 1),
    /attempt 4 .* 1 of 2 queries/,
  ],
  [
    2,
    'sent again although the query did not say so',
    sentAgainWorld,
    (logs) => (logs.tables.attempts[2]!.outcome = 'unknown'),
    /queries do not say/,
  ],
  [
    2,
    'sent again after a query that came too early',
    sentAgainWorld,
    (logs) => (logs.tables.attempts[2]!.started_at = time(5)),
    /came 4 s after/,
  ],
  [
    2,
    'sent again too early at CoreCard',
    () => sentAgainWorld('corecard'),
    (logs) => (logs.tables.attempts[3]!.started_at = time(6)),
    /came 5 s after/,
  ],
  [
    2,
    'sent again before an answer was known',
    sentAgainWorld,
    (logs) => (logs.tables.attempts[2]!.ended_at = time(60)),
    /queries do not say/,
  ],
  [
    2,
    'sent again while the issuer is at work',
    sentAgainWorld,
    (logs) => (logs.tables.attempts[0]!.outcome = 'pending'),
    /still at work/,
  ],
  [
    2,
    'sent again after a refusal',
    sentAgainWorld,
    (logs) => (logs.tables.attempts[0]!.outcome = 'refused'),
    /had refused/,
  ],
  [
    2,
    'sent again after a proof',
    sentAgainWorld,
    (logs) => (logs.tables.attempts[1]!.outcome = 'cancelled'),
    /proven cancelled before/,
  ],
  [
    2,
    'sent again before the pause that the issuer asked for',
    sentAgainWorld,
    (logs) => Object.assign(logs.tables.attempts[0]!, { outcome: 'retry', retry_at: time(100) }),
    /longer pause/,
  ],
  [
    2,
    'sent at an issuer that nobody knows',
    () => sentAgainWorld('somebody'),
    () => undefined,
    /no rule that allows it/,
  ],
  [
    2,
    'four cancels that ended unknown',
    givenUpWorld,
    (logs) => {
      for (const no of [3, 4, 5]) logs.tables.attempts.push(attempt(no, 'cancel', 'unknown', [no * 100, no * 100 + 1]));
    },
    /4 cancels ended unknown/,
  ],
  [
    2,
    'a cancel begun after the end',
    cancelledWorld,
    (logs) => logs.tables.attempts.push(attempt(2, 'cancel', 'unknown', [30, 31])),
    /begun after it was cancelled/,
  ],
  [
    2,
    'a cancel at the issuer after the end',
    refusedWorld,
    (logs) => only(logs.issuers).requests.push(cancel(30)),
    /got a cancel after it was given to a person/,
  ],
  [
    2,
    'two payments with one card',
    cancelledWorld,
    (logs) => {
      logs.tables.payments.push({ ...only(logs.tables.payments), payment_id: 'P2' });
      logs.tables.issuer_references.push({ ...only(logs.tables.issuer_references), payment_id: 'P2' });
    },
    /2 payments hold 124125/,
  ],
  [
    3,
    'other bytes',
    cancelledWorld,
    (logs) => logs.vtex.push(answer(9, { ...isCancelled, message: 'other words' })),
    /2 different final answers/,
  ],
  [
    3,
    'not final any more',
    cancelledWorld,
    (logs) => logs.vtex.push(answer(9, isPending, 'R1', 500)),
    /got 500 cancellation-pending after its final answer/,
  ],
  [
    3,
    'not stored',
    cancelledWorld,
    (logs) => (only(logs.tables.cancellation_requests).answer_body = '{}'),
    /not the stored one/,
  ],
  [
    3,
    'two cancellationIds',
    cancelledWorld,
    (logs) => logs.vtex.push(answer(9, { cancellationId: 'C2' }, 'R2')),
    /2 different cancellationIds/,
  ],
  [
    3,
    "another one than the row's",
    cancelledWorld,
    (logs) => (only(logs.tables.cancellations).cancellation_id = 'C2'),
    /not the cancellation's/,
  ],
  [
    3,
    'taken back',
    cancelledWorld,
    (logs) => Object.assign(only(logs.tables.cancellations), { state: 'manual', reason: 'no_answer' }),
    /its row says otherwise/,
  ],
  [
    3,
    'taken back for another request',
    cancelledWorld,
    (logs) => logs.vtex.push(answer(9, isManual, 'R2')),
    /R2 was told cancel-manually after/,
  ],
  [
    4,
    'manual for want of a link that is there',
    refusedWorld,
    (logs) => (only(logs.tables.manual_cancellations).reason = 'no_link'),
    /want of a link/,
  ],
  [
    4,
    'refused by nobody',
    refusedWorld,
    (logs) => (only(logs.tables.attempts).outcome = 'unknown'),
    /no answer of the issuer says so/,
  ],
  [
    4,
    'the echo of an earlier cancel',
    refusedWorld,
    (logs) => {
      only(logs.tables.attempts).attempt_no = 2;
      logs.tables.attempts.push(attempt(1, 'cancel', 'unknown', [-2, -1]));
    },
    /may be the echo/,
  ],
  [
    4,
    'given up for a crash',
    givenUpWorld,
    (logs) => {
      only(logs.tables.manual_cancellations).opened_at = time(60);
      logs.tables.attempts.pop();
    },
    /given up too early: 60 s after the claim, with 1 cancels/,
  ],
  [
    4,
    'given up while CoreCard may be sent another',
    givenUpWorld,
    (logs) => {
      Object.assign(only(logs.issuers), { issuer: 'corecard', canQuery: false });
      only(logs.tables.cancellations).issuer = only(logs.tables.issuer_references).issuer = 'corecard';
      only(logs.tables.manual_cancellations).opened_at = time(1_000);
    },
    /another cancel was still allowed/,
  ],
  [
    4,
    'given up while a task is under way',
    givenUpWorld,
    (logs) => {
      only(logs.issuers).canQuery = false;
      logs.tables.attempts[0]!.task_id = 'T1';
      only(logs.tables.manual_cancellations).opened_at = time(1_000);
    },
    /callback about its task/,
  ],
  [
    4,
    'given up at once where nothing can tell',
    givenUpWorld,
    (logs) => {
      only(logs.issuers).canQuery = false;
      only(logs.tables.manual_cancellations).opened_at = time(20);
    },
    /19 s after the last attempt/,
  ],
  [
    4,
    'given up before anything was tried',
    givenUpWorld,
    (logs) => {
      only(logs.issuers).canQuery = false;
      logs.tables.attempts = [];
      only(logs.tables.manual_cancellations).opened_at = time(20);
    },
    /nothing was tried/,
  ],
  [
    4,
    'given up although a query would show it',
    givenUpWorld,
    (logs) => only(logs.issuers).effects.push({ identity: CARD, at: time(1) }),
    /a query would show/,
  ],
  [
    4,
    'told cancel-manually, and nobody asked',
    cancelledWorld,
    (logs) => logs.vtex.push(answer(1, isManual, 'R2')),
    /nobody was asked to/,
  ],
  [
    4,
    'a cancel after cancel-manually',
    refusedWorld,
    (logs) => only(logs.issuers).requests.push(cancel(30)),
    /sent after VTEX was told cancel-manually/,
  ],
  [
    5,
    'accepted and lost',
    cancelledWorld,
    (logs) => {
      logs.tables.cancellations = [];
      logs.tables.attempts = [];
    },
    /there is no cancellation/,
  ],
  [
    5,
    'open at the end',
    givenUpWorld,
    (logs) => Object.assign(only(logs.tables.cancellations), { state: 'waiting', finished_at: null }),
    /still waiting/,
  ],
  [
    5,
    'not answered at the end',
    cancelledWorld,
    (logs) => {
      logs.vtex.push(answer(90, isPending, 'R2', 500));
      logs.tables.cancellation_requests.push({ ...only(logs.tables.cancellation_requests), request_id: 'R2' });
    },
    /R2 was still told cancellation-pending/,
  ],
  [
    5,
    'answered, and no row of it',
    cancelledWorld,
    (logs) => logs.vtex.push(answer(1, isPending, 'R2', 500)),
    /no row of it/,
  ],
  [
    5,
    'a callback that never counted',
    givenUpWorld,
    (logs) => {
      logs.tables.attempts[0]!.task_id = 'T1';
      logs.tables.issuer_callbacks.push({
        merchant_id: 'default',
        issuer: 'artha',
        task_id: 'T1',
        answered: { outcome: 'cancelled' },
        processed_at: null,
      });
    },
    /acknowledged and never counted/,
  ],
  [6, 'no notice', refusedWorld, (logs) => (logs.tables.notices = []), /has 0 notices that ask/],
  [
    6,
    'two notices',
    refusedWorld,
    (logs) => logs.tables.notices.push({ ...only(logs.tables.notices), notice_id: 'N2', delivered_at: null }),
    /has 2 notices that ask/,
  ],
  [6, 'nobody asked', refusedWorld, (logs) => (logs.tables.manual_cancellations = []), /nobody was asked to/],
  [
    6,
    'stood down without a word',
    refusedWorld,
    (logs) => (only(logs.tables.manual_cancellations).state = 'not-needed'),
    /0 notices that it is not needed/,
  ],
  [
    6,
    'cancelled, and still asked for',
    cancelledWorld,
    (logs) => openManual(logs, 'no_answer', 100_000),
    /a person is still asked to/,
  ],
  [6, 'delivered by nobody', refusedWorld, (logs) => (logs.mails = []), /no mail of it came/],
  [
    6,
    'two mails under one id',
    refusedWorld,
    (logs) => logs.mails.push({ ...only(logs.mails), body: 'other words' }),
    /different mails came/,
  ],
  [
    6,
    'a mail of no notice',
    cancelledWorld,
    (logs) => logs.mails.push({ messageId: '<N9@x>', subject: 'By hand', body: '' }),
    /belongs to no notice/,
  ],
  [
    7,
    'a secret in the log',
    cancelledWorld,
    (logs) => (logs.output = 'a-secret-of-the-issuers'),
    /secret 0 is in what/,
  ],
  [
    7,
    'a secret in an answer',
    cancelledWorld,
    (logs) => logs.vtex.push(answer(9, { message: 'a-secret-of-the-issuers' }, 'R2', 400)),
    /secret 0 is in an answer/,
  ],
  [
    7,
    "another merchant's row",
    cancelledWorld,
    (logs) => logs.tables.payments.push({ ...only(logs.tables.payments), merchant_id: 'other' }),
    /payments has 1 rows of another merchant/,
  ],
  [
    7,
    'an attempt of no cancellation',
    () => world(),
    (logs) => logs.tables.attempts.push(attempt(1, 'cancel', 'unknown', [0, 1])),
    /an attempt belongs to nothing/,
  ],
  [
    7,
    'a request of no payment',
    cancelledWorld,
    (logs) => logs.tables.cancellation_requests.push({ ...only(logs.tables.cancellation_requests), payment_id: 'P9' }),
    /a request belongs to nothing/,
  ],
  [
    7,
    'a notice of no manual cancellation',
    cancelledWorld,
    (logs) =>
      logs.tables.notices.push({
        merchant_id: 'default',
        notice_id: 'N1',
        event: 'manual_required',
        manual_cancellation_id: 'M9',
        delivered_at: null,
      }),
    /notice N1 belongs to nothing/,
  ],
];

describe('the auditor finds what breaks promise', () => {
  it.each(sabotages)('%i: %s', (promise, _name, make, sabotage, words) => {
    const logs = make();
    sabotage(logs);

    const found = audit(logs);

    expect(found).toContainEqual({
      promise,
      paymentId: found.find(({ sentence }) => words.test(sentence))?.paymentId ?? null,
      sentence: expect.stringMatching(words) as string,
    });
  });
});
