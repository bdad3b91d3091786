import { findIssuer } from '../../issuers/index.js';
import type { ManualKind } from '../../manual-cancellations/manual-cancellations.js';
import { manualReasons, type ManualReason } from '../../manual-cancellations/manual-reason.js';
import { isPersonId } from '../people/people.js';

export const views = ['open', 'mine', 'overdue', 'resolved', 'all'] as const;
export type InboxView = (typeof views)[number];

export const kinds = ['whole', 'partial', 'linked-late', 'refund'] as const satisfies readonly ManualKind[];

/** How old: less than a day, or more than so many. */
export const ages = ['new', '1d', '3d', '7d'] as const;

/** In how many days it was resolved. */
export const spans = ['7d', '30d'] as const;

export const environments = ['live', 'sandbox'] as const;

export const sorts = ['age', 'due', 'closed'] as const;
export type InboxSort = (typeof sorts)[number];
export type Direction = 'asc' | 'desc';

/** What of the list is shown, as its address says it. */
export interface InboxQuery {
  readonly view: InboxView;
  /** An id, as it was pasted; empty: none. */
  readonly q: string;
  /** An issuer's code; `none`: not known. */
  readonly issuer: string | null;
  readonly reason: ManualReason | null;
  readonly kind: ManualKind | null;
  /** `me`, `nobody`, or a person's id. */
  readonly owner: string | null;
  readonly age: (typeof ages)[number] | null;
  readonly closed: (typeof spans)[number] | null;
  readonly environment: (typeof environments)[number] | null;
  readonly sort: InboxSort;
  readonly direction: Direction;
  /** Where the page before ended; null: the first page. */
  readonly after: Cursor | null;
}

/** The moment that a row is sorted by, to the microsecond, and its id. */
export interface Cursor {
  readonly at: string;
  readonly id: string;
}

/** Reads an address without trust in it: what it cannot mean counts as absent. */
export function readInboxQuery(query: unknown): InboxQuery {
  const fields = query as Readonly<Record<string, unknown>>;
  const text = (name: string) => {
    const value = fields[name];
    return typeof value === 'string'
      ? value
          .replace(/\p{Cc}/gu, ' ')
          .trim()
          .slice(0, 300)
      : '';
  };
  const one = <Value extends string>(name: string, values: readonly Value[]): Value | null =>
    values.find((value) => value === text(name)) ?? null;
  const q = text('q');
  // Whoever looks for an id wants to find it whatever became of it.
  const view = one('view', views) ?? (q === '' ? 'open' : 'all');
  const sort = one('sort', sortsOf(view)) ?? defaultSortOf(view);
  return {
    view,
    q,
    issuer: text('issuer') === 'none' || findIssuer(text('issuer')) ? text('issuer') : null,
    reason: one('reason', Object.keys(manualReasons) as ManualReason[]),
    kind: one('kind', kinds),
    owner: ['me', 'nobody'].includes(text('owner')) || isPersonId(text('owner')) ? text('owner') : null,
    age: one('age', ages),
    closed: one('closed', spans),
    environment: one('environment', environments),
    sort,
    direction: one('direction', ['asc', 'desc']) ?? defaultDirectionOf(view, sort),
    after: readCursor(text('after')),
  };
}

/** Only what is closed has a time at which it was. */
export const sortsOf = (view: InboxView): readonly InboxSort[] =>
  view === 'resolved' ? ['age', 'closed'] : ['age', 'due'];

export const defaultSortOf = (view: InboxView): InboxSort =>
  view === 'resolved' ? 'closed' : view === 'all' ? 'age' : 'due';

/** What is most urgent, or most recent where nothing is urgent any more. */
export const defaultDirectionOf = (view: InboxView, sort: InboxSort): Direction => {
  if (sort === 'due') return 'asc';
  return sort === 'age' && view !== 'all' ? 'desc' : sort === 'age' ? 'asc' : 'desc';
};

/** The parameters of the address that shows this, with some of them changed; what is as usual is left out. */
export function parametersOf(query: InboxQuery, changes: Partial<InboxQuery> = {}): URLSearchParams {
  const { view, sort, direction, after, q, ...filters } = { ...query, ...changes };
  const parameters = new URLSearchParams();
  if (view !== (q === '' ? 'open' : 'all')) parameters.set('view', view);
  if (q !== '') parameters.set('q', q);
  for (const [name, value] of Object.entries(filters)) if (value !== null) parameters.set(name, value);
  const usual = defaultSortOf(view);
  if (sort !== usual) parameters.set('sort', sort);
  if (direction !== defaultDirectionOf(view, sort)) parameters.set('direction', direction);
  if (after) parameters.set('after', `${after.at}_${after.id}`);
  return parameters;
}

/** The filters that narrow the view. */
export const filtersOf = ({ issuer, reason, kind, owner, age, closed, environment }: InboxQuery) =>
  Object.entries({ issuer, reason, kind, owner, age, closed, environment }).flatMap(([name, value]) =>
    value === null ? [] : [[name, value] as const],
  );

function readCursor(text: string): Cursor | null {
  const [, at, id] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)_([0-9a-f-]{36})$/.exec(text) ?? [];
  if (at === undefined || id === undefined || !isPersonId(id) || Number.isNaN(Date.parse(at))) return null;
  return { at, id };
}
