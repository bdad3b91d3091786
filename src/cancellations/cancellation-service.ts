import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CONFIG, type Config } from '../config.js';
import { Database, type Transaction } from '../database.js';
import { IssuerAccounts, type IssuerAccount } from '../issuers/issuer-accounts.js';
import { Jobs } from '../jobs/jobs.js';
import { ManualCancellations } from '../manual-cancellations/manual-cancellations.js';
import { manualReasons } from '../manual-cancellations/manual-reason.js';
import { Log } from '../operations/log.js';
import { Metrics } from '../operations/metrics.js';
import { recordEvent } from '../payments/payment-event.js';
import { SandboxOnLivePaymentError } from '../payments/vtex-requests.js';
import type { VtexAnswer } from '../vtex/answer.js';
import { answers } from '../vtex/cancellation-answer.js';
import type { PaymentKey } from './cancellation.js';
import { CancellationProgress } from './cancellation-progress.js';
import { CancellationStore, type PaymentView, type View } from './cancellation-store.js';
import { decideClaim, type Claim } from './claim.js';
import { recordDryRun } from './dry-run.js';

/** One request of VTEX's, read. */
export interface CancellationRequest extends PaymentKey {
  readonly requestId: string;
  readonly authorizationId: string | null;
  readonly value: number | null;
  readonly sandboxMode: boolean;
}

/** How another process's row is watched: often at first, because most calls end soon. */
const WATCH_MS = [25, 50, 100, 200, 250];

/** Cancels payments: claim, ask, record, answer. */
@Injectable()
export class CancellationService {
  constructor(
    private readonly store: CancellationStore,
    private readonly progress: CancellationProgress,
    private readonly accounts: IssuerAccounts,
    private readonly manual: ManualCancellations,
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly metrics: Metrics,
    private readonly log: Log,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Cancels a payment at its issuer, once, however often and under however many request ids it is asked.
   *
   * A repeated `requestId` gets its final answer again, byte for byte; while there is none it joins the work under way and waits until
   * its own deadline. The work goes on after the deadline.
   *
   * @param deadlineAt on the process's own clock (`performance.now()`), which no clock change moves; the answer is "not yet" where nothing final is known by then
   * @returns `cancellationId` in it is non-null only on proof, or where nothing was ever linked to a payment that we know
   * @throws SandboxOnLivePaymentError for a sandbox request about a live payment
   * @throws the database's error when it is away; nothing half-done is left, and asking again is safe
   * @see https://developers.vtex.com/docs/api-reference/payment-provider-protocol, Cancel Payment
   */
  async cancel(request: CancellationRequest, deadlineAt: number): Promise<VtexAnswer> {
    const answer = await this.#claim(request, deadlineAt);
    if (answer) return answer;
    return (await this.#follow(request, deadlineAt)) ?? answers.notYet(request, this.config);
  }

  /** Claims the payment's effect for this request, or finds that it is claimed. Answers where the answer is known at once. */
  async #claim(request: CancellationRequest, deadlineAt: number): Promise<VtexAnswer | null> {
    for (;;) {
      const view = await this.store.load(request);
      const known = await this.#knownAnswer(request, view);
      if (known || view.cancellation) return known;
      const { payment } = view;
      const account = this.#accountOf(request, payment);
      const claim = decideClaim(payment, request.value, account?.mode ?? null);
      if (claim.kind !== 'ask' || !payment?.link || !account) {
        await this.#claimInTransaction(request, { isHeld: false });
        continue;
      }
      const place = await account.protection.enter(deadlineAt);
      if (!place) {
        await this.#claimInTransaction(request, { isHeld: true });
        continue;
      }
      const cancellationId = newCancellationId();
      const attempt = await this.store
        .claimAndAsk(request, {
          cancellationId,
          issuer: payment.link.issuer,
          paymentVersion: payment.version,
          leaseMs: this.progress.leaseMs(account),
        })
        .catch((error: unknown) => {
          place.leave();
          throw error;
        });
      if (!attempt) {
        place.leave();
        continue;
      }
      const stored = this.progress.begin(
        keyOf(request),
        {
          attempt,
          reference: payment.link.reference,
          account,
          place,
          answer: { ...answers.cancelled(request, cancellationId), requestId: request.requestId },
        },
        { kind: 'request', deadlineAt },
      );
      const answer = await withDeadline(stored, deadlineAt);
      if (answer) this.metrics.answers.inc({ answer: 'cancelled' });
      return answer;
    }
  }

  /** The stored answer; or, for a request that is new to a claimed payment, its row. */
  async #knownAnswer(
    request: CancellationRequest,
    { payment, request: seen, cancellation }: View,
  ): Promise<VtexAnswer | null> {
    if (!seen) {
      if (payment && request.sandboxMode && !payment.sandbox) throw new SandboxOnLivePaymentError();
      if (cancellation) await this.store.insertRequest({ ...request, partial: false });
      return null;
    }
    await this.#noteOtherContent(request, seen);
    if (seen.answer) {
      this.metrics.replays.inc();
      return seen.answer;
    }
    return seen.partial
      ? this.#freeze(request, answers.manual(request, manualReasons.partial, this.config), 'manual')
      : null;
  }

  /**
   * Every claim but the commonest one, with the payment's row locked, so that a link or a settle cannot come between.
   * @param isHeld the issuer is not to be asked now, because it does not answer or too many calls are under way
   */
  async #claimInTransaction(request: CancellationRequest, { isHeld }: { readonly isHeld: boolean }): Promise<void> {
    await this.database.transaction(async (sql) => {
      await this.store.lockPayment(sql, request, request.sandboxMode);
      const { payment, cancellation, request: seen } = await this.store.load(request, sql);
      if (cancellation || seen) return;
      const account = this.#accountOf(request, payment);
      const claim = decideClaim(payment, request.value, account?.mode ?? null);
      if (claim.kind !== 'ask') return this.#applyClaim(sql, { request, claim, payment, account });
      // Else what stood in the way is gone; the caller looks again.
      if (isHeld) await this.#applyClaim(sql, { request, claim: { kind: 'wait' }, payment, account });
    });
  }

  async #applyClaim(
    sql: Transaction,
    {
      request,
      claim,
      payment,
      account,
    }: { request: CancellationRequest; claim: Claim; payment: PaymentView | null; account: IssuerAccount | null },
  ): Promise<void> {
    const { merchantId, paymentId, requestId } = request;
    const base = { cancellationId: newCancellationId(), issuer: payment?.link?.issuer ?? null };
    await this.store.insertRequest({ ...request, partial: claim.kind === 'partial' }, sql);
    if (claim.kind === 'partial') {
      await this.manual.open(sql, { merchantId, paymentId, kind: 'partial', requestId, reason: 'partial' });
      return;
    }
    if (claim.kind === 'cancelled') {
      return this.store.insertCancellation(sql, request, { ...base, state: 'cancelled', proof: 'never-linked' });
    }
    if (claim.kind === 'manual') {
      await this.store.insertCancellation(sql, request, { ...base, state: 'manual', reason: claim.reason });
      if (claim.reason === 'dry_run' && account) {
        await recordDryRun(sql, request, { accounts: this.accounts, account, reference: payment?.link?.reference });
      }
      await this.manual.open(sql, { merchantId, paymentId, kind: 'whole', reason: claim.reason });
      return;
    }
    await this.store.insertCancellation(sql, request, { ...base, state: 'waiting' });
    await this.#noteWait(sql, request, base.issuer ?? '', account);
    await this.jobs.enqueue(sql, {
      queue: 'check-cancellation',
      data: { merchantId, paymentId, issuer: base.issuer ?? '', why: 'due' },
    });
  }

  /** An issuer that is paused or not configured needs somebody to put that right; one that is busy or silent needs only time. */
  async #noteWait(
    sql: Transaction,
    { merchantId, paymentId, requestId }: CancellationRequest,
    issuerCode: string,
    account: IssuerAccount | null,
  ): Promise<void> {
    const key = { merchantId, paymentId };
    if (account?.mode === 'live') {
      const why = account.protection.isOpen
        ? 'does not answer at the moment'
        : 'has as many calls under way as it may have';
      return recordEvent(sql, key, 'waits', `Nothing was sent yet: ${account.issuer.name} ${why}. It follows.`);
    }
    const words = account ? `${account.issuer.name} is paused` : `${issuerCode || 'its issuer'} is not configured`;
    await recordEvent(
      sql,
      key,
      'alert',
      `Nothing was sent: ${words}. It is tried again until that is put right or given up.`,
    );
    this.log.error(`Payment ${paymentId} waits: ${words}.`, { merchantId, paymentId, requestId });
    this.metrics.alerts.inc({ issuer: issuerCode });
  }

  /** Waits for the end of the work that this or another process does, or does what is due; null when nothing more can be done in time. */
  async #follow(request: CancellationRequest, deadlineAt: number): Promise<VtexAnswer | null> {
    let hasCarriedOn = false;
    for (let looks = 0; ; looks += 1) {
      const run = this.progress.running(request);
      if (run) await withDeadline(run, deadlineAt);
      const view = await this.store.load(request);
      const answer = await this.#finalAnswer(request, view);
      if (answer) return answer;
      if (performance.now() >= deadlineAt) return null;
      if (isBeingAsked(view)) {
        // Whoever asks may leave something to be done inside our budget.
        hasCarriedOn = false;
        const watchMs = WATCH_MS[Math.min(looks, WATCH_MS.length - 1)] ?? 0;
        if (!this.progress.running(request))
          await sleep(Math.min(watchMs, Math.max(deadlineAt - performance.now(), 1)));
        continue;
      }
      if (hasCarriedOn) return null;
      hasCarriedOn = view.cancellation?.state === 'waiting';
      await withDeadline(this.progress.carryOn(keyOf(request), { kind: 'request', deadlineAt }), deadlineAt);
    }
  }

  /** The answer to this request where the cancellation is final: stored now, or what another one stored before. */
  async #finalAnswer(request: CancellationRequest, { cancellation, request: seen }: View): Promise<VtexAnswer | null> {
    if (seen?.answer) return seen.answer;
    if (seen?.partial)
      return this.#freeze(request, answers.manual(request, manualReasons.partial, this.config), 'manual');
    if (cancellation?.state === 'cancelled') {
      return this.#freeze(request, answers.cancelled(request, cancellation.cancellationId), 'cancelled');
    }
    if (cancellation?.state === 'manual' && cancellation.reason) {
      return this.#freeze(request, answers.manual(request, manualReasons[cancellation.reason], this.config), 'manual');
    }
    return null;
  }

  /** An answer freezes when it is first given; null when it was no longer the true one, or another was given. */
  async #freeze(
    request: CancellationRequest,
    answer: VtexAnswer,
    state: 'cancelled' | 'manual',
  ): Promise<VtexAnswer | null> {
    if (await this.store.freezeAnswer(request, answer, state)) {
      this.metrics.answers.inc({ answer: state });
      return answer;
    }
    const { request: seen } = await this.store.load(request);
    return seen?.answer ?? null;
  }

  async #noteOtherContent(request: CancellationRequest, seen: NonNullable<View['request']>): Promise<void> {
    const value = seen.value === null ? null : Number(seen.value);
    if (seen.authorizationId === request.authorizationId && value === request.value) return;
    const { merchantId, paymentId, requestId } = request;
    this.metrics.mismatches.inc();
    this.log.warn('A repeated requestId came with another authorizationId or value; the first stands.', {
      merchantId,
      paymentId,
      requestId,
    });
    await recordEvent(
      this.database,
      request,
      'other-content',
      'A repeated requestId came with another authorizationId or value; the first stands.',
    );
  }

  #accountOf({ merchantId }: PaymentKey, payment: PaymentView | null): IssuerAccount | null {
    return payment?.link ? this.accounts.find(merchantId, payment.link.issuer, payment.sandbox) : null;
  }
}

const isBeingAsked = ({ cancellation, now }: View) =>
  cancellation?.state === 'asking' && cancellation.leaseUntil !== null && cancellation.leaseUntil > now;

/** The payment alone: the work goes on for all requests about it, and nothing of this one may go along into its rows and jobs. */
const keyOf = ({ merchantId, paymentId }: PaymentKey): PaymentKey => ({ merchantId, paymentId });

/** 32 upper-case hexadecimal digits, the form of VTEX's own examples. */
const newCancellationId = () => randomUUID().replaceAll('-', '').toUpperCase();

/** The result, or null when the deadline comes first; the work itself goes on. */
async function withDeadline<Result>(work: Promise<Result>, deadlineAt: number): Promise<Result | null> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, Math.max(deadlineAt - performance.now(), 0), null);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
