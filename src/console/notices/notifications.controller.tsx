import { Controller, Get, NotFoundException, Param, Post, Req, Res } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Database, type Sql } from '../../database.js';
import type { RecipientKey } from '../../notifications/notice-messages.js';
import { NoticeRecipients, type NoticeRecipient } from '../../notifications/notice-recipients.js';
import { Notices } from '../../notifications/notices.js';
import { CannotOpenError } from '../../sealed.js';
import type { TextKey } from '../../texts/catalogue.js';
import { isLanguage } from '../../texts/language.js';
import { recordAudit, type AuditAction, type AuditDetails } from '../people/audit.js';
import { Contexts } from '../frame/contexts.js';
import { doneAt, doneIn } from '../frame/done.js';
import { Form } from '../frame/form.js';
import { readWishes } from '../account/notice-preferences.js';
import {
  NOTIFICATIONS,
  RecipientPage,
  RecipientsPage,
  SecretPage,
  titleOf,
  type Entered,
  type KnownRecipient,
} from './notifications-page.js';
import { sendPage } from '../frame/page.js';
import { isPersonId as isId, readEmail } from '../people/people.js';
import { visitorWhoMay } from '../frame/visitor.js';

const NOTHING: Entered = { address: '', name: '', url: '' };

/** `/console/notifications`: who hears of manual cancellations. Administrators only. */
@Controller('console/notifications')
export class NotificationsController {
  constructor(
    private readonly database: Database,
    private readonly recipients: NoticeRecipients,
    private readonly notices: Notices,
    private readonly contexts: Contexts,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.#showAll(request, reply);
  }

  @Post('email')
  async addEmail(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const key = newKey(request);
    const form = new Form(request);
    const [address, language] = [readEmail(form.text('address')), form.text('language')];
    const entered = { ...NOTHING, address: form.text('address', 254) };
    if (address === null) return this.#refuse(request, reply, 'notices.fault.email', entered);
    const isNew = await this.database.transaction(async (sql) => {
      const added = await this.recipients.addEmail(sql, key, {
        address,
        language: isLanguage(language) ? language : null,
      });
      if (added) await this.#audit(sql, request, 'notices-channel-added', address, { kind: 'email' });
      return added;
    });
    if (!isNew) return this.#refuse(request, reply, 'notices.fault.known', entered);
    leadTo(reply, NOTIFICATIONS, 'notice-channel-added');
  }

  @Post('slack')
  async addSlack(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const key = newKey(request);
    const form = new Form(request);
    const [name, url, language] = [form.text('name', 100), form.text('url'), form.text('language')];
    const entered = { ...NOTHING, name };
    if (!this.recipients.canKeepSecrets) return this.#refuse(request, reply, 'notices.no-key', entered);
    const slackUrl = this.recipients.readSlackUrl(url);
    if (name === '' || slackUrl === null) return this.#refuse(request, reply, 'notices.fault.slack', entered);
    await this.database.transaction(async (sql) => {
      const slack = { name, url: slackUrl, language: isLanguage(language) ? language : null };
      await this.recipients.addSlack(sql, key, slack);
      await this.#audit(sql, request, 'notices-channel-added', name, { kind: 'slack' });
    });
    leadTo(reply, NOTIFICATIONS, 'notice-channel-added');
  }

  /** Answers with the secret itself: it is shown once, and must be in no address. */
  @Post('webhook')
  async addWebhook(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const key = newKey(request);
    const entered = { ...NOTHING, url: new Form(request).text('url') };
    if (!this.recipients.canKeepSecrets) return this.#refuse(request, reply, 'notices.no-key', entered);
    const url = this.recipients.readWebhookUrl(entered.url);
    if (url === null) return this.#refuse(request, reply, 'notices.fault.webhook', entered);
    const secret = await this.database.transaction(async (sql) => {
      const made = await this.recipients.addWebhook(sql, key, url);
      if (made !== null) await this.#audit(sql, request, 'notices-channel-added', hostOf(url), { kind: 'webhook' });
      return made;
    });
    if (secret === null) return this.#refuse(request, reply, 'notices.fault.known', entered);
    this.#showSecret(request, reply, { key, title: url, secret });
  }

  @Get(':recipientId')
  async show(
    @Param('recipientId') recipientId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.#showOne(request, reply, await this.#found(recipientId, request));
  }

  @Post(':recipientId/wishes')
  async changeWishes(
    @Param('recipientId') recipientId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const found = await this.#found(recipientId, request);
    const wishes = readWishes(new Form(request), { hasPace: found.recipient.kind !== 'webhook' });
    if (wishes === null) return this.#showOne(request, reply, found, 'notices.fault.pace');
    await this.#change(request, found, 'notices-changed', (sql) => this.recipients.change(sql, found.key, wishes));
    leadTo(reply, pathOf(found.key), 'notices-changed');
  }

  @Post(':recipientId/remove')
  async remove(
    @Param('recipientId') recipientId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const found = await this.#found(recipientId, request);
    await this.#change(request, found, 'notices-channel-removed', (sql) => this.recipients.remove(sql, found.key));
    leadTo(reply, NOTIFICATIONS, 'notice-channel-removed');
  }

  @Post(':recipientId/switch-on')
  async switchOn(
    @Param('recipientId') recipientId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const found = await this.#found(recipientId, request);
    await this.#change(request, found, 'notices-channel-switched-on', (sql) =>
      this.recipients.switchOn(sql, found.key),
    );
    leadTo(reply, pathOf(found.key), 'notice-channel-on');
  }

  /** Answers with the new secret itself. */
  @Post(':recipientId/rotate')
  async rotate(
    @Param('recipientId') recipientId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const found = await this.#found(recipientId, request);
    if (!this.recipients.canKeepSecrets) return this.#showOne(request, reply, found, 'notices.no-key');
    try {
      const secret = await this.database.transaction(async (sql) => {
        const made = await this.recipients.rotate(sql, found.key);
        if (made !== null) await this.#audit(sql, request, 'webhook-secret-made', subjectOf(found.recipient));
        return made;
      });
      if (secret === null) throw new NotFoundException();
      this.#showSecret(request, reply, { key: found.key, title: found.recipient.address ?? '', secret });
    } catch (error) {
      if (!(error instanceof CannotOpenError)) throw error;
      await this.#showOne(request, reply, found, 'notices.fault.secret');
    }
  }

  @Post(':recipientId/test')
  async test(
    @Param('recipientId') recipientId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const found = await this.#found(recipientId, request);
    const messageId = await this.recipients.addTest(found.key);
    if (messageId === null) throw new NotFoundException();
    const result = await this.notices.tryNow(found.key.merchantId, messageId);
    if (result?.fault === null) return leadTo(reply, pathOf(found.key), 'notice-test-arrived');
    await this.#showOne(request, reply, found, 'notices.fault.test');
  }

  @Post(':recipientId/messages/:messageId/again')
  async sendAgain(
    @Param('recipientId') recipientId: string,
    @Param('messageId') messageId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const found = await this.#found(recipientId, request);
    const result = isId(messageId) ? await this.notices.sendAgain(found.key, messageId) : null;
    if (!result) throw new NotFoundException();
    await this.#audit(this.database, request, 'notice-sent-again', subjectOf(found.recipient));
    if (result.fault !== null) return this.#showOne(request, reply, found, 'notices.fault.again');
    leadTo(reply, pathOf(found.key), 'notice-sent-again');
  }

  /** @throws NotFoundException for what is nobody of this merchant's, as for what is nobody at all */
  async #found(recipientId: string, request: FastifyRequest): Promise<Found> {
    const { merchantId } = visitorWhoMay('admin', request);
    const key = { merchantId, recipientId };
    const recipient = isId(recipientId) ? await this.recipients.find(key) : null;
    if (!recipient) throw new NotFoundException();
    return { key, recipient: { ...recipient, recipientId } };
  }

  async #change(
    request: FastifyRequest,
    { recipient }: Found,
    action: AuditAction,
    work: (sql: Sql) => Promise<boolean>,
  ): Promise<void> {
    const isDone = await this.database.transaction(async (sql) => {
      const done = await work(sql);
      if (done) await this.#audit(sql, request, action, subjectOf(recipient));
      return done;
    });
    if (!isDone) throw new NotFoundException();
  }

  #audit(
    sql: Sql,
    request: FastifyRequest,
    action: AuditAction,
    subject: string,
    details: AuditDetails = {},
  ): Promise<void> {
    const { merchantId, personId } = visitorWhoMay('admin', request);
    return recordAudit(sql, { merchantId, personId, action, subject, details, address: request.ip });
  }

  #refuse(request: FastifyRequest, reply: FastifyReply, fault: TextKey, entered: Entered): Promise<void> {
    return this.#showAll(request, reply, { fault, entered });
  }

  async #showAll(
    request: FastifyRequest,
    reply: FastifyReply,
    refused: { readonly fault: TextKey; readonly entered: Entered } | null = null,
  ): Promise<void> {
    const { merchantId } = visitorWhoMay('admin', request);
    const context = this.contexts.of(request);
    const { say } = context;
    sendPage(reply, context, {
      status: refused ? 400 : 200,
      title: say('section.notifications'),
      section: 'notifications',
      done: refused ? null : doneIn(request, say),
      fault: refused && say(refused.fault),
      body: (
        <RecipientsPage
          context={context}
          recipients={await this.recipients.list(merchantId)}
          canKeepSecrets={this.recipients.canKeepSecrets}
          notifyEmail={this.recipients.notifyEmail}
          entered={refused?.entered ?? NOTHING}
        />
      ),
    });
  }

  async #showOne(request: FastifyRequest, reply: FastifyReply, found: Found, fault?: TextKey): Promise<void> {
    const context = this.contexts.of(request);
    const { say } = context;
    const { notifyEmail } = this.recipients;
    // What was tried just now shows.
    const recipient = fault ? ((await this.recipients.find(found.key)) ?? found.recipient) : found.recipient;
    sendPage(reply, context, {
      status: fault ? 409 : 200,
      title: titleOf(recipient, context, notifyEmail),
      section: 'notifications',
      done: fault ? null : doneIn(request, say),
      fault: fault ? say(fault) : null,
      body: (
        <RecipientPage
          context={context}
          recipient={{ ...recipient, recipientId: found.key.recipientId }}
          tries={await this.recipients.tries(found.key)}
          notifyEmail={notifyEmail}
        />
      ),
    });
  }

  #showSecret(
    request: FastifyRequest,
    reply: FastifyReply,
    { key, title, secret }: { readonly key: RecipientKey; readonly title: string; readonly secret: string },
  ): void {
    const context = this.contexts.of(request);
    const { recipientId } = key;
    sendPage(reply, context, {
      title,
      section: 'notifications',
      body: <SecretPage context={context} recipientId={recipientId} title={title} secret={secret} />,
    });
  }
}

interface Found {
  readonly key: RecipientKey;
  readonly recipient: KnownRecipient;
}

const newKey = (request: FastifyRequest): RecipientKey => ({
  merchantId: visitorWhoMay('admin', request).merchantId,
  recipientId: randomUUID(),
});

const pathOf = ({ recipientId }: RecipientKey) => `${NOTIFICATIONS}/${recipientId}`;

/** As people know it; of a webhook the host alone, because its address may hold a secret. */
const subjectOf = ({ kind, name, address }: NoticeRecipient) =>
  kind === 'webhook' ? hostOf(address ?? '') : (name ?? address ?? 'NOTIFY_EMAIL');

const hostOf = (url: string) => (URL.canParse(url) ? new URL(url).host : '');

function leadTo(reply: FastifyReply, path: string, done: string): void {
  void reply
    .status(303)
    .headers({ 'cache-control': 'no-store', location: doneAt(path, done) })
    .send();
}
