import type { Browser, Page } from 'playwright-core';
import { sayIn } from '../../src/texts/say.js';
import { contextOf, startBrowser, violationsOf } from '../support/browser.js';
import { csrfTokenOf, PASSWORD, signIn, type SignedIn } from '../support/console.js';
import { until } from '../support/until.js';
import { Store, windowOf } from './store.js';

/*
 * What somebody at a store does, from the link in the mail to the cancellation that is finished: in Portuguese, with a mouse, by the keyboard
 * alone, and in a browser without scripts.
 */

const say = sayIn('pt-BR');
const look = { locale: 'pt-BR', colorScheme: 'light', width: 1280 } as const;

let store: Store;
let browser: Browser;
let clerk: SignedIn;

beforeAll(async () => {
  [store, browser] = await Promise.all([Store.open(), startBrowser()]);
  clerk = await store.person('pt-BR', 'operator');
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await store?.close();
});

const linkInMailAbout = async (paymentId: string): Promise<string> => {
  const link = new RegExp(
    `${store.service.url.replace(/\d+$/, '\\d+')}/console/manual-cancellations/[0-9a-f-]{36}|http://localhost:\\d+/console/manual-cancellations/[0-9a-f-]{36}`,
  );
  let found = '';
  await until('the mail', () => {
    const mail = store.service.outbox.mails.find(({ text }) => text.includes(paymentId));
    found = link.exec(mail?.text ?? '')?.[0] ?? '';
    return found !== '';
  });
  return new URL(found).pathname;
};

const button = (page: Page, key: Parameters<typeof say>[0]) =>
  page.getByRole('button', { name: say(key), exact: true });

const expectNoViolations = async (page: Page) => expect(await violationsOf(page)).toEqual([]);

describe.each([
  ['with a mouse and scripts', true],
  ['without scripts', false],
])('a clerk %s', (_, javaScriptEnabled) => {
  it('comes from the mail, signs in, takes the cancellation, resolves it, undoes that, and resolves it again', async () => {
    const paymentId = await store.cancel('corecard', 'refuses');
    const context = await browser.newContext({ ...contextOf(look), baseURL: store.service.url, javaScriptEnabled });
    const page = await context.newPage();

    await page.goto(await linkInMailAbout(paymentId));
    if (javaScriptEnabled) await expectNoViolations(page);
    await page.locator('input[name=email]').fill(clerk.email);
    await page.locator('input[name=password]').fill(PASSWORD);
    await page.locator('main button[type=submit]').click();
    expect(new URL(page.url()).pathname).toBe(await store.pathOfManual(paymentId));
    if (javaScriptEnabled) await expectNoViolations(page);

    await button(page, 'manual.take').click();
    expect(await page.getByText(say('state.taken'), { exact: true }).count()).toBeGreaterThan(0);
    await page.locator('input[name=resolution][value=cancelled-at-issuer]').check();
    await page.locator('input[name=protocol]').fill('PROTOCOLO-77');
    await button(page, 'manual.resolve.button').click();
    await button(page, 'manual.undo.button').click();
    await page.locator('input[name=resolution][value=already-cancelled]').check();
    await button(page, 'manual.resolve.button').click();

    expect(await page.locator('main').innerText()).toContain(say('resolution.already-cancelled'));
    if (javaScriptEnabled) await expectNoViolations(page);
    const [row] = await store.database.query(
      'select state, resolution from manual_cancellations where payment_id = $1',
      [paymentId],
    );
    expect(row).toEqual({ state: 'resolved', resolution: 'already-cancelled' });
    await context.close();
  });

  it('finds a payment by its order number, as it is pasted, and the empty list says what it is for', async () => {
    const orderId = javaScriptEnabled ? 'V1700000000-01' : 'V1700000001-01';
    const paymentId = await store.cancel('qitech', 'works', { orderId });
    const page = await windowOf(browser, clerk, { ...contextOf(look), javaScriptEnabled });

    await page.goto('/console/manual-cancellations?view=overdue');
    expect(await page.locator('.empty').count()).toBe(1);
    await page.locator('header input[name=q]').fill(`  ${orderId.toLowerCase()} `);
    await page.locator('header form[role=search] button').click();

    expect(new URL(page.url()).pathname).toBe(`/console/payments/${paymentId}`);
    expect(await page.locator('ol.timeline > li').count()).toBeGreaterThan(2);
    if (javaScriptEnabled) await expectNoViolations(page);
    await page.context().close();
  });
});

describe('a clerk with a keyboard alone', () => {
  it('takes, resolves and opens a cancellation again, and always sees where the focus is', async () => {
    const paymentId = await store.cancel('vault', 'refuses');
    const page = await windowOf(browser, clerk, contextOf(look));
    await page.goto(await store.pathOfManual(paymentId));

    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe(say('shell.skip'));
    await tabTo(page, say('manual.take'));
    await sendByKey(page);
    await tabTo(page, 'cancelled-at-issuer');
    await page.keyboard.press('Space');
    await tabTo(page, say('manual.resolve.button'));
    await sendByKey(page);
    await tabTo(page, say('manual.reopen'));
    await page.keyboard.press('Enter');
    expect(await page.locator('dialog[open] :focus').count()).toBe(1);
    await expectNoViolations(page);
    await page.keyboard.press('Escape');
    expect(await focused(page)).toBe(say('manual.reopen'));
    await page.keyboard.press('Enter');
    await tabTo(page, say('manual.reopen'));
    await sendByKey(page);

    const [row] = await store.database.query('select state from manual_cancellations where payment_id = $1', [
      paymentId,
    ]);
    expect(row).toEqual({ state: 'open' });
    await page.context().close();
  });
});

describe('two merchants', () => {
  it('cannot open each other’s pages by any address, and see for them what they see for nothing', async () => {
    const paymentId = await store.cancel('artha', 'refuses');
    const stranger = await signIn(store.service, { role: 'admin', merchant: 'another-shop', language: 'pt-BR' });
    const page = await windowOf(browser, stranger, contextOf(look));
    const own = await store.pathOfManual(paymentId);

    for (const path of [own, `/console/payments/${paymentId}`, `/console/payments/${paymentId}/take-over`]) {
      const answer = await page.goto(path);
      expect({ path, status: answer?.status() }).toEqual({ path, status: 404 });
      expect(await page.locator('main').innerText()).toContain(say('fault.not-found'));
      expect(await page.content()).not.toContain(paymentId.slice(0, 8));
    }
    await page.goto(`/console/payments?q=${paymentId}`);
    expect(await page.locator('table').count()).toBe(0);
    await page.goto('/console/manual-cancellations?view=all');
    expect(await page.locator('tbody tr').count()).toBe(0);
    await page.context().close();
  });

  it('cannot send each other’s forms', async () => {
    const paymentId = await store.cancel('artha', 'refuses');
    const stranger = await signIn(store.service, { role: 'admin', merchant: 'another-shop' });
    const path = await store.pathOfManual(paymentId);

    const csrf = csrfTokenOf(stranger, `${path}/take`);
    const answer = await stranger.post(`${path}/take`, { csrf, version: '1' });

    expect(answer.status).toBe(404);
    const [row] = await store.database.query('select state from manual_cancellations where payment_id = $1', [
      paymentId,
    ]);
    expect(row).toEqual({ state: 'open' });
  });
});

/** What has the focus: the value of a choice, else its words. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(
    `(() => { const at = document.activeElement; return at.type === 'radio' ? at.value : (at.innerText || at.getAttribute('aria-label') || at.name || '').trim(); })()`,
  );

const sendByKey = (page: Page) => Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);

/** Presses Tab until this has the focus; fails where it never gets it, or where one cannot see it. */
async function tabTo(page: Page, words: string): Promise<void> {
  for (let presses = 0; presses < 150; presses += 1) {
    await page.keyboard.press('Tab');
    if ((await focused(page)) === words) {
      const outline: string = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
      expect(outline).not.toBe('none');
      return;
    }
  }
  throw new Error(`The focus never comes to "${words}"`);
}
