import { setTimeout as sleep } from 'node:timers/promises';
import { CancellationStore } from '../src/cancellations/cancellation-store.js';
import { FollowUp } from '../src/cancellations/follow-up.js';
import { Database, inBackground, statement } from '../src/database.js';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { send } from './support/http.js';
import { newId, startTestService, vtexHeaders, type TestService } from './support/service.js';
import { startTestSimulators, type TestSimulators } from './support/simulators.js';
import { until } from './support/until.js';

let database: TestDatabase;
let simulators: TestSimulators;
let service: TestService;

beforeEach(async () => {
  database = await makeTestDatabase();
  simulators = await startTestSimulators(1_000);
  service = await startTestService({
    ...simulators.settings,
    DATABASE_URL: database.url,
    // Longer than whatever has to happen meanwhile may take.
    CORECARD_TIMEOUT_MS: '20000',
    VAULT_TIMEOUT_MS: '5000',
  });
});

afterEach(async () => {
  // First, so that calls to an issuer that hangs end.
  await simulators?.stop();
  await service?.stop();
  await database?.drop();
});

describe('the follow-up', () => {
  it('lets an issuer that hangs hold up no other one', async () => {
    for (let at = 0; at < 60; at += 1) await makeOverdue('corecard', 'hangs');
    await service.service.app.get(FollowUp).sweep();
    await until('some hang', async () => {
      const [hung] = await database.query<{ count: number }>('select count(*)::int as count from attempts');
      return hung && hung.count > 0;
    });
    const due = await makeOverdue('vault', 'works');

    await service.service.app.get(FollowUp).sweep();

    await until('the one at the other issuer is cancelled', async () => {
      return (await service.history(due)).cancellation?.state === 'cancelled';
    });
    const [meanwhile] = await database.query<{ count: number }>(
      `select count(*)::int as count from attempts hung, attempts done
       where done.payment_id = $1 and hung.payment_id <> $1
         and hung.started_at < done.ended_at and coalesce(hung.ended_at, now()) > done.ended_at`,
      [due],
    );
    expect(meanwhile?.count).toBeGreaterThan(0);
    expect(meanwhile?.count).toBeLessThanOrEqual(20);
  });

  it('carries a backlog on without waiting for its next look', async () => {
    for (let made = 0; made < 300; made += 50) {
      await Promise.all(Array.from({ length: 50 }, () => makeOverdue('vault', 'works')));
    }

    await service.service.app.get(FollowUp).sweep();

    // 20 at a time, and a look every 5 s: 75 s, if the end of one did not bring the next.
    await until('all are cancelled', () => simulators.of.vault.effects.length === 300, 50_000);
  }, 90_000);

  it('goes on while requests hold every connection that they may have, and they while it holds all of its own', async () => {
    const due = await makeOverdue('vault', 'works');
    const connections = service.service.app.get(Database);
    const requests = holdConnections((work) => connections.transaction(work));
    await until('they hold what they may', () => requests.held() >= 7);

    await service.service.app.get(FollowUp).sweep();
    await until('it is cancelled', () => simulators.of.vault.effects.length === 1, 4_000);
    await until('and recorded', async () => (await stateOf(due)) === 'cancelled', 4_000);
    expect(requests.held()).toBe(7);
    await requests.letGo();

    const background = holdConnections((work) => inBackground(() => connections.transaction(work)));
    await until('the background holds what it may', () => background.held() >= 5);
    expect((await service.history(due)).cancellation?.state).toBe('cancelled');
    expect(background.held()).toBe(5);
    await background.letGo();
  });

  it('records what an issuer answers while requests hold every connection that they may have', async () => {
    const paymentId = newId();
    await service.link(paymentId, { issuer: 'vault', reference: simulators.of.vault.referenceFor('slow') });
    const connections = service.service.app.get(Database);
    const answer = service.cancel(paymentId, { requestId: 'R1' });
    await until('the issuer is asked', () => simulators.of.vault.requests.length > 0);

    const requests = holdConnections((work) => connections.transaction(work));
    await until('it is recorded', async () => (await stateOf(paymentId)) === 'cancelled', 4_000);
    expect(requests.held()).toBe(7);

    await requests.letGo();
    expect((await answer).status).toBe(200);
  });

  it('counts no wait for a connection as a part of a lease', async () => {
    const [due, linked] = [await makeOverdue('vault', 'works'), newId()];
    await service.link(linked, { issuer: 'vault', reference: simulators.of.vault.referenceFor('works') });
    const [connections, store] = [service.service.app.get(Database), service.service.app.get(CancellationStore)];
    const { cancellation } = await store.load({ ...keyOf(due), requestId: null });
    const { payment } = await store.load({ ...keyOf(linked), requestId: null });
    const all = holdConnections((work) => connections.transaction(work));
    await until('they hold what they may', () => all.held() >= 7);

    const begun = store.beginAttempt(keyOf(due), {
      version: cancellation?.version ?? -1,
      kind: 'cancel',
      leaseMs: 10_000,
    });
    const claimed = store.claimAndAsk(
      { ...keyOf(linked), requestId: 'R1', authorizationId: null, value: null },
      { cancellationId: newId(), issuer: 'vault', paymentVersion: payment?.version ?? -1, leaseMs: 10_000 },
    );
    await sleep(50);
    const hadTurnsAt = performance.now();
    await all.letGo();

    expect((await begun)?.begunAt).toBeGreaterThan(hadTurnsAt);
    expect((await claimed)?.begunAt).toBeGreaterThan(hadTurnsAt);
  });

  it('ends what has been due for longest before it goes on with the rest', async () => {
    const connections = service.service.app.get(Database);
    const all = holdConnections((work) => inBackground(() => connections.transaction(work)), 5);
    await until('they hold what they may', () => all.held() === 5);
    const steps: string[] = [];
    const works = ['H', 'G', 'F', 'E', 'D', 'C', 'B', 'A'].map((name, at) =>
      inBackground(
        async () => {
          for (const step of [1, 2, 3]) {
            await connections.transaction(async (sql) => {
              await sql.run(statement('select-one', 'select 1 as one'), []);
              steps.push(`${name}${step}`);
            });
          }
        },
        new Date(Date.now() - at * 1_000),
      ),
    );
    await all.letGo();
    await Promise.all(works);

    expect(steps.indexOf('A3')).toBeLessThan(steps.indexOf('H1'));
    expect(steps.indexOf('B3')).toBeLessThan(steps.indexOf('H1'));
  });

  it('looks at what waits for an issuer that is back one after the other, and at none later than it was due', async () => {
    const inSeconds = [60, 120, 180, 30];
    const waiting = await Promise.all(inSeconds.map((seconds) => makeWaiting(seconds * 1_000, 'vault', 'works')));
    const elsewhere = await makeWaiting(60_000, 'qitech', 'works');
    const store = service.service.app.get(CancellationStore);
    const before = await dueAt(elsewhere);

    await store.wakeAll('default', 'vault', false);

    const woken = await Promise.all(waiting.map(dueAt));
    expect(woken.map((at) => at - Math.min(...woken))).toEqual([50, 100, 150, 0]);
    expect(Math.max(...woken)).toBeLessThan(Date.now() + 1_000);
    expect(await dueAt(elsewhere)).toBe(before);

    await store.wakeAll('default', 'vault', false);

    const again = await Promise.all(waiting.map(dueAt));
    expect(again.filter((at, which) => at > (woken[which] ?? 0))).toEqual([]);
  });

  it('makes one effect however often it looks', async () => {
    const due = await makeOverdue('vault', 'slow');
    const followUp = service.service.app.get(FollowUp);

    await Promise.all([followUp.sweep(), followUp.sweep(), followUp.sweep()]);
    await followUp.sweep();

    await until('it is cancelled', async () => (await service.history(due)).cancellation?.state === 'cancelled');
    expect((await service.history(due)).cancellation?.attempts).toHaveLength(1);
  });
});

describe('a stop', () => {
  it('waits for the answer of a call under way, records it and gives it to VTEX', async () => {
    const paymentId = newId();
    const reference = simulators.of.vault.referenceFor('slow');
    await service.link(paymentId, { issuer: 'vault', reference });
    const answer = service.cancel(paymentId, { requestId: 'R1' });
    await until('the issuer has done it', async () => simulators.of.vault.effects.length === 1);

    await service.stop();

    expect(await answer).toMatchObject({ status: 200, body: { code: null } });
    const [row] = await database.query<{ state: string }>('select state from cancellations where payment_id = $1', [
      paymentId,
    ]);
    expect(row?.state).toBe('cancelled');
    service = await startTestService({ ...simulators.settings, DATABASE_URL: database.url });
  });

  it('closes a connection with its last answer, for which it would wait as long as the client keeps it', async () => {
    const paymentId = newId();
    const reference = simulators.of.vault.referenceFor('slow');
    await service.link(paymentId, { issuer: 'vault', reference });
    const answer = send(`${service.url}/payments/${paymentId}/cancellations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...vtexHeaders },
      body: JSON.stringify({ paymentId, requestId: 'R1' }),
    });
    await until('the issuer has done it', () => simulators.of.vault.effects.length === 1);

    await service.stop();

    const { status, headers } = await answer;
    expect({ status, connection: headers.get('connection') }).toEqual({ status: 200, connection: 'close' });
    service = await startTestService({ ...simulators.settings, DATABASE_URL: database.url });
  });
});

/** Work without end that wants so many connections at once. */
function holdConnections(transaction: (work: () => Promise<void>) => Promise<void>, wanted = 20) {
  let held = 0;
  let letGo = () => {};
  const end = new Promise<void>((resolve) => (letGo = resolve));
  const all = Array.from({ length: wanted }, () =>
    transaction(async () => {
      held += 1;
      await end;
    }),
  );
  return {
    held: () => held,
    letGo: async () => {
      letGo();
      await Promise.all(all);
    },
  };
}

const keyOf = (paymentId: string) => ({ merchantId: 'default', paymentId });

/** Milliseconds since 1970. */
async function dueAt(paymentId: string): Promise<number> {
  const [row] = await database.query<{ next_check_at: Date }>(
    'select next_check_at from cancellations where payment_id = $1',
    [paymentId],
  );
  if (!row) throw new Error('There is no such cancellation');
  return row.next_check_at.getTime();
}

async function stateOf(paymentId: string): Promise<string | undefined> {
  const [row] = await database.query<{ state: string }>('select state from cancellations where payment_id = $1', [
    paymentId,
  ]);
  return row?.state;
}

/** A cancellation that waits and should have been looked at a minute ago, as after an outage. */
type Waiting = readonly [issuer: 'corecard' | 'vault' | 'qitech', behaviour: 'hangs' | 'works' | 'slow'];

const makeOverdue = (...what: Waiting) => makeWaiting(-60_000, ...what);

async function makeWaiting(dueInMs: number, ...[issuer, behaviour]: Waiting): Promise<string> {
  const paymentId = newId();
  const reference = simulators.of[issuer].referenceFor(behaviour);
  await service.link(paymentId, { issuer, reference });
  await database.query(
    `insert into cancellations (merchant_id, payment_id, cancellation_id, issuer, state, claimed_at, next_check_at)
     values ('default', $1, $2, $3, 'waiting', now() - interval '5 minutes', now() + $4 * interval '1 millisecond')`,
    [paymentId, newId(), issuer, dueInMs],
  );
  return paymentId;
}
