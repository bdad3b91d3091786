import type { Text } from './language.js';

/** What frames every page of the console. */
export const shellTexts = {
  'shell.console': { en: 'Cancellations', 'pt-BR': 'Cancelamentos', es: 'Cancelaciones' },
  'shell.skip': { en: 'To the content', 'pt-BR': 'Ir para o conteúdo', es: 'Ir al contenido' },
  'shell.sections': { en: 'Sections', 'pt-BR': 'Seções', es: 'Secciones' },
  'shell.sign-out': { en: 'Sign out', 'pt-BR': 'Sair', es: 'Salir' },
  'shell.search': {
    en: 'Payment, order, request or issuer id',
    'pt-BR': 'Id de pagamento, pedido, solicitação ou emissor',
    es: 'Id de pago, pedido, solicitud o emisor',
  },
  'shell.find': { en: 'Find', 'pt-BR': 'Buscar', es: 'Buscar' },
  'section.in-progress': { en: 'In progress', 'pt-BR': 'Em processamento', es: 'En proceso' },
  'section.inbox': { en: 'To do', 'pt-BR': 'A fazer', es: 'Por hacer' },
  'section.overview': { en: 'Overview', 'pt-BR': 'Visão geral', es: 'Resumen' },
  'section.notifications': { en: 'Notifications', 'pt-BR': 'Notificações', es: 'Avisos' },
  'section.issuers': { en: 'Issuers', 'pt-BR': 'Emissores', es: 'Emisores' },
  'section.people': { en: 'People', 'pt-BR': 'Pessoas', es: 'Personas' },
  'section.audit': { en: 'Audit log', 'pt-BR': 'Registro de auditoria', es: 'Registro de auditoría' },
  'section.account': { en: 'My account', 'pt-BR': 'Minha conta', es: 'Mi cuenta' },
  'section.outbox': { en: 'Sent e-mails', 'pt-BR': 'E-mails enviados', es: 'Correos enviados' },
  'role.viewer': { en: 'Viewer', 'pt-BR': 'Consulta', es: 'Consulta' },
  'role.operator': { en: 'Operator', 'pt-BR': 'Operação', es: 'Operación' },
  'role.admin': { en: 'Administrator', 'pt-BR': 'Administração', es: 'Administración' },
  'fault.not-found': {
    en: 'There is nothing here, or it belongs to another store.',
    'pt-BR': 'Não há nada aqui, ou pertence a outra loja.',
    es: 'No hay nada aquí, o pertenece a otra tienda.',
  },
  'fault.not-allowed': {
    en: 'Your role does not allow this. Ask an administrator of your store.',
    'pt-BR': 'Seu perfil não permite isto. Fale com quem administra a sua loja.',
    es: 'Su perfil no permite esto. Hable con quien administra su tienda.',
  },
  'fault.stale-form': {
    en: 'This page was too old, so nothing was changed. Load it again and repeat the step.',
    'pt-BR': 'Esta página estava desatualizada, por isso nada foi alterado. Recarregue e repita o passo.',
    es: 'Esta página era demasiado antigua, por eso no se cambió nada. Vuelva a cargarla y repita el paso.',
  },
  'fault.ours': {
    en: 'Something went wrong on our side. Nothing was lost; try again in a minute.',
    'pt-BR': 'Algo deu errado do nosso lado. Nada se perdeu; tente de novo em um minuto.',
    es: 'Algo falló de nuestro lado. No se perdió nada; inténtelo de nuevo en un minuto.',
  },
  'copy.button': { en: 'Copy', 'pt-BR': 'Copiar', es: 'Copiar' },
  'copy.done': { en: 'Copied', 'pt-BR': 'Copiado', es: 'Copiado' },
  'pages.newest': { en: 'Newest', 'pt-BR': 'Mais recentes', es: 'Más recientes' },
  'pages.older': { en: 'Older', 'pt-BR': 'Mais antigos', es: 'Más antiguos' },
  'fault.title': { en: 'This did not work', 'pt-BR': 'Não foi possível', es: 'No fue posible' },
  'fault.unreadable': {
    en: 'We could not read this request. Nothing was changed.',
    'pt-BR': 'Não conseguimos ler esta solicitação. Nada foi alterado.',
    es: 'No pudimos leer esta solicitud. No se cambió nada.',
  },
  'fault.reference': {
    en: 'Reference for support: {errorId}',
    'pt-BR': 'Referência para o suporte: {errorId}',
    es: 'Referencia para soporte: {errorId}',
  },
  'fault.back': { en: 'Back to the list', 'pt-BR': 'Voltar para a lista', es: 'Volver a la lista' },
} as const satisfies Readonly<Record<string, Text>>;
