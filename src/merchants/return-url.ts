/**
 * What is wrong with an address that a merchant's browser is to be sent back to; null when nothing is.
 *
 * @param hosts names that it may have, or be under
 */
export function returnUrlFault(address: unknown, hosts: readonly string[]): string | null {
  if (typeof address !== 'string' || !/^[\x21-\x7e]{1,2000}$/.test(address) || address.includes('\\')) {
    return 'must be an address of at most 2000 characters, without blanks';
  }
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url?.protocol !== 'https:' || !/^https:\/\/[^/]/i.test(address)) return 'must begin with https://';
  if (url.username !== '' || url.password !== '' || url.port !== '' || address.includes('#')) {
    return 'must have neither credentials nor port nor #';
  }
  if (!hosts.some((host) => url.hostname === host || url.hostname.endsWith(`.${host}`))) {
    return `must be on one of these hosts, or under one: ${hosts.join(', ')}`;
  }
  // The code is put behind it as it is.
  return /[?&]authorizationCode=$/i.test(address) ? null : 'must end in authorizationCode=';
}
