import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { Jobs } from '../jobs/jobs.js';
import { Log } from '../operations/log.js';
import { Metrics } from '../operations/metrics.js';
import { Repeater } from '../operations/repeater.js';
import { FAULTS_BEFORE_FALL_BACK, type ChannelKind } from './channel.js';
import { Channels } from './channels.js';
import { MAIL_SENDER, type MailSender } from './mail.js';
import {
  NoticeMessages,
  type DueRecipient,
  type RecipientKey,
  type TakenMessage,
  type TryResult,
} from './notice-messages.js';
import { NoticeSpread } from './notice-spread.js';

const SWEEP_MS = 5_000;

/** What waits for a mail server does not hold up what goes by HTTP, nor the other way round. */
const lanes: readonly { readonly kinds: readonly ChannelKind[]; readonly mostRecipients: number }[] = [
  { kinds: ['person', 'email', 'notify-email'], mostRecipients: 40 },
  { kinds: ['slack', 'webhook'], mostRecipients: 40 },
];

/** Messages to one recipient that a process sends at the same time: a receiver is not overrun by thousands. */
const MOST_TO_ONE = 4;

/** A database that is away for a moment, or has two transactions in each other's way, takes it a moment later. */
const RECORD_TRIES = 4;
const RECORD_PAUSE_MS = 500;

/** When the process stops, what is being sent has so long to end; what does not is found again after its lease. */
const STOP_MS = 10_000;

/**
 * Delivers the outbox: every notice to everybody who wants it, at least once, under one id, for as long as it takes; none is ever given up.
 *
 * Each recipient is drained by itself, so that one whose server hangs holds up no other one; and while it cannot be reached, one message
 * alone is tried at a growing pace.
 */
@Injectable()
export class Notices implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #sweeper = new Repeater((error) =>
    this.log.warn('The outbox could not be looked at; it is in 5 s.', { error }),
  );
  readonly #drains = new Map<string, Drain>();
  #isStopping = false;

  constructor(
    private readonly spread: NoticeSpread,
    private readonly messages: NoticeMessages,
    private readonly channels: Channels,
    private readonly jobs: Jobs,
    private readonly metrics: Metrics,
    private readonly log: Log,
    @Inject(MAIL_SENDER) private readonly mail: MailSender | null,
  ) {}

  onModuleInit(): void {
    this.jobs.work('deliver-notice', ({ merchantId }) => this.deliver(merchantId));
  }

  onApplicationBootstrap(): void {
    this.#sweeper.atOnceAndEvery(SWEEP_MS, () => this.sweep());
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#isStopping = true;
    this.#sweeper.stop();
    const underWay = [...this.#drains.values()].map(({ done }) => done);
    await Promise.race([Promise.all(underWay), sleep(STOP_MS, null, { ref: false })]);
    this.mail?.close();
  }

  /** Spreads a merchant's new notices and begins to send them; does not wait for the other side. */
  async deliver(merchantId: string): Promise<void> {
    await this.spread.spread(merchantId);
    void this.#drainDue(merchantId).catch((error: unknown) =>
      this.log.warn('Due messages could not be looked for; they are in 5 s.', { error }),
    );
  }

  /** Finds notices and messages without a live job, and waits until what is due was tried. */
  async sweep(): Promise<void> {
    await this.spread.sweep();
    await this.#drainDue(null);
    await Promise.all([...this.#drains.values()].map(({ done }) => done));
  }

  /** Tries one message now: a test. Null where another process is at it. */
  async tryNow(merchantId: string, messageId: string): Promise<TryResult | null> {
    const message = await this.messages.takeOne(merchantId, messageId);
    return message && this.#send(message);
  }

  /**
   * Sends a message that has ended once more under its own id, with everything that it was about: a person wants it so, whatever has
   * happened meanwhile. It is not tried by itself again. Null where there is no such message.
   */
  async sendAgain(key: RecipientKey, messageId: string): Promise<TryResult | null> {
    const message = await this.messages.takeEnded(key, messageId);
    if (!message) return null;
    const result = await this.channels.send(message, await this.messages.content(message, true));
    if (result.fault === null) await this.#insistently(() => this.messages.recordEnd(message, 'delivered', result));
    else await this.messages.recordTry(message, result);
    return result;
  }

  async #drainDue(merchantId: string | null): Promise<void> {
    if (this.#isStopping) return;
    const found = await Promise.all(
      lanes.map(({ kinds, mostRecipients }) => {
        const busy = [...this.#drains].filter(([, { kind }]) => kinds.includes(kind));
        for (const [, drain] of busy) drain.isToRepeat = true;
        const limit = Math.max(0, mostRecipients - busy.length);
        return this.messages.dueRecipients({ kinds, but: busy.map(([id]) => id), limit, merchantId });
      }),
    );
    await Promise.all(found.flat().map((recipient) => this.#drain(recipient)));
  }

  #drain(recipient: DueRecipient): Promise<void> {
    const running = this.#drains.get(recipient.recipientId);
    if (running) return running.done;
    const drain: Drain = { kind: recipient.kind, isToRepeat: false, done: Promise.resolve() };
    this.#drains.set(recipient.recipientId, drain);
    drain.done = this.#drainAll(recipient, drain)
      .catch((error: unknown) =>
        this.log.error('Messages to a recipient could not be sent; they are looked at again.', {
          merchantId: recipient.merchantId,
          error,
        }),
      )
      .finally(() => this.#drains.delete(recipient.recipientId));
    return drain.done;
  }

  async #drainAll(recipient: DueRecipient, drain: Drain): Promise<void> {
    let { isFailing } = recipient;
    do {
      drain.isToRepeat = false;
      const atOnce = isFailing ? 1 : MOST_TO_ONE;
      const ends = await allEnds(Array.from({ length: atOnce }, () => this.#drainOneByOne(recipient, isFailing)));
      if (ends.includes('fault')) return;
      // One message has arrived: the others may follow.
      drain.isToRepeat ||= isFailing && ends.includes('sent');
      isFailing = false;
    } while (drain.isToRepeat && !this.#isStopping);
  }

  async #drainOneByOne(recipient: DueRecipient, isFailing: boolean): Promise<'sent' | 'nothing' | 'fault'> {
    let end: 'sent' | 'nothing' = 'nothing';
    while (!this.#isStopping) {
      const message = await this.messages.take(recipient, isFailing);
      if (!message) return end;
      const result = await this.#send(message);
      if (result?.fault != null) return 'fault';
      end = 'sent';
      if (isFailing) return end;
    }
    return end;
  }

  /** Null: there was nothing left to say. */
  async #send(message: TakenMessage): Promise<TryResult | null> {
    const content = await this.messages.content(message);
    if (content.total === 0 && message.kind !== 'test') {
      await this.messages.recordEnd(message, 'overtaken', null);
      return null;
    }
    const result = await this.channels.send(message, content);
    if (result.fault === null) await this.#insistently(() => this.messages.recordEnd(message, 'delivered', result));
    else await this.#recordFault(message, result, content.items[0]?.noticeId);
    return result;
  }

  /** What was sent and is not written down is sent once more, after its lease. */
  async #insistently<Result>(record: () => Promise<Result>): Promise<Result> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await record();
      } catch (error) {
        if (tries === RECORD_TRIES || this.#isStopping) throw error;
        await sleep(tries * RECORD_PAUSE_MS);
      }
    }
  }

  async #recordFault(message: TakenMessage, result: TryResult, noticeId: string | undefined): Promise<void> {
    const { merchantId, messageId, kind, tries, to } = message;
    const faultsInRow = await this.#insistently(() => this.messages.recordFault(message, result));
    if (kind === 'test') return;
    this.metrics.noticeFaults.inc();
    const what = kind === 'digest' ? 'A digest of notices' : 'A notice of a manual cancellation';
    const next = result.isGone ? 'its channel is switched off' : 'it is tried again';
    this.log.error(`${what} could not be delivered by ${to.kind} (try ${tries}): ${result.fault}; ${next}.`, {
      merchantId,
      messageId,
      ...(kind === 'single' && noticeId !== undefined ? { noticeId } : {}),
    });
    if (faultsInRow >= FAULTS_BEFORE_FALL_BACK || tries >= FAULTS_BEFORE_FALL_BACK || result.isGone)
      await this.spread.fallBack(merchantId);
  }
}

/** Waits for all of them, also where one fails. */
async function allEnds<End>(works: readonly Promise<End>[]): Promise<End[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}

/** Sending to one recipient, by this process. */
interface Drain {
  readonly kind: ChannelKind;
  /** Something may have become due meanwhile. */
  isToRepeat: boolean;
  done: Promise<void>;
}
