import { BYTE_ORDER_MARK, csvLine } from '../frame/csv.js';
import type { PageContext } from '../frame/page.js';
import type { Overview, Ways } from './overview.js';
import { issuerName, type OverviewTable } from './overview-page.js';

/** One table of the overview, as a file for a spreadsheet. */
export function overviewCsv(overview: Overview, table: OverviewTable, context: PageContext): string {
  const { say, visitor } = context;
  const csvOf = (rows: readonly (readonly (string | number)[])[]): string =>
    BYTE_ORDER_MARK + rows.map((cells) => csvLine(cells, visitor.language)).join('');
  if (table === 'reasons') {
    const heads = [say('overview.column.reason'), say('overview.column.issuer')];
    return csvOf([
      [...heads, say('overview.column.count'), say('overview.column.before')],
      ...overview.reasons.map(({ reason, issuer, count, before }) => [
        say(`reason.${reason}`),
        issuerName(issuer, context),
        count,
        before,
      ]),
    ]);
  }
  const ways = (['automatic', 'retried', 'manual', 'open'] as const).map((way) => say(`overview.way.${way}`));
  if (table === 'days') {
    return csvOf([[say('overview.column.day'), ...ways], ...overview.days.map((row) => [row.day, ...numbersOf(row)])]);
  }
  return csvOf([
    [say('overview.column.issuer'), ...ways],
    ...overview.issuers.map((row) => [issuerName(row.issuer, context), ...numbersOf(row)]),
  ]);
}

const numbersOf = ({ automatic, retried, manual, open }: Ways) => [automatic, retried, manual, open];
