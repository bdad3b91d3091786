import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

/** `/console` is the inbox: what is waiting comes first. */
@Controller('console')
export class HomeController {
  @Get()
  home(@Res() reply: FastifyReply): void {
    void reply.status(303).headers({ 'cache-control': 'no-store', location: '/console/manual-cancellations' }).send();
  }
}
