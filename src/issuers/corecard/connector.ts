import { later, probeAddress, sendRenewing, type IssuerHttp } from '../issuer-http.js';
import type { Account, Answered, CancelOutcome, Connector } from '../issuer.js';
import { cancelAnswered } from './codes.js';
import type { CorecardReference, CorecardShape } from './corecard.js';
import { cancelRequest } from './wire.js';

/** Cancels card orders at one CoreCredit account. There is no documented way to ask for the state of a single order. */
export function connectCorecard(account: Account<CorecardShape>, http: IssuerHttp): Connector<CorecardReference> {
  const { settings } = account;
  return {
    async cancel(reference) {
      const token = settings.ACCESS_TOKEN;
      if (token === undefined) return notAsked('CORECARD_ACCESS_TOKEN is not set');
      const externalIp = reference.externalIp ?? settings.EXTERNAL_IP;
      if (externalIp === undefined) {
        return notAsked(
          "it wants the end user's IP address, and neither the reference (externalIp) nor CORECARD_EXTERNAL_IP has one",
        );
      }
      const answer = await sendRenewing(
        http,
        () => cancelRequest(account, { ...reference, externalIp }, token.reveal()),
        () => {
          token.renew();
          settings.CALLBACK_SECRET?.renew();
        },
      );
      return cancelAnswered(answer, settings);
    },
    query: null,
    // Every documented call changes something or names a customer's account.
    probe: () => probeAddress(http, account),
    callback: settings.CALLBACK_SECRET === undefined ? 'none' : 'configured',
    pendingQuietMs: 0,
  };
}

const notAsked = (why: string): Answered<CancelOutcome> => ({
  outcome: later(`was not asked: ${why}`),
  evidence: { httpStatus: null, issuerCode: null, issuerText: null, traceId: null },
});
