import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CallbackListener } from '../../src/homologation/callback-listener.js';
import type { Result } from '../../src/homologation/check.js';
import { transportChecks } from '../../src/homologation/checks/transport.js';
import { runHomologateCommand, usage } from '../../src/homologation/homologate-command.js';
import { junitOf } from '../../src/homologation/junit.js';
import { runChecks } from '../../src/homologation/run-checks.js';
import { Session, documentedLimits } from '../../src/homologation/session.js';
import { tableRow } from '../../src/homologation/table.js';
import { providerCredentials, startProvider, type ProviderServer } from './provider-server.js';
import { makeCertificate } from './self-signed.js';

const { appKey, appToken } = providerCredentials;
const limits = { ...documentedLimits, callbackMs: 1_000, testSuiteMs: 2_000 };

let folder: string;
let provider: ProviderServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'homologation-'));
  provider = await startProvider();
});

afterAll(async () => {
  await provider?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function command(args: readonly string[], isColoured = false) {
  let out = '';
  const end = await runHomologateCommand(args, { print: (lines) => (out += `${lines}\n`), isColoured, limits });
  return { ...end, out };
}

/** The built command in a process of its own. */
async function built(args: readonly string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['bundle/homologate-command.js', ...args], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (chunks.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (chunks.err += chunk.toString()));
  const [exitCode] = (await once(child, 'close')) as [number];
  return { exitCode, ...chunks };
}

const withKeys = () => ['--url', provider.url, '--app-key', appKey, '--app-token', appToken];

describe('the command', () => {
  it('says how it is used', async () => {
    expect(await command(['--help'])).toEqual({ exitCode: 0, complaint: null, out: `${usage}\n` });
    expect(usage.split('\n').filter((line) => line.length > 120)).toEqual([]);
  });

  it('lists the checks without calling anybody', async () => {
    const { exitCode, out } = await command(['--list', '--only', 'suite']);

    expect(exitCode).toBe(0);
    expect(out.trim().split('\n')).toHaveLength(8);
    expect(out).toMatch(/^suite\.cancel +Cancel: payment, cancellation$/m);
  });

  it.each<[string, readonly string[], string]>([
    ['no address', [], 'Name the provider with --url.'],
    ['an unknown option', ['--url', 'http://a.example', '--force'], "Unknown option '--force'"],
    ['an option without its value', ['--url'], "Option '--url <value>' argument missing"],
    ['a stray word', ['http://a.example'], "Unexpected argument 'http://a.example'"],
    ['an address that is none', ['--url', 'localhost:3000'], '--url must be an http or https address'],
    ['an address with a query', ['--url', 'http://a.example/?a=1'], '--url must have no user, query or fragment'],
    ['a callback address that is none', ['--url', 'http://a.example', '--callback-url', 'x'], '--callback-url must be'],
    ['a port that is none', ['--url', 'http://a.example', '--callback-port', '70000'], '--callback-port must be'],
    ['a key without its token', ['--url', 'http://a.example', '--app-key', 'a'], 'belong together'],
    ['a token that no header can carry', ['--url', 'http://a.example', '--app-token', 'a\nb'], '--app-token must be'],
    ['a file that is not there', ['--url', 'http://a.example', '--app-key', 'file:/nowhere/key'], 'cannot be read'],
    ['a check that is none', ['--url', 'http://a.example', '--only', 'nothing'], 'No check begins with "nothing"'],
    ['no check left', ['--url', 'http://a.example', '--only', 'suite', '--skip', 'suite'], 'leave no check'],
    ['nobody there', ['--url', 'http://127.0.0.1:9'], 'No provider answers at http://127.0.0.1:9/: ECONNREFUSED'],
    ['a name that is none', ['--url', 'http://nowhere.invalid'], 'No provider answers at http://nowhere.invalid/'],
  ])('ends with 2 and says what to do, for %s', async (_, args, words) => {
    const { exitCode, complaint, out } = await command(args);

    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(complaint).toContain(words);
  });

  it('ends with 2 where a server never answers, or breaks off', async () => {
    let isSilent = true;
    const server = createServer(({ socket }) => {
      if (!isSilent) socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

    try {
      const silent = await command(['--url', url]);
      isSilent = false;
      const broken = await command(['--url', url]);

      expect(silent).toMatchObject({
        exitCode: 2,
        complaint: expect.stringContaining('no answer within 2 s') as string,
      });
      expect(broken).toMatchObject({ exitCode: 2, complaint: expect.stringContaining('closed without') as string });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('ends with 2 where the port of the callbacks is taken, or the report cannot be written', async () => {
    const port = new URL(provider.url).port;
    const taken = await command([...withKeys(), '--callback-port', port]);
    const unwritable = await command([...withKeys(), '--only', 'suite.denied', '--junit', join(folder, 'no', 'file')]);

    expect(taken).toMatchObject({ exitCode: 2, complaint: expect.stringContaining('EADDRINUSE') as string });
    expect(unwritable).toMatchObject({ exitCode: 2, complaint: expect.stringContaining('ENOENT') as string });
  });

  it('takes credentials out of files', async () => {
    const [key, token] = [join(folder, 'key'), join(folder, 'token')];
    writeFileSync(key, `${appKey}\n`);
    writeFileSync(token, `${appToken}\n`);
    const keys = ['--app-key', `file:${key}`, '--app-token', `file:${token}`];

    const { exitCode } = await command(['--url', `${provider.url}/`, ...keys, '--only', 'credentials.wrong']);

    expect(exitCode).toBe(0);
  });

  it('gives the provider the public address of its callbacks, whose path a proxy may have taken away', async () => {
    const listener = await CallbackListener.listen('127.0.0.1', 0, 'https://kit.example.com/behind/');
    const { url, targets } = listener.addressFor('ABC');
    await listener.stop();

    const target = url.slice('https://kit.example.com/behind'.length);
    expect(url).toMatch(
      /^https:\/\/kit\.example\.com\/behind\/notify\/ABC\/status-changes\?an=mystore&X-VTEX-signature=/,
    );
    expect(url.split('X-VTEX-signature=')[1]?.length).toBeLessThanOrEqual(32);
    expect(targets).toEqual([target, `/behind${target}`]);
  });

  it('prints a table of at most 100 columns', async () => {
    const { exitCode, out } = await command([
      ...withKeys(),
      '--only',
      'suite',
      '--only',
      'credentials.m',
      '--only',
      'transport',
    ]);

    expect(exitCode).toBe(0);
    expect(out.split('\n').filter((line) => line.length > 100)).toEqual([]);
    expect(out).toMatch(/^passed {2}suite\.cancel {22}Cancel: payment, cancellation {23} +\d+ ms$/m);
    expect(out).toMatch(/^skipped transport\.tls .*\n {16}the address is not https$/m);
    expect(out).toMatch(/^10 passed, 2 skipped; \d+\.\d s$/m);
    expect(out).not.toContain('\u001b');
  });

  it('uses colours only where it is told to', async () => {
    const { out } = await command([...withKeys(), '--only', 'suite.denied'], true);

    expect(out).toContain('\u001b[32mpassed \u001b[0m suite.denied');
  });

  it('reports what a server says that answers nonsense to everything, without letting it steer', async () => {
    const nonsense = '\u001b[2J<script>]]>&"\u0000\ud800\u2028'.repeat(50);
    const server = createServer((_, response) => {
      response.writeHead(500, { 'content-type': 'text/html' }).end(nonsense);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const junit = join(folder, 'nonsense.xml');

    const { exitCode, out } = await command([
      '--url',
      url,
      '--app-key',
      'a-key',
      '--app-token',
      'a-token',
      '--junit',
      junit,
    ]);
    server.close();

    expect(exitCode).toBe(1);
    expect(out.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect(out.split('\n').filter((line) => line.length > 100)).toEqual([]);
    expect(out).not.toContain('a-token');
    const xml = readFileSync(junit, 'utf8');
    expect(faultOfXml(xml)).toBeNull();
    expect(xml).toMatch(/<testsuites name="[^"]+" tests="\d\d+" failures="[1-9]\d*" errors="0" skipped="\d+" time=/);
  });
});

describe('the reports', () => {
  const result: Result = {
    id: 'group.name',
    group: 'group',
    title: 'A title',
    why: 'It matters.',
    source: { section: 'A page', url: 'https://developers.vtex.com/docs' },
    verdict: 'failed',
    ms: 12_345,
    expected: 'an "id" & no <b>bold</b>',
    came: `200 ${'Z'.repeat(150)}\u0000\u001b\ud800\uffff`,
    note: null,
  };
  const others: Result[] = [
    { ...result, id: 'group.passed', verdict: 'passed', expected: null, came: null },
    { ...result, id: 'other.warning', group: 'other', verdict: 'warning', expected: null, note: "a doubt's words" },
    {
      ...result,
      id: 'other.skipped',
      group: 'other',
      verdict: 'skipped',
      expected: null,
      came: null,
      note: 'not here',
    },
  ];

  it('are well-formed XML with a suite for each group', () => {
    const xml = junitOf([result, ...others], 'https://provider.example.com/');

    expect(faultOfXml(xml)).toBeNull();
    expect(xml).toContain('<testsuite name="group" tests="2" failures="1" errors="0" skipped="0" time="24.690">');
    expect(xml).toContain('<testsuite name="other" tests="2" failures="0" errors="0" skipped="1" time="24.690">');
    expect(xml).toContain('<failure message="Expected an &quot;id&quot; &amp; no &lt;b&gt;bold&lt;/b&gt;">');
    expect(xml).toContain(`Came: 200 ${'Z'.repeat(150)}\n`);
    expect(xml).toContain('<skipped message="not here"/>');
    expect(xml).toContain('<system-out>Warning: a doubt&apos;s words');
    expect(xml).toMatch(/<testcase name="group\.passed: A title" classname="group" time="12\.345"\/>/);
  });

  it('break long words over lines of the table', () => {
    const row = tableRow({ ...result, came: `200 ${'Z'.repeat(150)}` }, false).split('\n');

    expect(row.filter((line) => line.length > 100)).toEqual([]);
    expect(row[0]).toMatch(/^failed {2}group\.name .* 12\.3 s$/);
    expect(row.join('').match(/Z+/g)?.join('')).toBe('Z'.repeat(150));
  });
});

describe('a provider at an https address', () => {
  it('speaks TLS 1.2 where it does, and fails where it does not', async () => {
    const tls = makeCertificate();
    const file = join(folder, 'authority.pem');
    writeFileSync(file, tls.cert);
    const trusting = { NODE_EXTRA_CA_CERTS: file };
    const [both, newest] = [
      await startProvider({ tls }),
      await startProvider({ tls: { ...tls, minVersion: 'TLSv1.3' } }),
    ];
    const args = ['--only', 'transport.tls', '--only', 'suite.denied', '--app-key', appKey, '--app-token', appToken];

    try {
      const spoken = await built(['--url', both.url, ...args], trusting);
      const refused = await built(['--url', newest.url, ...args, '--json'], trusting);
      const untrusted = await built(['--url', both.url, ...args]);

      expect(spoken).toMatchObject({ exitCode: 0, err: '' });
      expect(spoken.out).toMatch(/^2 passed;/m);
      expect(refused.exitCode).toBe(1);
      expect((JSON.parse(refused.out) as { checks: Result[] }).checks).toMatchObject([
        { id: 'suite.denied', verdict: 'passed' },
        { id: 'transport.tls', verdict: 'failed', expected: 'a TLS 1.2 connection' },
      ]);
      expect(untrusted).toMatchObject({ exitCode: 2, out: '' });
      expect(untrusted.err).toContain('No provider answers');
    } finally {
      await Promise.all([both.stop(), newest.stop()]);
    }
  });

  it.each([
    ['http://provider.example.com', 'not https'],
    ['https://192.0.2.1', 'an IP address instead of a name'],
    ['https://provider.example.com:8443', 'port 8443 instead of 443'],
    ['https://provider.example.com', null],
  ])('is one that VTEX calls, or not: %s', async (address, doubt) => {
    const callbacks = await CallbackListener.listen('127.0.0.1', 0, null);
    const session = new Session({ url: new URL(address), appKey, appToken }, callbacks, limits, false);
    const checks = transportChecks.filter(({ id }) => id === 'transport.https');

    const [result] = await runChecks(checks, session, () => undefined);
    await callbacks.stop();

    expect(result?.verdict).toBe(doubt === null ? 'passed' : 'warning');
    if (doubt !== null) expect(result?.note).toContain(doubt);
  });
});

describe('the built command', () => {
  it('prints results, and complaints where they belong', async () => {
    const passed = await built([...withKeys(), '--only', 'suite.denied']);
    const failed = await built(['--url', provider.url, '--only', 'suite.denied']);
    const misunderstood = await built(['--nothing']);

    expect(passed).toMatchObject({ exitCode: 0, err: '' });
    expect(passed.out).toContain('1 passed');
    expect(failed).toMatchObject({ exitCode: 1, err: '' });
    expect(failed.out).toContain('1 failed');
    expect(misunderstood).toMatchObject({ exitCode: 2, out: '' });
    expect(misunderstood.err).toContain("Unknown option '--nothing'");
  });
});

it('ends quietly when nobody reads its results any more', async () => {
  const child = spawn(process.execPath, ['bundle/homologate-command.js', ...withKeys(), '--only', 'suite'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  child.stdout.once('data', () => child.stdout.destroy());

  const [exitCode] = (await once(child, 'close')) as [number];

  expect({ exitCode, err }).toEqual({ exitCode: 2, err: '' });
});

/** Why a text is no well-formed XML; null when it is, as far as these reports use XML. */
function faultOfXml(xml: string): string | null {
  const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/u.exec(xml);
  if (forbidden) return `a character that XML does not have, at ${forbidden.index}`;
  const open: string[] = [];
  const tokens = /<\?xml [^?]*\?>|<(\/?)([a-z-]+)((?:\s+[a-z]+="[^"<]*")*)\s*(\/?)>|[^<]+/gy;
  for (let at = 0; at < xml.length; at = tokens.lastIndex) {
    const token = tokens.exec(xml);
    if (token === null) return `no tag and no text at ${at}`;
    const [text, isEnd, name, , isEmpty] = token;
    if (/&(?!(amp|lt|gt|quot|apos);)/.test(text)) return `a bare & at ${at}`;
    if (name === undefined) continue;
    if (isEnd) {
      if (open.pop() !== name) return `</${name}> closes nothing at ${at}`;
    } else if (!isEmpty) open.push(name);
  }
  return open.length === 0 ? null : `${open.join(', ')} not closed`;
}
