import fc from 'fast-check';
import {
  type Behaviour,
  type BehaviourName,
  behaviours,
  idEnding,
  type SimulatorOptions,
  SimulatorServer,
} from './simulator-server.js';

const started: SimulatorServer[] = [];
afterEach(() => Promise.all(started.splice(0).map((server) => server.stop())));

describe('the endings of ids', () => {
  it('are two digits, each for one behaviour', () => {
    const endings = Object.values(behaviours).flatMap(({ ending }) => (ending === null ? [] : [ending]));

    expect(new Set(endings).size).toBe(endings.length);
    for (const ending of endings) expect(ending).toMatch(/^[5-9]\d$/);
  });

  it('ask for nothing when the card is to be cancelled properly', () => {
    const endings = Object.values(behaviours).map(({ ending }) => ending);

    for (let count = 0; count < 500; count += 1) {
      expect(idEnding('works')).toMatch(/^[1-4]\d$/);
      expect(endings).not.toContain(idEnding('works'));
    }
  });

  it('ask for the behaviour that they were made for', () => {
    expect(idEnding('refuses')).toBe('60');
    expect(idEnding('slow')).toBe('86');
  });
});

describe('a cancel', () => {
  it('is done once and noted with its time', async () => {
    const simulator = await start();
    const before = Date.now();

    expect(await simulator.cancel('c11')).toEqual({ status: 200, text: '{"said":"success"}' });
    expect(await simulator.cancel('c11')).toEqual({ status: 409, text: '{"said":"already"}' });

    expect(simulator.server.effects).toEqual([{ identity: 'c11', at: expect.any(Date) as Date }]);
    expect(simulator.server.effects[0]?.at.getTime()).toBeGreaterThanOrEqual(before);
    expect(simulator.server.isCancelled('c11')).toBe(true);
    expect(simulator.server.isCancelled('c12')).toBe(false);
    expect(simulator.afterEffect).toEqual(['c11']);
  });

  it.each<[BehaviourName, unknown, boolean]>([
    ['works', { status: 200, text: '{"said":"success"}' }, true],
    ['refuses', { status: 400, text: '{"said":"refuse"}' }, false],
    ['not-found', { status: 404, text: '{"said":"not-found"}' }, false],
    ['already', { status: 409, text: '{"said":"already"}' }, false],
    ['resets', 'broken', false],
    ['cut-off', 'broken', true],
    ['server-error', { status: 500, text: 'Internal Server Error' }, true],
    ['unavailable', { status: 503, text: '' }, false],
    ['redirects', { status: 302, text: '' }, false],
    ['huge', { status: 200, text: expect.stringMatching(/^.{2000000,}$/) as string }, true],
    ['html', { status: 200, text: '<!doctype html><title>OK</title>' }, true],
    ['slow', { status: 200, text: '{"said":"success"}' }, true],
  ])('%s', async (behaviour, answer, isDone) => {
    const simulator = await start({ lateMs: 20 });
    const id = `c${idEnding(behaviour)}`;

    expect(await simulator.cancel(id)).toEqual(answer);

    expect(simulator.server.isCancelled(id)).toBe(isDone);
  });

  it.each<[BehaviourName, boolean]>([
    ['hangs', false],
    ['answer-lost', true],
    ['late', true],
  ])('%s', async (behaviour, isDone) => {
    const simulator = await start({ lateMs: 20 });
    const id = `c${idEnding(behaviour)}`;
    const noted = simulator.server.requests;

    const answer = simulator.cancel(id);
    await until(() => noted.length === 1 && simulator.server.isCancelled(id) === isDone);
    await simulator.server.stop();

    expect(await answer).toBe('broken');
    expect(simulator.server.isCancelled(id)).toBe(isDone);
  });

  it('is not yet done when it comes late', async () => {
    const simulator = await start({ lateMs: 60_000 });

    const answer = simulator.cancel(`c${idEnding('late')}`);
    await until(() => simulator.server.requests.length === 1);

    expect(simulator.server.effects).toEqual([]);
    await simulator.server.stop();
    expect(await answer).toBe('broken');
  });

  it.each<[BehaviourName, number]>([
    ['too-many', 429],
    ['token-expired', 401],
  ])('%s once, then is done', async (behaviour, status) => {
    const simulator = await start();
    const id = `c${idEnding(behaviour)}`;

    expect(await simulator.cancel(id)).toEqual({ status, text: '' });
    expect(simulator.server.effects).toEqual([]);
    expect(await simulator.cancel(id)).toEqual({ status: 200, text: '{"said":"success"}' });

    expect(simulator.server.effects).toHaveLength(1);
  });

  it('follows a script before it behaves as its id says', async () => {
    const simulator = await start();
    const id = `c${idEnding('refuses')}`;
    const teapot: Behaviour = { effect: 'none', answer: { status: 418, headers: { 'x-tea': 'green' }, body: 'tea' } };

    simulator.server.script(id, [teapot, { effect: 'before-answer', answer: 'natural' }]);

    expect(await simulator.cancel(id)).toEqual({ status: 418, text: 'tea' });
    expect(await simulator.cancel(id)).toEqual({ status: 200, text: '{"said":"success"}' });
    expect(await simulator.cancel(id)).toEqual({ status: 400, text: '{"said":"refuse"}' });
  });

  it('may be answered with bytes that are no text', async () => {
    const simulator = await start();
    simulator.server.script('c11', [{ effect: 'none', answer: 'not-utf8' }]);

    expect(await simulator.cancel('c11')).toMatchObject({
      status: 200,
      text: expect.stringContaining('\ufffd') as string,
    });
  });

  it('has at most one effect, whatever is scripted', async () => {
    const simulator = await start({ lateMs: 1 });
    const behaviour = fc.record({
      effect: fc.constantFrom('none' as const, 'before-answer' as const, 'late' as const),
      answer: fc.constantFrom(
        'natural' as const,
        'refuse' as const,
        'already' as const,
        'slow' as const,
        'cut' as const,
      ),
    });
    let card = 0;

    await fc.assert(
      fc.asyncProperty(fc.array(behaviour, { minLength: 1, maxLength: 5 }), async (script) => {
        const id = `card-${(card += 1)}-11`;
        simulator.server.script(id, script);
        await Promise.all(script.map(() => simulator.cancel(id)));
        const effects = simulator.server.effects.filter(({ identity }) => identity === id);
        return effects.length <= 1;
      }),
      { numRuns: 30 },
    );
  });
});

describe('the ledger of requests', () => {
  it('has each as it came, and what was wrong with it', async () => {
    const simulator = await start();

    await fetch(`${simulator.server.url}/faulty?a=%20b`, { method: 'PATCH', headers: { 'X-Key': 'k' }, body: 'ação' });
    await fetch(`${simulator.server.url}//two/slashes`);

    expect(simulator.server.requests).toMatchObject([
      { method: 'PATCH', path: '/faulty?a=%20b', headers: { 'x-key': 'k' }, body: 'ação', fault: 'not as documented' },
      { method: 'GET', path: '//two/slashes', body: '', fault: null },
    ]);
  });

  it('says so when the simulator itself failed, and the simulator goes on', async () => {
    const simulator = await start();

    const answer = await fetch(`${simulator.server.url}/throws`);

    expect(answer.status).toBe(500);
    expect(simulator.server.requests[0]?.fault).toContain('a bug');
    expect(await simulator.cancel('c11')).toMatchObject({ status: 200 });
  });
});

it('listens on 127.0.0.1, at the port that is wished', async () => {
  const first = await start();
  const port = Number(new URL(first.server.url).port);
  await first.server.stop();

  const second = await start({ port });

  expect(second.server.url).toBe(`http://127.0.0.1:${port}`);
  await expect(start({ port })).rejects.toThrow('EADDRINUSE');
});

async function start(options: SimulatorOptions = {}) {
  const afterEffect: string[] = [];
  const server = await SimulatorServer.start(options, (exchange, self) => {
    if (exchange.path === '/throws') throw new Error('a bug');
    if (exchange.path === '/faulty') exchange.fault('not as documented');
    const id = /^\/cancel\/(.+)$/.exec(exchange.path)?.[1];
    if (id === undefined) return exchange.json(404, {});
    self.cancel(exchange, {
      identity: id,
      id,
      natural: {
        success: () => ({ status: 200, body: { said: 'success' } }),
        already: () => ({ status: 409, body: { said: 'already' } }),
        refuse: () => ({ status: 400, body: { said: 'refuse' } }),
        notFound: () => ({ status: 404, body: { said: 'not-found' } }),
        afterEffect: () => afterEffect.push(id),
      },
    });
  });
  started.push(server);
  const cancel = async (id: string) => {
    try {
      const answer = await fetch(`${server.url}/cancel/${id}`, { method: 'POST', redirect: 'manual' });
      return { status: answer.status, text: await answer.text() };
    } catch {
      return 'broken';
    }
  };
  return { server, afterEffect, cancel };
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5));
}
