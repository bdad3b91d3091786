import nodemailer, { type Transporter } from 'nodemailer';
import type { Secret } from '../setting-kinds.js';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Stable over every try, so that a receiver can drop a repeat. */
  readonly messageId: string;
}

/** Sends mails; throws when the mail was surely or possibly not taken. */
export interface MailSender {
  send(mail: Mail): Promise<void>;
  close(): void;
}

export const MAIL_SENDER = Symbol('MailSender');

/** Any SMTP server. */
export class SmtpSender implements MailSender {
  readonly #transport: Transporter;

  constructor(smtpUrl: Secret) {
    this.#transport = nodemailer.createTransport(smtpUrl.reveal(), {
      from: 'VTEX card connector <no-reply@vtex-card-connector.invalid>',
    });
  }

  async send({ to, subject, text, messageId }: Mail): Promise<void> {
    await this.#transport.sendMail({ to, subject, text, messageId, headers: { 'Auto-Submitted': 'auto-generated' } });
  }

  close(): void {
    this.#transport.close();
  }
}

/** Development's outbox: keeps the mails in memory and prints them. */
export class OutboxSender implements MailSender {
  readonly mails: Mail[] = [];

  constructor(private readonly print: (text: string) => void) {}

  async send(mail: Mail): Promise<void> {
    if (this.mails.some(({ messageId }) => messageId === mail.messageId)) return;
    this.mails.push(mail);
    this.print(`\n--- E-mail to ${mail.to}: ${mail.subject}\n${mail.text}\n---\n`);
  }

  close(): void {
    // Nothing is open.
  }
}
