import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { Language } from '../../src/texts/language.js';
import { contextOf, sidewaysScroll, startBrowser, violationsOf, type Look } from '../support/browser.js';
import { addPerson, type SignedIn } from '../support/console.js';
import { fillStore, type FilledStore } from './filled-store.js';
import { windowOf } from './store.js';

/*
 * Every page in three languages, light and dark, wide and at 320 px: no violation of WCAG 2.2 AA, and no sideways scroll. SCREENSHOTS=1 keeps
 * a picture of each under .data/screenshots/.
 */

const folder = process.env.SCREENSHOTS ? join(process.cwd(), '.data', 'screenshots') : null;
if (folder) mkdirSync(folder, { recursive: true });

const locales = { en: 'en-US', 'pt-BR': 'pt-BR', es: 'es-MX' } as const;

let filled: FilledStore;
let browser: Browser;

beforeAll(async () => {
  [filled, browser] = await Promise.all([fillStore(), startBrowser()]);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await filled?.store.close();
});

const looks = (Object.keys(locales) as Language[]).flatMap((language) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ language, colorScheme })),
);

const widths = [1280, 320] as const;

describe.each(looks)('in $language, $colorScheme, wide and at 320 px', ({ language, colorScheme }) => {
  const lookAt = (width: Look['width']): Look => ({ locale: locales[language], colorScheme, width });
  let person: SignedIn;

  beforeAll(async () => {
    person = await filled.store.person(language);
  });

  it('no page of somebody who is signed in has anything wrong', async () => {
    expect(await faultsOf(person, filled.pages)).toEqual([]);
  });

  it('neither has the way in', async () => {
    const { service } = filled.store;
    const { link } = await addPerson(service, { role: 'viewer', language });
    const visitor = { url: service.url, cookies: new Map<string, string>() };
    const { pathname, search } = new URL(link);
    expect(await faultsOf(visitor, { 'sign-in': '/console/sign-in', welcome: pathname + search })).toEqual([]);
  });

  type Pages = Readonly<Record<string, string>>;

  /** What is wrong with these pages, a line each; both widths side by side. */
  async function faultsOf(who: Pick<SignedIn, 'url' | 'cookies'>, pages: Pages): Promise<string[]> {
    const faults = await Promise.all(
      widths.map(async (width) => {
        const page = await windowOf(browser, who, contextOf(lookAt(width)));
        const found = await faultsIn(page, width, pages);
        await page.context().close();
        return found.map((fault) => `${width} px: ${fault}`);
      }),
    );
    return faults.flat();
  }

  async function faultsIn(page: Page, width: Look['width'], pages: Pages): Promise<string[]> {
    const faults: string[] = [];
    for (const [name, path] of Object.entries(pages)) {
      const answer = await page.goto(path);
      const status = answer?.status();
      if (status !== (name === 'nothing' ? 404 : 200)) faults.push(`${name}: is answered with ${status}`);
      const lang = await page.locator('html').getAttribute('lang');
      if (lang !== language) faults.push(`${name}: says that it is in ${lang}`);
      const scroll = await sidewaysScroll(page);
      if (scroll > 0) faults.push(`${name}: is ${scroll} px too wide`);
      faults.push(...(await violationsOf(page)).map((violation) => `${name}: ${violation}`));
      if (folder) {
        await page.screenshot({
          path: join(folder, `${name}-${language}-${colorScheme}-${width}.png`),
          fullPage: true,
        });
      }
    }
    return faults;
  }
});
