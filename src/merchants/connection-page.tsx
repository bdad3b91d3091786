import { createHash } from 'node:crypto';
import { renderToString } from 'preact-render-to-string';
import { languageOf, type Language } from '../texts/language.js';
import { sayIn, type Say } from '../texts/say.js';

/** What the page says; only `form` asks for anything. */
export type PageState =
  | {
      readonly kind: 'form';
      readonly token: string;
      /** Where the browser goes afterwards, for the person to recognise. */
      readonly returnHost: string;
      readonly fault: 'wrong' | 'full' | 'other-store' | null;
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
  return `<!doctype html>\n${renderToString(<Page state={state} language={language} say={sayIn(language)} />)}\n`;
}

interface PageProps {
  readonly state: PageState;
  readonly language: Language;
  readonly say: Say;
}

const Page = ({ state, language, say }: PageProps) => (
  <html lang={language}>
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>{say('connection.title')}</title>
      {/* Ours alone, and hashed in the policy as it stands. */}
      <style dangerouslySetInnerHTML={{ __html: STYLE }} />
    </head>
    <body>
      <main>
        <h1>{say('connection.title')}</h1>
        {state.kind === 'form' ? (
          <CodeForm state={state} say={say} />
        ) : (
          <p role="alert">{say(`connection.${state.kind}`)}</p>
        )}
      </main>
    </body>
  </html>
);

interface CodeFormProps {
  readonly state: Extract<PageState, { kind: 'form' }>;
  readonly say: Say;
}

const CodeForm = ({ state: { token, returnHost, fault }, say }: CodeFormProps) => (
  <>
    <p>{say('connection.intro')}</p>
    <p>
      {say('connection.return-to')} <strong>{returnHost}</strong>
    </p>
    {fault !== null && (
      <p role="alert" id="fault">
        {say(`connection.fault.${fault}`)}
      </p>
    )}
    <form method="post" action="redirect">
      <input type="hidden" name="token" value={token} />
      <label for="code">{say('connection.code')}</label>
      <input
        id="code"
        name="connectionCode"
        type="text"
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        required
        maxlength={200}
        aria-describedby={fault === null ? 'hint' : 'fault hint'}
        aria-invalid={fault === null ? undefined : 'true'}
      />
      <p id="hint">{say('connection.hint')}</p>
      <button type="submit">{say('connection.submit')}</button>
    </form>
  </>
);
