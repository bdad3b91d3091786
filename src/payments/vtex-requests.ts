import { Injectable } from '@nestjs/common';
import { Database } from '../database.js';
import { Log } from '../operations/log.js';
import type { FaultAnswers, VtexAnswer } from '../vtex/answer.js';
import type { Read, UnusableRequest } from '../vtex/reading.js';
import { recordEvent } from './payment-event.js';

/** The request says sandbox, and the payment is a live one: nothing is done. */
export class SandboxOnLivePaymentError extends Error {}

/** What every request that was read has. */
interface UsableRequest {
  readonly paymentId: string;
  /** A create has none. */
  readonly requestId?: string;
  /** Names of fields of a wrong type. */
  readonly ignored: readonly string[];
}

export interface VtexRequest<Request extends UsableRequest> {
  readonly merchantId: string;
  /** As it begins a sentence: `A cancel`. */
  readonly what: string;
  readonly read: Read<Request>;
  /** In the shape of this call. */
  readonly answers: FaultAnswers;
}

/** What is common to the protocol's calls between reading and answering. */
@Injectable()
export class VtexRequests {
  constructor(
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  /**
   * Has a usable request answered by `work`. One that cannot be used is answered 400, with its reason in the log and in the payment's
   * history; so is one of a sandbox about a live payment, when `work` throws that.
   */
  async answer<Request extends UsableRequest>(
    { merchantId, what, read, answers }: VtexRequest<Request>,
    work: (request: Request) => Promise<VtexAnswer>,
  ): Promise<VtexAnswer> {
    const refuse = async (unusable: UnusableRequest) => {
      await this.#noteUnusable(what, merchantId, unusable);
      return answers.invalid(unusable, unusable.fault);
    };
    if (read.kind === 'unusable') return refuse(read.unusable);
    this.#noteIgnored(merchantId, read.request);
    try {
      return await work(read.request);
    } catch (error) {
      if (!(error instanceof SandboxOnLivePaymentError)) throw error;
      const { paymentId, requestId = null } = read.request;
      return refuse({ paymentId, requestId, fault: 'sandboxMode is true, and this is a live payment' });
    }
  }

  async #noteUnusable(
    what: string,
    merchantId: string,
    { paymentId, requestId, fault }: UnusableRequest,
  ): Promise<void> {
    this.log.warn(`An unusable request was answered 400: ${fault}.`, {
      merchantId,
      ...(paymentId === null ? {} : { paymentId }),
      ...(requestId === null ? {} : { requestId }),
    });
    if (paymentId === null) return;
    const words = `${what} was answered 400: ${fault}.`;
    await recordEvent(this.database, { merchantId, paymentId }, 'invalid-request', words);
  }

  #noteIgnored(merchantId: string, { paymentId, requestId, ignored }: UsableRequest): void {
    if (ignored.length === 0) return;
    this.log.warn(`Fields of a wrong type count as absent: ${ignored.join(', ')}.`, {
      merchantId,
      paymentId,
      ...(requestId === undefined ? {} : { requestId }),
    });
  }
}
