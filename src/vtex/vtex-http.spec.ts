import type { FastifyRequest } from 'fastify';
import { isVtexRoute, merchantOf, paymentIdInPath, routeOf } from './vtex-http.js';

const request = (url: string, route?: string) => ({ url, routeOptions: { url: route } }) as unknown as FastifyRequest;

describe('a route', () => {
  it.each([
    request('/payments/1/cancellations', '/payments/:paymentId/cancellations'),
    request('/%70ayments/1/cancellations', '/payments/:paymentId/cancellations'),
    request('http://any/payments/1/cancellations', '/payments/:paymentId/cancellations'),
    request('/payments/%zz'),
    request('/payments'),
    request('/payments?a=1'),
  ])("is VTEX's however it is spelt", (of) => {
    expect(isVtexRoute(of)).toBe(true);
  });

  it.each([
    request('/internal/payments/1', '/internal/payments/:paymentId'),
    request('/payments-are-elsewhere'),
    request('/'),
  ])("is not VTEX's", (of) => {
    expect(isVtexRoute(of)).toBe(false);
  });

  it('is the path as it came where the router found none', () => {
    expect(routeOf(request('/nothing/here'))).toBe('/nothing/here');
  });
});

describe('the paymentId in a path', () => {
  it.each([
    ['/payments/ABC/cancellations', 'ABC'],
    ['/payments/a%2Fb/cancellations', 'a/b'],
    ['/payments/%F0%9F%92%B3?x=1', '\u{1F4B3}'],
    [`/payments/${'a'.repeat(255)}`, 'a'.repeat(255)],
  ])('of %s is read', (url, paymentId) => {
    expect(paymentIdInPath(url)).toBe(paymentId);
  });

  it.each(['/payments', '/payments/', '/other/ABC', '/payments/%zz', '/payments/%00', `/payments/${'a'.repeat(256)}`])(
    'of %s is none',
    (url) => {
      expect(paymentIdInPath(url)).toBeNull();
    },
  );
});

it('is a bug to reach a VTEX route without credentials', () => {
  const merchant = { merchantId: 'default', isTest: false };
  expect(merchantOf({ merchant } as FastifyRequest)).toBe(merchant);
  expect(() => merchantOf({} as FastifyRequest)).toThrow(/^Bug/);
});
