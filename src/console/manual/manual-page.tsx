import { idsOf } from '../../manual-cancellations/portal-ids.js';
import type { ComponentChildren } from 'preact';
import type { CheckFact } from '../../cancellations/facts.js';
import { needsNote, resolutionsOf, saysCancelled, type Resolution } from '../../manual-cancellations/resolution.js';
import type { TextKey } from '../../texts/catalogue.js';
import { Icon } from '../frame/icon.js';
import { isOpen, nameOf, pathOf, whatWords, type Colleague } from './inbox-page.js';
import type { ManualView } from './manual-view.js';
import { amountWords, stepWords, whatHappened, type Sentence } from './manual-words.js';
import { PostForm, type PageContext } from '../frame/page.js';
import { DueMark, Id, More, SandboxMark, StateMark, VtexLinks, When } from '../frame/parts.js';
import { Timeline, type TimelineEntry } from '../frame/timeline.js';
import { mayActAs } from '../frame/visitor.js';

/** What somebody had entered when it could not be done, so that nothing has to be typed again. */
export interface Entered {
  readonly resolution: string;
  readonly note: string;
  readonly protocolNumber: string;
}

export interface ManualContent {
  readonly task: ManualView;
  /** Who can have it. */
  readonly people: readonly Colleague[];
  readonly entries: readonly TimelineEntry[];
  readonly entered?: Entered;
}

interface Props extends ManualContent {
  readonly context: PageContext;
}

export const titleOf = (task: ManualView, context: PageContext): string =>
  context.say(`manual.what.${task.kind}`, { what: nameOf(task, context) });

/** What happened, what to do, and how to say that it is done. */
export const ManualBody = (props: Props) => {
  const { context, task, entries } = props;
  const { say, visitor } = context;
  const mayAct = mayActAs('operator', visitor);
  return (
    <>
      <div class="heading">
        <h1>{titleOf(task, context)}</h1>
        <StateMark context={context} state={task.state} />
        {isOpen(task) && <DueMark context={context} dueAt={task.dueAt} />}
        {task.sandbox && <SandboxMark context={context} />}
      </div>
      {mayAct && <UndoNotice context={context} task={task} />}
      <div class="columns">
        <div>
          <Happened context={context} task={task} />
          {isOpen(task) ? <ToDo {...props} mayAct={mayAct} /> : <Closed {...props} mayAct={mayAct} />}
          {isOpen(task) && mayAct && <Resolve {...props} />}
        </div>
        <div>
          <Facts context={context} task={task} />
          <Who {...props} mayAct={mayAct} />
        </div>
      </div>
      <section class="sheet" aria-labelledby="history">
        <h2 id="history">{say('timeline.title')}</h2>
        <Timeline context={context} entries={entries} />
        {mayAct && <Note context={context} task={task} />}
      </section>
    </>
  );
};

/** A form that moves the version of the task that the person sees. */
const MoveForm = ({
  context,
  task,
  move,
  children,
}: {
  readonly context: PageContext;
  readonly task: ManualView;
  readonly move: string;
  readonly children: ComponentChildren;
}) => (
  <PostForm context={context} action={`${pathOf(task.manualCancellationId)}/${move}`}>
    <input type="hidden" name="version" value={task.version} />
    {children}
  </PostForm>
);

const UndoNotice = ({ context, task }: { readonly context: PageContext; readonly task: ManualView }) => {
  const { say } = context;
  if (task.undoMs <= 0 || task.resolution === null) return null;
  return (
    <div class="notice info undo" data-gone-in={Math.floor(task.undoMs)}>
      <Icon name="waiting" />
      <span>
        {say(`resolution.${task.resolution}`)}. {say('manual.undo', { seconds: Math.ceil(task.undoMs / 1_000) })}
      </span>
      <MoveForm context={context} task={task} move="undo">
        <button type="submit">{say('manual.undo.button')}</button>
      </MoveForm>
    </div>
  );
};

const Happened = ({ context, task }: { readonly context: PageContext; readonly task: ManualView }) => {
  const { say } = context;
  const isCallUnderWay = isOpen(task) && task.attempts.some(({ outcome }) => outcome === null);
  return (
    <section class="sheet" aria-labelledby="happened">
      <h2 id="happened">{say('manual.happened')}</h2>
      <p class="happened">
        {whatHappened(context, task).map((sentence) => (
          <>
            <Said context={context} sentence={sentence} />{' '}
          </>
        ))}
      </p>
      {isCallUnderWay && (
        <p class="notice warn">
          <Icon name="waiting" /> {say('manual.call-under-way', { issuer: task.issuer?.name ?? '' })}
        </p>
      )}
    </section>
  );
};

const Said = ({ context: { say }, sentence }: { readonly context: PageContext; readonly sentence: Sentence }) =>
  typeof sentence === 'string' ? (
    <>{sentence}</>
  ) : (
    <>
      {sentence.before} <q lang="und">{sentence.quote}</q>
      {sentence.code !== null && (
        <>
          {' '}
          <span class="quiet-words" lang="und">
            {say('happened.code', { code: sentence.code })}
          </span>
        </>
      )}
      .
    </>
  );

const ToDo = ({ context, task, mayAct }: Props & { readonly mayAct: boolean }) => {
  const { say, visitor } = context;
  const isOthers = task.owner !== null && task.owner.personId !== visitor.personId;
  return (
    <section class="sheet" aria-labelledby="to-do">
      <h2 id="to-do">{say('manual.to-do')}</h2>
      {isOthers && (
        <p class="notice warn">
          <Icon name="taken" /> {say('manual.someone-has-it', { name: task.owner.name })}
        </p>
      )}
      {task.cancelledAt !== null && (
        <p class="notice warn">
          <Icon name="done" /> {say('manual.told-before', { time: context.formats.dateTime(task.cancelledAt) })}
        </p>
      )}
      {mayAct && task.owner === null && (
        <div class="take-first">
          <MoveForm context={context} task={task} move="take">
            <button class="main" type="submit">
              {say('manual.take')}
            </button>
          </MoveForm>
          <p class="quiet-words">{say('manual.take-first')}</p>
        </div>
      )}
      <ol class="steps">
        {stepWords(context, task).map(({ words, hasIds }) => (
          <li>
            {words}
            {hasIds && <Ids context={context} task={task} />}
          </li>
        ))}
      </ol>
      {task.issuer !== null && task.references.length > 0 && (
        <p class="good-to-know">{say('manual.good-to-know', { sentence: task.issuer.byHand[visitor.language] })}</p>
      )}
    </section>
  );
};

const Ids = ({ context, task }: { readonly context: PageContext; readonly task: ManualView }) => (
  <>
    {task.references.map((reference) => (
      <dl class="facts ids">
        {idsOf(context, reference).map(({ name, value }) => (
          <>
            <dt>{name}</dt>
            <dd>
              <Id context={context} id={value} />
            </dd>
          </>
        ))}
      </dl>
    ))}
  </>
);

const Closed = ({ context, task, mayAct }: Props & { readonly mayAct: boolean }) => {
  const { say, formats } = context;
  return (
    <section class="sheet" aria-labelledby="resolution">
      <h2 id="resolution">{say(task.state === 'resolved' ? 'manual.resolution' : 'manual.to-do')}</h2>
      <p>{say(task.state === 'resolved' ? 'manual.closed.resolved' : 'manual.closed.not-needed')}</p>
      {task.resolution !== null && (
        <dl class="facts">
          <dt>{say('manual.outcome')}</dt>
          <dd>{say(`resolution.${task.resolution}`)}</dd>
          {task.resolverName !== null && (
            <>
              <dt>{say('manual.resolved-by')}</dt>
              <dd>{task.resolverName}</dd>
            </>
          )}
          {task.protocolNumber !== null && (
            <>
              <dt>{say('manual.protocol')}</dt>
              <dd>
                <Id context={context} id={task.protocolNumber} />
              </dd>
            </>
          )}
          {task.note !== null && (
            <>
              <dt>{say('manual.note')}</dt>
              <dd class="note">{task.note}</dd>
            </>
          )}
        </dl>
      )}
      {task.countsAt !== null && <p>{say('manual.proof.from', { time: formats.dateTime(task.countsAt) })}</p>}
      {task.cancelledAt !== null && <p>{say('manual.proof.since', { time: formats.dateTime(task.cancelledAt) })}</p>}
      {mayAct && <Reopen context={context} task={task} />}
    </section>
  );
};

const Reopen = ({ context, task }: { readonly context: PageContext; readonly task: ManualView }) => {
  const { say, formats } = context;
  return (
    <More context={context} label={say('manual.reopen')}>
      <p>{say('manual.reopen.help')}</p>
      {task.cancelledAt !== null && (
        <p class="notice warn">
          <Icon name="late" /> {say('manual.reopen.told', { time: formats.dateTime(task.cancelledAt) })}
        </p>
      )}
      <MoveForm context={context} task={task} move="reopen">
        <div class="field">
          <label for="reopen-note">{say('manual.reopen.note')}</label>
          <textarea id="reopen-note" name="note" maxlength={2000} />
        </div>
        <button type="submit">{say('manual.reopen')}</button>
      </MoveForm>
    </More>
  );
};

/** Something is cancelled by it, or nothing is. */
const helpOf = (resolution: Resolution, task: ManualView): TextKey =>
  task.kind === 'refund' && resolution === 'refunded-instead'
    ? 'manual.resolve.help.refunded'
    : `manual.resolve.help.${resolution}`;

const outcomeOf = (resolution: Resolution, task: ManualView): TextKey =>
  task.kind === 'refund' && resolution === 'refunded-instead' ? 'manual.resolve.refunded' : `resolution.${resolution}`;

const Resolve = ({ context, task, entered }: Props) => {
  const { say, visitor } = context;
  const isMine = task.owner?.personId === visitor.personId;
  const options = resolutionsOf(task.kind);
  return (
    <section class="sheet" aria-labelledby="resolve">
      <h2 id="resolve">{say('manual.resolve')}</h2>
      <MoveForm context={context} task={task} move="resolve">
        <fieldset>
          <legend>{say('manual.resolve.question')}</legend>
          {options.map((resolution) => (
            <label class="choice">
              <input
                type="radio"
                name="resolution"
                value={resolution}
                checked={entered?.resolution === resolution}
                data-needs-note={needsNote(resolution) ? 'yes' : undefined}
                required
              />
              <span>
                <b>{say(outcomeOf(resolution, task))}</b>
                <span class="below quiet-words">{say(helpOf(resolution, task))}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <div class="field">
          <label for="note">{say('manual.resolve.note')}</label>
          <textarea id="note" name="note" maxlength={2000} aria-describedby="note-help">
            {entered?.note}
          </textarea>
          <p class="help" id="note-help">
            {say('manual.resolve.note.help')}
          </p>
        </div>
        <div class="field">
          <label for="protocol">{say('manual.resolve.protocol')}</label>
          <input
            id="protocol"
            name="protocol"
            type="text"
            maxlength={100}
            autocomplete="off"
            spellcheck={false}
            value={entered?.protocolNumber}
          />
        </div>
        <h3>{say('manual.resolve.effects')}</h3>
        <ul class="effects">
          {effectsOf(task, options).map((effect) => (
            <li>{say(effect)}</li>
          ))}
        </ul>
        <div class="buttons">
          <button class={isMine ? 'main' : ''} type="submit">
            {say('manual.resolve.button')}
          </button>
        </div>
      </MoveForm>
    </section>
  );
};

function effectsOf(task: ManualView, options: readonly Resolution[]): TextKey[] {
  const isProof = task.kind === 'whole' && options.some(saysCancelled);
  const wire: TextKey[] =
    task.cancelledAt !== null
      ? ['manual.resolve.effect.told']
      : isProof
        ? ['manual.resolve.effect.proof', 'manual.resolve.effect.others']
        : ['manual.resolve.effect.no-proof'];
  return ['manual.resolve.effect.order', ...wire, 'manual.resolve.effect.undo'];
}

const Facts = ({ context, task }: { readonly context: PageContext; readonly task: ManualView }) => {
  const { say, formats, now, visitor } = context;
  const amount = amountWords(context, task);
  const owner = task.owner;
  return (
    <section class="sheet" aria-labelledby="facts">
      <h2 id="facts">{say('manual.facts')}</h2>
      <dl class="facts">
        <dt>{say('manual.fact.order')}</dt>
        <dd>
          {task.orderId === null ? (
            <span class="quiet-words">{say('inbox.not-known')}</span>
          ) : (
            <Id context={context} id={task.orderId} />
          )}
        </dd>
        <dt>{say('manual.fact.payment')}</dt>
        <dd>
          <Id context={context} id={task.paymentId} />
        </dd>
        {task.transactionId !== null && (
          <>
            <dt>{say('manual.fact.transaction')}</dt>
            <dd>
              <Id context={context} id={task.transactionId} />
            </dd>
          </>
        )}
        <dt>{say('manual.fact.amount')}</dt>
        <dd>{amount ?? <span class="quiet-words">{say('inbox.not-known')}</span>}</dd>
        <dt>{say('manual.fact.issuer')}</dt>
        <dd>{task.issuer?.name ?? <span class="quiet-words">{say('inbox.not-known')}</span>}</dd>
        <dt>{say('manual.fact.age')}</dt>
        <dd>{formats.duration((task.closedAt ?? now).getTime() - task.openedAt.getTime())}</dd>
        <dt>{say(task.closedAt === null ? 'manual.fact.due' : 'manual.fact.closed')}</dt>
        <dd>
          <When context={context} at={task.closedAt ?? task.dueAt} />
        </dd>
        {isOpen(task) && (
          <>
            <dt>{say('manual.fact.owner')}</dt>
            <dd>
              {owner === null ? (
                <span class="quiet-words">{say('inbox.nobody')}</span>
              ) : owner.personId === visitor.personId ? (
                say('manual.owner.you', { name: owner.name })
              ) : (
                owner.name
              )}
            </dd>
          </>
        )}
      </dl>
      <p class="out-links">
        <VtexLinks context={context} orderId={task.orderId} transactionId={task.transactionId} />
        <a href={`/console/payments/${encodeURIComponent(task.paymentId)}`}>{say('manual.fact.payment-page')}</a>
      </p>
      {task.siblings.length > 0 && (
        <>
          <h3>{say('manual.siblings')}</h3>
          <ul class="siblings">
            {task.siblings.map(({ manualCancellationId, kind, reason, state }) => (
              <li>
                <a href={pathOf(manualCancellationId)}>{whatWords({ kind, reason }, context)}</a>{' '}
                <StateMark context={context} state={state} />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
};

const Who = ({ context, task, people, mayAct }: Props & { readonly mayAct: boolean }) => {
  const { say, visitor } = context;
  if (!mayAct) return <p class="quiet-words">{say('manual.viewer')}</p>;
  const isMine = task.owner?.personId === visitor.personId;
  const others = people.filter(({ personId }) => personId !== task.owner?.personId);
  return (
    <section class="sheet" aria-labelledby="actions">
      <h2 id="actions">{say('manual.actions')}</h2>
      {isOpen(task) && (
        <>
          <div class="buttons first">
            {task.owner !== null && !isMine && (
              <MoveForm context={context} task={task} move="take">
                <button type="submit">{say('manual.take-from', { name: task.owner.name })}</button>
              </MoveForm>
            )}
            {task.owner !== null && (
              <MoveForm context={context} task={task} move="release">
                <button type="submit">{say('manual.release')}</button>
              </MoveForm>
            )}
          </div>
          <More context={context} label={say('manual.hand-over')}>
            {others.length === 0 ? (
              <p class="why-off">{say('manual.hand-over.nobody')}</p>
            ) : (
              <MoveForm context={context} task={task} move="hand-over">
                <div class="field">
                  <label for="to">{say('manual.hand-over.to')}</label>
                  <select id="to" name="to" required>
                    <option value="">{say('selected.choose')}</option>
                    {others.map(({ personId, name }) => (
                      <option value={personId}>{name}</option>
                    ))}
                  </select>
                </div>
                <div class="field">
                  <label for="to-note">{say('manual.hand-over.note')}</label>
                  <textarea id="to-note" name="note" maxlength={2000} />
                </div>
                <button type="submit">{say('manual.hand-over')}</button>
              </MoveForm>
            )}
          </More>
        </>
      )}
      <Check context={context} task={task} />
    </section>
  );
};

const Check = ({ context, task }: { readonly context: PageContext; readonly task: ManualView }) => {
  const { say } = context;
  const off = whyNoCheck(task);
  return (
    <div class="check">
      {off === null ? (
        <PostForm context={context} action={`${pathOf(task.manualCancellationId)}/check`}>
          <button type="submit">{say('manual.check')}</button>
        </PostForm>
      ) : (
        <button type="button" disabled aria-describedby="check-off">
          {say('manual.check')}
        </button>
      )}
      <p class="why-off" id="check-off">
        {off === null ? say('manual.check.help', { issuer: task.issuer?.name ?? '' }) : say(off)}
      </p>
    </div>
  );
};

/** Why the issuer cannot be asked now; null where it can. */
export function whyNoCheck({ state, check }: Pick<ManualView, 'state' | 'check'>): TextKey | null {
  if (check === null) return 'manual.check-off.other-kind';
  if (!isOpen({ state })) return 'manual.check-off.closed';
  return offWords[check.kind];
}

const offWords: Readonly<Record<CheckFact['kind'], TextKey | null>> = {
  possible: null,
  'too-soon': 'manual.check-off.under-way',
  'not-asked-yet': 'manual.check-off.nothing-sent',
  over: 'manual.check-off.over',
  'under-way': 'manual.check-off.under-way',
  'nothing-sent': 'manual.check-off.nothing-sent',
  'never-linked': 'manual.check-off.never-linked',
  'no-query': 'manual.check-off.no-query',
  'not-configured': 'manual.check-off.not-configured',
  paused: 'manual.check-off.paused',
  manual: 'manual.check-off.paused',
  'dry-run': 'manual.check-off.paused',
  'circuit-open': 'manual.check-off.unreachable',
};

const Note = ({ context, task }: { readonly context: PageContext; readonly task: ManualView }) => {
  const { say } = context;
  return (
    <PostForm context={context} action={`${pathOf(task.manualCancellationId)}/note`} class="add-note">
      <div class="field">
        <label for="new-note">{say('manual.note.field')}</label>
        <textarea id="new-note" name="note" maxlength={2000} required />
      </div>
      <button type="submit">{say('manual.note.add')}</button>
    </PostForm>
  );
};
