import { Doubtful, Failed, Skipped, type Check, type Result, type Verdict } from './check.js';
import { NoAnswer } from './provider-http.js';
import type { Session } from './session.js';

/** Enough to see what came; bodies can be whole pages. */
const MAX_SHOWN = 400;

/**
 * Runs checks one after the other, and tells each result as soon as it is there.
 *
 * What has not begun when the run's time is over fails: an unfinished run must not look like a good one.
 */
export async function runChecks(
  checks: readonly Check[],
  session: Session,
  tell: (result: Result) => void,
): Promise<readonly Result[]> {
  const giveUpAt = performance.now() + session.limits.runMs;
  const results: Result[] = [];
  for (const check of checks) {
    const result =
      performance.now() < giveUpAt
        ? await runCheck(check, session)
        : resultOf(check, session, 'failed', {
            expected: `a whole run within ${session.limits.runMs / 60_000} minutes`,
            came: 'not run: the time was over',
          });
    results.push(result);
    tell(result);
  }
  return results;
}

async function runCheck(check: Check, session: Session): Promise<Result> {
  const startedAt = performance.now();
  const ms = () => performance.now() - startedAt;
  try {
    const note = (await check.run(session)) ?? null;
    return resultOf(check, session, 'passed', { ms: ms(), note });
  } catch (error) {
    if (error instanceof Failed)
      return resultOf(check, session, 'failed', { ms: ms(), expected: error.expected, came: error.came });
    if (error instanceof NoAnswer)
      return resultOf(check, session, 'failed', { ms: ms(), expected: 'an answer', came: error.message });
    if (error instanceof Doubtful)
      return resultOf(check, session, 'warning', { ms: ms(), note: error.message, came: error.came });
    if (error instanceof Skipped) return resultOf(check, session, 'skipped', { ms: ms(), note: error.message });
    throw error;
  }
}

interface Finding {
  readonly ms?: number;
  readonly expected?: string | null;
  readonly came?: string | null;
  readonly note?: string | null;
}

function resultOf(check: Check, session: Session, verdict: Verdict, finding: Finding): Result {
  const { id, title, why, source } = check;
  const shown = (text: string | null | undefined) => (text === null || text === undefined ? null : show(session, text));
  return {
    id,
    group: id.split('.', 1)[0] ?? id,
    title,
    why,
    source,
    verdict,
    ms: Math.round(finding.ms ?? 0),
    expected: shown(finding.expected),
    came: shown(finding.came),
    note: shown(finding.note),
  };
}

/** Masked before it is shortened, so that no half of a secret is left; and nothing in it steers a terminal. */
function show(session: Session, text: string): string {
  const clean = session.mask(text).replace(/[\p{Cc}\p{Cs}\u2028\u2029]+/gu, ' ');
  return clean.length <= MAX_SHOWN ? clean : `${clean.slice(0, MAX_SHOWN)}… (${clean.length} characters)`;
}
