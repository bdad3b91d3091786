import { LanguageSelect } from '../frame/language-select.js';
import { PostForm, type PageContext } from '../frame/page.js';
import type { Person } from '../people/people.js';
import { NewPasswordFields } from '../people/sign-in-page.js';

export type Profile = Pick<Person, 'name' | 'email' | 'role' | 'language'>;

export const ProfileSection = ({ context, profile }: { readonly context: PageContext; readonly profile: Profile }) => {
  const { say } = context;
  return (
    <section class="sheet" aria-labelledby="profile">
      <h2 id="profile">{say('account.profile')}</h2>
      <dl class="facts">
        <dt>{say('sign-in.email')}</dt>
        <dd>{profile.email}</dd>
        <dt>{say('people.role')}</dt>
        <dd>{say(`role.${profile.role}`)}</dd>
      </dl>
      <hr />
      <PostForm context={context} action="/console/account" class="form">
        <div class="field">
          <label for="name">{say('people.name')}</label>
          <input id="name" name="name" type="text" autocomplete="name" maxlength={100} value={profile.name} required />
        </div>
        <div class="field">
          <label for="language">{say('people.language')}</label>
          <LanguageSelect context={context} language={profile.language} />
        </div>
        <div class="buttons">
          <button class="main" type="submit">
            {say('account.save')}
          </button>
        </div>
      </PostForm>
    </section>
  );
};

export const PasswordSection = ({ context, email }: { readonly context: PageContext; readonly email: string }) => {
  const { say } = context;
  return (
    <section class="sheet" aria-labelledby="password-heading">
      <h2 id="password-heading">{say('account.password')}</h2>
      <p class="quiet-words">{say('account.password.effect')}</p>
      <PostForm context={context} action="/console/account/password" class="form">
        <input
          type="text"
          class="hidden-words"
          autocomplete="username"
          value={email}
          tabindex={-1}
          aria-hidden="true"
          readonly
        />
        <div class="field">
          <label for="old-password">{say('password.old')}</label>
          <input id="old-password" name="old-password" type="password" autocomplete="current-password" required />
        </div>
        <NewPasswordFields say={say} />
        <div class="buttons">
          <button class="main" type="submit">
            {say('account.password.button')}
          </button>
        </div>
      </PostForm>
    </section>
  );
};
