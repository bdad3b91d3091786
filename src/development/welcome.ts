import { randomUUID } from 'node:crypto';
import type { RunningSimulators } from './simulators.js';

interface WelcomeInput {
  readonly url: string;
  readonly appKey: string;
  readonly appToken: string;
  readonly adminToken: string;
  readonly simulators: RunningSimulators['running'];
}

/** What `npm start` prints: two commands that link and cancel a payment, and what else can be tried. */
export function welcome({ url, appKey, appToken, adminToken, simulators }: WelcomeInput): string {
  const paymentId = randomUUID().replaceAll('-', '').toUpperCase();
  const requestId = randomUUID().replaceAll('-', '').toUpperCase();
  const [first] = simulators;
  const reference = first?.simulator.examples[0]?.reference ?? {};
  const link = { issuer: first?.issuer.code ?? 'vault', reference, value: 2300, orderId: '1234567-01' };
  const cancel = { paymentId, requestId, authorizationId: 'AUT-70D2444272' };
  return [
    '',
    `The connector listens on ${url}. Link a payment to a card, then cancel it as VTEX does:`,
    '',
    `curl -sS -X PUT '${url}/internal/payments/${paymentId}' -H 'Authorization: Bearer ${adminToken}' -H 'Content-Type: application/json' -d '${JSON.stringify(link)}'`,
    '',
    `curl -sS -X POST '${url}/payments/${paymentId}/cancellations' -H 'X-VTEX-API-AppKey: ${appKey}' -H 'X-VTEX-API-AppToken: ${appToken}' -H 'Content-Type: application/json' -d '${JSON.stringify(cancel)}'`,
    '',
    `What happened to it: GET ${url}/internal/payments/${paymentId}; what people must do: GET ${url}/internal/manual-cancellations (both with the same Authorization).`,
    '',
    'The issuers are simulated. Use a new paymentId for each reference; these make them behave in other ways:',
    ...simulators.flatMap(({ issuer, simulator }) => [
      '',
      `  "issuer": "${issuer.code}"  (${issuer.name})`,
      ...simulator.examples.map(({ reference: example, does }) => `    ${JSON.stringify(example)}  ${does}`),
    ]),
    '',
  ].join('\n');
}
