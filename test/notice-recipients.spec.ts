import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { NoticeMessages } from '../src/notifications/notice-messages.js';
import { NoticeSpread } from '../src/notifications/notice-spread.js';
import { Notices } from '../src/notifications/notices.js';
import { signIn, wordsOf, type SignedIn } from './support/console.js';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { MailServer, smtpSender, type Received } from './support/mail-server.js';
import { postWithOwnToken } from './support/own-token.js';
import { startReceiver, type Receiver } from './support/receiver.js';
import { startTestService, type TestService } from './support/service.js';
import { until } from './support/until.js';

const NO_PATIENCE = 'connectionTimeout=1000&greetingTimeout=1000&socketTimeout=1000';
const MASTER_KEY = Buffer.alloc(32, 7).toString('base64');
const HOUR = 60;

let database: TestDatabase;
let mailServer: MailServer;
let receiver: Receiver;
let service: TestService;

const startMailing = (environment: Readonly<Record<string, string>> = {}) => {
  const url = `smtp://127.0.0.1:${mailServer.port}?${NO_PATIENCE}`;
  const settings = {
    DATABASE_URL: database.url,
    SMTP_URL: url,
    NOTIFY_EMAIL: 'operator@example.com',
    MASTER_KEY,
    WEBHOOK_ALLOW_HTTP: '1',
    PUBLIC_URL: 'https://connector.example',
    ...environment,
  };
  return startTestService(settings, { mail: smtpSender(url) });
};

beforeAll(async () => {
  database = await makeTestDatabase();
  mailServer = new MailServer();
  await mailServer.start();
  receiver = await startReceiver();
  service = await startMailing();
});

afterAll(async () => {
  await service?.stop();
  await mailServer?.stop();
  await receiver?.stop();
  await database?.drop();
});

beforeEach(() => {
  receiver.status = 200;
  receiver.calls.length = 0;
});

const newMerchant = () => `shop-${randomUUID().slice(0, 8)}`;

/** Writes tasks with their notices as the deciding transactions do, so many at once. */
async function openTasks(
  merchantId: string,
  count: number,
  { reason = 'refused_by_issuer', event = 'manual_required' }: { reason?: string; event?: string } = {},
): Promise<string[]> {
  const rows = await database.query<{ notice_id: string }>(
    `with ids as (select $1 || '-' || $3 || '-' || n || '-' || gen_random_uuid() as payment_id from generate_series(1, $2::int) n),
     paid as (
       insert into payments (merchant_id, payment_id, sandbox, seen_before, order_id)
       select $1, payment_id, false, true, 'ORDER-' || right(payment_id, 12) from ids returning payment_id
     ), tasks as (
       insert into manual_cancellations (merchant_id, payment_id, kind, reason, due_at)
       select $1, payment_id, 'whole', $3, now() + interval '1 day' from paid returning manual_cancellation_id
     )
     insert into notices (merchant_id, event, manual_cancellation_id)
     select $1, $4, manual_cancellation_id from tasks returning notice_id`,
    [merchantId, count, reason, event],
  );
  return rows.map(({ notice_id }) => notice_id);
}

const sweep = (at: TestService = service) => at.service.app.get(Notices).sweep();

/** Makes time pass for everything about notices. */
async function passMinutes(minutes: number, merchantId: string): Promise<void> {
  await database.query(
    `with by as (select $1 * interval '1 minute' as by),
     recipients as (
       update notice_recipients set wait_until = wait_until - by.by, old_secret_until = old_secret_until - by.by from by where merchant_id = $2
     )
     update notice_messages set due_at = due_at - by.by, next_try_at = next_try_at - by.by from by where merchant_id = $2`,
    [minutes, merchantId],
  );
}

const mailsTo = (address: string): Received[] =>
  mailServer.mails.filter(({ recipients }) => recipients.includes(address));

const subjectsTo = (address: string) => mailsTo(address).map(({ headers }) => subjectOf(headers));

/** RFC 2047, as far as nodemailer writes it. */
function subjectOf(headers: readonly string[]): string {
  const line = headers.find((header) => /^subject:/i.test(header)) ?? '';
  return line
    .replace(/^subject:\s*/i, '')
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?UTF-8\?(Q|B)\?(.*?)\?=/gi, (_all, kind: string, text: string) =>
      kind.toUpperCase() === 'B'
        ? Buffer.from(text, 'base64').toString('utf8')
        : decodeURIComponent(
            text
              .replaceAll('_', ' ')
              .replaceAll('%', '%25')
              .replace(/=([0-9A-F]{2})/g, '%$1'),
          ),
    );
}

const messagesOf = (merchantId: string) =>
  database.query<{ kind: string; recipient: string; outcome: string | null; carried: number; faults: number }>(
    `select m.kind, r.kind as recipient, m.outcome, m.faults,
            (select count(*)::int from notice_deliveries d where d.merchant_id = m.merchant_id and d.message_id = m.message_id) as carried
     from notice_messages m join notice_recipients r using (merchant_id, recipient_id)
     where m.merchant_id = $1 order by m.due_at, m.kind desc`,
    [merchantId],
  );

const reachedNobody = async (merchantId: string) =>
  (await database.query('select 1 from notices where merchant_id = $1 and delivered_at is null', [merchantId])).length;

/** A webhook made in the console, with its secret. */
async function addWebhook(
  admin: SignedIn,
  path = `/${randomUUID()}`,
): Promise<{ id: string; secret: string; path: string }> {
  const url = `${receiver.url}${path}`;
  const page = await admin.submit('/console/notifications/webhook', { url }, '/console/notifications');
  expect(page.status).toBe(200);
  const secret = /whsec_[A-Za-z0-9+/=]{40,}/.exec(page.html)?.[0] ?? '';
  const id = /\/console\/notifications\/([0-9a-f-]{36})/.exec(page.html)?.[1] ?? '';
  expect(secret).not.toBe('');
  return { id, secret, path };
}

async function addSlack(admin: SignedIn, path = `/${randomUUID()}`): Promise<string> {
  const fields = { name: 'back-office', url: `${receiver.url}${path}`, language: 'pt-BR' };
  const page = await admin.submit('/console/notifications/slack', fields, '/console/notifications');
  expect(page.status).toBe(303);
  return path;
}

const callsTo = (path: string) => receiver.calls.filter((call) => call.path === path);

describe('a notice', () => {
  it('goes to every person of the merchant in their language, and to nobody of another one', async () => {
    const [here, there] = [newMerchant(), newMerchant()];
    const ana = await signIn(service, { role: 'admin', merchant: here, language: 'pt-BR' });
    const luis = await signIn(service, { role: 'operator', merchant: here, language: 'es' });
    const other = await signIn(service, { role: 'admin', merchant: there, language: 'en' });

    await openTasks(here, 1);
    await sweep();

    expect(subjectsTo(ana.email)).toEqual([expect.stringMatching(/1 cancelamento manual – pedido ORDER-/) as string]);
    expect(subjectsTo(luis.email)).toEqual([expect.stringMatching(/1 cancelación manual – pedido ORDER-/) as string]);
    expect(mailsTo(other.email)).toEqual([]);
    expect(mailServer.mails.filter(({ recipients }) => recipients.includes('operator@example.com'))).toEqual([]);
    expect(new Set([...mailsTo(ana.email), ...mailsTo(luis.email)].map(({ messageId }) => messageId)).size).toBe(2);
  });

  it('goes to NOTIFY_EMAIL where a merchant has nobody, and where nobody wants to hear', async () => {
    const merchant = newMerchant();
    const admin = await signIn(service, { role: 'admin', merchant });
    await admin.submit('/console/account/notices', { pace: 'off', event: 'manual_required' }, '/console/account');
    const before = mailsTo('operator@example.com').length;

    await openTasks(merchant, 1);
    await sweep();

    expect(mailsTo(admin.email)).toEqual([]);
    expect(mailsTo('operator@example.com')).toHaveLength(before + 1);
  });

  it('of what is done meanwhile is not sent any more', async () => {
    const merchant = newMerchant();
    const admin = await signIn(service, { role: 'admin', merchant });
    await openTasks(merchant, 1);
    await database.query(
      `update manual_cancellations set state = 'not-needed', closed_at = now() where merchant_id = $1`,
      [merchant],
    );

    await sweep();

    expect(mailsTo(admin.email)).toEqual([]);
    expect(await messagesOf(merchant)).toMatchObject([{ outcome: 'overtaken' }]);
    expect(await reachedNobody(merchant)).toBe(0);
  });

  it('of a disabled person goes to nobody of that name', async () => {
    const merchant = newMerchant();
    await signIn(service, { role: 'admin', merchant });
    const gone = await signIn(service, { role: 'operator', merchant });
    await database.query('update people set disabled_at = now() where merchant_id = $1 and person_id = $2', [
      merchant,
      gone.personId,
    ]);

    await openTasks(merchant, 1);
    await sweep();

    expect(mailsTo(gone.email)).toEqual([]);
    expect(await messagesOf(merchant)).toHaveLength(1);
  });
});

describe('a digest', () => {
  it('of the hour comes once, with everything of that hour, under one Message-ID', async () => {
    const merchant = newMerchant();
    const admin = await signIn(service, { role: 'admin', merchant, language: 'pt-BR' });
    await admin.submit('/console/account/notices', { pace: 'hour', event: 'manual_required' }, '/console/account');

    await openTasks(merchant, 2);
    await sweep();
    await openTasks(merchant, 1, { reason: 'no_answer' });
    await sweep();
    expect(mailsTo(admin.email)).toEqual([]);
    await passMinutes(HOUR, merchant);
    await sweep();
    await sweep();

    expect(subjectsTo(admin.email)).toEqual([expect.stringMatching(/3 cancelamentos manuais a fazer$/) as string]);
    expect(await messagesOf(merchant)).toMatchObject([{ kind: 'digest', carried: 3, outcome: 'delivered' }]);
  });

  it('of the day comes at 08:00 where the store is, without what is done meanwhile', async () => {
    const merchant = newMerchant();
    const admin = await signIn(service, { role: 'admin', merchant });
    await admin.submit('/console/account/notices', { pace: 'day', event: 'manual_required' }, '/console/account');
    await database.query(`update merchants set time_zone = 'America/Mexico_City' where merchant_id = $1`, [merchant]);
    await openTasks(merchant, 2);
    await sweep();
    const [message] = await database.query<{ due: string }>(
      `select to_char(due_at at time zone 'America/Mexico_City', 'HH24:MI') as due from notice_messages where merchant_id = $1`,
      [merchant],
    );
    expect(message).toEqual({ due: '08:00' });
    await database.query(
      `update manual_cancellations set state = 'not-needed', closed_at = now() where merchant_id = $1
         and manual_cancellation_id in (select manual_cancellation_id from manual_cancellations where merchant_id = $1 limit 1)`,
      [merchant],
    );

    await passMinutes(24 * HOUR, merchant);
    await sweep();

    expect(subjectsTo(admin.email)).toEqual([expect.stringMatching(/1 manual cancellation to do$/) as string]);
  });

  it('that was put off comes at once when somebody wants to hear sooner', async () => {
    const merchant = newMerchant();
    const admin = await signIn(service, { role: 'admin', merchant });
    await admin.submit('/console/account/notices', { pace: 'day', event: 'manual_required' }, '/console/account');
    await openTasks(merchant, 1);
    await sweep();

    await admin.submit('/console/account/notices', { pace: 'at-once', event: 'manual_required' }, '/console/account');
    await sweep();

    expect(mailsTo(admin.email)).toHaveLength(1);
  });
});

describe('10,000 manual cancellations within a minute', () => {
  it('are five mails and one digest for each, and nothing is missed', async () => {
    const merchant = newMerchant();
    const admin = await signIn(service, { role: 'admin', merchant, language: 'pt-BR' });
    const operator = await signIn(service, { role: 'operator', merchant });
    const slack = await addSlack(admin);

    await openTasks(merchant, 10_000);
    await sweep();
    expect([mailsTo(admin.email), mailsTo(operator.email), callsTo(slack)].map(({ length }) => length)).toEqual([
      5, 5, 5,
    ]);
    await passMinutes(HOUR, merchant);
    await sweep();

    expect([mailsTo(admin.email), mailsTo(operator.email), callsTo(slack)].map(({ length }) => length)).toEqual([
      6, 6, 6,
    ]);
    expect(subjectsTo(admin.email).at(-1)).toMatch(/9\.995 cancelamentos manuais a fazer$/);
    expect(mailsTo(admin.email).at(-1)?.body).toContain('e mais 9.945');
    expect(callsTo(slack).at(-1)?.body).toContain('9.995 cancelamentos manuais a fazer');
    expect(await reachedNobody(merchant)).toBe(0);
    const [carried] = await database.query<{ least: number; most: number }>(
      `select min(n)::int as least, max(n)::int as most from (
         select count(*) as n from notice_deliveries where merchant_id = $1 group by notice_id) counts`,
      [merchant],
    );
    expect(carried).toEqual({ least: 3, most: 3 });
  }, 120_000);

  it('that go on for three hours are at most five messages within any of them', async () => {
    const merchant = newMerchant();
    const admin = await signIn(service, { role: 'admin', merchant });
    const sentBy: number[] = [];

    for (let minute = 0; minute <= 3 * HOUR; minute += 10) {
      await openTasks(merchant, 7);
      await sweep();
      sentBy.push(mailsTo(admin.email).length);
      await passMinutes(10, merchant);
    }
    await passMinutes(HOUR, merchant);
    await sweep();

    const inAnHour = sentBy.map((sent, at) => sent - (sentBy[at - 6] ?? 0));
    expect(Math.max(...inAnHour)).toBeLessThanOrEqual(5);
    expect(await reachedNobody(merchant)).toBe(0);
  }, 120_000);
});

describe('a webhook', () => {
  it('gets every event, signed, thin, and under one id', async () => {
    const merchant = newMerchant();
    const admin = await signIn(service, { role: 'admin', merchant });
    const { secret, path } = await addWebhook(admin);

    await openTasks(merchant, 1, { event: 'manual_required' });
    await openTasks(merchant, 1, { event: 'taken' });
    await sweep();

    const calls = callsTo(path);
    expect(calls).toHaveLength(2);
    const verified = calls.map(({ body, headers }) => new Webhook(secret).verify(body, headers));
    expect(verified).toEqual(
      expect.arrayContaining([
        {
          type: 'cancellation.manual_required',
          timestamp: expect.stringMatching(/^\d{4}-.*Z$/) as string,
          data: {
            manualCancellationId: expect.any(String) as string,
            paymentId: expect.any(String) as string,
            orderId: expect.stringMatching(/^ORDER-/) as string,
            kind: 'whole',
            state: 'open',
            reason: 'refused_by_issuer',
            resolution: null,
            owner: null,
            issuer: null,
            link: expect.stringMatching(
              /^https:\/\/connector\.example\/console\/manual-cancellations\/[0-9a-f-]{36}$/,
            ) as string,
          },
        },
        expect.objectContaining({ type: 'cancellation.taken' }) as object,
      ]),
    );
    expect(new Set(calls.map(({ headers }) => headers['webhook-id'])).size).toBe(2);
    expect(() => new Webhook(secret).verify(`${calls[0]?.body} `, calls[0]?.headers ?? {})).toThrow();
  });

  it('is signed with both secrets for a day after a new one was made', async () => {
    const merchant = newMerchant();
    const admin = await signIn(service, { role: 'admin', merchant });
    const { id, secret: before, path } = await addWebhook(admin);
    const page = await admin.submit(`/console/notifications/${id}/rotate`, {}, `/console/notifications/${id}`);
    const after = /whsec_[A-Za-z0-9+/=]{40,}/.exec(page.html)?.[0] ?? '';
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(after).not.toBe(before);

    await openTasks(merchant, 1);
    await sweep();
    await passMinutes(25 * HOUR, merchant);
    await openTasks(merchant, 1);
    await sweep();

    const [during, later] = callsTo(path);
    for (const secret of [before, after]) {
      expect(new Webhook(secret).verify(during?.body ?? '', during?.headers ?? {})).toBeDefined();
    }
    expect(new Webhook(after).verify(later?.body ?? '', later?.headers ?? {})).toBeDefined();
    expect(() => new Webhook(before).verify(later?.body ?? '', later?.headers ?? {})).toThrow();
  });

  it('that is dead for an hour gets everything once it is back, each under its one id', async () => {
    const merchant = newMerchant();
    const admin = await signIn(service, { role: 'admin', merchant });
    const { path } = await addWebhook(admin);
    receiver.status = 503;
    await openTasks(merchant, 40);

    for (let minute = 0; minute < HOUR; minute += 5) {
      await sweep();
      await passMinutes(5, merchant);
    }
    const tried = callsTo(path).length;
    receiver.status = 200;
    await passMinutes(HOUR, merchant);
    await sweep();

    // One at a time tries whether it is back, and not forty.
    expect(tried).toBeLessThan(15);
    const arrived = callsTo(path).slice(tried);
    expect(arrived).toHaveLength(40);
    expect(new Set(arrived.map(({ headers }) => headers['webhook-id'])).size).toBe(40);
    const inVain = callsTo(path).slice(0, tried);
    const ids = arrived.map(({ headers }) => headers['webhook-id']);
    for (const { headers } of inVain) expect(ids).toContain(headers['webhook-id']);
  }, 60_000);

  it('that says 410 is switched off, which is said, and its notices go elsewhere', async () => {
    const merchant = newMerchant();
    const admin = await signIn(service, { role: 'admin', merchant, language: 'pt-BR' });
    const { id, path } = await addWebhook(admin);
    receiver.status = 410;
    await openTasks(merchant, 1);
    await sweep();
    receiver.status = 200;
    await openTasks(merchant, 1);
    await passMinutes(HOUR, merchant);
    await sweep();

    expect(callsTo(path)).toHaveLength(1);
    expect(wordsOf((await admin.get(`/console/notifications/${id}`)).html)).toContain('deixou de existir (410)');
    expect(await reachedNobody(merchant)).toBe(0);

    await admin.submit(`/console/notifications/${id}/switch-on`, {}, `/console/notifications/${id}`);
    await openTasks(merchant, 1);
    await sweep();
    expect(callsTo(path)).toHaveLength(2);
  });

  it('that redirects is not followed, and that counts as a fault', async () => {
    const merchant = newMerchant();
    const admin = await signIn(service, { role: 'admin', merchant });
    const { id, path } = await addWebhook(admin);
    receiver.status = 302;

    await openTasks(merchant, 1);
    await sweep();

    expect(receiver.calls.filter((call) => call.path === '/elsewhere')).toEqual([]);
    expect(callsTo(path)).toHaveLength(1);
    expect(wordsOf((await admin.get(`/console/notifications/${id}`)).html)).toContain('it answered 302');
  });

  it('is logged, and one message is sent again under its own id', async () => {
    const merchant = newMerchant();
    const admin = await signIn(service, { role: 'admin', merchant });
    const { id, path } = await addWebhook(admin);
    await openTasks(merchant, 1);
    await sweep();
    const on = `/console/notifications/${id}`;
    const again = /action="([^"]+\/again)"/.exec((await admin.get(on)).html)?.[1] ?? '';

    const page = await admin.submit(again, {}, on);

    expect(page.location).toBe(`${on}?done=notice-sent-again`);
    const [first, second, ...others] = callsTo(path);
    expect(others).toEqual([]);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    const html = (await admin.get(on)).html;
    expect(html.match(/Arrived/g)).toHaveLength(2);
    expect(html).not.toContain('manualCancellationId');
  });

  it('of which only the last 200 tries are kept', async () => {
    const merchant = newMerchant();
    const admin = await signIn(service, { role: 'admin', merchant });
    const { id, path } = await addWebhook(admin);

    await openTasks(merchant, 230);
    await sweep();

    expect(callsTo(path)).toHaveLength(230);
    const [row] = await database.query<{ count: number }>(
      'select count(*)::int as count from notice_tries where recipient_id = $1',
      [id],
    );
    // Four that are logged at the same moment do not see each other.
    expect(row?.count).toBeLessThan(204);
    expect((await admin.get(`/console/notifications/${id}`)).html.match(/Arrived/g)).toHaveLength(200);
  }, 60_000);
});

describe('a task that is handed over', () => {
  const handOver = async (from: SignedIn, to: SignedIn, taskId: string, note = '') => {
    const path = `/console/manual-cancellations/${taskId}`;
    const page = await from.submit(`${path}/hand-over`, { to: to.personId, note }, path);
    expect(page.location).toBe(`${path}?done=task-handed-over`);
  };

  /** Ana, Bia and Caio have got their mail of a task; what comes now is of the hand-over. */
  async function toldOfATask() {
    const merchant = newMerchant();
    const ana = await signIn(service, { role: 'operator', merchant, name: 'Ana Lima', language: 'pt-BR' });
    const bia = await signIn(service, { role: 'operator', merchant, name: 'Bia Reis', language: 'pt-BR' });
    const caio = await signIn(service, { role: 'admin', merchant, name: 'Caio Melo' });
    await openTasks(merchant, 1);
    await sweep();
    const [row] = await database.query<{ id: string }>(
      'select manual_cancellation_id as id from manual_cancellations where merchant_id = $1',
      [merchant],
    );
    return { merchant, ana, bia, caio, taskId: row?.id ?? '' };
  }

  const newestTo = (person: SignedIn) => mailsTo(person.email).slice(1);

  it('is told at once to whom it belongs now, with who handed it over, the note and what to do, and to nobody else', async () => {
    const { ana, bia, caio, taskId } = await toldOfATask();

    await handOver(ana, bia, taskId, 'O cliente liga às 15h.\nBcc: x@y.z');
    await sweep();

    expect(newestTo(bia)).toHaveLength(1);
    expect(subjectsTo(bia.email).at(-1)).toMatch(/Repassado para você: pedido ORDER-/);
    const body = newestTo(bia)[0]?.body ?? '';
    expect(body).toContain('Ana Lima passou esta tarefa para você.');
    expect(body).toContain('Nota: O cliente liga às 15h. Bcc: x@y.z');
    expect(body).toContain('O que fazer');
    expect([...newestTo(ana), ...newestTo(caio)]).toEqual([]);
  });

  it('is not told to who takes it, alone or from somebody else, or hands it to themself', async () => {
    const { ana, bia, caio, taskId } = await toldOfATask();
    const path = `/console/manual-cancellations/${taskId}`;

    await ana.submit(`${path}/take`, {}, path);
    await bia.submit(`${path}/take`, {}, path);
    const toThemself = await postWithOwnToken(caio, `${path}/hand-over`, { to: caio.personId, version: '3' });
    expect(toThemself.location).toBe(`${path}?done=task-handed-over`);
    await sweep();

    expect([ana, bia, caio].flatMap(newestTo)).toEqual([]);
  });

  it('is told at the pace that its new owner wants, and not at all where they want no mails', async () => {
    const { merchant, ana, bia, caio, taskId } = await toldOfATask();
    await bia.submit('/console/account/notices', { pace: 'hour', event: 'not_needed' }, '/console/account');
    await caio.submit('/console/account/notices', { pace: 'off', event: 'manual_required' }, '/console/account');

    await handOver(ana, caio, taskId);
    await sweep();
    await handOver(caio, bia, taskId, 'Urgente');
    await sweep();
    expect([...newestTo(bia), ...newestTo(caio)]).toEqual([]);
    await passMinutes(HOUR, merchant);
    await sweep();

    expect(newestTo(caio)).toEqual([]);
    expect(subjectsTo(bia.email).at(-1)).toMatch(/1 cancelamento manual a fazer$/);
    expect(newestTo(bia)[0]?.body).toContain('Caio Melo passou esta tarefa para você.');
    expect(newestTo(bia)[0]?.body).toContain('Nota: Urgente');
  });

  it('is not told any more to who has handed it on', async () => {
    const { merchant, ana, bia, caio, taskId } = await toldOfATask();
    await bia.submit('/console/account/notices', { pace: 'hour', event: 'manual_required' }, '/console/account');
    await handOver(ana, bia, taskId);
    await sweep();
    await handOver(bia, caio, taskId);

    await passMinutes(HOUR, merchant);
    await sweep();

    expect(newestTo(bia)).toEqual([]);
    expect(newestTo(caio)[0]?.body).toContain('Bia Reis handed this task over to you.');
  });

  it('is told to channels and webhooks with the name of who has it, and without the note', async () => {
    const { merchant, ana, bia, caio, taskId } = await toldOfATask();
    const [slack, { path }] = [await addSlack(caio), await addWebhook(caio)];
    await database.query(`update notice_recipients set events = '{taken}' where merchant_id = $1 and kind = 'slack'`, [
      merchant,
    ]);

    await ana.submit(`/console/manual-cancellations/${taskId}/take`, {}, `/console/manual-cancellations/${taskId}`);
    await sweep();
    await handOver(ana, bia, taskId, 'Entre nós');
    await sweep();

    expect(callsTo(slack).map(({ body }) => body)).toEqual([
      expect.stringContaining('Ana Lima assumiu esta tarefa.') as string,
      expect.stringContaining('Ana Lima passou esta tarefa para Bia Reis.') as string,
    ]);
    const owners = callsTo(path).map(({ body }) => (JSON.parse(body) as { data: { owner: string } }).data.owner);
    expect(owners).toEqual(['Ana Lima', 'Bia Reis']);
    for (const { body } of receiver.calls) expect(body).not.toContain('Entre nós');
  });
});

describe('a message that arrived, of a task that is over', () => {
  afterEach(() => {
    mailServer.manners = 'takes';
  });

  const TOLD = 'Avisou a sua loja de que alguém precisa agir.';

  async function arrivedAndOver() {
    const merchant = newMerchant();
    const admin = await signIn(service, { role: 'admin', merchant, language: 'pt-BR' });
    await openTasks(merchant, 1);
    await sweep();
    await database.query(
      `update manual_cancellations set state = 'not-needed', closed_at = now() where merchant_id = $1`,
      [merchant],
    );
    const [row] = await database.query<{ id: string; payment: string }>(
      `select r.recipient_id as id, t.payment_id as payment from notice_recipients r join manual_cancellations t using (merchant_id)
       where merchant_id = $1 and person_id = $2`,
      [merchant, admin.personId],
    );
    const on = `/console/notifications/${row?.id}`;
    const again = /action="([^"]+\/again)"/.exec((await admin.get(on)).html)?.[1] ?? '';
    const history = async () => wordsOf((await admin.get(`/console/payments/${row?.payment}`)).html);
    return { merchant, admin, history, sendAgain: () => admin.submit(again, {}, on) };
  }

  it('is sent again as it was where a person asks for it, and says that nothing is left to do', async () => {
    const { merchant, admin, history, sendAgain } = await arrivedAndOver();

    const page = await sendAgain();

    expect(page.location).toMatch(/done=notice-sent-again$/);
    const [first, second, ...others] = mailsTo(admin.email);
    expect(others).toEqual([]);
    expect(second?.messageId).toBe(first?.messageId);
    expect(first?.body).toContain('O que fazer');
    expect(second?.body).toContain('já foi concluído');
    expect(second?.body).not.toContain('O que fazer');
    expect(await messagesOf(merchant)).toMatchObject([{ outcome: 'delivered' }]);
    expect(await history()).toContain(TOLD);
  });

  it('has still arrived once where it does not arrive again, which is said and not tried by itself', async () => {
    const { merchant, admin, history, sendAgain } = await arrivedAndOver();
    mailServer.manners = 'defers';

    const page = await sendAgain();

    expect(page.status).toBe(409);
    expect(wordsOf(page.html)).toContain('A mensagem não chegou. Não haverá novas tentativas automáticas.');
    mailServer.manners = 'takes';
    await passMinutes(2 * HOUR, merchant);
    await sweep();
    expect(mailsTo(admin.email)).toHaveLength(1);
    expect(await messagesOf(merchant)).toMatchObject([{ outcome: 'delivered', faults: 0 }]);
    expect(await history()).toContain(TOLD);
  });
});

describe('what waits for somebody who is gone', () => {
  const disable = (gone: SignedIn) =>
    database.query('update people set disabled_at = now() where merchant_id = $1 and person_id = $2', [
      gone.merchantId,
      gone.personId,
    ]);

  const outcomesOf = (merchantId: string, address: string) =>
    database.query(
      `select m.kind, m.outcome, m.next_try_at from notice_messages m join notice_recipients r using (merchant_id, recipient_id)
       left join people p using (merchant_id, person_id)
       where m.merchant_id = $1 and coalesce(p.email, r.address) = $2`,
      [merchantId, address],
    );

  /** The fourth try is still to come. */
  async function failThreeTimes(merchant: string): Promise<void> {
    mailServer.manners = 'defers';
    for (let times = 0; times < 4; times += 1) {
      await sweep();
      await passMinutes(HOUR, merchant);
    }
    mailServer.manners = 'takes';
  }

  afterEach(() => {
    mailServer.manners = 'takes';
  });

  it('is not sent to a person who is disabled, also where it had gone elsewhere before, and has an end', async () => {
    const merchant = newMerchant();
    const admin = await signIn(service, { role: 'admin', merchant });
    const gone = await signIn(service, { role: 'operator', merchant });
    await openTasks(merchant, 1);
    await failThreeTimes(merchant);
    await openTasks(merchant, 1);
    await disable(gone);

    await sweep();
    await passMinutes(2 * HOUR, merchant);
    await sweep();

    expect(mailsTo(gone.email)).toEqual([]);
    expect(await outcomesOf(merchant, gone.email)).toEqual([{ kind: 'single', outcome: 'dropped', next_try_at: null }]);
    expect(mailsTo(admin.email)).toHaveLength(2);
    expect(await reachedNobody(merchant)).toBe(0);
  }, 60_000);

  it('is not sent to an address that is removed, also where it had gone elsewhere before, and has an end', async () => {
    const merchant = newMerchant();
    const admin = await signIn(service, { role: 'admin', merchant });
    const [list, address] = ['/console/notifications', `${randomUUID()}@example.com`];
    await admin.submit(`${list}/email`, { address, language: 'es' }, list);
    await openTasks(merchant, 1);
    await failThreeTimes(merchant);
    const [row] = await database.query<{ id: string }>(
      'select recipient_id as id from notice_recipients where merchant_id = $1 and address = $2',
      [merchant, address],
    );
    await admin.submit(`${list}/${row?.id}/remove`, {}, `${list}/${row?.id}`);

    await sweep();

    expect(mailsTo(address)).toEqual([]);
    expect(await outcomesOf(merchant, address)).toEqual([{ kind: 'single', outcome: 'dropped', next_try_at: null }]);
  }, 60_000);

  it('is not sent by a process that found it due just before', async () => {
    const merchant = newMerchant();
    const gone = await signIn(service, { role: 'operator', merchant });
    await openTasks(merchant, 1);
    await service.service.app.get(NoticeSpread).spread(merchant);
    await disable(gone);
    const messages = service.service.app.get(NoticeMessages);
    const [row] = await database.query<{ id: string }>(
      'select recipient_id as id from notice_recipients where merchant_id = $1 and person_id = $2',
      [merchant, gone.personId],
    );
    const key = { merchantId: merchant, recipientId: row?.id ?? '' };

    expect(await messages.take(key, false)).toBeNull();
    await database.query(
      `update notice_recipients set faults_in_row = 3, wait_until = now() where merchant_id = $1 and recipient_id = $2`,
      [key.merchantId, key.recipientId],
    );
    expect(await messages.take(key, true)).toBeNull();
  });

  it('goes elsewhere where nobody else has it yet, though its message had gone elsewhere before it came in', async () => {
    const merchant = newMerchant();
    const gone = await signIn(service, { role: 'operator', merchant });
    await gone.submit('/console/account/notices', { pace: 'hour', event: 'manual_required' }, '/console/account');
    await openTasks(merchant, 1);
    await service.service.app.get(NoticeSpread).spread(merchant);
    await database.query('update notice_messages set fell_back_at = now() where merchant_id = $1', [merchant]);
    await disable(gone);

    await sweep();

    expect(await messagesOf(merchant)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ recipient: 'person', outcome: 'dropped' }),
        expect.objectContaining({ recipient: 'notify-email', outcome: 'delivered' }),
      ]),
    );
    expect(await reachedNobody(merchant)).toBe(0);
  });
});

describe('a mail server that is dead for an hour', () => {
  afterEach(async () => {
    mailServer.manners = 'takes';
  });

  it('gets everything once it is back, each message once under its one Message-ID', async () => {
    const merchant = newMerchant();
    const admin = await signIn(service, { role: 'admin', merchant });
    mailServer.manners = 'defers';
    await openTasks(merchant, 3);

    for (let minute = 0; minute < HOUR; minute += 10) {
      await sweep();
      await passMinutes(10, merchant);
    }
    expect(mailsTo(admin.email)).toEqual([]);
    await openTasks(merchant, 30);
    mailServer.manners = 'takes';
    for (let hours = 0; hours < 4; hours += 1) {
      await passMinutes(HOUR, merchant);
      await sweep();
    }

    const ids = mailsTo(admin.email).map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(ids.length);
    // Three from before, five more, and the others in one.
    expect(ids).toHaveLength(9);
    expect((await messagesOf(merchant)).filter(({ outcome }) => outcome !== 'delivered')).toEqual([]);
    expect(await reachedNobody(merchant)).toBe(0);
  }, 60_000);

  it('has its notices go to Slack after the third fault, and says so', async () => {
    const merchant = newMerchant();
    const admin = await signIn(service, { role: 'admin', merchant, language: 'pt-BR' });
    await database.query(
      `insert into notice_recipients (merchant_id, kind, events) values ($1, 'notify-email', '{manual_required}')`,
      [merchant],
    );
    const slack = await addSlack(admin);
    await database.query(`update notice_recipients set events = '{}' where merchant_id = $1 and kind = 'slack'`, [
      merchant,
    ]);
    mailServer.manners = 'defers';
    await openTasks(merchant, 1);

    await sweep();
    await passMinutes(3, merchant);
    await sweep();
    expect(callsTo(slack)).toEqual([]);
    for (let times = 0; times < 8; times += 1) {
      await passMinutes(HOUR, merchant);
      await sweep();
    }

    expect(callsTo(slack)).toHaveLength(1);
    expect(callsTo(slack)[0]?.body).toContain('não foi possível entregar ao destinatário habitual');
    expect(await reachedNobody(merchant)).toBe(0);
    const page = wordsOf((await admin.get('/console/notifications')).html);
    expect(page).toContain('Sem entrega');
    expect(page).toMatch(/Falha: .*451/);
    const ready = (await (await fetch(`${service.url}/health/ready`)).json()) as { warnings: string[] };
    expect(ready.warnings).toEqual([expect.stringMatching(/do not reach \d+ recipient/) as string]);
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(Number(/^notice_fall_back_total (\d+)/m.exec(metrics)?.[1])).toBeGreaterThan(0);

    mailServer.manners = 'takes';
    await passMinutes(2 * HOUR, merchant);
    await sweep();
    await sweep();
    expect(mailsTo(admin.email)).toHaveLength(1);
  }, 60_000);
});

it('is not held up by the dead server of another recipient', async () => {
  const [dead, alive] = [newMerchant(), newMerchant()];
  const silent = await startReceiver();
  silent.isSilent = true;
  const one = await signIn(service, { role: 'admin', merchant: dead });
  const other = await signIn(service, { role: 'admin', merchant: alive });
  const url = `${silent.url}/dead`;
  await one.submit('/console/notifications/webhook', { url }, '/console/notifications');
  const { path } = await addWebhook(other);
  await openTasks(dead, 100);
  void sweep();
  await until('the silent one is called', () => silent.calls.length > 0);

  await openTasks(alive, 20);
  await until('all arrive while the silent one is waited for', async () => {
    void sweep();
    return callsTo(path).length === 20 && silent.calls.length <= 4;
  });

  await silent.stop();
});

it('is sent once by two processes', async () => {
  const merchant = newMerchant();
  const admin = await signIn(service, { role: 'admin', merchant });
  const { path } = await addWebhook(admin);
  const second = await startMailing();
  try {
    await openTasks(merchant, 100);

    await Promise.all([sweep(service), sweep(second), sweep(service), sweep(second)]);
    await until('all arrived', async () => (await reachedNobody(merchant)) === 0 && callsTo(path).length >= 100);

    expect(callsTo(path)).toHaveLength(100);
    expect(mailsTo(admin.email)).toHaveLength(5);
  } finally {
    await second.stop();
  }
});

it('reaches everybody also when the job queue is gone: rows are the truth', async () => {
  const merchant = newMerchant();
  const admin = await signIn(service, { role: 'admin', merchant });
  const { path } = await addWebhook(admin);
  await database.query('drop schema pgboss cascade');

  await openTasks(merchant, 3);

  await until('the sweeper found them', () => callsTo(path).length === 3 && mailsTo(admin.email).length === 3);
});

describe('the page of notifications', () => {
  it('is for administrators, and shows nothing of another merchant', async () => {
    const [here, there] = [newMerchant(), newMerchant()];
    const admin = await signIn(service, { role: 'admin', merchant: here });
    const operator = await signIn(service, { role: 'operator', merchant: here });
    const stranger = await signIn(service, { role: 'admin', merchant: there });
    const { id } = await addWebhook(admin);
    const path = `/console/notifications/${id}`;

    expect((await operator.get('/console/notifications')).status).toBe(403);
    expect((await operator.get(path)).status).toBe(403);
    const nothing = await stranger.get('/console/notifications/00000000-0000-4000-8000-000000000000');
    const foreign = await stranger.get(path);
    expect([nothing.status, foreign.status]).toEqual([404, 404]);
    expect(foreign.html.replaceAll(/value="[0-9a-f]{64}"/g, '')).toBe(
      nothing.html.replaceAll(/value="[0-9a-f]{64}"/g, ''),
    );
    for (const move of ['wishes', 'remove', 'rotate', 'test', 'switch-on', `messages/${id}/again`]) {
      const token = await tokenFor(stranger, `${path}/${move}`);
      expect((await stranger.post(`${path}/${move}`, { csrf: token, pace: 'at-once' })).status).not.toBe(303);
    }
    expect((await stranger.get('/console/notifications')).html).not.toContain(receiver.url);
    expect((await admin.get(path)).status).toBe(200);
  });

  it.each([
    ['an e-mail address that is none', 'email', { address: 'nobody' }, /not an e-mail address/],
    ['a webhook without an address', 'webhook', { url: 'ftp://example.com' }, /begins with https/],
    ['Slack without a name', 'slack', { name: '', url: 'https://hooks.slack.com/services/1' }, /Enter a name/],
  ])('refuses %s', async (_what, channel, fields, words) => {
    const admin = await signIn(service, { role: 'admin', merchant: newMerchant() });

    const page = await admin.submit(`/console/notifications/${channel}`, fields, '/console/notifications');

    expect(page.status).toBe(400);
    expect(wordsOf(page.html)).toMatch(words);
  });

  it('adds an address once, tests it, changes what it gets, and removes it', async () => {
    const merchant = newMerchant();
    const admin = await signIn(service, { role: 'admin', merchant });
    const address = `${randomUUID()}@example.com`;
    const fields = { address, language: 'es' };
    const list = '/console/notifications';

    expect((await admin.submit(`${list}/email`, fields, list)).location).toBe(`${list}?done=notice-channel-added`);
    const again = await admin.submit(`${list}/email`, fields, list);
    expect(wordsOf(again.html)).toContain('already among the recipients');
    const [row] = await database.query<{ id: string }>(
      'select recipient_id as id from notice_recipients where merchant_id = $1 and address = $2',
      [merchant, address],
    );
    const path = `${list}/${row?.id}`;
    expect((await admin.submit(`${path}/test`, {}, path)).location).toBe(`${path}?done=notice-test-arrived`);
    expect(subjectsTo(address)).toEqual([expect.stringContaining('Prueba: los avisos llegan aquí') as string]);
    await admin.submit(`${path}/wishes`, { pace: 'at-once', event: ['taken'] }, path);
    await openTasks(merchant, 1);
    await openTasks(merchant, 1, { event: 'taken' });
    await sweep();
    expect(subjectsTo(address).at(-1)).toContain('En curso');
    expect(subjectsTo(address)).toHaveLength(2);

    await admin.submit(`${path}/remove`, {}, path);
    expect((await admin.get(path)).status).toBe(404);
    await openTasks(merchant, 1, { event: 'taken' });
    await sweep();
    expect(subjectsTo(address)).toHaveLength(2);
    const audit = wordsOf((await admin.get('/console/audit')).html);
    expect(audit).toContain(`the e-mail address ${address}`);
    expect(audit).toContain(`Notices no longer go to ${address}`);
  });

  it('tells when a test does not arrive', async () => {
    const admin = await signIn(service, { role: 'admin', merchant: newMerchant() });
    const { id } = await addWebhook(admin);
    receiver.status = 500;

    const page = await admin.submit(`/console/notifications/${id}/test`, {}, `/console/notifications/${id}`);

    expect(page.status).toBe(409);
    expect(wordsOf(page.html)).toContain('The test did not arrive.');
    expect(wordsOf(page.html)).toContain('it answered 500');
  });

  it('shows no secret of Slack or of a webhook, and keeps none in the clear', async () => {
    const merchant = newMerchant();
    const admin = await signIn(service, { role: 'admin', merchant });
    const slack = await addSlack(admin);
    const { id, secret } = await addWebhook(admin);

    const pages = [await admin.get('/console/notifications'), await admin.get(`/console/notifications/${id}`)];
    const rows = await database.query('select * from notice_recipients where merchant_id = $1', [merchant]);
    const entries = await database.query('select * from audit_entries where merchant_id = $1', [merchant]);

    for (const words of [...pages.map(({ html }) => html), JSON.stringify([rows, entries]), service.lines.join('\n')]) {
      expect(words).not.toContain(slack);
      expect(words).not.toContain(secret);
      expect(words).not.toContain(secret.slice('whsec_'.length));
    }
  });

  it('is sealed anew under another master key, and still signs', async () => {
    const merchant = newMerchant();
    const admin = await signIn(service, { role: 'admin', merchant });
    const { secret, path } = await addWebhook(admin);
    const renewed = await startMailing({
      MASTER_KEY: Buffer.alloc(32, 8).toString('base64'),
      MASTER_KEY_OLD: MASTER_KEY,
    });
    try {
      const answer = await renewed.internal('POST', 'secrets/reseal');
      expect(answer.status).toBe(200);
      const [row] = await database.query<{ key: string }>(
        `select secret ->> 'keyId' as key from notice_recipients where merchant_id = $1 and kind = 'webhook'`,
        [merchant],
      );
      expect(row?.key).toBe((answer.body as { keyId: string }).keyId);
      await openTasks(merchant, 1);
      await until('the webhook is called by the one that has the key', async () => {
        await database.query(
          `update notice_recipients set wait_until = now() where wait_until > now() and merchant_id = $1`,
          [merchant],
        );
        await database.query(
          `update notice_messages set next_try_at = now() where merchant_id = $1 and faults > 0 and ended_at is null`,
          [merchant],
        );
        await sweep(renewed);
        return callsTo(path).length > 0;
      });
      const [call] = callsTo(path);
      expect(new Webhook(secret).verify(call?.body ?? '', call?.headers ?? {})).toBeDefined();
      // For the tests after this one.
      await database.query('delete from notice_tries');
    } finally {
      await renewed.stop();
    }
  });

  it('says in words that Slack and webhooks need a master key', async () => {
    const bare = await startMailing({ MASTER_KEY: '' });
    try {
      const admin = await signIn(bare, { role: 'admin', merchant: newMerchant(), language: 'pt-BR' });

      const page = await admin.get('/console/notifications');

      expect(wordsOf(page.html)).toContain('Slack e webhooks precisam de uma chave mestra');
      expect(page.html).not.toContain('action="/console/notifications/webhook"');
    } finally {
      await bare.stop();
    }
  });

  it('takes only public https addresses, and Slack only at Slack, unless that is switched off', async () => {
    const strict = await startMailing({ WEBHOOK_ALLOW_HTTP: '' });
    try {
      const admin = await signIn(strict, { role: 'admin', merchant: newMerchant() });
      const list = '/console/notifications';
      for (const url of [
        'http://example.com/x',
        'https://127.0.0.1/x',
        'https://10.0.0.1/x',
        'https://169.254.169.254/latest',
        'https://[::1]/x',
        'https://[fd00::1]/x',
        'https://[::ffff:10.0.0.1]/x',
        'https://localhost/x',
        'https://user:pass@example.com/x',
      ]) {
        expect((await admin.submit(`${list}/webhook`, { url }, list)).status).toBe(400);
      }
      const slack = { name: 'x', url: 'https://hooks.slack.com.example.com/services/1' };
      expect((await admin.submit(`${list}/slack`, slack, list)).status).toBe(400);
      const good = { name: 'x', url: 'https://hooks.slack.com/services/1' };
      expect((await admin.submit(`${list}/slack`, good, list)).status).toBe(303);
    } finally {
      await strict.stop();
    }
  });

  it('calls no address that has become private since it was added', async () => {
    const merchant = newMerchant();
    const admin = await signIn(service, { role: 'admin', merchant });
    const { id } = await addWebhook(admin);
    const strict = await startMailing({ WEBHOOK_ALLOW_HTTP: '' });
    try {
      const there = await signIn(strict, { role: 'admin', merchant });
      const path = `/console/notifications/${id}`;
      const page = await there.submit(`${path}/test`, {}, path);

      expect(wordsOf(page.html)).toContain('must not be called with these settings');
      expect(receiver.calls).toEqual([]);
    } finally {
      await strict.stop();
    }
  });
});

/** The token of any form: made from the session alone, whatever the page. */
async function tokenFor(client: SignedIn, action: string): Promise<string> {
  const page = await client.get('/console/account');
  expect(page.html).toContain('name="csrf"');
  // A form of another address has another token, which this one must not take.
  return /name="csrf" value="([0-9a-f]{64})"/.exec(page.html)?.[1] ?? action;
}
