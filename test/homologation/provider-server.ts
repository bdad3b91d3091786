import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http, { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { SecureVersion } from 'node:tls';

/*
 * A payment provider for the tests of the conformance kit: in memory, right by VTEX's contract, and wrong in exactly the ways that
 * are switched on. It shares no code with the kit or with the service.
 */

/** Each is one thing that a provider can get wrong. */
export const faults = {
  // The flows of the Test Suite
  'manifest without methods': 'suite.check-url',
  'manifest with a wrong allowsSplit': 'suite.check-url',
  'manifest with hours as numbers': 'suite.check-url',
  'manifest with a method misspelt': 'suite.check-url',
  'no settleId': 'suite.authorize',
  'no refundId': 'suite.authorize',
  'approves denied cards': 'suite.denied',
  'cancel never gives an id': 'suite.cancel',
  'no callback': 'suite.async-approved',
  'decides at once': 'suite.async-denied',
  'callback with the other status': 'suite.async-denied',
  'no address of the slip': 'suite.bank-invoice',
  'no address to redirect to': 'suite.redirect',
  'redirect address that is none': 'suite.redirect',
  // Callbacks
  'callback without the signature': 'callback.address',
  'callback to a rewritten address': 'callback.address',
  'callback by GET': 'callback.address',
  'callback without a body': 'callback.body',
  'callback of a wrong shape': 'callback.body',
  'callback without delays': 'callback.delays',
  'callback without keys': 'callback.credentials',
  'callback with the merchant keys': 'callback.credentials',
  'still undefined after the callback': 'callback.then-create',
  // Repeats
  'authorizes again': 'repeat.create',
  'tries a denied card again': 'repeat.create-denied',
  'another cancellationId for each call': 'repeat.cancel',
  'other bytes for a repeat': 'repeat.cancel',
  'settles again': 'repeat.settle',
  'refunds again': 'repeat.refund',
  'null for the second cancel': 'repeat.cancel-new-request',
  'another cancellationId for each request': 'repeat.cancel-new-request',
  'looks requests up by requestId alone': 'repeat.request-id-of-two-payments',
  'authorizes duplicates in flight': 'repeat.create-in-flight',
  '500 for a duplicate in flight': 'repeat.cancel-in-flight',
  '409 for a settlement in flight': 'repeat.settle-in-flight',
  'refunds duplicates in flight': 'repeat.refund-in-flight',
  'cancels once for each request in flight': 'repeat.cancels-in-flight',
  // The order of things
  'cancels what it never saw': 'life.cancel-unknown',
  'forgets an early cancellation': 'life.create-after-early-cancel',
  'refuses to cancel without an authorization': 'life.cancel-undefined',
  'undefined payments cannot be cancelled': 'life.cancel-undefined',
  'approves a cancelled undefined payment': 'life.undefined-stays-cancelled',
  'still approved after the cancellation': 'life.create-after-cancel',
  'undefined after the cancellation': 'life.create-after-cancel',
  'settles after the cancellation': 'life.settle-after-cancel',
  'cancels after the settlement': 'life.cancel-after-settle',
  'no lock': 'life.cancel-and-settle-at-once',
  'settles what it never saw': 'life.settle-unknown',
  'refunds what it never saw': 'life.refund-unknown',
  'refuses to cancel denied payments': 'life.cancel-denied',
  'wants an authorizationId': 'life.cancel-without-authorization',
  'callback after the cancellation': 'life.no-callback-after-cancel',
  // Credentials
  'knows no X-VTEX family': 'credentials.vtex-family',
  'knows no X-PROVIDER family': 'credentials.provider-family',
  'knows one case of letters': 'credentials.lower-case-vtex',
  'accepts a wrong token': 'credentials.wrong-token',
  'accepts unknown keys': 'credentials.unknown-key',
  'accepts no credentials': 'credentials.none',
  'accepts empty credentials': 'credentials.empty',
  'header of the Test Suite opens all': 'credentials.none',
  'shows the token': 'credentials.wrong-token',
  'refuses after the effect': 'credentials.no-effect',
  'manifest behind credentials': 'credentials.manifest',
  // Bad requests
  'crashes on malformed JSON': 'bad-request.not-json',
  '200 for garbage': 'bad-request.not-json',
  'HTML for garbage': 'bad-request.half',
  '500 for an empty body': 'bad-request.empty',
  'takes the first of an array': 'bad-request.array',
  'crashes on null': 'bad-request.null',
  'crashes on deep nesting': 'bad-request.deep',
  'takes the paymentId of the path': 'bad-request.no-payment-id',
  'needs no requestId': 'bad-request.no-request-id',
  'paymentId of any type': 'bad-request.payment-id-type',
  'requestId of any type': 'bad-request.request-id-type',
  'crashes on a bad path': 'bad-request.path',
  'believes the path': 'bad-request.other-payment',
  'crashes on large bodies': 'bad-request.oversize',
  '500 for half characters': 'bad-request.surrogates',
  '500 for control characters': 'bad-request.control-characters',
  '500 for bytes that are no text': 'bad-request.not-utf8',
  '500 for a long id': 'bad-request.long-id',
  'dies of __proto__': 'bad-request.prototype',
  // Leniency
  'refuses unknown fields': 'lenient.unknown-fields',
  'refuses amounts as text': 'lenient.decimal-text',
  'refuses sandboxMode as text': 'lenient.sandbox-text',
  'refuses a charset': 'lenient.charset',
  'refuses dashed ids': 'lenient.payment-id',
  'refuses short requestIds': 'lenient.request-id',
  'refuses other spellings': 'lenient.other-pair',
  // Every answer
  'create without tid': 'answers.create',
  'create with delays as text': 'answers.create',
  'cancel without code': 'answers.cancel',
  'settle value as text': 'answers.settle',
  'refund value where nothing is refunded': 'answers.refund',
  '202 for a cancellation': 'answers.status',
  '409 for a refused settlement': 'answers.status',
  'HTML error page': 'answers.json',
  '200 with an empty body': 'answers.json',
  'JSON as text/plain': 'answers.json',
  'another paymentId': 'answers.payment-id',
  'requestId not echoed': 'answers.request-id',
  'no message': 'answers.message',
  'id as the text "undefined"': 'answers.ids',
  'one id for all': 'answers.ids-differ',
  'manual with an id': 'answers.reserved-codes',
  'refund-manually with an id': 'answers.reserved-codes',
  'refund-manually in a settlement': 'answers.settle-code',
  'delayToCancel of a minute': 'answers.delay-to-cancel',
  'delayToCancel of 300': 'answers.delay-to-cancel',
  'delayToCancel that changes': 'answers.same-delay',
  'delayToCancel that changes in the callback': 'answers.same-delay',
  'shows the card number': 'answers.no-secrets',
  'never answers a cancellation': 'answers.in-time',
  'breaks shape outside of the Test Suite': 'transport.in-time',
} as const;

export type Fault = keyof typeof faults;

/** What the kit can only doubt: VTEX documents nothing, or allows it. */
export const doubtfulFaults: readonly Fault[] = [
  'callback without delays',
  'callback without keys',
  'callback with the merchant keys',
  'cancels what it never saw',
  'undefined payments cannot be cancelled',
  'undefined after the cancellation',
  '409 for a refused settlement',
  'delayToCancel of 300',
];

export const providerCredentials = {
  appKey: 'vtexappkey-mystore-ABCDEF',
  appToken: 'app-token-of-the-provider-0123456789',
};

export interface ProviderServer {
  readonly url: string;
  /** Every request target, in order. */
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

interface TlsOptions {
  readonly key: string;
  readonly cert: string;
  readonly minVersion?: SecureVersion;
}

interface ProviderOptions {
  readonly faults?: readonly Fault[];
  readonly methods?: readonly string[];
  readonly tls?: TlsOptions;
}

export async function startProvider(options: ProviderOptions = {}): Promise<ProviderServer> {
  const requests: string[] = [];
  const provider = new Provider(new Set(options.faults), options.methods ?? ['Visa', 'BankInvoice', 'FakePay']);
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    requests.push(`${request.method} ${request.url}`);
    void provider.answer(request, response).catch((fault: unknown) => {
      if (fault instanceof Crash) return request.socket.destroy();
      console.error(fault);
      return request.socket.destroy();
    });
  };
  const server = options.tls ? createTlsServer(options.tls, handle) : createServer(handle);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls ? 'https://localhost' : 'http://127.0.0.1'}:${port}`,
    requests,
    stop: async () => {
      provider.stop();
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Ends the connection without an answer. */
class Crash extends Error {}

type Fields = Record<string, unknown>;

interface Reply {
  readonly status: number;
  readonly body: Fields | string;
}

interface Payment {
  status: 'approved' | 'denied' | 'undefined';
  created: Fields | null;
  cancellationId: string | null;
  settleId: string | null;
}

const cards: Readonly<Record<string, { readonly now: Payment['status']; readonly then?: 'approved' | 'denied' }>> = {
  '4444333322221111': { now: 'approved' },
  '4444333322221112': { now: 'denied' },
  '4222222222222224': { now: 'undefined', then: 'approved' },
  '4222222222222225': { now: 'undefined', then: 'denied' },
};

const CALLBACK_DELAY_MS = 150;

class Provider {
  readonly #payments = new Map<string, Payment>();
  /** Final answers by payment, operation and requestId. */
  readonly #answers = new Map<string, Reply>();
  readonly #inFlight = new Map<string, number>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #faults: ReadonlySet<Fault>;
  readonly #methods: readonly string[];

  constructor(faultsOn: ReadonlySet<Fault>, methods: readonly string[]) {
    this.#faults = faultsOn;
    this.#methods = methods;
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const reply = await this.#reply(request, Buffer.concat(chunks));
    if (reply === null) return;
    const isText = typeof reply.body === 'string';
    const body = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
    const type = isText
      ? 'text/html'
      : this.#has('JSON as text/plain')
        ? 'text/plain'
        : 'application/json; charset=utf-8';
    response.writeHead(reply.status, { 'content-type': type }).end(body);
  }

  #has(fault: Fault): boolean {
    return this.#faults.has(fault);
  }

  /** Null: never. */
  async #reply(request: IncomingMessage, bytes: Buffer): Promise<Reply | null> {
    const { method, url = '' } = request;
    const isTestSuite = request.headers['x-vtex-api-is-testsuite'] === 'true';
    if (method === 'GET' && url === '/manifest')
      return this.#has('manifest behind credentials') && !this.#isKnown(request, isTestSuite)
        ? refusal(401, 'unauthorized', 'These credentials are wrong.')
        : { status: 200, body: this.#manifest() };

    if (!this.#isKnown(request, isTestSuite)) {
      const { body } = this.#read(request, bytes);
      if (this.#has('refuses after the effect') && body && url.endsWith('/cancellations'))
        this.#cancel(String(body.paymentId), String(body.requestId), body);
      const shown = this.#has('shows the token') ? String(request.headers['x-vtex-api-apptoken']) : 'These credentials';
      return refusal(401, 'unauthorized', `${shown} are wrong.`);
    }

    const { body, fault } = this.#read(request, bytes);
    if (body === null) return fault;
    if (this.#has('crashes on a bad path') && url.includes('%zz')) throw new Crash();
    const [, inPath, suffix] = /^\/payments\/([^/]+)\/(cancellations|settlements|refunds)$/.exec(url) ?? [];
    if (url === '/payments') {
      const paymentId = body.paymentId;
      if (!this.#isId(paymentId, 'paymentId of any type'))
        return this.#idFault(paymentId, body, 'takes the paymentId of the path');
      return this.#once(`create ${String(paymentId)}`, 'create', () =>
        this.#create(String(paymentId), body, isTestSuite),
      );
    }
    if (inPath === undefined || suffix === undefined)
      return refusal(400, 'invalid-request', 'There is nothing at this path.');
    return this.#later(inPath, suffix as Suffix, body);
  }

  async #later(inPath: string, suffix: Suffix, body: Fields): Promise<Reply | null> {
    const isPathEnough = body.paymentId === undefined && this.#has('takes the paymentId of the path');
    if (!isPathEnough && !this.#isId(body.paymentId, 'paymentId of any type'))
      return this.#idFault(body.paymentId, body);
    const isOther = body.paymentId !== inPath && typeof body.paymentId === 'string';
    if (isOther && !this.#has('believes the path'))
      return refusal(400, 'invalid-request', 'paymentId differs from the one in the path.');
    const isMissing = body.requestId === undefined && this.#has('needs no requestId');
    if (!isMissing && !this.#isId(body.requestId, 'requestId of any type')) return this.#idFault(body.requestId, body);
    const requestId = String(body.requestId);
    if (this.#has('refuses short requestIds') && requestId.length < 8)
      return refusal(400, 'invalid-request', 'requestId is too short.');
    if (this.#has('never answers a cancellation') && suffix === 'cancellations') return null;
    const perform = {
      cancellations: () => this.#cancel(inPath, requestId, body),
      settlements: () => this.#settle(inPath, requestId, body),
      refunds: () => this.#refund(inPath, requestId, body),
    }[suffix];
    const owner = this.#has('looks requests up by requestId alone') ? '' : inPath;
    const reply = await this.#once(`${suffix} ${owner} ${requestId}`, suffix, perform);
    return this.#spoilt(reply, suffix);
  }

  #isKnown({ rawHeaders, headers }: IncomingMessage, isTestSuite: boolean): boolean {
    if (this.#has('header of the Test Suite opens all') && isTestSuite) return true;
    const written = new Map<string, string>();
    for (let at = 0; at < rawHeaders.length; at += 2) written.set(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
    const find = (name: 'AppKey' | 'AppToken') => {
      const families = [
        ...(this.#has('knows no X-PROVIDER family') ? [] : ['X-PROVIDER-API-']),
        ...(this.#has('knows no X-VTEX family') ? [] : ['X-VTEX-API-']),
      ];
      const values = families.map((family) =>
        this.#has('knows one case of letters') ? written.get(family + name) : headers[(family + name).toLowerCase()],
      );
      return values.find((value) => value !== undefined);
    };
    const [key, token] = [find('AppKey'), find('AppToken')];
    if (key === undefined && token === undefined) return this.#has('accepts no credentials');
    if (key === '' && token === '') return this.#has('accepts empty credentials');
    const isKey = key === providerCredentials.appKey || this.#has('accepts unknown keys');
    const isToken = token === providerCredentials.appToken || this.#has('accepts a wrong token');
    return isKey && isToken;
  }

  #read(request: IncomingMessage, bytes: Buffer): { body: Fields; fault: null } | { body: null; fault: Reply } {
    const refuse = (fault: Reply) => ({ body: null, fault });
    const text = bytes.toString('utf8');
    if (this.#has('refuses a charset') && /charset/.test(request.headers['content-type'] ?? ''))
      return refuse(refusal(415, 'invalid-request', 'The content type is unknown.'));
    if (bytes.length > 64_000) {
      if (this.#has('crashes on large bodies')) throw new Crash();
      return refuse(refusal(400, 'invalid-request', 'The body is too large.'));
    }
    if (this.#has('500 for bytes that are no text') && text.includes('\ufffd')) return refuse(serverError());
    if (text === '' && this.#has('500 for an empty body')) return refuse(serverError());
    if (this.#has('crashes on deep nesting') && text.startsWith('[[[')) throw new Crash();
    const parsed = parse(text);
    const value = Array.isArray(parsed) && this.#has('takes the first of an array') ? (parsed[0] as unknown) : parsed;
    if (value === null && this.#has('crashes on null')) throw new Crash();
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      if (this.#has('crashes on malformed JSON')) throw new Crash();
      if (this.#has('200 for garbage')) return refuse({ status: 200, body: { message: 'OK' } });
      if (this.#has('HTML for garbage')) return refuse({ status: 400, body: '<h1>Bad Request</h1>' });
      return refuse(refusal(400, 'invalid-request', 'The body must be a JSON object.'));
    }
    return this.#judge(value as Fields, text) ?? { body: value as Fields, fault: null };
  }

  /** What a server that is too strict, or too weak, makes of a readable body. */
  #judge(body: Fields, text: string): { body: null; fault: Reply } | null {
    if (Object.hasOwn(body, '__proto__') && this.#has('dies of __proto__')) throw new Crash();
    if (this.#has('500 for half characters') && /\\ud800|\\udfff/.test(text))
      return { body: null, fault: serverError() };
    if (this.#has('500 for control characters') && text.includes('\\u0000'))
      return { body: null, fault: serverError() };
    const isStrange =
      (this.#has('refuses unknown fields') && 'fieldOfTheFuture' in body) ||
      (this.#has('refuses amounts as text') && typeof body.value === 'string') ||
      (this.#has('refuses sandboxMode as text') && [body.sandboxMode, body.sandBoxMode].includes('false')) ||
      (this.#has('refuses other spellings') && 'inboundRequestUrl' in body) ||
      (this.#has('refuses dashed ids') && String(body.paymentId).includes('-'));
    return isStrange ? { body: null, fault: refusal(400, 'invalid-request', 'A field is wrong.') } : null;
  }

  #isId(value: unknown, ifAnything: Fault): boolean {
    const isId = typeof value === 'string' && /^[^\p{Cc}\p{Cs}]{1,255}$/u.test(value);
    return isId || (value !== undefined && typeof value !== 'string' && this.#has(ifAnything));
  }

  #idFault(id: unknown, body: Fields, unless?: Fault): Reply {
    if (unless && this.#has(unless)) return { status: 200, body: { ...body, status: 'approved' } };
    if (typeof id === 'string' && id.length > 255 && this.#has('500 for a long id')) return serverError();
    return refusal(400, 'invalid-request', 'An id is missing or wrong.');
  }

  /** Duplicates come to the answer of the first. */
  async #once(key: string, kind: Suffix | 'create', perform: () => Reply): Promise<Reply> {
    const inFlight = this.#inFlight.get(key) ?? 0;
    const isFaulty =
      (kind === 'cancellations' && this.#has('500 for a duplicate in flight')) ||
      (kind === 'settlements' && this.#has('409 for a settlement in flight')) ||
      (kind === 'create' && this.#has('authorizes duplicates in flight')) ||
      (kind === 'refunds' && this.#has('refunds duplicates in flight'));
    if (isFaulty) {
      this.#inFlight.set(key, inFlight + 1);
      if (inFlight > 0) {
        if (kind === 'cancellations') return serverError();
        if (kind === 'settlements') return refusal(409, 'in-flight', 'Try again.');
        return perform();
      }
      // Long enough to be met by its duplicates, where there are any.
      for (let wait = 0; wait < 100 && this.#inFlight.get(key) === 1; wait += 1) await this.#pause(5);
      this.#inFlight.delete(key);
    }
    const isForgotten =
      (kind === 'cancellations' && this.#has('another cancellationId for each call')) ||
      (kind === 'settlements' && this.#has('settles again')) ||
      (kind === 'refunds' && this.#has('refunds again'));
    const kept = this.#answers.get(key);
    if (kept && kind !== 'create' && !isForgotten) {
      if (!this.#has('other bytes for a repeat') || typeof kept.body === 'string') return kept;
      return { ...kept, body: { ...kept.body, message: 'Was done before' } };
    }
    const reply = perform();
    this.#answers.set(key, reply);
    return reply;
  }

  #create(paymentId: string, body: Fields, isTestSuite: boolean): Reply {
    const known = this.#payments.get(paymentId);
    if (known) return this.#createdBefore(known, paymentId, body);
    const number = (body.card as { readonly number?: string | null } | null)?.number ?? '';
    const script = isTestSuite ? cards[number] : undefined;
    const then = script?.then;
    let status = script?.now ?? 'undefined';
    if (status === 'denied' && this.#has('approves denied cards')) status = 'approved';
    if (then && this.#has('decides at once')) status = then;
    const payment: Payment = { ...nothingYet(), status };
    payment.created = this.#describe(paymentId, status, body);
    this.#payments.set(paymentId, payment);
    // A slip, or a page elsewhere: the Test Suite pays it at once.
    const isPaidElsewhere = isTestSuite && number === '';
    if (then || isPaidElsewhere) this.#callBackLater(paymentId, payment, then ?? 'approved', body);
    return this.#createReply(payment.created, isTestSuite);
  }

  #createdBefore(payment: Payment, paymentId: string, body: Fields): Reply {
    const again = () => this.#describe(paymentId, payment.status, body);
    if (this.#has('authorizes again') || this.#has('authorizes duplicates in flight')) payment.created = again();
    if (payment.status === 'denied' && this.#has('tries a denied card again')) payment.created = again();
    if (this.#has('delayToCancel that changes'))
      payment.created = { ...payment.created, delayToCancel: Math.round(1_000 + Math.random() * 1e5) };
    const isDenied = payment.cancellationId !== null || payment.created === null;
    const created = payment.created ?? again();
    if (!isDenied || this.#has('still approved after the cancellation')) return { status: 200, body: created };
    if (created.status === 'undefined' && this.#has('approves a cancelled undefined payment'))
      return { status: 200, body: this.#describe(paymentId, 'approved', body) };
    const status = this.#has('undefined after the cancellation') ? 'undefined' : 'denied';
    return { status: 200, body: { ...created, status, authorizationId: null } };
  }

  #createReply(created: Fields, isTestSuite: boolean): Reply {
    if (!isTestSuite && this.#has('breaks shape outside of the Test Suite'))
      return { status: 200, body: { ...created, tid: 7 } };
    return { status: 200, body: created };
  }

  #describe(paymentId: string, status: Payment['status'], body: Fields): Fields {
    const method = String(body.paymentMethod);
    const delay = this.#has('delayToCancel of a minute') ? 60 : this.#has('delayToCancel of 300') ? 300 : 21_600;
    const page = this.#has('redirect address that is none') ? 'soon' : `https://pay.example.com/${paymentId}`;
    return {
      paymentId: this.#has('another paymentId') ? newId() : paymentId,
      status,
      authorizationId: status === 'approved' ? `AUT-${newId()}` : null,
      ...(this.#has('create without tid') ? {} : { tid: `TID-${newId()}` }),
      nsu: `NSU-${newId()}`,
      acquirer: 'TestPay',
      code: null,
      message: this.#has('shows the card number') ? `Card ${String((body.card as Fields | null)?.number)}` : null,
      delayToAutoSettle: this.#has('create with delays as text') ? '21600' : 21_600,
      delayToAutoSettleAfterAntifraud: 1_800,
      delayToCancel: delay,
      ...(method === 'BankInvoice' && !this.#has('no address of the slip') ? { paymentUrl: page } : {}),
      ...(method === 'FakePay' && !this.#has('no address to redirect to') ? { redirectUrl: page } : {}),
    };
  }

  #cancel(paymentId: string, requestId: string, body: Fields): Reply {
    const payment = this.#payments.get(paymentId);
    const answer = (cancellationId: string | null, code: string | null, message: string): Reply => ({
      status: 200,
      body: { paymentId, cancellationId, code, message, requestId },
    });
    const manual = () => answer(null, 'cancel-manually', 'Cancellation should be done manually.');
    if (payment === undefined) {
      const id = this.#has('cancels what it never saw') ? newId() : null;
      if (!this.#has('forgets an early cancellation'))
        this.#payments.set(paymentId, { ...nothingYet(), status: 'denied', cancellationId: id });
      return id === null ? manual() : answer(id, null, 'Successfully cancelled');
    }
    if (payment.created === null) return manual();
    if (payment.status === 'denied' && this.#has('refuses to cancel denied payments'))
      return refusal(404, 'not-found', 'There is no authorization.');
    if (payment.status === 'undefined' && this.#has('refuses to cancel without an authorization'))
      return refusal(422, 'no-authorization', 'There is no authorization.');
    if (payment.status === 'undefined' && this.#has('undefined payments cannot be cancelled')) return manual();
    if (body.authorizationId === undefined && this.#has('wants an authorizationId')) return manual();
    if (this.#has('cancel never gives an id')) return answer(null, 'cancel-failed', 'Cancellation has failed');
    const isTaken = payment.settleId !== null && !this.#has('cancels after the settlement') && !this.#has('no lock');
    if (isTaken) return answer(null, 'cancel-failed', 'The payment is settled.');
    const isSecond = payment.cancellationId !== null;
    if (isSecond && this.#has('null for the second cancel')) return answer(null, '1', 'Already cancelled');
    const isAnother =
      this.#has('another cancellationId for each call') ||
      this.#has('another cancellationId for each request') ||
      this.#has('cancels once for each request in flight');
    if (!isSecond || isAnother) payment.cancellationId = this.#has('one id for all') ? 'CANCEL-1' : newId();
    return answer(payment.cancellationId, null, 'Successfully cancelled');
  }

  #settle(paymentId: string, requestId: string, { value }: Fields): Reply {
    const payment = this.#payments.get(paymentId);
    const refused = this.#has('409 for a refused settlement') ? 409 : 500;
    const refuse = (message: string): Reply => ({
      status: refused,
      body: { paymentId, settleId: null, value: 0, code: 'settle-failed', message, requestId },
    });
    const isUnknown = payment === undefined || payment.created === null;
    if (isUnknown && !this.#has('settles what it never saw')) return refuse('This payment is not known.');
    const isCancelled = payment?.cancellationId != null;
    const isIgnored = this.#has('settles after the cancellation') || this.#has('no lock');
    if (isCancelled && !isIgnored) return refuse('The payment is cancelled.');
    if (payment && payment.status !== 'approved') return refuse('The payment is not approved.');
    const settleId = newId();
    if (payment) payment.settleId = settleId;
    if (this.#has('no settleId')) return refuse('Settlement has failed');
    return {
      status: 200,
      body: { paymentId, settleId, value: amount(value), code: null, message: 'Successfully settled', requestId },
    };
  }

  #refund(paymentId: string, requestId: string, { value }: Fields): Reply {
    const payment = this.#payments.get(paymentId);
    const isSettled = payment?.settleId != null || this.#has('refunds what it never saw');
    const isManual = this.#has('refund-manually with an id');
    if (!isSettled || this.#has('no refundId')) {
      const none = { paymentId, refundId: null, value: 0, code: 'refund-failed', message: 'Refund failed', requestId };
      return { status: 500, body: none };
    }
    return {
      status: 200,
      body: {
        paymentId,
        refundId: newId(),
        value: amount(value),
        code: isManual ? 'refund-manually' : null,
        message: 'Successfully refunded',
        requestId,
      },
    };
  }

  /** What was right until it was written. */
  #spoilt(reply: Reply, suffix: Suffix): Reply {
    if (typeof reply.body === 'string') return reply;
    const body = { ...reply.body };
    if (suffix === 'cancellations') {
      if (this.#has('HTML error page')) return { status: 500, body: '<html>Internal Server Error</html>' };
      if (this.#has('200 with an empty body')) return { status: 200, body: '' };
      if (this.#has('202 for a cancellation')) return { status: 202, body };
      if (this.#has('cancel without code')) delete body.code;
      if (this.#has('requestId not echoed')) body.requestId = newId();
      if (this.#has('no message')) body.message = '';
      if (this.#has('id as the text "undefined"')) body.cancellationId = 'undefined';
      if (this.#has('manual with an id')) Object.assign(body, { code: 'cancel-manually', cancellationId: newId() });
    }
    if (suffix === 'settlements') {
      if (this.#has('settle value as text')) body.value = '31.90';
      if (this.#has('refund-manually in a settlement'))
        Object.assign(body, { code: 'refund-manually', settleId: null });
    }
    if (suffix === 'refunds' && this.#has('refund value where nothing is refunded'))
      Object.assign(body, { refundId: null, value: 31.9 });
    return { ...reply, body };
  }

  #callBackLater(paymentId: string, payment: Payment, then: 'approved' | 'denied', body: Fields): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      const isGone = payment.cancellationId !== null && !this.#has('callback after the cancellation');
      if (!isGone) void this.#callBack(paymentId, payment, then, body);
    }, CALLBACK_DELAY_MS);
    this.#timers.add(timer);
  }

  async #callBack(paymentId: string, payment: Payment, then: 'approved' | 'denied', body: Fields): Promise<void> {
    const other = then === 'approved' ? 'denied' : 'approved';
    const status = this.#has('callback with the other status') ? other : then;
    const delays = this.#has('delayToCancel that changes in the callback') ? { delayToCancel: 900 } : {};
    const told: Fields = {
      ...payment.created,
      status,
      authorizationId: then === 'approved' ? `AUT-${newId()}` : null,
      ...delays,
    };
    if (!this.#has('still undefined after the callback')) {
      payment.status = then;
      payment.created = { ...told, status: then };
    }
    if (this.#has('no callback')) return;
    if (this.#has('callback without delays')) delete told.delayToAutoSettle;
    if (this.#has('callback of a wrong shape')) told.tid = 7;
    let url = String(body.callbackUrl);
    if (this.#has('callback without the signature')) url = url.replace(/&X-VTEX-signature=.*$/, '');
    if (this.#has('callback to a rewritten address')) url = decodeURIComponent(url);
    const keys = this.#has('callback with the merchant keys') ? providerCredentials : partnerCredentials;
    await post(url, {
      method: this.#has('callback by GET') ? 'GET' : 'POST',
      headers: this.#has('callback without keys')
        ? {}
        : { 'X-VTEX-API-AppKey': keys.appKey, 'X-VTEX-API-AppToken': keys.appToken },
      body: this.#has('callback without a body') ? '' : JSON.stringify(told),
    });
  }

  #manifest(): Fields {
    const allowsSplit = this.#has('manifest with a wrong allowsSplit') ? 'sometimes' : 'onCapture';
    const isMisspelt = this.#has('manifest with a method misspelt');
    const hours = this.#has('manifest with hours as numbers') ? 720 : '720';
    return {
      paymentMethods: this.#has('manifest without methods')
        ? []
        : this.#methods.map((name) => ({ name: isMisspelt ? name.toUpperCase() : name, allowsSplit })),
      customFields: [{ name: 'Program', type: 'text' }],
      autoSettleDelay: { minimum: '0', maximum: hours },
    };
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#timers.add(setTimeout(resolve, ms)));
  }
}

type Suffix = 'cancellations' | 'settlements' | 'refunds';

const partnerCredentials = { appKey: 'vtexappkey-partner-FEDCBA', appToken: 'app-token-of-the-partner-0123456789' };

const nothingYet = () => ({
  status: 'undefined' as const,
  created: null,
  cancellationId: null,
  settleId: null,
});

const refusal = (status: number, code: string, message: string): Reply => ({
  status,
  body: { status: 'error', code, message },
});

const serverError = () => refusal(500, 'internal-error', 'An internal error occurred.');

const newId = () => randomUUID().replaceAll('-', '').toUpperCase();

const amount = (value: unknown) => Number(String(value).replace(',', '.'));

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** As it is written: `fetch` would tidy the address up. */
async function post(
  url: string,
  { method, headers, body }: { method: string; headers: Record<string, string>; body: string },
): Promise<void> {
  const [, host = '', target = ''] = /^http:\/\/([^/]+)(.*)$/.exec(url) ?? [];
  const { hostname, port } = new URL(`http://${host}`);
  await new Promise<void>((resolve) => {
    const request = http.request({
      hostname,
      port,
      method,
      path: target,
      headers: { ...headers, 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
      agent: false,
    });
    request.on('response', (response) => response.resume().on('end', resolve));
    // The kit has heard enough and is gone.
    request.on('error', () => resolve());
    request.end(body);
  });
}
