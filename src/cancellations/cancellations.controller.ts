import { Controller, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../config.js';
import { Database } from '../database.js';
import { Log } from '../operations/log.js';
import { recordEvent } from '../payments/payment-event.js';
import { answers, type VtexAnswer } from '../vtex/cancellation-answer.js';
import {
  readCancellationRequest,
  type CancellationRequestBody,
  type UnusableRequest,
} from '../vtex/cancellation-request.js';
import { isTestSuite } from '../vtex/credentials.js';
import { merchantOf, sendAnswer } from '../vtex/vtex-http.js';
import { CancellationService, SandboxOnLivePaymentError } from './cancellation-service.js';

/** `POST /payments/{paymentId}/cancellations`: reads, passes on, answers. */
@Controller('payments/:paymentId/cancellations')
export class CancellationsController {
  constructor(
    private readonly cancellations: CancellationService,
    private readonly database: Database,
    private readonly log: Log,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Post()
  async cancel(
    @Param('paymentId') pathPaymentId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { merchantId } = merchantOf(request);
    const deadlineMs = isTestSuite(request.headers) ? this.config.testSuiteDeadlineMs : this.config.answerDeadlineMs;
    const deadlineAt = performance.now() + deadlineMs;
    const read = readCancellationRequest(pathPaymentId, bytesOf(request));
    const answer =
      read.kind === 'unusable'
        ? await this.#unusable(merchantId, read.unusable)
        : await this.#cancel(merchantId, read.request, deadlineAt);
    sendAnswer(reply, answer);
  }

  async #cancel(merchantId: string, request: CancellationRequestBody, deadlineAt: number): Promise<VtexAnswer> {
    const { paymentId, requestId, ignored } = request;
    if (ignored.length > 0) {
      this.log.warn(`Fields of a wrong type count as absent: ${ignored.join(', ')}.`, {
        merchantId,
        paymentId,
        requestId,
      });
    }
    try {
      return await this.cancellations.cancel({ merchantId, ...request }, deadlineAt);
    } catch (error) {
      if (!(error instanceof SandboxOnLivePaymentError)) throw error;
      return this.#unusable(merchantId, {
        paymentId,
        requestId,
        fault: 'sandboxMode is true, and this is a live payment',
      });
    }
  }

  async #unusable(merchantId: string, { paymentId, requestId, fault }: UnusableRequest): Promise<VtexAnswer> {
    this.log.warn(`An unusable request was answered 400: ${fault}.`, {
      merchantId,
      ...(paymentId === null ? {} : { paymentId }),
      ...(requestId === null ? {} : { requestId }),
    });
    if (paymentId !== null) {
      await recordEvent(
        this.database,
        { merchantId, paymentId },
        'invalid-request',
        `A cancel was answered 400: ${fault}.`,
      );
    }
    return answers.invalid({ paymentId, requestId }, fault);
  }
}

const bytesOf = ({ body }: FastifyRequest): Buffer => (Buffer.isBuffer(body) ? body : Buffer.alloc(0));
