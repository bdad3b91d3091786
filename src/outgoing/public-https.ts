import dns from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Where a call goes that somebody outside named. The path may be a secret: VTEX's signature stands in it, and Slack's right to post. */
export interface OutgoingTarget {
  readonly protocol: 'http:' | 'https:';
  /** A name, or an address without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** For the header `Host`. */
  readonly host: string;
  /**
   * With the query, cut out of the text as it came. Only what is not ASCII is percent-encoded, because HTTP has no other way for it (RFC
   * 3987, 3.1).
   */
  readonly path: string;
}

export interface OutgoingRule {
  /** For development and tests: http, and addresses that are not public. */
  readonly allowHttp: boolean;
}

const LONGEST_URL = 8_000;

/** Scheme, authority without a user or a password, and everything up to a fragment. */
const PARTS = /^(https?):\/\/([^/?#\\@]+)((?:[/?][^#]*)?)(?:#|$)/i;

/**
 * Takes an address apart without tidying it up: VTEX wants its `callbackUrl` as it gave it.
 *
 * @returns null for one that must not or cannot be called
 */
export function readOutgoingUrl(url: string, rule: OutgoingRule): OutgoingTarget | null {
  const [, scheme = '', authority = '', rest = ''] = PARTS.exec(url) ?? [];
  if (authority === '' || url.length > LONGEST_URL || /[\p{Cc}\p{Cs} ]/u.test(url)) return null;
  const origin = `${scheme.toLowerCase()}://${authority}`;
  if (!URL.canParse(origin)) return null;
  const { protocol, hostname: bracketed, host, port } = new URL(origin);
  const hostname = bracketed.replace(/^\[|\]$/g, '');
  const isHttps = protocol === 'https:';
  if (!rule.allowHttp && !(isHttps && isPublicHost(hostname))) return null;
  const path = rest.startsWith('/') ? rest : `/${rest}`;
  return {
    protocol: isHttps ? 'https:' : 'http:',
    hostname,
    port: port === '' ? (isHttps ? 443 : 80) : Number(port),
    host,
    path: path.replace(/[^\u0000-\u007f]/gu, encodeURIComponent),
  };
}

/** Is it one of these names, or under one? */
export const isUnderOneOf = (hostname: string, hosts: readonly string[]): boolean =>
  hosts.some((host) => hostname === host || hostname.endsWith(`.${host}`));

/** As far as it shows without asking for its address. */
function isPublicHost(hostname: string): boolean {
  if (isIP(hostname) !== 0) return isPublicAddress(hostname);
  const labels = hostname.toLowerCase().replace(/\.$/, '').split('.');
  return labels.length > 1 && !['localhost', 'local', 'internal'].includes(labels.at(-1) ?? '');
}

/** @see https://www.iana.org/assignments/iana-ipv4-special-registry */
const notPublic4 = blockList('ipv4', [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]);

/** Everything else of IPv6 is loopback, local, mapped, multicast or not given out. */
const global6 = blockList('ipv6', ['2000::/3']);

/** Within it: protocol assignments with Teredo, documentation, and 6to4, whose addresses hold an IPv4 one. */
const notPublic6 = blockList('ipv6', ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']);

function blockList(family: 'ipv4' | 'ipv6', networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

/** Reachable from anywhere, and nobody's own network: not loopback, private, link-local, a cloud's metadata, shared or mapped. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !notPublic4.check(address, 'ipv4');
  return family === 6 && global6.check(address, 'ipv6') && !notPublic6.check(address, 'ipv6');
}

/** A name that leads anywhere else than to public addresses. */
export const NOT_PUBLIC = 'ENOTPUBLIC';

/** What `dns.lookup` answers when it is asked for all addresses. */
export type LookupAll = (
  hostname: string,
  options: dns.LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: dns.LookupAddress[]) => void,
) => void;

/**
 * A look-up for one connection that refuses names which lead anywhere but to public addresses. The connection is made to the very
 * addresses that were looked at, so that a name cannot change its mind in between.
 */
export const publicLookup =
  (lookup: LookupAll = dns.lookup): LookupFunction =>
  (hostname, options, callback) =>
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error || !first) return callback(error ?? fault('ENOTFOUND'), '', 0);
      if (!addresses.every(({ address }) => isPublicAddress(address))) return callback(fault(NOT_PUBLIC), '', 0);
      if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });

const fault = (code: string): NodeJS.ErrnoException => Object.assign(new Error(code), { code });
