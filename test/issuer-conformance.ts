import { createHash } from 'node:crypto';
import { HttpService } from '@nestjs/axios';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import net, { type AddressInfo, type Server, type Socket } from 'node:net';
import { z } from 'zod';
import {
  AxiosIssuerHttp,
  type IssuerAnswer,
  type IssuerHttp,
  type IssuerRequest,
  readJsonObject,
} from '../src/issuers/issuer-http.js';
import {
  type Account,
  type Answered,
  type CallbackRequest,
  type CancelOutcome,
  type Connector,
  type EarlierAttempt,
  type Issuer,
  type QueryOutcome,
  Secret,
} from '../src/issuers/issuer.js';
import { type BehaviourName, behaviours, type Effect, type Simulator } from '../src/issuers/simulator-server.js';
import { languages } from '../src/texts/language.js';

/*
 * What holds for every issuer, whoever it is: one suite, run on each issuer of the registry against its own simulator over real HTTP.
 * What is peculiar to an issuer is tested in its folder.
 */

/** Everything that is promised of an issuer's folder. `code` is its name in the registry. */
export function describeIssuer(code: string, issuer: Issuer): void {
  describe(issuer.name, () => {
    const bench = new Bench(issuer);
    beforeAll(() => bench.open());
    afterAll(() => bench.close());

    describe('is described', () => describesItself(code, issuer));
    describe('settings', () => readsSettings(issuer, bench));
    describe('references', () => readsReferences(issuer, bench));
    describe('a cancel', () => cancels(issuer, bench));
    describe('a cancel whose request cannot arrive', () => doesNotArrive(bench));
    describe('a cancel that is answered oddly', () => isAnsweredOddly(bench));
    describe('a query', () => queries(bench));
    describe('a probe', () => probes(issuer, bench));
    describe('a callback', () => callsBack(issuer, bench));
    describe('what is kept of an exchange', () => keepsNoSecret(bench));
  });
}

/** What each behaviour of the simulators comes to. */
const outcomeOf = {
  works: ['cancelled', 'pending'],
  refuses: ['refused'],
  'not-found': ['refused'],
  // No issuer documents an answer for it: what cannot be told from a fault stays unknown until a query.
  already: ['refused', 'already-cancelled', 'unknown'],
  hangs: ['unknown'],
  'answer-lost': ['unknown'],
  late: ['unknown'],
  resets: ['unknown'],
  'cut-off': ['unknown'],
  'server-error': ['unknown'],
  'too-many': ['retry'],
  'token-expired': ['cancelled', 'pending'],
  unavailable: ['unknown'],
  redirects: ['retry'],
  huge: ['unknown'],
  html: ['unknown'],
  slow: ['cancelled', 'pending'],
} as const satisfies Record<BehaviourName, readonly CancelOutcome['kind'][]>;

const behaviourNames = Object.keys(behaviours) as BehaviourName[];

/** Without an answer: the time-out is what is tested, so it is short. */
const unanswered: readonly BehaviourName[] = ['hangs', 'answer-lost', 'late'];

function describesItself(code: string, issuer: Issuer): void {
  it('is registered under its own code', () => {
    expect(issuer.code).toBe(code);
    expect(code).toMatch(/^[a-z][a-z0-9]*$/);
    expect(issuer.name.trim()).not.toBe('');
  });

  it('waits for an answer at most 25 s, and gives up after hours', () => {
    expect(issuer.timeoutMs).toBeGreaterThan(0);
    expect(issuer.timeoutMs).toBeLessThanOrEqual(25_000);
    expect(issuer.giveUpHours).toBeGreaterThan(0);
    expect(issuer.giveUpHours).toBeLessThan(24);
  });

  it('says by when a person should have done what it could not, and what that person must know, in every language', () => {
    expect(issuer.manualDueHours).toBeGreaterThan(0);
    expect(issuer.manualDueHours).toBeLessThanOrEqual(720);
    const sentences = languages.map((language) => issuer.byHand[language].trim());
    for (const sentence of sentences) expect(sentence).toMatch(/^\p{Lu}.{20,400}\.$/u);
    expect(new Set(sentences).size).toBe(languages.length);
  });

  it('leaves time between an unknown cancel and the query that allows another', () => {
    const rule = issuer.resendAfterUnknown;
    if (rule.kind === 'allowed') return;

    expect(rule.queries).toBeGreaterThanOrEqual(1);
    expect(rule.quietMs(250)).toBeGreaterThan(250);
    expect(rule.quietMs(25_000)).toBeGreaterThanOrEqual(rule.quietMs(250));
  });
}

function readsSettings(issuer: Issuer, bench: Bench): void {
  const { credentials, mandatory, shape } = issuer.settings;
  const names = Object.keys(shape);

  it('have names that fit an environment and are not taken', () => {
    for (const name of names) {
      expect(name).toMatch(/^[A-Z][A-Z0-9_]*$/);
      expect(name).not.toMatch(/^(SANDBOX_.*|BASE_URL|TIMEOUT_MS|MODE|GIVE_UP_HOURS|MANUAL_DUE_HOURS)$/);
    }
  });

  it('name only settings that exist as credentials, and only credentials as mandatory', () => {
    expect(names).toEqual(expect.arrayContaining([...credentials]));
    expect(credentials).toEqual(expect.arrayContaining([...mandatory]));
    expect(mandatory).not.toEqual([]);
  });

  it('can be read with the mandatory ones alone', () => {
    const given = Object.fromEntries(mandatory.map((name: string) => [name, bench.simulator.settings[name]]));

    expect(z.object(shape).safeParse(given).error?.issues).toBeUndefined();
  });

  it('are secrets where they are credentials', () => {
    const { settings } = bench.account();

    for (const name of mandatory) expect(settings[name]).toBeInstanceOf(Secret);
    for (const name of credentials) if (settings[name] !== undefined) expect(settings[name]).toBeInstanceOf(Secret);
  });

  it.each(names)('%s says in words of its own what is wrong', (name) => {
    const wrong = [
      '',
      ' ',
      'no such word',
      '-1',
      '1e99',
      '{"a":1}',
      'ftp://x',
      'two\nlines',
      'file:/no/such/file',
      '☃',
    ];

    for (const value of wrong) {
      const issues = read(shape[name], value);
      for (const { message } of issues) {
        expect(message).toMatch(/^\p{L}.* /u);
        expect(message).not.toMatch(/^(invalid|expected|unrecognized|too (small|big))/i);
        if (credentials.includes(name) && value.length > 4) expect(message).not.toContain(value);
      }
    }
  });

  it.each([...mandatory])('%s must not be empty or unreadable', (name) => {
    expect(read(shape[name], '')).not.toEqual([]);
    expect(read(shape[name], 'file:/no/such/file')).not.toEqual([]);
  });

  it('must be keys where they are keys', () => {
    const keys = Object.entries(bench.simulator.settings).filter(([, value]) => isPem(value));

    for (const [name, value] of keys) {
      for (const wrong of ['no key', 'file:/dev/null', value.slice(0, value.length / 2), `${value.split('\n')[0]}\n`]) {
        expect(read(shape[name], wrong)).not.toEqual([]);
      }
    }
  });
}

/** What is wrong with a value; the schema never throws. */
function read(schema: z.ZodType | undefined, value: unknown): readonly z.core.$ZodIssue[] {
  return schema?.safeParse(value).error?.issues ?? [];
}

function readsReferences(issuer: Issuer, bench: Bench): void {
  const { schema } = issuer.reference;
  const sample = () => bench.simulator.examples[0]!.reference;
  const fieldsOf = (reference: object) => Object.keys(reference);
  const without = (reference: object, field: string) =>
    Object.fromEntries(Object.entries(reference).filter(([name]) => name !== field));
  const identityOf = (reference: unknown) => issuer.reference.identity(schema.parse(reference));

  it('accept the documented sample and every other example', () => {
    for (const { reference } of bench.simulator.examples) expect(read(schema, reference)).toEqual([]);
    for (const behaviour of behaviourNames) expect(read(schema, bench.simulator.referenceFor(behaviour))).toEqual([]);
  });

  it('refuse an unknown field by its name', () => {
    const issues = read(schema, { ...sample(), cradRequestId: '1' });

    expect(issues.map(({ message }) => message).join()).toContain('cradRequestId');
  });

  it('refuse a missing id by its name', () => {
    const mandatory = fieldsOf(sample()).filter((field) => read(schema, without(sample(), field)).length > 0);

    expect(mandatory).not.toEqual([]);
    for (const field of mandatory) {
      const [issue] = read(schema, without(sample(), field));
      expect(`${issue?.path.join('.')} ${issue?.message}`).toContain(field);
      expect(issue?.message).not.toMatch(/^(invalid|expected)/i);
    }
  });

  it('refuse what is no object', () => {
    for (const value of [undefined, null, [], '124125', 1, true, [sample()]])
      expect(read(schema, value)).not.toEqual([]);
  });

  it('refuse ids of a wrong type or form by their names', () => {
    const wrong = [null, [], {}, true, '', ' ', '\n', 'a\u0000b', '\ud800', '9'.repeat(300), 1.5, -1];

    for (const [field, right] of Object.entries(sample())) {
      for (const value of typeof right === 'string' ? [...wrong, 1] : wrong) {
        if (value === ' ' && !isUuid(right) && !isDigits(right)) continue; // A text id may be anything that is printable.
        const [issue] = read(schema, { ...sample(), [field]: value });
        expect(`${field} = ${JSON.stringify(value)}: ${issue?.path.join('.')} ${issue?.message}`).toMatch(
          new RegExp(`: .*${field}`),
        );
      }
    }
  });

  it('take ids of digits up to the largest int64', () => {
    const digitFields = Object.entries(sample()).filter(([, value]) => isDigits(value));

    for (const [field] of digitFields) {
      expect(read(schema, { ...sample(), [field]: '9223372036854775807' })).toEqual([]);
      for (const wrong of ['9223372036854775808', '0', '-1', '1.5', '1e3', '0x1f', ' 1', '1 ', '١٢٣']) {
        expect(`${wrong}: ${read(schema, { ...sample(), [field]: wrong }).length}`).toBe(`${wrong}: 1`);
      }
    }
  });

  it('have one identity however they are spelt', () => {
    for (const { reference } of bench.simulator.examples) {
      const normal = identityOf(reference);
      expect(identityOf(schema.parse(reference))).toBe(normal);
      for (const [field, value] of Object.entries(reference)) {
        const spellings = isUuid(value) ? [value.toUpperCase()] : isDigits(value) ? [`0${value}`, `00${value}`] : [];
        for (const spelling of spellings) {
          const other = { ...reference, [field]: spelling };
          if (read(schema, other).length === 0) expect(identityOf(other)).toBe(normal);
        }
      }
    }
  });

  it('have one identity with and without what is optional', () => {
    for (const { reference } of bench.simulator.examples) {
      for (const field of fieldsOf(reference)) {
        const shorter = without(reference, field);
        if (read(schema, shorter).length === 0) expect(identityOf(shorter)).toBe(identityOf(reference));
      }
    }
  });

  it('have different identities when they mean different things', () => {
    const references = [
      ...bench.simulator.examples.map(({ reference }) => reference),
      ...behaviourNames.map((behaviour) => bench.simulator.referenceFor(behaviour)),
    ];

    expect(new Set(references.map(identityOf)).size).toBe(references.length);
  });
}

function cancels(issuer: Issuer, bench: Bench): void {
  it('of the documented sample cancels, once, by a request without fault', async () => {
    const { reference } = bench.simulator.examples[0]!;
    const before = bench.simulator.requests.length;

    const { outcome } = await bench.cancel(reference);

    expect(['cancelled', 'pending']).toContain(outcome.kind);
    if (outcome.kind === 'pending') expect(outcome.taskId).not.toBe('');
    expect(bench.effectsOn(reference)).toHaveLength(1);
    expect(bench.faults(before)).toEqual([]);
  });

  it.each(behaviourNames)(`at an issuer that %s`, async (behaviour) => {
    const reference = bench.simulator.referenceFor(behaviour);
    const isUnanswered = unanswered.includes(behaviour);
    const at = isUnanswered ? bench.slowSimulator : bench.simulator;
    const sent = at.requests.length;

    const { outcome } = await bench.cancel(reference, { at, timeoutMs: isUnanswered ? SHORT_MS : PATIENT_MS });

    expect(outcomeOf[behaviour]).toContain(outcome.kind);
    const last = behaviours[behaviour].list[behaviour === 'token-expired' ? 1 : 0]!;
    expect(bench.effectsOn(reference, at)).toHaveLength(last.effect === 'before-answer' ? 1 : 0);
    expect(at.requests.length - sent).toBe(behaviour === 'token-expired' ? 2 : 1);
    expect(bench.faults(sent, at)).toEqual([]);
  });

  it('of what the issuer does not know is refused as not found', async () => {
    const { outcome } = await bench.cancel(bench.simulator.referenceFor('not-found'));

    expect(outcome).toMatchObject({ kind: 'refused', reason: 'not_found' });
  });

  it('that was too many may be sent again when the issuer says, and then cancels', async () => {
    const reference = bench.simulator.referenceFor('too-many');

    const first = await bench.cancel(reference);
    const second = await bench.cancel(reference);

    expect(first.outcome).toEqual({ kind: 'retry', when: 'at-once', afterMs: 1_000 });
    expect(['cancelled', 'pending']).toContain(second.outcome.kind);
  });

  it('that took effect after our time-out is unknown', async () => {
    const reference = bench.slowSimulator.referenceFor('late');

    const { outcome } = await bench.cancel(reference, { at: bench.slowSimulator, timeoutMs: SHORT_MS });

    expect(outcome.kind).toBe('unknown');
    await until(() => bench.effectsOn(reference, bench.slowSimulator).length === 1);
  });

  it('is made once, and a second is never told that it did it', async () => {
    const reference = bench.simulator.referenceFor('works');
    await bench.cancel(reference);

    const { outcome } = await bench.cancel(reference, { earlier: [attempted('cancel', 'unknown')] });

    expect(['refused', 'already-cancelled', 'unknown']).toContain(outcome.kind);
    expect(bench.effectsOn(reference)).toHaveLength(1);
  });

  it('is noted under the identity of its reference', async () => {
    const reference = bench.simulator.referenceFor('works');
    await bench.cancel(reference);

    expect(bench.simulator.effects.at(-1)?.identity).toBe(
      issuer.reference.identity(issuer.reference.schema.parse(reference)),
    );
  });

  it('goes to its base URL and keeps the path that stands there', async () => {
    const requests: string[] = [];
    const server = await bench.serve((request, response) => {
      requests.push(request.url ?? '');
      response.writeHead(503).end();
    });
    const before = bench.simulator.requests.length;
    const reference = bench.simulator.referenceFor('refuses');

    await bench.cancel(reference);
    await bench.cancel(reference, { baseUrl: `${server.url}/some/prefix` });

    expect(requests).toEqual([`/some/prefix${bench.simulator.requests[before]?.path}`]);
  });

  it.each([...issuer.settings.mandatory])('with a wrong %s has no effect and waits for a person', async (name) => {
    const right = bench.simulator.settings[name]!;
    const wrong = isPem(right) ? bench.slowSimulator.settings[name]! : `${right}x`;
    const reference = bench.simulator.referenceFor('works');
    const before = bench.simulator.requests.length;

    const { outcome } = await bench.cancel(reference, { settings: { [name]: wrong } });
    const seen = bench.simulator.requests.slice(before).map(({ fault }) => fault);

    expect(outcome).toMatchObject({ kind: 'retry', when: 'later', alert: expect.stringMatching(/ /) as string });
    expect(bench.effectsOn(reference)).toEqual([]);
    expect(seen).not.toEqual([]);
    expect(seen).not.toContain(null);
  });
}

function doesNotArrive(bench: Bench): void {
  it('because nobody listens may be sent again at once', async () => {
    const server = await bench.serve(() => undefined);
    await server.stop();

    const { outcome } = await bench.cancelAnything({ baseUrl: server.url });

    expect(outcome).toEqual({ kind: 'retry', when: 'at-once' });
  });

  it('because the name is unknown may be sent again at once', async () => {
    const { outcome } = await bench.cancelAnything({ baseUrl: 'http://no-such-host.invalid' });

    expect(outcome).toEqual({ kind: 'retry', when: 'at-once' });
  });

  it('because the TLS handshake fails may be sent again at once', async () => {
    const { outcome } = await bench.cancelAnything({ baseUrl: bench.simulator.url.replace('http:', 'https:') });

    expect(outcome).toEqual({ kind: 'retry', when: 'at-once' });
  });

  it('for all we know, since the connection was accepted and nothing more, is unknown', async () => {
    const server = await bench.listen(net.createServer());

    const { outcome } = await bench.cancelAnything({ baseUrl: server.url, timeoutMs: SHORT_MS });

    expect(outcome.kind).toBe('unknown');
  });
}

function isAnsweredOddly(bench: Bench): void {
  const answering = async (answer: { status: number; headers?: Record<string, string>; body?: string }, times = 1) => {
    const reference = bench.simulator.referenceFor('works');
    const scripted = { effect: 'none', answer: { body: '', ...answer } } as const;
    bench.simulator.script(
      reference,
      Array.from({ length: times }, () => scripted),
    );
    return bench.cancel(reference);
  };

  it.each([403, 405, 406, 415, 422])('with %s waits for a person', async (status) => {
    expect((await answering({ status })).outcome).toMatchObject({
      kind: 'retry',
      when: 'later',
      alert: expect.stringContaining(`${status}`) as string,
    });
  });

  it('with 401 twice waits for a person', async () => {
    const before = bench.simulator.requests.length;

    const { outcome } = await answering({ status: 401 }, 3);

    expect(outcome).toMatchObject({ kind: 'retry', when: 'later', alert: expect.stringContaining('401') as string });
    expect(bench.simulator.requests.length - before).toBe(2);
  });

  it.each([408, 500, 502, 503, 504])('with %s is unknown', async (status) => {
    expect((await answering({ status })).outcome.kind).toBe('unknown');
  });

  it.each([301, 302, 303, 307, 308])(
    'with the redirect %s waits for a person, and goes nowhere else',
    async (status) => {
      let calls = 0;
      const elsewhere = await bench.serve((_, response) => {
        calls += 1;
        response.end();
      });

      const { outcome } = await answering({ status, headers: { location: `${elsewhere.url}/` } });

      expect(outcome).toMatchObject({
        kind: 'retry',
        when: 'later',
        alert: expect.stringContaining(`${status}`) as string,
      });
      expect(calls).toBe(0);
    },
  );

  it.each(['', ' ', 'null', '[]', '{}', '""', 'ok', '"ok"', 'true', '<html></html>', '{"'])(
    'with 200 and %j is unknown',
    async (body) => {
      expect((await answering({ status: 200, body })).outcome.kind).toBe('unknown');
    },
  );

  it('with bytes that are no text is unknown', async () => {
    const reference = bench.simulator.referenceFor('works');
    bench.simulator.script(reference, [{ effect: 'before-answer', answer: 'not-utf8' }]);

    expect((await bench.cancel(reference)).outcome.kind).toBe('unknown');
  });

  it('with the success of another one is unknown, where an answer says whose it is', async () => {
    const [mine, other] = [bench.simulator.referenceFor('works'), bench.simulator.referenceFor('works')];
    const success = await bench.learn(() => bench.cancel(other));
    const isNamed = Object.values(other).some((id) => typeof id === 'string' && success.text.includes(id));

    const { outcome } = await bench.answered(success, () => bench.cancel(mine, { baseUrl: bench.puppet.url }));

    expect(outcome.kind === 'cancelled').toBe(!isNamed && success.outcome === 'cancelled');
  });

  it('is a success only when the answer is exactly the documented one', async () => {
    const reference = bench.simulator.referenceFor('works');
    const success = await bench.learn(() => bench.cancel(reference));
    const outcomeOf = async (answer: LearnedAnswer) => {
      const replay = () => bench.cancel(reference, { baseUrl: bench.puppet.url });
      return (await bench.answered(answer, replay)).outcome;
    };
    expect((await outcomeOf(success)).kind).toBe(success.outcome);

    const tooMuch: unknown[] = [];
    for (const { status, text, ...miss } of nearMisses(success)) {
      const outcome = await outcomeOf({ status, text, ...miss });
      if (saysTooMuch(outcome, { status, text, ...miss }, success)) tooMuch.push({ status, text, outcome });
    }

    expect(tooMuch).toEqual([]);
    await fc.assert(
      fc.asyncProperty(oddAnswer(success), async (answer) => !saysTooMuch(await outcomeOf(answer), answer, success)),
      { numRuns: 100 },
    );
  });
}

function queries(bench: Bench): void {
  const lost = [attempted('cancel', 'unknown')];

  /** Undefined where the issuer has no query, which then has nothing to promise. */
  const queryOf = (reference: object, call: Call = {}) => bench.query(reference, { earlier: lost, ...call });

  it('tells what is not cancelled from what is', async () => {
    const reference = bench.simulator.referenceFor('works');
    bench.simulator.script(reference, [{ effect: 'none', answer: { status: 503, body: '' } }]);
    await bench.cancel(reference);
    const sent = bench.simulator.requests.length;
    const before = await queryOf(reference);
    await bench.cancel(reference);
    const after = await queryOf(reference);
    const neverOurs = await queryOf(reference, { earlier: [] });
    if (!before || !after || !neverOurs) return;

    expect(before.outcome).toEqual({ kind: 'not-cancelled' });
    expect(after.outcome).toEqual({ kind: 'cancelled' });
    expect(neverOurs.outcome).toEqual({ kind: 'already-cancelled' });
    expect(bench.effectsOn(reference)).toHaveLength(1);
    expect(bench.faults(sent)).toEqual([]);
  });

  it('has no effect of its own', async () => {
    const reference = bench.simulator.referenceFor('works');

    await queryOf(reference);
    await queryOf(reference);

    expect(bench.effectsOn(reference)).toEqual([]);
  });

  it('shows what took effect after our time-out', async () => {
    const at = bench.slowSimulator;
    const reference = at.referenceFor('late');
    await bench.cancel(reference, { at, timeoutMs: SHORT_MS });
    await until(() => bench.effectsOn(reference, at).length === 1);

    const answered = await queryOf(reference, { at });
    if (!answered) return;

    expect(answered.outcome).toEqual({ kind: 'cancelled' });
  });

  it('shows what was done when the answer was lost', async () => {
    const reference = bench.simulator.referenceFor('cut-off');
    await bench.cancel(reference);

    const answered = await queryOf(reference);
    if (!answered) return;

    expect(answered.outcome).toEqual({ kind: 'cancelled' });
  });

  it.each([
    [{ status: 401 }, 'retry'],
    [{ status: 403 }, 'retry'],
    [{ status: 302, headers: { location: 'http://127.0.0.1:9/' } }, 'retry'],
    [{ status: 429, headers: { 'retry-after': '2' } }, 'retry'],
    [{ status: 408 }, 'unknown'],
    [{ status: 500 }, 'unknown'],
    [{ status: 503 }, 'unknown'],
  ] as const)('answered with %j is no news', async (answer, kind) => {
    const answered = await bench.answered({ headers: {}, text: '', ...answer }, () =>
      queryOf(bench.simulator.referenceFor('works'), { baseUrl: bench.puppet.url }),
    );
    if (!answered) return;

    expect(answered.outcome.kind).toBe(kind);
  });

  it('that cannot arrive is no news', async () => {
    const server = await bench.serve(() => undefined);
    await server.stop();
    const silent = await bench.listen(net.createServer());
    const reference = bench.simulator.referenceFor('works');

    const refused = await queryOf(reference, { baseUrl: server.url });
    const unanswered = await queryOf(reference, { baseUrl: silent.url, timeoutMs: SHORT_MS });
    if (!refused || !unanswered) return;

    expect(refused.outcome).toEqual({ kind: 'retry', when: 'at-once' });
    expect(unanswered.outcome.kind).toBe('unknown');
  });

  it('answered about another one does not show that this one is cancelled', async () => {
    const [mine, other] = [bench.simulator.referenceFor('works'), bench.simulator.referenceFor('works')];
    await bench.cancel(other);
    if (!(await queryOf(other))) return;
    const shown = await bench.learn(() => queryOf(other));
    if (!Object.values(other).some((id) => typeof id === 'string' && shown.text.includes(id))) return;

    const answered = await bench.answered(shown, () => queryOf(mine, { baseUrl: bench.puppet.url }));

    expect(['cancelled', 'already-cancelled']).not.toContain(answered?.outcome.kind);
  });

  it('shows nothing cancelled by an odd answer', async () => {
    const reference = bench.simulator.referenceFor('works');
    if (!(await queryOf(reference))) return;
    const open = await bench.learn(() => queryOf(reference));
    await bench.cancel(reference);
    const cancelled = await bench.learn(() => queryOf(reference));
    expect([open.outcome, cancelled.outcome]).toEqual(['not-cancelled', 'cancelled']);
    const odd = fc.oneof(
      oddAnswer(open),
      fc.record({ status: oddStatus(cancelled.status), headers: fc.constant({}), text: fc.constant(cancelled.text) }),
    );

    await fc.assert(
      fc.asyncProperty(odd, async (answer) => {
        const answered = await bench.answered(answer, () => queryOf(reference, { baseUrl: bench.puppet.url }));
        const kind = answered?.outcome.kind;
        return kind !== 'cancelled' && kind !== 'already-cancelled';
      }),
      { numRuns: 75 },
    );
  });
}

function probes(issuer: Issuer, bench: Bench): void {
  it('of an account in order is accepted, or at least answered, by reading alone', async () => {
    const [sent, done] = [bench.simulator.requests.length, bench.simulator.effects.length];

    const probe = await bench.connector().probe();

    expect(['accepted', 'reachable']).toContain(probe.kind);
    expect(probe).toMatchObject({ httpStatus: expect.any(Number) as number });
    const requests = bench.simulator.requests.slice(sent);
    expect(new Set(requests.map(({ method }) => method))).toEqual(new Set(['GET']));
    expect(requests.map(({ body }) => body).join('')).toBe('');
    expect(bench.simulator.effects).toHaveLength(done);
  });

  it('shows our credentials to be accepted where a query can, and then also when they are refused', async () => {
    const probe = await bench.connector().probe();

    expect(probe.kind).toBe(bench.connector().query === null ? 'reachable' : 'accepted');
    if (probe.kind !== 'accepted') return;
    const name = issuer.settings.mandatory.find((one) => !isPem(bench.simulator.settings[one] ?? ''));
    const wrong = await bench.connector({ settings: { [name ?? '']: randomUUID() } }).probe();
    expect(wrong.kind).toBe('credentials-refused');
  });

  it.each([401, 403])('that is answered %s is refused, or only reachable where it shows nothing', async (status) => {
    const answer = { status, headers: {}, text: '' };

    const probe = await bench.answered(answer, () => bench.connector({ baseUrl: bench.puppet.url }).probe());

    const kind = bench.connector().query === null ? 'reachable' : 'credentials-refused';
    expect(probe).toEqual({ kind, httpStatus: status });
  });

  it.each([200, 204, 302, 400, 404, 408, 429, 500, 503])(
    'of a server that answers everybody %s says no more than that it is reachable',
    async (status) => {
      const answer = { status, headers: { 'content-type': 'text/html' }, text: status === 204 ? '' : '<p>hello' };

      const probe = await bench.answered(answer, () => bench.connector({ baseUrl: bench.puppet.url }).probe());

      expect(probe).toEqual({ kind: 'reachable', httpStatus: status });
    },
  );

  it('that cannot arrive names the fault', async () => {
    const gone = await bench.serve(() => undefined);
    await gone.stop();

    expect(await bench.connector({ baseUrl: gone.url }).probe()).toEqual({ kind: 'unreachable', fault: 'refused' });
  });

  it('that is never answered names the time-out', async () => {
    const silent = await bench.serve(() => undefined);

    const probe = await bench.connector({ baseUrl: silent.url, timeoutMs: SHORT_MS }).probe();

    expect(probe).toEqual({ kind: 'unreachable', fault: 'timeout' });
  });
}

function callsBack(issuer: Issuer, bench: Bench): void {
  const { callback } = issuer;

  if (callback === null) {
    it('never comes, and none is waited for', () => {
      expect(bench.connector().callback).toBe('none');
    });
    return;
  }

  const authentic = async () => {
    const received: CallbackRequest[] = [];
    const server = await bench.serve(({ method = '', url = '', headers }, response, body) => {
      received.push({ method, url, headers, body });
      response.end(JSON.stringify(callback.acknowledgement));
    });
    const reference = bench.simulator.referenceFor('works');
    bench.simulator.sendCallbacksTo(`${server.url}/callbacks/${issuer.code}`);
    const { outcome } = await bench.cancel(reference);
    await until(() => received.length > 0);
    bench.simulator.sendCallbacksTo(null);
    return { reference, outcome, request: received[0]! };
  };

  /** Is it proven by something in its address? Else a signature comes along in its headers, and is over its bytes. */
  const isProvenByAddress = (request: CallbackRequest) =>
    callback.read({ ...request, headers: {} }, bench.account()).kind !== 'forged';

  const readAuthentic = async () => {
    const sent = await authentic();
    const reading = callback.read(sent.request, bench.account());
    if (reading.kind !== 'about') throw new Error(`It was read as ${reading.kind}`);
    return { ...sent, reading };
  };

  it('names the task that was told to be pending, or ids of the very card', async () => {
    const { reference, outcome, reading } = await readAuthentic();
    const { match } = reading;

    if ('taskId' in match) {
      expect(outcome).toEqual({ kind: 'pending', taskId: match.taskId });
    } else {
      expect(Object.keys(match.reference)).not.toEqual([]);
      expect(issuer.reference.schema.parse(reference)).toMatchObject(match.reference);
    }
    expect(leaksIn(reading, bench.secretTexts())).toEqual([]);
  });

  it('says that the card was cancelled, unless it is only a reason to check, which proves nothing', async () => {
    const { reading } = await readAuthentic();

    expect(reading.answered.outcome).toEqual({ kind: reading.news === 'check' ? 'unknown' : 'cancelled' });
  });

  it('says the same when it is read again', async () => {
    const { request, reading } = await readAuthentic();

    expect(callback.read(request, bench.account())).toEqual(reading);
  });

  it('is waited for where it can tell what became of a cancel, and only there', async () => {
    const { reading } = await readAuthentic();

    const expected = reading.news === 'check' ? 'none' : 'taskId' in reading.match ? 'with-task' : 'configured';

    expect(bench.connector().callback).toBe(expected);
  });

  it('is forged, and none is waited for, where nothing is set that could prove it', async () => {
    const { request } = await authentic();
    const { mandatory, credentials } = issuer.settings;
    const settings = Object.fromEntries(
      credentials.filter((name) => !mandatory.includes(name)).map((name) => [name, undefined]),
    );

    expect(callback.read(request, bench.account({ settings }))).toEqual({ kind: 'forged' });
    expect(bench.connector({ settings }).callback).toBe('none');
  });

  it('is forged when a byte was changed of what proves it, or of what that signs', async () => {
    const { request } = await authentic();
    const { url } = request;
    const body = request.body.toString().replace(/[a-f]/, (letter) => (letter === 'a' ? 'b' : 'a'));
    const changed = isProvenByAddress(request)
      ? { ...request, url: url.slice(0, -1) + (url.endsWith('A') ? 'B' : 'A') }
      : { ...request, body: Buffer.from(body) };

    expect(changed).not.toEqual(request);
    expect(callback.read(changed, bench.account())).toEqual({ kind: 'forged' });
  });

  it('is forged when nothing proves it, or only what another account trusts', async () => {
    const { request } = await authentic();

    expect(callback.read({ ...request, url: '/', headers: {} }, bench.account())).toEqual({ kind: 'forged' });
    expect(callback.read(request, bench.account({ settings: bench.slowSimulator.settings }))).toEqual({
      kind: 'forged',
    });
  });

  it('is forged, whatever it says and however it is made up', () => {
    const headers = fc.dictionary(
      fc.constantFrom(
        'authorization',
        'signature',
        'timestamp',
        'nonce',
        'customertoken',
        'content-type',
        'api-client-key',
      ),
      fc.oneof(fc.string(), fc.base64String(), fc.array(fc.string(), { maxLength: 2 })),
    );
    const body = fc.oneof(
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc.json().map((json) => Buffer.from(json)),
    );
    const query = fc.oneof(
      fc.string(),
      fc.webQueryParameters(),
      fc.string().map((secret) => `secret=${secret}`),
    );
    const account = bench.account();

    fc.assert(
      fc.property(headers, body, query, (made, bytes, asked) => {
        const request = { method: 'POST', url: `/callbacks/${issuer.code}?${asked}`, headers: made, body: bytes };
        return callback.read(request, account).kind === 'forged';
      }),
    );
  });
}

function keepsNoSecret(bench: Bench): void {
  /** Luhn-valid, and nobody's. */
  const canaries = [
    '4111111111111111',
    '4111 1111 1111 1111',
    'jane.doe@shop.example',
    '529.982.247-25',
    '52998224725',
    'Bearer opaque-Canary-token',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.Y2FuYXJ5',
  ];
  const forbidden = [...canaries, 'opaque-Canary-token', 'Y2FuYXJ5', '4111'];

  it('names neither person nor card nor token, whatever the issuer puts into its texts', async () => {
    for (const behaviour of ['works', 'refuses'] as const) {
      const reference = bench.simulator.referenceFor(behaviour);
      const learned = await bench.learn(() => bench.cancel(reference));
      const sent = bench.sentSecrets();
      expect(sent).not.toEqual([]);
      for (const text of texts(learned.text, [...canaries, ...sent])) {
        for (const status of [learned.status, 500]) {
          const told = await bench.answered({ ...learned, status, text }, async () => [
            await bench.cancel(reference, { baseUrl: bench.puppet.url }),
            await bench.query(reference, { baseUrl: bench.puppet.url }),
          ]);
          expect(leaksIn(told, forbidden)).toEqual([]);
        }
      }
    }
  });

  it('is short, whatever the issuer puts into its texts', async () => {
    const reference = bench.simulator.referenceFor('refuses');
    const learned = await bench.learn(() => bench.cancel(reference));

    for (const text of texts(learned.text, ['word '.repeat(20_000), 'x'.repeat(100_000)])) {
      const { evidence } = await bench.answered({ ...learned, text }, () =>
        bench.cancel(reference, { baseUrl: bench.puppet.url }),
      );
      expect(JSON.stringify(evidence).length).toBeLessThan(1_000);
    }
  });

  it('tells the HTTP status, or the name of what went wrong', async () => {
    const refused = await bench.cancel(bench.simulator.referenceFor('refuses'));
    const reset = await bench.cancel(bench.simulator.referenceFor('resets'));

    expect(refused.evidence.httpStatus).toBeGreaterThanOrEqual(200);
    expect(reset.evidence).toMatchObject({ httpStatus: null, issuerCode: 'reset' });
  });

  /** A learned body with each of the words in all of its texts, alone and at their ends. */
  function texts(body: string, words: readonly string[]): string[] {
    const value = readJsonObject(body) ?? { message: body };
    return words.flatMap((word) => [
      JSON.stringify({ ...mapTexts(value, () => word), message: word, description: word }),
      JSON.stringify(mapTexts(value, (text) => `${text} ${word}`)),
    ]);
  }
}

function mapTexts<Value>(value: Value, change: (text: string) => string): Value {
  if (typeof value === 'string') return change(value) as Value;
  if (Array.isArray(value)) return value.map((item: unknown) => mapTexts(item, change)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, mapTexts<unknown>(item, change)]),
  ) as Value;
}

/** Where a time-out is what is tested, and where none must come between. */
const SHORT_MS = 250;
const PATIENT_MS = 10_000;

interface Call {
  readonly at?: Simulator;
  readonly baseUrl?: string;
  readonly timeoutMs?: number;
  /** Beside or in place of the simulator's own; undefined takes one away. */
  readonly settings?: Readonly<Record<string, string | undefined>>;
  readonly earlier?: readonly EarlierAttempt[];
}

/** An answer as it came over the wire, and what our connector made of it. */
interface LearnedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  /** Absent where we have yet to see. */
  readonly outcome?: string;
}

/** The issuer's simulators, a puppet that answers what it is told, and connectors to all of them. */
class Bench {
  simulator!: Simulator;
  /** Its late effects and slow answers come after the short time-out. */
  slowSimulator!: Simulator;
  puppet!: { readonly url: string };
  readonly #http = new AxiosIssuerHttp(new HttpService());
  readonly #known = new Map<string, Account['settings']>();
  readonly #stops: (() => Promise<void>)[] = [];
  #last: { readonly request: IssuerRequest; readonly answer: IssuerAnswer } | null = null;
  #puppetSays: LearnedAnswer = { status: 500, headers: {}, text: '' };

  constructor(private readonly issuer: Issuer) {}

  async open(): Promise<void> {
    const { start } = await this.issuer.simulator();
    this.simulator = await start({ lateMs: 30 });
    this.slowSimulator = await start({ lateMs: 3 * SHORT_MS });
    this.puppet = await this.serve((_, response) => response.socket?.end(rawAnswer(this.#puppetSays)));
  }

  async close(): Promise<void> {
    this.#http.close();
    await Promise.all([this.simulator.stop(), this.slowSimulator.stop(), ...this.#stops.map((stop) => stop())]);
  }

  account({ at = this.simulator, baseUrl = at.url, timeoutMs = PATIENT_MS, settings = {} }: Call = {}): Account {
    return {
      merchantId: 'default',
      sandbox: false,
      baseUrl,
      timeoutMs,
      settings: this.#settings({ ...at.settings, ...settings }),
    };
  }

  /** Read once: to check a key takes longer than to cancel. */
  #settings(given: Readonly<Record<string, string | undefined>>): Account['settings'] {
    const key = JSON.stringify(given);
    const { shape } = this.issuer.settings;
    // Some queries are off until somebody switches them on.
    const switchedOn = 'STATUS_QUERY' in shape ? { STATUS_QUERY: 'on' } : {};
    const settings = this.#known.get(key) ?? z.object(shape).parse({ ...switchedOn, ...given });
    this.#known.set(key, settings);
    return settings;
  }

  connector(call: Call = {}): Connector {
    const recording: IssuerHttp = {
      send: async (request: IssuerRequest) => {
        const answer = await this.#http.send(request);
        this.#last = { request, answer };
        return answer;
      },
    };
    return this.issuer.connect(this.account(call), recording);
  }

  /** Also sees to it that nothing secret comes back. */
  async cancel(reference: object, call: Call = {}): Promise<Answered<CancelOutcome>> {
    const answered = await this.connector(call).cancel(this.#parse(reference), call.earlier ?? []);
    expect(leaksIn(answered, this.secretTexts(call.at))).toEqual([]);
    return answered;
  }

  cancelAnything(call: Call): Promise<Answered<CancelOutcome>> {
    return this.cancel(this.simulator.referenceFor('works'), call);
  }

  /** Undefined where the issuer has no query. */
  async query(reference: object, call: Call = {}): Promise<Answered<QueryOutcome> | undefined> {
    const answered = await this.connector(call).query?.(this.#parse(reference), call.earlier ?? []);
    expect(leaksIn(answered, this.secretTexts(call.at))).toEqual([]);
    return answered;
  }

  /** What the simulator answered over the wire while `ask` asked it. */
  async learn(ask: () => Promise<Answered<{ readonly kind: string }> | undefined>): Promise<LearnedAnswer> {
    const answered = await ask();
    const answer = this.#last?.answer;
    if (answer?.kind !== 'answer' || !answered) throw new Error(`Nothing was answered: ${JSON.stringify(answer)}`);
    return { status: answer.status, headers: {}, text: answer.text, outcome: answered.outcome.kind };
  }

  /** Lets the puppet answer this while `ask` asks it. */
  async answered<Answer>(answer: LearnedAnswer, ask: () => Promise<Answer>): Promise<Answer> {
    this.#puppetSays = answer;
    return ask();
  }

  effectsOn(reference: object, at = this.simulator): Effect[] {
    const identity = this.issuer.reference.identity(this.#parse(reference));
    return at.effects.filter((effect) => effect.identity === identity);
  }

  /** What was wrong with the requests from the `since`th on. */
  faults(since: number, at = this.simulator): string[] {
    return at.requests.slice(since).flatMap(({ fault }) => fault ?? []);
  }

  /** What must never come back: each secret, and each long line of a key. */
  secretTexts(at = this.simulator): string[] {
    const { settings } = this.account({ at });
    const secrets = Object.values(settings).flatMap((value) => (value instanceof Secret ? [value.reveal()] : []));
    return secrets.flatMap((secret) =>
      isPem(secret) ? secret.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----')) : [secret],
    );
  }

  /** The secrets that went out with the last request as they are, so that an answer can repeat them. */
  sentSecrets(): string[] {
    const sent = Object.values(this.#last?.request.headers ?? {}).join(' ');
    return this.secretTexts().filter((secret) => sent.includes(secret));
  }

  /** Answers each request when it was read whole. */
  async serve(answer: (request: http.IncomingMessage, response: http.ServerResponse, body: Buffer) => void) {
    return this.listen(
      http.createServer((request, response) => {
        const pieces: Buffer[] = [];
        request.on('data', (piece: Buffer) => pieces.push(piece));
        request.on('end', () => answer(request, response, Buffer.concat(pieces)));
      }),
    );
  }

  async listen(server: Server): Promise<{ readonly url: string; stop(): Promise<void> }> {
    const sockets = new Set<Socket>();
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const stop = async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    };
    this.#stops.push(stop);
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
  }

  #parse(reference: object): unknown {
    return this.issuer.reference.schema.parse(reference);
  }
}

/** Written by hand, because a server would refuse to write some of these. */
function rawAnswer({ status, headers, text }: LearnedAnswer): string {
  const lines = Object.entries({
    connection: 'close',
    'content-length': `${Buffer.byteLength(text)}`,
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} Whatever\r\n${lines.join('')}\r\n${text}`;
}

const attempted = (kind: EarlierAttempt['kind'], outcome: EarlierAttempt['outcome']): EarlierAttempt => ({
  kind,
  outcome,
  issuerCode: null,
});

/** Any status, the right one as often as all others. 101 is left out: it ends HTTP, and waits for the time-out. */
const oddStatus = (right: number) =>
  fc.integer({ min: 100, max: 599 }).map((status) => (status === right || status === 101 ? 299 : status));

const contentTypes = [
  'application/json',
  'text/plain',
  'text/html; charset=utf-8',
  'application/octet-stream',
  'x',
  '',
];

/** The right answer with one thing changed: each status, each wrapping, each odd value in each field. */
function nearMisses(right: LearnedAnswer): LearnedAnswer[] {
  const body = readJsonObject(right.text) ?? {};
  const texts = pathsIn(body).flatMap((path) =>
    changes(valueAt(body, path)).map((change) => JSON.stringify(changeAt(body, path, change))),
  );
  const statuses = [201, 202, 203, 206, 207, 226, 299, 300, 400, 402, 404, 409, 410, 418, 500, 503, 599];
  return [
    ...[...wrappings(right.text), ...texts].map((text) => ({ ...right, text })),
    ...statuses.filter((status) => status !== right.status).map((status) => ({ ...right, status })),
  ];
}

/** Arbitrary answers, and near misses at arbitrary statuses. */
function oddAnswer(right: LearnedAnswer): fc.Arbitrary<LearnedAnswer> {
  const body = readJsonObject(right.text) ?? {};
  const changed = fc.constantFrom(...pathsIn(body)).chain((path) =>
    fc
      .oneof(
        fc.constantFrom(...changes(valueAt(body, path))),
        fc.jsonValue().map((value): Change => ([name]) => [[name, value]]),
      )
      .map((change) => JSON.stringify(changeAt(body, path, change))),
  );
  const status = [fc.constant(right.status), fc.constantFrom(200, 201, 202, 400, 404, 409), oddStatus(right.status)];
  const text = [fc.string(), fc.json(), fc.constantFrom(right.text, ...wrappings(right.text)), changed];
  return fc.record({
    status: fc.oneof(...status),
    headers: fc.constantFrom(...contentTypes).map((type) => ({ 'content-type': type })),
    text: fc.oneof(...text),
  });
}

const wrappings = (text: string) => [
  `[${text}]`,
  `{"data":${text}}`,
  `{"result":${text}}`,
  `${text}${text}`,
  `${text},`,
  text.slice(0, -1),
  text.slice(1),
  `${text}<!-- -->`,
  JSON.stringify(JSON.stringify(text)),
  text.toUpperCase(),
  text.replaceAll('"', "'"),
  encodeURIComponent(text),
];

type Change = (entry: [string, unknown]) => [string, unknown][];

/** What may become of a field: gone, renamed, or with another value. */
function changes(right: unknown): Change[] {
  return [
    () => [],
    ([name, value]) => [[`${name}s`, value]],
    ([name, value]) => [[`${name.toUpperCase()}_`, value]],
    ...oddValues(right).map((value): Change => ([name]) => [[name, value]]),
  ];
}

function oddValues(right: unknown): unknown[] {
  const text = String(right);
  const texts = [
    text,
    text.slice(1),
    text.slice(0, -1),
    text + text,
    `not ${text}`,
    `un${text}`,
    `${text}x`,
    `${text}\n`,
  ];
  const others = ['', 'true', 'false', 'constructor', '__proto__', 'toString'];
  return [null, true, false, !right, 0, 1, ...texts, ...others, [right], { value: right }, {}, []];
}

function pathsIn(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [[name], ...pathsIn(inner).map((path) => [name, ...path])]);
}

const valueAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce((inner, name) => (inner as Record<string, unknown>)[name], value);

function changeAt(value: unknown, [name, ...rest]: readonly string[], change: Change): unknown {
  const entries = Object.entries(value as object).flatMap(([own, inner]: [string, unknown]): [string, unknown][] => {
    if (own !== name) return [[own, inner]];
    return rest.length === 0 ? change([own, inner]) : [[own, changeAt(inner, rest, change)]];
  });
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

/** Is it taken for a success, or for work in progress, that the answer does not prove? */
function saysTooMuch(outcome: CancelOutcome, answer: LearnedAnswer, success: LearnedAnswer): boolean {
  if (outcome.kind === 'already-cancelled') return true;
  if (outcome.kind === 'cancelled') return success.outcome !== 'cancelled' || !saysTheSame(answer, success);
  if (outcome.kind !== 'pending') return false;
  return success.outcome !== 'pending' || !namesTask(answer, outcome.taskId, success);
}

/**
 * Does the answer say what the documented success says? Same status, and the same in every field that is a word, a number or yes
 * and no. What is null or a sentence in the documented success may be anything: no machine is told by it.
 */
function saysTheSame(answer: LearnedAnswer, success: LearnedAnswer): boolean {
  const [said, right] = [readJsonObject(answer.text), readJsonObject(success.text) ?? {}];
  const telling = Object.entries(right).filter(
    ([, value]) => value !== null && !(typeof value === 'string' && /\s/.test(value)),
  );
  if (answer.status !== success.status || said === null || telling.length === 0) return false;
  return telling.every(([name, value]) => Object.hasOwn(said, name) && isSame(said[name], value));
}

const isSame = (a: unknown, b: unknown) =>
  typeof a === 'string' && typeof b === 'string' ? a.toLowerCase() === b.toLowerCase() : a === b;

/** Was the task that we wait for named by the answer, under the documented status and field? One that must not be kept stands as its hash. */
function namesTask(answer: LearnedAnswer, taskId: string, success: LearnedAnswer): boolean {
  const [said, right] = [readJsonObject(answer.text) ?? {}, readJsonObject(success.text) ?? {}];
  const fields = Object.keys(right).filter((name) => isUuid(right[name]));
  const isNamed = fields.some((name) => {
    const named = said[name];
    return typeof named === 'string' && (isSame(named.trim(), taskId) || hashOf(named.trim()) === taskId);
  });
  return answer.status === success.status && taskId !== '' && isNamed;
}

const hashOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

const isUuid = (value: unknown): value is string =>
  typeof value === 'string' && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value);

const isDigits = (value: unknown): value is string => typeof value === 'string' && /^\d+$/.test(value);

const isPem = (value: string) => value.includes('-----BEGIN');

/** Which of the secrets a value would show when it is written down. */
function leaksIn(value: unknown, secrets: readonly string[]): string[] {
  const written = JSON.stringify(value) ?? '';
  return secrets.filter((secret) => written.includes(secret) || written.includes(JSON.stringify(secret).slice(1, -1)));
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 10));
}
