import type { Answered, CancelOutcome, Connector, EarlierAttempt, QueryOutcome, RetryOutcome } from '../issuer.js';
import {
  commonOutcome,
  evidenceOf,
  type IssuerAnswer,
  type IssuerHttp,
  type IssuerRequest,
  later,
  retryAfterMs,
  sendRenewing,
} from '../issuer-http.js';
import { mapCodes, mappedOutcome, type MappedCodes, standingOf, standings } from './codes.js';
import type { VaultAccount } from './vault.js';
import {
  cancelRequest,
  type CardList,
  identityOf,
  listRequest,
  readCancelAnswer,
  readCardList,
  readUserTokens,
  tokenFault,
  traceIdOf,
  type VaultReference,
} from './wire.js';

/** Speaks to Vault as the end user whose token the reference names. */
export function connectVault(account: VaultAccount, http: IssuerHttp): Connector<VaultReference> {
  const { settings } = account;
  const codes = mapCodes(settings);
  const credentialOf = credentialsOf(settings);

  async function ask<Outcome>(
    reference: VaultReference,
    make: (token: string) => IssuerRequest,
    read: (answer: IssuerAnswer) => Answered<Outcome>,
  ): Promise<Answered<Outcome | RetryOutcome>> {
    const credential = credentialOf(reference);
    // A user who is missing may have come into the file since it was read.
    if (credential.token() === null) credential.renew();
    const token = credential.token();
    if (token === null) return withoutToken(credential.missing);
    const renewing = () => make(credential.token() ?? token);
    return read(await sendRenewing(http, renewing, () => credential.renew()));
  }

  const cancel: Connector<VaultReference>['cancel'] = (reference) =>
    ask<CancelOutcome>(
      reference,
      (token) => cancelRequest(account, reference, token),
      (answer) => cancelAnswered(answer, codes),
    );

  const query = (reference: VaultReference, earlier: readonly EarlierAttempt[]) =>
    ask<QueryOutcome>(
      reference,
      (token) => listRequest(account, token),
      (answer) => listAnswered(answer, { reference, earlier, settings }),
    );

  return { cancel, query: settings.STATUS_QUERY ? query : null, callback: 'none', pendingQuietMs: 0 };
}

interface Credential {
  /** Null when there is none that may be used. */
  token(): string | null;
  /** Reads it again from where it is kept. */
  renew(): void;
  /** What to tell the operator when there is none. */
  readonly missing: string;
}

/** A reference with a `userKey` is never sent with another user's token: Vault would look for it among that user's cards. */
function credentialsOf({ ACCESS_TOKEN, USER_TOKENS }: VaultAccount['settings']) {
  const common: Credential = {
    token: () => (tokenFault(ACCESS_TOKEN.reveal()) === null ? ACCESS_TOKEN.reveal() : null),
    renew: () => ACCESS_TOKEN.renew(),
    missing: 'was not asked: ACCESS_TOKEN is no usable token',
  };
  let read = { from: '', tokens: new Map() as ReadonlyMap<string, string> };
  function userTokens(): ReadonlyMap<string, string> {
    const from = USER_TOKENS?.reveal() ?? '';
    // A file in the middle of being written is not readable; the tokens read before stay.
    if (from !== read.from) read = { from, tokens: readUserTokens(from) ?? read.tokens };
    return read.tokens;
  }
  const user = (userKey: string): Credential => ({
    token: () => userTokens().get(userKey) ?? null,
    renew: () => USER_TOKENS?.renew(),
    missing: 'was not asked: USER_TOKENS has no token for the userKey of this reference',
  });
  return ({ userKey }: VaultReference) => (userKey === undefined ? common : user(userKey));
}

const withoutToken = (missing: string): Answered<RetryOutcome> => ({
  outcome: later(missing),
  evidence: evidenceOf({ kind: 'not-sent', fault: 'no-token' }),
});

/** Only 200 with `result` `ok` is documented as success. A 400 that no setting maps may even be a server fault. */
function cancelAnswered(answer: IssuerAnswer, codes: MappedCodes): Answered<CancelOutcome> {
  const said = readCancelAnswer(answer);
  const evidence = evidenceOf(answer, said.evidence);
  if (answer.kind === 'answer') {
    if (answer.status === 200 && said.isOk) return { outcome: { kind: 'cancelled' }, evidence };
    const mapped = answer.status < 400 ? null : mappedOutcome(codes, said.code);
    if (mapped !== null) return { outcome: honourRetryAfter(mapped, answer.headers['retry-after']), evidence };
    if (answer.status === 404) return { outcome: notFound, evidence };
  }
  return commonOutcome(answer, said.evidence) ?? { outcome: { kind: 'unknown' }, evidence };
}

function honourRetryAfter(outcome: CancelOutcome, header: string | undefined): CancelOutcome {
  const afterMs = retryAfterMs(header);
  return outcome.kind === 'retry' && afterMs !== null ? { ...outcome, afterMs } : outcome;
}

const notFound: CancelOutcome = {
  kind: 'refused',
  reason: 'not_found',
  certainty: 'plain',
  alert: "answers 404: check the card request's id, whose token is used, the environment and the card programme (CP)",
};

interface Asked {
  readonly reference: VaultReference;
  readonly earlier: readonly EarlierAttempt[];
  readonly settings: VaultAccount['settings'];
}

function listAnswered(answer: IssuerAnswer, asked: Asked): Answered<QueryOutcome> {
  const traceId = traceIdOf(answer);
  const common = commonOutcome(answer, { traceId });
  if (common !== null) return common;
  const said = listOutcome(answer, asked);
  return { outcome: said.outcome, evidence: evidenceOf(answer, { traceId, issuerCode: said.code }) };
}

interface ListSaid {
  readonly outcome: QueryOutcome;
  /** The status in the list, or our word for what is wrong with the list. */
  readonly code: string | null;
}

function listOutcome(answer: IssuerAnswer, asked: Asked): ListSaid {
  const isList = answer.kind === 'answer' && answer.status === 200;
  const list = isList ? readCardList(answer.text, identityOf(asked.reference)) : null;
  if (list === null) return { outcome: { kind: 'unknown' }, code: isList ? 'unreadable-list' : null };
  const { CANCELLED_STATUSES } = asked.settings;
  const [standing, ...others] = new Set(list.entries.map((entry) => standingOf(entry, CANCELLED_STATUSES)));
  if (standing === undefined) return { outcome: absent(list, asked), code: 'not-listed' };
  if (others.length > 0) return { outcome: disagreement, code: 'contradicting-list' };
  const outcome = standing === 'cancelled' ? shownCancelled(asked) : standings[standing];
  return { outcome, code: list.entries[0]?.status ?? null };
}

const disagreement: QueryOutcome = { kind: 'unknown', alert: 'lists the card request twice, in different states' };

/** What a cancelled request looks like in the list is not documented, so one that is gone proves nothing by itself. */
function absent({ isComplete }: CardList, { earlier, settings }: Asked): QueryOutcome {
  // Seen before in the list of this same user: so neither the id nor the user is mistaken.
  const wasListed = earlier.some(({ kind, outcome }) => kind === 'query' && outcome === 'not-cancelled');
  return { kind: settings.ABSENT_MEANS_CANCELLED && isComplete && wasListed ? 'cancelled' : 'unknown' };
}

/** By us, when an earlier cancel of ours may have done it. */
function shownCancelled({ earlier }: Asked): QueryOutcome {
  const mayBeOurs = earlier.some(
    ({ kind, outcome }) => kind === 'cancel' && (outcome === 'unknown' || outcome === 'asking'),
  );
  return { kind: mayBeOurs ? 'cancelled' : 'already-cancelled' };
}
