import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { isNativeError } from 'node:util/types';
import { CONFIG, type Config } from '../config.js';
import { Database, statement } from '../database.js';
import { findIssuer } from '../issuers/index.js';
import { Jobs } from '../jobs/jobs.js';
import { retryPauseMs } from '../jobs/retry-pace.js';
import { Log } from '../operations/log.js';
import { Metrics } from '../operations/metrics.js';
import { Repeater } from '../operations/repeater.js';
import { scrub } from '../issuers/issuer-http.js';
import { amountOfRefund } from '../manual-cancellations/manual-cancellations.js';
import { newestReference } from '../payments/payment-row.js';
import { MAIL_SENDER, type MailSender } from './mail.js';
import { noticeMail, type NoticeSubject } from './notice-mail.js';

/** While a process delivers a notice, others leave it alone for so long; a mail server may take its time. */
const DELIVERY_LEASE_MS = 120_000;

const SWEEP_MS = 5_000;
const SWEEP_LIMIT = 200;

const takeNotice = statement(
  'take-notice',
  `update notices set tries = tries + 1, next_try_at = now() + $3 * interval '1 millisecond'
   where merchant_id = $1 and notice_id = $2 and delivered_at is null and next_try_at <= now()
   returning event, manual_cancellation_id, tries`,
);

const loadSubject = statement(
  'load-notice-subject',
  `select m.payment_id, m.kind, m.reason, m.state, m.opened_at, p.order_id, p.sandbox, r.issuer, r.reference, f.value, f.currency
   from manual_cancellations m
   join payments p using (merchant_id, payment_id)
   ${newestReference}
   ${amountOfRefund}
   where m.merchant_id = $1 and m.manual_cancellation_id = $2`,
);

const markDelivered = statement(
  'mark-notice-delivered',
  'update notices set delivered_at = now(), next_try_at = null, last_fault = null where merchant_id = $1 and notice_id = $2 and delivered_at is null',
);

const markFailed = statement(
  'mark-notice-failed',
  `update notices set last_fault = $3, next_try_at = now() + $4 * interval '1 millisecond'
   where merchant_id = $1 and notice_id = $2 and delivered_at is null`,
);

const selectDue = statement(
  'select-due-notices',
  'select merchant_id, notice_id from notices where delivered_at is null and next_try_at <= now() order by next_try_at limit $1',
);

interface NoticeKey {
  readonly merchantId: string;
  readonly noticeId: string;
}

/** Delivers the outbox: each notice at least once, under one Message-ID, for as long as it takes; none is ever given up. */
@Injectable()
export class Notices implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #sweeper = new Repeater((error) =>
    this.log.warn('The outbox could not be looked at; it is in 5 s.', { error }),
  );

  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly metrics: Metrics,
    private readonly log: Log,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(MAIL_SENDER) private readonly mail: MailSender | null,
  ) {}

  onModuleInit(): void {
    this.jobs.work('deliver-notice', (key) => this.deliver(key));
  }

  onApplicationBootstrap(): void {
    this.#sweeper.atOnceAndEvery(SWEEP_MS, () => this.sweep());
  }

  beforeApplicationShutdown(): void {
    this.#sweeper.stop();
    this.mail?.close();
  }

  /** Delivers one notice if it is due and no other process is at it. A failure is recorded, shown and tried again later. */
  async deliver({ merchantId, noticeId }: NoticeKey): Promise<void> {
    const [taken] = await this.database.run<{
      event: NoticeSubject['event'];
      manual_cancellation_id: string;
      tries: number;
    }>(takeNotice, [merchantId, noticeId, DELIVERY_LEASE_MS]);
    if (!taken) return;
    try {
      await this.#send({ merchantId, noticeId }, taken);
    } catch (error) {
      await this.#recordFault({ merchantId, noticeId }, taken.tries, error);
      return;
    }
    await this.database.run(markDelivered, [merchantId, noticeId]);
  }

  /** Finds due notices without a live job. */
  async sweep(): Promise<void> {
    const due = await this.database.run<{ merchant_id: string; notice_id: string }>(selectDue, [SWEEP_LIMIT]);
    for (const { merchant_id, notice_id } of due) await this.deliver({ merchantId: merchant_id, noticeId: notice_id });
  }

  async #send(key: NoticeKey, taken: { event: NoticeSubject['event']; manual_cancellation_id: string }): Promise<void> {
    const { notifyEmail } = this.config.mail;
    if (!this.mail || notifyEmail === null)
      throw new Error('No way to send notices is set: SMTP_URL and NOTIFY_EMAIL are needed');
    const subject = await this.#subject(key.merchantId, taken);
    // Overtaken: a person must not be sent to do what is done, or no longer needed.
    if (subject.event === 'manual_required' && subject.isClosed) return;
    await this.mail.send({
      to: notifyEmail,
      messageId: `<${key.noticeId}@vtex-card-connector>`,
      ...noticeMail(subject),
    });
  }

  async #subject(
    merchantId: string,
    { event, manual_cancellation_id }: { event: NoticeSubject['event']; manual_cancellation_id: string },
  ) {
    const [row] = await this.database.run<SubjectRow>(loadSubject, [merchantId, manual_cancellation_id]);
    if (!row) throw new Error(`Bug: the notice's manual cancellation ${manual_cancellation_id} is not there`);
    return {
      event,
      isClosed: row.state === 'resolved' || row.state === 'not-needed',
      paymentId: row.payment_id,
      orderId: row.order_id,
      issuerName: row.issuer === null ? null : (findIssuer(row.issuer)?.name ?? row.issuer),
      reference: row.reference,
      reason: row.reason,
      kind: row.kind,
      amount: row.value === null ? null : [row.value, row.currency].filter(Boolean).join(' '),
      sandbox: row.sandbox,
      openedAt: row.opened_at,
    } satisfies NoticeSubject & { readonly isClosed: boolean };
  }

  async #recordFault({ merchantId, noticeId }: NoticeKey, tries: number, error: unknown): Promise<void> {
    const words = scrub(isNativeError(error) ? error.message : 'unknown fault').slice(0, 300);
    this.metrics.noticeFaults.inc();
    this.log.error(`A notice of a manual cancellation could not be delivered (try ${tries}); it is tried again.`, {
      merchantId,
      noticeId,
      error,
    });
    await this.database.run(markFailed, [merchantId, noticeId, words, retryPauseMs(tries)]);
  }
}

interface SubjectRow {
  readonly state: string;
  readonly payment_id: string;
  readonly kind: NoticeSubject['kind'];
  readonly reason: NoticeSubject['reason'];
  readonly opened_at: Date;
  readonly order_id: string | null;
  readonly sandbox: boolean;
  readonly issuer: string | null;
  readonly reference: Readonly<Record<string, unknown>> | null;
  readonly value: string | null;
  readonly currency: string | null;
}
