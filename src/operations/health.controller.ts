import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../config.js';
import { FAULTS_BEFORE_FALL_BACK } from '../notifications/channel.js';
import { Metrics } from './metrics.js';
import { Readiness } from './readiness.js';

/** NOTIFY_EMAIL without a mail server is a warning of its own. */
const COUNT_UNREACHED = `select count(*)::int as count from notice_recipients
  where faults_in_row >= $1 and removed_at is null and switched_off_at is null and kind <> 'notify-email'`;

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
    const { smtp, notifyEmail } = this.config.mail;
    const hasMail = this.readiness.keepsMails || (smtp !== null && notifyEmail !== null);
    const warnings = [
      ...(hasMail ? [] : ['Notices of manual cancellations reach nobody: set SMTP_URL and NOTIFY_EMAIL.']),
      ...(why === null ? await this.#noticeWarnings() : []),
    ];
    void reply
      .status(why === null ? 200 : 503)
      .send({ status: why === null ? 'ready' : 'not-ready', ...(why === null ? {} : { why }), warnings });
  }

  @Get('metrics')
  async show(@Res() reply: FastifyReply): Promise<void> {
    void reply.header('content-type', this.metrics.registry.contentType).send(await this.metrics.registry.metrics());
  }

  /** Whom they do not reach is told in the console, each merchant for itself. */
  async #noticeWarnings(): Promise<string[]> {
    const [row] = await this.dataSource
      .query<{ count: number }[]>(COUNT_UNREACHED, [FAULTS_BEFORE_FALL_BACK])
      .catch(() => []);
    if (!row || row.count === 0) return [];
    const whom = row.count === 1 ? '1 recipient' : `${row.count} recipients`;
    return [`Notices of manual cancellations do not reach ${whom}: see the log, and the page Notifications.`];
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
