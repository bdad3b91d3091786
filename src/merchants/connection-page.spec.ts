import { connectionPage } from './connection-page.js';

it('the page says its language', () => {
  const page = connectionPage({ kind: 'gone' }, 'pt-BR');

  expect(page).toContain('<html lang="pt-BR">');
  expect(page).toContain('expirou');
});

it('the page has no script, and escapes what is not its own', () => {
  const odd = '"><script>alert(1)</script>&\'';

  const page = connectionPage({ kind: 'form', token: odd, returnHost: odd, fault: null }, 'en');

  expect(page).not.toMatch(/<script|"><s|javascript:|\son\w+=/i);
  expect(page).toContain('&quot;>&lt;script>alert(1)&lt;/script>&amp;');
});

it('the page labels its field, and ties the fault to it', () => {
  const page = connectionPage({ kind: 'form', token: 't', returnHost: 'shop.myvtex.com', fault: 'wrong' }, 'es');

  expect(page).toContain('<label for="code">');
  expect(page).toMatch(/<input id="code"[^>]*aria-describedby="fault hint"[^>]*aria-invalid="true"/);
  expect(page).toMatch(/<p role="alert" id="fault">/);
  expect(page).toContain('shop.myvtex.com');
});
