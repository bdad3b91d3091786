import { callerOf, networkOf } from './network.js';

describe('the network of an address', () => {
  it.each([
    ['203.0.113.77', '203.0.113.0/24'],
    ['::ffff:203.0.113.77', '203.0.113.0/24'],
    ['::FFFF:203.0.113.77', '203.0.113.0/24'],
    ['2001:db8:7:1:2:3:4:5', '2001:db8:7::/48'],
    ['2001:0DB8:0007::1', '2001:db8:7::/48'],
    ['2001:db8::1', '2001:db8:0::/48'],
    ['fe80::1%eth0', 'fe80:0:0::/48'],
    ['::1', '0:0:0::/48'],
    ['64:ff9b::203.0.113.77', '64:ff9b:0::/48'],
    ['localhost', null],
    ['', null],
  ])('%s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe('a caller', () => {
  it('is one IPv4 address, however it is written', () => {
    expect(callerOf('::ffff:203.0.113.77')).toBe(callerOf('203.0.113.77'));
    expect(callerOf('203.0.113.77')).not.toBe(callerOf('203.0.113.78'));
  });

  it('is a whole /64 of IPv6, because one machine has all of it', () => {
    expect(callerOf('2001:db8:7:1::1')).toBe(callerOf('2001:db8:7:1:ffff:ffff:ffff:ffff'));
    expect(callerOf('2001:db8:7:1::1')).not.toBe(callerOf('2001:db8:7:2::1'));
  });
});
