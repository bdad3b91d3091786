import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DEFAULT_MERCHANT } from '../../config.js';
import { MAIL_SENDER, OutboxSender, type MailSender } from '../../notifications/mail.js';
import { sayIn } from '../../texts/say.js';
import { csrfToken } from './csrf.js';
import { formatsIn } from '../../texts/formats.js';
import type { PageContext } from './page.js';
import { csrfKeyOf, mayActAs, visitorOf, type Visitor } from './visitor.js';

/** Makes what every page of a signed-in person needs. */
@Injectable()
export class Contexts {
  constructor(@Inject(MAIL_SENDER) private readonly mail: MailSender | null) {}

  /** For a request that the session hook has let in. */
  of(request: FastifyRequest): PageContext {
    const visitor = visitorOf(request);
    return {
      visitor,
      say: sayIn(visitor.language),
      formats: formatsIn(visitor.language, visitor.timeZone),
      csrf: (action) => csrfToken(csrfKeyOf(request), action),
      now: new Date(),
      hasOutbox: this.mail instanceof OutboxSender && seesOutbox(visitor),
    };
  }
}

/** The outbox holds the mails of every merchant, so only those who administer the service's own may look into it. */
export const seesOutbox = (visitor: Visitor): boolean =>
  visitor.merchantId === DEFAULT_MERCHANT && mayActAs('admin', visitor);
