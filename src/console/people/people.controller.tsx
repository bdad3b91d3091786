import { Controller, Get, NotFoundException, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isLanguage } from '../../texts/language.js';
import { Contexts } from '../frame/contexts.js';
import { doneAt, doneIn } from '../frame/done.js';
import { Form } from '../frame/form.js';
import { sendPage } from '../frame/page.js';
import { isPersonId, isRole, People, readEmail, readName, type Actor, type Changed } from './people.js';
import { LinkSheet, PeoplePage, type Entered } from './people-page.js';
import type { PersonKey } from './sessions.js';
import { visitorWhoMay } from '../frame/visitor.js';

const PEOPLE = '/console/people';

const NOTHING: Entered = { email: '', name: '', role: 'operator' };

/** `/console/people`: who may use this console. Administrators only. */
@Controller('console/people')
export class PeopleController {
  constructor(
    private readonly people: People,
    private readonly contexts: Contexts,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.#show(request, reply, { status: 200, fault: null, entered: NOTHING });
  }

  /** Answers with the link itself: it is shown once, and must be in no address. */
  @Post()
  async add(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { merchantId } = visitorWhoMay('admin', request);
    const { say } = this.contexts.of(request);
    const form = new Form(request);
    const [email, name, role] = [readEmail(form.text('email')), readName(form.text('name')), form.text('role')];
    const entered: Entered = { email: form.text('email', 254), name: form.text('name', 100), role };
    const refuse = (fault: string) => this.#show(request, reply, { status: 400, fault, entered });
    if (email === null) return refuse(say('people.fault.email'));
    if (name === null) return refuse(say('people.fault.name'));
    if (!isRole(role)) return refuse(say('people.fault.role'));
    const language = form.text('language');
    const person = { email, name, role, language: isLanguage(language) ? language : null };
    const added = await this.people.add(merchantId, person, actorOf(request));
    if (!added) return refuse(say('people.fault.known', { email }));
    this.#showLink(request, reply, { name, email, link: added.link, endsAt: added.endsAt });
  }

  @Post(':personId/role')
  async changeRole(
    @Param('personId') personId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const key = keyOf(personId, request);
    const role = new Form(request).text('role');
    const { say } = this.contexts.of(request);
    if (!isRole(role)) {
      return this.#show(request, reply, { status: 400, fault: say('people.fault.role'), entered: NOTHING });
    }
    await this.#answer(request, reply, {
      changed: await this.people.changeRole(key, role, actorOf(request)),
      done: 'role-changed',
    });
  }

  @Post(':personId/disable')
  async disable(
    @Param('personId') personId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const changed = await this.people.setDisabled(keyOf(personId, request), true, actorOf(request));
    await this.#answer(request, reply, { changed, done: 'person-disabled' });
  }

  @Post(':personId/enable')
  async enable(
    @Param('personId') personId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const changed = await this.people.setDisabled(keyOf(personId, request), false, actorOf(request));
    await this.#answer(request, reply, { changed, done: 'person-enabled' });
  }

  @Post(':personId/link')
  async newLink(
    @Param('personId') personId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const key = keyOf(personId, request);
    const person = await this.people.find(key);
    const link = person && (await this.people.newLink(key, actorOf(request)));
    if (!link) throw new NotFoundException();
    this.#showLink(request, reply, { name: person.name, email: person.email, ...link });
  }

  async #answer(
    request: FastifyRequest,
    reply: FastifyReply,
    { changed, done }: { readonly changed: Changed; readonly done: string },
  ): Promise<void> {
    if (changed === 'unknown') throw new NotFoundException();
    if (changed === 'done') {
      void reply
        .status(303)
        .headers({ 'cache-control': 'no-store', location: doneAt(PEOPLE, done) })
        .send();
      return;
    }
    const fault = this.contexts.of(request).say('people.fault.last-admin');
    await this.#show(request, reply, { status: 409, fault, entered: NOTHING });
  }

  async #show(
    request: FastifyRequest,
    reply: FastifyReply,
    { status, fault, entered }: { readonly status: number; readonly fault: string | null; readonly entered: Entered },
  ): Promise<void> {
    const { merchantId } = visitorWhoMay('admin', request);
    const context = this.contexts.of(request);
    const { say } = context;
    sendPage(reply, context, {
      status,
      title: say('section.people'),
      section: 'people',
      done: fault === null ? doneIn(request, say) : null,
      fault,
      body: <PeoplePage context={context} people={await this.people.list(merchantId)} entered={entered} />,
    });
  }

  #showLink(
    request: FastifyRequest,
    reply: FastifyReply,
    shown: { readonly name: string; readonly email: string; readonly link: string; readonly endsAt: Date },
  ): void {
    const context = this.contexts.of(request);
    const title = context.say('people.link.title', { name: shown.name });
    sendPage(reply, context, {
      title,
      section: 'people',
      body: <LinkSheet context={context} title={title} {...shown} />,
    });
  }
}

/** @throws ForbiddenException for who is no administrator, NotFoundException for what is no person's id */
function keyOf(personId: string, request: FastifyRequest): PersonKey {
  const { merchantId } = visitorWhoMay('admin', request);
  if (!isPersonId(personId)) throw new NotFoundException();
  return { merchantId, personId };
}

function actorOf(request: FastifyRequest): Actor {
  return { personId: visitorWhoMay('admin', request).personId, address: request.ip };
}
