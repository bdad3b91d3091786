import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { VtexRequests } from '../payments/vtex-requests.js';
import { authorizationAnswers as answers } from '../vtex/authorization-answer.js';
import { readAuthorizationRequest } from '../vtex/authorization-request.js';
import { isTestSuite } from '../vtex/credentials.js';
import { bytesOf, merchantOf, sendAnswer } from '../vtex/vtex-http.js';
import { AuthorizationService } from './authorization-service.js';

/** `POST /payments`: reads, passes on, answers. */
@Controller('payments')
export class AuthorizationsController {
  constructor(
    private readonly authorizations: AuthorizationService,
    private readonly requests: VtexRequests,
  ) {}

  @Post()
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { merchantId, isTest } = merchantOf(request);
    const isScripted = isTest && isTestSuite(request.headers);
    const read = readAuthorizationRequest(bytesOf(request));
    const answer = await this.requests.answer({ merchantId, what: 'A create', read, answers }, (create) =>
      this.authorizations.create({ merchantId, ...create, script: isScripted ? create.script : null }),
    );
    sendAnswer(reply, answer);
  }
}
