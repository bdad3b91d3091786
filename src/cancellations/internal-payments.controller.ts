import { Body, Controller, Get, HttpException, Param, Put, Query, Res } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { LinkPaymentBody } from '../payments/link-payment.body.js';
import { PaymentLinks } from '../payments/payment-links.js';
import { readMerchant } from '../payments/read-merchant.js';
import { JsonBodyPipe } from '../operations/json-body.pipe.js';
import { PaymentHistories, type PaymentHistory } from './payment-history.js';

/** `/internal/payments/{paymentId}`: links a payment, and shows everything that happened to it. */
@Controller('internal/payments/:paymentId')
export class InternalPaymentsController {
  constructor(
    private readonly links: PaymentLinks,
    private readonly histories: PaymentHistories,
  ) {}

  @Put()
  async link(
    @Param('paymentId') paymentId: string,
    @Query('merchant') merchant: unknown,
    @Body(new JsonBodyPipe()) body: Readonly<Record<string, unknown>>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const merchantId = readMerchant(merchant);
    const fields = { ...paymentIdFault(paymentId), ...(await faultsOf(body)) };
    if (Object.keys(fields).length > 0) throw invalid(fields);
    const result = await this.links.link(merchantId, paymentId, plainToInstance(LinkPaymentBody, body));
    if (result.kind === 'invalid') throw invalid(result.fields);
    if (result.kind === 'conflict') throw new HttpException({ message: `Not linked: ${result.why}.` }, 409);
    const history = await this.histories.find({ merchantId, paymentId });
    void reply.status(result.kind === 'linked' ? 201 : 200).send(history);
  }

  @Get()
  async show(@Param('paymentId') paymentId: string, @Query('merchant') merchant: unknown): Promise<PaymentHistory> {
    const history = await this.histories.find({ merchantId: readMerchant(merchant), paymentId });
    if (!history) throw new HttpException({ message: 'Nothing was ever heard of this payment.' }, 404);
    return history;
  }
}

const invalid = (fields: Readonly<Record<string, string>>) =>
  new HttpException({ message: 'These fields are wrong; nothing was changed.', fields }, 422);

const paymentIdFault = (paymentId: string): Record<string, string> =>
  paymentId.length > 255 || /[\p{Cc}\p{Cs}]/u.test(paymentId)
    ? { paymentId: 'must be text of 1 to 255 characters without control characters' }
    : {};

async function faultsOf(body: Readonly<Record<string, unknown>>): Promise<Record<string, string>> {
  const faults = await validate(plainToInstance(LinkPaymentBody, body), {
    whitelist: true,
    forbidNonWhitelisted: true,
  });
  return Object.fromEntries(
    faults.map(({ property, constraints = {} }) => [
      property,
      'whitelistValidation' in constraints
        ? 'is not a field of a link'
        : (Object.values(constraints).at(-1) ?? 'is wrong'),
    ]),
  );
}
