import type { Text } from './language.js';

/** How the issuers are, and how they are treated. */
export const issuerTexts = {
  'issuer.lead': {
    en: 'How each issuer answers, and how we treat it.',
    'pt-BR': 'Como cada emissor responde e como o tratamos.',
    es: 'Cómo responde cada emisor y cómo lo tratamos.',
  },
  'issuer.live': { en: 'Live', 'pt-BR': 'Produção', es: 'Producción' },
  'issuer.sandbox': { en: 'Sandbox', 'pt-BR': 'Sandbox', es: 'Sandbox' },
  'issuer.health.ok': { en: 'Works', 'pt-BR': 'Funciona', es: 'Funciona' },
  'issuer.health.unused': { en: 'Not used yet', 'pt-BR': 'Ainda não usado', es: 'Todavía sin uso' },
  'issuer.health.failing': { en: 'Last call failed', 'pt-BR': 'Última chamada falhou', es: 'La última llamada falló' },
  'issuer.health.circuit-open': { en: 'Does not answer', 'pt-BR': 'Não responde', es: 'No responde' },
  'issuer.health.paused': { en: 'Paused', 'pt-BR': 'Em pausa', es: 'En pausa' },
  'issuer.health.manual': { en: 'Manual', 'pt-BR': 'Manual', es: 'Manual' },
  'issuer.health.dry-run': { en: 'Trial run', 'pt-BR': 'Ensaio', es: 'Ensayo' },
  'issuer.health.not-configured': { en: 'Not set up', 'pt-BR': 'Não configurado', es: 'Sin configurar' },
  'issuer.health.unusable': {
    en: 'Settings cannot be used',
    'pt-BR': 'Configuração inutilizável',
    es: 'Configuración inutilizable',
  },
  'issuer.words.ok': {
    en: 'Cancellations are sent, and the issuer answers.',
    'pt-BR': 'Os cancelamentos são enviados e o emissor responde.',
    es: 'Las cancelaciones se envían y el emisor responde.',
  },
  'issuer.words.unused': {
    en: 'Nothing has been sent to it so far.',
    'pt-BR': 'Nada foi enviado até agora.',
    es: 'Hasta ahora no se envió nada.',
  },
  'issuer.words.failing': {
    en: 'The last call did not succeed. We try again by ourselves; nothing is lost.',
    'pt-BR': 'A última chamada não teve sucesso. Tentamos de novo automaticamente; nada se perde.',
    es: 'La última llamada no tuvo éxito. Lo intentamos de nuevo automáticamente; no se pierde nada.',
  },
  'issuer.words.circuit-open': {
    en: 'Many calls in a row got no answer. Cancellations wait and are sent when it answers again.',
    'pt-BR':
      'Muitas chamadas seguidas ficaram sem resposta. Os cancelamentos aguardam e são enviados quando ele voltar.',
    es: 'Muchas llamadas seguidas quedaron sin respuesta. Las cancelaciones esperan y se envían cuando vuelva a responder.',
  },
  'issuer.words.not-configured': {
    en: 'This store has no account at this issuer here. Whoever runs the service sets it up.',
    'pt-BR': 'Esta loja não tem conta neste emissor aqui. Quem opera o serviço faz a configuração.',
    es: 'Esta tienda no tiene cuenta en este emisor aquí. Quien opera el servicio la configura.',
  },
  'issuer.words.unusable': {
    en: 'The stored settings cannot be used, so cancellations wait. Whoever runs the service has to put them right.',
    'pt-BR':
      'A configuração guardada não pode ser usada, por isso os cancelamentos aguardam. Quem opera o serviço precisa corrigi-la.',
    es: 'La configuración guardada no se puede usar, por eso las cancelaciones esperan. Quien opera el servicio tiene que corregirla.',
  },
  'issuer.last-success': { en: 'Last good answer', 'pt-BR': 'Última resposta boa', es: 'Última respuesta buena' },
  'issuer.last-fault': { en: 'Last fault', 'pt-BR': 'Última falha', es: 'Última falla' },
  'issuer.fault-code': { en: 'code', 'pt-BR': 'código', es: 'código' },
  'issuer.answer-time': {
    en: 'Usual answer time',
    'pt-BR': 'Tempo usual de resposta',
    es: 'Tiempo habitual de respuesta',
  },
  'issuer.answer-time-of': {
    en: '{ms} ms (median of {count, plural, one {# call} other {the last # calls}})',
    'pt-BR': '{ms} ms (mediana de {count, plural, one {# chamada} other {# chamadas}})',
    es: '{ms} ms (mediana de {count, plural, one {# llamada} other {# llamadas}})',
  },
  'issuer.callback-lag': {
    en: 'It reports after',
    'pt-BR': 'Avisa depois de',
    es: 'Avisa después de',
  },
  'issuer.calls-under-way': { en: 'Calls right now', 'pt-BR': 'Chamadas agora', es: 'Llamadas ahora' },
  'issuer.waiting': { en: 'In progress', 'pt-BR': 'Em processamento', es: 'En proceso' },
  'issuer.credentials': { en: 'Credentials', 'pt-BR': 'Credenciais', es: 'Credenciales' },
  'issuer.set': { en: 'set', 'pt-BR': 'definida', es: 'definida' },
  'issuer.missing': { en: 'missing', 'pt-BR': 'falta', es: 'falta' },
  'issuer.optional': { en: 'not set, not needed', 'pt-BR': 'não definida, opcional', es: 'no definida, opcional' },
  'issuer.source': { en: 'Set up', 'pt-BR': 'Configurado', es: 'Configurado' },
  'issuer.source.settings': {
    en: 'in the settings of the service',
    'pt-BR': 'nas configurações do serviço',
    es: 'en la configuración del servicio',
  },
  'issuer.changed-at': { en: 'Changed', 'pt-BR': 'Alterado', es: 'Modificado' },
  'issuer.none': { en: 'none', 'pt-BR': 'nenhuma', es: 'ninguna' },
  'issuer.test': { en: 'Test connection', 'pt-BR': 'Testar conexão', es: 'Probar conexión' },
  'issuer.change-mode': {
    en: 'Change how it is treated',
    'pt-BR': 'Alterar o tratamento',
    es: 'Cambiar el tratamiento',
  },
  'issuer.of': { en: 'of {issuer}', 'pt-BR': 'de {issuer}', es: 'de {issuer}' },
  'issuer.only-admin': {
    en: 'Only administrators of your store can test or change this.',
    'pt-BR': 'Só quem administra a sua loja pode testar ou alterar isto.',
    es: 'Solo quien administra su tienda puede probar o cambiar esto.',
  },

  'probe.accepted': {
    en: '{issuer} answers, and takes the credentials.',
    'pt-BR': '{issuer}: o emissor responde e aceita as credenciais.',
    es: '{issuer}: el emisor responde y acepta las credenciales.',
  },
  'probe.reachable': {
    en: '{issuer} answers. Whether it takes the credentials shows only with a real cancellation.',
    'pt-BR': '{issuer}: o emissor responde. Se aceita as credenciais, só um cancelamento real mostra.',
    es: '{issuer}: el emisor responde. Si acepta las credenciales, solo lo muestra una cancelación real.',
  },
  'probe.credentials-refused': {
    en: '{issuer} answers, but refuses us. Check the credentials, and whether the issuer allows our address.',
    'pt-BR':
      '{issuer}: o emissor responde, mas nos recusa. Verifique as credenciais e se o emissor libera o nosso endereço.',
    es: '{issuer}: el emisor responde, pero nos rechaza. Revise las credenciales y si el emisor permite nuestra dirección.',
  },
  'probe.unreachable': {
    en: '{issuer} cannot be reached. Check the address with whoever runs the service, or try again later.',
    'pt-BR':
      '{issuer}: não foi possível acessar o emissor. Verifique o endereço com quem opera o serviço ou tente mais tarde.',
    es: '{issuer}: no se pudo acceder al emisor. Revise la dirección con quien opera el servicio o inténtelo más tarde.',
  },

  'mode.title': {
    en: 'How {issuer} is treated',
    'pt-BR': 'Tratamento do emissor {issuer}',
    es: 'Tratamiento del emisor {issuer}',
  },
  'mode.now': { en: 'Now: {mode}', 'pt-BR': 'Agora: {mode}', es: 'Ahora: {mode}' },
  'mode.touches': {
    en: '{count, plural, =0 {No cancellation is in progress at this issuer.} one {# cancellation is in progress at this issuer, and the change holds for it too.} other {# cancellations are in progress at this issuer, and the change holds for them too.}}',
    'pt-BR':
      '{count, plural, =0 {Nenhum cancelamento em processamento neste emissor.} one {# cancelamento em processamento neste emissor; a mudança vale também para ele.} other {# cancelamentos em processamento neste emissor; a mudança vale também para eles.}}',
    es: '{count, plural, =0 {No hay cancelaciones en proceso en este emisor.} one {Hay # cancelación en proceso en este emisor; el cambio también vale para ella.} other {Hay # cancelaciones en proceso en este emisor; el cambio también vale para ellas.}}',
  },
  'mode.choose': { en: 'From now on', 'pt-BR': 'A partir de agora', es: 'A partir de ahora' },
  'mode.live': { en: 'Automatic', 'pt-BR': 'Automático', es: 'Automático' },
  'mode.paused': { en: 'Paused', 'pt-BR': 'Em pausa', es: 'En pausa' },
  'mode.manual': { en: 'Manual', 'pt-BR': 'Manual', es: 'Manual' },
  'mode.dry-run': { en: 'Trial run', 'pt-BR': 'Ensaio', es: 'Ensayo' },
  'mode.means.live': {
    en: 'Cancellations are sent to the issuer at once. What waits is sent now.',
    'pt-BR': 'Os cancelamentos são enviados ao emissor na hora. O que aguarda é enviado agora.',
    es: 'Las cancelaciones se envían al emisor de inmediato. Lo que espera se envía ahora.',
  },
  'mode.means.paused': {
    en: 'Nothing is sent, and everything waits. What waits for too long goes to people.',
    'pt-BR': 'Nada é enviado e tudo aguarda. O que aguardar demais passa para as pessoas.',
    es: 'No se envía nada y todo espera. Lo que espera demasiado pasa a las personas.',
  },
  'mode.means.manual': {
    en: 'Nothing is sent; people do every cancellation. What waits and was not sent goes to them now; that cannot be undone.',
    'pt-BR':
      'Nada é enviado; as pessoas fazem todos os cancelamentos. O que aguarda e não foi enviado passa para elas agora; isso não pode ser desfeito.',
    es: 'No se envía nada; las personas hacen todas las cancelaciones. Lo que espera y no se envió pasa a ellas ahora; eso no se puede deshacer.',
  },
  'mode.means.dry-run': {
    en: 'To try a new issuer: we record what we would send, send nothing, and people do every cancellation. What waits and was not sent goes to them now; that cannot be undone.',
    'pt-BR':
      'Para testar um emissor novo: registramos o que enviaríamos, não enviamos nada, e as pessoas fazem todos os cancelamentos. O que aguarda e não foi enviado passa para elas agora; isso não pode ser desfeito.',
    es: 'Para probar un emisor nuevo: registramos lo que enviaríamos, no enviamos nada, y las personas hacen todas las cancelaciones. Lo que espera y no se envió pasa a ellas ahora; eso no se puede deshacer.',
  },
  'mode.confirm': { en: 'Change', 'pt-BR': 'Alterar', es: 'Cambiar' },
  'mode.leave': { en: 'Leave as it is', 'pt-BR': 'Deixar como está', es: 'Dejar como está' },
  'mode.fault.none': {
    en: 'Choose how the issuer is to be treated.',
    'pt-BR': 'Escolha como o emissor deve ser tratado.',
    es: 'Elija cómo se debe tratar al emisor.',
  },
  'mode.fault.moved-on': {
    en: 'Somebody has changed it meanwhile, so nothing was changed now. Look at it again.',
    'pt-BR': 'Alguém alterou isto nesse meio-tempo, por isso nada foi alterado agora. Verifique de novo.',
    es: 'Alguien lo cambió mientras tanto, por eso ahora no se cambió nada. Revíselo de nuevo.',
  },
  'done.mode-changed': {
    en: 'Changed. It holds everywhere within some seconds.',
    'pt-BR': 'Alterado. Vale em todo lugar em alguns segundos.',
    es: 'Cambiado. Vale en todas partes en unos segundos.',
  },
} as const satisfies Readonly<Record<string, Text>>;
