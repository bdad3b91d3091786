import { languages, type Language } from '../../texts/language.js';
import type { PageContext } from './page.js';

/** A language by its own name, so that whoever got a wrong one finds theirs. */
export const LanguageSelect = ({
  context,
  language,
  id = 'language',
}: {
  readonly context: PageContext;
  readonly language: Language | null;
  readonly id?: string;
}) => (
  <select id={id} name="language">
    <option value="" selected={language === null}>
      {context.say('people.language.store')}
    </option>
    {languages.map((tag) => (
      <option value={tag} lang={tag} selected={language === tag}>
        {names[tag]}
      </option>
    ))}
  </select>
);

const names = { en: 'English', 'pt-BR': 'Português (Brasil)', es: 'Español' } as const;
