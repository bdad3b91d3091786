import fc from 'fast-check';
import { Secret } from '../setting-kinds.js';
import { Log } from './log.js';

/** What must never be in a line, wherever it comes from. */
const canaries = {
  card: '4111 1111 1111 1111',
  cardWithoutBlanks: '5555555555554444',
  cpf: '123.456.789-09',
  email: 'joao@shopper.example',
  jwt: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl',
  bearer: 'Bearer canary-token-0123456789',
  key: '-----BEGIN PRIVATE KEY-----\nMIGHAgEAcanary\n-----END PRIVATE KEY-----',
};

const all = Object.values(canaries).join(' and ');

type Line = Record<string, unknown> & { readonly level: number; readonly msg: string };

function logged(write: (log: Log) => void, level = 'info'): { text: string; lines: Line[] } {
  const written: string[] = [];
  write(new Log(level, { write: (line) => written.push(line) }));
  return { text: written.join(''), lines: written.map((line) => JSON.parse(line) as Line) };
}

function expectNoCanary(text: string): void {
  for (const canary of Object.values(canaries)) expect(text).not.toContain(canary);
  for (const part of ['canary', '1111 1111', '55555555', '456.789', 'joao']) expect(text).not.toContain(part);
}

/** As `pg` makes it for a violated key: `detail` repeats the row's values. */
function databaseError(): Error {
  const error = new Error('duplicate key value violates unique constraint "payments_pk"');
  return Object.assign(error, {
    name: 'error',
    code: '23505',
    constraint: 'payments_pk',
    table: 'payments',
    detail: `Key (merchant_id, payment_id)=(default, ${all}) already exists.`,
    where: `COPY payments, line 1: "${all}"`,
    query: `insert into payments values ('${all}')`,
    parameters: [all],
    driverError: { detail: all },
  });
}

describe('a log line', () => {
  it('is one line of JSON with its sentence and the fields that have a name', () => {
    const fields = {
      merchantId: 'default',
      paymentId: 'P1',
      requestId: 'R1',
      issuer: 'vault',
      outcome: 'unknown',
      errorId: 'E1',
      noticeId: 'N1',
      data: { paymentId: 'P1' },
    };

    const { lines, text } = logged((log) => log.info('Something happened.', fields));

    expect(text.match(/\n/g)).toHaveLength(1);
    expect(lines).toEqual([{ level: 30, time: expect.any(Number) as number, msg: 'Something happened.', ...fields }]);
  });

  it('does not carry a field without a name, at any depth of the way there', () => {
    const fields = {
      paymentId: 'P1',
      authorization: all,
      body: { token: all },
      headers: { authorization: all },
      config: { password: all },
      req: { headers: all },
      err: new Error(all),
    };

    const { lines, text } = logged((log) => {
      log.info('One.', fields);
      log.warn('Two.', fields);
      log.error('Three.', fields);
    });

    expectNoCanary(text);
    expect(lines.map((line) => Object.keys(line).sort())).toEqual([
      ['level', 'msg', 'paymentId', 'time'],
      ['level', 'msg', 'paymentId', 'time'],
      ['level', 'msg', 'paymentId', 'time'],
    ]);
  });

  it('masks what an error says, and where', () => {
    const cause = new Error(all);
    const error = new Error(`The issuer said ${all}`, { cause });

    const { lines, text } = logged((log) => log.error('It failed.', { paymentId: 'P1', error }));

    expectNoCanary(text);
    expect(lines[0]).toMatchObject({
      error: 'Error',
      errorMessage: expect.stringContaining('The issuer said') as string,
    });
    expect(lines[0]?.stack).toContain('log.spec');
  });

  it('does not carry what hangs on an error besides its name, message, stack, code and constraint', () => {
    const error = Object.assign(new TypeError('failed'), {
      config: { headers: { authorization: all } },
      response: { data: all },
      request: all,
    });

    const { lines, text } = logged((log) => log.error('It failed.', { error }));

    expectNoCanary(text);
    expect(Object.keys(lines[0] ?? {}).sort()).toEqual(['error', 'errorMessage', 'level', 'msg', 'stack', 'time']);
  });

  it('names the constraint of a database error, and none of the values', () => {
    const { lines, text } = logged((log) => log.error('It failed.', { error: databaseError() }));

    expectNoCanary(text);
    expect(lines[0]).toMatchObject({ code: '23505', constraint: 'payments_pk' });
  });

  it.each([
    ['a text', all],
    ['an object', { secret: all }],
    ['null', null],
    ['a function', () => all],
  ])('tells of %s that was thrown only what kind of thing it is', (_what, error) => {
    const { lines, text } = logged((log) => log.error('It failed.', { error }));

    expectNoCanary(text);
    expect(lines[0]?.error).toBe(typeof error);
  });

  it('prints no secret that was passed by mistake', () => {
    const secret = new Secret('canary-of-a-setting');
    const careless = secret as unknown as string;

    const { text } = logged((log) =>
      log.info('Something happened.', { paymentId: careless, data: { value: careless } }),
    );

    expectNoCanary(text);
    expect(text).toContain('[secret]');
  });

  it('cannot be forged by a message with line breaks', () => {
    const error = new Error('first\n{"level":50,"msg":"forged"}\r\nlast');

    const { text, lines } = logged((log) => log.error('It failed.', { error, paymentId: 'P\n{"msg":"forged"}' }));

    expect(text.match(/\n/g)).toHaveLength(1);
    expect(lines).toHaveLength(1);
  });

  it('survives an error whose parts are no text', () => {
    const error = Object.assign(new Error('x'), { stack: undefined });

    expect(logged((log) => log.error('It failed.', { error })).lines).toHaveLength(1);
  });

  it('carries nothing of any error’s message that is a long number or an address', () => {
    const digits = fc
      .array(fc.integer({ min: 0, max: 9 }), { minLength: 13, maxLength: 19 })
      .map((list) => list.join(''));
    const email = fc.emailAddress().filter((address) => /^[\w.+-]+@/.test(address));
    fc.assert(
      fc.property(digits, email, (number, address) => {
        const error = new Error(`card ${number} of ${address} failed`);

        const { text } = logged((log) => log.error('It failed.', { error }));

        expect(text).not.toContain(number);
        expect(text).not.toContain(address);
      }),
    );
  });
});

describe('as Nest’s logger', () => {
  it('passes Nest’s warnings and errors on, without the context or stack that comes as text', () => {
    const { lines, text } = logged((log) => {
      log.warn('A warning of Nest', 'SomeContext');
      log.error('An error of Nest', all);
    });

    expectNoCanary(text);
    expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
      [40, 'A warning of Nest'],
      [50, 'An error of Nest'],
    ]);
  });

  it('keeps Nest’s chatter for the debug level', () => {
    const chatter = (log: Log) => {
      log.log('Mapped a route');
      log.debug('More of it');
    };

    expect(logged(chatter).lines).toEqual([]);
    expect(logged(chatter, 'debug').lines).toHaveLength(2);
  });

  it('is silent where the level says so', () => {
    expect(logged((log) => log.error('It failed.'), 'silent').lines).toEqual([]);
  });
});
