import { Controller, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../config.js';
import { VtexRequests } from '../payments/vtex-requests.js';
import { answers } from '../vtex/cancellation-answer.js';
import { readCancellationRequest } from '../vtex/cancellation-request.js';
import { isTestSuite } from '../vtex/credentials.js';
import { bytesOf, merchantOf, sendAnswer } from '../vtex/vtex-http.js';
import { CancellationService } from './cancellation-service.js';

/** `POST /payments/{paymentId}/cancellations`: reads, passes on, answers. */
@Controller('payments/:paymentId/cancellations')
export class CancellationsController {
  constructor(
    private readonly cancellations: CancellationService,
    private readonly requests: VtexRequests,
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
    const answer = await this.requests.answer({ merchantId, what: 'A cancel', read, answers }, (cancel) =>
      this.cancellations.cancel({ merchantId, ...cancel }, deadlineAt),
    );
    sendAnswer(reply, answer);
  }
}
