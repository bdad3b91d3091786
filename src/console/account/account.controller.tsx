import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NoticeRecipients } from '../../notifications/notice-recipients.js';
import { isLanguage } from '../../texts/language.js';
import { sessionKeyOfRequest } from '../people/access.js';
import { PasswordSection, ProfileSection, type Profile } from './account-page.js';
import { Contexts } from '../frame/contexts.js';
import { doneAt, doneIn } from '../frame/done.js';
import { Form } from '../frame/form.js';
import { NoticePreferences } from './notice-preferences.js';
import { sendPage } from '../frame/page.js';
import { People, readName } from '../people/people.js';
import { SignIn } from '../people/sign-in.js';
import { visitorOf } from '../frame/visitor.js';

const ACCOUNT = '/console/account';

/** `/console/account`: what a person sets for themselves. */
@Controller('console/account')
export class AccountController {
  constructor(
    private readonly people: People,
    private readonly signIn: SignIn,
    private readonly recipients: NoticeRecipients,
    private readonly contexts: Contexts,
  ) {}

  @Get()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.#show(request, reply, { status: 200, fault: null });
  }

  @Post()
  async change(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { say } = this.contexts.of(request);
    const form = new Form(request);
    const [name, language] = [readName(form.text('name')), form.text('language')];
    if (name === null) return this.#show(request, reply, { status: 400, fault: say('people.fault.name') });
    await this.people.changeProfile(visitorOf(request), { name, language: isLanguage(language) ? language : null });
    this.#leadBack(reply, 'account-changed');
  }

  @Post('password')
  async changePassword(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { say } = this.contexts.of(request);
    const form = new Form(request);
    const password = form.raw('password');
    const changed =
      password === form.raw('password-again')
        ? await this.signIn.changePassword(visitorOf(request), {
            old: form.raw('old-password'),
            password,
            address: request.ip,
            session: sessionKeyOfRequest(request),
          })
        : 'differ';
    if (changed === 'done') return this.#leadBack(reply, 'password-changed');
    if (changed === 'busy') return this.#show(request, reply, { status: 503, fault: say('sign-in.busy') });
    if (changed === 'refused') return this.#show(request, reply, { status: 429, fault: say('password.fault.refused') });
    await this.#show(request, reply, { status: 400, fault: say(`password.fault.${changed}`) });
  }

  /** One section after the other; each has forms of its own. */
  async #show(
    request: FastifyRequest,
    reply: FastifyReply,
    { status, fault }: { readonly status: number; readonly fault: string | null },
  ): Promise<void> {
    const context = this.contexts.of(request);
    const { say } = context;
    const person = await this.people.find(context.visitor);
    if (!person) throw new Error('Bug: somebody is signed in who is not there');
    const profile: Profile = person;
    sendPage(reply, context, {
      status,
      title: say('section.account'),
      section: 'account',
      done: fault === null ? doneIn(request, say) : null,
      fault,
      body: (
        <>
          <h1>{say('section.account')}</h1>
          <ProfileSection context={context} profile={profile} />
          <NoticePreferences context={context} wishes={await this.recipients.wishesOf(context.visitor)} />
          <PasswordSection context={context} email={person.email} />
        </>
      ),
    });
  }

  #leadBack(reply: FastifyReply, done: string): void {
    void reply
      .status(303)
      .headers({ 'cache-control': 'no-store', location: doneAt(ACCOUNT, done) })
      .send();
  }
}
