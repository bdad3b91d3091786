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
  readonly #json: string;
  readonly #page: string;

  constructor(@Inject(VERSION) version: string) {
    const document = openApiDocument(version);
    this.#json = JSON.stringify(document);
    this.#page = docsPage(document);
  }

  @Get('openapi.json')
  showDocument(@Res() reply: FastifyReply): void {
    void reply
      .headers({ 'content-type': 'application/json; charset=utf-8', 'x-content-type-options': 'nosniff' })
      .send(this.#json);
  }

  @Get('docs')
  showPage(@Res() reply: FastifyReply): void {
    void reply.headers(pageHeaders).send(this.#page);
  }

  @Get('docs/style.css')
  showStyle(@Res() reply: FastifyReply): void {
    void reply.headers({ 'content-type': 'text/css; charset=utf-8', 'x-content-type-options': 'nosniff' }).send(style);
  }
}
