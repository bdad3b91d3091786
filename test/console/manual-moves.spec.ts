import { CancellationRecord } from '../../src/cancellations/cancellation-record.js';
import { PersonsWords } from '../../src/cancellations/persons-words.js';
import { makeTestDatabase, type TestDatabase } from '../support/database.js';
import { hiddenFieldsOf, signIn, wordsOf, type Page, type SignedIn } from '../support/console.js';
import { Tasks, type Task } from '../support/manual.js';
import { postWithOwnToken } from '../support/own-token.js';
import { newId, startTestService, type TestService } from '../support/service.js';
import { startTestSimulators, type TestSimulators } from '../support/simulators.js';
import { until } from '../support/until.js';

let simulators: TestSimulators;
let database: TestDatabase;
let service: TestService;
let tasks: Tasks;
let maria: SignedIn;
let joao: SignedIn;
let viewer: SignedIn;

beforeAll(async () => {
  simulators = await startTestSimulators();
  database = await makeTestDatabase();
  service = await startTestService({ ...simulators.settings, DATABASE_URL: database.url });
  tasks = new Tasks(service, database, simulators);
  maria = await signIn(service, { role: 'operator', name: 'Maria Silva' });
  joao = await signIn(service, { role: 'operator', name: 'João Souza' });
  viewer = await signIn(service, { role: 'viewer' });
});

afterAll(async () => {
  await service?.stop();
  await simulators?.stop();
  await database?.drop();
});

/** Sends the form of this move, as the page shows it to the person. */
const move = (who: SignedIn, { path }: Task, name: string, fields: Readonly<Record<string, string>> = {}) =>
  who.submit(`${path}/${name}`, fields, path);

const rowOf = async ({ taskId }: Task) => {
  const [row] = await database.query<Record<string, unknown>>(
    `select state, taken_by, resolution, resolution_note, protocol_number, resolved_by, version, vtex_told_at is not null as told
     from manual_cancellations where manual_cancellation_id = $1`,
    [taskId],
  );
  return row;
};

const eventsOf = async ({ taskId }: Task) =>
  (
    await database.query<{ kind: string }>(
      'select kind from manual_cancellation_events where manual_cancellation_id = $1 order by event_no',
      [taskId],
    )
  ).map(({ kind }) => kind);

const leadsTo = (page: Page, path: string, done: string) =>
  expect(page).toMatchObject({ status: 303, location: `${path}?done=${done}` });

const wordsAt = async (who: SignedIn, path: string) => wordsOf((await who.get(path)).html);

/** A look at the issuer finds that the card is cancelled. */
const proveNow = ({ paymentId }: Task) =>
  service.service.app
    .get(CancellationRecord)
    .look(
      { merchantId: 'default', paymentId },
      { outcome: 'cancelled', evidence: { httpStatus: 200, issuerCode: null, issuerText: null, traceId: null } },
    );

/** Ends the ten seconds in which it can be undone. */
const passUndoTime = (task: Task) => tasks.age(task, 10_001);

describe('taking', () => {
  it('gives it to the person, and says so', async () => {
    const task = await tasks.refused();

    leadsTo(await move(maria, task, 'take'), task.path, 'task-taken');

    expect(await rowOf(task)).toMatchObject({ state: 'taken', taken_by: maria.personId });
    expect(await eventsOf(task)).toEqual(['opened', 'taken']);
    expect(await wordsAt(maria, `${task.path}?done=task-taken`)).toContain('You have it now.');
    expect(await wordsAt(joao, task.path)).toContain('Maria Silva has this one.');
  });

  it('takes it from somebody else', async () => {
    const task = await tasks.refused();
    await move(maria, task, 'take');

    leadsTo(await move(joao, task, 'take'), task.path, 'task-taken');

    expect(await rowOf(task)).toMatchObject({ taken_by: joao.personId });
  });

  it('changes nothing where somebody was quicker, and says who and what', async () => {
    const task = await tasks.refused();
    const { html } = await joao.get(task.path);
    await move(maria, task, 'take');

    const page = await joao.post(`${task.path}/take`, hiddenFieldsOf(html, `${task.path}/take`));

    expect(page.status).toBe(409);
    expect(wordsOf(page.html)).toMatch(
      /Nothing was changed, because something happened meanwhile: \d\d\/\d\d\/\d{4} \d\d:\d\d, Maria Silva: Took it\./,
    );
    expect(await rowOf(task)).toMatchObject({ taken_by: maria.personId });
    expect(await eventsOf(task)).toEqual(['opened', 'taken']);
  });
});

describe('giving back and handing over', () => {
  it('gives it back for anybody', async () => {
    const task = await tasks.refused();
    await move(maria, task, 'take');

    leadsTo(await move(maria, task, 'release'), task.path, 'task-released');

    expect(await rowOf(task)).toMatchObject({ state: 'open', taken_by: null });
  });

  it('gives it to a colleague, with a word about it', async () => {
    const task = await tasks.refused();

    const page = await move(maria, task, 'hand-over', { to: joao.personId, note: 'The customer calls at 3.' });

    leadsTo(page, task.path, 'task-handed-over');
    expect(await rowOf(task)).toMatchObject({ state: 'taken', taken_by: joao.personId });
    const words = await wordsAt(joao, task.path);
    expect(words).toContain('Handed it over to João Souza. The customer calls at 3.');
  });

  it.each([
    ['nobody', () => ''],
    ['somebody who may only look', () => viewer.personId],
    [
      'somebody of another store',
      async () => (await signIn(service, { role: 'operator', merchant: 'hand-over' })).personId,
    ],
  ])('does not give it to %s', async (_whom, find) => {
    const task = await tasks.refused();

    const page = await move(maria, task, 'hand-over', { to: await find() });

    expect(page.status).toBe(400);
    expect(wordsOf(page.html)).toContain('choose somebody who can work on it');
    expect(await rowOf(task)).toMatchObject({ state: 'open', version: 1 });
  });
});

describe('a note', () => {
  it('stands in the history with its writer, and moves nothing', async () => {
    const task = await tasks.refused();

    leadsTo(await move(maria, task, 'note', { note: 'Called the issuer.\nThey look.' }), task.path, 'task-noted');

    expect(await wordsAt(joao, task.path)).toContain('Maria Silva Wrote a note. Called the issuer. They look.');
    expect(await rowOf(task)).toMatchObject({ state: 'open', version: 1 });
  });

  it('is refused where it is empty', async () => {
    const task = await tasks.refused();

    expect((await move(maria, task, 'note', { note: ' \n ' })).status).toBe(400);
    expect(await eventsOf(task)).toEqual(['opened']);
  });

  it('is shown as text, whatever is in it', async () => {
    const task = await tasks.refused();
    await move(maria, task, 'note', { note: '<script>alert(1)</script>' });

    const { html } = await maria.get(task.path);

    expect(html).not.toContain('<script>alert');
    expect(wordsOf(html)).toContain('<script>alert(1)</script>');
  });
});

describe('resolving', () => {
  it('ends it with outcome, note and protocol number', async () => {
    const task = await tasks.refused();

    const page = await move(maria, task, 'resolve', {
      resolution: 'refunded-instead',
      note: 'Money went back by PIX.',
      protocol: 'P-4711',
    });

    leadsTo(page, task.path, 'task-resolved');
    expect(await rowOf(task)).toMatchObject({
      state: 'resolved',
      resolution: 'refunded-instead',
      resolution_note: 'Money went back by PIX.',
      protocol_number: 'P-4711',
      resolved_by: maria.personId,
    });
    const words = await wordsAt(joao, task.path);
    for (const part of ['Refunded instead', 'Money went back by PIX.', 'P-4711', 'Maria Silva']) {
      expect(words).toContain(part);
    }
  });

  it.each(['cannot-be-cancelled', 'not-needed'])(
    'needs a note for %s, and keeps what was entered',
    async (resolution) => {
      const task = await tasks.refused();

      const page = await move(maria, task, 'resolve', { resolution, protocol: 'P-1' });

      expect(page.status).toBe(400);
      expect(wordsOf(page.html)).toContain('this outcome needs a note');
      expect(page.html).toMatch(new RegExp(`value="${resolution}"[^>]* checked`));
      expect(page.html).toContain('value="P-1"');
      expect(await rowOf(task)).toMatchObject({ state: 'open', version: 1 });
    },
  );

  it('says before that these two need one', async () => {
    const task = await tasks.refused();

    expect(await wordsAt(maria, task.path)).toContain('Note (needed for the last two)');
  });

  it.each(['', 'done', 'cancelled'])('needs an outcome that there is, which %j is not', async (resolution) => {
    const task = await tasks.refused();

    expect((await move(maria, task, 'resolve', { resolution })).status).toBe(400);
    expect(await rowOf(task)).toMatchObject({ state: 'open' });
  });

  it('does not cancel a refund', async () => {
    const paymentId = newId();
    await service.create(paymentId);
    await service.link(paymentId, { issuer: 'vault', reference: simulators.of.vault.referenceFor('works') });
    await service.settle(paymentId, { requestId: 'S1' });
    await service.refund(paymentId, { requestId: 'F1', settleId: 'x', value: 12.5 });
    const task = await tasks.of(paymentId, { requestId: 'F1', orderId: '' }, 'refund');

    expect((await move(maria, task, 'resolve', { resolution: 'cancelled-at-issuer' })).status).toBe(400);
    const { html } = await maria.get(task.path);

    expect(html).not.toContain('value="cancelled-at-issuer"');
    expect(wordsOf(html)).toContain('Give R$12.50 back to the customer');
    leadsTo(await move(maria, task, 'resolve', { resolution: 'refunded-instead' }), task.path, 'task-resolved');
  });

  it('loses against whoever was quicker', async () => {
    const task = await tasks.refused();
    const { html } = await joao.get(task.path);
    await move(maria, task, 'resolve', { resolution: 'already-cancelled' });

    const fields = { ...hiddenFieldsOf(html, `${task.path}/resolve`), resolution: 'refunded-instead' };
    const page = await joao.post(`${task.path}/resolve`, fields);

    expect(page.status).toBe(409);
    expect(wordsOf(page.html)).toContain('Maria Silva: Resolved it: It was already cancelled.');
    expect(await rowOf(task)).toMatchObject({ resolution: 'already-cancelled', resolved_by: maria.personId });
  });
});

describe('undoing', () => {
  it('takes an ending back within ten seconds, and nobody is told of it', async () => {
    const task = await tasks.refused();
    await move(maria, task, 'resolve', { resolution: 'cancelled-at-issuer', protocol: 'P-2' });
    const page = wordsOf((await maria.get(`${task.path}?done=task-resolved`)).html);

    leadsTo(await move(maria, task, 'undo'), task.path, 'task-undone');

    expect(page).toMatch(/Cancelled at the issuer\. You can take this back for \d+ more seconds?\./);
    expect(await rowOf(task)).toMatchObject({
      state: 'taken',
      taken_by: maria.personId,
      resolution: null,
      protocol_number: null,
      told: false,
    });
    const notices = await database.query(
      `select 1 from notices where manual_cancellation_id = $1 and event = 'resolved'`,
      [task.taskId],
    );
    expect(notices).toEqual([]);
    await service.service.app.get(PersonsWords).sweep();
    expect((await service.history(task.paymentId)).cancellation?.state).toBe('manual');
  });

  it('gives it back to whoever had ended it, whoever takes it back', async () => {
    const task = await tasks.refused();
    await move(maria, task, 'resolve', { resolution: 'refunded-instead' });

    leadsTo(await move(joao, task, 'undo'), task.path, 'task-undone');

    expect(await rowOf(task)).toMatchObject({ state: 'taken', taken_by: maria.personId, resolved_by: null });
  });

  it('leaves nothing to do where the issuer has proved the cancellation meanwhile', async () => {
    const task = await tasks.refused();
    await move(maria, task, 'resolve', { resolution: 'cancelled-at-issuer' });
    await proveNow(task);

    await move(maria, task, 'undo');

    expect(await rowOf(task)).toMatchObject({ state: 'not-needed', taken_by: null, resolution: null });
    expect(await eventsOf(task)).toEqual(['opened', 'resolved', 'undone', 'not-needed']);
  });

  it('is refused afterwards, with what can be done instead', async () => {
    const task = await tasks.refused();
    await move(maria, task, 'resolve', { resolution: 'refunded-instead' });
    const { html } = await maria.get(task.path);
    await passUndoTime(task);

    const page = await maria.post(`${task.path}/undo`, hiddenFieldsOf(html, `${task.path}/undo`));

    expect(page.status).toBe(409);
    expect(wordsOf(page.html)).toContain('The ten seconds are over');
    expect(page.html).not.toContain(`action="${task.path}/undo"`);
    expect(await rowOf(task)).toMatchObject({ state: 'resolved' });
  });
});

describe('the word of a person', () => {
  it.each(['cancelled-at-issuer', 'already-cancelled'])(
    'that it is %s is proof after ten seconds: VTEX gets the id for a new request, and the old answer stays',
    async (resolution) => {
      const task = await tasks.refused();
      const before = await service.cancel(task.paymentId, { requestId: task.requestId });
      await move(maria, task, 'resolve', { resolution });
      const early = await service.cancel(task.paymentId, { requestId: newId() });

      await passUndoTime(task);
      await service.service.app.get(PersonsWords).sweep();

      const { cancellation } = await service.history(task.paymentId);
      expect(early.body).toMatchObject({ cancellationId: null, code: 'cancel-manually' });
      expect(cancellation).toMatchObject({ state: 'cancelled', cancellationId: expect.any(String) as string });
      const [row] = await database.query('select proof from cancellations where payment_id = $1', [task.paymentId]);
      expect(row).toEqual({ proof: 'person' });
      const after = await service.cancel(task.paymentId, { requestId: newId() });
      expect(after).toMatchObject({ status: 200, body: { cancellationId: cancellation?.cancellationId, code: null } });
      expect((await service.cancel(task.paymentId, { requestId: task.requestId })).text).toBe(before.text);
      expect(await wordsAt(maria, task.path)).toContain('this counts as cancelled');
    },
  );

  it.each([
    ['refunded-instead', ''],
    ['cannot-be-cancelled', 'The issuer says no.'],
    ['not-needed', 'It was a test.'],
  ])('that it is %s changes nothing for VTEX', async (resolution, note) => {
    const task = await tasks.refused();
    await move(maria, task, 'resolve', { resolution, note });
    await passUndoTime(task);
    await service.service.app.get(PersonsWords).sweep();

    const { body } = await service.cancel(task.paymentId, { requestId: newId() });

    expect(body).toMatchObject({ cancellationId: null, code: 'cancel-manually' });
  });

  it('comes about by itself when the ten seconds are over', async () => {
    const task = await tasks.refused();
    await move(maria, task, 'resolve', { resolution: 'cancelled-at-issuer' });

    await passUndoTime(task);

    await until('the proof', async () => (await service.history(task.paymentId)).cancellation?.state === 'cancelled');

    expect((await eventsOf(task)).at(-1)).toBe('proof-recorded');
  });
});

describe('opening again', () => {
  it('puts it back into the list', async () => {
    const task = await tasks.refused();
    await move(maria, task, 'resolve', { resolution: 'refunded-instead' });
    await passUndoTime(task);

    leadsTo(await move(joao, task, 'reopen', { note: 'It was another order.' }), task.path, 'task-reopened');

    expect(await rowOf(task)).toMatchObject({ state: 'open', resolution: null, taken_by: null });
    expect(await wordsAt(maria, task.path)).toContain('João Souza Opened it again. It was another order.');
  });

  it('says that the payment counts as cancelled also where the issuer proved it', async () => {
    const task = await tasks.refused();
    await proveNow(task);
    expect(await rowOf(task)).toMatchObject({ state: 'not-needed' });

    const before = await wordsAt(maria, task.path);
    await move(maria, task, 'reopen');
    const after = await wordsAt(maria, task.path);

    expect(before).toContain('Opening it again does not take that back.');
    expect(after).toContain('VTEX is told that the payment is cancelled, whatever you record here.');
    expect(after).not.toMatch(/count as proof|goes on being told/);
  });

  it('says that what counts as cancelled stays so, and retracts nothing', async () => {
    const task = await tasks.refused();
    await move(maria, task, 'resolve', { resolution: 'cancelled-at-issuer' });
    await passUndoTime(task);
    await service.service.app.get(PersonsWords).sweep();

    const before = await wordsAt(maria, task.path);
    await move(maria, task, 'reopen');
    const after = await wordsAt(maria, task.path);

    expect(before).toContain('Opening it again does not take that back.');
    expect(after).toContain('Whatever you record here does not change that.');
    expect(after).not.toContain('count as proof');
    expect((await service.history(task.paymentId)).cancellation?.state).toBe('cancelled');
  });
});

describe('who may only look', () => {
  it.each(['take', 'release', 'hand-over', 'note', 'resolve', 'undo', 'reopen', 'check'])(
    'is refused to %s, and nothing is changed',
    async (name) => {
      const task = await tasks.refused();

      const fields = { version: '1', resolution: 'refunded-instead' };
      const page = await postWithOwnToken(viewer, `${task.path}/${name}`, fields);

      expect(page.status).toBe(403);
      expect(wordsOf(page.html)).toContain('Your role does not allow this');
      expect(await rowOf(task)).toMatchObject({ state: 'open', version: 1 });
    },
  );

  it('sees no form that would change something', async () => {
    const task = await tasks.refused();

    const { html } = await viewer.get(task.path);

    expect(html.match(/<form method="post" action="([^"]*)"/g)).toEqual([
      '<form method="post" action="/console/sign-out"',
    ]);
    expect(wordsOf(html)).toContain('Your role lets you look, not act.');
  });
});

describe('a card that is linked after its payment was cancelled', () => {
  it('is told of again where the task of an earlier one was ended', async () => {
    const paymentId = newId();
    await service.create(paymentId, { value: 100 });
    await service.cancel(paymentId, { requestId: 'R1' });
    const link = async (reference: object) =>
      (await service.link(paymentId, { issuer: 'qitech', reference: { ...reference } })).status;
    expect(await link(simulators.of.qitech.referenceFor('works'))).toBe(409);
    const task = await tasks.of(paymentId, { requestId: 'R1', orderId: '' }, 'linked-late');
    await move(maria, task, 'resolve', { resolution: 'cancelled-at-issuer', protocol: 'P-1' });
    const second = simulators.of.qitech.referenceFor('works') as unknown as Record<string, string>;

    expect(await link(second)).toBe(409);

    expect(await rowOf(task)).toMatchObject({ state: 'open', resolution: null, protocol_number: null, taken_by: null });
    expect(await eventsOf(task)).toEqual(['opened', 'resolved', 'completed']);
    const notices = await database.query<{ event: string }>(
      'select event from notices where manual_cancellation_id = $1 order by created_at',
      [task.taskId],
    );
    expect(notices.map(({ event }) => event)).toEqual(['manual_required', 'manual_required']);
    const { html } = await maria.get(task.path);
    expect(html).toContain(`data-copy="${second.walletKey}"`);
    expect(wordsOf(html)).toContain('VTEX is told that the payment is cancelled, whatever you record here.');
  });
});
