import { makeTestDatabase, type TestDatabase } from '../support/database.js';
import { csrfTokenOf, signIn, wordsOf, type ConsoleClient, type Fields, type SignedIn } from '../support/console.js';
import { Tasks } from '../support/manual.js';
import { newId, startTestService, type TestService } from '../support/service.js';
import { startTestSimulators, type TestSimulators } from '../support/simulators.js';
import { until } from '../support/until.js';

let simulators: TestSimulators;
let database: TestDatabase;
let service: TestService;
let tasks: Tasks;
let maria: SignedIn;

beforeAll(async () => {
  simulators = await startTestSimulators();
  database = await makeTestDatabase();
  service = await startTestService({ ...simulators.settings, DATABASE_URL: database.url });
  tasks = new Tasks(service, database, simulators);
  maria = await signIn(service, { role: 'operator', name: 'Maria Silva' });
  await database.query(`update merchants set vtex_account = 'mystore' where merchant_id = 'default'`);
});

afterAll(async () => {
  await service?.stop();
  await simulators?.stop();
  await database?.drop();
});

const wordsAt = async (path: string, who: ConsoleClient = maria) => wordsOf((await who.get(path)).html);

describe('the page of one', () => {
  it('tells what happened, what to do with which ids, and where it is in VTEX', async () => {
    const [paymentId, transactionId] = [newId(), newId()];
    await service.create(paymentId, { value: 31.9, transactionId });
    const reference = simulators.of.qitech.referenceFor('refuses') as unknown as Record<string, string>;
    await service.link(paymentId, { issuer: 'qitech', reference, orderId: '1234567-01' });
    await service.cancel(paymentId, { requestId: 'R1' });
    const { path } = await tasks.of(paymentId, { requestId: 'R1', orderId: '1234567-01' });

    const { html } = await maria.get(path);

    const words = wordsOf(html);
    expect(words).toContain('Cancel by hand: order 1234567-01');
    expect(words).toMatch(
      /On \d\d\/\d\d\/\d{4} \d\d:\d\d VTEX asked to cancel this payment\. We sent the cancellation to QI Tech\./,
    );
    expect(words).toContain('The issuer says that the payment instrument is not active.');
    expect(html).toMatch(/QI Tech wrote: <q lang="und">[^<]+<\/q>/);
    expect(words).toContain('R$31.90');
    for (const value of [...Object.values(reference), paymentId, transactionId, '1234567-01']) {
      expect(html).toContain(`data-copy="${value}"`);
    }
    expect(html).toContain('href="https://mystore.myvtex.com/admin/orders/1234567-01"');
    expect(html).toContain(`href="https://mystore.myvtex.com/admin/pci-gateway/#/transactions/${transactionId}"`);
    expect(words).toContain('Good to know: What is cancelled is the payment instrument in this wallet, for ever.');
  });

  it('says in words what resolving does and does not do', async () => {
    const { path } = await tasks.refused();

    const words = await wordsAt(path);

    expect(words).toContain('It does not change the order in VTEX, and sends nothing to the issuer.');
    expect(words).toContain('The first two count as proof after 10 seconds');
    expect(words).toContain('You can undo it for 10 seconds');
  });

  it('never shows a network address', async () => {
    const reference = {
      ...(simulators.of.corecard.referenceFor('refuses') as object),
      externalIp: '203.0.113.77',
    };
    const { path } = await tasks.refused({ issuer: 'corecard', reference });

    expect((await maria.get(path)).html).not.toContain('203.0.113.77');
  });

  it('shows what else there is to do for the same payment', async () => {
    const paymentId = newId();
    await service.create(paymentId, { value: 100 });
    await service.link(paymentId, { issuer: 'vault', reference: simulators.of.vault.referenceFor('works') });
    await service.cancel(paymentId, { requestId: 'P1', value: 1000 });
    await service.cancel(paymentId, { requestId: 'P2', value: 2000 });
    const rows = await database.query<{ id: string }>(
      'select manual_cancellation_id as id from manual_cancellations where payment_id = $1 order by opened_at',
      [paymentId],
    );
    const [first = '', second = ''] = rows.map(({ id }) => `/console/manual-cancellations/${id}`);

    const { html } = await maria.get(first);

    expect(wordsOf(html)).toContain('VTEX asked to cancel a part of this payment: R$10.00.');
    expect(html).toContain(`<a href="${second}">Partial cancellation</a>`);
    expect(await wordsAt(second)).toContain('R$20.00');
  });

  it('is in the language of the person', async () => {
    const { path } = await tasks.refused();
    const ana = await signIn(service, { role: 'operator', language: 'pt-BR' });
    const luz = await signIn(service, { role: 'operator', language: 'es' });

    const pages = [await ana.get(path), await luz.get(path)];

    expect(pages.map(({ html }) => /<html lang="([^"]*)"/.exec(html)?.[1])).toEqual(['pt-BR', 'es']);
    expect(wordsOf(pages[0]?.html ?? '')).toContain('O que fazer agora');
    expect(wordsOf(pages[1]?.html ?? '')).toContain('Qué hacer ahora');
  });
});

describe('the history', () => {
  it('goes from what VTEX asked to the last notice, with each exchange folded away', async () => {
    const task = await tasks.refused();
    await maria.submit(`${task.path}/take`, {}, task.path);
    await until('the notice', () => service.outbox.mails.some(({ text }) => text.includes(task.paymentId)));

    const { html } = await maria.get(task.path);

    const history = wordsOf(/<ol class="timeline">(.*?)<\/ol>/s.exec(html)?.[1] ?? '');
    const parts = [
      'Said which card this payment bought.',
      'VTEX Asked to cancel the payment.',
      'Vault Was asked to cancel. Answer: refused.',
      'Passed it to people: refused by the issuer.',
      'VTEX was told that a person does it.',
      'Maria Silva Took it.',
    ];
    const places = parts.map((part) => history.indexOf(part));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(history).toContain(task.requestId);
    expect(history).toMatch(/HTTP status \d{3}/);
    expect(history).toMatch(/Took [\d,]+ ms/);
    expect(html).toMatch(/<details><summary>Technical details<\/summary>/);
    expect(html).toContain('<code lang="en">Linked to vault.</code>');
  });
});

describe('looking at the issuer', () => {
  it('asks it, sends nothing that could cancel, and says what it answered', async () => {
    const { path, paymentId } = await tasks.refused({ issuer: 'qitech' });

    const page = await maria.submit(`${path}/check`, {}, path);

    expect(page).toMatchObject({ status: 303, location: `${path}?done=checked-unclear` });
    expect(await wordsAt(page.location ?? '')).toContain('We asked, and no clear answer came.');
    const attempts = await database.query<{ kind: string }>(
      'select kind from attempts where payment_id = $1 order by attempt_no',
      [paymentId],
    );
    expect(attempts.filter(({ kind }) => kind === 'cancel')).toHaveLength(1);
    expect(attempts.at(-1)).toEqual({ kind: 'query' });
  });

  it('closes it where the issuer confirms after all', async () => {
    const task = await tasks.refused({ issuer: 'qitech' });
    // As if a cancel of ours had been carried out after its refusal: the instrument is another one by now, which is cancelled.
    const cancelled = simulators.of.qitech.referenceFor('already');
    await service.cancel(task.paymentId, { requestId: newId() });
    await database.query('update issuer_references set reference = $2 where payment_id = $1', [
      task.paymentId,
      JSON.stringify(cancelled),
    ]);

    const page = await maria.submit(`${task.path}/check`, {}, task.path);

    expect(page.location).toBe(`${task.path}?done=checked-cancelled`);
    expect(await wordsAt(page.location ?? '')).toContain('The issuer confirms: it is cancelled.');
    expect((await service.history(task.paymentId)).cancellation?.state).toBe('cancelled');
  });

  it.each([
    [
      'an issuer that has no query',
      () => tasks.refused({ issuer: 'artha' }),
      'This issuer cannot be asked automatically.',
    ],
    [
      'a payment of which we know no card',
      () => tasks.neverSeen(),
      'No card was linked when VTEX asked, so we cannot ask for it. Look in the issuer’s portal.',
    ],
  ])('is off for %s, which says why', async (_what, make, why) => {
    const { path } = await make();

    const { html } = await maria.get(path);
    const page = await maria.submit(`${path}/check`, {}, path).catch(() => null);

    expect(html).toMatch(/<button type="button" disabled aria-describedby="check-off">Check now/);
    expect(wordsOf(html)).toContain(why);
    expect(page).toBeNull();
  });
});

describe('what is another merchant’s', () => {
  it('looks exactly like nothing, at every address', async () => {
    const { taskId, path } = await tasks.refused();
    const other = await signIn(service, { role: 'admin', merchant: 'other-page' });
    const nothing = path.replace(taskId, '00000000-0000-4000-8000-000000000000');

    const [theirs, nobodys, noId] = [await other.get(path), await other.get(nothing), await other.get(`${path}x`)];

    expect(theirs.status).toBe(404);
    expect(theirs.html).toBe(nobodys.html);
    expect(noId.html).toBe(nobodys.html);
    const post = (to: string, fields: Fields) => other.post(to, { csrf: csrfTokenOf(other, to), ...fields });
    for (const move of ['take', 'release', 'hand-over', 'note', 'resolve', 'undo', 'reopen', 'check']) {
      const fields = { version: '1', note: 'x', resolution: 'refunded-instead', to: other.personId };
      const sent = await post(`${path}/${move}`, fields);
      const same = await post(`${nothing}/${move}`, fields);
      expect([move, sent.status]).toEqual([move, 404]);
      expect(sent.html).toBe(same.html);
    }
    const [row] = await database.query<{ state: string; version: number }>(
      'select state, version from manual_cancellations where manual_cancellation_id = $1',
      [taskId],
    );
    expect(row).toEqual({ state: 'open', version: 1 });
  });
});
