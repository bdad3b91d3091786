import { makeTestDatabase, type TestDatabase } from '../support/database.js';
import { send } from '../support/http.js';
import { startServiceProcess, type ServiceProcess } from '../support/process.js';
import { newId, vtexHeaders } from '../support/service.js';
import { issuerCodes, startTestSimulators, type TestSimulators } from '../support/simulators.js';
import { isFull } from './form.js';

/** `FAULTS_KEYS` asks for another number in the full form. */
const KEYS = isFull ? Number(process.env.FAULTS_KEYS ?? 10_000) : 12;
const DUPLICATES = 50;

/** 200 requests in flight. */
const KEYS_AT_ONCE = 4;

/** They answer a cancel at once; Artha takes it on as a task and calls back. */
const issuers = ['vault', 'corecard', 'qitech'] as const;

let database: TestDatabase;
let simulators: TestSimulators;
let replicas: readonly ServiceProcess[];

beforeAll(async () => {
  database = await makeTestDatabase();
  simulators = await startTestSimulators();
  const environment = {
    ...simulators.settings,
    // Long, so that a slow machine does not turn an answer into an unknown outcome.
    ...Object.fromEntries(issuerCodes.map((code) => [`${code.toUpperCase()}_TIMEOUT_MS`, '14000'])),
    ANSWER_DEADLINE_MS: '19000',
    LOG_LEVEL: 'warn',
    DATABASE_URL: database.url,
  };
  replicas = await Promise.all([1, 2, 3].map(() => startServiceProcess(environment)));
}, 120_000);

afterAll(async () => {
  await Promise.all((replicas ?? []).map((replica) => replica.kill('SIGKILL')));
  await simulators?.stop();
  await database?.drop();
});

function cancel(replica: ServiceProcess, paymentId: string, requestId: string) {
  return send(`${replica.url}/payments/${paymentId}/cancellations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...vtexHeaders },
    body: JSON.stringify({ paymentId, requestId, authorizationId: 'AUT-70D2444272' }),
  });
}

interface Key {
  readonly paymentId: string;
  readonly requestId: string;
  readonly issuer: (typeof issuers)[number];
  readonly reference: Readonly<Record<string, unknown>>;
}

/** Does `work` on every item, at most `most` at a time. */
async function inTurns<Item>(items: readonly Item[], most: number, work: (item: Item) => Promise<void>) {
  const left = [...items];
  const worker = async () => {
    for (let item = left.pop(); item !== undefined; item = left.pop()) await work(item);
  };
  await Promise.all(Array.from({ length: most }, worker));
}

const replicaAt = (at: number) => replicas[at % replicas.length] as ServiceProcess;

it(
  `has one effect and one byte string per key for ${DUPLICATES} duplicates of ${KEYS} keys at three replicas`,
  async () => {
    const keys = Array.from({ length: KEYS }, (_, at): Key => {
      const issuer = issuers[at % issuers.length] ?? 'vault';
      const reference = simulators.of[issuer].referenceFor('works');
      return { paymentId: newId(), requestId: newId(), issuer, reference };
    });
    await inTurns(keys, 16, async ({ paymentId, issuer, reference }) => {
      const { status } = await replicaAt(0).link(paymentId, { issuer, reference });
      if (status !== 201) throw new Error(`A link was answered ${status}.`);
    });
    const statuses = new Map<number, number>();
    const faults: string[] = [];
    const ids = new Set<string>();
    const beganAt = performance.now();

    await inTurns(keys, KEYS_AT_ONCE, async ({ paymentId, requestId }) => {
      const answers = await Promise.all(
        Array.from({ length: DUPLICATES }, (_, at) => cancel(replicaAt(at), paymentId, requestId)),
      );
      for (const { status } of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
      const texts = new Set(answers.map(({ text }) => text));
      const [text = ''] = texts;
      const { cancellationId } = JSON.parse(text) as { cancellationId: string | null };
      if (cancellationId !== null) ids.add(cancellationId);
      if (texts.size !== 1 || cancellationId === null) faults.push(`${paymentId}: ${[...texts].join(' | ')}`);
    });

    const tookMs = performance.now() - beganAt;
    const effects = issuers.flatMap((code) => simulators.of[code].effects.map(({ identity }) => `${code} ${identity}`));
    const sent = issuers.flatMap((code) => simulators.of[code].requests).filter(({ method }) => method !== 'GET');
    const perSecond = Math.round((KEYS * DUPLICATES * 1_000) / tookMs);
    console.info(
      `${KEYS} keys x ${DUPLICATES} duplicates x 3 replicas: ${effects.length} effects, ${sent.length} cancels sent, answers by status ${JSON.stringify([...statuses])}, ${(tookMs / 1_000).toFixed(1)} s, ${perSecond} requests/s`,
    );
    expect(faults.slice(0, 5)).toEqual([]);
    expect([...statuses]).toEqual([[200, KEYS * DUPLICATES]]);
    expect(ids.size).toBe(KEYS);
    expect(effects).toHaveLength(KEYS);
    expect(new Set(effects).size).toBe(KEYS);
    expect(sent).toHaveLength(KEYS);
  },
  isFull ? 60 * 60_000 : 120_000,
);
