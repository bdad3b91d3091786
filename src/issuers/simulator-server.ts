import { randomInt } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/*
 * What the four simulators share: a server on 127.0.0.1, the ways in which it can misbehave, and the ledger of what was really
 * done. Each issuer's simulator adds its paths, its checks of what it is sent, and its answers.
 */

export type StartSimulator = (options?: SimulatorOptions) => Promise<Simulator>;

export interface SimulatorOptions {
  /** 0 (the default) takes a free port. */
  readonly port?: number;
  /** How much later a late effect, a slow answer or a callback comes. */
  readonly lateMs?: number;
  /** Takes the keys that the first such simulator of this process made, where they cost more than all else that it does to start. */
  readonly sharesKeys?: boolean;
}

/** One running simulator. */
export interface Simulator {
  /** For `<CODE>_BASE_URL`. */
  readonly url: string;
  /** The settings (without the issuer's prefix) with which the connector and this simulator understand each other. */
  readonly settings: Readonly<Record<string, string>>;
  /** References to try, the documented sample first, each with what it makes the simulator do. */
  readonly examples: readonly { readonly reference: Readonly<Record<string, unknown>>; readonly does: string }[];
  /** A new reference whose cancel behaves as said. */
  referenceFor(behaviour: BehaviourName): Readonly<Record<string, unknown>>;
  /** What was really done, in order: one entry for each effect. */
  readonly effects: readonly Effect[];
  /** Every request that came in, in order, whether accepted or not. */
  readonly requests: readonly SimulatedRequest[];
  /** Makes the next answers to cancels of this reference behave as listed, before its own behaviour applies again. */
  script(reference: Readonly<Record<string, unknown>>, behaviours: readonly Behaviour[]): void;
  /** Where callbacks go (a full URL); null sends none. Issuers without callbacks ignore it. */
  sendCallbacksTo(url: string | null): void;
  stop(): Promise<void>;
}

export interface Effect {
  /** The simulator's own id of what was cancelled: the text of the issuer's `reference.identity`. */
  readonly identity: string;
  readonly at: Date;
}

export interface SimulatedRequest {
  /** When it was read whole. */
  readonly at: Date;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** What is wrong with it by the issuer's rules (signature, lengths, mandatory fields); null when all is well. */
  readonly fault: string | null;
  /** What it was answered; null while it is not, or when the connection was broken off instead. */
  readonly status: number | null;
}

/** How one cancel is treated: what is done, and what is answered. */
export interface Behaviour {
  /** Whether and when the card is really cancelled. */
  readonly effect: 'none' | 'before-answer' | 'late';
  readonly answer: SimulatedAnswer;
  /** How late the effect or the answer is; the simulator's own `lateMs` when absent. */
  readonly afterMs?: number;
}

/**
 * - `natural`: what the issuer would say of its own accord, given the card's state.
 * - `refuse`, `not-found`, `already`: the issuer's own such answer.
 * - `hang`: never answers. `reset`: closes the connection hard. `cut`: half the natural answer, then closes.
 * - `slow`: the natural answer, after `lateMs`.
 * - `html`: 200 with an HTML page. `huge`: 200 with 2 MB. `not-utf8`: 200 with bytes that are no text.
 * - `raw`: exactly this.
 */
export type SimulatedAnswer =
  | 'natural'
  | 'refuse'
  | 'not-found'
  | 'already'
  | 'hang'
  | 'reset'
  | 'cut'
  | 'slow'
  | 'html'
  | 'huge'
  | 'not-utf8'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body: string };

/**
 * The behaviours that a reference can ask for by the last two characters of its id, the same at all four issuers.
 * Any other ending cancels properly. Where a list has more than one entry, each cancel takes the next; the last one stays.
 */
export const behaviours = {
  works: { ending: null, list: [{ effect: 'before-answer', answer: 'natural' }], does: 'cancels' },
  refuses: { ending: '60', list: [{ effect: 'none', answer: 'refuse' }], does: 'refuses' },
  'not-found': { ending: '61', list: [{ effect: 'none', answer: 'not-found' }], does: 'does not know it' },
  already: { ending: '62', list: [{ effect: 'none', answer: 'already' }], does: 'was cancelled before' },
  hangs: { ending: '70', list: [{ effect: 'none', answer: 'hang' }], does: 'never answers and does nothing' },
  'answer-lost': {
    ending: '71',
    list: [{ effect: 'before-answer', answer: 'hang' }],
    does: 'cancels, and never answers',
  },
  late: {
    ending: '72',
    list: [{ effect: 'late', answer: 'hang' }],
    does: 'cancels after our time-out, and never answers',
  },
  resets: { ending: '73', list: [{ effect: 'none', answer: 'reset' }], does: 'resets the connection and does nothing' },
  'cut-off': {
    ending: '74',
    list: [{ effect: 'before-answer', answer: 'cut' }],
    does: 'cancels, and breaks off in mid-answer',
  },
  'server-error': {
    ending: '75',
    list: [{ effect: 'before-answer', answer: { status: 500, body: 'Internal Server Error' } }],
    does: 'cancels, and answers 500',
  },
  'too-many': {
    ending: '80',
    list: [
      { effect: 'none', answer: { status: 429, headers: { 'retry-after': '1' }, body: '' } },
      { effect: 'before-answer', answer: 'natural' },
    ],
    does: 'answers 429 with Retry-After: 1, then cancels',
  },
  'token-expired': {
    ending: '81',
    list: [
      { effect: 'none', answer: { status: 401, body: '' } },
      { effect: 'before-answer', answer: 'natural' },
    ],
    does: 'answers 401 once, then cancels',
  },
  unavailable: {
    ending: '82',
    list: [{ effect: 'none', answer: { status: 503, body: '' } }],
    does: 'answers 503 and does nothing',
  },
  redirects: {
    ending: '83',
    list: [{ effect: 'none', answer: { status: 302, headers: { location: 'http://127.0.0.1:9/' }, body: '' } }],
    does: 'redirects',
  },
  huge: { ending: '84', list: [{ effect: 'before-answer', answer: 'huge' }], does: 'cancels, and answers 2 MB' },
  html: {
    ending: '85',
    list: [{ effect: 'before-answer', answer: 'html' }],
    does: 'cancels, and answers an HTML page',
  },
  slow: { ending: '86', list: [{ effect: 'before-answer', answer: 'slow' }], does: 'cancels, and answers late' },
} as const satisfies Record<string, { ending: string | null; list: readonly Behaviour[]; does: string }>;

export type BehaviourName = keyof typeof behaviours;

/** Digits for a new id, with the ending that asks for `behaviour`. `length` counts the ending. */
export function idEnding(behaviour: BehaviourName): string {
  return behaviours[behaviour].ending ?? String(randomInt(10, 50));
}

/** What a simulator's paths have to work with. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  /** Answers JSON with this status. */
  json(status: number, body: unknown, headers?: Readonly<Record<string, string>>): void;
  /** Notes that the request breaks a rule of the issuer. Call it before answering. */
  fault(what: string): void;
}

export interface CancelCall {
  readonly identity: string;
  /** Text whose last two characters choose the behaviour. */
  readonly id: string;
  readonly natural: NaturalAnswers;
}

/** The issuer's own words, each written to the exchange when its time has come. */
export interface NaturalAnswers {
  /** For a card that was open until now. */
  success(): IssuerBody;
  /** For a card that is cancelled already. */
  already(): IssuerBody;
  refuse(): IssuerBody;
  notFound(): IssuerBody;
  /** Called after the effect was done; issuers that call back do it here. */
  afterEffect?(): void;
}

export interface IssuerBody {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What an issuer sends by itself. */
export interface CallbackMessage {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** No issuer's page names a schedule that fits a test; a few attempts are enough for a service that is just starting. */
const CALLBACK_ATTEMPTS = 4;

/** The frame around one issuer's simulator. */
export class SimulatorServer {
  readonly effects: Effect[] = [];
  readonly requests: SimulatedRequest[] = [];
  readonly lateMs: number;
  callbackUrl: string | null = null;
  readonly #scripts = new Map<string, Behaviour[]>();
  readonly #counts = new Map<string, number>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #server;

  private constructor(
    options: SimulatorOptions,
    private readonly handle: (exchange: Exchange, server: SimulatorServer) => void | Promise<void>,
  ) {
    this.lateMs = options.lateMs ?? 3_000;
    this.#server = createServer((request, response) => void this.#answer(request, response));
    // Longer than clients keep an idle connection: with Node's 5 s, one that was busy is closed on a request that is on its way.
    this.#server.keepAliveTimeout = 60_000;
  }

  /** Listens on 127.0.0.1 and passes each request, read whole, to `handle`. */
  static async start(
    options: SimulatorOptions,
    handle: (exchange: Exchange, server: SimulatorServer) => void | Promise<void>,
  ): Promise<SimulatorServer> {
    const server = new SimulatorServer(options, handle);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  isCancelled(identity: string): boolean {
    return this.effects.some((effect) => effect.identity === identity);
  }

  script(identity: string, list: readonly Behaviour[]): void {
    this.#scripts.set(identity, [...list]);
  }

  /** Runs `work` later, unless the simulator is stopped before. */
  later(ms: number, work: () => void | Promise<void>): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void work();
    }, ms);
    this.#timers.add(timer);
  }

  /**
   * Calls back after `delayMs`, and again while it is not heard; not at all while there is no URL for it.
   *
   * @param make the message to this URL; `attempt` counts from 1
   */
  callBack(delayMs: number, make: (url: string, attempt: number) => CallbackMessage, attempt = 1): void {
    if (this.callbackUrl === null || attempt > CALLBACK_ATTEMPTS) return;
    this.later(delayMs, async () => {
      if (this.callbackUrl === null) return;
      const isHeard = await isAccepted(make(this.callbackUrl, attempt));
      if (!isHeard) this.callBack(delayMs, make, attempt + 1);
    });
  }

  /** Treats one well-formed cancel as its behaviour says, and answers it. */
  cancel({ response }: Exchange, call: CancelCall): void {
    const { effect, answer, afterMs = this.lateMs } = this.#nextBehaviour(call);
    const before = this.isCancelled(call.identity);
    const isWanted = effect !== 'none' && !before;
    if (isWanted && effect === 'late') this.later(afterMs, () => this.#apply(call));
    const natural = before ? call.natural.already() : call.natural.success();
    if (isWanted && effect === 'before-answer') this.#apply(call);
    if (answer === 'hang') return;
    if (answer === 'reset') return breakOff(response.socket);
    if (answer === 'slow') return this.later(afterMs, () => write(response, natural));
    if (answer === 'cut') return this.#cut(response, natural);
    if (answer === 'natural') return write(response, natural);
    if (answer === 'refuse') return write(response, call.natural.refuse());
    if (answer === 'already') return write(response, call.natural.already());
    if (answer === 'not-found') return write(response, call.natural.notFound());
    if (answer === 'html') {
      return write(response, {
        status: 200,
        body: '<!doctype html><title>OK</title>',
        headers: { 'content-type': 'text/html' },
      });
    }
    if (answer === 'huge') return write(response, { status: 200, body: { padding: 'x'.repeat(2_000_000) } });
    if (answer === 'not-utf8') return void response.writeHead(200).end(Buffer.from([0xff, 0xfe, 0xc3, 0x28]));
    write(response, answer);
  }

  async stop(): Promise<void> {
    this.callbackUrl = null;
    for (const timer of this.#timers) clearTimeout(timer);
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #apply(call: CancelCall): void {
    if (this.isCancelled(call.identity)) return;
    this.effects.push({ identity: call.identity, at: new Date() });
    call.natural.afterEffect?.();
  }

  #nextBehaviour({ identity, id }: CancelCall): Behaviour {
    const scripted = this.#scripts.get(identity)?.shift();
    if (scripted) return scripted;
    const chosen =
      Object.values(behaviours).find(({ ending }) => ending !== null && id.endsWith(ending)) ?? behaviours.works;
    const count = this.#counts.get(identity) ?? 0;
    this.#counts.set(identity, count + 1);
    const list: readonly Behaviour[] = chosen.list;
    return list[Math.min(count, list.length - 1)] ?? behaviours.works.list[0];
  }

  #cut(response: ServerResponse, natural: IssuerBody): void {
    const bytes = Buffer.from(bodyText(natural));
    response.writeHead(natural.status, { 'content-type': 'application/json', 'content-length': bytes.length });
    response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.socket?.destroy());
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return; // The caller went away while sending; there is nobody to answer.
    }
    const body = Buffer.concat(chunks).toString('utf8');
    // Not `new URL(path, base)`: it would take a path that begins with two slashes for a host.
    const url = new URL(`${this.url}${request.url ?? '/'}`);
    const seen = {
      at: new Date(),
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body,
      fault: null as string | null,
      status: null as number | null,
    };
    this.requests.push(seen);
    response.once('finish', () => (seen.status = response.statusCode));
    const exchange: Exchange = {
      request,
      response,
      path: url.pathname,
      query: url.searchParams,
      body,
      json: (status, value, headers) => write(response, { status, body: value, ...(headers ? { headers } : {}) }),
      fault: (what) => (seen.fault = what),
    };
    try {
      await this.handle(exchange, this);
    } catch (error) {
      exchange.fault(`the simulator failed: ${String(error)}`);
      if (!response.headersSent) exchange.json(500, 'The simulator failed');
    }
  }
}

/** Whether it was answered with a 2xx. */
async function isAccepted({ url, headers, body }: CallbackMessage): Promise<boolean> {
  try {
    const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(5_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

const bodyText = ({ body }: IssuerBody) => (typeof body === 'string' ? body : JSON.stringify(body));

function write(response: ServerResponse, answer: IssuerBody): void {
  response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(bodyText(answer));
}

/** Resets a connection. Node never closes one that is reset while its end is on its way, and then spins for ever at its exit. */
export function breakOff(socket: Socket | null): void {
  if (socket?.writableEnded) socket.destroy();
  else if (socket && !socket.destroyed) socket.resetAndDestroy();
}
