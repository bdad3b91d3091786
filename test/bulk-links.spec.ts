import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { newId, startTestService, type TestService } from './support/service.js';
import { startTestSimulators, type TestSimulators } from './support/simulators.js';

let simulators: TestSimulators;
let database: TestDatabase;
let service: TestService;

beforeAll(async () => {
  [simulators, database] = await Promise.all([startTestSimulators(), makeTestDatabase()]);
  service = await startTestService({ ...simulators.settings, DATABASE_URL: database.url });
});

afterAll(async () => {
  await service?.stop();
  await Promise.all([simulators?.stop(), database?.drop()]);
});

const newReference = () => simulators.of.vault.referenceFor('works');

const newLink = (more: Readonly<Record<string, unknown>> = {}) => ({
  paymentId: newId(),
  issuer: 'vault',
  reference: newReference(),
  value: 2300,
  ...more,
});

type Result = Readonly<Record<string, unknown>>;

async function linkMany(links: unknown): Promise<{ status: number; results: Result[]; body: Record<string, unknown> }> {
  const { status, body } = await service.internal('POST', 'payments', { links });
  return { status, body, results: (body.results ?? []) as Result[] };
}

describe('POST /internal/payments', () => {
  it('links every payment, and says so of each, in their order', async () => {
    const links = [
      newLink({ orderId: 'O-1' }),
      newLink({ issuer: 'artha', reference: simulators.of.artha.referenceFor('works') }),
    ];

    const { status, results } = await linkMany(links);

    expect(status).toBe(200);
    expect(results).toEqual(links.map(({ paymentId }) => ({ paymentId, kind: 'linked' })));
    for (const { paymentId, issuer, reference } of links) {
      const history = await service.history(paymentId);
      expect(history).toMatchObject({ issuer, reference, value: 2300, events: [{ kind: 'linked' }] });
    }
    expect((await service.cancel(links[0]!.paymentId, { requestId: 'R1' })).body.cancellationId).not.toBeNull();
  });

  it('says of the same links again that they are the same, and writes nothing', async () => {
    const links = [newLink(), newLink({ orderId: 'O-2' })];
    await linkMany(links);
    const before = await database.query('select * from payments order by payment_id');

    const { results } = await linkMany(links);

    expect(results.map(({ kind }) => kind)).toEqual(['same', 'same']);
    expect(await database.query('select * from payments order by payment_id')).toEqual(before);
  });

  it('completes what a link before did not say', async () => {
    const { value, ...link } = newLink();
    await linkMany([link]);

    const { results } = await linkMany([{ ...link, value, orderId: 'O-3' }]);

    expect(results.map(({ kind }) => kind)).toEqual(['same']);
    expect(await service.history(link.paymentId)).toMatchObject({ value: 2300, orderId: 'O-3' });
  });

  it('lets no link that is wrong or in conflict hold up another one', async () => {
    const [held, linked] = [newLink(), newLink()];
    await linkMany([held, linked]);
    const good = newLink();
    const unlinked = newLink({ reference: held.reference });

    const { status, results } = await linkMany([
      'nonsense',
      { ...newLink(), paymentId: '' },
      newLink({ value: -1, surprise: true }),
      newLink({ issuer: 'nobody' }),
      unlinked,
      { ...linked, value: 2301 },
      good,
    ]);

    expect(status).toBe(200);
    expect(results).toEqual([
      { paymentId: null, kind: 'invalid', fields: { link: 'must be an object' } },
      expect.objectContaining({
        paymentId: null,
        kind: 'invalid',
        fields: { paymentId: 'must be text of 1 to 255 characters without control characters' },
      }),
      expect.objectContaining({
        kind: 'invalid',
        fields: { value: 'value must not be negative', surprise: 'is not a field of a link' },
      }),
      expect.objectContaining({ kind: 'invalid', fields: { issuer: 'there is no issuer "nobody"' } }),
      { paymentId: unlinked.paymentId, kind: 'conflict', why: 'another payment holds this reference' },
      { paymentId: linked.paymentId, kind: 'conflict', why: 'the payment has another value' },
      { paymentId: good.paymentId, kind: 'linked' },
    ]);
  });

  it('leaves no payment that is known and not linked: its cancel would be answered as done', async () => {
    const held = newLink();
    await linkMany([held]);
    const other = newLink({ reference: held.reference });

    await linkMany([other]);

    const rows = await database.query('select 1 from payments where payment_id = $1', [other.paymentId]);
    expect(rows).toEqual([]);
    expect((await service.cancel(other.paymentId, { requestId: 'R1' })).body.code).toBe('cancel-manually');
  });

  it('links the first of two that name one payment, or one reference', async () => {
    const first = newLink();

    const { results } = await linkMany([
      first,
      first,
      { ...first, paymentId: newId() },
      { ...first, reference: newReference() },
    ]);

    expect(results.map(({ kind }) => kind)).toEqual(['linked', 'same', 'conflict', 'conflict']);
  });

  it('keeps a reference that comes after the cancel, as a single link does', async () => {
    const link = newLink();
    await service.cancel(link.paymentId, { requestId: 'R1' });

    const { results } = await linkMany([link]);

    expect(results[0]?.kind).toBe('conflict');
    expect(results[0]?.why).toMatch(/began before this link/);
    expect((await service.history(link.paymentId)).lateReferences).toMatchObject([{ reference: link.reference }]);
  });

  it('gives each payment one reference when the same ones come at once in many orders', async () => {
    const references = Array.from({ length: 40 }, newReference);
    const payments = Array.from({ length: 40 }, newId);
    const shuffled = (turn: number) =>
      payments.map((_, at) => ({
        paymentId: payments[(at * 7 + turn * 3) % 40],
        issuer: 'vault',
        reference: references[(at * 11 + turn * 5) % 40],
      }));

    const answers = await Promise.all([0, 1, 2, 3, 4, 5].map((turn) => linkMany(shuffled(turn))));

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    const [rows] = await database.query<{ payments: number; linked: number }>(
      `select count(*)::int as payments, count(r.payment_id)::int as linked from payments p
       left join issuer_references r using (merchant_id, payment_id) where p.payment_id = any($1)`,
      [payments],
    );
    expect(rows?.linked).toBe(rows?.payments);
    expect(rows?.linked).toBeGreaterThan(0);
  });

  it.each([
    ['no list', { links: 'x' }, { links: 'must be a list of at most 500 links' }],
    ['too many', { links: Array.from({ length: 501 }, () => ({})) }, { links: 'must be a list of at most 500 links' }],
    ['another field', { links: [], merchant: 'x' }, { merchant: 'is not a field of this' }],
  ])('refuses %s, and changes nothing', async (_, body, fields) => {
    const answer = await service.internal('POST', 'payments', body);

    expect(answer).toEqual({ status: 422, body: { message: 'These fields are wrong; nothing was changed.', fields } });
  });
});
