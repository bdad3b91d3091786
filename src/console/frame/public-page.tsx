import type { ComponentChildren } from 'preact';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { languageOf, type Language } from '../../texts/language.js';
import { sayIn } from '../../texts/say.js';
import { csrfToken } from './csrf.js';
import { Document, Outcome, pageHeaders, renderDocument } from './page.js';
import { csrfKeyOf } from './visitor.js';

export interface PublicContent {
  readonly language: Language;
  readonly title: string;
  readonly body: ComponentChildren;
  readonly status?: number;
  readonly done?: string | null;
  readonly fault?: string | null;
}

/** The language of somebody of whom nothing is known. */
export const languageOfBrowser = ({ headers }: FastifyRequest): Language => languageOf(headers['accept-language']);

/** The token for a form of somebody who is not signed in yet. */
export const visitToken = (request: FastifyRequest, action: string): string => csrfToken(csrfKeyOf(request), action);

/** Sends a page of somebody who is not signed in. */
export function sendPublicPage(reply: FastifyReply, content: PublicContent): void {
  void reply
    .status(content.status ?? 200)
    .headers(pageHeaders)
    .send(renderDocument(<PublicPage {...content} />));
}

const PublicPage = ({ language, title, body, done, fault }: PublicContent) => (
  <Document language={language} title={`${title} – ${sayIn(language)('shell.console')}`}>
    <header class="bar door">
      <p class="brand">{sayIn(language)('shell.console')}</p>
    </header>
    <main id="content">
      <div class="narrow">
        <h1>{title}</h1>
        <Outcome done={done} fault={fault} />
        {body}
      </div>
    </main>
  </Document>
);
