import { z } from 'zod';
import * as setting from '../setting-kinds.js';
import type { Account, SettingsOf, SettingsShape, SomeIssuer } from './issuer.js';

/** One thing that is wrong, by the setting's name without the issuer's prefix. Never with a value. */
export interface SettingMistake {
  readonly name: string;
  readonly words: string;
}

export interface ReadAccount {
  /** Null where there is none, or a mistake. */
  readonly account: Pick<Account, 'baseUrl' | 'settings'> | null;
  readonly mistakes: readonly SettingMistake[];
}

/**
 * Reads the texts of an account's settings, wherever they come from, and finds all mistakes at once.
 *
 * An account is there when its base URL is; then everything it needs must be there too. Without one, what is given is still checked.
 *
 * @param nameOf how a setting is called where it was set
 */
export function readAccountSettings(
  issuer: SomeIssuer,
  texts: Readonly<Record<string, string | undefined>>,
  nameOf: (name: string) => string = (name) => name,
): ReadAccount {
  const { shape, mandatory, mandatoryWhile = {} } = issuer.settings as SettingsOf<SettingsShape>;
  const isThere = texts.BASE_URL !== undefined;
  const isNeeded = (name: string) => {
    const flag = (mandatoryWhile as Readonly<Record<string, string | undefined>>)[name];
    return flag === undefined || setting.flag().safeParse(texts[flag] ?? 'on').data !== false;
  };
  const lacking = isThere ? mandatory.filter((name) => texts[name] === undefined && isNeeded(name)) : [];
  const mistakes = lacking.map((name) => ({ name, words: `is needed because ${nameOf('BASE_URL')} is set` }));
  const kinds = z.object({ ...shape, BASE_URL: setting.httpUrl().optional() });
  const read = (isThere && lacking.length === 0 ? kinds : kinds.partial()).safeParse(texts);
  if (!read.success) {
    const found = read.error.issues.map((issue) => ({
      name: String(issue.path[0] ?? ''),
      words: setting.sentenceOf(issue),
    }));
    return { account: null, mistakes: [...mistakes, ...found] };
  }
  if (!isThere || lacking.length > 0) return { account: null, mistakes };
  const { BASE_URL, ...settings } = read.data as { BASE_URL: string } & Record<string, unknown>;
  return { account: { baseUrl: BASE_URL, settings }, mistakes: [] };
}

/** What an operator gives to be stored: texts that are no secrets, and secrets. */
export interface GivenSettings {
  readonly baseUrl: string;
  readonly plain: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** Reads settings that are to be stored: the base URL is needed, nothing may be unknown, and nothing may be `file:`. */
export function readGivenSettings(
  issuer: SomeIssuer,
  given: Readonly<Record<string, unknown>>,
): GivenSettings | { readonly mistakes: readonly SettingMistake[] } {
  const odd = Object.entries(given).flatMap(([name, value]) => oddity(issuer, name, value));
  const usable = Object.entries(given).filter(([name]) => !odd.some((mistake) => mistake.name === name));
  const texts = Object.fromEntries(usable) as Record<string, string>;
  const missing = 'BASE_URL' in given ? [] : [{ name: 'BASE_URL', words: 'is needed: the address of the issuer' }];
  const read = readAccountSettings(issuer, texts);
  // What was given in an unusable way is not lacking besides.
  const faults = read.mistakes.filter(({ name }) => !odd.some((mistake) => mistake.name === name));
  const mistakes = [...missing, ...odd, ...faults];
  if (read.account === null || mistakes.length > 0) return { mistakes };
  const others = Object.entries(texts).filter(([name]) => name !== 'BASE_URL');
  const isSecret = (name: string) => read.account?.settings[name] instanceof setting.Secret;
  const those = (wanted: boolean) => Object.fromEntries(others.filter(([name]) => isSecret(name) === wanted));
  return { baseUrl: read.account.baseUrl, plain: those(false), secrets: those(true) };
}

function oddity(issuer: SomeIssuer, name: string, value: unknown): SettingMistake[] {
  const isKnown = name === 'BASE_URL' || Object.hasOwn(issuer.settings.shape as object, name);
  if (!isKnown) return [{ name, words: `is not a setting of ${issuer.name}` }];
  if (typeof value !== 'string' || value.trim() === '') return [{ name, words: 'must be text that is not empty' }];
  // Whoever may write to the database, or call us, must not have us read files of this machine.
  if (isFile(value))
    return [{ name, words: 'must be the value itself: a file is for the settings of the service only' }];
  return [];
}

/** Does a text name a file instead of being the value? */
export const isFile = (text: string): boolean => text.startsWith('file:');
