import { randomUUID } from 'node:crypto';
import {
  commonOutcome,
  evidenceOf,
  later,
  probeAddress,
  probeWith,
  readJsonObject,
  sendRenewing,
} from '../issuer-http.js';
import type { IssuerAnswer, IssuerHttp, IssuerRequest } from '../issuer-http.js';
import type {
  Answered,
  CancelOutcome,
  Connector,
  EarlierAttempt,
  Evidence,
  Probe,
  QueryOutcome,
  RetryOutcome,
} from '../issuer.js';
import type { ArthaAccount, ArthaReference } from './artha.js';
import { cancelStatuses, isOneOf, meaningOfCancel, meaningOfCardStatus } from './codes.js';
import {
  cancelRequest,
  canStandInPath,
  CredentialFault,
  detailsRequest,
  readCancelAnswer,
  readCardStatus,
  withoutSecrets,
} from './wire.js';

export function connectArtha(account: ArthaAccount, http: IssuerHttp): Connector<ArthaReference> {
  const { settings } = account;
  const canCallBack = settings.CALLBACK_PUBLIC_KEY !== undefined || settings.CALLBACK_UNSIGNED;
  return {
    cancel: (reference) => sendCancel(account, http, reference),
    query: settings.STATUS_QUERY ? (reference, earlier) => askState(account, http, reference, earlier) : null,
    probe: () => probeArtha(account, http),
    callback: canCallBack ? 'with-task' : 'none',
    pendingQuietMs: settings.TASK_MINUTES * 60_000,
  };
}

async function sendCancel(
  account: ArthaAccount,
  http: IssuerHttp,
  reference: ArthaReference,
): Promise<Answered<CancelOutcome>> {
  const answer = await exchange(account, http, () => cancelRequest(account, reference));
  return 'outcome' in answer ? answer : classifyCancel(answer, account);
}

function classifyCancel(answer: IssuerAnswer, account: ArthaAccount): Answered<CancelOutcome> {
  const said = answer.kind === 'answer' ? cancelEvidence(answer.text, account) : {};
  const outcome = answer.kind === 'answer' ? ownMeaning(answer.status, answer.text, account) : null;
  if (outcome) return { outcome, evidence: evidenceOf(answer, said) };
  return commonOutcome(answer, said) ?? { outcome: unknown, evidence: evidenceOf(answer, said) };
}

/** Null where Artha's pages say nothing. */
function ownMeaning(status: number, text: string, account: ArthaAccount): CancelOutcome | null {
  const said = readCancelAnswer(text, account);
  if (status === 200) return meaningOfCancel(said, account);
  // A body that says Success under any other status contradicts it; neither is believed.
  if (isOneOf(account.settings.SUCCESS_STATUSES, said?.status ?? null)) return unknown;
  return cancelStatuses[status] ?? null;
}

/** The bodies of errors are on no page; `code` and `message` are the names that Artha asks us to use towards itself. */
function cancelEvidence(text: string, account: ArthaAccount): Partial<Evidence> {
  const body = readJsonObject(text) ?? {};
  const kept = (value: unknown) => (typeof value === 'string' ? withoutSecrets(value, account) : null);
  return {
    issuerCode: kept(body.status) ?? (typeof body.code === 'number' ? String(body.code) : kept(body.code)),
    issuerText: kept(body.remarks) ?? kept(body.message),
    traceId: kept(body.taskId),
  };
}

/** Nothing of the answer but its HTTP status is kept: the body holds the card's number and CVV, wherever Artha may put them. */
async function askState(
  account: ArthaAccount,
  http: IssuerHttp,
  reference: ArthaReference,
  earlier: readonly EarlierAttempt[],
): Promise<Answered<QueryOutcome>> {
  if (!canStandInPath(reference)) return notSent(unknown, 'card-id-not-in-path');
  const answer = await exchange(account, http, () => detailsRequest(account, reference));
  if ('outcome' in answer) return answer;
  if (answer.kind === 'answer' && answer.status === 200) {
    const cardStatus = readCardStatus(answer.text);
    return { outcome: meaningOfCardStatus(cardStatus, earlier, account), evidence: evidenceOf(answer) };
  }
  return commonOutcome(answer) ?? { outcome: unknown, evidence: evidenceOf(answer) };
}

const unknown = { kind: 'unknown' } as const;

/** CardDetails of a card that nobody has. Where that query is off, no card's details may be asked for, not even of none. */
async function probeArtha(account: ArthaAccount, http: IssuerHttp): Promise<Probe> {
  if (!account.settings.STATUS_QUERY) return probeAddress(http, account);
  const cardId = randomUUID();
  try {
    const make = () => detailsRequest(account, { cardId });
    return await probeWith(http, { make, renew: renewing(account), isRefusal: () => false });
  } catch (error) {
    if (error instanceof CredentialFault) return { kind: 'unreachable', fault: 'not-configured' };
    throw error;
  }
}

/** Sends what `make` builds, and once more after a 401; an outcome instead of an answer when it cannot be built. */
async function exchange(
  account: ArthaAccount,
  http: IssuerHttp,
  make: () => IssuerRequest,
): Promise<IssuerAnswer | Answered<RetryOutcome>> {
  try {
    return await sendRenewing(http, make, renewing(account));
  } catch (error) {
    if (error instanceof CredentialFault) return notSent(later(error.message), 'not-configured');
    throw error;
  }
}

const renewing =
  ({ settings }: ArthaAccount) =>
  () => {
    settings.ACCESS_TOKEN?.renew();
    settings.CUSTOMER_TOKEN?.renew();
    settings.PRIVATE_KEY?.renew();
    settings.CALLBACK_PUBLIC_KEY?.renew();
  };

const notSent = <Outcome>(outcome: Outcome, fault: string): Answered<Outcome> => ({
  outcome,
  evidence: evidenceOf({ kind: 'not-sent', fault }),
});
