import type { PaymentFacts } from '../../cancellations/explanation.js';
import { triedWords } from './fact-words.js';
import { Icon } from '../frame/icon.js';
import { PostForm, type PageContext } from '../frame/page.js';
import { Id } from '../frame/parts.js';
import { pathOfPayment } from './payment-actions.js';

interface Props {
  readonly context: PageContext;
  readonly paymentId: string;
  readonly orderId: string | null;
  readonly facts: PaymentFacts;
}

/** Asks whether somebody really wants to take a cancellation over, and says what that means. */
export const TakeOverPage = ({ context, paymentId, orderId, facts }: Props) => {
  const { say } = context;
  const issuer = facts.issuerName ?? '';
  const tried = facts.why.find((fact) => fact.kind === 'tried');
  return (
    <>
      <h1>{say('take-over.title')}</h1>
      <section class="sheet">
        <p>
          {orderId !== null && <>{say('payment.title-order', { order: orderId })} · </>}
          <Id context={context} id={paymentId} />
        </p>
        <p>{triedWords(tried?.attempts.at(-1) ?? null, say)}</p>
        {facts.now.kind === 'under-way' && (
          <div class="notice warn">
            <Icon name="late" />
            <p>{say('take-over.under-way', { issuer })}</p>
          </div>
        )}
        <ul>
          <li>{say('take-over.means-stop', { issuer })}</li>
          <li>{say('take-over.means-yours', { issuer })}</li>
          <li>{say('take-over.means-vtex')}</li>
          <li>{say('take-over.means-late', { issuer })}</li>
        </ul>
        <div class="buttons">
          <PostForm context={context} action={`${pathOfPayment(paymentId)}/take-over`}>
            <button class="main" type="submit">
              {say('take-over.confirm')}
            </button>
          </PostForm>
          <a class="button" href={pathOfPayment(paymentId)}>
            {say('take-over.leave')}
          </a>
        </div>
      </section>
    </>
  );
};
