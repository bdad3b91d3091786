import { Controller, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { VtexRequests } from '../payments/vtex-requests.js';
import { inboundAnswers as answers } from '../vtex/inbound-answer.js';
import { readOperationRequest } from '../vtex/operation-request.js';
import { bytesOf, merchantOf, sendAnswer } from '../vtex/vtex-http.js';

/**
 * What VTEX passes on from outside. There is no action, and whoever asks is told so. The OpenAPI and the guides disagree about the path,
 * so each is there.
 */
@Controller('payments/:paymentId')
export class InboundController {
  constructor(private readonly requests: VtexRequests) {}

  @Post(['inbound', 'inbound/:action', 'inbound-request', 'inbound-request/:action'])
  async pass(
    @Param('paymentId') pathPaymentId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { merchantId } = merchantOf(request);
    const read = readOperationRequest(pathPaymentId, bytesOf(request));
    const answer = await this.requests.answer({ merchantId, what: 'An inbound request', read, answers }, async (to) =>
      answers.notSupported(to),
    );
    sendAnswer(reply, answer);
  }
}
