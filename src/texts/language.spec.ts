import { languageOf } from './language.js';

describe('the language of a browser', () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['pt-BR,pt;q=0.9,en;q=0.8', 'pt-BR'],
    ['es-AR', 'es'],
    ['PT', 'pt-BR'],
    ['fr, es;q=0.5, pt;q=0.7', 'pt-BR'],
    ['de;q=1, fr;q=0.9', 'en'],
    ['pt;q=0, es;q=0.1', 'es'],
    ['en;q=0.5, es', 'es'],
    ['es;level=1;q=0.2, pt;q=0.3', 'pt-BR'],
    ['pt;q=nonsense', 'en'],
    ['constructor', 'en'],
    [`${'x,'.repeat(5000)}pt`, 'en'],
  ])('that asks for %.40j is %s', (header, language) => {
    expect(languageOf(header)).toBe(language);
  });
});
