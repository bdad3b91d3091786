import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import nodemailer, { type Transporter } from 'nodemailer';
import type { SmtpSettings } from '../config.js';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** Stable over every try, so that a receiver can drop a repeat. */
  readonly messageId: string;
}

/** Sends mails; throws when the mail was surely or possibly not taken. */
export interface MailSender {
  send(mail: Mail): Promise<void>;
  /** Connects and signs in, and sends nothing; throws where that fails or takes longer. */
  greet(withinMs: number): Promise<void>;
  close(): void;
}

export const MAIL_SENDER = Symbol('MailSender');

/**
 * nodemailer's own are 2 min to connect, 30 s for the greeting and 10 min of silence, longer than a process holds a notice.
 * The same names in `SMTP_URL` win: `smtp://host?socketTimeout=30000`.
 * @see https://nodemailer.com/smtp
 */
const TIMEOUTS = { dnsTimeout: 5_000, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 15_000 };

/** A server that says a word now and then is never silent. Shorter than the time for which a process holds a notice. */
const SEND_MS = 60_000;

/** Any SMTP server. */
export class SmtpSender implements MailSender {
  readonly #transport: Transporter;
  readonly #from: { readonly name: string; readonly address: string };

  constructor(
    { url, from }: SmtpSettings,
    private readonly sendMs = SEND_MS,
  ) {
    this.#transport = nodemailer.createTransport({ url: url.reveal(), ...TIMEOUTS });
    this.#from = { name: from.name ?? 'VTEX card connector', address: from.address };
  }

  async send({ to, subject, text, html, messageId }: Mail): Promise<void> {
    const headers = { 'Auto-Submitted': 'auto-generated' };
    const timer = new AbortController();
    const tooLate = sleep(this.sendMs, null, { signal: timer.signal }).then(() => {
      throw new Error(`The mail server did not take the mail within ${this.sendMs} ms`);
    });
    try {
      const mail = { from: this.#from, to, subject, text, ...(html ? { html } : {}), messageId, headers };
      await Promise.race([this.#transport.sendMail({ ...mail, ...boundaryOf(messageId) }), tooLate]);
    } finally {
      timer.abort();
    }
  }

  async greet(withinMs: number): Promise<void> {
    const timer = new AbortController();
    const tooLate = sleep(withinMs, null, { signal: timer.signal }).then(() => {
      throw new Error(`no answer within ${withinMs} ms`);
    });
    try {
      await Promise.race([this.#transport.verify(), tooLate]);
    } finally {
      timer.abort();
    }
  }

  close(): void {
    this.#transport.close();
  }
}

/** The same mail has the same bytes, however often it is sent; nodemailer's own boundary between its parts is random. */
const boundaryOf = (messageId: string) => ({
  baseBoundary: createHash('sha256').update(messageId, 'utf8').digest('hex').slice(0, 32),
});

/** Development's outbox: keeps the mails in memory and prints them. */
export class OutboxSender implements MailSender {
  readonly mails: Mail[] = [];

  constructor(private readonly print: (text: string) => void) {}

  async send(mail: Mail): Promise<void> {
    if (this.mails.some(({ messageId }) => messageId === mail.messageId)) return;
    this.mails.push(mail);
    this.print(`\n--- E-mail to ${mail.to}: ${mail.subject}\n${mail.text}\n---\n`);
  }

  async greet(): Promise<void> {
    // Nobody is there to greet.
  }

  close(): void {
    // Nothing is open.
  }
}
