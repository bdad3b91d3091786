import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../operations/log.js';
import { readJsonObject, textOrNull, type IssuerAnswer, type IssuerHttp } from './issuer-http.js';
import type { AccountKey } from './issuer-modes.js';
import type { FoundToken, RefreshGrant, TokenSource } from './issuer.js';
import type { UserTokens } from './user-tokens.js';

/** So much before its end an access token is not used any more, or a tenth of its life where that is shorter. */
const SPARE_MS = 60_000;

/** RFC 6749 only recommends that an answer names a token's life. */
const LIFE_WHERE_NONE_IS_NAMED_S = 300;

/** A refresh token that was taken and not given back was lost with its process; the call for it is over by then. */
const LEASE_MARGIN_MS = 5_000;

/** How often a token is looked at that another process uses. */
const WATCH_MS = 100;

/** A rotated token that cannot be stored is lost, and with it the user's access. */
const STORE_AGAIN_MS = [100, 300, 1_000, 3_000, 5_000];

/** The most access tokens that one account keeps in memory; the oldest go first. */
const MOST_KEPT = 10_000;

interface Parts {
  readonly key: AccountKey;
  readonly grant: RefreshGrant;
  readonly timeoutMs: number;
  readonly tokens: UserTokens;
  readonly http: IssuerHttp;
  readonly log: Log;
}

/**
 * Access tokens by the refresh grant of OAuth 2, one for each end user whose refresh token is kept.
 *
 * They stay in this process's memory until shortly before they end. However many calls want one at the same time, this process asks once;
 * and no two processes use a refresh token at the same time, because some servers take the second use for a theft.
 */
export class RefreshTokens implements TokenSource {
  readonly #fresh = new Map<string, { readonly token: string; readonly endsAt: number }>();
  readonly #running = new Map<string, Promise<FoundToken | null>>();

  constructor(private readonly parts: Parts) {}

  async token(userKey: string | null): Promise<FoundToken | null> {
    if (userKey === null) return null;
    const known = this.#fresh.get(userKey);
    if (known && performance.now() < known.endsAt) return { kind: 'token', token: known.token };
    const running = this.#running.get(userKey) ?? this.#run(userKey);
    return running;
  }

  renew(userKey: string | null, refused: string): Promise<void> {
    if (userKey !== null && this.#fresh.get(userKey)?.token === refused) this.#fresh.delete(userKey);
    return Promise.resolve();
  }

  #run(userKey: string): Promise<FoundToken | null> {
    const run = this.#refresh(userKey)
      .catch((error: unknown): FoundToken => {
        const { merchantId, issuer } = this.parts.key;
        this.parts.log.error('A token could not be refreshed.', { merchantId, issuer, error });
        return { kind: 'unavailable', fault: 'internal' };
      })
      .finally(() => this.#running.delete(userKey));
    this.#running.set(userKey, run);
    return run;
  }

  async #refresh(userKey: string): Promise<FoundToken | null> {
    const { key, tokens, timeoutMs } = this.parts;
    const user = { ...key, userKey };
    const giveUpAt = performance.now() + timeoutMs;
    for (;;) {
      const taken = await tokens.take(user, timeoutMs + LEASE_MARGIN_MS);
      if (taken.kind === 'none') return null;
      if (taken.kind === 'closed') return { kind: 'missing', why: `was not asked: ${taken.why}` };
      if (taken.kind === 'taken') return this.#exchange(userKey, taken);
      if (performance.now() >= giveUpAt) return { kind: 'unavailable', fault: 'busy' };
      await sleep(WATCH_MS);
    }
  }

  async #exchange(
    userKey: string,
    { refreshToken, version }: { readonly refreshToken: string; readonly version: string },
  ): Promise<FoundToken> {
    const read = readAnswer(await this.#ask(refreshToken));
    const next = 'refreshToken' in read && read.refreshToken !== refreshToken ? read.refreshToken : null;
    await this.#giveBack(userKey, version, next);
    if (!('token' in read)) return read;
    const lifeMs = read.lifeSeconds * 1_000;
    this.#fresh.delete(userKey);
    this.#fresh.set(userKey, {
      token: read.token,
      endsAt: performance.now() + lifeMs - Math.min(SPARE_MS, lifeMs / 10),
    });
    for (const oldest of this.#fresh.keys()) {
      if (this.#fresh.size <= MOST_KEPT) break;
      this.#fresh.delete(oldest);
    }
    return { kind: 'token', token: read.token };
  }

  async #ask(refreshToken: string): Promise<IssuerAnswer> {
    const { grant, http, timeoutMs } = this.parts;
    return http.send({
      method: 'POST',
      url: grant.url,
      headers: {
        Accept: 'application/json',
        'Content-Type': 'application/x-www-form-urlencoded',
        ...(grant.client === null ? {} : { Authorization: basic(grant.client) }),
        ...grant.headers,
      },
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken }).toString(),
      timeoutMs,
    });
  }

  /** Before the new access token is used: a rotated refresh token is known to nobody else. */
  async #giveBack(userKey: string, version: string, next: string | null): Promise<void> {
    const { key, tokens, log } = this.parts;
    for (let tries = 0; ; tries += 1) {
      try {
        return await tokens.giveBack({ ...key, userKey }, version, next);
      } catch (error) {
        const waitMs = next === null ? undefined : STORE_AGAIN_MS[tries];
        if (waitMs === undefined) {
          // A lease that is not ended ends by itself.
          if (next === null) return;
          const { merchantId, issuer } = key;
          const words = 'A rotated refresh token could not be stored and is lost. Its user has to sign in again.';
          return log.error(words, { merchantId, issuer, error });
        }
        await sleep(waitMs);
      }
    }
  }
}

interface Granted {
  readonly token: string;
  readonly lifeSeconds: number;
  /** Null: the old one stays good. */
  readonly refreshToken: string | null;
}

/** Nothing of the answer's text is kept or shown: it holds tokens. */
function readAnswer(answer: IssuerAnswer): Granted | Exclude<FoundToken, { kind: 'token' }> {
  if (answer.kind !== 'answer') return { kind: 'unavailable', fault: answer.fault };
  const { status } = answer;
  if (status === 408 || status === 429 || status >= 500) return { kind: 'unavailable', fault: `status-${status}` };
  if (status !== 200) {
    const why = `was not asked: its token address answers ${status} to the refresh token of this userKey; store a new one, or check TOKEN_URL and the client's credentials`;
    return { kind: 'missing', why };
  }
  const body = readJsonObject(answer.text) ?? {};
  const token = textOrNull(body['access_token']) ?? '';
  if (!/^[\x21-\x7e]+$/.test(token)) return { kind: 'unavailable', fault: 'unreadable' };
  const life = Number(body['expires_in']);
  return {
    token,
    lifeSeconds: Number.isFinite(life) && life > 0 ? life : LIFE_WHERE_NONE_IS_NAMED_S,
    refreshToken: textOrNull(body['refresh_token']) || null,
  };
}

/** RFC 6749, 2.3.1: both are form-encoded first. */
const basic = ({ id, secret }: { readonly id: string; readonly secret: string }) =>
  `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;
