import type { Moved } from '../../manual-cancellations/manual-moves.js';
import { Icon } from '../frame/icon.js';
import type { InboxRow } from './inbox.js';
import { nameOf, pathOf, SELECTED } from './inbox-page.js';
import { PostForm, type PageContext } from '../frame/page.js';
import { StateMark } from '../frame/parts.js';

/** What can be done with several at once. */
export const moves = ['take', 'hand-over', 'resolve', 'undo'] as const;
export type SeveralMove = (typeof moves)[number];

export interface Result {
  readonly id: string;
  readonly version: number;
  readonly kind: Moved['kind'];
}

/** What came of each. */
export const SelectedBody = ({
  context,
  move,
  results,
  rows,
  back,
}: {
  readonly context: PageContext;
  readonly move: SeveralMove;
  readonly results: readonly Result[];
  readonly rows: readonly InboxRow[];
  readonly back: string;
}) => {
  const { say } = context;
  const done = results.filter(({ kind }) => kind === 'moved');
  return (
    <>
      <h1>{say('selected.results')}</h1>
      {results.length > 0 && (
        <>
          <p class={done.length === results.length ? 'notice done' : 'notice warn'} role="status">
            <Icon name={done.length === results.length ? 'done' : 'late'} />{' '}
            {say('selected.summary', { done: done.length, all: results.length })}
          </p>
          {move === 'resolve' && done.length > 0 && <UndoAll context={context} done={done} />}
          <ResultTable context={context} move={move} results={results} rows={rows} />
        </>
      )}
      <p>
        <a class="button" href={back}>
          {say('selected.back')}
        </a>
      </p>
    </>
  );
};

/** Each has moved on by one version. */
const UndoAll = ({ context, done }: { readonly context: PageContext; readonly done: readonly Result[] }) => (
  <PostForm context={context} action={SELECTED}>
    <input type="hidden" name="do" value="undo" />
    {done.map(({ id, version }) => (
      <input type="hidden" name="task" value={`${id}:${version + 1}`} />
    ))}
    <p>
      <button type="submit">{context.say('selected.undo-all')}</button>
    </p>
  </PostForm>
);

const ResultTable = ({
  context,
  move,
  results,
  rows,
}: {
  readonly context: PageContext;
  readonly move: SeveralMove;
  readonly results: readonly Result[];
  readonly rows: readonly InboxRow[];
}) => {
  const { say } = context;
  return (
    <div class="table">
      <table class="cards">
        <caption>{say('selected.results')}</caption>
        <thead>
          <tr>
            <th scope="col">{say('inbox.column.payment')}</th>
            <th scope="col">{say('selected.column.result')}</th>
            <th scope="col">{say('inbox.column.state')}</th>
          </tr>
        </thead>
        <tbody>
          {results.map(({ id, kind }) => {
            const row = rows.find(({ manualCancellationId }) => manualCancellationId === id);
            return (
              <tr>
                <th scope="row">
                  {row ? <a href={pathOf(id)}>{nameOf(row, context)}</a> : <code class="id">{id}</code>}
                </th>
                <td data-label={say('selected.column.result')}>
                  <Icon name={kind === 'moved' ? 'done' : 'late'} />{' '}
                  {kind === 'moved' ? say(`moved.${move}`) : say(`moved.${kind}`)}
                </td>
                <td data-label={say('inbox.column.state')}>
                  {row && <StateMark context={context} state={row.state} />}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
};
