import { HttpException } from '@nestjs/common';
import { JsonBodyPipe } from './json-body.pipe.js';

const read = (body: unknown) => new JsonBodyPipe().transform(body);

describe('the pipe for JSON bodies', () => {
  it('reads the bytes of an object', () => {
    expect(read(Buffer.from('{"issuer":"vault","n":1,"ü":"é"}'))).toEqual({ issuer: 'vault', n: 1, ü: 'é' });
  });

  it.each([
    ['nothing', undefined],
    ['no bytes', Buffer.alloc(0)],
    ['text that is no JSON', Buffer.from('{"a":')],
    ['a list', Buffer.from('[]')],
    ['null', Buffer.from('null')],
    ['a text', Buffer.from('"{}"')],
    ['a number', Buffer.from('1')],
    ['what something else has parsed', { issuer: 'vault' }],
  ])('answers 400 to %s, without repeating it', (_what, body) => {
    let fault: unknown;
    try {
      read(body);
    } catch (error) {
      fault = error;
    }

    expect(fault).toBeInstanceOf(HttpException);
    expect((fault as HttpException).getStatus()).toBe(400);
    expect((fault as HttpException).getResponse()).toEqual({ message: 'The body must be a JSON object.' });
  });

  it('gives an object whose "__proto__" changes nothing else', () => {
    const body = read(Buffer.from('{"__proto__":{"isAdmin":true}}'));

    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
    expect(Object.keys(body)).toEqual(['__proto__']);
  });
});
