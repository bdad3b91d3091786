import { Injectable } from '@nestjs/common';
import { Database, statement, type Sql, type Transaction } from '../database.js';
import { Log } from '../operations/log.js';
import { Metrics } from '../operations/metrics.js';
import { recordEvent } from '../payments/payment-event.js';
import type { VtexAnswer } from '../vtex/answer.js';
import type { OperationRequestBody } from '../vtex/operation-request.js';

export type Operation = 'settle' | 'refund';

/** One settle or refund of VTEX's, read. */
export interface OperationRequest extends OperationRequestBody {
  readonly merchantId: string;
}

const selectRequest = statement(
  'select-operation-request',
  `select value, answer_status, answer_body from operation_requests
   where merchant_id = $1 and payment_id = $2 and operation = $3 and request_id = $4`,
);

const insertRequest = statement(
  'insert-operation-request',
  `insert into operation_requests (merchant_id, payment_id, operation, request_id, value, answer_status, answer_body)
   values ($1, $2, $3, $4, $5, $6, $7)`,
);

/** The final answers to settles and refunds: frozen in the transaction that decides, and given again byte for byte. */
@Injectable()
export class OperationRequests {
  constructor(
    private readonly database: Database,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {}

  /** The answer that this request got; null where it has no final one. */
  async find(operation: Operation, request: OperationRequest, sql: Sql = this.database): Promise<VtexAnswer | null> {
    const [row] = await sql.run<RequestRow>(selectRequest, keyOf(operation, request));
    if (!row) return null;
    this.metrics.replays.inc();
    const value = row.value === null ? null : Number(row.value);
    if (value !== request.value) await this.#noteOtherContent(request, sql);
    return { status: row.answer_status, body: row.answer_body };
  }

  /** Keeps a request's final answer. The payment's row must be locked, and the request have none. */
  async freeze(
    sql: Transaction,
    operation: Operation,
    request: OperationRequest,
    answer: VtexAnswer,
  ): Promise<VtexAnswer> {
    await sql.run(insertRequest, [...keyOf(operation, request), request.value, answer.status, answer.body]);
    return answer;
  }

  async #noteOtherContent({ merchantId, paymentId, requestId }: OperationRequest, sql: Sql): Promise<void> {
    const words = 'A repeated requestId came with another value; the first stands.';
    this.metrics.mismatches.inc();
    this.log.warn(words, { merchantId, paymentId, requestId });
    await recordEvent(sql, { merchantId, paymentId }, 'other-content', words);
  }
}

const keyOf = (operation: Operation, { merchantId, paymentId, requestId }: OperationRequest) => [
  merchantId,
  paymentId,
  operation,
  requestId,
];

interface RequestRow {
  readonly value: string | null;
  readonly answer_status: number;
  readonly answer_body: string;
}
