import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { TextKey } from '../../texts/catalogue.js';
import { sayIn, type Say } from '../../texts/say.js';
import type { Fault, FaultPages } from '../../vtex/vtex-exception.filter.js';
import { isConsoleRoute } from './own-path.js';
import { Contexts } from './contexts.js';
import { HOME } from './own-path.js';
import { sendPage } from './page.js';
import { languageOfBrowser, sendPublicPage } from './public-page.js';

/** What people see instead of a page of the console: in their language, and with nothing of the fault. */
@Injectable()
export class ConsoleFaultPages implements FaultPages {
  constructor(private readonly contexts: Contexts) {}

  isFor(request: FastifyRequest): boolean {
    return isConsoleRoute(request);
  }

  answer({ status, errorId }: Fault, request: FastifyRequest, reply: FastifyReply): void {
    this.show(request, reply, { status, words: textOf(status), errorId });
  }

  /** A form that is not ours, or of a session that has ended: nothing was changed. */
  refuseForm(request: FastifyRequest, reply: FastifyReply): void {
    this.show(request, reply, { status: 403, words: 'fault.stale-form', errorId: null });
  }

  show(
    request: FastifyRequest,
    reply: FastifyReply,
    { status, words, errorId }: { readonly status: number; readonly words: TextKey; readonly errorId: string | null },
  ): void {
    if (request.visitor && request.csrfKey) {
      const context = this.contexts.of(request);
      const { say } = context;
      const title = say('fault.title');
      sendPage(reply, context, { status, title, section: null, body: bodyOf(say, { title, words, errorId }) });
    } else {
      const language = languageOfBrowser(request);
      const say = sayIn(language);
      sendPublicPage(reply, { status, language, title: say('fault.title'), body: bodyOf(say, { words, errorId }) });
    }
  }
}

const bodyOf = (
  say: Say,
  { title, words, errorId }: { readonly title?: string; readonly words: TextKey; readonly errorId: string | null },
) => (
  <>
    {title && <h1>{title}</h1>}
    <p>{say(words)}</p>
    {errorId && <p class="quiet-words">{say('fault.reference', { errorId })}</p>}
    <p>
      <a href={HOME}>{say('fault.back')}</a>
    </p>
  </>
);

function textOf(status: number): TextKey {
  if (status === 404) return 'fault.not-found';
  if (status === 403) return 'fault.not-allowed';
  return status >= 500 ? 'fault.ours' : 'fault.unreadable';
}
