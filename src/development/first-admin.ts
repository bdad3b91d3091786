import { ServiceClient } from '../cli/service-client.js';

const EMAIL = 'admin@example.com';

interface KnownPerson {
  readonly personId: string;
  readonly role: string;
  readonly hasPassword: boolean;
  readonly isDisabled: boolean;
}

/**
 * The way into a console that nobody has been in: an administrator of the default merchant, with a one-time link. As long as nobody has
 * used it, every start gives a new one.
 *
 * @returns null where somebody has a password
 */
export async function firstAdmin(url: string, adminToken: string): Promise<string | null> {
  const client = new ServiceClient(url, adminToken);
  const { body } = await client.need({ method: 'GET', path: 'people' });
  const people = body.people as KnownPerson[];
  if (people.length === 0) return linkOf(client, 'people', { email: EMAIL, name: 'Admin', role: 'admin' });
  const invited = people.find(({ role, isDisabled }) => role === 'admin' && !isDisabled);
  if (!invited || people.some(({ hasPassword }) => hasPassword)) return null;
  return linkOf(client, `people/${invited.personId}/link`);
}

async function linkOf(client: ServiceClient, path: string, body?: Readonly<Record<string, string>>): Promise<string> {
  return String((await client.need({ method: 'POST', path, body })).body.link);
}
