import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type { IssuerCode } from '../../src/issuers/index.js';
import type { BehaviourName } from '../../src/issuers/simulator-server.js';
import type { Language } from '../../src/texts/language.js';
import { signIn, type SignedIn } from '../support/console.js';
import { makeTestDatabase, type TestDatabase } from '../support/database.js';
import { newId, startTestService, type TestService } from '../support/service.js';
import { startTestSimulators, type TestSimulators } from '../support/simulators.js';

/** The default merchant's store, with simulated issuers behind it, and a browser's way in. */
export class Store {
  private constructor(
    readonly service: TestService,
    readonly database: TestDatabase,
    readonly simulators: TestSimulators,
  ) {}

  static async open(environment: Readonly<Record<string, string>> = {}): Promise<Store> {
    const [simulators, database] = await Promise.all([startTestSimulators(), makeTestDatabase()]);
    const settings = { ...simulators.settings, DATABASE_URL: database.url, ANSWER_DEADLINE_MS: '2000' };
    const masterKey = Buffer.alloc(32, 7).toString('base64');
    const service = await startTestService({
      ...settings,
      MASTER_KEY: masterKey,
      WEBHOOK_ALLOW_HTTP: '1',
      ...environment,
    });
    simulators.of.artha.sendCallbacksTo(`${service.url}/callbacks/artha`);
    return new Store(service, database, simulators);
  }

  async close(): Promise<void> {
    await this.service.stop();
    await this.simulators.stop();
    await this.database.drop();
  }

  /** Links a payment to a card that behaves so, and lets VTEX cancel it. */
  async cancel(
    issuer: IssuerCode,
    behaviour: BehaviourName,
    { orderId = `${newId().slice(0, 13)}-01`, value = 12_990, sandbox = false } = {},
  ): Promise<string> {
    const paymentId = newId();
    const reference = this.simulators.of[issuer].referenceFor(behaviour);
    await this.service.link(paymentId, { issuer, reference, orderId, value, sandbox });
    await this.service.cancel(paymentId, { requestId: newId(), sandboxMode: sandbox });
    return paymentId;
  }

  /** The path of the page on which a person finishes the payment's cancellation by hand. */
  async pathOfManual(paymentId: string): Promise<string> {
    const [row] = await this.database.query<{ id: string }>(
      'select manual_cancellation_id as id from manual_cancellations where payment_id = $1',
      [paymentId],
    );
    if (!row) throw new Error(`Payment ${paymentId} has no manual cancellation`);
    return `/console/manual-cancellations/${row.id}`;
  }

  person(
    language: Language,
    role: 'viewer' | 'operator' | 'admin' = 'admin',
    name = 'Marina Silva',
  ): Promise<SignedIn> {
    return signIn(this.service, { role, language, name });
  }
}

/** A window with this person's cookies. */
export async function windowOf(
  browser: Browser,
  person: Pick<SignedIn, 'url' | 'cookies'>,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({ ...options, baseURL: person.url });
  await takeCookies(context, person);
  return context.newPage();
}

async function takeCookies(context: BrowserContext, person: Pick<SignedIn, 'url' | 'cookies'>): Promise<void> {
  const { hostname } = new URL(person.url);
  const cookies = [...person.cookies].map(([name, value]) => ({ name, value, domain: hostname, path: '/console' }));
  await context.addCookies(cookies);
}
