import { createHash, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { z } from 'zod';
import { readAccountSettings } from './issuers/account-settings.js';
import { issuers, type IssuerCode } from './issuers/index.js';
import type { Account, SomeIssuer } from './issuers/issuer.js';
import { masterKeyFault, masterKeyList, masterKeyListFault, MasterKeys } from './sealed.js';
import * as setting from './setting-kinds.js';
import { isTimeZone } from './time-zone.js';
import { paymentMethodsFault } from './vtex/payment-methods.js';

/** Everything that can be set, read and checked once at start. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** Without a trailing slash; links in notices begin with it. */
  readonly publicUrl: string;
  readonly databaseUrl: string;
  /** The most connections of one process, besides three of the job queue's. */
  readonly databasePoolSize: number;
  /** Where the job queue connects: past a pooler, because it needs sessions of its own. */
  readonly queueDatabaseUrl: string;
  /** Those of the settings; the database may hold more. */
  readonly merchants: readonly MerchantCredentials[];
  /** VTEX's Test Suite may call with empty credentials; then it is the test merchant. */
  readonly allowsEmptyTestCredentials: boolean;
  /** What secrets in the database are sealed with. */
  readonly masterKeys: MasterKeys;
  /** Where a merchant's browser may be sent back to after connecting; also every name under these. */
  readonly vtexReturnHosts: readonly string[];
  /** SHA-256 of the bearer token of `/internal/*`. */
  readonly adminTokenDigest: Buffer;
  readonly answerDeadlineMs: number;
  readonly testSuiteDeadlineMs: number;
  readonly logLevel: string;
  readonly webConcurrency: number;
  /** The addresses and networks of the proxies in front, whose word on who calls is taken. */
  readonly trustedProxies: readonly string[];
  /** Of a merchant that has none; an IANA name. */
  readonly timeZone: string;
  /** How much work a password's hash is, as a power of two. */
  readonly passwordCost: number;
  readonly mail: {
    /** Null: there is no mail server. */
    readonly smtp: SmtpSettings | null;
    readonly notifyEmail: string | null;
  };
  readonly cancelManuallyStatus: 200 | 501;
  readonly pendingStatus: 500 | 200;
  /** In the manifest, as VTEX spells them. */
  readonly paymentMethods: readonly string[];
  /** What VTEX is told to wait for, in every answer to a create. */
  readonly delays: {
    readonly delayToCancelS: number;
    readonly delayToAutoSettleS: number;
    readonly delayToAutoSettleAfterAntifraudS: number;
  };
  readonly vtexCalls: {
    /** Our own at VTEX; null: none. */
    readonly appKey: string | null;
    readonly appToken: setting.Secret | null;
    /** Names that get our credentials, with everything under them: a `callbackUrl` may lead to anybody. */
    readonly hosts: readonly string[];
    /** For development and tests: a `callbackUrl` may be http, and lead anywhere; any host gets our credentials. */
    readonly allowHttp: boolean;
  };
  readonly webhooks: {
    /** For development and tests: webhooks and Slack may be http, and lead anywhere. */
    readonly allowHttp: boolean;
  };
  readonly issuers: Readonly<Record<string, IssuerSettings>>;
}

export const CONFIG = Symbol('Config');

export interface SmtpSettings {
  readonly url: setting.Secret;
  /** The sender of every mail. */
  readonly from: setting.MailAddress;
}

/** The merchant whose settings are the environment's. */
export const DEFAULT_MERCHANT = 'default';
export const TEST_SUITE_MERCHANT = 'test-suite';

export interface MerchantCredentials {
  readonly merchantId: string;
  readonly appKeyDigest: Buffer;
  readonly appTokenDigest: Buffer;
}

export const issuerModes = ['live', 'paused', 'manual', 'dry-run'] as const;

/**
 * - `paused`: nothing is sent, all waits. `manual`: everything to people.
 * - `dry-run`: nothing is sent; what would have been is recorded, and a person does it.
 */
export type IssuerMode = (typeof issuerModes)[number];

export interface IssuerSettings {
  readonly mode: IssuerMode;
  readonly giveUpMs: number;
  /** How long a person may take over what the machine could not do, before it counts as overdue. */
  readonly manualDueMs: number;
  readonly timeoutMs: number;
  /** What protects an account; see Protection. */
  readonly limits: { readonly mostAtOnce: number; readonly breakerFaults: number; readonly breakerPauseMs: number };
  /** The default merchant's own; null: not configured. All else holds for every merchant. */
  readonly live: Account | null;
  readonly sandbox: Account | null;
}

/** The texts of the environment; tests pass an object of their own. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** All mistakes in the settings at once. */
export class ConfigError extends Error {
  constructor(readonly mistakes: readonly string[]) {
    super(
      `The settings have ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}:\n${mistakes.map((m) => `  - ${m}`).join('\n')}`,
    );
  }
}

export const digest = (words: string): Buffer => createHash('sha256').update(words, 'utf8').digest();

const statusSetting = <const A extends string, const B extends string>(a: A, b: B) => setting.oneOf([a, b]);

const general = z.object({
  HOST: setting.text().default('0.0.0.0'),
  PORT: setting.integer({ min: 0, max: 65_535 }).default(3000),
  PUBLIC_URL: setting.httpUrl().optional(),
  DATABASE_URL: databaseUrl(),
  DATABASE_POOL_SIZE: setting.integer({ min: 2, max: 200 }).default(10),
  QUEUE_DATABASE_URL: databaseUrl().optional(),
  VTEX_APP_KEY: z.string({ error: 'is needed: the app key that VTEX sends for the default merchant' }),
  VTEX_APP_TOKEN: setting
    .secret(atLeast16)
    .or(missing('is needed: the app token that VTEX sends for the default merchant')),
  ADMIN_API_TOKEN: setting.secret(atLeast16).or(missing('is needed: the bearer token of /internal')),
  TEST_SUITE_APP_KEY: setting.text().optional(),
  TEST_SUITE_APP_TOKEN: setting.secret(atLeast16).optional(),
  TEST_SUITE_ALLOW_EMPTY_CREDENTIALS: setting.flag().default(false),
  MASTER_KEY: setting.secret(masterKeyFault).optional(),
  MASTER_KEY_OLD: setting.secret(masterKeyListFault).optional(),
  VTEX_RETURN_HOSTS: hostNames().default([
    'vtexcommercestable.com.br',
    'vtexcommercebeta.com.br',
    'myvtex.com',
    'vtex.com',
  ]),
  VTEX_CALLBACK_HOSTS: hostNames().default([
    'vtexpayments.com.br',
    'vtexcommercestable.com.br',
    'vtexcommercebeta.com.br',
  ]),
  ANSWER_DEADLINE_MS: setting.integer({ min: 100, max: 19_000 }).default(15_000),
  TEST_SUITE_DEADLINE_MS: setting.integer({ min: 100, max: 4_900 }).default(4_000),
  LOG_LEVEL: setting.oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  WEB_CONCURRENCY: setting.integer({ min: 1, max: 64 }).default(1),
  TRUSTED_PROXIES: setting
    .list()
    .refine((proxies) => proxies.every(isNetwork), {
      error: 'must be addresses or networks separated by commas, such as 10.0.0.0/8',
    })
    .default([]),
  TIME_ZONE: z
    .string()
    .refine(isTimeZone, { error: 'must be the IANA name of a time zone, such as America/Sao_Paulo' })
    .default('America/Sao_Paulo'),
  PASSWORD_COST: setting.integer({ min: 14, max: 20 }).default(17),
  SMTP_URL: setting
    .secret((value) => (/^smtps?:\/\/.+/.test(value) ? null : 'must look like smtp://user:password@host:587'))
    .optional(),
  MAIL_FROM: setting.mailAddress().optional(),
  NOTIFY_EMAIL: z.email({ error: 'must be an e-mail address' }).optional(),
  WEBHOOK_ALLOW_HTTP: setting.flag().default(false),
  CANCEL_MANUALLY_STATUS: statusSetting('200', '501').default('200'),
  PENDING_STATUS: statusSetting('500', '200').default('500'),
  // Neither needs an attestation of PCI DSS.
  VTEX_PAYMENT_METHODS: setting
    .list()
    .superRefine((names, context) => {
      const message = paymentMethodsFault(names);
      if (message !== null) context.addIssue({ code: 'custom', message });
    })
    .default(['Promissories', 'Privatelabels']),
  VTEX_PARTNER_APP_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, { error: 'must be one word of plain letters and signs' })
    .optional(),
  VTEX_PARTNER_APP_TOKEN: setting.secret(atLeast16).optional(),
  VTEX_CALLBACK_ALLOW_HTTP: setting.flag().default(false),
  DELAY_TO_CANCEL_SECONDS: setting.integer({ min: 600, max: 2_592_000 }).default(604_800),
  // The longest that VTEX takes: what is settled can be cancelled by a person alone.
  DELAY_TO_AUTO_SETTLE_SECONDS: setting.integer({ min: 0, max: 604_800 }).default(604_800),
  DELAY_TO_AUTO_SETTLE_AFTER_ANTIFRAUD_SECONDS: setting.integer({ min: 0, max: 604_800 }).default(604_800),
});

function databaseUrl() {
  const example = 'postgres://user:password@host:5432/database';
  return z
    .string({ error: `is needed: ${example}` })
    .regex(/^postgres(ql)?:\/\/.+/, { error: `must look like ${example}` });
}

function hostNames() {
  return setting.list().refine((hosts) => hosts.length > 0 && hosts.every(isHostName), {
    error: 'must be host names separated by commas, such as myvtex.com',
  });
}

/** Blanks are refused because they are a comment or a line break that was copied along. */
function atLeast16(value: string): string | null {
  return /^\S{16,}$/.test(value) ? null : 'must have at least 16 characters, from a random source, and no blanks';
}

/** With a dot in it: a whole top-level domain would let anybody in. */
const isHostName = (host: string) => /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(host);

function isNetwork(text: string): boolean {
  const [, address = '', length = '0'] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  return version !== 0 && Number(length) <= (version === 4 ? 32 : 128);
}

function missing(words: string) {
  return z.never({ error: words });
}

/**
 * Reads and checks all settings.
 *
 * @throws ConfigError with every mistake, each naming its setting; never with a value
 */
export function readConfig(environment: Environment): Config {
  const values = withoutEmpty(environment);
  const mistakes: string[] = [];
  const read = general.safeParse(values);
  if (!read.success) mistakes.push(...mistakesOf(read.error, (name) => name));
  for (const name of ['TEST_SUITE', 'VTEX_PARTNER']) {
    const [key, token] = [`${name}_APP_KEY`, `${name}_APP_TOKEN`];
    if (Boolean(values[key]) !== Boolean(values[token]))
      mistakes.push(`${key} and ${token} are needed together, or neither`);
  }
  if (values.TEST_SUITE_APP_KEY && values.TEST_SUITE_APP_KEY === values.VTEX_APP_KEY) {
    mistakes.push('TEST_SUITE_APP_KEY must differ from VTEX_APP_KEY: the key names the merchant');
  }
  const smtp = readSmtp(values, mistakes);
  const issuerSettings = Object.entries<SomeIssuer>(issuers).map(
    ([code, issuer]) => [code, readIssuer(issuer, values, mistakes)] as const,
  );
  if (!read.success || mistakes.length > 0) throw new ConfigError(mistakes);
  const settings = read.data;
  return {
    host: settings.HOST,
    port: settings.PORT,
    publicUrl: settings.PUBLIC_URL ?? `http://localhost:${settings.PORT}`,
    databaseUrl: settings.DATABASE_URL,
    databasePoolSize: settings.DATABASE_POOL_SIZE,
    queueDatabaseUrl: settings.QUEUE_DATABASE_URL ?? settings.DATABASE_URL,
    merchants: [
      credentials(DEFAULT_MERCHANT, settings.VTEX_APP_KEY, settings.VTEX_APP_TOKEN),
      ...(settings.TEST_SUITE_APP_KEY && settings.TEST_SUITE_APP_TOKEN
        ? [credentials(TEST_SUITE_MERCHANT, settings.TEST_SUITE_APP_KEY, settings.TEST_SUITE_APP_TOKEN)]
        : []),
    ],
    allowsEmptyTestCredentials: settings.TEST_SUITE_ALLOW_EMPTY_CREDENTIALS,
    masterKeys: new MasterKeys(
      settings.MASTER_KEY?.reveal() ?? null,
      masterKeyList(settings.MASTER_KEY_OLD?.reveal() ?? ''),
    ),
    vtexReturnHosts: settings.VTEX_RETURN_HOSTS,
    adminTokenDigest: digest(settings.ADMIN_API_TOKEN.reveal()),
    answerDeadlineMs: settings.ANSWER_DEADLINE_MS,
    testSuiteDeadlineMs: settings.TEST_SUITE_DEADLINE_MS,
    logLevel: settings.LOG_LEVEL,
    webConcurrency: settings.WEB_CONCURRENCY,
    trustedProxies: settings.TRUSTED_PROXIES,
    timeZone: settings.TIME_ZONE,
    passwordCost: settings.PASSWORD_COST,
    mail: { smtp, notifyEmail: settings.NOTIFY_EMAIL ?? null },
    cancelManuallyStatus: settings.CANCEL_MANUALLY_STATUS === '501' ? 501 : 200,
    pendingStatus: settings.PENDING_STATUS === '200' ? 200 : 500,
    paymentMethods: settings.VTEX_PAYMENT_METHODS,
    delays: {
      delayToCancelS: settings.DELAY_TO_CANCEL_SECONDS,
      delayToAutoSettleS: settings.DELAY_TO_AUTO_SETTLE_SECONDS,
      delayToAutoSettleAfterAntifraudS: settings.DELAY_TO_AUTO_SETTLE_AFTER_ANTIFRAUD_SECONDS,
    },
    vtexCalls: {
      appKey: settings.VTEX_PARTNER_APP_KEY ?? null,
      appToken: settings.VTEX_PARTNER_APP_TOKEN ?? null,
      hosts: settings.VTEX_CALLBACK_HOSTS,
      allowHttp: settings.VTEX_CALLBACK_ALLOW_HTTP,
    },
    webhooks: { allowHttp: settings.WEBHOOK_ALLOW_HTTP },
    issuers: Object.fromEntries(issuerSettings),
  };
}

/** An empty value counts as not set. */
export const withoutEmpty = (environment: Environment): Environment =>
  Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));

/** What an operator's command needs to call the running service. */
export interface OperatorSettings {
  /** Without a trailing slash. */
  readonly url: string;
  /** Null where it is not set. */
  readonly adminToken: setting.Secret | null;
  /** A merchant's own, which links and reads its payments; null where it is not set. */
  readonly linkToken: setting.Secret | null;
}

/** @throws ConfigError with every mistake, as for the service itself */
export function readOperatorSettings(environment: Environment): OperatorSettings {
  const { PUBLIC_URL, PORT, ADMIN_API_TOKEN } = general.shape;
  const kinds = z.object({
    PUBLIC_URL,
    PORT,
    ADMIN_API_TOKEN: ADMIN_API_TOKEN.optional(),
    LINK_TOKEN: setting.secret(atLeast16).optional(),
  });
  const read = kinds.safeParse(withoutEmpty(environment));
  if (!read.success) throw new ConfigError(mistakesOf(read.error, (name) => name));
  const { PUBLIC_URL: url = `http://localhost:${read.data.PORT}`, ADMIN_API_TOKEN: adminToken = null } = read.data;
  return { url, adminToken, linkToken: read.data.LINK_TOKEN ?? null };
}

const credentials = (merchantId: string, appKey: string, appToken: setting.Secret): MerchantCredentials => ({
  merchantId,
  appKeyDigest: digest(appKey),
  appTokenDigest: digest(appToken.reveal()),
});

function mistakesOf(error: z.ZodError, settingName: (name: string) => string): string[] {
  return error.issues.map((issue) => `${settingName(String(issue.path[0] ?? ''))} ${setting.sentenceOf(issue)}`.trim());
}

/** Null where there is no mail server, and where its settings have a mistake. What is wrong with one of them alone is told elsewhere. */
function readSmtp(values: Environment, mistakes: string[]): SmtpSettings | null {
  const { SMTP_URL, MAIL_FROM } = general.shape;
  const read = z.object({ SMTP_URL, MAIL_FROM }).safeParse(values);
  if (!read.data?.SMTP_URL) return null;
  const { SMTP_URL: url, MAIL_FROM: from = userAsSender(url) } = read.data;
  if (!from) mistakes.push('MAIL_FROM is needed: the user of SMTP_URL is no e-mail address that could be the sender');
  return from && { url, from };
}

/** The account that the mail server knows us by, where it is an address: with some it is a key, and a relay has none. */
function userAsSender(smtpUrl: setting.Secret): setting.MailAddress | null {
  const url = smtpUrl.reveal();
  const user = URL.canParse(url) ? new URL(url).username.replaceAll('%40', '@') : '';
  return /^[^@\s%]+@[^@\s%]+$/.test(user) ? { name: null, address: user } : null;
}

function readIssuer(
  issuer: SomeIssuer,
  values: Record<string, string | undefined>,
  mistakes: string[],
): IssuerSettings {
  const prefix = `${issuer.code.toUpperCase()}_`;
  const common = z.object({
    MODE: setting.oneOf(issuerModes).default('live'),
    TIMEOUT_MS: setting.integer({ min: 100, max: 25_000 }).default(issuer.timeoutMs),
    GIVE_UP_HOURS: setting.decimal({ min: 0, max: 20 }).default(issuer.giveUpHours),
    MANUAL_DUE_HOURS: setting.decimal({ min: 0, max: 720 }).default(issuer.manualDueHours),
    MAX_CONCURRENT: setting.integer({ min: 1, max: 1_000 }).default(50),
    BREAKER_FAULTS: setting.integer({ min: 1, max: 1_000_000 }).default(10),
    BREAKER_PAUSE_MS: setting.integer({ min: 100, max: 600_000 }).default(10_000),
  });
  const read = common.safeParse(settingsWithPrefix(values, prefix));
  if (!read.success) mistakes.push(...mistakesOf(read.error, (name) => prefix + name));
  const timeoutMs = read.data?.TIMEOUT_MS ?? issuer.timeoutMs;
  const account = (sandbox: boolean) => readAccount({ issuer, values, mistakes, sandbox, timeoutMs });
  return {
    mode: read.data?.MODE ?? 'live',
    timeoutMs,
    giveUpMs: (read.data?.GIVE_UP_HOURS ?? issuer.giveUpHours) * 3_600_000,
    manualDueMs: (read.data?.MANUAL_DUE_HOURS ?? issuer.manualDueHours) * 3_600_000,
    limits: {
      mostAtOnce: read.data?.MAX_CONCURRENT ?? 1,
      breakerFaults: read.data?.BREAKER_FAULTS ?? 1,
      breakerPauseMs: read.data?.BREAKER_PAUSE_MS ?? 1_000,
    },
    live: account(false),
    sandbox: account(true),
  };
}

function settingsWithPrefix(
  values: Record<string, string | undefined>,
  prefix: string,
): Record<string, string | undefined> {
  const own = Object.entries(values).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
}

interface AccountInput {
  readonly issuer: SomeIssuer;
  readonly values: Record<string, string | undefined>;
  readonly mistakes: string[];
  readonly sandbox: boolean;
  readonly timeoutMs: number;
}

/** An account is there when its base URL is; then everything it needs must be there too. */
function readAccount({ issuer, values, mistakes, sandbox, timeoutMs }: AccountInput): Account | null {
  const prefix = `${issuer.code.toUpperCase()}_`;
  const twins = issuer.settings.credentials;
  const isTwin = (name: string) => sandbox && (name === 'BASE_URL' || twins.includes(name));
  const nameOf = (name: string) => `${prefix}${isTwin(name) ? 'SANDBOX_' : ''}${name}`;
  const names = ['BASE_URL', ...Object.keys(issuer.settings.shape as object)];
  const texts = Object.fromEntries(names.map((name) => [name, values[nameOf(name)]]));
  // Without a base URL the live account's settings are still checked, so that a mistake shows at once and not on the day it is used.
  if (texts.BASE_URL === undefined && sandbox) return null;
  const read = readAccountSettings(issuer, texts, nameOf);
  const found = read.mistakes.map(({ name, words }) => `${nameOf(name)} ${words}`);
  mistakes.push(...found.filter((mistake) => !mistakes.includes(mistake)));
  return read.account && { merchantId: DEFAULT_MERCHANT, sandbox, timeoutMs, ...read.account };
}

/** Credentials for a development start, made once and kept. */
export const makeDevelopmentCredentials = () => ({
  VTEX_APP_KEY: `vtexappkey-dev-${randomBytes(4).toString('hex').toUpperCase()}`,
  VTEX_APP_TOKEN: randomBytes(24).toString('hex'),
  TEST_SUITE_APP_KEY: `vtexappkey-test-suite-${randomBytes(4).toString('hex').toUpperCase()}`,
  TEST_SUITE_APP_TOKEN: randomBytes(24).toString('hex'),
  ADMIN_API_TOKEN: randomBytes(24).toString('hex'),
  MASTER_KEY: randomBytes(32).toString('base64'),
});

export type { IssuerCode };

/** The process's own environment; nothing else reads it. */
export const processEnvironment = (): Environment => process.env;
