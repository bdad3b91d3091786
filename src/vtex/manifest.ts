/** An issuer as a merchant sees it in VTEX's settings. */
export interface ManifestIssuer {
  readonly code: string;
  readonly name: string;
}

/** The name of the field in which a merchant chooses the issuer; it comes back in `merchantSettings`. */
export const ISSUER_FIELD = 'Issuer';

/**
 * What this provider offers.
 *
 * @see https://developers.vtex.com/docs/api-reference/payment-provider-protocol, List Payment Provider Manifest
 */
export const manifest = (paymentMethods: readonly string[], issuers: readonly ManifestIssuer[]) => ({
  paymentMethods: paymentMethods.map((name) => ({ name, allowsSplit: 'disabled' })),
  customFields: [
    { name: ISSUER_FIELD, type: 'select', options: issuers.map(({ code, name }) => ({ text: name, value: code })) },
  ],
  metadataFields: ['issuer'],
});
