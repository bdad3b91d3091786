import { findIssuer } from '../../issuers/index.js';
import type { TextKey } from '../../texts/catalogue.js';
import { Bar, StackedColumns, type ChartColumn } from './charts.js';
import type { PageContext } from '../frame/page.js';
import { countOf, DAYS, type IssuerWays, type Overview, type ReasonCount, type Ways } from './overview.js';

interface Props {
  readonly context: PageContext;
  readonly overview: Overview;
  readonly sandbox: boolean;
}

/** What became of a merchant's cancellations: by day, by issuer, and why people were needed. */
export const OverviewPage = ({ context, overview, sandbox }: Props) => {
  const { say } = context;
  return (
    <>
      <h1>{say('section.overview')}</h1>
      <ul class="tabs" aria-label={say('overview.environments')}>
        <li>
          <a href="/console/overview" aria-current={sandbox ? undefined : 'page'}>
            {say('overview.live')}
          </a>
        </li>
        <li>
          <a href="/console/overview?sandbox=1" aria-current={sandbox ? 'page' : undefined}>
            {say('part.sandbox')}
          </a>
        </li>
      </ul>
      <p>{say('overview.lead', { days: DAYS })}</p>
      <Tiles context={context} overview={overview} />
      {countOf(overview.total) === 0 ? (
        <div class="sheet empty">
          <p>{say('overview.empty', { days: DAYS })}</p>
        </div>
      ) : (
        <>
          <Days context={context} overview={overview} sandbox={sandbox} />
          <Issuers context={context} overview={overview} sandbox={sandbox} />
        </>
      )}
      <Reasons context={context} overview={overview} sandbox={sandbox} />
    </>
  );
};

const Tiles = ({ context: { say, formats }, overview }: Pick<Props, 'context' | 'overview'>) => {
  const { total, before, resolution, resolutionBefore, overdue } = overview;
  const none = say('overview.none');
  const duration = (ms: number | null) => (ms === null ? none : formats.duration(ms));
  const share = (ways: Ways) => {
    const part = shareWithoutPerson(ways);
    return part === null ? none : formats.percent(part);
  };
  const tiles: readonly (readonly [name: TextKey, value: string, before: string])[] = [
    ['overview.tile.automatic', share(total), share(before)],
    ['overview.tile.manual', formats.integer(total.manual), formats.integer(before.manual)],
    ['overview.tile.median', duration(resolution.medianMs), duration(resolutionBefore.medianMs)],
    ['overview.tile.most90', duration(resolution.most90Ms), duration(resolutionBefore.most90Ms)],
  ];
  return (
    <ul class="tiles">
      {tiles.map(([name, value, earlier]) => (
        <li>
          <div class="tile">
            <b>{value}</b> <span>{say(name)}</span> <small>{say('overview.before', { value: earlier })}</small>
          </div>
        </li>
      ))}
      <li>
        <a class={overdue > 0 ? 'tile red' : 'tile'} href="/console/manual-cancellations?view=overdue">
          <b>{formats.integer(overdue)}</b> <span>{say('overview.tile.overdue')}</span>
        </a>
      </li>
    </ul>
  );
};

/** Of those that are over; null where none is. */
function shareWithoutPerson({ automatic, retried, manual }: Ways): number | null {
  const over = automatic + retried + manual;
  return over === 0 ? null : (automatic + retried) / over;
}

const wayNames = ['automatic', 'retried', 'manual', 'open'] as const;

/** Those that a chart shows: what is in progress becomes one of them. */
const drawn = ['automatic', 'retried', 'manual'] as const;

const Days = ({ context, overview, sandbox }: Props) => {
  const { say } = context;
  const { days, total } = overview;
  const columns = days.map(({ day, ...ways }, index): ChartColumn => {
    const name = dayWords(day);
    // One label a week, the last of them today.
    const label = (days.length - 1 - index) % 7 === 0 ? name.slice(0, 5) : '';
    return { label, words: say('overview.column-words', { name, ...ways }), values: drawn.map((way) => ways[way]) };
  });
  return (
    <section class="sheet">
      <Chart context={context} id="days" title={say('overview.by-day')} total={total} columns={columns} />
      <details>
        <summary>{say('overview.table')}</summary>
        <WaysTable
          context={context}
          caption={say('overview.by-day')}
          head={say('overview.column.day')}
          rows={[...days].reverse().map(({ day, ...ways }) => [dayWords(day), ways])}
          total={total}
        />
      </details>
      <Download context={context} table="days" sandbox={sandbox} />
    </section>
  );
};

const Issuers = ({ context, overview, sandbox }: Props) => {
  const { say } = context;
  const { issuers, total } = overview;
  const columns = issuers.map(({ issuer, ...ways }): ChartColumn => {
    const name = issuerName(issuer, context);
    const label = issuer === null ? '–' : name;
    return { label, words: say('overview.column-words', { name, ...ways }), values: drawn.map((way) => ways[way]) };
  });
  return (
    <section class="sheet">
      <div class="columns">
        <div>
          <WaysTable
            context={context}
            caption={say('overview.by-issuer')}
            head={say('overview.column.issuer')}
            rows={issuers.map(({ issuer, ...ways }) => [issuerName(issuer, context), ways])}
            total={total}
          />
          <Download context={context} table="issuers" sandbox={sandbox} />
        </div>
        <Chart context={context} id="issuers" title={say('overview.by-issuer')} total={total} columns={columns} />
      </div>
    </section>
  );
};

/** The name of an issuer; what it is called where there is none. */
export const issuerName = (issuer: IssuerWays['issuer'], { say }: Pick<PageContext, 'say'>): string =>
  issuer === null ? say('overview.no-issuer') : (findIssuer(issuer)?.name ?? issuer);

const Chart = ({
  context: { say, formats },
  id,
  title,
  total: { automatic, retried, manual },
  columns,
}: Pick<Props, 'context'> & {
  readonly id: string;
  readonly title: string;
  readonly total: Ways;
  readonly columns: readonly ChartColumn[];
}) => (
  <StackedColumns
    id={id}
    title={title}
    description={say('overview.describe', { automatic, retried, manual })}
    series={drawn.map((way) => say(`overview.way.${way}`))}
    columns={columns}
    write={(value) => formats.integer(value)}
  />
);

const WaysTable = ({
  context: { say, formats },
  caption,
  head,
  rows,
  total,
}: Pick<Props, 'context'> & {
  readonly caption: string;
  readonly head: string;
  readonly rows: readonly (readonly [name: string, ways: Ways])[];
  readonly total: Ways;
}) => (
  <div class="table" role="region" aria-label={caption} tabIndex={0}>
    <table class="cards">
      <caption>{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{head}</th>
          {wayNames.map((way) => (
            <th scope="col" class="number">
              {say(`overview.way.${way}`)}
            </th>
          ))}
          <th scope="col" class="number">
            {say('overview.share')}
          </th>
        </tr>
      </thead>
      <tbody>
        {[...rows, [say('overview.all'), total] as const].map(([name, ways]) => (
          <tr>
            <th scope="row">{name}</th>
            {wayNames.map((way) => (
              <td class="number" data-label={say(`overview.way.${way}`)}>
                {formats.integer(ways[way])}
              </td>
            ))}
            <td class="number" data-label={say('overview.share')}>
              {shareByHand(ways, formats)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

function shareByHand(ways: Ways, formats: PageContext['formats']): string {
  const without = shareWithoutPerson(ways);
  return without === null ? '–' : formats.percent(1 - without);
}

const Reasons = ({ context, overview, sandbox }: Props) => {
  const { say, formats } = context;
  const { reasons } = overview;
  const most = Math.max(0, ...reasons.map(({ count }) => count));
  return (
    <section class="sheet">
      {reasons.length === 0 ? (
        <>
          <h2>{say('overview.by-reason')}</h2>
          <p>{say('overview.no-manual')}</p>
        </>
      ) : (
        <>
          <div class="table" role="region" aria-label={say('overview.by-reason')} tabIndex={0}>
            <table class="cards">
              <caption>{say('overview.by-reason')}</caption>
              <thead>
                <tr>
                  <th scope="col">{say('overview.column.reason')}</th>
                  <th scope="col">{say('overview.column.issuer')}</th>
                  <th scope="col" class="number">
                    {say('overview.column.count')}
                  </th>
                  <th scope="col" class="number">
                    {say('overview.column.before')}
                  </th>
                </tr>
              </thead>
              <tbody>
                {reasons.map((row) => (
                  <ReasonRow context={context} row={row} most={most} formats={formats} />
                ))}
              </tbody>
            </table>
          </div>
          <Download context={context} table="reasons" sandbox={sandbox} />
        </>
      )}
    </section>
  );
};

const ReasonRow = ({
  context,
  row: { reason, issuer, count, before },
  most,
  formats,
}: Pick<Props, 'context'> & {
  readonly row: ReasonCount;
  readonly most: number;
  readonly formats: PageContext['formats'];
}) => {
  const { say } = context;
  return (
    <tr>
      <th scope="row">
        {say(`reason.${reason}`)}
        <Bar value={count} most={most} />
      </th>
      <td data-label={say('overview.column.issuer')}>{issuerName(issuer, context)}</td>
      <td class="number" data-label={say('overview.column.count')}>
        {formats.integer(count)}
      </td>
      <td class="number" data-label={say('overview.column.before')}>
        {formats.integer(before)}
      </td>
    </tr>
  );
};

/** The tables that can be had as a file. */
export const overviewTables = ['days', 'issuers', 'reasons'] as const;

export type OverviewTable = (typeof overviewTables)[number];

const Download = ({
  context: { say },
  table,
  sandbox,
}: Pick<Props, 'context' | 'sandbox'> & { readonly table: OverviewTable }) => (
  <p>
    <a class="button small below" href={`/console/overview?${sandbox ? 'sandbox=1&' : ''}csv=${table}`}>
      {say('overview.download')}
    </a>
  </p>
);

/** `2026-11-21` as the three languages write it. */
const dayWords = (day: string) => day.split('-').reverse().join('/');
