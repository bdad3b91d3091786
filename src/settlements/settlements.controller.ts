import { Controller, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Metrics } from '../operations/metrics.js';
import { VtexRequests } from '../payments/vtex-requests.js';
import { readOperationRequest } from '../vtex/operation-request.js';
import { settlementAnswers as answers } from '../vtex/settlement-answer.js';
import { bytesOf, merchantOf, sendAnswer } from '../vtex/vtex-http.js';
import { SettlementService } from './settlement-service.js';

/** `POST /payments/{paymentId}/settlements`: reads, passes on, answers. */
@Controller('payments/:paymentId/settlements')
export class SettlementsController {
  constructor(
    private readonly settlements: SettlementService,
    private readonly requests: VtexRequests,
    private readonly metrics: Metrics,
  ) {}

  @Post()
  async settle(
    @Param('paymentId') pathPaymentId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { merchantId } = merchantOf(request);
    const read = readOperationRequest(pathPaymentId, bytesOf(request));
    const answer = await this.requests.answer({ merchantId, what: 'A settle', read, answers }, (settle) =>
      this.settlements.settle({ merchantId, ...settle }),
    );
    this.metrics.otherAnswers.inc({ call: 'settle', answer: String(answer.status) });
    sendAnswer(reply, answer);
  }
}
