/** What happens to a manual cancellation that people and machines hear of. */
export const noticeEvents = ['manual_required', 'taken', 'resolved', 'not_needed'] as const;

export type NoticeEvent = (typeof noticeEvents)[number];

/** What a channel of people tells where nobody said otherwise; a webhook tells everything. Whom a task is handed to is always told. */
export const eventsForPeople: readonly NoticeEvent[] = ['manual_required', 'not_needed'];

/**
 * - `person`: somebody who signs in, by e-mail. `email`, `slack`, `webhook`: belong to nobody.
 * - `notify-email`: the service's own NOTIFY_EMAIL, for a merchant that has nobody else, and where nobody else can be reached.
 */
export const channelKinds = ['person', 'email', 'slack', 'webhook', 'notify-email'] as const;

export type ChannelKind = (typeof channelKinds)[number];

/** How often somebody wants to hear. */
export const paces = ['at-once', 'hour', 'day', 'off'] as const;

export type Pace = (typeof paces)[number];

export const isEvent = (word: string): word is NoticeEvent => noticeEvents.some((event) => event === word);

export const isPace = (word: string): word is Pace => paces.some((pace) => pace === word);

/** From the third fault in a row its notices go to somebody else too, and the fault is told. */
export const FAULTS_BEFORE_FALL_BACK = 3;
