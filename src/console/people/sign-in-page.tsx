import type { Language } from '../../texts/language.js';
import type { Say } from '../../texts/say.js';
import type { PublicContent } from '../frame/public-page.js';
import type { Invited } from './sign-in.js';

export const SignInForm = ({
  say,
  csrf,
  email,
  to,
}: {
  readonly say: Say;
  readonly csrf: string;
  readonly email: string;
  /** Where the person wanted to go. */
  readonly to: string;
}) => (
  <form class="sheet" method="post" action="/console/sign-in">
    <input type="hidden" name="csrf" value={csrf} />
    <input type="hidden" name="to" value={to} />
    <div class="field">
      <label for="email">{say('sign-in.email')}</label>
      <input id="email" name="email" type="email" autocomplete="username" maxlength={254} value={email} required />
    </div>
    <div class="field">
      <label for="password">{say('sign-in.password')}</label>
      <input id="password" name="password" type="password" autocomplete="current-password" required />
    </div>
    <div class="buttons">
      <button class="main" type="submit">
        {say('sign-in.button')}
      </button>
    </div>
    <p class="why-off">{say('sign-in.forgotten')}</p>
  </form>
);

export const WelcomeForm = ({
  say,
  csrf,
  token,
  invited,
}: {
  readonly say: Say;
  readonly csrf: string;
  readonly token: string;
  readonly invited: Invited;
}) => (
  <form class="sheet" method="post" action="/console/welcome">
    <input type="hidden" name="csrf" value={csrf} />
    <input type="hidden" name="token" value={token} />
    <p>{say('welcome.hello', { name: invited.name, store: invited.merchantName })}</p>
    <div class="field">
      <label for="email">{say('sign-in.email')}</label>
      <input id="email" type="email" autocomplete="username" value={invited.email} readonly />
    </div>
    <NewPasswordFields say={say} />
    <div class="buttons">
      <button class="main" type="submit">
        {say('welcome.button')}
      </button>
    </div>
  </form>
);

/** A new password, twice. */
export const NewPasswordFields = ({ say }: { readonly say: Say }) => (
  <>
    <div class="field">
      <label for="password">{say('password.new')}</label>
      <input
        id="password"
        name="password"
        type="password"
        autocomplete="new-password"
        minlength={12}
        maxlength={200}
        aria-describedby="password-rule"
        required
      />
      <p class="help" id="password-rule">
        {say('password.rule')}
      </p>
    </div>
    <div class="field">
      <label for="password-again">{say('password.again')}</label>
      <input
        id="password-again"
        name="password-again"
        type="password"
        autocomplete="new-password"
        maxlength={200}
        required
      />
    </div>
  </>
);

export const welcomeGone = (say: Say, language: Language): PublicContent => ({
  status: 404,
  language,
  title: say('welcome.gone-title'),
  body: (
    <div class="sheet">
      <p>{say('welcome.gone')}</p>
      <p>
        <a href="/console/sign-in">{say('sign-in.title')}</a>
      </p>
    </div>
  ),
});
