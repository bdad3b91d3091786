import type { Text } from './language.js';

/** Any payment: found by an id, how it stands, what would happen with it now, taking it over. */
export const paymentTexts = {
  'payment.title': { en: 'Payment', 'pt-BR': 'Pagamento', es: 'Pago' },
  'payment.title-order': { en: 'Order {order}', 'pt-BR': 'Pedido {order}', es: 'Pedido {order}' },
  'payment.facts': { en: 'Details', 'pt-BR': 'Dados', es: 'Datos' },
  'payment.now': { en: 'What happens now', 'pt-BR': 'O que acontece agora', es: 'Qué pasa ahora' },
  'payment.history': { en: 'What happened', 'pt-BR': 'O que aconteceu', es: 'Qué pasó' },
  'payment.tasks': { en: 'Work by hand', 'pt-BR': 'Trabalho manual', es: 'Trabajo manual' },
  'payment.order': { en: 'Order', 'pt-BR': 'Pedido', es: 'Pedido' },
  'payment.id': { en: 'Payment', 'pt-BR': 'Pagamento', es: 'Pago' },
  'payment.transaction': { en: 'Transaction', 'pt-BR': 'Transação', es: 'Transacción' },
  'payment.in-vtex': { en: 'In VTEX', 'pt-BR': 'Na VTEX', es: 'En VTEX' },
  'payment.amount': { en: 'Amount', 'pt-BR': 'Valor', es: 'Monto' },
  'payment.issuer': { en: 'Issuer', 'pt-BR': 'Emissor', es: 'Emisor' },
  'payment.no-issuer': {
    en: 'No card is linked to this payment.',
    'pt-BR': 'Nenhum cartão está vinculado a este pagamento.',
    es: 'Ninguna tarjeta está vinculada a este pago.',
  },
  'payment.late-card': {
    en: 'linked after the cancellation',
    'pt-BR': 'vinculado depois do cancelamento',
    es: 'vinculada después de la cancelación',
  },
  'payment.first-seen': { en: 'Known since', 'pt-BR': 'Conhecido desde', es: 'Conocido desde' },
  'payment.settled-at': { en: 'Settled', 'pt-BR': 'Liquidado', es: 'Liquidado' },
  'payment.asked-at': {
    en: 'Cancellation requested',
    'pt-BR': 'Cancelamento solicitado',
    es: 'Cancelación solicitada',
  },
  'payment.cancellation-id': { en: 'Cancellation id', 'pt-BR': 'Id do cancelamento', es: 'Id de la cancelación' },
  'payment.authorization-id': { en: 'Authorization id', 'pt-BR': 'Id da autorização', es: 'Id de la autorización' },
  'payment.tid': { en: 'TID', 'pt-BR': 'TID', es: 'TID' },

  'payment.state.cancelled': { en: 'Cancelled', 'pt-BR': 'Cancelado', es: 'Cancelado' },
  'payment.state.manual': {
    en: 'To be cancelled by hand',
    'pt-BR': 'Cancelar manualmente',
    es: 'Cancelar manualmente',
  },
  'payment.state.in-progress': {
    en: 'Cancellation in progress',
    'pt-BR': 'Cancelamento em processamento',
    es: 'Cancelación en proceso',
  },
  'payment.state.settled': { en: 'Settled', 'pt-BR': 'Liquidado', es: 'Liquidado' },
  'payment.state.approved': { en: 'Approved', 'pt-BR': 'Aprovado', es: 'Aprobado' },
  'payment.state.undecided': {
    en: 'No card linked yet',
    'pt-BR': 'Ainda sem cartão vinculado',
    es: 'Todavía sin tarjeta vinculada',
  },
  'payment.state.unknown': { en: 'Not known', 'pt-BR': 'Desconhecido', es: 'Desconocido' },

  'payment.do-not': {
    en: 'Do not cancel it by hand.',
    'pt-BR': 'Não cancele manualmente.',
    es: 'No lo cancele manualmente.',
  },
  'payment.why-not': {
    en: 'We are still working on it. If somebody cancels at the issuer at the same time, the customer may get the money twice. If you cannot wait, take it over first: then nothing more is sent.',
    'pt-BR':
      'Ainda estamos trabalhando neste cancelamento. Se alguém cancelar no emissor ao mesmo tempo, o cliente pode receber o dinheiro duas vezes. Se não puder esperar, assuma primeiro: depois disso, nada mais é enviado.',
    es: 'Todavía estamos trabajando en esta cancelación. Si alguien cancela en el emisor al mismo tiempo, el cliente puede recibir el dinero dos veces. Si no puede esperar, tómela primero: después no se envía nada más.',
  },
  'payment.proof.answer': {
    en: 'The issuer confirmed the cancellation in its answer.',
    'pt-BR': 'O emissor confirmou o cancelamento na resposta.',
    es: 'El emisor confirmó la cancelación en su respuesta.',
  },
  'payment.proof.query': {
    en: 'The issuer confirmed the cancellation when we asked how it stands.',
    'pt-BR': 'O emissor confirmou o cancelamento quando o consultamos.',
    es: 'El emisor confirmó la cancelación cuando lo consultamos.',
  },
  'payment.proof.callback': {
    en: 'The issuer confirmed the cancellation by a message of its own.',
    'pt-BR': 'O emissor confirmou o cancelamento por um aviso próprio.',
    es: 'El emisor confirmó la cancelación con un aviso propio.',
  },
  'payment.proof.never-linked': {
    en: 'No card was ever linked to this payment, so there was nothing to cancel at an issuer.',
    'pt-BR': 'Nenhum cartão foi vinculado a este pagamento; não havia nada a cancelar em um emissor.',
    es: 'Nunca se vinculó una tarjeta a este pago; no había nada que cancelar en un emisor.',
  },
  'payment.proof.person': {
    en: 'A person of your store recorded that it is cancelled at the issuer.',
    'pt-BR': 'Uma pessoa da sua loja registrou que está cancelado no emissor.',
    es: 'Una persona de su tienda registró que está cancelado en el emisor.',
  },
  'payment.manual': {
    en: 'A person has to finish this. {reason}',
    'pt-BR': 'Uma pessoa precisa concluir. {reason}',
    es: 'Una persona tiene que terminarlo. {reason}',
  },
  'payment.manual-ended': {
    en: 'A person has ended this by hand, and nothing was cancelled at the issuer as far as we know. {reason}',
    'pt-BR': 'Uma pessoa encerrou isto manualmente e, até onde sabemos, nada foi cancelado no emissor. {reason}',
    es: 'Una persona lo cerró manualmente y, hasta donde sabemos, no se canceló nada en el emisor. {reason}',
  },
  'payment.settled': {
    en: 'The payment is settled, and nobody has asked to cancel it.',
    'pt-BR': 'O pagamento está liquidado e ninguém pediu o cancelamento.',
    es: 'El pago está liquidado y nadie pidió cancelarlo.',
  },
  'payment.approved': {
    en: 'The payment is approved, and nobody has asked to cancel it.',
    'pt-BR': 'O pagamento está aprovado e ninguém pediu o cancelamento.',
    es: 'El pago está aprobado y nadie pidió cancelarlo.',
  },
  'payment.undecided': {
    en: 'No card is linked to this payment so far, and nobody has asked to cancel it.',
    'pt-BR': 'Até agora nenhum cartão foi vinculado a este pagamento e ninguém pediu o cancelamento.',
    es: 'Hasta ahora no se vinculó ninguna tarjeta a este pago y nadie pidió cancelarlo.',
  },
  'payment.part-asked': {
    en: 'Nobody has asked to cancel the whole payment. For a part of it, see the work by hand below.',
    'pt-BR': 'Ninguém pediu o cancelamento do pagamento inteiro. Sobre uma parte dele, veja o trabalho manual abaixo.',
    es: 'Nadie pidió cancelar el pago completo. Sobre una parte de él, vea el trabajo manual abajo.',
  },
  'payment.unknown': {
    en: 'VTEX sent a request about this payment that could not be used. We know nothing else of it.',
    'pt-BR': 'A VTEX enviou uma solicitação sobre este pagamento que não pôde ser usada. Não sabemos mais nada dele.',
    es: 'VTEX envió una solicitud sobre este pago que no se pudo usar. No sabemos nada más de él.',
  },

  'now.would-send': {
    en: 'If VTEX asks to cancel this payment, the cancellation is sent to {issuer} at once.',
    'pt-BR': 'Se a VTEX pedir o cancelamento deste pagamento, ele é enviado imediatamente à {issuer}.',
    es: 'Si VTEX pide cancelar este pago, la cancelación se envía de inmediato a {issuer}.',
  },
  'now.would-wait': {
    en: 'If VTEX asks to cancel this payment, the cancellation waits, and nothing is sent to {issuer} for now.',
    'pt-BR': 'Se a VTEX pedir o cancelamento deste pagamento, ele aguarda, e por ora nada é enviado à {issuer}.',
    es: 'Si VTEX pide cancelar este pago, la cancelación espera y por ahora no se envía nada a {issuer}.',
  },
  'now.would-be-cancelled': {
    en: 'If VTEX asks to cancel this payment, it is told at once that it is cancelled: there is no card to cancel.',
    'pt-BR':
      'Se a VTEX pedir o cancelamento deste pagamento, respondemos de imediato que está cancelado: não há cartão a cancelar.',
    es: 'Si VTEX pide cancelar este pago, se le responde de inmediato que está cancelado: no hay tarjeta que cancelar.',
  },
  'now.would-be-manual': {
    en: 'If VTEX asks to cancel this payment, a person of your store has to do it.',
    'pt-BR': 'Se a VTEX pedir o cancelamento deste pagamento, uma pessoa da sua loja precisará fazê-lo.',
    es: 'Si VTEX pide cancelar este pago, una persona de su tienda tendrá que hacerlo.',
  },
  'now.is-cancelled': {
    en: 'Nothing more is done.',
    'pt-BR': 'Nada mais será feito.',
    es: 'No se hace nada más.',
  },
  'now.is-manual': {
    en: 'Nothing is sent any more. If the issuer still confirms the cancellation, we say so here, and nothing is left to do.',
    'pt-BR':
      'Nada mais é enviado. Se o emissor ainda confirmar o cancelamento, avisamos aqui e não haverá mais nada a fazer.',
    es: 'No se envía nada más. Si el emisor todavía confirma la cancelación, se avisa aquí y no queda nada por hacer.',
  },
  'now.will-be-cancelled': {
    en: 'It is proven to be cancelled; that is recorded in a moment.',
    'pt-BR': 'O cancelamento está comprovado e será registrado em instantes.',
    es: 'La cancelación está probada y se registra en un momento.',
  },
  'now.will-be-manual': {
    en: 'Nothing automatic is left to try; in a moment it goes to a person.',
    'pt-BR': 'Não há mais nada automático a tentar; em instantes passa para uma pessoa.',
    es: 'No queda nada automático por intentar; en un momento pasa a una persona.',
  },
  'now.under-way': {
    en: 'We are waiting for {issuer}’s answer.',
    'pt-BR': 'Estamos aguardando a resposta da {issuer}.',
    es: 'Estamos esperando la respuesta de {issuer}.',
  },
  'now.will-send': {
    en: 'The cancellation is sent to {issuer} {when}.',
    'pt-BR': 'O cancelamento será enviado à {issuer} {when}.',
    es: 'La cancelación se envía a {issuer} {when}.',
  },
  'now.will-query': {
    en: 'We ask {issuer} how it stands {when}.',
    'pt-BR': 'Consultaremos a {issuer} {when}.',
    es: 'Consultaremos a {issuer} {when}.',
  },
  'now.will-wait': {
    en: 'We look at it again {when}, or as soon as {issuer} reports something.',
    'pt-BR': 'Verificaremos de novo {when}, ou assim que a {issuer} avisar algo.',
    es: 'Lo revisamos de nuevo {when}, o en cuanto {issuer} avise algo.',
  },
  'now.gives-up': {
    en: 'If nothing is known by {time}, a person of your store gets it.',
    'pt-BR': 'Se nada for confirmado até {time}, o caso passa para uma pessoa da sua loja.',
    es: 'Si no se sabe nada hasta {time}, pasa a una persona de su tienda.',
  },
  'now.persons-word': {
    en: 'A person recorded that it is cancelled at the issuer.',
    'pt-BR': 'Uma pessoa registrou que está cancelado no emissor.',
    es: 'Una persona registró que está cancelado en el emisor.',
  },
  'now.never-seen': {
    en: 'VTEX asked to cancel a part of it before we knew the payment: its card may have been ordered in another way.',
    'pt-BR':
      'A VTEX pediu o cancelamento de uma parte antes de conhecermos o pagamento: o cartão pode ter sido pedido de outra forma.',
    es: 'VTEX pidió cancelar una parte antes de que conociéramos el pago: la tarjeta puede haberse pedido de otra forma.',
  },

  'take-over.title': {
    en: 'Take this cancellation over?',
    'pt-BR': 'Assumir este cancelamento?',
    es: '¿Tomar esta cancelación?',
  },
  'take-over.action': { en: 'Take over', 'pt-BR': 'Assumir', es: 'Tomar' },
  'take-over.for': { en: 'of payment {payment}', 'pt-BR': 'do pagamento {payment}', es: 'del pago {payment}' },
  'take-over.means-stop': {
    en: 'Nothing more is sent to {issuer} for this payment.',
    'pt-BR': 'Nada mais será enviado à {issuer} para este pagamento.',
    es: 'No se envía nada más a {issuer} para este pago.',
  },
  'take-over.means-yours': {
    en: 'It becomes yours: you cancel it in {issuer}’s portal, and record here what you did.',
    'pt-BR': 'Ele passa a ser seu: você cancela no portal da {issuer} e registra aqui o que fez.',
    es: 'Pasa a ser suya: usted cancela en el portal de {issuer} y registra aquí lo que hizo.',
  },
  'take-over.means-vtex': {
    en: 'VTEX is told that it has to be cancelled by hand. This cannot be undone.',
    'pt-BR': 'A VTEX será informada de que é preciso cancelar manualmente. Isto não pode ser desfeito.',
    es: 'Se informa a VTEX que hay que cancelar manualmente. Esto no se puede deshacer.',
  },
  'take-over.means-late': {
    en: 'If {issuer} still confirms what was sent before, we tell you, and nothing is left to do.',
    'pt-BR': 'Se a {issuer} ainda confirmar o que já foi enviado, avisamos você e não haverá mais nada a fazer.',
    es: 'Si {issuer} todavía confirma lo que se envió antes, le avisamos y no queda nada por hacer.',
  },
  'take-over.under-way': {
    en: 'A cancellation has just been sent to {issuer}, and its answer is not there yet. If you take over now, wait some minutes and look in the portal before you cancel anything.',
    'pt-BR':
      'Um cancelamento acaba de ser enviado à {issuer} e a resposta ainda não chegou. Se assumir agora, espere alguns minutos e consulte o portal antes de cancelar qualquer coisa.',
    es: 'Se acaba de enviar una cancelación a {issuer} y la respuesta todavía no llegó. Si la toma ahora, espere unos minutos y consulte el portal antes de cancelar algo.',
  },
  'take-over.confirm': {
    en: 'Take over, send nothing more',
    'pt-BR': 'Assumir e não enviar mais nada',
    es: 'Tomar y no enviar nada más',
  },
  'take-over.leave': { en: 'No, leave it running', 'pt-BR': 'Não, deixar como está', es: 'No, dejarla como está' },
  'take-over.lost': {
    en: 'It is no longer in progress, so there was nothing to take over. How it stands now is below.',
    'pt-BR': 'Não está mais em processamento, por isso não havia o que assumir. A situação atual está abaixo.',
    es: 'Ya no está en proceso, por eso no había nada que tomar. Abajo se ve cómo está ahora.',
  },
  'take-over.off.viewer': {
    en: 'Your role only allows looking. Somebody with the role Operator can take it over.',
    'pt-BR': 'Seu perfil permite apenas consultar. Alguém com o perfil Operação pode assumir.',
    es: 'Su perfil solo permite consultar. Alguien con el perfil Operación puede tomarla.',
  },
  'done.taken-over': {
    en: 'It is yours now. Nothing more is sent for it.',
    'pt-BR': 'Agora é seu. Nada mais será enviado.',
    es: 'Ahora es suya. No se envía nada más.',
  },
  'done.taken-over-under-way': {
    en: 'It is yours now. A cancellation was sent shortly before, and its answer is not there yet: wait some minutes and look in the issuer’s portal before you cancel anything.',
    'pt-BR':
      'Agora é seu. Um cancelamento foi enviado pouco antes e a resposta ainda não chegou: espere alguns minutos e consulte o portal do emissor antes de cancelar qualquer coisa.',
    es: 'Ahora es suya. Poco antes se envió una cancelación y la respuesta todavía no llegó: espere unos minutos y consulte el portal del emisor antes de cancelar algo.',
  },

  'check.action': { en: 'Check now', 'pt-BR': 'Verificar agora', es: 'Verificar ahora' },
  'check.off.too-soon': {
    en: 'Checked a moment ago; possible again in {time}.',
    'pt-BR': 'Verificado há pouco; possível de novo em {time}.',
    es: 'Verificado hace un momento; posible de nuevo en {time}.',
  },
  'check.off.under-way': {
    en: 'The issuer is being asked right now.',
    'pt-BR': 'O emissor está sendo consultado neste momento.',
    es: 'Se está consultando al emisor en este momento.',
  },
  'check.off.nothing-sent': {
    en: 'Nothing was ever sent to the issuer for this, so there is nothing to find out.',
    'pt-BR': 'Nada foi enviado ao emissor, por isso não há o que verificar.',
    es: 'No se envió nada al emisor, por eso no hay nada que verificar.',
  },
  'check.off.never-linked': {
    en: 'No card is linked to this payment, so nobody can be asked.',
    'pt-BR': 'Nenhum cartão está vinculado a este pagamento, por isso não há a quem consultar.',
    es: 'Ninguna tarjeta está vinculada a este pago, por eso no hay a quién consultar.',
  },
  'check.off.no-query': {
    en: 'This issuer cannot be asked for this; it reports by itself, or its portal shows it.',
    'pt-BR': 'Este emissor não pode ser consultado sobre isto; ele avisa por conta própria, ou o portal dele mostra.',
    es: 'A este emisor no se le puede consultar esto; avisa por su cuenta, o su portal lo muestra.',
  },
  'done.checked': {
    en: 'Checked. How it stands now is below.',
    'pt-BR': 'Verificado. A situação atual está abaixo.',
    es: 'Verificado. Abajo se ve cómo está ahora.',
  },
  'done.check-goes-on': {
    en: 'The issuer is being asked and takes its time. Load this page again in a minute.',
    'pt-BR': 'O emissor está sendo consultado e demora a responder. Recarregue esta página em um minuto.',
    es: 'Se está consultando al emisor y tarda en responder. Vuelva a cargar esta página en un minuto.',
  },

  'search.title': { en: 'Find a payment', 'pt-BR': 'Buscar um pagamento', es: 'Buscar un pago' },
  'search.several': {
    en: '{count, plural, one {# payment} other {# payments}} found for “{q}”',
    'pt-BR': '{count, plural, one {# pagamento encontrado} other {# pagamentos encontrados}} para “{q}”',
    es: '{count, plural, one {# pago encontrado} other {# pagos encontrados}} para “{q}”',
  },
  'search.more': {
    en: 'There are more. Only the newest {count} are shown: search for a payment’s or request’s own id.',
    'pt-BR': 'Há mais. Só os {count} mais recentes são mostrados: busque pelo id do pagamento ou da solicitação.',
    es: 'Hay más. Solo se muestran los {count} más recientes: busque por el id del pago o de la solicitud.',
  },
  'search.none': {
    en: 'Nothing was found for “{q}”.',
    'pt-BR': 'Nada foi encontrado para “{q}”.',
    es: 'No se encontró nada para “{q}”.',
  },
  'search.searched': {
    en: 'We looked for it as the id of a payment, an order, a VTEX transaction, a request, an authorization or TID, a cancellation that was confirmed, and in the ids of the cards at the issuers.',
    'pt-BR':
      'Procuramos como id de pagamento, de pedido, de transação da VTEX, de solicitação, de autorização ou TID, de cancelamento confirmado e entre os ids dos cartões nos emissores.',
    es: 'Se buscó como id de pago, de pedido, de transacción de VTEX, de solicitud, de autorización o TID, de cancelación confirmada y entre los ids de las tarjetas en los emisores.',
  },
  'search.try-whole': {
    en: 'Paste the whole id: a part of it is not enough.',
    'pt-BR': 'Cole o id completo: uma parte não basta.',
    es: 'Pegue el id completo: una parte no basta.',
  },
  'search.try-vtex': {
    en: 'In VTEX, open the order and then its transaction: the payment’s id stands there.',
    'pt-BR': 'Na VTEX, abra o pedido e depois a transação: o id do pagamento está lá.',
    es: 'En VTEX, abra el pedido y luego la transacción: allí está el id del pago.',
  },
  'search.try-other': {
    en: 'If the payment was made with another payment method, or in another store, it is not here.',
    'pt-BR': 'Se o pagamento foi feito com outro meio de pagamento ou em outra loja, ele não está aqui.',
    es: 'Si el pago se hizo con otro medio de pago o en otra tienda, no está aquí.',
  },
  'search.nothing': {
    en: 'Paste an id into the search field above.',
    'pt-BR': 'Cole um id no campo de busca acima.',
    es: 'Pegue un id en el campo de búsqueda de arriba.',
  },
  'search.column.payment': { en: 'Payment', 'pt-BR': 'Pagamento', es: 'Pago' },
  'search.column.order': { en: 'Order', 'pt-BR': 'Pedido', es: 'Pedido' },
  'search.column.issuer': { en: 'Issuer', 'pt-BR': 'Emissor', es: 'Emisor' },
  'search.column.state': { en: 'State', 'pt-BR': 'Situação', es: 'Estado' },
  'search.column.since': { en: 'Known since', 'pt-BR': 'Conhecido desde', es: 'Conocido desde' },
  'search.column.found-by': { en: 'Found as', 'pt-BR': 'Encontrado como', es: 'Encontrado como' },
  'search.no-cancellation': {
    en: 'not cancelled',
    'pt-BR': 'sem cancelamento',
    es: 'sin cancelación',
  },
  'found-by.payment': { en: 'payment', 'pt-BR': 'pagamento', es: 'pago' },
  'found-by.order': { en: 'order', 'pt-BR': 'pedido', es: 'pedido' },
  'found-by.transaction': { en: 'VTEX transaction', 'pt-BR': 'transação da VTEX', es: 'transacción de VTEX' },
  'found-by.reference': { en: 'VTEX’s reference', 'pt-BR': 'referência da VTEX', es: 'referencia de VTEX' },
  'found-by.authorization': { en: 'authorization', 'pt-BR': 'autorização', es: 'autorización' },
  'found-by.tid': { en: 'TID', 'pt-BR': 'TID', es: 'TID' },
  'found-by.request': { en: 'request', 'pt-BR': 'solicitação', es: 'solicitud' },
  'found-by.cancellation': { en: 'cancellation', 'pt-BR': 'cancelamento', es: 'cancelación' },
  'found-by.manual-cancellation': {
    en: 'manual cancellation',
    'pt-BR': 'cancelamento manual',
    es: 'cancelación manual',
  },
  'found-by.issuer-reference': {
    en: 'id at the issuer',
    'pt-BR': 'id no emissor',
    es: 'id en el emisor',
  },
  'found-by.issuer-task': { en: 'the issuer’s task', 'pt-BR': 'tarefa do emissor', es: 'tarea del emisor' },
} as const satisfies Readonly<Record<string, Text>>;
