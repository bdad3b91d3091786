import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { Database, statement, type Sql, type Transaction } from '../database.js';
import { Jobs } from '../jobs/jobs.js';
import { retryPauseMs } from '../jobs/retry-pace.js';
import { Log } from '../operations/log.js';
import { Metrics } from '../operations/metrics.js';
import { Repeater } from '../operations/repeater.js';
import { postOnce, type OutgoingAnswer } from '../outgoing/post.js';
import { isUnderOneOf, publicLookup, readOutgoingUrl, type OutgoingTarget } from '../outgoing/public-https.js';
import type { NewLinks } from '../payments/new-links.js';
import { recordEvent } from '../payments/payment-event.js';
import { answerFor, statusOf, type Authorization } from './authorization.js';
import { AuthorizationStore, type PaymentKey } from './authorization-store.js';

/** A call to VTEX that says what became of a payment. */
export interface VtexCall extends PaymentKey {
  readonly status: 'approved' | 'denied';
}

/** Why a call is not made, or not any more. */
export type DropReason = 'cancelled' | 'answered' | 'given-up';

/** As long as the protocol gives an answer of ours. */
const TIMEOUT_MS = 20_000;

/** While a process makes a call, others leave it alone for so long. */
const LEASE_MS = 60_000;

const SWEEP_MS = 5_000;
const SWEEP_LIMIT = 200;
const MOST_AT_ONCE = 20;

const insertCall = statement(
  'insert-vtex-call',
  `insert into vtex_calls (merchant_id, payment_id, status, next_try_at) values ($1, $2, $3, now() + $4 * interval '1 millisecond')
   on conflict on constraint vtex_calls_pk do nothing
   returning next_try_at`,
);

/** Whoever was answered approved needs no call, and a script says by itself when it ends. */
const insertCallAfterLink = statement(
  'insert-vtex-call-after-link',
  `insert into vtex_calls (merchant_id, payment_id, status)
   select merchant_id, payment_id, 'approved' from authorizations
   where merchant_id = $1 and payment_id = $2 and callback_url is not null and approved_body is null and script is null
   on conflict on constraint vtex_calls_pk do nothing
   returning next_try_at`,
);

/** VTEX is known to authorize once more when a call comes after an answer. The suite waits for its call in any case. */
const dropAnswered = statement(
  'drop-answered-vtex-call',
  `update vtex_calls c set dropped_at = now(), drop_reason = 'answered', next_try_at = null
   where merchant_id = $1 and payment_id = $2 and status = 'approved' and next_try_at is not null
     and exists (select 1 from authorizations a where a.merchant_id = c.merchant_id and a.payment_id = c.payment_id and a.script is null)
   returning 1`,
);

const takeCall = statement(
  'take-vtex-call',
  `update vtex_calls set tries = tries + 1, next_try_at = now() + $4 * interval '1 millisecond'
   where merchant_id = $1 and payment_id = $2 and status = $3 and next_try_at <= now()
   returning tries, created_at < now() - interval '24 hours' as is_last`,
);

const markDelivered = statement(
  'mark-vtex-call-delivered',
  `update vtex_calls set delivered_at = now(), next_try_at = null, last_fault = null
   where merchant_id = $1 and payment_id = $2 and status = $3 and next_try_at is not null returning 1`,
);

/** By the process that took it last: `tries` is its number. */
const markFailed = statement(
  'mark-vtex-call-failed',
  `update vtex_calls set last_fault = $5, next_try_at = now() + $6 * interval '1 millisecond'
   where merchant_id = $1 and payment_id = $2 and status = $3 and tries = $4 and next_try_at is not null`,
);

const dropCall = statement(
  'drop-vtex-call',
  `update vtex_calls set dropped_at = now(), drop_reason = $5, last_fault = coalesce($6, last_fault), next_try_at = null
   where merchant_id = $1 and payment_id = $2 and status = $3 and tries = $4 and next_try_at is not null returning 1`,
);

const selectDue = statement(
  'select-due-vtex-calls',
  'select merchant_id, payment_id, status from vtex_calls where next_try_at <= now() order by next_try_at limit $1',
);

/**
 * Tells VTEX what became of the payments that it waits for: written in the transaction that decides, sent afterwards, each at least once
 * unless it has become untrue or needless.
 *
 * What cannot be delivered within a day is given up: VTEX asks by itself.
 */
@Injectable()
export class VtexCalls implements NewLinks, OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #sweeper = new Repeater((error) =>
    this.log.warn('The calls to VTEX could not be looked at; they are in 5 s.', { error }),
  );
  #hasWarned = false;

  constructor(
    private readonly store: AuthorizationStore,
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly metrics: Metrics,
    private readonly log: Log,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.jobs.work('call-vtex', (call) => this.deliver(call));
  }

  onApplicationBootstrap(): void {
    this.#sweeper.atOnceAndEvery(SWEEP_MS, () => this.sweep());
  }

  beforeApplicationShutdown(): void {
    this.#sweeper.stop();
  }

  /** A link makes approved what VTEX was told to wait for. */
  async announce(sql: Transaction, { merchantId, paymentId }: PaymentKey): Promise<void> {
    const [added] = await sql.run<{ next_try_at: Date }>(insertCallAfterLink, [merchantId, paymentId]);
    if (added) await this.#enqueue(sql, { merchantId, paymentId, status: 'approved' }, added.next_try_at);
  }

  async add(sql: Transaction, call: VtexCall, delayMs: number): Promise<void> {
    const [added] = await sql.run<{ next_try_at: Date }>(insertCall, [...keyOf(call), delayMs]);
    if (added) await this.#enqueue(sql, call, added.next_try_at);
  }

  /** VTEX has asked and was answered approved. */
  async dropAnswered(sql: Transaction, { merchantId, paymentId }: PaymentKey): Promise<void> {
    const dropped = await sql.run(dropAnswered, [merchantId, paymentId]);
    if (dropped.length > 0) await this.#noteDrop(sql, { merchantId, paymentId }, 'answered');
  }

  /** Makes one call if it is due, still true, and no other process is at it. A failure is recorded, shown and tried again later. */
  async deliver(call: VtexCall): Promise<void> {
    const [taken] = await this.database.run<Taken>(takeCall, [...keyOf(call), LEASE_MS]);
    if (!taken) return;
    const payment = await this.store.load(call);
    if (!payment?.authorization) throw new Error(`Bug: the call about payment ${call.paymentId} has no authorization`);
    const { authorization } = payment;
    if (payment.hasCancellation) return this.#drop(call, taken, 'cancelled');
    if (statusOf(payment) !== call.status) throw new Error(`Bug: payment ${call.paymentId} is not ${call.status}`);
    const { body } = answerFor({ ...payment, authorization }, call.status, this.config.publicUrl);
    // The last look before it is sent: it gives nothing back where a cancellation has come in between.
    const frozen = await this.store.freeze(call, call.status, body);
    if (frozen === null) return this.#drop(call, taken, 'cancelled');
    await this.#record(call, taken, await this.#send(authorization, frozen));
  }

  /** Finds due calls without a live job. */
  async sweep(): Promise<void> {
    const due = await this.database.run<{ merchant_id: string; payment_id: string; status: VtexCall['status'] }>(
      selectDue,
      [SWEEP_LIMIT],
    );
    const calls = due.map((row) => ({ merchantId: row.merchant_id, paymentId: row.payment_id, status: row.status }));
    for (let at = 0; at < calls.length; at += MOST_AT_ONCE) {
      await Promise.all(calls.slice(at, at + MOST_AT_ONCE).map((call) => this.#deliverOrTell(call)));
    }
  }

  /** A fault of one is not another one's. */
  async #deliverOrTell(call: VtexCall): Promise<void> {
    await this.deliver(call).catch((error: unknown) =>
      this.log.error('A call to VTEX could not be made; it is looked at again.', { ...idsOf(call), error }),
    );
  }

  async #send({ callbackUrl }: Authorization, body: string): Promise<OutgoingAnswer> {
    const { vtexCalls } = this.config;
    const target = callbackUrl === null ? null : readOutgoingUrl(callbackUrl, vtexCalls);
    if (target === null) return { kind: 'fault', words: 'its callbackUrl must not be called with these settings' };
    return postOnce({
      target,
      headers: { 'Content-Type': 'application/json', Accept: 'application/json', ...this.#credentialsFor(target) },
      body,
      timeoutMs: TIMEOUT_MS,
      lookup: vtexCalls.allowHttp ? null : publicLookup(),
    });
  }

  /** Our own at VTEX, not the merchant's: for VTEX alone, because whoever creates a payment chooses where the call goes. */
  #credentialsFor({ hostname }: OutgoingTarget): Readonly<Record<string, string>> {
    const { appKey, appToken, hosts, allowHttp } = this.config.vtexCalls;
    const isVtex = allowHttp || isUnderOneOf(hostname, hosts);
    if (appKey !== null && appToken !== null && isVtex) {
      return { 'X-VTEX-API-AppKey': appKey, 'X-VTEX-API-AppToken': appToken.reveal() };
    }
    if (!this.#hasWarned) {
      this.log.warn(
        isVtex
          ? 'VTEX is called without credentials: set VTEX_PARTNER_APP_KEY and VTEX_PARTNER_APP_TOKEN.'
          : `A callbackUrl at ${hostname} is called without credentials: only VTEX_CALLBACK_HOSTS get them.`,
      );
    }
    this.#hasWarned = true;
    return {};
  }

  async #record(call: VtexCall, taken: Taken, answer: OutgoingAnswer): Promise<void> {
    if (answer.kind === 'answer' && answer.status >= 200 && answer.status < 300) return this.#noteDelivery(call);
    if (answer.kind === 'answer' && (answer.status === 401 || answer.status === 403)) {
      this.config.vtexCalls.appToken?.renew();
    }
    const fault = answer.kind === 'answer' ? `VTEX answers ${answer.status}` : `VTEX cannot be told: ${answer.words}`;
    if (taken.is_last) return this.#drop(call, taken, 'given-up', fault);
    this.metrics.vtexCalls.inc({ result: 'fault' });
    this.log.warn(`A call to VTEX failed (try ${taken.tries}): ${fault}. It is tried again.`, idsOf(call));
    await this.database.run(markFailed, [...keyOf(call), taken.tries, fault, retryPauseMs(taken.tries)]);
  }

  async #noteDelivery(call: VtexCall): Promise<void> {
    this.metrics.vtexCalls.inc({ result: 'delivered' });
    const delivered = await this.database.run(markDelivered, keyOf(call));
    if (delivered.length === 0) return;
    await recordEvent(this.database, call, 'vtex-called', `VTEX was told that the payment is ${call.status}.`);
  }

  async #drop(call: VtexCall, taken: Taken, reason: DropReason, fault?: string): Promise<void> {
    const isDropped = await this.database.transaction(async (sql) => {
      const dropped = await sql.run(dropCall, [...keyOf(call), taken.tries, reason, fault ?? null]);
      if (dropped.length > 0) await this.#noteDrop(sql, call, reason);
      return dropped.length > 0;
    });
    if (!isDropped || reason !== 'given-up') return;
    this.metrics.alerts.inc({ issuer: '' });
    this.log.error(`A call to VTEX is given up after a day: ${fault}. VTEX asks by itself.`, idsOf(call));
  }

  async #noteDrop(sql: Sql, key: PaymentKey, reason: DropReason): Promise<void> {
    this.metrics.vtexCalls.inc({ result: reason });
    await recordEvent(sql, key, reason === 'given-up' ? 'alert' : 'vtex-not-called', dropWords[reason]);
  }

  async #enqueue(sql: Transaction, { merchantId, paymentId, status }: VtexCall, runAt: Date): Promise<void> {
    await this.jobs.enqueue(sql, { queue: 'call-vtex', data: { merchantId, paymentId, status }, runAt });
  }
}

interface Taken {
  readonly tries: number;
  /** The call is a day old. */
  readonly is_last: boolean;
}

const dropWords: Readonly<Record<DropReason, string>> = {
  cancelled: 'VTEX is not told what became of the payment: its cancellation had begun before.',
  answered: 'VTEX asked and was answered approved, so it is not called any more.',
  'given-up': 'VTEX could not be told for a day what became of the payment. It asks by itself.',
};

const keyOf = ({ merchantId, paymentId, status }: VtexCall) => [merchantId, paymentId, status];

const idsOf = ({ merchantId, paymentId }: PaymentKey) => ({ merchantId, paymentId });
