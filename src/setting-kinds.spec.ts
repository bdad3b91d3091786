import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { z } from 'zod';
import { decimal, flag, httpUrl, integer, list, oneOf, Secret, secret, text, textMap } from './setting-kinds.js';

const folder = mkdtempSync(join(tmpdir(), 'setting-kinds-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('text', () => {
  it('is taken as it is', () => {
    expect(text().parse(' Web ')).toBe(' Web ');
  });
});

describe('oneOf', () => {
  it('takes its words only, and lists them otherwise', () => {
    const mode = oneOf(['live', 'paused']);

    expect(mode.parse('paused')).toBe('paused');
    expect(faultOf(mode, 'Live')).toBe('must be one of: live, paused');
    expect(faultOf(mode, '')).toBe('must be one of: live, paused');
  });
});

describe('integer', () => {
  const port = integer({ min: 1, max: 65_535 });

  it.each([
    ['1', 1],
    ['65535', 65_535],
    [' 80 ', 80],
    ['0080', 80],
  ])('reads %j', (value, number) => {
    expect(port.parse(value)).toBe(number);
  });

  it.each(['', ' ', '0', '65536', '-1', '1.5', '1e3', '0x10', '80a', 'NaN', 'Infinity', '9'.repeat(400)])(
    'refuses %j with its bounds',
    (value) => {
      expect(faultOf(port, value)).toBe('must be a whole number from 1 to 65535');
    },
  );

  it('takes a negative number where the bounds do', () => {
    expect(integer({ min: -5, max: 5 }).parse('-5')).toBe(-5);
  });
});

describe('decimal', () => {
  const hours = decimal({ min: 0.001, max: 24 });

  it.each([
    ['2', 2],
    ['0.05', 0.05],
    [' 1.50 ', 1.5],
  ])('reads %j', (value, number) => {
    expect(hours.parse(value)).toBe(number);
  });

  it.each(['', '0', '24.1', '-1', '.5', '1.', '1,5', '1e1', 'two'])('refuses %j with its bounds', (value) => {
    expect(faultOf(hours, value)).toBe('must be a number from 0.001 to 24');
  });
});

describe('flag', () => {
  it('reads on and off, in any case, and their other spellings', () => {
    expect(['on', 'ON', ' on ', '1', 'true'].map((value) => flag().parse(value))).toEqual(Array(5).fill(true));
    expect(['off', 'Off', '0', 'false'].map((value) => flag().parse(value))).toEqual(Array(4).fill(false));
  });

  it.each(['', 'yes', 'enabled', '2'])('refuses %j', (value) => {
    expect(faultOf(flag(), value)).toBe('must be on or off');
  });
});

describe('httpUrl', () => {
  it.each([
    ['https://api.issuer.example', 'https://api.issuer.example'],
    ['https://api.issuer.example/', 'https://api.issuer.example'],
    ['http://10.0.0.1:8080/prefix//', 'http://10.0.0.1:8080/prefix'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
    [' https://api.issuer.example ', 'https://api.issuer.example'],
  ])('reads %j as %j', (value, url) => {
    expect(httpUrl().parse(value)).toBe(url);
  });

  it.each([
    '',
    'api.issuer.example',
    'ftp://issuer.example',
    'file:///etc/passwd',
    'https://user:password@issuer.example',
    'https://user@issuer.example',
    'https://issuer.example/?key=1',
    'https://issuer.example/?',
    'https://issuer.example/#',
    'https://issuer.example/#part',
    'https://',
    'http:issuer.example',
    'https://issuer.example/a b',
    'https://issuer.example/a\nb',
    'https://issuer.example\\a',
  ])('refuses %j', (value) => {
    expect(faultOf(httpUrl(), value)).toMatch(/^must be an http or https address such as /);
  });

  it('always gives an address to which a path can be added', () => {
    fc.assert(
      fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), (value) => {
        const read = httpUrl().safeParse(value);
        return !read.success || new URL(`${read.data}/path`).pathname.endsWith('/path');
      }),
    );
  });
});

describe('list', () => {
  it('splits at commas and drops blanks and empty words', () => {
    expect(list().parse('ERR01160, ERR01161 ,,')).toEqual(['ERR01160', 'ERR01161']);
    expect(list().parse('')).toEqual([]);
  });
});

describe('textMap', () => {
  it('reads a JSON object of texts', () => {
    expect(textMap().parse('{"E1":"already_printed"}')).toEqual({ E1: 'already_printed' });
    expect(textMap().parse('{}')).toEqual({});
  });

  it.each(['', 'E1=x', '[]', 'null', '"a"', '{"a":1}', '{"a":null}', '{"a":{"b":"c"}}'])('refuses %j', (value) => {
    expect(faultOf(textMap(), value)).toBe('must be a JSON object with text values, such as {"a":"b"}');
  });
});

describe('secret', () => {
  it('gives its text only where it is asked for', () => {
    const token = secret().parse('s3cret');

    expect(token.reveal()).toBe('s3cret');
    for (const shown of [
      String(token),
      JSON.stringify({ token }),
      inspect({ token }),
      inspect(token, { showHidden: true }),
    ]) {
      expect(shown).toContain('[secret]');
      expect(shown).not.toContain('s3cret');
    }
    expect(Object.keys(token)).toEqual([]);
  });

  it('is not shown in the fault of a wrong one', () => {
    const read = secret(() => 'is no key').safeParse('s3cret');

    expect(read.success).toBe(false);
    expect(JSON.stringify(read.error) + inspect(read.error)).not.toContain('s3cret');
  });

  it('is read from a file, without the line end', () => {
    expect(
      secret()
        .parse(`file:${fileWith('from a file\n')}`)
        .reveal(),
    ).toBe('from a file');
    expect(
      secret()
        .parse(`file:${fileWith('from Windows\r\n')}`)
        .reveal(),
    ).toBe('from Windows');
    expect(
      secret()
        .parse(`file:${fileWith('-----BEGIN KEY-----\nMIIE\n')}`)
        .reveal(),
    ).toBe('-----BEGIN KEY-----\nMIIE');
  });

  it('is read again from its file on renewal', () => {
    const path = fileWith('old');
    const token = new Secret(`file:${path}`);

    writeFileSync(path, 'new\n');

    expect(token.reveal()).toBe('old');
    token.renew();
    expect(token.reveal()).toBe('new');
  });

  it('stays as it is on renewal when the file is gone or empty', () => {
    const path = fileWith('old');
    const token = new Secret(`file:${path}`);

    writeFileSync(path, '\n');
    token.renew();
    expect(token.reveal()).toBe('old');
    rmSync(path);
    token.renew();

    expect(token.reveal()).toBe('old');
  });

  it('stays as it is on renewal when it came as a value', () => {
    const token = new Secret('value');

    token.renew();

    expect(token.reveal()).toBe('value');
  });

  it('is refused when empty, unreadable or not what it is for', () => {
    const check = (value: string) => (value.startsWith('-----BEGIN') ? null : 'must be a PEM text');

    expect(faultOf(secret(), '')).toBe('must not be empty');
    expect(faultOf(secret(), `file:${fileWith('\n')}`)).toBe('must not be empty');
    expect(faultOf(secret(), `file:${join(folder, 'missing')}`)).toBe('names a file that cannot be read');
    expect(faultOf(secret(), `file:${folder}`)).toBe('names a file that cannot be read');
    expect(faultOf(secret(check), 'abc')).toBe('must be a PEM text');
    expect(secret(check).parse('-----BEGIN KEY-----').reveal()).toBe('-----BEGIN KEY-----');
  });
});

it('every kind may be optional, and may have a default', () => {
  const settings = z.object({
    REMARKS: list().default(['CardInProgress']),
    QUERY: flag().default(false),
    CODES: textMap().optional(),
    TOKEN: secret().optional(),
  });

  expect(settings.parse({})).toEqual({ REMARKS: ['CardInProgress'], QUERY: false });
  expect(settings.parse({ REMARKS: 'a,b', QUERY: 'on' })).toEqual({ REMARKS: ['a', 'b'], QUERY: true });
});

const faultOf = (kind: z.ZodType, value: string) => {
  const read = kind.safeParse(value);
  expect(read.error?.issues).toHaveLength(1);
  return read.error?.issues[0]?.message;
};

let files = 0;
function fileWith(content: string): string {
  const path = join(folder, `secret-${(files += 1)}`);
  writeFileSync(path, content);
  return path;
}
