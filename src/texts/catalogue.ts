import type { Text } from './language.js';
import { reasonTexts } from './reasons.js';
import { shellTexts } from './shell.js';
import { stateTexts } from './states.js';
import { stepTexts } from './steps.js';

/** Every text of pages and messages. One area, one file; the three languages of a text stand together. */
export const catalogue = { ...reasonTexts, ...stateTexts, ...stepTexts, ...shellTexts } as const satisfies Record<
  string,
  Text
>;

export type TextKey = keyof typeof catalogue;
