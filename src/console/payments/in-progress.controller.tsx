import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { InProgress } from '../../cancellations/in-progress.js';
import { Contexts } from '../frame/contexts.js';
import { doneIn } from '../frame/done.js';
import { InProgressPage } from './in-progress-page.js';
import { sendPage } from '../frame/page.js';

const PAGE_SIZE = 50;

/** `/console/in-progress`: what the machine still works on. */
@Controller('console/in-progress')
export class InProgressController {
  constructor(
    private readonly inProgress: InProgress,
    private readonly contexts: Contexts,
  ) {}

  @Get()
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('issuer') wantedIssuer: unknown,
    @Query('after') wantedAfter: unknown,
  ): Promise<void> {
    const context = this.contexts.of(request);
    const { say, visitor } = context;
    const [issuer, after] = [textIn(wantedIssuer), textIn(wantedAfter)];
    const [page, byAccount] = await Promise.all([
      this.inProgress.page(visitor.merchantId, { issuer, after, size: PAGE_SIZE }),
      this.inProgress.byAccount(visitor.merchantId),
    ]);
    sendPage(reply, context, {
      title: say('section.in-progress'),
      section: 'in-progress',
      done: doneIn(request, say),
      body: <InProgressPage context={context} content={{ ...page, byAccount, issuer, isFirst: after === null }} />,
    });
  }
}

/** What of a query is one usable text; null where it is none. */
export const textIn = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' && value.length <= 300 && !/\p{Cc}|\p{Cs}/u.test(value) ? value : null;
