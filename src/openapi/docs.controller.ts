import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { openApiDocument } from './document.js';
import { docsPage } from './page/docs-page.js';
import { style } from './page/style.js';

/** The injection token of the package's version. */
export const VERSION = Symbol('version');

/** The page loads nothing but its style sheet, runs nothing, and is framed by nobody. */
const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** What the service answers, for machines and for people. Public: it says nothing that depends on who asks, or on the settings. */
@Controller()
export class DocsController {
  #made: { readonly json: string; readonly page: string } | undefined;

  constructor(@Inject(VERSION) private readonly version: string) {}

  /** Made when somebody first asks: it takes 0.2 s, which a start does not have to wait for. */
  get #texts() {
    return (this.#made ??= makeTexts(this.version));
  }

  @Get('openapi.json')
  showDocument(@Res() reply: FastifyReply): void {
    void reply
      .headers({ 'content-type': 'application/json; charset=utf-8', 'x-content-type-options': 'nosniff' })
      .send(this.#texts.json);
  }

  @Get('docs')
  showPage(@Res() reply: FastifyReply): void {
    void reply.headers(pageHeaders).send(this.#texts.page);
  }

  @Get('docs/style.css')
  showStyle(@Res() reply: FastifyReply): void {
    void reply.headers({ 'content-type': 'text/css; charset=utf-8', 'x-content-type-options': 'nosniff' }).send(style);
  }
}

function makeTexts(version: string) {
  const document = openApiDocument(version);
  return { json: JSON.stringify(document), page: docsPage(document) };
}
