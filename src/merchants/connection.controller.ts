import { Body, Controller, Get, Header, HttpCode, HttpException, Inject, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../config.js';
import { JsonBodyPipe } from '../operations/json-body.pipe.js';
import { Log } from '../operations/log.js';
import { connectionPage, pageHeaders, type PageState } from './connection-page.js';
import { Connections, type Connection, type Entered } from './connections.js';
import { returnUrlFault } from './return-url.js';

/** Whoever configures a payment provider is VTEX; the protocol knows no other. */
const APPLICATION_ID = 'vtex';

/**
 * `/authorization/*`: VTEX's configuration flow, by which a merchant connects from VTEX's admin.
 *
 * @see https://developers.vtex.com/docs/api-reference/payment-provider-protocol, the configuration flow
 */
@Controller('authorization')
export class ConnectionController {
  constructor(
    private readonly connections: Connections,
    private readonly log: Log,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Post('token')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async token(
    @Body(new JsonBodyPipe()) { applicationId, returnUrl }: Readonly<Record<string, unknown>>,
  ): Promise<{ applicationId: string; token: string }> {
    if (applicationId !== APPLICATION_ID) throw badRequest(`applicationId must be ${APPLICATION_ID}.`);
    const fault = returnUrlFault(returnUrl, this.config.vtexReturnHosts);
    if (fault !== null) throw badRequest(`returnUrl ${fault}.`);
    const token = await this.connections.begin(returnUrl as string);
    if (token === null)
      throw new HttpException({ message: 'Too many connections are under way; try again later.' }, 429);
    return { applicationId: APPLICATION_ID, token };
  }

  /** Shows the page; changes nothing. */
  @Get('redirect')
  async page(
    @Query('token') token: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const connection = isToken(token) ? await this.connections.find(token) : null;
    if (!connection || !isToken(token)) return this.#show({ kind: 'gone' }, 404, { request, reply });
    this.#show(form(token, connection, null), 200, { request, reply });
  }

  /** Takes the form of the page. */
  @Post('redirect')
  async enter(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const fields = new URLSearchParams(Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '');
    const [token, connectionCode] = [fields.get('token'), fields.get('connectionCode') ?? ''];
    if (!isToken(token)) return this.#show({ kind: 'gone' }, 404, { request, reply });
    const entered = await this.connections.enter(token, connectionCode.slice(0, 200));
    if (entered.kind !== 'connected') return this.#show(...refusal(token, entered), { request, reply });
    this.log.info('A merchant connects from VTEX.', { merchantId: entered.merchantId });
    void reply
      .status(303)
      .headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', location: entered.location })
      .send();
  }

  /** Changes something although it is a GET: the protocol has it so. Good for one use. */
  @Get('credentials')
  @Header('cache-control', 'no-store')
  async credentials(
    @Query('applicationId') applicationId: unknown,
    @Query('authorizationCode') authorizationCode: unknown,
  ): Promise<{ applicationId: string; appKey: string; appToken: string }> {
    if (applicationId !== APPLICATION_ID) throw badRequest(`applicationId must be ${APPLICATION_ID}.`);
    const exchanged = await this.connections.exchange(typeof authorizationCode === 'string' ? authorizationCode : '');
    if (exchanged.kind === 'full') {
      const message = 'Two pairs of credentials are valid for this merchant already. Retire one, and try again.';
      throw new HttpException({ message }, 409);
    }
    if (exchanged.kind !== 'exchanged') {
      throw badRequest('This authorizationCode is wrong, was used before, or has expired.');
    }
    const { merchantId, appKey, appToken } = exchanged;
    this.log.warn('A merchant was connected from VTEX, and has a new pair of credentials.', { merchantId });
    return { applicationId: APPLICATION_ID, appKey, appToken };
  }

  #show(
    state: PageState,
    status: number,
    { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  ): void {
    const page = connectionPage(state, request.headers['accept-language']);
    void reply.status(status).headers(pageHeaders(this.config.vtexReturnHosts)).send(page);
  }
}

const badRequest = (message: string) => new HttpException({ message }, 400);

const isToken = (token: unknown): token is string => typeof token === 'string' && /^[0-9a-f]{48}$/.test(token);

const form = (token: string, { returnUrl }: Connection, fault: 'wrong' | 'full' | 'other-store' | null): PageState => ({
  kind: 'form',
  token,
  returnHost: new URL(returnUrl).host,
  fault,
});

function refusal(token: string, entered: Exclude<Entered, { kind: 'connected' }>): [PageState, number] {
  if (!('connection' in entered)) return [{ kind: entered.kind }, entered.kind === 'gone' ? 404 : 400];
  return [form(token, entered.connection, entered.kind), entered.kind === 'wrong' ? 400 : 409];
}
