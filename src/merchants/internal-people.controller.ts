import { Body, Controller, Get, Header, HttpException, Param, Post, Put, Query } from '@nestjs/common';
import {
  isPersonId,
  isRole,
  OPERATOR,
  People,
  readEmail,
  readName,
  type NewPerson,
  type OneTimeLink,
  type Person,
} from '../console/people/people.js';
import type { Role } from '../console/frame/visitor.js';
import { JsonBodyPipe } from '../operations/json-body.pipe.js';
import { Log } from '../operations/log.js';
import { refuseWrong } from '../operations/wrong-fields.js';
import { isLanguage } from '../texts/language.js';
import { merchantInQuery } from './known-merchant.js';
import { MerchantRegister } from './merchant-register.js';
import { Merchants } from './merchants.js';

/** A person and their one-time link, which is shown this once. */
export interface InvitedPerson extends OneTimeLink {
  readonly person: Person;
}

/** `/internal/people`: who may use a merchant's console. */
@Controller('internal/people')
export class InternalPeopleController {
  constructor(
    private readonly merchants: Merchants,
    private readonly register: MerchantRegister,
    private readonly people: People,
    private readonly log: Log,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  async list(@Query('merchant') merchant: unknown): Promise<{ people: Person[] }> {
    return { people: await this.people.list(merchantInQuery(this.merchants, merchant).merchantId) };
  }

  /** `{ "email", "name", "role", "language"? }`; 409 for an address that the merchant knows already. */
  @Post()
  @Header('cache-control', 'no-store')
  async add(
    @Query('merchant') merchant: unknown,
    @Body(new JsonBodyPipe()) body: Readonly<Record<string, unknown>>,
  ): Promise<InvitedPerson> {
    const { merchantId } = merchantInQuery(this.merchants, merchant);
    const person = readPerson(body);
    await this.register.ensure(merchantId);
    const added = await this.people.add(merchantId, person, OPERATOR);
    if (!added) throw new HttpException({ message: 'Somebody with this e-mail address is there already.' }, 409);
    this.log.info('A person was added.', { merchantId, data: { personId: added.person.personId, role: person.role } });
    return added;
  }

  /** `{ "role"?, "isDisabled"? }`; 409 where nobody could administer the people any more. */
  @Put(':personId')
  @Header('cache-control', 'no-store')
  async change(
    @Param('personId') personId: string,
    @Query('merchant') merchant: unknown,
    @Body(new JsonBodyPipe()) body: Readonly<Record<string, unknown>>,
  ): Promise<Person> {
    const key = this.#keyOf(personId, merchant);
    const { role, isDisabled } = readChange(body);
    const changes = [
      ...(role === undefined ? [] : [() => this.people.changeRole(key, role, OPERATOR)]),
      ...(isDisabled === undefined ? [] : [() => this.people.setDisabled(key, isDisabled, OPERATOR)]),
    ];
    for (const change of changes) {
      if ((await change()) === 'last-admin') throw new HttpException({ message: LAST_ADMIN }, 409);
    }
    const person = await this.people.find(key);
    if (!person) throw unknown();
    this.log.info('A person was changed.', { merchantId: key.merchantId, data: { personId, role: person.role } });
    return person;
  }

  /** A one-time link in place of the one before. */
  @Post(':personId/link')
  @Header('cache-control', 'no-store')
  async newLink(@Param('personId') personId: string, @Query('merchant') merchant: unknown): Promise<OneTimeLink> {
    const key = this.#keyOf(personId, merchant);
    const link = await this.people.newLink(key, OPERATOR);
    if (link) {
      this.log.info('A person has a new one-time link.', { merchantId: key.merchantId, data: { personId } });
      return link;
    }
    if ((await this.people.find(key)) === null) throw unknown();
    throw new HttpException({ message: 'This person is disabled. Enable them first.' }, 409);
  }

  #keyOf(personId: string, merchant: unknown) {
    const { merchantId } = merchantInQuery(this.merchants, merchant);
    if (!isPersonId(personId)) throw unknown();
    return { merchantId, personId };
  }
}

const LAST_ADMIN = 'This is the last administrator who can sign in. Make another one first.';

const unknown = () => new HttpException({ message: 'This merchant has no such person.' }, 404);

function readPerson({ email, name, role, language, ...others }: Readonly<Record<string, unknown>>): NewPerson {
  const [address, readableName] = [readEmail(email), readName(name)];
  const fields: Record<string, string> = {};
  if (address === null) fields.email = 'must be an e-mail address';
  if (readableName === null) fields.name = 'must be text of 1 to 100 characters without control characters';
  if (!isRole(role)) fields.role = ROLE;
  if (language !== undefined && language !== null && !isLanguage(language))
    fields.language = 'must be en, pt-BR, es or null';
  for (const field of Object.keys(others)) fields[field] = 'is not a field of a person';
  refuseWrong(fields);
  return {
    email: address ?? '',
    name: readableName ?? '',
    role: role as Role,
    language: (language ?? null) as Person['language'],
  };
}

const ROLE = 'must be viewer, operator or admin';

function readChange({ role, isDisabled, ...others }: Readonly<Record<string, unknown>>) {
  const fields: Record<string, string> = {};
  if (role !== undefined && !isRole(role)) fields.role = ROLE;
  if (isDisabled !== undefined && typeof isDisabled !== 'boolean') fields.isDisabled = 'must be true or false';
  for (const field of Object.keys(others)) fields[field] = 'cannot be changed';
  refuseWrong(fields);
  return { role, isDisabled } as { readonly role?: Role; readonly isDisabled?: boolean };
}
