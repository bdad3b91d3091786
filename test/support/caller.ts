import { checkAnswer, type CancelAnswer } from './answer-schema.js';
import { testCredentials } from './service.js';

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: CancelAnswer;
}

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
    const response = await fetch(`${this.url}/payments/${encodeURIComponent(paymentId)}/cancellations`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-vtex-api-appkey': testCredentials.VTEX_APP_KEY,
        'x-vtex-api-apptoken': testCredentials.VTEX_APP_TOKEN,
        ...headers,
      },
      body,
      ...(signal ? { signal } : {}),
    });
    const text = await response.text();
    return { status: response.status, text, body: checkAnswer(response.status, text) };
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
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await fetch(`${this.url}/internal/${path}`, {
      method,
      headers: { authorization: `Bearer ${testCredentials.ADMIN_API_TOKEN}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }
}

/** What `GET /internal/payments/{paymentId}` shows, as far as tests look at it. */
export interface History {
  readonly issuer: string | null;
  readonly reference: Record<string, unknown> | null;
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
