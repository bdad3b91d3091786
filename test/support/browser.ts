import { AxeBuilder } from '@axe-core/playwright';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const folder = join(process.cwd(), '.data', 'browser-147');

/** A real browser out of the npm registry, without a window. */
export async function startBrowser(): Promise<Browser> {
  execFileSync(process.execPath, [join(process.cwd(), 'test/support/unpack-browser.mjs'), folder]);
  return chromium.launch({
    executablePath: join(folder, 'chromium'),
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-sync'],
    env: { LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'), FONTCONFIG_FILE: join(folder, 'fonts.conf'), HOME: folder },
  });
}

/** How a page is looked at. */
export interface Look {
  readonly locale: 'en-US' | 'pt-BR' | 'es-MX';
  readonly colorScheme: 'light' | 'dark';
  readonly width: 320 | 1280;
}

export const contextOf = ({ locale, colorScheme, width }: Look): BrowserContextOptions => ({
  locale,
  colorScheme,
  viewport: { width, height: width === 320 ? 720 : 900 },
  reducedMotion: 'reduce',
});

/** What WCAG 2.2 AA finds wrong with the page, a line each. */
export async function violationsOf(page: Page): Promise<string[]> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  // Without the "legacy mode" each look opens a second, empty page for what frames found; ours have no frames.
  const { violations } = await new AxeBuilder({ page }).withTags(tags).setLegacyMode(true).analyze();
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 200)}`));
}

/** By how many pixels the page is wider than its window; a page that scrolls sideways fails WCAG 1.4.10. */
export const sidewaysScroll = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
