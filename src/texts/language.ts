/** The languages of pages, mails and reasons, as their tags. */
export const languages = ['en', 'pt-BR', 'es'] as const;

export type Language = (typeof languages)[number];

/** One text in every language, in ICU MessageFormat. */
export type Text = Readonly<Record<Language, string>>;

export const isLanguage = (tag: unknown): tag is Language => languages.some((language) => language === tag);

/** The language that a browser asks for first among ours; English where it asks for none of them. */
export function languageOf(acceptLanguage: string | undefined): Language {
  const wanted = (acceptLanguage ?? '').split(',').map((part) => {
    const [tag = '', quality = ''] = part.trim().split(/\s*;\s*q\s*=\s*/);
    return { tag: tag.toLowerCase(), quality: quality === '' ? 1 : Number(quality) };
  });
  const ours = wanted
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .flatMap(({ tag }) => languages.filter((language) => tag.split('-')[0] === language.split('-')[0]));
  return ours[0] ?? 'en';
}
