import type { Attempt } from '../../cancellations/cancellation.js';
import type { CheckFact, Facts, Hold, WhyFact } from '../../cancellations/facts.js';
import type { TextKey } from '../../texts/catalogue.js';
import type { Say } from '../../texts/say.js';
import type { PageContext } from '../frame/page.js';

type Words = Pick<PageContext, 'say' | 'formats' | 'now'>;

/** What was tried last, and what came of it. @param last null: nothing was sent */
export function triedWords(last: Pick<Attempt, 'kind' | 'outcome'> | null, say: Say): string {
  if (last === null) return say('tried.nothing');
  return say(`tried.${last.kind}`, { outcome: outcomeWords[last.outcome ?? 'asking'] });
}

/** The outcomes as the texts can name them. */
const outcomeWords: Readonly<Record<NonNullable<Attempt['outcome']> | 'asking', string>> = {
  cancelled: 'cancelled',
  'already-cancelled': 'already',
  'not-cancelled': 'active',
  pending: 'pending',
  refused: 'refused',
  retry: 'retry',
  unknown: 'unknown',
  asking: 'asking',
};

/** How far away a moment is; what has passed is now. */
export function inWords(at: Date, { say, formats, now }: Words): string {
  const leftMs = at.getTime() - now.getTime();
  if (leftMs <= 0) return say('in-progress.now');
  return leftMs < 60_000 ? say('in-progress.soon') : say('in-progress.in', { time: formats.duration(leftMs) });
}

/** What happens now, and why, a sentence each. */
export function factSentences({ now, why, giveUpAt }: Facts, issuerName: string | null, words: Words): string[] {
  const { say, formats } = words;
  const issuer = issuerName ?? '';
  const when = 'at' in now ? inWords(now.at, words) : '';
  const reasons = why.flatMap((fact) => {
    if (fact.kind === 'tried') return fact.attempts.length === 0 ? [] : [triedWords(fact.attempts.at(-1) ?? null, say)];
    if (fact.kind === 'never-seen') return [say('now.never-seen')];
    if (fact.kind === 'persons-word') return [say('now.persons-word')];
    return isHold(fact.kind) ? [holdWords(fact.kind, issuer, say)] : [];
  });
  const end = giveUpAt === null ? [] : [say('now.gives-up', { time: formats.dateTime(giveUpAt) })];
  return [...reasons, say(nowKeys[now.kind], { issuer, when }), ...end];
}

/** What else is a reason is said by the state of the payment. */
const isHold = (kind: WhyFact['kind']): kind is Hold =>
  ['not-configured', 'paused', 'manual', 'dry-run', 'circuit-open'].includes(kind);

const nowKeys: Readonly<Record<Facts['now']['kind'], TextKey>> = {
  'would-send': 'now.would-send',
  'would-wait': 'now.would-wait',
  'would-be-cancelled': 'now.would-be-cancelled',
  'would-be-manual': 'now.would-be-manual',
  'would-be-partly-manual': 'now.would-be-manual',
  'is-cancelled': 'now.is-cancelled',
  'is-manual': 'now.is-manual',
  'will-be-cancelled': 'now.will-be-cancelled',
  'will-be-manual': 'now.will-be-manual',
  'under-way': 'now.under-way',
  'will-send': 'now.will-send',
  'will-query': 'now.will-query',
  'will-wait': 'now.will-wait',
};

/** Why nothing is sent to an issuer. */
export const holdWords = (hold: Hold, issuer: string, say: Say): string => say(`hold.${hold}`, { issuer });

/** Why looking at once would do nothing; null where it would, or there is nothing to look at. */
export function whyNoCheck(check: CheckFact, issuerName: string | null, { say, formats, now }: Words): string | null {
  switch (check.kind) {
    case 'possible':
    case 'over':
    case 'not-asked-yet':
      return null;
    case 'too-soon':
      return say('check.off.too-soon', { time: formats.duration(check.at.getTime() - now.getTime()) });
    case 'under-way':
    case 'nothing-sent':
    case 'never-linked':
    case 'no-query':
      return say(`check.off.${check.kind}`);
    case 'not-configured':
    case 'paused':
    case 'manual':
    case 'dry-run':
    case 'circuit-open':
      return holdWords(check.kind, issuerName ?? '', say);
  }
}
