import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../config.js';
import { Metrics } from './metrics.js';
import { Readiness } from './readiness.js';

/** Whether the process lives, and whether it may get requests. */
@Controller()
export class HealthController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get('health/live')
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  /** 200 when the database is reachable and migrated and the process is not stopping, else 503 with the reason. */
  @Get('health/ready')
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const why = this.readiness.isStopping ? 'the process is stopping' : await this.#databaseFault();
    const { smtpUrl, notifyEmail } = this.config.mail;
    const hasMail = this.readiness.keepsMails || (smtpUrl !== null && notifyEmail !== null);
    const warnings = hasMail ? [] : ['Notices of manual cancellations reach nobody: set SMTP_URL and NOTIFY_EMAIL.'];
    void reply
      .status(why === null ? 200 : 503)
      .send({ status: why === null ? 'ready' : 'not-ready', ...(why === null ? {} : { why }), warnings });
  }

  @Get('metrics')
  async show(@Res() reply: FastifyReply): Promise<void> {
    void reply.header('content-type', this.metrics.registry.contentType).send(await this.metrics.registry.metrics());
  }

  async #databaseFault(): Promise<string | null> {
    try {
      await this.dataSource.query('select 1');
      return (await this.dataSource.showMigrations()) ? 'a migration is pending' : null;
    } catch {
      return 'the database cannot be reached';
    }
  }
}
