import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AuditLog } from './audit.js';
import { AuditPage } from './audit-page.js';
import { Contexts } from '../frame/contexts.js';
import { sendPage } from '../frame/page.js';
import { visitorWhoMay } from '../frame/visitor.js';

const PAGE_SIZE = 100;

/** `/console/audit`: who did what. Administrators only. */
@Controller('console/audit')
export class AuditController {
  constructor(
    private readonly audit: AuditLog,
    private readonly contexts: Contexts,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { merchantId } = visitorWhoMay('admin', request);
    const context = this.contexts.of(request);
    const before = beforeIn(request);
    const page = await this.audit.page(merchantId, { before, size: PAGE_SIZE });
    sendPage(reply, context, {
      title: context.say('section.audit'),
      section: 'audit',
      body: <AuditPage context={context} {...page} isFirst={before === null} />,
    });
  }
}

/** The number of the entry that the page before ended with; null: the first page. */
function beforeIn({ query }: FastifyRequest): string | null {
  const { before } = query as { readonly before?: unknown };
  return typeof before === 'string' && /^\d{1,18}$/.test(before) ? before : null;
}
