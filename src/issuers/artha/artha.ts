import { z } from 'zod';
import { defineIssuer, setting, type Account } from '../issuer.js';
import { arthaCallback } from './callback.js';
import { connectArtha } from './connector.js';
import { privateKeyFault, publicKeyFault, tokenFault } from './wire.js';

/**
 * Artha's Cards API, first generation ("Cancellation", https://docs.artha.work/cancellation-13986054e0).
 *
 * A cancel is accepted as a task; what became of it comes by callback. The page says nothing of idempotency, of an answer for
 * a card that is cancelled already, or of the texts in `status`, `remarks` and `cardStatus`: those are settings.
 */
const shape = {
  ACCESS_TOKEN: setting.secret(tokenFault).optional(),
  /** Issued by Artha's merchant platform. */
  CUSTOMER_TOKEN: setting.secret(tokenFault).optional(),
  /** Our RSA key as PEM; Artha holds its public half. */
  PRIVATE_KEY: setting.secret(privateKeyFault).optional(),
  /** Artha's RSA key as PEM; its callbacks are checked with it. */
  CALLBACK_PUBLIC_KEY: setting.secret(publicKeyFault).optional(),

  /** Off, because the answer of its only state query holds the full card number and the CVV (PCI DSS scope). */
  STATUS_QUERY: setting.flag().default(false),
  /** The page makes `Authorization` optional and the signature rules are on other pages: both are on until told otherwise. */
  BEARER: setting.flag().default(true),
  SIGNATURE: setting.flag().default(true),
  /** "API Specification" asks for lower-case parameter names and URLs, its samples have `cardId` and `CancelCard`. */
  LOWER_CASE_NAMES: setting.flag().default(false),
  /** Headers that are signed besides timestamp, nonce and customerToken, spelt as they are signed; the pages leave it open. */
  SIGNED_HEADERS: setting
    .list()
    .refine((names) => names.every((name) => /^(authorization|content-type|accept)$/i.test(name)), {
      error: 'must name only headers that are sent: Authorization, Content-Type, Accept',
    })
    .default([]),
  /** Accept callbacks without a signature; only for an account whose callbacks Artha does not sign. */
  CALLBACK_UNSIGNED: setting.flag().default(false),

  SUCCESS_STATUSES: setting.list().default(['success']),
  FAILED_STATUSES: setting.list().default(['failed', 'fail', 'error']),
  /** Still at work; stronger than DONE_REMARKS. */
  PENDING_REMARKS: setting.list().default(['CardInProgress']),
  DONE_REMARKS: setting.list().default([]),
  ALREADY_REMARKS: setting.list().default([]),
  CANCELLED_CARD_STATUSES: setting.list().default([]),

  /** How long a task may take before its state is queried. No page says; 15 minutes is our guess. */
  TASK_MINUTES: setting.decimal({ min: 0, max: 1440 }).default(15),
};

export type ArthaSettings = typeof shape;
export type ArthaAccount = Account<ArthaSettings>;

/** What a payment bought at Artha. */
export interface ArthaReference {
  /** The page asks for one or more characters; its example is a UUID, but nothing says that all are. */
  readonly cardId: string;
}

const referenceSchema: z.ZodType<ArthaReference> = z
  .strictObject({
    cardId: z
      .string({ error: 'cardId must be text' })
      .refine((cardId) => cardId.trim() !== '' && cardId.length <= 255, {
        error: 'cardId must have 1 to 255 characters, not only blanks',
      })
      .refine((cardId) => !/[\p{Cc}\p{Cs}]/u.test(cardId), {
        error: 'cardId must not contain control characters or half characters',
      }),
  })
  .meta({
    description: 'The id of the card, as text of 1 to 255 characters.',
    examples: [{ cardId: 'd55709b7-a56f-4bcc-b08a-00131bfc8bf1' }],
  });

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A UUID means the same in upper and lower case; of any other id we do not know. */
export const identityOf = ({ cardId }: ArthaReference): string => (UUID.test(cardId) ? cardId.toLowerCase() : cardId);

export const artha = defineIssuer({
  code: 'artha',
  name: 'Artha',
  settings: {
    shape,
    credentials: ['ACCESS_TOKEN', 'CUSTOMER_TOKEN', 'PRIVATE_KEY', 'CALLBACK_PUBLIC_KEY'],
    mandatory: ['ACCESS_TOKEN', 'CUSTOMER_TOKEN', 'PRIVATE_KEY'],
    mandatoryWhile: { ACCESS_TOKEN: 'BEARER', CUSTOMER_TOKEN: 'SIGNATURE', PRIVATE_KEY: 'SIGNATURE' },
  },
  reference: { schema: referenceSchema, identity: identityOf },
  timeoutMs: 10_000,
  giveUpHours: 20,
  manualDueHours: 24,
  byHand: {
    en: 'What is cancelled is the card itself. Artha may take a while to finish: the portal can show it as in progress first.',
    'pt-BR':
      'O que se cancela é o próprio cartão. A Artha pode levar algum tempo para concluir: o portal pode mostrar primeiro que está em andamento.',
    es: 'Lo que se cancela es la tarjeta misma. Artha puede tardar en terminar: el portal puede mostrarla primero como en curso.',
  },
  // 10 s: a cancel that is still on its way must have arrived before its card's state means anything.
  resendAfterUnknown: { kind: 'after-queries', queries: 1, quietMs: () => 10_000, insideBudget: false },
  callback: arthaCallback,
  refreshGrant: null,
  connect: connectArtha,
  simulator: async () => ({ start: (await import('./simulator.js')).startArthaSimulator }),
});
