/** The languages of pages, mails and reasons, as their tags. */
export const languages = ['en', 'pt-BR', 'es'] as const;

export type Language = (typeof languages)[number];

/** One text in every language, in ICU MessageFormat. */
export type Text = Readonly<Record<Language, string>>;

export const isLanguage = (tag: unknown): tag is Language => languages.some((language) => language === tag);

/** More than a browser sends. */
const LONGEST_HEADER = 500;

/** The language of a browser of whose person nothing else is known; English where it asks for none that we speak. */
export const languageOf = (acceptLanguage: string | undefined): Language => askedLanguage(acceptLanguage) ?? 'en';

/** The first language that we speak, by the browser's own order; null where it names none of them. */
export function askedLanguage(acceptLanguage: string | undefined): Language | null {
  const wishes = (acceptLanguage ?? '').slice(0, LONGEST_HEADER).split(',').map(readWish);
  const liked = wishes.filter(({ quality }) => quality > 0).sort((a, b) => b.quality - a.quality);
  for (const { language } of liked) {
    const ours = languages.find((tag) => tag.split('-')[0] === language);
    if (ours) return ours;
  }
  return null;
}

function readWish(wish: string): { readonly language: string | undefined; readonly quality: number } {
  const [tag = '', ...parameters] = wish.trim().toLowerCase().split(';');
  const given = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('q='));
  return { language: tag.split('-')[0], quality: Number(given?.slice(2) ?? 1) || 0 };
}
