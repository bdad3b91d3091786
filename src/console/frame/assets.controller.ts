import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { clientScript } from './script.js';
import { style } from './style.js';

const script = `(${clientScript.toString()})();\n`;

/** The same for everybody, and public: it says nothing of anybody. */
@Controller('console')
export class ConsoleAssetsController {
  @Get('style.css')
  style(@Res() reply: FastifyReply): void {
    void reply.headers(headers('text/css')).send(style);
  }

  @Get('script.js')
  script(@Res() reply: FastifyReply): void {
    void reply.headers(headers('text/javascript')).send(script);
  }
}

const headers = (type: string) => ({
  'content-type': `${type}; charset=utf-8`,
  'cache-control': 'public, max-age=300',
  'x-content-type-options': 'nosniff',
});
