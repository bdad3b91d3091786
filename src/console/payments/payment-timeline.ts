import { Injectable } from '@nestjs/common';
import type { Attempt } from '../../cancellations/cancellation.js';
import { Database, statement } from '../../database.js';
import { findIssuer } from '../../issuers/index.js';
import type { ManualEventKind } from '../../manual-cancellations/manual-event.js';
import type { ManualKind } from '../../manual-cancellations/manual-cancellations.js';
import type { ManualReason } from '../../manual-cancellations/manual-reason.js';
import type { Resolution } from '../../manual-cancellations/resolution.js';
import { NoticeHistory, type NoticeTold } from '../../notifications/notice-history.js';
import type { PaymentEventKind } from '../../payments/payment-event.js';
import type { TextKey } from '../../texts/catalogue.js';
import type { Say } from '../../texts/say.js';
import { partInUnits } from '../frame/amounts.js';
import type { PageContext } from '../frame/page.js';
import type { TimelineDetail, TimelineEntry } from '../frame/timeline.js';

const selectRequests = statement(
  'timeline-requests',
  `select r.request_id, r.value, r.partial, r.first_seen_at, r.answer_status, r.answer_body, r.answered_at, a.currency
   from cancellation_requests r left join authorizations a using (merchant_id, payment_id)
   where r.merchant_id = $1 and r.payment_id = $2`,
);

const selectOperations = statement(
  'timeline-operations',
  `select o.operation, o.request_id, o.value, o.answer_status, o.answer_body, o.answered_at, a.currency
   from operation_requests o left join authorizations a using (merchant_id, payment_id)
   where o.merchant_id = $1 and o.payment_id = $2`,
);

const selectAttempts = statement(
  'timeline-attempts',
  `select t.kind, t.outcome, t.http_status, t.issuer_code, t.issuer_text, t.trace_id, t.late, t.started_at, t.ended_at, c.issuer
   from attempts t join cancellations c using (merchant_id, payment_id)
   where t.merchant_id = $1 and t.payment_id = $2 order by t.attempt_no`,
);

const selectEvents = statement(
  'timeline-events',
  'select at, kind, words from payment_events where merchant_id = $1 and payment_id = $2 order by event_no',
);

const selectManualEvents = statement(
  'timeline-manual-events',
  `select e.at, e.kind, e.reason, e.resolution, e.protocol_number, e.note, p.name, t.name as to_name, m.kind as task_kind,
          count(*) over (partition by m.manual_cancellation_id) < count(*) over () as has_siblings
   from manual_cancellations m
   join manual_cancellation_events e using (merchant_id, manual_cancellation_id)
   left join people p on p.merchant_id = e.merchant_id and p.person_id = e.person_id
   left join people t on t.merchant_id = e.merchant_id and t.person_id = e.to_person_id
   where m.merchant_id = $1 and m.payment_id = $2 order by e.event_no`,
);

/** Tells what happened to a payment, from VTEX's first request to the last notice. */
@Injectable()
export class PaymentTimelines {
  constructor(
    private readonly database: Database,
    private readonly notices: NoticeHistory,
  ) {}

  /** Oldest first, in the visitor's language; empty where this merchant has no such payment. */
  async of(context: PageContext, paymentId: string): Promise<TimelineEntry[]> {
    const key = [context.visitor.merchantId, paymentId];
    const [requests, operations, attempts, events, manualEvents, notices] = await Promise.all([
      this.database.run<RequestRow>(selectRequests, key),
      this.database.run<OperationRow>(selectOperations, key),
      this.database.run<AttemptRow>(selectAttempts, key),
      this.database.run<EventRow>(selectEvents, key),
      this.database.run<ManualEventRow>(selectManualEvents, key),
      this.notices.ofPayment(context.visitor.merchantId, paymentId),
    ]);
    const entries = [
      ...events.flatMap((row) => eventEntry(context, row)),
      ...requests.flatMap((row) => requestEntries(context, row)),
      ...operations.map((row) => operationEntry(context, row)),
      ...attempts.map((row) => attemptEntry(context, row)),
      ...manualEvents.map((row) => manualEntry(context, row)),
      ...notices.flatMap((notice) => noticeEntry(context, notice)),
    ];
    // Stable: what happened at the same moment stays in the order of its causes.
    return entries.sort((a, b) => a.at.getTime() - b.at.getTime());
  }
}

const VTEX = 'VTEX';

function requestEntries({ say, formats }: PageContext, row: RequestRow): TimelineEntry[] {
  const id = { label: say('timeline.detail.request'), value: row.request_id };
  const value = row.value === null ? [] : [{ label: say('timeline.detail.value'), value: row.value }];
  const amount = row.value === null ? null : partInUnits(row.value);
  const words = amount === null ? say('timeline.amount-unknown') : formats.money(amount, row.currency);
  const asked: TimelineEntry = {
    at: row.first_seen_at,
    who: VTEX,
    what: row.partial ? say('timeline.asked-part', { amount: words }) : say('timeline.asked'),
    tone: 'plain',
    details: [id, ...value],
  };
  if (row.answer_body === null || row.answered_at === null) return [asked];
  const isCancelled = cancellationIdIn(row.answer_body) !== null;
  const told: TimelineEntry = {
    at: row.answered_at,
    who: say('timeline.by-service'),
    what: say(isCancelled ? 'timeline.told-cancelled' : 'timeline.told-manual'),
    tone: isCancelled ? 'good' : 'plain',
    details: [
      id,
      { label: say('timeline.detail.status'), value: String(row.answer_status) },
      { label: say('timeline.detail.answer'), value: row.answer_body, lang: 'en' },
    ],
  };
  return [asked, told];
}

function cancellationIdIn(body: string): string | null {
  const { cancellationId } = JSON.parse(body) as { readonly cancellationId?: string | null };
  return cancellationId ?? null;
}

function operationEntry({ say, formats }: PageContext, row: OperationRow): TimelineEntry {
  const amount = row.value === null ? say('timeline.amount-unknown') : formats.money(Number(row.value), row.currency);
  const isSettled = row.operation === 'settle' && /"settleId":"/.test(row.answer_body);
  const what: TextKey =
    row.operation === 'refund' ? 'timeline.refund-asked' : isSettled ? 'timeline.settled' : 'timeline.not-settled';
  return {
    at: row.answered_at,
    who: VTEX,
    what: say(what, { amount }),
    tone: 'plain',
    details: [
      { label: say('timeline.detail.request'), value: row.request_id },
      { label: say('timeline.detail.status'), value: String(row.answer_status) },
      { label: say('timeline.detail.answer'), value: row.answer_body, lang: 'en' },
    ],
  };
}

function attemptEntry({ say, formats }: PageContext, row: AttemptRow): TimelineEntry {
  const issuer = row.issuer === null ? null : findIssuer(row.issuer);
  const outcome: TextKey =
    row.kind === 'query' && row.outcome === 'refused'
      ? 'timeline.outcome.state-refused'
      : `timeline.outcome.${row.outcome ?? 'none'}`;
  const words = [say(`timeline.attempt.${row.kind}`), say(outcome)];
  if (row.late) words.push(say('timeline.outcome.late'));
  const status = row.http_status === null ? say('timeline.detail.no-status') : String(row.http_status);
  const shown: (TimelineDetail | null)[] = [
    row.kind === 'callback' || row.outcome === null ? null : { label: say('timeline.detail.status'), value: status },
    row.issuer_code === null ? null : { label: say('timeline.detail.code'), value: row.issuer_code, lang: 'und' },
    row.issuer_text === null ? null : { label: say('timeline.detail.text'), value: row.issuer_text, lang: 'und' },
    row.trace_id === null ? null : { label: say('timeline.detail.trace'), value: row.trace_id },
    row.kind === 'callback' || row.ended_at === null
      ? null
      : { label: say('timeline.detail.duration'), value: `${formats.integer(msBetween(row))} ms` },
  ];
  return {
    at: row.started_at,
    who: issuer?.name ?? say('timeline.by-some-issuer'),
    what: words.join(' '),
    tone: toneOf(row.outcome),
    details: shown.filter((detail) => detail !== null),
  };
}

const msBetween = ({ started_at, ended_at }: AttemptRow) => (ended_at?.getTime() ?? 0) - started_at.getTime();

function toneOf(outcome: AttemptRow['outcome']): TimelineEntry['tone'] {
  if (outcome === 'cancelled' || outcome === 'already-cancelled') return 'good';
  return outcome === 'refused' || outcome === 'unknown' || outcome === 'retry' ? 'bad' : 'plain';
}

/** Told by another entry already: by what VTEX asked, or by what happened to the manual cancellation. */
type ToldElsewhere = 'settled' | 'stood-down' | 'manual-opened' | 'taken-over' | 'persons-word';

const eventTexts = {
  alert: { who: 'service', tone: 'bad' },
  created: { who: 'vtex', tone: 'plain' },
  linked: { who: 'system', tone: 'plain' },
  'linked-late': { who: 'system', tone: 'bad' },
  'link-refused': { who: 'system', tone: 'bad' },
  'invalid-request': { who: 'vtex', tone: 'bad' },
  'other-content': { who: 'vtex', tone: 'plain' },
  'lease-expired': { who: 'service', tone: 'bad' },
  'late-answer': { who: 'service', tone: 'plain' },
  callback: { who: 'service', tone: 'plain' },
  waits: { who: 'service', tone: 'plain' },
  mode: { who: 'service', tone: 'plain' },
  'dry-run': { who: 'service', tone: 'plain' },
  'vtex-called': { who: 'service', tone: 'plain' },
  'vtex-not-called': { who: 'service', tone: 'plain' },
} as const satisfies Readonly<
  Record<Exclude<PaymentEventKind, ToldElsewhere>, { who: 'vtex' | 'system' | 'service'; tone: TimelineEntry['tone'] }>
>;

function eventEntry({ say }: PageContext, { at, kind, words }: EventRow): TimelineEntry[] {
  if (!isShownEvent(kind)) return [];
  const { who, tone } = eventTexts[kind];
  const by = who === 'vtex' ? VTEX : say(who === 'system' ? 'timeline.by-system' : 'timeline.by-service');
  const details: TimelineDetail[] = [{ label: say('timeline.detail.words'), value: words, lang: 'en' }];
  return [{ at, who: by, what: say(`timeline.event.${kind}`), tone, details }];
}

const isShownEvent = (kind: string): kind is keyof typeof eventTexts => Object.hasOwn(eventTexts, kind);

function manualEntry({ say }: PageContext, row: ManualEventRow): TimelineEntry {
  const { who, what: words } = manualEventWords(say, { ...row, toName: row.to_name });
  const protocol = row.protocol_number === null ? [] : [say('timeline.protocol', { number: row.protocol_number })];
  const what = [words, ...protocol].join(' ');
  return {
    at: row.at,
    who,
    what: row.has_siblings ? say('timeline.task-of', { what, kind: say(`kind.${row.task_kind}`) }) : what,
    tone: toneOfManual(row.kind),
    note: row.note,
  };
}

/** Who did what to a manual cancellation. */
export function manualEventWords(
  say: Say,
  {
    kind,
    reason,
    resolution,
    name,
    toName,
  }: Pick<ManualEventRow, 'kind' | 'reason' | 'resolution' | 'name'> & {
    readonly toName: string | null;
  },
): { readonly who: string; readonly what: string } {
  const what = say(`timeline.manual.${kind}`, {
    reason: reason === null ? '' : say(`reason-short.${reason}`),
    person: toName ?? say('timeline.by-somebody'),
    outcome: resolution === null ? '' : say(`resolution.${resolution}`),
  });
  return { who: name ?? say(isOfPerson(kind) ? 'timeline.by-somebody' : 'timeline.by-service'), what };
}

const isOfPerson = (kind: ManualEventKind) => toneOfManual(kind) === 'person';

function toneOfManual(kind: ManualEventKind): TimelineEntry['tone'] {
  if (kind === 'not-needed' || kind === 'proof-recorded') return 'good';
  return kind === 'opened' || kind === 'completed' || kind === 'late-success' ? 'bad' : 'person';
}

const byTime = (one: Date, other: Date) => one.getTime() - other.getTime();

const UNSPREAD_MS = 60_000;

/** Somebody is told when it arrives; what has not arrived yet stands where it was written; what reached nobody is not said to have. */
function noticeEntry(
  { say, formats, now }: PageContext,
  { noticeId, event, at, deliveredAt, told }: NoticeTold,
): TimelineEntry[] {
  if (deliveredAt && !told.some(({ state }) => state === 'delivered')) return [];
  // Who wants to hear of it is looked for in a moment; often nobody does.
  if (told.length === 0 && now.getTime() - at.getTime() < UNSPREAD_MS) return [];
  const words = say(`timeline.notice.${event}`);
  const [heldUntil] = told.flatMap((one) => (one.heldUntil === null ? [] : [new Date(one.heldUntil)])).sort(byTime);
  const isHeld = heldUntil !== undefined && !told.some(({ state }) => state === 'failing');
  const waits = isHeld
    ? say('timeline.notice.held', { time: formats.dateTime(heldUntil) })
    : say('timeline.notice.waiting');
  const entry: TimelineEntry = {
    // It is written down an instant before its cause.
    at: deliveredAt ?? new Date(at.getTime() + 1_000),
    who: say('timeline.by-service'),
    what: deliveredAt ? words : `${words} ${waits}`,
    tone: deliveredAt || isHeld ? 'plain' : 'bad',
    details: [
      ...told.map(({ kind, name, state }) => ({
        label: name ?? say(`notices.kind.${kind}`),
        value: say(`timeline.told.${state}`),
      })),
      { label: say('timeline.detail.notice'), value: noticeId },
    ],
  };
  return [entry];
}

interface RequestRow {
  readonly request_id: string;
  readonly value: string | null;
  readonly partial: boolean;
  readonly first_seen_at: Date;
  readonly answer_status: number | null;
  readonly answer_body: string | null;
  readonly answered_at: Date | null;
  readonly currency: string | null;
}

interface OperationRow {
  readonly operation: 'settle' | 'refund';
  readonly request_id: string;
  readonly value: string | null;
  readonly answer_status: number;
  readonly answer_body: string;
  readonly answered_at: Date;
  readonly currency: string | null;
}

interface AttemptRow {
  readonly kind: Attempt['kind'];
  readonly outcome: Attempt['outcome'];
  readonly http_status: number | null;
  readonly issuer_code: string | null;
  readonly issuer_text: string | null;
  readonly trace_id: string | null;
  readonly late: boolean;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly issuer: string | null;
}

interface EventRow {
  readonly at: Date;
  readonly kind: string;
  readonly words: string;
}

interface ManualEventRow {
  readonly at: Date;
  readonly kind: ManualEventKind;
  readonly reason: ManualReason | null;
  readonly resolution: Resolution | null;
  readonly protocol_number: string | null;
  readonly note: string | null;
  /** Null: the machine, or nobody knows who. */
  readonly name: string | null;
  readonly to_name: string | null;
  readonly task_kind: ManualKind;
  readonly has_siblings: boolean;
}
