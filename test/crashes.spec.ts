import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { IssuerCode } from '../src/issuers/index.js';
import type { BehaviourName } from '../src/issuers/simulator-server.js';
import type { Answer, Caller, History } from './support/caller.js';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { cancelsOf, effectsOf, type Reference } from './support/issuer-traffic.js';
import { startServiceProcess, type ServiceProcess } from './support/process.js';
import { newId, startTestService, type TestService } from './support/service.js';
import { issuerCodes, startTestSimulators, type TestSimulators } from './support/simulators.js';
import { expireLease, passTime } from './support/time.js';
import { until } from './support/until.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const timeouts = (ms: number) =>
  Object.fromEntries(issuerCodes.map((code) => [`${code.toUpperCase()}_TIMEOUT_MS`, String(ms)]));

interface Linked {
  readonly issuer: IssuerCode;
  readonly paymentId: string;
  readonly requestId: string;
  readonly reference: Reference;
}

async function linkPayment(
  caller: Caller,
  simulators: TestSimulators,
  issuer: IssuerCode,
  behaviour: BehaviourName,
): Promise<Linked> {
  const paymentId = newId();
  const reference = simulators.of[issuer].referenceFor(behaviour);
  expect((await caller.link(paymentId, { issuer, reference })).status).toBe(201);
  return { issuer, paymentId, requestId: newId(), reference };
}

async function linkAll(caller: Caller, simulators: TestSimulators, behaviour: BehaviourName) {
  const linked = await Promise.all(issuerCodes.map((issuer) => linkPayment(caller, simulators, issuer, behaviour)));
  return Object.fromEntries(linked.map((payment) => [payment.issuer, payment])) as Record<IssuerCode, Linked>;
}

/** A request whose answer nobody gets, because its process is killed. */
const sendIntoTheVoid = (caller: Caller, { paymentId, requestId }: Linked): void =>
  void caller.cancel(paymentId, { requestId }).catch(() => undefined);

const cancelAgain = (caller: Caller, { paymentId, requestId }: Linked): Promise<Answer> =>
  caller.cancel(paymentId, { requestId });

const stateOf = async (caller: Caller, { paymentId }: Linked) => (await caller.history(paymentId)).cancellation;

const attemptsOf = (cancellation: History['cancellation']) =>
  (cancellation?.attempts ?? []).map(({ kind, outcome }) => `${kind} ${outcome}`);

const hasState = async (caller: Caller, payment: Linked, wanted: string) => {
  const cancellation = await stateOf(caller, payment);
  return cancellation?.state === wanted ? cancellation : null;
};

const manualCancellationsOf = (database: TestDatabase, { paymentId }: Linked) =>
  database.query<{ reason: string; state: string; notices: string[] }>(
    `select reason, state,
            array(select event from notices n where n.manual_cancellation_id = m.manual_cancellation_id order by created_at) as notices
     from manual_cancellations m where payment_id = $1`,
    [paymentId],
  );

const inProgress = {
  status: 500,
  body: {
    cancellationId: null,
    code: 'cancellation-pending',
    message: expect.stringContaining('in progress') as string,
  },
};

describe('when the process is killed between the effect at the issuer and our record of it', () => {
  let database: TestDatabase;
  let simulators: TestSimulators;
  let service: ServiceProcess;
  let repeated: Record<IssuerCode, Linked>;
  let notRepeated: Record<IssuerCode, Linked>;
  let answers: Record<IssuerCode, Promise<Answer>>;

  beforeAll(async () => {
    database = await makeTestDatabase();
    simulators = await startTestSimulators();
    // The lease is the time-out and 5 s more.
    const environment = {
      ...simulators.settings,
      ...timeouts(3_000),
      ANSWER_DEADLINE_MS: '19000',
      DATABASE_URL: database.url,
    };
    const killed = await startServiceProcess(environment);
    repeated = await linkAll(killed, simulators, 'answer-lost');
    notRepeated = await linkAll(killed, simulators, 'answer-lost');
    for (const payment of [...Object.values(repeated), ...Object.values(notRepeated)]) sendIntoTheVoid(killed, payment);
    await until('all cards are cancelled', () => effectCount(simulators) === 2 * issuerCodes.length);
    await killed.kill('SIGKILL');
    service = await startServiceProcess(environment);
    // Sent while the dead process still holds its leases: each waits for the end of its own.
    answers = Object.fromEntries(
      issuerCodes.map((issuer) => [issuer, cancelAgain(service, repeated[issuer])]),
    ) as typeof answers;
  }, 120_000);

  afterAll(async () => {
    await service?.kill('SIGKILL');
    await simulators?.stop();
    await database?.drop();
  });

  it.each(['vault', 'qitech'] as const)(
    'answers the repeated request with the cancellationId, because %s shows the card as cancelled',
    async (issuer) => {
      const payment = repeated[issuer];

      const answer = await answers[issuer];

      expect(answer).toMatchObject({ status: 200, body: { code: null } });
      expect(answer.body.cancellationId).not.toBeNull();
      expect(attemptsOf(await stateOf(service, payment))).toEqual(['cancel unknown', 'query cancelled']);
      expect((await cancelAgain(service, payment)).text).toBe(answer.text);
      expect(effectsOf(simulators, issuer, payment.reference)).toHaveLength(1);
      expect(cancelsOf(simulators, issuer, payment.reference)).toHaveLength(1);
    },
  );

  it.each(['artha', 'corecard'] as const)(
    'answers the repeated request that it is in progress, because %s cannot be asked',
    async (issuer) => {
      const payment = repeated[issuer];

      expect(await answers[issuer]).toMatchObject(inProgress);

      expect(await stateOf(service, payment)).toMatchObject({ state: 'waiting', cancellationId: null });
      expect(effectsOf(simulators, issuer, payment.reference)).toHaveLength(1);
    },
  );

  it('does not take the refusal of a second cancel at CoreCard for a failure, which may be the echo of the first', async () => {
    const payment = repeated.corecard;
    await answers.corecard;
    simulators.of.corecard.script(payment.reference, [{ effect: 'none', answer: 'natural' }]);
    await passTime(database, payment.paymentId, 20 * SECOND);

    const attempts = await until('the second cancel was answered', async () => {
      const shown = attemptsOf(await stateOf(service, payment));
      return shown.length === 2 && !shown.includes('cancel null') && shown;
    });

    expect(attempts).toEqual(['cancel unknown', 'cancel refused']);
    expect(await cancelAgain(service, payment)).toMatchObject(inProgress);
    expect(effectsOf(simulators, 'corecard', payment.reference)).toHaveLength(1);
  });

  it.each(['vault', 'qitech'] as const)(
    'carries the orphaned claim at %s to its end without another word from VTEX',
    async (issuer) => {
      const payment = notRepeated[issuer];

      const cancellation = await until('it is cancelled', () => hasState(service, payment, 'cancelled'));

      expect(cancellation.cancellationId).not.toBeNull();
      expect(effectsOf(simulators, issuer, payment.reference)).toHaveLength(1);
      expect(cancelsOf(simulators, issuer, payment.reference)).toHaveLength(1);
      expect((await cancelAgain(service, payment)).body.cancellationId).toBe(cancellation.cancellationId);
    },
    40_000,
  );

  it.each(['artha', 'corecard'] as const)(
    'gives the orphaned claim at %s to a person when nothing can tell any more, without another word from VTEX',
    async (issuer) => {
      const payment = notRepeated[issuer];
      await until('the lost attempt counts as unknown', () => hasState(service, payment, 'waiting'));
      await passTime(database, payment.paymentId, 21 * HOUR);

      await until('it is given up', () => hasState(service, payment, 'manual'));

      expect(await manualCancellationsOf(database, payment)).toEqual([
        { reason: 'no_answer', state: 'open', notices: ['manual_required'] },
      ]);
      expect(effectsOf(simulators, issuer, payment.reference)).toHaveLength(1);
      expect(await cancelAgain(service, payment)).toMatchObject({
        status: 200,
        body: { cancellationId: null, code: 'cancel-manually', message: expect.stringContaining('BEFORE') as string },
      });
    },
    40_000,
  );
});

describe('when the process is killed before its request to the issuer is written', () => {
  let database: TestDatabase;
  let simulators: TestSimulators;
  let service: ServiceProcess;
  let payments: Record<IssuerCode, Linked>;
  const firstAnswers = new Map<IssuerCode, Answer>();
  let cancelsByThen: number;

  beforeAll(async () => {
    database = await makeTestDatabase();
    simulators = await startTestSimulators();
    // Stands where the issuers are, and never shakes hands: TLS comes before the first byte of a request.
    const connections: Socket[] = [];
    const silent = createServer((socket) => connections.push(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const silentUrls = issuerCodes.map((code) => [`${code.toUpperCase()}_BASE_URL`, `https://127.0.0.1:${port}`]);
    const environment = {
      ...simulators.settings,
      ...timeouts(2_000),
      ARTHA_STATUS_QUERY: 'on',
      DATABASE_URL: database.url,
    };
    const killed = await startServiceProcess({
      ...environment,
      ...timeouts(20_000),
      ...(Object.fromEntries(silentUrls) as Record<string, string>),
    });
    payments = await linkAll(killed, simulators, 'works');
    for (const payment of Object.values(payments)) sendIntoTheVoid(killed, payment);
    await until('all issuers are being called', () => connections.length === issuerCodes.length);
    await killed.kill('SIGKILL');
    for (const socket of connections) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
    service = await startServiceProcess(environment);
    simulators.of.artha.sendCallbacksTo(`${service.url}/callbacks/artha`);
    for (const { paymentId } of Object.values(payments)) await expireLease(database, paymentId);
    for (const issuer of issuerCodes) firstAnswers.set(issuer, await cancelAgain(service, payments[issuer]));
    cancelsByThen = issuerCodes.reduce(
      (sum, issuer) => sum + cancelsOf(simulators, issuer, payments[issuer].reference).length,
      0,
    );
    for (const { paymentId } of Object.values(payments)) await passTime(database, paymentId, 20 * SECOND);
  }, 120_000);

  afterAll(async () => {
    await service?.kill('SIGKILL');
    await simulators?.stop();
    await database?.drop();
  });

  it.each(issuerCodes)(
    'says after a restart that it is in progress at %s, because the call may have gone out',
    (issuer) => {
      expect(firstAnswers.get(issuer)).toMatchObject(inProgress);
      expect(cancelsByThen).toBe(0);
    },
  );

  it.each(issuerCodes)('cancels the card at %s in the end, once', async (issuer) => {
    const payment = payments[issuer];

    const { cancellationId } = await until('it is cancelled', () => hasState(service, payment, 'cancelled'));

    expect(await cancelAgain(service, payment)).toMatchObject({ status: 200, body: { cancellationId, code: null } });
    expect(effectsOf(simulators, issuer, payment.reference)).toHaveLength(1);
    expect(cancelsOf(simulators, issuer, payment.reference)).toHaveLength(1);
  });
});

describe('when a second process takes a lease over while the answer to the first one is still to come', () => {
  /** How late the issuers answer. */
  const SLOW_MS = 4_000;
  let database: TestDatabase;
  let simulators: TestSimulators;
  let first: ServiceProcess;
  let second: ServiceProcess;
  let payments: Record<IssuerCode, Linked>;
  const firstAnswers = new Map<IssuerCode, Promise<Answer>>();
  const secondAnswers = new Map<IssuerCode, Promise<Answer>>();

  beforeAll(async () => {
    database = await makeTestDatabase();
    simulators = await startTestSimulators(SLOW_MS);
    const environment = {
      ...simulators.settings,
      ...timeouts(12_000),
      ANSWER_DEADLINE_MS: '15000',
      DATABASE_URL: database.url,
    };
    [first, second] = await Promise.all([startServiceProcess(environment), startServiceProcess(environment)]);
    simulators.of.artha.sendCallbacksTo(`${second.url}/callbacks/artha`);
    payments = await linkAll(first, simulators, 'slow');
    for (const issuer of issuerCodes) firstAnswers.set(issuer, cancelAgain(first, payments[issuer]));
    await until('all cards are cancelled', () => effectCount(simulators) === issuerCodes.length);
    for (const issuer of issuerCodes) {
      await expireLease(database, payments[issuer].paymentId);
      secondAnswers.set(issuer, cancelAgain(second, payments[issuer]));
    }
  }, 120_000);

  afterAll(async () => {
    await Promise.allSettled([...firstAnswers.values(), ...secondAnswers.values()]);
    await Promise.all([first?.kill('SIGKILL'), second?.kill('SIGKILL')]);
    await simulators?.stop();
    await database?.drop();
  });

  it.each(['vault', 'qitech'] as const)('gives one cancellationId in both, and asks %s once', async (issuer) => {
    const { reference } = payments[issuer];

    const [one, other] = await Promise.all([firstAnswers.get(issuer), secondAnswers.get(issuer)]);

    expect(one).toMatchObject({ status: 200, body: { code: null } });
    expect(one?.body.cancellationId).not.toBeNull();
    expect(other?.text).toBe(one?.text);
    await expectLateProof(issuer, 'cancelled');
    expect(effectsOf(simulators, issuer, reference)).toHaveLength(1);
    expect(cancelsOf(simulators, issuer, reference)).toHaveLength(1);
  });

  it('says in the second that it is in progress at CoreCard, and counts the late answer of the first', async () => {
    const payment = payments.corecard;

    expect(await secondAnswers.get('corecard')).toMatchObject(inProgress);
    const answer = await firstAnswers.get('corecard');

    expect(answer).toMatchObject({ status: 200, body: { code: null } });
    expect(answer?.body.cancellationId).not.toBeNull();
    await expectLateProof('corecard', 'cancelled');
    expect((await cancelAgain(second, payment)).text).toBe(answer?.text);
    expect(effectsOf(simulators, 'corecard', payment.reference)).toHaveLength(1);
    expect(cancelsOf(simulators, 'corecard', payment.reference)).toHaveLength(1);
  });

  it('keeps the task that Artha names late, and hears the callback about it that came before', async () => {
    const payment = payments.artha;

    expect(await secondAnswers.get('artha')).toMatchObject(inProgress);
    const answer = await firstAnswers.get('artha');

    expect(answer).toMatchObject({ status: 200, body: { code: null } });
    await expectLateProof('artha', 'pending');
    expect((await cancelAgain(second, payment)).text).toBe(answer?.text);
    expect(effectsOf(simulators, 'artha', payment.reference)).toHaveLength(1);
    expect(cancelsOf(simulators, 'artha', payment.reference)).toHaveLength(1);
  });

  async function expectLateProof(issuer: IssuerCode, outcome: string): Promise<void> {
    const { cancellation, events } = await until('the late answer is recorded', async () => {
      const history = await first.history(payments[issuer].paymentId);
      return history.cancellation?.attempts[0]?.late && history;
    });
    expect(cancellation).toMatchObject({ state: 'cancelled' });
    expect(cancellation?.attempts[0]).toMatchObject({ kind: 'cancel', outcome, late: true });
    expect(events.map(({ kind }) => kind)).toContain('late-answer');
  }
});

describe('when it stays unknown whether the card was cancelled', () => {
  let database: TestDatabase;
  let simulators: TestSimulators;
  let service: TestService;
  /** The same database, and so patient that it hears a slow answer out. */
  let patient: TestService;

  beforeAll(async () => {
    database = await makeTestDatabase();
    simulators = await startTestSimulators(3_000);
    const environment = {
      ...simulators.settings,
      DATABASE_URL: database.url,
      ANSWER_DEADLINE_MS: '8000',
      // A webhook could still tell: without it 10 min are enough to know that nothing can.
      CORECARD_CALLBACK_SECRET: '',
    };
    // Vault's quiet time is three of its time-outs: 15 s. What is unknown here comes from resets, not from waiting.
    service = await startTestService({ ...environment, ...timeouts(5_000) });
    patient = await startTestService({ ...environment, ...timeouts(12_000), ANSWER_DEADLINE_MS: '15000' });
  }, 120_000);

  afterAll(async () => {
    await Promise.all([service?.stop(), patient?.stop()]);
    await simulators?.stop();
    await database?.drop();
  });

  const link = (issuer: IssuerCode, behaviour: BehaviourName) => linkPayment(service, simulators, issuer, behaviour);

  /** Lets the time pass and the follow-up look, until this many attempts are recorded. */
  async function followUpAfter(ms: number, payment: Linked, attempts: number): Promise<string[]> {
    await passTime(database, payment.paymentId, ms);
    return until(`attempt ${attempts} is recorded`, async () => {
      const shown = await stateOf(service, payment);
      const isRecorded = shown?.attempts.length === attempts && shown.attempts.every(({ outcome }) => outcome !== null);
      return isRecorded && attemptsOf(shown);
    });
  }

  async function giveUpAfter(ms: number, payment: Linked): Promise<NonNullable<History['cancellation']>> {
    await passTime(database, payment.paymentId, ms);
    return until('it is given up', () => hasState(service, payment, 'manual'));
  }

  it('sends CoreCard at most three cancels that end unknown', async () => {
    const payment = await link('corecard', 'resets');

    expect(await cancelAgain(service, payment)).toMatchObject(inProgress);
    await followUpAfter(10 * SECOND, payment, 2);
    await followUpAfter(30 * SECOND, payment, 3);
    await passTime(database, payment.paymentId, 5 * MINUTE);
    expect(await cancelAgain(service, payment)).toMatchObject(inProgress);
    expect(cancelsOf(simulators, 'corecard', payment.reference)).toHaveLength(3);
    const given = await giveUpAfter(11 * MINUTE, payment);

    expect(given).toMatchObject({ reason: 'no_answer', cancellationId: null });
    expect(await cancelAgain(service, payment)).toMatchObject({ body: { code: 'cancel-manually' } });
    expect(cancelsOf(simulators, 'corecard', payment.reference)).toHaveLength(3);
  });

  it('keeps a refusal after an unknown cancel at CoreCard as unknown, and gives it to a person in the end', async () => {
    const payment = await link('corecard', 'works');
    simulators.of.corecard.script(payment.reference, [{ effect: 'before-answer', answer: 'reset' }]);
    await cancelAgain(service, payment);

    expect(await followUpAfter(10 * SECOND, payment, 2)).toEqual(['cancel unknown', 'cancel refused']);
    expect(await cancelAgain(service, payment)).toMatchObject(inProgress);
    const given = await giveUpAfter(11 * MINUTE, payment);

    expect(given.reason).toBe('no_answer');
    expect(cancelsOf(simulators, 'corecard', payment.reference)).toHaveLength(2);
  });

  it('sends Vault a second cancel only after two queries, the last of them three time-outs after the first cancel', async () => {
    const payment = await link('vault', 'works');
    simulators.of.vault.script(payment.reference, [{ effect: 'none', answer: 'reset' }]);

    expect(await cancelAgain(service, payment)).toMatchObject(inProgress);
    expect(attemptsOf(await stateOf(service, payment))).toEqual(['cancel unknown', 'query not-cancelled']);
    // Two queries, but the second only 12 s after the cancel, where 15 s are asked for.
    expect(await followUpAfter(12 * SECOND, payment, 3)).toEqual([
      'cancel unknown',
      'query not-cancelled',
      'query not-cancelled',
    ]);
    expect(await cancelAgain(service, payment)).toMatchObject(inProgress);
    expect(cancelsOf(simulators, 'vault', payment.reference)).toHaveLength(1);
    const attempts = await followUpAfter(40 * SECOND, payment, 5);

    expect(attempts.slice(3)).toEqual(['query not-cancelled', 'cancel cancelled']);
    expect(cancelsOf(simulators, 'vault', payment.reference)).toHaveLength(2);
    expect(effectsOf(simulators, 'vault', payment.reference)).toHaveLength(1);
    expect(await cancelAgain(service, payment)).toMatchObject({ status: 200, body: { code: null } });
  });

  it('does not send Vault a second cancel when a query fails in between', async () => {
    const payment = await link('vault', 'works');
    simulators.of.vault.script(payment.reference, [{ effect: 'none', answer: 'reset' }]);
    await cancelAgain(service, payment);
    await followUpAfter(12 * SECOND, payment, 3);
    // Late, but the one before it has come to nothing.
    await database.query(`update attempts set outcome = 'unknown' where payment_id = $1 and attempt_no = 3`, [
      payment.paymentId,
    ]);

    const attempts = await followUpAfter(40 * SECOND, payment, 4);

    expect(attempts.at(-1)).toBe('query not-cancelled');
    expect(cancelsOf(simulators, 'vault', payment.reference)).toHaveLength(1);
  });

  it.each(['vault', 'qitech'] as const)(
    'gives up at %s after a last query, and sends nothing any more',
    async (issuer) => {
      const payment = await link(issuer, 'works');
      simulators.of[issuer].script(payment.reference, [{ effect: 'none', answer: 'reset' }]);
      await cancelAgain(service, payment);

      const given = await giveUpAfter(20 * HOUR, payment);

      expect(attemptsOf(given)).toEqual(['cancel unknown', 'query not-cancelled', 'query not-cancelled']);
      expect(given).toMatchObject({ reason: 'no_answer', cancellationId: null });
      expect(await manualCancellationsOf(database, payment)).toEqual([
        { reason: 'no_answer', state: 'open', notices: ['manual_required'] },
      ]);
      const answer = await cancelAgain(service, payment);
      expect(answer).toMatchObject({ status: 200, body: { cancellationId: null, code: 'cancel-manually' } });
      await passTime(database, payment.paymentId, HOUR);
      expect((await service.cancel(payment.paymentId, { requestId: newId() })).body.code).toBe('cancel-manually');
      expect(cancelsOf(simulators, issuer, payment.reference)).toHaveLength(1);
      expect(await stateOf(service, payment)).toMatchObject({ attempts: { length: 3 } });
    },
  );

  it('answers cancelled when the last query before giving up shows it', async () => {
    const payment = await link('qitech', 'works');
    simulators.of.qitech.script(payment.reference, [{ effect: 'late', answer: 'reset' }]);
    await cancelAgain(service, payment);
    await until('the late effect', () => effectsOf(simulators, 'qitech', payment.reference).length === 1);
    await passTime(database, payment.paymentId, 20 * HOUR);

    const answer = await cancelAgain(service, payment);

    expect(answer).toMatchObject({ status: 200, body: { code: null } });
    expect(answer.body.cancellationId).not.toBeNull();
    expect(await manualCancellationsOf(database, payment)).toEqual([]);
  });

  it.each(['corecard', 'artha'] as const)(
    'stands the manual cancellation down when %s proves it after all',
    async (issuer) => {
      const payment = await link(issuer, 'slow');
      if (issuer === 'artha') simulators.of.artha.sendCallbacksTo(`${service.url}/callbacks/artha`);
      const slow = patient.cancel(payment.paymentId, { requestId: newId() });
      await until('the effect', () => effectsOf(simulators, issuer, payment.reference).length === 1);
      // The issuer's answer to the patient one is still to come.
      await passTime(database, payment.paymentId, 21 * HOUR);
      const manual = await cancelAgain(service, payment);
      expect(manual).toMatchObject({ status: 200, body: { cancellationId: null, code: 'cancel-manually' } });

      const proven = await slow;
      const cancellation = await until('it is cancelled', () => hasState(service, payment, 'cancelled'));

      expect(cancellation.cancellationId).not.toBeNull();
      expect(await manualCancellationsOf(database, payment)).toEqual([
        { reason: 'no_answer', state: 'not-needed', notices: ['manual_required', 'not_needed'] },
      ]);
      // What was given stays; what was not given yet is the truth of now.
      expect((await cancelAgain(service, payment)).text).toBe(manual.text);
      const later = await service.cancel(payment.paymentId, { requestId: newId() });
      expect(later).toMatchObject({ status: 200, body: { cancellationId: cancellation.cancellationId, code: null } });
      expect([cancellation.cancellationId, null]).toContain(proven.body.cancellationId);
      expect(effectsOf(simulators, issuer, payment.reference)).toHaveLength(1);
      expect(cancelsOf(simulators, issuer, payment.reference)).toHaveLength(1);
    },
  );
});

const effectCount = ({ of }: TestSimulators) => issuerCodes.reduce((sum, code) => sum + of[code].effects.length, 0);
