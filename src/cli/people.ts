import type { Command, Terminal, Values } from './cli.js';
import { textOf } from './cli.js';
import { CommandError, serviceClient, type ServiceClient } from './service-client.js';
import { table } from './table.js';

/** As `GET /internal/people` shows one. */
interface ShownPerson {
  readonly personId: string;
  readonly email: string;
  readonly name: string;
  readonly role: string;
  readonly hasPassword: boolean;
  readonly isDisabled: boolean;
  readonly lastSignInAt: string | null;
  readonly linkEndsAt: string | null;
}

const list: Command = {
  name: 'people list',
  positionals: [],
  does: 'shows who may use the console',
  options: {},
  help: [],
  run: async (terminal, _, values) => {
    const { client, merchant } = callerOf(terminal, values);
    const people = await peopleOf(client, merchant);
    if (values.json) terminal.out(jsonOf({ people }));
    else {
      const rows = people.map((person) => [
        person.email,
        person.name,
        person.role,
        stateOf(person),
        person.lastSignInAt?.slice(0, 16).replace('T', ' ') ?? 'never',
      ]);
      terminal.out(table(['e-mail', 'name', 'role', 'state', 'last sign-in (UTC)'], rows));
    }
    return 0;
  },
};

const add: Command = {
  name: 'people add',
  positionals: ['<e-mail>'],
  does: 'lets somebody use the console, and makes the link with which they choose a password',
  options: { name: { type: 'string' }, role: { type: 'string' }, language: { type: 'string' } },
  help: [
    '--name <text>           as colleagues know them; else their e-mail',
    '--role <role>           viewer sees, operator also takes and resolves, admin also people and settings; else viewer',
    "--language <tag>        en, pt-BR or es; else the merchant's",
  ],
  run: async (terminal, [email = ''], values) => {
    const { client, merchant } = callerOf(terminal, values);
    const body = {
      email,
      name: textOf(values, 'name') ?? email,
      role: textOf(values, 'role') ?? 'viewer',
      ...(values.language === undefined ? {} : { language: values.language }),
    };
    const made = await client.need({ method: 'POST', path: 'people', query: { merchant }, body });
    terminal.out(values.json ? jsonOf(made.body) : linkWords(email, made.body));
    return 0;
  },
};

const link: Command = {
  name: 'people link',
  positionals: ['<e-mail>'],
  does: 'makes a new link with which somebody chooses a password; the one before ends',
  options: {},
  help: ['For whoever lost theirs, or forgot the password. The old password stays good until a new one is chosen.'],
  run: async (terminal, [email = ''], values) => {
    const { client, merchant } = callerOf(terminal, values);
    const { personId } = await personOf(client, merchant, email);
    const { body } = await client.need({ method: 'POST', path: `people/${personId}/link`, query: { merchant } });
    terminal.out(values.json ? jsonOf(body) : linkWords(email, body));
    return 0;
  },
};

const role: Command = {
  name: 'people role',
  positionals: ['<e-mail>', '<role>'],
  does: 'changes what somebody may do: viewer, operator or admin',
  options: {},
  help: ['They are signed out, and sign in with the new role.'],
  run: (terminal, [email = '', to = ''], values) => change(terminal, values, { email, body: { role: to } }),
};

const disable: Command = {
  name: 'people disable',
  positionals: ['<e-mail>'],
  does: 'lets somebody in no more, at once; --undo lets them in again',
  options: { undo: { type: 'boolean' } },
  help: ['What they did stays in the history. The last administrator cannot be disabled.'],
  run: (terminal, [email = ''], values) =>
    change(terminal, values, { email, body: { isDisabled: values.undo !== true } }),
};

export const peopleCommands: readonly Command[] = [list, add, link, role, disable];

async function change(
  terminal: Terminal,
  values: Values,
  { email, body }: { readonly email: string; readonly body: Readonly<Record<string, unknown>> },
): Promise<0> {
  const { client, merchant } = callerOf(terminal, values);
  const { personId } = await personOf(client, merchant, email);
  const changed = await client.need({ method: 'PUT', path: `people/${personId}`, query: { merchant }, body });
  const person = changed.body as unknown as ShownPerson;
  terminal.out(values.json ? jsonOf(person) : `${person.email}: ${person.role}, ${stateOf(person)}.\n`);
  return 0;
}

const callerOf = ({ environment }: Terminal, values: Values) => ({
  client: serviceClient(textOf(values, 'url'), environment),
  merchant: textOf(values, 'merchant'),
});

async function peopleOf(client: ServiceClient, merchant: string | undefined): Promise<readonly ShownPerson[]> {
  const { body } = await client.need({ method: 'GET', path: 'people', query: { merchant } });
  return body.people as ShownPerson[];
}

async function personOf(client: ServiceClient, merchant: string | undefined, email: string): Promise<ShownPerson> {
  const people = await peopleOf(client, merchant);
  const found = people.find((person) => person.email === email.trim().toLowerCase());
  if (found) return found;
  throw new CommandError(`This merchant knows nobody with the e-mail ${email}. "people list" shows who is there.`);
}

function stateOf({ isDisabled, hasPassword, linkEndsAt }: ShownPerson): string {
  if (isDisabled) return 'disabled';
  if (hasPassword) return 'active';
  return linkEndsAt === null ? 'without a password, and the link has ended' : 'has not used the link yet';
}

const linkWords = (email: string, { link: address, endsAt }: Readonly<Record<string, unknown>>) =>
  `Give this link to ${email}, and to nobody else: who opens it chooses the password.\n\n  ${String(address)}\n\nGood for one use, until ${String(endsAt)}. It is shown this once.\n`;

const jsonOf = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
