import type { ComponentChildren } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { FastifyReply } from 'fastify';
import type { TextKey } from '../../texts/catalogue.js';
import type { Language } from '../../texts/language.js';
import type { Say } from '../../texts/say.js';
import type { Formats } from '../../texts/formats.js';
import { Icon } from './icon.js';
import { mayActAs, type Role, type Visitor } from './visitor.js';

/** What every part of a page needs. */
export interface PageContext {
  readonly visitor: Visitor;
  readonly say: Say;
  readonly formats: Formats;
  /** The token that a form to this address carries. */
  readonly csrf: (action: string) => string;
  /** The clock that ages are told by. */
  readonly now: Date;
  /** There is an outbox to look into: a development start without a mail server. */
  readonly hasOutbox: boolean;
}

/** The sections of the console, by the texts of their names. */
const sections = [
  { id: 'inbox', path: '/console/manual-cancellations', role: 'viewer' },
  { id: 'in-progress', path: '/console/in-progress', role: 'viewer' },
  { id: 'overview', path: '/console/overview', role: 'viewer' },
  { id: 'notifications', path: '/console/notifications', role: 'admin' },
  { id: 'issuers', path: '/console/issuers', role: 'viewer' },
  { id: 'people', path: '/console/people', role: 'admin' },
  { id: 'audit', path: '/console/audit', role: 'admin' },
  { id: 'outbox', path: '/console/outbox', role: 'admin' },
] as const satisfies readonly { readonly id: string; readonly path: string; readonly role: Role }[];

export type SectionId = (typeof sections)[number]['id'] | 'account';

export interface PageContent {
  readonly title: string;
  /** Null: a page that belongs to none, as one payment. */
  readonly section: SectionId | null;
  readonly body: ComponentChildren;
  readonly status?: number;
  /** What was just done, said once on top. */
  readonly done?: string | null;
  /** Why nothing was done. */
  readonly fault?: string | null;
}

/**
 * Sent with every page: nothing is kept, nothing of others is run, nobody frames it.
 *
 * `form-action` stays inside; styles are ours alone, so a chart has attributes and no style.
 */
export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  // With no-referrer browsers would send `Origin: null` with a form, and its origin could not be checked.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/** Sends a page of somebody who is signed in. */
export function sendPage(reply: FastifyReply, context: PageContext, content: PageContent): void {
  void reply
    .status(content.status ?? 200)
    .headers(pageHeaders)
    .send(renderDocument(<Page context={context} content={content} />));
}

/** Text of a whole document. */
export const renderDocument = (page: Parameters<typeof renderToString>[0]): string =>
  `<!doctype html>\n${renderToString(page)}\n`;

/** The frame that also a page without a session has. */
export const Document = ({
  language,
  title,
  children,
}: {
  readonly language: Language;
  readonly title: string;
  readonly children: ComponentChildren;
}) => (
  <html lang={language}>
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{title}</title>
      <link rel="stylesheet" href="/console/style.css" />
      <script src="/console/script.js" defer />
    </head>
    <body>{children}</body>
  </html>
);

const Page = ({ context, content }: { readonly context: PageContext; readonly content: PageContent }) => {
  const { visitor, say } = context;
  const { title, section, body, done, fault } = content;
  return (
    <Document language={visitor.language} title={`${title} – ${visitor.merchantName}`}>
      <a class="skip" href="#content">
        {say('shell.skip')}
      </a>
      <header class="bar">
        <div class="bar-top">
          <a class="brand" href="/console/manual-cancellations">
            {say('shell.console')} <span class="store">{visitor.merchantName}</span>
          </a>
          <form class="search" method="get" action="/console/payments" role="search">
            <input
              type="search"
              name="q"
              aria-label={say('shell.search')}
              placeholder={say('shell.search')}
              maxlength={300}
              autocomplete="off"
              spellcheck={false}
            />
            <button type="submit">
              <Icon name="search" />
              <span>{say('shell.find')}</span>
            </button>
          </form>
          <div class="who">
            <a href="/console/account" aria-current={section === 'account' ? 'page' : undefined}>
              {visitor.name}
            </a>
            <PostForm context={context} action="/console/sign-out">
              <button class="quiet" type="submit">
                {say('shell.sign-out')}
              </button>
            </PostForm>
          </div>
        </div>
        <nav aria-label={say('shell.sections')}>
          <ul>
            {sectionsOf(context).map(({ id, path }) => (
              <li>
                <a href={path} aria-current={section === id ? 'page' : undefined}>
                  {say(`section.${id}` satisfies TextKey)}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      </header>
      <main id="content" tabindex={-1}>
        <Outcome done={done} fault={fault} />
        {body}
      </main>
    </Document>
  );
};

/** What came of a form that was sent: above whatever is shown next. */
export const Outcome = ({
  done,
  fault,
}: {
  readonly done?: string | null | undefined;
  readonly fault?: string | null | undefined;
}) => (
  <>
    {done && (
      <p class="notice done" role="status">
        <Icon name="done" /> {done}
      </p>
    )}
    {fault && (
      <p class="notice fault" role="alert">
        <Icon name="late" /> {fault}
      </p>
    )}
  </>
);

const sectionsOf = ({ visitor, hasOutbox }: PageContext) =>
  sections.filter(({ id, role }) => mayActAs(role, visitor) && (id !== 'outbox' || hasOutbox));

/** A form that changes something: always a POST, always with the token of its address. */
export const PostForm = ({
  context,
  action,
  children,
  ...rest
}: {
  readonly context: PageContext;
  readonly action: string;
  readonly children: ComponentChildren;
  readonly class?: string;
  readonly id?: string;
}) => (
  <form method="post" action={action} {...rest}>
    <input type="hidden" name="csrf" value={context.csrf(action)} />
    {children}
  </form>
);
