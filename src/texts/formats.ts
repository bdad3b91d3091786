import type { Language } from './language.js';

/** Writes times, amounts and numbers as people at the store read them. */
export interface Formats {
  /** 21/11/2026 14:05, in the merchant's time zone. */
  dateTime(at: Date): string;
  /** 21/11/2026 */
  date(at: Date): string;
  /** 2 d 4 h, 4 h 10 min, 3 min; less than a minute is `< 1 min`. Also of a negative one. */
  duration(ms: number): string;
  /** R$ 1.234,50; the number alone where the currency is not known or not one. */
  money(amount: number, currency: string | null): string;
  integer(count: number): string;
  percent(part: number): string;
}

const known = new Map<string, Formats>();

/** The formats of a language and an IANA time zone. */
export function formatsIn(language: Language, timeZone: string): Formats {
  const place = `${language} ${timeZone}`;
  const formats = known.get(place) ?? makeFormats(language, timeZone);
  known.set(place, formats);
  return formats;
}

function makeFormats(language: Language, timeZone: string): Formats {
  const day = { day: '2-digit', month: '2-digit', year: 'numeric' } as const;
  // English too with the day first: the stores are in Latin America.
  const locale = language === 'en' ? 'en-GB' : language;
  const date = new Intl.DateTimeFormat(locale, { ...day, timeZone });
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone });
  const number = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  return {
    dateTime: (at) => `${date.format(at)} ${time.format(at)}`,
    date: (at) => date.format(at),
    duration,
    money: (amount, currency) => money(amount, currency, locale),
    integer: (count) => number.format(count),
    percent: (part) => percent.format(part),
  };
}

/** The units are written the same in the three languages. */
function duration(ms: number): string {
  const minutes = Math.floor(Math.abs(ms) / 60_000);
  if (minutes < 1) return '< 1 min';
  const [d, h, min] = [Math.floor(minutes / 1_440), Math.floor(minutes / 60) % 24, minutes % 60];
  if (d > 0) return h > 0 ? `${d} d ${h} h` : `${d} d`;
  if (h > 0) return min > 0 ? `${h} h ${min} min` : `${h} h`;
  return `${min} min`;
}

function money(amount: number, currency: string | null, locale: string): string {
  if (currency !== null && /^[A-Za-z]{3}$/.test(currency)) {
    return new Intl.NumberFormat(locale, { style: 'currency', currency }).format(amount);
  }
  return new Intl.NumberFormat(locale, { minimumFractionDigits: 2 }).format(amount);
}
