import type { Result } from './check.js';

/** The results as JUnit XML: one suite for each group. Doubts stand in the output of a test case that passed. */
export function junitOf(results: readonly Result[], url: string): string {
  const groups = [...new Set(results.map(({ group }) => group))];
  const suites = groups.map((group) =>
    suite(
      group,
      results.filter((result) => result.group === group),
    ),
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escape(`Payment Provider Protocol at ${url}`)}" ${counts(results)}>`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}

function suite(group: string, results: readonly Result[]): string {
  return [`  <testsuite name="${escape(group)}" ${counts(results)}>`, ...results.map(testCase), '  </testsuite>'].join(
    '\n',
  );
}

function counts(results: readonly Result[]): string {
  const count = (verdict: Result['verdict']) => results.filter((result) => result.verdict === verdict).length;
  const seconds = results.reduce((sum, { ms }) => sum + ms, 0) / 1_000;
  return `tests="${results.length}" failures="${count('failed')}" errors="0" skipped="${count('skipped')}" time="${seconds.toFixed(3)}"`;
}

function testCase(result: Result): string {
  const { id, group, title, ms } = result;
  const start = `    <testcase name="${escape(`${id}: ${title}`)}" classname="${escape(group)}" time="${(ms / 1_000).toFixed(3)}"`;
  const inner = innerOf(result);
  return inner === null ? `${start}/>` : `${start}>\n      ${inner}\n    </testcase>`;
}

function innerOf({ verdict, expected, came, note, why, source }: Result): string | null {
  if (verdict === 'failed') {
    const text = [`Expected: ${expected}`, `Came: ${came}`, `Why: ${why}`, `See: ${source.section}, ${source.url}`];
    return `<failure message="${escape(`Expected ${expected}`)}">${escape(text.join('\n'))}</failure>`;
  }
  if (verdict === 'skipped') return `<skipped message="${escape(note ?? '')}"/>`;
  const words = [verdict === 'warning' ? 'Warning:' : null, note, came].filter((word) => word !== null);
  return words.length === 0 ? null : `<system-out>${escape(words.join(' '))}</system-out>`;
}

/** XML 1.0 has no place for control characters, half characters and two more, not even escaped. */
function escape(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');
}
