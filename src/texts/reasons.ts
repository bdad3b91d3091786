import type { ManualReason } from '../manual-cancellations/manual-reason.js';
import type { Text } from './language.js';

/** Why a person must act, for people at the store. */
export const reasonTexts = {
  'reason.already_printed': {
    en: 'The card has already been printed, so the issuer no longer cancels its order automatically.',
    'pt-BR': 'O cartão já foi impresso; o emissor não cancela mais o pedido automaticamente.',
    es: 'La tarjeta ya fue impresa; el emisor ya no cancela el pedido automáticamente.',
  },
  'reason.refused_by_issuer': {
    en: 'The issuer refused the cancellation.',
    'pt-BR': 'O emissor recusou o cancelamento.',
    es: 'El emisor rechazó la cancelación.',
  },
  'reason.instrument_not_active': {
    en: 'The issuer says that the payment instrument is not active. It may already be cancelled.',
    'pt-BR': 'O emissor informa que o instrumento de pagamento não está ativo. Talvez já esteja cancelado.',
    es: 'El emisor indica que el instrumento de pago no está activo. Puede que ya esté cancelado.',
  },
  'reason.not_found': {
    en: 'The issuer does not know this card. Check the link between the payment and the card.',
    'pt-BR': 'O emissor não encontrou este cartão. Verifique o vínculo entre o pagamento e o cartão.',
    es: 'El emisor no encontró esta tarjeta. Revise el vínculo entre el pago y la tarjeta.',
  },
  'reason.no_link': {
    en: 'We do not know which card this payment bought, if any: we first heard of the payment when VTEX cancelled it.',
    'pt-BR':
      'Não sabemos qual cartão este pagamento comprou, se é que comprou: só soubemos do pagamento quando a VTEX o cancelou.',
    es: 'No sabemos qué tarjeta compró este pago, si compró alguna: supimos del pago recién cuando VTEX lo canceló.',
  },
  'reason.no_answer': {
    en: 'The issuer did not confirm the cancellation. Check in its portal before cancelling again.',
    'pt-BR': 'O emissor não confirmou o cancelamento. Verifique no portal do emissor antes de cancelar novamente.',
    es: 'El emisor no confirmó la cancelación. Verifique en su portal antes de volver a cancelar.',
  },
  'reason.already_settled': {
    en: 'The payment had already been settled when the cancellation came.',
    'pt-BR': 'O pagamento já havia sido liquidado quando o cancelamento chegou.',
    es: 'El pago ya se había liquidado cuando llegó la cancelación.',
  },
  'reason.partial': {
    en: 'Only a part of the payment is to be cancelled, and a card can only be cancelled as a whole.',
    'pt-BR': 'Só uma parte do pagamento deve ser cancelada, e um cartão só pode ser cancelado por inteiro.',
    es: 'Solo se debe cancelar una parte del pago, y una tarjeta solo puede cancelarse por completo.',
  },
  'reason.linked_after_cancel': {
    en: 'A card was linked to this payment after its cancellation. That card may be active.',
    'pt-BR': 'Um cartão foi vinculado a este pagamento depois do cancelamento. Esse cartão pode estar ativo.',
    es: 'Se vinculó una tarjeta a este pago después de su cancelación. Esa tarjeta puede estar activa.',
  },
  'reason.late_success': {
    en: 'The issuer confirmed the cancellation after it had been resolved in another way. Check that the customer was not paid twice.',
    'pt-BR':
      'O emissor confirmou o cancelamento depois de ele ter sido resolvido de outra forma. Verifique se o cliente não recebeu duas vezes.',
    es: 'El emisor confirmó la cancelación después de que se resolviera de otra manera. Verifique que el cliente no haya cobrado dos veces.',
  },
  'reason.mode_manual': {
    en: 'This issuer is set to manual: every cancellation is done by a person.',
    'pt-BR': 'Este emissor está em modo manual: todo cancelamento é feito por uma pessoa.',
    es: 'Este emisor está en modo manual: cada cancelación la hace una persona.',
  },
  'reason.dry_run': {
    en: 'This issuer is in a trial run: nothing was sent to it.',
    'pt-BR': 'Este emissor está em modo de ensaio: nada foi enviado a ele.',
    es: 'Este emisor está en modo de ensayo: no se le envió nada.',
  },
  'reason.taken_over': {
    en: 'A person took this cancellation over from the automatic process.',
    'pt-BR': 'Uma pessoa assumiu este cancelamento, que estava no processo automático.',
    es: 'Una persona tomó esta cancelación del proceso automático.',
  },
  'reason.refund': {
    en: 'A refund is done by hand.',
    'pt-BR': 'Um reembolso é feito manualmente.',
    es: 'Un reembolso se hace manualmente.',
  },
} as const satisfies Readonly<Record<`reason.${ManualReason}`, Text>>;
