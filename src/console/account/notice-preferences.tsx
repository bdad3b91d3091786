import {
  eventsForPeople,
  isEvent,
  isPace,
  noticeEvents,
  paces,
  type NoticeEvent,
  type Pace,
} from '../../notifications/channel.js';
import type { NoticeWishes } from '../../notifications/notice-recipients.js';
import type { Form } from '../frame/form.js';
import { PostForm, type PageContext } from '../frame/page.js';

/** What a person hears of, and how often, on their own account's page. */
export const NoticePreferences = ({
  context,
  wishes,
}: {
  readonly context: PageContext;
  readonly wishes: NoticeWishes;
}) => (
  <section class="sheet" aria-labelledby="own-notices">
    <h2 id="own-notices">{context.say('notices.own')}</h2>
    <WishesForm context={context} action="/console/account/notices" wishes={wishes} hasPace />
  </section>
);

/** Of a person or a channel; a machine has no pace. */
export const WishesForm = ({
  context,
  action,
  wishes,
  hasPace,
}: {
  readonly context: PageContext;
  readonly action: string;
  readonly wishes: NoticeWishes;
  readonly hasPace: boolean;
}) => {
  const { say } = context;
  return (
    <PostForm context={context} action={action} class="form">
      {hasPace && (
        <fieldset aria-describedby="pace-help">
          <legend>{say('notices.pace')}</legend>
          {paces.map((pace) => (
            <label class="choice">
              <input type="radio" name="pace" value={pace} checked={wishes.pace === pace} required />
              <span>{say(`notices.pace.${pace}`)}</span>
            </label>
          ))}
          <p class="why-off" id="pace-help">
            {say('notices.pace.help')}
          </p>
        </fieldset>
      )}
      <fieldset>
        <legend>{say('notices.events')}</legend>
        {noticeEvents.map((event) => (
          <label class="choice">
            <input type="checkbox" name="event" value={event} checked={wishes.events.includes(event)} />
            <span>{say(`notices.event.${event}`)}</span>
          </label>
        ))}
      </fieldset>
      <div class="buttons">
        <button class="main" type="submit">
          {say('notices.save')}
        </button>
      </div>
    </PostForm>
  );
};

/** What was chosen in such a form; null where no pace was. */
export function readWishes(form: Form, { hasPace }: { readonly hasPace: boolean }): NoticeWishes | null {
  const pace = hasPace ? form.text('pace') : 'at-once';
  return isPace(pace) ? { pace, events: form.all('event').filter(isEvent) } : null;
}

/** What goes to somebody, in one line. */
export function wishesInWords({ say }: Pick<PageContext, 'say'>, { pace, events }: NoticeWishes): string {
  if (pace === 'off' || events.length === 0) return say('notices.pace.off');
  const isEverything = noticeEvents.every((event) => events.includes(event));
  const about = isUsual(events)
    ? []
    : isEverything
      ? [say('notices.everything')]
      : events.map((event) => say(`notices.event.${event}`));
  return [say(`notices.pace.${pace}` satisfies `notices.pace.${Pace}`), ...about].join(' · ');
}

const isUsual = (events: readonly NoticeEvent[]) =>
  events.length === eventsForPeople.length && eventsForPeople.every((event) => events.includes(event));
