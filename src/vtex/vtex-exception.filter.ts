import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../operations/log.js';
import { addresseeOf, faultAnswersOf, isVtexRoute, sendAnswer } from './vtex-http.js';

/** What is told of a fault: the status, and the reference that finds it in the log, where it is ours. */
export interface Fault {
  readonly status: number;
  readonly errorId: string | null;
}

/** A part of the service that answers faults in a shape of its own: as pages for people. */
export interface FaultPages {
  isFor(request: FastifyRequest): boolean;
  answer(fault: Fault, request: FastifyRequest, reply: FastifyReply): void;
}

/** The only catch-all: one log line with an id, and an answer that shows nothing of the fault, in the shape of whoever asked. */
@Catch()
export class VtexExceptionFilter implements ExceptionFilter {
  /** @param pages got when they are first needed: they are made after this */
  constructor(
    private readonly log: Log,
    private readonly pages: () => FaultPages | null = () => null,
  ) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(exception, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Also for what fails before Nest: the router, the body, a hook. */
  answer(exception: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const status = statusOf(exception);
    if (isVtexRoute(request)) return this.#answerVtex(exception, status, request, reply);
    const pages = this.pages();
    if (pages?.isFor(request)) {
      const errorId = status < 500 ? null : this.#logFault(exception, request);
      return pages.answer({ status, errorId }, request, reply);
    }
    if (exception instanceof HttpException) {
      const answer = exception.getResponse();
      void reply.status(exception.getStatus()).send(typeof answer === 'string' ? { message: answer } : answer);
      return;
    }
    if (status < 500) {
      void reply.status(status).send({ message: faultOfRequest(status, request) });
      return;
    }
    const errorId = this.#logFault(exception, request);
    void reply.status(500).send({ message: `An internal error occurred. Reference: ${errorId}.` });
  }

  #answerVtex(exception: unknown, status: number, request: FastifyRequest, reply: FastifyReply): void {
    const answers = faultAnswersOf(request);
    const to = addresseeOf(request);
    if (status === 404) return sendAnswer(reply, answers.unknownPath(to));
    if (status < 500) return sendAnswer(reply, answers.invalid(to, faultOfRequest(status, request)));
    sendAnswer(reply, answers.internalError(to, this.#logFault(exception, request)));
  }

  #logFault(exception: unknown, request: FastifyRequest): string {
    const errorId = randomUUID();
    const { paymentId } = addresseeOf(request);
    this.log.error('An unhandled error was answered 500.', {
      errorId,
      error: exception,
      ...(paymentId === null ? {} : { paymentId }),
    });
    return errorId;
  }
}

/** Nest's and Fastify's errors carry their status; anything else is a fault of ours. */
function statusOf(exception: unknown): number {
  if (exception instanceof HttpException) return exception.getStatus();
  const status = (exception as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}

function faultOfRequest(status: number, { routeOptions }: FastifyRequest): string {
  if (status === 413) return `the body is larger than ${Math.floor((routeOptions.bodyLimit ?? 0) / 1024)} kB`;
  if (status === 414) return 'the path is too long';
  if (status === 404) return 'there is nothing at this path';
  return 'the path or the headers cannot be read';
}
