import { defineIssuer, setting, type Account } from '../issuer.js';
import { qitechCallback } from './callback.js';
import { connectQitech } from './connector.js';
import {
  apiClientKeyFault,
  identityOf,
  isInstrumentPath,
  privateKeyFault,
  publicKeyFault,
  referenceSchema,
} from './wire.js';

const settings = {
  /** Names us; QI Tech gives it out. */
  API_CLIENT_KEY: setting.secret(apiClientKeyFault),
  /** Signs each request. Its public half is registered at QI Tech. */
  PRIVATE_KEY: setting.secret(privateKeyFault),
  /** Verifies QI Tech's webhooks. Not secret, but of this kind so that it may be `file:` and a path too. */
  CALLBACK_PUBLIC_KEY: setting.secret(publicKeyFault).optional(),
  /**
   * Must a webhook's `payload_md5` be that of its body? The MD5 of QI Tech's published sample fits no spelling of its body. Switched
   * off, nothing ties a signature to what it came with; as a webhook only makes us ask, that costs a query and no more.
   */
  CALLBACK_CHECK_MD5: setting.flag().default(true),
  /**
   * What is hashed where there is no body: `{}`, nothing, or no hash at all. The authentication page's Python sample turns
   * "no body" into `{}`; for a PATCH without a body no page says what is right, so try it in the sandbox first.
   */
  EMPTY_PAYLOAD_MD5: setting.oneOf(['braces', 'empty', 'omit']).default('braces'),
  INSTRUMENT_QUERY: setting.flag().default(true),
  /** A guess by the neighbouring paths: the cancel page says that an instrument can be queried, but not where. */
  INSTRUMENT_QUERY_PATH: setting
    .text()
    .refine(isInstrumentPath, {
      error:
        'must be a path such as /wallet/{walletKey}/payment_instrument/{paymentInstrumentKey}, with the latter in it',
    })
    .default('/wallet/{walletKey}/payment_instrument/{paymentInstrumentKey}'),
  /** The instrument's states that mean cancelled. The cancel page lists only this one. */
  CANCELLED_STATUSES: endStates().default(['canceled']),
  /** The card's states that mean cancelled. */
  CARD_CANCELLED_STATUSES: endStates().default(['canceled']),
  /**
   * Other end states of a card that shall count as cancelled too. The card status page has `lost`, `robbed`, `fraud` and
   * `theft`: such a card cannot be used any more, but nobody cancelled it.
   */
  ENDED_MEANS_CANCELLED: endStates().default([]),
};

export type QitechShape = typeof settings;
export type QitechAccount = Account<QitechShape>;
export type QitechSettings = QitechAccount['settings'];

/**
 * QI Tech (Brazil): payment instruments of a wallet, each with a postpaid card that is cancelled with it.
 *
 * @see https://docs.qitech.com.br, "Payment Instrument Cancellation"
 */
export const qitech = defineIssuer({
  code: 'qitech',
  name: 'QI Tech',
  settings: {
    shape: settings,
    credentials: ['API_CLIENT_KEY', 'PRIVATE_KEY', 'CALLBACK_PUBLIC_KEY'],
    mandatory: ['API_CLIENT_KEY', 'PRIVATE_KEY'],
  },
  reference: { schema: referenceSchema, identity: identityOf },
  // QI Tech documents no time-out of its own; for its webhooks it waits 10 s. A query still fits into the 15 s of VTEX's answer.
  timeoutMs: 10_000,
  // VTEX asks for about a day; the rest is for the person who then has to act.
  giveUpHours: 20,
  manualDueHours: 24,
  byHand: {
    en: 'What is cancelled is the payment instrument in this wallet, for ever. Cancelling it also cancels the card that belongs to it.',
    'pt-BR':
      'O que se cancela é o instrumento de pagamento desta carteira, de forma definitiva. Isso também cancela o cartão vinculado a ele.',
    es: 'Lo que se cancela es el instrumento de pago de esta billetera, de forma definitiva. Eso también cancela la tarjeta vinculada.',
  },
  // No idempotency key is documented, so only "still active" makes a second cancel safe. 10 s: whatever a lost cancel
  // was doing at QI Tech has ended by then.
  resendAfterUnknown: { kind: 'after-queries', queries: 1, quietMs: () => 10_000, insideBudget: false },
  callback: qitechCallback,
  refreshGrant: null,
  connect: connectQitech,
  simulator: async () => ({ start: (await import('./simulator.js')).startQitechSimulator }),
});

/** `active` among them would turn every open instrument into a cancelled one. */
function endStates() {
  return setting.list().refine((states) => !states.includes('active'), { error: 'must not contain active' });
}
