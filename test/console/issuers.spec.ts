import { signIn, wordsOf, type SignedIn } from '../support/console.js';
import { makeTestDatabase, type TestDatabase } from '../support/database.js';
import { storeAccount } from '../support/merchants.js';
import { postWithOwnToken } from '../support/own-token.js';
import { newId, startTestService, type TestService } from '../support/service.js';
import { startTestSimulators, type TestSimulators } from '../support/simulators.js';
import { until } from '../support/until.js';

let simulators: TestSimulators;
let database: TestDatabase;
let service: TestService;
let admin: SignedIn;
let operator: SignedIn;
let viewer: SignedIn;
let stranger: SignedIn;

beforeAll(async () => {
  simulators = await startTestSimulators(300);
  database = await makeTestDatabase();
  service = await startTestService({
    ...simulators.settings,
    VAULT_SANDBOX_BASE_URL: '',
    VAULT_TIMEOUT_MS: '1000',
    VAULT_BREAKER_FAULTS: '1',
    VAULT_BREAKER_PAUSE_MS: '600000',
    MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    DATABASE_URL: database.url,
  });
  admin = await signIn(service, { role: 'admin', name: 'Ana Admin' });
  operator = await signIn(service, { role: 'operator' });
  viewer = await signIn(service, { role: 'viewer' });
  stranger = await signIn(service, { role: 'admin', merchant: 'other-shop' });
}, 120_000);

afterAll(async () => {
  await service?.stop();
  await simulators?.stop();
  await database?.drop();
});

/** What the page says of one account. */
async function accountOn(
  by: SignedIn,
  name: string,
  environment: 'live' | 'sandbox' = 'live',
  path = '/console/issuers',
): Promise<string> {
  const { html } = await by.get(path);
  const [, live = '', sandbox = ''] = html.split(/<h2 id="(?:live|sandbox)">/);
  const sections = (environment === 'live' ? live : sandbox).split('<h3>');
  return wordsOf(sections.find((section) => section.startsWith(name)) ?? '');
}

const MODE = '/console/issuers/artha/live/mode';

const modeOf = async (issuer: string) => {
  const { body } = await service.internal('GET', 'issuers');
  const accounts = body.issuers as { issuer: string; sandbox: boolean; mode: string }[];
  return accounts.find((account) => account.issuer === issuer && !account.sandbox)?.mode;
};

async function cancelledAt(
  issuer: 'vault' | 'artha' | 'corecard' | 'qitech',
  behaviour: 'works' | 'hangs' = 'works',
  sandbox = false,
) {
  const paymentId = newId();
  const reference = simulators.of[issuer].referenceFor(behaviour);
  expect((await service.link(paymentId, { issuer, reference, sandbox })).status).toBe(201);
  await service.cancel(paymentId, { requestId: newId() });
  return paymentId;
}

describe('the page of the issuers', () => {
  it('says of each account how it is and how it answered', async () => {
    expect(await accountOn(viewer, 'CoreCard')).toContain('Not used yet');
    await cancelledAt('corecard');

    const words = await accountOn(viewer, 'CoreCard');

    expect(words).toContain('Works');
    expect(words).toMatch(/Last good answer \d\d\/\d\d\/\d{4}/);
    expect(words).toContain('Last fault none');
    expect(words).toMatch(/Usual answer time \d+ ms \(median of 1 call\)/);
    expect(await accountOn(viewer, 'CoreCard', 'sandbox')).toContain('Not used yet');
  });

  it('counts a sandbox payment’s calls for the sandbox account', async () => {
    await cancelledAt('qitech', 'works', true);

    expect(await accountOn(viewer, 'QI Tech', 'sandbox')).toContain('Works');
    expect(await accountOn(viewer, 'QI Tech')).toContain('Not used yet');
  });

  it('says that one is not set up', async () => {
    expect(await accountOn(viewer, 'Vault', 'sandbox')).toContain('Not set up');
    expect(await accountOn(stranger, 'CoreCard')).toContain('Not set up');
  });

  it('says that one does not answer', async () => {
    await cancelledAt('vault', 'hangs');
    await until('the circuit is open', async () => (await accountOn(viewer, 'Vault')).includes('Does not answer'));

    const words = await accountOn(viewer, 'Vault');

    expect(words).toMatch(/Last fault \d\d\/\d\d\/\d{4} \d\d:\d\d code timeout/);
    expect(words).toContain('In progress 1');
  });

  it('shows which credentials are set, and nothing of them', async () => {
    await storeAccount(service, 'other-shop', { issuer: 'artha', simulator: simulators.of.artha });

    const { html } = await stranger.get('/console/issuers');
    const words = await accountOn(stranger, 'Artha');

    expect(words).toContain('ACCESS_TOKEN set');
    expect(words).toContain('PRIVATE_KEY set');
    expect(words).toMatch(/Changed \d\d\/\d\d\/\d{4}/);
    for (const secret of Object.values(simulators.of.artha.settings)) {
      expect(secret).not.toBe('');
      if (secret.length > 3) expect(html).not.toContain(secret);
      if (secret.length > 20) expect(html).not.toContain(secret.slice(-4).trim() === '' ? secret : secret.slice(-16));
    }
    expect(html).not.toContain(simulators.of.artha.url);
  });

  it('says that stored settings cannot be used', async () => {
    await signIn(service, { role: 'admin', merchant: 'broken-shop' });
    await storeAccount(service, 'broken-shop', { issuer: 'artha', simulator: simulators.of.artha });
    await database.query(
      `update issuer_accounts set secrets = jsonb_set(secrets, '{PRIVATE_KEY,ciphertext}', '"AAAA"'), version = nextval('stored_versions')
       where merchant_id = 'broken-shop'`,
    );
    const person = await signIn(service, { role: 'viewer', merchant: 'broken-shop' });

    await until('it is read again', async () => (await accountOn(person, 'Artha')).includes('Settings cannot be used'));
  });
});

describe('the mode', () => {
  afterEach(() => service.internal('PUT', 'issuers/artha', { mode: null }));

  it('is chosen on a page that says what each means and how many it touches', async () => {
    await service.internal('PUT', 'issuers/artha', { mode: 'paused' });
    await cancelledAt('artha');

    const { status, html } = await admin.get(MODE);

    expect(status).toBe(200);
    const words = wordsOf(html);
    expect(words).toContain('Now: Paused');
    expect(words).toContain('1 cancellation is in progress at this issuer, and the change holds for it too.');
    for (const meaning of ['What waits is sent now.', 'people do every cancellation.', 'To try a new issuer']) {
      expect(words).toContain(meaning);
    }
    expect(await modeOf('artha')).toBe('paused');
  });

  it('takes effect for what comes and for what waits, and is in the audit log', async () => {
    await service.internal('PUT', 'issuers/artha', { mode: 'paused' });
    const waits = await cancelledAt('artha');

    const { status, location } = await admin.submit(MODE, { mode: 'manual' });

    expect({ status, location }).toEqual({ status: 303, location: '/console/issuers?done=mode-changed' });
    expect(await modeOf('artha')).toBe('manual');
    const stateOf = async (paymentId: string) => (await service.history(paymentId)).cancellation;
    await until('a person has it', async () => (await stateOf(waits))?.state === 'manual');
    expect(await stateOf(waits)).toMatchObject({ reason: 'mode_manual' });
    expect(await stateOf(await cancelledAt('artha'))).toMatchObject({ state: 'manual', reason: 'mode_manual' });
    const entries = await database.query<object>(
      `select p.name, action, subject, details from audit_entries e join people p using (merchant_id, person_id)
       where action = 'issuer-mode-changed'`,
    );
    expect(entries).toEqual([
      { name: 'Ana Admin', action: 'issuer-mode-changed', subject: 'Artha', details: { from: 'paused', to: 'manual' } },
    ]);
    expect(wordsOf((await admin.get(location ?? '')).html)).toContain(
      'Changed. It holds everywhere within some seconds.',
    );
  });

  it('stays where somebody else has changed it meanwhile', async () => {
    const form = { ...(await fieldsOfMode()), mode: 'paused' };
    await service.internal('PUT', 'issuers/artha', { mode: 'dry-run' });
    await database.query('delete from audit_entries');

    const { status, html } = await admin.post(MODE, form);

    expect(status).toBe(409);
    expect(wordsOf(html)).toContain('Somebody has changed it meanwhile');
    expect(wordsOf(html)).toContain('Now: Trial run');
    expect(await modeOf('artha')).toBe('dry-run');
    expect(await database.query('select 1 from audit_entries')).toEqual([]);
  });

  it.each([{}, { mode: 'fast' }, { mode: '' }])('is not changed by a form with %j', async (fields) => {
    const { status, html } = await admin.submit(MODE, fields);

    expect(status).toBe(400);
    expect(wordsOf(html)).toContain('Choose how the issuer is to be treated.');
    expect(await modeOf('artha')).toBe('live');
  });

  it.each([
    ['an operator', () => operator, 403],
    ['a viewer', () => viewer, 403],
    ['a merchant without that account', () => stranger, 404],
  ])('cannot be changed by %s', async (_who, who, status) => {
    const path = '/console/issuers/corecard/live/mode';

    expect((await who().get(path)).status).toBe(status);
    expect((await postWithOwnToken(who(), path, { mode: 'paused', expected: 'live' })).status).toBe(status);
    expect((await postWithOwnToken(who(), '/console/issuers/corecard/live/test')).status).toBe(status);
    expect(await modeOf('corecard')).toBe('live');
    expect(await database.query('select 1 from issuer_modes where merchant_id = $1', ['other-shop'])).toEqual([]);
  });

  it.each([
    '/console/issuers/nobody/live/mode',
    '/console/issuers/artha/elsewhere/mode',
    '/console/issuers/vault/sandbox/mode',
  ])('is not there at %s', async (path) => {
    expect((await admin.get(path)).status).toBe(404);
    expect((await postWithOwnToken(admin, path, { mode: 'paused', expected: 'live' })).status).toBe(404);
  });

  async function fieldsOfMode(): Promise<Record<string, string>> {
    const { html } = await admin.get(MODE);
    return Object.fromEntries(
      [...html.slice(html.indexOf('<main')).matchAll(/type="hidden" name="([^"]+)" value="([^"]+)"/g)].map(
        ([, name = '', value = '']) => [name, value],
      ),
    );
  }
});

describe('a test of a connection', () => {
  const test = (issuer: string) => admin.submit(`/console/issuers/${issuer}/live/test`, {}, '/console/issuers');

  it('says that the issuer takes the credentials, cancels nothing, and is in the audit log', async () => {
    const effects = simulators.of.qitech.effects.length;

    const { status, location } = await test('qitech');

    expect(status).toBe(303);
    expect(wordsOf((await admin.get(location ?? '')).html)).toMatch(/QI Tech answers/);
    expect(simulators.of.qitech.effects).toHaveLength(effects);
    expect(await database.query('select subject from audit_entries where action = $1', ['issuer-tested'])).toEqual([
      { subject: 'QI Tech' },
    ]);
  });

  it('says what to do where the issuer cannot be reached', async () => {
    await signIn(service, { role: 'admin', merchant: 'lonely-shop' });
    await storeAccount(
      service,
      'lonely-shop',
      { issuer: 'artha', simulator: simulators.of.artha },
      { BASE_URL: 'http://127.0.0.1:9' },
    );
    const lonely = await signIn(service, { role: 'admin', merchant: 'lonely-shop', language: 'pt-BR' });

    const { location } = await lonely.submit('/console/issuers/artha/live/test', {}, '/console/issuers');
    const { html } = await lonely.get(location ?? '');

    expect(wordsOf(html)).toContain('Artha: não foi possível acessar o emissor.');
    expect(html).toMatch(/class="notice fault" role="alert"/);
  });

  it.each(['x', 'artha', 'artha.live.<b>', 'nobody.live.accepted', 'artha.live.'])(
    'shows nothing for an address that names none: %j',
    async (tested) => {
      const { status, html } = await admin.get(`/console/issuers?tested=${encodeURIComponent(tested)}`);

      expect(status).toBe(200);
      expect(html).not.toContain('class="notice');
    },
  );
});
