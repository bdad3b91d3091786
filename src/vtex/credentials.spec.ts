import { digest } from '../config.js';
import { findMerchant, isBearer, isTestSuite } from './credentials.js';

const merchants = [
  { merchantId: 'default', appKeyDigest: digest('key-1'), appTokenDigest: digest('token-1') },
  { merchantId: 'test-suite', appKeyDigest: digest('key-2'), appTokenDigest: digest('token-2') },
];

const vtex = (key: string, token: string) => ({ 'x-vtex-api-appkey': key, 'x-vtex-api-apptoken': token });
const provider = (key: string, token: string) => ({ 'x-provider-api-appkey': key, 'x-provider-api-apptoken': token });

describe('a merchant', () => {
  it('is found by either family of headers, and by a mixture', () => {
    expect(findMerchant(vtex('key-1', 'token-1'), merchants)).toBe('default');
    expect(findMerchant(provider('key-2', 'token-2'), merchants)).toBe('test-suite');
    expect(findMerchant({ 'x-vtex-api-appkey': 'key-1', 'x-provider-api-apptoken': 'token-1' }, merchants)).toBe(
      'default',
    );
  });

  it('is named by the provider family where both are sent', () => {
    expect(findMerchant({ ...vtex('key-1', 'token-1'), ...provider('key-2', 'token-2') }, merchants)).toBe(
      'test-suite',
    );
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
    expect(findMerchant(headers, merchants)).toBeNull();
  });

  it('is not found where there is none', () => {
    expect(findMerchant(vtex('key-1', 'token-1'), [])).toBeNull();
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
