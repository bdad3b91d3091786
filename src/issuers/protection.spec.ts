import type { IssuerAnswer, IssuerHttp, IssuerRequest } from './issuer-http.js';
import { Protection, type Limits, type Place } from './protection.js';

const PAUSE_MS = 10_000;

const protect = (limits: Partial<Limits> = {}, onChange: (isOpen: boolean) => void = () => undefined) =>
  new Protection({ mostAtOnce: 2, breakerFaults: 3, breakerPauseMs: PAUSE_MS, ...limits }, onChange);

/** A deadline that no test lives to see. */
const inAnHour = () => performance.now() + 3_600_000;
const past = 0;

async function enterSurely(protection: Protection, deadlineAt = inAnHour()): Promise<Place> {
  const place = await protection.enter(deadlineAt);
  if (!place) throw new Error('there was no place');
  return place;
}

/** Lets everything happen that waits for nothing outside of this process. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('the places among the calls under way', () => {
  it('are as many as are allowed, and no more', async () => {
    const protection = protect({ mostAtOnce: 2 });

    const places = [await protection.enter(past), await protection.enter(past), await protection.enter(past)];

    expect(places.map((place) => place !== null)).toEqual([true, true, false]);
  });

  it('are counted while they are taken', async () => {
    const protection = protect({ mostAtOnce: 2 });
    expect(protection.atWork).toBe(0);

    const place = await enterSurely(protection);
    expect(protection.atWork).toBe(1);

    place.leave();
    await settle();
    expect(protection.atWork).toBe(0);
  });

  it('are free again when they are left, once however often that is said', async () => {
    const protection = protect({ mostAtOnce: 2 });
    const [first] = [await enterSurely(protection), await enterSurely(protection)];

    first.leave();
    first.leave();
    await settle();

    expect(protection.atWork).toBe(1);
  });

  it('go to whoever came first', async () => {
    const protection = protect({ mostAtOnce: 1 });
    const order: string[] = [];
    const stay = async (name: string) => {
      const place = await enterSurely(protection);
      order.push(name);
      await settle();
      place.leave();
    };

    await Promise.all(['first', 'second', 'third', 'fourth'].map(stay));

    expect(order).toEqual(['first', 'second', 'third', 'fourth']);
  });

  it('are not snatched from whoever waits by one who comes in the moment when a place becomes free', async () => {
    for (let turns = 0; turns < 20; turns += 1) {
      const protection = protect({ mostAtOnce: 1 });
      const order: string[] = [];
      const taken = await enterSurely(protection);
      const stay = async (name: string) => {
        const place = await enterSurely(protection);
        order.push(name);
        place.leave();
      };
      const early = stay('early');
      taken.leave();
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();

      await Promise.all([early, stay('late')]);

      expect(order).toEqual(['early', 'late']);
    }
  });

  it('are not waited for beyond the deadline', async () => {
    const protection = protect({ mostAtOnce: 1 });
    await enterSurely(protection);

    expect(await protection.enter(performance.now() + 5)).toBeNull();
  });

  it('are not lost when one becomes free for a waiter who has given up', async () => {
    const protection = protect({ mostAtOnce: 1 });
    const taken = await enterSurely(protection);
    await Promise.all([1, 2, 3].map(() => protection.enter(performance.now() + 5)));

    taken.leave();
    await settle();

    expect(protection.atWork).toBe(0);
    expect(await protection.enter(past)).not.toBeNull();
  });

  it('go past waiters who have given up to the first who still waits', async () => {
    const protection = protect({ mostAtOnce: 1 });
    const taken = await enterSurely(protection);
    const impatient = protection.enter(performance.now() + 5);
    const patient = protection.enter(inAnHour());
    await impatient;

    taken.leave();

    expect(await patient).not.toBeNull();
  });

  it('are kept by whoever has one, however long after the deadline for getting it', async () => {
    const protection = protect({ mostAtOnce: 1 });
    await enterSurely(protection, performance.now() + 5);

    await new Promise((resolve) => setTimeout(resolve, 20));

    expect(protection.atWork).toBe(1);
  });
});

describe('the circuit', () => {
  const answer = (status: number): IssuerAnswer => ({ kind: 'answer', status, headers: {}, text: '' });
  const ok = answer(200);
  const reset: IssuerAnswer = { kind: 'no-answer', fault: 'reset', status: null };
  const notSent = { kind: 'not-sent', fault: 'circuit-open' };
  const request: IssuerRequest = { method: 'POST', url: 'http://issuer/', headers: {}, body: null, timeoutMs: 100 };

  /** The issuer's side: what it answers is said by each test, and every call that reaches it is counted. */
  class IssuerSide implements IssuerHttp {
    calls = 0;
    answer: () => IssuerAnswer | Promise<IssuerAnswer> = () => ok;

    send(): Promise<IssuerAnswer> {
      this.calls += 1;
      return Promise.resolve(this.answer());
    }
  }

  let issuer: IssuerSide;
  let changes: boolean[];
  let protection: Protection;
  let http: IssuerHttp;

  beforeEach(() => {
    jest.useFakeTimers({
      now: Date.UTC(2026, 10, 21, 12),
      doNotFake: ['setImmediate', 'performance', 'setTimeout', 'clearTimeout'],
    });
    issuer = new IssuerSide();
    changes = [];
    protection = protect({ breakerFaults: 3 }, (isOpen) => changes.push(isOpen));
    http = protection.guard(issuer);
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  async function call(times: number, answered: IssuerAnswer): Promise<void> {
    issuer.answer = () => answered;
    for (let at = 0; at < times; at += 1) await http.send(request);
  }

  const open = () => call(3, reset);
  const pass = (ms: number) => jest.setSystemTime(Date.now() + ms);

  /** The one call that tries after the pause, kept under way until the test answers it. */
  async function startTrial(): Promise<{ end: (answered: IssuerAnswer) => Promise<void> }> {
    let tell: (answered: IssuerAnswer) => void = () => undefined;
    issuer.answer = () => new Promise((resolve) => (tell = resolve));
    const trial = http.send(request);
    await settle();
    return {
      end: async (answered) => {
        tell(answered);
        await trial;
      },
    };
  }

  it('gives on what is sent and what is answered', async () => {
    const sent: IssuerRequest[] = [];
    const wire = protection.guard({
      send: async (given) => {
        sent.push(given);
        return ok;
      },
    });

    expect(await wire.send(request)).toBe(ok);
    expect(sent).toEqual([request]);
  });

  it('gives on a fault as it is, also the one that opens it', async () => {
    issuer.answer = () => reset;

    const answers = [await http.send(request), await http.send(request), await http.send(request)];

    expect(answers).toEqual([reset, reset, reset]);
  });

  it('opens after so many faults in a row, and not before', async () => {
    await call(2, reset);
    expect(protection.isOpen).toBe(false);

    await call(1, reset);
    expect(protection.isOpen).toBe(true);
  });

  it.each<[string, IssuerAnswer]>([
    ['no answer', reset],
    ['no connection', { kind: 'not-sent', fault: 'refused' }],
    ['a 500', answer(500)],
    ['a 503', answer(503)],
  ])('counts %s as a fault', async (_, fault) => {
    await call(3, fault);

    expect(protection.isOpen).toBe(true);
  });

  it.each([200, 400, 401, 404, 429, 499])('counts a %i as a sign of an issuer that is well', async (status) => {
    await call(2, reset);
    await call(1, answer(status));
    await call(2, reset);

    expect(protection.isOpen).toBe(false);
  });

  it('sends nothing while it is open, and says that it was surely not sent', async () => {
    await open();

    expect(await http.send(request)).toEqual(notSent);
    expect(issuer.calls).toBe(3);
  });

  it('gives no place while it is open', async () => {
    await open();

    expect(await protection.enter(inAnHour())).toBeNull();
  });

  it('gives no place to those who waited for one when it opened, and the places stay free', async () => {
    const places = [await enterSurely(protection), await enterSurely(protection)];
    const waiters = [protection.enter(inAnHour()), protection.enter(inAnHour())];

    await open();
    for (const place of places) place.leave();

    expect(await Promise.all(waiters)).toEqual([null, null]);
    await settle();
    expect(protection.atWork).toBe(0);
  });

  it('stays open for the whole pause', async () => {
    await open();
    pass(PAUSE_MS - 1);

    expect(protection.isOpen).toBe(true);
    expect(await http.send(request)).toEqual(notSent);
  });

  it('lets one call try after the pause, and sends no other one meanwhile', async () => {
    await open();
    pass(PAUSE_MS);
    expect(protection.isOpen).toBe(false);

    const trial = await startTrial();
    const others = await Promise.all([http.send(request), http.send(request)]);

    expect(others).toEqual([notSent, notSent]);
    expect(issuer.calls).toBe(4);
    expect(protection.isOpen).toBe(true);
    await trial.end(ok);
  });

  it('gives no place while one call tries', async () => {
    await open();
    pass(PAUSE_MS);
    const trial = await startTrial();

    expect(await protection.enter(inAnHour())).toBeNull();
    await trial.end(ok);
  });

  it('closes when the one that tries is answered', async () => {
    await open();
    pass(PAUSE_MS);
    await (await startTrial()).end(ok);

    expect(protection.isOpen).toBe(false);
    issuer.answer = () => ok;
    expect(await http.send(request)).toBe(ok);
  });

  it('needs as many faults in a row as at first to open again once it was closed', async () => {
    await open();
    pass(PAUSE_MS);
    await call(1, ok);

    await call(2, reset);
    expect(protection.isOpen).toBe(false);
    await call(1, reset);
    expect(protection.isOpen).toBe(true);
  });

  it('stays open for a whole pause more when the one that tries fails', async () => {
    await open();
    pass(PAUSE_MS);
    await (await startTrial()).end(reset);

    expect(protection.isOpen).toBe(true);
    pass(PAUSE_MS - 1);
    expect(protection.isOpen).toBe(true);
    pass(1);
    expect(protection.isOpen).toBe(false);
  });

  it('counts the pause from when it opened, although calls that were under way fail after it', async () => {
    const fails: (() => void)[] = [];
    issuer.answer = () => new Promise((resolve) => fails.push(() => resolve(reset)));
    const underWay = [1, 2, 3, 4].map(() => http.send(request));
    for (const fail of fails.slice(0, 3)) fail();
    await settle();
    pass(PAUSE_MS / 2);
    fails[3]?.();
    await Promise.all(underWay);

    pass(PAUSE_MS / 2);

    expect(protection.isOpen).toBe(false);
  });

  it('tells once that it has opened, however often the one that tries fails, and once that it is closed', async () => {
    await open();
    for (let tries = 0; tries < 3; tries += 1) {
      pass(PAUSE_MS);
      await call(1, reset);
    }
    expect(changes).toEqual([true]);

    pass(PAUSE_MS);
    await call(2, ok);
    expect(changes).toEqual([true, false]);
  });

  it('tells again when it opens a second time', async () => {
    await open();
    pass(PAUSE_MS);
    await call(1, ok);
    await open();

    expect(changes).toEqual([true, false, true]);
  });

  it('tells nothing while all is well', async () => {
    await call(5, ok);
    await call(2, reset);

    expect(changes).toEqual([]);
  });

  it('lets a bug in the way out be seen, and does not take it for a fault of the issuer', async () => {
    const bug = new Error('a bug');
    const broken = protection.guard({ send: () => Promise.reject(bug) });

    for (let tries = 0; tries < 4; tries += 1) await expect(broken.send(request)).rejects.toBe(bug);

    expect(protection.isOpen).toBe(false);
  });
});
