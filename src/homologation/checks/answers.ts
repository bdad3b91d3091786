import { Doubtful, Failed, Skipped, demand, type Check } from '../check.js';
import { scriptedCards } from '../examples.js';
import { isText, operations, readObject, type Answer, type Operation, type Session } from '../session.js';
import { answerShapes, faultsOf } from '../shapes.js';
import { knownIssue, sources } from '../sources.js';

/** The field with which an operation says that it is done. */
const effectIds = { cancel: 'cancellationId', settle: 'settleId', refund: 'refundId' } as const;
const effects = ['cancel', 'settle', 'refund'] as const;

/** What holds for every answer. They look at all answers of the run, and stand behind the checks that call. */
export const answerChecks: readonly Check[] = [
  shapeCheck('create', 'POST /payments', sources.create),
  shapeCheck('cancel', 'cancellations', sources.cancel),
  shapeCheck('settle', 'settlements', sources.settle),
  shapeCheck('refund', 'refunds', sources.refund),
  {
    id: 'answers.status',
    title: 'Only documented HTTP statuses',
    why: 'What VTEX does with another status is not documented.',
    source: sources.overview,
    async run(session) {
      await session.walk();
      for (const operation of operations) {
        const documented = Object.keys(answerShapes[operation]);
        const others = session.answersTo(operation).filter(({ status }) => !documented.includes(String(status)));
        const answer = others.find(({ status }) => status < 400 || status >= 500) ?? others[0];
        if (answer === undefined) continue;
        // Refusing a request that can be read with 4xx is usual, and VTEX says nothing of it.
        const words = `status ${documented.join(', ')}`;
        if (answer.status >= 400 && answer.status < 500) throw new Doubtful(`Documented is ${words}.`, answer);
        throw new Failed(words, answer);
      }
    },
  },
  {
    id: 'answers.json',
    title: 'Always JSON, also for a refused request',
    why: 'VTEX logs code and message for the merchant; an HTML page or an empty body says nothing to anybody.',
    source: sources.headers,
    async run(session) {
      await session.walk();
      for (const { answer } of session.exchanges) {
        if (answer === null) continue;
        demand(answer.isObject, 'a JSON object in the body', answer);
        const isJson = /^application\/([\w.+-]+\+)?json\b/i.test(answer.contentType);
        demand(isJson, 'Content-Type: application/json', `${answer.contentType || 'none'}; ${answer.text}`);
      }
    },
  },
  {
    id: 'answers.payment-id',
    title: 'paymentId is the one of the request',
    why: 'It says which payment the answer is about.',
    source: sources.cancel,
    run: (session) =>
      eachAnswer(
        session,
        operations,
        (answer) => {
          const { paymentId } = answer.call;
          demand(answer.fields.paymentId === paymentId, `paymentId ${paymentId}`, answer);
        },
        ({ status, fields }) => status < 400 || fields.paymentId !== undefined,
      ),
  },
  {
    id: 'answers.request-id',
    title: 'requestId is the one of the request',
    why: 'It says which request the answer is to; two can be under way for one payment.',
    source: sources.cancel,
    run: (session) =>
      eachAnswer(
        session,
        effects,
        (answer) => {
          const { requestId } = answer.call;
          demand(answer.fields.requestId === requestId, `requestId ${requestId}`, answer);
        },
        isDocumented,
      ),
  },
  {
    id: 'answers.message',
    title: 'message is text',
    why: 'It is all that a merchant gets to read.',
    source: sources.cancel,
    run: (session) =>
      eachAnswer(session, effects, (answer) => {
        demand(isText(answer.fields.message), 'a message', answer);
      }),
  },
  {
    id: 'answers.ids',
    title: 'Ids are ids',
    why: 'The text "undefined" or "null" counts as an id: VTEX takes a failure for a success.',
    source: sources.cancel,
    run: (session) =>
      eachAnswer(
        session,
        operations,
        (answer) => {
          for (const name of ['authorizationId', 'tid', 'nsu', ...Object.values(effectIds)]) {
            const value = answer.fields[name];
            const isEffect = Object.values<string>(effectIds).includes(name);
            const isWord =
              typeof value === 'string' &&
              (/^(undefined|null|NaN|false|\[object Object\])$/i.test(value.trim()) || (isEffect && !isText(value)));
            demand(!isWord, `an id or null as ${name}`, answer);
          }
        },
        isAnObject,
      ),
  },
  {
    id: 'answers.ids-differ',
    title: 'Ids of two payments differ',
    why: 'One id for all says nothing about any of them.',
    source: sources.cancel,
    async run(session) {
      await session.walk();
      let isAny = false;
      for (const operation of effects) {
        const owners = new Map<unknown, string | null>();
        for (const answer of session.answersTo(operation)) {
          const id = answer.fields[effectIds[operation]];
          if (!isText(id)) continue;
          const { paymentId } = answer.call;
          const owner = owners.get(id) ?? paymentId;
          demand(owner === paymentId, `a ${effectIds[operation]} that payment ${owner} does not have`, answer);
          owners.set(id, owner);
          isAny = true;
        }
      }
      if (!isAny) throw new Skipped('no id came');
    },
  },
  {
    id: 'answers.reserved-codes',
    title: 'cancel-manually, refund-manually: only with no id',
    why: 'They tell a person to move money by hand. Beside an id it is moved twice.',
    source: sources.cancel,
    async run(session) {
      await eachAnswer(
        session,
        ['cancel'],
        (answer) => {
          if (answer.fields.code !== 'cancel-manually') return;
          demand(answer.fields.cancellationId === null, 'cancellationId null beside "cancel-manually"', answer);
        },
        isAnObject,
      );
      await eachAnswer(
        session,
        ['refund'],
        (answer) => {
          if (answer.fields.code !== 'refund-manually') return;
          const isNothing = answer.fields.refundId === null && answer.fields.value === 0;
          demand(isNothing, 'refundId null and value 0 beside "refund-manually"', answer);
        },
        isAnObject,
      );
    },
  },
  {
    id: 'answers.settle-code',
    title: 'A settlement never says refund-manually',
    why: 'With it VTEX refunds twice.',
    source: knownIssue(615050, sources.settle),
    run: (session) =>
      eachAnswer(
        session,
        ['settle'],
        (answer) => {
          demand(answer.fields.code !== 'refund-manually', 'another code', answer);
        },
        isAnObject,
      ),
  },
  {
    id: 'answers.delay-to-cancel',
    title: 'delayToCancel is 600 s or more',
    why: 'After it VTEX cancels a payment that is still undefined; without it, after 7 days.',
    source: sources.create,
    async run(session) {
      const doubts: Doubtful[] = [];
      await eachAnswer(
        session,
        ['create'],
        (answer) => {
          const { delayToCancel } = answer.fields;
          if (delayToCancel === undefined || delayToCancel === null) {
            doubts.push(
              new Doubtful('delayToCancel is left out: VTEX takes 7 days and asks every 30 minutes.', answer),
            );
            return;
          }
          demand(typeof delayToCancel === 'number' && delayToCancel >= 300, 'delayToCancel of 600 or more', answer);
          if (delayToCancel < 600)
            doubts.push(
              new Doubtful("Below the documented minimum of 600, in the band that VTEX's note allows.", answer),
            );
        },
        isCreated,
      );
      const [doubt] = doubts;
      if (doubt) throw doubt;
    },
  },
  {
    id: 'answers.same-delay',
    title: 'delayToCancel never changes for a payment',
    why: 'A second value starts a second plan beside the first, and the shorter one cancels the order.',
    source: knownIssue(1338614, sources.create),
    async run(session) {
      const delays = new Map<string, { readonly delay: unknown; readonly words: string }>();
      const see = (paymentId: string | null, delay: unknown, words: string) => {
        if (paymentId === null || typeof delay !== 'number') return;
        const first = delays.get(paymentId) ?? { delay, words };
        demand(first.delay === delay, `delayToCancel ${String(first.delay)}, as payment ${paymentId} had first`, words);
        delays.set(paymentId, first);
      };
      await eachAnswer(
        session,
        ['create'],
        ({ call, status, fields, text }) => {
          see(call.paymentId, fields.delayToCancel, `${status} ${text}`);
        },
        isCreated,
      );
      for (const { paymentId } of session.payments) {
        for (const { text } of session.callbacks.callbacksOf(paymentId))
          see(paymentId, readObject(text).fields.delayToCancel, `a callback with ${text}`);
      }
    },
  },
  {
    id: 'answers.no-secrets',
    title: 'No card number and no token in an answer',
    why: 'VTEX logs answers, and merchants read those logs.',
    source: sources.implementing,
    async run(session) {
      await session.walk();
      const secrets = [...Object.values(scriptedCards), session.provider.appToken].filter((secret) => secret !== '');
      for (const { answer } of session.exchanges) {
        if (answer === null) continue;
        demand(!secrets.some((secret) => answer.text.includes(secret)), 'neither in the answer', answer);
      }
      for (const { paymentId } of session.payments) {
        for (const { text } of session.callbacks.callbacksOf(paymentId))
          demand(!secrets.some((secret) => text.includes(secret)), 'neither in a callback', text);
      }
    },
  },
  {
    id: 'answers.in-time',
    title: 'Every Test Suite call answered in time',
    why: 'The Test Suite waits 5 s; what comes later has not come.',
    source: sources.testSuite,
    async run(session) {
      await session.walk();
      const suite = session.exchanges.filter(({ call }) => call.isTestSuite);
      const late = suite.find(({ fault }) => fault?.isTimeout);
      if (late?.fault) {
        const limit = `an answer within ${session.limits.testSuiteMs / 1_000} s`;
        throw new Failed(limit, late.fault.message);
      }
      const slowest = suite.flatMap(({ answer }) => answer ?? []).toSorted((one, other) => other.ms - one.ms)[0];
      if (slowest === undefined) throw new Failed('answers', 'none');
      return `slowest: ${slowest.call.method} ${slowest.call.path}, ${Math.round(slowest.ms)} ms`;
    },
  },
];

function shapeCheck(operation: (typeof operations)[number], words: string, source: Check['source']): Check {
  return {
    id: `answers.${operation}`,
    title: `Shape of every answer to ${words}`,
    why: 'A missing field or one of a wrong type is a failed call to VTEX.',
    source,
    run: (session) =>
      eachAnswer(session, [operation], (answer) => {
        const shape = answerShapes[operation][answer.status];
        if (shape === undefined) return;
        const faults = faultsOf(shape, answer.fields);
        demand(faults === null, `the documented shape of ${answer.status} (${faults})`, answer);
      }),
  };
}

/** Shows a judge every answer to a right request that it can judge. @throws {Skipped} where there was none */
async function eachAnswer(
  session: Session,
  which: readonly Operation[],
  judge: (answer: Answer) => void,
  isJudged: (answer: Answer) => boolean = () => true,
): Promise<void> {
  await session.walk();
  const answers = which.flatMap((operation) => session.answersTo(operation)).filter(isJudged);
  if (answers.length === 0) throw new Skipped('no answer came of which it could be said');
  answers.forEach(judge);
}

const isDocumented = ({ call: { operation }, status }: Answer) =>
  operation !== 'manifest' && answerShapes[operation][status] !== undefined;

const isAnObject = ({ isObject }: Answer) => isObject;

const isCreated = ({ status, isObject }: Answer) => status === 200 && isObject;
