import type { Text } from './language.js';

/**
 * What to do by hand, step by step. `{issuer}` is the issuer's name. Which steps a task has is decided in
 * `manual-cancellations/steps.ts`.
 */
export const stepTexts = {
  'step.open-portal': {
    en: 'Open {issuer}’s portal and find the card by the identifiers below.',
    'pt-BR': 'Abra o portal da {issuer} e localize o cartão pelos identificadores abaixo.',
    es: 'Abra el portal de {issuer} y busque la tarjeta con los identificadores de abajo.',
  },
  'step.open-some-portal': {
    en: 'Open the issuer’s portal and find the card.',
    'pt-BR': 'Abra o portal do emissor e localize o cartão.',
    es: 'Abra el portal del emisor y busque la tarjeta.',
  },
  'step.check-state-first': {
    en: 'Check its state first. If it is already cancelled, cancel nothing: resolve this as “It was already cancelled”.',
    'pt-BR':
      'Verifique primeiro a situação. Se já estiver cancelado, não cancele nada: resolva aqui como “Já estava cancelado”.',
    es: 'Verifique primero su estado. Si ya está cancelada, no cancele nada: resuelva aquí como “Ya estaba cancelado”.',
  },
  'step.cancel-there': {
    en: 'If it is active, cancel it there and note the protocol number that {issuer} gives you.',
    'pt-BR': 'Se estiver ativo, cancele no portal e anote o número de protocolo que a {issuer} informar.',
    es: 'Si está activa, cancélela allí y anote el número de protocolo que le dé {issuer}.',
  },
  'step.cancel-at-some-issuer': {
    en: 'If it is active, cancel it there and note the protocol number.',
    'pt-BR': 'Se estiver ativo, cancele no portal e anote o número de protocolo.',
    es: 'Si está activa, cancélela allí y anote el número de protocolo.',
  },
  'step.portal-refuses': {
    en: 'If it cannot be cancelled there either: give the money back in another way and choose “Refunded instead”, or choose “Cannot be cancelled” and say why.',
    'pt-BR':
      'Se lá também não for possível cancelar: devolva o dinheiro de outra forma e escolha “Reembolsado em vez de cancelado”, ou escolha “Não pode ser cancelado” e explique o motivo.',
    es: 'Si allí tampoco se puede cancelar: devuelva el dinero de otra forma y elija “Reembolsado en lugar de cancelado”, o elija “No se puede cancelar” y explique por qué.',
  },
  'step.resolve-here': {
    en: 'Come back and resolve this, so that nobody does it a second time.',
    'pt-BR': 'Volte e resolva aqui, para que ninguém faça de novo.',
    es: 'Vuelva y resuélvalo aquí, para que nadie lo haga otra vez.',
  },
  'step.wait-for-call': {
    en: 'A cancel was sent and its answer is not known. Wait a few minutes before you look in the portal.',
    'pt-BR':
      'Um cancelamento foi enviado e a resposta não é conhecida. Espere alguns minutos antes de consultar o portal.',
    es: 'Se envió una cancelación y no se conoce la respuesta. Espere unos minutos antes de consultar el portal.',
  },
  'step.printed-card': {
    en: 'The card is printed: ask {issuer} to block it and to stop its delivery.',
    'pt-BR': 'O cartão já foi impresso: peça à {issuer} que o bloqueie e interrompa a entrega.',
    es: 'La tarjeta ya está impresa: pida a {issuer} que la bloquee y detenga la entrega.',
  },
  'step.check-link': {
    en: 'Check in your order system which card this payment bought. The identifiers below may be wrong.',
    'pt-BR':
      'Verifique no seu sistema de pedidos qual cartão este pagamento comprou. Os identificadores abaixo podem estar errados.',
    es: 'Revise en su sistema de pedidos qué tarjeta compró este pago. Los identificadores de abajo pueden estar equivocados.',
  },
  'step.find-card': {
    en: 'Find out in your order system which card this payment bought, and at which issuer. If it bought none, resolve this as “Not needed”.',
    'pt-BR':
      'Descubra no seu sistema de pedidos qual cartão este pagamento comprou e em qual emissor. Se não comprou nenhum, resolva aqui como “Não era necessário”.',
    es: 'Averigüe en su sistema de pedidos qué tarjeta compró este pago y en qué emisor. Si no compró ninguna, resuelva aquí como “No era necesario”.',
  },
  'step.settled': {
    en: 'The payment is settled, so cancelling the card does not give the money back. Agree a refund with your finance team.',
    'pt-BR':
      'O pagamento está liquidado; cancelar o cartão não devolve o dinheiro. Combine um reembolso com o financeiro.',
    es: 'El pago está liquidado; cancelar la tarjeta no devuelve el dinero. Acuerde un reembolso con finanzas.',
  },
  'step.partial': {
    en: 'Decide with the customer what happens to the card: it can only be cancelled as a whole.',
    'pt-BR': 'Decida com o cliente o que acontece com o cartão: ele só pode ser cancelado por inteiro.',
    es: 'Decida con el cliente qué pasa con la tarjeta: solo se puede cancelar por completo.',
  },
  'step.compare-both': {
    en: 'Compare what {issuer} confirmed with what was done before, and take one of them back if the customer got both.',
    'pt-BR':
      'Compare o que a {issuer} confirmou com o que foi feito antes e desfaça um dos dois se o cliente recebeu ambos.',
    es: 'Compare lo que confirmó {issuer} con lo que se hizo antes y revierta uno de los dos si el cliente recibió ambos.',
  },
  'step.give-back': {
    en: 'Give {amount} back to the customer, for this request once.',
    'pt-BR': 'Devolva {amount} ao cliente, uma única vez para esta solicitação.',
    es: 'Devuelva {amount} al cliente, una sola vez para esta solicitud.',
  },
  'step.give-back-some': {
    en: 'Give the amount that VTEX shows back to the customer, for this request once.',
    'pt-BR': 'Devolva ao cliente o valor que a VTEX mostra, uma única vez para esta solicitação.',
    es: 'Devuelva al cliente el monto que muestra VTEX, una sola vez para esta solicitud.',
  },
  'step.card-after-refund': {
    en: 'Decide what happens to the card, and do it in the issuer’s portal.',
    'pt-BR': 'Decida o que acontece com o cartão e faça isso no portal do emissor.',
    es: 'Decida qué pasa con la tarjeta y hágalo en el portal del emisor.',
  },
} as const satisfies Readonly<Record<string, Text>>;
