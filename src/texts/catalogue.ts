import { auditTexts } from './audit.js';
import { connectionTexts } from './connection.js';
import { outboxTexts } from './outbox.js';
import { fieldTexts } from './fields.js';
import { inboxTexts } from './inbox.js';
import type { Text } from './language.js';
import { manualTexts } from './manual.js';
import { partTexts } from './parts.js';
import { peopleTexts } from './people.js';
import { reasonTexts } from './reasons.js';
import { shortReasonTexts } from './reasons-short.js';
import { shellTexts } from './shell.js';
import { signInTexts } from './sign-in.js';
import { stateTexts } from './states.js';
import { stepTexts } from './steps.js';
import { timelineTexts } from './timeline.js';

/** Every text of pages and messages. One area, one file; the three languages of a text stand together. */
export const catalogue = {
  ...reasonTexts,
  ...shortReasonTexts,
  ...stateTexts,
  ...stepTexts,
  ...shellTexts,
  ...partTexts,
  ...timelineTexts,
  ...inboxTexts,
  ...manualTexts,
  ...fieldTexts,
  ...signInTexts,
  ...auditTexts,
  ...peopleTexts,
  ...connectionTexts,
  ...outboxTexts,
} as const satisfies Record<string, Text>;

export type TextKey = keyof typeof catalogue;
