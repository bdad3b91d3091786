import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Database } from '../../database.js';
import { NoticeRecipients } from '../../notifications/notice-recipients.js';
import { doneAt } from '../frame/done.js';
import { ConsoleFaultPages } from '../frame/fault-pages.js';
import { Form } from '../frame/form.js';
import { readWishes } from './notice-preferences.js';
import { visitorOf } from '../frame/visitor.js';

/** `/console/account/notices`: what a person hears of, and how often. */
@Controller('console/account/notices')
export class OwnNoticesController {
  constructor(
    private readonly database: Database,
    private readonly recipients: NoticeRecipients,
    private readonly pages: ConsoleFaultPages,
  ) {}

  @Post()
  async change(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const wishes = readWishes(new Form(request), { hasPace: true });
    if (wishes === null) {
      return this.pages.show(request, reply, { status: 400, words: 'notices.fault.pace', errorId: null });
    }
    await this.database.transaction((sql) => this.recipients.changeOwn(sql, visitorOf(request), wishes));
    void reply
      .status(303)
      .headers({ 'cache-control': 'no-store', location: doneAt('/console/account', 'notices-changed') })
      .send();
  }
}
