import { allChecks } from '../../src/homologation/checks/all-checks.js';
import type { Result } from '../../src/homologation/check.js';
import { runHomologateCommand } from '../../src/homologation/homologate-command.js';
import { documentedLimits, type Limits } from '../../src/homologation/session.js';
import {
  doubtfulFaults,
  faults,
  providerCredentials,
  startProvider,
  type Fault,
  type ProviderServer,
} from './provider-server.js';

const { appKey, appToken } = providerCredentials;

/** A callback of the test's own provider comes after 150 ms, or never. */
const limits: Limits = { ...documentedLimits, callbackMs: 2_000 };

let provider: ProviderServer | null = null;

afterEach(async () => {
  await provider?.stop();
  provider = null;
});

interface Run {
  readonly exitCode: number;
  readonly out: string;
  readonly results: readonly Result[];
}

/** The kit against a provider with these faults. */
async function homologate(
  wrong: readonly Fault[],
  args: readonly string[] = [],
  {
    methods,
    ...own
  }: Partial<Limits> & { readonly methods?: readonly string[]; readonly credentials?: readonly string[] } = {},
): Promise<Run> {
  await provider?.stop();
  provider = await startProvider({ faults: wrong, ...(methods ? { methods } : {}) });
  const credentials = own.credentials ?? ['--app-key', appKey, '--app-token', appToken];
  let out = '';
  const { exitCode, complaint } = await runHomologateCommand(
    ['--url', provider.url, '--json', ...credentials, ...args],
    {
      print: (lines) => (out += `${lines}\n`),
      isColoured: false,
      limits: { ...limits, ...own },
    },
  );
  if (complaint !== null) throw new Error(complaint);
  return { exitCode, out, results: (JSON.parse(out) as { checks: readonly Result[] }).checks };
}

const inShort = (results: readonly Result[]) => results.map(({ id, verdict, came }) => ({ id, verdict, came }));

describe('a right provider', () => {
  it('passes every check, but for those of https, which need it', async () => {
    const { exitCode, results } = await homologate([], [], { callbackMs: 5_000 });

    const others = results.filter(({ verdict }) => verdict !== 'passed');
    expect(inShort(others)).toEqual([
      { id: 'transport.https', verdict: 'skipped', came: null },
      { id: 'transport.tls', verdict: 'skipped', came: null },
    ]);
    expect(results.map(({ id }) => id)).toEqual(allChecks.map(({ id }) => id));
    expect(exitCode).toBe(0);
  }, 120_000);

  it('passes again, with the payments of the first run still there', async () => {
    provider = await startProvider();
    const args = [
      '--url',
      provider.url,
      '--app-key',
      appKey,
      '--app-token',
      appToken,
      '--only',
      'suite',
      '--only',
      'repeat',
    ];
    const run = () => runHomologateCommand(args, { print: () => undefined, isColoured: false });

    expect([(await run()).exitCode, (await run()).exitCode]).toEqual([0, 0]);
  });

  it('is not asked for a flow whose method it does not offer, unless all are wanted', async () => {
    const cardsOnly = await homologate([], ['--only', 'suite'], { methods: ['Visa', 'Pix'] });
    const wanted = await homologate([], ['--only', 'suite.redirect', '--all'], { methods: ['Visa', 'Pix'] });
    const slipsOnly = await homologate([], ['--only', 'suite'], { methods: ['FichaDeposito'] });

    expect(cardsOnly.results.filter(({ verdict }) => verdict === 'skipped').map(({ id, note }) => [id, note])).toEqual([
      ['suite.bank-invoice', 'the manifest offers no bank slip method (--all runs it nevertheless)'],
      ['suite.redirect', 'the manifest offers no redirect method (--all runs it nevertheless)'],
    ]);
    expect(wanted.results.map(({ verdict }) => verdict)).toEqual(['failed']);
    expect(slipsOnly.results.find(({ id }) => id === 'suite.denied')).toMatchObject({ verdict: 'skipped' });
  });

  it('is not asked about credentials that are not known, and gets them empty, as from the Test Suite', async () => {
    const { exitCode, results } = await homologate(
      ['accepts empty credentials'],
      ['--only', 'suite', '--only', 'cred'],
      {
        credentials: [],
      },
    );

    expect(exitCode).toBe(0);
    expect(results.filter(({ verdict }) => verdict === 'passed').map(({ group }) => group)).toContain('suite');
    expect(results.find(({ id }) => id === 'credentials.wrong-token')).toMatchObject({
      verdict: 'skipped',
      note: 'no --app-key and --app-token were given',
    });
  });
});

describe('a wrong provider', () => {
  it.each(Object.entries(faults) as [Fault, string][])('that does this is found out: %s (%s)', async (fault, id) => {
    const isDoubtful = doubtfulFaults.includes(fault);
    // One that never answers is not waited for.
    const own = fault === 'never answers a cancellation' ? { testSuiteMs: 1_000 } : {};

    const { exitCode, results } = await homologate([fault], ['--only', id], own);

    const result = results.find((one) => one.id === id);
    expect({ ...result, fault }).toMatchObject({ verdict: isDoubtful ? 'warning' : 'failed' });
    const said = isDoubtful ? result?.note : result?.expected;
    expect(said).toMatch(/\S/);
    if (!isDoubtful) expect(result?.came).toMatch(/\S/);
    expect(exitCode).toBe(results.some(({ verdict }) => verdict === 'failed') ? 1 : 0);
  });

  it('exists for every check but those of https', () => {
    const broken = new Set<string>(Object.values(faults));
    const unbroken = allChecks.map(({ id }) => id).filter((id) => !broken.has(id));

    expect(unbroken).toEqual([
      'credentials.upper-case-vtex',
      'credentials.lower-case-provider',
      'credentials.upper-case-provider',
      'transport.https',
      'transport.tls',
    ]);
  });

  it('that knows header names in one case of letters is found out in both families', async () => {
    const { results } = await homologate(
      ['knows one case of letters'],
      ['--only', 'credentials.upper', '--only', 'credentials.lower'],
    );

    expect(results.map(({ verdict }) => verdict)).toEqual(['failed', 'failed', 'failed', 'failed']);
  });

  it('is told what was expected, what came, why it matters and where VTEX says so', async () => {
    const { results } = await homologate(['null for the second cancel'], ['--only', 'repeat.cancel-new-request']);

    expect(results).toEqual([
      {
        id: 'repeat.cancel-new-request',
        group: 'repeat',
        title: 'Second cancellation, new requestId: the same id',
        why: 'A payment is cancelled once. Whoever hears null the second time believes that it failed.',
        source: {
          section: 'Payment Provider Protocol, Cancel Payment',
          url: 'https://developers.vtex.com/docs/api-reference/payment-provider-protocol',
        },
        verdict: 'failed',
        ms: expect.any(Number) as number,
        expected: expect.stringMatching(/^cancellationId [0-9A-F]{32} again$/) as string,
        came: expect.stringMatching(
          /^POST \/payments\/[0-9A-F]{32}\/cancellations answered 200 .*"cancellationId":null,"code":"1"/,
        ) as string,
        note: null,
      },
    ]);
  });

  it.each<[Fault, string, RegExp]>([
    ['no callback', 'suite.async-approved', /^no call$/],
    ['callback without the signature', 'suite.async-approved', /status-changes\?an=mystore, which is not the address/],
    ['callback without a body', 'suite.async-approved', /^POST with no body$/],
    [
      'crashes on malformed JSON',
      'bad-request.not-json',
      /^POST \/payments: the connection was closed without an answer$/,
    ],
    ['200 for garbage', 'bad-request.half', /answered 200 \{"message":"OK"\}/],
    ['other bytes for a repeat', 'repeat.cancel', /^status 200, and from character \d+ on: .*Was done before/],
    ['HTML error page', 'answers.json', /answered 500 <html>/],
    ['200 with an empty body', 'answers.json', /answered 200 \(an empty body\)$/],
    ['never answers a cancellation', 'answers.in-time', /cancellations: no answer within 1 s$/],
  ])('shows what came: %s', async (fault, id, words) => {
    const own = fault === 'never answers a cancellation' ? { testSuiteMs: 1_000 } : {};

    const { results } = await homologate([fault], ['--only', id], own);

    expect(results[0]?.came).toMatch(words);
  });

  it('never makes the kit show a token, a card number or a signature', async () => {
    const told: Fault[] = ['shows the token', 'shows the card number', 'callback without a body'];
    const { out, results } = await homologate(
      told,
      ['--only', 'credentials.wrong', '--only', 'answers', '--only', 'callback', '--only', 'suite.async'],
      { callbackMs: 500 },
    );
    const altered = await homologate(['callback to a rewritten address'], ['--only', 'callback.address'], {
      callbackMs: 1_000,
    });

    expect(results.filter(({ verdict }) => verdict === 'failed').length).toBeGreaterThanOrEqual(3);
    for (const text of [out, altered.out]) {
      expect(text).not.toContain(appToken);
      expect(text).not.toContain(appToken.slice(0, -1));
      expect(text).not.toMatch(/4444333322221|4222222222222/);
      expect(text).not.toMatch(/X-VTEX-signature=(?!\*\*\*)/);
    }
    expect(altered.results[0]?.came).toContain('X-VTEX-signature=***');
  });
});

describe('a run', () => {
  it('whose time is over fails, and calls no more', async () => {
    const { exitCode, results } = await homologate([], [], { runMs: 0 });

    expect(exitCode).toBe(1);
    expect(new Set(results.map(({ verdict, came }) => `${verdict}: ${came}`))).toEqual(
      new Set(['failed: not run: the time was over']),
    );
    expect(provider?.requests).toEqual(['GET /manifest']);
  });

  it('runs what is named, and not what is left out', async () => {
    const { results } = await homologate([], ['--only', 'suite', '--skip', 'suite.async', '--skip', 'suite.redirect']);

    expect(results.map(({ id }) => id)).toEqual([
      'suite.check-url',
      'suite.authorize',
      'suite.denied',
      'suite.cancel',
      'suite.bank-invoice',
    ]);
  });
});

describe('the checks', () => {
  it('have ids of their own, titles that fit the table, and a page of VTEX each', () => {
    const ids = allChecks.map(({ id }) => id);

    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => id.length > 33)).toEqual([]);
    expect(ids.filter((id) => !/^[a-z-]+\.[a-z0-9-]+$/.test(id))).toEqual([]);
    expect(allChecks.filter(({ title }) => title.length > 51).map(({ title }) => title)).toEqual([]);
    expect(allChecks.filter(({ why }) => !/\.$/.test(why)).map(({ id }) => id)).toEqual([]);
    expect(allChecks.filter(({ source }) => !/^https:\/\/(developers|help)\.vtex\.com\//.test(source.url))).toEqual([]);
  });
});
