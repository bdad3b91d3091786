import { inQuery, type Answer, type Operation, type RequestBody, type Examples } from '../operation.js';
import { described, exactly, ref, text, type Schema, type Schemas } from '../schema.js';

export const operatorToken: Operation['security'] = [{ operatorToken: [] }];

/** What a merchant may do by itself, for its own payments. */
export const linkToken: Operation['security'] = [...operatorToken, { linkToken: [] }];

export const merchantInQuery = inQuery(
  'merchant',
  'Another merchant than the default one. A link token means its own without it.',
  {
    type: 'string',
    pattern: '^[\\w-]{1,64}$',
  },
);

export const internalBody = (schema: Schema, given: Examples): RequestBody => ({
  required: true,
  content: { 'application/json': { schema, examples: given } },
});

/** An answer that says in a sentence why there is nothing else. */
export const refusal = (status: number, means: string, message: string): Answer => ({
  status,
  means,
  shape: ref('Message'),
  example: { message },
});

/** Who is not let in. */
export const notLetIn = [
  refusal(
    401,
    'Wrong token: it is missing, or it is neither the one of `ADMIN_API_TOKEN` nor a link token.',
    'The bearer token of /internal is missing or wrong.',
  ),
  refusal(
    403,
    'A link token: it links and reads the payments of its own merchant, and opens nothing else.',
    'A link token may link and read payments, and nothing else.',
  ),
];

export const notJson = refusal(400, 'The body is no JSON object.', 'The body must be a JSON object.');

export const wrongFields = (fields: Readonly<Record<string, string>>): Answer => ({
  status: 422,
  means: 'Wrong fields: each is named, with what it must be. Nothing was changed.',
  shape: ref('WrongFields'),
  example: { message: 'These fields are wrong; nothing was changed.', fields },
});

const merchantFault = { merchant: 'must be one merchant id' };

/** What every call may be answered that names a merchant. */
export const wrongMerchant = wrongFields(merchantFault);

export const fault = refusal(
  500,
  'A fault of ours. The reference finds it in the log.',
  'An internal error occurred. Reference: 7f8b1c2e-52c1-4b1e-9a35-0f6f3a0c9d11.',
);

export const internalSchemas: Schemas = {
  Message: exactly({ message: described('For people.', text) }),
  WrongFields: exactly({
    message: text,
    fields: described('By the name of the field, what it must be.', {
      type: 'object',
      minProperties: 1,
      additionalProperties: text,
    }),
  }),
};
