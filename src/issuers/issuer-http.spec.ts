import { HttpService } from '@nestjs/axios';
import fc from 'fast-check';
import http, { type IncomingMessage, type RequestListener } from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Server, type Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { gzipSync } from 'node:zlib';
import {
  AxiosIssuerHttp,
  commonOutcome,
  evidenceOf,
  type IssuerAnswer,
  type IssuerRequest,
  later,
  readJsonObject,
  retryAfterMs,
  scrub,
  sendRenewing,
  textOrNull,
} from './issuer-http.js';

const client = new AxiosIssuerHttp(new HttpService());
const servers: Server[] = [];
const sockets = new Set<Socket>();

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

afterAll(() => client.close());

describe('what goes out', () => {
  it('sends method, path, query, headers and body exactly as they were made', async () => {
    const seen = await whatIsSeen({
      method: 'POST',
      path: '/a%2Fb/c?d=e%20f',
      headers: { 'Content-Type': 'application/json; charset=utf-8', 'X-Mixed-Case': 'Å'.normalize('NFC') },
      body: '{ "AdminNumber": 9007199254740993, "name": "ação" }',
    });

    expect(seen).toMatchObject({
      method: 'POST',
      path: '/a%2Fb/c?d=e%20f',
      body: '{ "AdminNumber": 9007199254740993, "name": "ação" }',
    });
    expect(seen.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it.each(['POST', 'PATCH'] as const)(
    'sends a %s without a body as one without a body or content type',
    async (method) => {
      const seen = await whatIsSeen({ method, path: '/', headers: {}, body: null });

      expect(seen.body).toBe('');
      expect(seen.headers['content-type']).toBeUndefined();
      expect(seen.headers['transfer-encoding']).toBeUndefined();
      expect(seen.headers['content-length'] ?? '0').toBe('0');
    },
  );

  it('guesses no content type for a body', async () => {
    const seen = await whatIsSeen({ method: 'POST', path: '/', headers: {}, body: 'a=b' });

    expect(seen.headers['content-type']).toBeUndefined();
  });

  it('keeps a content type where there is no body, as Vault’s sample has it', async () => {
    const headers = { 'content-type': 'application/json' };

    const seen = await whatIsSeen({ method: 'POST', path: '/', headers, body: null });

    expect(seen.headers['content-type']).toBe('application/json');
  });

  it('sends again over the same connection', async () => {
    const { url, connections } = await serve((_, response) => response.end('{}'));

    await send(url);
    await send(url);

    expect(connections()).toBe(1);
  });

  it('closes a connection that was idle for some seconds, so that it is never used again', async () => {
    const { url, server } = await serve((_, response) => response.end('{}'));
    server.keepAliveTimeout = 60_000;
    const closed = new Promise((resolve) => server.once('connection', (socket: Socket) => socket.once('end', resolve)));

    await send(url);

    await expect(closed).resolves.toBeUndefined();
  });

  it('goes past proxies that the environment names', async () => {
    const proxied = jest.replaceProperty(process, 'env', { ...process.env, http_proxy: 'http://127.0.0.1:9' });
    const { url } = await serve((_, response) => response.end('direct'));

    const answer = await send(url);

    proxied.restore();
    expect(answer).toMatchObject({ kind: 'answer', text: 'direct' });
  });
});

describe('what comes back', () => {
  it('is an answer at every status that ends an exchange', async () => {
    const { url } = await serve((request, response) => response.writeHead(Number(request.url?.slice(1))).end('text'));

    for (const status of [200, 201, 204, 301, 304, 307, 400, 401, 404, 418, 429, 500, 503, 599]) {
      expect(await send(`${url}/${status}`)).toMatchObject({ kind: 'answer', status });
    }
  });

  it('has headers by lower-case name, and text even where JSON was promised', async () => {
    const { url } = await serve((_, response) =>
      response.writeHead(200, { 'X-Request-Id': 'a1', 'content-type': 'application/json' }).end('{"a":'),
    );

    const answer = await send(url);

    expect(answer).toMatchObject({ kind: 'answer', text: '{"a":' });
    expect(answer).toHaveProperty('headers.x-request-id', 'a1');
  });

  it('does not lose digits of a number beyond 2^53', async () => {
    const { url } = await serve((_, response) => response.end('9007199254740993'));

    expect(await send(url)).toMatchObject({ text: '9007199254740993' });
  });

  it('is unpacked where it was packed', async () => {
    const { url } = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"result":"ok"}')),
    );

    expect(await send(url)).toMatchObject({ kind: 'answer', text: '{"result":"ok"}' });
  });

  it('does not repeat the credentials that were sent', async () => {
    const { url } = await serve(({ headers }, response) =>
      response.setHeader('x-echo', `${headers['x-key'] as string}`).end(`${headers.authorization} is not valid`),
    );

    const answer = await send(url, { headers: { Authorization: 'Bearer opaque-token-1', 'X-Key': 'a1b2c3d4e5f6' } });

    expect(answer).toMatchObject({ text: 'Bearer [secret] is not valid', headers: { 'x-echo': '[secret]' } });
  });

  it('leaves alone what is no credential', async () => {
    const { url } = await serve((_, response) => response.end('{"type":"application/json","version":"2.0"}'));

    const answer = await send(url, { headers: { accept: 'application/json', 'x-version': '2.0' } });

    expect(answer).toMatchObject({ text: '{"type":"application/json","version":"2.0"}' });
  });

  it.each([301, 302, 303, 307, 308])('is the redirect itself at %s, and its target is not called', async (status) => {
    const target = await serve((_, response) => response.end('followed'));
    const { url } = await serve((_, response) => response.writeHead(status, { location: target.url }).end());

    expect(await send(url)).toMatchObject({ kind: 'answer', status });
    expect(target.connections()).toBe(0);
  });

  it('comes after notices that an answer will come', async () => {
    const { url } = await serve((_, response) => {
      response.writeProcessing();
      response.end('done');
    });

    expect(await send(url)).toMatchObject({ kind: 'answer', status: 200, text: 'done' });
  });
});

describe('a request that the issuer cannot have seen is `not-sent`', () => {
  it('when nobody listens', async () => {
    const { url, server } = await serve(() => undefined);
    await new Promise((resolve) => server.close(resolve));

    expect(await send(url)).toEqual({ kind: 'not-sent', fault: 'refused' });
  });

  it('when the name is not known', async () => {
    const answer = await send('http://no-such-host.invalid/', { timeoutMs: 5_000 });

    expect(answer.kind).toBe('not-sent');
  });

  it('when TLS is spoken to a port that has none', async () => {
    const { url } = await serve((_, response) => response.end());

    expect((await send(url.replace('http:', 'https:'))).kind).toBe('not-sent');
  });

  it('when the TLS handshake is never answered', async () => {
    const { url } = await listen(net.createServer());

    const answer = await send(url.replace('http:', 'https:'), { timeoutMs: 200 });

    expect(answer).toEqual({ kind: 'not-sent', fault: 'timeout' });
  });

  it('when the TLS handshake fails', async () => {
    let requests = 0;
    const { url } = await serveTls(() => (requests += 1));

    const answer = await sendTls(url, { key: Buffer.from('another key') });

    expect(answer.kind).toBe('not-sent');
    expect(requests).toBe(0);
  });

  it('when the address cannot be reached before the time-out', async () => {
    // 192.0.2.0/24 is for documentation (RFC 5737): no host answers there, some networks say so at once.
    const answer = await send('http://192.0.2.1/', { timeoutMs: 200 });

    expect(answer.kind).toBe('not-sent');
  });

  it('when it cannot even be written', async () => {
    const answer = await send('http://127.0.0.1:9/', { headers: { authorization: 'two\nlines' } });

    expect(answer.kind).toBe('not-sent');
  });
});

describe('a request that the issuer may have seen is `no-answer`', () => {
  it('when the connection is accepted and then nothing comes', async () => {
    const { url } = await listen(net.createServer());

    expect(await send(url, { timeoutMs: 200 })).toEqual({ kind: 'no-answer', fault: 'timeout', status: null });
  });

  it('when it was read and then nothing comes', async () => {
    const { url } = await serve(() => undefined);

    expect(await send(url, { timeoutMs: 200 })).toEqual({ kind: 'no-answer', fault: 'timeout', status: null });
  });

  it('when nothing comes after the TLS handshake', async () => {
    const { url } = await serveTls(() => undefined);

    expect(await sendTls(url, { timeoutMs: 300 })).toEqual({ kind: 'no-answer', fault: 'timeout', status: null });
  });

  it('when the connection is reset after the TLS handshake', async () => {
    const { url } = await serveTls((request) => request.socket.destroy());

    expect(await sendTls(url, {})).toMatchObject({ kind: 'no-answer', fault: 'reset' });
  });

  it('when the answer does not end before the time-out', async () => {
    const { url } = await serve((_, response) => response.writeHead(200).write('{'));

    expect(await send(url, { timeoutMs: 200 })).toEqual({ kind: 'no-answer', fault: 'timeout', status: 200 });
  });

  it('when a trickle keeps the connection busy beyond the time-out', async () => {
    const { url } = await serve((_, response) => {
      const drip = setInterval(() => response.write(' '), 20);
      response.once('close', () => clearInterval(drip));
    });

    expect(await send(url, { timeoutMs: 200 })).toMatchObject({ kind: 'no-answer', fault: 'timeout' });
  });

  it('when the connection is reset', async () => {
    const { url } = await serve((request) => request.socket.resetAndDestroy());

    expect(await send(url)).toEqual({ kind: 'no-answer', fault: 'reset', status: null });
  });

  it('when a kept-alive connection is gone by the time it is used', async () => {
    const { url } = await serve((request, response) => {
      if (request.url === '/first') response.end('{}');
      else request.socket.resetAndDestroy();
    });
    await send(`${url}/first`);

    expect(await send(`${url}/second`)).toMatchObject({ kind: 'no-answer', fault: 'reset' });
  });

  it('when the answer breaks off', async () => {
    const { url } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"result":"ok"}', () => response.destroy());
    });

    expect(await send(url)).toEqual({ kind: 'no-answer', fault: 'broken-answer', status: 200 });
  });

  it('when a chunked answer breaks off', async () => {
    const { url } = await serve((_, response) => {
      response.write('{"result":"ok"}', () => response.destroy());
    });

    expect(await send(url)).toMatchObject({ kind: 'no-answer', status: 200 });
  });

  it.each([
    ['is no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n\r\n'],
    ['changes the protocol', 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'],
    ['has an impossible length', 'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n{}'],
  ])('when the answer %s', async (_, bytes) => {
    const { url } = await listen(net.createServer((socket) => socket.once('data', () => socket.end(bytes))));

    expect(await send(url, { timeoutMs: 300 })).toMatchObject({ kind: 'no-answer' });
  });

  it('when the answer is larger than any an issuer documents, announced or not', async () => {
    const { url } = await serve((request, response) => {
      if (request.url === '/announced') response.setHeader('content-length', 2_000_000);
      response.end(Buffer.alloc(2_000_000, 'x'));
    });

    expect(await send(`${url}/announced`)).toMatchObject({ kind: 'no-answer', status: 200 });
    expect(await send(`${url}/chunked`)).toMatchObject({ kind: 'no-answer', status: 200 });
  });

  it('when a small packed answer unpacks to a large one', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const { url } = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));

    expect(await send(url)).toMatchObject({ kind: 'no-answer', status: 200 });
  });

  it('when the answer says that it is packed and is not', async () => {
    const { url } = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('{}'));

    expect(await send(url)).toMatchObject({ kind: 'no-answer', status: 200 });
  });

  it('when the answer is no UTF-8', async () => {
    const { url } = await serve((_, response) => response.end(Buffer.from('{"result":"ação"}', 'latin1')));

    expect(await send(url)).toEqual({ kind: 'no-answer', fault: 'not-text', status: 200 });
  });
});

describe('sendRenewing', () => {
  it('sends once when the first answer is not 401', async () => {
    const { url, requests } = await serveInTurn([403, 200]);

    const answer = await sendRenewing(client, () => request(url), failIfCalled);

    expect(answer).toMatchObject({ status: 403 });
    expect(requests).toHaveLength(1);
  });

  it('sends once more, made anew after renewal, when the first answer is 401', async () => {
    const { url, requests } = await serveInTurn([401, 200]);
    let token = 'old';

    const answer = await sendRenewing(
      client,
      () => request(url, { headers: { authorization: token } }),
      () => (token = 'new'),
    );

    expect(answer).toMatchObject({ status: 200 });
    expect(requests.map(({ headers }) => headers.authorization)).toEqual(['old', 'new']);
  });

  it('gives up at the second 401', async () => {
    const { url, requests } = await serveInTurn([401, 401, 200]);

    const answer = await sendRenewing(
      client,
      () => request(url),
      () => undefined,
    );

    expect(answer).toMatchObject({ status: 401 });
    expect(requests).toHaveLength(2);
  });

  it('does not send again what got no answer', async () => {
    const { url, connections } = await serve((incoming) => incoming.socket.resetAndDestroy());

    const answer = await sendRenewing(client, () => request(url), failIfCalled);

    expect(answer.kind).toBe('no-answer');
    expect(connections()).toBe(1);
  });
});

describe('commonOutcome', () => {
  const outcomeAt = (status: number, headers = {}) =>
    commonOutcome({ kind: 'answer', status, headers, text: '' })?.outcome ?? null;

  it('sends again what surely was not sent', () => {
    expect(commonOutcome({ kind: 'not-sent', fault: 'refused' })).toEqual({
      outcome: { kind: 'retry', when: 'at-once' },
      evidence: { httpStatus: null, issuerCode: 'refused', issuerText: null, traceId: null },
    });
  });

  it('does not know what became of a request without an answer', () => {
    expect(commonOutcome({ kind: 'no-answer', fault: 'timeout', status: 200 })).toEqual({
      outcome: { kind: 'unknown' },
      evidence: { httpStatus: 200, issuerCode: 'timeout', issuerText: null, traceId: null },
    });
  });

  it('honours Retry-After at 429', () => {
    expect(outcomeAt(429)).toEqual({ kind: 'retry', when: 'at-once' });
    expect(outcomeAt(429, { 'retry-after': '7' })).toEqual({ kind: 'retry', when: 'at-once', afterMs: 7_000 });
  });

  it.each([300, 301, 302, 304, 307, 308, 399, 401, 403, 405, 406, 415, 422])('waits for a person at %s', (status) => {
    const outcome = outcomeAt(status);

    expect(outcome).toEqual(later(expect.stringContaining(`${status}`) as string));
  });

  it.each([408, 500, 501, 502, 503, 504, 520, 599])('does not know what became of it at %s', (status) => {
    expect(outcomeAt(status)).toEqual({ kind: 'unknown' });
  });

  it.each([200, 201, 204, 400, 402, 404, 409, 410, 418])('leaves %s to the issuer’s own table', (status) => {
    expect(outcomeAt(status)).toBeNull();
  });

  it('never says that it was cancelled, whatever comes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 999 }), fc.string(), (status, wish) => {
        const kind = outcomeAt(status, { 'retry-after': wish })?.kind;
        return kind === undefined || kind === 'retry' || kind === 'unknown';
      }),
    );
  });
});

describe('retryAfterMs', () => {
  const now = Date.parse('1994-11-06T08:49:30Z');

  it.each([
    ['0', 0],
    ['1', 1_000],
    [' 120 ', 120_000],
    ['600', 600_000],
    ['86400', 600_000],
    ['9'.repeat(400), 600_000],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 7_000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 7_000],
    ['Sun, 06 Nov 1994 08:00:00 GMT', 0],
    ['Sun, 06 Nov 2094 08:00:00 GMT', 600_000],
  ])('reads %j as %i', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms);
  });

  it.each([undefined, '', ' ', 'soon', 'maybe 5', '-5', '1.5', '1e3', '0x10', 'Mon, never GMT'])(
    'makes nothing of %j',
    (header) => {
      expect(retryAfterMs(header, now)).toBeNull();
    },
  );
});

describe('evidenceOf', () => {
  const answer: IssuerAnswer = { kind: 'answer', status: 400, headers: {}, text: 'the raw body' };

  it('keeps what was found in the body, and never the body', () => {
    expect(evidenceOf(answer)).toEqual({ httpStatus: 400, issuerCode: null, issuerText: null, traceId: null });
    expect(evidenceOf(answer, { issuerCode: 'CIN000081', issuerText: 'is not active', traceId: 'a-1' })).toEqual({
      httpStatus: 400,
      issuerCode: 'CIN000081',
      issuerText: 'is not active',
      traceId: 'a-1',
    });
  });

  it('masks and bounds each of them', () => {
    const long = `4111 1111 1111 1111 ${'word '.repeat(1_000)}`;

    const { issuerCode, issuerText, traceId } = evidenceOf(answer, {
      issuerCode: long,
      issuerText: long,
      traceId: long,
    });

    expect([issuerCode?.length, issuerText?.length, traceId?.length]).toEqual([100, 500, 200]);
    expect(`${issuerCode}${issuerText}${traceId}`).not.toContain('4111');
  });

  it('prefers the issuer’s code over the name of the fault', () => {
    const broken: IssuerAnswer = { kind: 'no-answer', fault: 'reset', status: 200 };

    expect(evidenceOf(broken)).toMatchObject({ httpStatus: 200, issuerCode: 'reset' });
    expect(evidenceOf(broken, { issuerCode: 'E1' })).toMatchObject({ issuerCode: 'E1' });
  });
});

describe('scrub', () => {
  it.each([
    ['card 4111111111111111 is closed', 'card [number] is closed'],
    ['4111 1111 1111 1111', '[number]'],
    ['4111-1111-1111-1111', '[number]'],
    ['4111  1111  1111  1111', '[number]'],
    ['4111\n1111\n1111\n1111', '[number]'],
    ['4111\u00a01111\u00a01111\u00a01111', '[number]'],
    ['6304000000000000000', '[number]'],
    ['"pan":"378282246310005"', '"pan":"[number]"'],
    ['write to jane.doe+card@shop.example.com now', 'write to [e-mail] now'],
    ['<jane@shop.example>', '<[e-mail]>'],
    ['CPF 529.982.247-25', 'CPF [document]'],
    ['CPF 52998224725', 'CPF [number]'],
    ['CNPJ 11.222.333/0001-81', 'CNPJ [document]'],
    ['Authorization: Bearer abc.def', 'Authorization: Bearer [token]'],
    ['bearer   abc', 'Bearer [token]'],
    ['token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln expired', 'token [token] expired'],
    ['-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\nafter', '[key] after'],
    ['-----BEGIN PRIVATE KEY-----\nMIIE', '[key]'],
    ['line one\r\nlevel=error forged', 'line one level=error forged'],
    ['a\u0000b\u001b[31mc\u2028d\u0085e', 'a b [31mc d e'],
  ])('masks %j', (words, masked) => {
    expect(scrub(words)).toBe(masked);
  });

  it.each([
    'Payment instrument is not active',
    'Wallet with key: abeca0d0-a09d-4b3b-a495-40b553422ced was not found',
    'Wallet with key: 12345678-1234-4234-8234-12345678901a was not found',
    'CIN000081',
    'order 124125 at 2025-02-14 12:44:51',
    'address 10.120.0.1 is not allowed',
    '',
  ])('keeps %j', (words) => {
    expect(scrub(words)).toBe(words);
  });

  it('masks a number that is dressed as a UUID', () => {
    expect(scrub('41111111-1111-1111-4111-111111111111')).not.toMatch(/4111-?1111/);
  });

  it('masks a card number wherever it stands, also where a long text is cut', () => {
    const card = '4111 1111 1111 1111';
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3_000 }), fc.constantFrom('x ', 'xy', ', '), (length, filler) => {
        const scrubbed = scrub(`${filler.repeat(length)} ${card} ${filler.repeat(length)}`);
        return !scrubbed.includes('4111 11');
      }),
    );
  });

  it('is quick with megabytes of any one thing', () => {
    for (const piece of [
      'a',
      '1',
      '@',
      'a@',
      '.',
      '-',
      ' ',
      '\n',
      'eyJ',
      'Bearer ',
      '-----BEGIN',
      '-----END',
      '1.1-',
    ]) {
      expect(scrub(piece.repeat(2_000_000 / piece.length)).length).toBeLessThanOrEqual(4_000);
    }
  });

  it('finds nothing more to mask in what it has masked', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (words) => scrub(scrub(words)) === scrub(words)),
    );
  });
});

describe('readJsonObject', () => {
  it.each([
    ['{"result":"ok"}', { result: 'ok' }],
    [' {"result":"ok"}\n', { result: 'ok' }],
    ['"{\\"status\\":\\"Success\\"}"', { status: 'Success' }],
    ['{}', {}],
  ])('reads %j', (body, value) => {
    expect(readJsonObject(body)).toEqual(value);
  });

  it.each([
    '',
    ' ',
    '{',
    'null',
    'true',
    '1',
    '[]',
    '[{"result":"ok"}]',
    '"ok"',
    '"null"',
    '"[]"',
    '<html>',
    '{"a":1}}',
  ])('sees no object in %j', (body) => {
    expect(readJsonObject(body)).toBeNull();
  });

  it('survives a body that is nothing but nesting', () => {
    expect(readJsonObject('['.repeat(500_000))).toBeNull();
    expect(() => readJsonObject('{"a":'.repeat(150_000))).not.toThrow();
  });

  it('takes no field from a prototype', () => {
    expect(textOrNull(readJsonObject('{"__proto__":{"result":"ok"}}')?.result)).toBeNull();
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (body) => (readJsonObject(body), true)));
  });
});

describe('textOrNull', () => {
  it('lets text pass and nothing else', () => {
    expect(textOrNull('ok')).toBe('ok');
    for (const other of [undefined, null, 1, true, ['ok'], { toString: () => 'ok' }])
      expect(textOrNull(other)).toBeNull();
  });
});

const request = (url: string, more: Partial<IssuerRequest> = {}): IssuerRequest => ({
  method: 'POST',
  url,
  headers: {},
  body: null,
  timeoutMs: 10_000,
  ...more,
});

const send = (url: string, more: Partial<IssuerRequest> = {}) => client.send(request(url, more));

function failIfCalled(): never {
  throw new Error('the credentials were renewed');
}

async function listen<S extends Server>(server: S) {
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, connections: () => connections };
}

const serve = (answer: RequestListener) => listen(http.createServer(answer));

async function serveInTurn(statuses: number[]) {
  const requests: IncomingMessage[] = [];
  const served = await serve((incoming, response) => {
    requests.push(incoming);
    response.writeHead(statuses.shift() ?? 500).end();
  });
  return { ...served, requests };
}

async function whatIsSeen({ path, ...made }: Omit<IssuerRequest, 'url' | 'timeoutMs'> & { path: string }) {
  const seen = { method: '', path: '', headers: {} as http.IncomingHttpHeaders, body: '' };
  const { url } = await serve((incoming, response) => {
    Object.assign(seen, { method: incoming.method, path: incoming.url, headers: incoming.headers });
    incoming.setEncoding('utf8').on('data', (piece: string) => (seen.body += piece));
    incoming.on('end', () => response.end('{}'));
  });
  await send(`${url}${path}`, made);
  return seen;
}

/*
 * TLS with a key known to both sides (RFC 4279) instead of certificates: a real handshake with nothing to make or to let expire.
 */
const SHARED_KEY = Buffer.from('a key that both sides know');
const PSK: TlsOptions = { ciphers: 'PSK', minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' };

async function serveTls(answer: RequestListener) {
  const server = https.createServer({ ...PSK, pskCallback: () => SHARED_KEY, pskIdentityHint: 'test' }, answer);
  server.on('tlsClientError', () => undefined);
  const { url } = await listen(server);
  return { url: url.replace('http:', 'https:') };
}

async function sendTls(url: string, { key = SHARED_KEY, ...more }: Partial<IssuerRequest> & { key?: Buffer }) {
  const { Agent } = https;
  const psk = { ...PSK, pskCallback: () => ({ psk: key, identity: 'test' }), checkServerIdentity: () => undefined };
  const agents = jest.spyOn(https, 'Agent').mockImplementation((options) => new Agent({ ...options, ...psk }));
  const tlsClient = new AxiosIssuerHttp(new HttpService());
  agents.mockRestore();
  const answer = await tlsClient.send(request(url, more));
  tlsClient.close();
  return answer;
}
