import { issuers } from '../src/issuers/index.js';
import { checkAnswerTo, checkManifest, type Call } from './support/answer-schema.js';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { sendRaw } from './support/raw-http.js';
import { newId, startTestService, testCredentials, vtexHeaders, type TestService } from './support/service.js';

let database: TestDatabase;
let service: TestService;

beforeAll(async () => {
  database = await makeTestDatabase();
  service = await startTestService({ DATABASE_URL: database.url });
});

afterAll(async () => {
  await service?.stop();
  await database?.drop();
});

const get = (path: string, at = service) => sendRaw(at.url, { method: 'GET', path });

describe('the manifest', () => {
  it('is given to anybody, and offers what needs no attestation of PCI DSS', async () => {
    const { status, headers, text } = await get('/manifest');

    expect(status).toBe(200);
    expect(headers['content-type']).toContain('application/json');
    expect(checkManifest(text).paymentMethods).toEqual([
      { name: 'Promissories', allowsSplit: 'disabled' },
      { name: 'Privatelabels', allowsSplit: 'disabled' },
    ]);
  });

  it('lets the merchant choose among all issuers there are', async () => {
    const { customFields, metadataFields } = checkManifest((await get('/manifest')).text);

    expect(customFields).toEqual([
      {
        name: 'Issuer',
        type: 'select',
        options: Object.values(issuers).map(({ code, name }) => ({ text: name, value: code })),
      },
    ]);
    expect(metadataFields).toEqual(['issuer']);
  });

  it('offers the methods of the setting', async () => {
    const other = await startTestService({
      DATABASE_URL: database.url,
      VTEX_PAYMENT_METHODS: 'Visa, Débito Online ,MyOwnCard',
    });
    try {
      const names = checkManifest((await get('/manifest', other)).text).paymentMethods.map(({ name }) => name);

      expect(names).toEqual(['Visa', 'Débito Online', 'MyOwnCard']);
      expect(JSON.parse((await get('/payment-methods', other)).text)).toEqual({ paymentMethods: names });
    } finally {
      await other.stop();
    }
  });
});

describe('the deprecated list of methods', () => {
  it('is given to anybody', async () => {
    const { status, text } = await get('/payment-methods');

    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({ paymentMethods: ['Promissories', 'Privatelabels'] });
  });
});

describe('an inbound request', () => {
  const fields = { requestId: 'LA4E20D3B4E07B7E871F5B5BC9F91', transactionId: 'T', requestData: { body: '{}' } };

  it.each(['inbound', 'inbound/hook', 'inbound-request', 'inbound-request/enrollment'])(
    'at /%s is passed back a 404: there is no action',
    async (path) => {
      const paymentId = newId();

      const { status, body } = await service.call(
        'inbound',
        `/payments/${paymentId}/${path}`,
        JSON.stringify({ paymentId, ...fields }),
      );

      expect(status).toBe(200);
      expect(body).toEqual({
        requestId: fields.requestId,
        paymentId,
        code: 'inbound-not-supported',
        message: 'This provider offers no inbound action.',
        responseData: {
          statusCode: 404,
          contentType: 'application/json',
          content: '{"message":"This provider offers no inbound action."}',
        },
      });
    },
  );

  it('that is unusable is answered 400 in its own shape', async () => {
    const { status, body } = await service.operate('inbound', newId(), {});

    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'invalid-request', requestId: null, responseData: { statusCode: 400 } });
  });
});

const routes: [Call, string][] = [
  ['create', '/payments'],
  ['cancel', '/payments/ABC/cancellations'],
  ['settle', '/payments/ABC/settlements'],
  ['refund', '/payments/ABC/refunds'],
  ['inbound', '/payments/ABC/inbound/hook'],
  ['inbound', '/payments/ABC/inbound-request/hook'],
];

describe.each(routes)('a %s at %s', (call, path) => {
  const { VTEX_APP_KEY: key, VTEX_APP_TOKEN: token } = testCredentials;
  const body = JSON.stringify({ paymentId: 'ABC', requestId: 'R1' });

  it.each([
    ['none', {}],
    ['empty ones', { 'X-VTEX-API-AppKey': '', 'X-VTEX-API-AppToken': '' }],
    ['a wrong token', { 'X-VTEX-API-AppKey': key, 'X-VTEX-API-AppToken': 'x' }],
    ['the Test Suite’s header alone', { 'X-VTEX-API-Is-TestSuite': 'true' }],
  ])('with credentials that are %s is answered 401 in its own shape', async (_what, headers) => {
    const answer = await sendRaw(service.url, { path, headers, body });

    expect(answer.status).toBe(401);
    const said = checkAnswerTo(call, 401, answer.text);
    expect(said).toMatchObject({ code: 'unauthorized', paymentId: call === 'create' ? null : 'ABC' });
  });

  it.each([
    ['X-VTEX-API', { 'X-VTEX-API-AppKey': key, 'X-VTEX-API-AppToken': token }],
    ['X-PROVIDER-API', { 'X-PROVIDER-API-AppKey': key, 'X-PROVIDER-API-AppToken': token }],
    ['x-provider-api', { 'x-provider-api-appkey': key, 'x-provider-api-apptoken': token }],
  ])('is let in by the headers %s', async (_what, headers) => {
    const answer = await sendRaw(service.url, { path, headers, body });

    expect(answer.status).not.toBe(401);
    checkAnswerTo(call, answer.status, answer.text);
  });

  it.each([
    ['another method', { method: 'PATCH', path }, 404],
    ['no JSON', { path, body: 'x' }, 400],
    ['a body that is too large', { path, body: 'x'.repeat(1_100_000) }, 400],
    ['no body at all', { path }, 400],
  ])('answers %s in its own shape', async (_what, request, status) => {
    const answer = await sendRaw(service.url, { headers: vtexHeaders, ...request });

    expect(answer.status).toBe(status);
    expect(checkAnswerTo(call, status, answer.text)).toMatchObject({ code: 'invalid-request' });
  });

  if (call !== 'create') {
    it.each([
      ['badly encoded', '%zz'],
      ['too long', 'a'.repeat(4_000)],
    ])('answers a path that is %s in its own shape', async (_what, part) => {
      const answer = await sendRaw(service.url, { headers: vtexHeaders, path: path.replace('ABC', part), body });

      expect(answer.status).toBe(400);
      expect(checkAnswerTo(call, 400, answer.text)).toMatchObject({ code: 'invalid-request', paymentId: null });
    });
  }
});
