import type { Person, OneTimeLink } from '../../console/people/people.js';
import type { Role } from '../../console/frame/visitor.js';
import type { InvitedPerson } from '../../merchants/internal-people.controller.js';
import { languages } from '../../texts/language.js';
import { examples, inPath, responses, type Area } from '../operation.js';
import { choice, described, exactly, flag, listOf, orNull, ref, text, time } from '../schema.js';
import {
  fault,
  internalBody,
  merchantInQuery,
  notJson,
  notLetIn,
  operatorToken,
  refusal,
  wrongFields,
} from './internal-call.js';

const personId = inPath('personId', 'Ours, for the person.', { type: 'string', format: 'uuid' });
const unknown = refusal(404, 'No such merchant or person.', 'This merchant has no such person.');
const noMerchant = refusal(404, 'No such merchant.', 'There is no merchant loja-verde.');
const wrongMerchant = wrongFields({ merchant: 'must be one merchant id' });

const roles = Object.keys({ viewer: true, operator: true, admin: true } satisfies Record<Role, true>);
const role = described(
  'viewer sees; operator also takes and resolves; admin also people, notifications and issuers.',
  choice(...roles),
);
const language = described("Null: the merchant's.", orNull(choice(...languages)));

const person = {
  personId: '0b9f6c1e-6d0e-4f3a-9a51-2f6a8c1d7e10',
  email: 'maria@loja-azul.example',
  name: 'Maria Silva',
  role: 'operator',
  language: null,
  hasPassword: false,
  isDisabled: false,
  lastSignInAt: null,
  linkEndsAt: '2026-11-28T09:00:00.000Z',
};

const link = { link: 'https://cards.example.com/console/welcome?…', endsAt: '2026-11-28T09:00:00.000Z' };

export const people: Area = {
  name: 'People',
  description: "Who may use a merchant's console. With a one-time link a person chooses a password and is signed in.",
  paths: {
    '/internal/people': {
      get: {
        operationId: 'listPeople',
        summary: "List a merchant's people",
        description: 'Also those who are disabled. Nothing secret.',
        security: operatorToken,
        parameters: [merchantInQuery],
        responses: responses([
          { status: 200, means: 'All of them.', shape: ref('People'), example: { people: [person] } },
          ...notLetIn,
          noMerchant,
          wrongMerchant,
          fault,
        ]),
      },
      post: {
        operationId: 'addPerson',
        summary: 'Add a person',
        description: 'The link is good for one use within 7 days. **Sent again** it is refused: the address is known.',
        security: operatorToken,
        parameters: [merchantInQuery],
        requestBody: internalBody(
          ref('NewPerson'),
          examples(['Somebody new', { email: person.email, name: person.name, role: person.role }]),
        ),
        responses: responses([
          {
            status: 201,
            means: 'Added. The link is shown this once.',
            shape: ref('InvitedPerson'),
            example: { person, ...link },
          },
          notJson,
          ...notLetIn,
          noMerchant,
          refusal(409, 'The merchant knows the address.', 'Somebody with this e-mail address is there already.'),
          wrongFields({ email: 'must be an e-mail address' }),
          fault,
        ]),
      },
    },
    '/internal/people/{personId}': {
      put: {
        operationId: 'changePerson',
        summary: "Change a person's role, disable or enable them",
        description:
          'What is absent stays as it is. It holds at once: their sessions end. **Sent again** it changes nothing.',
        security: operatorToken,
        parameters: [personId, merchantInQuery],
        requestBody: internalBody(ref('PersonChange'), examples(['Let somebody in no more', { isDisabled: true }])),
        responses: responses([
          {
            status: 200,
            means: 'Changed.',
            shape: ref('Person'),
            example: { ...person, isDisabled: true, linkEndsAt: null },
          },
          notJson,
          ...notLetIn,
          unknown,
          refusal(
            409,
            'Nobody who can sign in would be an administrator any more.',
            'This is the last administrator who can sign in. Make another one first.',
          ),
          wrongFields({ role: 'must be viewer, operator or admin' }),
          fault,
        ]),
      },
    },
    '/internal/people/{personId}/link': {
      post: {
        operationId: 'makePersonLink',
        summary: 'Make a one-time link',
        description:
          'In place of the one before. Good for one use within 24 hours; 7 days for who has no password yet. The old password stays good until a new one is chosen.',
        security: operatorToken,
        parameters: [personId, merchantInQuery],
        responses: responses([
          { status: 201, means: 'Shown this once.', shape: ref('OneTimeLink'), example: link },
          ...notLetIn,
          unknown,
          refusal(409, 'The person is disabled.', 'This person is disabled. Enable them first.'),
          wrongMerchant,
          fault,
        ]),
      },
    },
  },
  schemas: {
    People: exactly({ people: listOf(ref('Person')) }),
    Person: exactly<Person>({
      personId: text,
      email: text,
      name: text,
      role,
      language,
      hasPassword: described('False until the first link was used.', flag),
      isDisabled: flag,
      lastSignInAt: orNull(time),
      linkEndsAt: described('Until when a one-time link is good.', orNull(time)),
    }),
    NewPerson: exactly(
      { email: { type: 'string', maxLength: 254 }, name: { ...text, maxLength: 100 }, role },
      { language },
    ),
    PersonChange: exactly({}, { role, isDisabled: flag }),
    OneTimeLink: exactly<OneTimeLink>({ link: text, endsAt: time }),
    InvitedPerson: exactly<InvitedPerson>({ person: ref('Person'), link: text, endsAt: time }),
  },
};
