import { digest } from '../config.js';
import { findMerchant, hasEmptyTestCredentials, isBearer, isTestSuite, type CredentialBook } from './credentials.js';

const holder = (merchantId: string, ...tokens: string[]) => ({
  merchant: { merchantId, isTest: merchantId === 'test-suite' },
  tokenDigests: tokens.map(digest),
});

const book: CredentialBook = new Map([
  [digest('key-1').toString('hex'), holder('default', 'token-1')],
  [digest('key-2').toString('hex'), holder('test-suite', 'token-2', 'token-2-new')],
]);

const vtex = (key: string, token: string) => ({ 'x-vtex-api-appkey': key, 'x-vtex-api-apptoken': token });
const provider = (key: string, token: string) => ({ 'x-provider-api-appkey': key, 'x-provider-api-apptoken': token });

describe('a merchant', () => {
  const [one, other] = [
    { merchantId: 'default', isTest: false },
    { merchantId: 'test-suite', isTest: true },
  ];

  it('is found by either family of headers, and by a mixture', () => {
    expect(findMerchant(vtex('key-1', 'token-1'), book)).toEqual(one);
    expect(findMerchant(provider('key-2', 'token-2'), book)).toEqual(other);
    expect(findMerchant({ 'x-vtex-api-appkey': 'key-1', 'x-provider-api-apptoken': 'token-1' }, book)).toEqual(one);
  });

  it('is found by either of two tokens', () => {
    expect(findMerchant(vtex('key-2', 'token-2-new'), book)).toEqual(other);
  });

  it('is named by the provider family where both are sent', () => {
    expect(findMerchant({ ...vtex('key-1', 'token-1'), ...provider('key-2', 'token-2') }, book)).toEqual(other);
  });

  it.each([
    ['missing', {}],
    ['empty', vtex('', '')],
    ['half', { 'x-vtex-api-appkey': 'key-1' }],
    ['of an unknown key', vtex('key-3', 'token-1')],
    ['of a wrong token', vtex('key-1', 'token-3')],
    ["of another merchant's token", vtex('key-1', 'token-2')],
    ['in another case', vtex('KEY-1', 'TOKEN-1')],
    ['repeated, as Node joins them', vtex('key-1, key-1', 'token-1')],
    ['repeated, as a list', { 'x-vtex-api-appkey': ['key-1', 'key-1'], 'x-vtex-api-apptoken': 'token-1' }],
  ])('is not found by credentials that are %s', (_, headers) => {
    expect(findMerchant(headers, book)).toBeNull();
  });

  it('is not found where there is none', () => {
    expect(findMerchant(vtex('key-1', 'token-1'), new Map())).toBeNull();
  });
});

describe("the Test Suite's empty credentials", () => {
  const suite = { 'x-vtex-api-is-testsuite': 'true' };

  it.each([
    ['in one family', { ...suite, ...vtex('', '') }],
    ['in the other one', { ...suite, ...provider('', '') }],
    ['in both', { ...suite, ...vtex('', ''), ...provider('', '') }],
  ])('are known where they are there, %s', (_, headers) => {
    expect(hasEmptyTestCredentials(headers)).toBe(true);
  });

  it.each([
    ['without the header of the suite', vtex('', '')],
    ['with another value of it', { 'x-vtex-api-is-testsuite': 'false', ...vtex('', '') }],
    ['without any', suite],
    ['with one of them missing', { ...suite, 'x-vtex-api-appkey': '' }],
    ['with one of them filled', { ...suite, ...vtex('', 'token') }],
    ['with blanks', { ...suite, ...vtex(' ', ' ') }],
    ['with the other family filled', { ...suite, ...vtex('key-1', 'wrong'), ...provider('', '') }],
    ['repeated, as a list', { ...suite, 'x-vtex-api-appkey': ['', ''], 'x-vtex-api-apptoken': '' }],
  ])('are not taken for it %s', (_, headers) => {
    expect(hasEmptyTestCredentials(headers)).toBe(false);
  });
});

describe('a bearer token', () => {
  it.each(['Bearer secret-token', 'bearer secret-token', 'Bearer   secret-token '])('fits as %j', (header) => {
    expect(isBearer(header, digest('secret-token'))).toBe(true);
  });

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Bearer secret',
    'Basic secret-token',
    'secret-token',
    'Bearer secret-token x',
  ])('does not fit as %j', (header) => {
    expect(isBearer(header, digest('secret-token'))).toBe(false);
  });
});

it.each([
  ['true', true],
  [' True ', true],
  ['false', false],
  ['', false],
  [undefined, false],
])('takes a test suite header of %j for %j', (value, meant) => {
  expect(isTestSuite({ 'x-vtex-api-is-testsuite': value })).toBe(meant);
});
