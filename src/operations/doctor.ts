import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../config.js';
import { Database, statement } from '../database.js';
import { IssuerAccounts, type IssuerAccount } from '../issuers/issuer-accounts.js';
import { scrub } from '../issuers/issuer-http.js';
import { StoredAccounts } from '../issuers/stored-accounts.js';
import { probeWords } from '../issuers/probe-words.js';
import { MAIL_SENDER, type MailSender } from '../notifications/mail.js';
import { Readiness } from './readiness.js';

/** One thing that was looked at, and what an operator does about it. */
export interface Check {
  readonly name: string;
  /** `warning`: it works, and something about it should be known. */
  readonly state: 'ok' | 'warning' | 'fault';
  readonly words: string;
}

/** Issuers sign and check times to within some minutes; more than this is worth a look, long before that. */
const CLOCK_WARNING_MS = 2_000;

/** A mail server that does not answer must not hold up the other checks for long. */
const MAIL_MS = 15_000;

const readClock = statement(
  'read-database-clock',
  `select clock_timestamp() as now, current_setting('server_version') as version, to_regclass('pgboss.queue') is not null as has_queue`,
);

const countOpenWork = statement(
  'count-open-work',
  `select
     (select count(*) from cancellations where state in ('asking', 'waiting')
        and coalesce(lease_until, next_check_at) < now() - interval '1 minute')::int as overdue,
     (select count(*) from notices n where delivered_at is null and exists (
       select from notice_deliveries d join notice_messages m using (merchant_id, message_id)
       where d.merchant_id = n.merchant_id and d.notice_id = n.notice_id and m.faults > 1))::int as unheard,
     (select count(*) from notice_deliveries d join notice_messages m using (merchant_id, message_id)
       where m.next_try_at is not null and m.due_at > now())::int as held,
     (select count(*) from vtex_calls where next_try_at is not null and tries > 1)::int as untold,
     (select count(*) from manual_cancellations where state in ('open', 'taken'))::int as by_hand`,
);

/** Looks at everything that the service needs, and says of each in a sentence how it is. */
@Injectable()
export class Doctor {
  constructor(
    private readonly dataSource: DataSource,
    private readonly database: Database,
    private readonly readiness: Readiness,
    private readonly accounts: IssuerAccounts,
    private readonly stored: StoredAccounts,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(MAIL_SENDER) private readonly mail: MailSender | null,
  ) {}

  /**
   * Changes nothing, and sends nothing but greetings.
   * @param merchantId whose issuers are looked at
   */
  async examine(merchantId: string): Promise<Check[]> {
    const database = await this.#database();
    const rest = database.some(({ state }) => state === 'fault')
      ? []
      : await Promise.all([this.#migrations(), this.#openWork()]);
    const isReachable = rest.length > 0;
    const issuers = [
      ...(await Promise.all(this.accounts.list(merchantId).map(issuerCheck))),
      ...(isReachable ? await this.#unusableAccounts(merchantId) : []),
    ];
    return [
      ...database,
      ...rest.flat(),
      await this.#mailServer(),
      ...(issuers.length === 0 ? [noIssuer(merchantId)] : issuers),
      this.#publicUrl(),
    ];
  }

  /** Stored, and not used: their payments wait. */
  async #unusableAccounts(merchantId: string): Promise<Check[]> {
    const stored = await this.stored.ofMerchant(merchantId);
    return stored.flatMap((account): Check[] => {
      const opened = this.stored.open(account);
      const why = this.accounts.isFromSettings(account)
        ? 'the settings of the service have this account too, and win'
        : 'why' in opened
          ? opened.why
          : null;
      const name = account.sandbox ? `${account.issuer} sandbox` : account.issuer;
      return why === null
        ? []
        : [{ name, state: 'fault', words: `The stored account counts as not configured: ${why}.` }];
    });
  }

  async #database(): Promise<Check[]> {
    const askedAt = Date.now();
    try {
      const [row] = await this.database.run<{ now: Date; version: string; has_queue: boolean }>(readClock, []);
      if (!row) throw new Error('Bug: no answer');
      const answeredAt = Date.now();
      const offMs = row.now.getTime() - (askedAt + answeredAt) / 2;
      return [
        { name: 'database', state: 'ok', words: `Postgres ${row.version} answered in ${answeredAt - askedAt} ms.` },
        clockCheck(offMs),
        row.has_queue
          ? { name: 'job queue', state: 'ok', words: 'It is there.' }
          : {
              name: 'job queue',
              state: 'warning',
              words:
                'It is not there; rows are looked for every 5 s instead, and it is made again by itself. "npm run migration:run" makes it too.',
            },
      ];
    } catch (error) {
      const words = `It does not answer (${codeOf(error)}). Check DATABASE_URL and that the server is running.`;
      return [{ name: 'database', state: 'fault', words }];
    }
  }

  async #migrations(): Promise<Check[]> {
    const isPending = await this.dataSource.showMigrations();
    return [
      isPending
        ? { name: 'migrations', state: 'fault', words: 'One is pending. Run "npm run migration:run", and restart.' }
        : { name: 'migrations', state: 'ok', words: 'All are applied.' },
    ];
  }

  async #openWork(): Promise<Check[]> {
    const [row] = await this.database.run<{
      overdue: number;
      unheard: number;
      held: number;
      untold: number;
      by_hand: number;
    }>(countOpenWork, []);
    const { overdue = 0, unheard = 0, held = 0, untold = 0, by_hand: byHand = 0 } = row ?? {};
    const heldWords = held === 0 ? 'None waits' : `${held} ${plural(held, 'waits', 'wait')} for the next digest`;
    return [
      overdue === 0
        ? { name: 'follow-up', state: 'ok', words: 'No cancellation is overdue.' }
        : {
            name: 'follow-up',
            state: 'fault',
            words: `${overdue} ${plural(overdue, 'cancellation is', 'cancellations are')} overdue by more than a minute. See the log, and GET /internal/issuers for open circuits.`,
          },
      unheard === 0
        ? {
            name: 'notices',
            state: 'ok',
            words: `${heldWords}; ${byHand} ${plural(byHand, 'cancellation is', 'cancellations are')} to be done by hand.`,
          }
        : {
            name: 'notices',
            state: 'fault',
            words: `${unheard} ${plural(unheard, 'notice', 'notices')} of manual cancellations could not be delivered so far. Check SMTP_URL and NOTIFY_EMAIL.`,
          },
      this.#callsToVtex(untold),
    ];
  }

  async #mailServer(): Promise<Check> {
    const name = 'mail';
    if (this.readiness.keepsMails) return { name, state: 'ok', words: 'Development: mails are kept and printed.' };
    if (!this.mail || this.config.mail.notifyEmail === null) {
      return {
        name,
        state: 'fault',
        words: 'Notices of manual cancellations reach nobody: set SMTP_URL and NOTIFY_EMAIL.',
      };
    }
    try {
      await this.mail.greet(MAIL_MS);
      const { smtp, notifyEmail } = this.config.mail;
      const from = smtp ? ` from ${smtp.from.address}` : '';
      return { name, state: 'ok', words: `The mail server lets us in; notices go${from} to ${notifyEmail}.` };
    } catch (error) {
      const words = `The mail server does not let us in (${codeOf(error)}). Check SMTP_URL: host, port, user and password.`;
      return { name, state: 'fault', words };
    }
  }

  /** VTEX asks by itself too, so that nothing is lost by a call that fails but time. */
  #callsToVtex(untold: number): Check {
    const name = 'calls to VTEX';
    const { appKey, allowHttp } = this.config.vtexCalls;
    if (appKey === null) {
      const words =
        'No key of ours is set, so VTEX learns of an approval when it asks. Set VTEX_PARTNER_APP_KEY and VTEX_PARTNER_APP_TOKEN.';
      return { name, state: 'warning', words };
    }
    if (untold === 0 && allowHttp) {
      const words =
        'VTEX_CALLBACK_ALLOW_HTTP is on: a callbackUrl may lead anywhere, into our own network too. For development only.';
      return { name, state: 'warning', words };
    }
    if (untold === 0) return { name, state: 'ok', words: 'None failed and waits.' };
    const words = `${untold} ${plural(untold, 'has', 'have')} failed so far and ${plural(untold, 'is', 'are')} tried again. Check the VTEX_PARTNER_ keys and the log.`;
    return { name, state: 'fault', words };
  }

  #publicUrl(): Check {
    const { publicUrl } = this.config;
    const isPublic = publicUrl.startsWith('https://');
    return isPublic
      ? { name: 'public address', state: 'ok', words: publicUrl }
      : {
          name: 'public address',
          state: 'warning',
          words: `${publicUrl} is not https: VTEX calls only https on port 443. Set PUBLIC_URL to the address that VTEX and people use.`,
        };
  }
}

async function issuerCheck({ issuer, account, connector, mode, protection }: IssuerAccount): Promise<Check> {
  const name = account.sandbox ? `${issuer.code} sandbox` : issuer.code;
  const probe = await connector.probe();
  const isFine = probe.kind === 'accepted' || probe.kind === 'reachable';
  const treated = mode === 'live' ? '' : ` It is set to ${mode}.`;
  const held = protection.isOpen ? ' Its circuit is open: nothing is sent for a while.' : '';
  const state = !isFine ? 'fault' : mode === 'live' && !protection.isOpen ? 'ok' : 'warning';
  return { name, state, words: `${probeWords(probe, issuer)}${treated}${held}` };
}

const noIssuer = (merchantId: string): Check => ({
  name: 'issuers',
  state: 'fault',
  words: `The merchant ${merchantId} has no account at any issuer. Set <ISSUER>_BASE_URL and its credentials, or store one with "issuers set".`,
});

function clockCheck(offMs: number): Check {
  const words = `It is ${Math.abs(Math.round(offMs))} ms ${offMs < 0 ? 'ahead of' : 'behind'} the database's.`;
  return Math.abs(offMs) <= CLOCK_WARNING_MS
    ? { name: 'clock', state: 'ok', words }
    : {
        name: 'clock',
        state: 'warning',
        words: `${words} Issuers refuse signatures of another time: synchronise both machines.`,
      };
}

/** The name of a fault, which names no host and no password. */
function codeOf(error: unknown): string {
  const { code, responseCode, message } = error as { code?: unknown; responseCode?: unknown; message?: unknown };
  if (typeof responseCode === 'number') return `${String(code)} ${responseCode}`;
  return typeof code === 'string' ? code : scrub(String(message)).slice(0, 100);
}

const plural = (count: number, one: string, many: string) => (count === 1 ? one : many);
