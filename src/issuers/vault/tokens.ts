import type { FoundToken, RefreshGrant, TokenSource } from '../issuer.js';
import type { VaultAccount } from './vault.js';
import { readUserTokens, tokenFault } from './wire.js';

/**
 * Whose token a call is made with. A user whose refresh token is kept gets fresh ones; all others have those of the settings. A reference
 * with a `userKey` is never sent with another user's token: Vault would look for it among that user's cards.
 */
export function tokensOf({ settings, userTokens }: VaultAccount): TokenSource {
  const common = commonToken(settings);
  const users = listedTokens(settings);
  const sourceFor = (userKey: string | null) => (userKey === null ? common : users);
  return {
    token: async (userKey) => (await userTokens?.token(userKey)) ?? sourceFor(userKey).token(userKey),
    renew: async (userKey, refused) => {
      await userTokens?.renew(userKey, refused);
      await sourceFor(userKey).renew(userKey, refused);
    },
  };
}

/**
 * Source: Vault API, pages "Sign-in instruction" (form, and the header X-Merchant-ID, for the first generation) and "Refresh token"
 * (second generation). Whether the first generation takes the refresh grant is on no page: try it in the sandbox first.
 */
export function vaultRefreshGrant({ settings }: VaultAccount): RefreshGrant | null {
  const { TOKEN_URL, CLIENT_ID, CLIENT_SECRET, MERCHANT_ID } = settings;
  if (TOKEN_URL === undefined) return null;
  return {
    url: TOKEN_URL.reveal(),
    client: CLIENT_ID && CLIENT_SECRET ? { id: CLIENT_ID.reveal(), secret: CLIENT_SECRET.reveal() } : null,
    headers: MERCHANT_ID === undefined ? {} : { 'X-Merchant-ID': MERCHANT_ID },
  };
}

function commonToken({ ACCESS_TOKEN }: VaultAccount['settings']): TokenSource {
  const read = () => (tokenFault(ACCESS_TOKEN.reveal()) === null ? ACCESS_TOKEN.reveal() : null);
  return fromSettings(read, () => ACCESS_TOKEN.renew(), 'was not asked: ACCESS_TOKEN is no usable token');
}

function listedTokens({ USER_TOKENS }: VaultAccount['settings']): TokenSource {
  let known = { from: '', tokens: new Map() as ReadonlyMap<string, string> };
  const read = (userKey: string | null) => {
    const from = USER_TOKENS?.reveal() ?? '';
    // A file in the middle of being written is not readable; the tokens read before stay.
    if (from !== known.from) known = { from, tokens: readUserTokens(from) ?? known.tokens };
    return known.tokens.get(userKey ?? '') ?? null;
  };
  const why = 'was not asked: USER_TOKENS has no token for the userKey of this reference';
  return fromSettings(read, () => USER_TOKENS?.renew(), why);
}

function fromSettings(read: (userKey: string | null) => string | null, renew: () => void, why: string): TokenSource {
  return {
    token: (userKey): Promise<FoundToken> => {
      // One that is missing may have come into the file since it was read.
      if (read(userKey) === null) renew();
      const token = read(userKey);
      return Promise.resolve(token === null ? { kind: 'missing', why } : { kind: 'token', token });
    },
    renew: () => Promise.resolve(renew()),
  };
}
