import { Doubtful, demand, type Check } from '../check.js';
import { readObject } from '../session.js';
import { callbackShape, faultsOf } from '../shapes.js';
import { knownIssue, sources } from '../sources.js';

/** What a call to `callbackUrl` looks like. */
export const callbackChecks: readonly Check[] = [
  {
    id: 'callback.address',
    title: 'Comes to callbackUrl byte for byte',
    why: 'The signature in its query is checked; a rewritten address is refused, and the payment is never approved.',
    source: sources.callbackSignature,
    async run(session) {
      const { payment } = await session.asyncPayment();
      const strange = session.callbacks.callbacksOf(payment.paymentId).filter(({ isExact }) => !isExact);
      demand(
        strange.length === 0,
        `every call as a POST to exactly ${payment.callback.url}`,
        strange.map(({ method, target }) => `${method} ${target}`).join(', '),
      );
    },
  },
  {
    id: 'callback.body',
    title: 'Has the shape of a create-payment answer',
    why: "VTEX takes the payment's new values from it.",
    source: sources.create,
    async run(session) {
      const { payment, callback } = await session.asyncPayment();
      const { fields, isObject } = readObject(callback.text);
      demand(isObject, 'a JSON object in the body', callback.text === '' ? 'an empty body' : callback.text);
      const faults = faultsOf(callbackShape, fields);
      demand(faults === null, `the shape of an answer to POST /payments (${faults})`, callback.text);
      demand(fields.paymentId === payment.paymentId, `paymentId ${payment.paymentId}`, callback.text);
    },
  },
  {
    id: 'callback.delays',
    title: 'Names both delays of settlement',
    why: 'What a callback says replaces what create-payment said; delays that it leaves out become 24 hours.',
    source: sources.helpCenter,
    async run(session) {
      const { fields } = readObject((await session.asyncPayment()).callback.text);
      const missing = ['delayToAutoSettle', 'delayToAutoSettleAfterAntifraud'].filter(
        (name) => typeof fields[name] !== 'number',
      );
      if (missing.length > 0) throw new Doubtful(`The callback does not name ${missing.join(' and ')}: 24 hours then.`);
    },
  },
  {
    id: 'callback.credentials',
    title: "Carries the connector's own VTEX keys",
    why: 'VTEX wants X-VTEX-API-AppKey and X-VTEX-API-AppToken of the account that owns the connector.',
    source: sources.create,
    async run(session) {
      const { headers } = (await session.asyncPayment()).callback;
      const missing = ['X-VTEX-API-AppKey', 'X-VTEX-API-AppToken'].filter((name) => !headers[name.toLowerCase()]);
      if (missing.length > 0) throw new Doubtful(`The callback has no ${missing.join(' and no ')}. Are they set?`);
      const { appToken } = session.provider;
      if (appToken !== '' && headers['x-vtex-api-apptoken'] === appToken)
        throw new Doubtful("The callback carries the merchant's token, which is for calls of VTEX to the connector.");
    },
  },
  {
    id: 'callback.then-create',
    title: 'Repeated create says approved after the callback',
    why: 'A callback that meets a repeated request gets lost; the answer to the next request has to say it.',
    source: knownIssue(1129281, sources.create),
    async run(session) {
      const { payment } = await session.asyncPayment();
      const answer = await session.create(payment);
      demand(answer.fields.status === 'approved', 'status "approved", as the callback said', answer);
    },
  },
];
