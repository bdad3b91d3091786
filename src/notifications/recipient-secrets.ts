import type { SecretPlace } from '../sealed.js';
import type { RecipientKey } from './notice-messages.js';

/** The columns of a recipient that are kept sealed. */
export const sealedFields = ['slack_url', 'secret', 'old_secret'] as const;

export type SealedField = (typeof sealedFields)[number];

/** Where a recipient's secret belongs: it does not open for another recipient or in another column. */
export const placeOf = ({ merchantId, recipientId }: RecipientKey, field: SealedField): SecretPlace => ({
  merchantId,
  issuer: 'notifications',
  sandbox: false,
  field: `${field} of ${recipientId}`,
});
