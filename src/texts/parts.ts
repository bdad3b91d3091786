import type { Text } from './language.js';

/** Parts that many pages have: ids to copy, how late something is, links into VTEX's admin. */
export const partTexts = {
  'part.copy': { en: 'Copy', 'pt-BR': 'Copiar', es: 'Copiar' },
  'part.copied': { en: 'Copied', 'pt-BR': 'Copiado', es: 'Copiado' },
  'part.close': { en: 'Close', 'pt-BR': 'Fechar', es: 'Cerrar' },
  'part.overdue': { en: 'overdue', 'pt-BR': 'atrasado', es: 'atrasado' },
  'part.due-in': { en: 'due in {time}', 'pt-BR': 'vence em {time}', es: 'vence en {time}' },
  'part.open-order': { en: 'Order in VTEX', 'pt-BR': 'Pedido na VTEX', es: 'Pedido en VTEX' },
  'part.open-transaction': {
    en: 'Transaction in VTEX',
    'pt-BR': 'Transação na VTEX',
    es: 'Transacción en VTEX',
  },
  'part.sandbox': { en: 'Sandbox', 'pt-BR': 'Sandbox', es: 'Sandbox' },
} as const satisfies Readonly<Record<string, Text>>;
