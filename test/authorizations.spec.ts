import fc from 'fast-check';
import type { BehaviourName } from '../src/issuers/simulator-server.js';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { checkAnswerTo } from './support/answer-schema.js';
import { createBody } from './support/caller.js';
import { fullCreate, plantEverywhere } from './support/create-bodies.js';
import { withDatabaseAway } from './support/outage.js';
import { sendRaw } from './support/raw-http.js';
import { newId, startTestService, vtexHeaders, type TestService } from './support/service.js';
import { startTestSimulators, type TestSimulators } from './support/simulators.js';

let simulators: TestSimulators;
let database: TestDatabase;
let service: TestService;

beforeAll(async () => {
  simulators = await startTestSimulators(200);
  database = await makeTestDatabase();
  service = await startTestService({ ...simulators.settings, DATABASE_URL: database.url });
});

afterAll(async () => {
  await service?.stop();
  await simulators?.stop();
  await database?.drop();
});

async function link(paymentId: string, more: Record<string, unknown> = {}, behaviour: BehaviourName = 'works') {
  const reference = simulators.of.vault.referenceFor(behaviour);
  return service.link(paymentId, { issuer: 'vault', reference, ...more });
}

async function linked(paymentId = newId()): Promise<string> {
  expect((await link(paymentId)).status).toBe(201);
  return paymentId;
}

const eventsOf = async (paymentId: string) => (await service.history(paymentId)).events.map(({ kind }) => kind);

const rowOf = async (paymentId: string) => {
  const [row] = await database.query<Record<string, unknown>>('select * from authorizations where payment_id = $1', [
    paymentId,
  ]);
  return row;
};

describe('a create', () => {
  it("with everything that VTEX's example has is answered by the OpenAPI's required fields", async () => {
    const paymentId = '01693EB95BE443AC85874E395CD91565';

    const { status, body } = await service.create(paymentId, fullCreate);

    expect(status).toBe(200);
    expect(body).toEqual({
      paymentId,
      status: 'undefined',
      authorizationId: expect.stringMatching(/^AUT-[0-9A-F]{32}$/) as string,
      tid: expect.stringMatching(/^[0-9A-F]{32}$/) as string,
      nsu: null,
      acquirer: null,
      code: 'authorization-pending',
      message: expect.any(String) as string,
      delayToAutoSettle: 604_800,
      delayToAutoSettleAfterAntifraud: 604_800,
      delayToCancel: 604_800,
    });
    expect(await eventsOf(paymentId)).toEqual(['created']);
  });

  it('is approved once the payment is linked, and names the issuer', async () => {
    const paymentId = newId();
    const before = (await service.create(paymentId)).body;
    await linked(paymentId);

    const { status, body } = await service.create(paymentId);

    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'approved',
      code: null,
      acquirer: 'Vault',
      authorizationId: before.authorizationId,
      tid: before.tid,
      connectorMetadata: [{ name: 'issuer', value: 'vault' }],
    });
  });

  it('of a payment that was linked before is approved at once', async () => {
    const paymentId = await linked();

    expect((await service.create(paymentId)).body.status).toBe('approved');
  });

  it('leads from its tid back to the payment', async () => {
    const paymentId = newId();
    const { tid } = (await service.create(paymentId)).body;

    expect(await database.query('select payment_id from authorizations where tid = $1', [tid])).toEqual([
      { payment_id: paymentId },
    ]);
    expect((await service.history(paymentId)).authorization?.tid).toBe(tid);
  });

  it('sent twenty times at once creates once, and gives every one the same answer', async () => {
    const paymentId = newId();

    const answers = await Promise.all(Array.from({ length: 20 }, () => service.create(paymentId)));

    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await eventsOf(paymentId)).toEqual(['created']);
  });

  it('keeps the issuer that the merchant chose, by its code or its name', async () => {
    for (const value of ['qitech', 'QI Tech', ' QITECH ']) {
      const settings = [
        { name: 'token', value: 'a-secret-of-the-merchant' },
        { name: 'Issuer', value },
      ];

      const { body } = await service.create(newId(), { merchantSettings: settings });

      expect(body).toMatchObject({ acquirer: 'QI Tech', status: 'undefined' });
      expect(body.connectorMetadata).toBeUndefined();
    }
  });

  it('takes no issuer that there is not', async () => {
    const paymentId = newId();

    const { body } = await service.create(paymentId, { merchantSettings: [{ name: 'Issuer', value: 'constructor' }] });

    expect(body.acquirer).toBeNull();
    expect((await rowOf(paymentId))?.issuer_choice).toBeNull();
  });

  it('keeps what it said of the delays, whatever the settings say later', async () => {
    const paymentId = newId();
    const first = await service.create(paymentId);
    const later = await startTestService({
      ...simulators.settings,
      DATABASE_URL: database.url,
      DELAY_TO_CANCEL_SECONDS: '600',
      DELAY_TO_AUTO_SETTLE_SECONDS: '60',
    });
    try {
      expect((await later.create(paymentId)).text).toBe(first.text);
      expect((await later.create(newId())).body).toMatchObject({ delayToCancel: 600, delayToAutoSettle: 60 });
    } finally {
      await later.stop();
    }
  });
});

describe('a final answer', () => {
  it('is given in the same bytes for ever, also after a restart with other settings', async () => {
    const approved = await linked();
    const denied = newId();
    await service.create(denied);
    expect((await service.cancel(denied, { requestId: 'R1' })).body.cancellationId).not.toBeNull();
    const first = [await service.create(approved), await service.create(denied)];

    const restarted = await startTestService({ ...simulators.settings, DATABASE_URL: database.url, PORT: '0' });
    try {
      const again = [await restarted.create(approved), await restarted.create(denied)];

      expect(first.map(({ body }) => body.status)).toEqual(['approved', 'denied']);
      expect(again.map(({ text }) => text)).toEqual(first.map(({ text }) => text));
    } finally {
      await restarted.stop();
    }
  });

  it.each<[string, BehaviourName]>([
    ['is cancelled', 'works'],
    ['is not known yet', 'resets'],
    ['is for people', 'refuses'],
  ])('is denied from a cancel on that %s', async (_what, behaviour) => {
    const paymentId = newId();
    await service.create(paymentId);
    await link(paymentId, {}, behaviour);
    expect((await service.create(paymentId)).body.status).toBe('approved');
    await service.cancel(paymentId, { requestId: 'R1' });

    const answers = [await service.create(paymentId), await service.create(paymentId)];

    expect(answers.map(({ body }) => [body.status, body.code])).toEqual([
      ['denied', 'payment-cancelled'],
      ['denied', 'payment-cancelled'],
    ]);
    expect(answers[0]?.text).toBe(answers[1]?.text);
  });

  it('is denied where the cancel came first', async () => {
    const paymentId = newId();
    await service.cancel(paymentId, { requestId: 'R1' });

    expect((await service.create(paymentId)).body.status).toBe('denied');
    await link(paymentId);
    expect((await service.create(paymentId)).body.status).toBe('denied');
  });

  it('stays possible after a cancel of a part, which does not take the payment', async () => {
    const paymentId = await linked();
    await service.create(paymentId);

    expect((await service.cancel(paymentId, { requestId: 'R1', value: 5 })).body.code).toBe('cancel-manually');

    expect((await service.create(paymentId)).body.status).toBe('approved');
  });
});

describe('the value of a create', () => {
  it.each([
    [31.9, 3190],
    ['29,90', 2990],
    ['29.90', 2990],
    [0.29, 29],
    [4307.23, 430_723],
    [0, 0],
  ])('%j is %i cents', async (value, cents) => {
    const paymentId = newId();

    await service.create(paymentId, { value });

    expect(await service.history(paymentId)).toMatchObject({ value: cents });
  });

  it('gives way to what a link said before', async () => {
    const paymentId = newId();
    await link(paymentId, { value: 2300, orderId: 'from-the-link' });

    await service.create(paymentId, { value: 23.5 });

    expect(await service.history(paymentId)).toMatchObject({ value: 2300, orderId: 'from-the-link' });
    expect((await service.history(paymentId)).authorization?.value).toBe(23.5);
  });

  it('that a link contradicts is an alert, and one that it does not is none', async () => {
    const alertsOf = async (value: number) => {
      const paymentId = newId();
      await link(paymentId, { value: 2300 });
      await service.create(paymentId, { value });
      return (await service.history(paymentId)).events.filter(({ kind }) => kind === 'alert').map(({ text }) => text);
    };

    expect(await alertsOf(230)).toEqual([
      'VTEX created the payment with another value than it was linked with; the link stands.',
    ]);
    expect(await alertsOf(23)).toEqual([]);
  });

  it('is held against a link that says another one', async () => {
    const paymentId = newId();
    await service.create(paymentId, { value: 31.9 });

    expect((await link(paymentId, { value: 2300 })).status).toBe(409);
    expect((await link(paymentId, { value: 3190 })).status).toBe(201);
  });

  it('stands against that of a repeat, which is noted', async () => {
    const paymentId = newId();
    const first = await service.create(paymentId, { value: 31.9 });

    const again = await service.create(paymentId, { value: 99 });

    expect(again.text).toBe(first.text);
    expect(await eventsOf(paymentId)).toEqual(['created', 'other-content']);
    expect((await service.history(paymentId)).authorization?.value).toBe(31.9);
  });
});

describe('a create is read leniently', () => {
  it('with nothing but the paymentId', async () => {
    const paymentId = newId();

    const { status, body } = await service.call('create', '/payments', JSON.stringify({ paymentId }));

    expect(status).toBe(200);
    expect(body.status).toBe('undefined');
  });

  it('with fields of wrong types, which count as absent and are logged by name alone', async () => {
    const paymentId = newId();
    const wrong = {
      value: { amount: 'canary-1' },
      currency: 'canary-2',
      paymentMethod: ['canary-3'],
      orderId: 17,
      callbackUrl: { url: 'canary-4' },
      merchantSettings: 'canary-5',
      card: 'canary-6',
      miniCart: 'canary-7',
      sandBoxMode: 'maybe',
    };

    const { status } = await service.create(paymentId, wrong);

    expect(status).toBe(200);
    const line = service.lines.find((one) => one.includes(paymentId) && one.includes('count as absent')) ?? '';
    for (const name of ['value', 'currency', 'paymentMethod', 'orderId', 'callbackUrl', 'card', 'sandBoxMode']) {
      expect(line).toContain(name);
    }
    expect(service.lines.join('')).not.toContain('canary-');
    expect(await rowOf(paymentId)).toMatchObject({ value: null, currency: null, payment_method: null });
  });

  it('whatever it carries', async () => {
    const anything = fc.dictionary(fc.constantFrom(...Object.keys(fullCreate), 'x', '__proto__'), fc.jsonValue(), {
      maxKeys: 6,
    });
    await fc.assert(
      fc.asyncProperty(anything, async (fields) => {
        const { status } = await service.call('create', '/payments', JSON.stringify({ ...fields, paymentId: newId() }));

        expect(status).toBe(200);
      }),
      { numRuns: 60 },
    );
  });

  it.each(['sandBoxMode', 'sandboxMode'])('with %s, as text too', async (name) => {
    for (const value of [true, 'true', 'True']) {
      const paymentId = newId();

      await service.create(paymentId, { [name]: value });

      expect(await service.history(paymentId)).toMatchObject({ sandbox: true });
    }
  });

  it('with a large cart, where a cancel may not be large', async () => {
    const paymentId = newId();
    const items = Array.from({ length: 2_000 }, () => fullCreate.miniCart.items[0]);
    const body = { paymentId, ...createBody, miniCart: { ...fullCreate.miniCart, items } };
    expect(JSON.stringify(body).length).toBeGreaterThan(300_000);

    expect((await service.create(paymentId, body)).status).toBe(200);
    const cancel = await service.cancel(paymentId, { requestId: 'R1', x: 'x'.repeat(70_000) });
    expect([cancel.status, cancel.body.message]).toEqual([400, 'Invalid request: the body is larger than 64 kB.']);
  });
});

describe('an unusable create', () => {
  const post = (body: string) => service.call('create', '/payments', body);

  it.each([
    ['no JSON', 'paymentId=1', 'the body must be a JSON object'],
    ['empty', '', 'the body must be a JSON object'],
    ['an array', '[]', 'the body must be a JSON object'],
    ['without a paymentId', '{}', 'paymentId is missing'],
    ['with a number as paymentId', '{"paymentId":1}', 'paymentId must be text'],
    ['with a paymentId of null', '{"paymentId":null}', 'paymentId must be text'],
    ['with an empty paymentId', '{"paymentId":""}', 'paymentId must be text'],
    ['with a control character in it', '{"paymentId":"a\\u0000"}', 'paymentId must be text'],
    ['with half a surrogate in it', '{"paymentId":"\\ud800"}', 'paymentId must be text'],
    ['with 256 characters of it', `{"paymentId":"${'p'.repeat(256)}"}`, 'paymentId must be text'],
  ])('is answered 400 (%s)', async (_what, body, fault) => {
    const answer = await post(body);

    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ paymentId: null, status: 'error', code: 'invalid-request' });
    expect(answer.body.message).toContain(fault);
  });

  it('is answered 400 where its body is larger than 1 MB', async () => {
    const answer = await post(`{"paymentId":"P1","x":"${'x'.repeat(1024 * 1024)}"}`);

    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain('larger than 1024 kB');
  });
});

describe('sandBoxMode', () => {
  it('on a payment that is linked live is answered 400, and changes nothing', async () => {
    const paymentId = await linked();

    const { status, body } = await service.create(paymentId, { sandBoxMode: true });

    expect([status, body.status, body.paymentId]).toEqual([400, 'error', paymentId]);
    expect(body.message).toContain('this is a live payment');
    expect(await rowOf(paymentId)).toBeUndefined();
    expect(await eventsOf(paymentId)).toContain('invalid-request');
    expect((await service.create(paymentId)).body.status).toBe('approved');
  });

  it('on a payment that was created live leaves its environment as it is', async () => {
    const paymentId = newId();
    await service.create(paymentId);

    expect((await service.create(paymentId, { sandBoxMode: true })).status).toBe(200);

    expect(await service.history(paymentId)).toMatchObject({ sandbox: false });
  });
});

describe('a callbackUrl', () => {
  it.each([
    'http://api.mystore.example.com/callback?X-VTEX-signature=s3cr3t-signature',
    'https://127.0.0.1/callback?X-VTEX-signature=s3cr3t-signature',
    'https://0x7f.1/callback?X-VTEX-signature=s3cr3t-signature',
    'https://[::1]/callback?X-VTEX-signature=s3cr3t-signature',
    'https://[::ffff:10.0.0.1]/callback?X-VTEX-signature=s3cr3t-signature',
    'https://169.254.169.254/latest?X-VTEX-signature=s3cr3t-signature',
    'https://100.64.0.1/?X-VTEX-signature=s3cr3t-signature',
    'https://localhost/?X-VTEX-signature=s3cr3t-signature',
    'https://db.internal/?X-VTEX-signature=s3cr3t-signature',
    'https://user:s3cr3t-signature@api.mystore.example.com/',
    'ftp://api.mystore.example.com/s3cr3t-signature',
    'https://api.mystore.example.com/a b?X-VTEX-signature=s3cr3t-signature',
    's3cr3t-signature',
  ])('such as %s is not kept, and the payment is', async (callbackUrl) => {
    const paymentId = newId();

    const { status } = await service.create(paymentId, { callbackUrl });

    expect(status).toBe(200);
    expect((await rowOf(paymentId))?.callback_url).toBeNull();
    expect(await eventsOf(paymentId)).toEqual(['vtex-not-called', 'created']);
    expect(service.lines.filter((line) => line.includes(paymentId))).toHaveLength(1);
    expect(service.lines.join('')).not.toContain('s3cr3t-signature');
    await linked(paymentId);
    expect(await database.query('select 1 from vtex_calls where payment_id = $1', [paymentId])).toEqual([]);
  });

  it('that is public is kept as it came, and never shown', async () => {
    const paymentId = newId();
    const callbackUrl = 'https://api.mystore.example.com/%7Ea/../b?X-VTEX-signature=s3cr3t-signature&é=ü';

    await service.create(paymentId, { callbackUrl });

    expect((await rowOf(paymentId))?.callback_url).toBe(callbackUrl);
    expect(JSON.stringify(await service.history(paymentId))).not.toContain('signature');
  });

  it('is the newest one, because VTEX may sign it anew', async () => {
    const paymentId = newId();
    await service.create(paymentId, { callbackUrl: 'https://api.mystore.example.com/?X-VTEX-signature=1' });

    await service.create(paymentId, { callbackUrl: 'https://api.mystore.example.com/?X-VTEX-signature=2' });
    await service.create(paymentId, { callbackUrl: 'https://127.0.0.1/?X-VTEX-signature=3' });

    expect((await rowOf(paymentId))?.callback_url).toBe('https://api.mystore.example.com/?X-VTEX-signature=2');
  });
});

describe('the history', () => {
  it('shows the authorization, and null where there is none', async () => {
    const paymentId = newId();
    const { body } = await service.create(paymentId);

    expect((await service.history(paymentId)).authorization).toEqual({
      status: 'undefined',
      authorizationId: body.authorizationId,
      tid: body.tid,
      value: 31.9,
      currency: 'BRL',
      paymentMethod: 'Promissories',
      transactionId: '2F023FD5A72A49D48A8633252B7CCBD6',
      settleId: null,
      settledAt: null,
      settlements: [],
      refunds: [],
      callback: null,
    });
    expect((await service.history(await linked())).authorization).toBeNull();
  });
});

describe('a fault of ours', () => {
  it('is answered 500 in the shape of a create, with nothing of the fault', async () => {
    const paymentId = newId();

    const { status, body } = await withDatabaseAway(database.url, () => service.create(paymentId));

    expect([status, body.status, body.code, body.paymentId]).toEqual([500, 'error', 'internal-error', paymentId]);
    expect((await service.create(paymentId)).status).toBe(200);
  }, 60_000);
});

describe('a path', () => {
  it.each([
    ['GET', '/payments'],
    ['PUT', '/payments'],
    ['POST', '/payments?x=1&y', 400],
    ['POST', '/payments/'],
  ] as [string, string, number?][])(
    '%s %s is answered in the shape of a create',
    async (method, path, wanted = 404) => {
      const { status, text } = await sendRaw(service.url, { method, path, headers: vtexHeaders });

      expect(status).toBe(wanted);
      expect(checkAnswerTo('create', status, text)).toMatchObject({ status: 'error', code: 'invalid-request' });
    },
  );
});

describe('what VTEX tells of a shopper and a card', () => {
  const pan = '4012888888881881';
  const canaries = [pan, '4012 8888 8888 1881', '987-canary-cvv', '111.444.777-35', 'canary@shopper.example', 'canary'];
  /** What has a column, or names the payment. */
  const kept = ['value', 'currency', 'callbackUrl', 'paymentMethod', 'transactionId', 'reference', 'orderId'];

  /** Every text, number and JSON in the database, the job queue's too. */
  const dump = async () => {
    const columns = await database.query<{ from: string; column: string }>(
      `select format('%I.%I', c.table_schema, c.table_name) as from, format('%I', c.column_name) as column
       from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
       where c.table_schema in ('public', 'pgboss') and t.table_type = 'BASE TABLE'
         and c.data_type in ('text', 'jsonb', 'json', 'character varying', 'numeric')`,
    );
    expect(columns.length).toBeGreaterThan(60);
    const texts: string[] = [];
    for (const { from, column } of columns) {
      const [row] = await database.query<{ all: string | null }>(
        `select string_agg(${column}::text, ' ') as all from ${from}`,
      );
      texts.push(row?.all ?? '');
    }
    return texts.join('\n');
  };

  it.each([
    ['a card number', pan],
    ['a card number with blanks', '4012 8888 8888 1881'],
    ['a security code', '987-canary-cvv'],
    ['a tax number', '111.444.777-35'],
    ['an e-mail address', 'canary@shopper.example'],
  ])('is in no table, no log line and no answer, wherever %s stands', async (_what, canary) => {
    const paymentId = newId();
    const planted = plantEverywhere(fullCreate, (path, value) => (kept.includes(path) ? value : canary)) as object;

    const answers = [await service.create(paymentId, { ...planted }), await service.create(paymentId, { ...planted })];
    await linked(paymentId);
    answers.push(await service.create(paymentId, { ...planted }));

    expect(answers.map(({ body }) => body.status)).toEqual(['undefined', 'undefined', 'approved']);
    const everything = [
      await dump(),
      service.lines.join(''),
      answers.map(({ text }) => text).join(''),
      JSON.stringify(await service.history(paymentId)),
    ].join('\n');
    expect(everything).toContain(paymentId);
    for (const one of canaries) expect(everything).not.toContain(one);
  });

  it.each([pan, `order ${pan}`, '4012 8888 8888 1881', 'canary@shopper.example'])(
    'is not taken for an id or a name where it stands as one (%s)',
    async (canary) => {
      const paymentId = newId();
      const ids = Object.fromEntries(
        ['paymentMethod', 'transactionId', 'reference', 'orderId', 'currency'].map((name) => [name, canary]),
      );

      expect((await service.create(paymentId, ids)).status).toBe(200);

      expect(await dump()).not.toContain(canary);
      expect(service.lines.join('')).not.toContain(canary);
    },
  );
});
