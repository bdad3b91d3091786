import type { z } from 'zod';
import type { IssuerHttp } from './issuer-http.js';
import type { StartSimulator } from './simulator-server.js';

export * as setting from '../setting-kinds.js';
export { Secret } from '../setting-kinds.js';

/**
 * What an issuer is, for everything outside its folder. One folder exports one such value, and
 * `issuers/index.ts` names it in one line; nothing else knows any issuer by name.
 *
 * @see docs/adding-an-issuer.md
 */
export interface Issuer<Settings extends SettingsShape = SettingsShape, Reference = unknown> {
  /** In URLs, columns and settings (`<CODE>_…`, upper case): lower-case letters and digits. */
  readonly code: string;
  /** As people write it. */
  readonly name: string;
  /** Its own settings, without the prefix: `ACCESS_TOKEN` is `VAULT_ACCESS_TOKEN` in the environment. */
  readonly settings: SettingsOf<Settings>;
  /** The issuer's own ids for what a payment bought. */
  readonly reference: ReferenceKind<Reference>;
  /** How long an answer is awaited by default; `<CODE>_TIMEOUT_MS` changes it. */
  readonly timeoutMs: number;
  /** How long after the claim automatic attempts go on by default, in hours; `<CODE>_GIVE_UP_HOURS` changes it. */
  readonly giveUpHours: number;
  /** By when a person should have done what the machine could not do, in hours, where the merchant does not say otherwise. */
  readonly manualDueHours: number;
  /** What a person must know of this issuer to cancel by hand, in one or two sentences for people at the store. */
  readonly byHand: Readonly<Record<'en' | 'pt-BR' | 'es', string>>;
  /** May a cancel be sent again after one whose outcome stayed unknown? */
  readonly resendAfterUnknown: ResendRule;
  /** How it tells us by itself what became of a cancel; null when it never does. */
  readonly callback: CallbackKind<Settings> | null;
  /** How an end user's refresh token gets access tokens; null where tokens belong to no end user. */
  readonly refreshGrant: RefreshGrantOf<Settings> | null;
  /** Makes the connector that speaks to one account. */
  connect(account: Account<Settings>, http: IssuerHttp): Connector<Reference>;
  /** A server that speaks this issuer's HTTP on 127.0.0.1, for development and tests; never loaded in production. */
  simulator(): Promise<{ start: StartSimulator }>;
}

/** Gives an issuer its exact types, and checks it against {@link Issuer}. */
export const defineIssuer = <Settings extends SettingsShape, Reference>(
  issuer: Issuer<Settings, Reference>,
): Issuer<Settings, Reference> => issuer;

export type SettingsShape = Readonly<Record<string, z.ZodType>>;

export interface SettingsOf<Shape extends SettingsShape> {
  /** The kind of each setting, from {@link setting}; an optional one says so, or has a default safe in production. */
  readonly shape: Shape;
  /** The names that have a `<CODE>_SANDBOX_…` twin because they are credentials. `BASE_URL` always has one. */
  readonly credentials: readonly (keyof Shape & string)[];
  /** The credentials without which an account counts as not configured. */
  readonly mandatory: readonly (keyof Shape & string)[];
  /** Mandatory credentials that are needed only while a setting of the kind `flag` is on: credential -> flag. */
  readonly mandatoryWhile?: Readonly<Partial<Record<keyof Shape & string, keyof Shape & string>>>;
}

/** One account at an issuer, of one environment. */
export interface Account<Shape extends SettingsShape = SettingsShape> {
  readonly merchantId: string;
  readonly sandbox: boolean;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly settings: z.output<z.ZodObject<Shape>>;
  /** Gets access tokens for end users whose refresh token is kept; absent where the issuer's {@link Issuer.refreshGrant} names no way. */
  readonly userTokens?: TokenSource;
}

/** Answers null where the settings of this account name no token address. */
export type RefreshGrantOf<Shape extends SettingsShape> = (account: Account<Shape>) => RefreshGrant | null;

/** Where and as whom access tokens are asked for (OAuth 2, RFC 6749, section 6). */
export interface RefreshGrant {
  readonly url: string;
  /** Null: the refresh token alone is enough. */
  readonly client: { readonly id: string; readonly secret: string } | null;
  /** What the issuer wants besides. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Where a connector gets the access tokens that belong to one end user each. */
export interface TokenSource {
  /** @returns null where it knows nothing of this user, and another source may */
  token(userKey: string | null): Promise<FoundToken | null>;
  /** The issuer did not take `refused`: unless there is another one by now, a fresh one is needed. */
  renew(userKey: string | null, refused: string): Promise<void>;
}

/**
 * - `missing`: a person must put it right; `why` says so, and holds no secret.
 * - `unavailable`: trying again may help; `fault` is its name.
 */
export type FoundToken =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'missing'; readonly why: string }
  | { readonly kind: 'unavailable'; readonly fault: string };

export interface ReferenceKind<Reference> {
  /** Checks and reads what a link carries; strict, so that a misspelt field is a mistake and not ignored. */
  readonly schema: z.ZodType<Reference>;
  /**
   * The text that is equal for two references exactly when they mean the same thing at the issuer.
   * At most one payment may hold it.
   */
  identity(reference: Reference): string;
}

/** Talks to one account at one issuer. Each method makes one attempt, and never throws for what an issuer may answer. */
export interface Connector<Reference = unknown> {
  /** Sends one cancel. */
  cancel(reference: Reference, earlier: readonly EarlierAttempt[]): Promise<Answered<CancelOutcome>>;
  /** Asks for the state; null where the issuer offers no query or it is switched off. */
  readonly query:
    null | ((reference: Reference, earlier: readonly EarlierAttempt[]) => Promise<Answered<QueryOutcome>>);
  /** Finds out, without changing or asking for anything of a customer's, whether the issuer answers and takes our credentials. */
  probe(): Promise<Probe>;
  /** Could a callback still tell what became of a cancel: `with-task` only when the issuer gave a task id. */
  readonly callback: 'configured' | 'with-task' | 'none';
  /** For how long after a `pending` answer no query is sent, in milliseconds, because the callback is the better way. */
  readonly pendingQuietMs: number;
}

/**
 * What a harmless call showed.
 *
 * - `accepted`: our credentials were taken: without them the same call is refused.
 * - `reachable`: it answers, but no harmless call shows whether it takes our credentials.
 * - `credentials-refused`: it answers 401 or 403; the latter may also mean its list of allowed addresses.
 * - `unreachable`: no answer came; `fault` names why.
 */
export type Probe =
  | { readonly kind: 'accepted' | 'reachable' | 'credentials-refused'; readonly httpStatus: number }
  | { readonly kind: 'unreachable'; readonly fault: string };

/** What was tried before for the same payment, oldest first. */
export interface EarlierAttempt {
  readonly kind: 'cancel' | 'query' | 'callback';
  /** `asking` while its answer is still awaited. */
  readonly outcome: QueryOutcome['kind'] | 'asking';
  readonly issuerCode: string | null;
}

/** An outcome, and what of the exchange may be kept and shown. */
export interface Answered<Outcome> {
  readonly outcome: Outcome;
  readonly evidence: Evidence;
}

/** What of an exchange is kept: nothing secret, nothing that names a person. */
export interface Evidence {
  /** Null when no answer came. */
  readonly httpStatus: number | null;
  /** The issuer's own code, or the name of the network fault (`timeout`, `reset` …). */
  readonly issuerCode: string | null;
  /** What the issuer said in words, masked and at most 500 characters. */
  readonly issuerText: string | null;
  /** The issuer's id of the exchange, which its support asks for. */
  readonly traceId: string | null;
}

/**
 * What an issuer's answer to a cancel means. Closed: a code that no table knows is `unknown`, never success.
 *
 * - `cancelled`: this cancel did it, and the answer is one that the issuer's rule names as success.
 * - `already-cancelled`: it was cancelled before; the wish is fulfilled.
 * - `pending`: the issuer works on it; a callback or a query brings the end. Never sent again meanwhile.
 * - `refused`: the issuer says no, and repeating cannot help. See {@link Certainty} for when that is final.
 * - `retry`: surely nothing was done.
 * - `unknown`: it may or may not have been done.
 */
export type CancelOutcome =
  | { readonly kind: 'cancelled' | 'already-cancelled' }
  | { readonly kind: 'pending'; readonly taskId: string }
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly certainty: Certainty; readonly alert?: string }
  | RetryOutcome
  | { readonly kind: 'unknown'; readonly alert?: string };

/**
 * What a state query means. `cancelled`: it is cancelled, and an earlier cancel of ours that ended `unknown` or is still `asking` may have
 * done it. `already-cancelled`: it is cancelled, and no cancel of ours can have done it. `not-cancelled` is the issuer's word that a
 * cancel may still be sent.
 */
export type QueryOutcome =
  | { readonly kind: 'cancelled' | 'already-cancelled' | 'not-cancelled' | 'pending' }
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly alert?: string }
  | RetryOutcome
  | { readonly kind: 'unknown'; readonly alert?: string };

export interface RetryOutcome {
  readonly kind: 'retry';
  /**
   * When it makes sense again: `at-once` for what surely was not sent and for 429; `later` for a fault that a person
   * must put right first (credentials, rights, a wrong path), which is also an alert.
   */
  readonly when: 'at-once' | 'later';
  /** The issuer's own wish (`Retry-After`), at most 10 minutes; absent when it named none. */
  readonly afterMs?: number;
  /** A sentence for the operator; goes to the log, the payment's history and a counter. */
  readonly alert?: string;
}

/** Why a person must act, as far as an issuer's answer can tell. */
export type RefusalReason = 'already_printed' | 'refused_by_issuer' | 'instrument_not_active' | 'not_found';

/**
 * How sure a refusal is.
 *
 * - `explicit`: names a state that cannot be the echo of our own success; final whatever came before.
 * - `plain`: final, unless an earlier cancel of this payment ended unknown; then only a query may confirm it.
 * - `query-if-possible`: a query decides whether it was cancelled already; final where there is no query
 *   (again: unless an earlier cancel ended unknown).
 * - `query-first`: means nothing without a query; counts as unknown where there is none.
 */
export type Certainty = 'explicit' | 'plain' | 'query-if-possible' | 'query-first';

/**
 * When a cancel may be sent again after one that ended unknown; no issuer documents an idempotency key for it.
 *
 * - `allowed`: sending it twice moves no money and cannot hide what the first did.
 * - `after-queries`: only when the last `queries` queries, all after the unknown cancel, said `not-cancelled`, and the last of
 *   them came at least `quietMs` after that cancel ended. `insideBudget` says whether it may happen while VTEX waits.
 */
export type ResendRule =
  | { readonly kind: 'allowed' }
  | {
      readonly kind: 'after-queries';
      readonly queries: number;
      quietMs(timeoutMs: number): number;
      readonly insideBudget: boolean;
    };

/** How an issuer's callbacks are checked, read and answered. */
export interface CallbackKind<Shape extends SettingsShape> {
  /** Further paths at which it calls, besides `/callbacks/<code>`, because it lets nobody choose the whole of it. */
  readonly aliases?: readonly string[];
  /** Verifies first, cheaply, then reads. Never throws. */
  read(request: CallbackRequest, account: Account<Shape>): CallbackReading;
  /** The body of the 200 that is sent once the callback is durable. */
  readonly acknowledgement: Readonly<Record<string, unknown>>;
  /** The body of the 401 for one that is forged, and of the 400 for one that is authentic and unreadable. */
  readonly rejection: Readonly<Record<string, unknown>>;
}

export interface CallbackRequest {
  readonly method: string;
  /** With the query, as it came. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/**
 * - `forged`: the signature or secret is wrong, or cannot be checked. Leaves no row.
 * - `unreadable`: authentic, but not of the documented shape.
 * - `ignored`: authentic, about something else.
 * - `about`: says something of the cancel that `match` names. What it is worth is said by {@link CallbackNews}.
 */
export type CallbackReading =
  | { readonly kind: 'forged' | 'unreadable' | 'ignored' }
  | {
      readonly kind: 'about';
      readonly match: CallbackMatch;
      readonly news: CallbackNews;
      /** For `cancelled-after-unknown` the outcome is `cancelled`, for `check` it is `unknown`. */
      readonly answered: Answered<
        Extract<CancelOutcome, { kind: 'cancelled' | 'already-cancelled' | 'refused' | 'unknown' }>
      >;
    };

/**
 * What a callback names: the task of a `pending` answer, or some fields of a reference, in the form in which the reference's schema
 * gives them. Several payments may have such fields.
 */
export type CallbackMatch =
  { readonly taskId: string } | { readonly reference: Readonly<Record<string, string | number>> };

/**
 * What a callback is worth.
 *
 * - `outcome`: it tells what became of the cancel.
 * - `cancelled-after-unknown`: proof only where a cancel of ours had been sent before, ended unknown, and no other payment fits the
 *   match; else only a reason to check.
 * - `check`: a reason to ask for the state, or to send again where that is allowed.
 */
export type CallbackNews = 'outcome' | 'cancelled-after-unknown' | 'check';

/** An issuer whose settings and reference are not known to the caller. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the registry holds issuers of different types
export type SomeIssuer = Issuer<any, any>;
