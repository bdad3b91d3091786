import { Inject, Injectable } from '@nestjs/common';
import { isNativeError } from 'node:util/types';
import { CONFIG, type Config } from '../config.js';
import { scrub } from '../issuers/issuer-http.js';
import { postOnce } from '../outgoing/post.js';
import { publicLookup, readOutgoingUrl } from '../outgoing/public-https.js';
import { CannotOpenError, type Sealed } from '../sealed.js';
import { formatsIn } from '../texts/formats.js';
import { sayIn } from '../texts/say.js';
import { MAIL_SENDER, type MailSender } from './mail.js';
import { digestMail, noticeMail, testMail, type MessageStyle } from './notice-mail.js';
import type { MessageContent, TakenMessage, TryResult } from './notice-messages.js';
import { placeOf, type SealedField } from './recipient-secrets.js';
import { slackBody, slackTest } from './slack.js';
import { webhookBody, webhookHeaders, webhookTest } from './webhook.js';

/** From the name's look-up to the end of the answer. */
const TIMEOUT_MS = 15_000;

const NO_MAIL = 'No way to send notices is set: SMTP_URL and NOTIFY_EMAIL are needed';

/** Sends one message by its recipient's channel. Never throws for what the other side does. */
@Injectable()
export class Channels {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(MAIL_SENDER) private readonly mail: MailSender | null,
  ) {}

  async send(message: TakenMessage, content: MessageContent): Promise<TryResult> {
    const startedAt = performance.now();
    const result = await this.#send(message, content).catch(faultOf);
    return { ...result, ms: Math.round(performance.now() - startedAt) };
  }

  async #send(message: TakenMessage, content: MessageContent): Promise<Omit<TryResult, 'ms'>> {
    const { to } = message;
    if (to.kind === 'slack')
      return this.#post(this.#open(message, 'slack_url', to.slackUrl), this.#slack(message, content));
    if (to.kind === 'webhook') return this.#post(to.address ?? '', this.#webhook(message, content));
    await this.#mail(message, content);
    return { status: null, fault: null, isGone: false };
  }

  async #mail(message: TakenMessage, content: MessageContent): Promise<void> {
    const address = message.to.kind === 'notify-email' ? this.config.mail.notifyEmail : message.to.address;
    if (!this.mail || address === null) throw new Error(NO_MAIL);
    const style = this.#style(message, content);
    const [only] = content.items;
    const words =
      message.kind === 'test'
        ? testMail(style)
        : message.kind === 'single' && only
          ? noticeMail(only, style)
          : digestMail(content.items, content.total, style);
    await this.mail.send({ to: address, messageId: `<${message.messageId}@vtex-card-connector>`, ...words });
  }

  #slack(message: TakenMessage, content: MessageContent): Call {
    const style = this.#style(message, content);
    const body = message.kind === 'test' ? slackTest(style) : slackBody(content.items, content.total, style);
    return { body, headers: { 'Content-Type': 'application/json' } };
  }

  #webhook(message: TakenMessage, { items }: MessageContent): Call {
    const { secret, oldSecret } = message.to;
    const at = new Date();
    const [notice] = items;
    const body = notice ? webhookBody(notice, this.config.publicUrl) : webhookTest(at);
    const secrets = [
      this.#open(message, 'secret', secret),
      ...(oldSecret ? [this.#open(message, 'old_secret', oldSecret)] : []),
    ];
    return { body, headers: webhookHeaders(message.messageId, body, { secrets, at }) };
  }

  async #post(url: string, { body, headers }: Call): Promise<Omit<TryResult, 'ms'>> {
    const { allowHttp } = this.config.webhooks;
    const target = readOutgoingUrl(url, { allowHttp });
    if (target === null) throw new Error('its address must not be called with these settings');
    const lookup = allowHttp ? null : publicLookup();
    const answer = await postOnce({ target, headers, body, timeoutMs: TIMEOUT_MS, lookup });
    if (answer.kind === 'fault') return { status: null, fault: answer.words, isGone: false };
    const { status } = answer;
    return {
      status,
      fault: status >= 200 && status < 300 ? null : `the answer was ${status}`,
      isGone: status === 410,
    };
  }

  #open({ merchantId, recipientId }: TakenMessage, field: SealedField, sealed: Sealed | null): string {
    return this.config.masterKeys.open(sealed, placeOf({ merchantId, recipientId }, field));
  }

  #style({ to }: TakenMessage, { isFallBack }: MessageContent): MessageStyle {
    return {
      language: to.language,
      say: sayIn(to.language),
      formats: formatsIn(to.language, to.timeZone),
      merchantName: to.merchantName,
      publicUrl: this.config.publicUrl,
      isOwnPace: to.kind === 'person',
      isFallBack,
    };
  }
}

interface Call {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** In words that hold nothing of a secret or of a person. */
function faultOf(error: unknown): Omit<TryResult, 'ms'> {
  const words =
    error instanceof CannotOpenError
      ? `its secret does not open: ${error.message}`
      : isNativeError(error)
        ? error.message
        : 'unknown fault';
  return { status: null, fault: scrub(words).slice(0, 300), isGone: false };
}
