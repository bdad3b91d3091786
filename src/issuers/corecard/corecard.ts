import { isIP, isIPv4 } from 'node:net';
import { z } from 'zod';
import { defineIssuer, setting, type RefusalReason } from '../issuer.js';
import { corecardCallback } from './callback.js';
import { successCodes } from './codes.js';
import { connectCorecard } from './connector.js';
import { adminNumberOf, MAX_INT64 } from './wire.js';

const refusalReasons = [
  'already_printed',
  'refused_by_issuer',
  'instrument_not_active',
  'not_found',
] as const satisfies readonly RefusalReason[];

/**
 * Lengths: CoreCredit API, Cancel Physical Card Order page, where the maximum length stands under "Allowable Values".
 * The page names neither the token's header nor any code but the one of success; hence the settings for both.
 */
const shape = {
  ACCESS_TOKEN: setting
    .secret((token) =>
      /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(token) ? null : 'must be printable ASCII without blanks around it',
    )
    .optional(),
  TOKEN_HEADER: tokenHeader().default('Authorization'),
  /** Null (the word `none`): the header carries the bare token. An empty setting counts as not set, so it cannot say that. */
  TOKEN_SCHEME: tokenScheme().default('Bearer'),
  SOURCE: words(50).default('WEB'),
  API_VERSION: words(10).default('2.0'),
  /** Stands in where a reference has no `externalIp`, because VTEX does not send the buyer's address with a cancellation. */
  EXTERNAL_IP: ipAddress().optional(),
  IP_ADDRESS: setting.text().refine(isIPv4, { error: 'must be an IPv4 address' }).optional(),
  DATE_FORMAT: words(25).optional(),
  CURRENCY_CODE: words(10).optional(),
  CURRENCY_SYMBOL_TYPE: words(10).optional(),
  LANGUAGE: words(10).optional(),
  SESSION_ID: words(100).optional(),
  CALLER_ID: words(20).optional(),
  CALLED_ID: words(20).optional(),
  SEND_REQUEST_TIME: setting.flag().default(false),
  SUCCESS_CODES: setting.list().default([...successCodes]),
  ALREADY_CODES: setting.list().default([]),
  FINAL_CODES: finalCodes().default({}),
  RETRY_CODES: setting.list().default([]),
  /** Stands as `?secret=` in the addresses given to CoreCard: no page says how its webhooks are signed, if they are at all. */
  CALLBACK_SECRET: setting.secret(callbackSecretFault).optional(),
  /** What `ServiceName` may say, besides words for a cancelled order, in a webhook about one; the page does not tell. */
  CALLBACK_SERVICE_NAMES: setting.list().default([]),
};

const MAX_INT32 = 2_147_483_647;

const referenceSchema = z
  .strictObject({
    /** The embossing account's id; text, because a JavaScript number loses digits beyond 2^53. Kept without leading zeros. */
    adminNumber: adminNumber(),
    /** Which of the account's card orders: only the pair identifies one. */
    cardSequenceNumber: cardSequenceNumber(),
    /** The address of the end user who ordered the card; CoreCard wants it with every call. */
    externalIp: ipAddress().optional(),
  })
  .meta({
    description:
      'The embossing account and which of its card orders; `externalIp` is the address of whoever ordered it.',
    examples: [{ adminNumber: '129409', cardSequenceNumber: 1 }],
  });

/** CoreCard, CoreCredit API: cancels the order of a physical card, as long as the embosser has not printed it. */
export const corecard = defineIssuer({
  code: 'corecard',
  name: 'CoreCard',
  settings: { shape, credentials: ['ACCESS_TOKEN', 'CALLBACK_SECRET'], mandatory: ['ACCESS_TOKEN'] },
  reference: {
    schema: referenceSchema,
    identity: ({ adminNumber, cardSequenceNumber }) => `${BigInt(adminNumber)}/${cardSequenceNumber}`,
  },
  timeoutMs: 10_000,
  // Each hour brings the card nearer to the printer, and a printed card cannot be called back.
  giveUpHours: 2,
  manualDueHours: 4,
  byHand: {
    en: 'What is cancelled is the order of a plastic card, by account number and card sequence number together. It works only until the card is printed.',
    'pt-BR':
      'O que se cancela é o pedido de um cartão físico, pelo número da conta junto com o número de sequência do cartão. Só funciona até o cartão ser impresso.',
    es: 'Lo que se cancela es el pedido de una tarjeta física, con el número de cuenta junto con el número de secuencia de la tarjeta. Solo funciona hasta que se imprime.',
  },
  // No money moves; and the echo of a first success is an unmapped refusal, which stays unknown.
  resendAfterUnknown: { kind: 'allowed' },
  callback: corecardCallback,
  refreshGrant: null,
  connect: connectCorecard,
  simulator: () => import('./simulator.js'),
});

export type CorecardShape = typeof shape;
export type CorecardReference = z.output<typeof referenceSchema>;

function words(max: number) {
  const error = `must be 1 to ${max} characters`;
  return setting.text().trim().min(1, { error }).max(max, { error });
}

/** Of the 50 characters that the page allows, the longest address takes 45; a zone (`%eth0`) means nothing elsewhere. */
function ipAddress() {
  const error = 'must be an IPv4 or IPv6 address as text';
  return z.string({ error }).refine((text) => isIP(text) !== 0 && !text.includes('%'), { error });
}

/** It is all that makes a webhook CoreCard's own, and it must arrive through an address as it is. */
function callbackSecretFault(secret: string): string | null {
  return /^[\w.~-]{16,200}$/.test(secret) ? null : 'must be 16 to 200 letters, digits, or any of . _ ~ -';
}

function tokenHeader() {
  const ours = ['accept', 'connection', 'content-length', 'content-type', 'host', 'transfer-encoding'];
  return setting
    .text()
    .regex(/^[\w!#$%&'*+.^`|~-]+$/, { error: 'must be the name of an HTTP header' })
    .refine((name) => !ours.includes(name.toLowerCase()), { error: 'must not be a header that is sent anyway' });
}

function tokenScheme() {
  return setting
    .text()
    .regex(/^[\w!#$%&'*+.^`|~-]+$/, { error: 'must be one word such as Bearer, or none for the bare token' })
    .transform((scheme) => (scheme.toLowerCase() === 'none' ? null : scheme));
}

function finalCodes() {
  const error = `must give each code one of: ${refusalReasons.join(', ')}`;
  return setting.textMap().pipe(z.record(z.string(), z.enum(refusalReasons, { error })));
}

function adminNumber() {
  const error = `must be digits as text ("129409", not 129409), from 1 to ${MAX_INT64}`;
  return z.string({ error }).transform((digits, context) => {
    const adminNumber = adminNumberOf(digits);
    if (adminNumber !== null) return adminNumber;
    context.addIssue({ code: 'custom', message: error });
    return z.NEVER;
  });
}

function cardSequenceNumber() {
  const error = `must be a whole number from 0 to ${MAX_INT32}`;
  const digits = z.string().regex(/^\d+$/).transform(Number);
  return z.union([z.number(), digits], { error }).pipe(z.int({ error }).min(0, { error }).max(MAX_INT32, { error }));
}
