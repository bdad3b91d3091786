import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { caseLink } from './notice-mail.js';
import type { NoticeSubject } from './notice-subject.js';

const SECRET_BYTES = 32;

/** A new endpoint's secret, as the format of Standard Webhooks writes it. */
export const newWebhookSecret = (): string => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;

/** The thin payload of a notice: ids, state, who has it and a link, and nothing that names a shopper. The state is that of the moment of sending. */
export function webhookBody(notice: NoticeSubject, publicUrl: string): string {
  return JSON.stringify({
    type: `cancellation.${notice.event}`,
    timestamp: notice.at.toISOString(),
    data: {
      manualCancellationId: notice.manualCancellationId,
      paymentId: notice.paymentId,
      orderId: notice.orderId,
      kind: notice.kind,
      state: notice.state,
      reason: notice.reason,
      resolution: notice.resolution,
      owner: notice.owner?.name ?? null,
      issuer: notice.issuer,
      link: caseLink(notice, { publicUrl }),
    },
  });
}

/** The payload of a test. */
export const webhookTest = (at: Date): string =>
  JSON.stringify({ type: 'test', timestamp: at.toISOString(), data: {} });

/**
 * The headers of Standard Webhooks: an id that stays the same over all tries, the time of this one, and a signature by each secret that is
 * valid now.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function webhookHeaders(
  messageId: string,
  body: string,
  { secrets, at }: { readonly secrets: readonly string[]; readonly at: Date },
): Record<string, string> {
  const id = `msg_${messageId}`;
  return {
    'Content-Type': 'application/json',
    'User-Agent': 'vtex-card-connector',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
  };
}
