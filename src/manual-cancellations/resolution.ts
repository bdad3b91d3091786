import type { ManualKind } from './manual-cancellations.js';

/** How a person ended a manual cancellation. The schema holds the same list (`manual_cancellations_resolution`). */
export const resolutions = [
  'cancelled-at-issuer',
  'already-cancelled',
  'refunded-instead',
  'cannot-be-cancelled',
  'not-needed',
] as const;

export type Resolution = (typeof resolutions)[number];

export const isResolution = (text: string): text is Resolution => resolutions.some((resolution) => resolution === text);

/** A refund is given back or not; nothing is cancelled by it. */
export const resolutionsOf = (kind: ManualKind): readonly Resolution[] =>
  kind === 'refund' ? ['refunded-instead', 'cannot-be-cancelled', 'not-needed'] : resolutions;

/** Is it a person's word that the card is cancelled? Nothing else that a person says is proof. */
export const saysCancelled = (resolution: Resolution): boolean =>
  resolution === 'cancelled-at-issuer' || resolution === 'already-cancelled';

/** Whoever looks later must find out why nothing was cancelled. */
export const needsNote = (resolution: Resolution): boolean =>
  resolution === 'cannot-be-cancelled' || resolution === 'not-needed';
