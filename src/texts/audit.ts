import type { Text } from './language.js';

/**
 * What stands in the audit log: `audit.action.<action>` says what was done, with the entry's `{subject}` and details. Whoever writes a new
 * kind of entry adds its text here.
 */
export const auditTexts = {
  'audit.at': { en: 'When', 'pt-BR': 'Quando', es: 'Cuándo' },
  'audit.who': { en: 'Who', 'pt-BR': 'Quem', es: 'Quién' },
  'audit.what': { en: 'What', 'pt-BR': 'O quê', es: 'Qué' },
  'audit.network': { en: 'Network', 'pt-BR': 'Rede', es: 'Red' },
  'audit.caption': {
    en: 'Newest first. Network addresses are shortened.',
    'pt-BR': 'Do mais recente ao mais antigo. Endereços de rede abreviados.',
    es: 'Del más reciente al más antiguo. Direcciones de red abreviadas.',
  },
  'audit.service': { en: 'the service', 'pt-BR': 'o serviço', es: 'el servicio' },
  'audit.empty': {
    en: 'Nothing yet. Sign-ins and changes will be listed here.',
    'pt-BR': 'Nada ainda. Acessos e alterações aparecerão aqui.',
    es: 'Nada todavía. Aquí aparecerán los accesos y los cambios.',
  },
  'audit.action.signed-in': { en: 'Signed in', 'pt-BR': 'Entrou', es: 'Inició sesión' },
  'audit.action.sign-in-failed': {
    en: 'Sign-in with a wrong password',
    'pt-BR': 'Tentativa de entrar com senha incorreta',
    es: 'Intento de iniciar sesión con contraseña incorrecta',
  },
  'audit.action.sign-in-blocked': {
    en: 'Sign-in blocked for 15 minutes after too many wrong passwords',
    'pt-BR': 'Entrada bloqueada por 15 minutos após senhas incorretas demais',
    es: 'Inicio de sesión bloqueado por 15 minutos tras demasiadas contraseñas incorrectas',
  },
  'audit.action.password-chosen': {
    en: 'Chose a password with a one-time link',
    'pt-BR': 'Escolheu uma senha com um link de uso único',
    es: 'Eligió una contraseña con un enlace de un solo uso',
  },
  'audit.action.password-changed': {
    en: 'Changed the own password',
    'pt-BR': 'Alterou a própria senha',
    es: 'Cambió su propia contraseña',
  },
  'audit.action.person-added': {
    en: 'Added {subject} as {role, select, viewer {viewer} operator {operator} other {administrator}}',
    'pt-BR':
      'Adicionou {subject} com o perfil {role, select, viewer {Consulta} operator {Operação} other {Administração}}',
    es: 'Agregó a {subject} con el perfil {role, select, viewer {Consulta} operator {Operación} other {Administración}}',
  },
  'audit.action.role-changed': {
    en: 'Changed the role of {subject} from {from, select, viewer {viewer} operator {operator} other {administrator}} to {to, select, viewer {viewer} operator {operator} other {administrator}}',
    'pt-BR':
      'Alterou o perfil de {subject} de {from, select, viewer {Consulta} operator {Operação} other {Administração}} para {to, select, viewer {Consulta} operator {Operação} other {Administração}}',
    es: 'Cambió el perfil de {subject} de {from, select, viewer {Consulta} operator {Operación} other {Administración}} a {to, select, viewer {Consulta} operator {Operación} other {Administración}}',
  },
  'audit.action.person-disabled': {
    en: 'Disabled {subject}',
    'pt-BR': 'Desativou {subject}',
    es: 'Desactivó a {subject}',
  },
  'audit.action.person-enabled': { en: 'Enabled {subject}', 'pt-BR': 'Reativou {subject}', es: 'Reactivó a {subject}' },
  'audit.action.link-made': {
    en: 'Made a one-time link for {subject}',
    'pt-BR': 'Gerou um link de uso único para {subject}',
    es: 'Generó un enlace de un solo uso para {subject}',
  },
  'audit.action.list-exported': {
    en: 'Downloaded manual cancellations as CSV ({view, select, open {open} mine {own} overdue {overdue} resolved {resolved} other {all}}, {filters, plural, =0 {no filter} one {# filter} other {# filters}})',
    'pt-BR':
      'Baixou cancelamentos manuais em CSV ({view, select, open {abertos} mine {próprios} overdue {atrasados} resolved {resolvidos} other {todos}}, {filters, plural, =0 {sem filtros} one {# filtro} other {# filtros}})',
    es: 'Descargó cancelaciones manuales en CSV ({view, select, open {abiertas} mine {propias} overdue {atrasadas} resolved {resueltas} other {todas}}, {filters, plural, =0 {sin filtros} one {# filtro} other {# filtros}})',
  },
  'audit.action.issuer-mode-changed': {
    en: 'Changed how {subject} is treated, from {from, select, live {automatic} paused {paused} manual {manual} other {trial run}} to {to, select, live {automatic} paused {paused} manual {manual} other {trial run}}',
    'pt-BR':
      'Alterou o tratamento de {subject}, de {from, select, live {Automático} paused {Em pausa} manual {Manual} other {Ensaio}} para {to, select, live {Automático} paused {Em pausa} manual {Manual} other {Ensaio}}',
    es: 'Cambió el tratamiento de {subject}, de {from, select, live {Automático} paused {En pausa} manual {Manual} other {Ensayo}} a {to, select, live {Automático} paused {En pausa} manual {Manual} other {Ensayo}}',
  },
  'audit.action.issuer-tested': {
    en: 'Tested the connection to {subject}',
    'pt-BR': 'Testou a conexão com {subject}',
    es: 'Probó la conexión con {subject}',
  },
  'audit.action.notices-channel-added': {
    en: 'Notices go to {kind, select, email {the e-mail address} slack {Slack} other {the webhook}} {subject}',
    'pt-BR':
      'Notificações passam a ir para {kind, select, email {o e-mail} slack {o Slack} other {o webhook}} {subject}',
    es: 'Los avisos van a {kind, select, email {el correo} slack {Slack} other {el webhook}} {subject}',
  },
  'audit.action.notices-channel-removed': {
    en: 'Notices no longer go to {subject}',
    'pt-BR': 'Notificações não vão mais para {subject}',
    es: 'Los avisos ya no van a {subject}',
  },
  'audit.action.notices-changed': {
    en: 'Changed what notices {subject} receives',
    'pt-BR': 'Alterou quais notificações {subject} recebe',
    es: 'Cambió qué avisos recibe {subject}',
  },
  'audit.action.notices-channel-switched-on': {
    en: 'Switched notices to {subject} on again',
    'pt-BR': 'Reativou as notificações para {subject}',
    es: 'Reactivó los avisos a {subject}',
  },
  'audit.action.webhook-secret-made': {
    en: 'Made a new secret for the webhook {subject}',
    'pt-BR': 'Gerou um novo segredo para o webhook {subject}',
    es: 'Generó un nuevo secreto para el webhook {subject}',
  },
  'audit.action.notice-sent-again': {
    en: 'Sent a message to {subject} once more',
    'pt-BR': 'Reenviou uma mensagem para {subject}',
    es: 'Reenvió un mensaje a {subject}',
  },
} as const satisfies Readonly<Record<string, Text>>;
