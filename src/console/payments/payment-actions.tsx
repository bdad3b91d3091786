import type { CheckFact } from '../../cancellations/facts.js';
import { whyNoCheck } from './fact-words.js';
import { PostForm, type PageContext } from '../frame/page.js';
import { mayActAs } from '../frame/visitor.js';

/** The page of a payment. */
export const pathOfPayment = (paymentId: string): string => `/console/payments/${encodeURIComponent(paymentId)}`;

interface Props {
  readonly context: PageContext;
  readonly paymentId: string;
  readonly issuerName: string | null;
  readonly check: CheckFact;
  readonly isInProgress: boolean;
  /** In a row of a table, where the reasons why something is off stand elsewhere. */
  readonly isSmall?: boolean;
}

/** What a person may do with a payment's cancellation while the machine may still do something, and why not. */
export const PaymentActions = ({ context, paymentId, issuerName, check, isInProgress, isSmall = false }: Props) => {
  const { say, visitor } = context;
  if (check.kind === 'over' || check.kind === 'not-asked-yet') return null;
  const mayAct = mayActAs('operator', visitor);
  const whyOff = mayAct ? whyNoCheck(check, issuerName, context) : say('take-over.off.viewer');
  const size = isSmall ? 'small' : undefined;
  const forWhat = isSmall && <span class="hidden-words"> {say('take-over.for', { payment: paymentId })}</span>;
  return (
    <>
      <div class="buttons">
        {isInProgress && mayAct && (
          <a class={isSmall ? 'button small' : 'button'} href={`${pathOfPayment(paymentId)}/take-over`}>
            {say('take-over.action')}
            {forWhat}
          </a>
        )}
        {whyOff === null && (
          <PostForm context={context} action={`${pathOfPayment(paymentId)}/check`}>
            <button class={size} type="submit">
              {say('check.action')}
              {forWhat}
            </button>
          </PostForm>
        )}
        {whyOff !== null && !isSmall && (
          <button class={size} type="button" disabled>
            {say('check.action')}
          </button>
        )}
      </div>
      {whyOff !== null && (!isSmall || mayAct) && <p class="why-off">{whyOff}</p>}
    </>
  );
};
