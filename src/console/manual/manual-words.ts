import { stepsOf } from '../../manual-cancellations/steps.js';
import type { TextKey } from '../../texts/catalogue.js';
import type { ManualView } from './manual-view.js';
import type { PageContext } from '../frame/page.js';

/** A sentence, or what an issuer said in its own words. */
export type Sentence = string | { readonly before: string; readonly quote: string; readonly code: string | null };

type Task = Pick<
  ManualView,
  'kind' | 'reason' | 'state' | 'askedAt' | 'amount' | 'currency' | 'attempts' | 'issuer' | 'references'
>;

/** What happened, in one paragraph for somebody who knows nothing of it. */
export function whatHappened(context: PageContext, task: Task): Sentence[] {
  const { say } = context;
  return [
    ...askedWords(context, task),
    ...sentWords(context, task),
    say(`reason.${task.reason}`),
    ...issuersWords(context, task),
    ...(task.kind === 'whole' && task.state !== 'not-needed' ? [say('happened.nothing-more')] : []),
  ];
}

/** The amount with its currency; null where it is not known. */
export const amountWords = ({ formats }: PageContext, { amount, currency }: Pick<Task, 'amount' | 'currency'>) =>
  amount === null ? null : formats.money(amount, currency);

function askedWords(context: PageContext, task: Task): string[] {
  const { say, formats } = context;
  if (task.askedAt === null) return [];
  const [time, amount] = [formats.dateTime(task.askedAt), amountWords(context, task)];
  if (task.kind === 'refund') {
    return [amount === null ? say('happened.some-refund', { time }) : say('happened.refund', { time, amount })];
  }
  if (task.kind === 'partial') {
    return [amount === null ? say('happened.asked-some-part', { time }) : say('happened.asked-part', { time, amount })];
  }
  return [say('happened.asked', { time })];
}

/** Of a part and of a refund nothing is ever sent, so there is nothing to say. */
function sentWords({ say }: PageContext, { kind, issuer, attempts, references }: Task): string[] {
  if (kind !== 'whole' || issuer === null || references.length === 0) return [];
  const sent = attempts.filter((attempt) => attempt.kind === 'cancel').length;
  const queries = attempts.filter((attempt) => attempt.kind === 'query').length;
  return [
    say('happened.sent', { count: sent, issuer: issuer.name }),
    ...(queries > 0 ? [say('happened.asked-issuer', { count: queries })] : []),
  ];
}

/** The last thing that it said and that was no success. */
function issuersWords({ say }: PageContext, { issuer, attempts }: Task): Sentence[] {
  const said = attempts.findLast(
    ({ outcome, issuerText }) =>
      issuerText !== null && (outcome === 'refused' || outcome === 'unknown' || outcome === 'retry'),
  );
  if (!issuer || !said || said.issuerText === null) return [];
  return [{ before: say('happened.said', { issuer: issuer.name }), quote: said.issuerText, code: said.issuerCode }];
}

/** Steps for which the card must be found at its issuer. */
const WITH_IDS: ReadonlySet<TextKey> = new Set(['step.open-portal', 'step.compare-both', 'step.card-after-refund']);

/** What to do, step by step; the identifiers belong to the one that says so. */
export function stepWords(
  context: PageContext,
  task: Task,
): readonly { readonly words: string; readonly hasIds: boolean }[] {
  const issuerName = task.issuer?.name ?? null;
  const amount = amountWords(context, task);
  const isAnswerOut = task.attempts.some(
    ({ kind, outcome }) => kind === 'cancel' && (outcome === null || outcome === 'unknown'),
  );
  const keys = stepsOf({ kind: task.kind, reason: task.reason, issuerName, amount, isAnswerOut });
  const values = { issuer: issuerName ?? '', amount: amount ?? '' };
  return keys.map((key) => ({ words: context.say(key, values), hasIds: WITH_IDS.has(key) }));
}
