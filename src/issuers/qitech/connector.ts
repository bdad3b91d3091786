import { randomUUID } from 'node:crypto';
import { probeAddress, probeWith, sendRenewing, type IssuerAnswer, type IssuerHttp } from '../issuer-http.js';
import type { Answered, Connector, EarlierAttempt, Probe, QueryOutcome } from '../issuer.js';
import { cancelAnswered, cardAnswered, DOWNSTREAM_FAULT, instrumentAnswered, refusesKey } from './codes.js';
import type { QitechAccount } from './qitech.js';
import {
  cancelPath,
  cardPath,
  instrumentPath,
  signedRequest,
  UnusableCredentialError,
  type Call,
  type QitechReference,
} from './wire.js';

/** Speaks to one account at QI Tech. Nothing is fetched beforehand: each request is signed by itself. */
export function connectQitech(account: QitechAccount, http: IssuerHttp): Connector<QitechReference> {
  const { settings } = account;
  return {
    async cancel(reference) {
      const call: Call = { method: 'PATCH', path: cancelPath(reference), endsAt: endOfAttempt(account) };
      return cancelAnswered(await send(call, account, http), reference, settings);
    },
    query: settings.INSTRUMENT_QUERY ? (reference, earlier) => query(reference, earlier, { account, http }) : null,
    probe: () => probe(account, http),
    // A webhook is only a reason to ask: without a query it closes nothing.
    callback: 'none',
    pendingQuietMs: 0,
  };
}

type Line = { readonly account: QitechAccount; readonly http: IssuerHttp };

/**
 * Asks for the instrument and, where a cancel told of trouble with the card, or its answer that might have told so was lost, for the
 * card too: QI Tech can have cancelled the one without the other.
 */
async function query(
  reference: QitechReference,
  earlier: readonly EarlierAttempt[],
  { account, http }: Line,
): Promise<Answered<QueryOutcome>> {
  const { settings } = account;
  const endsAt = endOfAttempt(account);
  const path = instrumentPath(reference, settings);
  const instrument = instrumentAnswered(
    await send({ method: 'GET', path, endsAt }, account, http),
    reference,
    settings,
  );
  if (instrument.outcome.kind !== 'already-cancelled') return instrument;

  const cancels = earlier.filter(({ kind }) => kind === 'cancel');
  const isOurDoing = cancels.some(({ outcome }) => outcome === 'unknown' || outcome === 'asking');
  const cancelled = { kind: isOurDoing ? 'cancelled' : 'already-cancelled' } as const;
  const hadCardTrouble = cancels.some(({ issuerCode }) => issuerCode === DOWNSTREAM_FAULT);
  const { cardKey } = reference;
  if (!hadCardTrouble && (!isOurDoing || cardKey === undefined)) return { ...instrument, outcome: cancelled };

  if (cardKey === undefined) {
    const alert = `answered ${DOWNSTREAM_FAULT} to a cancel: the instrument is cancelled, but whether its card is cannot be asked, because the link has no cardKey`;
    return { ...instrument, outcome: { kind: 'unknown', alert } };
  }
  const card = { method: 'GET', path: cardPath(reference.walletKey, cardKey), endsAt } as const;
  return cardAnswered(await send(card, account, http), { cardKey, settings, cancelled, hadCardTrouble });
}

/** One attempt has one time-out, however many requests it takes: the lease on it is only a little longer. */
const endOfAttempt = ({ timeoutMs }: QitechAccount) => performance.now() + timeoutMs;

/** Asks for an instrument that nobody has. */
async function probe(account: QitechAccount, http: IssuerHttp): Promise<Probe> {
  const { settings } = account;
  if (!settings.INSTRUMENT_QUERY) return probeAddress(http, account);
  const path = instrumentPath({ walletKey: randomUUID(), paymentInstrumentKey: randomUUID() }, settings);
  const make = () => signedRequest({ method: 'GET', path, endsAt: endOfAttempt(account) }, account);
  try {
    return await probeWith(http, { make, renew: renewing(account), isRefusal: refusesKey });
  } catch (error) {
    if (error instanceof UnusableCredentialError) {
      return { kind: 'unreachable', fault: UnusableCredentialError.fault };
    }
    throw error;
  }
}

async function send(call: Call, account: QitechAccount, http: IssuerHttp): Promise<IssuerAnswer> {
  try {
    return await sendRenewing(http, () => signedRequest(call, account), renewing(account));
  } catch (error) {
    if (error instanceof UnusableCredentialError) return { kind: 'not-sent', fault: UnusableCredentialError.fault };
    throw error;
  }
}

const renewing =
  ({ settings }: QitechAccount) =>
  () => {
    settings.API_CLIENT_KEY.renew();
    settings.PRIVATE_KEY.renew();
    settings.CALLBACK_PUBLIC_KEY?.renew();
  };
