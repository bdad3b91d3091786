import { checkAnswer, checkAnswerTo, type Answers, type Call, type CancelAnswer } from './answer-schema.js';
import { send } from './http.js';
import { testCredentials, vtexHeaders } from './service.js';

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: CancelAnswer;
}

export interface AnswerTo<Name extends Call> {
  readonly status: number;
  readonly text: string;
  readonly body: Answers[Name];
}

type Headers = Readonly<Record<string, string>>;

const paths = {
  cancel: 'cancellations',
  settle: 'settlements',
  refund: 'refunds',
  inbound: 'inbound/hook',
} as const;

/** Calls a running service as VTEX and as the operator do. Every answer to a cancel is checked against the contract's schema. */
export class Caller {
  constructor(readonly url: string) {}

  async cancel(
    paymentId: string,
    body: Readonly<Record<string, unknown>> = {},
    { headers = {}, signal }: { headers?: Readonly<Record<string, string>>; signal?: AbortSignal } = {},
  ): Promise<Answer> {
    return this.post(paymentId, JSON.stringify({ paymentId, ...body }), { headers, ...(signal ? { signal } : {}) });
  }

  /** The raw way: any text as the body. */
  async post(
    paymentId: string,
    body: string,
    { headers = {}, signal }: { headers?: Readonly<Record<string, string>>; signal?: AbortSignal } = {},
  ): Promise<Answer> {
    const { status, text } = await send(`${this.url}/payments/${encodeURIComponent(paymentId)}/cancellations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...vtexHeaders, ...headers },
      body,
      ...(signal ? { signal } : {}),
    });
    return { status, text, body: checkAnswer(status, text) };
  }

  /** What VTEX sends first, with these fields more or other than in {@link createBody}. */
  async create(
    paymentId: string,
    fields: Readonly<Record<string, unknown>> = {},
    headers: Headers = {},
  ): Promise<AnswerTo<'create'>> {
    return this.call('create', '/payments', JSON.stringify({ ...createBody, paymentId, ...fields }), headers);
  }

  async settle(paymentId: string, fields: Readonly<Record<string, unknown>> = {}, headers: Headers = {}) {
    return this.operate('settle', paymentId, fields, headers);
  }

  async refund(paymentId: string, fields: Readonly<Record<string, unknown>> = {}, headers: Headers = {}) {
    return this.operate('refund', paymentId, fields, headers);
  }

  /** An operation on a payment: a `requestId` and what else is in `fields`. */
  async operate<Name extends Exclude<Call, 'create'>>(
    call: Name,
    paymentId: string,
    fields: Readonly<Record<string, unknown>>,
    headers: Headers = {},
  ): Promise<AnswerTo<Name>> {
    const path = `/payments/${encodeURIComponent(paymentId)}/${paths[call]}`;
    return this.call(call, path, JSON.stringify({ paymentId, value: 31.9, ...fields }), headers);
  }

  /** The raw way: any path and any text as the body. */
  async call<Name extends Call>(
    call: Name,
    path: string,
    body: string,
    headers: Headers = {},
  ): Promise<AnswerTo<Name>> {
    const { status, text } = await send(`${this.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...vtexHeaders, ...headers },
      body,
    });
    return { status, text, body: checkAnswerTo(call, status, text) };
  }

  async link(
    paymentId: string,
    link: Readonly<Record<string, unknown>>,
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    return this.internal('PUT', `payments/${encodeURIComponent(paymentId)}`, link);
  }

  async history(paymentId: string): Promise<History> {
    const { body } = await this.internal('GET', `payments/${encodeURIComponent(paymentId)}`);
    return body as unknown as History;
  }

  async manualCancellations(): Promise<readonly Record<string, unknown>[]> {
    const { body } = await this.internal('GET', 'manual-cancellations');
    return body.manualCancellations as Record<string, unknown>[];
  }

  async internal(
    method: string,
    path: string,
    body?: unknown,
    token = testCredentials.ADMIN_API_TOKEN,
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const { status, text } = await send(`${this.url}/internal/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status, body: JSON.parse(text) as Record<string, unknown> };
  }
}

/** A create with little more than VTEX's required fields; the values are its documents' own. */
export const createBody = {
  reference: '618272',
  orderId: '1072430428324',
  shopperInteraction: 'ecommerce',
  transactionId: '2F023FD5A72A49D48A8633252B7CCBD6',
  paymentMethod: 'Promissories',
  paymentMethodCustomCode: null,
  merchantName: 'mystore',
  value: 31.9,
  referenceValue: 31.9,
  currency: 'BRL',
  installments: 1,
  card: { holder: null, number: null, csc: null, expiration: { month: null, year: null } },
  url: 'https://admin.mystore.example.com/orders?q=1072430428324',
  returnUrl: 'https://mystore.example.com/checkout/order/1072430428324',
} as const;

/** What `GET /internal/payments/{paymentId}` shows, as far as tests look at it. */
export interface History {
  readonly issuer: string | null;
  readonly reference: Record<string, unknown> | null;
  readonly authorization: {
    readonly status: string;
    readonly authorizationId: string | null;
    readonly tid: string | null;
    readonly value: number | null;
    readonly settleId: string | null;
    readonly settledAt: string | null;
    readonly refunds: readonly {
      readonly requestId: string;
      readonly value: number | null;
      readonly answer: unknown;
    }[];
    readonly callback: {
      readonly status: string;
      readonly state: string;
      readonly tries: number;
      readonly nextTryAt: string | null;
      readonly lastFault: string | null;
    } | null;
  } | null;
  readonly cancellation: {
    readonly state: string;
    readonly cancellationId: string | null;
    readonly reason: string | null;
    readonly nextCheckAt: string | null;
    readonly requests: { readonly requestId: string; readonly answer: unknown; readonly final: boolean }[];
    readonly attempts: {
      readonly kind: string;
      readonly outcome: string | null;
      readonly httpStatus: number | null;
      readonly late: boolean;
    }[];
  } | null;
  readonly lateReferences: { readonly issuer: string; readonly reference: Record<string, unknown> }[];
  readonly events: { readonly kind: string; readonly text: string }[];
}
