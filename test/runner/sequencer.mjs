import Sequencer from '@jest/test-sequencer';

/**
 * Those that take longest, so that no worker is left alone with one at the end, and of them those that mostly wait beside those that mostly
 * work. Jest goes by how long each took the last time, and on a fresh machine by the size of the file. One that is missing here only makes a
 * run longer.
 */
const first = [
  'test/homologation/homologation',
  'test/queue',
  'test/protection',
  'test/crashes',
  'test/issuers',
  'test/vtex-calls',
  'test/notice-recipients',
  'test/issuer-accounts',
  'test/webhooks',
  'test/follow-up',
  'test/browser/path',
  'test/notices',
  'test/faults/machines',
  'test/stop',
  'test/console/in-progress',
  'test/embedded-postgres',
  'test/test-suite',
  'test/homologation/own-service',
  'test/faults/crash-points',
  'test/schema',
  'test/duplicates',
  'test/explain-and-check',
  'test/issuer-modes',
  'test/two-processes',
  'test/console/sign-in',
  'test/faults',
];

export default class LongestFirst extends Sequencer {
  sort(tests) {
    const place = ({ path, context }) => {
      const at = first.findIndex((name) => path === `${context.config.rootDir}/${name}.spec.ts`);
      return at === -1 ? first.length : at;
    };
    return super.sort(tests).sort((one, other) => place(one) - place(other));
  }
}
