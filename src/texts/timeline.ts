import type { Text } from './language.js';

/** What happened to a payment, one sentence for each entry. `{issuer}` is the issuer's name. */
export const timelineTexts = {
  'timeline.title': { en: 'History', 'pt-BR': 'Histórico', es: 'Historial' },
  'timeline.details': { en: 'Technical details', 'pt-BR': 'Detalhes técnicos', es: 'Detalles técnicos' },
  'timeline.by-service': { en: 'Automatic process', 'pt-BR': 'Processo automático', es: 'Proceso automático' },
  'timeline.by-system': { en: 'Your order system', 'pt-BR': 'Seu sistema de pedidos', es: 'Su sistema de pedidos' },
  'timeline.by-somebody': { en: 'Somebody', 'pt-BR': 'Alguém', es: 'Alguien' },
  'timeline.by-some-issuer': { en: 'The issuer', 'pt-BR': 'O emissor', es: 'El emisor' },
  'timeline.task-of': { en: '{what} ({kind})', 'pt-BR': '{what} ({kind})', es: '{what} ({kind})' },

  'timeline.asked': {
    en: 'Asked to cancel the payment.',
    'pt-BR': 'Pediu o cancelamento do pagamento.',
    es: 'Pidió cancelar el pago.',
  },
  'timeline.asked-part': {
    en: 'Asked to cancel a part of the payment: {amount}.',
    'pt-BR': 'Pediu o cancelamento de uma parte do pagamento: {amount}.',
    es: 'Pidió cancelar una parte del pago: {amount}.',
  },
  'timeline.told-cancelled': {
    en: 'VTEX was told that it is cancelled. This answer to its request is final.',
    'pt-BR': 'A VTEX foi informada de que está cancelado. Esta resposta à solicitação é definitiva.',
    es: 'Se informó a VTEX que está cancelado. Esta respuesta a su solicitud es definitiva.',
  },
  'timeline.told-manual': {
    en: 'VTEX was told that a person does it. This answer to its request is final.',
    'pt-BR': 'A VTEX foi informada de que uma pessoa fará isso. Esta resposta à solicitação é definitiva.',
    es: 'Se informó a VTEX que lo hará una persona. Esta respuesta a su solicitud es definitiva.',
  },
  'timeline.settled': {
    en: 'Settled the payment: {amount}.',
    'pt-BR': 'Liquidou o pagamento: {amount}.',
    es: 'Liquidó el pago: {amount}.',
  },
  'timeline.not-settled': {
    en: 'Asked to settle the payment, and was refused.',
    'pt-BR': 'Pediu a liquidação do pagamento, e ela foi recusada.',
    es: 'Pidió liquidar el pago y se rechazó.',
  },
  'timeline.refund-asked': {
    en: 'Asked to give {amount} back. It was told that a person does it.',
    'pt-BR': 'Pediu o reembolso de {amount}. Foi informada de que uma pessoa fará isso.',
    es: 'Pidió reembolsar {amount}. Se le informó que lo hará una persona.',
  },
  'timeline.amount-unknown': { en: 'amount not stated', 'pt-BR': 'valor não informado', es: 'monto no informado' },

  'timeline.attempt.cancel': {
    en: 'Was asked to cancel.',
    'pt-BR': 'Recebeu o pedido de cancelamento.',
    es: 'Recibió el pedido de cancelación.',
  },
  'timeline.attempt.query': {
    en: 'Was asked for the state.',
    'pt-BR': 'Foi consultado sobre a situação.',
    es: 'Se le consultó el estado.',
  },
  'timeline.outcome.state-refused': {
    en: 'Answer: it is neither active nor cancelled, so a cancel is no use.',
    'pt-BR': 'Resposta: não está ativo nem cancelado; cancelar não adianta.',
    es: 'Respuesta: no está activa ni cancelada; cancelar no sirve.',
  },
  'timeline.attempt.callback': {
    en: 'Sent news by itself.',
    'pt-BR': 'Enviou um aviso por conta própria.',
    es: 'Envió un aviso por su cuenta.',
  },
  'timeline.outcome.cancelled': {
    en: 'Answer: it is cancelled.',
    'pt-BR': 'Resposta: está cancelado.',
    es: 'Respuesta: está cancelado.',
  },
  'timeline.outcome.already-cancelled': {
    en: 'Answer: it was cancelled before.',
    'pt-BR': 'Resposta: já estava cancelado.',
    es: 'Respuesta: ya estaba cancelado.',
  },
  'timeline.outcome.not-cancelled': {
    en: 'Answer: it is not cancelled.',
    'pt-BR': 'Resposta: não está cancelado.',
    es: 'Respuesta: no está cancelado.',
  },
  'timeline.outcome.pending': {
    en: 'Answer: it is being worked on.',
    'pt-BR': 'Resposta: está em andamento.',
    es: 'Respuesta: está en curso.',
  },
  'timeline.outcome.refused': {
    en: 'Answer: refused.',
    'pt-BR': 'Resposta: recusado.',
    es: 'Respuesta: rechazado.',
  },
  'timeline.outcome.retry': {
    en: 'It did not get through, so nothing was done there.',
    'pt-BR': 'O pedido não chegou a ser processado; nada foi feito lá.',
    es: 'El pedido no llegó a procesarse; allí no se hizo nada.',
  },
  'timeline.outcome.unknown': {
    en: 'No clear answer: it may have been done or not.',
    'pt-BR': 'Sem resposta clara: pode ter sido feito ou não.',
    es: 'Sin respuesta clara: puede haberse hecho o no.',
  },
  'timeline.outcome.none': {
    en: 'The answer has not come yet.',
    'pt-BR': 'A resposta ainda não chegou.',
    es: 'La respuesta todavía no llegó.',
  },
  'timeline.outcome.late': {
    en: 'The answer came late.',
    'pt-BR': 'A resposta chegou atrasada.',
    es: 'La respuesta llegó tarde.',
  },

  'timeline.event.alert': {
    en: 'Something has to be put right by whoever runs this service.',
    'pt-BR': 'Algo precisa ser corrigido por quem opera este serviço.',
    es: 'Hay algo que debe corregir quien opera este servicio.',
  },
  'timeline.event.created': { en: 'Created the payment.', 'pt-BR': 'Criou o pagamento.', es: 'Creó el pago.' },
  'timeline.event.linked': {
    en: 'Said which card this payment bought.',
    'pt-BR': 'Informou qual cartão este pagamento comprou.',
    es: 'Informó qué tarjeta compró este pago.',
  },
  'timeline.event.linked-late': {
    en: 'Named a card after the cancellation had begun. That card may be active.',
    'pt-BR': 'Informou um cartão depois do início do cancelamento. Esse cartão pode estar ativo.',
    es: 'Informó una tarjeta después de iniciada la cancelación. Esa tarjeta puede estar activa.',
  },
  'timeline.event.link-refused': {
    en: 'Named a card that does not fit what was known before; that was not accepted.',
    'pt-BR': 'Informou um cartão que não combina com o que já se sabia; isso não foi aceito.',
    es: 'Informó una tarjeta que no coincide con lo que ya se sabía; no se aceptó.',
  },
  'timeline.event.invalid-request': {
    en: 'Sent a request that could not be used.',
    'pt-BR': 'Enviou uma solicitação que não pôde ser usada.',
    es: 'Envió una solicitud que no se pudo usar.',
  },
  'timeline.event.other-content': {
    en: 'Repeated something with other content; what came first stands.',
    'pt-BR': 'Repetiu algo com outro conteúdo; vale o que chegou primeiro.',
    es: 'Repitió algo con otro contenido; vale lo que llegó primero.',
  },
  'timeline.event.lease-expired': {
    en: 'A call to the issuer was interrupted. Whether it was carried out is not known.',
    'pt-BR': 'Uma chamada ao emissor foi interrompida. Não se sabe se foi executada.',
    es: 'Se interrumpió una llamada al emisor. No se sabe si se ejecutó.',
  },
  'timeline.event.late-answer': {
    en: 'An answer of the issuer came after its time, and was still taken into account.',
    'pt-BR': 'Uma resposta do emissor chegou fora do prazo e mesmo assim foi considerada.',
    es: 'Una respuesta del emisor llegó fuera de plazo y aun así se tuvo en cuenta.',
  },
  'timeline.event.callback': {
    en: 'The issuer reported that the card was cancelled; that is being checked.',
    'pt-BR': 'O emissor avisou que o cartão foi cancelado; isso está sendo verificado.',
    es: 'El emisor avisó que la tarjeta fue cancelada; se está verificando.',
  },
  'timeline.event.waits': {
    en: 'Nothing was sent yet; it follows as soon as the issuer can take it.',
    'pt-BR': 'Nada foi enviado ainda; o envio segue assim que o emissor puder receber.',
    es: 'Todavía no se envió nada; se enviará en cuanto el emisor pueda recibirlo.',
  },
  'timeline.event.mode': {
    en: 'How this issuer is treated was changed.',
    'pt-BR': 'O modo de tratar este emissor foi alterado.',
    es: 'Cambió el modo de tratar a este emisor.',
  },
  'timeline.event.dry-run': {
    en: 'Trial run: nothing was sent to the issuer.',
    'pt-BR': 'Modo de ensaio: nada foi enviado ao emissor.',
    es: 'Modo de ensayo: no se envió nada al emisor.',
  },
  'timeline.event.vtex-called': {
    en: 'VTEX was told the status of the payment.',
    'pt-BR': 'A VTEX foi informada da situação do pagamento.',
    es: 'Se informó a VTEX el estado del pago.',
  },
  'timeline.event.vtex-not-called': {
    en: 'VTEX was not told the status of the payment; it asks by itself.',
    'pt-BR': 'A VTEX não foi informada da situação do pagamento; ela mesma pergunta.',
    es: 'No se informó a VTEX el estado del pago; VTEX pregunta por su cuenta.',
  },

  'timeline.manual.opened': {
    en: 'Passed it to people: {reason}.',
    'pt-BR': 'Passou para uma pessoa: {reason}.',
    es: 'Lo pasó a una persona: {reason}.',
  },
  'timeline.manual.completed': {
    en: 'Completed what a person has to do: {reason}.',
    'pt-BR': 'Completou o que uma pessoa precisa fazer: {reason}.',
    es: 'Completó lo que debe hacer una persona: {reason}.',
  },
  'timeline.manual.late-success': {
    en: 'Opened it again: the issuer confirmed the cancellation after it had been resolved in another way.',
    'pt-BR': 'Reabriu: o emissor confirmou o cancelamento depois de resolvido de outra forma.',
    es: 'Lo reabrió: el emisor confirmó la cancelación después de resolverse de otra manera.',
  },
  'timeline.manual.not-needed': {
    en: 'Closed it: the issuer confirmed the cancellation, so nothing is left to do by hand.',
    'pt-BR': 'Encerrou: o emissor confirmou o cancelamento; não há mais nada a fazer manualmente.',
    es: 'Lo cerró: el emisor confirmó la cancelación; no queda nada por hacer a mano.',
  },
  'timeline.manual.proof-recorded': {
    en: 'Counts it as cancelled from now on. VTEX gets that answer if it asks again.',
    'pt-BR': 'Passa a contar como cancelado. A VTEX recebe essa resposta se perguntar de novo.',
    es: 'Desde ahora cuenta como cancelado. VTEX recibe esa respuesta si vuelve a preguntar.',
  },
  'timeline.manual.taken': { en: 'Took it.', 'pt-BR': 'Assumiu.', es: 'Lo tomó.' },
  'timeline.manual.released': {
    en: 'Gave it back.',
    'pt-BR': 'Devolveu para a lista.',
    es: 'Lo devolvió a la lista.',
  },
  'timeline.manual.handed-over': {
    en: 'Handed it over to {person}.',
    'pt-BR': 'Passou para {person}.',
    es: 'Se lo pasó a {person}.',
  },
  'timeline.manual.noted': { en: 'Wrote a note.', 'pt-BR': 'Anotou.', es: 'Dejó una nota.' },
  'timeline.manual.resolved': {
    en: 'Resolved it: {outcome}.',
    'pt-BR': 'Resolveu: {outcome}.',
    es: 'Lo resolvió: {outcome}.',
  },
  'timeline.manual.undone': {
    en: 'Took the resolution back.',
    'pt-BR': 'Desfez a resolução.',
    es: 'Deshizo la resolución.',
  },
  'timeline.manual.reopened': { en: 'Opened it again.', 'pt-BR': 'Reabriu.', es: 'Lo reabrió.' },
  'timeline.protocol': {
    en: 'Issuer’s protocol number: {number}.',
    'pt-BR': 'Protocolo do emissor: {number}.',
    es: 'Protocolo del emisor: {number}.',
  },

  'timeline.notice.manual_required': {
    en: 'Told your store that somebody must act.',
    'pt-BR': 'Avisou a sua loja de que alguém precisa agir.',
    es: 'Avisó a su tienda que alguien debe actuar.',
  },
  'timeline.notice.taken': {
    en: 'Told your store who has it.',
    'pt-BR': 'Avisou a sua loja de quem assumiu.',
    es: 'Avisó a su tienda quién lo tomó.',
  },
  'timeline.notice.resolved': {
    en: 'Told your store that it is resolved.',
    'pt-BR': 'Avisou a sua loja de que está resolvido.',
    es: 'Avisó a su tienda que está resuelto.',
  },
  'timeline.notice.not_needed': {
    en: 'Told your store that it is no longer needed.',
    'pt-BR': 'Avisou a sua loja de que não é mais necessário.',
    es: 'Avisó a su tienda que ya no es necesario.',
  },
  'timeline.notice.held': {
    en: 'It goes in one message with others on {time}.',
    'pt-BR': 'Vai em uma só mensagem com outros em {time}.',
    es: 'Va en un solo mensaje con otros el {time}.',
  },
  'timeline.notice.waiting': {
    en: 'Not delivered yet.',
    'pt-BR': 'Ainda não entregue.',
    es: 'Todavía no entregado.',
  },

  'timeline.detail.request': { en: 'Request id', 'pt-BR': 'Id da solicitação', es: 'Id de la solicitud' },
  'timeline.detail.value': {
    en: 'Value, as VTEX sent it',
    'pt-BR': 'Valor, como a VTEX enviou',
    es: 'Valor, como lo envió VTEX',
  },
  'timeline.detail.answer': { en: 'Our answer', 'pt-BR': 'Nossa resposta', es: 'Nuestra respuesta' },
  'timeline.detail.status': { en: 'HTTP status', 'pt-BR': 'Status HTTP', es: 'Estado HTTP' },
  'timeline.detail.no-status': { en: 'no answer came', 'pt-BR': 'nenhuma resposta chegou', es: 'no llegó respuesta' },
  'timeline.detail.code': { en: 'Issuer’s code', 'pt-BR': 'Código do emissor', es: 'Código del emisor' },
  'timeline.detail.text': { en: 'Issuer’s words', 'pt-BR': 'Texto do emissor', es: 'Texto del emisor' },
  'timeline.detail.trace': {
    en: 'Trace id, for the issuer’s support',
    'pt-BR': 'Id de rastreio, para o suporte do emissor',
    es: 'Id de rastreo, para el soporte del emisor',
  },
  'timeline.detail.duration': { en: 'Took', 'pt-BR': 'Duração', es: 'Duración' },
  'timeline.detail.words': { en: 'As recorded', 'pt-BR': 'Como registrado', es: 'Como se registró' },
  'timeline.told.delivered': { en: 'delivered', 'pt-BR': 'entregue', es: 'entregado' },
  'timeline.told.waiting': { en: 'on its way', 'pt-BR': 'a caminho', es: 'en camino' },
  'timeline.told.failing': {
    en: 'not delivered yet, tried again',
    'pt-BR': 'ainda não entregue, haverá nova tentativa',
    es: 'aún no entregado, habrá otro intento',
  },
  'timeline.told.overtaken': {
    en: 'not sent, it was done before',
    'pt-BR': 'não enviado, já estava feito',
    es: 'no enviado, ya estaba hecho',
  },
  'timeline.told.dropped': {
    en: 'not sent, no longer a recipient',
    'pt-BR': 'não enviado, deixou de ser destinatário',
    es: 'no enviado, ya no es destinatario',
  },
  'timeline.detail.notice': { en: 'Notice id', 'pt-BR': 'Id do aviso', es: 'Id del aviso' },
} as const satisfies Readonly<Record<string, Text>>;
