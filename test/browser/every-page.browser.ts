import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import type { Language } from '../../src/texts/language.js';
import { contextOf, sidewaysScroll, startBrowser, violationsOf, type Look } from '../support/browser.js';
import { addPerson, ConsoleClient, type SignedIn } from '../support/console.js';
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
  (['light', 'dark'] as const).flatMap((colorScheme) =>
    ([1280, 320] as const).map((width) => ({ language, colorScheme, width })),
  ),
);

describe.each(looks)('in $language, $colorScheme, $width px wide', ({ language, colorScheme, width }) => {
  const look: Look = { locale: locales[language], colorScheme, width };
  let person: SignedIn;

  beforeAll(async () => {
    person = await filled.store.person(language);
  });

  it('no page of somebody who is signed in has anything wrong', async () => {
    const page = await windowOf(browser, person, contextOf(look));
    for (const [name, path] of Object.entries(filled.pages)) {
      const answer = await page.goto(path);
      expect({ name, status: answer?.status() }).toEqual({ name, status: name === 'nothing' ? 404 : 200 });
      expect({ name, lang: await page.locator('html').getAttribute('lang') }).toEqual({ name, lang: language });
      expect({ name, violations: await violationsOf(page), scroll: await sidewaysScroll(page) }).toEqual({
        name,
        violations: [],
        scroll: 0,
      });
      if (folder)
        await page.screenshot({
          path: join(folder, `${name}-${language}-${colorScheme}-${width}.png`),
          fullPage: true,
        });
    }
    await page.context().close();
  });

  it('neither has the way in', async () => {
    const { link } = await addPerson(filled.store.service, { role: 'viewer', language });
    const visitor = Object.assign(new ConsoleClient(filled.store.service.url), person, {
      cookies: new Map<string, string>(),
    });
    const page = await windowOf(browser, visitor, contextOf(look));
    const { pathname, search } = new URL(link);
    for (const [name, path] of Object.entries({ 'sign-in': '/console/sign-in', welcome: pathname + search })) {
      await page.goto(path);
      expect({ name, lang: await page.locator('html').getAttribute('lang') }).toEqual({ name, lang: language });
      expect({ name, violations: await violationsOf(page), scroll: await sidewaysScroll(page) }).toEqual({
        name,
        violations: [],
        scroll: 0,
      });
      if (folder)
        await page.screenshot({
          path: join(folder, `${name}-${language}-${colorScheme}-${width}.png`),
          fullPage: true,
        });
    }
    await page.context().close();
  });
});
