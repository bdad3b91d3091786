import { Controller, Get, Inject, NotFoundException, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../../config.js';
import { MAIL_SENDER, OutboxSender, type Mail, type MailSender } from '../../notifications/mail.js';
import { Contexts } from '../frame/contexts.js';
import { sendPage, type PageContext } from '../frame/page.js';

/** `/console/outbox`: the mails of a start without a mail server. Elsewhere there is no such page. */
@Controller('console/outbox')
export class OutboxController {
  constructor(
    @Inject(MAIL_SENDER) private readonly mail: MailSender | null,
    @Inject(CONFIG) private readonly config: Config,
    private readonly contexts: Contexts,
  ) {}

  @Get()
  show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const context = this.contexts.of(request);
    if (!context.hasOutbox || !(this.mail instanceof OutboxSender)) throw new NotFoundException();
    const mails = [...this.mail.mails].reverse();
    sendPage(reply, context, {
      title: context.say('section.outbox'),
      section: 'outbox',
      body: <Outbox context={context} mails={mails} ownUrl={`${this.config.publicUrl}/`} />,
    });
  }
}

const Outbox = ({
  context,
  mails,
  ownUrl,
}: {
  readonly context: PageContext;
  readonly mails: readonly Mail[];
  readonly ownUrl: string;
}) => {
  const { say } = context;
  return (
    <>
      <h1>{say('section.outbox')}</h1>
      <p class="quiet-words">{say('outbox.intro')}</p>
      {mails.length === 0 && <p class="sheet empty">{say('outbox.empty')}</p>}
      {mails.map(({ to, subject, text, messageId }) => (
        <article class="sheet" aria-labelledby={messageId}>
          <h2 id={messageId}>{subject}</h2>
          <p class="quiet-words">{say('outbox.to', { address: to })}</p>
          <pre>{withLinks(text, ownUrl)}</pre>
        </article>
      ))}
    </>
  );
};

/** Only what leads here can be pressed. */
const withLinks = (text: string, ownUrl: string) =>
  text.split(/(https?:\/\/[^\s<>"]+)/).map((part) => (part.startsWith(ownUrl) ? <a href={part}>{part}</a> : part));
