import type {
  Answered,
  CancelOutcome,
  Connector,
  EarlierAttempt,
  FoundToken,
  Probe,
  QueryOutcome,
  RetryOutcome,
} from '../issuer.js';
import {
  commonOutcome,
  evidenceOf,
  type IssuerAnswer,
  type IssuerHttp,
  type IssuerRequest,
  later,
  probeAddress,
  probeWith,
  retryAfterMs,
  sendRenewing,
} from '../issuer-http.js';
import { mapCodes, mappedOutcome, type MappedCodes, standingOf, standings } from './codes.js';
import { tokensOf } from './tokens.js';
import type { VaultAccount } from './vault.js';
import {
  cancelRequest,
  type CardList,
  identityOf,
  listRequest,
  readCancelAnswer,
  readCardList,
  traceIdOf,
  type VaultReference,
} from './wire.js';

/** Speaks to Vault as the end user whose token the reference names. */
export function connectVault(account: VaultAccount, http: IssuerHttp): Connector<VaultReference> {
  const { settings } = account;
  const codes = mapCodes(settings);
  const tokens = tokensOf(account);

  /** All of it shares one time-out, because the lease on the attempt covers no more: getting a token, the call, and the same again after a 401. */
  async function ask<Outcome>(
    { userKey = null }: { readonly userKey?: string | null | undefined },
    make: (token: string) => IssuerRequest,
    read: (answer: IssuerAnswer) => Answered<Outcome>,
  ): Promise<Answered<Outcome | RetryOutcome>> {
    const endsAt = performance.now() + account.timeoutMs;
    const find = async () => inTime(tokens.token(userKey), endsAt);
    const found = await find();
    if (found?.kind !== 'token') return withoutToken(found);
    if (endsAt - performance.now() < SHORTEST_CALL_MS) return withoutToken(OUT_OF_TIME);
    let { token } = found;
    const renew = async () => {
      await tokens.renew(userKey, token);
      const fresh = await find();
      if (fresh?.kind === 'token') token = fresh.token;
    };
    const makeNow = () => ({ ...make(token), timeoutMs: Math.max(1, Math.ceil(endsAt - performance.now())) });
    return read(await sendRenewing(http, makeNow, renew));
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

  /** The card list of the common token's user, of which nothing is read. */
  async function probe(): Promise<Probe> {
    const found = settings.STATUS_QUERY ? await tokens.token(null) : null;
    if (found?.kind !== 'token') return probeAddress(http, account);
    let { token } = found;
    const renew = async () => {
      await tokens.renew(null, token);
      const fresh = await tokens.token(null);
      if (fresh?.kind === 'token') token = fresh.token;
    };
    return probeWith(http, { make: () => listRequest(account, token), renew, isRefusal: () => false });
  }

  return { cancel, query: settings.STATUS_QUERY ? query : null, probe, callback: 'none', pendingQuietMs: 0 };
}

/** A call with less time than this would only leave its outcome unknown. */
const SHORTEST_CALL_MS = 50;

const OUT_OF_TIME = { kind: 'unavailable', fault: 'timeout' } as const;

/** Whoever gets the token goes on for those who come later. */
async function inTime(found: Promise<FoundToken | null>, endsAt: number): Promise<FoundToken | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<FoundToken>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, endsAt - performance.now()), OUT_OF_TIME);
  });
  try {
    return await Promise.race([found, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Nothing was sent. Only what a person must put right is an alert. */
function withoutToken(found: Exclude<FoundToken, { kind: 'token' }> | null): Answered<RetryOutcome> {
  if (found?.kind === 'unavailable') {
    const evidence = evidenceOf({ kind: 'not-sent', fault: `token-${found.fault}` });
    return { outcome: { kind: 'retry', when: 'at-once' }, evidence };
  }
  const evidence = evidenceOf({ kind: 'not-sent', fault: 'no-token' });
  return { outcome: later(found?.why ?? 'was not asked: there is no token'), evidence };
}

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
