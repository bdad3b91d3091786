import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { issuers } from '../src/issuers/index.js';
import type { SomeIssuer } from '../src/issuers/issuer.js';
import { committedFiles } from '../src/openapi/committed-files.js';
import type { Content } from '../src/openapi/operation.js';
import { docsPage } from '../src/openapi/page/docs-page.js';
import { style } from '../src/openapi/page/style.js';
import type { Schema } from '../src/openapi/schema.js';
import { MOST_LINKS } from '../src/payments/bulk-links.js';
import { readVersion } from '../src/version.js';
import { breachOf, document, operations } from './support/openapi.js';

const text = JSON.stringify(document);
const callbackOperations = operations.flatMap(({ operation }) =>
  Object.values(operation.callbacks ?? {}).flatMap((addresses) => Object.values(addresses).map(({ post }) => post)),
);

/** Every value under a name, wherever it stands. */
function everyValueOf(name: string, value: unknown = document): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, its]) => [
    ...(key === name ? [its as unknown] : []),
    ...everyValueOf(name, its),
  ]);
}

describe('the committed copy', () => {
  it.each(Object.entries(committedFiles(readVersion(process.cwd()))))('%s is what is generated', (file, content) => {
    const isSame = readFileSync(join(process.cwd(), file), 'utf8') === content;

    expect({ file, isSame, ifNot: 'npm run openapi' }).toEqual({ file, isSame: true, ifNot: 'npm run openapi' });
  });
});

describe('the document', () => {
  it('is OpenAPI 3.1 of this version of the package', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.info.version).toBe(readVersion(process.cwd()));
    expect(
      Object.keys(document)
        .filter((key) => !key.startsWith('x-'))
        .sort(),
    ).toEqual(['components', 'info', 'openapi', 'paths', 'servers', 'tags'].sort());
  });

  it('has one id, one tag, a summary and a description for each operation', () => {
    const ids = [...operations.map(({ operation }) => operation), ...callbackOperations].map((one) => one.operationId);
    const tags = document.tags.map(({ name }) => name);

    expect(new Set(ids).size).toBe(ids.length);
    for (const { operation } of operations) {
      expect(operation.summary).toMatch(/\S/);
      expect(operation.description).toMatch(/\S/);
      expect(tags).toContain(operation.tags[0]);
    }
    expect(tags.filter((tag) => !operations.some(({ operation }) => operation.tags[0] === tag))).toEqual([]);
  });

  it.each(operations)('declares the parameters that stand in $method $path, and no others', ({ path, operation }) => {
    const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');

    expect(inPath.map(({ name }) => name).sort()).toEqual(
      [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort(),
    );
    expect(inPath.filter(({ required }) => !required)).toEqual([]);
  });

  it.each(operations)('says of every answer to $method $path what it means', ({ operation }) => {
    expect(Object.keys(operation.responses).filter((status) => !/^[2345]\d\d$/.test(status))).toEqual([]);
    expect(Object.values(operation.responses).filter(({ description }) => !/\S/.test(description))).toEqual([]);
  });

  it('names every shape that it refers to, and refers to every shape that it names', () => {
    const named = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);

    expect([...new Set(everyValueOf('$ref'))].sort()).toEqual(named.sort());
  });

  it('names every way of showing who calls, and uses each', () => {
    const used = operations.flatMap(({ operation }) => operation.security.flatMap((set) => Object.keys(set)));

    expect([...new Set(used)].sort()).toEqual(Object.keys(document.components.securitySchemes).sort());
  });

  it('has schemas of the dialect that OpenAPI 3.1 takes', () => {
    const ajv = new Ajv2020({ allowUnionTypes: true, formats: { 'date-time': true } });
    const schemas = [...Object.values(document.components.schemas), ...everyValueOf('schema')] as Schema[];

    expect(schemas.filter((schema) => !ajv.validateSchema(schema))).toEqual([]);
  });

  it('knows how many links there may be at once', () => {
    expect(everyValueOf('maxItems')).toContain(MOST_LINKS);
  });

  it('holds no card number and no secret', () => {
    const numbers = text.match(/\d(?:[ -]?\d){12,18}/g) ?? [];

    expect(numbers.map((number) => number.replace(/\D/g, '')).filter(isCardNumber)).toEqual([]);
    expect(text).not.toMatch(/PRIVATE KEY|eyJ[\w-]{10}|sk_live|[?&](secret|token|X-VTEX-signature)=/i);
  });
});

describe('the example of', () => {
  it.each(contents())('$where keeps its schema', ({ place, content }) => {
    const broken = Object.entries(content).flatMap(([mediaType, { examples = {} }]) =>
      Object.entries(examples).map(([name, { value }]) => [name, breachOf([...place, mediaType, 'schema'], value)]),
    );

    expect(broken.filter(([, breach]) => breach !== null)).toEqual([]);
  });

  it.each(operations.filter(({ operation }) => operation.requestBody !== undefined))(
    'what $method $path takes is there',
    ({ operation }) => {
      const bodies = Object.entries(operation.requestBody?.content ?? {});
      const withoutExample = bodies.filter(([type, { examples }]) => type === 'application/json' && !examples);

      expect(withoutExample).toEqual([]);
    },
  );

  it.each(Object.values<SomeIssuer>(issuers))('a reference of $name is one', ({ reference, name }) => {
    const examples = reference.schema.meta()?.examples as unknown[];

    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      expect(reference.schema.safeParse(example)).toMatchObject({ success: true });
      expect(breachOf(['components', 'schemas', `${name.replace(/\W/g, '')}Reference`], example)).toBeNull();
    }
  });
});

describe('the page', () => {
  const page = docsPage(document);
  const opened = (tag: string) => page.match(new RegExp(`<${tag}[ >]`, 'g'))?.length ?? 0;

  it('has one main part, one heading of the first rank, and none of a rank that is left out', () => {
    const ranks = [...page.matchAll(/<h([1-6])[ >]/g)].map(([, rank]) => Number(rank));

    expect([opened('main'), opened('nav'), opened('header'), opened('h1')]).toEqual([1, 1, 1, 1]);
    expect(ranks.filter((rank, at) => at > 0 && rank > (ranks[at - 1] ?? 0) + 1)).toEqual([]);
  });

  it('gives every table a caption and every heading of a table its scope', () => {
    expect(opened('table')).toBeGreaterThan(operations.length);
    expect(opened('caption')).toBe(opened('table'));
    expect(page.match(/<th(?! scope="(col|row)")[ >]/g)).toBeNull();
  });

  it('has an anchor for each operation and shape, and no link that leads nowhere', () => {
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id ?? '');
    const targets = [...page.matchAll(/ (?:href="#|aria-labelledby=")([^"]+)"/g)].map(([, id]) => id ?? '');

    expect(new Set(ids).size).toBe(ids.length);
    expect(targets.filter((id) => !ids.includes(id))).toEqual([]);
    expect(ids).toEqual(expect.arrayContaining(operations.map(({ operation }) => operation.operationId)));
    expect(ids).toEqual(
      expect.arrayContaining(Object.keys(document.components.schemas).map((name) => `shape-${name}`)),
    );
  });

  it('runs nothing, styles nothing by itself, and loads nothing but its style sheet', () => {
    expect(page).not.toMatch(/<script|<style|<img|<iframe|<form| style=| on\w+="|https?:\/\/[^<]*\.(js|css|woff)/i);
    expect([...page.matchAll(/<link [^>]*href="([^"]+)"/g)].map(([, href]) => href)).toEqual(['/docs/style.css']);
    expect(style).not.toMatch(/@import|url\(/);
  });

  it('says the language of its words, and that its code is of none', () => {
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page.match(/<pre(?! lang="zxx")/g)).toBeNull();
    expect(opened('pre')).toBeGreaterThan(operations.length);
  });

  it('shows examples as text, whatever they hold', () => {
    const [first] = document.tags;
    const hostile = {
      ...document,
      tags: [{ ...first, name: first?.name ?? '', description: '<script>alert(1)</script>' }],
    };

    expect(docsPage(hostile)).toContain('&lt;script>alert(1)&lt;/script>');
  });

  it('is readable in light and dark, and on a narrow screen', () => {
    expect(page).toContain('<meta name="viewport" content="width=device-width, initial-scale=1"');
    expect(style).toContain('@media (prefers-color-scheme: dark)');
    expect(style).toMatch(/\.scroll \{ overflow-x: auto/);
    expect(page.match(/<div class="scroll" role="region" aria-labelledby="[^"]+" tabindex="0">/g)?.length).toBe(
      opened('table'),
    );
  });

  it.each(['light', 'dark'])('has text of good contrast in %s', (scheme) => {
    const parts = style.split('@media (prefers-color-scheme: dark)');
    const colours = Object.fromEntries(
      [...(parts[scheme === 'light' ? 0 : 1] ?? '').matchAll(/--(\w+): (#[0-9a-f]{6})/g)].map(([, name, colour]) => [
        name,
        colour,
      ]),
    ) as Record<'paper' | 'ink' | 'quiet' | 'block' | 'link', string>;

    for (const [ink, paper] of [
      [colours.ink, colours.paper],
      [colours.quiet, colours.paper],
      [colours.link, colours.paper],
      [colours.ink, colours.block],
    ] as const) {
      expect(contrast(ink, paper)).toBeGreaterThanOrEqual(7);
    }
  });

  it('shows every deviation from the OpenAPI of VTEX', () => {
    const words = page.replace(/<[^>]+>/g, '').replaceAll('&amp;', '&');

    for (const { why } of document['x-deviations']) expect(words).toContain(why.replaceAll('`', ''));
  });
});

/** Where examples stand: in requests, in answers, and in what we send ourselves. */
function contents(): { where: string; place: string[]; content: Content }[] {
  return operations.flatMap(({ method, path, operation }) => {
    const place = ['paths', path, method];
    const { requestBody, responses, callbacks = {} } = operation;
    return [
      ...(requestBody
        ? [
            {
              where: `a request ${method} ${path}`,
              place: [...place, 'requestBody', 'content'],
              content: requestBody.content,
            },
          ]
        : []),
      ...Object.entries(responses).flatMap(([status, { content }]) =>
        content
          ? [
              {
                where: `an answer ${status} to ${method} ${path}`,
                place: [...place, 'responses', status, 'content'],
                content,
              },
            ]
          : [],
      ),
      ...Object.entries(callbacks).flatMap(([name, addresses]) =>
        Object.entries(addresses).flatMap(([address, { post }]) =>
          post.requestBody
            ? [
                {
                  where: `a call of ours, ${name}`,
                  place: [...place, 'callbacks', name, address, 'post', 'requestBody', 'content'],
                  content: post.requestBody.content,
                },
              ]
            : [],
        ),
      ),
    ];
  });
}

function isCardNumber(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, at) => {
    const doubled = Number(digit) * (at % 2 === 0 ? 1 : 2);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return /^[2-6]/.test(digits) && sum % 10 === 0;
}

/** By the definition of WCAG 2. */
function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
