import type { Source } from './check.js';

const REFERENCE = 'https://developers.vtex.com/docs/api-reference/payment-provider-protocol';
const GUIDES = 'https://developers.vtex.com/docs/guides';

const reference = (section: string): Source => ({ section: `Payment Provider Protocol, ${section}`, url: REFERENCE });
const guide = (section: string, page: string): Source => ({ section, url: `${GUIDES}/${page}` });

/** The pages of VTEX that the checks come from. */
export const sources = {
  manifest: reference('Payment Provider Manifest'),
  create: reference('Create Payment'),
  cancel: reference('Cancel Payment'),
  settle: reference('Settle Payment'),
  refund: reference('Refund Payment'),
  headers: reference('headers of the payment flow'),
  overview: reference('Overview'),
  testSuite: guide(
    'Homologation guide, Payment Provider Test Suite',
    'payments-integration-payment-provider-homologation',
  ),
  implementing: guide('Implementing a payment provider', 'payments-integration-implementing-a-payment-provider'),
  flows: guide('Purchase flows', 'payments-integration-purchase-flows'),
  splitting: guide('Split payouts on Payment Provider Protocol', 'split-payouts-on-payment-provider-protocol'),
  callbackSignature: {
    section: 'Announcement of 2024-05-03: signature of the callback URL',
    url: 'https://help.vtex.com/en/announcements/2024-05-03-callback-url-signature-authentication-token',
  },
  helpCenter: {
    section: 'Help Center, Payment Provider Protocol',
    url: 'https://help.vtex.com/en/docs/tutorials/payment-provider-protocol',
  },
} satisfies Record<string, Source>;

/** A known issue of VTEX's, beside the page that it belongs to. */
export const knownIssue = (number: number, { section, url }: Source): Source => ({
  section: `${section}; VTEX known issue ${number}`,
  url,
});
