import { signIn } from './support/console.js';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { makeMerchant, storeAccount } from './support/merchants.js';
import { checkPublished, document, operationOf, operations } from './support/openapi.js';
import { startServiceProcess } from './support/process.js';
import { newId, startTestService, testCredentials, vtexHeaders, type TestService } from './support/service.js';
import { startTestSimulators, type TestSimulators } from './support/simulators.js';
import { TokenServer } from './support/token-server.js';

const MASTER_KEY = Buffer.alloc(32, 9).toString('base64');
const RETURN_URL = 'https://shop.myvtex.com/admin/pci-gateway?provider=1&authorizationCode=';
const SECRET = 'a-secret-of-the-address-0123456789';
const suite = { TEST_SUITE_APP_KEY: 'vtexappkey-suite', TEST_SUITE_APP_TOKEN: 'suite-token-of-the-tests-0123456' };

let database: TestDatabase;
let simulators: TestSimulators;
let tokens: TokenServer;
/** Artha is paused. */
let service: TestService;
/** The statuses of the settings that VTEX's documents disagree about; Vault is paused; secrets cannot be kept. */
let odd: TestService;
let shop: string;
let linkToken: string;

beforeAll(async () => {
  database = await makeTestDatabase();
  simulators = await startTestSimulators();
  tokens = await TokenServer.start();
  const environment = { ...simulators.settings, ...suite, DATABASE_URL: database.url, ANSWER_DEADLINE_MS: '3000' };
  service = await startTestService({
    ...environment,
    MASTER_KEY,
    ARTHA_MODE: 'paused',
    CORECARD_CALLBACK_SECRET: SECRET,
  });
  odd = await startTestService({
    ...environment,
    VAULT_MODE: 'paused',
    CANCEL_MANUALLY_STATUS: '501',
    PENDING_STATUS: '200',
  });
  shop = await newShop();
  linkToken = (await service.internal('POST', `merchants/${shop}/link-token`)).body.linkToken as string;
}, 120_000);

afterAll(async () => {
  await Promise.all([service?.stop(), odd?.stop()]);
  await Promise.all([simulators?.stop(), tokens?.stop()]);
  await database?.drop();
});

/** What is sent; a path's parameters that are absent are a new id, the headers are those of whoever may call. */
interface Sent {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Text is sent as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of the operation's own. */
  readonly method?: string;
  readonly at?: TestService;
}

const suiteHeaders = {
  'X-VTEX-API-AppKey': suite.TEST_SUITE_APP_KEY,
  'X-VTEX-API-AppToken': suite.TEST_SUITE_APP_TOKEN,
  'X-VTEX-API-Is-TestSuite': 'true',
};
const operatorHeaders = { Authorization: `Bearer ${testCredentials.ADMIN_API_TOKEN}` };

let count = 0;

async function newShop(): Promise<string> {
  const merchantId = `shop-${(count += 1)}`;
  await makeMerchant(service, merchantId);
  return merchantId;
}

async function linked(at = service, issuer: 'vault' | 'artha' = 'vault'): Promise<string> {
  const paymentId = newId();
  const { status } = await at.link(paymentId, { issuer, reference: simulators.of[issuer].referenceFor('works') });
  if (status !== 201) throw new Error(`not linked: ${status}`);
  return paymentId;
}

/** An operation on this payment, as VTEX sends it. */
const on = (paymentId: string, further: Sent = {}): Sent => ({
  ...further,
  params: { paymentId },
  body: { paymentId, requestId: newId(), value: 31.9 },
});

const create = (paymentId: string, further: Sent = {}): Sent => ({
  ...further,
  body: { ...exampleOf('createPayment'), paymentId },
});

/** The first example that the document gives of a request. */
function exampleOf(operationId: string): Record<string, unknown> {
  const { examples = {} } = operationOf(operationId).operation.requestBody?.content['application/json'] ?? {};
  return Object.values(examples)[0]?.value as Record<string, unknown>;
}

const storeVault = (merchantId: string, settings: Record<string, string> = {}) =>
  storeAccount(service, merchantId, { issuer: 'vault', simulator: simulators.of.vault }, settings);

const vaultSettings = () => ({ settings: { BASE_URL: simulators.of.vault.url, ...simulators.of.vault.settings } });

async function shopWithVault(settings: Record<string, string> = {}): Promise<string> {
  const merchantId = await newShop();
  expect((await storeVault(merchantId, settings)).status).toBe(201);
  return merchantId;
}

const withTokens = () =>
  shopWithVault({ TOKEN_URL: tokens.url, CLIENT_ID: 'our client', CLIENT_SECRET: 'its:secret', MERCHANT_ID: 'a1b2' });

/** As far as the browser gets: the code that VTEX exchanges. */
async function authorizationCode(merchantId: string): Promise<string> {
  const location = (await send('enterConnectionCode', await rightCode(merchantId))).headers.get('location') ?? '';
  return location.slice(RETURN_URL.length);
}

async function rightCode(merchantId: string): Promise<Sent> {
  const { body } = await service.internal('POST', `merchants/${merchantId}/connection-code`);
  return form(await connectionToken(), body.connectionCode as string);
}

async function connectionToken(): Promise<string> {
  const { text } = await send('beginConnection', { body: { applicationId: 'vtex', returnUrl: RETURN_URL } });
  return (JSON.parse(text) as { token: string }).token;
}

const form = (token: string, connectionCode: string): Sent => ({
  body: new URLSearchParams({ token, connectionCode }).toString(),
});

const vault = { issuer: 'vault' };
interface SomePerson {
  readonly merchant: string;
  readonly personId: string;
}

const NOBODY = '00000000-0000-4000-8000-000000000000';

/** The person of the document's example, at a new shop. */
async function personOf(): Promise<SomePerson> {
  const merchant = await newShop();
  const { body } = await service.internal('POST', `people?merchant=${merchant}`, exampleOf('addPerson'));
  return { merchant, personId: (body as unknown as { person: { personId: string } }).person.personId };
}

const onlyAdmin = async (): Promise<SomePerson> => {
  const merchant = await newShop();
  return { merchant, personId: (await signIn(service, { role: 'admin', merchant })).personId };
};

async function disabledPerson(): Promise<SomePerson> {
  const person = await personOf();
  await service.internal('PUT', `people/${person.personId}?merchant=${person.merchant}`, { isDisabled: true });
  return person;
}

const ofPerson = ({ merchant, personId }: SomePerson): Sent => ({ params: { personId }, query: { merchant } });

const ofShop = (merchant = shop): Sent => ({ params: { merchantId: merchant } });

/** The operation's id, the status, when it comes, and what is sent. Nobody's credentials and link tokens are added below. */
const rows: readonly (readonly [
  operationId: string,
  status: number,
  when: string,
  sent: () => Promise<Sent> | Sent,
])[] = [
  ['cancelPayment', 200, 'a linked payment', async () => on(await linked())],
  ['cancelPayment', 200, 'the first example, never seen here', () => ({ ...withExample('cancelPayment') })],
  ['cancelPayment', 200, 'in progress, by the setting', async () => on(await linked(odd), { at: odd })],
  ['cancelPayment', 500, 'in progress', async () => on(await linked(service, 'artha'))],
  ['cancelPayment', 501, 'never seen, by the setting', () => on(newId(), { at: odd })],
  ['createPayment', 200, 'the first example', () => ({ body: exampleOf('createPayment') })],
  ['createPayment', 200, 'approved', async () => create(await linked())],
  ['createPayment', 200, 'denied', async () => create(await cancelled())],
  ['createPayment', 200, 'a redirect of the Test Suite', () => create(newId(), { headers: suiteHeaders })],
  ['settlePayment', 200, 'a linked payment', async () => on(await linked())],
  ['settlePayment', 500, 'the first example, never seen here', () => withExample('settlePayment')],
  ['settlePayment', 500, 'cancelled', async () => on(await cancelled())],
  ['refundPayment', 200, 'the first example', () => withExample('refundPayment')],
  [
    'refundPayment',
    200,
    'a payment of the Test Suite',
    async () => on(await approvedBySuite(), { headers: suiteHeaders }),
  ],
  ['refundPayment', 501, 'by the setting', () => on(newId(), { at: odd })],
  ...['passInbound', 'passInboundAction', 'passInboundRequest', 'passInboundRequestAction'].map(
    (operationId) => [operationId, 200, 'the first example', () => withExample(operationId)] as const,
  ),
  ...operations
    .filter(({ operation }) => operation.security.some((set) => 'vtexAppKey' in set))
    .flatMap(({ operation: { operationId } }) => [
      [operationId, 400, 'nothing in it', () => ({ body: {} })] as const,
      [operationId, 401, 'without credentials', () => ({ ...on('A'), headers: {} })] as const,
      [operationId, 404, 'another method', () => ({ ...on('A'), method: 'PATCH' })] as const,
    ]),

  ['showManifest', 200, 'always', () => ({})],
  ['listPaymentMethods', 200, 'always', () => ({})],

  ['linkPayment', 201, 'new', () => link(newId())],
  ['linkPayment', 200, 'again', async () => again(await linkedAnew())],
  ['linkPayment', 400, 'no JSON', () => ({ body: 'x' })],
  ['linkPayment', 409, 'another card', async () => link(await linked())],
  ['linkPayment', 422, 'wrong', () => ({ body: { issuer: 'nobody' } })],
  [
    'linkPayments',
    200,
    'new, wrong and in conflict',
    async () => ({ body: { links: [another(), 5, await taken(), another()] } }),
  ],
  ['linkPayments', 400, 'no JSON', () => ({ body: 'x' })],
  ['linkPayments', 413, 'too large', () => ({ body: 'x'.repeat(70_000) })],
  ['linkPayments', 422, 'no list', () => ({ body: { links: 5 } })],
  ...(['showPayment', 'explainPayment', 'checkPayment'] as const).flatMap((operationId) => [
    [operationId, 200, 'linked', async () => ({ params: { paymentId: await linked() } })] as const,
    [operationId, 200, 'cancelled', async () => ({ params: { paymentId: await cancelled() } })] as const,
    [operationId, 200, 'waiting', async () => ({ params: { paymentId: await waiting() } })] as const,
    [
      operationId,
      200,
      'created, settled and refunded',
      async () => ({ params: { paymentId: await refunded() } }),
    ] as const,
    [operationId, 404, 'unheard of', () => ({})] as const,
    [operationId, 422, 'a wrong merchant', () => ({ query: { merchant: 'a b' } })] as const,
  ]),
  ['listManualCancellations', 200, 'some', async () => (await byHand(), {})],
  ['listManualCancellations', 422, 'a wrong merchant', () => ({ query: { merchant: 'a b' } })],

  ['listIssuers', 200, 'all', () => ({})],
  ['listIssuers', 422, 'a wrong merchant', () => ({ query: { merchant: 'a b' } })],
  ['setIssuerMode', 200, 'the same mode', () => ({ params: { issuer: 'qitech' }, body: { mode: 'live' } })],
  ['setIssuerMode', 400, 'no JSON', () => ({ params: vault, body: 'x' })],
  ['setIssuerMode', 404, 'no such issuer', () => ({ params: { issuer: 'nobody' }, body: { mode: 'live' } })],
  ['setIssuerMode', 422, 'no such mode', () => ({ params: vault, body: { mode: 'off' } })],

  ['listIssuerAccounts', 200, 'of the settings', () => ({})],
  ['listIssuerAccounts', 200, 'of the database', async () => ({ query: { merchant: await shopWithVault() } })],
  ['listIssuerAccounts', 404, 'no such merchant', () => ({ query: { merchant: 'nobody' } })],
  ['listIssuerAccounts', 422, 'a wrong merchant', () => ({ query: { merchant: 'a b' } })],
  [
    'saveIssuerAccount',
    201,
    'new',
    async () => ({ params: vault, query: { merchant: await newShop() }, body: vaultSettings() }),
  ],
  [
    'saveIssuerAccount',
    200,
    'again',
    async () => ({ params: vault, query: { merchant: await shopWithVault() }, body: vaultSettings() }),
  ],
  ['saveIssuerAccount', 400, 'no JSON', () => ({ params: vault, body: 'x' })],
  ['saveIssuerAccount', 404, 'no such issuer', () => ({ params: { issuer: 'nobody' }, body: vaultSettings() })],
  ['saveIssuerAccount', 409, 'one of the settings', () => ({ params: vault, body: vaultSettings() })],
  ['saveIssuerAccount', 422, 'wrong', () => ({ params: vault, query: { merchant: shop }, body: { settings: 5 } })],
  [
    'deleteIssuerAccount',
    200,
    'it is there',
    async () => ({ params: vault, query: { merchant: await shopWithVault() } }),
  ],
  ['deleteIssuerAccount', 404, 'it is not there', () => ({ params: vault, query: { merchant: shop } })],
  ['deleteIssuerAccount', 409, 'one of the settings', () => ({ params: vault })],
  ['deleteIssuerAccount', 422, 'neither true nor false', () => ({ params: vault, query: { sandbox: 'maybe' } })],
  ['testIssuerAccount', 200, 'it answers', () => ({ params: vault })],
  [
    'testIssuerAccount',
    200,
    'nobody answers',
    async () => ({ params: vault, query: { merchant: await shopWithVault({ BASE_URL: 'http://127.0.0.1:1' }) } }),
  ],
  ['testIssuerAccount', 404, 'it is not there', () => ({ params: vault, query: { merchant: shop } })],
  ['testIssuerAccount', 422, 'neither true nor false', () => ({ params: vault, query: { sandbox: 'maybe' } })],
  ['saveUserToken', 201, 'new', async () => userToken(await withTokens())],
  ['saveUserToken', 200, 'again', async () => userToken(await withUserToken())],
  ['saveUserToken', 400, 'no JSON', () => ({ params: { ...vault, userKey: 'maria' }, body: 'x' })],
  ['saveUserToken', 404, 'no account', () => userToken(shop)],
  ['saveUserToken', 409, 'no tokens there', async () => userToken(await shopWithVault())],
  ['saveUserToken', 422, 'wrong', () => ({ params: { ...vault, userKey: 'maria' }, body: { refreshToken: 5 } })],
  ['resealSecrets', 200, 'with a key', () => ({})],
  ['resealSecrets', 409, 'without a key', () => ({ at: odd })],

  ['listMerchants', 200, 'some', () => ({})],
  ['saveMerchant', 201, 'new', () => ({ ...ofShop('shop-new'), body: exampleOf('saveMerchant') })],
  ['saveMerchant', 200, 'again', () => ({ ...ofShop(), body: exampleOf('saveMerchant') })],
  ['saveMerchant', 400, 'no JSON', () => ({ ...ofShop(), body: 'x' })],
  ['saveMerchant', 422, 'wrong', () => ({ ...ofShop(), body: { name: 5 } })],
  ['addCredentials', 201, 'a second pair', async () => ofShop(await newShop())],
  ['addCredentials', 404, 'no such merchant', () => ofShop('nobody')],
  ['addCredentials', 409, 'a third pair', async () => ofShop(await shopWithTwoPairs())],
  ['retireCredentials', 200, 'it is there', async () => ({ params: { merchantId: await newShop(), slot: '1' } })],
  ['retireCredentials', 404, 'it is not there', () => ({ params: { merchantId: shop, slot: '2' } })],
  ...(['makeLinkToken', 'makeConnectionCode'] as const).flatMap((operationId) => [
    [operationId, 201, 'always', async () => ofShop(await newShop())] as const,
    [operationId, 404, 'no such merchant', () => ofShop('nobody')] as const,
  ]),

  ['listPeople', 200, 'some', async () => ({ query: { merchant: (await personOf()).merchant } })],
  ['listPeople', 404, 'no such merchant', () => ({ query: { merchant: 'nobody' } })],
  ['listPeople', 422, 'a wrong merchant', () => ({ query: { merchant: 'a b' } })],
  ['addPerson', 201, 'new', async () => ({ query: { merchant: await newShop() }, body: exampleOf('addPerson') })],
  ['addPerson', 400, 'no JSON', () => ({ body: 'x' })],
  ['addPerson', 404, 'no such merchant', () => ({ query: { merchant: 'nobody' }, body: exampleOf('addPerson') })],
  [
    'addPerson',
    409,
    'again',
    async () => ({ query: { merchant: (await personOf()).merchant }, body: exampleOf('addPerson') }),
  ],
  ['addPerson', 422, 'wrong', () => ({ body: { email: 'maria' } })],
  ['changePerson', 200, 'disabled', async () => ({ ...ofPerson(await personOf()), body: { isDisabled: true } })],
  ['changePerson', 400, 'no JSON', async () => ({ ...ofPerson(await personOf()), body: 'x' })],
  ['changePerson', 404, 'nobody', () => ({ ...ofPerson({ merchant: shop, personId: NOBODY }), body: {} })],
  [
    'changePerson',
    409,
    'the last administrator',
    async () => ({ ...ofPerson(await onlyAdmin()), body: { role: 'viewer' } }),
  ],
  ['changePerson', 422, 'wrong', async () => ({ ...ofPerson(await personOf()), body: { role: 'owner' } })],
  ['makePersonLink', 201, 'somebody', async () => ofPerson(await personOf())],
  ['makePersonLink', 404, 'nobody', () => ofPerson({ merchant: shop, personId: NOBODY })],
  ['makePersonLink', 409, 'somebody who is disabled', async () => ofPerson(await disabledPerson())],
  ['makePersonLink', 422, 'a wrong merchant', () => ofPerson({ merchant: 'a b', personId: NOBODY })],

  ['beginConnection', 200, 'from VTEX', () => ({ body: { applicationId: 'vtex', returnUrl: RETURN_URL } })],
  [
    'beginConnection',
    400,
    'to somewhere else',
    () => ({ body: { applicationId: 'vtex', returnUrl: 'https://example.com/' } }),
  ],
  ['showConnectionPage', 200, 'begun', async () => ({ query: { token: await connectionToken() } })],
  ['showConnectionPage', 404, 'not begun', () => ({ query: { token: 'x' } })],
  ['enterConnectionCode', 303, 'the right code', async () => rightCode(await newShop())],
  ['enterConnectionCode', 400, 'a wrong code', async () => form(await connectionToken(), 'wrong')],
  ['enterConnectionCode', 404, 'not begun', () => form('x', 'wrong')],
  ['enterConnectionCode', 409, 'two pairs', async () => rightCode(await shopWithTwoPairs())],
  ['exchangeAuthorizationCode', 200, 'the right code', async () => exchange(await authorizationCode(await newShop()))],
  ['exchangeAuthorizationCode', 400, 'a wrong code', () => exchange('wrong')],
  ['exchangeAuthorizationCode', 409, 'two pairs by now', async () => exchange(await codeThatCameTooLate())],

  ...(['takeCallback', 'takeCallbackOfAccount', 'takeCallbackOfCoreCard'] as const).flatMap((operationId) => {
    const params = { issuer: 'corecard', accountId: 'default' };
    const query = { secret: SECRET };
    return [
      [
        operationId,
        200,
        'authentic',
        () => ({ params, query, body: { ServiceName: 'CancelPhysicalOrder', AdminNumber: '129409' } }),
      ] as const,
      [operationId, 400, 'unreadable', () => ({ params, query, body: 'x' })] as const,
      [operationId, 401, 'forged', () => ({ params, body: {} })] as const,
    ];
  }),
  ['takeCallback', 404, 'an issuer that does not call', () => ({ params: vault, body: {} })],
  [
    'takeCallbackOfAccount',
    404,
    'an issuer that does not call',
    () => ({ params: { ...vault, accountId: 'default' }, body: {} }),
  ],
  [
    'takeCallbackOfAccount',
    401,
    'no such account',
    () => ({ params: { issuer: 'corecard', accountId: 'nobody' }, body: {} }),
  ],

  ...[
    'examine',
    'isLive',
    'isReady',
    'showMetrics',
    'showOpenApi',
    'showDocs',
    'showDocsStyle',
    'showTestSuitePage',
  ].map((operationId) => [operationId, 200, 'always', () => ({})] as const),

  ...operations
    .filter(({ operation }) => operation.security.some((set) => 'operatorToken' in set))
    .flatMap(({ operation: { operationId } }) => [
      [operationId, 401, 'without a token', () => ({ headers: {} })] as const,
      [
        operationId,
        403,
        'by the link token of another merchant',
        () => ({ headers: { Authorization: `Bearer ${linkToken}` }, query: { merchant: 'default' } }),
      ] as const,
    ]),
];

/** What other tests make a service answer. */
const elsewhere = [
  // A fault of ours: test/faults.spec.ts and test/internal-api.spec.ts.
  ...operations.flatMap(({ operation: { operationId, responses } }) =>
    '500' in responses ? [`${operationId} 500`] : [],
  ),
  // A process that stops: test/stop.spec.ts.
  'isReady 503',
  // A thousand connections at once: test/connection.spec.ts.
  'beginConnection 429',
];

describe('a real answer', () => {
  it.each(rows)('to %s, %i (%s), is as the document says', async (operationId, status, _when, sent) => {
    const answer = await send(operationId, await sent());

    expect({ status: answer.status, text: answer.text }).toMatchObject({ status });
    checkAnswer(operationId, answer);
  });

  it('was got of every status that the document knows, here or elsewhere', () => {
    const got = new Set([...rows.map(([operationId, status]) => `${operationId} ${status}`), ...elsewhere]);
    const known = operations.flatMap(({ operation: { operationId, responses } }) =>
      Object.keys(responses).map((status) => `${operationId} ${status}`),
    );

    expect(known.filter((answer) => !got.has(answer))).toEqual([]);
  });
});

describe('a request', () => {
  const calls = ['cancelPayment', 'createPayment', 'settlePayment', 'refundPayment', 'passInboundAction'];

  it.each(calls)(
    'to %s is refused without a field that the document calls required, and without no other',
    async (operationId) => {
      const schema = `${{ cancelPayment: 'Cancel', createPayment: 'Create', settlePayment: 'Settle', refundPayment: 'Refund' }[operationId] ?? 'Inbound'}Request`;
      const { required, properties } = document.components.schemas[schema] as {
        required: string[];
        properties: object;
      };
      const given = Object.assign({}, ...examplesOf(operationId)) as Record<string, unknown>;
      const refused = [];

      for (const field of new Set([...Object.keys(given), ...Object.keys(properties)])) {
        const body = { ...given, paymentId: newId() };
        const sent = await send(operationId, {
          params: { paymentId: body.paymentId },
          body: { ...body, [field]: undefined },
        });
        if (sent.status === 400) refused.push(field);
      }

      expect(refused.sort()).toEqual([...required].sort());
    },
  );
});

describe('the document', () => {
  it('names every route of the service with its methods, and no other', () => {
    const written = Object.entries(document.paths).flatMap(([path, item]) =>
      item['x-any-method'] ? [`any ${path}`] : Object.keys(item).map((method) => `${method} ${path}`),
    );

    // What is under /console is pages for people, and no interface.
    const registered = registeredRoutes().filter((route) => !/^\w+ \/console(\/|$)/.test(route));
    expect(written.sort()).toEqual(registered.sort());
  });

  it('is served to anybody as it was made', async () => {
    const { text, headers } = await send('showOpenApi', { headers: {} });

    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(document)));
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  it('is served as a page that may load its style sheet and nothing else', async () => {
    const { text, headers } = await send('showDocs', { headers: {} });

    expect(text).toContain('<h1>vtex-card-connector</h1>');
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('is served by the built service as production runs it', async () => {
    const built = await startServiceProcess({ DATABASE_URL: database.url });
    try {
      const page = await (await fetch(`${built.url}/docs`)).text();

      expect(page).toBe((await send('showDocs', {})).text);
    } finally {
      await built.kill('SIGTERM');
    }
  });
});

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

async function send(
  operationId: string,
  { params = {}, query = {}, body, headers, method, at = service }: Sent,
): Promise<Answered> {
  const { path, method: own, operation } = operationOf(operationId);
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? newId()));
  const search = new URLSearchParams(query).toString();
  const isBare = ['get', 'head'].includes(own);
  const response = await fetch(`${at.url}${filled}${search && '?'}${search}`, {
    method: method ?? own.toUpperCase(),
    headers: headers ?? headersFor(operation.security),
    redirect: 'manual',
    ...(isBare ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body ?? {}) }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Of whoever may call. */
function headersFor(security: readonly object[]): Record<string, string> {
  if (security.some((set) => 'vtexAppKey' in set)) return vtexHeaders;
  return security.length > 0 ? operatorHeaders : {};
}

function checkAnswer(operationId: string, { status, headers, text }: Answered): void {
  const found = operationOf(operationId);
  const types = Object.keys(found.operation.responses[String(status)]?.content ?? {});
  if (types.includes('application/json')) checkPublished(found, status, text);
  else expect(types).toEqual(types.length === 0 ? [] : [headers.get('content-type')?.split(';')[0]]);
}

/** What the router knows, in the document's spelling; what takes every method is `any`. */
function registeredRoutes(): string[] {
  const fastify = service.service.app.getHttpAdapter().getInstance();
  const parents: string[] = [];
  return fastify
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const [, branch = '', part = '', list = ''] = /^([│├└─ ]*)(\S+)(?: \((.*)\))?$/.exec(line) ?? [];
      if (part === '') return [];
      const depth = branch.length / 4 - 1;
      const path = `${depth > 0 ? (parents[depth - 1] ?? '') : ''}${part}`;
      parents[depth] = path;
      const methods = list.split(', ').filter((method) => method !== '' && method !== 'HEAD');
      const spelt = path.replace(/:(\w+)/g, '{$1}');
      return methods.length > 6 ? [`any ${spelt}`] : methods.map((method) => `${method.toLowerCase()} ${spelt}`);
    });
}

const examplesOf = (operationId: string): object[] =>
  Object.values(operationOf(operationId).operation.requestBody?.content['application/json']?.examples ?? {}).map(
    ({ value }) => value as object,
  );

/** The first example as it stands, at the path that it names. */
function withExample(operationId: string): Sent {
  const body = exampleOf(operationId);
  return { params: { paymentId: String(body.paymentId) }, body };
}

async function cancelled(): Promise<string> {
  const paymentId = await linked();
  await service.cancel(paymentId, { requestId: newId() });
  return paymentId;
}

async function waiting(): Promise<string> {
  const paymentId = await linked(service, 'artha');
  await service.cancel(paymentId, { requestId: newId() });
  return paymentId;
}

async function refunded(): Promise<string> {
  const paymentId = newId();
  await service.create(paymentId, { callbackUrl: 'https://callback.example.com/?an=mystore' });
  await service.link(paymentId, { issuer: 'vault', reference: simulators.of.vault.referenceFor('works') });
  await service.settle(paymentId, { requestId: newId() });
  await service.refund(paymentId, { requestId: newId() });
  return paymentId;
}

async function byHand(): Promise<void> {
  await refunded();
  await service.cancel(newId(), { requestId: newId() });
}

/** A create of the suite with its approved card. */
async function approvedBySuite(): Promise<string> {
  const paymentId = newId();
  await service.create(paymentId, { card: { number: '4444333322221111' } }, suiteHeaders);
  return paymentId;
}

const another = () => ({ paymentId: newId(), issuer: 'vault', reference: simulators.of.vault.referenceFor('works') });

const link = (paymentId: string): Sent => {
  const { issuer, reference } = another();
  return { params: { paymentId }, body: { issuer, reference } };
};

async function linkedAnew() {
  const one = another();
  await service.link(one.paymentId, { issuer: one.issuer, reference: one.reference });
  return one;
}

const again = ({ paymentId, issuer, reference }: ReturnType<typeof another>): Sent => ({
  params: { paymentId },
  body: { issuer, reference },
});

async function taken() {
  return { ...(await linkedAnew()), paymentId: newId() };
}

const userToken = (merchant: string): Sent => ({
  params: { ...vault, userKey: 'maria' },
  query: { merchant },
  body: exampleOf('saveUserToken'),
});

async function withUserToken(): Promise<string> {
  const merchant = await withTokens();
  await send('saveUserToken', userToken(merchant));
  return merchant;
}

async function shopWithTwoPairs(): Promise<string> {
  const merchantId = await newShop();
  await send('addCredentials', ofShop(merchantId));
  return merchantId;
}

const exchange = (code: string): Sent => ({ query: { applicationId: 'vtex', authorizationCode: code } });

async function codeThatCameTooLate(): Promise<string> {
  const merchantId = await newShop();
  const code = await authorizationCode(merchantId);
  await send('addCredentials', ofShop(merchantId));
  return code;
}
