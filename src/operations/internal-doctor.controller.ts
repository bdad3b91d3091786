import { Controller, Get } from '@nestjs/common';
import { Doctor, type Check } from './doctor.js';

/** `GET /internal/doctor`: how everything is that the service needs, each in a sentence. */
@Controller('internal/doctor')
export class InternalDoctorController {
  constructor(private readonly doctor: Doctor) {}

  @Get()
  async examine(): Promise<{ checks: Check[] }> {
    return { checks: await this.doctor.examine() };
  }
}
