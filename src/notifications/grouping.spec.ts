import { groupNotices, type RecipientSchedule } from './grouping.js';

const NOW = new Date('2026-11-21T12:10:00Z');
const minutes = (count: number) => new Date(NOW.getTime() + count * 60_000);

const schedule = (more: Partial<RecipientSchedule> = {}): RecipientSchedule => ({
  kind: 'person',
  pace: 'at-once',
  sentAt: [],
  lastDigestAt: null,
  openDigest: null,
  timeZone: 'America/Sao_Paulo',
  ...more,
});

const ids = (count: number) => Array.from({ length: count }, (_, at) => `N${at + 1}`);

const kindsAndTimes = (count: number, more: Partial<RecipientSchedule>) =>
  groupNotices(ids(count), schedule(more), NOW).messages.map(({ kind, dueAt }) => [kind, dueAt]);

describe('notices to somebody who wants them at once', () => {
  it('are a message each, up to five within an hour', () => {
    const { messages, places } = groupNotices(ids(5), schedule(), NOW);

    expect(messages.map(({ kind }) => kind)).toEqual(Array(5).fill('single'));
    expect(places.map(({ messageId }) => messageId)).toEqual(messages.map(({ messageId }) => messageId));
    expect(new Set(places.map(({ messageId }) => messageId)).size).toBe(5);
  });

  it('become one digest from the sixth on, an hour after the first of the five', () => {
    const { messages, places } = groupNotices(ids(10_000), schedule({ sentAt: [minutes(-20)] }), NOW);

    expect(messages.map(({ kind }) => kind)).toEqual([...Array<string>(4).fill('single'), 'digest']);
    expect(messages.at(-1)?.dueAt).toEqual(minutes(40));
    expect(places).toHaveLength(10_000);
    expect(new Set(places.slice(4).map(({ messageId }) => messageId))).toEqual(new Set([messages.at(-1)?.messageId]));
  });

  it('are added to a digest that is still open, even when there is room', () => {
    const { messages, places } = groupNotices(ids(2), schedule({ openDigest: 'D1' }), NOW);

    expect(messages).toEqual([]);
    expect(places.map(({ messageId }) => messageId)).toEqual(['D1', 'D1']);
  });

  it('never make two digests within an hour', () => {
    const sentAt = [minutes(-59), minutes(-58), minutes(-57), minutes(-56), minutes(-10)];

    expect(kindsAndTimes(1, { sentAt, lastDigestAt: minutes(-10) })).toEqual([['digest', minutes(50)]]);
  });
});

describe('a digest', () => {
  it('of the hour goes out at the next full hour', () => {
    expect(kindsAndTimes(3, { pace: 'hour' })).toEqual([['digest', new Date('2026-11-21T13:00:00Z')]]);
  });

  it.each([
    ['America/Sao_Paulo', '2026-11-22T11:00:00Z'],
    ['America/Mexico_City', '2026-11-21T14:00:00Z'],
    ['Asia/Kolkata', '2026-11-22T02:30:00Z'],
    ['Nowhere/Known', '2026-11-22T08:00:00Z'],
  ])('of the day goes out at 08:00 in %s', (timeZone, at) => {
    expect(kindsAndTimes(3, { pace: 'day', timeZone })).toEqual([['digest', new Date(at)]]);
  });
});

it('gives machines every notice by itself', () => {
  const { messages } = groupNotices(ids(100), schedule({ kind: 'webhook', sentAt: Array(50).fill(NOW) }), NOW);

  expect(messages.map(({ kind }) => kind)).toEqual(Array(100).fill('single'));
});

it('gives a notice to NOTIFY_EMAIL its own id as the message’s', () => {
  expect(groupNotices(['N1'], schedule({ kind: 'notify-email' }), NOW).places).toEqual([
    { noticeId: 'N1', messageId: 'N1' },
  ]);
});
