import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../../config.js';
import { askedLanguage } from '../../texts/language.js';
import { sayIn } from '../../texts/say.js';
import { sessionKeyOfRequest } from './access.js';
import { Cookies } from './cookies.js';
import { doneAt, doneIn } from '../frame/done.js';
import { Form } from '../frame/form.js';
import { HOME, ownPath } from '../frame/own-path.js';
import { languageOfBrowser, sendPublicPage, visitToken } from '../frame/public-page.js';
import { SignIn, type Chosen } from './sign-in.js';
import { SignInForm, WelcomeForm, welcomeGone } from './sign-in-page.js';

/** The doors of the console: signing in and out, and the one-time link. */
@Controller('console')
export class SignInController {
  readonly #cookies: Cookies;

  constructor(
    private readonly signIn: SignIn,
    @Inject(CONFIG) config: Config,
  ) {
    this.#cookies = new Cookies(config);
  }

  @Get('sign-in')
  show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const to = textIn(request, 'to');
    if (request.sessionKey) return leadTo(reply, ownPath(to));
    this.#showForm(request, reply, { status: 200, email: '', to: ownPath(to), fault: null });
  }

  @Post('sign-in')
  async enter(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const form = new Form(request);
    const [email, to] = [form.text('email', 254).toLowerCase(), ownPath(form.text('to'))];
    const signedIn = await this.signIn.signIn({
      email,
      password: form.raw('password'),
      address: request.ip,
      earlier: this.#cookies.read(request, 'session'),
    });
    if (signedIn.kind === 'in') {
      this.#cookies.set(reply, 'session', signedIn.token);
      return leadTo(reply, to);
    }
    this.#showForm(request, reply, { status: statuses[signedIn.kind], email, to, fault: signedIn.kind });
  }

  @Post('sign-out')
  async leave(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.signIn.signOut(sessionKeyOfRequest(request));
    this.#cookies.clear(reply, 'session');
    leadTo(reply, doneAt('/console/sign-in', 'signed-out'));
  }

  /** Uses nothing up: mail servers open the links in a mail before the person does. */
  @Get('welcome')
  async welcome(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.#showWelcome(request, reply, { token: textIn(request, 'token') ?? '', status: 200, fault: null });
  }

  @Post('welcome')
  async choose(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const form = new Form(request);
    const [token, password] = [form.text('token'), form.raw('password')];
    const chosen: Chosen | { kind: 'differ' } =
      password === form.raw('password-again')
        ? await this.signIn.choosePassword(token, password, {
            address: request.ip,
            language: askedLanguage(request.headers['accept-language']),
          })
        : { kind: 'differ' };
    if (chosen.kind === 'in') {
      this.#cookies.set(reply, 'session', chosen.token);
      return leadTo(reply, HOME);
    }
    const fault = chosen.kind === 'gone' ? null : chosen.kind;
    await this.#showWelcome(request, reply, { token, status: chosen.kind === 'busy' ? 503 : 400, fault });
  }

  #showForm(
    request: FastifyRequest,
    reply: FastifyReply,
    { status, email, to, fault }: { status: number; email: string; to: string; fault: keyof typeof statuses | null },
  ): void {
    const language = languageOfBrowser(request);
    const say = sayIn(language);
    sendPublicPage(reply, {
      status,
      language,
      title: say('sign-in.title'),
      done: fault === null ? doneIn(request, say) : null,
      fault: fault && say(`sign-in.${fault}`),
      body: <SignInForm say={say} csrf={visitToken(request, '/console/sign-in')} email={email} to={to} />,
    });
  }

  async #showWelcome(
    request: FastifyRequest,
    reply: FastifyReply,
    { token, status, fault }: { token: string; status: number; fault: 'length' | 'email' | 'differ' | 'busy' | null },
  ): Promise<void> {
    const invited = await this.signIn.invited(token);
    const language = invited?.language ?? languageOfBrowser(request);
    const say = sayIn(language);
    if (!invited) return sendPublicPage(reply, welcomeGone(say, language));
    const csrf = visitToken(request, '/console/welcome');
    sendPublicPage(reply, {
      status,
      language,
      title: say('welcome.title'),
      fault: fault && say(fault === 'busy' ? 'sign-in.busy' : `password.fault.${fault}`),
      body: <WelcomeForm say={say} csrf={csrf} token={token} invited={invited} />,
    });
  }
}

const statuses = { wrong: 403, refused: 429, busy: 503 } as const;

function leadTo(reply: FastifyReply, location: string): void {
  void reply.status(303).headers({ 'cache-control': 'no-store', location }).send();
}

function textIn({ query }: FastifyRequest, name: string): string | undefined {
  const value = (query as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : undefined;
}
