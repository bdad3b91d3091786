import { Body, Controller, Get, HttpCode, HttpException, Param, Post, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { readLinkBody } from '../payments/link-payment.body.js';
import { PaymentLinks } from '../payments/payment-links.js';
import { readMerchant } from '../payments/read-merchant.js';
import { JsonBodyPipe } from '../operations/json-body.pipe.js';
import { isIdentifier } from '../vtex/reading.js';
import { CancellationProgress } from './cancellation-progress.js';
import { Explanations, type Explanation } from './explanation.js';
import { PaymentHistories, type PaymentHistory } from './payment-history.js';

/** `/internal/payments/{paymentId}`: links a payment, and shows everything that happened to it. */
@Controller('internal/payments/:paymentId')
export class InternalPaymentsController {
  constructor(
    private readonly links: PaymentLinks,
    private readonly histories: PaymentHistories,
    private readonly explanations: Explanations,
    private readonly progress: CancellationProgress,
  ) {}

  @Put()
  async link(
    @Param('paymentId') paymentId: string,
    @Query('merchant') merchant: unknown,
    @Body(new JsonBodyPipe()) body: Readonly<Record<string, unknown>>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const merchantId = readMerchant(merchant);
    const { link, fields: wrong } = await readLinkBody(body);
    const fields = { ...paymentIdFault(paymentId), ...this.links.faults(merchantId, link), ...wrong };
    if (Object.keys(fields).length > 0) throw invalid(fields);
    const result = await this.links.link(merchantId, paymentId, link);
    if (result.kind === 'invalid') throw invalid(result.fields);
    if (result.kind === 'conflict') throw new HttpException({ message: `Not linked: ${result.why}.` }, 409);
    const history = await this.histories.find({ merchantId, paymentId });
    void reply.status(result.kind === 'linked' ? 201 : 200).send(history);
  }

  @Get()
  async show(@Param('paymentId') paymentId: string, @Query('merchant') merchant: unknown): Promise<PaymentHistory> {
    const key = { merchantId: readMerchant(merchant), paymentId };
    const history = isIdentifier(paymentId) ? await this.histories.find(key) : null;
    if (!history) throw unheardOf();
    return history;
  }

  /** What would happen now and why; changes nothing. */
  @Get('explain')
  async explain(@Param('paymentId') paymentId: string, @Query('merchant') merchant: unknown): Promise<Explanation> {
    const key = { merchantId: readMerchant(merchant), paymentId };
    const explanation = isIdentifier(paymentId) ? await this.explanations.find(key) : null;
    if (!explanation) throw unheardOf();
    return explanation;
  }

  /** Looks now instead of when it is due, as far as the issuer's rules allow, and shows what came of it. */
  @Post('check')
  @HttpCode(200)
  async check(@Param('paymentId') paymentId: string, @Query('merchant') merchant: unknown): Promise<PaymentHistory> {
    const key = { merchantId: readMerchant(merchant), paymentId };
    if (isIdentifier(paymentId)) await this.progress.check(key);
    return this.show(paymentId, merchant);
  }
}

const unheardOf = () => new HttpException({ message: 'Nothing was ever heard of this payment.' }, 404);

const invalid = (fields: Readonly<Record<string, string>>) =>
  new HttpException({ message: 'These fields are wrong; nothing was changed.', fields }, 422);

const paymentIdFault = (paymentId: string): Record<string, string> =>
  isIdentifier(paymentId) ? {} : { paymentId: 'must be text of 1 to 255 characters without control characters' };
