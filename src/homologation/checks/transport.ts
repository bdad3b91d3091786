import { isIP } from 'node:net';
import tls from 'node:tls';
import { Doubtful, Failed, Skipped, demand, type Check } from '../check.js';
import type { Answer } from '../session.js';
import { answerShapes, faultsOf } from '../shapes.js';
import { sources } from '../sources.js';

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
const TLS_PATIENCE_MS = 10_000;

/** How the provider is reached, and how long VTEX waits outside of its Test Suite. */
export const transportChecks: readonly Check[] = [
  {
    id: 'transport.https',
    title: 'HTTPS at a public name, port 443',
    why: 'VTEX calls nothing else in production.',
    source: sources.implementing,
    async run({ provider: { url } }) {
      if (LOOPBACK.test(url.hostname)) throw new Skipped('a loopback address');
      const doubts = [
        url.protocol === 'https:' ? '' : 'not https',
        isIP(url.hostname.replace(/^\[|\]$/g, '')) === 0 ? '' : 'an IP address instead of a name',
        url.port === '' ? '' : `port ${url.port} instead of 443`,
      ].filter((doubt) => doubt !== '');
      if (doubts.length > 0) throw new Doubtful(`VTEX will not call ${url.origin}: ${doubts.join(', ')}.`);
    },
  },
  {
    id: 'transport.tls',
    title: 'TLS 1.2 is spoken',
    why: 'VTEX speaks it, and documents no newer one.',
    source: sources.helpCenter,
    async run({ provider: { url } }) {
      if (url.protocol !== 'https:') throw new Skipped('the address is not https');
      return speakTls12(url);
    },
  },
  {
    id: 'transport.in-time',
    title: 'Ordinary calls answered within 20 s, in shape',
    why: 'Without the header of the Test Suite VTEX waits 20 s, and what comes is a real answer.',
    source: sources.overview,
    async run(session) {
      // A sandbox payment: here nothing is scripted, and the card might be charged.
      const sandbox = { isTestSuite: false, fields: { sandBoxMode: true, sandboxMode: true } };
      const payment = await session.scriptedPayment('approved');
      inShape(await session.create(payment, sandbox));
      inShape(await session.cancel(payment, sandbox));
      inShape(await session.settle(payment, sandbox));
    },
  },
];

/** Not documented statuses are another check's. */
function inShape(answer: Answer): void {
  const { operation } = answer.call;
  const shape = operation === 'manifest' ? undefined : answerShapes[operation][answer.status];
  const faults = shape === undefined ? null : faultsOf(shape, answer.fields);
  demand(faults === null, `the documented shape of ${answer.status} (${faults})`, answer);
}

async function speakTls12(url: URL): Promise<string> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const socket = tls.connect({
    host,
    port: Number(url.port || 443),
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.2',
    ...(isIP(host) === 0 ? { servername: host } : {}),
  });
  try {
    return await new Promise<string>((resolve, reject) => {
      socket.setTimeout(TLS_PATIENCE_MS, () => reject(new Failed('a TLS 1.2 connection', 'no answer')));
      socket.on('error', (error: Error) => reject(new Failed('a TLS 1.2 connection', error.message)));
      socket.on('secureConnect', () => resolve(socket.getCipher().standardName ?? socket.getCipher().name));
    });
  } finally {
    socket.destroy();
  }
}
