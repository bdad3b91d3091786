import type { AccountInProgress, CancellationInProgress } from '../../cancellations/in-progress.js';
import { holdWords, inWords, triedWords } from './fact-words.js';
import { Icon } from '../frame/icon.js';
import type { PageContext } from '../frame/page.js';
import { Id, SandboxMark, When } from '../frame/parts.js';
import { pathOfPayment, PaymentActions } from './payment-actions.js';

export interface InProgressContent {
  readonly rows: readonly CancellationInProgress[];
  readonly byAccount: readonly AccountInProgress[];
  /** Only this issuer's; null: all. */
  readonly issuer: string | null;
  readonly isFirst: boolean;
  readonly hasMore: boolean;
}

interface Props {
  readonly context: PageContext;
  readonly content: InProgressContent;
}

/** What the machine still works on. */
export const InProgressPage = ({ context, content }: Props) => {
  const { say } = context;
  const { rows, issuer } = content;
  return (
    <>
      <h1>{say('section.in-progress')}</h1>
      {rows.length > 0 && (
        <div class="notice warn">
          <Icon name="late" />
          <p>
            <strong>{say('in-progress.do-not')}</strong> {say('in-progress.why-not')}
          </p>
        </div>
      )}
      <Holds context={context} content={content} />
      <Filter context={context} content={content} />
      {rows.length === 0 ? (
        <div class="sheet empty">
          <p>
            {issuer === null
              ? say('in-progress.empty')
              : say('in-progress.empty-issuer', { issuer: nameIn(content, issuer) })}
          </p>
        </div>
      ) : (
        <Table context={context} content={content} />
      )}
    </>
  );
};

const nameIn = ({ byAccount }: InProgressContent, code: string) =>
  byAccount.find(({ issuer }) => issuer === code)?.issuerName ?? code;

/** Why something does not go on, said once and not in each row. */
const Holds = ({ context: { say }, content: { byAccount } }: Props) => {
  const held = byAccount.flatMap(({ hold, ...account }) => (hold === null ? [] : [{ ...account, hold }]));
  if (held.length === 0) return null;
  return (
    <>
      {held.map(({ issuerName, sandbox, hold, count }) => (
        <div class="notice info">
          <Icon name="off" />
          <p>
            {holdWords(hold, sandbox ? `${issuerName} (${say('part.sandbox')})` : issuerName, say)}{' '}
            {say('in-progress.held', { count })}
          </p>
        </div>
      ))}
    </>
  );
};

const Filter = ({ context: { say }, content }: Props) => {
  const issuers = new Map(content.byAccount.map(({ issuer, issuerName }) => [issuer, issuerName]));
  if (issuers.size < 2 && content.issuer === null) return null;
  if (content.issuer !== null && !issuers.has(content.issuer)) issuers.set(content.issuer, content.issuer);
  return (
    <form class="filters" method="get" action="/console/in-progress">
      <div class="field">
        <label for="issuer">{say('in-progress.filter')}</label>
        <select id="issuer" name="issuer">
          <option value="">{say('in-progress.all-issuers')}</option>
          {[...issuers].map(([code, name]) => (
            <option value={code} selected={code === content.issuer}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <button type="submit">{say('in-progress.show')}</button>
    </form>
  );
};

const Table = ({ context, content }: Props) => {
  const { say } = context;
  const { rows, byAccount, issuer } = content;
  const counted = byAccount.filter((account) => issuer === null || account.issuer === issuer);
  const count = counted.reduce((sum, account) => sum + account.count, 0);
  const heads = ['payment', 'issuer', 'since', 'last', 'next', 'end', 'actions'] as const;
  return (
    <div class="sheet">
      <div class="table" role="region" aria-label={say('section.in-progress')} tabIndex={0}>
        <table class="cards">
          <caption>{say('in-progress.caption', { count })}</caption>
          <thead>
            <tr>
              {heads.map((head) => (
                <th scope="col">{say(`in-progress.column.${head}`)}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row context={context} row={row} />
            ))}
          </tbody>
        </table>
      </div>
      <Pages context={context} content={content} />
    </div>
  );
};

const Row = ({ context, row }: { readonly context: PageContext; readonly row: CancellationInProgress }) => {
  const { say, formats, now } = context;
  const { paymentId, orderId, sandbox, value, currency, issuerName, since, last, facts } = row;
  return (
    <tr>
      <th scope="row">
        <a href={pathOfPayment(paymentId)}>{orderId ?? say('payment.title')}</a>{' '}
        {sandbox && <SandboxMark context={context} />}
        {value !== null && (
          <>
            <br />
            <span class="quiet-words">{formats.money(value, currency)}</span>
          </>
        )}
        <br />
        <Id context={context} id={paymentId} isShort />
      </th>
      <td data-label={say('in-progress.column.issuer')}>{issuerName}</td>
      <td data-label={say('in-progress.column.since')}>
        {formats.duration(now.getTime() - since.getTime())}
        <br />
        <span class="quiet-words">
          <When context={context} at={since} />
        </span>
      </td>
      <td data-label={say('in-progress.column.last')}>
        {triedWords(last, say)}
        {last && (
          <>
            <br />
            <span class="quiet-words">
              <When context={context} at={last.endedAt ?? last.startedAt} />
            </span>
          </>
        )}
      </td>
      <td data-label={say('in-progress.column.next')}>
        {facts.now.kind === 'under-way'
          ? say('in-progress.awaited')
          : facts.next === null
            ? say('in-progress.now')
            : inWords(facts.next.dueAt, context)}
      </td>
      <td data-label={say('in-progress.column.end')}>
        {facts.giveUpAt && <When context={context} at={facts.giveUpAt} />}
      </td>
      <td data-label={say('in-progress.column.actions')}>
        <PaymentActions
          context={context}
          paymentId={paymentId}
          issuerName={issuerName}
          check={facts.check}
          isInProgress
          isSmall
        />
      </td>
    </tr>
  );
};

const Pages = ({ context: { say }, content: { rows, issuer, isFirst, hasMore } }: Props) => {
  const last = rows.at(-1);
  if (isFirst && !hasMore) return null;
  const query = (more: Readonly<Record<string, string>>) =>
    `/console/in-progress?${new URLSearchParams({ ...(issuer === null ? {} : { issuer }), ...more }).toString()}`;
  return (
    <p class="pages">
      <span>{!isFirst && <a href={query({})}>{say('in-progress.from-start')}</a>}</span>
      <span>{hasMore && last && <a href={query({ after: last.paymentId })}>{say('in-progress.more')}</a>}</span>
    </p>
  );
};
