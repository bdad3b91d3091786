import type { ExplainedIssuer, Explanation } from '../cancellations/explanation.js';
import type { PaymentHistory } from '../cancellations/payment-history.js';
import { manualReasons } from '../manual-cancellations/manual-reason.js';

/** What JSON makes of a value: times are texts. */
export type Told<Value> = Value extends Date
  ? string
  : Value extends object
    ? { readonly [Name in keyof Value]: Told<Value[Name]> }
    : Value;

/** `explain`, for people: a few lines, each time also as a distance from now. */
export function describeExplanation(
  { paymentId, now: what, why, link, issuer, cancellation }: Told<Explanation>,
  now: Date,
): string {
  const next = cancellation?.next;
  return layOut([
    ['Payment', describePayment(paymentId, link, issuer?.name)],
    ['Now', withDistances(what, now)],
    ...why.map((reason, at): Line => [at === 0 ? 'Why' : '', withDistances(reason, now)]),
    ...(next ? [['Next', describeNext(next, now)] satisfies Line] : []),
    ...(cancellation?.giveUpAt
      ? [['Gives up', `${time(cancellation.giveUpAt, now)}, if nothing is known by then`] satisfies Line]
      : []),
    ...(issuer ? describeIssuer(issuer) : []),
  ]);
}

/** `check`, for people: the state after the look, and everything that was tried. */
export function describeCheck(
  { paymentId, issuer, sandbox, reference, cancellation }: Told<PaymentHistory>,
  now: Date,
): string {
  const link = issuer === null ? null : { issuer, reference, sandbox: sandbox ?? false };
  const attempts = cancellation?.attempts ?? [];
  return layOut([
    ['Payment', describePayment(paymentId, link, issuer ?? undefined)],
    ['State', describeState(cancellation, now)],
    ...attempts.map(({ kind, outcome, startedAt, issuerCode, late }, at): Line => {
      const code = issuerCode === null ? '' : `, ${issuerCode}`;
      const words = `${kind} → ${outcome ?? 'under way'}${code}${late ? ', answered late' : ''}; ${time(startedAt, now)}`;
      return [at === 0 ? 'Tried' : '', words];
    }),
  ]);
}

type Line = readonly [heading: string, words: string];

function layOut(lines: readonly Line[]): string {
  const width = Math.max(...lines.map(([heading]) => heading.length)) + 2;
  const text = lines.map(([heading, words]) => heading.padEnd(width) + words).join('\n');
  // Whatever an issuer put into a code, it must not steer a terminal.
  return text.replace(/(?!\n)\p{Cc}/gu, '');
}

function describePayment(paymentId: string, link: Told<Explanation>['link'], name = link?.issuer): string {
  if (!link) return `${paymentId}, not linked to a card`;
  const ids = Object.entries(link.reference ?? {}).map(([field, id]) => `${field} ${String(id)}`);
  return `${paymentId}, at ${name} (${link.sandbox ? 'sandbox' : 'live'}): ${ids.join(', ')}`;
}

type Next = NonNullable<NonNullable<Told<Explanation>['cancellation']>['next']>;

function describeNext({ kind, notBefore, dueAt }: Next, now: Date): string {
  if (kind === 'wait') return `a look at ${time(dueAt, now)}; nothing can be done before`;
  const what = kind === 'send' ? 'a cancel' : 'a query';
  const isAllowed = notBefore === null || Date.parse(notBefore) <= now.getTime();
  return `${what} at ${time(dueAt, now)}; allowed ${isAllowed ? 'already' : `from ${time(notBefore, now)}`}`;
}

function describeIssuer(issuer: Told<ExplainedIssuer>): Line[] {
  const { name, isConfigured, mode, circuit, callsUnderWay, canQuery, callback, resendAfterUnknown } = issuer;
  const callbacks = {
    configured: 'A callback can prove a cancellation.',
    'with-task': 'A callback can tell what became of a task that the issuer has named.',
    none: 'No callback proves anything.',
  };
  if (!isConfigured) return [['Issuer', `${name} is not configured for this environment`]];
  return [
    [
      'Issuer',
      `${name}: mode ${mode}, circuit ${circuit}, ${callsUnderWay} calls under way in the process that answered`,
    ],
    ['', `${canQuery ? 'It can be asked for the state.' : 'It cannot be asked for the state.'} ${callbacks[callback]}`],
    ['', resendAfterUnknown],
  ];
}

function describeState(cancellation: Told<PaymentHistory>['cancellation'], now: Date): string {
  if (!cancellation) return 'nobody has asked for its cancellation, so there was nothing to look at';
  const { state, cancellationId, reason, nextCheckAt } = cancellation;
  if (state === 'cancelled') return `cancelled; VTEX is told the cancellationId ${cancellationId}`;
  if (state === 'manual') return `a person has to cancel it. ${reason === null ? '' : manualReasons[reason]}`.trim();
  if (state === 'asking') return 'a call to the issuer is under way';
  return `not known yet; looked at again ${nextCheckAt === null ? 'soon' : `at ${time(nextCheckAt, now)}`}`;
}

const ISO_TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;

const withDistances = (words: string, now: Date) => words.replace(ISO_TIME, (iso) => time(iso, now));

/** `2026-11-21 08:02:52 UTC (in 12 s)`. */
function time(iso: string, now: Date): string {
  const clock = new Date(iso).toISOString().slice(0, 19).replace('T', ' ');
  return `${clock} UTC (${distance(Date.parse(iso) - now.getTime())})`;
}

function distance(ms: number): string {
  const size = Math.abs(ms);
  if (size < 1_000) return 'now';
  const words =
    size < 90_000
      ? `${Math.round(size / 1_000)} s`
      : size < 90 * 60_000
        ? `${Math.round(size / 60_000)} min`
        : size < 48 * 3_600_000
          ? `${Math.round(size / 3_600_000)} h`
          : `${Math.round(size / 86_400_000)} days`;
  return ms > 0 ? `in ${words}` : `${words} ago`;
}
