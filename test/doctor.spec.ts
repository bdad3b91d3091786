import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { FollowUp } from '../src/cancellations/follow-up.js';
import { runCli } from '../src/cli/cli.js';
import type { Environment } from '../src/config.js';
import { OutboxSender } from '../src/notifications/mail.js';
import type { Check } from '../src/operations/doctor.js';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { smtpSender } from './support/mail-server.js';
import { newId, startTestService, testCredentials, type TestService } from './support/service.js';
import { until } from './support/until.js';
import { startTestSimulators, type TestSimulators } from './support/simulators.js';

let simulators: TestSimulators;
let database: TestDatabase;
let service: TestService;

beforeAll(async () => {
  [simulators, database] = await Promise.all([startTestSimulators(), makeTestDatabase()]);
  service = await startTestService({ ...simulators.settings, DATABASE_URL: database.url });
});

afterAll(async () => {
  await service?.stop();
  await Promise.all([simulators?.stop(), database?.drop()]);
});

async function doctor(environment: Environment, ...args: string[]): Promise<{ exitCode: number; out: string }> {
  let out = '';
  const exitCode = await runCli(['doctor', ...args], {
    environment,
    out: (words) => (out += words),
    err: (words) => (out += words),
    isScreen: false,
    signal: new AbortController().signal,
  });
  return { exitCode, out };
}

const environmentOf = ({ url }: TestService) => ({ ...testCredentials, PUBLIC_URL: url });

async function checksOf(environment: Environment): Promise<Readonly<Record<string, Check>>> {
  const { checks } = JSON.parse((await doctor(environment, '--json')).out) as { checks: Check[] };
  return Object.fromEntries(checks.map((check) => [check.name, check]));
}

describe('npm run cli -- doctor', () => {
  it('says of everything that the service needs how it is, and ends with 0 when nothing is at fault', async () => {
    const { exitCode, out } = await doctor(environmentOf(service));

    expect(exitCode).toBe(0);
    expect(out).toMatch(/^ok {7}database {9}Postgres \d+\.\d+ .*answered in \d+ ms\.$/m);
    expect(out).toMatch(/^ok {7}clock {12}It is \d+ ms (ahead of|behind) the database's\.$/m);
    expect(out).toMatch(/^ok {7}job queue/m);
    expect(out).toMatch(/^ok {7}migrations {7}All are applied\.$/m);
    expect(out).toMatch(/^ok {7}follow-up {8}No cancellation is overdue\.$/m);
    expect(out).toMatch(/^ok {7}mail {13}The mail server lets us in; notices go to merchant@example\.com\.$/m);
    expect(out).toMatch(
      /^warning {2}calls to VTEX {4}No key of ours is set, so VTEX learns of an approval when it asks\./m,
    );
    expect(out).toMatch(/^ok {7}vault {12}Vault answers, and takes the credentials\.$/m);
    expect(out).toMatch(/^ok {7}corecard sandbox {1}CoreCard answers \(\d+\), but no harmless call/m);
    expect(out).toMatch(/^warning {2}public address {3}.* is not https/m);
  });

  it('finds a cancellation that nobody looks after, and a notice that does not arrive', async () => {
    const paymentId = newId();
    const reference = simulators.of.vault.referenceFor('refuses');
    await service.link(paymentId, { issuer: 'vault', reference });
    await service.cancel(paymentId, { requestId: 'R1' });
    const waiting = newId();
    await service.link(waiting, { issuer: 'vault', reference: simulators.of.vault.referenceFor('works') });
    await service.cancel(waiting, { requestId: 'R1' });
    const partner = { VTEX_PARTNER_APP_KEY: 'ours', VTEX_PARTNER_APP_TOKEN: 'partner-token-of-the-tests' };
    const other = await startTestService({ ...simulators.settings, DATABASE_URL: database.url, ...partner });
    for (const running of [service, other]) running.service.app.get(FollowUp).stop();
    await database.query(
      `update cancellations set state = 'waiting', proof = null, finished_at = null, issuer = 'gone', next_check_at = now() - interval '2 minutes'
       where payment_id = $1`,
      [waiting],
    );
    await database.query(
      `with payment as (
         insert into authorizations (merchant_id, payment_id, authorization_id, tid, delay_to_cancel_s, delay_to_auto_settle_s,
                                     delay_to_auto_settle_after_antifraud_s)
         values ('default', $1, 'A', 'T', 600, 600, 600) returning merchant_id, payment_id)
       insert into vtex_calls (merchant_id, payment_id, status, tries) select merchant_id, payment_id, 'approved', 2 from payment`,
      [waiting],
    );
    await database.query(`update vtex_calls set next_try_at = now() + interval '1 hour'`);
    await until('the notice has gone', async () => {
      const [open] = await database.query('select 1 from notices where delivered_at is null');
      return open === undefined;
    });
    await database.query(
      `update notice_messages set faults = 3, ended_at = null, outcome = null, next_try_at = now() + interval '1 hour'`,
    );
    await database.query('update notices set delivered_at = null');

    const { exitCode } = await doctor(environmentOf(service));
    const checks = await checksOf(environmentOf(other));
    await other.stop();

    expect(exitCode).toBe(1);
    expect(checks['follow-up']).toMatchObject({
      state: 'fault',
      words: expect.stringMatching(/^1 cancellation is overdue/) as string,
    });
    expect(checks['calls to VTEX']).toMatchObject({
      state: 'fault',
      words: expect.stringMatching(/^1 has failed so far and is tried again/) as string,
    });
    expect(checks.notices).toMatchObject({ state: 'fault', words: expect.stringMatching(/^1 notice of/) as string });
  });

  it('says what is wrong with an issuer, and how it is treated', async () => {
    const other = await startTestService({
      ...simulators.settings,
      DATABASE_URL: database.url,
      VAULT_ACCESS_TOKEN: 'a-token-that-vault-does-not-know',
      QITECH_BASE_URL: 'http://127.0.0.1:9',
      ARTHA_MODE: 'paused',
    });

    const checks = await checksOf(environmentOf(other));
    const { exitCode, out } = await doctor(environmentOf(other), '--merchant', 'test-suite');

    await other.stop();
    expect(checks.vault).toMatchObject({
      state: 'fault',
      words: expect.stringMatching(/check the credentials/) as string,
    });
    expect(checks.qitech).toMatchObject({
      state: 'fault',
      words: expect.stringMatching(/cannot be reached/) as string,
    });
    expect(checks.artha).toMatchObject({
      state: 'warning',
      words: expect.stringMatching(/set to paused\.$/) as string,
    });
    expect(exitCode).toBe(1);
    expect(out).toMatch(/^FAULT {4}issuers {10}The merchant test-suite has no account at any issuer/m);
  });

  it('says what to do about a mail server that is not there, without its password', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    const mail = smtpSender(`smtp://user:hush-hush@127.0.0.1:${port}`);
    const other = await startTestService({ ...simulators.settings, DATABASE_URL: database.url }, { mail });

    const checks = await checksOf(environmentOf(other));

    await other.stop();
    expect(checks.mail).toMatchObject({
      state: 'fault',
      words: 'The mail server does not let us in (ESOCKET). Check SMTP_URL: host, port, user and password.',
    });
  });

  it('says from whom mails come and to whom they go', async () => {
    const mail = new OutboxSender(() => undefined);
    const smtp = { SMTP_URL: 'smtp://apikey:hush-hush@127.0.0.1:9', MAIL_FROM: 'Store X <cards@store.example>' };
    const other = await startTestService({ ...simulators.settings, DATABASE_URL: database.url, ...smtp }, { mail });

    const checks = await checksOf(environmentOf(other));

    await other.stop();
    expect(checks.mail).toMatchObject({
      state: 'ok',
      words: 'The mail server lets us in; notices go from cards@store.example to merchant@example.com.',
    });
  });

  it('says that notices reach nobody where no mail server is set', async () => {
    const other = await startTestService({ ...simulators.settings, DATABASE_URL: database.url }, { mail: null });

    const checks = await checksOf(environmentOf(other));

    await other.stop();
    expect(checks.mail).toMatchObject({ state: 'fault', words: expect.stringMatching(/set SMTP_URL/) as string });
  });

  it('looks at the settings and the database of the shell where no service answers', async () => {
    const nowhere = { PUBLIC_URL: 'http://127.0.0.1:9', ADMIN_API_TOKEN: testCredentials.ADMIN_API_TOKEN };

    const wrong = await doctor({
      ...nowhere,
      ANSWER_DEADLINE_MS: 'soon',
      DATABASE_URL: 'postgres://nobody:hush-hush@127.0.0.1:9/x',
    });
    const right = await doctor({ ...testCredentials, ...nowhere, DATABASE_URL: database.url });

    expect(wrong.exitCode).toBe(1);
    expect(wrong.out).toMatch(/^FAULT {4}service {10}The service at http:\/\/127\.0\.0\.1:9 cannot be reached/m);
    expect(wrong.out).toMatch(/^FAULT {4}settings {9}ANSWER_DEADLINE_MS must be a whole number/m);
    expect(wrong.out).toMatch(/^FAULT {4}settings {9}VTEX_APP_KEY is needed/m);
    expect(wrong.out).toMatch(/^FAULT {4}database {9}It does not let us in \(ECONNREFUSED\)/m);
    expect(wrong.out).not.toContain('hush-hush');
    expect(right.out).toMatch(/^ok {7}settings/m);
    expect(right.out).toMatch(/^ok {7}database/m);
  });
});
