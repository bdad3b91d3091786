import { spellingsOf } from '../../src/console/payments/payment-search.js';
import { signIn, wordsOf, type SignedIn } from '../support/console.js';
import { makeTestDatabase, type TestDatabase } from '../support/database.js';
import { newId, startTestService, type TestService } from '../support/service.js';
import { startTestSimulators, type TestSimulators } from '../support/simulators.js';

let simulators: TestSimulators;
let database: TestDatabase;
let service: TestService;
let person: SignedIn;
let stranger: SignedIn;

beforeAll(async () => {
  simulators = await startTestSimulators();
  database = await makeTestDatabase();
  service = await startTestService({ ...simulators.settings, DATABASE_URL: database.url });
  person = await signIn(service, { role: 'viewer' });
  stranger = await signIn(service, { role: 'admin', merchant: 'other-shop' });
}, 120_000);

afterAll(async () => {
  await service?.stop();
  await simulators?.stop();
  await database?.drop();
});

const find = (q: string, by: SignedIn = person) => by.get(`/console/payments?q=${encodeURIComponent(q)}`);

const pathOf = (paymentId: string) => `/console/payments/${paymentId}`;

const numberFor = () => String(1_000_000_000 + Math.floor(Math.random() * 1_000_000_000));

describe('spellings of a pasted id', () => {
  const id = '2F023FD5A72A49D48A8633252B7CCBD6';
  const dashed = '2f023fd5-a72a-49d4-8a86-33252b7ccbd6';

  it.each([
    id,
    id.toLowerCase(),
    ` ${id}\r\n`,
    `"${id}",`,
    `\u200B${id}\u00A0`,
    '2F023FD5 A72A49D4 8A863325 2B7CCBD6',
    dashed,
    dashed.toUpperCase(),
    `https://shop.myvtex.com/admin/pci-gateway/#/transactions/${id}`,
    `https://shop.myvtex.com/admin/pci-gateway/?a=1#/transactions/${id}/`,
  ])('of %j are VTEX’s and the UUID’s', (pasted) => {
    expect(spellingsOf(pasted)).toEqual(expect.arrayContaining([id, dashed]));
  });

  it('of an order name it with and without its part', () => {
    expect(spellingsOf('https://shop.myvtex.com/admin/orders/1234567-01?x')).toEqual(
      expect.arrayContaining(['1234567-01', '1234567']),
    );
  });

  it.each(['', '   ', '\u0000', '""', 'https://', 'x'.repeat(256)])('of %j are none', (pasted) => {
    expect(spellingsOf(pasted)).toEqual(pasted === 'https://' ? expect.any(Array) : []);
  });
});

describe('one search', () => {
  /** A payment that VTEX created, that bought a card, and whose cancellation was confirmed. */
  async function cancelledPayment() {
    const ids = {
      paymentId: newId(),
      requestId: newId(),
      transactionId: newId(),
      orderId: numberFor(),
      reference: numberFor(),
    };
    const created = await service.create(ids.paymentId, {
      transactionId: ids.transactionId,
      orderId: ids.orderId,
      reference: ids.reference,
    });
    expect(created.status).toBe(200);
    const link = { issuer: 'qitech', reference: simulators.of.qitech.referenceFor('works') };
    expect((await service.link(ids.paymentId, link)).status).toBe(201);
    const { body } = await service.cancel(ids.paymentId, { requestId: ids.requestId });
    const [row] = await database.query<{ tid: string; authorization_id: string }>(
      'select tid, authorization_id from authorizations where payment_id = $1',
      [ids.paymentId],
    );
    return {
      ...ids,
      cancellationId: body.cancellationId ?? '',
      tid: row?.tid ?? '',
      authorizationId: row?.authorization_id ?? '',
      ...(link.reference as { walletKey: string; paymentInstrumentKey: string }),
    };
  }

  it('leads to the payment by each of its ids, as they are pasted', async () => {
    const { paymentId, ...ids } = await cancelledPayment();

    const led: Record<string, string | null> = {};
    for (const [name, id] of Object.entries({ paymentId, ...ids })) {
      expect(id).not.toBe('');
      led[name] = (await find(id)).location;
      led[`${name} in lower case and with blanks`] = (await find(` ${id.toLowerCase()}\n`)).location;
    }
    led['order with its part'] = (await find(`${ids.orderId}-01`)).location;
    led['address of the transaction'] = (
      await find(`https://shop.myvtex.com/admin/pci-gateway/#/transactions/${ids.transactionId}`)
    ).location;

    expect(new Set(Object.values(led))).toEqual(new Set([pathOf(paymentId)]));
  });

  it('finds nothing of another merchant’s, by no id', async () => {
    const ids = await cancelledPayment();

    for (const id of Object.values(ids)) {
      const { status, location, html } = await find(id, stranger);
      expect({ status, location }).toEqual({ status: 200, location: null });
      expect(wordsOf(html)).toContain('Nothing was found for');
    }
  });

  it('does not find a cancellation by an id that nobody was told', async () => {
    const paymentId = newId();
    await service.cancel(paymentId, { requestId: newId() });
    const [row] = await database.query<{ cancellation_id: string }>(
      'select cancellation_id from cancellations where payment_id = $1',
      [paymentId],
    );

    expect((await find(row?.cancellation_id ?? '')).location).toBeNull();
    expect((await find(paymentId)).location).toBe(pathOf(paymentId));
  });

  it('leads to the payment of a manual cancellation', async () => {
    const paymentId = newId();
    await service.cancel(paymentId, { requestId: newId() });
    const [task] = await database.query<{ manual_cancellation_id: string }>(
      'select manual_cancellation_id from manual_cancellations where payment_id = $1',
      [paymentId],
    );

    expect((await find(task?.manual_cancellation_id ?? '')).location).toBe(pathOf(paymentId));
  });

  it('lists several, the newest first, and says as what each was found', async () => {
    const orderId = numberFor();
    const [first, second] = [newId(), newId()];
    for (const paymentId of [first, second]) {
      await service.create(paymentId, { orderId, transactionId: newId(), reference: numberFor() });
    }

    const { status, html } = await find(orderId);

    expect(status).toBe(200);
    expect(wordsOf(html)).toContain(`2 payments found for “${orderId}”`);
    expect([...html.matchAll(/href="\/console\/payments\/([0-9A-F]{32})"/g)].map(([, id]) => id)).toEqual([
      second,
      first,
    ]);
    expect(html.split('<tr>').filter((row) => row.includes('data-label="Found as">order<'))).toHaveLength(2);
  });

  it('lists at most fifty, and says that there are more', async () => {
    await database.query(
      `insert into payments (merchant_id, payment_id, sandbox, seen_before, order_id)
         select 'default', 'MANY-' || n, false, true, 'MANY-ORDER' from generate_series(1, 60) n`,
    );

    const { html } = await find('MANY-ORDER');

    expect(html.match(/href="\/console\/payments\/MANY-\d+"/g)).toHaveLength(50);
    expect(wordsOf(html)).toContain('There are more. Only the newest 50 are shown');
  });

  it.each(['nothing-like-it', '<script>alert(1)</script>', "'; drop table payments; --", '%', '1', '127.0.0.1'])(
    'says of %j what was searched, and what else to try',
    async (q) => {
      const { status, html } = await find(q);

      expect(status).toBe(200);
      expect(wordsOf(html)).toContain('Nothing was found for');
      expect(wordsOf(html)).toContain('Paste the whole id');
      expect(html).not.toContain('<script>alert');
    },
  );

  it('asks for an id where none was given', async () => {
    expect(wordsOf((await find('  ')).html)).toContain('Paste an id into the search field above.');
    expect((await person.get('/console/payments')).status).toBe(200);
    expect((await person.get('/console/payments?q=a&q=b')).status).toBe(200);
  });
});

describe('the page of a payment', () => {
  it('tells how it was proven to be cancelled, with all its ids and without network addresses', async () => {
    const paymentId = newId();
    await service.create(paymentId, { orderId: 'ORDER-1', transactionId: newId() });
    const reference = { ...simulators.of.corecard.referenceFor('works'), externalIp: '203.0.113.77' };
    expect((await service.link(paymentId, { issuer: 'corecard', reference })).status).toBe(201);
    const { body } = await service.cancel(paymentId, { requestId: newId() });

    const { status, html } = await person.get(pathOf(paymentId));

    expect(status).toBe(200);
    const words = wordsOf(html);
    expect(words).toContain('Order ORDER-1');
    expect(words).toContain('The issuer confirmed the cancellation in its answer.');
    expect(words).toContain(String(body.cancellationId));
    expect(words).toContain(String((reference as unknown as { adminNumber: string }).adminNumber));
    expect(html).not.toContain('203.0.113.77');
    expect(words).toContain('Nothing more is done.');
  });

  it('says of one that nobody has asked to cancel what would happen', async () => {
    const paymentId = newId();
    await service.link(paymentId, { issuer: 'artha', reference: simulators.of.artha.referenceFor('works') });

    const words = wordsOf((await person.get(pathOf(paymentId))).html);

    expect(words).toContain('The payment is approved, and nobody has asked to cancel it.');
    expect(words).toContain('If VTEX asks to cancel this payment, the cancellation is sent to Artha at once.');
  });

  it('leads from one that a person has to cancel to what the person does', async () => {
    const paymentId = newId();
    await service.cancel(paymentId, { requestId: newId() });
    const [task] = await database.query<{ manual_cancellation_id: string }>(
      'select manual_cancellation_id from manual_cancellations where payment_id = $1',
      [paymentId],
    );

    const { html } = await person.get(pathOf(paymentId));

    expect(wordsOf(html)).toContain('A person has to finish this.');
    expect(html).toContain(`href="/console/manual-cancellations/${task?.manual_cancellation_id}"`);
  });

  it('is there for a payment of which only an unusable request has told', async () => {
    const paymentId = newId();
    await service.call('cancel', `/payments/${paymentId}/cancellations`, JSON.stringify({ paymentId }));

    const { status, html } = await person.get(pathOf(paymentId));

    expect(status).toBe(200);
    expect(wordsOf(html)).toContain('VTEX sent a request about this payment that could not be used.');
  });
});
