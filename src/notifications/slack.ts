import {
  caseLink,
  digestHeadline,
  factOf,
  groupsOf,
  isOver,
  leadOf,
  lineOf,
  type MessageStyle,
} from './notice-mail.js';
import type { NoticeSubject } from './notice-subject.js';

/** Slack cuts a longer text off. */
const MOST_CHARACTERS = 3_500;

/** The body of a call to an incoming webhook of Slack. */
export function slackBody(notices: readonly NoticeSubject[], total: number, style: MessageStyle): string {
  const [only] = notices;
  const lines = only && total === 1 ? single(only, style) : digest(notices, total, style);
  return JSON.stringify({ text: fitting(style.isFallBack ? [...lines, escape(style.say('mail.fall-back'))] : lines) });
}

/** The body of a test. */
export const slackTest = ({ say }: MessageStyle): string => JSON.stringify({ text: escape(say('mail.lead.test')) });

function single(notice: NoticeSubject, style: MessageStyle): string[] {
  const { say, publicUrl } = style;
  const isTask = notice.event === 'manual_required';
  return [
    `*${sandbox(notice)}${escape(factOf(notice, style))}*`,
    escape(isTask ? say(`reason.${notice.reason}`) : leadOf(notice, style)),
    ...(isOver(notice) ? [escape(say('mail.over'))] : []),
    `<${caseLink(notice, { publicUrl })}|${escape(say(isTask && !isOver(notice) ? 'mail.open' : 'mail.look'))}>`,
  ];
}

function digest(notices: readonly NoticeSubject[], total: number, style: MessageStyle): string[] {
  const { say, publicUrl } = style;
  return [
    `*${escape(digestHeadline(notices, total, style))}* <${publicUrl}/console/manual-cancellations|${escape(say('digest.all'))}>`,
    ...groupsOf(notices, style).flatMap(({ heading, notices: own }) => [
      escape(heading),
      ...own.map((notice) => `• <${caseLink(notice, style)}|${escape(lineOf(notice, style))}>`),
    ]),
    ...(total > notices.length ? [escape(say('digest.more', { count: total - notices.length }))] : []),
  ];
}

const sandbox = (notice: NoticeSubject) => (notice.sandbox ? '[sandbox] ' : '');

/** Whole lines alone: half a link is none. The first one names the total and leads to all of them. */
function fitting(lines: readonly string[]): string {
  let text = '';
  for (const line of lines) {
    if (text.length + line.length + 1 > MOST_CHARACTERS) return `${text}\n…`;
    text = text === '' ? line : `${text}\n${line}`;
  }
  return text;
}

/** @see https://api.slack.com/reference/surfaces/formatting#escaping; a bar would end the address of a link. */
const escape = (words: string) =>
  words
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('|', '¦')
    .replaceAll('*', '∗');
