import type { PageContext } from './page.js';
import { When } from './parts.js';

/** One thing that happened, in the visitor's language. */
export interface TimelineEntry {
  readonly at: Date;
  /** VTEX, an issuer, a person, or the service. */
  readonly who: string;
  readonly what: string;
  readonly tone: 'plain' | 'good' | 'bad' | 'person';
  /** What a person wrote down. */
  readonly note?: string | null;
  /** The exchange behind it, folded away. */
  readonly details?: readonly TimelineDetail[];
}

export interface TimelineDetail {
  readonly label: string;
  readonly value: string;
  /** Of the value, where it is not the page's: `en` for what the service recorded, `und` for an issuer's own words. */
  readonly lang?: 'en' | 'und';
}

/** What happened, oldest first. */
export const Timeline = ({
  context,
  entries,
}: {
  readonly context: PageContext;
  readonly entries: readonly TimelineEntry[];
}) => (
  <ol class="timeline">
    {entries.map(({ at, who, what, tone, note, details = [] }) => (
      <li class={tone === 'plain' ? undefined : tone}>
        <When context={context} at={at} />
        <b>{who}</b> <span>{what}</span>
        {note && <p class="note">{note}</p>}
        {details.length > 0 && <Details context={context} details={details} />}
      </li>
    ))}
  </ol>
);

const Details = ({
  context: { say },
  details,
}: {
  readonly context: PageContext;
  readonly details: readonly TimelineDetail[];
}) => (
  <details>
    <summary>{say('timeline.details')}</summary>
    <dl class="facts">
      {details.map(({ label, value, lang }) => (
        <>
          <dt>{label}</dt>
          <dd>
            <code lang={lang}>{value}</code>
          </dd>
        </>
      ))}
    </dl>
  </details>
);
