import { type Account, defineIssuer, setting } from '../issuer.js';
import { cancelledStatuses, codeList, codeReasons } from './codes.js';
import { connectVault } from './connector.js';
import { vaultRefreshGrant } from './tokens.js';
import { identityOf, referenceSchema, tokenFault, userTokensFault } from './wire.js';

const urlFault = (address: string) =>
  setting.httpUrl().safeParse(address).success ? null : 'must be an http or https address, without ? or #';

/** Text that may stand in a header or a query. */
const line = () =>
  setting.text().regex(/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/, { error: 'must be one line of ASCII' });

const settings = {
  /** The bearer token used when a reference names no `userKey`. Vault's tokens belong to one end user and live 24 hours. */
  ACCESS_TOKEN: setting.secret(tokenFault),
  /** The other end users' tokens: a JSON object, `userKey` -> token. */
  USER_TOKENS: setting.secret(userTokensFault).optional(),
  /** Where an end user's refresh token gets fresh access tokens; kept as a secret, because it may name a tenant. */
  TOKEN_URL: setting.secret(urlFault).optional(),
  /** Who we are there, where it wants to know: both or neither. */
  CLIENT_ID: setting.secret().optional(),
  CLIENT_SECRET: setting.secret().optional(),
  /** Card programme, the query parameter `cp`; two public integrations send `CP_2` (VISA), the documentation shows none. */
  CP: line().optional(),
  /** The header `X-Version`; one public integration sends `1.2`. */
  X_VERSION: line().optional(),
  USER_AGENT: line().optional(),
  /** The header `X-Merchant-ID`, documented for the token request only. */
  MERCHANT_ID: line().optional(),
  /** Codes of a cancel's refusal that mean "was cancelled before". */
  ALREADY_CODES: codeList().default([]),
  /** Codes of a final refusal, each with its reason in our words. */
  FINAL_CODES: codeReasons().default({}),
  /** Codes that mean "nothing was done, send it again". */
  RETRY_CODES: codeList().default([]),
  /** What `status` says in the card list of a cancelled request; none is documented. */
  CANCELLED_STATUSES: cancelledStatuses().default([]),
  /** Does a request that was in the card list and is gone count as cancelled? Prove it in the sandbox first. */
  ABSENT_MEANS_CANCELLED: setting.flag().default(false),
  /** Is the card list asked for a request's state? */
  STATUS_QUERY: setting.flag().default(true),
};

export type VaultAccount = Account<typeof settings>;

/**
 * Vault, first generation of its API: cancels the order of a card. What the user paid for it goes back to the user's balance, so a
 * second cancel might pay back twice.
 *
 * @see https://api.vault.ist/docs (page "Cancel Card Request")
 */
export const vault = defineIssuer({
  code: 'vault',
  name: 'Vault',
  settings: {
    shape: settings,
    credentials: ['ACCESS_TOKEN', 'USER_TOKENS', 'TOKEN_URL', 'CLIENT_ID', 'CLIENT_SECRET'],
    mandatory: ['ACCESS_TOKEN'],
  },
  reference: { schema: referenceSchema, identity: identityOf },
  timeoutMs: 10_000,
  // VTEX asks for up to a day; after 20 hours a person has the rest of it.
  giveUpHours: 20,
  manualDueHours: 24,
  byHand: {
    en: "What is cancelled is the card request with this number. If the customer already paid for the card, Vault pays that back to the customer's balance by itself: cancel it only once.",
    'pt-BR':
      'O que se cancela é a solicitação de cartão com este número. Se o cliente já pagou pelo cartão, a Vault devolve o valor ao saldo dele automaticamente: cancele uma única vez.',
    es: 'Lo que se cancela es la solicitud de tarjeta con este número. Si el cliente ya pagó la tarjeta, Vault le devuelve el importe a su saldo automáticamente: cancele una sola vez.',
  },
  resendAfterUnknown: {
    kind: 'after-queries',
    queries: 2,
    // Long enough for a cancel that Vault was still working on when we hung up.
    quietMs: (timeoutMs) => Math.max(10_000, 3 * timeoutMs),
    insideBudget: false,
  },
  callback: null,
  refreshGrant: vaultRefreshGrant,
  connect: connectVault,
  simulator: async () => ({ start: (await import('./simulator.js')).startVaultSimulator }),
});
