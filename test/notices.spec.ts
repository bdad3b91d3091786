import { createServer, type Server } from 'node:net';
import { Notices } from '../src/notifications/notices.js';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { MailServer, SENDER, smtpSender } from './support/mail-server.js';
import { startServiceProcess } from './support/process.js';
import { newId, startTestService, testCredentials, type TestService } from './support/service.js';
import { startTestSimulators, type TestSimulators } from './support/simulators.js';
import { until } from './support/until.js';

const MERCHANT_EMAIL = 'merchant@example.com';
const NO_PATIENCE = 'connectionTimeout=400&greetingTimeout=400&socketTimeout=400';
const SMTP_PASSWORD = 'smtp-password-of-the-tests';

let database: TestDatabase;
let simulators: TestSimulators;
let mailServer: MailServer;
let service: TestService;

const settings = () => ({
  ...simulators.settings,
  CORECARD_TIMEOUT_MS: '300',
  DATABASE_URL: database.url,
  ANSWER_DEADLINE_MS: '1000',
  NOTIFY_EMAIL: MERCHANT_EMAIL,
  MAIL_FROM: SENDER,
});

/** The service with real SMTP, that gives up on a silent server soon. */
async function startMailing(environment: Readonly<Record<string, string>> = {}): Promise<TestService> {
  const url = `smtp://127.0.0.1:${mailServer.port}?${NO_PATIENCE}`;
  return startTestService({ ...settings(), SMTP_URL: url, ...environment }, { mail: smtpSender(url) });
}

beforeAll(async () => {
  database = await makeTestDatabase();
  simulators = await startTestSimulators();
  mailServer = new MailServer();
  await mailServer.start();
  service = await startMailing();
});

afterAll(async () => {
  await service?.stop();
  await mailServer?.stop();
  await simulators?.stop();
  await database?.drop();
});

/** An hour lies between two tests, so that none finds the few messages of the hour used up. */
beforeEach(async () => {
  await database.query(`update notice_messages set due_at = due_at - interval '1 hour'`);
});

afterEach(() => {
  mailServer.manners = 'takes';
});

interface Notice {
  readonly notice_id: string;
  readonly event: string;
  readonly tries: number;
  readonly last_fault: string | null;
  readonly is_delivered: boolean;
  readonly is_due: boolean;
}

async function noticesOf(paymentId: string, from: TestDatabase = database): Promise<Notice[]> {
  return from.query<Notice>(
    `select n.notice_id, n.event, coalesce(s.tries, 0) as tries, s.last_fault, n.delivered_at is not null as is_delivered,
            s.next_try_at <= now() as is_due
     from notices n join manual_cancellations m using (merchant_id, manual_cancellation_id)
     left join notice_deliveries d using (merchant_id, notice_id)
     left join notice_messages s using (merchant_id, message_id)
     where m.payment_id = $1`,
    [paymentId],
  );
}

async function noticeOf(paymentId: string, from: TestDatabase = database): Promise<Notice> {
  const [notice, ...others] = await noticesOf(paymentId, from);
  if (!notice || others.length > 0)
    throw new Error(`Payment ${paymentId} has ${notice ? 'several notices' : 'no notice'}`);
  return notice;
}

/** A payment whose cancel CoreCard refuses, and its notice. */
async function refusedPayment(
  at: TestService | Awaited<ReturnType<typeof startServiceProcess>> = service,
  { more = {}, answer }: { more?: Readonly<Record<string, unknown>>; answer?: string } = {},
): Promise<string> {
  const paymentId = newId();
  const reference = simulators.of.corecard.referenceFor('refuses');
  if (answer) {
    simulators.of.corecard.script(reference, [{ effect: 'none', answer: { status: 200, body: answer } }]);
  }
  await at.link(paymentId, { issuer: 'corecard', reference, ...more });
  expect((await at.cancel(paymentId, { requestId: newId() })).body.code).toBe('cancel-manually');
  return paymentId;
}

const delivered = (paymentId: string, from: TestDatabase = database) =>
  until('the notice is delivered', async () => {
    const notice = await noticeOf(paymentId, from);
    return notice.is_delivered ? notice : null;
  });

const failed = (paymentId: string, tries = 1) =>
  until(`try ${tries} has failed`, async () => {
    const notice = await noticeOf(paymentId);
    return notice.last_fault !== null && notice.tries >= tries ? notice : null;
  });

/** Instead of waiting for the next try. The sweeper may take it before the test does, so what comes of it is waited for. */
async function makeDue(noticeId: string, from: TestDatabase = database): Promise<void> {
  await from.query(
    `with freed as (update notice_recipients set wait_until = now() where wait_until > now())
     update notice_messages set next_try_at = now() - interval '1 second' where message_id = $1 and ended_at is null`,
    [noticeId],
  );
}

const sweep = (at: TestService = service) => at.service.app.get(Notices).sweep();

async function faultsCounted(at: TestService = service): Promise<number> {
  const metrics = await (await fetch(`${at.url}/metrics`)).text();
  return Number(/^notice_fault_total (\d+)/m.exec(metrics)?.[1] ?? 0);
}

interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly noticeId?: string;
}

const errorLines = (at: TestService, noticeId: string) =>
  at.lines.map((line) => JSON.parse(line) as LogLine).filter((line) => line.level >= 50 && line.noticeId === noticeId);

describe('a cancel that the issuer refuses', () => {
  it('opens one manual cancellation and one notice, in the transaction that decides it', async () => {
    const paymentId = await refusedPayment();

    const rows = await database.query(
      `select c.state, m.kind, m.reason, n.event, c.finished_at = m.opened_at and m.opened_at = n.created_at as is_one_transaction
       from cancellations c join manual_cancellations m using (merchant_id, payment_id)
       join notices n using (merchant_id, manual_cancellation_id) where c.payment_id = $1`,
      [paymentId],
    );
    expect(rows).toEqual([
      {
        state: 'manual',
        kind: 'whole',
        reason: 'already_printed',
        event: 'manual_required',
        is_one_transaction: true,
      },
    ]);
  });

  it('is told to the merchant by one mail, whose Message-ID is the notice’s', async () => {
    const paymentId = await refusedPayment(service, { more: { orderId: '1172452900788-01' } });

    const { notice_id: noticeId } = await delivered(paymentId);

    const mails = mailServer.mailsOf(noticeId);
    expect(mails).toHaveLength(1);
    expect(mails[0]?.messageId).toBe(`<${noticeId}@vtex-card-connector>`);
    expect(mails[0]?.recipients).toEqual([MERCHANT_EMAIL]);
    expect(mails[0]?.body).toContain(paymentId);
    expect(mails[0]?.body).toContain('1172452900788-01');
  });

  it('is told once, however often VTEX asks', async () => {
    const paymentId = await refusedPayment();
    await Promise.all([1, 2, 3, 4].map(() => service.cancel(paymentId, { requestId: newId() })));
    const { notice_id: noticeId } = await delivered(paymentId);

    await sweep();

    expect(mailServer.mailsOf(noticeId)).toHaveLength(1);
    expect(await service.manualCancellations()).toEqual(
      expect.arrayContaining([expect.objectContaining({ paymentId })]),
    );
  });

  it('is not decided while its notice cannot be written, and is decided once it can', async () => {
    await database.query(`create function refuse_notice() returns trigger language plpgsql as
      $$ begin raise exception 'the outbox is full'; end $$`);
    await database.query(
      'create trigger refuse before insert on notices for each row execute function refuse_notice()',
    );
    const paymentId = newId();
    const reference = simulators.of.corecard.referenceFor('refuses');
    await service.link(paymentId, { issuer: 'corecard', reference });

    const answer = await service.cancel(paymentId, { requestId: newId() });
    const [open] = await database.query('select state from cancellations where payment_id = $1', [paymentId]);
    await database.query('drop trigger refuse on notices');

    expect(answer.body.code).toBe('cancellation-pending');
    expect(open).toEqual({ state: 'asking' });
    await until('the outcome is recorded', async () => (await noticesOf(paymentId)).length > 0);
    expect((await service.history(paymentId)).cancellation).toMatchObject({ state: 'manual' });
    await delivered(paymentId);
  });
});

describe('a mail server', () => {
  async function startAgain(): Promise<void> {
    mailServer.manners = 'takes';
    await mailServer.stop();
    await mailServer.start();
  }

  it.each([
    ['is down', 'down', /ECONNREFUSED/],
    ['answers 451', 'defers', /451/],
    ['closes the connection in the middle of the mail', 'breaks-off', /clos|reset|EPIPE/i],
    ['takes the mail and never says so', 'hangs', /timeout/i],
    ['never greets', 'mute', /greeting|timeout/i],
  ] as const)('that %s gets the same mail later', async (_what, manners, fault) => {
    if (manners === 'down') await mailServer.stop();
    else mailServer.manners = manners;
    const faultsBefore = await faultsCounted();

    const paymentId = await refusedPayment();
    const { notice_id: noticeId, ...kept } = await failed(paymentId);

    expect(kept).toMatchObject({ tries: 1, is_delivered: false, is_due: false });
    expect(kept.last_fault).toMatch(fault);
    expect(errorLines(service, noticeId)).toHaveLength(1);
    expect(await faultsCounted()).toBe(faultsBefore + 1);

    await startAgain();
    await makeDue(noticeId);
    await sweep();

    expect(await delivered(paymentId)).toMatchObject({ tries: 2, last_fault: null });
    expect(mailServer.mailsOf(noticeId).map(({ messageId }) => messageId)).toEqual([
      `<${noticeId}@vtex-card-connector>`,
    ]);
  });

  it('that fails again is tried again later still', async () => {
    mailServer.manners = 'defers';
    const paymentId = await refusedPayment();
    const { notice_id: noticeId } = await failed(paymentId);

    await makeDue(noticeId);
    await sweep();

    expect(await failed(paymentId, 2)).toMatchObject({ tries: 2, is_delivered: false, is_due: false });
    const [next] = await database.query<{ seconds: number }>(
      'select extract(epoch from next_try_at - now())::int as seconds from notice_messages where message_id = $1',
      [noticeId],
    );
    expect(next?.seconds).toBeGreaterThan(20);
    mailServer.manners = 'takes';
    await makeDue(noticeId);
    await sweep();
    await delivered(paymentId);
  });

  it('whose answer is lost gets the mail twice, under one Message-ID', async () => {
    mailServer.manners = 'forgets-to-answer';
    const paymentId = await refusedPayment();
    const { notice_id: noticeId } = await failed(paymentId);

    mailServer.manners = 'takes';
    await makeDue(noticeId);
    await sweep();
    await delivered(paymentId);

    const ids = mailServer.mailsOf(noticeId).map(({ messageId }) => messageId);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  it('whose fault names people has them masked, in the row and in the log', async () => {
    mailServer.manners = 'defers';
    const paymentId = await refusedPayment();

    const { last_fault: fault, notice_id: noticeId } = await failed(paymentId);

    expect(fault).toMatch(/451.*\[e-mail\].*\[number\]/);
    const written = service.lines.filter((line) => line.includes(noticeId)).join('\n');
    expect(written).toContain('greylisted');
    for (const words of [fault ?? '', written]) {
      expect(words).not.toContain(MERCHANT_EMAIL);
      expect(words).not.toContain('4111 1111');
    }
    mailServer.manners = 'takes';
    await makeDue(noticeId);
    await sweep();
  });
});

it('keeps the password of the mail server to itself when the login fails', async () => {
  mailServer.manners = 'refuses-login';
  const url = `smtp://connector:${SMTP_PASSWORD}@127.0.0.1:${mailServer.port}?${NO_PATIENCE}`;
  const own = await makeTestDatabase();
  const mailing = await startTestService(
    { ...settings(), DATABASE_URL: own.url, SMTP_URL: url },
    { mail: smtpSender(url) },
  );
  try {
    const paymentId = await refusedPayment(mailing);

    const { last_fault: fault } = await until('the login has failed', async () => {
      const notice = await noticeOf(paymentId, own);
      return notice.last_fault === null ? null : notice;
    });

    expect(fault).toMatch(/535/);
    const ready = await (await fetch(`${mailing.url}/health/ready`)).text();
    const encoded = Buffer.from(`\0connector\0${SMTP_PASSWORD}`).toString('base64');
    for (const words of [fault ?? '', mailing.lines.join('\n'), ready]) {
      expect(words).not.toContain(SMTP_PASSWORD);
      expect(words).not.toContain(encoded);
    }
  } finally {
    await mailing.stop();
    await own.drop();
  }
});

it('delivers each notice once with two processes at work', async () => {
  const second = await startMailing();
  try {
    const payments = await Promise.all([1, 2, 3, 4, 5].map((n) => refusedPayment(n % 2 ? service : second)));
    await Promise.all([sweep(service), sweep(second), sweep(service), sweep(second)]);
    const notices = await Promise.all(payments.map((paymentId) => delivered(paymentId)));

    await Promise.all([sweep(service), sweep(second)]);

    expect(notices.map(({ notice_id: noticeId }) => mailServer.mailsOf(noticeId).length)).toEqual([1, 1, 1, 1, 1]);
    expect(notices.map(({ tries }) => tries)).toEqual([1, 1, 1, 1, 1]);
  } finally {
    await second.stop();
  }
});

it('delivers again what a process was delivering when it was killed, and not before its lease is over', async () => {
  const own = await makeTestDatabase();
  mailServer.manners = 'hangs';
  const begunBefore = mailServer.begun;
  const doomed = await startServiceProcess({
    ...settings(),
    DATABASE_URL: own.url,
    SMTP_URL: `smtp://127.0.0.1:${mailServer.port}`,
  });
  let paymentId: string;
  try {
    paymentId = await refusedPayment(doomed);
    await until('the mail is under way', () => mailServer.begun > begunBefore);
  } finally {
    await doomed.kill('SIGKILL');
    mailServer.manners = 'takes';
  }
  const url = `smtp://127.0.0.1:${mailServer.port}?${NO_PATIENCE}`;
  const heir = await startTestService(
    { ...settings(), DATABASE_URL: own.url, SMTP_URL: url },
    { mail: smtpSender(url) },
  );
  try {
    await sweep(heir);
    const { notice_id: noticeId, ...taken } = await noticeOf(paymentId, own);
    expect(taken).toMatchObject({ tries: 1, is_delivered: false, is_due: false, last_fault: null });
    expect(mailServer.mailsOf(noticeId)).toEqual([]);

    await makeDue(noticeId, own);
    await sweep(heir);

    expect(await delivered(paymentId, own)).toMatchObject({ tries: 2 });
    expect(mailServer.mailsOf(noticeId)).toHaveLength(1);
  } finally {
    await heir.stop();
    await own.drop();
  }
});

describe('without a mail server', () => {
  it('each notice is an error in the log, and readiness warns while it stays green', async () => {
    const own = await makeTestDatabase();
    const mute = await startTestService({ ...settings(), DATABASE_URL: own.url, NOTIFY_EMAIL: '' }, { mail: null });
    try {
      const paymentId = await refusedPayment(mute);

      const { notice_id: noticeId } = await until('the fault is recorded', async () => {
        const notice = await noticeOf(paymentId, own);
        return notice.last_fault === null ? null : notice;
      });

      expect(errorLines(mute, noticeId)).toHaveLength(1);
      expect(await noticeOf(paymentId, own)).toMatchObject({ is_delivered: false });
      expect(await faultsCounted(mute)).toBe(1);
      const ready = await fetch(`${mute.url}/health/ready`);
      expect(ready.status).toBe(200);
      expect(await ready.json()).toEqual({
        status: 'ready',
        warnings: [expect.stringMatching(/reach nobody.*SMTP_URL.*NOTIFY_EMAIL/)],
      });
    } finally {
      await mute.stop();
      await own.drop();
    }
  });

  it('readiness has no warning where one is set', async () => {
    const ready = await fetch(`${service.url}/health/ready`);

    expect(await ready.json()).toEqual({ status: 'ready', warnings: [] });
  });
});

describe('a mail', () => {
  it('holds nothing secret, nothing of the issuer’s words, and nothing that names a shopper', async () => {
    const paymentId = await refusedPayment(service, {
      answer: JSON.stringify({
        Message: 'João da Silva, CPF 123.456.789-09, joao@shopper.example, card 4111111111111111',
        Status: false,
        ErrorCode: 'ERR09999',
        ResponseData: null,
      }),
    });
    const { notice_id: noticeId } = await delivered(paymentId);
    await database.query(
      `update issuer_references set reference = reference || '{"externalIp":"203.0.113.77"}' where payment_id = $1`,
      [paymentId],
    );
    await database.query(
      `with again as (update notices set delivered_at = null where notice_id = $1)
       update notice_messages set ended_at = null, outcome = null, next_try_at = now() where message_id = $1`,
      [noticeId],
    );
    await sweep();
    await delivered(paymentId);

    const mails = mailServer.mailsOf(noticeId);
    expect(mails).toHaveLength(2);
    const secrets = [
      ...Object.values(testCredentials),
      ...Object.entries(simulators.settings)
        .filter(([name]) => /TOKEN|KEY|SECRET/.test(name) && !/HEADER/.test(name))
        .map(([, value]) => value),
    ];
    const personal = ['João', '123.456.789', 'joao@', '4111', '203.0.113.77', 'ERR09999'];
    for (const mail of mails) {
      const whole = [...mail.headers, mail.body].join('\n');
      for (const words of [...secrets, ...personal]) expect(whole).not.toContain(words);
    }
  });

  it('has no header, line or recipient that came in with an id', async () => {
    const injected = 'A-1\r\nBcc: thief@example.com\r\nX-Evil: 1\r\n\r\nPay here: http://evil.example\u2028next';
    mailServer.manners = 'defers';
    const paymentId = await refusedPayment();
    const { notice_id: noticeId } = await failed(paymentId);
    mailServer.manners = 'takes';
    await database.query('update payments set order_id = $2 where payment_id = $1', [paymentId, injected]);
    await database.query('update issuer_references set reference = $2 where payment_id = $1', [
      paymentId,
      JSON.stringify({ [`adminNumber${injected}`]: injected }),
    ]);
    await makeDue(noticeId);
    await sweep();
    await delivered(paymentId);

    const [mail] = mailServer.mailsOf(noticeId);
    expect(mail?.recipients).toEqual([MERCHANT_EMAIL]);
    const names = mail?.headers.map((line) => line.slice(0, line.indexOf(':')).toLowerCase()) ?? [];
    expect(names).not.toContain('bcc');
    expect(names).not.toContain('x-evil');
    expect(names.filter((name) => name === 'subject')).toHaveLength(1);
    expect(mail?.body.split(/\r?\n/).some((line) => /^(Bcc|X-Evil|Pay here|next)/.test(line))).toBe(false);
  });
});

it('reaches people also after the job queue was dropped: the rows are looked for', async () => {
  const own = await makeTestDatabase();
  const url = `smtp://127.0.0.1:${mailServer.port}?${NO_PATIENCE}`;
  const mailing = await startTestService(
    { ...settings(), DATABASE_URL: own.url, SMTP_URL: url },
    { mail: smtpSender(url) },
  );
  try {
    await own.query('drop schema pgboss cascade');

    const paymentId = await refusedPayment(mailing);

    const { notice_id: noticeId } = await delivered(paymentId, own);
    expect(mailServer.mailsOf(noticeId)).toHaveLength(1);
  } finally {
    await mailing.stop();
    await own.drop();
  }
});

it('is sent by the sender of the settings, whoever signs in to the mail server', async () => {
  const sender = smtpSender(`smtp://apikey:password@127.0.0.1:${mailServer.port}?${NO_PATIENCE}`);

  await sender.send({ to: 'ana@elsewhere.example', subject: 'x', text: 'x', messageId: '<from@vtex-card-connector>' });

  sender.close();
  expect(mailServer.mailsOf('from')[0]?.headers).toContain(`From: VTEX card connector <${SENDER}>`);
});

describe('the sender', () => {
  let drip: Server;
  let port: number;

  beforeAll(async () => {
    drip = createServer((socket) => {
      const timer = setInterval(() => socket.write('220-wait\r\n'), 50);
      socket.on('error', () => undefined).on('close', () => clearInterval(timer));
    });
    await new Promise<void>((resolve) => drip.listen(0, '127.0.0.1', resolve));
    port = (drip.address() as { port: number }).port;
  });

  afterAll(() => {
    drip.close();
  });

  it('gives up on a server that keeps it waiting with a word now and then', async () => {
    const sender = smtpSender(`smtp://127.0.0.1:${port}?greetingTimeout=2000`, 300);

    const sent = sender.send({ to: MERCHANT_EMAIL, subject: 'x', text: 'x', messageId: '<x@vtex-card-connector>' });

    await expect(sent).rejects.toThrow('within 300 ms');
    sender.close();
  });
});
