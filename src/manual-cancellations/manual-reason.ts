/** Why a person must act. The schema holds the same list (`manual_cancellations_reason`). */
export const manualReasons = {
  already_printed: 'The card was already printed, so the issuer no longer cancels its order.',
  refused_by_issuer: 'The issuer refused the cancellation.',
  instrument_not_active: 'The issuer says that the payment instrument is not active. It may be cancelled already.',
  not_found: 'The issuer does not know this card. Check the link between the payment and the card.',
  no_link: 'We never saw this payment, so we do not know which card it bought, if any.',
  no_answer: 'The issuer did not confirm. Check in its portal BEFORE cancelling again.',
  already_settled: 'The payment was settled before the cancellation came.',
  partial: 'Only a part of the payment is to be cancelled, and a card can only be cancelled as a whole.',
  linked_after_cancel: 'A card was linked to the payment after its cancellation. That card may be alive.',
  late_success: 'The issuer confirmed the cancellation after it had been resolved in another way.',
  mode_manual: 'This issuer is set to manual: everything goes to people.',
  dry_run: 'This issuer is set to dry run: nothing was sent.',
  taken_over: 'A person took the cancellation over.',
  refund: 'A refund is done by hand.',
} as const;

export type ManualReason = keyof typeof manualReasons;
