import { connectionPage, languageOf } from './connection-page.js';

describe('the language', () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['pt-BR,pt;q=0.9,en;q=0.8', 'pt'],
    ['es-AR', 'es'],
    ['PT', 'pt'],
    ['fr, es;q=0.5, pt;q=0.7', 'pt'],
    ['de;q=1, fr;q=0.9', 'en'],
    ['pt;q=0, es;q=0.1', 'es'],
    ['en;q=0.5, es', 'es'],
    ['es;level=1;q=0.2, pt;q=0.3', 'pt'],
    ['pt;q=nonsense', 'en'],
    ['constructor', 'en'],
    [`${'x,'.repeat(5000)}pt`, 'en'],
  ])('of %.40j is %s', (header, language) => {
    expect(languageOf(header)).toBe(language);
  });

  it('is said by the page', () => {
    const page = connectionPage({ kind: 'gone' }, 'pt-BR');

    expect(page).toContain('<html lang="pt-BR">');
    expect(page).toContain('expirou');
  });
});

it('the page has no script, and escapes what is not its own', () => {
  const odd = '"><script>alert(1)</script>&\'';

  const page = connectionPage({ kind: 'form', token: odd, returnHost: odd, fault: null }, 'en');

  expect(page).not.toMatch(/<script|"><s|javascript:|\son\w+=/i);
  expect(page).toContain('&#34;&#62;&#60;script&#62;alert(1)&#60;/script&#62;&#38;&#39;');
});

it('the page labels its field, and ties the fault to it', () => {
  const page = connectionPage({ kind: 'form', token: 't', returnHost: 'shop.myvtex.com', fault: 'wrong' }, 'es');

  expect(page).toContain('<label for="code">');
  expect(page).toMatch(/<input id="code"[^>]*aria-describedby="fault hint"[^>]*aria-invalid="true"/);
  expect(page).toMatch(/<p role="alert" id="fault">/);
  expect(page).toContain('shop.myvtex.com');
});
