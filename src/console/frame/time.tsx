import type { PageContext } from './page.js';

/** A time as people at the store read it; the exact one, in UTC, for whoever points at it. */
export const Time = ({ context, at }: { readonly context: Pick<PageContext, 'formats'>; readonly at: Date }) => (
  <time datetime={at.toISOString()} title={`${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`}>
    {context.formats.dateTime(at)}
  </time>
);
