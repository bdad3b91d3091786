import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCancellationsCommand } from '../src/cli/cancellations-command.js';
import type { Told } from '../src/cli/describe.js';
import type { Explanation } from '../src/cancellations/explanation.js';
import { keepDevelopmentCredentials, readDevelopmentCredentials } from '../src/development/credentials.js';
import type { IssuerCode } from '../src/issuers/index.js';
import type { BehaviourName } from '../src/issuers/simulator-server.js';
import type { QitechSimulator } from '../src/issuers/qitech/simulator.js';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { cancelsOf, effectsOf, type Reference } from './support/issuer-traffic.js';
import { startServiceProcess, type ServiceProcess } from './support/process.js';
import { newId, startTestService, testCredentials, type TestService } from './support/service.js';
import { startTestSimulators, type TestSimulators } from './support/simulators.js';
import { passTime } from './support/time.js';
import { until } from './support/until.js';

const SECOND = 1_000;

let simulators: TestSimulators;
let database: TestDatabase;
let service: TestService;

beforeAll(async () => {
  simulators = await startTestSimulators(300);
  database = await makeTestDatabase();
  service = await startTestService({
    ...simulators.settings,
    CORECARD_TIMEOUT_MS: '1000',
    QITECH_TIMEOUT_MS: '1000',
    // One fault opens Vault's circuit, for longer than these tests take.
    VAULT_BREAKER_FAULTS: '1',
    VAULT_BREAKER_PAUSE_MS: '600000',
    ANSWER_DEADLINE_MS: '1500',
    DATABASE_URL: database.url,
  });
});

afterAll(async () => {
  await service?.stop();
  await simulators?.stop();
  await database?.drop();
});

interface Linked {
  readonly issuer: IssuerCode;
  readonly paymentId: string;
  readonly reference: Reference;
}

async function linked(issuer: IssuerCode, behaviour: BehaviourName = 'works', sandbox = false): Promise<Linked> {
  const paymentId = newId();
  const reference = simulators.of[issuer].referenceFor(behaviour);
  expect((await service.link(paymentId, { issuer, reference, sandbox })).status).toBe(201);
  return { issuer, paymentId, reference };
}

async function cancelled(issuer: IssuerCode, behaviour: BehaviourName = 'works'): Promise<Linked> {
  const payment = await linked(issuer, behaviour);
  await service.cancel(payment.paymentId, { requestId: 'R1' });
  return payment;
}

async function known(): Promise<string> {
  const paymentId = newId();
  await database.query(
    `insert into payments (merchant_id, payment_id, sandbox, seen_before) values ('default', $1, false, true)`,
    [paymentId],
  );
  return paymentId;
}

const setMode = (issuer: IssuerCode, mode: string | null, sandbox = false) =>
  service.internal('PUT', `issuers/${issuer}`, { mode, sandbox });

const attemptsOf = async ({ paymentId }: Linked) =>
  ((await service.history(paymentId)).cancellation?.attempts ?? []).map(({ kind, outcome }) => `${kind} ${outcome}`);

const requestCount = () => Object.values(simulators.of).reduce((sum, { requests }) => sum + requests.length, 0);

const tables = [
  'payments',
  'issuer_references',
  'cancellations',
  'cancellation_requests',
  'attempts',
  'issuer_callbacks',
  'manual_cancellations',
  'payment_events',
  'issuer_modes',
];

/** Everything that is written about one payment, and how often the issuers were called. */
async function traces(paymentId: string): Promise<string> {
  const rows = await Promise.all(
    tables.map((table) => {
      const where = ['issuer_callbacks', 'issuer_modes'].includes(table) ? 'true' : `payment_id = '${paymentId}'`;
      return database.query(`select t.*, xmin::text from ${table} t where ${where} order by t::text`);
    }),
  );
  return JSON.stringify([rows, requestCount()]);
}

async function explain(paymentId: string): Promise<Told<Explanation>> {
  const before = await traces(paymentId);
  const { status, body } = await service.internal('GET', `payments/${paymentId}/explain`);
  expect(status).toBe(200);
  expect(await traces(paymentId)).toBe(before);
  return body as unknown as Told<Explanation>;
}

describe('an explanation changes nothing, asks nobody, and says', () => {
  it('that a cancel would be sent, where nobody has asked for it yet', async () => {
    const { paymentId, reference } = await linked('corecard');

    expect(await explain(paymentId)).toEqual({
      paymentId,
      now: 'A cancel would be sent to CoreCard at once.',
      why: ['Nobody has asked for its cancellation yet.'],
      link: { issuer: 'corecard', reference, sandbox: false },
      issuer: {
        name: 'CoreCard',
        isConfigured: true,
        mode: 'live',
        circuit: 'closed',
        callsUnderWay: 0,
        canQuery: false,
        callback: 'configured',
        resendAfterUnknown: 'A cancel whose outcome is unknown may be sent again, up to three in all.',
      },
      cancellation: null,
    });
  });

  it('that there is no card, where nothing was ever linked', async () => {
    const paymentId = await known();

    expect(await explain(paymentId)).toMatchObject({
      now: 'VTEX would be told that it is cancelled, and nobody would be asked.',
      why: ['We know the payment, and nothing was ever linked to it: there is no card.'],
      link: null,
      issuer: null,
    });
  });

  it.each([
    ['paused', 'Nothing would be sent to CoreCard; the cancellation would wait.', 'CoreCard is paused.'],
    ['manual', 'A person would have to cancel it.', 'CoreCard is in mode manual: people cancel.'],
    ['dry-run', 'A person would have to cancel it.', 'CoreCard is in mode dry-run: what would be sent is recorded'],
  ])('what mode %s would make of a cancel', async (mode, now, why) => {
    const { paymentId } = await linked('corecard', 'works', true);
    await setMode('corecard', mode, true);

    const explained = await explain(paymentId);

    await setMode('corecard', null, true);
    expect(explained).toMatchObject({ now, issuer: { mode } });
    expect(explained.why.join(' ')).toContain(why);
  });

  it('that it waits because its issuer is paused', async () => {
    await setMode('corecard', 'paused');
    const { paymentId } = await cancelled('corecard');

    const explained = await explain(paymentId);

    expect(explained.now).toMatch(/^Nothing is done before .*Z, unless a callback comes\.$/);
    expect(explained.why).toEqual(['Nothing was sent for it.', 'CoreCard is in mode paused, or not configured.']);
    expect(explained.cancellation).toMatchObject({ state: 'waiting', next: { kind: 'wait' } });
    await setMode('corecard', null);
    await until('it is cancelled', async () => (await explainState(paymentId)) === 'cancelled');
  });

  it('when a cancel may be sent again, and when it is given up', async () => {
    const { paymentId } = await cancelled('corecard', 'resets');

    const { now, why, cancellation } = await explain(paymentId);

    expect(now).toMatch(/^A cancel is sent to CoreCard at .*Z\.$/);
    expect(why).toEqual(['Tried: cancel → unknown.']);
    const [sendAt, giveUpAt] = [cancellation?.next?.dueAt, cancellation?.giveUpAt].map((at) => Date.parse(at ?? ''));
    expect(cancellation).toMatchObject({ state: 'waiting', next: { kind: 'send' } });
    expect((sendAt ?? 0) - Date.now()).toBeLessThanOrEqual(10 * SECOND);
    expect((giveUpAt ?? 0) - Date.now()).toBeGreaterThan(119 * 60 * SECOND);
  });

  it('that a task is waited for', async () => {
    const { paymentId } = await cancelled('artha');

    const { now, why, cancellation, issuer } = await explain(paymentId);

    expect(now).toMatch(/^Nothing is done before .*Z, unless a callback comes\.$/);
    expect(why).toEqual(['Tried: cancel → pending.']);
    expect(cancellation).toMatchObject({ state: 'waiting', next: { kind: 'wait', notBefore: null } });
    expect(issuer).toMatchObject({ name: 'Artha', callback: 'with-task', canQuery: false });
  });

  it('that a call is under way', async () => {
    const { paymentId } = await linked('corecard', 'slow');
    const answer = service.cancel(paymentId, { requestId: 'R1' });
    await until('it is asking', async () => (await service.history(paymentId)).cancellation?.state === 'asking');

    const explained = await explain(paymentId);

    expect(explained.now).toMatch(/^A call to CoreCard is under way; from .*Z on it counts as unknown\.$/);
    expect(explained).toMatchObject({ why: ['Tried: cancel → under way.'], issuer: { callsUnderWay: 1 } });
    await answer;
  });

  it('that it is cancelled', async () => {
    const { paymentId } = await cancelled('qitech');

    expect(await explain(paymentId)).toMatchObject({
      now: 'It is cancelled; nothing is done any more.',
      why: ['Tried: cancel → cancelled.'],
      cancellation: { state: 'cancelled', next: null, giveUpAt: null },
    });
  });

  it('why a person has to do it', async () => {
    const refused = await cancelled('corecard', 'refuses');
    const neverSeen = newId();
    await service.cancel(neverSeen, { requestId: 'R1' });

    expect(await explain(refused.paymentId)).toMatchObject({
      now: 'A person has to cancel it; nothing is sent any more. A late proof would end that.',
      why: ['Tried: cancel → refused.', 'The card was already printed, so the issuer no longer cancels its order.'],
      cancellation: { state: 'manual', next: null },
    });
    expect(await explain(neverSeen)).toMatchObject({
      why: ['Nothing was sent for it.', expect.stringContaining('We never saw this payment') as string],
      link: null,
      issuer: null,
    });
  });

  it('that its issuer does not answer, while the circuit is open', async () => {
    const first = await cancelled('vault', 'unavailable');
    const { paymentId } = await linked('vault');

    const unclaimed = await explain(paymentId);
    const open = await explain(first.paymentId);

    expect(unclaimed).toMatchObject({ issuer: { circuit: 'open' } });
    expect(unclaimed.why).toContain('Vault did not answer many calls in a row: nothing is sent for a while.');
    expect(open.why).toContain('Vault does not answer at the moment.');
    expect(open.cancellation).toMatchObject({ state: 'waiting', next: { kind: 'wait' } });
  });
});

const explainState = async (paymentId: string) => (await service.history(paymentId)).cancellation?.state;

describe('explain and check', () => {
  it.each([
    ['GET', 'explain'],
    ['POST', 'check'],
  ])('%s %s is 404 for a payment that nobody has heard of, and for one of another merchant', async (method, verb) => {
    const { paymentId } = await linked('corecard');
    const unheardOf = { status: 404, body: { message: 'Nothing was ever heard of this payment.' } };

    expect(await service.internal(method, `payments/${newId()}/${verb}`)).toEqual(unheardOf);
    expect(await service.internal(method, `payments/%00/${verb}`)).toEqual(unheardOf);
    expect(await service.internal(method, `payments/${paymentId}/${verb}?merchant=test-suite`)).toEqual(unheardOf);
    expect((await service.internal(method, `payments/${paymentId}/${verb}?merchant=a%20b`)).status).toBe(422);
  });

  it.each([
    ['GET', 'explain'],
    ['POST', 'check'],
  ])('%s %s is 401 without the token', async (method, verb) => {
    const { paymentId } = await linked('corecard');

    const { status } = await fetch(`${service.url}/internal/payments/${paymentId}/${verb}`, { method });

    expect(status).toBe(401);
  });
});

const check = async ({ paymentId }: Linked) => {
  const { status, body } = await service.internal('POST', `payments/${paymentId}/check`);
  expect(status).toBe(200);
  return body.cancellation as { readonly state: string; readonly cancellationId: string | null };
};

describe('a check', () => {
  /** Nothing was done by then; `effect` may come later. */
  async function unknownAt(issuer: 'qitech' | 'corecard', effect: 'none' | 'late'): Promise<Linked> {
    const payment = await linked(issuer);
    simulators.of[issuer].script(payment.reference, [{ effect, answer: 'reset' }]);
    await service.cancel(payment.paymentId, { requestId: 'R1' });
    return payment;
  }

  it('asks QI Tech as soon as the rule allows it, and records the proof', async () => {
    const payment = await unknownAt('qitech', 'late');
    expect(await attemptsOf(payment)).toEqual(['cancel unknown', 'query not-cancelled']);
    await until('the late effect', () => effectsOf(simulators, 'qitech', payment.reference).length === 1);

    expect(await check(payment)).toMatchObject({ state: 'waiting' });
    expect(await attemptsOf(payment)).toHaveLength(2);
    await passTime(database, payment.paymentId, 10 * SECOND);
    const cancellation = await check(payment);

    expect(cancellation).toMatchObject({ state: 'cancelled', cancellationId: expect.any(String) as string });
    expect(await attemptsOf(payment)).toEqual(['cancel unknown', 'query not-cancelled', 'query cancelled']);
    expect(cancelsOf(simulators, 'qitech', payment.reference)).toHaveLength(1);
  });

  it('sends again at QI Tech where the query allows it, once', async () => {
    const payment = await unknownAt('qitech', 'none');
    await passTime(database, payment.paymentId, 10 * SECOND);

    expect(await check(payment)).toMatchObject({ state: 'cancelled' });

    expect(await attemptsOf(payment)).toEqual([
      'cancel unknown',
      'query not-cancelled',
      'query not-cancelled',
      'cancel cancelled',
    ]);
    expect(effectsOf(simulators, 'qitech', payment.reference)).toHaveLength(1);
  });

  it('sends CoreCard another cancel not before 10 s, and then sooner than the follow-up would', async () => {
    const payment = await unknownAt('corecard', 'none');

    expect(await check(payment)).toMatchObject({ state: 'waiting' });
    expect(await attemptsOf(payment)).toEqual(['cancel unknown']);
    simulators.of.corecard.script(payment.reference, [{ effect: 'none', answer: 'reset' }]);
    await passTime(database, payment.paymentId, 10 * SECOND);
    await check(payment);
    await check(payment);
    expect(await attemptsOf(payment)).toEqual(['cancel unknown', 'cancel unknown']);
    // The follow-up comes 30 s after the second one.
    await passTime(database, payment.paymentId, 11 * SECOND);

    expect(await check(payment)).toMatchObject({ state: 'cancelled' });

    expect(await attemptsOf(payment)).toEqual(['cancel unknown', 'cancel unknown', 'cancel cancelled']);
    expect(effectsOf(simulators, 'corecard', payment.reference)).toHaveLength(1);
  });

  it('of ten operators at once makes one call', async () => {
    const payment = await unknownAt('qitech', 'late');
    await until('the late effect', () => effectsOf(simulators, 'qitech', payment.reference).length === 1);
    await passTime(database, payment.paymentId, 10 * SECOND);

    await Promise.all(Array.from({ length: 10 }, () => check(payment)));

    expect(await attemptsOf(payment)).toEqual(['cancel unknown', 'query not-cancelled', 'query cancelled']);
  });

  it('looks at what a person has to do, sends nothing, and a proof stands the person down', async () => {
    const payment = await cancelled('qitech', 'refuses');
    expect(await explainState(payment.paymentId)).toBe('manual');
    const sent = cancelsOf(simulators, 'qitech', payment.reference).length;

    expect(await check(payment)).toMatchObject({ state: 'manual', cancellationId: null });
    (simulators.of.qitech as QitechSimulator).setStatus(payment.reference, { instrument: 'canceled' });
    expect(await check(payment)).toMatchObject({ state: 'cancelled' });

    expect((await attemptsOf(payment)).slice(-2)).toEqual(['query refused', 'query already-cancelled']);
    expect(cancelsOf(simulators, 'qitech', payment.reference)).toHaveLength(sent);
    expect(
      await database.query(
        `select m.state, n.event from manual_cancellations m join notices n using (merchant_id, manual_cancellation_id)
         where payment_id = $1 order by n.created_at`,
        [payment.paymentId],
      ),
    ).toEqual([
      { state: 'not-needed', event: 'manual_required' },
      { state: 'not-needed', event: 'not_needed' },
    ]);
  });

  it('asks nobody where no cancel was ever sent, where there is no query, and where it is paused', async () => {
    await setMode('qitech', 'manual', true);
    const manual = await linked('qitech', 'works', true);
    await service.cancel(manual.paymentId, { requestId: 'R1' });
    await setMode('qitech', null, true);
    const refused = await cancelled('corecard', 'refuses');
    await setMode('corecard', 'paused', true);
    const paused = await linked('corecard', 'works', true);
    await service.cancel(paused.paymentId, { requestId: 'R1' });
    const unclaimed = await linked('corecard');
    const before = requestCount();

    for (const payment of [manual, refused, paused, unclaimed]) await check(payment);

    expect(requestCount()).toBe(before);
    expect(
      await Promise.all([manual, refused, paused, unclaimed].map(({ paymentId }) => explainState(paymentId))),
    ).toEqual(['manual', 'manual', 'waiting', undefined]);
    await setMode('corecard', null, true);
  });
});

describe('npm run cancellations', () => {
  let running: ServiceProcess;
  let own: TestDatabase;

  beforeAll(async () => {
    own = await makeTestDatabase();
    running = await startServiceProcess({ ...simulators.settings, DATABASE_URL: own.url });
  }, 120_000);

  afterAll(async () => {
    await running?.kill('SIGKILL');
    await own?.drop();
  });

  /** The built command, with these settings and nothing of the shell's environment. */
  async function command(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const child = spawn(process.execPath, ['bundle/cancellations-command.js', ...args], {
      env: { PUBLIC_URL: running.url, ADMIN_API_TOKEN: testCredentials.ADMIN_API_TOKEN, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (chunks.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (chunks.err += chunk.toString()));
    const [exitCode] = (await once(child, 'close')) as [number];
    return { exitCode, ...chunks };
  }

  async function unknownAtCorecard(): Promise<string> {
    const paymentId = newId();
    await running.link(paymentId, { issuer: 'corecard', reference: simulators.of.corecard.referenceFor('resets') });
    await running.cancel(paymentId, { requestId: 'R1' });
    return paymentId;
  }

  it('explains in a few lines, with times in words', async () => {
    const paymentId = await unknownAtCorecard();

    const { exitCode, out, err } = await command(['explain', paymentId]);

    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    const clock = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC`;
    expect(out.trim().split('\n')).toEqual([
      expect.stringMatching(
        new RegExp(`^Payment +${paymentId}, at CoreCard \\(live\\): adminNumber \\d+, cardSequenceNumber 1$`),
      ),
      expect.stringMatching(new RegExp(`^Now +A cancel is sent to CoreCard at ${clock} \\((in \\d+ s|now)\\)\\.$`)),
      expect.stringMatching(/^Why +Tried: cancel → unknown\.$/),
      expect.stringMatching(new RegExp(`^Next +a cancel at ${clock} \\(.*\\); allowed from ${clock} \\(.*\\)$`)),
      expect.stringMatching(new RegExp(`^Gives up +${clock} \\(in 2 h\\), if nothing is known by then$`)),
      expect.stringMatching(
        /^Issuer +CoreCard: mode live, circuit closed, 0 calls under way in the process that answered$/,
      ),
      expect.stringMatching(/^ +It cannot be asked for the state\. A callback can prove a cancellation\.$/),
      expect.stringMatching(/^ +A cancel whose outcome is unknown may be sent again, up to three in all\.$/),
    ]);
  });

  it('gives the answer of the service as it is with --json', async () => {
    const paymentId = await unknownAtCorecard();

    const { exitCode, out } = await command(['explain', '--json', paymentId]);

    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toEqual((await running.internal('GET', `payments/${paymentId}/explain`)).body);
  });

  it('checks, and shows what was tried', async () => {
    const paymentId = newId();
    await running.link(paymentId, { issuer: 'qitech', reference: simulators.of.qitech.referenceFor('works') });
    const before = await command(['check', paymentId]);
    const { body } = await running.cancel(paymentId, { requestId: 'R1' });

    const after = await command(['check', paymentId]);

    expect(before.out).toContain('nobody has asked for its cancellation');
    expect(after).toMatchObject({ exitCode: 0, err: '' });
    expect(after.out).toContain(`cancelled; VTEX is told the cancellationId ${body.cancellationId}`);
    expect(after.out).toMatch(/^Tried +cancel → cancelled; .* UTC \(.*\)$/m);
  });

  it('ends with 1 for a payment that nobody has heard of, and for one of another merchant', async () => {
    const paymentId = await unknownAtCorecard();
    const unheardOf = newId();

    expect(await command(['explain', unheardOf])).toEqual({
      exitCode: 1,
      out: '',
      err: `Nothing was ever heard of payment ${unheardOf}.\n`,
    });
    expect(await command(['check', paymentId, '--merchant', 'test-suite'])).toMatchObject({
      exitCode: 1,
      err: `Nothing was ever heard of payment ${paymentId} of merchant test-suite.\n`,
    });
  });

  it.each<[string, readonly string[], string]>([
    ['no command', [], 'No command was named.'],
    ['an unknown command', ['cancel', 'A'], 'There is no command "cancel".'],
    ['no payment', ['explain'], 'Name one payment after "explain".'],
    ['two payments', ['check', 'A', 'B'], 'Name one payment after "check".'],
    ['an unknown option', ['explain', 'A', '--force'], "Unknown option '--force'"],
    ['an option without its value', ['explain', 'A', '--url'], "Option '--url <value>' argument missing"],
  ])('ends with 2 and says how it is used, for %s', async (_, args, words) => {
    const { exitCode, words: said } = await runCancellationsCommand(args, {});

    expect(exitCode).toBe(2);
    expect(said).toContain(words);
    expect(said).toContain('npm run cancellations -- explain <paymentId>');
  });

  it.each<[string, readonly string[], Readonly<Record<string, string>>, string]>([
    ['a service that is not there', ['--url', 'http://127.0.0.1:9'], {}, 'Start it, or name its address with --url'],
    ['an address that is none', ['--url', 'localhost:3000'], {}, '--url must be an http or https address'],
    ['a port that is none', [], { PUBLIC_URL: '', PORT: 'x' }, 'PORT must be a whole number'],
    [
      'another token',
      [],
      { ADMIN_API_TOKEN: 'another-token-0123456789' },
      'refuses the bearer token. Set ADMIN_API_TOKEN',
    ],
    ['no token', [], { ADMIN_API_TOKEN: '' }, 'set ADMIN_API_TOKEN to the one that the service was started with'],
    ['a token that is too short', [], { ADMIN_API_TOKEN: 'short' }, 'ADMIN_API_TOKEN must have at least 16 characters'],
    ['a merchant that is none', ['--merchant', 'a b'], {}, 'must be one merchant id'],
  ])('ends with 2 and says what to do, for %s', async (_, args, environment, words) => {
    const given = { PUBLIC_URL: running.url, ADMIN_API_TOKEN: testCredentials.ADMIN_API_TOKEN, ...environment };

    const { exitCode, words: said } = await runCancellationsCommand(['explain', 'A', ...args], given);

    expect(exitCode).toBe(2);
    expect(said).toContain(words);
    expect(said).not.toContain(testCredentials.ADMIN_API_TOKEN);
  });

  it('ends with 2 where something else answers, and follows no redirect with the token', async () => {
    let status = 404;
    let calls = 0;
    const other = createServer((_, response) => {
      calls += 1;
      response.writeHead(status, { location: '/' }).end('{"message":"Not Found"}');
    }).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;

    try {
      for (status of [404, 302, 200]) {
        const { exitCode, words } = await runCancellationsCommand(['explain', 'A', '--url', url], testCredentials);
        expect(exitCode).toBe(2);
        expect(words).toContain('something else than this service answers');
      }
      status = 503;
      const { words } = await runCancellationsCommand(['explain', 'A', '--url', url], testCredentials);

      expect(words).toContain('could not answer (503)');
      expect(calls).toBe(4);
    } finally {
      other.close();
    }
  });

  it('says how it is used with --help', async () => {
    expect(await command(['--help'])).toMatchObject({ exitCode: 0, out: expect.stringContaining('explain') as string });
  });

  it('takes the token of a development start where none is set', () => {
    const folder = mkdtempSync(join(tmpdir(), 'credentials-'));

    expect(readDevelopmentCredentials(folder)).toBeNull();
    const kept = keepDevelopmentCredentials(join(folder, '.data'));

    expect(readDevelopmentCredentials(join(folder, '.data'))).toEqual(kept);
    expect(kept.ADMIN_API_TOKEN).toMatch(/^\S{16,}$/);
    expect(statSync(join(folder, '.data', 'credentials.json')).mode & 0o077).toBe(0);
    rmSync(folder, { recursive: true });
  });
});
