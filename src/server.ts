import { setTimeout as sleep } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import 'reflect-metadata';
import { AppModule, type AppParts } from './app.module.js';
import type { Config } from './config.js';
import { CancellationProgress } from './cancellations/cancellation-progress.js';
import { FollowUp } from './cancellations/follow-up.js';
import { ConsoleAccess } from './console/people/access.js';
import { isConsoleRoute } from './console/frame/own-path.js';
import { ConsoleFaultPages } from './console/frame/fault-pages.js';
import { AxiosIssuerHttp } from './issuers/issuer-http.js';
import { Jobs } from './jobs/jobs.js';
import { refusalOf } from './merchants/internal-access.js';
import { Merchants } from './merchants/merchants.js';
import { Readiness } from './operations/readiness.js';
import { VtexExceptionFilter } from './vtex/vtex-exception.filter.js';
import { addresseeOf, faultAnswersOf, isVtexRoute, routeOf, sendAnswer } from './vtex/vtex-http.js';

/** VTEX's cancel has a few hundred bytes; a callback of an issuer some thousand. */
const BODY_LIMIT = 64 * 1024;

/** A create carries the whole cart. Behind the credentials, as every byte of a body of VTEX's. */
const CREATE_BODY_LIMIT = 1024 * 1024;

/** 255 characters, percent-encoded as up to 12 bytes each; a longer path parameter is answered before any route. */
const LONGEST_PARAMETER = 255 * 12;

/** Between the first red readiness and the closed port, so that a load balancer sees it. */
const DRAIN_MS = 1_000;

/** Makes the application; it does not listen yet. */
export async function makeServer(parts: AppParts): Promise<NestFastifyApplication> {
  const filter = new VtexExceptionFilter(parts.log, () => app.get(ConsoleFaultPages));
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    // The protocol's time-outs are ours to keep; a slow sender is cut off.
    requestTimeout: 30_000,
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    // What the router itself refuses, before any hook: badly encoded paths, parameters that are too long.
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      authenticate({ request, reply, done: () => filter.answer(error, request, reply) }),
    forceCloseConnections: 'idle',
    // Only what stands in front of us may say who calls; tries to sign in are counted by it.
    ...(parts.config.trustedProxies.length > 0 ? { trustProxy: [...parts.config.trustedProxies] } : {}),
  } as ConstructorParameters<typeof FastifyAdapter>[0]);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(parts), adapter, {
    logger: parts.log,
    bodyParser: false,
    abortOnError: false,
  });
  app.useGlobalFilters(filter);
  const fastify = adapter.getInstance<FastifyInstance>();
  // Every route gets the bytes as they came: callbacks are verified over them, and malformed JSON is answered in our own words.
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  fastify.addHook('onRoute', (route) => {
    if (route.url === '/payments') route.bodyLimit = CREATE_BODY_LIMIT;
  });
  fastify.addHook('onRequest', (request, reply, done) => authenticate({ request, reply, done }));
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!isConsoleRoute(request)) return done();
    app
      .get(ConsoleAccess)
      .letIn(request, reply)
      .then((goesOn) => goesOn && done(), done);
  });
  fastify.addHook('preHandler', (request, reply, done) => {
    if (!isConsoleRoute(request) || app.get(ConsoleAccess).isOwnForm(request)) return done();
    app.get(ConsoleFaultPages).refuseForm(request, reply);
  });
  const readiness = app.get(Readiness);
  // A connection that its client keeps would hold up the end, and the client finds the next process by connecting anew.
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (readiness.isStopping) void reply.header('connection', 'close');
    done();
  });
  await app.init();
  await fastify.ready();
  return app;

  function authenticate(exchange: Exchange): void {
    authenticateBy(parts.config, app.get(Merchants), exchange);
  }
}

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly done: () => void;
}

/** In a hook, because a Nest guard does not run on what the router or the body reader refuses. */
function authenticateBy(config: Config, merchants: Merchants, { request, reply, done }: Exchange): void {
  if (isVtexRoute(request)) {
    const merchant = merchants.authenticate(request.headers);
    if (merchant === null) {
      return sendAnswer(reply, faultAnswersOf(request).unauthorized(addresseeOf(request)));
    }
    request.merchant = merchant;
  }
  const refusal = /^\/internal(?:[/?]|$)/.test(routeOf(request)) ? refusalOf(request, config, merchants) : null;
  if (refusal === null) return done();
  if (refusal.status === 401) void reply.header('www-authenticate', 'Bearer');
  void reply.status(refusal.status).send({ message: refusal.message });
}

/** All of it: an orchestrator kills what has not ended by then, and Kubernetes waits 30 s by default. */
const STOP_MS = 20_000;

/**
 * Stops without losing an answer: readiness goes red, the background begins nothing any more, the port closes as soon as requests are
 * answered, and calls to issuers end and are recorded. What is not over after 20 s in all (a call may take 25 s) is left to its lease:
 * another process takes it over as unknown.
 */
export async function stopServer(app: NestFastifyApplication): Promise<void> {
  const end = new AbortController();
  const timeIsUp = sleep(STOP_MS, null, { signal: end.signal }).catch(() => null);
  const progress = app.get(CancellationProgress);
  const issuerHttp = app.get(AxiosIssuerHttp);
  app.get(Readiness).isStopping = true;
  await sleep(DRAIN_MS);
  app.get(FollowUp).stop();
  const over = Promise.all([app.get(Jobs).stop(), app.close()]).then(() => progress.idle());
  await Promise.race([over, timeIsUp]);
  end.abort();
  app.getHttpServer().closeAllConnections();
  issuerHttp.close();
}
