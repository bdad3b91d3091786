import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';

/*
 * Who may import whom. Read from the text of the import lines: a rule that is broken names the file and what it imports.
 */

const SRC = join(process.cwd(), 'src');

interface Import {
  /** The importing file, from src/, such as `issuers/vault/vault.ts`. */
  readonly file: string;
  /** A package's name as written; for our own files the path from src/, ending in `.ts` or `.tsx` without saying which. */
  readonly target: string;
  /** `type` is gone when the program runs; `dynamic` is `import('…')`. */
  readonly kind: 'static' | 'type' | 'dynamic';
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => /\.tsx?$/.test(file) && !/\.spec\.tsx?$/.test(file));

const textOf = (file: string) => readFileSync(join(SRC, file), 'utf8');

const imports = files.flatMap((file) => importsIn(file, textOf(file)));

const issuerCodes = [...new Set(files.flatMap((file) => /^issuers\/([^/]+)\//.exec(file)?.[1] ?? []))];

const features = [
  'authorizations',
  'settlements',
  'refunds',
  'inbound',
  'cancellations',
  'manual-cancellations',
  'merchants',
  'payments',
  'notifications',
  'console',
  'jobs',
  'operations',
];

describe('import lines', () => {
  it.each([
    ["import { a } from './a.js';", 'x/a', 'static'],
    ["import {\n  a,\n  type B,\n} from '../y/a.js';", 'y/a', 'static'],
    ["import type { A } from './a.js';", 'x/a', 'type'],
    ["import a, * as b from 'zod';", 'zod', 'static'],
    ["import 'reflect-metadata';", 'reflect-metadata', 'static'],
    ["export * as setting from '../setting-kinds.js';", 'setting-kinds', 'static'],
    ["export { Secret } from './a.js';", 'x/a', 'static'],
    ["const start = () => import('./simulator.js');", 'x/simulator', 'dynamic'],
    ["const start = async () => (await import('./simulator.js')).start;", 'x/simulator', 'dynamic'],
    ["const a = require('./a.js');", 'x/a', 'static'],
    ['import { a } from "node:fs";', 'node:fs', 'static'],
  ])('are read from %j', (line, target, kind) => {
    expect(importsIn('x/file.ts', `const before = 'from';\n${line}\nexport const after = 1;\n`)).toEqual([
      { file: 'x/file.ts', target, kind },
    ]);
  });

  it('are found in the real files', () => {
    expect(imports).toContainEqual({ file: 'issuers/issuer.ts', target: 'setting-kinds', kind: 'static' });
    expect(issuerCodes.length).toBeGreaterThanOrEqual(4);
  });

  it('of our own files end in .js', () => {
    const broken = files.filter((file) => /(from|import\()\s*['"]\.{1,2}\/[^'"]*(?<!\.js)['"]/.test(textOf(file)));

    expect(broken).toEqual([]);
  });
});

describe('an issuer folder', () => {
  const own = ({ file }: Import) => /^issuers\/([^/]+)\//.exec(file)?.[1];

  it('imports the contract, the outgoing HTTP, its own files and few packages', () => {
    const broken = imports.filter((line) => {
      const code = own(line);
      if (code === undefined) return false;
      const allowed = ['issuers/issuer', 'issuers/issuer-http', 'zod', 'jose'];
      if (line.file.endsWith('/simulator.ts')) allowed.push('issuers/simulator-server');
      return !allowed.includes(line.target) && !line.target.startsWith(`issuers/${code}/`) && !isBuiltIn(line.target);
    });

    expect(broken).toEqual([]);
  });

  it('is imported by the registry only', () => {
    const broken = imports.filter((line) => {
      const code = /^issuers\/([^/]+)\//.exec(line.target)?.[1];
      return code !== undefined && own(line) !== code && line.file !== 'issuers/index.ts';
    });

    expect(broken).toEqual([]);
  });

  it('stands in the registry, by its one file', () => {
    const registered = imports.filter(({ file }) => file === 'issuers/index.ts').map(({ target }) => target);

    expect(registered).toEqual(expect.arrayContaining(issuerCodes.map((code) => `issuers/${code}/${code}`)));
  });

  it('loads its simulator only when it is asked for', () => {
    const simulators = imports.filter(({ target }) => target.endsWith('/simulator'));

    expect(simulators.map(({ file }) => own({ file } as Import)).sort()).toEqual([...issuerCodes].sort());
    expect(simulators.filter(({ kind }) => kind !== 'dynamic')).toEqual([]);
    expect(simulators.filter(({ file, target }) => dirname(file) !== dirname(target))).toEqual([]);
  });

  it('brings no simulator into production', () => {
    const loaded = loadedBy('main');

    expect(loaded).toEqual(expect.arrayContaining(['issuers/index', 'issuers/issuer-http', 'setting-kinds']));
    expect(loaded.filter((file) => /(^|\/)simulator(-server)?$|^development\//.test(file))).toEqual([]);
  });

  it('is named by no other folder', () => {
    const words = new RegExp(`['"\`](${issuerCodes.join('|')})['"\`]`);
    const naming = files.filter((file) => !file.startsWith('issuers/') && words.test(withoutComments(textOf(file))));

    expect(naming).toEqual([]);
  });
});

describe('folders', () => {
  const isIn = (folder: string) => (path: string) => path.startsWith(`${folder}/`);
  /** The document of the API is held to the types of what is shown. */
  const isOfTheDocument = ({ file, kind }: Import) => isIn('openapi')(file) && kind === 'type';

  it('payments know nothing of what is done with them', () => {
    const others = ['cancellations', 'authorizations', 'settlements', 'refunds', 'inbound'];
    const broken = imports.filter(
      ({ file, target }) => isIn('payments')(file) && others.some((name) => isIn(name)(target)),
    );

    expect(broken).toEqual([]);
  });

  it('authorizations know nothing of the operations on them', () => {
    const others = ['cancellations', 'settlements', 'refunds', 'inbound'];
    const broken = imports.filter(
      ({ file, target }) => isIn('authorizations')(file) && others.some((name) => isIn(name)(target)),
    );

    expect(broken).toEqual([]);
  });

  it('merchants know nothing of cancellations, and only the application knows merchants', () => {
    const broken = imports.filter(
      (line) =>
        (isIn('merchants')(line.file) && /^(manual-)?cancellations\//.test(line.target)) ||
        (isIn('merchants')(line.target) &&
          !isIn('merchants')(line.file) &&
          !['server.ts', 'app.module.ts'].includes(line.file) &&
          !isOfTheDocument(line)),
    );

    expect(broken).toEqual([]);
  });

  it('openapi takes the types of the features and the words of the protocol, and only the application knows it', () => {
    const words =
      /^(openapi|vtex)\/|^(config|issuers\/index|issuers\/issuer|manual-cancellations\/manual-reason|texts\/language)$/;
    const out = imports.filter(
      ({ file, target, kind }) => isIn('openapi')(file) && isOurs(target) && kind !== 'type' && !words.test(target),
    );
    const into = imports.filter(({ file, target }) => !isIn('openapi')(file) && isIn('openapi')(target));

    expect(out).toEqual([]);
    expect(into.map(({ file }) => file).sort()).toEqual(['app.module.ts', 'openapi-command.ts']);
  });

  it('outgoing knows nothing of ours', () => {
    const broken = imports.filter(
      ({ file, target }) => isIn('outgoing')(file) && isOurs(target) && !isIn('outgoing')(target),
    );

    expect(broken).toEqual([]);
  });

  it('the console knows the notifications, and they know nothing of it', () => {
    const known = imports.filter(({ file, target }) => isIn('console')(file) && isIn('notifications')(target));
    const broken = imports.filter(({ file, target }) => isIn('notifications')(file) && isIn('console')(target));

    expect(known.length).toBeGreaterThan(0);
    expect(broken).toEqual([]);
  });

  it('vtex knows nothing of the features, but for the log', () => {
    const broken = imports.filter(
      ({ file, target }) =>
        isIn('vtex')(file) && features.some((name) => isIn(name)(target)) && target !== 'operations/log',
    );

    expect(broken).toEqual([]);
  });

  it('homologation knows nothing of ours, and nothing of ours knows it but its entry point', () => {
    const isKit = isIn('homologation');
    const out = imports.filter(({ file, target }) => isKit(file) && isOurs(target) && !isKit(target));
    const into = imports.filter(({ file, target }) => !isKit(file) && isKit(target));

    expect(out).toEqual([]);
    expect(into).toEqual([
      { file: 'homologate-command.ts', target: 'homologation/homologate-command', kind: 'static' },
    ]);
  });

  it('issuer.ts, the outgoing HTTP and the kinds of settings know nothing of the service', () => {
    const base = ['issuers/issuer.ts', 'issuers/issuer-http.ts', 'issuers/simulator-server.ts', 'setting-kinds.ts'];
    const allowed = ['issuers/issuer', 'issuers/issuer-http', 'issuers/simulator-server', 'setting-kinds'];
    const broken = imports.filter(
      ({ file, target }) => base.includes(file) && isOurs(target) && !allowed.includes(target),
    );

    expect(broken).toEqual([]);
  });
});

describe('the environment', () => {
  it('is read by config.ts only', () => {
    const readers = files.filter((file) =>
      /\bprocess\s*(\.|\?\.)\s*env\b|\bprocess\s*\[/.test(withoutComments(textOf(file))),
    );

    expect(readers.filter((file) => file !== 'config.ts')).toEqual([]);
  });

  it('is not taken from node:process either', () => {
    expect(imports.filter(({ target }) => /^(node:)?process$/.test(target))).toEqual([]);
  });
});

it('only entry points need import.meta, which jest cannot compile to CommonJS', () => {
  const imported = new Set(imports.map(({ target }) => target));
  const users = files.filter((file) => /\bimport\s*\.\s*meta\b/.test(withoutComments(textOf(file))));

  expect(users.filter((file) => imported.has(moduleOf(file)))).toEqual([]);
});

/** What runs because this file runs, itself included; what is imported only when needed is not among it. */
function loadedBy(module: string, loaded = new Set<string>()): string[] {
  if (loaded.has(module)) return [];
  loaded.add(module);
  const next = imports.filter(({ file, kind }) => moduleOf(file) === module && kind === 'static');
  for (const { target } of next) if (isOurs(target)) loadedBy(target, loaded);
  return [...loaded];
}

function importsIn(file: string, text: string): Import[] {
  const code = withoutComments(text);
  const found = (pattern: RegExp, kind: (match: RegExpMatchArray) => Import['kind']) =>
    [...code.matchAll(pattern)].map((match) => ({
      file,
      target: targetOf(file, match.at(-1) ?? ''),
      kind: kind(match),
    }));
  return [
    ...found(/^\s*(?:import|export)\s+(type\s)?[^;'"]*?\bfrom\s*['"]([^'"]+)['"]/gm, (match) =>
      match[1] ? 'type' : 'static',
    ),
    ...found(/^\s*import\s*['"]([^'"]+)['"]/gm, () => 'static'),
    ...found(/\bimport\s*\(\s*['"]([^'"]+)['"]\s*\)/g, () => 'dynamic'),
    ...found(/\brequire\s*\(\s*['"]([^'"]+)['"]\s*\)/g, () => 'static'),
  ];
}

function targetOf(file: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return normalize(join(dirname(file), specifier))
    .replaceAll('\\', '/')
    .replace(/\.js$/, '');
}

const isBuiltIn = (target: string) =>
  target.startsWith('node:') && builtinModules.includes(target.slice('node:'.length));

const moduleOf = (file: string) => file.replace(/\.tsx?$/, '');

const isOurs = (target: string) => files.some((file) => moduleOf(file) === target);

/** Comments on lines of their own or behind code; `//` inside a text, as in an address, has no blank before it. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}
