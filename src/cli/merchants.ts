import type { Command, Terminal, Values } from './cli.js';
import { textOf } from './cli.js';
import { CommandError, serviceClient } from './service-client.js';
import { table } from './table.js';

/** As `GET /internal/merchants` shows one. */
interface ShownMerchant {
  readonly merchantId: string;
  readonly name: string;
  readonly isTest: boolean;
  readonly vtexAccount: string | null;
  readonly language: string | null;
  readonly timeZone: string | null;
  readonly isFromSettings: boolean;
  readonly credentials: readonly { readonly slot: number; readonly createdAt: string }[];
  readonly hasLinkToken: boolean;
}

const clientOf = ({ environment }: Terminal, values: Values) => serviceClient(textOf(values, 'url'), environment);

const pathOf = (merchantId: string, rest = '') => `merchants/${encodeURIComponent(merchantId)}${rest}`;

const SHOWN_ONCE = 'They are shown this once; the service keeps only what they can be compared with.';

const add: Command = {
  name: 'merchants add',
  positionals: ['<merchantId>'],
  does: 'makes a merchant, with the credentials that VTEX sends for it',
  options: {
    name: { type: 'string' },
    'vtex-account': { type: 'string' },
    language: { type: 'string' },
    'time-zone': { type: 'string' },
    test: { type: 'boolean' },
  },
  help: [
    '--name <text>           as people call it',
    "--vtex-account <name>   the store's account, for links into VTEX's admin",
    '--language <tag>        en, pt-BR or es: of its console and mails where a person has said nothing',
    '--time-zone <name>      such as America/Sao_Paulo',
    "--test                  a merchant for VTEX's Test Suite: its header scripts answers",
    '',
    'The id is 1 to 60 lower-case letters, digits or -. For a merchant that is there, changes what is given.',
  ],
  run: async (terminal, [merchantId = ''], values) => {
    const client = clientOf(terminal, values);
    const saved = await client.need({
      method: 'PUT',
      path: pathOf(merchantId),
      body: {
        ...(values.name === undefined ? {} : { name: values.name }),
        ...(values['vtex-account'] === undefined ? {} : { vtexAccount: values['vtex-account'] }),
        ...(values.language === undefined ? {} : { language: values.language }),
        ...(values['time-zone'] === undefined ? {} : { timeZone: values['time-zone'] }),
        ...(values.test === undefined ? {} : { isTest: values.test }),
      },
    });
    if (saved.status === 200) {
      terminal.out(
        values.json
          ? jsonOf({ merchant: saved.body })
          : `Merchant ${merchantId} was there, and has what was given now.\n`,
      );
      return 0;
    }
    const { body: pair } = await client.need({ method: 'POST', path: pathOf(merchantId, '/credentials') });
    if (values.json) terminal.out(jsonOf({ merchant: saved.body, credentials: pair }));
    else terminal.out(`Merchant ${merchantId} is made.\n${pairWords(pair)}`);
    return 0;
  },
};

const list: Command = {
  name: 'merchants list',
  positionals: [],
  does: 'shows the merchants, and how many pairs of credentials each has',
  options: {},
  help: ['Those of the settings have credentials there too.'],
  run: async (terminal, _, values) => {
    const { body } = await clientOf(terminal, values).need({ method: 'GET', path: 'merchants' });
    const merchants = body.merchants as ShownMerchant[];
    if (values.json) terminal.out(jsonOf({ merchants }));
    else {
      terminal.out(
        table(
          ['merchant', 'name', 'VTEX account', 'language', 'time zone', 'credentials', 'link token', ''],
          merchants.map((merchant) => [
            merchant.merchantId,
            merchant.name,
            merchant.vtexAccount ?? '',
            merchant.language ?? '',
            merchant.timeZone ?? '',
            [
              ...(merchant.isFromSettings ? ['settings'] : []),
              ...merchant.credentials.map(({ slot, createdAt }) => `slot ${slot} of ${createdAt.slice(0, 10)}`),
            ].join(', ') || 'none',
            merchant.hasLinkToken ? 'yes' : 'no',
            merchant.isTest ? 'for tests' : '',
          ]),
        ),
      );
    }
    return 0;
  },
};

const rotate: Command = {
  name: 'merchants rotate',
  positionals: ['<merchantId>'],
  does: 'gives a merchant new credentials beside the old ones; --finish ends the old ones',
  options: { finish: { type: 'boolean' } },
  help: [
    "Two pairs are valid at once: make the new one, enter it in the store's gateway affiliation in VTEX,",
    'and run it with --finish when VTEX sends the new one.',
  ],
  run: async (terminal, [merchantId = ''], values) => {
    const client = clientOf(terminal, values);
    if (values.finish) {
      const { body } = await client.need({ method: 'GET', path: 'merchants' });
      const merchant = (body.merchants as ShownMerchant[]).find((one) => one.merchantId === merchantId);
      const [older, newer] = [...(merchant?.credentials ?? [])].sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
      if (!older || !newer)
        throw new CommandError(
          merchant?.isFromSettings
            ? `The old credentials of ${merchantId} are in the settings of the service: put others there, or the same as the new ones, and start it again.`
            : `Merchant ${merchantId} has no two pairs of credentials: there is nothing to finish.`,
        );
      const retired = await client.need({ method: 'DELETE', path: pathOf(merchantId, `/credentials/${older.slot}`) });
      terminal.out(values.json ? jsonOf(retired.body) : `${String(retired.body.message)}\n`);
      return 0;
    }
    const answer = await client.call({ method: 'POST', path: pathOf(merchantId, '/credentials') });
    if (answer.status === 409) throw new CommandError(`${client.faultOf(answer)} Run this with --finish.`);
    const pair = answer.body;
    if (answer.status >= 300 || !pair) throw new CommandError(client.faultOf(answer));
    if (values.json) terminal.out(jsonOf({ credentials: pair }));
    else terminal.out(`${pairWords(pair)}The old ones stay valid: run it again with --finish when VTEX sends these.\n`);
    return 0;
  },
};

const linkToken: Command = {
  name: 'merchants link-token',
  positionals: ['<merchantId>'],
  does: 'makes a token with which the merchant links and reads its own payments; the one before ends',
  options: {},
  help: [
    'It goes where the operator\'s token goes: "Authorization: Bearer …" on /internal/payments, or LINK_TOKEN for this command.',
  ],
  run: async (terminal, [merchantId = ''], values) => {
    const { body } = await clientOf(terminal, values).need({ method: 'POST', path: pathOf(merchantId, '/link-token') });
    terminal.out(
      values.json
        ? jsonOf(body)
        : `link token: ${String(body.linkToken)}\n${SHOWN_ONCE.replace('They are', 'It is').replace('they', 'it')}\n`,
    );
    return 0;
  },
};

const connect: Command = {
  name: 'merchants connect',
  positionals: ['<merchantId>'],
  does: "makes a code for whoever connects this merchant from VTEX's admin",
  options: {},
  help: ["The page that VTEX's admin opens asks for it. Good for one use, within 24 hours."],
  run: async (terminal, [merchantId = ''], values) => {
    const { body } = await clientOf(terminal, values).need({
      method: 'POST',
      path: pathOf(merchantId, '/connection-code'),
    });
    terminal.out(
      values.json
        ? jsonOf(body)
        : `connection code: ${String(body.connectionCode)}\nGood for one use, until ${String(body.expiresAt)}.\n`,
    );
    return 0;
  },
};

const pairWords = (pair: Readonly<Record<string, unknown>>) =>
  `app key:   ${String(pair.appKey)}\napp token: ${String(pair.appToken)}\n${SHOWN_ONCE}\n`;

const jsonOf = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

export const merchantsCommands: readonly Command[] = [add, list, rotate, linkToken, connect];
