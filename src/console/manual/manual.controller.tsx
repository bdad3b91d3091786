import { Controller, Get, NotFoundException, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CancellationProgress } from '../../cancellations/cancellation-progress.js';
import { ManualMoves, type Moved } from '../../manual-cancellations/manual-moves.js';
import { isResolution } from '../../manual-cancellations/resolution.js';
import { Contexts } from '../frame/contexts.js';
import { doneAt, doneIn } from '../frame/done.js';
import { Form } from '../frame/form.js';
import { Inbox } from './inbox.js';
import { pathOf } from './inbox-page.js';
import { leadTo } from '../frame/leads.js';
import { ManualBody, titleOf, whyNoCheck, type Entered } from './manual-page.js';
import { ManualViews, type ManualView } from './manual-view.js';
import { sendPage, type PageContext } from '../frame/page.js';
import { manualEventWords, PaymentTimelines } from '../payments/payment-timeline.js';
import { isPersonId } from '../people/people.js';
import { visitorWhoMay } from '../frame/visitor.js';

/** How a page that changed nothing says so. */
interface Refusal {
  readonly status: number;
  readonly fault: string;
  readonly entered?: Entered;
}

/** `/console/manual-cancellations/{id}`: one manual cancellation, and what people do with it. */
@Controller('console/manual-cancellations/:id')
export class ManualController {
  constructor(
    private readonly views: ManualViews,
    private readonly moves: ManualMoves,
    private readonly timelines: PaymentTimelines,
    private readonly progress: CancellationProgress,
    private readonly inbox: Inbox,
    private readonly contexts: Contexts,
  ) {}

  @Get()
  async show(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.#send({ id, request, reply }, null);
  }

  @Post('take')
  async take(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.#answer({ id, request, reply }, 'task-taken', await this.moves.take(moveIn(id, request)));
  }

  @Post('release')
  async release(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.#answer({ id, request, reply }, 'task-released', await this.moves.release(moveIn(id, request)));
  }

  @Post('hand-over')
  async handOver(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const [move, form] = [moveIn(id, request), new Form(request)];
    const to = form.text('to');
    const moved = isPersonId(to)
      ? await this.moves.handOver(move, to, form.text('note') || null)
      : ({ kind: 'wrong-person' } as const);
    await this.#answer({ id, request, reply }, 'task-handed-over', moved);
  }

  @Post('note')
  async note(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const [move, note] = [moveIn(id, request), new Form(request).text('note')];
    const { say } = this.contexts.of(request);
    if (note === '') {
      return this.#send({ id, request, reply }, { status: 400, fault: say('manual.fault.empty-note') });
    }
    await this.#answer({ id, request, reply }, 'task-noted', await this.moves.note(move, note));
  }

  @Post('resolve')
  async resolve(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const [move, form] = [moveIn(id, request), new Form(request)];
    const entered = {
      resolution: form.text('resolution'),
      note: form.text('note'),
      protocolNumber: form.text('protocol', 100),
    };
    const { resolution, note, protocolNumber } = entered;
    const moved = isResolution(resolution)
      ? await this.moves.resolve(move, { resolution, note: note || null, protocolNumber: protocolNumber || null })
      : ({ kind: 'wrong-resolution' } as const);
    await this.#answer({ id, request, reply }, 'task-resolved', moved, entered);
  }

  @Post('undo')
  async undo(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const move = moveIn(id, request);
    const moved = await this.moves.undo(move);
    const task = moved.kind === 'moved-on' ? await this.views.find(move, id) : null;
    if (task?.state === 'resolved' && task.undoMs === 0) {
      const fault = this.contexts.of(request).say('manual.fault.undo-too-late');
      return this.#send({ id, request, reply }, { status: 409, fault });
    }
    await this.#answer({ id, request, reply }, 'task-undone', moved);
  }

  @Post('reopen')
  async reopen(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const note = new Form(request).text('note') || null;
    await this.#answer({ id, request, reply }, 'task-reopened', await this.moves.reopen(moveIn(id, request), note));
  }

  /** Asks the issuer where that is allowed; takes as long as its answer. */
  @Post('check')
  async check(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { merchantId } = visitorWhoMay('operator', request);
    const before = await this.#find({ merchantId }, id);
    const off = whyNoCheck(before);
    if (off !== null) {
      return this.#send({ id, request, reply }, { status: 409, fault: this.contexts.of(request).say(off) });
    }
    await this.progress.check({ merchantId, paymentId: before.paymentId });
    leadTo(reply, doneAt(pathOf(id), checkedWord(before, await this.#find({ merchantId }, id))));
  }

  async #answer(to: Exchange, done: string, moved: Moved, entered?: Entered): Promise<void> {
    const context = this.contexts.of(to.request);
    const { say } = context;
    const kept = entered ? { entered } : {};
    switch (moved.kind) {
      case 'moved':
        return leadTo(to.reply, doneAt(pathOf(to.id), done));
      case 'gone':
        throw new NotFoundException();
      case 'moved-on':
        return this.#send(to, {
          status: 409,
          fault: meanwhile(context, await this.#find(context.visitor, to.id)),
          ...kept,
        });
      case 'note-needed':
        return this.#send(to, { status: 400, fault: say('manual.fault.note'), ...kept });
      case 'wrong-resolution':
        return this.#send(to, { status: 400, fault: say('manual.fault.outcome'), ...kept });
      case 'wrong-person':
        return this.#send(to, { status: 400, fault: say('manual.fault.person'), ...kept });
    }
  }

  async #send({ id, request, reply }: Exchange, refusal: Refusal | null): Promise<void> {
    const context = this.contexts.of(request);
    const task = await this.#find(context.visitor, id);
    const [entries, people] = await Promise.all([
      this.timelines.of(context, task.paymentId),
      this.inbox.people(context.visitor),
    ]);
    const content = { task, entries, people, ...(refusal?.entered ? { entered: refusal.entered } : {}) };
    sendPage(reply, context, {
      title: titleOf(task, context),
      section: 'inbox',
      status: refusal?.status ?? 200,
      // What the page itself says with its Undo is not said twice.
      done: refusal || task.undoMs > 0 ? null : doneIn(request, context.say),
      fault: refusal?.fault ?? null,
      body: <ManualBody context={context} {...content} />,
    });
  }

  /** @throws NotFoundException for what is another merchant's just as for what is nobody's */
  async #find(visitor: Parameters<ManualViews['find']>[0], id: string): Promise<ManualView> {
    const task = await this.views.find(visitor, id);
    if (!task) throw new NotFoundException();
    return task;
  }
}

interface Exchange {
  readonly id: string;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** What the form moves, by whom, from which version. */
function moveIn(id: string, request: FastifyRequest) {
  const { merchantId, personId } = visitorWhoMay('operator', request);
  if (!isPersonId(id)) throw new NotFoundException();
  return { merchantId, manualCancellationId: id, personId, version: new Form(request).integer('version') ?? -1 };
}

/** Who did what since the page was loaded. */
function meanwhile({ say, formats }: PageContext, { lastEvent }: ManualView): string {
  if (!lastEvent) return say('fault.stale-form');
  const { who, what } = manualEventWords(say, lastEvent);
  const event = say('manual.meanwhile.event', { time: formats.dateTime(lastEvent.at), who, what });
  return say('manual.meanwhile', { what: event });
}

/** What came of asking, as `?done=` names it. */
function checkedWord(before: ManualView, after: ManualView): string {
  if (after.state === 'not-needed') return 'checked-cancelled';
  const [last] = after.attempts
    .slice(before.attempts.length)
    .filter(({ kind }) => kind === 'query')
    .slice(-1);
  if (!last) return 'checked-not';
  if (last.outcome === 'not-cancelled' || last.outcome === 'pending') return `checked-${last.outcome}`;
  return 'checked-unclear';
}
