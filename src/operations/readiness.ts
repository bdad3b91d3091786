import { Injectable } from '@nestjs/common';

/** What `/health/ready` needs to know besides the database. */
@Injectable()
export class Readiness {
  isStopping = false;
  /** Development: mails are kept in memory and printed instead of sent. */
  keepsMails = false;
}
