import type { ComponentChildren } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { idsOf } from '../manual-cancellations/portal-ids.js';
import { stepsOf } from '../manual-cancellations/steps.js';
import type { TextKey } from '../texts/catalogue.js';
import type { Formats } from '../texts/formats.js';
import type { Language } from '../texts/language.js';
import { isTextKey, type Say } from '../texts/say.js';
import { oneLine, type NoticeOwner, type NoticeSubject } from './notice-subject.js';

/** A note is no longer than that. */
const LONGEST_NOTE = 2_000;

/** How a message is written: for whom, in which language, with which addresses. */
export interface MessageStyle {
  readonly language: Language;
  readonly say: Say;
  readonly formats: Formats;
  /** Null: not known, and left out. */
  readonly merchantName: string | null;
  /** Without a trailing slash. */
  readonly publicUrl: string;
  /** To a person, who chooses alone how often. */
  readonly isOwnPace: boolean;
  /** It did not reach somebody else. */
  readonly isFallBack: boolean;
}

export interface MailWords {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** The words of one notice's mail: what, why, what to do, and the ids to copy. Nothing that names a shopper is in it. */
export function noticeMail(notice: NoticeSubject, style: MessageStyle): MailWords {
  const { say } = style;
  const subject = subjectOf(notice, style);
  const lead = [
    leadOf(notice, style),
    ...noteOf(notice, style),
    ...(isOver(notice) ? [say('mail.over')] : []),
    ...(notice.sandbox ? [say('mail.sandbox')] : []),
  ];
  const steps = isToDo(notice) ? stepWords(notice, style) : [];
  const why = isTask(notice) ? say(`reason.${notice.reason}`) : null;
  const ids = namedIds(notice, style);
  const link = caseLink(notice, style);
  const button = say(steps.length > 0 ? 'mail.open' : 'mail.look');
  const text = [
    lead.join('\n'),
    ...(why === null ? [] : [`${say('mail.why')}: ${why}`]),
    ...(steps.length === 0
      ? []
      : [`${say('mail.steps')}:\n${steps.map((step, at) => `  ${at + 1}. ${step}`).join('\n')}`]),
    ids.map(([name, value]) => `${name}: ${value}`).join('\n'),
    `${button}: ${link}`,
    footOf(style).join('\n'),
  ].join('\n\n');
  const html = document(
    style,
    <>
      <h1 style={h1}>{whatOf(notice, style)}</h1>
      {lead.map((words) => (
        <p style={paragraph}>{words}</p>
      ))}
      {why !== null && (
        <p style={paragraph}>
          <strong>{say('mail.why')}:</strong> {why}
        </p>
      )}
      {steps.length > 0 && (
        <>
          <h2 style={h2}>{say('mail.steps')}</h2>
          <ol style={list}>
            {steps.map((step) => (
              <li style={item}>{step}</li>
            ))}
          </ol>
        </>
      )}
      <p style={paragraph}>
        <a href={link} style={buttonStyle}>
          {button}
        </a>
      </p>
      <h2 style={h2}>{say('mail.ids')}</h2>
      <p style={paragraph}>
        {ids.map(([name, value]) => (
          <>
            {name}: <code>{value}</code>
            <br />
          </>
        ))}
      </p>
    </>,
  );
  return { subject, text, html };
}

/** The words of a digest: the total on top, then groups of the same reason, the oldest first. */
export function digestMail(notices: readonly NoticeSubject[], total: number, style: MessageStyle): MailWords {
  const { say } = style;
  const headline = digestHeadline(notices, total, style);
  const more = total > notices.length ? say('digest.more', { count: total - notices.length }) : null;
  const all = `${style.publicUrl}/console/manual-cancellations`;
  const groups = groupsOf(notices, style);
  const text = [
    headline,
    ...groups.map(
      ({ heading, notices: own }) =>
        `${heading}\n${own.map((notice) => `  - ${lineOf(notice, style)}\n    ${caseLink(notice, style)}`).join('\n')}`,
    ),
    ...(more === null ? [] : [more]),
    `${say('digest.all')}: ${all}`,
    footOf(style).join('\n'),
  ].join('\n\n');
  const html = document(
    style,
    <>
      <h1 style={h1}>{headline}</h1>
      <p style={paragraph}>
        <a href={all} style={buttonStyle}>
          {say('digest.all')}
        </a>
      </p>
      {groups.map(({ heading, notices: own }) => (
        <>
          <h2 style={h2}>{heading}</h2>
          <ul style={list}>
            {own.map((notice) => (
              <li style={item}>
                <a href={caseLink(notice, style)}>{lineOf(notice, style)}</a>
              </li>
            ))}
          </ul>
        </>
      ))}
      {more !== null && <p style={paragraph}>{more}</p>}
    </>,
  );
  return { subject: `${storeOf(style)}${headline}`, text, html };
}

/** That a channel works. */
export function testMail(style: MessageStyle): MailWords {
  const { say } = style;
  const text = [say('mail.lead.test'), footOf(style).join('\n')].join('\n\n');
  const html = document(style, <p style={paragraph}>{say('mail.lead.test')}</p>);
  return { subject: `${storeOf(style)}${say('mail.subject.test')}`, text, html };
}

/** `[Loja X] 1 cancelamento manual – pedido 1234567-01 – emissor QI Tech`: the fact itself. */
export function subjectOf(notice: NoticeSubject, style: MessageStyle): string {
  const sandbox = notice.sandbox ? '[sandbox] ' : '';
  return `${sandbox}${storeOf(style)}${factOf(notice, style)}`;
}

/** What happened to which order, at which issuer. */
export function factOf(notice: NoticeSubject, style: MessageStyle): string {
  const { say } = style;
  const what = whatOf(notice, style);
  if (notice.owner?.isReader) return say('mail.subject.yours', { what });
  if (notice.event !== 'manual_required') return say(`mail.subject.${notice.event}`, { what });
  return `${say(notice.kind === 'refund' ? 'mail.task.refund' : 'mail.task.cancellation')} – ${what}`;
}

/** 12 manual cancellations to do. */
export function digestHeadline(notices: readonly NoticeSubject[], total: number, { say }: MessageStyle): string {
  return say(notices.every(isToDo) ? 'digest.tasks' : 'digest.mixed', { count: total });
}

export interface DigestGroup {
  readonly heading: string;
  readonly notices: readonly NoticeSubject[];
}

/** In the order in which they come. */
export function groupsOf(notices: readonly NoticeSubject[], style: MessageStyle): DigestGroup[] {
  const groups = new Map<string, NoticeSubject[]>();
  for (const notice of notices) {
    const heading = notice.event === 'manual_required' ? style.say(`reason.${notice.reason}`) : leadOf(notice, style);
    groups.set(heading, [...(groups.get(heading) ?? []), notice]);
  }
  return [...groups].map(([heading, own]) => ({ heading, notices: own }));
}

export function lineOf(notice: NoticeSubject, style: MessageStyle): string {
  const sandbox = notice.sandbox ? '[sandbox] ' : '';
  const since = style.say('digest.since', { time: style.formats.dateTime(notice.openedAt) });
  const over = isOver(notice) ? ` – ${style.say('digest.over')}` : '';
  return `${sandbox}${[whatOf(notice, style), since, ...noteOf(notice, style)].join(' – ')}${over}`;
}

const isTask = ({ event, owner }: NoticeSubject) => event === 'manual_required' || owner?.isReader === true;

/** A task that was told, and is done: people are told of it only where they ask to be told again. */
export const isOver = (notice: NoticeSubject) =>
  isTask(notice) && (notice.state === 'resolved' || notice.state === 'not-needed');

const isToDo = (notice: NoticeSubject) => isTask(notice) && !isOver(notice);

export const caseLink = ({ manualCancellationId }: NoticeSubject, { publicUrl }: Pick<MessageStyle, 'publicUrl'>) =>
  `${publicUrl}/console/manual-cancellations/${manualCancellationId}`;

function whatOf({ orderId, paymentId, issuerName }: NoticeSubject, { say }: MessageStyle): string {
  const what =
    orderId === null ? say('mail.payment', { id: oneLine(paymentId) }) : say('mail.order', { id: oneLine(orderId) });
  return issuerName === null ? what : `${what} – ${say('mail.issuer', { issuer: oneLine(issuerName) })}`;
}

const storeOf = ({ merchantName }: MessageStyle) => (merchantName === null ? '' : `[${oneLine(merchantName)}] `);

export function leadOf({ event, kind, resolution, owner }: NoticeSubject, { say }: MessageStyle): string {
  if (owner) return ownerWords(owner, say);
  if (event === 'manual_required') return say(kind === 'refund' ? 'mail.lead.refund' : 'mail.lead.cancellation');
  const outcome = `resolution.${resolution}`;
  if (event === 'resolved' && isTextKey(outcome)) return say('mail.lead.resolved-as', { outcome: say(outcome) });
  return say(`mail.lead.${event}` satisfies TextKey);
}

function ownerWords({ name, handedOver, isReader }: NoticeOwner, say: Say): string {
  const owner = oneLine(name);
  if (!handedOver) return say('mail.lead.taken-by', { owner });
  const from = oneLine(handedOver.by);
  return isReader ? say('mail.lead.yours', { from }) : say('mail.lead.handed-over', { from, owner });
}

/** What whoever handed it over wrote about it: for the new owner alone. */
function noteOf({ owner }: NoticeSubject, { say }: MessageStyle): string[] {
  const note = owner?.isReader ? owner.handedOver?.note : null;
  return note ? [say('mail.note', { note: oneLine(note, LONGEST_NOTE) })] : [];
}

function stepWords(notice: NoticeSubject, { say, formats }: MessageStyle): string[] {
  const { kind, reason, issuerName, amount, isAnswerOut } = notice;
  const money = amount === null ? null : formats.money(amount.value, amount.currency);
  const values = { issuer: oneLine(issuerName ?? ''), amount: money ?? '' };
  return stepsOf({ kind, reason, issuerName, amount: money, isAnswerOut }).map((step) => say(step, values));
}

function namedIds({ orderId, paymentId, reference, openedAt }: NoticeSubject, { say, formats }: MessageStyle) {
  return [
    ...(orderId === null ? [] : [[say('mail.id.order'), oneLine(orderId)] as const]),
    [say('mail.id.payment'), oneLine(paymentId)] as const,
    ...idsOf({ say }, reference ?? {}).map(({ name, value }) => [oneLine(name), oneLine(value)] as const),
    [say('mail.since'), formats.dateTime(openedAt)] as const,
  ];
}

function footOf({ say, isOwnPace, isFallBack, publicUrl }: MessageStyle): string[] {
  return [
    ...(isFallBack ? [say('mail.fall-back')] : []),
    isOwnPace
      ? `${say('mail.own-pace')} ${publicUrl}/console/account`
      : `${say('mail.admins-pace')} ${publicUrl}/console/notifications`,
  ];
}

const h1 = 'margin:0 0 12px;font-size:18px;line-height:1.35';
const h2 = 'margin:16px 0 4px;font-size:15px';
const paragraph = 'margin:0 0 10px';
const list = 'margin:0 0 12px;padding-left:22px';
const item = 'margin:0 0 4px';
const buttonStyle =
  'display:inline-block;padding:8px 16px;border-radius:6px;background:#0b5cad;color:#ffffff;font-weight:600;text-decoration:none';

/** A mail has no style sheet of its own: what a reader's program does not know, it leaves out. */
const document = (style: MessageStyle, body: ComponentChildren): string =>
  `<!doctype html>\n${renderToString(
    <html lang={style.language}>
      <head>
        <meta charset="utf-8" />
        <meta name="color-scheme" content="light dark" />
      </head>
      <body style="margin:0;padding:20px;font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;max-width:640px">
        {body}
        <p style="margin:24px 0 0;font-size:13px;opacity:.75">
          {footOf(style).map((words) => (
            <>
              {words}
              <br />
            </>
          ))}
        </p>
      </body>
    </html>,
  )}\n`;
