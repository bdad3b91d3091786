import { issuers } from '../../issuers/index.js';
import type { SomeIssuer } from '../../issuers/issuer.js';
import { manualReasons, type ManualReason } from '../../manual-cancellations/manual-reason.js';
import { formatsIn } from '../../texts/formats.js';
import { languages, type Language } from '../../texts/language.js';
import { sayIn } from '../../texts/say.js';
import { kinds } from './inbox-query.js';
import { stepWords, whatHappened } from './manual-words.js';
import type { PageContext } from '../frame/page.js';

const contextOf = (language: Language) =>
  ({ say: sayIn(language), formats: formatsIn(language, 'America/Sao_Paulo') }) as PageContext;

const attempts = [
  { kind: 'cancel', outcome: 'refused', issuerCode: 'E1', issuerText: 'No <b>way</b>' },
  { kind: 'query', outcome: 'unknown', issuerCode: null, issuerText: null },
] as const;

const all: readonly (SomeIssuer | null)[] = [...Object.values<SomeIssuer>(issuers), null];

/** Everything that can differ from one task to another. */
const tasksWith = (reason: ManualReason) =>
  all.flatMap((issuer) =>
    kinds.flatMap((kind) =>
      [null, 12.5].map((amount) => ({
        kind,
        reason,
        issuer,
        amount,
        currency: 'BRL',
        state: 'open' as const,
        askedAt: new Date('2026-11-21T12:00:00Z'),
        attempts: kind === 'whole' ? attempts : [],
        references: issuer ? [{ id: '1' }] : [],
      })),
    ),
  );

describe.each(languages)('in %s', (language) => {
  const context = contextOf(language);

  it.each(Object.keys(manualReasons) as ManualReason[])(
    'whatever the issuer, kind and amount, %s is told and has steps, without a gap in a sentence',
    (reason) => {
      for (const task of tasksWith(reason)) {
        const happened = whatHappened(context, task).map((sentence) =>
          typeof sentence === 'string' ? sentence : sentence.before,
        );
        const steps = stepWords(context, task);

        expect(happened.length).toBeGreaterThanOrEqual(2);
        expect(steps.length).toBeGreaterThanOrEqual(2);
        for (const words of [...happened, ...steps.map((step) => step.words)]) {
          expect(words).not.toMatch(/[{}]|undefined|null|NaN| {2}| [,.;:]/);
          expect(words).toMatch(/^[\p{Lu}¿“]/u);
        }
        expect(steps.at(-1)?.words).toBe(context.say('step.resolve-here'));
      }
    },
  );

  it.each([null, 'unknown'] as const)(
    'says to wait first where somebody took it over while the answer of a cancel was out (%s)',
    (outcome) => {
      for (const task of tasksWith('taken_over').filter(({ kind }) => kind === 'whole')) {
        const sent = { kind: 'cancel', outcome, issuerCode: null, issuerText: null } as const;
        const first = (attempts: readonly (typeof sent)[]) => stepWords(context, { ...task, attempts }).at(0)?.words;

        expect(first([sent])).toBe(context.say('step.wait-for-call'));
        expect(first([])).not.toBe(context.say('step.wait-for-call'));
      }
    },
  );

  it('quotes an issuer’s own words as they are, apart from ours', () => {
    const [task] = tasksWith('refused_by_issuer');
    if (!task) throw new Error('There are tasks');

    expect(whatHappened(context, task)).toContainEqual({
      before: context.say('happened.said', { issuer: task.issuer?.name ?? '' }),
      quote: 'No <b>way</b>',
      code: 'E1',
    });
  });
});
