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
  it('is cancelled', async () => {
    const paymentId = newId();
    const reference = simulators.of[issuer].referenceFor('works');
    expect((await service.link(paymentId, { issuer, reference })).status).toBe(201);

    const answer = await service.cancel(paymentId, { requestId: newId() });

    console.log(issuer, answer.text, JSON.stringify(await service.history(paymentId)));
    expect(answer.status).toBe(issuer === 'artha' ? 500 : 200);
  });
});
