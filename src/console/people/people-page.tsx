import type { Say } from '../../texts/say.js';
import { LanguageSelect } from '../frame/language-select.js';
import { CopyButton } from '../frame/copy-button.js';
import { Icon, type IconName } from '../frame/icon.js';
import { PostForm, type PageContext } from '../frame/page.js';
import type { Person } from './people.js';
import { Time } from '../frame/time.js';
import { roles } from '../frame/visitor.js';

/** What was entered into the form, to be put right. */
export interface Entered {
  readonly email: string;
  readonly name: string;
  readonly role: string;
}

export const PeoplePage = ({
  context,
  people,
  entered,
}: {
  readonly context: PageContext;
  readonly people: readonly Person[];
  readonly entered: Entered;
}) => {
  const { say } = context;
  return (
    <>
      <h1>{say('section.people')}</h1>
      <div class="columns">
        <section class="sheet" aria-labelledby="everybody">
          <h2 id="everybody">{say('people.everybody')}</h2>
          <div class="table">
            <table class="cards">
              <caption>{say('people.caption', { count: people.length })}</caption>
              <thead>
                <tr>
                  <th scope="col">{say('people.name')}</th>
                  <th scope="col">{say('people.state')}</th>
                  <th scope="col">{say('people.last-sign-in')}</th>
                  <th scope="col">{say('people.role')}</th>
                  <th scope="col">{say('people.actions')}</th>
                </tr>
              </thead>
              <tbody>
                {people.map((person) => (
                  <PersonRow context={context} person={person} />
                ))}
              </tbody>
            </table>
          </div>
        </section>
        <AddSection context={context} entered={entered} />
      </div>
    </>
  );
};

const PersonRow = ({ context, person }: { readonly context: PageContext; readonly person: Person }) => {
  const { say } = context;
  const { personId, name, email, role, isDisabled, lastSignInAt } = person;
  const path = `/console/people/${personId}`;
  const isSelf = personId === context.visitor.personId;
  return (
    <tr>
      <th scope="row">
        {name}
        {isSelf && <span class="quiet-words"> {say('people.you')}</span>}
        <div class="quiet-words under">{email}</div>
      </th>
      <td data-label={say('people.state')}>
        <StateMark say={say} person={person} />
      </td>
      <td data-label={say('people.last-sign-in')}>
        {lastSignInAt ? <Time context={context} at={lastSignInAt} /> : say('people.never')}
      </td>
      <td data-label={say('people.role')}>
        {isDisabled ? (
          say(`role.${role}`)
        ) : (
          <PostForm context={context} action={`${path}/role`} class="inline">
            <select name="role" aria-label={say('people.role-of', { name })}>
              {roles.map((one) => (
                <option value={one} selected={one === role}>
                  {say(`role.${one}`)}
                </option>
              ))}
            </select>
            <button class="small" type="submit" aria-label={say('people.change-role-of', { name })}>
              {say('people.change')}
            </button>
          </PostForm>
        )}
      </td>
      <td>
        <div class="inline">
          {isDisabled ? (
            <PostForm context={context} action={`${path}/enable`}>
              <button class="small" type="submit" aria-label={say('people.enable-whom', { name })}>
                {say('people.enable')}
              </button>
            </PostForm>
          ) : (
            <>
              <PostForm context={context} action={`${path}/link`}>
                <button class="small" type="submit" aria-label={say('people.new-link-for', { name })}>
                  {say('people.new-link')}
                </button>
              </PostForm>
              <PostForm context={context} action={`${path}/disable`}>
                <button class="small grave" type="submit" aria-label={say('people.disable-whom', { name })}>
                  {say('people.disable')}
                </button>
              </PostForm>
            </>
          )}
        </div>
      </td>
    </tr>
  );
};

const StateMark = ({ say, person }: { readonly say: Say; readonly person: Person }) => {
  const { words, icon, colour } = stateOf(person);
  return (
    <span class={`mark ${colour}`}>
      <Icon name={icon} /> {say(words)}
    </span>
  );
};

function stateOf({ isDisabled, hasPassword, linkEndsAt }: Person) {
  if (isDisabled) return { words: 'people.disabled', icon: 'off', colour: '' } as const satisfies State;
  if (hasPassword) return { words: 'people.active', icon: 'done', colour: 'green' } as const satisfies State;
  if (linkEndsAt) return { words: 'people.invited', icon: 'waiting', colour: 'blue' } as const satisfies State;
  return { words: 'people.link-ended', icon: 'late', colour: 'amber' } as const satisfies State;
}

interface State {
  readonly words: Parameters<Say>[0];
  readonly icon: IconName;
  readonly colour: '' | 'green' | 'blue' | 'amber';
}

const AddSection = ({ context, entered }: { readonly context: PageContext; readonly entered: Entered }) => {
  const { say } = context;
  return (
    <section class="sheet" aria-labelledby="add">
      <h2 id="add">{say('people.add')}</h2>
      <PostForm context={context} action="/console/people">
        <div class="field">
          <label for="name">{say('people.name')}</label>
          <input id="name" name="name" type="text" autocomplete="off" maxlength={100} value={entered.name} required />
        </div>
        <div class="field">
          <label for="email">{say('sign-in.email')}</label>
          <input
            id="email"
            name="email"
            type="email"
            autocomplete="off"
            maxlength={254}
            value={entered.email}
            required
          />
        </div>
        <fieldset>
          <legend>{say('people.role')}</legend>
          {roles.map((role) => (
            <label class="choice">
              <input type="radio" name="role" value={role} checked={entered.role === role} required />
              <span>
                <b>{say(`role.${role}`)}</b> – {say(`people.role.${role}`)}
              </span>
            </label>
          ))}
        </fieldset>
        <div class="field">
          <label for="language">{say('people.language')}</label>
          <LanguageSelect context={context} language={null} />
        </div>
        <div class="buttons">
          <button class="main" type="submit">
            {say('people.add-button')}
          </button>
        </div>
      </PostForm>
    </section>
  );
};

/** The link, this once. */
export const LinkSheet = ({
  context,
  title,
  name,
  email,
  link,
  endsAt,
}: {
  readonly context: PageContext;
  readonly title: string;
  readonly name: string;
  readonly email: string;
  readonly link: string;
  readonly endsAt: Date;
}) => {
  const { say, formats } = context;
  return (
    <>
      <h1>{title}</h1>
      <section class="sheet" aria-label={title}>
        <p>{say('people.link.give', { name, email })}</p>
        <p>
          <code class="id">{link}</code>
        </p>
        <CopyButton say={say} text={link} />
        <p class="why-off">{say('people.link.once', { until: formats.dateTime(endsAt) })}</p>
        <div class="buttons">
          <a class="button main" href="/console/people">
            {say('people.link.back')}
          </a>
        </div>
      </section>
    </>
  );
};
