import { isIPv4, isIPv6 } from 'node:net';

/**
 * The network of an address, which names nobody: 203.0.113.0/24, 2001:db8:7::/48. Null for what is no address.
 */
export function networkOf(address: string): string | null {
  const ip = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (isIPv4(ip)) return `${ip.split('.').slice(0, 3).join('.')}.0/24`;
  return isIPv6(ip) ? `${groupsOf(ip).slice(0, 3).join(':')}::/48` : null;
}

/** What one caller is counted by: an IPv4 address, or the /64 that an IPv6 network gives to one place. */
export function callerOf(address: string): string {
  const ip = address.replace(/^::ffff:(?=\d+\.)/i, '');
  return isIPv6(ip) ? groupsOf(ip).slice(0, 4).join(':') : ip;
}

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(ip: string): string[] {
  // A zone is of this machine alone; a last part in IPv4's form stands for two groups, and never for one of the first four.
  const [before = '', after] = ip
    .replace(/%.*$/, '')
    .replace(/\d+(\.\d+){3}$/, '0:0')
    .split('::');
  const [first, last] = [before, after ?? ''].map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: Math.max(0, 8 - (first?.length ?? 0) - (last?.length ?? 0)) }, () => '0');
  return [...(first ?? []), ...zeros, ...(last ?? [])].map((group) => parseInt(group, 16).toString(16));
}
