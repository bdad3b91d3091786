import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { ConfigError, digest, makeDevelopmentCredentials, readConfig, type Environment } from './config.js';

const folder = mkdtempSync(join(tmpdir(), 'config-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** All that production must be told. */
const mandatory = {
  DATABASE_URL: 'postgres://user:password@db:5432/cards',
  VTEX_APP_KEY: 'vtexappkey-store-ABCDEF',
  VTEX_APP_TOKEN: 'an-app-token-of-32-characters-ok',
  ADMIN_API_TOKEN: 'an-admin-token-of-32-characters!',
};

function mistakesOf(environment: Environment): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}

const file = (name: string, content: string) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return `file:${path}`;
};

describe('the mandatory settings', () => {
  it('are enough, and every other setting has its default', () => {
    const config = readConfig(mandatory);

    expect(config).toMatchObject({
      host: '0.0.0.0',
      port: 3000,
      publicUrl: 'http://localhost:3000',
      databaseUrl: mandatory.DATABASE_URL,
      answerDeadlineMs: 15_000,
      testSuiteDeadlineMs: 4_000,
      logLevel: 'info',
      webConcurrency: 1,
      mail: { smtp: null, notifyEmail: null },
      cancelManuallyStatus: 200,
      pendingStatus: 500,
      paymentMethods: ['Promissories', 'Privatelabels'],
      delays: { delayToCancelS: 604_800, delayToAutoSettleS: 604_800, delayToAutoSettleAfterAntifraudS: 604_800 },
      vtexCalls: { appKey: null, appToken: null, allowHttp: false },
      allowsEmptyTestCredentials: false,
    });
    expect(config.merchants.map(({ merchantId }) => merchantId)).toEqual(['default']);
  });

  it('leave every issuer not configured, live, and tried as long as its folder says', () => {
    const { issuers } = readConfig(mandatory);

    expect(issuers).toMatchObject({
      vault: { mode: 'live', live: null, sandbox: null, giveUpMs: 20 * 3_600_000 },
      artha: { mode: 'live', live: null, sandbox: null },
      corecard: { mode: 'live', live: null, sandbox: null, giveUpMs: 2 * 3_600_000 },
      qitech: { mode: 'live', live: null, sandbox: null },
    });
  });

  it('are all named at once where none is set', () => {
    const named = mistakesOf({}).map((mistake) => mistake.split(' ')[0]);

    expect(named.sort()).toEqual(Object.keys(mandatory).sort());
  });

  it('count as missing where they are empty or blank', () => {
    expect(mistakesOf({ ...mandatory, VTEX_APP_KEY: '', ADMIN_API_TOKEN: '  ' })).toEqual([
      expect.stringMatching(/^VTEX_APP_KEY is needed/),
      expect.stringMatching(/^ADMIN_API_TOKEN is needed/),
    ]);
  });

  it('say what is missing in words, also for a secret', () => {
    expect(mistakesOf({ ...mandatory, VTEX_APP_TOKEN: undefined })).toEqual([
      'VTEX_APP_TOKEN is needed: the app token that VTEX sends for the default merchant',
    ]);
  });
});

describe('wrong settings', () => {
  const wrong: Environment = {
    ...mandatory,
    PORT: 'CANARY-80a',
    HOST: '127.0.0.1',
    PUBLIC_URL: 'ftp://CANARY',
    DATABASE_URL: 'mysql://CANARY',
    VTEX_APP_TOKEN: 'CANARY',
    ADMIN_API_TOKEN: 'CANARY',
    TEST_SUITE_APP_KEY: 'CANARY',
    ANSWER_DEADLINE_MS: '20001',
    TEST_SUITE_DEADLINE_MS: '-1',
    LOG_LEVEL: 'CANARY',
    WEB_CONCURRENCY: '1.5',
    TRUSTED_PROXIES: '10.0.0.0/8,CANARY',
    TIME_ZONE: 'CANARY/Nowhere',
    PASSWORD_COST: '13',
    SMTP_URL: 'http://CANARY',
    MAIL_FROM: 'Cards <CANARY>',
    NOTIFY_EMAIL: 'CANARY',
    CANCEL_MANUALLY_STATUS: '404',
    PENDING_STATUS: '503',
    VTEX_PAYMENT_METHODS: 'visa,CANARY',
    VTEX_PARTNER_APP_KEY: 'CANARY with blanks',
    VTEX_PARTNER_APP_TOKEN: 'CANARY',
    VTEX_CALLBACK_ALLOW_HTTP: 'CANARY',
    WEBHOOK_ALLOW_HTTP: 'CANARY',
    DELAY_TO_CANCEL_SECONDS: '599',
    DELAY_TO_AUTO_SETTLE_SECONDS: '604801',
    DELAY_TO_AUTO_SETTLE_AFTER_ANTIFRAUD_SECONDS: '-1',
    VAULT_MODE: 'CANARY',
    VAULT_TIMEOUT_MS: '25001',
    VAULT_GIVE_UP_HOURS: '21',
    VAULT_MANUAL_DUE_HOURS: '721',
    CORECARD_BASE_URL: 'http://user:CANARY@issuer.example',
    CORECARD_ACCESS_TOKEN: 'a-usable-token',
    QITECH_PRIVATE_KEY: 'CANARY',
    ARTHA_STATUS_QUERY: 'CANARY',
  };

  const right = ['HOST', 'VTEX_APP_KEY', 'CORECARD_ACCESS_TOKEN'];

  it('are all named at once, once each', () => {
    const named = mistakesOf(wrong).map((mistake) => mistake.split(' ')[0]);

    const expected = Object.keys(wrong).filter((name) => !right.includes(name));
    expect(named.sort()).toEqual(expected.sort());
  });

  it('are said without their values', () => {
    const { message } = new ConfigError(mistakesOf(wrong));

    expect(message).not.toContain('CANARY');
    expect(message).not.toContain('25001');
    expect(message).toMatch(/^The settings have 33 mistakes:\n {2}- /);
  });

  it('are said in the singular where there is one', () => {
    expect(new ConfigError(mistakesOf({ ...mandatory, PORT: 'x' })).message).toBe(
      'The settings have a mistake:\n  - PORT must be a whole number from 0 to 65535',
    );
  });

  it('never come back in a message, whatever they are', () => {
    const names = Object.keys(wrong);
    const canary = fc.string({ minLength: 12, unit: fc.constantFrom(...'QXZ§{}"\\:/@ \n') });
    fc.assert(
      fc.property(fc.subarray(names, { minLength: 1 }), canary, (chosen, value) => {
        const environment = { ...mandatory, ...Object.fromEntries(chosen.map((name) => [name, value])) };

        for (const mistake of mistakesOf(environment)) expect(mistake).not.toContain(value.trim() || '§none§');
      }),
    );
  });
});

describe('a secret', () => {
  it('may be a file, whose last line break does not count', () => {
    const token = file('token', 'a-token-from-a-file-0123456789\n');

    const [merchant] = readConfig({ ...mandatory, VTEX_APP_TOKEN: token }).merchants;

    expect(merchant?.appTokenDigest).toEqual(digest('a-token-from-a-file-0123456789'));
  });

  it('may not be a file that is not there or empty', () => {
    const environment = {
      ...mandatory,
      VTEX_APP_TOKEN: `file:${join(folder, 'nowhere')}`,
      ADMIN_API_TOKEN: file('empty', '\n'),
    };

    expect(mistakesOf(environment)).toEqual([
      'VTEX_APP_TOKEN names a file that cannot be read',
      'ADMIN_API_TOKEN must not be empty',
    ]);
  });

  it('that is too short to be one is a mistake', () => {
    expect(mistakesOf({ ...mandatory, ADMIN_API_TOKEN: 'fifteen-letters' })).toEqual([
      'ADMIN_API_TOKEN must have at least 16 characters, from a random source, and no blanks',
    ]);
  });

  it('is in no printed form of the settings', () => {
    const secrets = {
      SMTP_URL: 'smtp://user:smtp-password@mail.example:587',
      MAIL_FROM: 'connector@store.example',
      VAULT_BASE_URL: 'https://vault.example',
      VAULT_ACCESS_TOKEN: 'vault-access-token',
    };
    const config = readConfig({ ...mandatory, ...secrets });

    for (const text of [JSON.stringify(config), inspect(config, { depth: 9, showHidden: true })]) {
      expect(text).not.toContain('smtp-password');
      expect(text).not.toContain('vault-access-token');
      expect(text).not.toContain(mandatory.VTEX_APP_TOKEN);
    }
  });
});

describe('an issuer', () => {
  const vault = { VAULT_BASE_URL: 'https://vault.example/api/', VAULT_ACCESS_TOKEN: 'live-token' };
  const vaultSandbox = {
    VAULT_SANDBOX_BASE_URL: 'https://sandbox.vault.example',
    VAULT_SANDBOX_ACCESS_TOKEN: 'sandbox-token',
  };

  it('is configured by its base URL and its credentials', () => {
    const { live, sandbox } = readConfig({ ...mandatory, ...vault }).issuers.vault ?? {};

    expect(live).toMatchObject({
      merchantId: 'default',
      sandbox: false,
      baseUrl: 'https://vault.example/api',
      timeoutMs: 10_000,
    });
    expect(sandbox).toBeNull();
  });

  it('has its own credentials in the sandbox, and shares every other setting', () => {
    const { live, sandbox } =
      readConfig({ ...mandatory, ...vault, ...vaultSandbox, VAULT_CP: 'CP_2' }).issuers.vault ?? {};

    expect(live?.settings).toMatchObject({ CP: 'CP_2' });
    expect(sandbox).toMatchObject({
      sandbox: true,
      baseUrl: 'https://sandbox.vault.example',
      settings: { CP: 'CP_2' },
    });
    const tokens = [live, sandbox].map((account) => (account?.settings.ACCESS_TOKEN as { reveal(): string }).reveal());
    expect(tokens).toEqual(['live-token', 'sandbox-token']);
  });

  it('never lends its live credentials to the sandbox, nor the other way round', () => {
    expect(mistakesOf({ ...mandatory, ...vault, VAULT_SANDBOX_BASE_URL: 'https://sandbox.example' })).toEqual([
      'VAULT_SANDBOX_ACCESS_TOKEN is needed because VAULT_SANDBOX_BASE_URL is set',
    ]);
    expect(mistakesOf({ ...mandatory, ...vaultSandbox, VAULT_BASE_URL: 'https://vault.example' })).toEqual([
      'VAULT_ACCESS_TOKEN is needed because VAULT_BASE_URL is set',
    ]);
  });

  it('has what it lacks and what is wrong with it named at once', () => {
    expect(mistakesOf({ ...mandatory, VAULT_BASE_URL: 'https://vault.example', VAULT_STATUS_QUERY: 'maybe' })).toEqual([
      expect.stringMatching(/^VAULT_\w+ /),
      expect.stringMatching(/^VAULT_\w+ /),
    ]);
  });

  it('names every credential that it lacks', () => {
    const lacking = mistakesOf({ ...mandatory, QITECH_BASE_URL: 'https://qitech.example' });

    expect(lacking).toEqual([
      'QITECH_API_CLIENT_KEY is needed because QITECH_BASE_URL is set',
      'QITECH_PRIVATE_KEY is needed because QITECH_BASE_URL is set',
    ]);
  });

  it('has its settings checked on the day they are set, also without a base URL', () => {
    expect(mistakesOf({ ...mandatory, CORECARD_EXTERNAL_IP: 'no address' })).toEqual([
      expect.stringMatching(/^CORECARD_EXTERNAL_IP must be/),
    ]);
  });

  it('has a mistake in a shared setting named once, also when both environments are configured', () => {
    expect(mistakesOf({ ...mandatory, ...vault, ...vaultSandbox, VAULT_STATUS_QUERY: 'maybe' })).toEqual([
      'VAULT_STATUS_QUERY must be on or off',
    ]);
  });

  it.each([
    ['VAULT_TIMEOUT_MS', '300', (config: ReturnType<typeof readConfig>) => config.issuers.vault?.live?.timeoutMs, 300],
    [
      'VAULT_GIVE_UP_HOURS',
      '0.5',
      (config: ReturnType<typeof readConfig>) => config.issuers.vault?.giveUpMs,
      1_800_000,
    ],
    [
      'VAULT_MANUAL_DUE_HOURS',
      '1.5',
      (config: ReturnType<typeof readConfig>) => config.issuers.vault?.manualDueMs,
      5_400_000,
    ],
    ['VAULT_MODE', 'dry-run', (config: ReturnType<typeof readConfig>) => config.issuers.vault?.mode, 'dry-run'],
  ])('takes %s', (name, value, read, expected) => {
    expect(read(readConfig({ ...mandatory, ...vault, [name]: value }))).toBe(expected);
  });

  it('may be at an http address, for a private network', () => {
    const { vault: settings } = readConfig({ ...mandatory, ...vault, VAULT_BASE_URL: 'http://10.0.0.7:8080' }).issuers;

    expect(settings?.live?.baseUrl).toBe('http://10.0.0.7:8080');
  });
});

describe("the Test Suite's merchant", () => {
  const suite = { TEST_SUITE_APP_KEY: 'vtexappkey-suite', TEST_SUITE_APP_TOKEN: 'a-suite-token-of-32-characters-ok' };

  it('is one of its own', () => {
    const { merchants } = readConfig({ ...mandatory, ...suite });

    expect(merchants.map(({ merchantId }) => merchantId)).toEqual(['default', 'test-suite']);
  });

  it.each(Object.keys(suite))('needs both credentials, and not only %s', (name) => {
    const half = { [name]: suite[name as keyof typeof suite] };

    expect(mistakesOf({ ...mandatory, ...half })).toEqual([
      'TEST_SUITE_APP_KEY and TEST_SUITE_APP_TOKEN are needed together, or neither',
    ]);
  });

  it("may not have the default merchant's key", () => {
    expect(mistakesOf({ ...mandatory, ...suite, TEST_SUITE_APP_KEY: mandatory.VTEX_APP_KEY })).toEqual([
      'TEST_SUITE_APP_KEY must differ from VTEX_APP_KEY: the key names the merchant',
    ]);
  });
});

describe("VTEX's payment methods", () => {
  const mistakesWith = (VTEX_PAYMENT_METHODS: string) => mistakesOf({ ...mandatory, VTEX_PAYMENT_METHODS });

  it.each([
    ['visa', 'Visa'],
    ['MASTERCARD', 'Mastercard'],
    ['AmericanExpress', 'American Express'],
    ['Debito Online', 'Débito Online'],
    ['Bank Invoice', 'BankInvoice'],
    ['Cartes Bancaires CB', 'Cartes Bancaires (CB)'],
    ['PrivateLabels', 'Privatelabels'],
  ])('may not be spelt %s', (name, known) => {
    expect(mistakesWith(`Pix,${name}`)).toEqual([`VTEX_PAYMENT_METHODS must spell "${known}" exactly as VTEX does`]);
  });

  it('may not be none, nor one twice', () => {
    expect(mistakesWith(' , ,')).toEqual(['VTEX_PAYMENT_METHODS must name at least one payment method']);
    expect(mistakesWith('Visa,Pix,Visa')).toEqual(['VTEX_PAYMENT_METHODS names a payment method twice']);
  });

  it('may be others than VTEX knows', () => {
    expect(readConfig({ ...mandatory, VTEX_PAYMENT_METHODS: 'MyPay, Débito Online' }).paymentMethods).toEqual([
      'MyPay',
      'Débito Online',
    ]);
  });
});

describe('our credentials at VTEX', () => {
  const partner = { VTEX_PARTNER_APP_KEY: 'vtexappkey-us', VTEX_PARTNER_APP_TOKEN: 'a-partner-token-of-ours' };

  it('are needed together, or neither', () => {
    for (const name of Object.keys(partner) as (keyof typeof partner)[]) {
      expect(mistakesOf({ ...mandatory, [name]: partner[name] })).toEqual([
        'VTEX_PARTNER_APP_KEY and VTEX_PARTNER_APP_TOKEN are needed together, or neither',
      ]);
    }
    const { vtexCalls } = readConfig({ ...mandatory, ...partner });
    expect(vtexCalls.appKey).toBe(partner.VTEX_PARTNER_APP_KEY);
    expect(vtexCalls.appToken?.reveal()).toBe(partner.VTEX_PARTNER_APP_TOKEN);
    expect(JSON.stringify(vtexCalls)).not.toContain(partner.VTEX_PARTNER_APP_TOKEN);
  });
});

describe('the master key', () => {
  const [key, older] = [Buffer.alloc(32, 7).toString('base64'), Buffer.alloc(32, 8).toString('base64url')];

  it('may be missing, and then nothing can be sealed', () => {
    expect(readConfig(mandatory).masterKeys.keyId).toBeNull();
  });

  it('is known by its id, and old ones stand in a list', () => {
    const { masterKeys } = readConfig({ ...mandatory, MASTER_KEY: key, MASTER_KEY_OLD: `${older}, ${key}` });

    expect(masterKeys.keyId).toBe(createHash('sha256').update(Buffer.alloc(32, 7)).digest('hex').slice(0, 8));
  });

  it.each([
    ['MASTER_KEY', 'a passphrase of 32 characters ok'],
    ['MASTER_KEY', Buffer.alloc(16, 7).toString('base64')],
    ['MASTER_KEY', Buffer.alloc(64, 7).toString('base64')],
    ['MASTER_KEY', Buffer.alloc(32, 7).toString('hex')],
    ['MASTER_KEY_OLD', `${Buffer.alloc(32, 7).toString('base64')},nonsense`],
  ])('as %s may not be anything but 32 bytes in base64', (name, value) => {
    const [mistake, ...others] = mistakesOf({ ...mandatory, [name]: value });

    expect(mistake).toMatch(new RegExp(`^${name} must be .*32 .*base64`));
    expect(mistake).not.toContain(value);
    expect(others).toEqual([]);
  });

  it('is in no printed form of the settings', () => {
    const config = readConfig({ ...mandatory, MASTER_KEY: key });

    for (const text of [JSON.stringify(config), inspect(config, { depth: 9, showHidden: true })]) {
      expect(text).not.toContain(key.slice(0, 20));
      expect(text).not.toContain('07 07 07');
    }
  });
});

describe('the sender of mails', () => {
  const senderOf = (environment: Environment) => readConfig({ ...mandatory, ...environment }).mail.smtp?.from;

  it.each([
    ['connector@store.example', { name: null, address: 'connector@store.example' }],
    [' Store X <connector@store.example> ', { name: 'Store X', address: 'connector@store.example' }],
    ['"Cartões, Store X" <connector@store.example>', { name: 'Cartões, Store X', address: 'connector@store.example' }],
    ['<connector@store.example>', { name: null, address: 'connector@store.example' }],
  ])('is MAIL_FROM, such as %s, whoever signs in to the mail server', (from, sender) => {
    expect(senderOf({ SMTP_URL: 'smtps://apikey:password@mail.example', MAIL_FROM: from })).toEqual(sender);
    expect(senderOf({ SMTP_URL: 'smtp://other@store.example:password@mail.example', MAIL_FROM: from })).toEqual(sender);
  });

  it.each([
    'smtp://connector%40store.example:password@mail.example:587',
    'smtps://connector@store.example:p@mail.example',
  ])('is else the user of %s', (url) => {
    expect(senderOf({ SMTP_URL: url })).toEqual({ name: null, address: 'connector@store.example' });
  });

  it.each([
    'smtp://apikey:password@mail.example:587',
    'smtp://AKIAIOSFODNN7EXAMPLE:password@mail.example',
    'smtp://relay:25',
  ])('must be set where %s names none', (url) => {
    expect(mistakesOf({ ...mandatory, SMTP_URL: url })).toEqual([
      'MAIL_FROM is needed: the user of SMTP_URL is no e-mail address that could be the sender',
    ]);
  });

  it.each(['Store X', 'Store X <connector>', 'a@store.example, b@store.example', 'Store\nX <connector@store.example>'])(
    'may not be %j',
    (from) => {
      expect(mistakesOf({ ...mandatory, SMTP_URL: 'smtp://relay:25', MAIL_FROM: from })).toEqual([
        'MAIL_FROM must be an e-mail address, or one after a name: Name <address>',
      ]);
    },
  );
});

describe('the hosts that a merchant may be sent back to', () => {
  it("are VTEX's own by default", () => {
    expect(readConfig(mandatory).vtexReturnHosts).toEqual([
      'vtexcommercestable.com.br',
      'vtexcommercebeta.com.br',
      'myvtex.com',
      'vtex.com',
    ]);
  });

  it.each(['com', 'https://myvtex.com', 'myvtex.com/admin', '*.myvtex.com', 'MyVtex.com', ','])(
    'may not be %j',
    (hosts) => {
      expect(mistakesOf({ ...mandatory, VTEX_RETURN_HOSTS: hosts })).toEqual([
        'VTEX_RETURN_HOSTS must be host names separated by commas, such as myvtex.com',
      ]);
    },
  );
});

describe('odd but usable values', () => {
  it.each([
    ['PORT', '0', { port: 0, publicUrl: 'http://localhost:0' }],
    ['PORT', ' 8080 ', { port: 8080 }],
    ['PUBLIC_URL', 'https://cards.example/base/', { publicUrl: 'https://cards.example/base' }],
    ['CANCEL_MANUALLY_STATUS', '501', { cancelManuallyStatus: 501 }],
    ['PENDING_STATUS', '200', { pendingStatus: 200 }],
    ['TEST_SUITE_ALLOW_EMPTY_CREDENTIALS', 'on', { allowsEmptyTestCredentials: true }],
    ['VTEX_RETURN_HOSTS', 'myvtex.com, store.example', { vtexReturnHosts: ['myvtex.com', 'store.example'] }],
    ['DATABASE_URL', 'postgresql://db/cards?sslmode=verify-full', {}],
    [
      'TRUSTED_PROXIES',
      '10.0.0.0/8, 2001:db8::/32,127.0.0.1',
      { trustedProxies: ['10.0.0.0/8', '2001:db8::/32', '127.0.0.1'] },
    ],
    ['TIME_ZONE', 'America/Bogota', { timeZone: 'America/Bogota' }],
    ['PASSWORD_COST', '18', { passwordCost: 18 }],
    ['NOTIFY_EMAIL', 'cards@store.example', { mail: { smtp: null, notifyEmail: 'cards@store.example' } }],
    ['VTEX_CALLBACK_ALLOW_HTTP', '1', { vtexCalls: { allowHttp: true } }],
    ['WEBHOOK_ALLOW_HTTP', '1', { webhooks: { allowHttp: true } }],
    ['DELAY_TO_CANCEL_SECONDS', '2592000', { delays: { delayToCancelS: 2_592_000 } }],
    ['SOMETHING_ELSE', 'of another program', {}],
  ])('such as %s of %j are taken', (name, value, expected) => {
    expect(readConfig({ ...mandatory, [name]: value })).toMatchObject(expected);
  });
});

it('makes development credentials that differ each time and are usable', () => {
  const [one, other] = [makeDevelopmentCredentials(), makeDevelopmentCredentials()];

  expect(mistakesOf({ ...mandatory, ...one })).toEqual([]);
  for (const name of Object.keys(one) as (keyof typeof one)[]) expect(one[name]).not.toBe(other[name]);
});
