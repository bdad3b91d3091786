import { Controller, Get, Query } from '@nestjs/common';
import { readMerchant } from '../payments/read-merchant.js';
import { ManualCancellations, type OpenManualCancellation } from './manual-cancellations.js';
import { manualReasons } from './manual-reason.js';

/** `GET /internal/manual-cancellations`: what people still have to do, oldest first. */
@Controller('internal/manual-cancellations')
export class InternalManualCancellationsController {
  constructor(private readonly manual: ManualCancellations) {}

  @Get()
  async list(
    @Query('merchant') merchant: unknown,
  ): Promise<{ manualCancellations: (OpenManualCancellation & { why: string })[] }> {
    const open = await this.manual.listOpen(readMerchant(merchant));
    return { manualCancellations: open.map((task) => ({ ...task, why: manualReasons[task.reason] })) };
  }
}
