import type { Text } from './language.js';

/** What became of the cancellations of the last 30 days. */
export const overviewTexts = {
  'overview.lead': {
    en: 'The last {days} days, by the day on which VTEX asked. Compared with the {days} days before.',
    'pt-BR': 'Últimos {days} dias, pelo dia em que a VTEX pediu. Comparação com os {days} dias anteriores.',
    es: 'Últimos {days} días, por el día en que VTEX lo pidió. Comparación con los {days} días anteriores.',
  },
  'overview.live': { en: 'Live', 'pt-BR': 'Produção', es: 'Producción' },
  'overview.environments': { en: 'Environment', 'pt-BR': 'Ambiente', es: 'Entorno' },
  'overview.way.automatic': { en: 'Automatic', 'pt-BR': 'Automático', es: 'Automático' },
  'overview.way.retried': {
    en: 'Automatic, after a retry',
    'pt-BR': 'Automático, após nova tentativa',
    es: 'Automático, tras un reintento',
  },
  'overview.way.manual': { en: 'By hand', 'pt-BR': 'Manual', es: 'Manual' },
  'overview.way.open': { en: 'In progress', 'pt-BR': 'Em processamento', es: 'En proceso' },
  'overview.all': { en: 'All', 'pt-BR': 'Total', es: 'Total' },
  'overview.share': { en: 'Share by hand', 'pt-BR': 'Parte manual', es: 'Parte manual' },
  'overview.tile.automatic': {
    en: 'done without a person',
    'pt-BR': 'concluídos sem uma pessoa',
    es: 'terminadas sin una persona',
  },
  'overview.tile.manual': { en: 'by hand', 'pt-BR': 'manuais', es: 'manuales' },
  'overview.tile.median': {
    en: 'to resolve one by hand (half took less)',
    'pt-BR': 'para resolver um manual (metade levou menos)',
    es: 'para resolver una manual (la mitad tardó menos)',
  },
  'overview.tile.most90': {
    en: 'for 90 % of them at most',
    'pt-BR': 'no máximo, para 90 % deles',
    es: 'como máximo, para el 90 % de ellas',
  },
  'overview.tile.overdue': { en: 'overdue now', 'pt-BR': 'atrasados agora', es: 'atrasadas ahora' },
  'overview.before': { en: 'before: {value}', 'pt-BR': 'antes: {value}', es: 'antes: {value}' },
  'overview.none': { en: 'none', 'pt-BR': 'nenhum', es: 'ninguna' },
  'overview.by-day': { en: 'Cancellations by day', 'pt-BR': 'Cancelamentos por dia', es: 'Cancelaciones por día' },
  'overview.by-issuer': {
    en: 'Cancellations by issuer',
    'pt-BR': 'Cancelamentos por emissor',
    es: 'Cancelaciones por emisor',
  },
  'overview.by-reason': {
    en: 'Why a person was needed',
    'pt-BR': 'Por que foi preciso uma pessoa',
    es: 'Por qué hizo falta una persona',
  },
  'overview.describe': {
    en: '{automatic} automatic, {retried} automatic after a retry, {manual} by hand. All numbers are in the table.',
    'pt-BR':
      '{automatic} automáticos, {retried} automáticos após nova tentativa, {manual} manuais. Todos os números estão na tabela.',
    es: '{automatic} automáticas, {retried} automáticas tras un reintento, {manual} manuales. Todos los números están en la tabla.',
  },
  'overview.column-words': {
    en: '{name}: {automatic} automatic, {retried} after a retry, {manual} by hand',
    'pt-BR': '{name}: {automatic} automáticos, {retried} após nova tentativa, {manual} manuais',
    es: '{name}: {automatic} automáticas, {retried} tras un reintento, {manual} manuales',
  },
  'overview.table': { en: 'The numbers as a table', 'pt-BR': 'Os números em tabela', es: 'Los números en una tabla' },
  'overview.download': { en: 'Download (CSV)', 'pt-BR': 'Baixar (CSV)', es: 'Descargar (CSV)' },
  'overview.column.day': { en: 'Day', 'pt-BR': 'Dia', es: 'Día' },
  'overview.column.issuer': { en: 'Issuer', 'pt-BR': 'Emissor', es: 'Emisor' },
  'overview.column.reason': { en: 'Reason', 'pt-BR': 'Motivo', es: 'Motivo' },
  'overview.column.count': { en: 'Last 30 days', 'pt-BR': 'Últimos 30 dias', es: 'Últimos 30 días' },
  'overview.column.before': { en: '30 days before', 'pt-BR': '30 dias anteriores', es: '30 días anteriores' },
  'overview.no-issuer': {
    en: 'No card, or not known',
    'pt-BR': 'Sem cartão, ou desconhecido',
    es: 'Sin tarjeta, o desconocido',
  },
  'overview.empty': {
    en: 'No cancellation came in the last {days} days.',
    'pt-BR': 'Nenhum cancelamento chegou nos últimos {days} dias.',
    es: 'No llegó ninguna cancelación en los últimos {days} días.',
  },
  'overview.no-manual': {
    en: 'No person was needed in these days.',
    'pt-BR': 'Não foi preciso nenhuma pessoa nesses dias.',
    es: 'No hizo falta ninguna persona en estos días.',
  },
} as const satisfies Readonly<Record<string, Text>>;
