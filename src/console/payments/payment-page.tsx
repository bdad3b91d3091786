import type { ComponentChildren } from 'preact';
import type { PaymentFacts } from '../../cancellations/explanation.js';
import { findIssuer } from '../../issuers/index.js';
import { fieldsOf } from '../../manual-cancellations/portal-ids.js';
import { isTextKey } from '../../texts/say.js';
import { factSentences } from './fact-words.js';
import { Icon, type IconName } from '../frame/icon.js';
import type { PageContext } from '../frame/page.js';
import { Id, Mark, SandboxMark, StateMark, VtexLinks, When } from '../frame/parts.js';
import { PaymentActions } from './payment-actions.js';
import type { PaymentDetails, PaymentLink, PaymentTask } from './payment-details.js';

interface Props {
  readonly context: PageContext;
  readonly details: PaymentDetails;
  /** Null where only a request that could not be used has named the payment. */
  readonly facts: PaymentFacts | null;
  readonly timeline: ComponentChildren;
}

/** One payment: how it stands, what may be done, what happened. */
export const PaymentPage = ({ context, details, facts, timeline }: Props) => {
  const { say } = context;
  const { payment, tasks } = details;
  return (
    <>
      <h1>{titleOf(details, context)}</h1>
      <section class="sheet">
        <p>
          <PaymentStateMark context={context} state={stateOf(details)} />{' '}
          {payment?.sandbox && <SandboxMark context={context} />}
        </p>
        <StateWords context={context} details={details} />
        {facts && (
          <PaymentActions
            context={context}
            paymentId={details.paymentId}
            issuerName={facts.issuerName}
            check={facts.check}
            isInProgress={isInProgress(details)}
          />
        )}
      </section>
      <div class="columns">
        <div>
          {tasks.length > 0 && <Tasks context={context} tasks={tasks} />}
          <section class="sheet" aria-labelledby="history">
            <h2 id="history">{say('payment.history')}</h2>
            {timeline}
          </section>
        </div>
        <div>
          {facts && (
            <section class="sheet" aria-labelledby="now">
              <h2 id="now">{say('payment.now')}</h2>
              {factSentences(facts, facts.issuerName, context).map((sentence) => (
                <p>{sentence}</p>
              ))}
            </section>
          )}
          <DetailsSection context={context} details={details} />
        </div>
      </div>
    </>
  );
};

/** How a payment stands, for people. */
export type PaymentState = 'cancelled' | 'manual' | 'in-progress' | 'settled' | 'approved' | 'undecided' | 'unknown';

const isInProgress = ({ cancellation }: PaymentDetails) =>
  cancellation?.state === 'asking' || cancellation?.state === 'waiting';

function stateOf({ payment, cancellation, links }: PaymentDetails): PaymentState {
  if (cancellation) {
    const { state } = cancellation;
    return state === 'asking' || state === 'waiting' ? 'in-progress' : state;
  }
  if (payment === null) return 'unknown';
  if (payment.settledAt !== null) return 'settled';
  return links.length > 0 ? 'approved' : 'undecided';
}

const marks: Readonly<Record<PaymentState, { readonly icon: IconName; readonly tone: string }>> = {
  cancelled: { icon: 'done', tone: 'green' },
  manual: { icon: 'open', tone: 'amber' },
  'in-progress': { icon: 'waiting', tone: 'blue' },
  settled: { icon: 'off', tone: '' },
  approved: { icon: 'off', tone: '' },
  undecided: { icon: 'waiting', tone: '' },
  unknown: { icon: 'off', tone: '' },
};

export const PaymentStateMark = ({ context: { say }, state }: { context: PageContext; state: PaymentState }) => (
  <Mark {...marks[state]} words={say(`payment.state.${state}`)} />
);

function titleOf({ payment }: PaymentDetails, { say }: PageContext): string {
  const orderId = payment?.orderId ?? null;
  return orderId === null ? say('payment.title') : say('payment.title-order', { order: orderId });
}

const StateWords = ({ context, details }: Pick<Props, 'context' | 'details'>) => {
  const { say } = context;
  const { cancellation, tasks } = details;
  const state = stateOf(details);
  if (state === 'in-progress') {
    return (
      <div class="notice warn">
        <Icon name="late" />
        <p>
          <strong>{say('payment.do-not')}</strong> {say('payment.why-not')}
        </p>
      </div>
    );
  }
  if (state === 'cancelled') return cancellation?.proof ? <p>{say(`payment.proof.${cancellation.proof}`)}</p> : null;
  if (state === 'manual') {
    const task = tasks.find(({ kind }) => kind === 'whole');
    const isEnded = task?.state === 'resolved' || task?.state === 'not-needed';
    const reason = cancellation?.reason ? say(`reason.${cancellation.reason}`) : '';
    return <p>{say(isEnded ? 'payment.manual-ended' : 'payment.manual', { reason })}</p>;
  }
  const isPartAsked = tasks.some(({ kind }) => kind === 'partial');
  return <p>{say(isPartAsked ? 'payment.part-asked' : `payment.${state}`)}</p>;
};

const Tasks = ({ context, tasks }: { readonly context: PageContext; readonly tasks: readonly PaymentTask[] }) => {
  const { say } = context;
  return (
    <section class="sheet" aria-labelledby="tasks">
      <h2 id="tasks">{say('payment.tasks')}</h2>
      <ul class="plain">
        {tasks.map(({ manualCancellationId, kind, state, reason, openedAt }) => (
          <li>
            <a href={`/console/manual-cancellations/${manualCancellationId}`}>{say(`kind.${kind}`)}</a>{' '}
            <StateMark context={context} state={state} />
            <br />
            <span class="quiet-words">
              <When context={context} at={openedAt} />
            </span>{' '}
            {say(`reason.${reason}`)}
          </li>
        ))}
      </ul>
    </section>
  );
};

const DetailsSection = ({ context, details }: Pick<Props, 'context' | 'details'>) => {
  const { say, formats } = context;
  const { paymentId, payment, cancellation, links } = details;
  const value = payment?.value ?? null;
  return (
    <section class="sheet" aria-labelledby="facts">
      <h2 id="facts">{say('payment.facts')}</h2>
      <dl class="facts">
        <IdFact context={context} name={say('payment.order')} id={payment?.orderId} />
        <IdFact context={context} name={say('payment.id')} id={paymentId} />
        <IdFact context={context} name={say('payment.transaction')} id={payment?.transactionId} />
        {context.visitor.vtexAccount !== null && payment && (payment.orderId ?? payment.transactionId) !== null && (
          <Fact name={say('payment.in-vtex')}>
            <VtexLinks context={context} orderId={payment.orderId} transactionId={payment.transactionId} />
          </Fact>
        )}
        {value !== null && <Fact name={say('payment.amount')}>{formats.money(value, payment?.currency ?? null)}</Fact>}
        {links.length === 0 ? (
          <Fact name={say('payment.issuer')}>{say('payment.no-issuer')}</Fact>
        ) : (
          links.map((link) => <LinkFact context={context} link={link} />)
        )}
        <IdFact context={context} name={say('payment.authorization-id')} id={payment?.authorizationId} />
        <IdFact context={context} name={say('payment.tid')} id={payment?.tid} />
        <IdFact context={context} name={say('payment.cancellation-id')} id={cancellation?.cancellationId} />
        <TimeFact context={context} name={say('payment.first-seen')} at={payment?.createdAt} />
        <TimeFact context={context} name={say('payment.asked-at')} at={cancellation?.claimedAt} />
        <TimeFact context={context} name={say('payment.settled-at')} at={payment?.settledAt} />
      </dl>
    </section>
  );
};

const Fact = ({ name, children }: { readonly name: string; readonly children: ComponentChildren }) => (
  <>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </>
);

interface Named {
  readonly context: PageContext;
  readonly name: string;
}

const IdFact = ({ context, name, id }: Named & { readonly id: string | null | undefined }) =>
  id == null ? null : (
    <Fact name={name}>
      <Id context={context} id={id} />
    </Fact>
  );

const TimeFact = ({ context, name, at }: Named & { readonly at: Date | null | undefined }) =>
  at == null ? null : (
    <Fact name={name}>
      <When context={context} at={at} />
    </Fact>
  );

/** The ids at the issuer, each under the issuer's own name for it, to be typed in its portal. */
const LinkFact = ({ context, link }: { readonly context: PageContext; readonly link: PaymentLink }) => {
  const { say } = context;
  const { issuer, reference, late } = link;
  return (
    <Fact name={say('payment.issuer')}>
      <span>
        {findIssuer(issuer)?.name ?? issuer}
        {late && <span class="quiet-words"> ({say('payment.late-card')})</span>}
      </span>
      {fieldsOf(reference).map(([field, id]) => (
        <span>
          <FieldName context={context} field={field} /> <Id context={context} id={id} />
        </span>
      ))}
    </Fact>
  );
};

/** As the issuer's portal calls it; else by the field's own name. */
const FieldName = ({ context: { say }, field }: { readonly context: PageContext; readonly field: string }) => {
  const key = `field.${field}`;
  return isTextKey(key) ? (
    <span class="quiet-words">{say(key)}</span>
  ) : (
    <span class="quiet-words" lang="und">
      {field}
    </span>
  );
};
