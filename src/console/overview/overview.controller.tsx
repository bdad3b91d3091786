import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Contexts } from '../frame/contexts.js';
import { Overviews } from './overview.js';
import { overviewCsv } from './overview-csv.js';
import { OverviewPage, overviewTables } from './overview-page.js';
import { pageHeaders, sendPage } from '../frame/page.js';

/** `/console/overview`: what became of the cancellations of the last 30 days; `?csv=days` is a table of it as a file. */
@Controller('console/overview')
export class OverviewController {
  constructor(
    private readonly overviews: Overviews,
    private readonly contexts: Contexts,
  ) {}

  @Get()
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('sandbox') sandboxText: unknown,
    @Query('csv') csv: unknown,
  ): Promise<void> {
    const context = this.contexts.of(request);
    const { say, visitor } = context;
    const sandbox = sandboxText === '1';
    const overview = await this.overviews.of(visitor.merchantId, visitor.timeZone, sandbox);
    const table = overviewTables.find((name) => name === csv);
    if (table === undefined) {
      return sendPage(reply, context, {
        title: say('section.overview'),
        section: 'overview',
        body: <OverviewPage context={context} overview={overview} sandbox={sandbox} />,
      });
    }
    const last = overview.days.at(-1)?.day ?? '';
    void reply
      .headers({
        ...pageHeaders,
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="cancellations-${table}-${last}.csv"`,
      })
      .send(overviewCsv(overview, table, context));
  }
}
