import type { ComponentChildren } from 'preact';
import type { IssuerMode } from '../../config.js';
import { issuerModes } from '../../config.js';
import { Icon, type IconName } from '../frame/icon.js';
import type { Credential, IssuerHealth, IssuerState } from './issuer-states.js';
import { PostForm, type PageContext } from '../frame/page.js';
import { Mark, When } from '../frame/parts.js';
import { mayActAs } from '../frame/visitor.js';

/** What a test of a connection showed. */
export interface Tested {
  readonly issuerName: string;
  readonly kind: 'accepted' | 'reachable' | 'credentials-refused' | 'unreachable';
}

interface WithContext {
  readonly context: PageContext;
}

/** The issuers of a merchant: how they are, and for administrators what can be done about it. */
export const IssuersPage = ({
  context,
  states,
  tested,
}: WithContext & { readonly states: readonly IssuerState[]; readonly tested: Tested | null }) => {
  const { say, visitor } = context;
  const isAdmin = mayActAs('admin', visitor);
  return (
    <>
      <h1>{say('section.issuers')}</h1>
      {tested && <TestedNotice context={context} tested={tested} />}
      <p>{say('issuer.lead')}</p>
      {!isAdmin && <p class="quiet-words">{say('issuer.only-admin')}</p>}
      {[false, true].map((sandbox) => {
        const shown = states.filter((state) => state.sandbox === sandbox);
        return (
          <section aria-labelledby={sandbox ? 'sandbox' : 'live'}>
            <h2 id={sandbox ? 'sandbox' : 'live'}>{say(sandbox ? 'issuer.sandbox' : 'issuer.live')}</h2>
            <div class="accounts">
              {shown.map((state) => (
                <Account context={context} state={state} isAdmin={isAdmin} />
              ))}
            </div>
          </section>
        );
      })}
    </>
  );
};

const TestedNotice = ({ context: { say }, tested }: WithContext & { readonly tested: Tested }) => {
  const isWell = tested.kind === 'accepted' || tested.kind === 'reachable';
  return (
    <div class={isWell ? 'notice done' : 'notice fault'} role={isWell ? 'status' : 'alert'}>
      <Icon name={isWell ? 'done' : 'late'} />
      <p>{say(`probe.${tested.kind}`, { issuer: tested.issuerName })}</p>
    </div>
  );
};

const marks: Readonly<Record<IssuerHealth, { readonly icon: IconName; readonly tone: string }>> = {
  ok: { icon: 'done', tone: 'green' },
  unused: { icon: 'waiting', tone: '' },
  failing: { icon: 'late', tone: 'amber' },
  'circuit-open': { icon: 'late', tone: 'red' },
  unusable: { icon: 'late', tone: 'red' },
  paused: { icon: 'off', tone: 'amber' },
  manual: { icon: 'taken', tone: 'blue' },
  'dry-run': { icon: 'off', tone: 'blue' },
  'not-configured': { icon: 'off', tone: '' },
};

const Account = ({
  context,
  state,
  isAdmin,
}: WithContext & { readonly state: IssuerState; readonly isAdmin: boolean }) => {
  const { say } = context;
  const { name, health, mode } = state;
  return (
    <section class="sheet">
      <h3>
        {name} <Mark {...marks[health]} words={say(`issuer.health.${health}`)} />
      </h3>
      <p>{wordsOf(health, say)}</p>
      {health !== 'not-configured' && <Facts context={context} state={state} />}
      {isAdmin && mode !== null && <Actions context={context} state={state} />}
    </section>
  );
};

function wordsOf(health: IssuerHealth, say: PageContext['say']): string {
  if (health === 'paused' || health === 'manual' || health === 'dry-run') return say(`mode.means.${health}`);
  return say(`issuer.words.${health}`);
}

const Facts = ({ context, state }: WithContext & { readonly state: IssuerState }) => {
  const { say, formats } = context;
  const { lastSuccessAt, lastFaultAt, lastFaultCode, calls, medianAnswerMs, callbackLagMs } = state;
  const none = say('issuer.none');
  return (
    <dl class="facts">
      <Fact name={say('issuer.last-success')}>
        {lastSuccessAt ? <When context={context} at={lastSuccessAt} /> : none}
      </Fact>
      <Fact name={say('issuer.last-fault')}>
        {lastFaultAt ? (
          <>
            <When context={context} at={lastFaultAt} />
            {lastFaultCode !== null && (
              <span class="quiet-words">
                {say('issuer.fault-code')} <code lang="und">{lastFaultCode}</code>
              </span>
            )}
          </>
        ) : (
          none
        )}
      </Fact>
      {medianAnswerMs !== null && (
        <Fact name={say('issuer.answer-time')}>
          {say('issuer.answer-time-of', { ms: formats.integer(Math.round(medianAnswerMs)), count: calls })}
        </Fact>
      )}
      {state.hasCallbacks && callbackLagMs !== null && (
        <Fact name={say('issuer.callback-lag')}>{shortTime(callbackLagMs, formats)}</Fact>
      )}
      <Fact name={say('issuer.waiting')}>
        {state.inProgress > 0 ? (
          <a href={`/console/in-progress?issuer=${state.issuer}`}>{formats.integer(state.inProgress)}</a>
        ) : (
          formats.integer(0)
        )}
      </Fact>
      <Fact name={say('issuer.calls-under-way')}>{formats.integer(state.callsUnderWay)}</Fact>
      <Fact name={say('issuer.credentials')}>
        <Credentials context={context} credentials={state.credentials} />
      </Fact>
      {state.source === 'settings' && <Fact name={say('issuer.source')}>{say('issuer.source.settings')}</Fact>}
      {state.changedAt && (
        <Fact name={say('issuer.changed-at')}>
          <When context={context} at={state.changedAt} />
        </Fact>
      )}
    </dl>
  );
};

/** A callback may come within seconds. */
const shortTime = (ms: number, formats: PageContext['formats']) =>
  ms < 60_000 ? `${formats.integer(Math.max(1, Math.round(ms / 1_000)))} s` : formats.duration(ms);

const Fact = ({ name, children }: { readonly name: string; readonly children: ComponentChildren }) => (
  <>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </>
);

const Credentials = ({
  context: { say },
  credentials,
}: WithContext & { readonly credentials: readonly Credential[] }) => (
  <ul class="plain">
    {credentials.map(({ name, state }) => (
      <li>
        <code lang="en">{name}</code>{' '}
        {state === 'missing' ? (
          <Mark icon="late" tone="red" words={say('issuer.missing')} />
        ) : (
          <span class="quiet-words">{say(`issuer.${state}`)}</span>
        )}
      </li>
    ))}
  </ul>
);

/** The page on which one account's treatment is changed, and the address that tests it. */
export const pathOfAccount = (
  { issuer, sandbox }: Pick<IssuerState, 'issuer' | 'sandbox'>,
  what: 'mode' | 'test',
): string => `/console/issuers/${issuer}/${sandbox ? 'sandbox' : 'live'}/${what}`;

const Actions = ({ context, state }: WithContext & { readonly state: IssuerState }) => {
  const { say } = context;
  const ofThis = <span class="hidden-words"> {say('issuer.of', { issuer: state.name })}</span>;
  return (
    <div class="buttons">
      <PostForm context={context} action={pathOfAccount(state, 'test')}>
        <button type="submit">
          {say('issuer.test')}
          {ofThis}
        </button>
      </PostForm>
      <a class="button" href={pathOfAccount(state, 'mode')}>
        {say('issuer.change-mode')}
        {ofThis}
      </a>
    </div>
  );
};

/** Says what each treatment means before one is chosen. */
export const ModePage = ({
  context,
  account,
}: WithContext & {
  readonly account: {
    readonly issuer: string;
    readonly name: string;
    readonly sandbox: boolean;
    readonly mode: IssuerMode;
    readonly inProgress: number;
  };
}) => {
  const { say } = context;
  const { name, sandbox, mode, inProgress } = account;
  const issuer = sandbox ? `${name} (${say('issuer.sandbox')})` : name;
  return (
    <>
      <h1>{say('mode.title', { issuer })}</h1>
      <section class="sheet">
        <p>
          <strong>{say('mode.now', { mode: say(`mode.${mode}`) })}</strong>
        </p>
        <p>{say('mode.touches', { count: inProgress })}</p>
        <PostForm context={context} action={pathOfAccount(account, 'mode')}>
          <input type="hidden" name="expected" value={mode} />
          <fieldset>
            <legend>{say('mode.choose')}</legend>
            {issuerModes
              .filter((one) => one !== mode)
              .map((one) => (
                <label class="choice">
                  <input type="radio" name="mode" value={one} required />
                  <span>
                    <b>{say(`mode.${one}`)}</b>
                    <br />
                    {say(`mode.means.${one}`)}
                  </span>
                </label>
              ))}
          </fieldset>
          <div class="buttons">
            <button class="main" type="submit">
              {say('mode.confirm')}
            </button>
            <a class="button" href="/console/issuers">
              {say('mode.leave')}
            </a>
          </div>
        </PostForm>
      </section>
    </>
  );
};
