import { randomBytes } from 'node:crypto';
import { Failed, Skipped, demand, type Check } from '../check.js';
import { credentialsIn, isText, operations, type Session } from '../session.js';
import { sources } from '../sources.js';

const [VTEX, PROVIDER] = ['X-VTEX-API-', 'X-PROVIDER-API-'];

/** Whom a provider believes. With right credentials and with wrong ones. */
export const credentialChecks: readonly Check[] = [
  knownCheck('vtex-family', 'X-VTEX-API-AppKey and -AppToken are known', sources.helpCenter, (key, token) =>
    credentialsIn(VTEX, key, token),
  ),
  knownCheck('provider-family', 'X-PROVIDER-API-AppKey and -AppToken are known', sources.headers, (key, token) =>
    credentialsIn(PROVIDER, key, token),
  ),
  ...[VTEX, PROVIDER].flatMap((family) => [
    knownCheck(`lower-case-${nameOf(family)}`, `${family}… in lower case is known`, sources.headers, (key, token) =>
      credentialsIn(family, key, token).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    knownCheck(`upper-case-${nameOf(family)}`, `${family}… in upper case is known`, sources.headers, (key, token) =>
      credentialsIn(family, key, token).map(([name, value]) => [name.toUpperCase(), value]),
    ),
  ]),
  refusedCheck('wrong-token', 'A wrong token is refused', (key, token) => both(key, changed(token))),
  refusedCheck('unknown-key', 'An unknown key is refused', (_, token) => both(`vtexappkey-${unguessable()}`, token)),
  refusedCheck('none', 'No credentials are refused', () => []),
  refusedCheck('empty', 'Empty credentials are refused', () => both('', '')),
  {
    id: 'credentials.no-effect',
    title: 'A refused cancellation cancels nothing',
    why: 'A refusal that comes after the effect is none.',
    source: sources.headers,
    async run(session) {
      const { appKey, appToken } = known(session);
      const payment = await session.approvedPayment();
      await session.cancel(payment, { credentials: both(appKey, changed(appToken)), isRegular: false });
      const settled = await session.settle(payment);
      demand(isText(settled.fields.settleId), 'a settleId: the payment is still approved', settled);
    },
  },
  {
    id: 'credentials.manifest',
    title: 'GET /manifest needs no credentials',
    why: 'The reference names none for it, and VTEX reads it before a merchant has any.',
    source: sources.manifest,
    async run(session) {
      const answer = await session.manifest({ credentials: [], isTestSuite: false });
      demand(answer.status === 200, 'status 200', answer);
    },
  },
];

type Headers = [name: string, value: string][];

function knownCheck(
  name: string,
  title: string,
  source: Check['source'],
  headers: (key: string, token: string) => Headers,
): Check {
  return {
    id: `credentials.${name}`,
    title,
    why: 'VTEX sends either family, by how the connector is published, and its spelling differs from page to page.',
    source,
    async run(session) {
      const { appKey, appToken } = known(session);
      const credentials = headers(appKey, appToken);
      const answer = await session.create(await session.scriptedPayment('approved'), { credentials });
      demand(answer.status === 200, `status 200 with ${namesOf(credentials)} alone`, answer);
    },
  };
}

/** Refused by every call, also with the header of the Test Suite: it must not open what credentials close. */
function refusedCheck(name: string, title: string, headers: (key: string, token: string) => Headers): Check {
  return {
    id: `credentials.${name}`,
    title,
    why: "Whoever gets through cancels other people's orders. The Test Suite's header is no credential.",
    source: sources.headers,
    async run(session) {
      const { appKey, appToken } = known(session);
      const credentials = headers(appKey, appToken);
      const payment = await session.approvedPayment();
      for (const isTestSuite of [true, false]) {
        for (const operation of operations) {
          const about = operation === 'create' ? await session.scriptedPayment('approved') : payment;
          const answer = await session.call(operation, about, { credentials, isTestSuite, isRegular: false });
          const words = isTestSuite ? "with the Test Suite's header" : "without the Test Suite's header";
          demand([401, 403].includes(answer.status), `status 401 or 403 ${words}`, answer);
          const sent = credentials.map(([, value]) => value).filter((value) => value !== '');
          const shown = [appToken, ...sent].some((secret) => answer.text.includes(secret));
          if (shown) throw new Failed('an answer that shows no credentials', answer);
        }
      }
    },
  };
}

/** @throws {Skipped} */
function known({ provider }: Session): { readonly appKey: string; readonly appToken: string } {
  if (provider.appKey === '' || provider.appToken === '') throw new Skipped('no --app-key and --app-token were given');
  return provider;
}

const both = (key: string, token: string): Headers => [
  ...credentialsIn(VTEX, key, token),
  ...credentialsIn(PROVIDER, key, token),
];

function nameOf(family: string): string {
  return family === VTEX ? 'vtex' : 'provider';
}

const namesOf = (credentials: Headers) => credentials.map(([name]) => name).join(' and ');

/** As long as the right one, and wrong in its last letter only. */
const changed = (token: string) => token.slice(0, -1) + (token.endsWith('x') ? 'y' : 'x');

const unguessable = () => randomBytes(8).toString('hex');
