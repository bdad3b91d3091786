import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commands, runCli } from '../src/cli/cli.js';
import { firstAdmin } from '../src/development/first-admin.js';
import { ConsoleClient, PASSWORD, signIn } from './support/console.js';
import { makeTestDatabase, type TestDatabase } from './support/database.js';
import { newId, startTestService, testCredentials, type TestService } from './support/service.js';
import { startTestSimulators, type TestSimulators } from './support/simulators.js';

let simulators: TestSimulators;
let database: TestDatabase;
let service: TestService;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vtex-card-connector-cli-'));
  [simulators, database] = await Promise.all([startTestSimulators(), makeTestDatabase()]);
  const MASTER_KEY = Buffer.alloc(32, 7).toString('base64');
  service = await startTestService({ ...simulators.settings, DATABASE_URL: database.url, MASTER_KEY });
});

afterAll(async () => {
  await service?.stop();
  await Promise.all([simulators?.stop(), database?.drop()]);
  rmSync(folder, { recursive: true, force: true });
});

interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

async function cli(
  args: readonly string[],
  { url = service.url, signal = new AbortController().signal, isScreen = false } = {},
): Promise<Ran> {
  let out = '';
  let err = '';
  const exitCode = await runCli(args, {
    environment: { ADMIN_API_TOKEN: testCredentials.ADMIN_API_TOKEN, PUBLIC_URL: url },
    out: (words) => (out += words),
    err: (words) => (err += words),
    isScreen,
    signal,
  });
  return { exitCode, out, err };
}

const fileOf = (name: string, lines: readonly string[]) => {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
};

const newCard = () => String(simulators.of.vault.referenceFor('works').cardRequestId);

describe('npm run cli', () => {
  it('lists what it can do', async () => {
    const { exitCode, out } = await cli(['--help']);

    expect(exitCode).toBe(0);
    for (const { name, does } of commands) {
      expect(out).toContain(name);
      expect(out).toContain(does);
    }
  });

  it('tells more about each of them', async () => {
    for (const { name } of commands) {
      const { exitCode, out } = await cli([...name.split(' '), '--help']);
      expect(exitCode).toBe(0);
      expect(out).toMatch(new RegExp(`^npm run cli -- ${name}`));
    }
  });

  it.each([
    [[], 'No command was named'],
    [['payments', 'delete'], 'There is no command "payments delete"'],
    [['payments', 'link'], '"payments link" takes <paymentId> after it'],
    [['payments', 'link', 'A', '--colour', 'red'], "Unknown option '--colour'"],
    [['payments', 'link', 'A', '--issuer', 'vault'], '--issuer and --reference are needed'],
    [['payments', 'link', 'A', '--issuer', 'vault', '--reference', 'cardId'], '--reference takes name=value'],
    [['payments', 'import', '/nowhere.csv'], 'There is no file /nowhere.csv.'],
    [['payments', 'import', '/etc/hostname'], 'Say what the file is'],
    [['payments', 'import', 'a.csv', '--from-line', 'x'], '--from-line takes the number of a line'],
  ])('%j ends with 2, and says what is wrong', async (args, words) => {
    const { exitCode, out, err } = await cli(args);

    expect(exitCode).toBe(2);
    expect(err).toContain(words);
    expect(out).toBe('');
  });

  it('says where the service is not', async () => {
    const { exitCode, err } = await cli(
      ['payments', 'link', 'A', '--issuer', 'vault', '--reference', 'cardRequestId=1'],
      {
        url: 'http://127.0.0.1:1',
      },
    );

    expect(exitCode).toBe(2);
    expect(err).toMatch(/^The service at http:\/\/127\.0\.0\.1:1 cannot be reached \((bad port|ECONNREFUSED)\)\./);
  });
});

describe('payments link', () => {
  it('links a payment, and says that it was linked before', async () => {
    const paymentId = newId();
    const args = [
      'payments',
      'link',
      paymentId,
      '--issuer',
      'vault',
      '--reference',
      `cardRequestId=${newCard()}`,
      '--value',
      '2300',
    ];

    expect(await cli(args)).toEqual({ exitCode: 0, out: `Payment ${paymentId} is linked.\n`, err: '' });
    expect((await cli(args)).out).toBe(`Payment ${paymentId} was linked like this before.\n`);
    expect(JSON.parse((await cli([...args, '--json'])).out)).toMatchObject({ paymentId, issuer: 'vault', value: 2300 });
  });

  it("passes the service's refusal on", async () => {
    const card = newCard();
    await cli(['payments', 'link', newId(), '--issuer', 'vault', '--reference', `cardRequestId=${card}`]);

    const held = await cli(['payments', 'link', newId(), '--issuer', 'vault', '--reference', `cardRequestId=${card}`]);
    const wrong = await cli(['payments', 'link', newId(), '--issuer', 'vault', '--reference', 'cardRequestId=x']);

    expect(held).toEqual({ exitCode: 2, out: '', err: 'Not linked: another payment holds this reference.\n' });
    expect(wrong.err).toMatch(/refuses this: .*"reference\.cardRequestId"/);
  });
});

describe('people', () => {
  const email = 'bia@store.example';
  const opened = async (out: string) => {
    const [, pathAndQuery = ''] = /http:\S+(\/console\/welcome\?token=\S+)/.exec(out) ?? [];
    return (await new ConsoleClient(service.url).get(pathAndQuery)).status;
  };

  it('are added with a link, listed, and get another one', async () => {
    await cli(['merchants', 'add', 'people-shop']);
    const of = ['--merchant', 'people-shop'];

    const added = await cli(['people', 'add', email, '--name', 'Bia', '--role', 'operator', ...of]);
    const listed = await cli(['people', 'list', ...of]);
    const link = await cli(['people', 'link', email.toUpperCase(), ...of]);

    expect(added.exitCode).toBe(0);
    expect(added.out).toContain(`Give this link to ${email}, and to nobody else`);
    expect(listed.out).toMatch(/^bia@store\.example +Bia +operator +has not used the link yet +never$/m);
    expect(listed.out).not.toContain('welcome');
    expect([await opened(added.out), await opened(link.out)]).toEqual([404, 200]);
    expect((await cli(['people', 'list'])).out).not.toContain(email);
    expect((await cli(['people', 'add', email, ...of])).err).toBe(
      'Somebody with this e-mail address is there already.\n',
    );
  });

  it('get another role, are disabled, and come back', async () => {
    await cli(['people', 'add', 'rui@store.example']);

    const role = await cli(['people', 'role', 'rui@store.example', 'viewer']);
    const disabled = await cli(['people', 'disable', 'rui@store.example']);
    const link = await cli(['people', 'link', 'rui@store.example']);
    const back = await cli(['people', 'disable', 'rui@store.example', '--undo', '--json']);

    expect(role.out).toBe('rui@store.example: viewer, has not used the link yet.\n');
    expect(disabled.out).toBe('rui@store.example: viewer, disabled.\n');
    expect(link).toMatchObject({ exitCode: 2, err: 'This person is disabled. Enable them first.\n' });
    expect(JSON.parse(back.out)).toMatchObject({ email: 'rui@store.example', isDisabled: false });
  });

  it('who are not there, and roles that there are not, are said', async () => {
    expect((await cli(['people', 'link', 'nobody@store.example'])).err).toContain(
      'This merchant knows nobody with the e-mail nobody@store.example.',
    );
    expect((await cli(['people', 'add', 'x@store.example', '--role', 'owner'])).err).toContain(
      'must be viewer, operator or admin',
    );
  });

  it('the last administrator stays', async () => {
    const { email: admin } = await signIn(service, { role: 'admin', merchant: 'people-last' });

    const { exitCode, err } = await cli(['people', 'disable', admin, '--merchant', 'people-last']);

    expect([exitCode, err]).toEqual([2, 'This is the last administrator who can sign in. Make another one first.\n']);
  });

  it('the first one of a new service is an administrator, whose link every start prints until it was used', async () => {
    const fresh = await makeTestDatabase();
    const other = await startTestService({ DATABASE_URL: fresh.url });
    try {
      const start = () => firstAdmin(other.url, testCredentials.ADMIN_API_TOKEN);
      const [first, second] = [await start(), await start()];
      const client = new ConsoleClient(other.url);
      const { pathname, search } = new URL(second ?? '');

      expect((await client.get(pathname + new URL(first ?? '').search)).status).toBe(404);
      const fields = { password: PASSWORD, 'password-again': PASSWORD };
      expect((await client.submit(pathname, fields, pathname + search)).status).toBe(303);
      expect((await client.get('/console/people')).status).toBe(200);
      expect(await start()).toBeNull();
    } finally {
      await other.stop();
      await fresh.drop();
    }
  });
});

describe('merchants and issuers', () => {
  const environmentOf = (token: string) => ({ LINK_TOKEN: token, PUBLIC_URL: service.url });

  it('makes a merchant whose credentials VTEX may send, shown once', async () => {
    const { exitCode, out } = await cli([
      'merchants',
      'add',
      'loja-azul',
      '--name',
      'Loja Azul',
      '--vtex-account',
      'lojaazul',
      '--language',
      'pt-BR',
      '--time-zone',
      'America/Bogota',
    ]);

    const [, appKey = ''] = /^app key: {3}(\S+)$/m.exec(out) ?? [];
    const [, appToken = ''] = /^app token: (\S+)$/m.exec(out) ?? [];
    const headers = { 'x-vtex-api-appkey': appKey, 'x-vtex-api-apptoken': appToken };
    const { status, body } = await service.cancel(newId(), { requestId: 'R1' }, { headers });
    expect(exitCode).toBe(0);
    expect([status, body.code]).toEqual([200, 'cancel-manually']);
    const listed = await cli(['merchants', 'list']);
    expect(listed.out).toMatch(
      /^loja-azul +Loja Azul +lojaazul +pt-BR +America\/Bogota +slot 1 of \d{4}-\d\d-\d\d +no$/m,
    );
    expect(listed.out).toMatch(/^default .*settings/m);
    expect(listed.out).not.toContain(appToken);
  });

  it('rotates credentials without a gap', async () => {
    const made = JSON.parse((await cli(['merchants', 'add', 'rotating', '--json'])).out) as { credentials: Pair };
    const rotated = JSON.parse((await cli(['merchants', 'rotate', 'rotating', '--json'])).out) as { credentials: Pair };
    const statusWith = async ({ appKey, appToken }: Pair) => {
      const headers = { 'x-vtex-api-appkey': appKey, 'x-vtex-api-apptoken': appToken };
      return (await service.cancel(newId(), { requestId: 'R1' }, { headers })).status;
    };
    expect([await statusWith(made.credentials), await statusWith(rotated.credentials)]).toEqual([200, 200]);
    const third = await cli(['merchants', 'rotate', 'rotating']);
    expect(third).toMatchObject({
      exitCode: 2,
      err: expect.stringMatching(/^Two pairs of credentials are valid already/) as string,
    });

    const finished = await cli(['merchants', 'rotate', 'rotating', '--finish']);

    expect(finished).toMatchObject({ exitCode: 0, out: 'Retired. The other pair stays valid.\n' });
    expect([await statusWith(made.credentials), await statusWith(rotated.credentials)]).toEqual([401, 200]);
    expect((await cli(['merchants', 'rotate', 'rotating', '--finish'])).err).toMatch(/there is nothing to finish/);
  });

  it("stores a merchant's account, tries it, and links with the merchant's own token", async () => {
    await cli(['merchants', 'add', 'loja-verde']);
    const { settings } = simulators.of.vault;
    const file = fileOf('vault.json', [JSON.stringify({ BASE_URL: simulators.of.vault.url, ...settings })]);

    const stored = await cli(['issuers', 'set', 'vault', '--merchant', 'loja-verde', '--from', file]);
    const listed = await cli(['issuers', 'list', '--merchant', 'loja-verde']);
    const tried = await cli(['issuers', 'test', '--merchant', 'loja-verde']);
    const token = JSON.parse((await cli(['merchants', 'link-token', 'loja-verde', '--json'])).out) as {
      linkToken: string;
    };
    const paymentId = newId();
    let out = '';
    await runCli(['payments', 'link', paymentId, '--issuer', 'vault', '--reference', `cardRequestId=${newCard()}`], {
      environment: environmentOf(token.linkToken),
      out: (words) => (out += words),
      err: (words) => (out += words),
      isScreen: false,
      signal: new AbortController().signal,
    });

    expect(stored).toMatchObject({ exitCode: 0, out: 'The account is stored. "issuers test" tries it.\n' });
    expect(listed.out).toMatch(/^vault +live +http:\/\/127\.0\.0\.1:\d+ +database .*ACCESS_TOKEN/m);
    expect(listed.out).not.toContain(settings.ACCESS_TOKEN);
    expect(tried).toMatchObject({ exitCode: 0, out: 'vault     live     Vault answers, and takes the credentials.\n' });
    expect(out).toBe(`Payment ${paymentId} is linked.\n`);
    expect(await database.query('select merchant_id from payments where payment_id = $1', [paymentId])).toEqual([
      { merchant_id: 'loja-verde' },
    ]);
    const deleted = await cli(['issuers', 'delete', 'vault', '--merchant', 'loja-verde']);
    expect(deleted.exitCode).toBe(0);
    expect((await cli(['issuers', 'test', '--merchant', 'loja-verde'])).err).toMatch(/There is no such account/);
  });

  it('says of each issuer that does not take us why, and ends with 1', async () => {
    await cli(['merchants', 'add', 'loja-cinza']);
    const set = ['--set', 'BASE_URL=http://127.0.0.1:9', '--set', 'ACCESS_TOKEN=nobody-knows-this-token'];
    await cli(['issuers', 'set', 'vault', '--merchant', 'loja-cinza', ...set]);

    const { exitCode, out } = await cli(['issuers', 'test', '--merchant', 'loja-cinza', '--json']);

    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ results: [{ issuer: 'vault', sandbox: false, kind: 'unreachable' }] });
  });

  it('makes a code with which a merchant connects from VTEX', async () => {
    await cli(['merchants', 'add', 'loja-rosa']);

    const { exitCode, out } = await cli(['merchants', 'connect', 'loja-rosa']);

    expect(exitCode).toBe(0);
    expect(out).toMatch(/^connection code: \S{20,}\nGood for one use, until \d{4}-/);
  });

  it.each([
    [['merchants', 'add', 'Loja'], /merchantId/],
    [['merchants', 'rotate', 'nobody'], /^There is no merchant nobody\./],
    [['issuers', 'set', 'vault', '--merchant', 'nobody', '--set', 'A=b'], /^There is no merchant nobody\./],
    [['issuers', 'set', 'vault'], /^Name the settings/],
    [['issuers', 'set', 'vault', '--set', 'A'], /^--set takes NAME=value/],
    [['issuers', 'set', 'vault', '--from', '/nowhere.json'], /^\/nowhere\.json cannot be read \(ENOENT\)/],
    [['issuers', 'set', 'nobody', '--set', 'A=b'], /^There is no issuer nobody\./],
  ])('%j ends with 2, and says what is wrong', async (args, words) => {
    const { exitCode, err } = await cli(args);

    expect(exitCode).toBe(2);
    expect(err).toMatch(words);
  });
});

interface Pair {
  readonly appKey: string;
  readonly appToken: string;
}

describe('payments import', () => {
  it('links the lines of a CSV file, and reports each that was not linked', async () => {
    const [first, second, third] = [newId(), newId(), newId()];
    const [card, otherCard] = [newCard(), newCard()];
    const file = fileOf('links.csv', [
      '\uFEFFpaymentId;issuer;value;orderId;sandbox;reference.cardRequestId',
      `${first};vault;2300;"v1;str-01";;${card}`,
      `${second};vault;;;false;${otherCard}`,
      '',
      `${third};vault;;;;${card}`,
      `=cmd;vault;12x;;;${newCard()}`,
      `${newId()};vault;100`,
    ]);

    const { exitCode, out } = await cli(['payments', 'import', file, '--report', `${file}.bad`]);

    expect(exitCode).toBe(1);
    expect(out).toMatch(/^2 linked, 0 linked like this before, 1 in conflict, 2 invalid, in [\d.]+ s\.\nEach line/);
    expect(await service.history(first)).toMatchObject({
      reference: { cardRequestId: card },
      value: 2300,
      orderId: 'v1;str-01',
    });
    expect(await service.history(second)).toMatchObject({ reference: { cardRequestId: otherCard } });
    const report = readFileSync(`${file}.bad`, 'utf8').trim().split('\n');
    expect(report[0]).toBe('line,paymentId,result,why');
    expect(report.slice(1).sort()).toEqual([
      `5,${third},conflict,another payment holds this reference`,
      "6,'=cmd,invalid,value must be a whole number of cents",
      expect.stringMatching(/^7,[0-9A-F]{32},invalid,"?the line has 3 columns, and the header 6/),
    ]);
  });

  it('links the lines of an NDJSON file, of any issuer, and ends with 0', async () => {
    const links = ['vault', 'artha', 'corecard', 'qitech'].map((issuer) => ({
      paymentId: newId(),
      issuer,
      reference: simulators.of[issuer as 'vault'].referenceFor('works'),
    }));
    const file = fileOf(
      'links.ndjson',
      links.map((link) => JSON.stringify(link)),
    );

    const { exitCode, out } = await cli(['payments', 'import', file, '--json']);

    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      linked: 4,
      same: 0,
      conflicts: 0,
      invalid: 0,
      stoppedAtLine: null,
      report: null,
    });
    for (const { paymentId, reference } of links) expect(await service.history(paymentId)).toMatchObject({ reference });
  });

  it('may be run again, and begun at a line', async () => {
    const lines = Array.from({ length: 1_200 }, () => `${newId()},${newCard()}`);
    const file = fileOf('again.csv', ['paymentId,reference.cardRequestId', ...lines]);
    const run = (...more: string[]) => cli(['payments', 'import', file, '--issuer', 'vault', '--json', ...more]);

    const part = await run('--from-line', '1002');
    const all = await run();
    const again = await run();

    expect(JSON.parse(part.out)).toMatchObject({ linked: 200, same: 0 });
    expect(JSON.parse(all.out)).toMatchObject({ linked: 1_000, same: 200 });
    expect(JSON.parse(again.out)).toMatchObject({ linked: 0, same: 1_200, conflicts: 0, invalid: 0 });
  });

  it('says where to go on when it is stopped, and nothing before that is missing', async () => {
    const ids = Array.from({ length: 6_000 }, newId);
    const file = fileOf('stopped.csv', ['paymentId,reference.cardRequestId', ...ids.map((id) => `${id},${newCard()}`)]);
    const stop = new AbortController();
    const isBegun = async () => {
      const [row] = await database.query<{ count: number }>(
        'select count(*)::int as count from payments where payment_id = any($1)',
        [ids],
      );
      if ((row?.count ?? 0) > 0) stop.abort();
      else setTimeout(() => void isBegun(), 5);
    };
    void isBegun();

    const stopped = await cli(['payments', 'import', file, '--issuer', 'vault', '--json'], { signal: stop.signal });

    const { stoppedAtLine, linked } = JSON.parse(stopped.out) as { stoppedAtLine: number; linked: number };
    expect(stopped.exitCode).toBe(2);
    expect(linked).toBeGreaterThan(0);
    expect(linked).toBeLessThan(ids.length);
    const rest = await cli([
      'payments',
      'import',
      file,
      '--issuer',
      'vault',
      '--from-line',
      String(stoppedAtLine),
      '--json',
    ]);
    const [row] = await database.query<{ count: number }>(
      'select count(*)::int as count from issuer_references where payment_id = any($1)',
      [ids],
    );
    expect(rest.exitCode).toBe(0);
    expect(row?.count).toBe(ids.length);
  });

  it.each([
    [
      'a column that a link does not have',
      ['paymentId,cardNumber', 'A,1'],
      'columns that a link does not have: "cardNumber"',
    ],
    ['no paymentId', ['issuer,value', 'vault,1'], 'The header has no column "paymentId".'],
    ['nothing', [''], 'The file is empty: its first line must name the columns.'],
  ])('refuses a header with %s', async (_, lines, words) => {
    const { exitCode, err } = await cli(['payments', 'import', fileOf('header.csv', lines)]);

    expect(exitCode).toBe(2);
    expect(err).toContain(words);
  });

  it('loses no line but the one whose quotes are wrong', async () => {
    const ids = Array.from({ length: 6 }, newId);
    const file = fileOf('quote.csv', [
      'paymentId,reference.cardRequestId',
      `${ids[0]},${newCard()}`,
      `"${ids[1]},${newCard()}`,
      `"${ids[2]}","${newCard()}"`,
      `${ids[3]},"1"00`,
      `"${ids[4]}",${newCard()}`,
      `${ids[5]},${newCard()}`,
    ]);

    const { exitCode, out } = await cli(['payments', 'import', file, '--issuer', 'vault', '--json']);

    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ linked: 4, invalid: 2, stoppedAtLine: null });
    expect(readFileSync(`${file}.report.csv`, 'utf8')).toBe(
      'line,paymentId,result,why\n3,,invalid,the line is no CSV: look at its quotes\n5,,invalid,the line is no CSV: look at its quotes\n',
    );
  });

  it('takes no comma for a separator where the header has semicolons', async () => {
    const file = fileOf('comma.csv', [
      'paymentId;value;orderId;reference.cardRequestId',
      `${newId()};2300;a,b;${newCard()}`,
      `${newId()};23,00;;${newCard()}`,
    ]);

    const { out } = await cli(['payments', 'import', file, '--issuer', 'vault', '--json']);

    expect(JSON.parse(out)).toMatchObject({ linked: 1, invalid: 1 });
    expect(readFileSync(`${file}.report.csv`, 'utf8')).toContain('value must be a whole number of cents');
  });

  it('adds to the report where it goes on', async () => {
    const file = fileOf('report.csv', ['paymentId,reference.cardRequestId', `${newId()},x`, `${newId()},y`]);

    await cli(['payments', 'import', file, '--issuer', 'vault']);
    await cli(['payments', 'import', file, '--issuer', 'vault', '--from-line', '3']);

    const lines = readFileSync(`${file}.report.csv`, 'utf8').trim().split('\n');
    expect(lines.map((line) => line.split(',')[0])).toEqual(['line', '2', '3', '3']);
  });

  it('names the lines of an NDJSON file that are no objects', async () => {
    const good = { paymentId: newId(), issuer: 'vault', reference: { cardRequestId: newCard() } };
    const file = fileOf('broken.ndjson', ['{"paymentId":', '[1]', '', JSON.stringify(good)]);

    const { exitCode, out } = await cli(['payments', 'import', file, '--json']);

    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ linked: 1, invalid: 2 });
    expect(readFileSync(`${file}.report.csv`, 'utf8')).toBe(
      'line,paymentId,result,why\n1,,invalid,the line is no JSON object\n2,,invalid,the line is no JSON object\n',
    );
  });

  it('shows how far it is on a screen, and leaves its line clean', async () => {
    const lines = Array.from({ length: 4_000 }, () => `${newId()},${newCard()}`);
    const file = fileOf('screen.csv', ['paymentId,reference.cardRequestId', ...lines]);

    const { err } = await cli(['payments', 'import', file, '--issuer', 'vault'], { isScreen: true });

    expect(err).toMatch(/\r\u001b\[2K\[#*\.*\] \d+ % {2}[\d,]+ lines, [\d,]+ a second, 0 not linked/);
    expect(err.endsWith('\r\u001b[2K')).toBe(true);
  });

  describe('while the service restarts', () => {
    let front: Server;
    let faults = 0;

    afterEach(() => new Promise((resolve) => front.close(resolve)));

    /** A balancer in front of the service, whose first answers are 503. */
    async function startFront(): Promise<string> {
      front = createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          faults -= 1;
          if (faults >= 0) return void response.writeHead(503).end('{"message":"Away."}');
          void fetch(`${service.url}${request.url}`, {
            method: request.method ?? 'GET',
            headers: { authorization: String(request.headers.authorization) },
            body: Buffer.concat(chunks),
          }).then(async (answer) => response.writeHead(answer.status).end(await answer.text()));
        });
      });
      await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
      return `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
    }

    it('waits for it, and loses no line', async () => {
      faults = 2;
      const url = await startFront();
      const file = fileOf('restart.csv', ['paymentId,reference.cardRequestId', `${newId()},${newCard()}`]);

      const { exitCode, out } = await cli(['payments', 'import', file, '--issuer', 'vault', '--json'], { url });

      expect(exitCode).toBe(0);
      expect(JSON.parse(out)).toMatchObject({ linked: 1, stoppedAtLine: null });
    });
  });
});
