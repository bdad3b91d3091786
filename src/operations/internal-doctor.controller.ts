import { Controller, Get, Query } from '@nestjs/common';
import { readMerchant } from '../payments/read-merchant.js';
import { Doctor, type Check } from './doctor.js';

/** `GET /internal/doctor`: how everything is that the service needs, and the issuers of one merchant, each in a sentence. */
@Controller('internal/doctor')
export class InternalDoctorController {
  constructor(private readonly doctor: Doctor) {}

  @Get()
  async examine(@Query('merchant') merchant: unknown): Promise<{ checks: Check[] }> {
    return { checks: await this.doctor.examine(readMerchant(merchant)) };
  }
}
