import { All, Controller, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { IssuerCallbacks } from './issuer-callbacks.js';

/** `/callbacks/{issuer}`: what issuers tell us by themselves, about the default merchant's account. */
@Controller('callbacks/:issuer')
export class CallbacksController {
  constructor(private readonly callbacks: IssuerCallbacks) {}

  @All()
  async receive(
    @Param('issuer') issuer: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const { status, body: answer } = await this.callbacks.receive(issuer, {
      method: request.method,
      url: request.url,
      headers: request.headers,
      body,
    });
    void reply.status(status).send(answer);
  }
}
