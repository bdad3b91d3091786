import { setTimeout as sleep } from 'node:timers/promises';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { cancelsOf, effectsOf } from './support/issuer-traffic.js';
import { startServiceProcess, type ServiceProcess } from './support/process.js';
import { newId } from './support/service.js';
import { startTestSimulators, type TestSimulators } from './support/simulators.js';
import { expireLease } from './support/time.js';
import { until } from './support/until.js';

let simulators: TestSimulators;
let database: TestDatabase;
let stopped: ServiceProcess;
let other: ServiceProcess | null = null;

beforeAll(async () => {
  simulators = await startTestSimulators();
  database = await makeTestDatabase();
  stopped = await startServiceProcess(settings());
}, 120_000);

afterAll(async () => {
  await Promise.all([stopped?.kill('SIGKILL'), other?.kill('SIGKILL')]);
  await simulators?.stop();
  await database?.drop();
});

const settings = () => ({
  ...simulators.settings,
  DATABASE_URL: database.url,
  VAULT_TIMEOUT_MS: '25000',
  ANSWER_DEADLINE_MS: '1000',
});

describe('a stop with a call of 25 s under way', () => {
  it('turns readiness red first, ends within 20 s, and another process takes the call over', async () => {
    const paymentId = newId();
    const reference = simulators.of.vault.referenceFor('answer-lost');
    await stopped.link(paymentId, { issuer: 'vault', reference });
    expect((await stopped.cancel(paymentId, { requestId: 'R1' })).body.code).toBe('cancellation-pending');

    const begunAt = performance.now();
    const gone = stopped.kill('SIGTERM');
    const ready = await until('readiness is red', async () => {
      const response = await fetch(`${stopped.url}/health/ready`);
      return response.status === 503 ? response : null;
    });
    expect(await ready.json()).toMatchObject({ status: 'not-ready', why: 'the process is stopping' });
    // The port is still open, so that nothing is refused before the load balancer has seen it.
    expect((await stopped.link(newId(), { issuer: 'vault', reference: newReference() })).status).toBe(201);
    await sleep(2_000);
    await expect(fetch(`${stopped.url}/health/live`)).rejects.toThrow();
    await gone;
    const tookMs = performance.now() - begunAt;

    expect(tookMs).toBeGreaterThan(15_000);
    expect(tookMs).toBeLessThan(21_500);
    const [row] = await database.query<{ state: string }>('select state from cancellations where payment_id = $1', [
      paymentId,
    ]);
    expect(row?.state).toBe('asking');

    other = await startServiceProcess(settings());
    await expireLease(database, paymentId);
    const { cancellation } = await until('another process has it', async () => {
      const history = await other?.history(paymentId);
      return history?.cancellation?.state === 'cancelled' && history;
    });

    expect(cancellation?.attempts.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
      'cancel unknown',
      'query cancelled',
    ]);
    expect(effectsOf(simulators, 'vault', reference)).toHaveLength(1);
    expect(cancelsOf(simulators, 'vault', reference)).toHaveLength(1);
    expect((await other.cancel(paymentId, { requestId: 'R1' })).status).toBe(200);
  }, 120_000);
});

const newReference = () => simulators.of.vault.referenceFor('works');
