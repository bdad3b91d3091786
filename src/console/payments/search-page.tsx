import { findIssuer } from '../../issuers/index.js';
import type { PageContext } from '../frame/page.js';
import { Id, SandboxMark, When } from '../frame/parts.js';
import { pathOfPayment } from './payment-actions.js';
import { PaymentStateMark } from './payment-page.js';
import { MOST_FOUND, type FoundPayment } from './payment-search.js';

interface Props {
  readonly context: PageContext;
  /** As it was pasted, without what nobody sees. */
  readonly q: string;
  readonly payments: readonly FoundPayment[];
  readonly hasMore: boolean;
}

/** What was found for an id that names several payments, or none. */
export const SearchPage = ({ context, q, payments, hasMore }: Props) => {
  const { say } = context;
  return (
    <>
      <h1>{say('search.title')}</h1>
      {q === '' ? (
        <p>{say('search.nothing')}</p>
      ) : payments.length === 0 ? (
        <section class="sheet">
          <p>
            <strong>{say('search.none', { q })}</strong>
          </p>
          <p>{say('search.searched')}</p>
          <ul>
            <li>{say('search.try-whole')}</li>
            <li>{say('search.try-vtex')}</li>
            <li>{say('search.try-other')}</li>
          </ul>
        </section>
      ) : (
        <section class="sheet">
          {hasMore && <p>{say('search.more', { count: MOST_FOUND })}</p>}
          <Found context={context} q={q} payments={payments} />
        </section>
      )}
    </>
  );
};

const heads = ['payment', 'order', 'issuer', 'state', 'since', 'found-by'] as const;

const Found = ({ context, q, payments }: Omit<Props, 'hasMore'>) => {
  const { say } = context;
  return (
    <div class="table" role="region" aria-label={say('search.title')} tabIndex={0}>
      <table class="cards">
        <caption>{say('search.several', { count: payments.length, q })}</caption>
        <thead>
          <tr>
            {heads.map((head) => (
              <th scope="col">{say(`search.column.${head}`)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {payments.map(({ paymentId, orderId, sandbox, issuer, state, createdAt, foundBy }) => (
            <tr>
              <th scope="row">
                <a class="id" href={pathOfPayment(paymentId)}>
                  {paymentId}
                </a>{' '}
                {sandbox && <SandboxMark context={context} />}
              </th>
              <td data-label={say('search.column.order')}>
                {orderId !== null && <Id context={context} id={orderId} />}
              </td>
              <td data-label={say('search.column.issuer')}>
                {issuer !== null && (findIssuer(issuer)?.name ?? issuer)}
              </td>
              <td data-label={say('search.column.state')}>
                {state === null ? (
                  say('search.no-cancellation')
                ) : (
                  <PaymentStateMark
                    context={context}
                    state={state === 'asking' || state === 'waiting' ? 'in-progress' : state}
                  />
                )}
              </td>
              <td data-label={say('search.column.since')}>
                <When context={context} at={createdAt} />
              </td>
              <td data-label={say('search.column.found-by')}>
                {foundBy.map((by) => say(`found-by.${by}`)).join(', ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};
