import { randomBytes } from 'node:crypto';
import type { Callback, CallbackAddress, CallbackListener } from './callback-listener.js';
import { Failed, Skipped, demand } from './check.js';
import {
  cancelBody,
  createBody,
  listedMethods,
  refundBody,
  scriptedCards,
  settleBody,
  type Given,
  type Script,
} from './examples.js';
import { NoAnswer, sendRequest, type RawRequest } from './provider-http.js';

export interface Provider {
  readonly url: URL;
  /** Empty: VTEX's Test Suite sends both headers empty when it is told to test without them. */
  readonly appKey: string;
  readonly appToken: string;
}

/** How long is waited, in milliseconds. */
export interface Limits {
  /** For an answer to a call of the Test Suite. */
  readonly testSuiteMs: number;
  /** For an answer to any other call. */
  readonly productionMs: number;
  /** For a call to `callbackUrl`. */
  readonly callbackMs: number;
  /** For the whole run: what has not begun by then fails. */
  readonly runMs: number;
}

/** VTEX's own limits. */
export const documentedLimits: Limits = {
  testSuiteMs: 5_000,
  productionMs: 20_000,
  callbackMs: 15_000,
  runMs: 300_000,
};

export type Operation = 'manifest' | 'create' | 'cancel' | 'settle' | 'refund';

export const operations = ['create', 'cancel', 'settle', 'refund'] as const;

export interface Call {
  readonly operation: Operation;
  readonly method: string;
  readonly path: string;
  readonly paymentId: string | null;
  readonly requestId: string | null;
  readonly isTestSuite: boolean;
  /** A right request with right credentials: its answer must keep the documented shape. */
  readonly isRegular: boolean;
}

export interface Answer {
  readonly call: Call;
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
  /** The body, when it is a JSON object; else empty. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly isObject: boolean;
  readonly ms: number;
}

/** A call and what came of it, for the checks that look at all of them. */
export type Exchange =
  | { readonly call: Call; readonly answer: Answer; readonly fault: null }
  | { readonly call: Call; readonly answer: null; readonly fault: NoAnswer };

export interface Payment {
  readonly paymentId: string;
  readonly transactionId: string;
  readonly callback: CallbackAddress;
  /** The body of its create request. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly given: Given;
}

/** How a call differs from the ordinary one. */
export interface Variation {
  readonly requestId?: string;
  /** Fields beside or instead of the ordinary ones; `undefined` leaves one out. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Instead of the ordinary body. */
  readonly body?: string | Buffer;
  /** Instead of the ordinary path. */
  readonly path?: string;
  readonly credentials?: readonly (readonly [name: string, value: string])[];
  readonly contentType?: string;
  /** Default: the header of the Test Suite is sent. */
  readonly isTestSuite?: boolean;
  /** Default: it is a right request. */
  readonly isRegular?: boolean;
}

/** What follows the paymentId in the path. */
export const suffixes = { cancel: 'cancellations', settle: 'settlements', refund: 'refunds' } as const;

/** One run against one provider: sends VTEX's calls, and remembers all of them. */
export class Session {
  readonly exchanges: Exchange[] = [];
  readonly payments: Payment[] = [];
  readonly #memory = new Map<string, Promise<unknown>>();

  constructor(
    readonly provider: Provider,
    readonly callbacks: CallbackListener,
    readonly limits: Limits,
    /** Also flows of methods that the manifest does not offer. */
    readonly isEveryFlowWanted: boolean,
  ) {}

  /** What `make` gave the first time. */
  once<Made>(name: string, make: () => Promise<Made>): Promise<Made> {
    const made = this.#memory.get(name) ?? make();
    this.#memory.set(name, made);
    return made as Promise<Made>;
  }

  manifest(variation: Variation = {}): Promise<Answer> {
    return this.#send('manifest', '/manifest', null, null, variation);
  }

  /** The names of the methods that the manifest offers; none where it cannot be read. */
  async methods(): Promise<readonly string[]> {
    const { fields } = await this.once('manifest', () => this.manifest());
    const methods = Array.isArray(fields.paymentMethods) ? (fields.paymentMethods as unknown[]) : [];
    return methods.map((method) => (method as { name?: unknown } | null)?.name).filter((name) => isText(name));
  }

  /** The method with which cards are tried. @throws {Skipped} where the manifest offers none */
  async cardMethod(): Promise<string> {
    return this.#methodFor('card', (name) => isOneOf(listedMethods.card, name), 'Visa');
  }

  /** @throws {Skipped} where the manifest offers none */
  async slipMethod(): Promise<string> {
    return this.#methodFor('bank slip', (name) => isOneOf(listedMethods.slip, name), 'BankInvoice');
  }

  /** A method of the provider's own, or a listed one that is paid somewhere else. @throws {Skipped} where the manifest offers none */
  async redirectMethod(): Promise<string> {
    const { card, slip, other } = listedMethods;
    return this.#methodFor('redirect', (name) => !isOneOf([...card, ...slip, ...other], name), 'RedirectPay');
  }

  /** A payment that the provider has not heard of yet. */
  newPayment(paymentMethod: string, cardNumber: string | null, paymentId = newId()): Payment {
    const transactionId = newId();
    const callback = this.callbacks.addressFor(paymentId);
    const body = createBody({ paymentId, transactionId, paymentMethod, cardNumber, callbackUrl: callback.url });
    const given = { authorizationId: null, tid: null, nsu: null };
    const payment = { paymentId, transactionId, callback, body, given };
    this.payments.push(payment);
    return payment;
  }

  /** The same with the card of the Test Suite that scripts this. */
  async scriptedPayment(script: Script, paymentId?: string): Promise<Payment> {
    return this.newPayment(await this.cardMethod(), scriptedCards[script], paymentId);
  }

  /** A payment that the provider has approved. */
  async approvedPayment(paymentId?: string): Promise<Payment> {
    const payment = await this.scriptedPayment('approved', paymentId);
    const answer = await this.create(payment);
    demand(
      answer.status === 200 && answer.fields.status === 'approved',
      'status "approved" for the card that scripts it, with which this check begins',
      answer,
    );
    return { ...payment, given: givenBy(answer) };
  }

  create(payment: Payment, variation: Variation = {}): Promise<Answer> {
    return this.#send('create', '/payments', payment.paymentId, payment.body, variation);
  }

  cancel(payment: Payment, variation: Variation = {}): Promise<Answer> {
    return this.#later('cancel', payment, variation, cancelBody);
  }

  settle(payment: Payment, variation: Variation = {}): Promise<Answer> {
    return this.#later('settle', payment, variation, settleBody);
  }

  refund(payment: Payment, settleId: string, variation: Variation = {}): Promise<Answer> {
    return this.#later('refund', payment, variation, (later) => refundBody(later, settleId));
  }

  /** Any of the four calls, about a payment that is not settled. */
  call(operation: (typeof operations)[number], payment: Payment, variation: Variation = {}): Promise<Answer> {
    if (operation === 'refund') return this.refund(payment, newId(), variation);
    return this[operation](payment, variation);
  }

  /** Settles an approved payment and gives the settleId. */
  async settledPayment(): Promise<{ readonly payment: Payment; readonly settleId: string }> {
    const payment = await this.approvedPayment();
    const answer = await this.settle(payment);
    const { settleId } = answer.fields;
    demand(answer.status === 200 && isText(settleId), 'a settleId for an approved payment', answer);
    return { payment, settleId };
  }

  /** The call to a payment's `callbackUrl`. @throws {Failed} where none came in time to exactly that address */
  async callbackOf({ callback: address, paymentId }: Payment): Promise<Callback> {
    const callback = await this.callbacks.waitFor(address, this.limits.callbackMs);
    if (callback !== null) return callback;
    const others = this.callbacks.callbacksOf(paymentId).map(({ method, target }) => `${method} ${target}`);
    throw new Failed(
      `a POST to exactly the callbackUrl ${address.url} within ${this.limits.callbackMs / 1_000} s`,
      others.length === 0 ? 'no call' : `${others.join(', ')}, which is not the address that was given`,
    );
  }

  /** A payment that was `undefined` and then approved by a callback. */
  asyncPayment(): Promise<{ readonly payment: Payment; readonly created: Answer; readonly callback: Callback }> {
    return this.once('async-approved', async () => {
      const payment = await this.scriptedPayment('async-approved');
      const created = await this.create(payment);
      demand(
        created.status === 200 && created.fields.status === 'undefined',
        'status "undefined" for the card that scripts "async-approved"',
        created,
      );
      return { payment: { ...payment, given: givenBy(created) }, created, callback: await this.callbackOf(payment) };
    });
  }

  /** One call of every kind, for the checks that look at all answers; what comes is theirs to judge. */
  walk(): Promise<void> {
    return this.once('walk', async () => {
      try {
        await this.#walk();
      } catch (error) {
        // An answer that did not come is remembered as one; without a card there is what the other checks sent.
        const isFinding = [NoAnswer, Skipped, Failed].some((kind) => error instanceof kind);
        if (!isFinding) throw error;
      }
    });
  }

  async #walk(): Promise<void> {
    const created = async (script: Script) => {
      const payment = await this.scriptedPayment(script);
      return { ...payment, given: givenBy(await this.create(payment)) };
    };
    const [toSettle, toCancel, alsoToCancel] = [
      await created('approved'),
      await created('approved'),
      await created('approved'),
    ];
    await created('denied');
    await created('async-approved');
    const { settleId } = (await this.settle(toSettle)).fields;
    await this.refund(toSettle, isText(settleId) ? settleId : newId());
    await this.create(toSettle);
    await this.cancel(toSettle);
    for (const payment of [toCancel, alsoToCancel]) {
      await this.cancel(payment);
      await this.settle(payment);
    }
    await this.asyncPayment();
  }

  /** Every right request so far and its answer. */
  answersTo(operation: Operation): readonly Answer[] {
    return this.exchanges.flatMap(({ call, answer }) =>
      answer !== null && call.isRegular && call.operation === operation ? [answer] : [],
    );
  }

  /** Takes away what must not stand in a report: tokens, card numbers, signatures. */
  mask(text: string): string {
    const { appKey, appToken } = this.provider;
    const secrets = [
      appToken,
      // What is sent as a wrong token differs from the right one in its last letter.
      ...(appToken.length < 8 ? [] : [appToken.slice(0, -1)]),
      appKey,
      ...Object.values(scriptedCards),
      ...this.payments.map(({ callback }) => callback.signature),
    ]
      .filter((secret) => secret !== '')
      .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]);
    const masked = secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
    return masked.replace(/(X-VTEX-signature=)[^&\s"\\]+/gi, '$1***');
  }

  async #methodFor(kind: string, fits: (name: string) => boolean, standard: string): Promise<string> {
    const methods = await this.methods();
    const method = methods.find(fits);
    if (method !== undefined) return method;
    // A manifest that cannot be read is another check's failure.
    if (this.isEveryFlowWanted || (methods.length === 0 && kind === 'card')) return standard;
    throw new Skipped(`the manifest offers no ${kind} method (--all runs it nevertheless)`);
  }

  #later(
    operation: 'cancel' | 'settle' | 'refund',
    { paymentId, transactionId, given }: Payment,
    variation: Variation,
    bodyOf: (later: Given & { paymentId: string; transactionId: string; requestId: string }) => object,
  ): Promise<Answer> {
    const requestId = variation.requestId ?? newId();
    const body = bodyOf({ paymentId, transactionId, requestId, ...given });
    const path = `/payments/${encodeURIComponent(paymentId)}/${suffixes[operation]}`;
    return this.#send(operation, path, paymentId, body, { ...variation, requestId });
  }

  async #send(
    operation: Operation,
    ordinaryPath: string,
    paymentId: string | null,
    ordinaryBody: object | null,
    variation: Variation,
  ): Promise<Answer> {
    const { isTestSuite = true, isRegular = true, requestId = null, path = ordinaryPath } = variation;
    const body =
      variation.body ?? (ordinaryBody === null ? null : JSON.stringify({ ...ordinaryBody, ...variation.fields }));
    const method = body === null ? 'GET' : 'POST';
    const call = { operation, method, path, paymentId, requestId, isTestSuite, isRegular };
    const headers: RawRequest['headers'] = [
      ['Accept', 'application/json'],
      ...(body === null ? [] : [['Content-Type', variation.contentType ?? 'application/json'] as const]),
      ...(variation.credentials ?? this.#credentials()),
      ...(isTestSuite ? [['X-VTEX-API-Is-TestSuite', 'true'] as const] : []),
    ];
    const limitMs = isTestSuite ? this.limits.testSuiteMs : this.limits.productionMs;
    try {
      const raw = await sendRequest(this.provider.url, { method, path, headers, body }, limitMs);
      const answer = { ...raw, call, ...readObject(raw.text) };
      this.exchanges.push({ call, answer, fault: null });
      return answer;
    } catch (error) {
      if (error instanceof NoAnswer) this.exchanges.push({ call, answer: null, fault: error });
      throw error;
    }
  }

  /** In both families: which of them a provider knows is a check of its own. */
  #credentials(): [string, string][] {
    const { appKey, appToken } = this.provider;
    return [...credentialsIn('X-VTEX-API-', appKey, appToken), ...credentialsIn('X-PROVIDER-API-', appKey, appToken)];
  }
}

export const credentialsIn = (family: string, appKey: string, appToken: string): [string, string][] => [
  [`${family}AppKey`, appKey],
  [`${family}AppToken`, appToken],
];

/** 32 upper-case hexadecimal digits, as most of VTEX's examples have them. */
export const newId = (): string => randomBytes(16).toString('hex').toUpperCase();

/** Text that can be an id. */
export const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

const isOneOf = (names: readonly string[], name: string) => names.includes(name);

/** What VTEX keeps of an answer to create-payment, and replays. */
export function givenBy({ fields }: Answer): Given {
  const textOrNull = (value: unknown) => (isText(value) ? value : null);
  const { authorizationId, tid, nsu } = fields;
  return { authorizationId: textOrNull(authorizationId), tid: textOrNull(tid), nsu: textOrNull(nsu) };
}

export function readObject(text: string): Pick<Answer, 'fields' | 'isObject'> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return { fields: value as Record<string, unknown>, isObject: true };
  } catch {
    // Told by whoever needs it.
  }
  return { fields: {}, isObject: false };
}
