import { HttpException, NotFoundException } from '@nestjs/common';
import fastify, { type FastifyInstance } from 'fastify';
import { Log } from '../operations/log.js';
import { VtexExceptionFilter } from './vtex-exception.filter.js';

const lines: string[] = [];
const filter = new VtexExceptionFilter(new Log('info', { write: (line) => lines.push(line) }));
let thrown: unknown;
let server: FastifyInstance;

beforeAll(() => {
  server = fastify({ bodyLimit: 64 * 1024 });
  server.setErrorHandler((error, request, reply) => filter.answer(error, request, reply));
  for (const path of ['/payments/:paymentId/cancellations', '/internal/payments/:paymentId']) {
    server.post(path, () => {
      throw thrown;
    });
  }
});
beforeEach(() => lines.splice(0));
afterAll(() => server.close());

async function answerTo(path: string, error: unknown) {
  thrown = error;
  const { statusCode, body } = await server.inject({ method: 'POST', url: path });
  return { status: statusCode, body: JSON.parse(body) as Record<string, unknown> };
}

const vtexPath = '/payments/ABC/cancellations';
const ownPath = '/internal/payments/ABC';
const withStatus = (statusCode: unknown) => Object.assign(new Error('the secret detail'), { statusCode });

describe('a fault of ours', () => {
  it.each([
    ['an error', new Error('the secret detail')],
    ['an error that calls itself a 503', withStatus(503)],
    ['an error with an odd status', withStatus('400')],
  ])('(%s) is one log line with an id, and shows VTEX nothing but that id', async (_, error) => {
    const { status, body } = await answerTo(vtexPath, error);

    const [line = '', ...others] = lines;
    const { errorId, paymentId } = JSON.parse(line) as { errorId: string; paymentId: string };
    expect(others).toEqual([]);
    expect(status).toBe(500);
    expect(body).toMatchObject({ code: 'internal-error', paymentId: 'ABC', cancellationId: null, requestId: null });
    expect(body.message).toContain(errorId);
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(paymentId).toBe('ABC');
    expect(line).toContain('the secret detail');
  });

  it('is one log line with an id elsewhere too', async () => {
    const { status, body } = await answerTo(ownPath, new Error('the secret detail'));

    const { errorId } = JSON.parse(lines[0] ?? '') as { errorId: string };
    expect(lines).toHaveLength(1);
    expect(status).toBe(500);
    expect(body).toEqual({ message: `An internal error occurred. Reference: ${errorId}.` });
  });
});

describe('a fault of the request', () => {
  it.each([
    [413, 400, 'the body is larger than 64 kB'],
    [414, 400, 'the path is too long'],
    [400, 400, 'the path or the headers cannot be read'],
    [404, 404, 'there is nothing at this path'],
  ])('of status %i is told to VTEX as %i', async (statusCode, status, words) => {
    const answer = await answerTo(vtexPath, withStatus(statusCode));

    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ code: 'invalid-request', message: `Invalid request: ${words}.` });
    expect(lines).toEqual([]);
  });

  it.each([
    [413, 'the body is larger than 64 kB'],
    [404, 'there is nothing at this path'],
  ])('of status %i keeps its status elsewhere', async (statusCode, message) => {
    expect(await answerTo(ownPath, withStatus(statusCode))).toEqual({ status: statusCode, body: { message } });
  });

  it("keeps Nest's answer elsewhere, and the protocol's shape for VTEX", async () => {
    expect(await answerTo(ownPath, new HttpException({ message: 'No.' }, 409))).toEqual({
      status: 409,
      body: { message: 'No.' },
    });
    expect(await answerTo(ownPath, new HttpException('No.', 409))).toEqual({ status: 409, body: { message: 'No.' } });
    expect((await answerTo(vtexPath, new NotFoundException())).body).toMatchObject({ code: 'invalid-request' });
  });
});

it.each([['a text'], [null], [undefined]])('answers 500 for a thrown %j', (nothing) => {
  const sent: { status?: number; body?: string } = {};
  const reply = {
    status: (status: number) => Object.assign(reply, { sent: Object.assign(sent, { status }) }),
    header: () => reply,
    send: (body: string) => Object.assign(sent, { body }),
  };
  const request = { url: '/payments/%00/cancellations', routeOptions: {} };

  filter.catch(nothing, {
    switchToHttp: () => ({ getRequest: () => request, getResponse: () => reply }),
  } as never);

  expect(sent.status).toBe(500);
  expect(JSON.parse(sent.body ?? '')).toMatchObject({ code: 'internal-error', paymentId: null });
});
