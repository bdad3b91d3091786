import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { isPublicAddress, isUnderOneOf, publicLookup, readOutgoingUrl, type LookupAll } from './public-https.js';
import { postOnce } from './post.js';

const publicOnly = { allowHttp: false };

describe('an address', () => {
  it.each(['8.8.8.8', '1.1.1.1', '100.63.255.255', '100.128.0.0', '172.15.0.1', '172.32.0.1', '2606:4700::1111'])(
    '%s is public',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    '127.0.0.1',
    '127.255.0.1',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '100.127.255.255',
    '192.0.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:8.8.8.8',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '2002:7f00:1::',
    '2001::1',
    '2001:db8::1',
    '3fff::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '100::1',
    'localhost',
    '',
  ])('%s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe("VTEX's address", () => {
  it('is taken apart without being tidied up', () => {
    const url = 'HTTPS://API.MyStore.example:8443/a/../b%7E?X-VTEX-signature=a%2Fb+c&é#part';

    expect(readOutgoingUrl(url, publicOnly)).toEqual({
      protocol: 'https:',
      hostname: 'api.mystore.example',
      port: 8443,
      host: 'api.mystore.example:8443',
      path: '/a/../b%7E?X-VTEX-signature=a%2Fb+c&%C3%A9',
    });
  });

  it.each([
    ['https://api.example.com', 443, '/'],
    ['https://api.example.com?x', 443, '/?x'],
    ['https://api.example.com:443/x', 443, '/x'],
  ])('%s has a port and a path', (url, port, path) => {
    expect(readOutgoingUrl(url, publicOnly)).toMatchObject({ port, path });
  });

  it.each([
    'https:///x',
    'https:/api.example.com',
    '//api.example.com',
    'https://api.example.com@10.0.0.1/',
    'https://10.0.0.1\\@api.example.com/',
    'https://api.example.com/a\r\nHost: evil',
    'https://api.example.com/\t',
    'https://api.example.com/\ud800',
    'https://2130706433/',
    'https://0177.0.0.1/',
    'https://127.1/',
    'https://localhost./',
    'https://a.localhost/',
    'https://intranet/',
    'https://metadata.google.internal/',
    `https://api.example.com/${'x'.repeat(8_000)}`,
    'https://api.example.com:99999/',
    'http://api.example.com/',
  ])('%j is not called', (url) => {
    expect(readOutgoingUrl(url, publicOnly)).toBeNull();
  });

  it('may be http and local where that is allowed', () => {
    expect(readOutgoingUrl('http://127.0.0.1:3001/x', { allowHttp: true })).toMatchObject({ port: 3001 });
    expect(readOutgoingUrl('http://[::1]/x', { allowHttp: true })).toMatchObject({ hostname: '::1', port: 80 });
    expect(readOutgoingUrl('ftp://127.0.0.1/x', { allowHttp: true })).toBeNull();
  });
});

describe('our credentials', () => {
  it.each([
    ['vtexpayments.com.br', true],
    ['mystore.vtexpayments.com.br', true],
    ['vtexpayments.com.br.example.com', false],
    ['evilvtexpayments.com.br', false],
    ['example.com', false],
    ['203.0.113.7', false],
  ])('go to %s: %s', (hostname, isVtex) => {
    expect(isUnderOneOf(hostname, ['vtexpayments.com.br', 'vtexcommercestable.com.br'])).toBe(isVtex);
  });
});

describe('a name', () => {
  const asked: string[] = [];
  let server: http.Server;

  beforeAll(async () => {
    server = http.createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterAll(() => server.close());

  const resolvingTo =
    (...addresses: string[]): LookupAll =>
    (_hostname, _options, callback) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );

  const post = (lookup: LookupAll, allowHttp = true) => {
    const { port } = server.address() as AddressInfo;
    const target = readOutgoingUrl(`http://api.mystore.example:${port}/secret-path`, { allowHttp });
    if (!target) throw new Error('not usable');
    return postOnce({ target, headers: {}, body: '{}', timeoutMs: 2_000, lookup: publicLookup(lookup) });
  };

  it.each([
    ['loopback', ['127.0.0.1']],
    ['loopback of IPv6', ['::1']],
    ['a private network', ['10.1.2.3']],
    ['the metadata of a cloud', ['169.254.169.254']],
    ['a mapped address', ['::ffff:127.0.0.1']],
    ['a public and a private address', ['93.184.216.34', '127.0.0.1']],
  ])('that leads to %s is not connected to', async (_what, addresses) => {
    const answer = await post(resolvingTo(...addresses));

    expect(answer).toEqual({ kind: 'fault', words: 'its name does not lead to a public address' });
    expect(asked).toEqual([]);
  });

  it('that leads nowhere is a fault', async () => {
    expect(await post(resolvingTo())).toEqual({ kind: 'fault', words: 'its name is not found' });
  });

  it('is asked for once, and the connection is made to what it said then', async () => {
    const { port } = server.address() as AddressInfo;
    let times = 0;
    const target = readOutgoingUrl(`http://api.mystore.example:${port}/pinned`, { allowHttp: true })!;
    // First this server's own address, then elsewhere: a name that changes its mind.
    const answer = await postOnce({
      target,
      headers: {},
      body: '{}',
      timeoutMs: 2_000,
      lookup: (hostname, options, callback) => {
        times += 1;
        const address = times === 1 ? '127.0.0.1' : '127.0.0.2';
        if (options.all) callback(null, [{ address, family: 4 }]);
        else callback(null, address, 4);
      },
    });

    expect(answer).toEqual({ kind: 'answer', status: 200 });
    expect(times).toBe(1);
    expect(asked).toEqual(['/pinned']);
  });

  it('whose server says nothing is given up in time, in words without the address', async () => {
    const silent = http.createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const target = readOutgoingUrl(`http://127.0.0.1:${port}/secret-path`, { allowHttp: true })!;

    const answer = await postOnce({ target, headers: {}, body: '{}', timeoutMs: 150, lookup: null });

    expect(answer).toEqual({ kind: 'fault', words: 'no answer within 150 ms' });
    silent.closeAllConnections();
    silent.close();
  });
});
