import { Controller, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Metrics } from '../operations/metrics.js';
import { VtexRequests } from '../payments/vtex-requests.js';
import { readOperationRequest } from '../vtex/operation-request.js';
import { refundAnswers as answers } from '../vtex/refund-answer.js';
import { bytesOf, merchantOf, sendAnswer } from '../vtex/vtex-http.js';
import { RefundService } from './refund-service.js';

/** `POST /payments/{paymentId}/refunds`: reads, passes on, answers. */
@Controller('payments/:paymentId/refunds')
export class RefundsController {
  constructor(
    private readonly refunds: RefundService,
    private readonly requests: VtexRequests,
    private readonly metrics: Metrics,
  ) {}

  @Post()
  async refund(
    @Param('paymentId') pathPaymentId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { merchantId } = merchantOf(request);
    const read = readOperationRequest(pathPaymentId, bytesOf(request));
    const answer = await this.requests.answer({ merchantId, what: 'A refund', read, answers }, (refund) =>
      this.refunds.refund({ merchantId, ...refund }),
    );
    this.metrics.otherAnswers.inc({ call: 'refund', answer: String(answer.status) });
    sendAnswer(reply, answer);
  }
}
