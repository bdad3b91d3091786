import { runHomologateCommand } from '../../src/homologation/homologate-command.js';
import { documentedLimits } from '../../src/homologation/session.js';
import { makeTestDatabase, type TestDatabase } from '../support/database.js';
import { startTestService, type TestService } from '../support/service.js';

const suite = { TEST_SUITE_APP_KEY: 'vtexappkey-suite-ABCDEF', TEST_SUITE_APP_TOKEN: 'suite-token-0123456789' };

let database: TestDatabase;
let service: TestService;

beforeAll(async () => {
  database = await makeTestDatabase();
  service = await startTestService({
    ...suite,
    DATABASE_URL: database.url,
    VTEX_CALLBACK_ALLOW_HTTP: '1',
    VTEX_PAYMENT_METHODS: 'Visa,BankInvoice,Promissories',
    VTEX_PARTNER_APP_KEY: 'vtexappkey-partner-ABCDEF',
    VTEX_PARTNER_APP_TOKEN: 'partner-token-0123456789',
  });
});

afterAll(async () => {
  await service?.stop();
  await database?.drop();
});

it('this service passes every check of the kit that does not ask for https', async () => {
  const lines: string[] = [];
  const { TEST_SUITE_APP_KEY: key, TEST_SUITE_APP_TOKEN: token } = suite;

  const { exitCode } = await runHomologateCommand(['--url', service.url, '--app-key', key, '--app-token', token], {
    print: (text) => lines.push(...text.split('\n')),
    isColoured: false,
    // The suite's script calls after two seconds; a loaded machine needs more than that.
    limits: { ...documentedLimits, callbackMs: 8_000 },
  });

  const of = (state: string) => lines.filter((line) => line.startsWith(state));
  expect([...of('failed'), ...of('warning')]).toEqual([]);
  expect(of('skipped').map((line) => line.split(/\s+/)[1])).toEqual(['transport.https', 'transport.tls']);
  expect(of('passed').length).toBeGreaterThan(85);
  expect(exitCode).toBe(0);
}, 180_000);
