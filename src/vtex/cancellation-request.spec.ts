import fc from 'fast-check';
import { readCancellationRequest, type CancellationRequestBody } from './cancellation-request.js';
import { isIdentifier } from './reading.js';

const PAYMENT = 'F5C1A4E20D3B4E07B7E871F5B5BC9F91';
const REQUEST = 'D12D9B80972C462980F5067A3A126837';
const EMOJI = '\u{1F4B3}';

const bytes = (text: string) => Buffer.from(text, 'utf8');

const read = (body: unknown, path = PAYMENT) => readCancellationRequest(path, bytes(JSON.stringify(body)));

function usable(fields: Record<string, unknown>): CancellationRequestBody {
  const result = read({ paymentId: PAYMENT, requestId: REQUEST, ...fields });
  if (result.kind === 'unusable') throw new Error(result.unusable.fault);
  return result.request;
}

function faultOf(body: unknown, path?: string): string {
  const result = read(body, path);
  if (result.kind === 'usable') throw new Error('was usable');
  return result.unusable.fault;
}

describe('a request', () => {
  it('may have nothing but the two ids', () => {
    expect(usable({})).toEqual({
      paymentId: PAYMENT,
      requestId: REQUEST,
      authorizationId: null,
      value: null,
      sandboxMode: false,
      ignored: [],
    });
  });

  it('may begin with a byte order mark', () => {
    const text = `\uFEFF${JSON.stringify({ paymentId: PAYMENT, requestId: REQUEST })}`;

    expect(readCancellationRequest(PAYMENT, bytes(text)).kind).toBe('usable');
  });

  it('may have fields that nobody knows', () => {
    expect(usable({ connectorMetadata: [{ name: 'a', value: 'b' }], __proto__x: 1, '': null }).ignored).toEqual([]);
  });

  it.each([
    ['no JSON', 'paymentId=1'],
    ['nothing', ''],
    ['an array', '[]'],
    ['null', 'null'],
    ['text', '"paymentId"'],
    ['a number', '1'],
    ['half an object', '{"paymentId":'],
  ])('is unusable when its body is %s', (_, text) => {
    const result = readCancellationRequest(PAYMENT, bytes(text));

    expect(result).toEqual({
      kind: 'unusable',
      unusable: { paymentId: PAYMENT, requestId: null, fault: 'the body must be a JSON object' },
    });
  });

  it('is unusable when its bytes are no UTF-8', () => {
    const start = bytes(`{"paymentId":"${PAYMENT}","requestId":"`);
    const result = readCancellationRequest(PAYMENT, Buffer.concat([start, Buffer.from([0xff, 0xfe]), bytes('"}')]));

    expect(result).toMatchObject({ kind: 'unusable', unusable: { fault: 'the body must be a JSON object' } });
  });

  it('names the field that is missing', () => {
    expect(faultOf({ requestId: REQUEST })).toBe('paymentId is missing');
    expect(faultOf({ paymentId: PAYMENT })).toBe('requestId is missing');
  });

  it.each([
    [null],
    [7],
    [true],
    [['a']],
    [{}],
    [''],
    ['a'.repeat(256)],
    [EMOJI.repeat(256)],
    ['a\u0000'],
    ['\ud800'],
    ['a\nb'],
  ])('names an id that is %j', (id) => {
    expect(faultOf({ paymentId: id, requestId: REQUEST })).toMatch(/^paymentId must be text of 1 to 255/);
    expect(faultOf({ paymentId: PAYMENT, requestId: id })).toMatch(/^requestId must be text of 1 to 255/);
  });

  it.each(['a\u0000', '\ud800', 'a'.repeat(256)])('names the path when its id is %j', (path) => {
    expect(faultOf({ paymentId: path, requestId: REQUEST }, path)).toMatch(/^paymentId in the path must be text/);
  });

  it("is unusable for another payment than the path's, also when only the case differs", () => {
    expect(faultOf({ paymentId: `${PAYMENT}0`, requestId: REQUEST })).toBe(
      'paymentId differs from the one in the path',
    );
    expect(faultOf({ paymentId: PAYMENT.toLowerCase(), requestId: REQUEST })).toMatch(/differs/);
  });

  it('tells the request id of an unusable request where it can be read', () => {
    expect(read({ paymentId: 1, requestId: REQUEST })).toMatchObject({ unusable: { requestId: REQUEST } });
    expect(read({ paymentId: PAYMENT, requestId: 1 })).toMatchObject({ unusable: { requestId: null } });
  });

  it('never throws, whatever its bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.uint8Array(), (path, body) => {
        readCancellationRequest(path, Buffer.from(body));
      }),
    );
    fc.assert(
      fc.property(fc.json(), (body) => {
        readCancellationRequest(PAYMENT, bytes(body));
      }),
    );
  });
});

describe('a value', () => {
  it.each([
    [2300, 2300],
    [0, 0],
    [29.9, 29.9],
    ['2300', 2300],
    ['29.90', 29.9],
    ['29,90', 29.9],
  ])('of %j is read', (value, amount) => {
    expect(usable({ value })).toMatchObject({ value: amount, ignored: [] });
  });

  it.each([[-1], [1e15], ['1.234,56'], ['-5'], [''], ['R$ 5'], [true], [[1]], [{}], ['1e3']])(
    'of %j counts as absent, and is named',
    (value) => {
      expect(usable({ value })).toMatchObject({ value: null, ignored: ['value'] });
    },
  );

  it('of null is absent', () => {
    expect(usable({ value: null })).toMatchObject({ value: null, ignored: [] });
  });
});

describe('sandboxMode', () => {
  it.each([
    [true, true],
    ['true', true],
    [' TRUE ', true],
    [false, false],
    ['false', false],
    ['False', false],
    [null, false],
  ])('of %j is read', (sandboxMode, meant) => {
    expect(usable({ sandboxMode })).toMatchObject({ sandboxMode: meant, ignored: [] });
  });

  it.each([[1], ['yes'], [''], [{}]])('of %j counts as absent, and is named', (sandboxMode) => {
    expect(usable({ sandboxMode })).toMatchObject({ sandboxMode: false, ignored: ['sandboxMode'] });
  });
});

describe('authorizationId', () => {
  it('is read', () => {
    expect(usable({ authorizationId: 'AUT-70D2444272' })).toMatchObject({ authorizationId: 'AUT-70D2444272' });
  });

  it.each([[7], [''], ['a\u0000b'], ['\udc00'], [{}]])('of %j counts as absent, and is named', (authorizationId) => {
    expect(usable({ authorizationId })).toMatchObject({ authorizationId: null, ignored: ['authorizationId'] });
  });
});

describe('an identifier', () => {
  it('counts an emoji as one of its 255 characters, as Postgres does', () => {
    expect(isIdentifier(EMOJI.repeat(255))).toBe(true);
    expect(isIdentifier(EMOJI.repeat(256))).toBe(false);
  });

  it('may have slashes, blanks and letters of any script', () => {
    expect(isIdentifier('2019-02-04T22:53:42-40000')).toBe(true);
    expect(isIdentifier('a/b c%?#ção支付')).toBe(true);
  });
});
