import type { ComponentChildren } from 'preact';
import type { TextKey } from '../../texts/catalogue.js';
import { Icon, type IconName } from './icon.js';
import type { PageContext } from './page.js';

interface WithContext {
  readonly context: PageContext;
}

/**
 * An id as it is typed elsewhere, with a button that copies the whole of it. In a table it is short, and its beginning is enough to
 * know it again.
 */
export const Id = ({
  context: { say },
  id,
  isShort = false,
}: WithContext & { readonly id: string; readonly isShort?: boolean }) => (
  <span class={isShort ? 'id-part tight' : 'id-part'}>
    <code class="id" title={isShort && id.length > SHORT ? id : undefined}>
      {isShort ? shortId(id) : id}
    </code>
    <button type="button" class="quiet small copy" data-copy={id} data-copied={say('part.copied')}>
      <Icon name="copy" />
      <span aria-live="polite">{say('part.copy')}</span>
      <span class="hidden-words"> {id}</span>
    </button>
  </span>
);

const SHORT = 18;

/** Its beginning where it is long: order numbers stay whole, VTEX's 32 characters do not. */
export const shortId = (id: string): string => (id.length > SHORT ? `${id.slice(0, 8)}…` : id);

/** A moment in the store's time zone, and in UTC for whoever points at it. */
export const When = ({ context: { formats }, at }: WithContext & { readonly at: Date }) => (
  <time dateTime={at.toISOString()} title={at.toISOString().replace('T', ' ').replace('Z', ' UTC')}>
    {formats.dateTime(at)}
  </time>
);

export type ManualState = 'open' | 'taken' | 'resolved' | 'not-needed';

const stateMarks: Readonly<Record<ManualState, { readonly icon: IconName; readonly tone: string }>> = {
  open: { icon: 'open', tone: 'amber' },
  taken: { icon: 'taken', tone: 'blue' },
  resolved: { icon: 'done', tone: 'green' },
  'not-needed': { icon: 'off', tone: '' },
};

/** The state of a manual cancellation: an icon and a word. */
export const StateMark = ({ context: { say }, state }: WithContext & { readonly state: ManualState }) => (
  <Mark icon={stateMarks[state].icon} tone={stateMarks[state].tone} words={say(`state.${state}` satisfies TextKey)} />
);

/** A short fact that must be seen at once. `tone` is red, amber, green, blue, or empty. */
export const Mark = ({
  icon,
  tone,
  words,
}: {
  readonly icon: IconName;
  readonly tone: string;
  readonly words: string;
}) => (
  <span class={tone === '' ? 'mark' : `mark ${tone}`}>
    <Icon name={icon} /> {words}
  </span>
);

/** From here on a task asks for attention before it is late. */
const SOON_MS = 2 * 3_600_000;

/** How it stands with the time that something is due: overdue, due soon, or quietly when. */
export const DueMark = ({ context: { say, formats, now }, dueAt }: WithContext & { readonly dueAt: Date }) => {
  const leftMs = dueAt.getTime() - now.getTime();
  if (leftMs <= 0) return <Mark icon="late" tone="red" words={say('part.overdue')} />;
  const words = say('part.due-in', { time: formats.duration(leftMs) });
  return leftMs <= SOON_MS ? (
    <Mark icon="waiting" tone="amber" words={words} />
  ) : (
    <span class="quiet-words">{words}</span>
  );
};

/** Where the payment is in VTEX's admin, as far as it is known. */
export const VtexLinks = ({
  context: { say, visitor },
  orderId,
  transactionId,
}: WithContext & { readonly orderId: string | null; readonly transactionId: string | null }) => {
  const { vtexAccount } = visitor;
  if (vtexAccount === null || (orderId === null && transactionId === null)) return null;
  const admin = `https://${vtexAccount}.myvtex.com/admin`;
  return (
    <span class="links">
      {orderId !== null && <Out href={`${admin}/orders/${encodeURIComponent(orderId)}`}>{say('part.open-order')}</Out>}
      {transactionId !== null && (
        <Out href={`${admin}/pci-gateway/#/transactions/${encodeURIComponent(transactionId)}`}>
          {say('part.open-transaction')}
        </Out>
      )}
    </span>
  );
};

const Out = ({ href, children }: { readonly href: string; readonly children: string }) => (
  <a href={href} target="_blank" rel="noreferrer">
    {children} <Icon name="out" />
  </a>
);

/** A payment of the sandbox, so that nobody works on it as on a real one. */
export const SandboxMark = ({ context: { say } }: WithContext) => (
  <Mark icon="off" tone="" words={say('part.sandbox')} />
);

/** What is needed now and then: unfolds in its place, and opens as a dialog where scripts run. */
export const More = ({
  context: { say },
  label,
  children,
}: WithContext & { readonly label: string; readonly children: ComponentChildren }) => (
  <details class="more" data-dialog={say('part.close')}>
    <summary>{label}</summary>
    {children}
  </details>
);
