import Sequencer from '@jest/test-sequencer';

/**
 * Those that take longest, so that no worker is left alone with one at the end. Jest goes by how long each took the last time, and on a
 * fresh machine by the size of the file. One that is missing here only makes a run longer.
 */
const longest = [
  'test/faults/machines',
  'test/issuer-modes',
  'test/queue',
  'test/notice-recipients',
  'test/issuers',
  'test/protection',
  'test/vtex-calls',
  'test/crashes',
  'test/issuer-accounts',
  'test/console/in-progress',
  'test/faults',
  'test/notices',
  'test/follow-up',
  'test/stop',
  'test/webhooks',
  'test/test-suite',
  'test/homologation/own-service',
  'test/faults/crash-points',
  'test/console/sign-in',
];

export default class LongestFirst extends Sequencer {
  sort(tests) {
    const place = ({ path, context }) => {
      const at = longest.findIndex((name) => path === `${context.config.rootDir}/${name}.spec.ts`);
      return at === -1 ? longest.length : at;
    };
    return super.sort(tests).sort((one, other) => place(one) - place(other));
  }
}
