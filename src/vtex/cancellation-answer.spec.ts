import type { AnswerSettings } from './answer.js';
import { answers } from './cancellation-answer.js';

const to = { paymentId: 'F5C1A4E20D3B4E07B7E871F5B5BC9F91', requestId: 'D12D9B80972C462980F5067A3A126837' };
const settings: AnswerSettings = { cancelManuallyStatus: 200, pendingStatus: 500 };
const fields = ['paymentId', 'cancellationId', 'code', 'message', 'requestId'];

const every = {
  cancelled: answers.cancelled(to, '1231323234234'),
  manual: answers.manual(to, 'The issuer refused the cancellation.', settings),
  notYet: answers.notYet(to, settings),
  invalid: answers.invalid(to, 'requestId is missing'),
  unauthorized: answers.unauthorized(to),
  unknownPath: answers.unknownPath(to),
  internalError: answers.internalError(to, 'b1e0'),
};

describe.each(Object.entries(every))('the answer %s', (name, { body }) => {
  const parsed = JSON.parse(body) as Record<string, unknown>;

  it("has the protocol's five fields and no other", () => {
    expect(Object.keys(parsed)).toEqual(fields);
  });

  it('repeats whom it is for, and has a message', () => {
    expect(parsed).toMatchObject({ ...to, message: expect.stringMatching(/\w/) as string });
  });

  it(`${name === 'cancelled' ? 'has' : 'has no'} cancellation id`, () => {
    expect(parsed.cancellationId).toBe(name === 'cancelled' ? '1231323234234' : null);
  });
});

it('says null for what could not be read of a request', () => {
  const { body } = answers.unauthorized({ paymentId: null, requestId: null });

  expect(JSON.parse(body)).toMatchObject({ paymentId: null, requestId: null });
});

it.each([
  ['cancelled', every.cancelled, 200, null],
  ['manual', every.manual, 200, 'cancel-manually'],
  ['not yet', every.notYet, 500, 'cancellation-pending'],
  ['invalid', every.invalid, 400, 'invalid-request'],
  ['unauthorized', every.unauthorized, 401, 'unauthorized'],
  ['unknown path', every.unknownPath, 404, 'invalid-request'],
  ['internal error', every.internalError, 500, 'internal-error'],
])('says %s with its status and code', (_, answer, status, code) => {
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body)).toMatchObject({ code });
});

it("takes the OpenAPI's status for a manual cancellation where it is set", () => {
  expect(answers.manual(to, 'Why.', { ...settings, cancelManuallyStatus: 501 }).status).toBe(501);
});

it('takes 200 for what is in progress where it is set', () => {
  expect(answers.notYet(to, { ...settings, pendingStatus: 200 }).status).toBe(200);
});

it('says why a person must act, what is wrong with a request, and where to find a fault of ours', () => {
  expect(every.manual.body).toContain('The issuer refused the cancellation.');
  expect(every.invalid.body).toContain('requestId is missing');
  expect(every.internalError.body).toContain('b1e0');
});

it('tells a person who reads that it is in progress not to cancel by hand', () => {
  expect(every.notYet.body).toMatch(/in progress.*Do not cancel by hand/);
});
