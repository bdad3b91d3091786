import type { Text } from './language.js';

/** E-mails and Slack messages about manual cancellations. */
export const mailTexts = {
  'mail.task.cancellation': {
    en: '1 manual cancellation',
    'pt-BR': '1 cancelamento manual',
    es: '1 cancelación manual',
  },
  'mail.task.refund': { en: '1 manual refund', 'pt-BR': '1 reembolso manual', es: '1 reembolso manual' },
  'mail.order': { en: 'order {id}', 'pt-BR': 'pedido {id}', es: 'pedido {id}' },
  'mail.payment': { en: 'payment {id}', 'pt-BR': 'pagamento {id}', es: 'pago {id}' },
  'mail.issuer': { en: 'issuer {issuer}', 'pt-BR': 'emissor {issuer}', es: 'emisor {issuer}' },
  'mail.subject.not_needed': {
    en: 'No longer needed: {what}',
    'pt-BR': 'Não é mais necessário: {what}',
    es: 'Ya no es necesario: {what}',
  },
  'mail.subject.taken': { en: 'Taken: {what}', 'pt-BR': 'Em andamento: {what}', es: 'En curso: {what}' },
  'mail.subject.yours': {
    en: 'Handed over to you: {what}',
    'pt-BR': 'Repassado para você: {what}',
    es: 'Traspasado a usted: {what}',
  },
  'mail.subject.resolved': { en: 'Resolved: {what}', 'pt-BR': 'Resolvido: {what}', es: 'Resuelto: {what}' },
  'mail.subject.test': {
    en: 'Test: notices arrive here',
    'pt-BR': 'Teste: as notificações chegam aqui',
    es: 'Prueba: los avisos llegan aquí',
  },
  'mail.lead.cancellation': {
    en: 'A cancellation could not be done automatically and needs a person.',
    'pt-BR': 'Um cancelamento não pôde ser feito automaticamente e precisa de uma pessoa.',
    es: 'Una cancelación no se pudo hacer automáticamente y necesita a una persona.',
  },
  'mail.lead.refund': {
    en: 'A refund is to be done by hand.',
    'pt-BR': 'Um reembolso precisa ser feito manualmente.',
    es: 'Un reembolso debe hacerse manualmente.',
  },
  'mail.lead.not_needed': {
    en: 'The issuer confirmed the cancellation after all. Nothing is left to do by hand.',
    'pt-BR': 'O emissor acabou confirmando o cancelamento. Não há mais nada a fazer manualmente.',
    es: 'El emisor terminó confirmando la cancelación. Ya no queda nada por hacer a mano.',
  },
  'mail.lead.taken': {
    en: 'Somebody at your store has taken this task.',
    'pt-BR': 'Alguém da sua loja assumiu esta tarefa.',
    es: 'Alguien de su tienda tomó esta tarea.',
  },
  'mail.lead.taken-by': {
    en: '{owner} has taken this task.',
    'pt-BR': '{owner} assumiu esta tarefa.',
    es: '{owner} tomó esta tarea.',
  },
  'mail.lead.handed-over': {
    en: '{from} handed this task over to {owner}.',
    'pt-BR': '{from} passou esta tarefa para {owner}.',
    es: '{from} le pasó esta tarea a {owner}.',
  },
  'mail.lead.yours': {
    en: '{from} handed this task over to you.',
    'pt-BR': '{from} passou esta tarefa para você.',
    es: '{from} le pasó esta tarea a usted.',
  },
  'mail.note': { en: 'Note: {note}', 'pt-BR': 'Nota: {note}', es: 'Nota: {note}' },
  'mail.lead.resolved': {
    en: 'This task was resolved.',
    'pt-BR': 'Esta tarefa foi resolvida.',
    es: 'Esta tarea se resolvió.',
  },
  'mail.lead.resolved-as': {
    en: 'This task was resolved: {outcome}.',
    'pt-BR': 'Esta tarefa foi resolvida: {outcome}.',
    es: 'Esta tarea se resolvió: {outcome}.',
  },
  'mail.lead.test': {
    en: 'This is a test. Notices of manual cancellations arrive here.',
    'pt-BR': 'Este é um teste. As notificações de cancelamentos manuais chegam aqui.',
    es: 'Esto es una prueba. Los avisos de cancelaciones manuales llegan aquí.',
  },
  'mail.over': {
    en: 'This has been done meanwhile. Nothing is left to do here.',
    'pt-BR': 'Isto já foi concluído. Não há mais nada a fazer aqui.',
    es: 'Esto ya se concluyó. Ya no queda nada por hacer aquí.',
  },
  'mail.sandbox': {
    en: 'This is a payment of the test environment: no real card is concerned.',
    'pt-BR': 'Este é um pagamento do ambiente de testes: não envolve um cartão real.',
    es: 'Este es un pago del entorno de pruebas: no involucra una tarjeta real.',
  },
  'mail.fall-back': {
    en: 'You receive this because it could not be delivered to whom it usually goes.',
    'pt-BR': 'Você recebe isto porque não foi possível entregar ao destinatário habitual.',
    es: 'Recibe esto porque no se pudo entregar al destinatario habitual.',
  },
  'mail.why': { en: 'Why', 'pt-BR': 'Por quê', es: 'Por qué' },
  'mail.steps': { en: 'What to do', 'pt-BR': 'O que fazer', es: 'Qué hacer' },
  'mail.ids': { en: 'Identifiers', 'pt-BR': 'Identificadores', es: 'Identificadores' },
  'mail.id.order': { en: 'Order', 'pt-BR': 'Pedido', es: 'Pedido' },
  'mail.id.payment': { en: 'Payment', 'pt-BR': 'Pagamento', es: 'Pago' },
  'mail.since': { en: 'Since', 'pt-BR': 'Desde', es: 'Desde' },
  'mail.open': { en: 'Open and resolve', 'pt-BR': 'Abrir e resolver', es: 'Abrir y resolver' },
  'mail.look': { en: 'Open', 'pt-BR': 'Abrir', es: 'Abrir' },
  'mail.own-pace': {
    en: 'To change how often you receive these messages:',
    'pt-BR': 'Para mudar com que frequência você recebe estas mensagens:',
    es: 'Para cambiar con qué frecuencia recibe estos mensajes:',
  },
  'mail.admins-pace': {
    en: 'An administrator of the store decides who receives these messages:',
    'pt-BR': 'Quem administra a loja define quem recebe estas mensagens:',
    es: 'Quien administra la tienda define quién recibe estos mensajes:',
  },
  'digest.tasks': {
    en: '{count, plural, one {# manual cancellation} other {# manual cancellations}} to do',
    'pt-BR': '{count, plural, one {# cancelamento manual} other {# cancelamentos manuais}} a fazer',
    es: '{count, plural, one {# cancelación manual} other {# cancelaciones manuales}} por hacer',
  },
  'digest.mixed': {
    en: '{count, plural, one {# notice} other {# notices}} about manual cancellations',
    'pt-BR': '{count, plural, one {# aviso} other {# avisos}} sobre cancelamentos manuais',
    es: '{count, plural, one {# aviso} other {# avisos}} sobre cancelaciones manuales',
  },
  'digest.since': { en: 'since {time}', 'pt-BR': 'desde {time}', es: 'desde {time}' },
  'digest.over': { en: 'done meanwhile', 'pt-BR': 'já concluído', es: 'ya concluido' },
  'digest.more': {
    en: 'and {count, plural, one {# more} other {# more}}',
    'pt-BR': 'e mais {count, plural, one {#} other {#}}',
    es: 'y {count, plural, one {# más} other {# más}}',
  },
  'digest.all': { en: 'See all of them', 'pt-BR': 'Ver todos', es: 'Ver todos' },
} as const satisfies Readonly<Record<string, Text>>;
