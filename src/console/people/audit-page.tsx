import { isTextKey, type Say } from '../../texts/say.js';
import type { ShownEntry } from './audit.js';
import type { PageContext } from '../frame/page.js';
import { Time } from '../frame/time.js';

export const AuditPage = ({
  context,
  entries,
  hasMore,
  isFirst,
}: {
  readonly context: PageContext;
  readonly entries: readonly ShownEntry[];
  readonly hasMore: boolean;
  readonly isFirst: boolean;
}) => {
  const { say } = context;
  return (
    <>
      <h1>{say('section.audit')}</h1>
      <section class="sheet" aria-label={say('section.audit')}>
        {entries.length === 0 ? (
          <p class="empty">{say('audit.empty')}</p>
        ) : (
          <div class="table">
            <table class="cards">
              <caption>{say('audit.caption')}</caption>
              <thead>
                <tr>
                  <th scope="col">{say('audit.at')}</th>
                  <th scope="col">{say('audit.who')}</th>
                  <th scope="col">{say('audit.what')}</th>
                  <th scope="col">{say('audit.network')}</th>
                </tr>
              </thead>
              <tbody>
                {entries.map((entry) => (
                  <tr>
                    <td data-label={say('audit.at')}>
                      <Time context={context} at={entry.at} />
                    </td>
                    <td data-label={say('audit.who')}>{entry.name ?? say('audit.service')}</td>
                    <td data-label={say('audit.what')}>{wordsOf(say, entry)}</td>
                    <td data-label={say('audit.network')}>
                      {entry.network && <span class="id">{entry.network}</span>}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        {(hasMore || !isFirst) && (
          <nav class="pages" aria-label={say('section.audit')}>
            {isFirst ? <span /> : <a href="/console/audit">{say('pages.newest')}</a>}
            {hasMore && <a href={`/console/audit?before=${entries.at(-1)?.entryNo}`}>{say('pages.older')}</a>}
          </nav>
        )}
      </section>
    </>
  );
};

/** One entry that an older or newer version wrote otherwise must not hide all the others. */
function wordsOf(say: Say, { action, subject, details }: ShownEntry): string {
  const key = `audit.action.${action}`;
  const bare = [action, subject, ...Object.values(details)].filter(Boolean).join(' · ');
  if (!isTextKey(key)) return bare;
  try {
    return say(key, { subject: subject ?? '', ...details });
  } catch {
    return bare;
  }
}
