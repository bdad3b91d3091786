import type { ChannelKind } from '../../notifications/channel.js';
import type { LoggedTry, NoticeRecipient } from '../../notifications/notice-recipients.js';
import type { TextKey } from '../../texts/catalogue.js';
import { LanguageSelect } from '../frame/language-select.js';
import { CopyButton } from '../frame/copy-button.js';
import { Icon, type IconName } from '../frame/icon.js';
import { wishesInWords, WishesForm } from '../account/notice-preferences.js';
import { PostForm, type PageContext } from '../frame/page.js';
import { Time } from '../frame/time.js';

export const NOTIFICATIONS = '/console/notifications';

/** A recipient with a row: whom something can be sent to. */
export type KnownRecipient = NoticeRecipient & { readonly recipientId: string };

/** What was entered into a form that was refused. */
export type Entered = Readonly<Record<'address' | 'name' | 'url', string>>;

interface ListProps {
  readonly context: PageContext;
  readonly recipients: readonly NoticeRecipient[];
  /** Slack and webhooks can be added. */
  readonly canKeepSecrets: boolean;
  /** Null: not set. */
  readonly notifyEmail: string | null;
  readonly entered: Entered;
}

export const RecipientsPage = ({ context, recipients, canKeepSecrets, notifyEmail, entered }: ListProps) => {
  const { say } = context;
  const failing = recipients.filter(isFailing).length;
  return (
    <>
      <h1>{say('section.notifications')}</h1>
      <p>{say('notices.lead')}</p>
      {failing > 0 && (
        <p class="notice warn">
          <Icon name="late" /> <span>{say('notices.some-failing', { count: failing })}</span>
        </p>
      )}
      <div class="columns">
        <section class="sheet" aria-labelledby="recipients">
          <h2 id="recipients">{say('notices.recipients')}</h2>
          <div class="table">
            <table class="cards">
              <caption>{say('notices.caption', { count: recipients.length })}</caption>
              <thead>
                <tr>
                  <th scope="col">{say('notices.recipient')}</th>
                  <th scope="col">{say('notices.wants')}</th>
                  <th scope="col">{say('notices.state')}</th>
                </tr>
              </thead>
              <tbody>
                {recipients.map((recipient) => (
                  <RecipientRow context={context} recipient={recipient} notifyEmail={notifyEmail} />
                ))}
              </tbody>
            </table>
          </div>
        </section>
        <section class="sheet" aria-labelledby="add">
          <h2 id="add">{say('notices.add')}</h2>
          <AddEmail context={context} entered={entered} />
          <hr />
          {canKeepSecrets ? (
            <>
              <AddSlack context={context} entered={entered} />
              <hr />
              <AddWebhook context={context} entered={entered} />
            </>
          ) : (
            <p class="notice info">
              <Icon name="open" /> <span>{say('notices.no-key')}</span>
            </p>
          )}
        </section>
      </div>
    </>
  );
};

const RecipientRow = ({
  context,
  recipient,
  notifyEmail,
}: {
  readonly context: PageContext;
  readonly recipient: NoticeRecipient;
  readonly notifyEmail: string | null;
}) => {
  const { say } = context;
  const { kind, name, address, recipientId } = recipient;
  const isOfService = kind === 'notify-email';
  return (
    <tr>
      <th scope="row">
        {isOfService ? (notifyEmail ?? say('notices.not-set')) : (name ?? address)}
        <div class="quiet-words under">
          {say(`notices.kind.${kind}` satisfies `notices.kind.${ChannelKind}`)}
          {name !== null && address !== null && `: ${address}`}
        </div>
        {recipientId !== null && (
          <a class="under" href={`${NOTIFICATIONS}/${recipientId}`}>
            {say('notices.open')}
            <span class="hidden-words"> {name ?? address ?? notifyEmail}</span>
          </a>
        )}
      </th>
      <td data-label={say('notices.wants')}>{wishesInWords(context, recipient)}</td>
      <td data-label={say('notices.state')}>
        <State context={context} recipient={recipient} />
      </td>
    </tr>
  );
};

/** One recipient: what goes there, how it works, and what was sent. */
export const RecipientPage = ({
  context,
  recipient,
  tries,
  notifyEmail,
}: {
  readonly context: PageContext;
  readonly recipient: KnownRecipient;
  readonly tries: readonly LoggedTry[];
  readonly notifyEmail: string | null;
}) => {
  const { say } = context;
  const { kind, recipientId, address, name } = recipient;
  const path = `${NOTIFICATIONS}/${recipientId}`;
  return (
    <>
      <p>
        <a href={NOTIFICATIONS}>{say('notices.back')}</a>
      </p>
      <h1>{titleOf(recipient, context, notifyEmail)}</h1>
      <div class="columns">
        <div>
          <TriesSection context={context} path={path} tries={tries} />
        </div>
        <div>
          <section class="sheet" aria-labelledby="state">
            <h2 id="state">{say('notices.state')}</h2>
            <dl class="facts">
              <dt>{say('notices.recipient')}</dt>
              <dd>
                {say(`notices.kind.${kind}` satisfies `notices.kind.${ChannelKind}`)}
                {name !== null && address !== null && `: ${address}`}
              </dd>
              <dt>{say('notices.state')}</dt>
              <dd>
                <div>
                  <State context={context} recipient={recipient} />
                </div>
              </dd>
            </dl>
            {recipient.isSwitchedOff ? (
              <PostForm context={context} action={`${path}/switch-on`} class="buttons">
                <button class="main" type="submit">
                  {say('notices.switch-on')}
                </button>
              </PostForm>
            ) : (
              <PostForm context={context} action={`${path}/test`} class="buttons">
                <button type="submit">{say('notices.test')}</button>
              </PostForm>
            )}
          </section>
          {kind !== 'notify-email' && (
            <section class="sheet" aria-labelledby="wishes">
              <h2 id="wishes">{say('notices.wants')}</h2>
              <WishesForm context={context} action={`${path}/wishes`} wishes={recipient} hasPace={kind !== 'webhook'} />
            </section>
          )}
          {kind === 'webhook' && <SecretSection context={context} path={path} recipient={recipient} />}
          {(kind === 'email' || kind === 'slack' || kind === 'webhook') && (
            <section class="sheet" aria-labelledby="remove">
              <h2 id="remove">{say('notices.remove')}</h2>
              <PostForm context={context} action={`${path}/remove`}>
                <button class="grave" type="submit">
                  {say('notices.remove')}
                </button>
              </PostForm>
            </section>
          )}
        </div>
      </div>
    </>
  );
};

export function titleOf({ name, address }: NoticeRecipient, { say }: PageContext, notifyEmail: string | null): string {
  return name ?? address ?? notifyEmail ?? say('notices.kind.notify-email');
}

/** A new secret, this once. */
export const SecretPage = ({
  context,
  recipientId,
  title,
  secret,
}: {
  readonly context: PageContext;
  readonly recipientId: string;
  readonly title: string;
  readonly secret: string;
}) => {
  const { say } = context;
  return (
    <>
      <h1>{title}</h1>
      <section class="sheet" aria-labelledby="secret">
        <h2 id="secret">{say('notices.secret')}</h2>
        <p>
          <code class="id">{secret}</code>
        </p>
        <CopyButton say={say} text={secret} />
        <p class="why-off">{say('notices.secret.once')}</p>
        <div class="buttons">
          <a class="button main" href={`${NOTIFICATIONS}/${recipientId}`}>
            {say('notices.open')}
          </a>
        </div>
      </section>
    </>
  );
};

const SecretSection = ({
  context,
  path,
  recipient,
}: {
  readonly context: PageContext;
  readonly path: string;
  readonly recipient: KnownRecipient;
}) => {
  const { say, formats } = context;
  return (
    <section class="sheet" aria-labelledby="secret">
      <h2 id="secret">{say('notices.secret')}</h2>
      {recipient.oldSecretUntil && (
        <p>{say('notices.secret.overlap', { time: formats.dateTime(recipient.oldSecretUntil) })}</p>
      )}
      <PostForm context={context} action={`${path}/rotate`}>
        <button type="submit">{say('notices.secret.rotate')}</button>
      </PostForm>
      <p class="why-off">{say('notices.secret.help')}</p>
    </section>
  );
};

const TriesSection = ({
  context,
  path,
  tries,
}: {
  readonly context: PageContext;
  readonly path: string;
  readonly tries: readonly LoggedTry[];
}) => {
  const { say } = context;
  return (
    <section class="sheet" aria-labelledby="log">
      <h2 id="log">{say('notices.log')}</h2>
      {tries.length === 0 ? (
        <p class="empty">{say('notices.log.empty')}</p>
      ) : (
        <div class="table">
          <table class="cards">
            <caption>{say('notices.log.caption', { count: tries.length })}</caption>
            <thead>
              <tr>
                <th scope="col">{say('notices.log.time')}</th>
                <th scope="col">{say('notices.log.what')}</th>
                <th scope="col">{say('notices.log.result')}</th>
                <th scope="col">{say('notices.log.took')}</th>
                <th scope="col">{say('notices.log.actions')}</th>
              </tr>
            </thead>
            <tbody>
              {tries.map((one) => (
                <TryRow context={context} path={path} one={one} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
};

const TryRow = ({
  context,
  path,
  one,
}: {
  readonly context: PageContext;
  readonly path: string;
  readonly one: LoggedTry;
}) => {
  const { say } = context;
  const { at, kind, messageId, status, ms, fault } = one;
  return (
    <tr>
      <th scope="row">
        <Time context={context} at={at} />
      </th>
      <td data-label={say('notices.log.what')}>
        {say(`notices.log.${kind}`)} <span class="id under quiet-words">{messageId}</span>
      </td>
      <td data-label={say('notices.log.result')}>
        <Mark
          context={context}
          mark={
            fault === null
              ? { words: 'notices.log.arrived', icon: 'done', colour: 'green' }
              : { words: 'notices.log.failed', icon: 'late', colour: 'red' }
          }
        />{' '}
        {fault === null ? (
          status
        ) : (
          <div class="under">
            <FaultWords context={context} fault={fault} />
          </div>
        )}
      </td>
      <td data-label={say('notices.log.took')}>{say('notices.log.ms', { ms: String(ms) })}</td>
      <td>
        {kind !== 'test' && fault === null && (
          <PostForm context={context} action={`${path}/messages/${messageId}/again`}>
            <button class="small" type="submit">
              {say('notices.log.again')}
              <span class="hidden-words"> {messageId}</span>
            </button>
          </PostForm>
        )}
      </td>
    </tr>
  );
};

interface MarkOf {
  readonly words: TextKey;
  readonly icon: IconName;
  readonly colour: '' | 'green' | 'red' | 'amber';
}

const Mark = ({ context, mark }: { readonly context: PageContext; readonly mark: MarkOf }) => (
  <span class={`mark ${mark.colour}`}>
    <Icon name={mark.icon} /> {context.say(mark.words)}
  </span>
);

const State = ({ context, recipient }: { readonly context: PageContext; readonly recipient: NoticeRecipient }) => {
  const { say, formats } = context;
  const { lastDeliveredAt, lastFault, waiting, heldUntil, held, nextTryAt, isSwitchedOff } = recipient;
  return (
    <>
      <Mark context={context} mark={markOf(recipient)} />
      {isSwitchedOff && <div class="under">{say('notices.gone-words')}</div>}
      {lastFault !== null && (
        <div class="under">
          {say('notices.last-fault')} <FaultWords context={context} fault={lastFault} />
        </div>
      )}
      {waiting > 0 && <div class="under">{say('notices.waiting', { count: waiting })}</div>}
      {heldUntil !== null && (
        <div class="under">{say('notices.held', { count: held, time: formats.dateTime(heldUntil) })}</div>
      )}
      {nextTryAt && !isSwitchedOff && (
        <div class="under">{say('notices.next-try', { time: formats.dateTime(nextTryAt) })}</div>
      )}
      {lastDeliveredAt && (
        <div class="under quiet-words">
          {say('notices.last-delivered', { time: formats.dateTime(lastDeliveredAt) })}
        </div>
      )}
    </>
  );
};

/** What mail servers say is theirs, and in whatever language they speak. */
const FaultWords = ({ context: { say }, fault }: { readonly context: PageContext; readonly fault: string }) => {
  const [, status] = /^the answer was (\d{3})$/.exec(fault) ?? [];
  if (status !== undefined) return <>{say('notices.said.status', { status })}</>;
  const [, words] = known.find(([pattern]) => pattern.test(fault)) ?? [];
  return words ? <>{say(words)}</> : <span lang="und">{fault}</span>;
};

const known: readonly (readonly [RegExp, TextKey])[] = [
  [/^no answer within/, 'notices.said.silent'],
  [/^its name is not found/, 'notices.said.name'],
  [/^its name does not lead/, 'notices.said.private'],
  [/^the connection was refused/, 'notices.said.refused'],
  [/^the connection was reset/, 'notices.said.reset'],
];

const isFailing = ({ faultsInRow, isSwitchedOff }: NoticeRecipient) => faultsInRow > 0 || isSwitchedOff;

function markOf(recipient: NoticeRecipient): MarkOf {
  if (recipient.isSwitchedOff) return { words: 'notices.switched-off', icon: 'off', colour: 'red' };
  if (isFailing(recipient)) return { words: 'notices.failing', icon: 'late', colour: 'red' };
  if (recipient.pace === 'off') return { words: 'notices.off', icon: 'off', colour: '' };
  if (recipient.lastDeliveredAt === null) return { words: 'notices.unused', icon: 'waiting', colour: '' };
  return { words: 'notices.works', icon: 'done', colour: 'green' };
}

interface AddProps {
  readonly context: PageContext;
  readonly entered: Entered;
}

const AddEmail = ({ context, entered }: AddProps) => {
  const { say } = context;
  return (
    <PostForm context={context} action={`${NOTIFICATIONS}/email`}>
      <div class="field">
        <label for="address">{say('notices.email')}</label>
        <input
          id="address"
          name="address"
          type="email"
          autocomplete="off"
          maxlength={254}
          value={entered.address}
          required
        />
      </div>
      <div class="field">
        <label for="email-language">{say('people.language')}</label>
        <LanguageSelect context={context} language={null} id="email-language" />
      </div>
      <div class="buttons">
        <button type="submit">{say('notices.add.email')}</button>
      </div>
    </PostForm>
  );
};

/** Its address is a secret, so it is not written back into the form. */
const AddSlack = ({ context, entered }: AddProps) => {
  const { say } = context;
  return (
    <PostForm context={context} action={`${NOTIFICATIONS}/slack`}>
      <div class="field">
        <label for="slack-name">{say('notices.slack-name')}</label>
        <input
          id="slack-name"
          name="name"
          type="text"
          autocomplete="off"
          maxlength={100}
          value={entered.name}
          required
        />
      </div>
      <div class="field">
        <label for="slack-url">{say('notices.slack-url')}</label>
        <input
          id="slack-url"
          name="url"
          type="url"
          autocomplete="off"
          maxlength={2000}
          aria-describedby="slack-help"
          required
        />
        <p class="help" id="slack-help">
          {say('notices.slack-help')}
        </p>
      </div>
      <div class="field">
        <label for="slack-language">{say('people.language')}</label>
        <LanguageSelect context={context} language={null} id="slack-language" />
      </div>
      <div class="buttons">
        <button type="submit">{say('notices.add.slack')}</button>
      </div>
    </PostForm>
  );
};

const AddWebhook = ({ context, entered }: AddProps) => {
  const { say } = context;
  return (
    <PostForm context={context} action={`${NOTIFICATIONS}/webhook`}>
      <div class="field">
        <label for="webhook-url">{say('notices.webhook-url')}</label>
        <input
          id="webhook-url"
          name="url"
          type="url"
          autocomplete="off"
          maxlength={2000}
          value={entered.url}
          aria-describedby="webhook-help"
          required
        />
        <p class="help" id="webhook-help">
          {say('notices.webhook-help')}
        </p>
      </div>
      <div class="buttons">
        <button type="submit">{say('notices.add.webhook')}</button>
      </div>
    </PostForm>
  );
};
