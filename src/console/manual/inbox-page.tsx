import type { ComponentChildren } from 'preact';
import { issuers } from '../../issuers/index.js';
import type { SomeIssuer } from '../../issuers/issuer.js';
import { manualReasons, type ManualReason } from '../../manual-cancellations/manual-reason.js';
import { resolutions } from '../../manual-cancellations/resolution.js';
import { MOST_COUNTED, MOST_FOUND, PAGE_SIZE, type InboxCounts, type InboxPage, type InboxRow } from './inbox.js';
import {
  ages,
  defaultDirectionOf,
  defaultSortOf,
  environments,
  filtersOf,
  kinds,
  parametersOf,
  sortsOf,
  spans,
  views,
  type InboxQuery,
  type InboxSort,
  type InboxView,
} from './inbox-query.js';
import { Icon } from '../frame/icon.js';
import { PostForm, type PageContext } from '../frame/page.js';
import { DueMark, Id, SandboxMark, shortId, StateMark, When } from '../frame/parts.js';
import { mayActAs } from '../frame/visitor.js';

export const INBOX = '/console/manual-cancellations';
export const SELECTED = `${INBOX}/selected`;

export interface Colleague {
  readonly personId: string;
  readonly name: string;
}

export interface InboxContent {
  readonly query: InboxQuery;
  readonly counts: InboxCounts;
  readonly page: InboxPage;
  readonly people: readonly Colleague[];
}

interface Props extends InboxContent {
  readonly context: PageContext;
}

/** The page of one manual cancellation. */
export const pathOf = (manualCancellationId: string): string => `${INBOX}/${manualCancellationId}`;

export const pathOfInbox = (query: InboxQuery, changes: Partial<InboxQuery> = {}): string => {
  const parameters = parametersOf(query, { after: null, ...changes }).toString();
  return parameters === '' ? INBOX : `${INBOX}?${parameters}`;
};

/** What people have to do. */
export const InboxBody = (props: Props) => {
  const { context, query, counts, page } = props;
  const { say, visitor } = context;
  const mayAct = mayActAs('operator', visitor);
  return (
    <>
      <h1>{say('section.inbox')}</h1>
      <Tiles {...props} />
      <News context={context} since={counts.newestAt} />
      <Tabs context={context} query={query} />
      <div class="find-row">
        <Search context={context} query={query} />
        <Filters {...props} />
      </div>
      <div class="above-table">
        <p role="status" class="quiet-words">
          {countWords(page.count, context)}
        </p>
        {page.count > 0 && (
          <a href={`/console/export.csv?${parametersOf(query, { after: null }).toString()}`} download>
            {say('inbox.export')}
          </a>
        )}
      </div>
      {page.rows.length === 0 ? (
        <Empty context={context} query={query} />
      ) : (
        <>
          <Rows {...props} mayAct={mayAct} />
          <Pages {...props} />
          {mayAct && <Selected {...props} />}
        </>
      )}
    </>
  );
};

const atMost = (count: number, { say, formats }: PageContext) =>
  count > MOST_COUNTED ? say('inbox.more-than', { count: formats.integer(MOST_COUNTED) }) : formats.integer(count);

const countWords = (count: number, { say, formats }: PageContext) =>
  count > MOST_FOUND ? say('inbox.count.many', { count: formats.integer(MOST_FOUND) }) : say('inbox.count', { count });

const Tiles = ({ context, query, counts }: Props) => {
  const { say, formats, now } = context;
  // Where nothing is filtered, so that the number is the number of rows.
  const all: InboxQuery = { ...query, ...unfiltered, q: '', after: null };
  const tile = (view: InboxView, count: number, more: Partial<InboxQuery> = {}) => ({
    href: pathOfInbox({ ...all, ...more, view, ...usualSort(view) }),
    count,
  });
  const tiles = {
    open: tile('open', counts.open),
    overdue: tile('overdue', counts.overdue),
    mine: tile('mine', counts.mine),
    resolved: tile('resolved', counts.resolved, { closed: '7d' }),
  } as const;
  const oldest = counts.oldestAt && formats.duration(now.getTime() - counts.oldestAt.getTime());
  return (
    <>
      <ul class="tiles">
        {(['open', 'overdue', 'mine', 'resolved'] as const).map((name) => (
          <li>
            <a class={name === 'overdue' && counts.overdue > 0 ? 'tile red' : 'tile'} href={tiles[name].href}>
              <b>{atMost(tiles[name].count, context)}</b>
              <span>
                {name === 'overdue' && counts.overdue > 0 && <Icon name="late" />} {say(`inbox.tile.${name}`)}
                {name === 'open' && oldest && ` · ${say('inbox.oldest', { age: oldest })}`}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
};

const unfiltered = {
  issuer: null,
  reason: null,
  kind: null,
  owner: null,
  age: null,
  closed: null,
  environment: null,
} as const satisfies Partial<InboxQuery>;

const usualSort = (view: InboxView): Pick<InboxQuery, 'sort' | 'direction'> => {
  const sort = defaultSortOf(view);
  return { sort, direction: defaultDirectionOf(view, sort) };
};

/** Filled in by the script while the page is looked at; it moves no row. */
const News = ({ context: { say }, since }: { readonly context: PageContext; readonly since: Date | null }) => (
  <p
    class="notice info news"
    role="status"
    hidden
    data-news={`${INBOX}/news?since=${encodeURIComponent(justAfter(since).toISOString())}`}
  >
    <Icon name="open" /> <a href={INBOX}>{say('inbox.filter.show')}</a>
  </p>
);

/** The database counts in microseconds: the newest one must not be news itself. */
const justAfter = (newest: Date | null) => new Date(newest === null ? 0 : newest.getTime() + 1);

const Search = ({ context: { say }, query }: { readonly context: PageContext; readonly query: InboxQuery }) => (
  <form class="filters find" method="get" action={INBOX} role="search" aria-label={say('inbox.search')}>
    <div class="field">
      <label for="find">{say('inbox.search')}</label>
      <input
        id="find"
        type="search"
        name="q"
        value={query.q}
        maxlength={300}
        autocomplete="off"
        spellcheck={false}
        placeholder={say('inbox.search.help')}
      />
    </div>
    <button type="submit">
      <Icon name="search" /> {say('shell.find')}
    </button>
    {query.q !== '' && <a href={pathOfInbox({ ...query, q: '', view: 'open' })}>{say('inbox.search.clear')}</a>}
  </form>
);

const Tabs = ({ context: { say }, query }: { readonly context: PageContext; readonly query: InboxQuery }) => (
  <nav aria-label={say('inbox.views')}>
    <ul class="tabs">
      {views.map((view) => (
        <li>
          <a
            href={pathOfInbox({ ...query, closed: null, view, ...usualSort(view) })}
            aria-current={query.view === view ? 'page' : undefined}
          >
            {say(`inbox.view.${view}`)}
          </a>
        </li>
      ))}
    </ul>
  </nav>
);

const Filters = ({ context, query, people }: Props) => {
  const { say, visitor } = context;
  const count = filtersOf(query).length;
  const all = Object.values<SomeIssuer>(issuers);
  const others = people.filter(({ personId }) => personId !== visitor.personId);
  const kept = [...parametersOf({ ...query, ...unfiltered, after: null })];
  return (
    <details class="filter-box" open={count > 0}>
      <summary>{say('inbox.filters', { count })}</summary>
      <form class="filters" method="get" action={INBOX}>
        {kept.map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <Filter context={context} name="issuer" value={query.issuer}>
          {all.map(({ code, name }) => ({ value: code, words: name }))}
          {[{ value: 'none', words: say('inbox.filter.issuer.none') }]}
        </Filter>
        <Filter context={context} name="reason" value={query.reason}>
          {(Object.keys(manualReasons) as ManualReason[]).map((reason) => ({
            value: reason,
            words: say(`reason-short.${reason}`),
          }))}
        </Filter>
        <Filter context={context} name="kind" value={query.kind}>
          {kinds.map((kind) => ({ value: kind, words: say(`kind.${kind}`) }))}
        </Filter>
        <Filter context={context} name="owner" value={query.owner}>
          {[
            { value: 'me', words: say('inbox.filter.owner.me') },
            { value: 'nobody', words: say('inbox.filter.owner.nobody') },
          ]}
          {others.map(({ personId, name }) => ({ value: personId, words: name }))}
        </Filter>
        <Filter context={context} name="age" value={query.age}>
          {ages.map((age) => ({ value: age, words: say(`inbox.filter.age.${age}`) }))}
        </Filter>
        {(query.view === 'resolved' || query.view === 'all') && (
          <Filter context={context} name="closed" value={query.closed}>
            {spans.map((span) => ({ value: span, words: say(`inbox.filter.closed.${span}`) }))}
          </Filter>
        )}
        <Filter context={context} name="environment" value={query.environment}>
          {environments.map((environment) => ({
            value: environment,
            words: say(`inbox.filter.environment.${environment}`),
          }))}
        </Filter>
        <button type="submit">{say('inbox.filter.show')}</button>
        {count > 0 && <a href={pathOfInbox({ ...query, ...unfiltered })}>{say('inbox.filter.clear')}</a>}
      </form>
    </details>
  );
};

interface Option {
  readonly value: string;
  readonly words: string;
}

const Filter = ({
  context: { say },
  name,
  value,
  children,
}: {
  readonly context: PageContext;
  readonly name: 'issuer' | 'reason' | 'kind' | 'owner' | 'age' | 'closed' | 'environment';
  readonly value: string | null;
  readonly children: readonly Option[] | readonly (readonly Option[])[];
}) => (
  <div class="field">
    <label for={`filter-${name}`}>{say(`inbox.filter.${name}`)}</label>
    <select id={`filter-${name}`} name={name}>
      <option value="">{say('inbox.filter.any')}</option>
      {children.flat().map((option) => (
        <option value={option.value} selected={option.value === value}>
          {option.words}
        </option>
      ))}
    </select>
  </div>
);

const Empty = ({ context: { say }, query }: { readonly context: PageContext; readonly query: InboxQuery }) => (
  <div class="sheet empty">
    {query.q !== '' && (
      <>
        <p>{say('inbox.empty.search', { q: query.q })}</p>
        <p>
          <a href={`/console/payments?q=${encodeURIComponent(query.q)}`}>{say('inbox.empty.search-payments')}</a>
        </p>
      </>
    )}
    {query.q === '' && filtersOf(query).length > 0 && (
      <>
        <p>{say('inbox.empty.filtered')}</p>
        <p>
          <a href={pathOfInbox({ ...query, ...unfiltered })}>{say('inbox.filter.clear')}</a>
        </p>
      </>
    )}
    {query.q === '' && filtersOf(query).length === 0 && <p>{say(`inbox.empty.${query.view}`)}</p>}
  </div>
);

const Rows = ({ context, query, page, mayAct }: Props & { readonly mayAct: boolean }) => {
  const { say } = context;
  return (
    <div class="table">
      <table class="cards inbox">
        <caption>{say('inbox.caption', { view: say(`inbox.view.${query.view}`) })}</caption>
        <thead>
          <tr>
            {mayAct && (
              <th scope="col">
                <span class="hidden-words">{say('inbox.column.select')}</span>
                <input type="checkbox" data-all="task" aria-label={say('inbox.column.select-all')} hidden />
              </th>
            )}
            <SortHeader context={context} query={query} sort="age" />
            <th scope="col">{say('inbox.column.payment')}</th>
            <th scope="col" class="number">
              {say('inbox.column.amount')}
            </th>
            <th scope="col">{say('inbox.column.issuer')}</th>
            <th scope="col">{say('inbox.column.what')}</th>
            <th scope="col">{say('inbox.column.owner')}</th>
            <th scope="col">{say('inbox.column.state')}</th>
            <SortHeader context={context} query={query} sort={sortsOf(query.view)[1] ?? 'due'} />
            {mayAct && query.view !== 'resolved' && (
              <th scope="col">
                <span class="hidden-words">{say('inbox.column.action')}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {page.rows.map((row) => (
            <Row context={context} query={query} row={row} mayAct={mayAct} />
          ))}
        </tbody>
      </table>
    </div>
  );
};

const SortHeader = ({
  context: { say },
  query,
  sort,
}: {
  readonly context: PageContext;
  readonly query: InboxQuery;
  readonly sort: InboxSort;
}) => {
  const isSorted = query.sort === sort;
  const direction = isSorted ? (query.direction === 'asc' ? 'desc' : 'asc') : defaultDirectionOf(query.view, sort);
  const words = { asc: 'ascending', desc: 'descending' } as const;
  return (
    <th scope="col" aria-sort={isSorted ? words[query.direction] : undefined}>
      <a href={pathOfInbox(query, { sort, direction })}>
        {say(`inbox.column.${sort}`)}
        <span class="hidden-words">, {say('inbox.sort-by')}</span>
        {isSorted && <Icon name={query.direction === 'asc' ? 'up' : 'down'} />}
      </a>
    </th>
  );
};

/** What a row is called, where it is spoken of elsewhere. */
export const nameOf = (
  { orderId, paymentId }: Pick<InboxRow, 'orderId' | 'paymentId'>,
  { say }: PageContext,
): string =>
  orderId === null ? say('inbox.payment', { id: shortId(paymentId) }) : say('inbox.order', { id: orderId });

/** What is to be done, and why where that is not said by what it is. */
export const whatWords = ({ kind, reason }: Pick<InboxRow, 'kind' | 'reason'>, { say }: PageContext): string =>
  kind === 'whole' ? `${say('kind.whole')}: ${say(`reason-short.${reason}`)}` : say(`kind.${kind}`);

export const isOpen = ({ state }: Pick<InboxRow, 'state'>): boolean => state === 'open' || state === 'taken';

const Row = ({
  context,
  query,
  row,
  mayAct,
}: {
  readonly context: PageContext;
  readonly query: InboxQuery;
  readonly row: InboxRow;
  readonly mayAct: boolean;
}) => {
  const { say, formats, now, visitor } = context;
  const name = nameOf(row, context);
  const path = pathOf(row.manualCancellationId);
  const age = formats.duration((row.closedAt ?? now).getTime() - row.openedAt.getTime());
  return (
    <tr>
      {mayAct && (
        <td class="select">
          <input
            type="checkbox"
            form="selected"
            name="task"
            value={`${row.manualCancellationId}:${row.version}`}
            aria-label={say('inbox.column.select-one', { what: name })}
          />
        </td>
      )}
      <td data-label={say('inbox.column.age')}>
        <span class="nowrap">{age}</span>{' '}
        {isOpen(row) && (
          <span class="nowrap">
            <DueMark context={context} dueAt={row.dueAt} />
          </span>
        )}
      </td>
      <th scope="row">
        <a href={path}>{row.orderId ?? shortId(row.paymentId)}</a> {row.sandbox && <SandboxMark context={context} />}
        <span class="below">
          <Id context={context} id={row.paymentId} isShort />
        </span>
      </th>
      <td class="number" data-label={say('inbox.column.amount')}>
        <Known context={context}>{row.amount === null ? null : formats.money(row.amount, row.currency)}</Known>
      </td>
      <td data-label={say('inbox.column.issuer')}>
        <Known context={context}>{row.issuerName}</Known>
      </td>
      <td data-label={say('inbox.column.what')}>
        {whatWords(row, context)}
        {row.resolution !== null && !isOpen(row) && (
          <span class="below quiet-words">{say(`resolution.${row.resolution}`)}</span>
        )}
      </td>
      <td data-label={say('inbox.column.owner')}>
        {row.ownerName ?? <span class="quiet-words">{say('inbox.nobody')}</span>}
      </td>
      <td data-label={say('inbox.column.state')}>
        <StateMark context={context} state={row.state} />
      </td>
      <td data-label={say(`inbox.column.${query.view === 'resolved' ? 'closed' : 'due'}`)}>
        <When context={context} at={query.view === 'resolved' ? (row.closedAt ?? row.dueAt) : row.dueAt} />
      </td>
      {mayAct && query.view !== 'resolved' && (
        <td>
          {isOpen(row) && row.takenBy !== visitor.personId && (
            <PostForm context={context} action={`${path}/take`}>
              <input type="hidden" name="version" value={row.version} />
              <button class="small" type="submit" aria-label={say('inbox.take-what', { what: name })}>
                {say('inbox.take')}
              </button>
            </PostForm>
          )}
        </td>
      )}
    </tr>
  );
};

const Known = ({
  context: { say },
  children,
}: {
  readonly context: PageContext;
  readonly children: ComponentChildren;
}) => (children === null ? <span class="quiet-words">{say('inbox.not-known')}</span> : <>{children}</>);

const Pages = ({ context: { say, formats }, query, page }: Props) =>
  query.after === null && page.next === null ? null : (
    <nav class="pages" aria-label={say('inbox.pages')}>
      {query.after === null ? <span /> : <a href={pathOfInbox(query)}>{say('inbox.first')}</a>}
      {page.next && (
        <a class="button" href={pathOfInbox(query, { after: page.next })}>
          {say('inbox.next', { count: formats.integer(PAGE_SIZE) })}
        </a>
      )}
    </nav>
  );

/** The rows' boxes belong to this form, wherever they stand. */
const Selected = ({ context, query, people }: Props) => {
  const { say } = context;
  return (
    <details class="sheet selected">
      <summary>{say('selected.title')}</summary>
      <PostForm context={context} action={SELECTED} id="selected">
        {/* What Enter in a box would press: nothing is to be done to several by mistake. */}
        <button type="submit" disabled hidden />
        <input type="hidden" name="back" value={parametersOf(query).toString()} />
        <div class="groups">
          <fieldset>
            <legend>{say('selected.take')}</legend>
            <button type="submit" name="do" value="take">
              {say('selected.take')}
            </button>
          </fieldset>
          <fieldset>
            <legend>{say('selected.hand-over')}</legend>
            <div class="field">
              <label for="to-person">{say('selected.hand-over-to')}</label>
              <select id="to-person" name="to">
                <option value="">{say('selected.choose')}</option>
                {people.map(({ personId, name }) => (
                  <option value={personId}>{name}</option>
                ))}
              </select>
            </div>
            <button type="submit" name="do" value="hand-over">
              {say('selected.hand-over')}
            </button>
          </fieldset>
          <fieldset>
            <legend>{say('selected.resolve')}</legend>
            <p class="quiet-words">{say('selected.resolve.help')}</p>
            <div class="field">
              <label for="all-outcome">{say('manual.outcome')}</label>
              <select id="all-outcome" name="resolution">
                <option value="">{say('selected.choose')}</option>
                {resolutions.map((resolution) => (
                  <option value={resolution}>{say(`resolution.${resolution}`)}</option>
                ))}
              </select>
            </div>
            <div class="field">
              <label for="all-note">{say('manual.resolve.note')}</label>
              <textarea id="all-note" name="note" maxlength={2000} />
            </div>
            <button type="submit" name="do" value="resolve">
              {say('selected.resolve')}
            </button>
          </fieldset>
        </div>
      </PostForm>
    </details>
  );
};
