/** A place in the service's work, as crash-points.mjs finds it. */
export type CrashPoint =
  | { readonly at: 'statement'; readonly name: string; readonly when: 'before' | 'after' }
  | { readonly at: 'text'; readonly text: string; readonly when: 'before' | 'after' }
  /** The commit of a transaction in which this statement was run. */
  | { readonly at: 'commit'; readonly of: string; readonly when: 'before' | 'after' }
  | { readonly at: 'issuer'; readonly kind: 'cancel' | 'query'; readonly when: 'written' | 'answer read' }
  | { readonly at: 'answer'; readonly to: '/cancellations' | '/callbacks'; readonly when: 'before' | 'after' };

/** One crash after another; each process but the last is killed when its work is frozen. */
export interface Boundary {
  readonly name: string;
  readonly crashes: readonly Crash[];
  /** Every callback is let through, and not every other one alone. */
  readonly allCallbacks?: boolean;
  /** The service's own settings instead of the rig's. */
  readonly settings?: Readonly<Record<string, string>>;
}

interface Crash {
  readonly points: readonly CrashPoint[];
  /** Time that passes while this process works, in milliseconds, so that it gets there. */
  readonly timePasses?: readonly number[];
}

const cancelWritten: CrashPoint = { at: 'issuer', kind: 'cancel', when: 'written' };

const commit = (of: string, when: 'before' | 'after'): CrashPoint => ({ at: 'commit', of, when });
const statement = (name: string, when: 'before' | 'after'): CrashPoint => ({ at: 'statement', name, when });

const boundary = (name: string, ...points: readonly CrashPoint[]): Boundary => ({ name, crashes: [{ points }] });

const ofCallback = (name: string, ...points: readonly CrashPoint[]): Boundary => ({
  ...boundary(name, ...points),
  allCallbacks: true,
});

/** After a first crash whose lease has run out, so that what it left behind is taken over. */
const later = (name: string, timePasses: readonly number[], ...points: readonly CrashPoint[]): Boundary => ({
  name,
  crashes: [{ points: [cancelWritten] }, { points, timePasses }],
});

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Every step between VTEX's request and its end, in the order in which a payment comes by. */
export const boundaries: readonly Boundary[] = [
  boundary('looked at, not claimed', statement('load-cancellation-view', 'after')),
  boundary('claimed, with the intent to cancel', statement('claim-and-ask', 'after')),
  boundary('cancel written', cancelWritten),
  boundary('answer to the cancel read', { at: 'issuer', kind: 'cancel', when: 'answer read' }),
  boundary('job enqueued, not committed', { at: 'text', text: 'release savepoint attempt', when: 'after' }),
  boundary('outcome not committed', commit('close-attempt', 'before'), statement('record-proof', 'before')),
  boundary('outcome committed', commit('close-attempt', 'after'), statement('record-proof', 'after')),
  boundary('intent to query committed', statement('begin-attempt', 'after')),
  boundary('answer to the query read', { at: 'issuer', kind: 'query', when: 'answer read' }),
  boundary(
    'manual or final claim not committed',
    commit('set-manual', 'before'),
    commit('insert-cancellation', 'before'),
  ),
  boundary('manual or final claim committed', commit('set-manual', 'after'), commit('insert-cancellation', 'after')),
  boundary('answer frozen', statement('freeze-answer', 'after'), statement('record-proof', 'after')),
  boundary('about to answer VTEX', { at: 'answer', to: '/cancellations', when: 'before' }),
  boundary('VTEX answered', { at: 'answer', to: '/cancellations', when: 'after' }),
  ofCallback('callback stored', statement('insert-issuer-callback', 'after')),
  ofCallback('callback not committed', commit('take-stored-callback', 'before')),
  ofCallback('callback committed', commit('take-stored-callback', 'after')),
  ofCallback('callback answered', { at: 'answer', to: '/callbacks', when: 'after' }),
  boundary('notices not spread', commit('mark-notices-spread', 'before')),
  boundary('notice taken', statement('take-notice-message', 'after')),
  boundary('notice sent, not recorded', commit('mark-message-delivered', 'before')),
  later('take-over not committed', [], commit('close-lost-attempts', 'before')),
  later('take-over committed', [], commit('close-lost-attempts', 'after')),
  later('second cancel or first query written', [15 * SECOND, 15 * SECOND], cancelWritten, {
    at: 'issuer',
    kind: 'query',
    when: 'written',
  }),
  {
    name: 'three cancels written',
    crashes: [
      { points: [cancelWritten] },
      { points: [cancelWritten], timePasses: [15 * SECOND, 15 * SECOND] },
      { points: [cancelWritten], timePasses: [15 * SECOND, 15 * SECOND, 125 * SECOND, 125 * SECOND] },
    ],
  },
  later('given up, not committed', [15 * MINUTE, 21 * HOUR], commit('set-manual', 'before')),
  {
    ...boundary('cancel written, with a circuit breaker', cancelWritten),
    settings: Object.fromEntries(
      ['VAULT', 'ARTHA', 'CORECARD', 'QITECH'].flatMap((issuer) => [
        [`${issuer}_BREAKER_FAULTS`, '4'],
        [`${issuer}_BREAKER_PAUSE_MS`, '500'],
      ]),
    ),
  },
];
