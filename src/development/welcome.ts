import { randomUUID } from 'node:crypto';
import { behaviours, type BehaviourName } from '../issuers/simulator-server.js';
import type { RunningSimulators } from './simulators.js';

interface WelcomeInput {
  readonly url: string;
  /** With which the first administrator of the console chooses a password; null where there is one who has. */
  readonly adminLink: string | null;
  readonly appKey: string;
  readonly appToken: string;
  readonly adminToken: string;
  /** Of the merchant for which VTEX's Test Suite is scripted. */
  readonly testSuite: { readonly appKey: string; readonly appToken: string };
  readonly simulators: RunningSimulators['running'];
}

/** Shown with a whole reference for each issuer; the other behaviours only by the ending that asks for them. */
const shown: readonly BehaviourName[] = ['works', 'refuses', 'not-found', 'already', 'hangs', 'answer-lost'];

/** What `npm start` prints: two commands that link and cancel a payment, and what else can be tried. Every id in it is new. */
export function welcome({ url, adminLink, appKey, appToken, adminToken, testSuite, simulators }: WelcomeInput): string {
  const [first] = simulators;
  return [
    '',
    `The connector listens on ${url}. All that it answers: ${url}/docs`,
    '',
    ...console(),
    '',
    ...(first ? tryOut(first) : ['No issuer is simulated: each has a base URL of its own in the environment.']),
    '',
  ].join('\n');

  function console(): string[] {
    if (adminLink === null) {
      return [
        `What people have to do is at ${url}/console`,
        'Who has lost the password gets a new link by: npm run cli -- people list, then: npm run cli -- people link <e-mail>',
      ];
    }
    return [
      'What people have to do is in the console. Open this to choose a password for its first administrator (once, within 7 days):',
      '',
      `  ${adminLink}`,
    ];
  }

  function tryOut({ issuer, simulator }: RunningSimulators['running'][number]): string[] {
    const paymentId = newId();
    const pair = (id: string, behaviour: BehaviourName, orderId: string) => {
      const link = { issuer: issuer.code, reference: simulator.referenceFor(behaviour), value: 2300, orderId };
      const cancel = { paymentId: id, requestId: newId(), authorizationId: 'AUT-70D2444272' };
      return [
        `curl -sS -X PUT '${url}/internal/payments/${id}' -H 'Authorization: Bearer ${adminToken}' -H 'Content-Type: application/json' -d '${JSON.stringify(link)}'`,
        '',
        `curl -sS -X POST '${url}/payments/${id}/cancellations' -H 'X-VTEX-API-AppKey: ${appKey}' -H 'X-VTEX-API-AppToken: ${appToken}' -H 'Content-Type: application/json' -d '${JSON.stringify(cancel)}'`,
        '',
      ];
    };
    return [
      'Link a payment to a card, then cancel it as VTEX does:',
      '',
      ...pair(paymentId, 'works', '1234567-01'),
      'And one that its issuer refuses, so that a person finishes it in the console:',
      '',
      ...pair(newId(), 'refuses', '1234568-01'),
      'With the same Authorization: everything that happened to a payment, and what people still have to do:',
      '',
      `  GET ${url}/internal/payments/${paymentId}`,
      `  GET ${url}/internal/manual-cancellations`,
      '',
      `VTEX's Test Suite is answered by its script for the app key ${testSuite.appKey} with the token ${testSuite.appToken}.`,
      '',
      'The issuers are simulated. Link a new paymentId to one of these, and cancel that:',
      ...simulators.flatMap(examples),
      '',
      'The last two characters of the id decide; any other ending cancels. The same endings work at every issuer:',
      '',
      ...Object.values(behaviours).flatMap(({ ending, does }) => (ending === null ? [] : [`  …${ending}  ${does}`])),
    ];
  }
}

function examples({ issuer, simulator }: RunningSimulators['running'][number]): string[] {
  return [
    '',
    `  ${issuer.name}`,
    ...shown.map((behaviour) => {
      const body = JSON.stringify({ issuer: issuer.code, reference: simulator.referenceFor(behaviour) });
      return `    ${body}  ${behaviours[behaviour].does}`;
    }),
  ];
}

const newId = () => randomUUID().replaceAll('-', '').toUpperCase();
