import { Controller, Get, NotFoundException, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { InProgress } from '../../cancellations/in-progress.js';
import { ModeChanges } from '../../cancellations/mode-changes.js';
import { issuerModes } from '../../config.js';
import { Database } from '../../database.js';
import { findIssuer } from '../../issuers/index.js';
import { IssuerAccounts, type IssuerAccount } from '../../issuers/issuer-accounts.js';
import { recordAudit } from '../people/audit.js';
import { Contexts } from '../frame/contexts.js';
import { doneAt, doneIn } from '../frame/done.js';
import { Form } from '../frame/form.js';
import { IssuerStates } from './issuer-states.js';
import { IssuersPage, ModePage, type Tested } from './issuers-page.js';
import { leadTo } from '../frame/leads.js';
import { sendPage } from '../frame/page.js';
import { visitorOf, visitorWhoMay } from '../frame/visitor.js';

const ISSUERS = '/console/issuers';

/** `/console/issuers`: how the issuers are, and for administrators a test and another treatment. */
@Controller('console/issuers')
export class IssuersController {
  constructor(
    private readonly contexts: Contexts,
    private readonly states: IssuerStates,
    private readonly accounts: IssuerAccounts,
    private readonly inProgress: InProgress,
    private readonly modes: ModeChanges,
    private readonly database: Database,
  ) {}

  @Get()
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('tested') tested: unknown,
  ): Promise<void> {
    const context = this.contexts.of(request);
    const { say, visitor } = context;
    const states = await this.states.of(visitor.merchantId);
    sendPage(reply, context, {
      title: say('section.issuers'),
      section: 'issuers',
      done: doneIn(request, say),
      body: <IssuersPage context={context} states={states} tested={testedIn(tested)} />,
    });
  }

  /** Says what each treatment means; changes nothing. */
  @Get(':issuer/:environment/mode')
  async askForMode(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('issuer') issuer: string,
    @Param('environment') environment: string,
  ): Promise<void> {
    await this.#askForMode(request, reply, this.#account(request, issuer, environment));
  }

  @Post(':issuer/:environment/mode')
  async changeMode(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('issuer') issuer: string,
    @Param('environment') environment: string,
  ): Promise<void> {
    const account = this.#account(request, issuer, environment);
    const { merchantId, personId } = visitorOf(request);
    const { say } = this.contexts.of(request);
    const form = new Form(request);
    const [mode, expected] = ['mode', 'expected'].map((name) => issuerModes.find((one) => one === form.text(name)));
    if (mode === undefined || expected === undefined) {
      return this.#askForMode(request, reply, account, { status: 400, fault: say('mode.fault.none') });
    }
    const key = { merchantId, issuer, sandbox: account.account.sandbox };
    const changed = await this.modes.change(key, mode, {
      expected,
      alongside: (sql) =>
        recordAudit(sql, {
          merchantId,
          personId,
          action: 'issuer-mode-changed',
          subject: nameOf(account),
          details: { from: expected, to: mode },
          address: request.ip,
        }),
    });
    if (changed === 'gone') throw new NotFoundException();
    if (changed === 'moved-on') {
      return this.#askForMode(request, reply, account, { status: 409, fault: say('mode.fault.moved-on') });
    }
    leadTo(reply, doneAt(ISSUERS, 'mode-changed'));
  }

  /** A harmless call, in whatever mode the account is: nothing is cancelled, and nothing of a customer's is asked for. */
  @Post(':issuer/:environment/test')
  async test(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('issuer') issuer: string,
    @Param('environment') environment: string,
  ): Promise<void> {
    const account = this.#account(request, issuer, environment);
    const { merchantId, personId } = visitorOf(request);
    const { kind } = await account.connector.probe();
    const subject = nameOf(account);
    await recordAudit(this.database, { merchantId, personId, action: 'issuer-tested', subject, address: request.ip });
    leadTo(reply, `${ISSUERS}?tested=${issuer}.${environment}.${kind}`);
  }

  async #askForMode(
    request: FastifyRequest,
    reply: FastifyReply,
    { issuer: { code, name }, account: { merchantId, sandbox }, mode }: IssuerAccount,
    { status = 200, fault = null }: { readonly status?: number; readonly fault?: string | null } = {},
  ): Promise<void> {
    const context = this.contexts.of(request);
    const { say } = context;
    const byAccount = await this.inProgress.byAccount(merchantId);
    const inProgress = byAccount.find((one) => one.issuer === code && one.sandbox === sandbox)?.count ?? 0;
    sendPage(reply, context, {
      status,
      title: say('mode.title', { issuer: name }),
      section: 'issuers',
      fault,
      body: <ModePage context={context} account={{ issuer: code, name, sandbox, mode, inProgress }} />,
    });
  }

  /** @throws NotFoundException where this merchant has no such account */
  #account(request: FastifyRequest, issuer: string, environment: string): IssuerAccount {
    const { merchantId } = visitorWhoMay('admin', request);
    if (environment !== 'live' && environment !== 'sandbox') throw new NotFoundException();
    const account = this.accounts.find(merchantId, issuer, environment === 'sandbox');
    if (!account) throw new NotFoundException();
    return account;
  }
}

const nameOf = ({ issuer: { name }, account: { sandbox } }: IssuerAccount) => (sandbox ? `${name} (sandbox)` : name);

const kinds = ['accepted', 'reachable', 'credentials-refused', 'unreachable'] as const;

/** What was tested, as the address says it: `issuer.live.accepted`. */
function testedIn(text: unknown): Tested | null {
  const [code = '', environment, kindText] = typeof text === 'string' ? text.split('.') : [];
  const issuer = findIssuer(code);
  const kind = kinds.find((one) => one === kindText);
  if (!issuer || !kind) return null;
  return { issuerName: environment === 'sandbox' ? `${issuer.name} (sandbox)` : issuer.name, kind };
}
