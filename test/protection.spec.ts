import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IssuerCode } from '../src/issuers/index.js';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { effectsOf, type Reference } from './support/issuer-traffic.js';
import { newId, startTestService, type TestService } from './support/service.js';
import { startTestSimulators, type TestSimulators } from './support/simulators.js';
import { until } from './support/until.js';

let simulators: TestSimulators;
let database: TestDatabase;
let service: TestService;

beforeEach(async () => {
  simulators = await startTestSimulators(300);
  database = await makeTestDatabase();
});

afterEach(async () => {
  await service?.stop();
  await simulators?.stop();
  await database?.drop();
});

const start = async (settings: Readonly<Record<string, string>>) => {
  service = await startTestService({ ...simulators.settings, DATABASE_URL: database.url, ...settings });
};

interface Payment {
  readonly issuer: IssuerCode;
  readonly paymentId: string;
  readonly reference: Reference;
}

async function linked(issuer: IssuerCode, sandbox = false): Promise<Payment> {
  const paymentId = newId();
  const reference = simulators.of[issuer].referenceFor('works');
  expect((await service.link(paymentId, { issuer, reference, sandbox })).status).toBe(201);
  return { issuer, paymentId, reference };
}

const cancel = ({ paymentId }: Payment) => service.cancel(paymentId, { requestId: 'R1' });

const attemptsOf = async ({ paymentId }: Payment) =>
  (await service.history(paymentId)).cancellation?.attempts.map(({ outcome }) => outcome);

const inProgress = { status: 500, body: { code: 'cancellation-pending', cancellationId: null } };

describe('an issuer that is down', () => {
  let gate: Gate;

  beforeEach(async () => {
    gate = await openGate(simulators.of.vault.url);
    await start({
      VAULT_BASE_URL: gate.url,
      VAULT_BREAKER_FAULTS: '3',
      // Longer than the looks at what waits may take on a machine that does other things.
      VAULT_BREAKER_PAUSE_MS: '8000',
      ANSWER_DEADLINE_MS: '4000',
    });
  });

  afterEach(() => gate?.close());

  const circuits = async () => {
    const text = await (await fetch(`${service.url}/metrics`)).text();
    return [...text.matchAll(/^issuer_circuit_open\{issuer="(\w+)",environment="(\w+)"\} (\d)/gm)].map(([, ...parts]) =>
      parts.join(' '),
    );
  };

  const shown = async (issuer: string, sandbox: boolean) => {
    const { body } = await service.internal('GET', 'issuers');
    const accounts = body.issuers as { issuer: string; sandbox: boolean; circuit: string }[];
    return accounts.find((account) => account.issuer === issuer && account.sandbox === sandbox)?.circuit;
  };

  it('is left alone after a few faults; all that was asked meanwhile ends cancelled by itself', async () => {
    await gate.close();
    const first = await linked('vault');
    expect(await cancel(first)).toMatchObject(inProgress);
    expect(await attemptsOf(first)).toEqual(['retry', 'retry', 'retry']);

    const others = await Promise.all(Array.from({ length: 5 }, () => linked('vault')));
    const answers = await Promise.all(others.map(cancel));

    for (const answer of answers) expect(answer).toMatchObject(inProgress);
    for (const payment of others) expect(await attemptsOf(payment)).toEqual([]);
    const { events } = await service.history(others[0]!.paymentId);
    expect(events.map(({ kind }) => kind)).toEqual(['linked', 'waits']);
    expect(await shown('vault', false)).toBe('open');
    expect(await circuits()).toEqual(['vault live 1']);

    await gate.open();

    for (const { paymentId } of [first, ...others]) {
      await until(
        'it is cancelled',
        async () => (await service.history(paymentId)).cancellation?.state === 'cancelled',
        60_000,
      );
    }
    for (const { reference } of [first, ...others]) {
      expect(effectsOf(simulators, 'vault', reference)).toHaveLength(1);
    }
    expect(await circuits()).toEqual(['vault live 0']);
    expect(await shown('vault', false)).toBe('closed');
    const said = service.lines.filter((line) => /does not answer\. Nothing is sent|answers again/.test(line));
    expect(said).toHaveLength(2);
  }, 90_000);

  it('has no part in what another issuer does, nor its own sandbox account', async () => {
    await gate.close();
    await cancel(await linked('vault'));
    expect(await shown('vault', false)).toBe('open');

    const answers = await Promise.all([
      cancel(await linked('corecard')),
      cancel(await linked('qitech')),
      cancel(await linked('vault', true)),
    ]);

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [200, null],
      [200, null],
      [200, null],
    ]);
    expect(await shown('vault', true)).toBe('closed');
    expect(await circuits()).toEqual(['vault live 1']);
  });
});

describe('the cap on calls at once', () => {
  let counter: Counter;

  beforeEach(async () => {
    counter = await startCounter(simulators.of.corecard.url, 250);
  });

  afterEach(() => counter?.stop());

  it('lets the others wait for a place, and all are answered in time', async () => {
    await start({ CORECARD_BASE_URL: counter.url, CORECARD_MAX_CONCURRENT: '2', ANSWER_DEADLINE_MS: '10000' });
    const payments = await Promise.all(Array.from({ length: 10 }, () => linked('corecard')));

    const answers = await Promise.all(payments.map(cancel));

    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(counter.most()).toBe(2);
    for (const { reference } of payments) expect(effectsOf(simulators, 'corecard', reference)).toHaveLength(1);
  });

  it('tells VTEX "not yet" where there is no place in time, and they are sent soon afterwards', async () => {
    await start({ CORECARD_BASE_URL: counter.url, CORECARD_MAX_CONCURRENT: '1', ANSWER_DEADLINE_MS: '600' });
    const payments = await Promise.all(Array.from({ length: 8 }, () => linked('corecard')));

    const answers = await Promise.all(payments.map(cancel));

    const statuses = answers.map(({ status }) => status);
    expect(statuses).toContain(200);
    expect(statuses).toContain(500);
    for (const { paymentId } of payments) {
      await until(
        'it is cancelled',
        async () => (await service.history(paymentId)).cancellation?.state === 'cancelled',
        40_000,
      );
    }
    expect(counter.most()).toBe(1);
    for (const { reference } of payments) expect(effectsOf(simulators, 'corecard', reference)).toHaveLength(1);
  }, 60_000);

  it('is of one account: another one has its own', async () => {
    await counter.stop();
    counter = await startCounter(simulators.of.corecard.url, 2_000);
    await start({ CORECARD_BASE_URL: counter.url, CORECARD_MAX_CONCURRENT: '1', ANSWER_DEADLINE_MS: '10000' });
    const [one, two, sandbox] = [await linked('corecard'), await linked('corecard'), await linked('corecard', true)];
    const answered: string[] = [];
    const note = async (name: string, payment: Payment) => {
      const { status } = await cancel(payment);
      answered.push(`${name} ${status}`);
    };

    await Promise.all([note('live', one), note('live', two), note('sandbox', sandbox)]);

    expect(answered).toEqual(['sandbox 200', 'live 200', 'live 200']);
  });
});

/** A way to a server that can be closed, so that nobody listens, and opened again at the same address. */
interface Gate {
  readonly url: string;
  open(): Promise<void>;
  close(): Promise<void>;
}

async function openGate(target: string): Promise<Gate> {
  const sockets = new Set<Socket>();
  let server: net.Server | null = null;
  let port = 0;
  const open = async () => {
    server = net.createServer((socket) => {
      const onward = net.connect(Number(new URL(target).port), '127.0.0.1');
      for (const end of [socket, onward]) {
        sockets.add(end);
        end.on('error', () => undefined).once('close', () => sockets.delete(end));
      }
      socket.pipe(onward).pipe(socket);
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  };
  const close = async () => {
    if (!server) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
    server = null;
  };
  await open();
  return { url: `http://127.0.0.1:${port}`, open, close };
}

/** Passes calls on to a server, each after a while, and counts how many are under way at once. */
interface Counter {
  readonly url: string;
  most(): number;
  stop(): Promise<void>;
}

async function startCounter(target: string, delayMs: number): Promise<Counter> {
  let [now, most] = [0, 0];
  const server = http.createServer((request, response) => {
    now += 1;
    most = Math.max(most, now);
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      void pass(request, Buffer.concat(pieces)).then(({ status, text }) => {
        now -= 1;
        response.writeHead(status, { 'content-type': 'application/json' }).end(text);
      });
    });
  });
  const pass = async ({ method = '', url = '', headers }: http.IncomingMessage, body: Buffer) => {
    await sleep(delayMs);
    const { authorization = '', 'content-type': type = '' } = headers;
    const answer = await fetch(target + url, {
      method,
      headers: { authorization, 'content-type': type },
      body: new Uint8Array(body),
    });
    return { status: answer.status, text: await answer.text() };
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    most: () => most,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
