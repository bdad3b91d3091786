import { randomUUID } from 'node:crypto';
import type { ChannelKind, Pace } from './channel.js';

/** What a recipient has got or will get, as far as it matters for what comes next. */
export interface RecipientSchedule {
  readonly kind: ChannelKind;
  readonly pace: Pace;
  /** When the messages of the last hour went out, and when the digest does that is still open. */
  readonly sentAt: readonly Date[];
  /** Which of these is a digest. */
  readonly lastDigestAt: Date | null;
  /** The digest that nobody has tried to send yet: notices can still be added to it. */
  readonly openDigest: string | null;
  /** An IANA name. */
  readonly timeZone: string;
}

export interface NewMessage {
  readonly messageId: string;
  readonly kind: 'single' | 'digest';
  readonly dueAt: Date;
}

export interface Grouped {
  readonly messages: readonly NewMessage[];
  /** The message that each notice goes into, in the order of the notices. */
  readonly places: readonly { readonly noticeId: string; readonly messageId: string }[];
}

/** More messages than these within an hour become one digest at its end. */
const MOST_IN_AN_HOUR = 5;

const HOUR_MS = 3_600_000;

/** Local time at which a digest of the day goes out: when work begins. */
const DAY_BEGINS = 8;

/**
 * Says in which message each notice goes to one recipient. Nobody gets more than five messages within an hour, however many notices there
 * are; a webhook is for machines, which get every one by itself.
 */
export function groupNotices(noticeIds: readonly string[], schedule: RecipientSchedule, now: Date): Grouped {
  const { kind, pace, timeZone } = schedule;
  const messages: NewMessage[] = [];
  const sentAt = [...schedule.sentAt];
  let openDigest = schedule.openDigest;

  const add = (message: Omit<NewMessage, 'messageId'>, messageId: string = randomUUID()) => {
    messages.push({ ...message, messageId });
    sentAt.push(message.dueAt);
    return messageId;
  };
  const placeFor = (noticeId: string): string => {
    if (kind === 'webhook') return add({ kind: 'single', dueAt: now });
    if (openDigest !== null) return openDigest;
    if (pace === 'at-once' && sentAt.length < MOST_IN_AN_HOUR) {
      // What was on its way to NOTIFY_EMAIL before there were recipients keeps its Message-ID.
      return add({ kind: 'single', dueAt: now }, kind === 'notify-email' ? noticeId : undefined);
    }
    const dueAt =
      pace === 'hour' ? nextHour(now) : pace === 'day' ? nextMorning(now, timeZone) : endOfHour(sentAt, schedule, now);
    openDigest = add({ kind: 'digest', dueAt });
    return openDigest;
  };
  return { places: noticeIds.map((noticeId) => ({ noticeId, messageId: placeFor(noticeId) })), messages };
}

/** The hour that began with the first of the five; and never two digests within one. */
function endOfHour(sentAt: readonly Date[], { lastDigestAt }: RecipientSchedule, now: Date): Date {
  const first = Math.min(...sentAt.map((at) => at.getTime()));
  const last = lastDigestAt?.getTime() ?? 0;
  return new Date(Math.max(first + HOUR_MS, last + HOUR_MS, now.getTime() + 1));
}

const nextHour = (now: Date): Date => new Date((Math.floor(now.getTime() / HOUR_MS) + 1) * HOUR_MS);

/** The next 08:00 in this time zone; of one that nobody knows, in UTC. */
function nextMorning(now: Date, timeZone: string): Date {
  const hourOf = hourIn(timeZone);
  // Clocks are put back and forward by whole or half hours, so the first quarter of an hour in which it is 8 is the one.
  const quarter = HOUR_MS / 4;
  let at = (Math.floor(now.getTime() / quarter) + 1) * quarter;
  while (hourOf(at) !== DAY_BEGINS || hourOf(at - quarter) === DAY_BEGINS) at += quarter;
  return new Date(at);
}

function hourIn(timeZone: string): (at: number) => number {
  try {
    const format = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', hourCycle: 'h23', timeZone });
    return (at) => Number(format.format(at));
  } catch {
    return (at) => new Date(at).getUTCHours();
  }
}
