import { Inject, Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { CONFIG, type Config } from '../config.js';
import { Database, type Transaction } from '../database.js';
import { issuers } from '../issuers/index.js';
import { Log } from '../operations/log.js';
import { Metrics } from '../operations/metrics.js';
import { readOutgoingUrl } from '../outgoing/public-https.js';
import { recordEvent } from '../payments/payment-event.js';
import { lockPaymentRow } from '../payments/payment-row.js';
import { SandboxOnLivePaymentError } from '../payments/vtex-requests.js';
import type { VtexAnswer } from '../vtex/answer.js';
import type { AuthorizationRequestBody } from '../vtex/authorization-request.js';
import { answerFor, statusOf, type Authorization, type AuthorizedPayment } from './authorization.js';
import { AuthorizationStore } from './authorization-store.js';
import { SCRIPT_DELAY_MS, scripts } from './test-suite.js';
import { VtexCalls } from './vtex-calls.js';

/** One create of VTEX's, read; `script` is null unless its merchant is made for the Test Suite. */
export interface AuthorizationRequest extends AuthorizationRequestBody {
  readonly merchantId: string;
}

type Created = AuthorizedPayment & { readonly authorization: Authorization };

/** Creates payments, and says what became of them. */
@Injectable()
export class AuthorizationService {
  constructor(
    private readonly store: AuthorizationStore,
    private readonly calls: VtexCalls,
    private readonly database: Database,
    private readonly metrics: Metrics,
    private readonly log: Log,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Creates a payment with the first call, and says its current status with every one.
   *
   * `approved` and `denied` are given in the same bytes for ever; `undefined` may become either.
   *
   * @throws SandboxOnLivePaymentError for a sandbox request about a payment that is linked live
   * @throws the database's error when it is away; nothing half-done is left, and asking again is safe
   * @see https://developers.vtex.com/docs/api-reference/payment-provider-protocol, Create Payment
   */
  async create(request: AuthorizationRequest): Promise<VtexAnswer> {
    const { answer, status } = await this.database.transaction((sql) => this.#create(sql, request));
    this.metrics.otherAnswers.inc({ call: 'create', answer: status });
    return answer;
  }

  async #create(sql: Transaction, request: AuthorizationRequest) {
    await lockPaymentRow(sql, request, { sandbox: request.sandboxMode, seenBefore: true });
    const payment = await this.store.load(request, sql);
    if (request.sandboxMode && payment?.sandbox === false && payment.issuer !== null)
      throw new SandboxOnLivePaymentError();
    const known = payment?.authorization ? (payment as Created) : null;
    if (known) await this.#repeat(sql, request, known);
    else await this.#insert(sql, request);
    const created = known ?? ((await this.store.load(request, sql)) as Created);
    const status = statusOf(created);
    const answer = answerFor(created, status, this.config.publicUrl);
    if (status === 'undefined') return { answer, status };
    const body = (await this.store.freeze(request, status, answer.body, sql)) ?? answer.body;
    if (known && status === 'approved') await this.calls.dropAnswered(sql, request);
    return { answer: { ...answer, body }, status };
  }

  async #insert(sql: Transaction, request: AuthorizationRequest): Promise<void> {
    const { merchantId, paymentId, script } = request;
    const isLater = script !== null && scripts[script].isLater;
    const callbackUrl = await this.#usableCallbackUrl(sql, request);
    const { delayToCancelS, delayToAutoSettleS, delayToAutoSettleAfterAntifraudS } = this.config.delays;
    const { isOtherValue } = await this.store.insert(sql, {
      ...request,
      authorizationId: `AUT-${newId()}`,
      tid: newId(),
      issuerChoice: issuerNamed(request.issuerChoice),
      callbackUrl,
      delayToCancelS,
      delayToAutoSettleS,
      delayToAutoSettleAfterAntifraudS,
      scriptFinalInMs: isLater ? SCRIPT_DELAY_MS : null,
    });
    if (isOtherValue) await this.#noteOtherValue(sql, request);
    const words = script === null ? 'Created by VTEX.' : `Created by VTEX's Test Suite, with the script "${script}".`;
    await recordEvent(sql, { merchantId, paymentId }, 'created', words);
    if (isLater && callbackUrl !== null) {
      await this.calls.add(sql, { merchantId, paymentId, status: scripts[script].ends }, SCRIPT_DELAY_MS);
    }
  }

  /** The first content stands, but for the address: VTEX may sign it anew. */
  async #repeat(sql: Transaction, request: AuthorizationRequest, { authorization }: Created): Promise<void> {
    const { merchantId, paymentId, callbackUrl, value, currency } = request;
    if (callbackUrl !== null && callbackUrl !== authorization.callbackUrl && this.#isUsable(callbackUrl)) {
      await this.store.renewCallbackUrl(sql, request, callbackUrl);
    }
    if (value === authorization.value && currency === authorization.currency) return;
    const words = 'A repeated create came with another value or currency; the first stands.';
    this.metrics.mismatches.inc();
    this.log.warn(words, { merchantId, paymentId });
    await recordEvent(sql, { merchantId, paymentId }, 'other-content', words);
  }

  /** Whoever linked it stood for another amount: a person should know before the order is delivered. */
  async #noteOtherValue(sql: Transaction, { merchantId, paymentId }: AuthorizationRequest): Promise<void> {
    const words = 'VTEX created the payment with another value than it was linked with; the link stands.';
    this.metrics.alerts.inc({ issuer: '' });
    this.log.error(words, { merchantId, paymentId });
    await recordEvent(sql, { merchantId, paymentId }, 'alert', words);
  }

  /** One that we must not call is not kept: VTEX asks by itself, so nothing is lost by it but time. */
  async #usableCallbackUrl(
    sql: Transaction,
    { merchantId, paymentId, callbackUrl }: AuthorizationRequest,
  ): Promise<string | null> {
    if (callbackUrl === null || this.#isUsable(callbackUrl)) return callbackUrl;
    const words = 'The callbackUrl is no public https address, so VTEX is not called; it asks by itself.';
    this.log.warn(words, { merchantId, paymentId });
    await recordEvent(sql, { merchantId, paymentId }, 'vtex-not-called', words);
    return null;
  }

  #isUsable(callbackUrl: string): boolean {
    return readOutgoingUrl(callbackUrl, this.config.vtexCalls) !== null;
  }
}

/** 32 upper-case hexadecimal digits, the form of VTEX's own ids. */
const newId = () => randomBytes(16).toString('hex').toUpperCase();

/** The issuer that a merchant means by its code or its name. */
function issuerNamed(choice: string | null): string | null {
  const word = choice?.toLowerCase();
  const found = Object.values(issuers).find(({ code, name }) => code === word || name.toLowerCase() === word);
  return found?.code ?? null;
}
