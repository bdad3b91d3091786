import type { Say } from '../../texts/say.js';
import { Icon } from './icon.js';

/** Copies a text where scripts run; without them it is not shown, and the text can be selected. */
export const CopyButton = ({
  say,
  text,
  what,
}: {
  readonly say: Say;
  readonly text: string;
  /** Said to whoever does not see what it stands beside. */
  readonly what?: string;
}) => (
  <button class="small needs-script" type="button" data-copy={text} data-copied={say('copy.done')}>
    <Icon name="copy" /> <span>{say('copy.button')}</span>
    {what && <span class="hidden-words"> {what}</span>}
  </button>
);
