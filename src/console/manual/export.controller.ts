import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { CONFIG, type Config } from '../../config.js';
import { Database } from '../../database.js';
import type { TextKey } from '../../texts/catalogue.js';
import type { Say } from '../../texts/say.js';
import { recordAudit } from '../people/audit.js';
import { Contexts } from '../frame/contexts.js';
import { BYTE_ORDER_MARK, csvLine } from '../frame/csv.js';
import { Inbox, type InboxRow } from './inbox.js';
import { pathOf } from './inbox-page.js';
import { filtersOf, readInboxQuery } from './inbox-query.js';
import type { PageContext } from '../frame/page.js';

/** So many rows are held at once. */
const BATCH = 250;

/** `/console/export.csv`: the list as it is filtered, as a file. */
@Controller('console')
export class ExportController {
  constructor(
    private readonly inbox: Inbox,
    private readonly contexts: Contexts,
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Pick<Config, 'publicUrl'>,
  ) {}

  @Get('export.csv')
  async export(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const context = this.contexts.of(request);
    const { visitor, say } = context;
    const query = { ...readInboxQuery(request.query), after: null };
    const { view, q } = query;
    await recordAudit(this.database, {
      merchantId: visitor.merchantId,
      personId: visitor.personId,
      action: 'list-exported',
      details: { view, filters: filtersOf(query).length + (q === '' ? 0 : 1) },
      address: request.ip,
    });
    const file = `${say('csv.file')}-${dayOf(context)}.csv`;
    void reply
      .headers({
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="${file}"`,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      })
      // Read only as fast as it is taken; who hangs up ends it.
      .send(Readable.from(this.#texts(context, await this.inbox.reader(visitor, query, BATCH)), { highWaterMark: 2 }));
  }

  /** Holds no rows while it waits for whoever takes the file: what outlives collections of short-lived objects is kept for long. */
  async *#texts(page: PageContext, next: () => Promise<readonly InboxRow<string>[]>): AsyncGenerator<string> {
    const context = { ...page, say: remembering(page.say) };
    const { language } = page.visitor;
    const titles = columns.map(({ title }) => context.say(title));
    const nextText = async () => (await next()).map((row) => csvLine(this.#cells(context, row), language)).join('');
    yield BYTE_ORDER_MARK + csvLine(titles, language);
    for (let text = await nextText(); text !== ''; text = await nextText()) yield text;
  }

  #cells(context: PageContext, row: InboxRow<string>) {
    return columns.map(({ cell }) => cell(row, context, this.config.publicUrl));
  }
}

/** The same few texts stand in every line. */
function remembering(say: Say): Say {
  const said = new Map<TextKey, string>();
  return (key) => {
    const text = said.get(key) ?? say(key);
    said.set(key, text);
    return text;
  };
}

interface Column {
  readonly title: TextKey;
  readonly cell: (row: InboxRow<string>, context: PageContext, publicUrl: string) => string | number | null;
}

const columns: readonly Column[] = [
  { title: 'csv.opened', cell: ({ openedAt }) => openedAt },
  { title: 'inbox.column.due', cell: ({ dueAt }) => dueAt },
  { title: 'inbox.column.state', cell: ({ state }, { say }) => say(`state.${state}`) },
  { title: 'inbox.filter.kind', cell: ({ kind }, { say }) => say(`kind.${kind}`) },
  { title: 'inbox.filter.reason', cell: ({ reason }, { say }) => say(`reason-short.${reason}`) },
  { title: 'inbox.column.issuer', cell: ({ issuerName }) => issuerName },
  { title: 'csv.order', cell: ({ orderId }) => orderId },
  { title: 'csv.payment', cell: ({ paymentId }) => paymentId },
  { title: 'csv.transaction', cell: ({ transactionId }) => transactionId },
  { title: 'csv.request', cell: ({ requestId }) => requestId },
  { title: 'inbox.column.amount', cell: ({ amount }) => amount },
  { title: 'csv.currency', cell: ({ currency }) => currency },
  {
    title: 'inbox.filter.environment',
    cell: ({ sandbox }, { say }) => say(`inbox.filter.environment.${sandbox ? 'sandbox' : 'live'}`),
  },
  { title: 'inbox.column.owner', cell: ({ ownerName }) => ownerName },
  {
    title: 'csv.outcome',
    cell: ({ resolution }, { say }) => (resolution === null ? null : say(`resolution.${resolution}`)),
  },
  { title: 'csv.protocol', cell: ({ protocolNumber }) => protocolNumber },
  { title: 'csv.note', cell: ({ note }) => note },
  { title: 'inbox.column.closed', cell: ({ closedAt }) => closedAt },
  { title: 'csv.id', cell: ({ manualCancellationId }) => manualCancellationId },
  { title: 'csv.link', cell: (row, _context, publicUrl) => `${publicUrl}${pathOf(row.manualCancellationId)}` },
];

/** In the store's time zone. */
const dayOf = ({ now, visitor: { timeZone } }: PageContext): string =>
  new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeZone }).format(now);
