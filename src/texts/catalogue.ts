import { auditTexts } from './audit.js';
import { connectionTexts } from './connection.js';
import type { Text } from './language.js';
import { mailTexts } from './mail.js';
import { notificationTexts } from './notifications.js';
import { outboxTexts } from './outbox.js';
import { peopleTexts } from './people.js';
import { reasonTexts } from './reasons.js';
import { shellTexts } from './shell.js';
import { signInTexts } from './sign-in.js';
import { stateTexts } from './states.js';
import { stepTexts } from './steps.js';

/** Every text of pages and messages. One area, one file; the three languages of a text stand together. */
export const catalogue = {
  ...reasonTexts,
  ...stateTexts,
  ...stepTexts,
  ...mailTexts,
  ...notificationTexts,
  ...shellTexts,
  ...signInTexts,
  ...auditTexts,
  ...peopleTexts,
  ...connectionTexts,
  ...outboxTexts,
} as const satisfies Record<string, Text>;

export type TextKey = keyof typeof catalogue;
