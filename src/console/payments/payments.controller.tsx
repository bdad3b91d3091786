import { Controller, Get, NotFoundException, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import { isFinal, type PaymentKey } from '../../cancellations/cancellation.js';
import { CancellationProgress } from '../../cancellations/cancellation-progress.js';
import { Explanations, type PaymentFacts } from '../../cancellations/explanation.js';
import { TakeOver } from '../../cancellations/take-over.js';
import { Log } from '../../operations/log.js';
import { isIdentifier } from '../../vtex/reading.js';
import { Contexts } from '../frame/contexts.js';
import { doneAt, doneIn } from '../frame/done.js';
import { leadTo } from '../frame/leads.js';
import { sendPage } from '../frame/page.js';
import { pathOfPayment } from './payment-actions.js';
import { PaymentsDetails, type PaymentDetails } from './payment-details.js';
import { PaymentPage } from './payment-page.js';
import { PaymentSearch } from './payment-search.js';
import { PaymentTimelines } from './payment-timeline.js';
import { SearchPage } from './search-page.js';
import { TakeOverPage } from './take-over-page.js';
import { Timeline } from '../frame/timeline.js';
import { visitorOf, visitorWhoMay } from '../frame/visitor.js';

/** A person waits so long for a look at the issuer; it goes on after that. */
const CHECK_WAIT_MS = 4_000;

/** `/console/payments`: any payment by any id, how it stands, and what a person may do while the machine works on it. */
@Controller('console/payments')
export class PaymentsController {
  constructor(
    private readonly contexts: Contexts,
    private readonly search: PaymentSearch,
    private readonly details: PaymentsDetails,
    private readonly timelines: PaymentTimelines,
    private readonly explanations: Explanations,
    private readonly progress: CancellationProgress,
    private readonly takeOver: TakeOver,
    private readonly log: Log,
  ) {}

  @Get()
  async find(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query('q') wanted: unknown): Promise<void> {
    const context = this.contexts.of(request);
    const { say, visitor } = context;
    const q =
      typeof wanted === 'string'
        ? wanted
            .slice(0, LONGEST_Q)
            .replace(/[\p{Cc}\p{Cf}\p{Cs}\s]+/gu, ' ')
            .trim()
        : '';
    const found = await this.search.find(visitor.merchantId, q);
    const [only] = found.payments;
    if (only && found.payments.length === 1) return leadTo(reply, pathOfPayment(only.paymentId));
    sendPage(reply, context, {
      title: say('search.title'),
      section: null,
      body: <SearchPage context={context} q={q} {...found} />,
    });
  }

  @Get(':paymentId')
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('paymentId') paymentId: string,
  ): Promise<void> {
    await this.#show(request, reply, paymentId);
  }

  /** Says what it means; changes nothing. */
  @Get(':paymentId/take-over')
  async askToTakeOver(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('paymentId') paymentId: string,
  ): Promise<void> {
    visitorWhoMay('operator', request);
    const context = this.contexts.of(request);
    const { details, facts } = await this.#find(request, paymentId);
    if (facts?.state == null) throw new NotFoundException();
    if (isFinal(facts.state)) return leadTo(reply, pathOfPayment(paymentId));
    const { say } = context;
    const orderId = details.payment?.orderId ?? null;
    sendPage(reply, context, {
      title: say('take-over.title'),
      section: null,
      body: <TakeOverPage context={context} paymentId={paymentId} orderId={orderId} facts={facts} />,
    });
  }

  @Post(':paymentId/take-over')
  async take(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('paymentId') paymentId: string,
  ): Promise<void> {
    const { personId } = visitorWhoMay('operator', request);
    const taken = await this.takeOver.takeOver(keyOf(request, paymentId), personId);
    if (taken.kind === 'gone') throw new NotFoundException();
    if (taken.kind === 'final') {
      const fault = this.contexts.of(request).say('take-over.lost');
      return this.#show(request, reply, paymentId, { status: 409, fault });
    }
    const path = `/console/manual-cancellations/${taken.manualCancellationId}`;
    leadTo(reply, doneAt(path, taken.isCallUnderWay ? 'taken-over-under-way' : 'taken-over'));
  }

  /** Looks at the issuer now instead of when it is due, as far as its rules allow. */
  @Post(':paymentId/check')
  async check(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('paymentId') paymentId: string,
  ): Promise<void> {
    visitorWhoMay('operator', request);
    await this.#find(request, paymentId);
    const key = keyOf(request, paymentId);
    const look = this.progress.check(key).catch((error: unknown) => {
      this.log.error('A look at an issuer that a person asked for failed.', { ...key, error });
    });
    const isOver = await Promise.race([look.then(() => true), sleep(CHECK_WAIT_MS, false)]);
    leadTo(reply, doneAt(pathOfPayment(paymentId), isOver ? 'checked' : 'check-goes-on'));
  }

  async #show(
    request: FastifyRequest,
    reply: FastifyReply,
    paymentId: string,
    { status = 200, fault = null }: { readonly status?: number; readonly fault?: string | null } = {},
  ): Promise<void> {
    const { details, facts } = await this.#find(request, paymentId);
    const context = this.contexts.of(request);
    const entries = await this.timelines.of(context, paymentId);
    const { say } = context;
    sendPage(reply, context, {
      status,
      title: details.payment?.orderId
        ? say('payment.title-order', { order: details.payment.orderId })
        : `${say('payment.title')} ${paymentId}`,
      section: null,
      done: fault === null ? doneIn(request, say) : null,
      fault,
      body: (
        <PaymentPage
          context={context}
          details={details}
          facts={facts}
          timeline={<Timeline context={context} entries={entries} />}
        />
      ),
    });
  }

  /** @throws NotFoundException the same for a payment that nobody has and for another merchant's */
  async #find(
    request: FastifyRequest,
    paymentId: string,
  ): Promise<{ readonly details: PaymentDetails; readonly facts: PaymentFacts | null }> {
    if (!isIdentifier(paymentId)) throw new NotFoundException();
    const key = keyOf(request, paymentId);
    const [details, facts] = await Promise.all([this.details.find(key), this.explanations.facts(key)]);
    if (!details) throw new NotFoundException();
    return { details, facts };
  }
}

const LONGEST_Q = 300;

const keyOf = (request: FastifyRequest, paymentId: string): PaymentKey => ({
  merchantId: visitorOf(request).merchantId,
  paymentId,
});
