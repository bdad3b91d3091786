import { randomBytes } from 'node:crypto';
import { csrfToken } from '../../src/console/frame/csrf.js';
import { formKeyOf } from '../../src/console/people/sessions.js';
import type { Role } from '../../src/console/frame/visitor.js';
import type { Language } from '../../src/texts/language.js';
import type { Caller } from './caller.js';
import { send, type AnswerHeaders } from './http.js';
import { makeMerchant } from './merchants.js';

/** A page, or what came instead of one. */
export interface Page {
  readonly status: number;
  readonly html: string;
  readonly headers: AnswerHeaders;
  /** Where it leads, without following; null where it leads nowhere. */
  readonly location: string | null;
}

export type Fields = Readonly<Record<string, string | readonly string[]>>;

/** One browser without scripts: keeps cookies, follows nothing by itself. */
export class ConsoleClient {
  readonly cookies = new Map<string, string>();

  constructor(
    readonly url: string,
    readonly language: string = 'en',
  ) {}

  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Page> {
    return this.#send(path, { method: 'GET', headers });
  }

  /** Sends a form with exactly these fields, from this origin. */
  async post(path: string, fields: Fields, headers: Readonly<Record<string, string>> = {}): Promise<Page> {
    const body = new URLSearchParams(
      Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one])),
    );
    return this.#send(path, {
      method: 'POST',
      headers: { origin: this.url, 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: body.toString(),
    });
  }

  /**
   * Sends a form as a person does: opens its page, and takes the hidden fields of the form to this address along. Fails where the page has
   * no such form.
   *
   * @param on the page that the form stands on, where it is not its own address
   */
  async submit(action: string, fields: Fields = {}, on: string = action): Promise<Page> {
    const page = await this.get(on);
    return this.post(action, { ...hiddenFieldsOf(page.html, action), ...fields });
  }

  async #send(
    path: string,
    { headers, ...request }: { method: string; headers: Record<string, string>; body?: string },
  ) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await send(`${this.url}${path}`, {
      ...request,
      headers: { 'accept-language': this.language, ...(cookie ? { cookie } : {}), ...headers },
    });
    for (const line of answer.headers.getSetCookie()) this.#keep(line);
    const { status, text: html } = answer;
    return { status, html, headers: answer.headers, location: answer.headers.get('location') };
  }

  #keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (/;\s*Max-Age=0/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

/** The token of a form that this browser's session could send, also where no page offers it. */
export function csrfTokenOf(client: ConsoleClient, action: string): string {
  return csrfToken(formKeyOf(client.cookies.get('console-session') ?? ''), action);
}

/** The hidden fields of the form to this address, its token among them. */
export function hiddenFieldsOf(html: string, action: string): Record<string, string> {
  const forms = [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)];
  const form = forms.find(([, tag = '']) => tag.includes(`action="${action}"`))?.[2];
  if (form === undefined) throw new Error(`The page has no form to ${action}`);
  const inputs = [...form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)];
  return Object.fromEntries(inputs.map(([, name = '', value = '']) => [name, unescapeHtml(value)]));
}

const unescapeHtml = (text: string) =>
  text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** What a person reads of a page, without its tags. */
export const wordsOf = (html: string): string =>
  unescapeHtml(html.replace(/<(style|script)\b.*?<\/\1>/gs, '').replace(/<[^>]+>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();

export interface SignedInAs {
  readonly role: Role;
  /** Made where it is not there; absent: the default one. */
  readonly merchant?: string;
  /** Of the person; absent: nobody has said one, and the browser asks for English. */
  readonly language?: Language;
  readonly name?: string;
  readonly email?: string;
}

export interface SignedIn extends ConsoleClient {
  readonly personId: string;
  readonly merchantId: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

export const PASSWORD = 'a few words in a row';

/** A new person, signed in by their one-time link. */
export async function signIn(service: Caller, as: SignedInAs): Promise<SignedIn> {
  const { merchant, name = `Person of ${as.role}`, email = newEmail() } = as;
  const { personId, link } = await addPerson(service, { ...as, name, email });
  const client = new ConsoleClient(service.url);
  const { pathname, search } = new URL(link);
  const page = await client.submit(
    pathname,
    { password: PASSWORD, 'password-again': PASSWORD },
    `${pathname}${search}`,
  );
  if (page.status !== 303) throw new Error(`Nobody was signed in: ${page.status} ${wordsOf(page.html)}`);
  return Object.assign(client, { personId, merchantId: merchant ?? 'default', name, email, password: PASSWORD });
}

/** A new person who has no password yet. */
export async function addPerson(
  service: Caller,
  { role, merchant, language, name = 'Somebody', email = newEmail() }: SignedInAs,
): Promise<{ readonly personId: string; readonly link: string; readonly email: string }> {
  if (merchant !== undefined) await ensureMerchant(service, merchant);
  const body = { email, name, role, ...(language ? { language } : {}) };
  const added = await service.internal('POST', `people${merchant === undefined ? '' : `?merchant=${merchant}`}`, body);
  if (added.status !== 201) throw new Error(`Nobody was added: ${JSON.stringify(added)}`);
  const { person, link } = added.body as { person: { personId: string }; link: string };
  return { personId: person.personId, link, email };
}

export const newEmail = (): string => `person-${randomBytes(6).toString('hex')}@store.example`;

async function ensureMerchant(service: Caller, merchant: string): Promise<void> {
  const { body } = await service.internal('GET', 'merchants');
  const known = body.merchants as { readonly merchantId: string }[];
  if (!known.some(({ merchantId }) => merchantId === merchant)) await makeMerchant(service, merchant);
}
