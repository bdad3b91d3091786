import type { Text } from './language.js';

/** What the machine still works on: why nothing is done by hand, what was tried, what comes next. */
export const inProgressTexts = {
  'in-progress.do-not': {
    en: 'Do not cancel these by hand.',
    'pt-BR': 'Não cancele estes manualmente.',
    es: 'No cancele estos manualmente.',
  },
  'in-progress.why-not': {
    en: 'We are still working on them. If somebody cancels at the issuer at the same time, the customer may get the money twice. If you cannot wait, take one over first: then nothing more is sent for it.',
    'pt-BR':
      'Ainda estamos trabalhando neles. Se alguém cancelar no emissor ao mesmo tempo, o cliente pode receber o dinheiro duas vezes. Se não puder esperar, assuma o cancelamento primeiro: depois disso, nada mais é enviado.',
    es: 'Todavía estamos trabajando en ellos. Si alguien cancela en el emisor al mismo tiempo, el cliente puede recibir el dinero dos veces. Si no puede esperar, tome primero la cancelación: después no se envía nada más.',
  },
  'in-progress.empty': {
    en: 'Nothing is in progress. Cancellations that take longer than a moment appear here until they are done, or until a person has to do them.',
    'pt-BR':
      'Nada em processamento. Cancelamentos que demoram mais que um instante aparecem aqui até terminarem, ou até que uma pessoa precise fazê-los.',
    es: 'No hay nada en proceso. Las cancelaciones que tardan más que un instante aparecen aquí hasta que terminan, o hasta que una persona tiene que hacerlas.',
  },
  'in-progress.empty-issuer': {
    en: 'Nothing is in progress at {issuer}.',
    'pt-BR': 'Nada em processamento na {issuer}.',
    es: 'No hay nada en proceso en {issuer}.',
  },
  'in-progress.caption': {
    en: '{count, plural, one {# cancellation in progress} other {# cancellations in progress}}, the oldest first',
    'pt-BR':
      '{count, plural, one {# cancelamento em processamento} other {# cancelamentos em processamento}}, do mais antigo ao mais recente',
    es: '{count, plural, one {# cancelación en proceso} other {# cancelaciones en proceso}}, de la más antigua a la más reciente',
  },
  'in-progress.filter': { en: 'Issuer', 'pt-BR': 'Emissor', es: 'Emisor' },
  'in-progress.all-issuers': { en: 'All issuers', 'pt-BR': 'Todos os emissores', es: 'Todos los emisores' },
  'in-progress.show': { en: 'Show', 'pt-BR': 'Mostrar', es: 'Mostrar' },
  'in-progress.from-start': { en: 'The oldest ones', 'pt-BR': 'Os mais antigos', es: 'Las más antiguas' },
  'in-progress.more': { en: 'Newer ones', 'pt-BR': 'Mais recentes', es: 'Más recientes' },
  'in-progress.column.payment': { en: 'Order / payment', 'pt-BR': 'Pedido / pagamento', es: 'Pedido / pago' },
  'in-progress.column.issuer': { en: 'Issuer', 'pt-BR': 'Emissor', es: 'Emisor' },
  'in-progress.column.since': { en: 'For', 'pt-BR': 'Há', es: 'Desde hace' },
  'in-progress.column.last': { en: 'Last step', 'pt-BR': 'Último passo', es: 'Último paso' },
  'in-progress.column.next': { en: 'Next check', 'pt-BR': 'Próxima verificação', es: 'Próxima verificación' },
  'in-progress.column.end': { en: 'Goes to a person', 'pt-BR': 'Vai para uma pessoa', es: 'Pasa a una persona' },
  'in-progress.column.actions': { en: 'Actions', 'pt-BR': 'Ações', es: 'Acciones' },
  'in-progress.in': { en: 'in {time}', 'pt-BR': 'em {time}', es: 'en {time}' },
  'in-progress.soon': {
    en: 'in less than a minute',
    'pt-BR': 'em menos de um minuto',
    es: 'en menos de un minuto',
  },
  'in-progress.now': { en: 'now', 'pt-BR': 'agora', es: 'ahora' },
  'in-progress.awaited': {
    en: 'we are waiting for the answer',
    'pt-BR': 'estamos aguardando a resposta',
    es: 'estamos esperando la respuesta',
  },
  'in-progress.held': {
    en: '{count, plural, one {# cancellation waits} other {# cancellations wait}} for this.',
    'pt-BR': '{count, plural, one {# cancelamento aguarda} other {# cancelamentos aguardam}} por isso.',
    es: '{count, plural, one {# cancelación espera} other {# cancelaciones esperan}} por esto.',
  },

  'hold.not-configured': {
    en: '{issuer} is not set up for this store, so nothing is sent to it.',
    'pt-BR': '{issuer}: o emissor não está configurado para esta loja, por isso nada é enviado a ele.',
    es: '{issuer}: el emisor no está configurado para esta tienda, por eso no se le envía nada.',
  },
  'hold.paused': {
    en: '{issuer} is paused: nothing is sent to it.',
    'pt-BR': '{issuer}: o emissor está em pausa e nada é enviado a ele.',
    es: '{issuer}: el emisor está en pausa y no se le envía nada.',
  },
  'hold.manual': {
    en: '{issuer} is set to manual: people do the cancellations.',
    'pt-BR': '{issuer}: o emissor está em modo manual e as pessoas fazem os cancelamentos.',
    es: '{issuer}: el emisor está en modo manual y las personas hacen las cancelaciones.',
  },
  'hold.dry-run': {
    en: '{issuer} is in a trial run: nothing is sent to it, and people do the cancellations.',
    'pt-BR': '{issuer}: o emissor está em modo de ensaio; nada é enviado a ele e as pessoas fazem os cancelamentos.',
    es: '{issuer}: el emisor está en modo de ensayo; no se le envía nada y las personas hacen las cancelaciones.',
  },
  'hold.circuit-open': {
    en: '{issuer} does not answer. We try again soon, by ourselves.',
    'pt-BR': '{issuer}: o emissor não responde. Tentaremos de novo em breve, automaticamente.',
    es: '{issuer}: el emisor no responde. Lo intentaremos de nuevo pronto, automáticamente.',
  },

  'tried.nothing': {
    en: 'Nothing has been sent yet.',
    'pt-BR': 'Nada foi enviado ainda.',
    es: 'Todavía no se envió nada.',
  },
  'tried.cancel': {
    en: '{outcome, select, cancelled {The issuer confirmed the cancellation.} already {The issuer says that it was already cancelled.} pending {The issuer accepted the cancellation and is working on it.} refused {The issuer refused the cancellation.} retry {The cancellation did not get through; surely nothing was done.} asking {The cancellation was sent; we are waiting for the answer.} other {The cancellation was sent, and no clear answer came.}}',
    'pt-BR':
      '{outcome, select, cancelled {O emissor confirmou o cancelamento.} already {O emissor informa que já estava cancelado.} pending {O emissor aceitou o cancelamento e está processando.} refused {O emissor recusou o cancelamento.} retry {O cancelamento não chegou ao emissor; com certeza nada foi feito.} asking {O cancelamento foi enviado; estamos aguardando a resposta.} other {O cancelamento foi enviado e não veio uma resposta clara.}}',
    es: '{outcome, select, cancelled {El emisor confirmó la cancelación.} already {El emisor indica que ya estaba cancelada.} pending {El emisor aceptó la cancelación y la está procesando.} refused {El emisor rechazó la cancelación.} retry {La cancelación no llegó al emisor; con seguridad no se hizo nada.} asking {La cancelación se envió; estamos esperando la respuesta.} other {La cancelación se envió y no llegó una respuesta clara.}}',
  },
  'tried.query': {
    en: '{outcome, select, cancelled {We asked the issuer: it is cancelled.} already {We asked the issuer: it was already cancelled.} active {We asked the issuer: it is not cancelled.} pending {We asked the issuer: it is still working on it.} refused {We asked the issuer: it does not cancel this.} asking {We are asking the issuer how it stands.} other {We asked the issuer, and no clear answer came.}}',
    'pt-BR':
      '{outcome, select, cancelled {Consultamos o emissor: está cancelado.} already {Consultamos o emissor: já estava cancelado.} active {Consultamos o emissor: não está cancelado.} pending {Consultamos o emissor: ainda está processando.} refused {Consultamos o emissor: ele não cancela isto.} asking {Estamos consultando o emissor.} other {Consultamos o emissor e não veio uma resposta clara.}}',
    es: '{outcome, select, cancelled {Consultamos al emisor: está cancelada.} already {Consultamos al emisor: ya estaba cancelada.} active {Consultamos al emisor: no está cancelada.} pending {Consultamos al emisor: todavía la procesa.} refused {Consultamos al emisor: no cancela esto.} asking {Estamos consultando al emisor.} other {Consultamos al emisor y no llegó una respuesta clara.}}',
  },
  'tried.callback': {
    en: '{outcome, select, cancelled {The issuer reported that it is cancelled.} already {The issuer reported that it was already cancelled.} refused {The issuer reported that it did not cancel.} other {The issuer reported something that proves nothing yet.}}',
    'pt-BR':
      '{outcome, select, cancelled {O emissor avisou que está cancelado.} already {O emissor avisou que já estava cancelado.} refused {O emissor avisou que não cancelou.} other {O emissor enviou um aviso que ainda não comprova nada.}}',
    es: '{outcome, select, cancelled {El emisor avisó que está cancelada.} already {El emisor avisó que ya estaba cancelada.} refused {El emisor avisó que no la canceló.} other {El emisor envió un aviso que todavía no prueba nada.}}',
  },
} as const satisfies Readonly<Record<string, Text>>;
