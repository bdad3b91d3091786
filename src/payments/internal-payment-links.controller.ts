import { Body, Controller, HttpCode, HttpException, Post, Query } from '@nestjs/common';
import { JsonBodyPipe } from '../operations/json-body.pipe.js';
import { BulkLinks, MOST_LINKS, type BulkLinkResult } from './bulk-links.js';
import { readMerchant } from './read-merchant.js';

/** `POST /internal/payments`: links many payments at once. */
@Controller('internal/payments')
export class InternalPaymentLinksController {
  constructor(private readonly links: BulkLinks) {}

  /**
   * `{ "links": [{ "paymentId": …, and the fields of a single link }, …] }`, at most 500 and 64 kB. Answers 200 with one result for each,
   * in their order: `linked`, `same`, `conflict` with why, `invalid` with its fields.
   */
  @Post()
  @HttpCode(200)
  async link(
    @Query('merchant') merchant: unknown,
    @Body(new JsonBodyPipe()) { links, ...others }: Readonly<Record<string, unknown>>,
  ): Promise<{ results: BulkLinkResult[] }> {
    const fields: Record<string, string> = Object.fromEntries(
      Object.keys(others).map((name) => [name, 'is not a field of this']),
    );
    if (!Array.isArray(links) || links.length > MOST_LINKS)
      fields.links = `must be a list of at most ${MOST_LINKS} links`;
    if (Object.keys(fields).length > 0) {
      throw new HttpException({ message: 'These fields are wrong; nothing was changed.', fields }, 422);
    }
    return { results: await this.links.link(readMerchant(merchant), links as unknown[]) };
  }
}
