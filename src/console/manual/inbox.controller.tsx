import { BadRequestException, Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ManualMoves, type Moved } from '../../manual-cancellations/manual-moves.js';
import { isResolution } from '../../manual-cancellations/resolution.js';
import { Contexts } from '../frame/contexts.js';
import { doneIn } from '../frame/done.js';
import { Form } from '../frame/form.js';
import { Inbox } from './inbox.js';
import { INBOX, InboxBody } from './inbox-page.js';
import { parametersOf, readInboxQuery } from './inbox-query.js';
import { sendPage, type PageContext } from '../frame/page.js';
import { isPersonId } from '../people/people.js';
import { moves as severalMoves, SelectedBody, type Result, type SeveralMove } from './selected-page.js';
import { visitorOf, visitorWhoMay } from '../frame/visitor.js';

/** A page has fewer; whoever sends more did not tick them. */
const MOST_SELECTED = 200;

/** `/console/manual-cancellations`: what people have to do. */
@Controller('console/manual-cancellations')
export class InboxController {
  constructor(
    private readonly inbox: Inbox,
    private readonly moves: ManualMoves,
    private readonly contexts: Contexts,
  ) {}

  @Get()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const context = this.contexts.of(request);
    const { visitor, say } = context;
    const query = readInboxQuery(request.query);
    const [counts, page, people] = await Promise.all([
      this.inbox.counts(visitor),
      this.inbox.page(visitor, query),
      this.inbox.people(visitor),
    ]);
    sendPage(reply, context, {
      title: say('section.inbox'),
      section: 'inbox',
      done: doneIn(request, say),
      body: <InboxBody context={context} query={query} counts={counts} page={page} people={people} />,
    });
  }

  /** For the script of an open page: how many came since it was loaded, in words. */
  @Get('news')
  async news(
    @Query('since') since: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const at = new Date(typeof since === 'string' ? since : '');
    if (Number.isNaN(at.getTime()) || at.getTime() < 0) throw new BadRequestException();
    const count = await this.inbox.news(visitorOf(request), at);
    const words = count === 0 ? '' : this.contexts.of(request).say('inbox.news', { count });
    void reply.headers({ 'cache-control': 'no-store' }).send({ count, words });
  }

  /** One move for several, each by itself, with what came of each. */
  @Post('selected')
  async moveSeveral(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    visitorWhoMay('operator', request);
    const context = this.contexts.of(request);
    const { visitor, say } = context;
    const form = new Form(request);
    const move = severalMoves.find((name) => name === form.text('do'));
    const tasks = [...new Set(form.all('task'))].map(readTask).filter((task) => task !== null);
    if (!move || tasks.length > MOST_SELECTED) throw new BadRequestException();
    const results: Result[] = [];
    // One after the other: two moves of one person have no need to compete.
    for (const task of tasks) results.push({ ...task, kind: (await this.#move(context, move, task, form)).kind });
    const rows = await this.inbox.some(
      visitor,
      tasks.map(({ id }) => id),
    );
    sendPage(reply, context, {
      title: say('selected.results'),
      section: 'inbox',
      status: tasks.length === 0 ? 400 : 200,
      fault: tasks.length === 0 ? say('selected.none') : null,
      body: <SelectedBody context={context} move={move} results={results} rows={rows} back={backIn(form)} />,
    });
  }

  #move({ visitor }: PageContext, move: SeveralMove, { id, version }: Task, form: Form): Promise<Moved> {
    const { merchantId, personId } = visitor;
    const key = { merchantId, personId, manualCancellationId: id, version };
    if (move === 'take') return this.moves.take(key);
    if (move === 'undo') return this.moves.undo(key);
    const note = form.text('note') || null;
    if (move === 'hand-over') {
      const to = form.text('to');
      return isPersonId(to) ? this.moves.handOver(key, to, note) : Promise.resolve({ kind: 'wrong-person' });
    }
    const resolution = form.text('resolution');
    return isResolution(resolution)
      ? this.moves.resolve(key, { resolution, note, protocolNumber: null })
      : Promise.resolve({ kind: 'wrong-resolution' });
  }
}

interface Task {
  readonly id: string;
  readonly version: number;
}

function readTask(text: string): Task | null {
  const [, id, version] = /^([0-9a-f-]{36}):(\d{1,9})$/.exec(text) ?? [];
  return id !== undefined && isPersonId(id) ? { id, version: Number(version) } : null;
}

/** The list as it was filtered, read anew: nothing of the form gets into an address. */
function backIn(form: Form): string {
  const query = readInboxQuery(Object.fromEntries(new URLSearchParams(form.text('back'))));
  const parameters = parametersOf(query).toString();
  return parameters === '' ? INBOX : `${INBOX}?${parameters}`;
}
