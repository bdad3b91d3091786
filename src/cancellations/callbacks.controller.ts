import { All, Controller, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { issuers } from '../issuers/index.js';
import type { SomeIssuer } from '../issuers/issuer.js';
import { IssuerCallbacks } from './issuer-callbacks.js';

/** Paths on which an issuer insists, each with the issuer's code. */
const aliases = new Map(
  Object.values<SomeIssuer>(issuers).flatMap(({ code, callback }) =>
    (callback?.aliases ?? []).map((path): [string, string] => [path, code]),
  ),
);

/** What issuers tell us by themselves: `/callbacks/{issuer}` for the default merchant's accounts, and each account's own path. */
@Controller()
export class CallbacksController {
  constructor(private readonly callbacks: IssuerCallbacks) {}

  @All(['callbacks/:issuer', 'callbacks/:issuer/:accountId'])
  async receive(
    @Param('issuer') issuer: string,
    @Param('accountId') accountId: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.#answer(issuer, accountId ?? null, request, reply);
  }

  @All([...aliases.keys()])
  async receiveAtAlias(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.#answer(aliases.get(request.routeOptions.url ?? '') ?? '', null, request, reply);
  }

  async #answer(
    issuer: string,
    accountId: string | null,
    { method, url, headers, body }: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
    const answer = await this.callbacks.receive(issuer, accountId, { method, url, headers, body: bytes });
    void reply.status(answer.status).send(answer.body);
  }
}
