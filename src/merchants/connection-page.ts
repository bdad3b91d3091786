import { createHash } from 'node:crypto';

/** The languages of the page, by the beginning of their tags. */
export type Language = 'en' | 'pt' | 'es';

/** What the page says; only `form` asks for anything. */
export type PageState =
  | {
      readonly kind: 'form';
      readonly token: string;
      /** Where the browser goes afterwards, for the person to recognise. */
      readonly returnHost: string;
      readonly fault: 'wrong' | 'full' | null;
    }
  | { readonly kind: 'gone' | 'too-many' };

const STYLE = `body{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem;color:#1b1b1f;background:#fff}
label{display:block;font-weight:600;margin-top:1.5rem}
input{font:inherit;width:100%;box-sizing:border-box;padding:.6rem;margin:.4rem 0;border:1px solid #5b5b66;border-radius:.3rem}
button{font:inherit;font-weight:600;padding:.6rem 1.4rem;margin-top:.8rem;border:0;border-radius:.3rem;color:#fff;background:#12417d}
input:focus,button:focus{outline:3px solid #7aa7e0;outline-offset:2px}
[role=alert]{border-left:.3rem solid #a3161a;padding:.4rem .8rem;background:#fdeeee}`;

/**
 * For every page of the connection. No script, no frame, nothing from elsewhere, nothing kept, and no address of it told to anybody.
 *
 * @param hosts where the form's answer may lead: browsers check the form's target against redirects too
 */
export function pageHeaders(hosts: readonly string[]): Readonly<Record<string, string>> {
  const targets = hosts.flatMap((host) => [`https://${host}`, `https://*.${host}`]);
  const style = createHash('sha256').update(STYLE).digest('base64');
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src 'sha256-${style}'; form-action 'self' ${targets.join(' ')}; frame-ancestors 'none'; base-uri 'none'`,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  };
}

/** The page, whole, in the language that the browser likes best. */
export function connectionPage(state: PageState, acceptLanguage: string | undefined): string {
  const language = languageOf(acceptLanguage);
  const words = texts[language];
  return `<!doctype html>
<html lang="${tags[language]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${words.title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${words.title}</h1>
${state.kind === 'form' ? form(state, words) : `<p role="alert">${state.kind === 'gone' ? words.gone : words.tooMany}</p>`}
</main>
</body>
</html>
`;
}

function form({ token, returnHost, fault }: Extract<PageState, { kind: 'form' }>, words: Words): string {
  const alert =
    fault === null ? '' : `<p role="alert" id="fault">${fault === 'wrong' ? words.wrong : words.full}</p>\n`;
  const described = fault === null ? 'hint' : 'fault hint';
  return `<p>${words.intro}</p>
<p>${words.returnTo} <strong>${escape(returnHost)}</strong></p>
${alert}<form method="post" action="redirect">
<input type="hidden" name="token" value="${escape(token)}">
<label for="code">${words.label}</label>
<input id="code" name="connectionCode" type="text" autocomplete="off" autocapitalize="none" spellcheck="false" required maxlength="200" aria-describedby="${described}"${fault === null ? '' : ' aria-invalid="true"'}>
<p id="hint">${words.hint}</p>
<button type="submit">${words.submit}</button>
</form>`;
}

/** The first language that we speak, by the browser's own order; English where it names none of them. */
export function languageOf(acceptLanguage: string | undefined): Language {
  const wishes = (acceptLanguage ?? '')
    .slice(0, 500)
    .split(',')
    .map((wish, at) => {
      const [tag = '', ...parameters] = wish.trim().toLowerCase().split(';');
      const quality = Number(
        /^q=(.+)$/.exec(parameters.map((one) => one.trim()).find((one) => one.startsWith('q=')) ?? 'q=1')?.[1],
      );
      return { language: tag.split('-')[0] ?? '', quality: Number.isNaN(quality) ? 0 : quality, at };
    });
  const liked = wishes.filter(({ quality }) => quality > 0).sort((a, b) => b.quality - a.quality || a.at - b.at);
  return (liked.find(({ language }) => Object.hasOwn(texts, language))?.language as Language | undefined) ?? 'en';
}

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const tags = { en: 'en', pt: 'pt-BR', es: 'es' } as const;

interface Words {
  readonly title: string;
  readonly intro: string;
  readonly returnTo: string;
  readonly label: string;
  readonly hint: string;
  readonly submit: string;
  readonly wrong: string;
  readonly full: string;
  readonly gone: string;
  readonly tooMany: string;
}

const texts: Readonly<Record<Language, Words>> = {
  en: {
    title: 'Connect your store',
    intro: 'VTEX wants to connect your store with this payment provider.',
    returnTo: 'When it is done, you go back to',
    label: 'Connection code',
    hint: 'You got it from whoever runs this service for you. It works once, for 24 hours. Enter it only if you started this yourself in VTEX.',
    submit: 'Connect',
    wrong: 'This code is wrong, was used before, or has expired. Check it, or ask for a new one.',
    full: 'Two pairs of credentials are valid for your store already. Ask whoever runs this service to retire one. Your code stays good.',
    gone: 'This connection has expired or was used before. Start it again in VTEX.',
    tooMany: 'Too many wrong codes. Start the connection again in VTEX.',
  },
  pt: {
    title: 'Conectar sua loja',
    intro: 'A VTEX quer conectar sua loja a este provedor de pagamentos.',
    returnTo: 'Ao terminar, você volta para',
    label: 'Código de conexão',
    hint: 'Quem opera este serviço para você forneceu o código. Ele vale uma única vez, por 24 horas. Informe-o somente se você mesmo iniciou esta conexão na VTEX.',
    submit: 'Conectar',
    wrong: 'Este código está errado, já foi usado ou expirou. Confira ou peça um novo.',
    full: 'Sua loja já tem dois pares de credenciais válidos. Peça a quem opera este serviço que desative um deles. Seu código continua válido.',
    gone: 'Esta conexão expirou ou já foi usada. Comece de novo na VTEX.',
    tooMany: 'Códigos errados demais. Comece a conexão de novo na VTEX.',
  },
  es: {
    title: 'Conectar su tienda',
    intro: 'VTEX quiere conectar su tienda con este proveedor de pagos.',
    returnTo: 'Al terminar, usted vuelve a',
    label: 'Código de conexión',
    hint: 'Se lo dio quien opera este servicio para usted. Sirve una sola vez, durante 24 horas. Ingréselo solo si usted mismo inició esta conexión en VTEX.',
    submit: 'Conectar',
    wrong: 'Este código es incorrecto, ya se usó o venció. Revíselo o pida uno nuevo.',
    full: 'Su tienda ya tiene dos pares de credenciales válidos. Pida a quien opera este servicio que retire uno. Su código sigue siendo válido.',
    gone: 'Esta conexión venció o ya se usó. Comience de nuevo en VTEX.',
    tooMany: 'Demasiados códigos incorrectos. Comience la conexión de nuevo en VTEX.',
  },
};
