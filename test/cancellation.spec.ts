import type { Answer } from './support/caller.js';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { newId, startTestService, type TestService } from './support/service.js';
import { issuerCodes, startTestSimulators, type TestSimulators } from './support/simulators.js';

let database: TestDatabase;
let simulators: TestSimulators;
let service: TestService;

beforeAll(async () => {
  database = await makeTestDatabase();
  simulators = await startTestSimulators();
  const timeouts = Object.fromEntries(issuerCodes.map((code) => [`${code.toUpperCase()}_TIMEOUT_MS`, '300']));
  service = await startTestService({
    ...simulators.settings,
    ...timeouts,
    DATABASE_URL: database.url,
    ANSWER_DEADLINE_MS: '3000',
  });
});

afterAll(async () => {
  await service?.stop();
  await simulators?.stop();
  await database?.drop();
});

describe.each(issuerCodes)('a payment linked to %s', (issuer) => {
  it('is cancelled once, with an id that stays the same', async () => {
    const simulator = simulators.of[issuer];
    simulator.sendCallbacksTo(`${service.url}/callbacks/${issuer}`);
    const paymentId = newId();
    const requestId = newId();
    const reference = simulator.referenceFor('works');
    expect((await service.link(paymentId, { issuer, reference })).status).toBe(201);
    const effectsBefore = simulator.effects.length;

    const first = await untilFinal(() => service.cancel(paymentId, { requestId }));
    const again = await service.cancel(paymentId, { requestId });

    expect(first).toMatchObject({ status: 200, body: { code: null, cancellationId: expect.any(String) as string } });
    expect(again.text).toBe(first.text);
    expect(simulator.effects.length - effectsBefore).toBe(1);
  });
});

/** An asynchronous issuer is "not yet" at first, and VTEX asks again. */
async function untilFinal(ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 0; ; tries += 1) {
    const answer = await ask();
    if (answer.body.code !== 'cancellation-pending' || tries > 100) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
